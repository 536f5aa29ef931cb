//! The restore drill: an issue goes out, a backup is made somewhere in between, the machine is lost, the backup is put back
//! and the relay's log is read. Nobody is missed, and nobody gets it twice. Another tenth each way is for a long run.

use std::fs;
use std::time::Duration;

use crate::harness::copies::Copy;
use crate::harness::database::{Fresh, both_databases, on_sqlite};

use super::kills::times;
use super::scene::Scene;

const READERS: usize = 100;
/// A twentieth of the hundred that a release is tried with.
const RUNS: usize = 5;

/// Where in an issue a run makes its backup, and where the machine is lost: spread over it, and never the same twice.
fn moments(run: usize) -> (u64, u64) {
    let backup = (run * 17 + 3) % (READERS - 40);
    let lost = backup + 2 + (run * 5) % 9;
    (backup as u64, lost as u64)
}

async fn settle_and_finish(scene: &Scene, run: usize) {
    let settled = scene.settle("calendar", &scene.postfix_log());
    assert_eq!(settled["found"], scene.sink.stats().accepted, "run {run}: {settled}");
    // Refused where the relay had taken all of it.
    scene.run(&["issues", "retry", "calendar", "--uncertain"]);
    scene.command(&["release"]);
    scene.run(&["issues", "resume", "calendar"]);
    let server = scene.serve();
    scene.until_accepted(READERS as u64).await;
    scene.until_tried("calendar").await;
    assert_eq!(scene.got("calendar"), [1; READERS], "run {run}");
    scene.kill(server).await;
}

#[test]
fn nobody_is_missed_and_nobody_gets_it_twice_by_a_backup() {
    for run in 0..times(RUNS) {
        on_sqlite(async |fresh: Fresh| {
            let scene = Scene::set(fresh, READERS).await;
            let (backup, lost) = moments(run);
            scene.queue("calendar");
            let server = scene.serve();
            scene.until_accepted(backup).await;
            scene.command(&["backup", "--now", "b.tar.gz"]);
            scene.until_accepted(lost).await;
            scene.kill(server).await;
            // The machine is lost, with what it remembers; the file is elsewhere.
            let database = coranto::store::lock::sqlite_path(&scene.url).unwrap();
            for end in ["", "-wal", "-shm", ".lock"] {
                let _ = fs::remove_file(format!("{}{end}", database.display()));
            }
            fs::remove_dir_all(scene.home.path().join("state")).unwrap();
            fs::remove_file(scene.home.path().join("secret.key")).unwrap();
            let done = scene.json(&["restore", "b.tar.gz"]);
            assert_eq!(done["generation"], 2, "{done}");
            let sent = scene.sink.stats().accepted;
            let server = scene.serve();
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(scene.sink.stats().accepted, sent, "run {run}: a restored backup sent by itself");
            scene.kill(server).await;
            settle_and_finish(&scene, run).await;
        });
    }
}

both_databases! {
    /// The other way round: the database is put back by other means, and adopted.
    async fn nobody_is_missed_and_nobody_gets_it_twice_by_a_copy(fresh: Fresh) {
        let scene = Scene::set(fresh, READERS).await;
        let (before, lost) = moments(times(1));
        scene.queue("calendar");
        let server = scene.serve();
        scene.until_accepted(before).await;
        scene.kill(server).await;
        let copy = Copy::of(&scene.url);
        let server = scene.serve();
        scene.until_accepted(lost).await;
        scene.kill(server).await;
        copy.put_back();
        fs::remove_dir_all(scene.home.path().join("state")).unwrap();
        scene.command(&["restore", "--adopt"]);
        settle_and_finish(&scene, 0).await;
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
