//! SendGrid: a list of events, signed with ECDSA over time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use serde_json::Value;

use super::event::{HookEvent, Verdict, each};
use super::proof::{DAY, field, is_timely};
use crate::clock::Timestamp;
use crate::domain::cause::Cause;
use crate::domain::hook_key::HookKeys;
use crate::domain::notice::NoticeKind::{Bounce, Complaint, Delay, Delivered, Unsubscribe};

const SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
const TIMESTAMP: &str = "x-twilio-email-event-webhook-timestamp";

pub(super) fn is_authentic(keys: &HookKeys, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let (Some(signature), Some(timestamp)) = (field(headers, SIGNATURE), field(headers, TIMESTAMP)) else {
        return false;
    };
    let Ok(signature) = STANDARD.decode(signature.trim()) else { return false };
    keys.verify(&[timestamp.as_bytes(), body].concat(), &signature) && is_timely(timestamp, DAY, now)
}

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    each(body).iter().flat_map(one).collect()
}

fn one(event: &Value) -> Vec<HookEvent> {
    let id = event["sg_event_id"].as_str().unwrap_or_default();
    let new =
        |kind, id: &str| HookEvent::new(kind, id).of(&event["email"]).bears(&event["coranto"]).bears(&event["smtp-id"]);
    let reason = event["reason"].as_str().unwrap_or_default();
    match event["event"].as_str().unwrap_or_default() {
        "bounce" => vec![new(Bounce, id).says(&event["reason"]).status(&event["status"]).verdict(verdict(event))],
        "dropped" if reason.starts_with("Unsubscribed") => vec![new(Unsubscribe, id)],
        "dropped" => {
            let is_listed =
                ["Bounced Address", "Invalid", "Spam Reporting"].iter().any(|start| reason.starts_with(start));
            let cause = if is_listed { Cause::Suppressed } else { Cause::Policy };
            let mut all = vec![new(Bounce, id).says(&event["reason"]).verdict(Verdict::Own(cause))];
            if reason.starts_with("Spam Reporting") {
                all.push(new(Complaint, &format!("{id}/complaint")));
            }
            all
        }
        "deferred" => vec![new(Delay, id).says(&event["response"]).status(&event["status"])],
        "delivered" => vec![new(Delivered, id)],
        "spamreport" => vec![new(Complaint, id)],
        "unsubscribe" | "group_unsubscribe" => vec![new(Unsubscribe, id)],
        _ => Vec::new(),
    }
}

/// What it makes of a refusal. What it calls blocked was refused for us, and says nothing of the mailbox.
fn verdict(event: &Value) -> Verdict {
    let cause = match event["bounce_classification"].as_str().unwrap_or_default() {
        "Invalid Address" => Cause::NoMailbox,
        "Mailbox Unavailable" => Cause::Disabled,
        "Reputation" => Cause::Reputation,
        "Content" => Cause::Content,
        "Technical" | "Technical Failure" => Cause::Remote,
        "Frequency" | "Frequency or Volume Too High" => Cause::Rate,
        _ => Cause::Unknown,
    };
    match event["type"].as_str() {
        Some("blocked") if cause == Cause::NoMailbox => Verdict::Alive(Cause::Policy),
        Some("blocked") => Verdict::Alive(cause),
        _ => Verdict::Hint(cause),
    }
}
