//! From a report's bytes to what follows: whose email it was, what is kept of it, and what becomes of its reader.

use coranto::clock::Timestamp;
use coranto::domain::cause::{Cause, Certainty};
use coranto::domain::delivery::DeliveryState;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::notice::{Effect, NoticeEvidence, NoticeKind};
use coranto::domain::subscriber::{EndedBy, SubscriptionState};
use coranto::inbound::issue_report::{self, LatestReturns};
use coranto::store::{Db, Tx, notices};

use super::post::{DAY, HOUR, Post, bounce, complaint, dead, letter};
use crate::delivery::stage::newsletter;
use crate::harness::database::both_databases;

const ELSEWHERE: &str = "bounces@provider.example";
const ACTIVE: (SubscriptionState, Option<EndedBy>) = (SubscriptionState::Active, None);

both_databases! {
    async fn a_bounce_is_kept_at_once_and_settled_an_hour_later(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let got = post.letter("anna");
        let report = dead(&got.from, "anna@example.net", "");
        let receipt = post.bring_one(Some(&got.from), &report).await;
        assert_eq!((receipt.kind, receipt.evidence), (NoticeKind::Bounce, NoticeEvidence::Sealed));
        assert_eq!((receipt.effect, receipt.is_new), (Some(Effect::Waiting), true));
        let notice = post.notices().await.remove(0);
        assert_eq!((notice.cause, notice.certainty), (Cause::NoMailbox, Certainty::Certain));
        assert_eq!((notice.email.as_deref(), notice.issue.as_deref()), (Some("anna@example.net"), Some("first")));
        assert_eq!((notice.relay.as_deref(), notice.destination.as_str()), (Some("main"), "example.net"));
        assert_eq!((notice.status.as_deref(), notice.diagnostic.contains("anna@")), (Some("5.1.1"), false));
        assert_eq!(post.suppressed().await, 0, "an hour is left to object");
        assert_eq!(post.settle().await.suppressed, 1);
        assert_eq!((post.suppressed().await, post.events("address.suppressed").await), (1, 1));
    }

    async fn a_report_that_comes_again_is_one_notice(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let got = post.letter("anna");
        let report = dead(&got.from, "anna@example.net", "");
        let to = Some(got.from.as_str());
        let receipts = post.bring(&[(to, &report), (to, &report)]).await;
        assert_eq!(receipts.iter().map(|one| one.is_new).collect::<Vec<_>>(), [true, false]);
        for _ in 0..20 {
            assert!(!post.bring_one(to, &report).await.is_new);
        }
        assert_eq!(post.notices().await.len(), 1);
        // The same by another way, and another report about the same email: one email is one strike.
        let other = bounce(&got.from, "anna@example.net", "5.2.2", "552 5.2.2 Mailbox full", "");
        assert_eq!(post.bring_one(to, &other).await.effect, Some(Effect::None));
        let waiting = post.notices().await.iter().filter(|one| one.effect == Effect::Waiting).count();
        assert_eq!((post.notices().await.len(), waiting), (2, 1));
        assert_eq!(post.settle().await.suppressed, 1);
        assert!(!post.bring_one(to, &report).await.is_new, "it was settled");
        assert_eq!((post.settle().await.suppressed, post.suppressed().await), (0, 1));
    }

    async fn each_key_finds_the_email_and_the_weaker_ones_prove_less(db: Db) {
        let post = Post::new(db, &["anna", "ben", "cleo", "dan", "eva", "fay"]).await;
        let id = |local: &str| post.letter(local).field("message-id");
        let anna = post.letter("anna").from;
        let ben = post.letter("ben").from;
        let envelope_id = format!("Original-Envelope-Id: {}\r\nReporting-MTA: dns", token_of(&post.letter("cleo").from));
        let fay_link = post.letter("fay").field("list-unsubscribe");
        for (local, recipient, report, evidence, certainty, effect) in [
            // The envelope recipient alone, the header's alone, the envelope id, Message-ID of the copy, of an answer.
            ("anna", Some(anna.as_str()), dead(ELSEWHERE, "anna@example.net", ""), NoticeEvidence::Sealed, Certainty::Certain, Effect::Waiting),
            ("ben", None, dead(&ben, "ben@example.net", ""), NoticeEvidence::Sealed, Certainty::Certain, Effect::Waiting),
            ("cleo", None, dead(ELSEWHERE, "cleo@example.net", "").replace("Reporting-MTA: dns", &envelope_id), NoticeEvidence::Sealed, Certainty::Certain, Effect::Waiting),
            ("dan", None, dead(ELSEWHERE, "dan@example.net", &format!("Message-ID: {}", id("dan"))), NoticeEvidence::Sealed, Certainty::Likely, Effect::Waiting),
            // A link that stands in all emails of a reader names no email, and an address that is named costs nobody anything.
            ("fay", None, dead(ELSEWHERE, "fay@example.net", &format!("List-Unsubscribe: {fay_link}")), NoticeEvidence::Sealed, Certainty::Likely, Effect::None),
            ("eva", None, dead(ELSEWHERE, "eva@example.net", ""), NoticeEvidence::Named, Certainty::Likely, Effect::None),
        ] {
            let receipt = post.bring_one(recipient, &report).await;
            assert_eq!((receipt.evidence, receipt.effect, receipt.is_new), (evidence, Some(effect), true), "{local}");
            let notice = post.notices().await.remove(0);
            assert_eq!(notice.email.as_deref(), Some(format!("{local}@example.net").as_str()));
            assert_eq!((notice.certainty, notice.effect), (certainty, effect), "{local}");
            assert_eq!(notice.address_hash.is_some(), effect == Effect::Waiting, "{local}");
        }
        // The certain ones are left out; the likely one needs another issue.
        let settled = post.settle().await;
        assert_eq!((settled.suppressed, settled.counted, post.suppressed().await), (3, 1, 3));
        let unknown = post.bring_one(None, &dead(ELSEWHERE, "gil@example.net", "")).await;
        assert_eq!((unknown.evidence, unknown.effect), (NoticeEvidence::None, Some(Effect::None)));
    }

    async fn a_likely_bounce_needs_a_second_issue(db: Db) {
        let mut post = Post::new(db, &["anna"]).await;
        post.stage.bear_leaps();
        for (week, suppressed) in [(1, 0), (2, 1)] {
            let got = post.letter("anna");
            let copy = format!("Message-ID: {}", got.field("message-id"));
            post.bring_one(None, &dead(ELSEWHERE, "anna@example.net", &copy)).await;
            post.settle().await;
            assert_eq!(post.suppressed().await, suppressed, "week {week}");
            post.stage.clock.advance(DAY * 7 - HOUR);
            if week == 1 {
                post.next_issue("second").await;
            }
        }
    }

    async fn an_email_that_was_forwarded_is_likely_at_most_and_tells_nothing_of_where_to(db: Db) {
        let post = Post::new(db, &["anna", "Ben"]).await;
        let got = post.letter("anna");
        post.bring_one(Some(&got.from), &dead(&got.from, "secret.mailbox@elsewhere.example", "")).await;
        let notice = post.notices().await.remove(0);
        assert_eq!((notice.certainty, notice.effect), (Certainty::Likely, Effect::Waiting));
        assert!(!format!("{notice:?}").contains("elsewhere"), "{notice:?}");
        assert_eq!(post.settle().await.counted, 1);
        // Another spelling of the reader's own address is no other address.
        let got = post.letter("Ben");
        post.bring_one(Some(&got.from), &dead(&got.from, "BEN@Example.NET", "")).await;
        assert_eq!(post.notices().await.remove(0).certainty, Certainty::Certain);
    }

    async fn what_is_too_late_or_does_not_fit_is_kept_and_changes_nothing(db: Db) {
        let post = Post::new(db, &["anna", "ben", "cleo"]).await;
        let (anna, ben, cleo) = (post.letter("anna"), post.letter("ben"), post.letter("cleo"));
        post.stage.execute("UPDATE deliveries SET state = 'skipped' WHERE id = (SELECT MAX(id) FROM deliveries)").await;
        let odd = [&anna, &ben, &cleo];
        let mut effects = Vec::new();
        for (got, local) in odd.into_iter().zip(["anna", "ben", "cleo"]) {
            let report = dead(&got.from, &format!("{local}@example.net"), "");
            effects.push(post.bring_one(Some(&got.from), &report).await.effect.unwrap());
        }
        assert_eq!(effects, [Effect::Waiting, Effect::Waiting, Effect::Odd]);
        post.stage.clock.advance(DAY * 61);
        let late = complaint(&anna.from, "abuse", anna.header());
        assert_eq!(post.bring_one(Some(&anna.from), &late).await.effect, Some(Effect::Stale));
        assert_eq!(post.standing("anna").await, ACTIVE);
        assert_eq!(post.notices().await.len(), 4);
    }

    async fn a_complaint_ends_that_one_newsletter_and_suppresses_nobody(db: Db) {
        let post = Post::new(db, &["anna", "ben", "cleo", "dan", "eva"]).await;
        let by_link = |local: &str| format!("List-Unsubscribe: {}", post.letter(local).field("list-unsubscribe"));
        for (local, kind, copy, expected) in [
            ("anna", "abuse", post.letter("anna").header().to_owned(), (SubscriptionState::Unsubscribed, Some(EndedBy::Complaint))),
            ("ben", "fraud", by_link("ben"), (SubscriptionState::Unsubscribed, Some(EndedBy::Complaint))),
            ("cleo", "opt-out", post.letter("cleo").header().to_owned(), (SubscriptionState::Unsubscribed, Some(EndedBy::Reader))),
            ("dan", "not-spam", post.letter("dan").header().to_owned(), ACTIVE),
            ("eva", "abuse", "To: eva@example.net\r\nSubject: x".to_owned(), ACTIVE),
        ] {
            let report = complaint("fbl@bounce.news.example.org", kind, &copy);
            let receipt = post.bring_one(Some("fbl@bounce.news.example.org"), &report).await;
            assert_eq!(post.standing(local).await, expected, "{local}: {receipt:?}");
            assert!(!post.bring_one(Some("fbl@bounce.news.example.org"), &report).await.is_new, "{local}");
        }
        assert_eq!((post.suppressed().await, post.events("subscription.unsubscribed").await), (0, 3));
    }

    async fn complaints_that_name_nobody_call_a_person(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        for number in 1..=3 {
            assert_eq!(post.events("alarm.raised").await, 0);
            let copy = format!("Subject: issue {number}");
            post.bring_one(None, &complaint("fbl@bounce.news.example.org", "abuse", &copy)).await;
        }
        assert_eq!(post.events("alarm.raised").await, 1);
        assert_eq!(post.standing("anna").await, ACTIVE);
    }

    async fn an_address_of_its_own_ends_a_subscription_and_a_machine_never_does(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let address = |local: &str| {
            let link = post.letter(local).field("list-unsubscribe");
            let token = link.split("/u/").nth(1).unwrap().trim_end_matches('>').to_owned();
            format!("b+{token}@bounce.news.example.org")
        };
        let ben = address("ben");
        for (what, extra) in [
            ("absence", "Auto-Submitted: auto-replied\r\n"),
            ("null sender", "Return-Path: <>\r\n"),
            ("a list", "List-Id: <talk.example.org>\r\n"),
            ("bulk", "Precedence: bulk\r\n"),
        ] {
            post.bring_one(Some(&ben), &letter(&ben, extra, "unsubscribe", "unsubscribe")).await;
            assert_eq!(post.standing("ben").await, ACTIVE, "{what}");
        }
        post.bring_one(Some(&ben), &letter(&ben, "", "Out of office", "I am away until Monday.")).await;
        post.bring_one(Some(&ben), &dead(&ben, "ben@example.net", "")).await;
        assert_eq!(post.standing("ben").await, ACTIVE);
        let anna = address("anna");
        for (subject, text) in [("unsubscribe", ""), ("", "please"), ("unsubscribe", "")] {
            // Whoever From names: a forwarded email has another.
            let mail = letter(&anna, "Message-ID: <1@elsewhere.example>\r\n", subject, text).replace("anna@", "carl@");
            assert_eq!(post.bring_one(None, &mail).await.effect, Some(Effect::Unsubscribed));
            assert_eq!(post.standing("anna").await, (SubscriptionState::Unsubscribed, Some(EndedBy::Reader)));
        }
        assert_eq!((post.standing("ben").await, post.suppressed().await), (ACTIVE, 0));
        assert_eq!(post.events("subscription.unsubscribed").await, 1, "once is enough");
    }

    async fn an_answer_that_says_only_the_word_ends_a_subscription(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let reply = |local: &str| format!("In-Reply-To: {}\r\n", post.letter(local).field("message-id"));
        let to = "letter@news.example.org";
        let long = letter(to, &reply("ben"), "Re: An issue", "How do I unsubscribe my uncle?");
        assert_eq!(post.bring_one(None, &long).await.kind, NoticeKind::Letter);
        assert_eq!(post.standing("ben").await, ACTIVE);
        post.bring_one(None, &letter(to, &reply("anna"), "Re: An issue", "unsubscribe")).await;
        assert_eq!(post.standing("anna").await.0, SubscriptionState::Unsubscribed);
        assert!(post.notices().await.iter().all(|notice| notice.kind != NoticeKind::Letter), "a letter is not kept");
    }

    async fn a_report_shows_that_an_uncertain_email_was_taken(db: Db) {
        let post = Post::new(db, &["anna", "ben", "cleo"]).await;
        let (anna, ben, cleo) = (post.letter("anna"), post.letter("ben"), post.letter("cleo"));
        post.stage.execute("UPDATE deliveries SET state = 'uncertain', doubts = 1").await;
        post.stage
            .execute("UPDATE deliveries SET state = 'failed', reason = 'uncertain' WHERE id = (SELECT MAX(id) FROM deliveries)")
            .await;
        let away = letter(&anna.from, "Auto-Submitted: auto-replied\r\n", "Away", "I am away.");
        post.bring_one(Some(&anna.from), &away).await;
        post.bring_one(Some(&cleo.from), &dead(&cleo.from, "cleo@example.net", "")).await;
        // Whoever names an address proves nothing, and a person's letter is no report.
        post.bring_one(None, &dead(ELSEWHERE, "ben@example.net", "")).await;
        post.bring_one(Some(&ben.from), &letter(&ben.from, "", "hello", "How are you?")).await;
        let state = async |local: &str| post.stage.row(post.issue, local).await.state;
        assert_eq!((state("anna").await, state("ben").await), (DeliveryState::Sent, DeliveryState::Uncertain));
        assert_eq!(state("cleo").await, DeliveryState::Sent);
        assert_eq!(post.events("delivery.proved").await, 2);
    }

    async fn an_answer_of_a_machine_is_proof_of_life(db: Db) {
        let mut post = Post::new(db, &["anna"]).await;
        post.stage.bear_leaps();
        for week in 0..6 {
            let got = post.letter("anna");
            if week == 3 {
                let away = letter(&got.from, "Auto-Submitted: auto-replied\r\n", "Away", "I am away.");
                assert_eq!(post.bring_one(Some(&got.from), &away).await.effect, Some(Effect::None));
            } else {
                let full = bounce(&got.from, "anna@example.net", "5.2.2", "552 5.2.2 Mailbox full", "");
                post.bring_one(Some(&got.from), &full).await;
            }
            post.settle().await;
            post.stage.clock.advance(DAY * 7 - HOUR);
            if week < 5 {
                post.next_issue(&format!("week{week}")).await;
            }
        }
        assert_eq!(post.suppressed().await, 0, "five came back, and one between them stayed");
    }

    async fn what_came_back_of_the_latest_issue_is_told(db: Db) {
        let mut post = Post::new(db, &["anna", "ben", "cleo"]).await;
        let newsletter = Newsletter { id: post.stage.newsletter, ..newsletter() };
        let told = async |post: &Post| {
            issue_report::came_back(&mut post.stage.db.read().await.unwrap(), &newsletter).await.unwrap()
        };
        assert_eq!(told(&post).await, None, "nothing came back");
        let got = post.letter("anna");
        let said = dead(&got.from, "anna@example.net", "").replace("Action: failed", "Remote-MTA: dns; MX.Example\r\nAction: failed");
        post.bring(&[(Some(&got.from), &said), (Some(&got.from), &said)]).await;
        let came_back = LatestReturns { issue: Some("first".to_owned()), count: 1, rate: Some(33.33), held: 0 };
        assert_eq!(told(&post).await, Some(came_back.clone()));
        let hosts = notices::refusers(&mut post.stage.db.read().await.unwrap(), Timestamp(0)).await.unwrap();
        assert_eq!(hosts[0].host.as_deref(), Some("mx.example"));
        let id = post.notices().await[0].id;
        let hold = async |tx: &mut Tx| notices::follow(tx, id, Effect::Waiting, Effect::Held, None).await;
        assert!(post.stage.db.write(hold).await.unwrap());
        assert_eq!(told(&post).await, Some(LatestReturns { held: 1, ..came_back }));
        // What is held of an earlier issue waits still.
        post.stage.clock.advance(DAY);
        post.next_issue("second").await;
        let second = LatestReturns { issue: Some("second".to_owned()), count: 0, rate: Some(0.0), held: 1 };
        assert_eq!(told(&post).await, Some(second));
    }
}

fn token_of(from: &str) -> &str {
    from.split(['+', '@']).nth(1).unwrap()
}
