//! Postal: one event, signed with RSA over the body. It tells nothing of complaints, nor what a bounce says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use serde_json::Value;

use super::event::{HookEvent, Verdict, text};
use super::proof::field;
use crate::domain::cause::Cause;
use crate::domain::hook_key::HookKeys;
use crate::domain::notice::NoticeKind::{Bounce, Delay, Delivered};

const SIGNATURE: &str = "x-postal-signature-256";

/// A signature bears no time: what is brought again has the same id, and its notice is there.
pub(super) fn is_authentic(keys: &HookKeys, headers: &HeaderMap, body: &[u8]) -> bool {
    let signature = field(headers, SIGNATURE).and_then(|value| STANDARD.decode(value.trim()).ok());
    signature.is_some_and(|signature| keys.verify(body, &signature))
}

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    let payload = &body["payload"];
    let message =
        if payload["original_message"].is_object() { &payload["original_message"] } else { &payload["message"] };
    let new = |kind| HookEvent::new(kind, text(&body["uuid"])).of(&message["to"]).bears(&message["message_id"]);
    let said = |event: HookEvent| event.says(&payload["output"]).says(&payload["details"]);
    let event = match body["event"].as_str().unwrap_or_default() {
        "MessageBounced" => new(Bounce),
        "MessageDeliveryFailed" => match payload["status"].as_str() {
            Some("SoftFail") => said(new(Bounce)).verdict(Verdict::Alive(Cause::Unknown)),
            _ => said(new(Bounce)),
        },
        "MessageDelayed" => said(new(Delay)),
        "MessageHeld" => said(new(Bounce)).verdict(Verdict::Own(Cause::Policy)).held(),
        "MessageSent" => new(Delivered),
        _ => return Vec::new(),
    };
    vec![event]
}
