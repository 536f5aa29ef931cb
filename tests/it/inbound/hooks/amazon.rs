//! Amazon SNS: what is fetched, from where, and what is not.

use std::sync::atomic::Ordering;

use coranto::domain::hook::MailService::Ses;
use coranto::inbound::hooks::HookOutcome;
use coranto::store::Db;
use serde_json::{Value, json};

use super::provider::{CERTIFICATE, FOREIGN, Hooked, Request, THEIRS, TOPIC, Told, What, seal, signed};
use crate::harness::database::both_databases;
use crate::inbound::post::{DAY, Post};

fn request(envelope: &Value) -> Request {
    Request { headers: hyper::HeaderMap::new(), body: envelope.to_string().into_bytes() }
}

fn confirmation(hooked: &Hooked) -> Value {
    json!({
        "Type": "SubscriptionConfirmation",
        "MessageId": "1",
        "Token": "a-token-of-theirs",
        "TopicArn": TOPIC,
        "Message": "You have chosen to subscribe to the topic.",
        "SubscribeURL": "http://127.0.0.1:1/?Action=ConfirmSubscription",
        "Timestamp": hooked.now().to_jiff().to_string(),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
    })
}

fn asked(hooked: &Hooked) -> Vec<String> {
    std::mem::take(&mut *hooked.internet.asked.lock().unwrap())
}

both_databases! {
    async fn a_subscription_is_confirmed_at_amazon_and_nowhere_else(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let sealed = seal(confirmation(&hooked), &THEIRS);
        assert_eq!(hooked.take(Ses, request(&sealed)).await, HookOutcome::Kept);
        let confirmed = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=\
                         arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Acoranto&Token=a-token-of-theirs";
        assert_eq!(asked(&hooked), [CERTIFICATE, confirmed]);
        hooked.internet.is_away.store(true, Ordering::SeqCst);
        assert_eq!(hooked.take(Ses, request(&sealed)).await, HookOutcome::Later, "it is to come again");
        assert_eq!(asked(&hooked), [confirmed], "the certificate is known for a day");
        hooked.post.stage.clock.advance(DAY);
        let sealed = seal(confirmation(&hooked), &THEIRS);
        assert_eq!(hooked.take(Ses, request(&sealed)).await, HookOutcome::Later);
        assert_eq!(asked(&hooked), [CERTIFICATE]);
    }

    async fn nothing_is_fetched_for_who_names_another_place(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let token = hooked.token("anna");
        let body = Told { what: What::Dead, id: "1", token: &token, to: "anna@example.net" }.body(Ses);
        let right: Value = serde_json::from_slice(&signed(Ses, &body, hooked.now(), &THEIRS).body).unwrap();
        let with = |name: &str, value: &str| {
            let mut envelope = right.clone();
            envelope[name] = json!(value);
            seal(envelope, &THEIRS)
        };
        let file = "SimpleNotificationService-0123456789abcdef.pem";
        for place in [
            "http://sns.eu-west-1.amazonaws.com/FILE",
            "https://sns.eu-west-1.amazonaws.com.evil.example/FILE",
            "https://sns.eu-west-1.amazonaws.com@evil.example/FILE",
            "https://evil.example/sns.eu-west-1.amazonaws.com/FILE",
            "https://evil.example/?https://sns.eu-west-1.amazonaws.com/FILE",
            "https://sns.eu-west-1.amazonaws.com:444/FILE",
            "https://sns.us-east-1.amazonaws.com/FILE",
            "https://s3.eu-west-1.amazonaws.com/FILE",
            "https://SNS.EU-WEST-1.AMAZONAWS.COM/FILE",
            "https://sns.eu-west-1.amazonaws.com/other/FILE",
            "https://sns.eu-west-1.amazonaws.com/FILE?version=2",
            "https://sns.eu-west-1.amazonaws.com./FILE",
            "https://127.0.0.1/FILE",
            "https://[::1]/FILE",
        ] {
            let envelope = with("SigningCertURL", &place.replace("FILE", file));
            assert_eq!(hooked.take(Ses, request(&envelope)).await, HookOutcome::Forged, "{place}");
        }
        for topic in ["arn:aws:sns:eu-west-1:123456789012:another", "arn:aws:sns:eu-west-1:999999999999:coranto", ""] {
            assert_eq!(hooked.take(Ses, request(&with("TopicArn", topic))).await, HookOutcome::Forged, "{topic}");
        }
        for (name, value) in [("Type", "Anything"), ("Timestamp", "yesterday"), ("Timestamp", "2001-01-01T00:00:00Z")] {
            assert_eq!(hooked.take(Ses, request(&with(name, value))).await, HookOutcome::Forged, "{name} {value}");
        }
        // Without raw delivery's envelope nothing is signed.
        assert_eq!(hooked.take(Ses, request(&body)).await, HookOutcome::Forged);
        assert!(asked(&hooked).is_empty());
        assert!(hooked.post.notices().await.is_empty());
    }

    async fn only_what_the_key_of_the_certificate_signed_is_heard(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let token = hooked.token("anna");
        let body = Told { what: What::Dead, id: "1", token: &token, to: "anna@example.net" }.body(Ses);
        let right: Value = serde_json::from_slice(&signed(Ses, &body, hooked.now(), &THEIRS).body).unwrap();
        for name in ["Message", "MessageId", "Subject", "Signature", "SignatureVersion"] {
            for value in [json!("another"), Value::Null, json!(7), json!("3")] {
                let mut envelope = right.clone();
                envelope[name] = value;
                assert_eq!(hooked.take(Ses, request(&envelope)).await, HookOutcome::Forged, "{name}");
            }
        }
        assert_eq!(hooked.take(Ses, request(&seal(right.clone(), &FOREIGN))).await, HookOutcome::Forged);
        assert!(hooked.post.notices().await.is_empty());
        assert_eq!(hooked.take(Ses, request(&right)).await, HookOutcome::Kept);
        let mut ended = confirmation(&hooked);
        ended["Type"] = json!("UnsubscribeConfirmation");
        asked(&hooked);
        assert_eq!(hooked.take(Ses, request(&seal(ended, &THEIRS))).await, HookOutcome::Kept);
        assert!(asked(&hooked).is_empty(), "nobody subscribes again");
        assert_eq!(hooked.post.notices().await.len(), 1);
    }
}
