//! What a relay's own log says of emails whose fate nobody knows: those that it took were sent. For an issue whose database
//! was put back, or whose relay was lost in the middle.

use std::collections::BTreeSet;

use crate::domain::actor::By;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::{DeliveryId, IssueId};
use crate::message::verp;
use crate::store::events::About;
use crate::store::returns::ReturnedMail;
use crate::store::{Db, StoreError, Tx, deliveries, events, returns};
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
    let mut tx = db.read().await?;
    let mut rows = by_message_id(&mut tx, keys, issue, log).await?;
    let is_by_message_id = !rows.is_empty();
    if rows.is_empty() {
        rows = by_address(&mut tx, keys, issue, log).await?;
    }
    drop(tx);
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
    for word in words(log) {
        let Ok(address) = word.parse::<EmailAddress>() else { continue };
        rows.extend(returns::of_issue(tx, issue, &keys.address_hash(&address.key())).await?);
    }
    Ok(rows)
}
