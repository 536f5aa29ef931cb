//! Header fields of a relay and a newsletter, as they arrive: what Postmark, Amazon SES and Mailgun ask for.

use coranto::domain::delivery::DeliveryKind;
use coranto::domain::extra_header::{ExtraHeaders, Scope};
use coranto::domain::issue::IssueState;
use coranto::smtp::{Sink, SinkMessage, SinkOptions};
use coranto::store::deliveries::NewDelivery;
use coranto::store::revisions::NewRevision;
use coranto::store::{Db, deliveries, revisions};

use super::stage::{DeliveryFixture, START, mails, relay};
use crate::harness::database::both_databases;

fn fields(fields: &[(Scope, &str)]) -> ExtraHeaders {
    ExtraHeaders(fields.iter().map(|(scope, text)| (*scope, text.parse().unwrap())).collect())
}

/// The lines that stand above `From`, where no signature is.
fn first_lines(mail: &SinkMessage) -> Vec<String> {
    let text = String::from_utf8_lossy(&mail.data).into_owned();
    let (first, _) = text.split_once("From: ").unwrap();
    first.lines().map(str::to_owned).collect()
}

/// Puts a mail of `kind` to `to` into the ledger.
pub(super) async fn add(stage: &DeliveryFixture, kind: DeliveryKind, to: &str) {
    let new = NewRevision {
        kind,
        slug: None,
        title: "A word".to_owned(),
        subject: "A word".to_owned(),
        preheader: String::new(),
        language: "en".to_owned(),
        html: "<!DOCTYPE html><html lang=\"en\"><body><p>A word</p></body></html>".to_owned(),
        plain: "A word\r\n".to_owned(),
        source: String::new(),
    };
    stage
        .db
        .write(async |tx| {
            let revision = revisions::ensure(tx, stage.newsletter, &new, START).await?;
            let new = NewDelivery { subscription: None, recipient: Some(to), revision, request: None, due_at: START };
            deliveries::add(tx, &new).await
        })
        .await
        .unwrap();
}

both_databases! {
    async fn each_relay_and_kind_has_its_own_fields(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let other = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        stage.settings.relays.push(relay("ses", &other));
        stage.settings.relays[0].extra_headers = fields(&[
            (Scope::Issues, "X-PM-Message-Stream: broadcast"),
            (Scope::Transactional, "X-PM-Message-Stream: outbound"),
        ]);
        stage.settings.relays[1].extra_headers = fields(&[(Scope::All, "X-SES-CONFIGURATION-SET: news")]);
        stage.settings.newsletters[0].extra_headers = fields(&[(Scope::All, "X-Mailgun-Tag: {newsletter}-{issue}-{kind}")]);
        stage.crowd(40).await;
        let issue = stage.issue("the-calendar").await;
        for number in 0..10 {
            add(&stage, DeliveryKind::Request, &format!("request{number}@example.net")).await;
            add(&stage, DeliveryKind::Test, &format!("test{number}@example.net")).await;
        }
        let running = stage.start();
        stage.wait_for_state(issue, IssueState::Sent).await;
        while stage.sink.messages().len() + other.messages().len() < 60 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        running.stop().await;
        assert!(!stage.sink.messages().is_empty() && !other.messages().is_empty(), "one relay had no part");
        for mail in stage.sink.messages() {
            let is = |kind: &str| mail.to[0].starts_with(kind);
            let (stream, tag) = match () {
                () if is("request") => ("outbound", "week---request"),
                () if is("test") => ("broadcast", "week---test"),
                () => ("broadcast", "week-the-calendar-issue"),
            };
            let wanted = [format!("X-PM-Message-Stream: {stream}"), format!("X-Mailgun-Tag: {tag}")];
            assert_eq!(first_lines(&mail), wanted, "{:?}", mail.to);
        }
        for mail in other.messages() {
            let first = first_lines(&mail);
            assert_eq!(first.len(), 2, "{first:?}");
            assert_eq!(first[0], "X-SES-CONFIGURATION-SET: news");
        }
        other.stop().await;
    }

    /// A mail that is sent again by another relay differs in the relay's fields alone.
    async fn the_same_delivery_is_the_same_mail_but_for_its_relays_fields(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.readers(&["anna"]).await;
        let issue = stage.issue("again").await;
        stage.settings.relays[0].extra_headers = fields(&[(Scope::All, "X-Relay: one")]);
        stage.finish(issue).await;
        let first = stage.mails("anna").remove(0);
        let other = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        stage.settings.relays = vec![relay("two", &other)];
        stage.execute("UPDATE deliveries SET state = 'pending', due_at = 0, final_at = NULL").await;
        stage.execute("UPDATE issues SET state = 'sending'").await;
        stage.finish(issue).await;
        let second = mails(&other, "anna").remove(0);
        let text = |mail: &SinkMessage| String::from_utf8(mail.data.clone()).unwrap();
        assert_eq!(text(&first), format!("X-Relay: one\r\n{}", text(&second)));
        other.stop().await;
    }
}
