//! What is written down with a change of a subscription: an entry in the record of consents, an event, and for what must
//! outlive the database an entry of the journal.

use super::consents::{self, ConsentDetails, NewConsent};
use super::events::{self, About};
use super::{Result, Tx};
use crate::domain::actor::{Actor, By};
use crate::domain::consent::ConsentKind;
use crate::domain::decision::ReaderDecision;
use crate::domain::event::Event;
use crate::domain::subscriber::EndedBy;
use crate::domain::{NewsletterId, SubscriptionId};
use crate::token::Mark;

/// What is written down with a change: an entry in the record of consents, and an event.
#[derive(Clone, Copy, Debug)]
pub struct ConsentEntry<'a> {
    /// Who changes it, and when.
    pub by: By<'a>,
    /// What the record of consents says.
    pub consent: ConsentKind,
    /// What the log says; none within an act on many, which writes one event with their number.
    pub event: Option<&'a Event>,
    /// The version of the words that were shown.
    pub wording: &'a str,
    /// The network it came from, cut to a prefix.
    pub client: Option<&'a str>,
    pub source: &'a str,
    /// What was typed with a question.
    pub typed: ConsentDetails<'a>,
}

/// What the journal keeps of a change.
pub(super) enum LastingChange {
    /// An end, and whose act it was.
    Gone(EndedBy),
    /// Reads again.
    Back,
}

/// The mark of a subscription that had ended before it is activated. A list brings nobody back, and is long.
pub(super) async fn was_ended(
    tx: &mut Tx,
    id: SubscriptionId,
    entry: &ConsentEntry<'_>,
) -> Result<Option<Option<Mark>>> {
    if matches!(entry.by.actor, Actor::Import(_)) {
        return Ok(None);
    }
    let sql = "SELECT mark FROM subscriptions WHERE id = $1 AND ended_by IS NOT NULL";
    let row: Option<(Option<Mark>,)> = tx.sql(sql).bind(id).fetch_optional().await?;
    Ok(row.map(|(mark,)| mark))
}

/// The same as [`written`] for a change that must outlive the database.
pub(super) async fn lastingly_written(
    tx: &mut Tx,
    id: SubscriptionId,
    row: Option<(NewsletterId, Option<Mark>)>,
    entry: &ConsentEntry<'_>,
    change: LastingChange,
) -> Result<bool> {
    let Some((newsletter, mark)) = row else { return Ok(false) };
    let decision = match change {
        LastingChange::Gone(ended_by) => ReaderDecision::Unsubscribed { id, mark, ended_by },
        LastingChange::Back => ReaderDecision::Returned { id, mark },
    };
    tx.keep(decision.entry(entry.by.now));
    written(tx, id, Some((newsletter,)), entry).await
}

/// Writes down a change that was made; there was none without a row.
pub(super) async fn written(
    tx: &mut Tx,
    id: SubscriptionId,
    row: Option<(NewsletterId,)>,
    entry: &ConsentEntry<'_>,
) -> Result<bool> {
    let Some((newsletter,)) = row else { return Ok(false) };
    write_down(tx, newsletter, id, entry).await?;
    Ok(true)
}

/// Writes down an act that leaves the state as it is.
pub(super) async fn write_down(
    tx: &mut Tx,
    newsletter: NewsletterId,
    id: SubscriptionId,
    entry: &ConsentEntry<'_>,
) -> Result<()> {
    let ConsentEntry { by, consent: kind, event, wording, client, source, typed } = *entry;
    consents::append(tx, &NewConsent { subscription: id, kind, wording, client, source, typed }, by.now).await?;
    if let Some(event) = event {
        let about = About { newsletter: Some(newsletter), subscription: Some(id), ..About::default() };
        events::append(tx, by, about, event).await?;
    }
    Ok(())
}
