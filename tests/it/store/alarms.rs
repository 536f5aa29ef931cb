//! Alarms: one row a cause, raised and cleared with what causes it; an issue's states raise and clear theirs.

use std::time::Duration;

use coranto::domain::IssueId;
use coranto::domain::actor::Actor;
use coranto::domain::alarm::{Alarm, AlarmName, Severity};
use coranto::domain::delivery::DeliveryState::{Failed, Sent};
use coranto::domain::event::Event;
use coranto::domain::issue::IssueState::{self, Held, Paused, Queued, Sending};
use coranto::store::alarms::{self, StandingAlarm};
use coranto::store::issues::QueuePlace;
use coranto::store::{Db, Tx, issues, ledger, newsletters, subscriptions};

use super::ground::{NOW, StoreFixture, minute, new_issue};
use crate::harness::acts;
use crate::harness::database::both_databases;

async fn all(tx: &mut Tx) -> Vec<StandingAlarm> {
    alarms::all(tx).await.unwrap()
}

/// Names and scopes of what stands.
async fn standing(tx: &mut Tx, now: coranto::clock::Timestamp) -> Vec<(AlarmName, String)> {
    all(tx).await.into_iter().filter(|one| one.stands(now)).map(|one| (one.name, one.scope)).collect()
}

async fn kinds(tx: &mut Tx, like: &'static str) -> Vec<String> {
    let rows: Vec<(String,)> =
        tx.sql("SELECT kind FROM events WHERE kind LIKE $1 ORDER BY id").bind(like).fetch_all().await.unwrap();
    rows.into_iter().map(|(kind,)| kind).collect()
}

async fn advance(tx: &mut Tx, id: IssueId, from: IssueState, to: IssueState, actor: &Actor) {
    let event = Event::IssueResumed;
    assert!(issues::advance(tx, id, from, to, "a run of refusals", actor.at(NOW), &event).await.unwrap());
}

