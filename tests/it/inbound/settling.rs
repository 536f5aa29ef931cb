//! From a refusal on the wire to a reader who is left out, or is not: an hour later, in one place.

use std::time::Duration;

use coranto::domain::IssueId;
use coranto::domain::cause::{Cause, Certainty, Classification, Party};
use coranto::domain::delivery::DeliveryState;
use coranto::domain::issue::IssueState;
use coranto::domain::notice::Effect;
use coranto::domain::policy::Policy;
use coranto::domain::standing::Strikes;
use coranto::domain::suppression::SuppressionReason;
use coranto::inbound::{self, AnswerError, Settled, Wanted};
use coranto::store::notices::{self, Notice, NoticeFilter, RefusedMail};
use coranto::store::{Db, ledger, suppressions};

use crate::delivery::stage::DeliveryFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn settle(stage: &DeliveryFixture) -> Settled {
    inbound::settle(&stage.db, None, &Policy::default(), stage.clock.now()).await.unwrap()
}

async fn suppressed(stage: &DeliveryFixture) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    let (count,): (i64,) = tx.sql("SELECT COUNT(*) FROM suppressions").fetch_one().await.unwrap();
    count
}

async fn all(stage: &DeliveryFixture) -> Vec<Notice> {
    notices::page(&mut stage.db.read().await.unwrap(), &NoticeFilter::default(), 10_000).await.unwrap()
}

async fn effects(stage: &DeliveryFixture) -> Vec<Effect> {
    all(stage).await.iter().map(|notice| notice.effect).collect()
}

/// Says of the first `accused` of an issue's readers what a relay might have said.
async fn accuse(stage: &DeliveryFixture, issue: IssueId, accused: usize, cause: Cause) {
    let now = stage.clock.now();
    let rows = stage.rows(issue).await;
    let judged =
        Classification { cause, certainty: Certainty::Certain, party: Party::Recipient, rule: "test", permanent: true };
    stage
        .db
        .write(async |tx| {
            for row in rows.iter().take(accused) {
                let email = row.email.clone().unwrap_or_default();
                let address: coranto::domain::address::EmailAddress = email.parse().unwrap();
                let refused = RefusedMail {
                    delivery: row.id,
                    newsletter: Some(stage.newsletter),
                    address_hash: &stage.keys.address_hash(&address.key()),
                    relay: "main",
                    destination: "example.net",
                    reply: "550 5.1.1 unknown",
                    judged: &judged,
                    settle_at: now.plus(HOUR),
                };
                assert!(notices::add_relay(tx, &refused, now).await?);
            }
            Ok::<_, coranto::store::StoreError>(())
        })
        .await
        .unwrap();
}

/// A list of 60 with one dead address in it, and an issue that was sent to it.
async fn sent(db: Db) -> (DeliveryFixture, IssueId) {
    let stage = DeliveryFixture::new(db).await;
    stage.readers(&["permfail-0"]).await;
    stage.crowd(59).await;
    let issue = stage.issue("first").await;
    let totals = stage.finish(issue).await;
    assert_eq!((totals.sent, totals.failed), (59, 1));
    (stage, issue)
}

/// A list of 60, and an issue in which a relay calls so many of them dead.
async fn accused(db: Db, dead: usize) -> (DeliveryFixture, IssueId) {
    let stage = DeliveryFixture::new(db).await;
    stage.crowd(60).await;
    let issue = stage.issue("first").await;
    accuse(&stage, issue, dead, Cause::NoMailbox).await;
    (stage, issue)
}

