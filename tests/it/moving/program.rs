//! A newsletter moves to the other engine as its operator moves it: links go on working, an issue is finished, and the
//! database that was left starts no server.

use std::time::Duration;

use coranto::store::Db;

use crate::harness::database::{Fresh, PostgresPlace, SqlitePlace, both_databases};
use crate::harness::http::{get, post};
use crate::harness::installation::Installation;
use crate::harness::program::{Program, coranto};
use crate::harness::visitor::sign_up;
use crate::restored::scene::Scene;

const READERS: usize = 60;
const WAIT_MAX: Duration = Duration::from_secs(120);
const ISSUE: &str = "---\ntitle: The first letter\n---\nGood morning.\n";

/// An empty database of the other engine; `None` where there is no PostgreSQL.
fn other(url: &str) -> Option<(String, Option<SqlitePlace>, Option<PostgresPlace>)> {
    if url.starts_with("sqlite:") {
        let place = PostgresPlace::empty()?;
        return Some((place.url(), None, Some(place)));
    }
    let place = SqlitePlace::new();
    Some((place.url(), Some(place), None))
}

fn stop(server: Program) {
    server.signal("TERM");
    let ended = server.wait(WAIT_MAX);
    assert!(ended.status.success(), "{ended:?}");
}

both_databases! {
    async fn an_issue_half_sent_is_finished_on_the_other_side(fresh: Fresh) {
        let Some((to, _file, _server)) = other(&fresh.url) else { return };
        let from = fresh.url.clone();
        let scene = Scene::set(fresh, READERS).await;
        scene.queue("calendar");
        let server = scene.serve();
        scene.until_accepted(15).await;
        let refused = scene.run(&["migrate", "--to", &to]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        scene.command(&["issues", "pause", "calendar"]);
        stop(server);
        let sent = scene.sink.stats().accepted;
        assert!(sent < READERS as u64, "it was all sent before it was paused");

        let moved = scene.command(&["migrate", "--to", &to]);
        for part in ["TABLE", "SUM OF THE COPY", "deliveries", "equal", "Moved to"] {
            assert!(moved.stdout.contains(part), "{part}: {moved:?}");
        }
        assert!(!moved.stdout.contains("DIFFERS"), "{moved:?}");
        assert!(moved.stderr.contains("under `database`"), "{moved:?}");

        // The one that was left starts nothing and takes nothing.
        for args in [&["serve", "--role", "schedule,deliver"][..], &["subscribers", "add", "late@example.org"], &["release"]] {
            let refused = scene.run(args);
            assert_eq!(refused.status.code(), Some(4), "{args:?}: {refused:?}");
            assert!(refused.stderr.contains("this database has moved to"), "{refused:?}");
            assert!(refused.stderr.contains("--reopen"), "{refused:?}");
        }
        let status = scene.json(&["status"]);
        assert!(status["on_hold"]["why"].as_str().unwrap().starts_with("moved to "), "{status}");

        scene.configure(&to);
        let server = scene.serve();
        scene.command(&["issues", "resume", "calendar"]);
        scene.until_accepted(READERS as u64).await;
        scene.until_tried("calendar").await;
        assert_eq!(scene.got("calendar"), [1; READERS]);
        // Somebody has worked there: the way back is another.
        stop(server);
        let refused = scene.run(&["migrate", "--reopen", "--from", &from, "--to", &to]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(refused.stderr.contains("has worked on the target since the move"), "{refused:?}");
        let refused = scene.run(&["migrate", "--from", &to, "--to", &from]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(refused.stderr.contains("what was in the target has moved to"), "{refused:?}");
        scene.sink.stop().await;
    }

    async fn links_from_before_the_move_work_after_it(fresh: Fresh) {
        let Some((to, _file, _server)) = other(&fresh.url) else { return };
        fresh.db.close().await;
        let from = fresh.url.clone();
        let mut site = Installation::start(&from, &[("week", "The Week", "en", "")], "").await;
        sign_up(site.web(), "/week/subscribe", &[("email", "anna@example.org")]).await;
        sign_up(site.web(), "/week/subscribe", &[("email", "bert@example.org")]).await;
        let confirm = site.link(&site.mail("anna@example.org", 1).await, "/c/");
        post(&confirm).form(&[]).send_to(site.web()).await.unwrap();
        site.publish("week", "first", ISSUE).await;
        let issue = site.mail("anna@example.org", 2).await;
        let asked = site.mail("bert@example.org", 1).await;

        site.move_to(&from, &to);
        let preferences = get(&site.link(&issue, "/p/")).send_to(site.web()).await.unwrap();
        assert!(preferences.status.is_success() && preferences.text().contains("The Week"), "{preferences:?}");
        let confirmed = post(&site.link(&asked, "/c/")).form(&[]).send_to(site.web()).await.unwrap();
        assert!(confirmed.status.is_success() || confirmed.status.is_redirection(), "{confirmed:?}");
        let shown = site.command(&["--json", "subscribers", "show", "bert@example.org"]);
        assert!(shown.contains("\"state\":\"active\""), "{shown}");
        let one_click = post(&site.link(&issue, "/u/")).form(&[("List-Unsubscribe", "One-Click")]);
        assert!(one_click.send_to(site.web()).await.unwrap().status.is_success());
        let shown = site.command(&["--json", "subscribers", "show", "anna@example.org"]);
        assert!(shown.contains("\"state\":\"unsubscribed\""), "{shown}");
        // The next number is a new one: a reader who comes now gets links of their own.
        sign_up(site.web(), "/week/subscribe", &[("email", "carl@example.org")]).await;
        let third = site.link(&site.mail("carl@example.org", 1).await, "/c/");
        assert!(get(&third).send_to(site.web()).await.unwrap().status.is_success());
        let db = Db::open(&to).await.unwrap();
        let unmarked: (i64,) = db
            .read()
            .await
            .unwrap()
            .sql("SELECT COUNT(*) FROM subscriptions WHERE mark IS NULL")
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(unmarked.0, 0);
        db.close().await;
        site.end().await;
    }

    async fn a_move_is_undone_from_the_command_line(fresh: Fresh) {
        let Some((to, _file, _server)) = other(&fresh.url) else { return };
        let from = fresh.url.clone();
        let scene = Scene::set(fresh, 5).await;
        let moved = scene.json(&["migrate", "--to", &to]);
        assert_eq!(moved["moved"], true, "{moved}");
        let subscribers = moved["tables"].as_array().unwrap().iter().find(|table| table["table"] == "subscribers").unwrap();
        assert_eq!((&subscribers["source"]["rows"], &subscribers["equal"]), (&5.into(), &true.into()), "{moved}");
        let unsaid = scene.run(&["migrate", "--reopen"]);
        assert_eq!(unsaid.status.code(), Some(2), "{unsaid:?}");
        assert!(unsaid.stderr.contains("say by --to where it moved to"), "{unsaid:?}");
        let reopened = scene.command(&["migrate", "--reopen", "--to", &to]);
        assert!(reopened.stdout.contains("may be used again"), "{reopened:?}");
        scene.command(&["hold", "it is looked at"]);
        scene.command(&["release"]);
        scene.configure(&to);
        let refused = scene.run(&["serve", "--role", "schedule,deliver"]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(refused.stderr.contains("which went on by itself"), "{refused:?}");
        scene.configure(&from);
        scene.queue("calendar");
        let server = scene.serve();
        scene.until_accepted(5).await;
        // A server that runs sees that its database is closed, and a move does not begin under it.
        let refused = scene.run(&["migrate", "--to", &to]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        stop(server);
        scene.sink.stop().await;
    }

    async fn what_is_not_there_is_not_moved(fresh: Fresh) {
        let scene = Scene::set(fresh, 1).await;
        let nowhere = format!("sqlite://{}", scene.home.path().join("none.db").display());
        let missing = scene.run(&["migrate", "--from", &nowhere]);
        assert_eq!(missing.status.code(), Some(4), "{missing:?}");
        assert!(missing.stderr.contains("there is no database at"), "{missing:?}");
        let same = scene.run(&["migrate", "--to", &scene.url]);
        assert_eq!(same.status.code(), Some(2), "{same:?}");
        assert!(same.stderr.contains("both sides of the move are"), "{same:?}");
        let wrong = scene.run(&["migrate", "--to", "mysql://x"]);
        assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
        scene.sink.stop().await;
    }
}

/// A process that only serves pages has no lock and no lease: it ends when its database is closed under it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_pages_alone_ends_when_its_database_moves() {
    let (place, there) = (SqlitePlace::new(), SqlitePlace::new());
    let db = Db::open(&place.url()).await.unwrap();
    coranto::store::migrate::run(&db).await.unwrap();
    let scene = Scene::set(Fresh { db, url: place.url() }, 2).await;
    let mut command = coranto(scene.home.path());
    command.args(["serve", "--role", "web"]).env("CORANTO__SERVER__LISTEN", "127.0.0.1:0");
    let mut web = Program::start(command);
    web.wait_for_line("public_url=", WAIT_MAX);
    scene.command(&["migrate", "--to", &there.url()]);
    let ended = web.wait(WAIT_MAX);
    assert_eq!(ended.status.code(), Some(4), "{ended:?}");
    assert!(ended.stderr.contains("this database has moved to"), "{ended:?}");
    scene.sink.stop().await;
}
