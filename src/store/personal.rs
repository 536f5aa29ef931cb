//! What the ledger and the log hold about one reader: for them to see, and to be forgotten. Knows no format.

use super::column::record;
use super::subscribers::NewSubscriber;
use super::{Result, Tx, limits};
use crate::clock::Timestamp;
use crate::domain::delivery::{DeliveryKind, DeliveryState, Reason};
use crate::domain::import::ImportDid;
use crate::domain::suppression::SuppressionReason;
use crate::domain::{NewsletterId, SubscriptionId, string_enum};

string_enum! {
    /// A part of what is stored about a person. The copy that they get has every one of them, by this name.
    Part: "part of what is stored" {
        Person = "person",
        /// Where they stand with each newsletter, and what hangs on that.
        Subscriptions = "subscriptions",
        /// Why their address must not be mailed.
        Suppressions = "suppressions",
        /// That they want no mail which strangers ask for.
        Refusals = "refusals",
        /// When strangers caused a mail to them in the last month.
        AskedMails = "asked_mails",
        /// What they had left, when nothing else of it is stored any more.
        Departed = "departed",
        /// What they had agreed to there.
        PastConsents = "past_consents",
    }
}

string_enum! {
    /// A part that hangs on a subscription.
    Hanging: "part of a subscription" {
        /// What the reader agreed to and took back.
        Consents = "consents",
        /// What was asked for by a link.
        Requests = "requests",
        Mails = "mails",
        /// Old issues that did not come.
        Missed = "missed",
        Log = "log",
        /// What came back of mails.
        Notices = "notices",
        /// By which lists it came or was changed.
        Imports = "imports",
    }
}

impl Part {
    /// The table that it stands in.
    pub fn table(self) -> &'static str {
        match self {
            Self::Person => "subscribers",
            part => part.as_str(),
        }
    }
}

impl Hanging {
    /// The table that it stands in.
    pub fn table(self) -> &'static str {
        match self {
            Self::Mails => "deliveries",
            Self::Missed => "folded_misses",
            Self::Log => "events",
            Self::Imports => "import_changes",
            Self::Consents | Self::Requests | Self::Notices => self.as_str(),
        }
    }
}

record! {
    /// A mail to a reader.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct PersonalMail {
        pub kind: Option<DeliveryKind>,
        /// Which issue, if it was one.
        pub issue: Option<String>,
        /// The address, where it was another than the reader's.
        pub recipient: Option<String>,
        pub state: DeliveryState,
        /// Why, where it was not sent.
        pub reason: Option<Reason>,
        /// When it was first tried.
        pub first_at: Option<Timestamp>,
        pub final_at: Option<Timestamp>,
        pub reply: Option<String>,
    }
}

record! {
    /// An old issue that a reader did not get.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct Missed {
        pub issue: Option<String>,
        /// What became of the mail.
        pub state: DeliveryState,
        pub reason: Option<Reason>,
        pub final_at: Option<Timestamp>,
        pub reply: Option<String>,
    }
}

record! {
    /// An entry of the log about a reader.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct PersonalEvent {
        pub at: Timestamp,
        pub kind: String,
        pub actor: String,
        pub data: String,
    }
}

record! {
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct CameBack {
        pub received_at: Timestamp,
        pub issue: Option<String>,
        /// What kind of report it is.
        pub kind: String,
        pub cause: String,
        pub diagnostic: String,
        pub effect: String,
    }
}

record! {
    /// What an import did to a reader.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct ImportedBy {
        pub at: Timestamp,
        /// The files' names, a line each.
        pub files: String,
        /// Where they agreed, in the operator's words.
        pub agreed: String,
        pub did: ImportDid,
    }
}

record! {
    /// Why an address must not be mailed.
    #[derive(Clone, Debug, serde::Serialize)]
    pub struct Suppressed {
        pub reason: SuppressionReason,
        pub note: String,
        pub created_at: Timestamp,
    }
}

