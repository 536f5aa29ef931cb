//! Many entries of histories at once are what the same entries are one by one.

use coranto::domain::consent::ConsentKind;
use coranto::domain::event::Event;
use coranto::domain::subscriber::SubscriptionState::Pending;
use coranto::store::consents::ConsentDetails;
use coranto::store::history::{self, HistoryEntry};
use coranto::store::subscriptions::ConsentEntry;
use coranto::store::{Db, consents, newsletters, subscriptions};

use super::readers::{NOW, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

/// Subscription, newsletter, kind, actor and data of an event.
type Row = (Option<i64>, Option<i64>, String, String, String);

both_databases! {
    async fn lines_are_written_as_one_by_one_and_in_their_order(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let mut twins = Vec::new();
        for n in 0..4 {
            let one = subscribe(&mut tx, week, &format!("one{n}@example.org"), Pending).await.unwrap();
            let many = subscribe(&mut tx, week, &format!("many{n}@example.org"), Pending).await.unwrap();
            twins.push((one, many));
        }
        let spelling = "Anna.Ünal@Example.org".parse().unwrap();
        let plain = ConsentEntry { event: Some(&Event::SubscriptionAsked), ..acts::entry(NOW) };
        let ignored = Event::SignupIgnored { why: "\"quota\"\\" };
        let typed = ConsentDetails { spelling: Some(&spelling), name: Some("O'Hara \"\u{1F98A}\" \\ 小川"), language: Some("pt-BR") };
        let entries = [
            plain,
            ConsentEntry { typed, client: Some("2001:db8::/48"), consent: ConsentKind::Asked, ..plain },
            ConsentEntry { event: Some(&ignored), source: "a 'file'.csv", ..plain },
            ConsentEntry { event: None, wording: "", client: None, ..plain },
        ];
        for (entry, (one, _)) in entries.iter().zip(&twins) {
            subscriptions::write_down(&mut tx, week, *one, entry).await.unwrap();
        }
        let lines: Vec<HistoryEntry<'_>> = entries
            .iter()
            .zip(&twins)
            .map(|(entry, (_, many))| HistoryEntry { newsletter: week, subscription: *many, entry: *entry })
            .collect();
        history::write_down(&mut tx, &lines).await.unwrap();
        history::write_down(&mut tx, &[]).await.unwrap();

        let said = async |tx: &mut coranto::store::Tx, of| {
            let all = consents::of_subscription(tx, of).await.unwrap();
            let all = all.into_iter().map(|c| (c.kind, c.at, c.wording, c.client, c.source, c.spelling, c.name, c.language));
            format!("{:?}", all.collect::<Vec<_>>())
        };
        for (one, many) in &twins {
            assert_eq!(said(&mut tx, *one).await, said(&mut tx, *many).await);
        }
        let rows: Vec<Row> = tx
            .sql("SELECT subscription_id, newsletter_id, kind, actor, data FROM events ORDER BY id")
            .fetch_all()
            .await
            .unwrap();
        let of = |pick: fn(&(_, _)) -> coranto::domain::SubscriptionId| {
            let ids: Vec<i64> = twins.iter().map(|both| pick(both).0).collect();
            let lines = rows.iter().filter(|row| row.0.is_some_and(|id| ids.contains(&id)));
            lines.map(|row| (ids.iter().position(|id| Some(*id) == row.0), &row.1, &row.2, &row.3, &row.4)).collect::<Vec<_>>()
        };
        let (one_by_one, at_once) = (of(|both| both.0), of(|both| both.1));
        assert_eq!(one_by_one, at_once);
        assert_eq!(at_once.len(), 3);
    }
}
