//! What happens, as the log of events keeps it: a kind in dotted words and typed details. No address and no secret is
//! ever part of an event.

use super::account::{AccountState, EndedSession, LinkKind, MemberRole, RefusedSignIn, SignInMethod};
use super::alarm::AlarmName;
use super::cause::Cause;
use super::evidence::Trouble;
use super::newsletter::UncertainPolicy;
use super::retention::Expiry;
use super::storm::Brake;
use super::subscriber::Why;
use super::suppression::SuppressionReason;
use crate::clock::Timestamp;

/// One enum of events, each with its kind and its details.
macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal $({ $($(#[$field_doc:meta])* $field:ident: $t:ty),+ $(,)? })?),+ $(,)?) => {
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        pub enum Event { $($(#[$doc])* $variant $({ $($(#[$field_doc])* $field: $t),+ })?),+ }

        impl Event {
            /// Every kind, in the order of declaration.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The kind: `issue.queued`.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $kind),+ }
            }
        }
    };
}

events! {
    /// An issue has a time at which it goes out.
    IssueQueued = "issue.queued" {
        revision: i64,
        due_at: Option<Timestamp>,
    },
    /// A queued issue has another place, with the text it had.
    IssueMoved = "issue.moved" {
        due_at: Timestamp,
    },
    /// Nothing goes out on a slot, on purpose.
    SlotSkipped = "slot.skipped" {
        slot_at: Timestamp,
    },
    /// A skipped slot is offered again.
    SlotOffered = "slot.offered" {
        slot_at: Timestamp,
    },
    /// An issue waits for a person.
    IssueHeld = "issue.held" {
        note: String,
        due_at: Option<Timestamp>,
    },
    /// An issue has other content.
    IssueRevised = "issue.revised" {
        revision: i64,
    },
    /// An issue is off the queue.
    IssueUnscheduled = "issue.unscheduled" {
        note: String,
    },
    /// An issue's audience is frozen, and it goes out.
    IssueStarted = "issue.started" {
        readers: u64,
    },
    IssuePaused = "issue.paused" {
        note: String,
    },
    /// An issue goes out again from where it stopped.
    IssueResumed = "issue.resumed",
    /// An issue is ended: who has not got it will not.
    IssueStopped = "issue.stopped" {
        skipped: u64,
    },
    /// Rows of an issue are put back.
    IssueRetried = "issue.retried" {
        rows: u64,
    },
    IssueSent = "issue.sent" {
        /// How many it was for.
        readers: i64,
        /// How many mails a relay took.
        sent: i64,
        failed: i64,
        /// How many were not to be sent any more.
        skipped: i64,
    },
    /// The web page of an issue has other content.
    IssueCorrected = "issue.corrected" {
        revision: i64,
    },
    /// Nobody knows whether mails were taken.
    DeliveryUncertain = "delivery.uncertain" {
        rows: u64,
        /// What is done with them.
        #[serde(skip_serializing_if = "Option::is_none")]
        policy: Option<UncertainPolicy>,
    },
    /// A report shows that a mail of which nobody knew was taken.
    DeliveryProved = "delivery.proved" {
        delivery: i64,
    },
    /// The clock that due times go by was set back; what waited for a time that comes again is due as much earlier.
    ClockSetBack = "clock.moved" {
        /// By how many seconds.
        seconds: u64,
        /// How many mails that is.
        rows: u64,
    },
    /// A person is to be told of something.
    AlarmRaised = "alarm.raised" {
        name: AlarmName,
        scope: String,
    },
    /// What a person was to be told of is over.
    AlarmCleared = "alarm.cleared" {
        name: AlarmName,
        scope: String,
    },
    RelayDown = "relay.down" {
        relay: String,
        /// What it said, or what happened.
        error: String,
        /// How long it is left alone.
        wait_ms: u64,
    },
    /// A relay that had failed takes mail.
    RelayUp = "relay.up" {
        relay: String,
    },
    /// A group of mail does not go for now.
    GroupSuspended = "group.suspended" {
        /// By which relay it would go.
        relay: String,
        /// Where to; empty for everywhere.
        destination: String,
        /// What kind of trouble it has.
        trouble: Trouble,
        cause: Cause,
        /// The relay's own words, addresses masked.
        reply: String,
    },
    /// A suspended group goes again.
    GroupReleased = "group.released" {
        relay: String,
        destination: String,
        /// What kind of trouble it had.
        trouble: Trouble,
    },
    /// A suspended group waits for a person.
    GroupHeld = "group.held" {
        /// By which relay it would go.
        relay: String,
        destination: String,
        /// Why, in the relay's own words.
        note: String,
    },
    /// Somebody asked for a newsletter; nothing is agreed before it is confirmed.
    SubscriptionAsked = "subscription.asked",
    SubscriptionConfirmed = "subscription.confirmed",
    /// An operator entered a reader.
    SubscriptionAdded = "subscription.added",
    SubscriptionPaused = "subscription.paused",
    SubscriptionResumed = "subscription.resumed",
    /// A reader unsubscribed, or was unsubscribed.
    SubscriptionUnsubscribed = "subscription.unsubscribed",
    /// The recipient of a confirmation said that they had not asked.
    SubscriptionRefused = "subscription.refused",
    /// A reader took back that they had unsubscribed.
    SubscriptionReturned = "subscription.returned",
    /// A reader gets it at another address.
    SubscriptionMoved = "subscription.moved",
    /// A reader said why they unsubscribed.
    SubscriptionReason = "subscription.reason" {
        reason: Why,
    },
    /// A reader chose a language or a format.
    SubscriptionChosen = "subscription.chosen",
    /// A reader said what a newsletter is to call them.
    SubscriptionRenamed = "subscription.renamed",
    /// An address must not be mailed any more.
    AddressSuppressed = "address.suppressed" {
        reason: SuppressionReason,
    },
    /// A brake holds notices for a person: too many addresses are called dead.
    BouncesHeld = "bounces.held" {
        relay: String,
        brake: Brake,
        notices: u64,
    },
    /// A person believes held notices.
    BouncesReleased = "bounces.released" {
        notices: u64,
        /// Addresses that are mailed no more.
        suppressed: u64,
    },
    /// Notices count for nothing any more.
    BouncesDiscarded = "bounces.discarded" {
        notices: u64,
    },
    /// A reader asked for mail again long after mail to them came back: one confirmation may go there.
    AddressProbation = "address.probation",
    /// An address may be mailed again.
    AddressUnsuppressed = "address.unsuppressed",
    /// A reader asked for another address.
    AddressAsked = "address.asked",
    /// The change of an address was stopped.
    AddressStopped = "address.stopped",
    /// A reader asked for what is stored about them.
    DataAsked = "data.asked",
    /// A reader got what is stored about them.
    DataSent = "data.sent",
    /// Everything about a reader was erased.
    ReaderErased = "reader.erased" {
        /// Why, in an operator's words, addresses masked.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Rows that had had their time were taken away.
    DataExpired = "data.expired" {
        what: Expiry,
        rows: u64,
    },
    /// A reader asked for their link.
    LinkAsked = "link.asked",
    /// Somebody asked for a link and got none.
    LinkIgnored = "link.ignored" {
        why: &'static str,
    },
    /// A sign-up brought no mail.
    SignupIgnored = "signup.ignored" {
        why: &'static str,
    },
    /// A limit is reached of sign-ups, or of requests for one's own link.
    SignupLimited = "signup.limited" {
        bound: &'static str,
    },
    /// An address refuses every mail that strangers ask for.
    SignupRefused = "signup.refused",
    /// A refusal was taken back.
    SignupAllowed = "signup.allowed",
    /// A person does not want to hear of an alarm until a time.
    AlarmQuieted = "alarm.quieted" {
        name: AlarmName,
        /// When it is told again.
        until: Timestamp,
    },
    /// Alarms were tried out: no cause, an email all the same.
    AlarmTested = "alarm.tested",
    /// A key is used with this database for the first time.
    KeyAdded = "key.added" {
        number: i64,
        /// What it is recognised by.
        fingerprint: String,
    },
    /// A key is in other hands: it ends subscriptions and opens nothing else.
    KeyLeaked = "key.leaked" {
        number: i64,
        /// What it is recognised by.
        fingerprint: String,
    },
    /// A key was given up: what it sealed opens nothing any more.
    KeyRetired = "key.retired" {
        number: i64,
        /// What it is recognised by.
        fingerprint: String,
    },
    /// The database goes on with other keys than those it was made with.
    KeysAdopted = "keys.adopted",
    /// Emails whose fate was unknown were sent, by what a relay's log says.
    IssueSettled = "issue.settled" {
        rows: u64,
    },
    /// A server has named the database it works on.
    InstallationFounded = "installation.founded",
    /// A copy of the database was put back. What may have gone out since waits for a person.
    InstallationRestored = "installation.restored" {
        generation: i64,
        why: String,
        /// Emails of issues that may have gone out after the copy was made.
        uncertain: u64,
        /// Emails to single readers that are not sent any more.
        dropped: u64,
        /// Issues that were paused or held.
        issues: u64,
        /// Browsers of people with accounts that were signed out.
        sessions: u64,
        /// One-time links to accounts that were closed.
        links: u64,
        /// Readers who had unsubscribed after the copy was made.
        unsubscribed: u64,
        erased: u64,
        /// Addresses that had been suppressed since.
        suppressed: u64,
    },
    /// A backup was made and verified.
    BackupTaken = "backup.taken" {
        /// Its name; `-` when it went to a pipe.
        file: String,
        bytes: u64,
    },
    /// A backup could not be made.
    BackupFailed = "backup.failed" {
        why: String,
    },
    /// Nothing goes out until the hold is lifted.
    InstallationHeld = "installation.held" {
        why: String,
    },
    InstallationReleased = "installation.released",
    /// What is in this database goes on in another.
    InstallationMoved = "installation.moved" {
        /// Its address, without what might be a password.
        to: String,
    },
    /// This database goes on in the place of another.
    InstallationArrived = "installation.arrived" {
        /// The other's address, without what might be a password.
        from: String,
    },
    /// A move was undone or given up: this database goes on itself.
    InstallationReopened = "installation.reopened",
    /// A list of readers was imported. Single readers get no event.
    SubscribersImported = "subscribers.imported" {
        import: i64,
        rows: u64,
        /// Readers who begin to get mail.
        will_get_mail: u64,
        /// Readers who are stored as unsubscribed, or were unsubscribed.
        unsubscribed: u64,
        /// Readers who have not confirmed.
        unconfirmed: u64,
        /// Addresses that must not be mailed any more.
        suppressed: u64,
        /// Rows that would bring back who unsubscribed, or who must not be mailed.
        kept_out: u64,
        /// Rows that could not be understood.
        rejected: u64,
    },
    /// An import was taken back.
    ImportUndone = "import.undone" {
        import: i64,
        /// Readers who were taken out.
        taken_out: u64,
        /// Readers who had been mailed, and are unsubscribed instead.
        unsubscribed: u64,
        /// Readers who are as they were before.
        restored: u64,
        /// Addresses that may be mailed again.
        unsuppressed: u64,
        /// Readers who had acted since.
        stayed: u64,
    },
    /// Somebody got a login.
    AccountAdded = "account.added" {
        account: i64,
        operator: bool,
    },
    /// An account is, or is no longer, an operator's.
    AccountChanged = "account.changed" {
        account: i64,
        operator: bool,
    },
    AccountDisabled = "account.disabled" {
        account: i64,
    },
    AccountEnabled = "account.enabled" {
        account: i64,
        state: AccountState,
    },
    /// A one-time link was made for an account; a newer one ends the older.
    AccountLinked = "account.linked" {
        account: i64,
        link: LinkKind,
    },
    /// An account has another part in a newsletter; none is that it has no part any more.
    RoleChanged = "role.changed" {
        account: i64,
        role: Option<MemberRole>,
    },
    /// A way to sign in was added to an account, or replaces what it had.
    MethodAdded = "method.added" {
        account: i64,
        method: SignInMethod,
    },
    SessionOpened = "session.opened" {
        account: i64,
        method: SignInMethod,
    },
    /// Somebody could not sign in: once in an hour for each who tried.
    SessionRefused = "session.refused" {
        /// None where the address has no account.
        account: Option<i64>,
        why: RefusedSignIn,
    },
    SessionEnded = "session.ended" {
        account: i64,
        why: EndedSession,
        sessions: u64,
    },
}

impl Event {
    /// The details, as a JSON object.
    pub fn data(&self) -> String {
        match serde_json::to_value(self) {
            Ok(details @ serde_json::Value::Object(_)) => details.to_string(),
            _ => "{}".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn kinds_are_dotted_words_and_none_is_there_twice() {
        let mut seen = BTreeSet::new();
        for kind in Event::KINDS {
            assert!(seen.insert(kind), "{kind} is there twice");
            let words: Vec<&str> = kind.split('.').collect();
            assert_eq!(words.len(), 2, "{kind}");
            assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase())), "{kind}");
        }
    }

    #[test]
    fn details_are_an_object() {
        assert_eq!(Event::IssueResumed.data(), "{}");
        assert_eq!(Event::IssueResumed.kind(), "issue.resumed");
        assert_eq!(Event::IssueQueued { revision: 3, due_at: None }.data(), r#"{"due_at":null,"revision":3}"#);
        let unknown = Event::DeliveryUncertain { rows: 1, policy: None };
        assert_eq!(unknown.data(), r#"{"rows":1}"#);
        assert_eq!(Event::IssuePaused { note: "a \"quote\"".to_owned() }.data(), r#"{"note":"a \"quote\""}"#);
    }
}
