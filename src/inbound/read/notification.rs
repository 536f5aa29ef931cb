//! What Amazon SES writes when its notifications go by email: JSON, often within the envelope of the service that passes it
//! on. It is read as the delivery or feedback report that it stands for.

use serde_json::Value;

use super::status::{reply_of, without_type};
use super::text::{enhanced, stage};
use super::trace::{Place, Trace};
use super::{RECIPIENTS_MAX, ReportedRecipient};
use crate::domain::cause::{Said, judge_report};
use crate::domain::notice::NoticeKind;
use crate::domain::reply::Stage;

/// What a notification says.
#[derive(Debug)]
pub(super) struct Notification {
    kind: NoticeKind,
    body: Value,
}

/// The notification in a text, if it is one: footers may stand after it.
pub(super) fn open(text: &str) -> Option<Notification> {
    let text = text.trim_start();
    if !text.starts_with('{') {
        return None;
    }
    let mut body = first_value(text)?;
    if let Some(inner) = body.get("Message").and_then(Value::as_str) {
        body = first_value(inner)?;
    }
    let kind = match body.get("notificationType").or_else(|| body.get("eventType"))?.as_str()? {
        "Bounce" => NoticeKind::Bounce,
        "Complaint" => NoticeKind::Complaint,
        "Delivery" => NoticeKind::Delivered,
        "DeliveryDelay" => NoticeKind::Delay,
        _ => return None,
    };
    Some(Notification { kind, body })
}

/// Long lines are broken by an exclamation mark and a blank on the way (sendmail's mailers with a limit).
fn first_value(text: &str) -> Option<Value> {
    let whole = text.replace("!\n ", "");
    serde_json::Deserializer::from_str(&whole).into_iter().next()?.ok()
}

impl Notification {
    pub(super) fn kind(&self) -> NoticeKind {
        self.kind
    }

    /// Of whom it speaks, judged.
    pub(super) fn recipients(&self) -> Vec<ReportedRecipient> {
        let (part, list) = match self.kind {
            NoticeKind::Complaint => ("complaint", "complainedRecipients"),
            NoticeKind::Delay => ("deliveryDelay", "delayedRecipients"),
            NoticeKind::Delivered => ("delivery", "recipients"),
            _ => ("bounce", "bouncedRecipients"),
        };
        let found = self.body.get(part).and_then(|part| part.get(list)).and_then(Value::as_array);
        found.into_iter().flatten().take(RECIPIENTS_MAX).map(|one| self.recipient(one, part)).collect()
    }

    fn recipient(&self, one: &Value, part: &str) -> ReportedRecipient {
        let address = one.as_str().or_else(|| text_of(one, "emailAddress")).map(str::to_owned);
        if !matches!(self.kind, NoticeKind::Bounce | NoticeKind::Delay) {
            return ReportedRecipient { address, said: None };
        }
        let diagnostic = text_of(one, "diagnosticCode").map(without_type).filter(|text| !text.is_empty());
        let is_for_good = self.body[part].get("bounceType").and_then(Value::as_str) != Some("Transient");
        let hint = self.body[part].get("bounceSubType").and_then(Value::as_str).and_then(meaning_of);
        let said = Said {
            stage: diagnostic.map_or(Stage::Unknown, stage),
            quoted: diagnostic.and_then(reply_of),
            status: text_of(one, "status").and_then(enhanced),
            prose: diagnostic.into_iter().chain(hint).map(str::to_owned).collect(),
            failed: self.kind == NoticeKind::Bounce && is_for_good,
        };
        ReportedRecipient { address, said: Some((said.clone(), judge_report(&said))) }
    }

    /// The Message-ID of our mail among its headers.
    pub(super) fn traces(&self) -> Vec<Trace> {
        let headers = self.body.get("mail").and_then(|mail| mail.get("headers")).and_then(Value::as_array);
        let is_id = |one: &&Value| text_of(one, "name").is_some_and(|name| name.eq_ignore_ascii_case("message-id"));
        let values = headers.into_iter().flatten().filter(is_id).filter_map(|one| text_of(one, "value"));
        values.filter_map(|value| Trace::of(Place::MessageId, value)).collect()
    }
}

fn text_of<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// The service's own word, where it gives one; it counts for less than what the remote server says.
fn meaning_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "NoEmail" => "no such address",
        "Suppressed" | "OnAccountSuppressionList" => "address is suppressed",
        "MailboxFull" => "mailbox full",
        "MessageTooLarge" => "message too large",
        "ContentRejected" | "AttachmentRejected" => "content rejected",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cause::Cause;

    #[test]
    fn a_notification_is_a_report() {
        let bounce = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"anna@example.org","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"mail":{"headers":[{"name":"Message-ID","value":"<a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2@example.com>"}]}}"#;
        let wrapped = serde_json::json!({"Type": "Notification", "Message": bounce}).to_string();
        for text in [bounce.to_owned(), format!("{bounce}\n\n--\nIf you wish to stop\n"), wrapped] {
            let found = open(&text).unwrap();
            assert_eq!(found.kind(), NoticeKind::Bounce);
            let one = &found.recipients()[0];
            assert_eq!(
                (one.address.as_deref(), one.judgement().unwrap().cause),
                (Some("anna@example.org"), Cause::NoMailbox)
            );
            assert_eq!(found.traces().len(), 1);
        }
        let complaint = r#"{"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"anna@example.org"}]}}"#;
        assert_eq!(open(complaint).unwrap().recipients().len(), 1);
        for text in ["", "{", "{}", r#"{"notificationType":"Other"}"#, "[1]"] {
            assert!(open(text).is_none(), "{text}");
        }
    }
}
