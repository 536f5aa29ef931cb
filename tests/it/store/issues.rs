//! Issues, revisions, events: what is stored is found again, and a state changes only from where it was expected.

use coranto::domain::delivery::DeliveryKind;
use coranto::domain::delivery::DeliveryState::{Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::issue::IssueState::{self, Draft, Held, Paused, Preparing, Queued, Sending, Stopped};
use coranto::domain::{IssueId, NewsletterId, RevisionId};
use coranto::store::events::{self, About};
use coranto::store::issues::{self, NewIssue};
use coranto::store::{Db, Tx, newsletters, revisions};

use super::ground::{Ground, HOUR, NOW, content, new_issue};
use crate::harness::database::both_databases;

async fn lay(tx: &mut Tx) -> (NewsletterId, RevisionId) {
    let week = newsletters::ensure(tx, "week", NOW).await.unwrap();
    (week, revisions::ensure(tx, week, &content(DeliveryKind::Issue, "One"), NOW).await.unwrap())
}

async fn state(tx: &mut Tx, id: IssueId) -> IssueState {
    issues::get(tx, id).await.unwrap().unwrap().state
}

both_databases! {
    async fn the_same_content_is_the_same_revision(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let (week, revision) = lay(&mut tx).await;
        let other = newsletters::ensure(&mut tx, "other", NOW).await.unwrap();
        let mut new = content(DeliveryKind::Issue, "One");
        assert_eq!(revisions::ensure(&mut tx, week, &new, NOW.plus(HOUR)).await.unwrap(), revision);
        assert_ne!(revisions::ensure(&mut tx, other, &new, NOW).await.unwrap(), revision);
        let found = revisions::get(&mut tx, revision).await.unwrap().unwrap();
        assert_eq!((found.newsletter_id, found.kind, found.digest), (week, DeliveryKind::Issue, new.digest()));
        assert_eq!((found.slug.as_deref(), &*found.html, &*found.plain), (Some("first"), "<p>Text</p>", "Text"));
        new.html.push(' ');
        assert_ne!(revisions::ensure(&mut tx, week, &new, NOW).await.unwrap(), revision);
        assert!(revisions::get(&mut tx, RevisionId(1_000_000)).await.unwrap().is_none());
        assert_eq!(newsletters::find(&mut tx, "other").await.unwrap(), Some(other));
        assert_eq!(newsletters::find(&mut tx, "none").await.unwrap(), None);
    }

    async fn a_slug_is_taken_once_per_newsletter(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let (week, revision) = lay(&mut tx).await;
        let id = issues::insert(&mut tx, &new_issue(week, "first", revision), NOW).await.unwrap().unwrap();
        assert_eq!(issues::insert(&mut tx, &new_issue(week, "first", revision), NOW).await.unwrap(), None);
        let found = issues::find(&mut tx, week, "first").await.unwrap().unwrap();
        assert_eq!((found.id, found.state, found.due_at, found.created_at), (id, Sending, Some(NOW), NOW));
        assert_eq!((&*found.asked, &*found.note, found.started_at, found.finished_at), ("", "", None, None));
        assert!(issues::find(&mut tx, week, "second").await.unwrap().is_none());
        issues::note_asked(&mut tx, id, "next").await.unwrap();
        issues::mark_started(&mut tx, id, NOW).await.unwrap();
        let found = issues::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((&*found.asked, found.started_at), ("next", Some(NOW)));
        assert!(issues::lock(&mut tx, id).await.unwrap());
        assert!(!issues::lock(&mut tx, IssueId(1_000_000)).await.unwrap());
    }

    async fn what_is_due_is_told_from_what_is_not(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let (week, revision) = lay(&mut tx).await;
        let later = NOW.plus(HOUR);
        let plan = [("late", Queued, Some(later)), ("now", Queued, Some(NOW)), ("draft", Draft, None), ("held", Held, Some(NOW))];
        for (slug, state, due_at) in plan {
            let new = NewIssue { state, due_at, ..new_issue(week, slug, revision) };
            issues::insert(&mut tx, &new, NOW.minus(HOUR)).await.unwrap().unwrap();
        }
        let slugs = |issues: Vec<issues::Issue>| issues.into_iter().map(|issue| issue.slug).collect::<Vec<_>>();
        assert_eq!(slugs(issues::due(&mut tx, NOW).await.unwrap()), ["now"]);
        assert_eq!(slugs(issues::due(&mut tx, later).await.unwrap()), ["now", "late"]);
        assert_eq!(issues::taken_times(&mut tx, week).await.unwrap(), [NOW, later]);
        assert_eq!(slugs(issues::in_state(&mut tx, Queued).await.unwrap()), ["now", "late"]);
        assert_eq!(slugs(issues::in_state(&mut tx, Sending).await.unwrap()), [""; 0]);
        assert_eq!(slugs(issues::list(&mut tx, week, 9).await.unwrap()), ["late", "held", "now", "draft"]);
        assert_eq!(slugs(issues::list(&mut tx, week, 1).await.unwrap()), ["late"]);
    }

    async fn a_state_changes_only_from_the_one_expected(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let (week, revision) = lay(&mut tx).await;
        let new = NewIssue { state: Draft, due_at: None, ..new_issue(week, "first", revision) };
        let id = issues::insert(&mut tx, &new, NOW).await.unwrap().unwrap();
        assert!(!issues::queue(&mut tx, id, Held, NOW, false).await.unwrap());
        assert!(issues::queue(&mut tx, id, Draft, NOW, true).await.unwrap());
        assert!(!issues::advance_due(&mut tx, id, NOW.plus(HOUR), Preparing, "").await.unwrap(), "it is due at another time");
        assert!(issues::advance_due(&mut tx, id, NOW, Preparing, "").await.unwrap());
        assert!(!issues::advance_due(&mut tx, id, NOW, Preparing, "").await.unwrap(), "it is not queued any more");
        assert!(issues::advance(&mut tx, id, Preparing, Sending, "").await.unwrap());
        assert!(!issues::advance(&mut tx, id, Preparing, Sending, "").await.unwrap());
        assert!(issues::advance(&mut tx, id, Sending, Paused, "a typo").await.unwrap());
        assert_eq!(issues::get(&mut tx, id).await.unwrap().unwrap().note, "a typo");

        let fixed = revisions::ensure(&mut tx, week, &content(DeliveryKind::Issue, "Two"), NOW).await.unwrap();
        assert!(!issues::revise(&mut tx, id, Sending, "Two", fixed).await.unwrap());
        assert!(issues::revise(&mut tx, id, Paused, "Two", fixed).await.unwrap());
        let found = issues::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((&*found.title, found.revision_id, found.on_slot), ("Two", fixed, true));
        assert!(issues::advance(&mut tx, id, Paused, Stopped, "").await.unwrap());
    }

    async fn an_issue_is_finished_when_every_row_is_final(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 2).await;
        ground.put(&mut tx, ground.rows[1], Sent).await;
        for open in [Pending, Claimed, InFlight, Uncertain] {
            ground.put(&mut tx, ground.rows[0], open).await;
            assert!(!issues::finish(&mut tx, ground.issue, NOW).await.unwrap(), "{open:?}");
        }
        for last in [Sent, Failed, Skipped] {
            ground.put(&mut tx, ground.rows[0], last).await;
            assert!(issues::finish(&mut tx, ground.issue, NOW).await.unwrap(), "{last:?}");
            assert_eq!(issues::get(&mut tx, ground.issue).await.unwrap().unwrap().finished_at, Some(NOW));
            assert!(!issues::finish(&mut tx, ground.issue, NOW).await.unwrap(), "it is finished");
            assert!(issues::advance(&mut tx, ground.issue, IssueState::Sent, Sending, "").await.unwrap());
        }
        assert!(issues::advance(&mut tx, ground.issue, Sending, Paused, "").await.unwrap());
        assert!(!issues::finish(&mut tx, ground.issue, NOW).await.unwrap(), "it is paused");
        assert_eq!(state(&mut tx, ground.issue).await, Paused);
    }

    async fn events_keep_their_order(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 1).await;
        let about = About { newsletter: Some(ground.newsletter), issue: Some(ground.issue), subscription: None };
        for (kind, at) in [("issue.queued", NOW), ("issue.started", NOW), ("issue.paused", NOW.minus(HOUR))] {
            events::append(&mut tx, at, kind, "cli", about, "{\"a\":1}").await.unwrap();
        }
        events::append(&mut tx, NOW, "reader.left", "web", About::default(), "{}").await.unwrap();
        let found = events::of_issue(&mut tx, ground.issue).await.unwrap();
        let kinds = found.iter().map(|event| &*event.kind).collect::<Vec<_>>();
        assert_eq!(kinds, ["issue.queued", "issue.started", "issue.paused"]);
        assert_eq!((found[0].at, &*found[0].actor, &*found[0].data), (NOW, "cli", "{\"a\":1}"));
        assert!(found.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
