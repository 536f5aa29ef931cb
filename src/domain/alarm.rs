//! What a person is to be told of without having to look: stable names, how urgent each is, and what to do about it.

use std::time::Duration;

use super::string_enum;
use crate::telemetry::mask_addresses;

/// A note is kept to this length.
const NOTE_CHARS_MAX: usize = 500;
/// An alarm is over when its cause has been gone for so long; until then it may come back unnoticed.
const QUIET_FOR: Duration = Duration::from_secs(10 * 60);
/// What has no end of its own is over when it has not happened again for so long.
const COUNT_QUIET_FOR: Duration = Duration::from_secs(24 * 3600);
/// How long a relay may be down before a person is told.
const RELAY_DOWN_FOR: Duration = Duration::from_secs(10 * 60);
/// The same of a mailbox: reports wait there, and nothing is lost by an hour or two.
const MAILBOX_UNREAD_FOR: Duration = Duration::from_secs(2 * 3600);

string_enum! {
    /// What went wrong. The names stand in logs, metrics and monitoring rules; they do not change.
    AlarmName: "alarm" {
        /// The program halted an issue.
        IssuePaused = "issue.paused",
        /// The program did not start an issue.
        IssueHeld = "issue.held",
        /// An issue is over, and more than a few readers were refused.
        IssueFailed = "issue.failed",
        /// Nobody knows whether mails of an issue were taken, and a person decides.
        IssueUncertain = "issue.uncertain",
        /// A part of an issue waits until a person decides.
        IssueSuspended = "issue.suspended",
        /// An email that is no issue cannot be made.
        EmailUnmade = "email.unmade",
        /// A relay refuses a newsletter's sender.
        NewsletterSender = "newsletter.sender",
        /// A relay does not take mail.
        RelayDown = "relay.down",
        /// A relay has taken all that it takes in a day or an hour.
        RelayQuota = "relay.quota",
        /// A relay refuses mail for what it says of us.
        RelayRefuses = "relay.refuses",
        /// The ledger cannot be written.
        LedgerUnwritable = "ledger.unwritable",
        /// The disk is nearly full.
        DiskLow = "disk.low",
        /// Nobody starts issues that are due.
        ScheduleLate = "schedule.late",
        /// A file whose time is near, queued or asking to be, cannot go out as it is, or is gone.
        FileLeft = "file.left",
        /// A slot comes, and nothing is queued for it.
        SlotEmpty = "slot.empty",
        /// Bounces wait for a person.
        BouncesHeld = "bounces.held",
        /// Complaints come in of which nothing says whose they are.
        ComplaintsUnmatched = "complaints.unmatched",
        /// More readers of an issue than usual call it spam.
        ComplaintsMany = "complaints.many",
        /// Emails of an issue come back because of us.
        ReturnsOurs = "returns.ours",
        /// A provider holds our mail.
        HooksHeld = "hooks.held",
        /// Requests to a hook do not bear the signature of its provider.
        HooksForged = "hooks.forged",
        /// A mailbox that reports come into cannot be read.
        MailboxUnread = "mailbox.unread",
        /// Nothing goes out until a person lifts the hold.
        InstallationHeld = "installation.held",
        /// Who unsubscribes is not written into the journal.
        JournalUnwritable = "journal.unwritable",
        /// A backup could not be made.
        BackupFailed = "backup.failed",
        /// The latest verified backup is too old.
        BackupOld = "backup.old",
        /// Old rows are about to be taken away for the first time.
        RetentionFirst = "retention.first",
        /// A certificate ends soon, or is refused.
        CertificateEnding = "certificate.ending",
        /// A record that receivers ask for is not as it should be.
        DnsChanged = "dns.changed",
        /// Another check of `coranto doctor` fails.
        CheckFailed = "check.failed",
        /// Strangers ask for more sign-ups than the limits allow.
        SignupsLimited = "signups.limited",
        /// The keys are not those that the database was made with.
        KeyForeign = "key.foreign",
    }
}

string_enum! {
    /// How urgent an alarm is.
    Severity: "severity" {
        /// Something does not happen until a person acts.
        Person = "person",
        /// Something should be looked at.
        Look = "look",
    }
}

string_enum! {
    /// In which shape alarms are pushed.
    PushFormat: "push format" {
        /// The words of the email.
        Text = "text",
        /// An object with the words and each alarm, as chat programs take it.
        Json = "json",
    }
}

/// An alarm to be raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub name: AlarmName,
    /// Of what: a relay's name, `NEWSLETTER/ISSUE`, a newsletter; empty for the installation.
    pub scope: String,
    /// Why, with the words of whoever said so. Addresses in it are masked.
    pub note: String,
}

impl Alarm {
    /// An alarm whose note bears no address.
    pub fn new(name: AlarmName, scope: impl Into<String>, note: &str) -> Self {
        let note: String = mask_addresses(note).chars().take(NOTE_CHARS_MAX).collect();
        // Private-use characters mark merge fields.
        let is_odd = |c: char| c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}');
        let note = note.split(is_odd).collect::<Vec<_>>().join(" ");
        Self { name, scope: scope.into(), note: note.trim().to_owned() }
    }
}

