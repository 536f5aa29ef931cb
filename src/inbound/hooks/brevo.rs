//! Brevo: one event. It signs nothing and gives no id.

use serde_json::Value;

use super::event::{HookEvent, Verdict, each, id_of};
use crate::domain::cause::Cause;
use crate::domain::notice::NoticeKind::{Bounce, Complaint, Delay, Delivered, Unsubscribe};

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    each(body).iter().filter_map(one).collect()
}

fn one(event: &Value) -> Option<HookEvent> {
    let when = if event["ts_epoch"].is_null() { &event["ts_event"] } else { &event["ts_epoch"] };
    let id = id_of(&[&event["event"], &event["message-id"], &event["email"], when]);
    let new = |kind| {
        let new = HookEvent::new(kind, id.as_str()).of(&event["email"]);
        new.bears(&event["X-Mailin-custom"]).bears(&event["message-id"])
    };
    let refused = |verdict| new(Bounce).says(&event["reason"]).verdict(verdict);
    Some(match event["event"].as_str()? {
        "hard_bounce" | "invalid_email" => refused(Verdict::Hint(Cause::NoMailbox)),
        "soft_bounce" => refused(Verdict::Alive(Cause::Unknown)),
        "blocked" => refused(Verdict::Own(Cause::Suppressed)),
        "error" => refused(Verdict::Own(Cause::Malformed)),
        "deferred" => new(Delay).says(&event["reason"]),
        "spam" | "complaint" => new(Complaint),
        "unsubscribe" | "unsubscribed" => new(Unsubscribe),
        "delivered" => new(Delivered),
        _ => return None,
    })
}
