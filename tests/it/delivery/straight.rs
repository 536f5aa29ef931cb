//! The straight path: everybody gets the issue once, and it is finished.

use coranto::domain::delivery::DeliveryState;
use coranto::domain::issue::IssueState;
use coranto::store::Db;

use super::stage::DeliveryFixture;
use crate::harness::database::both_databases;

both_databases! {
    async fn everybody_gets_the_issue_once(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let locals = stage.crowd(200).await;
        let issue = stage.issue("straight").await;

        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;

        let totals = stage.totals(issue).await;
        assert_eq!((totals.readers, totals.sent, totals.open()), (200, 200, 0));
        assert_eq!(stage.sink.messages().len(), 200);
        for local in &locals {
            let mails = stage.mails(local);
            assert_eq!(mails.len(), 1, "{local}");
            let row = stage.row(issue, local).await;
            assert_eq!((row.state, row.attempts, row.relay.as_deref()), (DeliveryState::Sent, 1, Some("main")));
            assert!(mails[0].from.starts_with("b+") && mails[0].from.ends_with("@bounce.news.example.org"), "{}", mails[0].from);
        }
        assert!(stage.get(issue).await.finished_at.is_some());
    }

    async fn an_issue_without_readers_is_finished_at_once(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let issue = stage.issue("nobody").await;
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.totals(issue).await.readers, 0);
    }
}