impl AlarmName {
    pub fn severity(self) -> Severity {
        match self {
            Self::DiskLow
            | Self::ScheduleLate
            | Self::FileLeft
            | Self::SlotEmpty
            | Self::ComplaintsUnmatched
            | Self::ComplaintsMany
            | Self::ReturnsOurs
            | Self::HooksForged
            | Self::MailboxUnread
            | Self::JournalUnwritable
            | Self::BackupFailed
            | Self::BackupOld
            | Self::RetentionFirst
            | Self::CertificateEnding
            | Self::DnsChanged
            | Self::CheckFailed
            | Self::SignupsLimited => Severity::Look,
            _ => Severity::Person,
        }
    }

    /// How long it must last before a person is told.
    pub fn told_after(self) -> Duration {
        match self {
            Self::RelayDown => RELAY_DOWN_FOR,
            Self::MailboxUnread => MAILBOX_UNREAD_FOR,
            _ => Duration::ZERO,
        }
    }

    /// How long it must be quiet before it is over.
    pub fn quiet_for(self) -> Duration {
        if self.is_count() { COUNT_QUIET_FOR } else { QUIET_FOR }
    }

    /// Whether it says that something happened, and not that something lasts.
    pub fn is_count(self) -> bool {
        matches!(
            self,
            Self::IssueFailed
                | Self::EmailUnmade
                | Self::ComplaintsUnmatched
                | Self::ComplaintsMany
                | Self::ReturnsOurs
                | Self::HooksHeld
                | Self::HooksForged
                | Self::JournalUnwritable
                | Self::SignupsLimited
        )
    }

    /// What is wrong, in one sentence without its full stop.
    pub fn title(self, scope: &str) -> String {
        let of = |text: &str| text.replace("{}", scope);
        match self {
            Self::IssuePaused => of("{} is paused"),
            Self::IssueHeld => of("{} is held and does not go out"),
            Self::IssueFailed => of("{} was refused to many readers"),
            Self::IssueUncertain => of("nobody knows whether some readers got {}"),
            Self::IssueSuspended => of("a part of {} waits for you"),
            Self::EmailUnmade => of("emails of {} to single readers cannot be made"),
            Self::NewsletterSender => of("a relay refuses the sender of {}"),
            Self::RelayDown => of("the relay {} takes no mail"),
            Self::RelayQuota => of("the limit of {} is used up"),
            Self::RelayRefuses => of("the relay {} refuses our mail"),
            Self::LedgerUnwritable => "the database cannot be written".to_owned(),
            Self::DiskLow => "the disk is nearly full".to_owned(),
            Self::ScheduleLate => "nobody starts issues that are due".to_owned(),
            Self::FileLeft => of("the file of {} cannot go out as it is"),
            Self::SlotEmpty => of("nothing is queued for the next slot of {}"),
            Self::BouncesHeld => of("bounces of {} wait for you"),
            Self::ComplaintsUnmatched => "complaints come in that name no email of ours".to_owned(),
            Self::ComplaintsMany => of("more readers than usual call {} spam"),
            Self::ReturnsOurs => of("emails of {} come back because of us"),
            Self::HooksHeld => of("the provider of the hook {} holds our email"),
            Self::HooksForged => of("requests to the hook {} are not signed by its provider"),
            Self::MailboxUnread => of("the mailbox {} cannot be read for bounces"),
            Self::InstallationHeld => "nothing goes out: the installation is on hold".to_owned(),
            Self::JournalUnwritable => "the journal of who unsubscribes cannot be written".to_owned(),
            Self::BackupFailed => "no backup could be made".to_owned(),
            Self::BackupOld => "there is no recent backup".to_owned(),
            Self::RetentionFirst => "old data is about to be deleted for the first time".to_owned(),
            Self::CertificateEnding => of("a certificate ends or is refused: {}"),
            Self::DnsChanged => of("a record in the DNS is not as it should be: {}"),
            Self::CheckFailed => of("a check of `coranto doctor` fails: {}"),
            Self::SignupsLimited => "strangers ask for more sign-ups than the limits allow".to_owned(),
            Self::KeyForeign => "the keys are not those of the database".to_owned(),
        }
    }

