//! Entries of many subscriptions at once: one statement for what their readers said, one for the log. Decides nothing.

use super::column::over_rows;
use super::subscriptions::ConsentEntry;
use super::{Result, Tx};
use crate::domain::{NewsletterId, SubscriptionId};

/// An entry, and in whose history it stands.
#[derive(Clone, Copy, Debug)]
pub struct HistoryEntry<'a> {
    pub newsletter: NewsletterId,
    pub subscription: SubscriptionId,
    pub entry: ConsentEntry<'a>,
}

/// A statement over lines: see [`over_rows`].
macro_rules! lines {
    ($text:literal) => {
        over_rows!(
            newsletter BIGINT, subscription BIGINT, consent TEXT, at BIGINT, wording TEXT, client TEXT, source TEXT,
            spelling TEXT, name TEXT, language TEXT, event TEXT, actor TEXT, data TEXT; $text
        )
    };
}

/// Writes down acts that leave the states as they are, in their order.
pub async fn write_down(tx: &mut Tx, lines: &[HistoryEntry<'_>]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let unfolded = unfolded(lines);
    tx.sql(lines!(
        "INSERT INTO consents (subscription_id, kind, at, wording, client, source, spelling, name, language)
         SELECT subscription, consent, at, wording, client, source, spelling, name, language FROM r ORDER BY place"
    ))
    .bind(unfolded.as_str())
    .execute()
    .await?;
    tx.sql(lines!(
        "INSERT INTO events (at, kind, actor, newsletter_id, subscription_id, data)
         SELECT at, event, actor, newsletter, subscription, data FROM r WHERE event IS NOT NULL ORDER BY place"
    ))
    .bind(unfolded)
    .execute()
    .await?;
    Ok(())
}

fn unfolded(lines: &[HistoryEntry<'_>]) -> String {
    let rows = lines.iter().enumerate().map(|(place, HistoryEntry { newsletter, subscription, entry })| {
        serde_json::json!({
            "place": place,
            "newsletter": newsletter.0,
            "subscription": subscription.0,
            "consent": entry.consent.as_str(),
            "at": entry.by.now.0,
            "wording": entry.wording,
            "client": entry.client,
            "source": entry.source,
            "spelling": entry.typed.spelling.map(|typed| typed.as_str()),
            "name": entry.typed.name,
            "language": entry.typed.language,
            "event": entry.event.map(|event| event.kind()),
            "actor": entry.by.actor.to_string(),
            "data": entry.event.map(|event| event.data()),
        })
    });
    serde_json::Value::from_iter(rows).to_string()
}
