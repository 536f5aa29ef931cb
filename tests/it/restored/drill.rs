//! The restore drill: an issue goes out, a copy is made somewhere in between, readers unsubscribe, the machine is lost, the
//! copy is put back and the relay's log is read. `CORANTO_DRILLS=100` is the long run of each way on each engine.
//!
//! What is asked of every run: nothing goes out before `release`; nobody gets the issue twice and nobody is missed; who
//! unsubscribed after the copy was made is gone; and no link of a row that is lost opens another.

use std::fs;
use std::time::Duration;

use crate::harness::copies::{Copy, lose};
use crate::harness::database::{Fresh, both_databases, on_postgres, on_sqlite};

use super::kills::times;
use super::links::{Tokens, press, states, tokens};
use super::scene::Scene;

const READERS: usize = 100;
/// A twentieth of the hundred that a release is tried with.
const RUNS: usize = 5;
/// Readers of each run whose rows are lost, and whose links are pressed: 2,000 in a hundred runs.
const LATE: usize = 20;
const LEAVERS: usize = 3;

/// How the copy is made and put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// `coranto backup` and `coranto restore`.
    Command,
    /// The file, or a copy of the database, while no server runs; then `restore --adopt`.
    Adopted,
    /// A snapshot of the file and its log, or a dump, while the server runs. It is put back behind the program's back.
    Snapshot,
}

/// Where in an issue a run makes its copy, and where the machine is lost: spread over it, and never the same twice.
fn moments(run: usize) -> (u64, u64) {
    let copy = (run * 17) % (READERS - 60) + LEAVERS + 2;
    let lost = copy + 2 + (run * 5) % 9;
    (copy as u64, lost as u64)
}

fn late(number: usize) -> String {
    format!("late{number}@example.org")
}

/// Brings people in whose numbers come after the last one.
fn bring(scene: &Scene, name: &str) {
    let list: String = (0..LATE).map(|number| format!("{name}{number}@example.org\n")).collect();
    fs::write(scene.home.path().join("more.csv"), format!("email\n{list}")).unwrap();
    scene.command(&["subscribers", "import", "more.csv", "--agreed", "at a fair"]);
}

