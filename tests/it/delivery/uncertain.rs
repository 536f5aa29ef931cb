//! The final dot left and no answer came: shown, never hidden, and sent again only as the newsletter's policy says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coranto::delivery::control::{self, RetryScope};
use coranto::domain::delivery::DeliveryState::{Failed, Sent, Skipped, Uncertain};
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::UncertainPolicy;
use coranto::store::{Db, issues};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, START, endpoint_at, relay_to};
use crate::harness::acts;
use crate::harness::database::both_databases;

const WAIT: Duration = Duration::from_secs(30 * 60);

/// A relay that leaves the first `times` dots of `doubtful` without an answer.
async fn forgetful(times: usize) -> Script {
    let dots = AtomicUsize::new(0);
    Script::start(move |asked: &Asked| match asked.verb {
        "DOT" if asked.reader == "doubtful" && dots.fetch_add(1, Ordering::SeqCst) < times => Answer::Drop,
        _ => Answer::Usual,
    })
    .await
}

async fn stage_with(db: Db, script: &Script, policy: UncertainPolicy) -> DeliveryFixture {
    let mut stage = DeliveryFixture::new(db).await;
    stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
    stage.settings.newsletters[0].newsletter.uncertain = policy;
    stage.bear_leaps();
    stage.readers(&["doubtful", "healthy"]).await;
    stage
}

fn mails(script: &Script, reader: &str) -> Vec<Vec<u8>> {
    script.taken().into_iter().filter(|(to, _)| to == reader).map(|(_, mail)| mail).collect()
}

both_databases! {
    async fn the_same_mail_goes_out_again(db: Db) {
        let script = forgetful(1).await;
        let stage = stage_with(db, &script, UncertainPolicy::Resend).await;
        let issue = stage.issue("again").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.uncertain == 1 && totals.sent == 1).await;
        let row = stage.row(issue, "doubtful").await;
        assert_eq!((row.state, row.attempts, row.due_at), (Uncertain, 1, Some(START.plus(WAIT))));

        // Not a moment before its time; and an edit in between does not change what it gets.
        stage.clock.advance(WAIT - Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(120)).await;
        assert_eq!(stage.row(issue, "doubtful").await.state, Uncertain);
        assert_eq!(stage.get(issue).await.state, IssueState::Sending, "not sent while a row is uncertain");
        let now = stage.clock.now();
        control::pause(&stage.db, issue, "an edit", acts::by(now)).await.unwrap();
        let second = stage.revision("again", "second").await;
        let revised = stage.db.write(async |tx| issues::revise(tx, issue, IssueState::Paused, "again", second, acts::by(stage.clock.now())).await);
        assert!(revised.await.unwrap());
        control::resume(&stage.db, issue, acts::by(now)).await.unwrap();

        stage.clock.advance(Duration::from_secs(1));
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "doubtful").await, (Sent, 2, None));
        let mails = mails(&script, "doubtful");
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], mails[1], "the same bytes, Message-ID and Date among them");
        let events = stage.events().await;
        assert_eq!(events.iter().filter(|(kind, _)| kind == "delivery.uncertain").count(), 1);
    }

    async fn a_refusal_in_between_does_not_change_the_mail(db: Db) {
        // Uncertain, then put off, then taken: the first may have arrived, so the third must be the same mail.
        let (dots, rcpts) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let script = Script::start(move |asked: &Asked| match asked.verb {
            "DOT" if asked.reader == "doubtful" && dots.fetch_add(1, Ordering::SeqCst) == 0 => Answer::Drop,
            "RCPT" if asked.reader == "doubtful" && rcpts.fetch_add(1, Ordering::SeqCst) == 1 => {
                Answer::Say("452 4.2.2 Mailbox full")
            }
            _ => Answer::Usual,
        })
        .await;
        let stage = stage_with(db, &script, UncertainPolicy::Resend).await;
        let issue = stage.issue("between").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.uncertain == 1 && totals.sent == 1).await;
        let now = stage.clock.now();
        control::pause(&stage.db, issue, "an edit", acts::by(now)).await.unwrap();
        let second = stage.revision("between", "second").await;
        let revised = stage.db.write(async |tx| issues::revise(tx, issue, IssueState::Paused, "between", second, acts::by(stage.clock.now())).await);
        assert!(revised.await.unwrap());
        control::resume(&stage.db, issue, acts::by(now)).await.unwrap();
        stage.clock.advance(WAIT);
        stage.wait_for_tries(issue, "doubtful", 2).await;
        stage.advance_to(issue, "doubtful").await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let mails = mails(&script, "doubtful");
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0], mails[1]);
        assert_eq!(stage.standing(issue, "doubtful").await, (Sent, 3, None));
    }

    async fn what_is_held_waits_for_a_person(db: Db) {
        let script = forgetful(2).await;
        let stage = stage_with(db, &script, UncertainPolicy::Hold).await;
        let issue = stage.issue("held").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.uncertain == 1 && totals.sent == 1).await;
        assert_eq!(stage.row(issue, "doubtful").await.due_at, None);
        stage.clock.advance(Duration::from_secs(3 * 3600));
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert_eq!(stage.standing(issue, "doubtful").await, (Uncertain, 1, None));
        assert_eq!(stage.get(issue).await.state, IssueState::Sending);

        let rows = control::retry(&stage.db, issue, RetryScope::Uncertain, acts::by(stage.clock.now())).await.unwrap();
        assert_eq!(rows, 1);
        stage.wait_for_tries(issue, "doubtful", 2).await;
        let rows = control::retry(&stage.db, issue, RetryScope::GiveUpUncertain, acts::by(stage.clock.now())).await.unwrap();
        assert_eq!(rows, 1);
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "doubtful").await, (Failed, 2, Some(Reason::Stopped)));
        assert_eq!(mails(&script, "doubtful").len(), 2);
    }

    async fn who_left_meanwhile_gets_no_second_one(db: Db) {
        let script = forgetful(1).await;
        let stage = stage_with(db, &script, UncertainPolicy::Resend).await;
        let issue = stage.issue("left").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.uncertain == 1 && totals.sent == 1).await;
        stage.leaves("doubtful").await;
        stage.clock.advance(WAIT);
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "doubtful").await, (Skipped, 1, Some(Reason::Unsubscribed)));
        assert_eq!(mails(&script, "doubtful").len(), 1);
    }

    async fn a_stopped_issue_sends_nothing_again(db: Db) {
        let script = forgetful(1).await;
        let stage = stage_with(db, &script, UncertainPolicy::Resend).await;
        let issue = stage.issue("stopped").await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.uncertain == 1 && totals.sent == 1).await;
        control::stop(&stage.db, issue, acts::by(stage.clock.now())).await.unwrap();
        assert_eq!(stage.row(issue, "doubtful").await.state, Uncertain, "nobody knows yet");
        stage.clock.advance(WAIT);
        stage.wait_until(issue, |totals| totals.open() == 0).await;
        running.stop().await;
        assert_eq!(stage.standing(issue, "doubtful").await, (Failed, 1, Some(Reason::Stopped)));
        assert_eq!(mails(&script, "doubtful").len(), 1);
        assert_eq!(stage.get(issue).await.state, IssueState::Stopped);
    }
}
