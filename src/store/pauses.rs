//! Pauses that are over: many subscriptions in one statement.

use super::column::{json_list, listed};
use super::{Result, Tx};
use crate::domain::actor::By;
use crate::domain::consent::ConsentKind;
use crate::domain::event::Event;
use crate::domain::subscriber::SubscriptionState;
use crate::domain::{NewsletterId, SubscriptionId};

/// What ends a pause that has an end.
const PAUSE_OVER: &str = "rest over";

/// Ends up to `limit` pauses that are over, of one newsletter or of all, each with its entry in the record of consents
/// and its event. Returns how many.
pub async fn end(tx: &mut Tx, newsletter: Option<NewsletterId>, limit: i64, by: By<'_>) -> Result<u64> {
    // (The state is written out, so that the partial index serves.)
    let ended: Vec<(SubscriptionId,)> = tx
        .sql(
            "UPDATE subscriptions SET state = $4, paused_until = NULL
             WHERE state = 'paused' AND id IN (
                 SELECT s.id FROM subscriptions s
                 WHERE s.state = 'paused' AND s.paused_until <= $1 AND ($2 IS NULL OR s.newsletter_id = $2)
                 ORDER BY s.paused_until, s.id LIMIT $3)
             RETURNING id",
        )
        .bind(by.now)
        .bind(newsletter)
        .bind(limit)
        .bind(SubscriptionState::Active)
        .fetch_all()
        .await?;
    let ids = json_list(ended.iter().map(|(id,)| id.0));
    tx.sql(listed!(
        "INSERT INTO consents (subscription_id, kind, at, wording, source)
         SELECT id, $2, $3, '', $4 FROM subscriptions WHERE id IN ",
        1,
        " ORDER BY id"
    ))
    .bind(ids.as_str())
    .bind(ConsentKind::Resumed)
    .bind(by.now)
    .bind(PAUSE_OVER)
    .execute()
    .await?;
    tx.sql(listed!(
        "INSERT INTO events (at, kind, actor, newsletter_id, subscription_id, data)
         SELECT $2, $3, $4, newsletter_id, id, '{}' FROM subscriptions WHERE id IN ",
        1,
        " ORDER BY id"
    ))
    .bind(ids.as_str())
    .bind(by.now)
    .bind(Event::SubscriptionResumed.kind())
    .bind(by.actor.to_string())
    .execute()
    .await?;
    Ok(ended.len() as u64)
}
