//! The program notices, sends nothing by itself, and nobody gets an issue twice.

use std::time::Duration;

use coranto::store::Db;

use crate::harness::copies::Copy;
use crate::harness::database::{Fresh, both_databases};

use super::scene::Scene;

const READERS: usize = 60;
const CONNECTIONS: usize = 2;
/// Long enough for an engine at work to send dozens of emails.
const QUIET: Duration = Duration::from_secs(2);

both_databases! {
    async fn a_copy_from_mid_send_sends_nothing_until_a_person_says_so(fresh: Fresh) {
        let scene = Scene::set(fresh, READERS).await;
        scene.queue("calendar");
        let server = scene.serve();
        scene.until_accepted(15).await;
        scene.kill(server).await;
        let copy = Copy::of(&scene.url);
        let server = scene.serve();
        scene.until_tried("calendar").await;
        scene.kill(server).await;
        let sent = scene.sink.stats().accepted;

        copy.put_back();
        let server = scene.serve();
        tokio::time::sleep(QUIET).await;
        assert_eq!(scene.sink.stats().accepted, sent, "a restored copy sent by itself");
        let status = scene.json(&["status"]);
        assert!(status["on_hold"]["why"].as_str().unwrap().contains("older"), "{status}");
        let paused = &status["waiting_for_a_person"][0];
        assert_eq!(paused["state"], "paused", "{status}");
        let uncertain = paused["totals"]["uncertain"].as_u64().unwrap();
        let accepted = paused["totals"]["sent"].as_u64().unwrap();
        assert_eq!(uncertain + accepted, READERS as u64, "{status}");
        assert!(uncertain >= 40, "{status}");
        let note = paused["note"].as_str().unwrap();
        let said: u64 = note.split(' ').find_map(|word| word.parse().ok()).unwrap();
        assert!((40..=uncertain).contains(&said), "{note}");

        // What is queued now waits for the same word.
        scene.queue("harvest");
        tokio::time::sleep(QUIET).await;
        assert_eq!(scene.sink.stats().accepted, sent, "an issue went out while everything is held");
        scene.command(&["release"]);
        scene.until_accepted(sent + READERS as u64).await;
        scene.command(&["issues", "retry", "calendar", "--give-up"]);
        tokio::time::sleep(QUIET).await;
        assert_eq!(scene.sink.stats().accepted, sent + READERS as u64);
        assert_eq!(scene.got("harvest"), [1; READERS]);
        // What was on the wire at the first kill is in doubt whatever is restored.
        let got = scene.got("calendar");
        assert!(got.iter().all(|times| *times <= 1), "{got:?}");
        assert!(got.iter().filter(|times| **times == 0).count() <= CONNECTIONS, "{got:?}");
        scene.kill(server).await;
    }

    /// With the relay's log nobody is missed and nobody gets it twice.
    async fn what_the_relay_took_is_read_from_its_log(fresh: Fresh) {
        let scene = Scene::set(fresh, READERS).await;
        scene.queue("calendar");
        let server = scene.serve();
        scene.until_accepted(10).await;
        scene.kill(server).await;
        let copy = Copy::of(&scene.url);
        let server = scene.serve();
        scene.until_accepted(30).await;
        scene.kill(server).await;
        copy.put_back();
        let server = scene.serve();
        let slug = "calendar";
        let settled = scene.settle(slug, &scene.postfix_log());
        assert_eq!(settled["by_message_id"], true, "{settled}");
        assert_eq!(settled["found"], scene.sink.stats().accepted, "{settled}");
        scene.command(&["issues", "retry", slug, "--uncertain"]);
        scene.command(&["release"]);
        scene.command(&["issues", "resume", slug]);
        scene.until_accepted(READERS as u64).await;
        scene.until_tried(slug).await;
        assert_eq!(scene.got(slug), [1; READERS]);
        scene.kill(server).await;
    }

    async fn a_list_of_addresses_settles_too_and_strange_words_settle_nothing(fresh: Fresh) {
        let scene = Scene::set(fresh, 6).await;
        scene.queue("calendar");
        let server = scene.serve();
        scene.until_accepted(6).await;
        scene.kill(server).await;
        scene.command(&["restore", "--adopt"]);
        let nothing = scene.settle("calendar", "stranger@example.org <x@y> @ reader1@example.com.evil.example\n\u{0}");
        assert_eq!((&nothing["found"], &nothing["settled"]), (&0.into(), &0.into()), "{nothing}");
        let two = scene.settle("calendar", "Email\nREADER1@example.com\n\"reader2@example.com\",x\nreader2@example.com\n");
        assert_eq!(two["found"], 2, "{two}");
        assert_eq!(two["by_message_id"], false, "{two}");
    }

    /// A copy that was made while nothing went out is one all the same: readers may have unsubscribed since.
    async fn a_copy_from_a_quiet_hour_is_noticed_too(fresh: Fresh) {
        let scene = Scene::set(fresh, 5).await;
        scene.queue("calendar");
        let server = scene.serve();
        scene.until_accepted(5).await;
        scene.kill(server).await;
        let copy = Copy::of(&scene.url);
        scene.kill(scene.serve()).await;
        copy.put_back();
        // The first who notices is a command that writes.
        let ended = scene.command(&["subscribers", "add", "anna@example.org"]);
        assert!(ended.stderr.contains("nothing goes out until `coranto release`"), "{ended:?}");
        assert!(scene.json(&["status"])["on_hold"].is_object());
        let again = scene.command(&["subscribers", "add", "bert@example.org"]);
        assert!(!again.stderr.contains("release"), "it is said once: {again:?}");
        scene.command(&["release"]);
        scene.kill(scene.serve()).await;
        assert!(scene.json(&["status"])["on_hold"].is_null(), "it is noticed once");
    }

    async fn a_kill_is_no_copy(fresh: Fresh) {
        let scene = Scene::set(fresh, READERS).await;
        scene.queue("calendar");
        for emails in [5, 20, 40] {
            let server = scene.serve();
            scene.until_accepted(emails).await;
            scene.kill(server).await;
            assert!(scene.json(&["status"])["on_hold"].is_null());
        }
        let server = scene.serve();
        scene.until_tried("calendar").await;
        scene.kill(server).await;
    }

    /// A backup from before the program named its database, put back under one that remembers.
    async fn a_copy_without_a_name_is_noticed_once(fresh: Fresh) {
        let scene = Scene::set(fresh, 5).await;
        scene.kill(scene.serve()).await;
        let db = Db::open(&scene.url).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.sql("DELETE FROM installation").execute().await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let first = scene.command(&["subscribers", "add", "anna@example.org"]);
        assert!(first.stderr.contains("release"), "{first:?}");
        let again = scene.command(&["subscribers", "add", "bert@example.org"]);
        assert!(!again.stderr.contains("release"), "{again:?}");
        scene.kill(scene.serve()).await;
        scene.command(&["release"]);
    }

    async fn another_database_is_not_worked_on(fresh: Fresh) {
        let scene = Scene::set(fresh, 5).await;
        scene.kill(scene.serve()).await;
        let folder = scene.home.path().join("state/witness.1");
        let other = std::fs::read_to_string(&folder).unwrap();
        let name = other.split(' ').nth(1).unwrap();
        std::fs::write(&folder, other.replace(name, &"0".repeat(name.len()))).unwrap();
        let ended = scene.run(&["subscribers", "add", "anna@example.org"]);
        assert_eq!(ended.status.code(), Some(4), "{ended:?}");
        assert!(ended.stderr.contains("restore --adopt"), "{ended:?}");
        scene.command(&["restore", "--adopt"]);
        scene.command(&["subscribers", "add", "anna@example.org"]);
        assert!(scene.json(&["status"])["on_hold"].is_object());
    }

    /// What is written where no database is would be gone with the command.
    async fn nothing_is_held_where_no_database_is(fresh: Fresh) {
        let scene = Scene::set(fresh, 5).await;
        assert_eq!(scene.run(&["hold", "  "]).status.code(), Some(2), "a hold has a reason");
        scene.configure("sqlite://nowhere.db");
        for args in [&["hold", "why"][..], &["release"], &["restore", "--adopt"]] {
            let ended = scene.run(args);
            assert_eq!(ended.status.code(), Some(4), "{ended:?}");
            assert!(ended.stderr.contains("there is no database"), "{ended:?}");
        }
        assert!(!scene.home.path().join("nowhere.db").exists() && !scene.home.path().join("state").exists());
    }

    async fn everything_is_held_and_released(fresh: Fresh) {
        let scene = Scene::set(fresh, 5).await;
        assert_eq!(scene.run(&["release"]).status.code(), Some(4));
        let server = scene.serve();
        scene.command(&["hold", "the list looks wrong"]);
        assert_eq!(scene.run(&["hold", "again"]).status.code(), Some(4));
        scene.queue("calendar");
        tokio::time::sleep(QUIET).await;
        assert_eq!(scene.sink.stats().accepted, 0);
        assert_eq!(scene.json(&["status"])["on_hold"]["why"], "the list looks wrong");
        // A test email is no issue.
        scene.command(&["test", "issues/2026-01-02-calendar.md", "--to", "anna@example.org"]);
        assert_eq!(scene.sink.stats().accepted, 1);
        scene.command(&["release"]);
        scene.until_accepted(6).await;
        scene.kill(server).await;
    }
}
