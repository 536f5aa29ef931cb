//! One person's subscription to one newsletter: where it stands, and lists of them. Which state may become which is
//! `domain::subscriber`'s; here a change is one compare-and-set, with its entry in the record of consents and its event.

use futures_util::stream::BoxStream;

use super::changes::{self, LastingChange, lastingly_written, was_ended, written};
use super::column::{json_words, record, worded};
use super::db::Statement;
use super::{Result, Tx, departed, limits};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::decision::ReaderDecision;
use crate::domain::subscriber::{EndedBy, Format, SubscriptionState};
use crate::domain::suppression::SuppressionReason;
use crate::domain::{NewsletterId, SubscriberId, SubscriptionId};

pub use super::changes::ConsentEntry;

record! {
    /// A subscription with the person it is of.
    #[derive(Clone, Debug)]
    pub struct Subscription {
        pub id: SubscriptionId,
        pub newsletter_id: NewsletterId,
        pub subscriber_id: SubscriberId,
        /// Where the person is reached.
        pub email: EmailAddress,
        /// What the newsletter calls the person: by a name of its own, or the person's.
        pub name: Option<String>,
        pub state: SubscriptionState,
        /// The language the person chose, BCP 47.
        pub language: Option<String>,
        /// How the person wants the mail.
        pub format: Format,
        /// How it came: a form, a file, an operator.
        pub source: String,
        /// When it was first asked for.
        pub created_at: Timestamp,
        pub confirmed_at: Option<Timestamp>,
        /// When a rest ends by itself.
        pub paused_until: Option<Timestamp>,
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
    pub newsletter: NewsletterId,
    pub subscriber: SubscriberId,
    /// The language the person chose; one who reads already keeps theirs.
    pub language: Option<&'a str>,
    pub source: &'a str,
}

record! {
    /// A subscription that is there now.
    #[derive(Clone, Debug)]
    pub struct Found {
        pub id: SubscriptionId,
        pub state: SubscriptionState,
        /// When the person left, if they did.
        pub left_at: Option<Timestamp>,
        /// Whose act the latest end was, until they read again.
        pub ended_by: Option<EndedBy>,
        /// The language the person chose, BCP 47.
        pub language: Option<String>,
    }
}

/// Which subscriptions a list is of; an empty filter is of all.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionFilter {
    pub newsletter: Option<NewsletterId>,
    pub state: Option<SubscriptionState>,
    /// With this in the address or the name, whatever the case.
    pub text: Option<String>,
}

record! {
    /// How many readers a newsletter has.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
    pub struct Counts {
        /// Asked for, not confirmed.
        pub pending: i64,
        pub active: i64,
        pub paused: i64,
        pub unsubscribed: i64,
        /// In whichever state, with an address that must not be mailed.
        pub suppressed: i64,
        /// Whom an issue would reach now.
        pub mailable: i64,
    }
}

/// What every [`Subscription`] is read with; a condition follows.
macro_rules! select {
    () => {
        "SELECT s.id, s.newsletter_id, s.subscriber_id, u.email, NULLIF(COALESCE(s.name, u.name), '') AS name, s.state, s.language, s.format, s.source, s.created_at,
                s.confirmed_at, s.paused_until, s.left_at, s.left_from, s.ended_by, x.reason AS suppressed
         FROM subscriptions s
         JOIN subscribers u ON u.id = s.subscriber_id
         LEFT JOIN suppressions x ON x.address_hash = u.address_hash "
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
         RETURNING id, state, left_at, ended_by, language",
    )
    .bind(new.newsletter)
    .bind(new.subscriber)
    .bind(SubscriptionState::Pending)
    .bind(new.language)
    .bind(new.source)
    .bind(now)
    .bind(SubscriptionState::Unsubscribed)
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

/// The subscriptions that an address, or its mailbox under another spelling, has asked for and not confirmed. Both are
/// given as the beginning of their keyed hash.
pub async fn pending_of(
    tx: &mut Tx,
    address_tag: i64,
    mailbox_tag: Option<i64>,
) -> Result<Vec<(SubscriptionId, NewsletterId)>> {
    let (first, last) = limits::range(address_tag);
    let (mailbox_first, mailbox_last) = limits::range(mailbox_tag.unwrap_or(address_tag));
    tx.sql(
        "SELECT s.id, s.newsletter_id FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id
         WHERE s.state = $3 AND u.id IN (
             SELECT id FROM subscribers WHERE address_hash BETWEEN $1 AND $2
             UNION SELECT id FROM subscribers WHERE quota_hash BETWEEN $4 AND $5)
         ORDER BY s.id",
    )
    .bind(first.as_slice())
    .bind(last.as_slice())
    .bind(SubscriptionState::Pending)
    .bind(mailbox_first.as_slice())
    .bind(mailbox_last.as_slice())
    .fetch_all()
    .await
}

/// A list in the order in which it grew: up to `limit` behind the subscription `after`.
pub async fn page(
    tx: &mut Tx,
    filter: &SubscriptionFilter,
    after: SubscriptionId,
    limit: i64,
) -> Result<Vec<Subscription>> {
    filter.of(tx, after).condition(" ORDER BY s.id LIMIT $$", limit).fetch_all().await
}

/// The whole list, row by row: it need not fit into memory, and is as of one instant.
pub fn stream<'t>(tx: &'t mut Tx, filter: &SubscriptionFilter) -> BoxStream<'t, Result<Subscription>> {
    filter.of(tx, SubscriptionId(0)).condition(" ORDER BY s.id LIMIT $$", i64::MAX).stream()
}

