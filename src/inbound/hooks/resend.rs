//! Resend: one event, signed by Standard Webhooks.

use serde_json::Value;

use super::event::{HookEvent, Verdict};
use super::ses::bounce_verdict;
use crate::domain::cause::Cause;
use crate::domain::notice::NoticeKind::{Bounce, Complaint, Delay, Delivered};

/// `id` is that of the request: an event that is sent again has the same.
pub(super) fn events(body: &Value, id: &str) -> Vec<HookEvent> {
    let data = &body["data"];
    let to = if data["to"].is_array() { &data["to"][0] } else { &data["to"] };
    let new = |kind| {
        HookEvent::new(kind, id)
            .of(to)
            .bears_headers(&data["headers"])
            .bears(&data["tags"]["coranto"])
            .bears(&data["message_id"])
    };
    let event = match body["type"].as_str().unwrap_or_default() {
        "email.bounced" => {
            let bounce = &data["bounce"];
            let words = ["subType", "message"].map(|name| bounce[name].as_str().unwrap_or_default());
            let verdict = match words.iter().any(|text| text.to_ascii_lowercase().contains("suppress")) {
                true => Verdict::Own(Cause::Suppressed),
                false => bounce_verdict(&bounce["type"], &bounce["subType"]),
            };
            new(Bounce).says(&bounce["diagnosticCode"]).says(&bounce["message"]).verdict(verdict)
        }
        "email.complained" => new(Complaint),
        "email.delivered" => new(Delivered),
        "email.delivery_delayed" => new(Delay),
        "email.failed" => new(Bounce).says(&data["failed"]["reason"]).verdict(Verdict::Own(Cause::Policy)),
        "email.suppressed" => new(Bounce).says(&data["suppressed"]["message"]).verdict(Verdict::Own(Cause::Suppressed)),
        _ => return Vec::new(),
    };
    vec![event]
}
