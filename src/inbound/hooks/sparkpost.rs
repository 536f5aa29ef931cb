//! SparkPost, now Bird: a list of events, each in an envelope that names its kind. It signs nothing.

use serde_json::Value;

use super::event::{HookEvent, Verdict, each, text};
use crate::domain::cause::Cause;
use crate::domain::notice::NoticeKind::{AutoReply, Bounce, Challenge, Complaint, Delay, Delivered, Unsubscribe};

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    // A test of the URL is an envelope with nothing in it.
    let inner = |envelope: &'_ Value| envelope["msys"].as_object().and_then(|one| one.values().next().cloned());
    each(body).iter().filter_map(inner).filter_map(|event| one(&event)).collect()
}

fn one(event: &Value) -> Option<HookEvent> {
    let id = text(&event["event_id"]);
    let new = |kind| {
        HookEvent::new(kind, id.as_str())
            .of(&event["rcpt_to"])
            .bears(&event["rcpt_meta"]["coranto"])
            .bears(&event["message_id"])
    };
    let said = |event_of: HookEvent| event_of.says(&event["raw_reason"]).says(&event["reason"]);
    Some(match event["type"].as_str()? {
        "bounce" | "out_of_band" => match text(&event["bounce_class"]).as_str() {
            "60" => new(AutoReply),
            "80" => return None,
            "90" => new(Unsubscribe),
            "100" => new(Challenge),
            class => said(new(Bounce)).verdict(verdict(class)),
        },
        "delay" => said(new(Delay)),
        "delivery" => new(Delivered),
        "spam_complaint" => new(Complaint),
        "list_unsubscribe" | "link_unsubscribe" => new(Unsubscribe),
        "policy_rejection" | "generation_rejection" | "generation_failure" => {
            let is_listed = text(&event["reason"]).to_ascii_lowercase().contains("suppress");
            let cause = if is_listed { Cause::Suppressed } else { Cause::Policy };
            said(new(Bounce)).verdict(Verdict::Own(cause))
        }
        _ => return None,
    })
}

/// Its classes of bounces.
fn verdict(class: &str) -> Verdict {
    match class {
        "10" | "30" => Verdict::Hint(Cause::NoMailbox),
        "20" | "70" => Verdict::Hint(Cause::Remote),
        "21" => Verdict::Hint(Cause::Network),
        "22" => Verdict::Hint(Cause::Full),
        "23" => Verdict::Hint(Cause::TooLarge),
        "24" => Verdict::Hint(Cause::Expired),
        "25" => Verdict::Alive(Cause::Policy),
        "50" | "51" => Verdict::Alive(Cause::Reputation),
        "52" | "53" => Verdict::Alive(Cause::Content),
        "54" => Verdict::Alive(Cause::Relaying),
        _ => Verdict::Silent,
    }
}
