//! A proof is the mail that readers get, but for what is a reader's own; and it goes through the ledger like any other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coranto::delivery::test_send::{self, ProofError, TestSend};
use coranto::domain::RevisionId;
use coranto::domain::address::EmailAddress;
use coranto::domain::delivery::{DeliveryKind, DeliveryState};
use coranto::domain::issue::IssueState;
use coranto::domain::reply::Stage as At;
use coranto::smtp::SinkOptions;
use coranto::store::deliveries::{self, NewDelivery};
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, revisions};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

/// The issue's content once more, as a proof.
async fn test_revision(stage: &DeliveryFixture, of: RevisionId) -> RevisionId {
    let now = stage.clock.now();
    stage
        .db
        .write(async |tx| {
            let issue = revisions::get(tx, of).await?.unwrap();
            let new = NewRevision {
                kind: DeliveryKind::Test,
                slug: issue.slug,
                title: issue.title,
                subject: issue.subject,
                preheader: issue.preheader,
                language: issue.language,
                html: issue.html,
                plain: issue.plain,
                source: String::new(),
            };
            revisions::ensure(tx, stage.newsletter, &new, now).await
        })
        .await
        .unwrap()
}

async fn send(stage: &DeliveryFixture, revision: RevisionId, to: &[&str]) -> Result<Vec<TestSend>, ProofError> {
    let to: Vec<EmailAddress> = to.iter().map(|local| format!("{local}@example.net").parse().unwrap()).collect();
    test_send::send(&stage.db, &stage.clock, stage.settings.clone(), revision, &to).await
}

/// State, tries and kind of every row that belongs to no issue.
async fn small_rows(stage: &DeliveryFixture) -> Vec<(String, DeliveryState, i64, DeliveryKind)> {
    let mut tx = stage.db.read().await.unwrap();
    let sql =
        "SELECT d.recipient, d.state, d.attempts, r.kind FROM deliveries d JOIN revisions r ON r.id = d.revision_id
               WHERE d.issue_id IS NULL ORDER BY d.id";
    tx.sql(sql).fetch_all().await.unwrap()
}

/// A mail without what is its reader's own: the lines that bear a token, an address or a name of this one mail. The
/// boundary is made from the content and its kind.
fn common(mail: &[u8]) -> Vec<String> {
    let text = String::from_utf8(mail.to_vec()).unwrap().replace("=\r\n", "");
    let boundary = text.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let text = text.replace(boundary, "BOUNDARY");
    let own = ["To: ", "Message-ID: ", "List-Unsubscribe: ", " <mailto:", "Feedback-ID: "];
    text.lines()
        .filter(|line| !own.iter().any(|start| line.starts_with(start)))
        .map(|line| match line.find("/u/") {
            Some(at) => line[..at].to_owned(),
            None => line.to_owned(),
        })
        .collect()
}

