//! A failure of the session or at MAIL is the relay's: it is left alone for a while, a person hears of it, and no reader
//! loses a try.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coranto::domain::IssueId;
use coranto::domain::delivery::DeliveryState::{Failed, Pending, Sent};
use coranto::domain::delivery::Reason;
use coranto::domain::issue::IssueState;
use coranto::secret::Secret;
use coranto::smtp::server::ServerTls;
use coranto::smtp::{Endpoint, Sink, SinkAuth, SinkHandle, SinkOptions, TlsMode};
use coranto::store::Db;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint, endpoint_at, relay_to};
use crate::harness::database::both_databases;

/// The issue waits, untouched, while the relay fails for the reason `why`; then everybody gets it at the first try.
async fn assert_waits_and_recovers(stage: &DeliveryFixture, why: &str, mend: impl AsyncFnOnce() -> SinkHandle) {
    let locals = stage.crowd(20).await;
    let issue = stage.issue("blame").await;
    let running = stage.start();
    stage.wait_for_event("relay.down").await;
    // It is tried again and again, and each time it is left alone for longer.
    while stage.events().await.iter().filter(|(kind, _)| kind == "relay.down").count() < 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_untouched(stage, issue).await;
    let events = stage.events().await;
    let (_, data) = events.iter().find(|(kind, _)| kind == "relay.down").unwrap();
    assert!(data.contains(why), "{data}");
    let waits: Vec<u64> = events
        .iter()
        .filter(|(kind, _)| kind == "relay.down")
        .map(|(_, data)| serde_json::from_str::<serde_json::Value>(data).unwrap()["wait_ms"].as_u64().unwrap())
        .collect();
    assert_eq!(waits[..3], [50, 100, 200], "the wait doubles");
    assert!(running.health.is_well(stage.clock.now().0, Duration::from_secs(60)));

    let mended = mend().await;
    stage.wait_for_state(issue, IssueState::Sent).await;
    running.stop().await;
    for local in &locals {
        assert_eq!(stage.standing(issue, local).await, (Sent, 1, None));
    }
    assert_eq!(mended.messages().len(), locals.len());
    assert!(stage.events().await.iter().any(|(kind, _)| kind == "relay.up"));
}

/// Nobody lost a try, nor a minute of the time in which tries are made.
async fn assert_untouched(stage: &DeliveryFixture, issue: IssueId) {
    // A row may be on its way at any moment; none may have come back changed.
    for row in stage.rows(issue).await {
        assert_eq!((row.attempts, row.reply.as_deref(), row.reason), (0, None, None), "{row:?}");
        assert!(row.state != Pending || (row.first_at, row.revision_id) == (None, None), "{row:?}");
        assert!(!matches!(row.state, Sent | Failed), "{row:?}");
    }
}

/// A sink, and a stage whose relay leads to it.
async fn before(
    db: Db,
    options: SinkOptions,
    change: impl FnOnce(Endpoint) -> Endpoint,
) -> (DeliveryFixture, SinkHandle) {
    let mut stage = DeliveryFixture::new(db).await;
    let failing = Sink::start(SinkOptions { keep: true, ..options }).await.unwrap();
    stage.settings.relays = vec![relay_to("main", change(endpoint(&failing)))];
    (stage, failing)
}

/// Another sink in the place of the one that failed, which took nothing.
async fn in_place_of(failing: SinkHandle, options: SinkOptions) -> SinkHandle {
    assert!(failing.messages().is_empty());
    let listen = failing.addr();
    failing.stop().await;
    Sink::start(SinkOptions { listen, keep: true, ..options }).await.unwrap()
}

fn login(password: &str) -> SinkAuth {
    SinkAuth { username: "week".to_owned(), password: Secret::new(password), mechanisms: "PLAIN LOGIN".to_owned() }
}

/// An authority's certificate as a file, and what it signs for this machine.
fn certificate(implicit: bool) -> (TempDir, PathBuf, ServerTls) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let signed = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let tls = ServerTls::from_pem(signed.pem().as_bytes(), key.serialize_pem().as_bytes(), implicit).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    (folder, file, tls)
}

