//! What a relay's own log says of emails whose fate nobody knows: those that it took were sent. For an issue whose database
//! was put back, or whose relay was lost in the middle.

use std::collections::BTreeSet;

use crate::domain::actor::By;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::{DeliveryId, IssueId};
use crate::message::verp;
use crate::store::events::About;
use crate::store::issues::{Issue, QueuePlace};
use crate::store::returns::ReturnedMail;
use crate::store::{Db, StoreError, Tx, deliveries, events, installation, issues, ledger, returns};
use crate::token::Keyring;

/// Rows in one commit.
const BATCH: usize = 500;

/// What became of an issue's emails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AcceptedEmails {
    /// Emails of the issue that the log names.
    pub found: u64,
    /// Those of them whose fate nobody knew, and that count as sent now.
    pub settled: u64,
    /// Whether they were found by their Message-IDs, and not by addresses.
    pub by_message_id: bool,
}

/// Settles what `log` names of an issue: by our Message-IDs where it has any, else by addresses. A log names addresses of
/// refused emails as well, so a list of addresses must be of those that were taken.
pub async fn settle(
    db: &Db,
    keys: &Keyring,
    issue: IssueId,
    log: &str,
    by: By<'_>,
) -> Result<AcceptedEmails, StoreError> {
    let held = issues::get(&mut db.read().await?, issue).await?.filter(|issue| issue.state == IssueState::Held);
    let (rows, is_by_message_id) = match held {
        Some(held) => begun(db, keys, &held, log, by).await?,
        None => named(&mut db.read().await?, keys, issue, log).await?,
    };
    let ids: Vec<DeliveryId> = rows.into_iter().collect();
    let mut settled = 0;
    for some in ids.chunks(BATCH) {
        settled += db
            .write(async |tx| {
                let mut settled = 0;
                for id in some {
                    settled += u64::from(deliveries::prove(tx, *id, by.now).await?);
                }
                if settled > 0 {
                    let about = About { issue: Some(issue), ..About::default() };
                    events::append(tx, by, about, &Event::IssueSettled { rows: settled }).await?;
                }
                Ok::<_, StoreError>(settled)
            })
            .await?;
    }
    let found = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    Ok(AcceptedEmails { found, settled, by_message_id: is_by_message_id })
}

/// The rows that a log names, and whether it does by our Message-IDs.
async fn named(
    tx: &mut Tx,
    keys: &Keyring,
    issue: IssueId,
    log: &str,
) -> Result<(BTreeSet<DeliveryId>, bool), StoreError> {
    let rows = by_message_id(tx, keys, issue, log).await?;
    match rows.is_empty() {
        false => Ok((rows, true)),
        true => Ok((by_address(tx, keys, issue, log).await?, false)),
    }
}

/// Why a held issue is left as it is.
enum Unbegun {
    /// The log names nobody of it.
    Unnamed,
    Store(StoreError),
}

impl From<StoreError> for Unbegun {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// An issue that went out after the copy was made, and that the copy does not know to have begun: its audience is frozen,
/// everybody in it is in doubt, and it is paused. The rows of these emails were lost, so addresses name them; Message-IDs do as
/// well where a row came out with the number that it had. Nothing is done where the log names nobody.
async fn begun(
    db: &Db,
    keys: &Keyring,
    issue: &Issue,
    log: &str,
    by: By<'_>,
) -> Result<(BTreeSet<DeliveryId>, bool), StoreError> {
    let work = async |tx: &mut Tx| {
        let due_at = issue.due_at.unwrap_or(by.now);
        let place = QueuePlace { due_at, on_slot: false, beside: true };
        if !issues::queue(tx, issue.id, IssueState::Held, place, by).await?
            || !issues::prepare(tx, issue.id, due_at).await?
        {
            return Err(Unbegun::Unnamed);
        }
        let readers = ledger::freeze(tx, issue.id, issue.newsletter_id, by.now).await?;
        issues::start(tx, issue.id, readers, by).await?;
        let rows = installation::doubt(tx, issue.id).await?;
        let note = format!("it had begun after the copy was made: {rows} readers may have got it");
        let event = Event::IssuePaused { note: note.clone() };
        issues::advance(tx, issue.id, IssueState::Sending, IssueState::Paused, &note, by, &event).await?;
        let (mut found, is_by_message_id) = named(tx, keys, issue.id, log).await?;
        found.extend(by_address(tx, keys, issue.id, log).await?);
        if found.is_empty() { Err(Unbegun::Unnamed) } else { Ok((found, is_by_message_id)) }
    };
    match db.write(work).await {
        Ok(found) => Ok(found),
        Err(Unbegun::Unnamed) => Ok((BTreeSet::new(), false)),
        Err(Unbegun::Store(error)) => Err(error),
    }
}

/// The lines of a log that do not say that the email was refused or waits, as Postfix says it.
fn accepting(log: &str) -> impl Iterator<Item = &str> {
    log.lines().filter(|line| line.contains("status=sent") || !line.contains("status="))
}

/// Words that have an `@` in them, without what logs put around them.
fn words(log: &str) -> impl Iterator<Item = &str> {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | ',' | ';' | '=' | '(' | ')');
    log.split(is_around).filter(|word| word.contains('@'))
}

async fn by_message_id(
    tx: &mut Tx,
    keys: &Keyring,
    issue: IssueId,
    log: &str,
) -> Result<BTreeSet<DeliveryId>, StoreError> {
    let mut rows = BTreeSet::new();
    for word in words(log) {
        let Some(named) = verp::open_message(keys, word) else { continue };
        let Some(mail) = returns::mail(tx, DeliveryId(named.number().cast_signed())).await? else { continue };
        let of = |mail: &ReturnedMail| mail.issue_id.map(|id| id.0);
        if mail.issue_id == Some(issue) && keys.proves_mail(&named, mail.subscription_id.0, mail.mark, of(&mail)) {
            rows.insert(mail.id);
        }
    }
    Ok(rows)
}

async fn by_address(
    tx: &mut Tx,
    keys: &Keyring,
    issue: IssueId,
    log: &str,
) -> Result<BTreeSet<DeliveryId>, StoreError> {
    let mut rows = BTreeSet::new();
    for word in accepting(log).flat_map(words) {
        let Ok(address) = word.parse::<EmailAddress>() else { continue };
        rows.extend(returns::of_issue(tx, issue, &keys.address_hash(&address.key())).await?);
    }
    Ok(rows)
}
