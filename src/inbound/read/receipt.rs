//! Receipts (RFC 8098): an email was shown, or a rule of its recipient threw it away.

use super::ReportedRecipient;
use super::fields::Fields;
use super::signs::{Sign, Signs};
use super::status::address_of;
use crate::domain::cause::{Cause, Class, Classification, Said, judge_report};
use crate::domain::notice::NoticeKind;
use crate::domain::reply::Stage;

/// How an email ends that nobody was shown (RFC 8098, 3.2.6.2; the last two are of RFC 3798).
const UNSEEN: &[&str] = &["deleted", "denied", "failed"];

/// What the receipt `part` says, with `text` beside it. A mailbox refuses by a receipt, too (RFC 5429, 2.2): its type is
/// that of an email deleted unread, so the words decide.
pub(super) fn read(part: &str, text: &str, subject: &str) -> (NoticeKind, Vec<ReportedRecipient>) {
    let fields = Fields::header(part);
    let disposition = fields.get("disposition").and_then(|value| value.rsplit_once(';')).map_or("", |(_, kind)| kind);
    let disposition = disposition.trim().to_ascii_lowercase();
    let is_unseen = UNSEEN.iter().any(|kind| disposition.starts_with(kind));
    let is_refusal = [subject, text].iter().any(|text| Signs::of(text).has(Sign::Failed));
    if !(is_unseen && is_refusal) {
        return (NoticeKind::Delivered, Vec::new());
    }
    let prose = vec![text.to_owned(), subject.to_owned()];
    let said = Said { stage: Stage::Unknown, quoted: None, status: None, prose, failed: true };
    let judgement = judge_report(&said);
    // A rule that gives no reason is the recipient's own.
    let judgement = match judgement.cause {
        Cause::Policy | Cause::Unknown => Classification { cause: Cause::Filtered, ..judgement },
        _ => judgement,
    };
    let address = ["final-recipient", "original-recipient"].iter().find_map(|name| address_of(fields.get(name)?));
    let mut recipient = ReportedRecipient { address, said: Some((said, judgement)) };
    if judgement.cause.class() == Class::Dead {
        recipient.doubt();
    }
    (NoticeKind::Bounce, vec![recipient])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_that_refuses_is_a_bounce() {
        let rejected = "Your message to <anna@example.org> was automatically rejected:\n";
        for (disposition, text, expected) in [
            ("manual-action/MDN-sent-manually; displayed", "It was shown.", None),
            ("automatic-action/MDN-sent-automatically; deleted", "It was deleted without being read.", None),
            (
                "automatic-action/MDN-sent-automatically; deleted",
                &format!("{rejected}Quota exceeded"),
                Some(Cause::Full),
            ),
            ("automatic-action/MDN-sent-automatically; deleted", &format!("{rejected}Go away"), Some(Cause::Filtered)),
            ("automatic-action/MDN-sent-automatically; displayed", &format!("{rejected}Go away"), None),
        ] {
            let part = format!("Final-Recipient: rfc822; anna@example.org\nDisposition: {disposition}\n");
            let (kind, recipients) = read(&part, text, "");
            let cause = recipients.first().and_then(|one| one.judgement()).map(|judgement| judgement.cause);
            assert_eq!((kind == NoticeKind::Bounce, cause), (expected.is_some(), expected), "{text}");
        }
    }
}
