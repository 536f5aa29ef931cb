//! Mailgun: one event, beside a signature of a time and a token. The signature does not cover the event, so each token is
//! taken once.

use serde_json::Value;

use super::event::{HookEvent, Verdict, text};
use super::proof::{DAY, is_hmac_hex, is_timely};
use crate::clock::Timestamp;
use crate::domain::cause::Cause;
use crate::domain::notice::NoticeKind::{Bounce, Complaint, Delay, Delivered, Unsubscribe};
use crate::secret::Secret;

pub(super) fn is_authentic(secret: &Secret, body: &Value, now: Timestamp) -> bool {
    let signed = &body["signature"];
    let (timestamp, token) = (text(&signed["timestamp"]), text(&signed["token"]));
    let signature = signed["signature"].as_str().unwrap_or_default();
    !token.is_empty()
        && is_hmac_hex(secret, format!("{timestamp}{token}").as_bytes(), signature)
        && is_timely(&timestamp, DAY, now)
}

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    let (token, event) = (text(&body["signature"]["token"]), &body["event-data"]);
    let new = |kind| {
        // The variables come as an object, or as the text of one.
        let variables = &event["user-variables"];
        let ours = if variables.is_string() { variables } else { &variables["coranto"] };
        HookEvent::new(kind, token.as_str())
            .of(&event["recipient"])
            .bears(ours)
            .bears(&event["message"]["headers"]["message-id"])
    };
    let event = match event["event"].as_str().unwrap_or_default() {
        "failed" => failed(event, new),
        "complained" => new(Complaint),
        "unsubscribed" => new(Unsubscribe),
        "delivered" => new(Delivered),
        _ => return Vec::new(),
    };
    vec![event]
}

fn failed(event: &Value, new: impl Fn(crate::domain::notice::NoticeKind) -> HookEvent) -> HookEvent {
    let status = &event["delivery-status"];
    let code = text(&status["code"]);
    let words = [&status["message"], &status["description"]].map(text);
    let words = words.iter().find(|words| !words.trim().is_empty()).cloned().unwrap_or_default();
    let enhanced = text(&status["enhanced-code"]);
    let said = match words.starts_with(&code) || enhanced.is_empty() || words.contains(&enhanced) {
        _ if words.starts_with(&code) => words,
        true => format!("{code} {words}"),
        false => format!("{code} {enhanced} {words}"),
    };
    let said = Value::String(said);
    let kind = if event["severity"].as_str() == Some("temporary") { Delay } else { Bounce };
    match event["reason"].as_str().unwrap_or_default() {
        "suppress-unsubscribe" => new(Unsubscribe),
        "suppress-complaint" => new(Complaint),
        "suppress-bounce" => new(Bounce).says(&said).verdict(Verdict::Own(Cause::Suppressed)),
        "espblock" => new(kind).says(&said).status(&status["enhanced-code"]).verdict(Verdict::Alive(Cause::Reputation)),
        "old" => new(kind).says(&said).status(&status["enhanced-code"]).verdict(Verdict::Hint(Cause::Expired)),
        // It calls for good what it gave up by itself, too.
        _ if !code.starts_with('5') => new(kind).says(&said).verdict(Verdict::Alive(Cause::Unknown)),
        _ => new(kind).says(&said).status(&status["enhanced-code"]),
    }
}
