//! What each provider sends, and what it means: kind, cause, certainty.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::event::HookEvent;
use super::{brevo, generic, mailgun, mailjet, postal, postmark, resend, sendgrid, ses, sparkpost};
use crate::domain::cause::{Cause, Certainty};
use crate::domain::notice::NoticeKind::{
    self, AutoReply, Bounce, Challenge, Complaint, Delay, Delivered, NotSpam, Unsubscribe,
};

const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz234567ab";
const GONE: &str = "smtp; 550 5.1.1 <anna@example.org>: Recipient address rejected: User unknown";

type Expected<'a> = (NoticeKind, Cause, Certainty);

fn read(events: Vec<HookEvent>) -> Vec<(Expected<'static>, bool, Option<String>)> {
    let readings = events.into_iter().map(HookEvent::reading);
    readings
        .map(|reading| {
            let one = &reading.recipients[0];
            let judged = one.judgement().map_or((Cause::Unknown, Certainty::Likely), |one| (one.cause, one.certainty));
            ((reading.kind, judged.0, judged.1), !reading.traces.is_empty(), one.address.clone())
        })
        .collect()
}

/// Every payload says one thing, names the reader and bears the token.
fn assert_all(events: fn(&Value) -> Vec<HookEvent>, cases: &[(Value, NoticeKind, Cause, Certainty)]) {
    for (body, kind, cause, certainty) in cases {
        let found = read(events(body));
        assert_eq!(found.len(), 1, "{body}");
        assert_eq!(found[0].0, (*kind, *cause, *certainty), "{body}");
        assert!(found[0].1, "the token is missing: {body}");
        assert_eq!(found[0].2.as_deref(), Some("anna@example.org"), "{body}");
    }
}

