//! An issue is paused, mended and resumed while rows still wait in memory for a slow relay: what waited there is neither
//! sent with the old text nor sent twice.

use std::collections::BTreeMap;

use coranto::delivery::control;
use coranto::domain::issue::IssueState;
use coranto::store::{Db, issues};

use super::stage::DeliveryFixture;
use crate::harness::acts;
use crate::harness::database::both_databases;

both_databases! {
    async fn what_waits_for_a_relay_when_its_issue_is_paused_is_claimed_anew(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        // Some wait for a place when the pause comes, and still do at the resume.
        stage.settings.relays[0].rate_per_minute = Some(60 * 20);
        let locals: Vec<String> = (0..40).map(|number| format!("reader{number}")).collect();
        stage.readers(&locals.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let issue = stage.issue("mended").await;
        let mended = stage.revision("mended", "second").await;

        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 6).await;
        let now = stage.clock.now();
        control::pause(&stage.db, issue, "a wrong date", acts::by(now)).await.unwrap();
        let before = stage.sink.messages().len();
        let revised = stage
            .db
            .write(async |tx| issues::revise(tx, issue, IssueState::Paused, "mended", mended, acts::by(stage.clock.now())).await)
            .await
            .unwrap();
        assert!(revised);
        control::resume(&stage.db, issue, acts::by(now)).await.unwrap();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;

        let mut copies = BTreeMap::<String, usize>::new();
        let mut old = 0;
        for message in stage.sink.messages() {
            *copies.entry(message.to[0].clone()).or_default() += 1;
            old += usize::from(message.data.windows(5).any(|window| window == b"first"));
        }
        assert_eq!(copies.len(), locals.len(), "everybody got it");
        assert!(copies.values().all(|copies| *copies == 1), "{copies:?}");
        // What had taken off when the pause came is finished as it was: one mail per connection.
        assert!(old <= before + stage.settings.in_doubt_max(), "{old} with the old text, {before} of them before the pause");
        assert!(old < locals.len());
    }
}
