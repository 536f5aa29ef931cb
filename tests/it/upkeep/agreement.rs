//! A new key comes to one server after the other, and every link can be opened at each of them.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::store::key_holders::{self, KeyHolder};
use coranto::token::{Keyring, Purpose};
use coranto::upkeep::{KeyAgreement, WaitingKey, follow};

use crate::harness::database::{Fresh, both_databases};
use crate::restored::scene::Scene;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// Of the old file, and two of the new one, as two processes read it.
fn rings() -> [Keyring; 3] {
    let old = Keyring::generate();
    let new = Keyring::rotated(&old, 2, None).unwrap();
    [&old, &new, &new].map(|text| Keyring::parse(text).unwrap())
}

both_databases! {
    async fn a_new_key_seals_when_the_last_server_has_it(fresh: Fresh) {
        let db = fresh.db;
        let [old, new, commands] = rings();
        let [first, second, third] = ["one", "two", "three"].map(|place| KeyAgreement::new(place.to_owned()));
        assert_eq!(first.keep(&db, &old, NOW).await.unwrap(), None);
        assert_eq!(second.keep(&db, &old, NOW).await.unwrap(), None);
        // The first machine starts anew with the new file, in the place of the process that ended.
        first.end(&db).await.unwrap();
        let waiting = WaitingKey { number: 2, lacking: vec!["two".to_owned()] };
        assert_eq!(third.keep(&db, &new, NOW).await.unwrap(), Some(waiting.clone()));
        let link = new.seal(Purpose::Form, 7);
        assert_eq!(old.open(Purpose::Form, &link), Some(7), "it is pressed at the second machine");
        // A command seals with the same, and is no server that others wait for.
        assert_eq!(follow(&db, &commands, NOW).await.unwrap().map(|waiting| waiting.number), Some(2));
        assert_eq!(key_holders::at_work(&mut db.read().await.unwrap(), NOW).await.unwrap().len(), 2);
        second.end(&db).await.unwrap();
        second.end(&db).await.unwrap();
        assert_eq!(second.keep(&db, &new, NOW).await.unwrap(), None);
        assert_eq!(third.keep(&db, &new, NOW).await.unwrap(), None);
        assert_eq!((new.sealing_number(), old.open(Purpose::Form, &new.seal(Purpose::Form, 7))), (2, None));
    }

    async fn a_server_that_is_gone_holds_up_nobody_for_long(fresh: Fresh) {
        let db = fresh.db;
        let [old, new, _] = rings();
        KeyAgreement::new("one".to_owned()).keep(&db, &old, NOW).await.unwrap();
        let second = KeyAgreement::new("two".to_owned());
        assert!(second.keep(&db, &new, NOW.plus(Duration::from_secs(119))).await.unwrap().is_some());
        assert!(second.keep(&db, &new, NOW.plus(Duration::from_secs(121))).await.unwrap().is_none());
        let left = key_holders::at_work(&mut db.read().await.unwrap(), NOW).await.unwrap();
        assert_eq!(left.iter().map(|one| one.place.as_str()).collect::<Vec<_>>(), ["two"]);
    }

    async fn who_is_at_work_is_noted_once(fresh: Fresh) {
        let db = fresh.db;
        let one = |keys: &str| KeyHolder { holder: "a".into(), place: "b".into(), keys: keys.into(), until: NOW };
        let before = NOW.minus(Duration::from_secs(1));
        for keys in ["x", "x y"] {
            db.write(async |tx| key_holders::announce(tx, &one(keys), before).await).await.unwrap();
        }
        assert_eq!(key_holders::at_work(&mut db.read().await.unwrap(), before).await.unwrap(), [one("x y")]);
        assert!(db.write(async |tx| key_holders::leave(tx, "a").await).await.unwrap());
        assert!(!db.write(async |tx| key_holders::leave(tx, "a").await).await.unwrap());
    }

    /// As an operator sees it.
    async fn keys_says_which_machine_lacks_it(fresh: Fresh) {
        let scene = Scene::set(fresh, 2).await;
        let server = scene.serve();
        scene.command(&["keys", "rotate"]);
        let shown = scene.command(&["keys"]);
        assert!(shown.stderr.contains("Key 2 seals once every server"), "{shown:?}");
        server.signal("TERM");
        server.wait(Duration::from_secs(60));
        let shown = scene.command(&["keys"]);
        assert!(!shown.stderr.contains("seals once"), "{shown:?}");
        scene.kill(scene.serve()).await;
    }
}
