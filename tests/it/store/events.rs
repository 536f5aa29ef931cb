//! The log: it keeps the order in which it was written.

use coranto::domain::actor::Actor;
use coranto::domain::event::Event;
use coranto::store::Db;
use coranto::store::events::{self, About};

use super::ground::{NOW, StoreFixture, minute};
use crate::harness::acts;
use crate::harness::database::both_databases;
use coranto::domain::issue::IssueState;

both_databases! {
    async fn events_stand_in_the_order_in_which_they_were_appended(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let other = ground.issue("other", IssueState::Draft).await;
        let (week, issue) = (ground.week, ground.issue);
        let tx = &mut ground.tx;
        let about = |issue| About { newsletter: Some(week), issue, subscription: None };
        let (anna, relay) = (Actor::Command("anna".to_owned()), Actor::Relay("main".to_owned()));
        let before = events::of_issue(tx, issue).await.unwrap().len();
        let queued = Event::IssueQueued { revision: 7, due_at: None };
        events::append(tx, anna.at(NOW), about(Some(issue)), &queued).await.unwrap();
        events::append(tx, anna.at(NOW), about(Some(other)), &Event::IssueResumed).await.unwrap();
        events::append(tx, relay.at(NOW), about(None), &Event::RelayUp { relay: "main".to_owned() }).await.unwrap();
        // A clock that was set back does not change what came first.
        events::append(tx, acts::by(minute(-5)), about(Some(issue)), &Event::IssueResumed).await.unwrap();
        let log = events::of_issue(tx, issue).await.unwrap().split_off(before);
        let told: Vec<_> = log.iter().map(|one| (one.at, one.kind.as_str(), one.actor.as_str(), one.data.as_str())).collect();
        assert_eq!(
            told,
            [
                (NOW, "issue.queued", "command:anna", r#"{"due_at":null,"revision":7}"#),
                (minute(-5), "issue.resumed", "scheduler", "{}"),
            ]
        );
        assert!(log[0].id < log[1].id);
        assert_eq!(events::of_issue(tx, other).await.unwrap().len(), 2);
    }
}
