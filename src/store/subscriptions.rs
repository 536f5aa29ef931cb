//! One person's subscription to one newsletter: where it stands, and lists of them. Which state may become which is
//! `domain::subscriber`'s; here a change is one compare-and-set.

use futures_util::stream::BoxStream;

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{EndedBy, Format, SubscriptionState};
use crate::domain::suppression::SuppressionReason;
use crate::domain::{NewsletterId, SubscriberId, SubscriptionId};

record! {
    /// A subscription with the person it is of.
    #[derive(Clone, Debug)]
    pub struct Subscription {
        /// The row.
        pub id: SubscriptionId,
        /// To what.
        pub newsletter_id: NewsletterId,
        /// Whose.
        pub subscriber_id: SubscriberId,
        /// Where the person is reached.
        pub email: EmailAddress,
        /// What the person is called.
        pub name: Option<String>,
        /// Where it stands.
        pub state: SubscriptionState,
        /// The language the person chose, BCP 47.
        pub language: Option<String>,
        /// How the person wants the mail.
        pub format: Format,
        /// How it came: a form, a file, an operator.
        pub source: String,
        /// When it was first asked for.
        pub created_at: Timestamp,
        /// When it became active.
        pub confirmed_at: Option<Timestamp>,
        /// When a rest ends by itself.
        pub paused_until: Option<Timestamp>,
        /// When the person left.
        pub left_at: Option<Timestamp>,
        /// What the state was before.
        pub left_from: Option<SubscriptionState>,
        /// Whose act the latest end was, until they read again.
        pub ended_by: Option<EndedBy>,
        /// Why the address must not be mailed, if it must not.
        pub suppressed: Option<SuppressionReason>,
    }
}

/// A subscription to be stored.
#[derive(Clone, Debug)]
pub struct NewSubscription<'a> {
    /// To what.
    pub newsletter: NewsletterId,
    /// Whose.
    pub subscriber: SubscriberId,
    /// The language the person chose; one who reads already keeps theirs.
    pub language: Option<&'a str>,
    /// How it came.
    pub source: &'a str,
}

record! {
    /// A subscription that is there now.
    #[derive(Clone, Copy, Debug)]
    pub struct Found {
        /// The row.
        pub id: SubscriptionId,
        /// Where it stands.
        pub state: SubscriptionState,
        /// When the person left, if they did.
        pub left_at: Option<Timestamp>,
        /// Whose act the latest end was, until they read again.
        pub ended_by: Option<EndedBy>,
    }
}

/// Which subscriptions a list is of; an empty filter is of all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// To this newsletter.
    pub newsletter: Option<NewsletterId>,
    /// In this state.
    pub state: Option<SubscriptionState>,
    /// With this in the address or the name, whatever the case.
    pub text: Option<String>,
}

record! {
    /// How many readers a newsletter has.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
    pub struct Counts {
        /// Asked for, not confirmed.
        pub pending: i64,
        /// Active.
        pub active: i64,
        /// Having a rest.
        pub paused: i64,
        /// Gone.
        pub left: i64,
        /// In whichever state, with an address that must not be mailed.
        pub suppressed: i64,
        /// Whom an issue would reach now.
        pub mailable: i64,
    }
}

/// What every [`Subscription`] is read with; a condition follows.
macro_rules! select {
    () => {
        "SELECT s.id, s.newsletter_id, s.subscriber_id, u.email, u.name, s.state, s.language, s.format, s.source, s.created_at,
                s.confirmed_at, s.paused_until, s.left_at, s.left_from, s.ended_by, x.reason AS suppressed
         FROM subscriptions s
         JOIN subscribers u ON u.id = s.subscriber_id
         LEFT JOIN suppressions x ON x.address_hash = u.address_hash "
    };
}

/// What a [`Filter`] asks, with its parts as `$1` to `$3`.
macro_rules! filter {
    () => {
        "WHERE ($1 IS NULL OR s.newsletter_id = $1) AND ($2 IS NULL OR s.state = $2)
           AND ($3 IS NULL OR u.email_key LIKE $3 ESCAPE '\\' OR LOWER(u.name) LIKE $3 ESCAPE '\\') "
    };
}

/// The subscription of a person, stored as pending when they have none. The row stays locked until the transaction ends.
pub async fn ensure(tx: &mut Tx, new: &NewSubscription<'_>, now: Timestamp) -> Result<Found> {
    tx.sql(
        "INSERT INTO subscriptions (newsletter_id, subscriber_id, state, language, source, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (newsletter_id, subscriber_id) DO UPDATE SET language =
             CASE WHEN subscriptions.state IN ($3, $7) THEN COALESCE(excluded.language, subscriptions.language)
                  ELSE subscriptions.language END
         RETURNING id, state, left_at, ended_by",
    )
    .bind(new.newsletter)
    .bind(new.subscriber)
    .bind(SubscriptionState::Pending)
    .bind(new.language)
    .bind(new.source)
    .bind(now)
    .bind(SubscriptionState::Left)
    .fetch_one()
    .await
}