fn assert_none(events: fn(&Value) -> Vec<HookEvent>, bodies: &[Value]) {
    for body in bodies {
        assert!(events(body).is_empty(), "{body}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of payloads")]
fn amazon() {
    let mail = json!({ "destination": ["anna@example.org"], "headers": [{ "name": "Message-ID", "value": format!("<{TOKEN}@news.example.org>") }] });
    let bounce = |kind: &str, sub: &str, status: Value, said: Value| {
        json!({ "notificationType": "Bounce", "mail": mail, "bounce": { "bounceType": kind, "bounceSubType": sub,
            "bouncedRecipients": [{ "emailAddress": "anna@example.org", "status": status, "diagnosticCode": said }] } })
    };
    let tagged = json!({ "destination": ["anna@example.org"], "tags": { "coranto": [TOKEN] } });
    let of = |kind: &str, rest: Value| {
        let mut body = json!({ "eventType": kind, "mail": tagged });
        for (name, value) in rest.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let events = |body: &Value| ses::events(body, "id");
    assert_all(
        events,
        &[
            (bounce("Permanent", "General", json!("5.1.1"), json!(GONE)), Bounce, Cause::NoMailbox, Certainty::Certain),
            (bounce("Permanent", "NoEmail", Value::Null, Value::Null), Bounce, Cause::NoMailbox, Certainty::Likely),
            (
                bounce(
                    "Permanent",
                    "Suppressed",
                    json!("5.1.1"),
                    json!(
                        "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address."
                    ),
                ),
                Bounce,
                Cause::Suppressed,
                Certainty::Likely,
            ),
            (
                bounce("Permanent", "OnAccountSuppressionList", json!("5.1.1"), json!(GONE)),
                Bounce,
                Cause::Suppressed,
                Certainty::Likely,
            ),
            (bounce("Transient", "MailboxFull", Value::Null, Value::Null), Bounce, Cause::Full, Certainty::Likely),
            (
                bounce("Transient", "General", json!("5.4.4"), json!("smtp; 550 5.4.4 Invalid domain")),
                Bounce,
                Cause::NoDomain,
                Certainty::Certain,
            ),
            (
                bounce("Transient", "ContentRejected", json!("5.1.1"), Value::Null),
                Bounce,
                Cause::Content,
                Certainty::Likely,
            ),
            (
                of("Complaint", json!({ "complaint": { "complaintFeedbackType": "abuse" } })),
                Complaint,
                Cause::Unknown,
                Certainty::Likely,
            ),
            (
                of("Complaint", json!({ "complaint": { "complaintFeedbackType": "not-spam" } })),
                NotSpam,
                Cause::Unknown,
                Certainty::Likely,
            ),
            (
                of("Complaint", json!({ "complaint": { "complaintSubType": "OnAccountSuppressionList" } })),
                Bounce,
                Cause::Suppressed,
                Certainty::Likely,
            ),
            (of("Delivery", json!({})), Delivered, Cause::Unknown, Certainty::Likely),
            (of("Reject", json!({ "reject": { "reason": "Bad content" } })), Bounce, Cause::Content, Certainty::Likely),
            (
                of("Rendering Failure", json!({ "failure": { "errorMessage": "x" } })),
                Bounce,
                Cause::Malformed,
                Certainty::Likely,
            ),
            (
                of("Subscription", json!({ "subscription": { "newTopicPreferences": { "unsubscribeAll": true } } })),
                Unsubscribe,
                Cause::Unknown,
                Certainty::Likely,
            ),
            (
                of(
                    "DeliveryDelay",
                    json!({ "deliveryDelay": { "delayedRecipients": [{ "emailAddress": "anna@example.org", "status": "4.2.2", "diagnosticCode": "smtp; 452 4.2.2 over quota" }] } }),
                ),
                Delay,
                Cause::Full,
                Certainty::Likely,
            ),
        ],
    );
    assert_none(
        events,
        &[of("Send", json!({})), of("Open", json!({})), json!({}), json!([]), of("Subscription", json!({}))],
    );
}

#[test]
fn sendgrid_tells() {
    let of = |event: &str, rest: Value| {
        let mut body = json!({ "event": event, "email": "anna@example.org", "sg_event_id": "x", "coranto": TOKEN });
        for (name, value) in rest.as_object().unwrap() {
            body[name] = value.clone();
        }
        json!([body])
    };
    assert_all(
        sendgrid::events,
        &[
            (
                of(
                    "bounce",
                    json!({ "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 The email account that you tried to reach does not exist.", "bounce_classification": "Invalid Address" }),
                ),
                Bounce,
                Cause::NoMailbox,
                Certainty::Certain,
            ),
            (
                of("bounce", json!({ "type": "bounce", "bounce_classification": "Invalid Address" })),
                Bounce,
                Cause::NoMailbox,
                Certainty::Likely,
            ),
            (
                of("bounce", json!({ "type": "blocked", "status": "5.1.1", "reason": "550 5.1.1 user unknown" })),
                Bounce,
                Cause::Unknown,
                Certainty::Likely,
            ),
            (
                of(
                    "bounce",
                    json!({ "type": "blocked", "bounce_classification": "Reputation", "reason": "550 5.7.1 blocked" }),
                ),
                Bounce,
                Cause::Policy,
                Certainty::Likely,
            ),
            (of("dropped", json!({ "reason": "Bounced Address" })), Bounce, Cause::Suppressed, Certainty::Likely),
            (
                of("dropped", json!({ "reason": "Unsubscribed Address" })),
                Unsubscribe,
                Cause::Unknown,
                Certainty::Likely,
            ),
            (of("deferred", json!({ "response": "452 4.2.2 mailbox full" })), Delay, Cause::Full, Certainty::Likely),
            (of("delivered", json!({})), Delivered, Cause::Unknown, Certainty::Likely),
            (of("spamreport", json!({})), Complaint, Cause::Unknown, Certainty::Likely),
            (of("group_unsubscribe", json!({})), Unsubscribe, Cause::Unknown, Certainty::Likely),
        ],
    );
    let kinds: Vec<_> = read(sendgrid::events(&of("dropped", json!({ "reason": "Spam Reporting Address" }))))
        .into_iter()
        .map(|one| one.0.0)
        .collect();
    assert_eq!(kinds, [Bounce, Complaint]);
    assert_none(
        sendgrid::events,
        &[of("open", json!({})), of("processed", json!({})), json!({}), json!([1, null, "x"])],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of payloads")]
fn mailgun_tells() {
    let of = |event: &str, rest: Value| {
        let mut body = json!({ "signature": { "token": "t" }, "event-data": { "event": event, "recipient": "anna@example.org", "user-variables": { "coranto": TOKEN } } });
        for (name, value) in rest.as_object().unwrap() {
            body["event-data"][name] = value.clone();
        }
        body
    };
    let failed = |severity: &str, reason: &str, code: Value, message: &str| {
        of(
            "failed",
            json!({ "severity": severity, "reason": reason, "delivery-status": { "code": code, "enhanced-code": "5.1.1", "message": message } }),
        )
    };
    assert_all(
        mailgun::events,
        &[
            (
                failed("permanent", "bounce", json!(550), "5.1.1 user unknown"),
                Bounce,
                Cause::NoMailbox,
                Certainty::Certain,
            ),
            (
                failed("permanent", "bounce", json!(550), "550 5.1.1 user unknown"),
                Bounce,
                Cause::NoMailbox,
                Certainty::Certain,
            ),
            (failed("permanent", "generic", json!(498), "user unknown"), Bounce, Cause::Unknown, Certainty::Likely),
            (
                failed("permanent", "suppress-bounce", json!(605), "Not delivering to previously bounced address"),
                Bounce,
                Cause::Suppressed,
                Certainty::Likely,
            ),
            (
                failed("permanent", "suppress-unsubscribe", json!(606), ""),
                Unsubscribe,
                Cause::Unknown,
                Certainty::Likely,
            ),
            (failed("permanent", "suppress-complaint", json!(607), ""), Complaint, Cause::Unknown, Certainty::Likely),
            (
                failed("permanent", "espblock", json!(550), "5.1.1 user unknown"),
                Bounce,
                Cause::Reputation,
                Certainty::Likely,
            ),
            (
                of(
                    "failed",
                    json!({ "severity": "permanent", "reason": "old", "delivery-status": { "code": 602, "message": "Too old" } }),
                ),
                Bounce,
                Cause::Expired,
                Certainty::Likely,
            ),
            (
                of(
                    "failed",
                    json!({ "severity": "temporary", "reason": "generic", "delivery-status": { "code": 452, "message": "4.2.2 mailbox full" } }),
                ),
                Delay,
                Cause::Full,
                Certainty::Likely,
            ),
            (of("complained", json!({})), Complaint, Cause::Unknown, Certainty::Likely),
            (of("unsubscribed", json!({})), Unsubscribe, Cause::Unknown, Certainty::Likely),
            (
                of(
                    "delivered",
                    json!({ "user-variables": {}, "message": { "headers": { "message-id": format!("{TOKEN}@news.example.org") } } }),
                ),
                Delivered,
                Cause::Unknown,
                Certainty::Likely,
            ),
        ],
    );
    assert_none(mailgun::events, &[of("opened", json!({})), json!({}), json!([])]);
}

#[test]
fn postmark_and_resend_tell() {
    let of = |kind: &str, name: &str, details: &str| json!({ "RecordType": kind, "Type": name, "ID": 1, "Email": "anna@example.org", "Details": details, "Metadata": { "coranto": TOKEN } });
    let change = |origin: &str| json!({ "RecordType": "SubscriptionChange", "Recipient": "anna@example.org", "Origin": origin, "SuppressSending": true, "Metadata": { "coranto": TOKEN } });
    assert_all(
        postmark::events,
        &[
            (of("Bounce", "HardBounce", GONE), Bounce, Cause::NoMailbox, Certainty::Certain),
            (of("Bounce", "HardBounce", ""), Bounce, Cause::NoMailbox, Certainty::Likely),
            (of("Bounce", "SoftBounce", "550 5.1.1 user unknown"), Bounce, Cause::Unknown, Certainty::Likely),
            (of("Bounce", "Transient", "452 4.2.2 mailbox full"), Delay, Cause::Full, Certainty::Likely),
            (of("Bounce", "DnsError", ""), Bounce, Cause::NoDomain, Certainty::Likely),
            (of("Bounce", "SpamNotification", GONE), Bounce, Cause::Content, Certainty::Likely),
            (of("Bounce", "AddressChange", ""), Bounce, Cause::Moved, Certainty::Likely),
            (of("Bounce", "ManuallyDeactivated", ""), Bounce, Cause::Suppressed, Certainty::Likely),
            (of("Bounce", "AutoResponder", ""), AutoReply, Cause::Unknown, Certainty::Likely),
            (of("Bounce", "ChallengeVerification", ""), Challenge, Cause::Unknown, Certainty::Likely),
            (of("SpamComplaint", "SpamComplaint", ""), Complaint, Cause::Unknown, Certainty::Likely),
            (of("Delivery", "", ""), Delivered, Cause::Unknown, Certainty::Likely),
            (change("Recipient"), Unsubscribe, Cause::Unknown, Certainty::Likely),
        ],
    );
    assert_none(
        postmark::events,
        &[change("Admin"), of("Open", "", ""), of("Bounce", "Subscribe", ""), json!({}), json!([])],
    );
    let of = |kind: &str, bounce: Value| json!({ "type": kind, "data": { "to": ["anna@example.org"], "headers": [{ "name": "X-Coranto-Id", "value": TOKEN }], "bounce": bounce } });
    let events = |body: &Value| resend::events(body, "id");
    assert_all(
        events,
        &[
            (
                of("email.bounced", json!({ "type": "Permanent", "subType": "General", "message": GONE })),
                Bounce,
                Cause::NoMailbox,
                Certainty::Certain,
            ),
            (
                of("email.bounced", json!({ "type": "Permanent", "subType": "Suppressed", "message": "x" })),
                Bounce,
                Cause::Suppressed,
                Certainty::Likely,
            ),
            (
                of("email.bounced", json!({ "type": "Transient", "subType": "MailboxFull" })),
                Bounce,
                Cause::Full,
                Certainty::Likely,
            ),
            (of("email.bounced", json!({ "type": "Undetermined" })), Bounce, Cause::Unknown, Certainty::Likely),
            (of("email.complained", Value::Null), Complaint, Cause::Unknown, Certainty::Likely),
            (of("email.delivered", Value::Null), Delivered, Cause::Unknown, Certainty::Likely),
            (of("email.delivery_delayed", Value::Null), Delay, Cause::Unknown, Certainty::Likely),
            (of("email.failed", Value::Null), Bounce, Cause::Policy, Certainty::Likely),
            (of("email.suppressed", Value::Null), Bounce, Cause::Suppressed, Certainty::Likely),
        ],
    );
    assert_none(events, &[of("email.opened", Value::Null), json!({}), json!([])]);
}

#[test]
fn brevo_sparkpost_and_mailjet_tell() {
    let of = |event: &str, reason: &str| json!({ "event": event, "email": "anna@example.org", "reason": reason, "message-id": "<x@smtp-relay.example>", "ts_epoch": 1, "X-Mailin-custom": TOKEN });
    assert_all(
        brevo::events,
        &[
            (of("hard_bounce", "550 5.1.1 user unknown"), Bounce, Cause::NoMailbox, Certainty::Certain),
            (of("invalid_email", ""), Bounce, Cause::NoMailbox, Certainty::Likely),
            (of("soft_bounce", "452 4.2.2 mailbox full"), Bounce, Cause::Full, Certainty::Likely),
            (of("blocked", ""), Bounce, Cause::Suppressed, Certainty::Likely),
            (of("error", ""), Bounce, Cause::Malformed, Certainty::Likely),
            (of("deferred", "452 4.2.2 mailbox full"), Delay, Cause::Full, Certainty::Likely),
            (of("spam", ""), Complaint, Cause::Unknown, Certainty::Likely),
            (of("unsubscribed", ""), Unsubscribe, Cause::Unknown, Certainty::Likely),
            (of("delivered", ""), Delivered, Cause::Unknown, Certainty::Likely),
        ],
    );
    assert_none(brevo::events, &[of("opened", ""), json!({}), json!([7])]);
    let of = |envelope: &str, kind: &str, class: &str, said: &str| json!([{ "msys": { envelope: { "type": kind, "bounce_class": class, "raw_reason": said, "rcpt_to": "anna@example.org", "event_id": "1", "rcpt_meta": { "coranto": TOKEN } } } }]);
    let bounce = |class: &str, said: &str| of("message_event", "bounce", class, said);
    assert_all(
        sparkpost::events,
        &[
            (bounce("10", "550 5.1.1 user unknown"), Bounce, Cause::NoMailbox, Certainty::Certain),
            (bounce("10", ""), Bounce, Cause::NoMailbox, Certainty::Likely),
            (bounce("22", ""), Bounce, Cause::Full, Certainty::Likely),
            (bounce("51", "550 5.1.1 user unknown"), Bounce, Cause::Reputation, Certainty::Likely),
            (bounce("60", ""), AutoReply, Cause::Unknown, Certainty::Likely),
            (bounce("90", ""), Unsubscribe, Cause::Unknown, Certainty::Likely),
            (bounce("100", ""), Challenge, Cause::Unknown, Certainty::Likely),
            (of("message_event", "out_of_band", "21", ""), Bounce, Cause::Network, Certainty::Likely),
            (of("message_event", "delay", "", "452 4.2.2 mailbox full"), Delay, Cause::Full, Certainty::Likely),
            (of("message_event", "delivery", "", ""), Delivered, Cause::Unknown, Certainty::Likely),
            (of("message_event", "spam_complaint", "", ""), Complaint, Cause::Unknown, Certainty::Likely),
            (of("unsubscribe_event", "list_unsubscribe", "", ""), Unsubscribe, Cause::Unknown, Certainty::Likely),
            (of("gen_event", "generation_rejection", "", ""), Bounce, Cause::Policy, Certainty::Likely),
        ],
    );
    assert_none(
        sparkpost::events,
        &[json!([{ "msys": {} }]), json!({ "msys": {} }), bounce("80", ""), json!({}), json!([[]])],
    );
    let of = |event: &str, error: &str, hard: bool, comment: &str| json!({ "event": event, "email": "anna@example.org", "MessageID": 1, "time": 2, "CustomID": TOKEN, "error": error, "hard_bounce": hard, "comment": comment });
    assert_all(
        mailjet::events,
        &[
            (
                of("bounce", "user unknown", true, "550 5.1.1 user unknown"),
                Bounce,
                Cause::NoMailbox,
                Certainty::Certain,
            ),
            (of("bounce", "user unknown", true, ""), Bounce, Cause::NoMailbox, Certainty::Likely),
            (of("bounce", "quota exceeded", false, ""), Bounce, Cause::Full, Certainty::Likely),
            (of("bounce", "greylisted", false, ""), Delay, Cause::Unknown, Certainty::Likely),
            (of("blocked", "preblocked", false, ""), Bounce, Cause::Suppressed, Certainty::Likely),
            (of("bounce", "sender blocked", true, "550 5.1.1 user unknown"), Bounce, Cause::Sender, Certainty::Likely),
            (of("spam", "", false, ""), Complaint, Cause::Unknown, Certainty::Likely),
            (of("unsub", "", false, ""), Unsubscribe, Cause::Unknown, Certainty::Likely),
            (of("sent", "", false, ""), Delivered, Cause::Unknown, Certainty::Likely),
        ],
    );
    assert_none(mailjet::events, &[of("open", "", false, ""), json!({}), json!([{}])]);
}

#[test]
fn postal_and_others_tell() {
    let of = |event: &str, place: &str, rest: Value| {
        let mut body = json!({ "event": event, "uuid": "1", "payload": { place: { "to": "anna@example.org", "message_id": format!("{TOKEN}@news.example.org") } } });
        for (name, value) in rest.as_object().unwrap() {
            body["payload"][name] = value.clone();
        }
        body
    };
    assert_all(
        postal::events,
        &[
            (of("MessageBounced", "original_message", json!({})), Bounce, Cause::Unknown, Certainty::Likely),
            (
                of(
                    "MessageDeliveryFailed",
                    "message",
                    json!({ "status": "HardFail", "output": "550 5.1.1 user unknown" }),
                ),
                Bounce,
                Cause::NoMailbox,
                Certainty::Certain,
            ),
            (
                of(
                    "MessageDeliveryFailed",
                    "message",
                    json!({ "status": "SoftFail", "output": "550 5.1.1 user unknown" }),
                ),
                Bounce,
                Cause::Unknown,
                Certainty::Likely,
            ),
            (
                of("MessageDelayed", "message", json!({ "output": "452 4.2.2 mailbox full" })),
                Delay,
                Cause::Full,
                Certainty::Likely,
            ),
            (of("MessageHeld", "message", json!({})), Bounce, Cause::Policy, Certainty::Likely),
            (of("MessageSent", "message", json!({})), Delivered, Cause::Unknown, Certainty::Likely),
        ],
    );
    assert_none(postal::events, &[of("MessageLinkClicked", "message", json!({})), json!({}), json!([])]);
    let of = |kind: &str| json!({ "id": "1", "type": kind, "recipient": "anna@example.org", "token": TOKEN, "status": "5.1.1", "diagnostic": "550 5.1.1 user unknown" });
    assert_all(
        generic::events,
        &[
            (of("bounce"), Bounce, Cause::NoMailbox, Certainty::Certain),
            (of("complaint"), Complaint, Cause::Unknown, Certainty::Likely),
            (of("unsubscribe"), Unsubscribe, Cause::Unknown, Certainty::Likely),
            (of("delivered"), Delivered, Cause::Unknown, Certainty::Likely),
        ],
    );
    assert_none(generic::events, &[of("opened"), json!({ "type": "bounce" }), json!({})]);
}

const EVERY: [fn(&Value) -> Vec<HookEvent>; 10] = [
    |body| ses::events(body, "id"),
    |body| resend::events(body, "id"),
    sendgrid::events,
    mailgun::events,
    postmark::events,
    brevo::events,
    sparkpost::events,
    mailjet::events,
    postal::events,
    generic::events,
];

/// Names and words that lead somewhere, and others.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Bounce", "bounce", "failed", "blocked", "dropped", "email.bounced", "MessageDeliveryFailed", "550 5.1.1 gone",
        "5.1.1", "é\u{0}", "", "Complaint", "Permanent", "anna@example.org", "smtp;", "smtp; 55",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "event", "eventType", "mail", "bounce", "bouncedRecipients", "headers", "name", "value", "type", "data",
        "msys", "message_event", "event-data", "delivery-status", "code", "message", "severity", "RecordType", "Type",
        "payload", "status", "diagnosticCode", "reason", "email", "error", "id", "tags", "coranto", "destination",
    ]);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|all| Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_makes_it_panic(body in any_json()) {
        for events in EVERY {
            for event in events(&body) {
                let _ = event.reading();
            }
        }
    }
}