both_databases! {
    async fn a_refused_login_costs_no_reader_a_try(db: Db) {
        let options = SinkOptions { auth: Some(login("right")), ..SinkOptions::default() };
        let password = Some(Secret::new("changed"));
        let (stage, failing) =
            before(db, options, |endpoint| Endpoint { username: Some("week".to_owned()), password, ..endpoint }).await;
        assert_waits_and_recovers(&stage, "it refused the login: 535", async || {
            assert!(failing.stats().logins_refused >= 3);
            in_place_of(failing, SinkOptions { auth: Some(login("changed")), ..SinkOptions::default() }).await
        })
        .await;
    }

    async fn no_starttls_no_mail(db: Db) {
        let (_folder, file, tls) = certificate(false);
        let change = |endpoint| Endpoint { tls: TlsMode::StartTls, ca_file: Some(file), ..endpoint };
        let (stage, failing) = before(db, SinkOptions::default(), change).await;
        assert_waits_and_recovers(&stage, "does not offer STARTTLS", async || {
            in_place_of(failing, SinkOptions { tls: Some(tls), ..SinkOptions::default() }).await
        })
        .await;
    }

    async fn a_strange_certificate_gets_no_mail(db: Db) {
        let (_folder, file, tls) = certificate(true);
        let (_other, _, strange) = certificate(true);
        let change = |endpoint| Endpoint { tls: TlsMode::Implicit, ca_file: Some(file), ..endpoint };
        let (stage, failing) = before(db, SinkOptions { tls: Some(strange), ..SinkOptions::default() }, change).await;
        assert_waits_and_recovers(&stage, "its certificate is refused", async || {
            in_place_of(failing, SinkOptions { tls: Some(tls), ..SinkOptions::default() }).await
        })
        .await;
    }

    async fn a_lost_login_in_mid_session_is_the_relays_fault(db: Db) {
        let is_logged_in = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_logged_in);
        let script = Script::start(move |asked: &Asked| match asked.verb {
            "RCPT" if !seen.load(Ordering::SeqCst) => Answer::Say("530 5.7.0 Authentication required"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        let locals = stage.crowd(10).await;
        let issue = stage.issue("blame").await;
        let running = stage.start();
        stage.wait_for_event("relay.down").await;
        assert_untouched(&stage, issue).await;
        is_logged_in.store(true, Ordering::SeqCst);
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        for local in &locals {
            assert_eq!(stage.standing(issue, local).await, (Sent, 1, None));
        }
        assert_eq!(script.taken().len(), 10);
    }

    async fn a_relay_that_nobody_answers_for_costs_no_try(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        stage.settings.relays = vec![relay_to("main", endpoint_at(address))];
        assert_waits_and_recovers(&stage, "no connection", async || {
            Sink::start(SinkOptions { listen: address, keep: true, ..SinkOptions::default() }).await.unwrap()
        })
        .await;
    }

    async fn a_mail_that_is_too_large_is_the_mails_fault(db: Db) {
        // Said at MAIL, where the size is told; other mail must not wait for it.
        let script = Script::start(|asked: &Asked| match asked.verb {
            "MAIL" => Answer::Say("552 5.3.4 Message too large"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.readers(&["anna"]).await;
        let issue = stage.issue("blame").await;
        stage.run_until(issue, |totals| totals.failed == 1).await;
        assert_eq!(stage.standing(issue, "anna").await, (Failed, 1, Some(Reason::TooLarge)));
        assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"));
    }

    async fn an_idle_connection_that_ended_is_nobodys_fault(db: Db) {
        // Two mails, then the connection ends without a word, or with one: a new one is opened and nothing is blamed.
        let script = Script::start(|asked: &Asked| match (asked.verb, asked.messages) {
            ("MAIL", 2) => Answer::Drop,
            ("MAIL", 1) if asked.reader.ends_with('7') => Answer::Say("452 4.4.5 Enough on this connection"),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 1;
        stage.crowd(20).await;
        let issue = stage.issue("blame").await;
        let totals = stage.finish(issue).await;
        assert_eq!((totals.sent, totals.open()), (20, 0));
        assert!(stage.rows(issue).await.iter().all(|row| row.attempts == 1));
        assert_eq!(script.taken().len(), 20);
        assert!(script.connections() >= 10);
        assert!(!stage.events().await.iter().any(|(kind, _)| kind == "relay.down"), "{:?}", stage.events().await);
    }
}