/// A subscription by its number.
pub async fn get(tx: &mut Tx, id: SubscriptionId) -> Result<Option<Subscription>> {
    tx.sql(concat!(select!(), "WHERE s.id = $1")).bind(id).fetch_optional().await
}

/// The subscription of an address, given as its key.
pub async fn find(tx: &mut Tx, newsletter: NewsletterId, email_key: &str) -> Result<Option<Subscription>> {
    tx.sql(concat!(select!(), "WHERE s.newsletter_id = $1 AND u.email_key = $2"))
        .bind(newsletter)
        .bind(email_key)
        .fetch_optional()
        .await
}

/// The subscriptions that an address has asked for and not confirmed. The address is given as the first eight bytes of
/// its keyed hash.
pub async fn pending_of(tx: &mut Tx, address_tag: [u8; 8]) -> Result<Vec<(SubscriptionId, NewsletterId)>> {
    let (mut first, mut last) = ([0x00; 16], [0xff; 16]);
    first[..8].copy_from_slice(&address_tag);
    last[..8].copy_from_slice(&address_tag);
    tx.sql(
        "SELECT s.id, s.newsletter_id FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id
         WHERE u.address_hash BETWEEN $1 AND $2 AND s.state = $3 ORDER BY s.id",
    )
    .bind(first.as_slice())
    .bind(last.as_slice())
    .bind(SubscriptionState::Pending)
    .fetch_all()
    .await
}

/// A list in the order in which it grew: up to `limit` behind the subscription `after`.
pub async fn page(tx: &mut Tx, filter: &Filter, after: SubscriptionId, limit: i64) -> Result<Vec<Subscription>> {
    tx.sql(concat!(select!(), filter!(), "AND s.id > $4 ORDER BY s.id LIMIT $5"))
        .bind(filter.newsletter)
        .bind(filter.state)
        .bind(filter.pattern())
        .bind(after)
        .bind(limit)
        .fetch_all()
        .await
}

/// The whole list, row by row: it need not fit into memory, and is as of one instant.
pub fn stream<'t>(tx: &'t mut Tx, filter: &Filter) -> BoxStream<'t, Result<Subscription>> {
    tx.sql(concat!(select!(), filter!(), "ORDER BY s.id"))
        .bind(filter.newsletter)
        .bind(filter.state)
        .bind(filter.pattern())
        .stream()
}

/// How many readers a newsletter has.
pub async fn counts(tx: &mut Tx, newsletter: NewsletterId) -> Result<Counts> {
    tx.sql(
        "SELECT COUNT(*) FILTER (WHERE s.state = 'pending') AS pending,
                COUNT(*) FILTER (WHERE s.state = 'active') AS active,
                COUNT(*) FILTER (WHERE s.state = 'paused') AS paused,
                COUNT(*) FILTER (WHERE s.state = 'left') AS left,
                COUNT(x.id) AS suppressed,
                (SELECT COUNT(*) FROM mailable m WHERE m.newsletter_id = $1) AS mailable
         FROM subscriptions s
         JOIN subscribers u ON u.id = s.subscriber_id
         LEFT JOIN suppressions x ON x.address_hash = u.address_hash
         WHERE s.newsletter_id = $1",
    )
    .bind(newsletter)
    .fetch_one()
    .await
}

