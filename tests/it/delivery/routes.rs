//! Relays of a newsletter: all its mail goes by them, and what waits for them holds up nobody else.

use std::time::Duration;

use coranto::domain::delivery::DeliveryKind;
use coranto::domain::issue::IssueState;
use coranto::domain::{IssueId, NewsletterId};
use coranto::smtp::{Sink, SinkHandle, SinkOptions};
use coranto::store::Db;

use super::extra_headers::add;
use super::stage::{DeliveryFixture, START, endpoint_at, newsletter, relay, relay_to, sends};
use crate::harness::database::both_databases;

/// What is of no issue and needs no reader.
const KINDS: [DeliveryKind; 2] = [DeliveryKind::Request, DeliveryKind::Test];

/// Adds a newsletter that goes by these relays, and makes the stage speak of it from now on.
async fn found(stage: &mut DeliveryFixture, slug: &str, relays: &[&str]) -> NewsletterId {
    let mut entry = sends(newsletter());
    entry.newsletter.slug = slug.to_owned();
    entry.relays = relays.iter().map(|name| (*name).to_owned()).collect();
    stage.settings.newsletters.retain(|known| known.newsletter.slug != slug);
    stage.settings.newsletters.push(entry);
    let id = stage.db.write(async |tx| coranto::store::newsletters::ensure(tx, slug, START).await).await.unwrap();
    stage.newsletter = id;
    id
}

/// An issue to `readers` of the newsletter that the stage speaks of, and so many transactional mails of each kind.
async fn fill(stage: &DeliveryFixture, slug: &str, readers: usize, transactional: usize) -> IssueId {
    let locals: Vec<String> = (0..readers).map(|number| format!("{slug}{number}")).collect();
    stage.readers(&locals).await;
    for number in 0..transactional {
        for kind in KINDS {
            add(stage, kind, &format!("{slug}-{kind}{number}@example.net")).await;
        }
    }
    stage.issue(slug).await
}

async fn sink() -> SinkHandle {
    Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap()
}

/// How many mails a sink has, when as many as wanted have come or it has taken too long.
async fn arrived(sink: &SinkHandle, wanted: usize) -> usize {
    for _ in 0..2000 {
        if sink.messages().len() >= wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sink.messages().len()
}

both_databases! {
    async fn all_mail_of_a_newsletter_goes_by_its_relays(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let (other, third) = (sink().await, sink().await);
        stage.settings.relays.extend([relay("other", &other), relay("third", &third)]);
        found(&mut stage, "month", &["other"]).await;
        let month = fill(&stage, "month", 60, 5).await;
        found(&mut stage, "week", &["main"]).await;
        let week = fill(&stage, "week", 60, 5).await;
        let running = stage.start();
        stage.wait_for_state(month, IssueState::Sent).await;
        stage.wait_for_state(week, IssueState::Sent).await;
        assert_eq!((arrived(&stage.sink, 70).await, arrived(&other, 70).await), (70, 70));
        running.stop().await;
        for (sink, slug) in [(&stage.sink, "week"), (&other, "month")] {
            let strange: Vec<_> = sink.messages().into_iter().filter(|mail| !mail.to[0].starts_with(slug)).collect();
            assert!(strange.is_empty(), "{slug}: {:?}", strange[0].to);
        }
        assert!(third.messages().is_empty(), "nobody named it");
        other.stop().await;
        third.stop().await;
    }

    async fn a_newsletter_whose_relays_are_down_stops_no_other(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let dead = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        stage.settings.relays.push(relay_to("dead", endpoint_at(dead)));
        found(&mut stage, "month", &["dead"]).await;
        let month = fill(&stage, "month", 300, 40).await;
        found(&mut stage, "week", &["main"]).await;
        let week = fill(&stage, "week", 100, 0).await;
        let running = stage.start();
        stage.wait_for_state(week, IssueState::Sent).await;
        for number in 0..10 {
            add(&stage, DeliveryKind::Request, &format!("week-late{number}@example.net")).await;
        }
        assert_eq!(arrived(&stage.sink, 110).await, 110, "its confirmations wait behind the other's");
        let totals = stage.totals(month).await;
        assert_eq!((totals.sent, totals.failed, totals.deferred), (0, 0, 0), "nobody lost a try: {totals:?}");
        running.stop().await;
        assert!(stage.sink.messages().iter().all(|mail| mail.to[0].starts_with("week")));
        // It has another relay from now on.
        found(&mut stage, "month", &["dead", "main"]).await;
        let running = stage.start();
        stage.wait_for_state(month, IssueState::Sent).await;
        assert_eq!(arrived(&stage.sink, 110 + 300 + 80).await, 110 + 300 + 80);
        running.stop().await;
        assert_eq!(stage.totals(month).await.sent, 300);
    }
}
