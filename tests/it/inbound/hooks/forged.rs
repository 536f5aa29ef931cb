//! Who only says that they are a provider: no effect, whatever they say, and many of them call a person.

use std::time::Duration;

use coranto::domain::hook::{Authenticity, MailService};
use coranto::domain::notice::Effect;
use coranto::domain::subscriber::SubscriptionState;
use coranto::inbound::hooks::HookOutcome;
use coranto::store::{Db, hooks};
use coranto::token::{Keyring, Purpose};
use serde_json::Value;

use super::provider::{FOREIGN, Hooked, MINUTE, Request, THEIRS, Told, What, signed};
use crate::harness::database::both_databases;
use crate::inbound::post::{DAY, HOUR, Post};

const VICTIM: &str = "anna@example.net";

/// The victim is as before, whatever is settled.
async fn assert_untouched(hooked: &Hooked, what: &str) {
    let notices = hooked.post.notices().await;
    let acts = |effect| !matches!(effect, Effect::None | Effect::Stale | Effect::Odd);
    assert!(notices.iter().all(|one| !acts(one.effect)), "{what}: {notices:?}");
    assert_eq!(hooked.post.standing("anna").await, (SubscriptionState::Active, None), "{what}");
    assert_eq!(hooked.post.suppressed().await, 0, "{what}");
}

fn is_signed(provider: MailService) -> bool {
    provider.authenticity() != Authenticity::Login
}

/// What everybody signs but Mailgun: the body.
fn covers_body(provider: MailService) -> bool {
    is_signed(provider) && provider != MailService::Mailgun
}

/// Requests that this provider did not send, each with what is wrong.
fn forgeries(provider: MailService, hooked: &Hooked, body: &Value) -> Vec<(&'static str, Request)> {
    let right = signed(provider, body, hooked.now(), &THEIRS);
    let bare = Request { headers: hyper::HeaderMap::new(), ..right.clone() };
    let mut all = vec![("another key", signed(provider, body, hooked.now(), &FOREIGN))];
    if !matches!(provider, MailService::Ses | MailService::Mailgun) {
        all.push(("nothing", bare));
    }
    if covers_body(provider) && provider != MailService::Ses {
        let parsed: Value = serde_json::from_slice(&right.body).unwrap();
        let pretty = serde_json::to_vec_pretty(&parsed).unwrap();
        all.push(("written anew", Request { body: pretty, ..right.clone() }));
        let more = [right.body.as_slice(), b" "].concat();
        all.push(("a byte more", Request { body: more, ..right.clone() }));
    }
    if is_signed(provider) && provider != MailService::Postal {
        let stale = match provider {
            MailService::Resend | MailService::Generic => MINUTE * 6,
            _ => DAY + MINUTE,
        };
        all.push(("stale", signed(provider, body, hooked.now().minus(stale), &THEIRS)));
        all.push(("of tomorrow", signed(provider, body, hooked.now().plus(HOUR), &THEIRS)));
    }
    if matches!(provider, MailService::Ses | MailService::Mailgun) {
        let text = String::from_utf8(right.body.clone()).unwrap();
        let at = text.to_lowercase().find("signature\":\"").unwrap() + 14;
        let other = if &text[at..=at] == "0" { "1" } else { "0" };
        let flipped = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        all.push(("a flipped bit", Request { body: flipped.into_bytes(), ..right.clone() }));
    }
    for name in ["x-postal-signature-256", "x-twilio-email-event-webhook-signature", "svix-signature", "authorization"]
    {
        if right.headers.contains_key(name) {
            for value in ["", "v1,", "Basic", "Basic !!", "\u{7f}"] {
                let mut request = right.clone();
                let Ok(value) = value.parse() else { continue };
                request.headers.insert(name, value);
                all.push(("a broken header", request));
            }
        }
    }
    all
}