/// Who left asks again: `left` to `pending`. `false` when it was not so.
pub async fn ask_again(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET state = $2, left_at = NULL, left_from = NULL, paused_until = NULL WHERE id = $1 AND state = $3")
        .bind(id)
        .bind(SubscriptionState::Pending)
        .bind(SubscriptionState::Left)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `pending` to `active`. `false` when it was not so.
pub async fn activate(tx: &mut Tx, id: SubscriptionId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET state = $2, confirmed_at = $4, ended_by = NULL WHERE id = $1 AND state = $3")
        .bind(id)
        .bind(SubscriptionState::Active)
        .bind(SubscriptionState::Pending)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `active` to `paused`, or another end for a rest that has begun; without an end it lasts until the reader says so.
/// `false` when it was neither.
pub async fn pause(tx: &mut Tx, id: SubscriptionId, until: Option<Timestamp>) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET state = $2, paused_until = $4 WHERE id = $1 AND state IN ($2, $3)")
        .bind(id)
        .bind(SubscriptionState::Paused)
        .bind(SubscriptionState::Active)
        .bind(until)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `paused` to `active`. `false` when it was not so.
pub async fn resume(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET state = $2, paused_until = NULL WHERE id = $1 AND state = $3")
        .bind(id)
        .bind(SubscriptionState::Active)
        .bind(SubscriptionState::Paused)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Any other state to `left`, by the reader; what was before is kept for [`take_back`]. `false` when the person had left
/// already, or nobody has this number.
pub async fn leave(tx: &mut Tx, id: SubscriptionId, now: Timestamp) -> Result<bool> {
    end(tx, id, EndedBy::Reader, now).await
}

/// The same by whomever.
pub async fn end(tx: &mut Tx, id: SubscriptionId, by: EndedBy, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE subscriptions SET state = $2, left_from = state, left_at = $3, ended_by = $4
             WHERE id = $1 AND state <> $2",
        )
        .bind(id)
        .bind(SubscriptionState::Left)
        .bind(now)
        .bind(by)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `left` to `active`, where the end was not the reader's own will. `false` when it was, or nothing had ended.
pub async fn readmit(tx: &mut Tx, id: SubscriptionId, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE subscriptions SET state = $2, confirmed_at = $4, left_at = NULL, left_from = NULL, ended_by = NULL,
                    paused_until = NULL
             WHERE id = $1 AND state = $3 AND ended_by IN ('operator', 'import', 'provider')",
        )
        .bind(id)
        .bind(SubscriptionState::Active)
        .bind(SubscriptionState::Left)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `active` back to `pending`: an import had made it active. `false` when it was not so.
pub async fn deactivate(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET state = $2, confirmed_at = NULL WHERE id = $1 AND state = $3")
        .bind(id)
        .bind(SubscriptionState::Pending)
        .bind(SubscriptionState::Active)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `left` back to what was before an import ended it. `false` when somebody else had.
pub async fn restore(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE subscriptions SET state = left_from, left_at = NULL, left_from = NULL, ended_by = NULL
             WHERE id = $1 AND state = $2 AND ended_by = $3 AND left_from IS NOT NULL",
        )
        .bind(id)
        .bind(SubscriptionState::Left)
        .bind(EndedBy::Import)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// `left` back to what was before, if that was more than a question. `false` when it was not so.
pub async fn take_back(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE subscriptions SET state = left_from, left_at = NULL, left_from = NULL, ended_by = NULL
             WHERE id = $1 AND state = $2 AND left_from IN ('active', 'paused')",
        )
        .bind(id)
        .bind(SubscriptionState::Left)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Gives a subscription to another person, who has none to that newsletter. `false` when there is no such subscription.
pub async fn hand_over(tx: &mut Tx, id: SubscriptionId, to: SubscriberId) -> Result<bool> {
    let changed =
        tx.sql("UPDATE subscriptions SET subscriber_id = $2 WHERE id = $1").bind(id).bind(to).execute().await?;
    Ok(changed == 1)
}

/// Sets in which language and how the reader wants what is sent. `false` when there is no such subscription.
pub async fn choose(tx: &mut Tx, id: SubscriptionId, language: Option<&str>, format: Format) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET language = $2, format = $3 WHERE id = $1")
        .bind(id)
        .bind(language)
        .bind(format)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Everything one person subscribes to, or did, in the order in which it came.
pub async fn of_person(tx: &mut Tx, person: SubscriberId) -> Result<Vec<Subscription>> {
    tx.sql(concat!(select!(), "WHERE s.subscriber_id = $1 ORDER BY s.id")).bind(person).fetch_all().await
}

/// Ends every rest of a newsletter that is over, each with its entry in the record of consents. Returns how many.
pub async fn wake(tx: &mut Tx, newsletter: NewsletterId, now: Timestamp) -> Result<u64> {
    tx.sql(
        "INSERT INTO consents (subscription_id, kind, at, wording, source)
         SELECT id, 'resumed', $2, '', 'rest over' FROM subscriptions
         WHERE newsletter_id = $1 AND state = 'paused' AND paused_until <= $2",
    )
    .bind(newsletter)
    .bind(now)
    .execute()
    .await?;
    tx.sql(
        "UPDATE subscriptions SET state = 'active', paused_until = NULL
         WHERE newsletter_id = $1 AND state = 'paused' AND paused_until <= $2",
    )
    .bind(newsletter)
    .bind(now)
    .execute()
    .await
}

/// Up to `limit` subscriptions whose rest is over. (The state is written out, so that the partial index serves.)
pub async fn rested(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<(SubscriptionId, NewsletterId)>> {
    tx.sql(
        "SELECT id, newsletter_id FROM subscriptions WHERE state = 'paused' AND paused_until <= $1
         ORDER BY paused_until, id LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all()
    .await
}

impl Filter {
    /// The pattern of `LIKE` that finds the text anywhere.
    fn pattern(&self) -> Option<String> {
        self.text.as_ref().map(|text| {
            let literal = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{literal}%")
        })
    }
}
