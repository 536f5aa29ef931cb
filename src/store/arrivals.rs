//! Many readers at once: what is known of a batch of rows, and its storing, a batch to a statement. Decides nothing.
//!
//! A batch is bound as one JSON text: one statement per row would cost a round trip to the driver each. The engines
//! unfold it with functions of different names (a lawful split); what is done with the rows is the same text for both.
//! `CROSS JOIN` keeps SQLite to the order of the tables: it would look through all subscriptions for each batch, and
//! through the batch for each of them.

use data_encoding::HEXLOWER;

use super::column::{json_list, listed, over_rows, record};
use super::{Result, Tx, limits, subscribers};
use crate::clock::Timestamp;
use crate::domain::consent::ConsentKind;
use crate::domain::subscriber::SubscriptionState;
use crate::domain::suppression::SuppressionReason;
use crate::domain::{ImportId, NewsletterId, SubscriptionId};
use crate::store::subscribers::NewSubscriber;

/// A person and how they subscribe.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub person: NewSubscriber,
    pub state: SubscriptionState,
    /// The language the person chose.
    pub language: Option<String>,
    /// When they subscribed, wherever that was.
    pub subscribed_at: Timestamp,
    /// The network they agreed from, cut to a prefix.
    pub network: Option<String>,
    /// Why the address must not be mailed, if that is what is said.
    pub suppress: Option<SuppressionReason>,
}

record! {
    /// What is known of an address already.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct KnownAddress {
        /// The place of the address in the batch, from 0.
        pub place: i64,
        /// Its subscription to the newsletter.
        pub subscription: Option<SubscriptionId>,
        pub state: Option<SubscriptionState>,
        /// Why the address must not be mailed.
        pub suppressed: Option<SuppressionReason>,
        /// Whether its person had left the newsletter, though nothing else is stored of that any more.
        pub departed: bool,
        /// Whether its mailbox wants no mail that others ask for.
        pub refused: bool,
    }
}

/// A statement over the rows of a batch: see [`over_rows`].
macro_rules! batch {
    ($text:literal) => {
        over_rows!(
            email TEXT, email_key TEXT, address_hash BYTES, former_hash BYTES, quota_hash BYTES, name TEXT, state TEXT,
            language TEXT, at BIGINT, network TEXT, suppress TEXT, tag BIGINT, mailbox_tag BIGINT; $text
        )
    };
}

/// Lets one transaction at a time store a batch, until it ends: two that store the same people in another order would
/// wait for each other.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    subscribers::lock(tx, 0).await
}

/// What is known of each address of a batch at `now`; of those that nothing is known of, nothing.
pub async fn known(
    tx: &mut Tx,
    newsletter: NewsletterId,
    batch: &[Arrival],
    now: Timestamp,
) -> Result<Vec<KnownAddress>> {
    tx.sql(batch!(
        "SELECT r.place, s.id AS subscription, s.state, COALESCE(x.reason, y.reason) AS suppressed,
                EXISTS (SELECT 1 FROM departed d WHERE d.newsletter_id = $2 AND d.address_hash = r.address_hash)
                OR EXISTS (SELECT 1 FROM departed d WHERE d.newsletter_id = $2 AND d.address_hash = r.former_hash) AS departed,
                EXISTS (SELECT 1 FROM refusals f WHERE f.address_tag = r.tag AND f.until > $3)
                OR EXISTS (SELECT 1 FROM refusals f WHERE f.mailbox_tag = r.mailbox_tag AND f.until > $3) AS refused
         FROM r
         LEFT JOIN subscribers u ON u.email_key = r.email_key
         LEFT JOIN subscriptions s ON s.subscriber_id = u.id AND s.newsletter_id = $2
         LEFT JOIN suppressions x ON x.address_hash = r.address_hash
         LEFT JOIN suppressions y ON y.address_hash = r.former_hash
         ORDER BY r.place"
    ))
    .bind(unfolded(batch))
    .bind(newsletter)
    .bind(now)
    .fetch_all()
    .await
    .map(|all: Vec<KnownAddress>| all.into_iter().filter(KnownAddress::is_anything).collect())
}

impl KnownAddress {
    fn is_anything(&self) -> bool {
        self.subscription.is_some() || self.suppressed.is_some() || self.departed || self.refused
    }
}

/// How a batch comes: what the record of consents says about it, and which import is to know of every change.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    pub newsletter: NewsletterId,
    pub import: ImportId,
    /// How it came, for subscriptions and consents; no other import has the same.
    pub source: &'a str,
    pub wording: &'a str,
    pub now: Timestamp,
}

