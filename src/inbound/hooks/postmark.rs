//! Postmark: one record. It signs nothing.

use serde_json::Value;

use super::event::{HookEvent, Verdict, id_of};
use crate::domain::cause::Cause;
use crate::domain::notice::NoticeKind::{AutoReply, Bounce, Challenge, Complaint, Delay, Delivered, Unsubscribe};

pub(super) fn events(body: &Value) -> Vec<HookEvent> {
    let kind = body["RecordType"].as_str().unwrap_or_default();
    let recipient = if body["Email"].is_string() { &body["Email"] } else { &body["Recipient"] };
    let id = id_of(&[&body["RecordType"], &body["ID"], &body["MessageID"], recipient, &body["ChangedAt"]]);
    let new = |kind| HookEvent::new(kind, id.as_str()).of(recipient).bears(&body["Metadata"]["coranto"]);
    let event = match kind {
        "Bounce" => {
            let (kind, verdict) = match body["Type"].as_str().unwrap_or_default() {
                "HardBounce" | "BadEmailAddress" => (Bounce, Verdict::Hint(Cause::NoMailbox)),
                "SoftBounce" | "Unknown" => (Bounce, Verdict::Alive(Cause::Unknown)),
                "Transient" => (Delay, Verdict::Silent),
                "DnsError" => (Bounce, Verdict::Hint(Cause::NoDomain)),
                "Blocked" | "ISPBlock" | "TemplateRenderingFailed" => (Bounce, Verdict::Alive(Cause::Policy)),
                "SpamNotification" | "VirusNotification" => (Bounce, Verdict::Own(Cause::Content)),
                "DMARCPolicy" => (Bounce, Verdict::Own(Cause::Auth)),
                "AddressChange" => (Bounce, Verdict::Hint(Cause::Moved)),
                "ManuallyDeactivated" => (Bounce, Verdict::Own(Cause::Suppressed)),
                "SMTPApiError" | "InboundError" => (Bounce, Verdict::Own(Cause::Malformed)),
                "AutoResponder" => (AutoReply, Verdict::Silent),
                "ChallengeVerification" => (Challenge, Verdict::Silent),
                "Unsubscribe" => (Unsubscribe, Verdict::Silent),
                "SpamComplaint" => (Complaint, Verdict::Silent),
                _ => return Vec::new(),
            };
            new(kind).says(&body["Details"]).says(&body["Description"]).verdict(verdict)
        }
        "SpamComplaint" => new(Complaint),
        "Delivery" => new(Delivered),
        "SubscriptionChange" if is_wish(body) => new(Unsubscribe),
        _ => return Vec::new(),
    };
    vec![event]
}

/// Whether the recipient asked to be left alone. Its own list after a bounce is no wish.
fn is_wish(body: &Value) -> bool {
    body["SuppressSending"].as_bool() == Some(true)
        && body["Origin"].as_str() == Some("Recipient")
        && body["SuppressionReason"].as_str() != Some("HardBounce")
}
