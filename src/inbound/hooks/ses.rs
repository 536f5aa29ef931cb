//! Amazon SES: what an SNS notification holds, in either of the two spellings that SES has for it.

use serde_json::Value;

use super::event::{HookEvent, Verdict, each};
use crate::domain::cause::Cause;
use crate::domain::notice::NoticeKind::{
    self, Authentication, Bounce, Complaint, Delay, Delivered, NotSpam, Unsubscribe,
};

/// `id` is that of the notification.
pub(super) fn events(message: &Value, id: &str) -> Vec<HookEvent> {
    let kind = message["eventType"].as_str().or_else(|| message["notificationType"].as_str()).unwrap_or_default();
    let mail = &message["mail"];
    let sent_to = &mail["destination"][0];
    let new = |kind: NoticeKind, at: usize| {
        HookEvent::new(kind, format!("{id}/{at}"))
            .bears(&mail["tags"]["coranto"][0])
            .bears_headers(&mail["headers"])
            .bears(&mail["commonHeaders"]["messageId"])
    };
    match kind {
        "Bounce" => {
            let bounce = &message["bounce"];
            let verdict = bounce_verdict(&bounce["bounceType"], &bounce["bounceSubType"]);
            let one = |(at, of): (usize, &Value)| {
                let said = new(Bounce, at).says(&of["diagnosticCode"]).status(&of["status"]);
                said.of(&of["emailAddress"]).verdict(verdict)
            };
            each(&bounce["bouncedRecipients"]).iter().enumerate().map(one).collect()
        }
        "DeliveryDelay" => {
            let one = |(at, of): (usize, &Value)| {
                new(Delay, at).says(&of["diagnosticCode"]).status(&of["status"]).of(&of["emailAddress"])
            };
            each(&message["deliveryDelay"]["delayedRecipients"]).iter().enumerate().map(one).collect()
        }
        "Complaint" => complaint(&message["complaint"], sent_to, |kind| new(kind, 0)),
        "Delivery" => vec![new(Delivered, 0).of(sent_to)],
        "Reject" => {
            vec![new(Bounce, 0).of(sent_to).says(&message["reject"]["reason"]).verdict(Verdict::Own(Cause::Content))]
        }
        "Rendering Failure" => {
            let words = &message["failure"]["errorMessage"];
            vec![new(Bounce, 0).of(sent_to).says(words).verdict(Verdict::Own(Cause::Malformed))]
        }
        "Subscription" if wants_none(&message["subscription"]["newTopicPreferences"]) => {
            vec![new(Unsubscribe, 0).of(sent_to)]
        }
        _ => Vec::new(),
    }
}

/// Who complained is a guess of SES among the recipients: our email has one.
fn complaint(complaint: &Value, sent_to: &Value, new: impl Fn(NoticeKind) -> HookEvent) -> Vec<HookEvent> {
    if complaint["complaintSubType"].as_str() == Some("OnAccountSuppressionList") {
        return vec![new(Bounce).of(sent_to).verdict(Verdict::Own(Cause::Suppressed))];
    }
    let kind = match complaint["complaintFeedbackType"].as_str().unwrap_or_default() {
        "not-spam" => NotSpam,
        "opt-out" | "opt-out-list" => Unsubscribe,
        "auth-failure" => Authentication,
        _ => Complaint,
    };
    vec![new(kind).of(sent_to)]
}

fn wants_none(preferences: &Value) -> bool {
    let topics = preferences["topicSubscriptionStatus"].as_array();
    let is_out = |topic: &Value| topic["subscriptionStatus"].as_str() == Some("OptOut");
    preferences["unsubscribeAll"].as_bool() == Some(true)
        || topics.is_some_and(|topics| !topics.is_empty() && topics.iter().all(is_out))
}

/// What SES makes of a bounce by its two words.
pub(super) fn bounce_verdict(kind: &Value, sub_kind: &Value) -> Verdict {
    match (kind.as_str().unwrap_or_default(), sub_kind.as_str().unwrap_or_default()) {
        (_, "Suppressed" | "OnAccountSuppressionList" | "UnsubscribedRecipient") => Verdict::Own(Cause::Suppressed),
        ("Permanent", _) => Verdict::Hint(Cause::NoMailbox),
        ("Transient", "MailboxFull") => Verdict::Hint(Cause::Full),
        ("Transient", "MessageTooLarge") => Verdict::Alive(Cause::TooLarge),
        ("Transient", "ContentRejected" | "AttachmentRejected") => Verdict::Alive(Cause::Content),
        _ => Verdict::Silent,
    }
}
