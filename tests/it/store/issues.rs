//! Issues: one per slug, moved by compare-and-set, found when due, finished when nothing is open.

use coranto::domain::delivery::DeliveryState::{self, Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::event::Event;
use coranto::domain::issue::IssueState::{self, Draft, Held, Paused, Preparing, Queued, Sending};
use coranto::domain::{IssueId, NewsletterId, RevisionId};
use coranto::store::issues::{self, Issue, NewIssue, QueuePlace};
use coranto::store::{Db, newsletters};

use super::ground::{NOW, StoreFixture, minute, new_issue, revision};
use crate::harness::acts;
use crate::harness::database::both_databases;
use coranto::domain::delivery::DeliveryKind;

fn slugs(issues: &[Issue]) -> Vec<&str> {
    issues.iter().map(|issue| issue.slug.as_str()).collect()
}

/// Issues due after so many minutes, all in `state`.
async fn issues_due(ground: &mut StoreFixture, state: IssueState, minutes: &[(&'static str, i64)]) -> Vec<IssueId> {
    let mut ids = Vec::new();
    for (slug, at) in minutes {
        let new = NewIssue { due_at: Some(minute(*at)), ..new_issue(ground.week, ground.revision, slug, state) };
        ids.push(issues::insert(&mut ground.tx, &new, acts::by(NOW)).await.unwrap().unwrap());
    }
    ids
}

async fn state(ground: &mut StoreFixture, id: IssueId) -> IssueState {
    issues::get(&mut ground.tx, id).await.unwrap().unwrap().state
}

both_databases! {
    async fn a_slug_names_one_issue_of_a_newsletter(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (week, content) = (ground.week, ground.revision);
        let new = NewIssue {
            title: "The first",
            due_at: Some(minute(5)),
            on_slot: true,
            beside: false,
            note: "a note",
            ..new_issue(week, content, "second", Queued)
        };
        let tx = &mut ground.tx;
        let id = issues::insert(tx, &new, acts::by(NOW)).await.unwrap().unwrap();
        let again = NewIssue { title: "Another", ..new_issue(week, content, "second", Draft) };
        assert_eq!(issues::insert(tx, &again, acts::by(minute(1))).await.unwrap(), None);
        let month = newsletters::ensure(tx, "month", NOW).await.unwrap();
        let its_content = revision(tx, month, DeliveryKind::Issue, "text").await;
        assert!(issues::insert(tx, &new_issue(month, its_content, "second", Draft), acts::by(NOW)).await.unwrap().is_some());

        let found = issues::find(tx, week, "second").await.unwrap().unwrap();
        assert_eq!((found.id, found.newsletter_id, found.title.as_str()), (id, week, "The first"));
        assert_eq!((found.state, found.revision_id, found.due_at, found.on_slot), (Queued, content, Some(minute(5)), true));
        assert_eq!((found.asked.as_str(), found.note.as_str()), ("", "a note"));
        assert_eq!((found.created_at, found.started_at, found.finished_at), (NOW, None, None));
        assert_eq!(issues::get(tx, id).await.unwrap().unwrap().slug, "second");
        assert!(issues::find(tx, week, "third").await.unwrap().is_none());
        assert!(issues::get(tx, IssueId(1_000_000)).await.unwrap().is_none());
    }

    async fn an_issue_moves_only_from_where_it_is(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let id = ground.issue;
        let tx = &mut ground.tx;
        assert!(!issues::advance(tx, id, Queued, Preparing, "no", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert_eq!(issues::get(tx, id).await.unwrap().unwrap().note, "", "nothing of it was written");
        assert!(issues::advance(tx, id, Sending, Paused, "refused", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        let paused = issues::get(tx, id).await.unwrap().unwrap();
        assert_eq!((paused.state, paused.note.as_str()), (Paused, "refused"));
        assert!(!issues::advance(tx, id, Sending, Paused, "twice", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert!(!issues::advance(tx, IssueId(1_000_000), Sending, Paused, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
    }

    async fn a_due_issue_moves_only_for_the_time_it_is_queued_for(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let id = issues_due(&mut ground, Queued, &[("queued", 1)]).await[0];
        let tx = &mut ground.tx;
        assert!(!issues::prepare(tx, id, minute(2)).await.unwrap(), "that is another time");
        assert!(!issues::hold_due(tx, id, minute(2), "late", acts::by(NOW)).await.unwrap(), "that is another time");
        assert!(issues::prepare(tx, id, minute(1)).await.unwrap());
        assert!(!issues::prepare(tx, id, minute(1)).await.unwrap(), "it is queued no more");
        assert!(!issues::hold_due(tx, id, minute(1), "late", acts::by(NOW)).await.unwrap());
        assert!(issues::start(tx, id, 7, acts::by(minute(3))).await.unwrap());
        assert!(!issues::start(tx, id, 7, acts::by(minute(4))).await.unwrap(), "once");
        let moved = issues::get(tx, id).await.unwrap().unwrap();
        assert_eq!((moved.state, moved.started_at), (Sending, Some(minute(3))));

        let id = issues_due(&mut ground, Queued, &[("late", 1)]).await[0];
        let tx = &mut ground.tx;
        assert!(issues::hold_due(tx, id, minute(1), "late", acts::by(NOW)).await.unwrap());
        let moved = issues::get(tx, id).await.unwrap().unwrap();
        assert_eq!((moved.state, moved.note.as_str()), (Held, "late"));
    }

    async fn content_changes_only_in_the_state_it_was_looked_at_in(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (id, older, content): (_, RevisionId, _) = (ground.issue, ground.older, ground.revision);
        let tx = &mut ground.tx;
        assert!(!issues::revise(tx, id, Draft, "Older", older, acts::by(NOW)).await.unwrap());
        assert!(!issues::put_content(tx, id, Draft, "Older", older).await.unwrap());
        assert!(issues::put_content(tx, id, Sending, "Older", content).await.unwrap());
        assert_eq!(issues::get(tx, id).await.unwrap().unwrap().revision_id, content);
        assert!(issues::revise(tx, id, Sending, "Older", older, acts::by(NOW)).await.unwrap());
        let revised = issues::get(tx, id).await.unwrap().unwrap();
        assert_eq!((revised.revision_id, revised.title.as_str(), revised.state), (older, "Older", Sending));
    }

    async fn a_moment_takes_one_issue(db: Db) {
        let place = |minutes, on_slot, beside| QueuePlace { due_at: minute(minutes), on_slot, beside };
        let slot = |minutes| place(minutes, true, false);
        let mut ground = StoreFixture::new(&db).await;
        let ids = issues_due(&mut ground, Draft, &[("one", 0), ("two", 0), ("three", 0)]).await;
        let (by, content) = (acts::by(NOW), ground.older);
        let tx = &mut ground.tx;
        assert!(!issues::queue(tx, ids[0], Held, slot(9), by).await.unwrap(), "it is a draft");
        assert!(issues::queue(tx, ids[0], Draft, slot(9), by).await.unwrap());
        // Unless it is meant.
        assert!(issues::queue(tx, ids[1], Draft, place(9, false, true), by).await.unwrap());
        let queued = issues::get(tx, ids[0]).await.unwrap().unwrap();
        assert_eq!((queued.state, queued.due_at, queued.on_slot), (Queued, Some(minute(9)), true));
        ground.tx.commit().await.unwrap();
        for taken in [slot(9), place(9, false, false)] {
            let taken = db.write(async |tx| issues::queue(tx, ids[2], Draft, taken, by).await).await.unwrap_err();
            assert!(taken.is_unique_violation() && taken.is_conflict(), "{taken}");
        }
        assert!(db.write(async |tx| issues::queue(tx, ids[2], Draft, slot(10), by).await).await.unwrap());
        let shifted = db.write(async |tx| issues::shift(tx, ids[2], minute(10), slot(9), content, by).await).await.unwrap_err();
        assert!(shifted.is_unique_violation(), "{shifted}");
        let elsewhere = db.write(async |tx| issues::shift(tx, ids[2], minute(11), slot(12), content, by).await).await.unwrap();
        assert!(!elsewhere, "it is not there");
        assert!(!db.write(async |tx| issues::make_way(tx, ids[0], minute(11)).await).await.unwrap());
        assert!(db.write(async |tx| issues::make_way(tx, ids[0], minute(9)).await).await.unwrap());
        assert!(db.write(async |tx| issues::shift(tx, ids[2], minute(10), slot(9), content, by).await).await.unwrap());
        assert_eq!(issues::get(&mut db.read().await.unwrap(), ids[2]).await.unwrap().unwrap().place(), Some(slot(9)));
        assert_eq!(issues::get(&mut db.read().await.unwrap(), ids[2]).await.unwrap().unwrap().revision_id, content);
        // Its place is free again when it has gone on.
        let event = Event::IssueResumed;
        db.write(async |tx| issues::advance(tx, ids[2], Queued, Draft, "", by, &event).await).await.unwrap();
        assert!(db.write(async |tx| issues::queue(tx, ids[0], Queued, slot(9), by).await).await.unwrap());
    }

    async fn lists_have_their_order(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        issues_due(&mut ground, Queued, &[("late", 30), ("early", -30), ("now", 0)]).await;
        issues_due(&mut ground, Draft, &[("draft", -60)]).await;
        let month: NewsletterId = newsletters::ensure(&mut ground.tx, "month", NOW).await.unwrap();
        let content = revision(&mut ground.tx, month, DeliveryKind::Issue, "text").await;
        let new = NewIssue { due_at: Some(minute(-10)), ..new_issue(month, content, "monthly", Queued) };
        issues::insert(&mut ground.tx, &new, acts::by(NOW)).await.unwrap();
        let week = ground.week;
        let tx = &mut ground.tx;
        let list = async |tx: &mut coranto::store::Tx, state, limit| {
            let found = issues::list(tx, week, state, limit).await.unwrap();
            found.into_iter().map(|issue| issue.slug).collect::<Vec<_>>()
        };
        assert_eq!(list(tx, None, 10).await, ["late", "now", "first", "early", "draft"]);
        assert_eq!(list(tx, None, 2).await, ["late", "now"]);
        assert_eq!(list(tx, Some(Draft), 1).await, ["draft"], "what is limited is what was asked for");
        assert_eq!(slugs(&issues::open(tx, week).await.unwrap()), ["early", "first", "now", "late"]);
        assert_eq!(slugs(&issues::open(tx, NewsletterId::NONE).await.unwrap()), [""; 0]);
        assert!(issues::last_ended(tx, week).await.unwrap().is_none());
        assert_eq!(slugs(&issues::in_state(tx, Queued).await.unwrap()), ["early", "monthly", "now", "late"]);
        assert_eq!(slugs(&issues::in_state(tx, Sending).await.unwrap()), ["first"]);
        assert_eq!(slugs(&issues::due(tx, NOW).await.unwrap()), ["early", "monthly", "now"], "a draft is never due");
        assert_eq!(slugs(&issues::due(tx, minute(-31)).await.unwrap()), [""; 0]);
        assert_eq!(issues::taken_times(tx, week).await.unwrap(), [minute(-30), NOW, minute(30)]);
        assert_eq!(issues::taken_times(tx, month).await.unwrap(), [minute(-10)]);
        assert_eq!(slugs(&issues::queued(tx, week).await.unwrap()), ["early", "now", "late"]);
        assert_eq!(slugs(&issues::named(tx, "monthly").await.unwrap()), ["monthly"]);
        assert!(issues::named(tx, "nowhere").await.unwrap().is_empty());
        let owners = issues::owners(tx).await.unwrap();
        assert!(owners.contains(&("month".to_owned(), "monthly".to_owned())) && owners.len() == 6, "{owners:?}");
    }

    async fn what_is_noted_of_an_issue_is_kept(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let other = ground.issue("other", Queued).await;
        let id = ground.issue;
        let tx = &mut ground.tx;
        issues::note_asked(tx, id, "2026-11-27 09:00").await.unwrap();
        issues::note_file(tx, id, Some("/elsewhere/first.md")).await.unwrap();
        assert_eq!(issues::get(tx, id).await.unwrap().unwrap().file.as_deref(), Some("/elsewhere/first.md"));
        assert!(!issues::note_why(tx, id, Draft, "no").await.unwrap(), "it is not there");
        assert!(issues::note_why(tx, id, Sending, "why").await.unwrap());
        assert_eq!(issues::get(tx, id).await.unwrap().unwrap().note, "why");
        assert!(issues::note_why(tx, id, Sending, "").await.unwrap());
        acts::started(tx, id, minute(3)).await;
        let noted = issues::get(tx, id).await.unwrap().unwrap();
        assert_eq!((noted.asked.as_str(), noted.started_at), ("2026-11-27 09:00", Some(minute(3))));
        let other = issues::get(tx, other).await.unwrap().unwrap();
        assert_eq!((other.asked.as_str(), other.started_at), ("", None));
        assert!(issues::lock(tx, id).await.unwrap());
        assert!(!issues::lock(tx, IssueId(1_000_000)).await.unwrap());
        assert_eq!(issues::get(tx, id).await.unwrap().unwrap().state, Sending, "holding it changes nothing");
    }

    async fn an_issue_is_finished_when_nothing_of_it_is_open(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        for final_state in [Sent, Failed, Skipped] {
            ground.row(final_state, ground.live).await;
        }
        let id = ground.issue;
        for open in [Pending, Claimed, InFlight, Uncertain] {
            let row = ground.row(open, ground.live).await;
            assert!(issues::finish(&mut ground.tx, id, acts::by(NOW)).await.unwrap().is_none(), "a row is {open}");
            assert_eq!(state(&mut ground, id).await, Sending);
            let sql = "UPDATE deliveries SET state = $2 WHERE id = $1";
            ground.tx.sql(sql).bind(row).bind(DeliveryState::Sent).execute().await.unwrap();
        }
        // Another issue's rows are none of its business.
        let other = ground.issue("other", Sending).await;
        let reader = ground.reader("reader-of-both", coranto::domain::subscriber::SubscriptionState::Active).await;
        let pending = ground.entry(Pending, ground.live);
        ground.put(Some(other), Some(reader), &pending).await;
        assert!(issues::advance(&mut ground.tx, id, Sending, Paused, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert!(issues::finish(&mut ground.tx, id, acts::by(NOW)).await.unwrap().is_none(), "it is paused");
        assert!(issues::advance(&mut ground.tx, id, Paused, Sending, "", acts::by(NOW), &Event::IssueResumed).await.unwrap());
        assert_eq!(issues::first_finished(&mut ground.tx).await.unwrap(), None);
        assert!(issues::finish(&mut ground.tx, id, acts::by(minute(5))).await.unwrap().is_some());
        assert_eq!(issues::first_finished(&mut ground.tx).await.unwrap(), Some(minute(5)));
        let week = ground.week;
        assert_eq!(issues::last_ended(&mut ground.tx, week).await.unwrap().map(|issue| issue.id), Some(id));
        let finished = issues::get(&mut ground.tx, id).await.unwrap().unwrap();
        assert_eq!((finished.state, finished.finished_at), (IssueState::Sent, Some(minute(5))));
        assert!(issues::finish(&mut ground.tx, id, acts::by(minute(6))).await.unwrap().is_none(), "once");
        assert!(issues::finish(&mut ground.tx, other, acts::by(NOW)).await.unwrap().is_none());
    }
}
