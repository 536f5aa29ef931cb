//! Mailjet: one event or a list. It signs nothing and gives no id.

use serde_json::Value;

use super::event::{HookEvent, Verdict, each, id_of, text};
use crate::domain::cause::Cause;
use crate::domain::notice::NoticeKind::{Bounce, Complaint, Delay, Delivered, Unsubscribe};

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    each(body).iter().filter_map(one).collect()
}

fn one(event: &Value) -> Option<HookEvent> {
    let id = id_of(&[&event["event"], &event["MessageID"], &event["email"], &event["time"]]);
    let new = |kind| HookEvent::new(kind, id.as_str()).of(&event["email"]).bears(&event["CustomID"]);
    let error = text(&event["error"]).to_ascii_lowercase();
    Some(match event["event"].as_str()? {
        "bounce" | "blocked" if error == "greylisted" => new(Delay).says(&event["comment"]),
        "bounce" | "blocked" => {
            let is_hard = event["hard_bounce"].as_bool() == Some(true);
            new(Bounce).says(&event["comment"]).says(&event["error"]).verdict(verdict(&error, is_hard))
        }
        "spam" => new(Complaint),
        "unsub" => new(Unsubscribe),
        "sent" => new(Delivered),
        _ => return None,
    })
}

/// Its words for errors.
fn verdict(error: &str, is_hard: bool) -> Verdict {
    match error {
        "preblocked" | "duplicate in campaign" => Verdict::Own(Cause::Suppressed),
        "user unknown" => Verdict::Hint(Cause::NoMailbox),
        "invalid domain" | "no mail host" => Verdict::Hint(Cause::NoDomain),
        "mailbox inactive" => Verdict::Hint(Cause::Disabled),
        "quota exceeded" => Verdict::Hint(Cause::Full),
        "relay/access denied" => Verdict::Alive(Cause::Relaying),
        "sender blocked" | "sender blacklisted" => Verdict::Alive(Cause::Sender),
        "content blocked" | "content filtered" => Verdict::Alive(Cause::Content),
        "policy issue" => Verdict::Alive(Cause::Policy),
        "system issue" | "protocol issue" => Verdict::Alive(Cause::Remote),
        "connection issue" | "connexion issue" => Verdict::Alive(Cause::Network),
        _ if !is_hard => Verdict::Alive(Cause::Unknown),
        _ => Verdict::Silent,
    }
}
