//! A report stays to the row what it was when the rows that it counts go, in histories at random, on both engines.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::IssueId;
use coranto::domain::retention::Expiry;
use coranto::inbound::issue_report;
use coranto::store::{Db, Tx, folded, issue_sums, issues, ledger, retention};

use super::ground::{NOW, StoreFixture, minute};
use super::issue_sums::{Dice, History};
use crate::harness::database::both_databases;

/// All that anybody is told of an issue, but for the words of replies.
async fn told(tx: &mut Tx, issue: IssueId) -> String {
    let stored = issues::get(tx, issue).await.unwrap().unwrap();
    let mut report = issue_report::report(tx, "week", &stored, NOW).await.unwrap();
    report.by_destination.iter_mut().filter_map(|line| line.trouble.as_mut()).for_each(|one| one.diagnostic.clear());
    let summary = issue_report::summary(tx, "week", &stored, NOW).await.unwrap();
    let totals = ledger::totals(tx, issue).await.unwrap();
    let revisions = ledger::sent_by_revision(tx, issue).await.unwrap();
    let text = serde_json::to_string_pretty(&(&report, &summary)).unwrap();
    format!("{text} {totals:?} {revisions:?} {}", ledger::readers(tx, issue).await.unwrap())
}

/// Counts who unsubscribed for good.
async fn attribute(ground: &mut StoreFixture, issue: IssueId) -> bool {
    let (tx, week) = (&mut ground.tx, ground.week);
    let stored = issues::get(tx, issue).await.unwrap().unwrap();
    let until = stored.finished_at.unwrap().plus(Duration::from_secs(14 * 86_400));
    let sums = issue_sums::unsubscribed(tx, (week, issue), stored.started_at.unwrap(), until).await.unwrap();
    issue_sums::attribute(tx, issue, &sums, NOW).await.unwrap()
}

