//! What codes alone say: enhanced ones (RFC 3463 and those registered later), and the three digits at a stage.

use super::{Cause, Finding, Party, Stage, Weight};

use Cause::{
    Auth, Disabled, Expired, Filtered, Full, Malformed, Moved, Network, NoDomain, NoMail, NoMailbox, Policy, Quota,
    Rate, Relaying, Remote, Reputation, Sender, Tls, TooLarge, Unknown,
};
use Party::{Destination, Recipient, Relay, Session};
use Weight::{Generic, Specific, Vague};

/// `X.SUBJECT.DETAIL` for details from the third column to the fourth; class 0 is any.
struct Row(u8, u16, u16, u16, Cause, Weight, Option<Party>, &'static str);

/// The first that fits decides.
const ROWS: &[Row] = &[
    Row(0, 1, 0, 1, NoMailbox, Specific, None, "X.1.1"),
    Row(5, 1, 2, 2, NoDomain, Specific, None, "5.1.2"),
    // "4.1.2 Domain not found": their resolver's trouble as often as the domain's.
    Row(4, 1, 2, 2, NoDomain, Generic, Some(Recipient), "4.1.2"),
    Row(0, 1, 3, 3, NoMailbox, Specific, None, "X.1.3"),
    Row(0, 1, 4, 4, NoMailbox, Generic, None, "X.1.4"),
    Row(0, 1, 6, 6, Moved, Specific, None, "X.1.6"),
    Row(0, 1, 7, 8, Sender, Specific, None, "X.1.7"),
    Row(0, 1, 9, 9, Malformed, Generic, None, "X.1.9"),
    Row(0, 1, 10, 10, NoMail, Specific, None, "X.1.10"),
    // Microsoft: more than one From, bad From.
    Row(0, 1, 20, 21, Malformed, Specific, None, "X.1.20"),
    Row(0, 1, 90, 90, Quota, Specific, None, "X.1.90"),
    Row(0, 2, 1, 1, Disabled, Specific, None, "X.2.1"),
    Row(0, 2, 2, 2, Full, Specific, None, "X.2.2"),
    Row(0, 2, 3, 3, TooLarge, Specific, None, "X.2.3"),
    Row(0, 2, 4, 4, Remote, Generic, Some(Recipient), "X.2.4"),
    // Microsoft: the mailbox takes no more in this hour.
    Row(0, 2, 121, 122, Rate, Specific, Some(Recipient), "X.2.121"),
    Row(0, 2, 252, 254, Sender, Specific, None, "X.2.252"),
    Row(0, 2, 0, 999, Unknown, Vague, Some(Recipient), "X.2.0"),
    Row(5, 3, 2, 2, NoMail, Generic, None, "5.3.2"),
    Row(0, 3, 3, 3, Malformed, Generic, None, "X.3.3"),
    Row(0, 3, 4, 4, TooLarge, Specific, None, "X.3.4"),
    Row(0, 3, 0, 999, Remote, Generic, Some(Relay), "X.3.0"),
    Row(5, 4, 4, 4, NoDomain, Specific, None, "5.4.4"),
    Row(0, 4, 5, 5, Rate, Generic, Some(Relay), "X.4.5"),
    Row(0, 4, 7, 7, Expired, Specific, None, "X.4.7"),
    Row(0, 4, 300, 300, Expired, Specific, None, "X.4.300"),
    Row(0, 4, 310, 310, NoDomain, Specific, None, "X.4.310"),
    Row(0, 4, 316, 316, Expired, Specific, None, "X.4.316"),
    Row(0, 4, 0, 999, Network, Generic, None, "X.4.0"),
    Row(0, 5, 3, 3, Rate, Specific, Some(Session), "X.5.3"),
    Row(0, 5, 1, 999, Malformed, Generic, Some(Relay), "X.5.1"),
    Row(0, 6, 0, 0, Malformed, Generic, None, "X.6.0"),
    Row(0, 6, 1, 999, Malformed, Specific, None, "X.6.1"),
    Row(4, 7, 0, 0, Rate, Generic, Some(Destination), "4.7.0"),
    Row(0, 7, 0, 1, Policy, Generic, None, "X.7.1"),
    Row(0, 7, 2, 2, Filtered, Generic, None, "X.7.2"),
    Row(0, 7, 4, 4, Tls, Generic, None, "X.7.4"),
    Row(0, 7, 8, 8, Auth, Specific, Some(Relay), "X.7.8"),
    // "Authentication mechanism is too weak" at AUTH (534 says so alone); large providers say it of any policy.
    Row(0, 7, 9, 9, Policy, Generic, None, "X.7.9"),
    Row(0, 7, 10, 11, Tls, Specific, None, "X.7.10"),
    // RFC 5248 says "password transition"; Exchange says it of recipients that only their own organisation may write to.
    Row(0, 7, 12, 12, Filtered, Generic, None, "X.7.12"),
    Row(0, 7, 13, 13, Sender, Generic, None, "X.7.13"),
    Row(0, 7, 16, 16, TooLarge, Specific, None, "X.7.16"),
    Row(0, 7, 17, 17, NoMailbox, Generic, None, "X.7.17"),
    Row(0, 7, 18, 18, NoDomain, Generic, None, "X.7.18"),
    Row(0, 7, 20, 24, Auth, Specific, None, "X.7.20"),
    Row(0, 7, 25, 25, Reputation, Specific, None, "X.7.25"),
    Row(0, 7, 26, 26, Auth, Specific, None, "X.7.26"),
    // RFC 7505: the sender's domain takes no mail. Gmail says it of SPF, in words.
    Row(0, 7, 27, 27, Sender, Generic, None, "X.7.27"),
    Row(0, 7, 28, 28, Rate, Specific, Some(Destination), "X.7.28"),
    // RFC 8617: ARC. Gmail says it of TLS, in words.
    Row(0, 7, 29, 29, Auth, Generic, None, "X.7.29"),
    // RFC 8689: REQUIRETLS. Gmail says it of DKIM, in words.
    Row(0, 7, 30, 30, Tls, Generic, None, "X.7.30"),
    Row(0, 7, 31, 32, Auth, Specific, None, "X.7.31"),
    Row(0, 7, 40, 40, Auth, Specific, None, "X.7.40"),
    Row(0, 7, 54, 54, Relaying, Specific, None, "X.7.54"),
    Row(0, 7, 57, 57, Auth, Specific, Some(Relay), "X.7.57"),
    Row(0, 7, 60, 60, Sender, Specific, None, "X.7.60"),
    Row(0, 7, 64, 64, Relaying, Specific, None, "X.7.64"),
    Row(0, 7, 120, 139, Filtered, Specific, None, "X.7.120"),
    Row(0, 7, 232, 236, Quota, Specific, None, "X.7.232"),
    Row(4, 7, 500, 699, Rate, Specific, Some(Destination), "4.7.500"),
    Row(5, 7, 508, 508, Rate, Specific, Some(Destination), "5.7.508"),
    Row(0, 7, 509, 509, Auth, Specific, None, "X.7.509"),
    Row(0, 7, 512, 512, Malformed, Specific, None, "X.7.512"),
    Row(0, 7, 515, 515, Auth, Specific, None, "X.7.515"),
    Row(0, 7, 501, 503, Reputation, Specific, None, "X.7.501"),
    Row(0, 7, 511, 511, Reputation, Specific, None, "X.7.511"),
    Row(0, 7, 513, 513, Reputation, Specific, None, "X.7.513"),
    Row(0, 7, 606, 649, Reputation, Specific, None, "X.7.606"),
    Row(0, 7, 705, 705, Quota, Specific, None, "X.7.705"),
    Row(0, 7, 708, 708, Reputation, Specific, None, "X.7.708"),
    Row(0, 7, 750, 750, Sender, Specific, None, "X.7.750"),
    Row(0, 7, 0, 999, Policy, Generic, None, "X.7.0"),
];

/// What an enhanced code says, where it says anything.
pub(super) fn enhanced((class, subject, detail): (u8, u16, u16)) -> Option<Finding> {
    let row = ROWS
        .iter()
        .find(|row| (row.0 == 0 || row.0 == class) && row.1 == subject && (row.2..=row.3).contains(&detail))?;
    Some(Finding { cause: row.4, party: row.6, weight: row.5, rule: row.7 })
}

/// What the three digits say at a stage.
pub(super) fn bare(stage: Stage, code: u16) -> Finding {
    let (cause, party, weight, rule) = match (code, stage) {
        (421, _) => (Rate, Some(Relay), Generic, "421"),
        (431 | 432, _) => (Rate, None, Vague, "432"),
        (451, _) => (Remote, Some(Relay), Vague, "451"),
        (454, Stage::Session) => (Tls, None, Vague, "454"),
        (454 | 455 | 458 | 459, _) => (Remote, Some(Relay), Vague, "454"),
        (500..=504, _) => (Malformed, Some(Relay), Vague, "500"),
        (521, _) => (NoMail, None, Vague, "521"),
        (523, _) | (552, Stage::Mail | Stage::Data | Stage::Dot) => (TooLarge, None, Vague, "552"),
        (552 | 452 | 522, Stage::Recipient | Stage::Unknown) => (Full, None, Vague, "552 at RCPT"),
        (452, _) => (Remote, Some(Relay), Vague, "452"),
        (524 | 530 | 534 | 535 | 538, _) => (Auth, Some(Relay), Specific, "530"),
        (551, _) => (Moved, None, Vague, "551"),
        (553, Stage::Mail) => (Sender, None, Vague, "553 at MAIL"),
        (553, Stage::Recipient) => (NoMailbox, None, Vague, "553 at RCPT"),
        (555, _) => (Malformed, None, Vague, "555"),
        (556, _) => (NoMail, None, Specific, "556"),
        (554, Stage::Session) => (Policy, None, Vague, "554 at the greeting"),
        _ => (Unknown, None, Vague, "nothing said"),
    };
    Finding { cause, party, weight, rule }
}