/// How many subscriptions of all newsletters are active.
pub async fn active(tx: &mut Tx) -> Result<i64> {
    let (count,) = tx.sql("SELECT COUNT(*) FROM subscriptions WHERE state = 'active'").fetch_one().await?;
    Ok(count)
}

/// How many readers a newsletter has.
pub async fn counts(tx: &mut Tx, newsletter: NewsletterId) -> Result<Counts> {
    tx.sql(
        "SELECT COUNT(*) FILTER (WHERE s.state = 'pending') AS pending,
                COUNT(*) FILTER (WHERE s.state = 'active') AS active,
                COUNT(*) FILTER (WHERE s.state = 'paused') AS paused,
                COUNT(*) FILTER (WHERE s.state = 'unsubscribed') AS unsubscribed,
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

/// A person who unsubscribed asks again: `left` to `pending`. `false` when it was not so.
pub async fn ask_again(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(worded!(
            "UPDATE subscriptions SET state = $3, left_at = NULL, left_from = NULL, paused_until = NULL
             WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id"
        ))
        .bind(id)
        .bind(sources(&[SubscriptionState::Unsubscribed], SubscriptionState::Pending))
        .bind(SubscriptionState::Pending)
        .fetch_optional()
        .await?;
    written(tx, id, row, entry).await
}

/// `pending` to `active`. `false` when it was not so.
pub async fn activate(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    activate_from(tx, id, &[SubscriptionState::Pending], entry).await
}

/// `pending` or `left` to `active`, by the reader's own word that another subscription of theirs goes on here. `false`
/// when it was neither.
pub async fn take_over(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    activate_from(tx, id, &[SubscriptionState::Pending, SubscriptionState::Unsubscribed], entry).await
}

async fn activate_from(
    tx: &mut Tx,
    id: SubscriptionId,
    from: &[SubscriptionState],
    entry: &ConsentEntry<'_>,
) -> Result<bool> {
    let ended = was_ended(tx, id, entry).await?;
    let row = tx
        .sql(worded!(
            "UPDATE subscriptions SET state = $3, confirmed_at = $4, left_at = NULL, left_from = NULL, paused_until = NULL,
                    ended_by = NULL
             WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id"
        ))
        .bind(id)
        .bind(sources(from, SubscriptionState::Active))
        .bind(SubscriptionState::Active)
        .bind(entry.by.now)
        .fetch_optional()
        .await?;
    if row.is_some() {
        departed::undo_unsubscribe(tx, id).await?;
        if let Some(mark) = ended {
            tx.keep(ReaderDecision::Returned { id, mark }.entry(entry.by.now));
        }
    }
    written(tx, id, row, entry).await
}

/// `active` to `paused`, or another end for a pause that has begun; without an end it lasts until the reader says so.
/// `false` when it was neither.
pub async fn pause(
    tx: &mut Tx,
    id: SubscriptionId,
    until: Option<Timestamp>,
    entry: &ConsentEntry<'_>,
) -> Result<bool> {
    let row = tx
        .sql(worded!(
            "UPDATE subscriptions SET state = $3, paused_until = $4 WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id"
        ))
        .bind(id)
        .bind(sources(&[SubscriptionState::Active, SubscriptionState::Paused], SubscriptionState::Paused))
        .bind(SubscriptionState::Paused)
        .bind(until)
        .fetch_optional()
        .await?;
    written(tx, id, row, entry).await
}

/// `paused` to `active`. `false` when it was not so.
pub async fn resume(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(worded!(
            "UPDATE subscriptions SET state = $3, paused_until = NULL WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id"
        ))
        .bind(id)
        .bind(sources(&[SubscriptionState::Paused], SubscriptionState::Active))
        .bind(SubscriptionState::Active)
        .fetch_optional()
        .await?;
    written(tx, id, row, entry).await
}

/// Whether an issue of a newsletter would reach anybody.
pub async fn any_mailable(tx: &mut Tx, newsletter: NewsletterId) -> Result<bool> {
    let (any,) = tx
        .sql("SELECT EXISTS (SELECT 1 FROM mailable m WHERE m.newsletter_id = $1)")
        .bind(newsletter)
        .fetch_one()
        .await?;
    Ok(any)
}

/// Any other state to `unsubscribed`; what was before is kept for [`take_back`]. `false` when the person had left already, or
/// nobody has this number.
pub async fn unsubscribe(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    end(tx, id, EndedBy::of(entry.by.actor), entry).await
}

/// The same, of who called the mail unwanted.
pub async fn complain(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    end(tx, id, EndedBy::Complaint, entry).await
}

async fn end(tx: &mut Tx, id: SubscriptionId, ended_by: EndedBy, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(worded!(
            "UPDATE subscriptions SET state = $3, left_from = state, left_at = $4, ended_by = $5
             WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id, mark"
        ))
        .bind(id)
        .bind(sources(SubscriptionState::ALL, SubscriptionState::Unsubscribed))
        .bind(SubscriptionState::Unsubscribed)
        .bind(entry.by.now)
        .bind(ended_by)
        .fetch_optional()
        .await?;
    lastingly_written(tx, id, row, entry, LastingChange::Gone(ended_by)).await
}

/// An end that somebody else had made is the reader's own from now on: they left as well. `false` when it was, or nothing had
/// ended.
pub async fn make_own(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(
            "UPDATE subscriptions SET ended_by = $3
             WHERE id = $1 AND state = $2 AND ended_by IN ('operator', 'import', 'provider') RETURNING newsletter_id, mark",
        )
        .bind(id)
        .bind(SubscriptionState::Unsubscribed)
        .bind(EndedBy::Reader)
        .fetch_optional()
        .await?;
    lastingly_written(tx, id, row, entry, LastingChange::Gone(EndedBy::Reader)).await
}

/// `left` to `active`, where the end was not the reader's own will. `false` when it was, or nothing had ended.
pub async fn readmit(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(
            "UPDATE subscriptions SET state = $2, confirmed_at = $4, left_at = NULL, left_from = NULL, ended_by = NULL,
                    paused_until = NULL
             WHERE id = $1 AND state = $3 AND ended_by IN ('operator', 'import', 'provider') RETURNING newsletter_id, mark",
        )
        .bind(id)
        .bind(SubscriptionState::Active)
        .bind(SubscriptionState::Unsubscribed)
        .bind(entry.by.now)
        .fetch_optional()
        .await?;
    lastingly_written(tx, id, row, entry, LastingChange::Back).await
}

/// `active` back to `pending`: an import that had made it active is taken back. `false` when it was not so.
pub async fn deactivate(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(worded!(
            "UPDATE subscriptions SET state = $3, confirmed_at = NULL WHERE id = $1 AND state IN ",
            2,
            " RETURNING newsletter_id"
        ))
        .bind(id)
        .bind(sources(&[SubscriptionState::Active], SubscriptionState::Pending))
        .bind(SubscriptionState::Pending)
        .fetch_optional()
        .await?;
    written(tx, id, row, entry).await
}

/// `left` back to what was before an import ended it. `false` when somebody else had.
pub async fn restore(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(
            "UPDATE subscriptions SET state = left_from, left_at = NULL, left_from = NULL, ended_by = NULL
             WHERE id = $1 AND state = $2 AND ended_by = $3 AND left_from IS NOT NULL RETURNING newsletter_id, mark",
        )
        .bind(id)
        .bind(SubscriptionState::Unsubscribed)
        .bind(EndedBy::Import)
        .fetch_optional()
        .await?;
    lastingly_written(tx, id, row, entry, LastingChange::Back).await
}

/// `left` back to what was before, if that was more than a question. `false` when it was not so.
pub async fn take_back(tx: &mut Tx, id: SubscriptionId, entry: &ConsentEntry<'_>) -> Result<bool> {
    let row = tx
        .sql(
            "UPDATE subscriptions SET state = left_from, left_at = NULL, left_from = NULL, ended_by = NULL
             WHERE id = $1 AND state = $2 AND left_from IN ('active', 'paused') RETURNING newsletter_id, mark",
        )
        .bind(id)
        .bind(SubscriptionState::Unsubscribed)
        .fetch_optional()
        .await?;
    lastingly_written(tx, id, row, entry, LastingChange::Back).await
}

/// The states of `from` that may become `to`, for `worded!`.
fn sources(from: &[SubscriptionState], to: SubscriptionState) -> String {
    json_words(SubscriptionState::sources(from, to).map(SubscriptionState::as_str))
}

/// Writes down an act that leaves the state as it is.
pub async fn write_down(
    tx: &mut Tx,
    newsletter: NewsletterId,
    id: SubscriptionId,
    entry: &ConsentEntry<'_>,
) -> Result<()> {
    changes::write_down(tx, newsletter, id, entry).await
}

/// Gives a subscription to another person, who has none to that newsletter. `false` when there is no such subscription.
pub async fn hand_over(tx: &mut Tx, id: SubscriptionId, to: SubscriberId) -> Result<bool> {
    let changed =
        tx.sql("UPDATE subscriptions SET subscriber_id = $2 WHERE id = $1").bind(id).bind(to).execute().await?;
    Ok(changed == 1)
}

/// Whether its person may be sent what they ask for about their own data.
pub async fn is_answerable(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    let (any,) =
        tx.sql("SELECT EXISTS (SELECT 1 FROM answerable a WHERE a.subscription_id = $1)").bind(id).fetch_one().await?;
    Ok(any)
}

/// Locks a subscription's row until the transaction ends: whatever else is done to it comes before or after. `false` when
/// there is none.
pub async fn hold(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    Ok(tx.sql("UPDATE subscriptions SET source = source WHERE id = $1").bind(id).execute().await? == 1)
}

/// Erases a subscription with its consents and requests. `false` when there is none.
pub async fn erase(tx: &mut Tx, id: SubscriptionId) -> Result<bool> {
    Ok(tx.sql("DELETE FROM subscriptions WHERE id = $1").bind(id).execute().await? == 1)
}

/// Everything one person subscribes to, or did, in the order in which it came.
pub async fn of_person(tx: &mut Tx, person: SubscriberId) -> Result<Vec<Subscription>> {
    tx.sql(concat!(select!(), "WHERE s.subscriber_id = $1 ORDER BY s.id")).bind(person).fetch_all().await
}

impl SubscriptionFilter {
    /// What follows `after` and passes, without an order.
    fn of<'t>(&self, tx: &'t mut Tx, after: SubscriptionId) -> Statement<'t> {
        let mut list = tx.sql(select!()).condition("WHERE s.id > $$", after);
        if let Some(newsletter) = self.newsletter {
            list = list.condition(" AND s.newsletter_id = $$", newsletter);
        }
        if let Some(state) = self.state {
            list = list.condition(" AND s.state = $$", state);
        }
        if let Some(pattern) = self.pattern() {
            let named = " AND (u.email_key LIKE $$ ESCAPE '\\' OR LOWER(COALESCE(s.name, u.name)) LIKE $$ ESCAPE '\\')";
            list = list.condition(named, pattern);
        }
        list
    }

    /// The pattern of `LIKE` that finds the text anywhere.
    fn pattern(&self) -> Option<String> {
        self.text.as_ref().map(|text| {
            let literal = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{literal}%")
        })
    }
}