/// The mails to one reader, oldest first.
pub async fn mails(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<PersonalMail>> {
    tx.sql(
        "SELECT 'issue' AS kind, i.slug AS issue, d.recipient, d.state, d.reason, d.first_at, d.final_at, d.reply, d.id
         FROM issues i JOIN deliveries d ON d.issue_id = i.id WHERE d.subscription_id = $1
         UNION ALL
         SELECT r.kind, NULL AS issue, d.recipient, d.state, d.reason, d.first_at, d.final_at, d.reply, d.id
         FROM deliveries d LEFT JOIN revisions r ON r.id = d.revision_id
         WHERE d.issue_id IS NULL AND d.subscription_id = $1
         ORDER BY 9",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// The old issues that one reader did not get, oldest first.
pub async fn missed(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<Missed>> {
    tx.sql(
        "SELECT i.slug AS issue, f.state, f.reason, f.final_at, f.reply
         FROM folded_misses f LEFT JOIN issues i ON i.id = f.issue_id WHERE f.subscription_id = $1 ORDER BY f.id",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// The entries of the log about one reader, oldest first.
pub async fn events(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<PersonalEvent>> {
    tx.sql("SELECT at, kind, actor, data FROM events WHERE subscription_id = $1 ORDER BY id")
        .bind(subscription)
        .fetch_all()
        .await
}

/// What came back of mails to one subscription, oldest first.
pub async fn came_back(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<CameBack>> {
    tx.sql(
        "SELECT n.received_at, i.slug AS issue, n.kind, n.cause, n.diagnostic, n.effect
         FROM notices n LEFT JOIN issues i ON i.id = n.issue_id
         WHERE n.subscription_id = $1 OR n.subscription_id IS NULL AND n.address_hash = (
             SELECT u.address_hash FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id WHERE s.id = $1)
         ORDER BY n.id",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// What imports did to one subscription, or by name of its address, oldest first.
pub async fn imported_by(tx: &mut Tx, subscription: SubscriptionId) -> Result<Vec<ImportedBy>> {
    tx.sql(
        "SELECT m.created_at AS at, m.files, m.agreed, c.did
         FROM import_changes c JOIN imports m ON m.id = c.import_id
         WHERE c.subscription_id = $1 OR c.address_hash = (
             SELECT u.address_hash FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id WHERE s.id = $1)
         ORDER BY c.id",
    )
    .bind(subscription)
    .fetch_all()
    .await
}

/// Why a person's address, or their mailbox, must not be mailed.
pub async fn suppressed(tx: &mut Tx, person: &NewSubscriber) -> Result<Vec<Suppressed>> {
    tx.sql(
        "SELECT reason, note, created_at FROM suppressions WHERE address_hash IN ($1, $2) OR mailbox_hash = $3
         ORDER BY created_at, id",
    )
    .bind(person.address_hash.as_slice())
    .bind(person.former_hash.as_ref().unwrap_or(&person.address_hash).as_slice())
    .bind(person.quota_hash.as_slice())
    .fetch_all()
    .await
}

/// Until when a person's mailbox wants no mail that strangers ask for.
pub async fn refused_until(tx: &mut Tx, person: &NewSubscriber) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = tx
        .sql("SELECT until FROM refusals WHERE address_tag IN ($1, $2) OR mailbox_tag = $3 ORDER BY until")
        .bind(limits::tag(&person.address_hash))
        .bind(limits::tag(person.former_hash.as_ref().unwrap_or(&person.address_hash)))
        .bind(limits::tag(&person.quota_hash))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(until,)| until).collect())
}

/// When strangers caused a mail to a person's mailbox.
pub async fn asked_mails(tx: &mut Tx, person: &NewSubscriber) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = tx
        .sql("SELECT at FROM asked_mails WHERE quota_hash = $1 ORDER BY at")
        .bind(person.quota_hash.as_slice())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// What a newsletter is called in addresses, by its number.
pub async fn newsletters(tx: &mut Tx) -> Result<Vec<(NewsletterId, String)>> {
    tx.sql("SELECT id, slug FROM newsletters ORDER BY id").fetch_all().await
}

/// Whether the log has an entry of a kind about a reader since `since`.
pub async fn has_event(tx: &mut Tx, subscription: SubscriptionId, kind: &str, since: Timestamp) -> Result<bool> {
    let (any,) = tx
        .sql("SELECT EXISTS (SELECT 1 FROM events WHERE subscription_id = $1 AND kind = $2 AND at >= $3)")
        .bind(subscription)
        .bind(kind)
        .bind(since)
        .fetch_one()
        .await?;
    Ok(any)
}

/// The rows of one reader, by the index over issues: a search of the whole ledger would hold up every other writer.
macro_rules! rows_of_reader {
    () => {
        "(SELECT d.id FROM issues i JOIN deliveries d ON d.issue_id = i.id WHERE d.subscription_id = $1
          UNION ALL SELECT d.id FROM deliveries d WHERE d.issue_id IS NULL AND d.subscription_id = $1)"
    };
}

/// Takes out of the ledger and the log what names a reader, and skips what still waits. The rows stay, for the totals.
/// Returns how many there are in the ledger.
pub async fn forget(tx: &mut Tx, subscription: SubscriptionId, now: Timestamp) -> Result<u64> {
    tx.sql(concat!(
        "UPDATE deliveries SET state = 'skipped', reason = 'unsubscribed', final_at = $2, due_at = NULL, claimed_by = NULL
         WHERE state IN ('pending', 'claimed') AND id IN ",
        rows_of_reader!()
    ))
    .bind(subscription)
    .bind(now)
    .execute()
    .await?;
    tx.sql("UPDATE folded_misses SET subscription_id = NULL, reply = NULL WHERE subscription_id = $1")
        .bind(subscription)
        .execute()
        .await?;
    tx.sql("UPDATE events SET subscription_id = NULL WHERE subscription_id = $1").bind(subscription).execute().await?;
    tx.sql(concat!("UPDATE deliveries SET recipient = NULL, reply = NULL WHERE id IN ", rows_of_reader!()))
        .bind(subscription)
        .execute()
        .await
}
