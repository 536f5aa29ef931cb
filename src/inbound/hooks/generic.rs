//! Any other provider, by a few lines of code in between: a format of our own, signed by Standard Webhooks. It is written
//! down in docs/reference/hooks.md.

use serde_json::Value;

use super::event::{HookEvent, each, text};
use crate::domain::notice::NoticeKind::{Bounce, Complaint, Delay, Delivered, Unsubscribe};

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    each(body).iter().filter_map(one).collect()
}

fn one(event: &Value) -> Option<HookEvent> {
    let kind = match event["type"].as_str()? {
        "bounce" => Bounce,
        "delay" => Delay,
        "complaint" => Complaint,
        "unsubscribe" => Unsubscribe,
        "delivered" => Delivered,
        _ => return None,
    };
    let id = text(&event["id"]);
    // Without one, nothing tells an event from the next.
    (!id.is_empty()).then(|| {
        HookEvent::new(kind, id)
            .of(&event["recipient"])
            .bears(&event["token"])
            .bears(&event["message_id"])
            .status(&event["status"])
            .says(&event["diagnostic"])
    })
}
