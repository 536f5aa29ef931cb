//! Imports: a batch of rows, what it changed, and how far it is: every statement on both engines.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::ImportId;
use coranto::domain::NewsletterId;
use coranto::domain::consent::ConsentKind;
use coranto::domain::import::{ImportDid, ImportState};
use coranto::domain::subscriber::EndedBy;
use coranto::domain::subscriber::SubscriptionState::{Active, Unsubscribed};
use coranto::domain::suppression::SuppressionReason;
use coranto::store::arrivals::{self, Arrival, Coming};
use coranto::store::consents::{ConsentDetails, NewConsent};
use coranto::store::imports::{self, NewImport};
use coranto::store::subscribers::NewSubscriber;
use coranto::store::{Db, Tx, consents, subscriptions, suppressions};

use super::readers::{NOW, person, start, state, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

fn arrival(email: &str) -> Arrival {
    Arrival {
        person: NewSubscriber { name: Some("O\"Neill \\ 'x'\u{1f4ee}".to_owned()), ..person(email) },
        state: Active,
        language: Some("de".to_owned()),
        subscribed_at: Timestamp(1_700_000_000_123),
        network: Some("192.0.2.0/24".to_owned()),
        suppress: None,
    }
}

async fn begun(tx: &mut Tx, newsletter: NewsletterId, digest: &str) -> ImportId {
    let new = NewImport { newsletter, by: acts::by(NOW), files: "list.csv", digest, mapping: "[]", agreed: "a form" };
    imports::open(tx, &new).await.unwrap().id
}

both_databases! {
    async fn a_batch_is_looked_up_and_stored_in_a_few_statements(db: Db) {
        let (mut tx, week) = start(&db).await;
        let left = subscribe(&mut tx, week, "left@example.org", Unsubscribed).await.unwrap();
        let suppressed = person("never@example.org").address_hash;
        suppressions::add(&mut tx, &suppressed, SuppressionReason::Manual, "", acts::by(NOW)).await.unwrap();
        let batch = ["new@example.org", "Left@example.org", "never@example.org", "用户@例子.公司"].map(arrival);
        let import = begun(&mut tx, week, "1").await;
        let coming = Coming { newsletter: week, import, source: "import:1", wording: "a form", now: NOW };
        arrivals::lock(&mut tx).await.unwrap();
        let known = arrivals::known(&mut tx, week, &batch, NOW).await.unwrap();
        let as_told = known.iter().map(|one| (one.place, one.subscription, one.state, one.suppressed)).collect::<Vec<_>>();
        assert_eq!(as_told, [(1, Some(left), Some(Unsubscribed), None), (2, None, None, Some(SuppressionReason::Manual))]);
        assert_eq!(arrivals::store(&mut tx, &coming, &batch).await.unwrap(), 3);
        assert_eq!(arrivals::store(&mut tx, &coming, &batch).await.unwrap(), 0);
        assert_eq!(state(&mut tx, left).await, Unsubscribed);
        let stored = subscriptions::find(&mut tx, week, "new@example.org").await.unwrap().unwrap();
        assert_eq!((stored.state, stored.created_at, stored.source.as_str()), (Active, Timestamp(1_700_000_000_123), "import:1"));
        assert_eq!(stored.name.as_deref(), Some("O\"Neill \\ 'x'\u{1f4ee}"));
        assert_eq!((stored.language.as_deref(), stored.ended_by), (Some("de"), None));
        let history = consents::of_subscription(&mut tx, stored.id).await.unwrap();
        assert_eq!((history.len(), history[0].kind, history[0].wording.as_str()), (1, ConsentKind::Imported, "a form"));
        assert_eq!(history[0].client.as_deref(), Some("192.0.2.0/24"));
        assert_eq!(arrivals::known(&mut tx, week, &[], NOW).await.unwrap(), []);
        let gone = Arrival { state: Unsubscribed, ..arrival("gone@example.org") };
        assert_eq!(arrivals::store(&mut tx, &coming, &[gone]).await.unwrap(), 1);
        let gone = subscriptions::find(&mut tx, week, "gone@example.org").await.unwrap().unwrap();
        assert_eq!((gone.state, gone.ended_by), (Unsubscribed, Some(EndedBy::Import)));
        assert_eq!(imports::count_changes(&mut tx, import).await.unwrap(), 4);

        let dead = ["dead@example.org", "never@example.org"].map(|email| Arrival { suppress: Some(SuppressionReason::Bounce), ..arrival(email) });
        assert_eq!(arrivals::suppress(&mut tx, &coming, &dead).await.unwrap(), 1);
        assert_eq!(suppressions::reason(&mut tx, &suppressed).await.unwrap(), Some(SuppressionReason::Manual));
        let changes = imports::changes(&mut tx, import, 10).await.unwrap();
        assert_eq!((changes.len(), changes[0].did, changes[0].subscription), (5, ImportDid::Suppressed, None));
        assert!(!imports::lift(&mut tx, changes[0].id, "import:2").await.unwrap(), "another's");
        assert!(imports::lift(&mut tx, changes[0].id, "import:1").await.unwrap());
        assert!(!imports::lift(&mut tx, changes[0].id, "import:1").await.unwrap());
        imports::strike(&mut tx, changes[0].id).await.unwrap();
        assert_eq!(imports::changes(&mut tx, import, 2).await.unwrap().len(), 2);
    }

    async fn an_import_moves_on_and_is_found_again(db: Db) {
        let (mut tx, week) = start(&db).await;
        let id = begun(&mut tx, week, "1").await;
        assert_eq!(begun(&mut tx, week, "1").await, id, "it broke off");
        assert_ne!(begun(&mut tx, week, "2").await, id, "another file");
        assert!(imports::advance(&mut tx, id, 0, 1_000, "{\"rows\":1000}").await.unwrap());
        assert!(!imports::advance(&mut tx, id, 0, 1_000, "{}").await.unwrap(), "somebody else moved it");
        assert!(imports::finish(&mut tx, id, NOW).await.unwrap() && !imports::finish(&mut tx, id, NOW).await.unwrap());
        assert!(!imports::advance(&mut tx, id, 1_000, 2_000, "{}").await.unwrap());
        let stored = imports::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((stored.state, stored.position, stored.counts.as_str()), (ImportState::Done, 1_000, "{\"rows\":1000}"));
        assert_eq!((stored.files.as_str(), stored.agreed.as_str(), stored.finished_at), ("list.csv", "a form", Some(NOW)));
        assert_ne!(begun(&mut tx, week, "1").await, id, "it is done");
        assert_eq!(imports::list(&mut tx, week, 2).await.unwrap().iter().map(|one| one.id.0).collect::<Vec<_>>(), [id.0 + 2, id.0 + 1]);
        assert!(!imports::end_undo(&mut tx, id, NOW).await.unwrap(), "it was never begun");
        assert!(imports::begin_undo(&mut tx, id).await.unwrap() && imports::begin_undo(&mut tx, id).await.unwrap());
        assert!(imports::end_undo(&mut tx, id, NOW).await.unwrap());
        assert!(!imports::begin_undo(&mut tx, id).await.unwrap() && !imports::end_undo(&mut tx, id, NOW).await.unwrap());
        assert_eq!(imports::get(&mut tx, id).await.unwrap().unwrap().undone_at, Some(NOW));
    }

    async fn only_what_is_as_the_import_left_it_is_taken_out(db: Db) {
        let (mut tx, week) = start(&db).await;
        let import = begun(&mut tx, week, "1").await;
        let coming = Coming { newsletter: week, import, source: "import:1", wording: "", now: NOW };
        let emails = ["same@example.org", "acted@example.org"];
        arrivals::store(&mut tx, &coming, &emails.map(arrival)).await.unwrap();
        let mut ids = Vec::new();
        for email in emails {
            ids.push(subscriptions::find(&mut tx, week, email).await.unwrap().unwrap().id);
        }
        ids.push(subscribe(&mut tx, week, "own@example.org", Active).await.unwrap());
        assert!(!imports::changed(&mut tx, ids[1], "import:1").await.unwrap().unwrap().has_acted);
        let said = NewConsent { subscription: ids[1], kind: ConsentKind::Paused, wording: "", client: None, source: "page", typed: ConsentDetails::default() };
        consents::append(&mut tx, &said, NOW).await.unwrap();
        let changed = imports::changed(&mut tx, ids[1], "import:1").await.unwrap().unwrap();
        assert!(changed.has_acted && changed.state == Active && changed.left_from.is_none());
        assert_eq!(imports::take_out(&mut tx, ids.clone(), "import:1").await.unwrap(), 1);
        assert!(subscriptions::get(&mut tx, ids[0]).await.unwrap().is_none());
        assert!(imports::changed(&mut tx, ids[0], "import:1").await.unwrap().is_none());
        assert!(subscriptions::get(&mut tx, ids[1]).await.unwrap().is_some());
        assert!(subscriptions::get(&mut tx, ids[2]).await.unwrap().is_some());
        imports::note(&mut tx, import, ids[2], ImportDid::Unsubscribed).await.unwrap();
        assert_eq!(imports::count_changes(&mut tx, import).await.unwrap(), 2, "of the one who is gone none is left");
        assert_eq!(imports::forget_changes(&mut tx, NOW, 10).await.unwrap(), 0);
        assert_eq!(imports::forget_changes(&mut tx, NOW.plus(Duration::from_secs(1)), 1).await.unwrap(), 1);
        assert_eq!(imports::forget_changes(&mut tx, NOW.plus(Duration::from_secs(1)), 10).await.unwrap(), 1);
    }

    async fn answers_are_kept_for_the_next_time(db: Db) {
        let (mut tx, week) = start(&db).await;
        assert_eq!(imports::answer(&mut tx, week, "mailing_ok").await.unwrap(), None);
        for said in ["ignore", "consent:yes"] {
            imports::keep_answer(&mut tx, week, "mailing_ok", said).await.unwrap();
            assert_eq!(imports::answer(&mut tx, week, "mailing_ok").await.unwrap().as_deref(), Some(said));
        }
    }
}