    /// What to do about it.
    pub fn advice(self, scope: &str) -> String {
        let slug = scope.rsplit('/').next().unwrap_or(scope);
        let of = |text: &str| text.replace("{}", slug);
        match self {
            Self::IssuePaused => {
                of("`coranto issues show {}` says more; `coranto issues resume {}` resumes it")
            }
            Self::IssueHeld => of("`coranto issues show {}` says more; `coranto queue FILE` gives it another time"),
            Self::IssueFailed => of(
                "`coranto issues deliveries {} --state failed` shows every reply; `coranto issues retry {}` tries again",
            ),
            Self::IssueUncertain => of(
                "`coranto issues retry {} --uncertain` sends again, perhaps twice; `--give-up` takes them for failed",
            ),
            Self::IssueSuspended => of("`coranto issues show {}` says which; `coranto issues retry {}` tries again"),
            Self::EmailUnmade => {
                "correct the configuration or the own template, and restart the server; who waits for one asks again"
                    .to_owned()
            }
            Self::NewsletterSender => {
                "`coranto doctor` tries the sender at every relay; allow it at the provider, or change `from`"
                    .to_owned()
            }
            Self::RelayDown => "`coranto doctor` tries every relay and says what it answers".to_owned(),
            Self::RelayQuota => "sending resumes by itself when the quota returns; the provider may raise it".to_owned(),
            Self::RelayRefuses => of("`coranto doctor` tries its log-in and sender; ask the provider with the words above"),
            Self::LedgerUnwritable => {
                "make room on the disk, or look for the process that holds the database; nothing is lost".to_owned()
            }
            Self::DiskLow => "make room before the next issue: a full disk stops sending".to_owned(),
            Self::ScheduleLate => "start `coranto serve` with the role `schedule`, or look at its log".to_owned(),
            Self::FileLeft => {
                "`coranto check FILE` names every mistake; a text that was queued before goes out all the same"
                    .to_owned()
            }
            Self::SlotEmpty => "`coranto queue FILE` fills it; `coranto new TITLE` begins an issue".to_owned(),
            Self::BouncesHeld => "`coranto bounces list` shows them; release or discard them".to_owned(),
            Self::ComplaintsUnmatched => {
                "their readers still get email; ask the provider for reports that keep Message-ID or List-Unsubscribe"
                    .to_owned()
            }
            Self::ComplaintsMany => of(
                "`coranto report {}` shows at which providers; look at how these readers signed up before the next issue",
            ),
            Self::ReturnsOurs => of(
                "`coranto report {}` shows the replies, and `coranto doctor` looks for the cause; `coranto issues pause {}` stops the rest",
            ),
            Self::HooksHeld => {
                "look at the held messages in the mail server's web interface: release them there, and lift its limit or its \
                 suspension; `coranto bounces list --cause policy` shows whose they are"
                    .to_owned()
            }
            Self::HooksForged => {
                "`coranto bounces hooks` shows what to set; if the provider's key is right there, its URL is known to others: \
                 give the hook another name"
                    .to_owned()
            }
            Self::MailboxUnread => "`coranto doctor` tries it and says what to do; reports wait there meanwhile".to_owned(),
            _ => self.advice_for_installation().to_owned(),
        }
    }

    /// The same of what concerns no issue, no relay and no door.
    fn advice_for_installation(self) -> &'static str {
        match self {
            Self::InstallationHeld => "`coranto status` says what to look at; `coranto release` lifts the hold",
            Self::JournalUnwritable => {
                "make `state` under [server] writable; until then a restored backup brings these readers back"
            }
            Self::BackupFailed | Self::BackupOld => {
                "`coranto backup` says what stands in the way; [backup] in the configuration says where backups go"
            }
            Self::CertificateEnding => {
                "renew it, and let the server that shows it read it again; `coranto doctor` says which it is"
            }
            Self::DnsChanged => "`coranto doctor` prints the record that should be there; docs/dns.md has each",
            Self::CheckFailed => "`coranto doctor` says what to do",
            Self::SignupsLimited => {
                "browsers must solve a short challenge first; if these are real readers, raise the limit under [signup]"
            }
            Self::KeyForeign => {
                "start the server with the key file that the database was made with; `coranto keys list` names it"
            }
            Self::RetentionFirst => {
                "`coranto tidy --dry-run` shows it; [retention] in the configuration says how long what is kept"
            }
            _ => "`coranto status` says more",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alarm_says_what_is_wrong_and_what_to_do() {
        for name in AlarmName::ALL {
            let (title, advice) = (name.title("week/calendar"), name.advice("week/calendar"));
            assert!(!title.is_empty() && !title.contains("{}") && !title.ends_with('.'), "{title}");
            assert!(!advice.is_empty() && !advice.contains("{}") && !advice.contains("week/"), "{advice}");
            assert_eq!(name.as_str().split('.').count(), 2, "{name}");
        }
    }

    #[test]
    fn a_note_names_nobody_and_is_one_line() {
        let alarm = Alarm::new(AlarmName::RelayDown, "main", "550 5.1.1 <anna@example.org>\r\nno\u{7}");
        assert!(!alarm.note.contains("anna") && alarm.note.contains("550 5.1.1"), "{}", alarm.note);
        assert!(!alarm.note.chars().any(char::is_control));
        assert!(Alarm::new(AlarmName::RelayDown, "main", &"x".repeat(5000)).note.len() <= NOTE_CHARS_MAX);
    }
}