both_databases! {
    async fn who_does_not_sign_is_not_heard(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let token = hooked.token("anna");
        let mut forged = 0;
        for provider in MailService::ALL {
            for what in [What::Dead, What::Complaint, What::Wish] {
                let body = Told { what, id: "1", token: &token, to: VICTIM }.body(*provider);
                for (why, request) in forgeries(*provider, &hooked, &body) {
                    assert_eq!(hooked.take(*provider, request).await, HookOutcome::Forged, "{provider} {what:?}: {why}");
                    forged += 1;
                }
            }
        }
        assert!(forged >= 100, "{forged}");
        assert!(hooked.post.notices().await.is_empty());
        assert_untouched(&hooked, "forged requests").await;
        let rows = hooks::all(&mut hooked.post.stage.db.read().await.unwrap()).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.forged).sum::<i64>(), forged);
        assert!(rows.iter().all(|row| row.heard_at.is_none() && row.forged_at.is_some()));
    }

    async fn twenty_in_an_hour_call_a_person(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let body = Told { what: What::Dead, id: "1", token: "x", to: VICTIM }.body(MailService::SendGrid);
        let forge = async |wait: Duration| {
            hooked.post.stage.clock.advance(wait);
            hooked.take(MailService::SendGrid, signed(MailService::SendGrid, &body, hooked.now(), &FOREIGN)).await;
        };
        for _ in 0..40 {
            forge(MINUTE * 4).await;
        }
        assert_eq!(hooked.post.events("alarm.raised").await, 0, "fifteen in an hour");
        for _ in 0..20 {
            forge(MINUTE * 2).await;
        }
        assert_eq!(hooked.post.events("alarm.raised").await, 1);
    }

    async fn a_token_of_another_hand_names_nobody(db: Db) {
        let hooked = Hooked::with(Post::new(db, &["anna", "mallory"]).await, false, &["main"]);
        let token = hooked.token("anna");
        let foreign = Keyring::parse(&Keyring::generate()).unwrap();
        let keys = &hooked.post.stage.keys;
        let mut cases = vec![
            String::new(),
            foreign.seal(Purpose::Message, 1),
            keys.seal(Purpose::Bounce, 1),
            keys.seal(Purpose::Hook, 1),
            keys.seal(Purpose::Message, 1),
            keys.hook_seal("postmark"),
            format!("{token}a"),
            "a".repeat(5000),
        ];
        for at in 0..token.len() {
            let other = if token.as_bytes()[at] == b'a' { "b" } else { "a" };
            cases.push(format!("{}{other}{}", &token[..at], &token[at + 1..]));
        }
        // All the letters but the last one are the token's: a longer run still holds it.
        cases.retain(|case| !case.contains(&token));
        assert!(cases.len() > 35, "{}", cases.len());
        for case in &cases {
            for provider in MailService::ALL.iter().filter(|one| !is_signed(**one)) {
                for what in [What::Dead, What::Complaint, What::Wish] {
                    let told = Told { what, id: case, token: case, to: VICTIM };
                    assert_eq!(hooked.tell(*provider, told).await, HookOutcome::Kept);
                }
            }
        }
        assert_untouched(&hooked, "made up tokens").await;
    }

    async fn what_mailgun_signed_is_good_for_one_event(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna", "mallory"]).await);
        let (anna, mallory) = (hooked.token("anna"), hooked.token("mallory"));
        let told = |what, token, to| Told { what, id: "one token", token, to }.body(MailService::Mailgun);
        let first = signed(MailService::Mailgun, &told(What::Dead, &mallory, "mallory@example.net"), hooked.now(), &THEIRS);
        assert_eq!(hooked.take(MailService::Mailgun, first).await, HookOutcome::Kept);
        for what in [What::Dead, What::Complaint, What::Wish] {
            // The signature is right, for it covers no event; the token was seen.
            let request = signed(MailService::Mailgun, &told(what, &anna, VICTIM), hooked.now(), &THEIRS);
            assert_eq!(hooked.take(MailService::Mailgun, request).await, HookOutcome::Kept);
        }
        assert_eq!(hooked.post.notices().await.len(), 1);
        assert_eq!(hooked.post.standing("anna").await, (SubscriptionState::Active, None));
    }

    async fn an_event_that_comes_a_hundred_times_is_one_strike(db: Db) {
        let hooked = Hooked::new(Post::new(db, &["anna"]).await);
        let token = hooked.token("anna");
        for round in 0..100 {
            // Of each provider five times under one number, and five times under another.
            let id = format!("id{}", round / 50);
            let told = Told { what: What::Dead, id: &id, token: &token, to: VICTIM };
            hooked.tell(MailService::ALL[round % 10], told).await;
        }
        let notices = hooked.post.notices().await;
        assert_eq!(notices.iter().filter(|one| one.effect == Effect::Waiting).count(), 1);
        assert!(notices.len() <= 8, "{}", notices.len());
    }
}