/// Stores those of a batch who have no subscription to the newsletter yet, and what they agreed to. Returns how many.
pub async fn store(tx: &mut Tx, coming: &Coming<'_>, batch: &[Arrival]) -> Result<u64> {
    let rows = unfolded(batch);
    tx.sql(batch!(
        "INSERT INTO subscribers (email, email_key, address_hash, quota_hash, name, created_at)
         SELECT email, email_key, address_hash, quota_hash, name, $2 FROM r WHERE TRUE
         ON CONFLICT (email_key) DO NOTHING"
    ))
    .bind(rows.as_str())
    .bind(coming.now)
    .execute()
    .await?;
    // A person known by a question alone has no name yet.
    tx.sql(batch!(
        "UPDATE subscribers SET name = r.name FROM r
         WHERE subscribers.email_key = r.email_key AND subscribers.name IS NULL AND r.name IS NOT NULL"
    ))
    .bind(rows.as_str())
    .execute()
    .await?;
    let ids: Vec<(i64,)> = tx
        .sql(batch!(
            "INSERT INTO subscriptions (newsletter_id, subscriber_id, state, language, source, created_at, confirmed_at, left_at, ended_by)
             SELECT $2, u.id, r.state, r.language, $3, r.at, CASE WHEN r.state IN ('active', 'paused') THEN r.at END,
                    CASE WHEN r.state = 'unsubscribed' THEN $4 END, CASE WHEN r.state = 'unsubscribed' THEN 'import' END
             FROM r CROSS JOIN subscribers u WHERE u.email_key = r.email_key
             ON CONFLICT (newsletter_id, subscriber_id) DO NOTHING RETURNING id"
        ))
        .bind(rows.as_str())
        .bind(coming.newsletter)
        .bind(coming.source)
        .bind(coming.now)
        .fetch_all()
        .await?;
    let stored = json_list(ids.iter().map(|(id,)| *id));
    tx.sql(batch!(
        "INSERT INTO consents (subscription_id, kind, at, wording, client, source)
         SELECT s.id, CASE WHEN s.state = $6 THEN $7 ELSE $8 END, $4, $5, r.network, $3
         FROM r CROSS JOIN subscribers u CROSS JOIN subscriptions s
         WHERE u.email_key = r.email_key AND s.subscriber_id = u.id AND s.newsletter_id = $2 AND s.source = $3
           AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.subscription_id = s.id)"
    ))
    .bind(rows)
    .bind(coming.newsletter)
    .bind(coming.source)
    .bind(coming.now)
    .bind(coming.wording)
    .bind(SubscriptionState::Unsubscribed)
    .bind(ConsentKind::Withdrawn)
    .bind(ConsentKind::Imported)
    .execute()
    .await?;
    tx.sql(listed!(
        "INSERT INTO import_changes (import_id, subscription_id, did) SELECT $2, id, 'added' FROM subscriptions WHERE id IN ",
        1,
        " ORDER BY id"
    ))
    .bind(stored)
    .bind(coming.import)
    .execute()
    .await?;
    Ok(ids.len() as u64)
}

/// Puts those of a batch on the suppression list of whom the batch says so and who are not on it yet. Returns how many.
pub async fn suppress(tx: &mut Tx, coming: &Coming<'_>, batch: &[Arrival]) -> Result<u64> {
    let rows = unfolded(batch);
    let added = tx
        .sql(batch!(
            "INSERT INTO suppressions (address_hash, mailbox_hash, reason, note, created_at)
             SELECT address_hash, quota_hash, suppress, $2, $3 FROM r WHERE suppress IS NOT NULL
             ON CONFLICT (address_hash) DO NOTHING"
        ))
        .bind(rows.as_str())
        .bind(coming.source)
        .bind(coming.now)
        .execute()
        .await?;
    tx.sql(batch!(
        "INSERT INTO import_changes (import_id, address_hash, did)
         SELECT $2, x.address_hash, 'suppressed'
         FROM r CROSS JOIN suppressions x
         WHERE x.address_hash = r.address_hash AND x.note = $3 AND r.suppress IS NOT NULL AND x.created_at = $4"
    ))
    .bind(rows)
    .bind(coming.import)
    .bind(coming.source)
    .bind(coming.now)
    .execute()
    .await?;
    Ok(added)
}

fn unfolded(batch: &[Arrival]) -> String {
    let rows = batch.iter().enumerate().map(|(place, arrival)| {
        serde_json::json!({
            "place": place,
            "email": arrival.person.email.as_str(),
            "email_key": arrival.person.email.key(),
            "address_hash": HEXLOWER.encode(&arrival.person.address_hash),
            "former_hash": arrival.person.former_hash.as_ref().map(|hash| HEXLOWER.encode(hash)),
            "quota_hash": HEXLOWER.encode(&arrival.person.quota_hash),
            "name": arrival.person.name,
            "state": arrival.state,
            "language": arrival.language,
            "at": arrival.subscribed_at.0,
            "network": arrival.network,
            "suppress": arrival.suppress,
            "tag": limits::tag(&arrival.person.address_hash),
            "mailbox_tag": limits::tag(&arrival.person.quota_hash),
        })
    });
    serde_json::Value::from_iter(rows).to_string()
}