both_databases! {
    async fn a_report_is_the_same_before_and_after_its_rows_go(db: Db) {
        let rounds = crate::harness::environment("CORANTO_HISTORIES").map_or(30, |typed| typed.parse().unwrap());
        let mut folds = 0;
        for seed in 0..rounds {
            let mut ground = StoreFixture::new(&db).await;
            let mut dice = Dice::new(seed);
            let (_, both) = History::write(&mut ground, &mut dice, seed).await;
            let tx = &mut ground.tx;
            // Nothing waits of an issue that is over.
            tx.sql("UPDATE notices SET settle_at = NULL, effect = CASE effect WHEN 'waiting' THEN 'counted' WHEN 'held' THEN 'discarded' ELSE effect END")
                .execute().await.unwrap();
            tx.sql("UPDATE issues SET state = 'sent', finished_at = started_at + 777600000 WHERE state = 'sending'").execute().await.unwrap();
            let mut before = Vec::new();
            for issue in both {
                before.push(told(&mut ground.tx, issue).await);
            }
            // In either order: what is counted of one does not hang on the rows of the other.
            let order = if dice.chance(50) { [0, 1] } else { [1, 0] };
            for number in order {
                assert!(attribute(&mut ground, both[number]).await);
            }
            for number in order {
                let issue = both[number];
                loop {
                    let limit = dice.range(1..6);
                    if folded::fold(&mut ground.tx, issue, NOW, limit).await.unwrap() == 0 {
                        break;
                    }
                    folds += 1;
                    for (issue, before) in both.iter().zip(&before) {
                        assert_eq!(&told(&mut ground.tx, *issue).await, before, "seed {seed}");
                    }
                }
            }
            // Who unsubscribed goes, and so does what came back, the oldest first.
            ground.tx.sql("DELETE FROM consents").execute().await.unwrap();
            let everything = minute(90 * 24 * 60);
            for issue in issue_sums::issues_to_count(&mut ground.tx, everything).await.unwrap() {
                let began = issues::get(&mut ground.tx, issue).await.unwrap().unwrap().started_at.unwrap();
                let sums = issue_sums::notices_to_keep(&mut ground.tx, issue, began).await.unwrap();
                assert!(issue_sums::keep_notices(&mut ground.tx, issue, &sums, everything).await.unwrap());
                assert!(!issue_sums::keep_notices(&mut ground.tx, issue, &sums, everything).await.unwrap());
            }
            loop {
                for (issue, before) in both.iter().zip(&before) {
                    assert_eq!(&told(&mut ground.tx, *issue).await, before, "seed {seed}");
                }
                if retention::delete(&mut ground.tx, Expiry::Notices, everything, 4).await.unwrap() == 0 {
                    break;
                }
            }
            assert!(issue_sums::issues_to_count(&mut ground.tx, everything).await.unwrap().is_empty());
        }
        assert!(folds > rounds, "{folds}");
    }

    async fn who_unsubscribed_is_counted_when_it_is_settled_and_anew_after_a_retry(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (_, both) = History::write(&mut ground, &mut Dice::new(7), 7).await;
        let issue = both[0];
        let day = |days: i64| minute(days * 24 * 60);
        assert_eq!(issue_sums::attributed(&mut ground.tx, issue).await.unwrap(), None);
        ground.tx.sql("UPDATE issues SET state = 'sent', finished_at = $2 WHERE id = $1").bind(issue).bind(day(-31)).execute().await.unwrap();
        let early = Timestamp(day(-17).0 - 1);
        assert!(issue_sums::issues_to_attribute(&mut ground.tx, early).await.unwrap().is_empty());
        assert_eq!(issue_sums::issues_to_attribute(&mut ground.tx, day(-17)).await.unwrap(), [issue]);
        let live = issue_sums::unsubscribed(&mut ground.tx, (ground.week, issue), day(-40), day(-17)).await.unwrap();
        assert!(!live.is_empty(), "the seed tells nothing");
        assert!(attribute(&mut ground, issue).await && !attribute(&mut ground, issue).await);
        assert_eq!(issue_sums::attributed(&mut ground.tx, issue).await.unwrap(), Some(live));
        assert!(issue_sums::attribute_anew(&mut ground.tx, issue).await.unwrap());
        assert!(!issue_sums::attribute_anew(&mut ground.tx, issue).await.unwrap());
        assert_eq!(issue_sums::attributed(&mut ground.tx, issue).await.unwrap(), None);
        // What is folded cannot be counted anew.
        assert!(attribute(&mut ground, issue).await);
        assert!(folded::fold(&mut ground.tx, issue, NOW, 1).await.unwrap() > 0);
        assert!(!issue_sums::attribute_anew(&mut ground.tx, issue).await.unwrap());
        assert_eq!(folded::without_domain(&mut ground.tx, issue).await.unwrap(), 0);
    }

    async fn an_issue_that_a_person_ended_has_its_time_from_then(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        ground.row(coranto::domain::delivery::DeliveryState::Sent, ground.live).await;
        let sql = "UPDATE issues SET state = 'stopped', started_at = $2, stopped_at = $3 WHERE id = $1";
        ground.tx.sql(sql).bind(issue).bind(minute(-50)).bind(minute(-5)).execute().await.unwrap();
        assert_eq!(folded::count(&mut ground.tx, minute(-6)).await.unwrap(), 0);
        assert_eq!(folded::next(&mut ground.tx, minute(-6)).await.unwrap(), None);
        assert_eq!(folded::fold(&mut ground.tx, issue, minute(-6), 9).await.unwrap(), 0);
        assert_eq!(folded::next(&mut ground.tx, minute(-5)).await.unwrap(), Some(issue));
        assert_eq!(folded::fold(&mut ground.tx, issue, minute(-5), 9).await.unwrap(), 1);
    }

    async fn kinds_that_came_later_begin_once(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert!(retention::later(&mut tx).await.unwrap().is_empty());
        assert!(retention::begin_kind(&mut tx, Expiry::Revisions, NOW).await.unwrap());
        assert!(!retention::begin_kind(&mut tx, Expiry::Revisions, minute(1)).await.unwrap());
        assert_eq!(retention::later(&mut tx).await.unwrap(), [("revisions".to_owned(), NOW)]);
    }
}
