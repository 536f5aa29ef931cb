//! The log: it keeps the order in which it was written.

use coranto::store::Db;
use coranto::store::events::{self, About};

use super::ground::{Ground, NOW, minute};
use crate::harness::database::both_databases;
use coranto::domain::issue::IssueState;

both_databases! {
    async fn events_stand_in_the_order_in_which_they_were_appended(db: Db) {
        let mut ground = Ground::new(&db).await;
        let other = ground.issue("other", IssueState::Draft).await;
        let (week, issue) = (ground.week, ground.issue);
        let tx = &mut ground.tx;
        let about = |issue| About { newsletter: Some(week), issue, subscription: None };
        events::append(tx, NOW, "issue.queued", "cli", about(Some(issue)), r#"{"slot":"Fri 09:00"}"#).await.unwrap();
        events::append(tx, NOW, "issue.queued", "cli", about(Some(other)), "{}").await.unwrap();
        events::append(tx, NOW, "relay.down", "delivery", about(None), "{}").await.unwrap();
        // A clock that was set back does not change what came first.
        events::append(tx, minute(-5), "issue.started", "schedule", about(Some(issue)), "{}").await.unwrap();
        let log = events::of_issue(tx, issue).await.unwrap();
        let told: Vec<_> = log.iter().map(|one| (one.at, one.kind.as_str(), one.actor.as_str(), one.data.as_str())).collect();
        assert_eq!(
            told,
            [
                (NOW, "issue.queued", "cli", r#"{"slot":"Fri 09:00"}"#),
                (minute(-5), "issue.started", "schedule", "{}"),
            ]
        );
        assert!(log[0].id < log[1].id);
        assert_eq!(events::of_issue(tx, other).await.unwrap().len(), 1);
    }
}
