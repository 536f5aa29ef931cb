//! Who unsubscribed, was erased or suppressed after a backup was made stays gone when it is put back.

use std::fs;

use crate::harness::copies::Copy;
use crate::harness::database::{Fresh, both_databases, on_sqlite};

use super::links::{states, tokens};
use super::scene::Scene;

/// Three readers go in three ways, and one goes and comes back.
fn go(scene: &Scene) {
    scene.command(&["subscribers", "remove", "reader0@example.com"]);
    scene.command(&["subscribers", "erase", "reader1@example.com"]);
    scene.command(&["subscribers", "suppress", "reader2@example.com"]);
    scene.command(&["subscribers", "remove", "reader3@example.com"]);
    scene.command(&["subscribers", "add", "reader3@example.com"]);
    scene.command(&["subscribers", "suppress", "reader4@example.com"]);
    scene.command(&["subscribers", "unsuppress", "reader4@example.com"]);
}

both_databases! {
    async fn who_left_after_the_copy_stays_gone(fresh: Fresh) {
        let scene = Scene::set(fresh, 6).await;
        scene.kill(scene.serve()).await;
        let copy = Copy::of(&scene.url);
        scene.kill(scene.serve()).await;
        go(&scene);
        let before = states(&scene);
        assert_eq!(before.len(), 5, "{before:?}");
        copy.put_back();
        // Whoever notices does it again.
        let noticed = scene.command(&["subscribers", "add", "anna@example.org"]);
        assert!(noticed.stderr.contains("release"), "{noticed:?}");
        let mut after = states(&scene);
        after.retain(|(email, _)| email != "anna@example.org");
        assert_eq!(after, before);
        let stats = scene.json(&["subscribers", "stats"]);
        assert_eq!(stats["suppressed"], 1, "{stats}");

        // By hand it is the same, however often.
        copy.put_back();
        let adopted = scene.json(&["restore", "--adopt"]);
        assert_eq!(
            (&adopted["unsubscribed"], &adopted["erased"], &adopted["suppressed"]),
            (&1.into(), &1.into(), &1.into()),
            "{adopted}"
        );
        assert_eq!(states(&scene), before);
        let again = scene.json(&["restore", "--adopt"]);
        assert_eq!(
            (&again["unsubscribed"], &again["erased"], &again["suppressed"]),
            (&0.into(), &0.into(), &0.into()),
            "{again}"
        );
        assert_eq!(states(&scene), before);
    }

    /// What cannot be written down is done all the same.
    async fn nobody_is_kept_from_leaving(fresh: Fresh) {
        let scene = Scene::set(fresh, 2).await;
        let state = scene.home.path().join("state");
        let _ = fs::remove_dir_all(&state);
        fs::write(&state, "no folder").unwrap();
        let ended = scene.command(&["subscribers", "remove", "reader0@example.com"]);
        assert!(ended.stderr.contains("journal"), "{ended:?}");
        let states = states(&scene);
        assert_eq!(states[0].1, "unsubscribed", "{states:?}");
    }
}

#[test]
fn a_backup_that_is_put_back_knows_them_too() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 6).await;
        scene.command(&["backup", "b.tar.gz"]);
        go(&scene);
        let before = states(&scene);
        let done = scene.json(&["restore", "b.tar.gz", "--replace"]);
        assert_eq!((&done["unsubscribed"], &done["erased"]), (&1.into(), &1.into()), "{done}");
        assert_eq!(states(&scene), before);
        // The file names nobody.
        let journal = fs::read_to_string(scene.home.path().join("state/unsubscribes")).unwrap();
        assert!(!journal.contains('@') && journal.lines().count() >= 7, "{journal}");
    });
}

both_databases! {
    async fn an_access_log_says_who_unsubscribed(fresh: Fresh) {
        let scene = Scene::set(fresh, 3).await;
        let readers = ["reader0@example.com", "reader1@example.com"].map(str::to_owned);
        let [first, second] = tokens(&scene, &readers).await.try_into().unwrap();
        let line = |verb: &str, token: &str, year: u16, status: u16| {
            format!("192.0.2.1 - - [28/Nov/{year}:03:20:00 +0100] \"{verb} /u/{token} HTTP/1.1\" {status} 12 \"-\" \"x\"\n")
        };
        let log = [
            line("POST", &first, 2999, 200), line("POST", &first, 2999, 303), line("GET", &second, 2999, 200),
            // Long before this reader confirmed.
            line("POST", &second, 2001, 200), line("POST", "AAAA", 2999, 200), line("POST", &second, 2999, 400),
            line("POST", &format!("{second}?rest"), 2999, 200),
        ];
        fs::write(scene.home.path().join("access.log"), log.concat()).unwrap();
        let told = scene.json(&["subscribers", "unsubscribe", "--from-log", "access.log"]);
        let number = |name: &str| told[name].as_u64().unwrap();
        let all = (number("requests"), number("unsubscribed"), number("settled"), number("unknown"));
        assert_eq!((all, number("rests")), ((4, 1, 2, 1), 1), "{told}");
        let states: Vec<String> = states(&scene).into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, ["unsubscribed", "active", "active"]);
    }
}
