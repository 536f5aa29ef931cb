//! Feedback reports (RFC 5965): what a reader's provider says that the reader thinks of a mail.

use super::fields::{Fields, groups, groups_named};
use super::status::address_of;
use super::{RECIPIENTS_MAX, ReportedRecipient};
use crate::domain::notice::NoticeKind;

const NAMES: &[&str] = &[
    "feedback-type", "user-agent", "version", "original-rcpt-to", "original-mail-from", "removal-recipient",
    "arrival-date", "received-date", "source-ip", "reported-domain", "abuse-type", "authentication-results",
];

/// Whether a text has a feedback report's fields.
pub(super) fn is_in(text: &str) -> bool {
    text.lines().any(|line| line.get(..14).is_some_and(|head| head.eq_ignore_ascii_case("feedback-type:")))
}

/// Whether a subject says so, with no fields beside it: `complaint about message from 192.0.2.1`.
pub(super) fn is_title(subject: &str) -> bool {
    let address = subject.trim().strip_prefix("complaint about message from ");
    address.is_some_and(|address| address.starts_with(|c: char| c.is_ascii_hexdigit()) && !address.contains(' '))
}

/// What the report's fields say, and of whom; `copy` is the header of the mail that it is about.
pub(super) fn read(parts: &[String], text: &str, copy: &Fields) -> (NoticeKind, Vec<ReportedRecipient>) {
    let found = match parts.is_empty() {
        false => parts.iter().flat_map(|part| groups(part)).collect(),
        true => groups_named(text, NAMES),
    };
    let value = |name| found.iter().find_map(|group| group.get(name));
    let kind = match value("feedback-type").unwrap_or("abuse").trim().to_ascii_lowercase().as_str() {
        "opt-out" | "opt-out-list" => NoticeKind::Unsubscribe,
        "not-spam" => NoticeKind::NotSpam,
        "auth-failure" | "dkim" | "dmarc" => NoticeKind::Authentication,
        _ => NoticeKind::Complaint,
    };
    let mut addresses: Vec<String> = found
        .iter()
        .flat_map(|group| group.all("original-rcpt-to").chain(group.all("removal-recipient")))
        .filter_map(address_of)
        .collect();
    if addresses.is_empty() {
        addresses.extend(["x-hmxmroriginalrecipient", "to"].iter().find_map(|name| address_of(copy.get(name)?)));
    }
    addresses.dedup();
    if kind == NoticeKind::Authentication {
        addresses.clear();
    }
    addresses.truncate(RECIPIENTS_MAX);
    (kind, addresses.into_iter().map(|address| ReportedRecipient { address: Some(address), said: None }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_says_the_kind() {
        for (kind, expected) in [
            ("abuse", NoticeKind::Complaint),
            ("Fraud", NoticeKind::Complaint),
            ("opt-out", NoticeKind::Unsubscribe),
            ("not-spam", NoticeKind::NotSpam),
            ("auth-failure", NoticeKind::Authentication),
            ("anything", NoticeKind::Complaint),
        ] {
            let part = format!("Feedback-Type: {kind}\nVersion: 1\nOriginal-Rcpt-To: <anna@example.org>\n");
            let (found, recipients) = read(&[part], "", &Fields::default());
            assert_eq!(found, expected, "{kind}");
            assert_eq!(recipients.len(), usize::from(kind != "auth-failure"), "{kind}");
        }
        assert!(is_title("complaint about message from 192.0.2.1"));
        assert!(!is_title("complaint about message from your editor"));
        let copy = Fields::header("To: Anna <anna@example.org>\n");
        assert_eq!(read(&["Feedback-Type: abuse\n".to_owned()], "", &copy).1.len(), 1);
    }
}