both_databases! {
    async fn one_row_a_cause_counts_and_comes_back(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let down = Alarm::new(AlarmName::RelayDown, "main", "connection refused");
        assert!(alarms::raise(&mut tx, &down, acts::by(NOW)).await.unwrap());
        let again = Alarm::new(AlarmName::RelayDown, "main", "535 no");
        assert!(!alarms::raise(&mut tx, &again, acts::by(minute(1))).await.unwrap(), "that is known");
        assert!(alarms::raise(&mut tx, &Alarm::new(AlarmName::RelayDown, "other", ""), acts::by(NOW)).await.unwrap());
        let one = all(&mut tx).await.remove(0);
        assert_eq!((one.note.as_str(), one.since, one.last_at, one.count), ("535 no", NOW, minute(1), 2));
        assert_eq!((one.severity, one.due_at, one.told_at), (Severity::Person, minute(10), None));
        assert!(!one.stands(minute(9)) && one.stands(minute(10)));

        assert!(alarms::told(&mut tx, one.id, "email,log", minute(10)).await.unwrap());
        assert!(alarms::clear(&mut tx, AlarmName::RelayDown, "main", minute(12)).await.unwrap());
        assert!(!alarms::clear(&mut tx, AlarmName::RelayDown, "main", minute(13)).await.unwrap(), "it is clear");
        let one = all(&mut tx).await.remove(0);
        assert_eq!((one.cleared_at, one.told_how.as_deref()), (Some(minute(12)), Some("email,log")));
        assert!(!one.stands(minute(20)));
        alarms::raise(&mut tx, &down, acts::by(minute(14))).await.unwrap();
        let one = all(&mut tx).await.remove(0);
        assert_eq!((one.cleared_at, one.count, one.told_at), (None, 3, Some(minute(10))), "it is the same as before");
        assert!(alarms::end(&mut tx, &one, acts::by(minute(30))).await.unwrap());
        assert!(!alarms::end(&mut tx, &one, acts::by(minute(30))).await.unwrap());
        assert_eq!(all(&mut tx).await.len(), 1);
        assert_eq!(kinds(&mut tx, "alarm.%").await, ["alarm.raised", "alarm.raised", "alarm.cleared"]);
        assert_eq!(alarms::mails_since(&mut tx, NOW).await.unwrap(), 0);
    }

    async fn the_program_calls_a_person_and_a_person_ends_the_call(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (id, anna) = (ground.issue, Actor::Command("anna".to_owned()));
        let tx = &mut ground.tx;
        assert_eq!(alarms::issue_scope(tx, id).await.unwrap().as_deref(), Some("week/first"));
        assert_eq!(alarms::issue_scope(tx, IssueId(1_000_000)).await.unwrap(), None);
        advance(tx, id, Sending, Paused, &anna).await;
        assert!(standing(tx, NOW).await.is_empty(), "who paused it knows of it");
        advance(tx, id, Paused, Sending, &anna).await;
        advance(tx, id, Sending, Paused, &Actor::Scheduler).await;
        assert_eq!(standing(tx, NOW).await, [(AlarmName::IssuePaused, "week/first".to_owned())]);
        assert_eq!(all(tx).await[0].note, "a run of refusals");
        advance(tx, id, Paused, Sending, &anna).await;
        assert!(standing(tx, NOW).await.is_empty());

        let new = new_issue(ground.week, ground.revision, "late", Queued);
        let tx = &mut ground.tx;
        let late = issues::insert(tx, &new, acts::by(NOW)).await.unwrap().unwrap();
        assert!(issues::hold_due(tx, late, NOW, "it was due two days ago", acts::by(NOW)).await.unwrap());
        assert_eq!(standing(tx, NOW).await, [(AlarmName::IssueHeld, "week/late".to_owned())]);
        assert!(issues::queue(tx, late, Held, QueuePlace { due_at: minute(5), on_slot: false, beside: false }, anna.at(NOW)).await.unwrap());
        assert!(standing(tx, NOW).await.is_empty());
    }

    async fn an_issue_that_many_were_refused_is_told_when_it_is_over(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (id, live) = (ground.issue, ground.live);
        for _ in 0..19 {
            ground.row(Sent, live).await;
        }
        ground.row(Failed, live).await;
        assert!(issues::finish(&mut ground.tx, id, acts::by(NOW)).await.unwrap().is_some());
        assert!(standing(&mut ground.tx, NOW).await.is_empty(), "one in twenty is what lists are like");
        advance(&mut ground.tx, id, IssueState::Sent, Sending, &Actor::Scheduler).await;
        ground.row(Failed, live).await;
        assert!(issues::finish(&mut ground.tx, id, acts::by(NOW)).await.unwrap().is_some());
        assert_eq!(standing(&mut ground.tx, NOW).await, [(AlarmName::IssueFailed, "week/first".to_owned())]);
        let note = &all(&mut ground.tx).await[0].note;
        assert!(note.starts_with("2 of 21 readers were refused"), "{note}");
        let words = ledger::refusal(&mut ground.tx, id).await.unwrap();
        assert!(words.is_none_or(|words| note.contains(&words)), "{note}");
    }

    async fn when_what_waits_is_tried_next_is_known(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (issue, live) = (ground.issue, ground.live);
        assert_eq!(ledger::next_due(&mut ground.tx, issue).await.unwrap(), None);
        ground.row(coranto::domain::delivery::DeliveryState::Pending, live).await;
        assert!(ledger::next_due(&mut ground.tx, issue).await.unwrap().is_some());
    }

    async fn whom_an_issue_would_reach_is_asked_cheaply(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let month = newsletters::ensure(&mut ground.tx, "month", NOW).await.unwrap();
        ground.reader("anna", coranto::domain::subscriber::SubscriptionState::Active).await;
        let week = ground.week;
        assert!(subscriptions::any_mailable(&mut ground.tx, week).await.unwrap());
        assert!(!subscriptions::any_mailable(&mut ground.tx, month).await.unwrap());
        assert!(AlarmName::RelayDown.told_after() == Duration::from_secs(600));
    }
}