both_databases! {
    async fn a_dead_address_of_a_normal_list_is_left_out_after_an_hour(db: Db) {
        let (stage, issue) = sent(db).await;
        assert_eq!(suppressed(&stage).await, 0, "nothing follows at once");
        assert_eq!(settle(&stage).await, Settled::default());
        stage.clock.advance(HOUR - Duration::from_millis(1));
        assert_eq!(settle(&stage).await, Settled::default());
        stage.clock.advance(Duration::from_millis(1));
        assert_eq!(settle(&stage).await, Settled { suppressed: 1, ..Settled::default() });
        assert_eq!((suppressed(&stage).await, settle(&stage).await), (1, Settled::default()), "once");
        let mut tx = stage.db.read().await.unwrap();
        let hash = stage.keys.address_hash("permfail-0@example.net");
        assert_eq!(suppressions::reason(&mut tx, &hash).await.unwrap(), Some(SuppressionReason::Bounce));
        drop(tx);
        let events = stage.events().await;
        assert_eq!(events.iter().filter(|(kind, _)| kind == "address.suppressed").count(), 1);
        assert_eq!(all(&stage).await[0].issue_id, Some(issue));
        // The reader gets no later issue.
        let next = stage.issue("second").await;
        assert_eq!(stage.totals(next).await.readers, 59);
    }

    async fn more_than_can_be_believed_is_held_for_a_person(db: Db) {
        let (stage, issue) = accused(db, 11).await;
        stage.clock.advance(HOUR);
        assert_eq!(settle(&stage).await, Settled { held: 11, ..Settled::default() });
        assert_eq!(suppressed(&stage).await, 0);
        let held = notices::held(&mut stage.db.read().await.unwrap()).await.unwrap();
        assert_eq!(held.iter().map(|group| group.notices).sum::<i64>(), 11);
        assert!(stage.events().await.iter().any(|(kind, data)| kind == "bounces.held" && data.contains("\"notices\":11")));
        let alarms = coranto::store::alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap();
        assert!(alarms.iter().any(|alarm| alarm.scope == "week/first"), "{alarms:?}");

        let one = all(&stage).await[0].id;
        let by = acts::by(stage.clock.now());
        let answer = inbound::release(&stage.db, Wanted::One(one), &Strikes::default(), by).await.unwrap();
        assert_eq!((answer.notices, answer.suppressed, suppressed(&stage).await), (1, 1, 1));
        let again = inbound::release(&stage.db, Wanted::One(one), &Strikes::default(), by).await;
        assert!(matches!(again, Err(AnswerError::Settled { effect: Effect::Suppressed, .. })), "{again:?}");
        let answer = inbound::release(&stage.db, Wanted::Issue(issue), &Strikes::default(), by).await.unwrap();
        assert_eq!((answer.notices, answer.suppressed, suppressed(&stage).await), (10, 10, 11));
        assert_eq!(inbound::release(&stage.db, Wanted::Issue(issue), &Strikes::default(), by).await.unwrap().notices, 0);
        let alarms = coranto::store::alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap();
        assert!(alarms.iter().all(|alarm| alarm.cleared_at.is_some()), "{alarms:?}");
    }

    async fn what_is_discarded_costs_nobody_anything(db: Db) {
        let (stage, issue) = accused(db, 11).await;
        let by = acts::by(stage.clock.now());
        let waiting = all(&stage).await[0].id;
        assert_eq!(inbound::discard(&stage.db, Wanted::One(waiting), by).await.unwrap().notices, 1, "one may object early");
        stage.clock.advance(HOUR);
        assert_eq!(settle(&stage).await, Settled { suppressed: 10, ..Settled::default() }, "ten are believed");
        let by = acts::by(stage.clock.now());
        assert_eq!(inbound::discard(&stage.db, Wanted::Issue(issue), by).await.unwrap().notices, 0);
        assert_eq!(suppressed(&stage).await, 10);
        assert!(matches!(
            inbound::discard(&stage.db, Wanted::One(coranto::domain::NoticeId(999_999)), by).await,
            Err(AnswerError::Missing)
        ));
    }

    async fn the_bound_is_exact_at_every_size(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(600).await;
        for (slug, accused, suppressed_then) in [("a", 12, 12), ("b", 13, 12)] {
            let issue = stage.issue(slug).await;
            accuse(&stage, issue, accused, Cause::NoMailbox).await;
            stage.clock.advance(HOUR);
            settle(&stage).await;
            assert_eq!(suppressed(&stage).await, suppressed_then, "{accused} of 600 in issue {slug}");
            // Each issue by itself: nobody is left out twice, and the next one is judged anew.
            stage.clock.advance(DAY);
        }
    }

    async fn what_comes_in_drops_stays_within_the_bound(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(60).await;
        let issue = stage.issue("drops").await;
        let rows = stage.rows(issue).await;
        let judged =
            Classification { cause: Cause::NoMailbox, certainty: Certainty::Certain, party: Party::Recipient, rule: "", permanent: true };
        for row in &rows {
            let address: coranto::domain::address::EmailAddress = row.email.clone().unwrap().parse().unwrap();
            let (hash, now) = (stage.keys.address_hash(&address.key()), stage.clock.now());
            let refused = RefusedMail {
                delivery: row.id, newsletter: None, address_hash: &hash, relay: "main", destination: "example.net",
                reply: "550 5.1.1 unknown", judged: &judged, settle_at: now,
            };
            stage.db.write(async |tx| notices::add_relay(tx, &refused, now).await).await.unwrap();
            settle(&stage).await;
        }
        assert_eq!(suppressed(&stage).await, 10, "each was judged by itself, and the eleventh asks a person");
        assert_eq!(effects(&stage).await.iter().filter(|effect| **effect == Effect::Held).count(), 50);
    }

    async fn a_crash_in_the_middle_leaves_notices_that_wait(db: Db) {
        let (stage, _) = accused(db, 3).await;
        stage.clock.advance(HOUR);
        let now = stage.clock.now();
        // What a process had done when it died is gone with its transaction.
        let mut tx = stage.db.begin().await.unwrap();
        let due = notices::due(&mut tx, now, 10).await.unwrap();
        assert!(notices::follow(&mut tx, due[0].id, Effect::Waiting, Effect::Suppressed, None).await.unwrap());
        assert!(notices::suppress(&mut tx, &due[0], "", acts::by(now)).await.unwrap());
        drop(tx);
        assert_eq!((suppressed(&stage).await, effects(&stage).await), (0, vec![Effect::Waiting; 3]));
        assert_eq!(settle(&stage).await.suppressed, 3);
        assert_eq!(suppressed(&stage).await, 3);
    }

    async fn a_full_mailbox_is_counted_and_what_is_ours_is_not(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(20).await;
        for (slug, cause, expected) in [
            ("full", Cause::Full, Settled { counted: 5, ..Settled::default() }),
            ("ours", Cause::Policy, Settled { none: 5, ..Settled::default() }),
            ("unknown", Cause::Unknown, Settled { none: 5, ..Settled::default() }),
        ] {
            let issue = stage.issue(slug).await;
            accuse(&stage, issue, 5, cause).await;
            stage.clock.advance(HOUR);
            assert_eq!(settle(&stage).await, expected, "{slug}");
        }
        assert_eq!(suppressed(&stage).await, 0);
    }

    async fn five_issues_in_a_row_at_a_full_mailbox_are_enough(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(20).await;
        for week in 0..5 {
            let issue = stage.issue(&format!("week{week}")).await;
            accuse(&stage, issue, 1, Cause::Full).await;
            stage.clock.advance(HOUR);
            let expected = if week == 4 { (0, 1) } else { (1, 0) };
            let settled = settle(&stage).await;
            assert_eq!((settled.counted, settled.suppressed), expected, "week {week}");
            stage.clock.advance(DAY * 7 - HOUR);
        }
    }

    async fn a_domain_is_gone_only_when_name_servers_say_so(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(20).await;
        let issue = stage.issue("domains").await;
        accuse(&stage, issue, 2, Cause::NoDomain).await;
        stage.clock.advance(HOUR);
        assert_eq!(settle(&stage).await, Settled { counted: 2, ..Settled::default() });
    }

    async fn a_dead_list_that_nobody_answers_for_is_settled_by_the_next_issues(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(60).await;
        let first = stage.issue("first").await;
        accuse(&stage, first, 15, Cause::NoMailbox).await;
        stage.clock.advance(HOUR);
        assert_eq!(settle(&stage).await.held, 15);
        stage.clock.advance(DAY * 7);
        let second = stage.issue("second").await;
        accuse(&stage, second, 15, Cause::NoMailbox).await;
        stage.clock.advance(HOUR);
        let settled = settle(&stage).await;
        assert_eq!((settled.suppressed, settled.held), (10, 5), "said twice, it is believed within the bound");
        assert_eq!(suppressed(&stage).await, 10);
        let first: Vec<Effect> =
            all(&stage).await.iter().filter(|notice| notice.issue_id == Some(first)).map(|notice| notice.effect).collect();
        assert_eq!(first.iter().filter(|effect| **effect == Effect::Counted).count(), 10, "{first:?}");
    }

    async fn what_is_held_for_a_month_is_discarded(db: Db) {
        let (stage, _) = accused(db, 11).await;
        stage.clock.advance(HOUR);
        settle(&stage).await;
        stage.clock.advance(DAY * 30);
        settle(&stage).await;
        assert_eq!(effects(&stage).await, vec![Effect::Discarded; 11]);
        assert_eq!(suppressed(&stage).await, 0);
        assert!(stage.events().await.iter().any(|(kind, _)| kind == "bounces.discarded"));
    }

    async fn who_was_skipped_gets_the_issue_when_the_suppression_is_lifted(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.readers(&["anna", "ben"]).await;
        let issue = stage.issue("lifted").await;
        let (hash, now) = (stage.keys.address_hash("anna@example.net"), stage.clock.now());
        stage
            .db
            .write(async |tx| suppressions::add(tx, &hash, SuppressionReason::Bounce, "", acts::by(now)).await)
            .await
            .unwrap();
        assert_eq!(stage.finish(issue).await.skipped, 1);
        let retry = async || {
            let what = coranto::delivery::control::RetryScope::Failed;
            coranto::delivery::control::retry(&stage.db, issue, what, acts::by(stage.clock.now())).await.unwrap()
        };
        assert_eq!(retry().await, 0, "it is suppressed still");
        stage.db.write(async |tx| suppressions::remove(tx, &hash, acts::by(now)).await).await.unwrap();
        assert_eq!(retry().await, 1);
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.row(issue, "anna").await.state, DeliveryState::Sent);
        assert_eq!(ledger::totals(&mut stage.db.read().await.unwrap(), issue).await.unwrap().sent, 2);
    }
}
