//! What providers tell, and what follows.

use coranto::domain::alarm::AlarmName;
use coranto::domain::cause::{Cause, Certainty};
use coranto::domain::hook::{Authenticity, MailService};
use coranto::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use coranto::domain::subscriber::{EndedBy, SubscriptionState};
use coranto::inbound::hooks::HookOutcome;
use coranto::store::{Db, alarms, hooks};
use serde_json::{Value, json};

use super::provider::{Hooked, THEIRS, Told, What, signed};
use crate::harness::database::both_databases;
use crate::inbound::post::{DAY, Post};

const ACTIVE: (SubscriptionState, Option<EndedBy>) = (SubscriptionState::Active, None);

/// Three readers of each provider.
fn readers() -> Vec<String> {
    let of = |provider: &MailService| ["a", "b", "c"].map(|reader| format!("{provider}-{reader}"));
    MailService::ALL.iter().flat_map(of).collect()
}

both_databases! {
    async fn every_provider_tells_of_bounces_complaints_and_wishes(db: Db) {
        let all = readers();
        let hooked = Hooked::new(Post::new(db, &all.iter().map(String::as_str).collect::<Vec<_>>()).await);
        for provider in MailService::ALL {
            for (reader, what) in [("a", What::Dead), ("b", What::Complaint), ("c", What::Wish)] {
                // Postal tells of bounces alone, and Resend of no wishes.
                let is_silent = (*provider == MailService::Postal && what != What::Dead)
                    || (*provider == MailService::Resend && what == What::Wish);
                let local = format!("{provider}-{reader}");
                let to = format!("{local}@example.net");
                let (before, suppressed) = (hooked.post.notices().await.len(), hooked.post.suppressed().await);
                let told = Told { what, id: &format!("id-{local}"), token: &hooked.token(&local), to: &to };
                for _ in 0..3 {
                    assert_eq!(hooked.tell(*provider, told).await, HookOutcome::Kept, "{provider} {what:?}");
                }
                // The same by another id is the same, for whoever signs the event itself.
                let again = Told { id: "another", ..told };
                assert_eq!(hooked.tell(*provider, again).await, HookOutcome::Kept);
                let notices = hooked.post.notices().await;
                if is_silent {
                    assert_eq!((notices.len(), hooked.post.standing(&local).await), (before, ACTIVE), "{provider}");
                    continue;
                }
                let ours: Vec<_> = notices.iter().filter(|one| one.email.as_deref() == Some(&to)).collect();
                let first = ours.last().unwrap();
                assert_eq!((first.source, first.evidence), (NoticeSource::Hook, NoticeEvidence::Sealed), "{provider}");
                assert_eq!(first.issue.as_deref(), Some("first"));
                if what == What::Dead {
                    let counted = ours.iter().filter(|one| one.effect == Effect::Waiting).count();
                    assert_eq!((counted, first.cause, first.certainty), (1, Cause::NoMailbox, Certainty::Certain), "{provider}");
                    assert!(!first.diagnostic.contains(&to), "{}", first.diagnostic);
                    assert_eq!(hooked.post.standing(&local).await, ACTIVE, "an hour is left to object");
                } else {
                    let (by, more) = if what == What::Complaint { (EndedBy::Complaint, 1) } else { (EndedBy::Reader, 0) };
                    assert_eq!(hooked.post.standing(&local).await, (SubscriptionState::Unsubscribed, Some(by)), "{provider} {what:?}");
                    assert_eq!(hooked.post.suppressed().await, suppressed + more, "{provider} {what:?}");
                }
                if *provider != MailService::Mailgun && what != What::Wish {
                    assert_eq!(ours.len(), 1, "{provider} {what:?}: one event is one notice");
                }
            }
        }
        let rows = hooks::all(&mut hooked.post.stage.db.read().await.unwrap()).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.heard_at.is_some()).count(), MailService::ALL.len());
    }

    async fn what_means_nothing_is_taken_and_changes_nothing(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let token = hooked.token("anna");
        for provider in MailService::ALL {
            for what in [What::Opened, What::Missing] {
                let told = Told { what, id: "1", token: &token, to: "anna@example.net" };
                assert_eq!(hooked.tell(*provider, told).await, HookOutcome::Kept, "{provider} {what:?}");
            }
            for body in [json!({}), json!([]), json!([1, "x", null]), json!("x"), Value::Null] {
                let is_whole = matches!(provider, MailService::Mailgun) && !body.is_object();
                if !is_whole {
                    let request = signed(*provider, &body, hooked.now(), &THEIRS);
                    assert_eq!(hooked.take(*provider, request).await, HookOutcome::Kept, "{provider} {body}");
                }
            }
        }
        assert_eq!(hooked.post.standing("anna").await, ACTIVE);
        let known = hooked.post.notices().await.into_iter().filter(|one| one.subscription_id.is_some()).count();
        assert_eq!((known, hooked.post.suppressed().await), (0, 0));
    }

    async fn what_is_no_json_or_too_much_is_refused(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        for provider in [MailService::Postmark, MailService::Brevo, MailService::SparkPost, MailService::Mailjet, MailService::Ses, MailService::Mailgun] {
            for body in ["", "{", "event=bounce", "\u{0}", "{\"a\":}"] {
                let mut request = signed(provider, &Value::Null, hooked.now(), &THEIRS);
                request.body = body.as_bytes().to_vec();
                assert_eq!(hooked.take(provider, request).await, HookOutcome::Unreadable, "{provider} {body:?}");
            }
        }
        let events = |count: usize| {
            let one = |id: usize| json!({ "event": "delivered", "email": "nobody@example.net", "sg_event_id": id.to_string() });
            signed(MailService::SendGrid, &(0..count).map(one).collect(), hooked.now(), &THEIRS)
        };
        assert_eq!(hooked.take(MailService::SendGrid, events(10_001)).await, HookOutcome::TooMany);
        assert_eq!(hooked.take(MailService::SendGrid, events(10_000)).await, HookOutcome::Kept);
        assert!(hooked.post.notices().await.is_empty(), "what arrived, and is not ours, is nobody's business");
    }

    async fn an_address_counts_when_its_provider_proved_who_it_is(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna", "ben"]).await);
        let told = |to: &'static str, what| Told { what, id: to, token: "none", to };
        hooked.tell(MailService::Postmark, told("anna@example.net", What::Dead)).await;
        let notice = hooked.post.notices().await.remove(0);
        assert_eq!((notice.evidence, notice.effect), (NoticeEvidence::Vouched, Effect::Waiting));
        hooked.tell(MailService::SendGrid, told("ben@example.net", What::Complaint)).await;
        assert_eq!(hooked.post.standing("ben").await.0, SubscriptionState::Unsubscribed);
        assert_eq!(hooked.post.suppressed().await, 1);
        hooked.post.stage.clock.advance(DAY * 15);
        let before = hooked.post.notices().await.len();
        hooked.tell(MailService::Brevo, told("anna@example.net", What::Complaint)).await;
        let latest = hooked.post.notices().await.remove(0);
        assert_eq!((hooked.post.notices().await.len(), latest.evidence), (before + 1, NoticeEvidence::None), "a fortnight is over");
    }

    async fn what_a_provider_holds_calls_a_person(db: Db) {
        let hooked = Hooked::with(Post::new(db, &["anna", "ben"]).await, true, &["another"]);
        let held = |id: &str, token: &str, to: &str| {
            let message = json!({ "to": to, "message_id": format!("{token}@news.example.org") });
            let payload = json!({ "status": "Held", "details": format!("Credential for {to} is held"), "message": message });
            json!({ "event": "MessageHeld", "uuid": id, "payload": payload })
        };
        let bring = async |body: Value| {
            let request = signed(MailService::Postal, &body, hooked.now(), &THEIRS);
            assert_eq!(hooked.take(MailService::Postal, request).await, HookOutcome::Kept);
            let all = alarms::all(&mut hooked.post.stage.db.read().await.unwrap()).await.unwrap();
            all.into_iter().find(|one| one.name == AlarmName::HooksHeld)
        };
        // Another program sends through the same server.
        assert!(bring(held("1", "none", "anna@example.net")).await.is_none());
        let alarm = bring(held("2", &hooked.token("anna"), "anna@example.net")).await.unwrap();
        assert_eq!((alarm.scope.as_str(), alarm.count), ("postal", 1));
        assert!(alarm.note.starts_with("1 email held and not sent on: Credential for "), "{}", alarm.note);
        assert!(!alarm.note.contains("anna@"), "{}", alarm.note);
        assert_eq!(bring(held("3", &hooked.token("ben"), "ben@example.net")).await.unwrap().count, 2);
        let notice = hooked.post.notices().await.remove(0);
        assert_eq!((notice.cause, notice.effect), (Cause::Policy, Effect::Waiting));
        hooked.post.settle().await;
        assert_eq!((hooked.post.suppressed().await, hooked.post.standing("anna").await), (0, ACTIVE), "it costs no reader anything");
    }

    async fn a_relay_of_another_is_not_vouched_for(db: Db) {
        let hooked = Hooked::with(Post::new(db, &["anna"]).await, true, &["another"]);
        for what in [What::Dead, What::Complaint, What::Wish] {
            for provider in MailService::ALL {
                let told = Told { what, id: "1", token: "none", to: "anna@example.net" };
                hooked.tell(*provider, told).await;
            }
        }
        assert_eq!((hooked.post.standing("anna").await, hooked.post.suppressed().await), (ACTIVE, 0));
        let notices = hooked.post.notices().await;
        assert!(notices.iter().all(|one| one.effect == Effect::None && one.evidence == NoticeEvidence::Named), "{notices:?}");
    }

    async fn the_url_alone_ends_no_more_than_one_newsletter(db: Db) {
        let hooked = Hooked::with(Post::new(db, &["anna", "ben", "cleo"]).await, false, &["main"]);
        let (anna, ben) = (hooked.token("anna"), hooked.token("ben"));
        let unsigned: Vec<_> = MailService::ALL.iter().filter(|one| one.authenticity() == Authenticity::Login).collect();
        for provider in unsigned {
            let told = |what, token, to| Told { what, id: "1", token, to };
            hooked.tell(*provider, told(What::Dead, &anna, "anna@example.net")).await;
            hooked.tell(*provider, told(What::Complaint, &ben, "ben@example.net")).await;
            for what in [What::Dead, What::Complaint, What::Wish] {
                hooked.tell(*provider, told(what, "none", "cleo@example.net")).await;
            }
        }
        let notices = hooked.post.notices().await;
        let waiting: Vec<_> = notices.iter().filter(|one| one.effect == Effect::Waiting).collect();
        assert_eq!((waiting.len(), waiting[0].certainty), (1, Certainty::Likely));
        assert_eq!(hooked.post.standing("ben").await, (SubscriptionState::Unsubscribed, Some(EndedBy::Complaint)));
        assert_eq!((hooked.post.standing("cleo").await, hooked.post.suppressed().await), (ACTIVE, 0));
        let named = notices.iter().filter(|one| one.email.as_deref() == Some("cleo@example.net"));
        assert!(named.clone().count() > 0 && named.clone().all(|one| one.effect == Effect::None));
        assert!(notices.iter().all(|one| one.kind != NoticeKind::Letter));
    }
}
