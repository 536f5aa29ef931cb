//! Many readers at once: what an import asks and stores, a batch of rows to a statement. Decides nothing.
//!
//! A batch is bound as one JSON text. The engines unfold it with functions of different names (a lawful split); what
//! is done with the rows is the same text for both. One statement per row would cost a round trip to the driver each.

use super::column::{json_list, listed, record};
use super::db::Sql;
use super::{Result, Tx, subscribers};
use crate::clock::Timestamp;
use crate::domain::consent::ConsentKind;
use crate::domain::subscriber::SubscriptionState;
use crate::domain::suppression::SuppressionReason;
use crate::domain::{NewsletterId, SubscriptionId};
use crate::store::subscribers::NewSubscriber;

/// A person and how they subscribe.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who.
    pub person: NewSubscriber,
    /// Where the subscription stands.
    pub state: SubscriptionState,
    /// The language the person chose.
    pub language: Option<String>,
    /// When they subscribed, wherever that was.
    pub subscribed_at: Timestamp,
}

record! {
    /// What is known of an address already.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Known {
        /// The place of the address in the batch, from 0.
        pub place: i64,
        /// Its subscription to the newsletter.
        pub subscription: Option<SubscriptionId>,
        /// Where that stands.
        pub state: Option<SubscriptionState>,
        /// Why the address must not be mailed.
        pub suppressed: Option<SuppressionReason>,
    }
}

/// A statement over the rows of a batch, which is `$1` and is called `r` in the text.
macro_rules! batch {
    ($text:literal) => {
        Sql::Split {
            sqlite: concat!(
                "WITH r AS (
                     SELECT key AS place, value ->> 'email' AS email, value ->> 'email_key' AS email_key,
                            unhex(value ->> 'address_hash') AS address_hash, unhex(value ->> 'former_hash') AS former_hash,
                            unhex(value ->> 'quota_hash') AS quota_hash,
                            value ->> 'name' AS name, value ->> 'state' AS state, value ->> 'language' AS language,
                            value ->> 'at' AS at
                     FROM json_each($1)) ",
                $text
            ),
            postgres: concat!(
                "WITH r AS (
                     SELECT place, email, email_key, decode(address_hash, 'hex') AS address_hash,
                            decode(former_hash, 'hex') AS former_hash,
                            decode(quota_hash, 'hex') AS quota_hash, name, state, language, at
                     FROM json_to_recordset(CAST($1 AS JSON)) AS j (
                         place BIGINT, email TEXT, email_key TEXT, address_hash TEXT, former_hash TEXT, quota_hash TEXT, name TEXT,
                         state TEXT, language TEXT, at BIGINT)) ",
                $text
            ),
        }
    };
}

/// Lets one transaction at a time store a batch, until it ends: two that store the same people in another order would
/// wait for each other.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    subscribers::lock(tx, 0).await
}

/// What is known of each address of a batch; of those that nothing is known of, nothing.
pub async fn known(tx: &mut Tx, newsletter: NewsletterId, batch: &[Arrival]) -> Result<Vec<Known>> {
    tx.sql(batch!(
        "SELECT r.place, s.id AS subscription, s.state, COALESCE(x.reason, y.reason) AS suppressed
         FROM r
         LEFT JOIN subscribers u ON u.email_key = r.email_key
         LEFT JOIN subscriptions s ON s.subscriber_id = u.id AND s.newsletter_id = $2
         LEFT JOIN suppressions x ON x.address_hash = r.address_hash
         LEFT JOIN suppressions y ON y.address_hash = r.former_hash
         WHERE s.id IS NOT NULL OR x.id IS NOT NULL OR y.id IS NOT NULL ORDER BY r.place"
    ))
    .bind(unfolded(batch))
    .bind(newsletter)
    .fetch_all()
    .await
}

/// Stores those of a batch who have no subscription to the newsletter yet, and what they agreed to. Returns how many.
pub async fn store(
    tx: &mut Tx,
    newsletter: NewsletterId,
    batch: &[Arrival],
    source: &str,
    wording: &str,
    now: Timestamp,
) -> Result<u64> {
    let rows = unfolded(batch);
    tx.sql(batch!(
        "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, name, created_at)
         SELECT email, email_key, address_hash, quota_hash, name, $2 FROM r WHERE TRUE
         ON CONFLICT (email_key) DO NOTHING"
    ))
    .bind(rows.as_str())
    .bind(now)
    .execute()
    .await?;
    let ids: Vec<(i64,)> = tx
        .sql(batch!(
            "INSERT INTO subscriptions (newsletter_id, subscriber_id, state, language, source, created_at, confirmed_at, left_at)
             SELECT $2, u.id, r.state, r.language, $3, r.at,
                    CASE WHEN r.state IN ('active', 'paused') THEN r.at END, CASE WHEN r.state = 'left' THEN $4 END
             FROM r JOIN subscribers u ON u.email_key = r.email_key WHERE TRUE
             ON CONFLICT (newsletter_id, subscriber_id) DO NOTHING RETURNING id"
        ))
        .bind(rows)
        .bind(newsletter)
        .bind(source)
        .bind(now)
        .fetch_all()
        .await?;
    tx.sql(listed!(
        "INSERT INTO consents (subscription_id, kind, at, wording, source)
         SELECT id, CASE WHEN state = $6 THEN $7 ELSE $2 END, $3, $4, $5 FROM subscriptions WHERE id IN ",
        1,
        ""
    ))
    .bind(json_list(ids.iter().map(|(id,)| *id)))
    .bind(ConsentKind::Imported)
    .bind(now)
    .bind(wording)
    .bind(source)
    .bind(SubscriptionState::Left)
    .bind(ConsentKind::Withdrawn)
    .execute()
    .await?;
    Ok(ids.len() as u64)
}

/// The batch as JSON.
fn unfolded(batch: &[Arrival]) -> String {
    let rows = batch.iter().enumerate().map(|(place, arrival)| {
        serde_json::json!({
            "place": place,
            "email": arrival.person.email.as_str(),
            "email_key": arrival.person.email.key(),
            "address_hash": hex(&arrival.person.address_hash),
            "former_hash": arrival.person.former_hash.as_ref().map(|hash| hex(hash)),
            "quota_hash": hex(&arrival.person.quota_hash),
            "name": arrival.person.name,
            "state": arrival.state,
            "language": arrival.language,
            "at": arrival.subscribed_at.0,
        })
    });
    serde_json::Value::from_iter(rows).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