both_databases! {
    async fn an_editor_gets_what_readers_get(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.readers(&["anna"]).await;
        let issue = stage.issue("proof").await;
        let revision = test_revision(&stage, stage.get(issue).await.revision_id).await;
        let proofs =
            send(&stage, revision, &["ed", "permfail-x"])
                .await
                .unwrap();
        let states: Vec<_> = proofs.iter().map(|proof| (proof.state, proof.reply.as_deref())).collect();
        assert_eq!(
            states,
            [(DeliveryState::Sent, None), (DeliveryState::Failed, Some("550 5.1.1 No such mailbox"))]
        );
        let rows = small_rows(&stage).await;
        assert_eq!(
            rows,
            [
                ("ed@example.net".to_owned(), DeliveryState::Sent, 1, DeliveryKind::Test),
                ("permfail-x@example.net".to_owned(), DeliveryState::Failed, 0, DeliveryKind::Test),
            ]
        );
        stage.finish(issue).await;
        let (proof, mail) = (stage.mails("ed").remove(0), stage.mails("anna").remove(0));
        let (proof, mail) = (common(&proof.data), common(&mail.data));
        assert!(mail.len() > 20, "nothing is left to compare: {mail:?}");
        assert_eq!(proof, mail);
    }

    async fn it_goes_out_while_an_issue_does(db: Db) {
        let options =
            SinkOptions { keep: true, reply_delay: Duration::from_millis(5), ..SinkOptions::default() };
        let stage = DeliveryFixture::with_sink(db, options).await;
        stage.crowd(150).await;
        let issue = stage.issue("both").await;
        let revision = test_revision(&stage, stage.get(issue).await.revision_id).await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.sent >= 10).await;
        let proofs = send(&stage, revision, &["ed", "al"]);
        let proofs = proofs.await.unwrap();
        assert!(proofs.iter().all(|proof| proof.state == DeliveryState::Sent), "{proofs:?}");
        assert!(stage.totals(issue).await.open() > 0, "the issue was through before it");
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert_eq!((stage.mails("ed").len(), stage.mails("al").len()), (1, 1));
        stage.assert_once(issue).await;
    }

    async fn a_relay_that_cannot_be_reached_leaves_no_row(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let issue = stage.issue("nobody").await;
        let revision = test_revision(&stage, stage.get(issue).await.revision_id).await;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        stage.settings.relays = vec![relay_to("dead", endpoint_at(address))];
        let error = send(&stage, revision, &["ed"]).await;
        let error = error.unwrap_err();
        assert!(matches!(error, ProofError::Relay(_)), "{error}");
        assert!(error.to_string().contains("nothing listens there"), "{error}");
        assert!(small_rows(&stage).await.is_empty());
        stage.settings.relays.clear();
        let error = send(&stage, revision, &["ed"]).await;
        assert!(matches!(error, Err(ProofError::NoRelay)));
    }

    async fn a_connection_that_ends_in_between_is_replaced(db: Db) {
        // The first is taken, then the connection ends without a word.
        let script = Script::start(|asked: &Asked| match (asked.verb, asked.messages) {
            ("MAIL", 1) => Answer::Drop,
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        let issue = stage.issue("away").await;
        let revision = test_revision(&stage, stage.get(issue).await.revision_id).await;
        let proofs = send(&stage, revision, &["ed", "al"]);
        let proofs = proofs.await.unwrap();
        // A connection that ended is no reason to give up: another is opened.
        assert!(proofs.iter().all(|proof| proof.state == DeliveryState::Sent), "{proofs:?}");
        assert_eq!(script.taken().len(), 2);
        assert_eq!(script.connections(), 2);
    }

    async fn what_was_sent_stays_sent_when_the_rest_fails(db: Db) {
        let taken = AtomicUsize::new(0);
        let script = Script::start(move |asked: &Asked| match asked.verb {
            "DOT" => {
                taken.fetch_add(1, Ordering::SeqCst);
                Answer::Usual
            }
            // After the first mail nobody gets in any more.
            "MAIL" if taken.load(Ordering::SeqCst) > 0 => Answer::Drop,
            "CONNECT" if taken.load(Ordering::SeqCst) > 0 => Answer::Say("554 5.3.2 Closed"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        let issue = stage.issue("rest").await;
        let revision = test_revision(&stage, stage.get(issue).await.revision_id).await;
        let proofs = send(&stage, revision, &["ed", "al"]).await.unwrap();
        assert_eq!((proofs[0].state, proofs[1].state), (DeliveryState::Sent, DeliveryState::Failed), "{proofs:?}");
        assert!(proofs[1].reply.as_deref().unwrap().contains("554 5.3.2 Closed"), "{proofs:?}");
        let rows = small_rows(&stage).await;
        assert_eq!((rows[0].1, rows[1].1), (DeliveryState::Sent, DeliveryState::Failed), "{rows:?}");
        // Nothing of it is in doubt, or left to do, for an engine that comes later.
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let rows = small_rows(&stage).await;
        assert_eq!((rows[0].1, rows[1].1), (DeliveryState::Sent, DeliveryState::Failed), "{rows:?}");
    }

    async fn a_refusal_at_any_command_is_shown_with_its_words_and_ends_the_proof(db: Db) {
        const TABLE: &[(&str, At, &str)] = &[
            ("MAIL", At::Mail, "553 5.7.1 Sender address rejected: not owned by user"),
            ("MAIL", At::Mail, "530 5.7.0 Authentication required"),
            ("MAIL", At::Mail, "451 4.7.1 Try again later"),
            ("RCPT", At::Recipient, "550 5.7.1 Relaying denied"),
            ("RCPT", At::Recipient, "450 4.2.0 Greylisted"),
            ("DATA", At::Data, "554 5.5.1 No valid recipients"),
            ("DOT", At::Dot, "554 5.7.1 Spam message rejected"),
            ("DOT", At::Dot, "451 4.3.0 Local error"),
        ];
        let mut stage = DeliveryFixture::new(db).await;
        let issue = stage.issue("shown").await;
        let revision = test_revision(&stage, stage.get(issue).await.revision_id).await;
        for (verb, shown, words) in TABLE {
            let script = Script::start(move |asked: &Asked| match asked.verb == *verb {
                true => Answer::Say(words),
                false => Answer::Usual,
            })
            .await;
            stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
            let proof = send(&stage, revision, &["ed"]).await.unwrap().remove(0);
            assert_eq!((proof.state, proof.stage, proof.reply.as_deref()), (DeliveryState::Failed, Some(*shown), Some(*words)));
            assert!(proof.hint.is_some_and(|hint| !hint.is_empty()), "{verb}");
        }
        // Nothing of them is sent when the relay has come to its senses.
        let script = Script::start(|_: &Asked| Answer::Usual).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert!(script.taken().is_empty());
        assert!(small_rows(&stage).await.iter().all(|(_, state, ..)| *state == DeliveryState::Failed));
    }

    async fn a_proof_whose_command_died_is_not_sent_after_five_minutes(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let issue = stage.issue("died").await;
        let revision = test_revision(&stage, stage.get(issue).await.revision_id).await;
        let now = stage.clock.now();
        let recipient = Some("ed@example.net");
        let new = NewDelivery { subscription: None, recipient, revision, request: None, due_at: now };
        stage.db.write(async |tx| deliveries::add(tx, &new).await).await.unwrap();
        let four = now.plus(Duration::from_secs(240));
        let ended = stage.db.write(async |tx| deliveries::end_tests(tx, four.minus(Duration::from_secs(300)), four).await);
        assert_eq!(ended.await.unwrap(), 0, "it may still go");
        stage.clock.advance(Duration::from_secs(300));
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        assert!(stage.mails("ed").is_empty());
        assert_eq!(small_rows(&stage).await[0].1, DeliveryState::Failed);
    }
}