async fn lost_and_put_back(fresh: Fresh, way: Way, run: usize) {
    let scene = Scene::set(fresh, READERS).await;
    let (made, lost) = moments(run);
    scene.queue("calendar");
    let (mut server, mut web) = scene.serve_all();
    scene.until_accepted(made).await;
    let leavers: Vec<String> = scene.sink.messages().iter().take(LEAVERS).map(|one| one.to[0].clone()).collect();
    let copy = match way {
        Way::Command => {
            scene.command(&["backup", "--now", "b.tar.gz"]);
            None
        }
        Way::Snapshot => Some(Copy::beside(&scene.url, &server)),
        Way::Adopted => {
            scene.kill(server).await;
            let copy = Copy::of(&scene.url);
            (server, web) = scene.serve_all();
            Some(copy)
        }
    };
    bring(&scene, "late");
    let links: Tokens = tokens(&scene, &(0..LATE).map(late).collect::<Vec<_>>()).await;
    let theirs = tokens(&scene, &leavers).await;
    assert_eq!(press(web, &theirs).await, [200; LEAVERS], "run {run}");
    scene.until_accepted(lost).await;
    scene.kill(server).await;

    // The machine is lost with what it remembers. The journal is on another disk.
    let state = scene.home.path().join("state");
    if way != Way::Snapshot {
        for one in fs::read_dir(&state).unwrap().map(|one| one.unwrap()) {
            if one.file_name() != "unsubscribes" {
                fs::remove_file(one.path()).unwrap();
            }
        }
        lose(&scene.url);
    }
    match copy {
        None => {
            fs::remove_file(scene.home.path().join("secret.key")).unwrap();
            let done = scene.json(&["restore", "b.tar.gz"]);
            assert_eq!(done["generation"], 2, "run {run}: {done}");
            bring(&scene, "new");
        }
        Some(copy) => {
            copy.put_back();
            // On a machine that remembers nothing they get the numbers of those who are lost.
            bring(&scene, "new");
            if way == Way::Adopted {
                scene.command(&["restore", "--adopt"]);
            }
        }
    }
    let sent = scene.sink.stats().accepted;
    let (server, web) = scene.serve_all();
    let answers = press(web, &links).await;
    assert!(answers.iter().all(|status| [200, 404, 410].contains(status)), "run {run}: {answers:?}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(scene.sink.stats().accepted, sent, "run {run}: it sent by itself");
    let all = states(&scene);
    for (address, state) in &all {
        let expected = if leavers.contains(address) { "unsubscribed" } else { "active" };
        assert_eq!(state, expected, "run {run}: {address}");
    }
    let known = all.iter().filter(|(address, _)| address.starts_with("new") || address.starts_with("reader"));
    assert_eq!(known.count(), READERS + LATE, "run {run}");
    settle_and_finish(&scene, &leavers, run).await;
    scene.kill(server).await;
}

/// Beside a server that is on hold.
async fn settle_and_finish(scene: &Scene, leavers: &[String], run: usize) {
    let settled = scene.settle("calendar", &scene.postfix_log());
    assert_eq!(settled["found"], scene.sink.stats().accepted, "run {run}: {settled}");
    // Refused where the relay had taken all of it.
    scene.run(&["issues", "retry", "calendar", "--uncertain"]);
    scene.command(&["release"]);
    scene.run(&["issues", "resume", "calendar"]);
    scene.until_tried("calendar").await;
    for (number, times) in scene.got("calendar").into_iter().enumerate() {
        let has_left = leavers.contains(&format!("reader{number}@example.com"));
        assert!(times == 1 || has_left && times == 0, "run {run}: reader{number} got it {times} times");
    }
}

fn on_files(way: Way) {
    for run in 0..times(RUNS) {
        on_sqlite(async |fresh: Fresh| lost_and_put_back(fresh, way, run).await);
    }
}

fn on_servers(way: Way) {
    for run in 0..times(RUNS) {
        on_postgres(async |fresh: Fresh| lost_and_put_back(fresh, way, run).await);
    }
}

mod by_a_backup {
    use super::*;

    #[test]
    fn sqlite() {
        on_files(Way::Command);
    }

    #[test]
    fn postgres() {
        on_servers(Way::Command);
    }
}

mod by_a_copy_that_is_adopted {
    use super::*;

    #[test]
    fn sqlite() {
        on_files(Way::Adopted);
    }

    #[test]
    fn postgres() {
        on_servers(Way::Adopted);
    }
}

mod by_a_snapshot_of_a_running_server {
    use super::*;

    #[test]
    fn sqlite() {
        on_files(Way::Snapshot);
    }

    #[test]
    fn postgres() {
        on_servers(Way::Snapshot);
    }
}

both_databases! {
    /// The copy is from before the issue began: it is held, and the log says who got it.
    async fn an_issue_that_began_after_the_copy_is_settled_too(fresh: Fresh) {
        let scene = Scene::set(fresh, 10).await;
        let server = scene.serve();
        scene.command(&["hold", "so that the copy has it queued"]);
        scene.queue("calendar");
        scene.kill(server).await;
        let copy = Copy::of(&scene.url);
        scene.command(&["release"]);
        let server = scene.serve();
        scene.until_accepted(4).await;
        scene.kill(server).await;
        let sent = scene.sink.stats().accepted;
        copy.put_back();
        scene.command(&["restore", "--adopt"]);
        let strange = scene.settle("calendar", "stranger@example.org\n");
        assert_eq!(strange["found"], 0, "{strange}");
        assert_eq!(scene.json(&["issues", "show", "calendar"])["state"], "held", "nobody is named, so nothing has begun");
        let took: String = scene.sink.messages().iter().map(|one| format!("to=<{}>, status=sent\n", one.to[0])).collect();
        let refused = "to=<reader9@example.com>, status=bounced\n";
        let settled = scene.settle("calendar", &(took + refused));
        assert_eq!((&settled["found"], &settled["settled"]), (&sent.into(), &sent.into()), "{settled}");
        scene.command(&["issues", "retry", "calendar", "--uncertain"]);
        scene.command(&["release"]);
        scene.command(&["issues", "resume", "calendar"]);
        let server = scene.serve();
        scene.until_tried("calendar").await;
        assert_eq!(scene.got("calendar"), [1; 10]);
        scene.kill(server).await;
    }
}
