//! `kill -9` at any moment of a backup or a restore: no whole-looking file that is none, and no database that is neither
//! the old one nor the new.

use std::fs;
use std::time::Duration;

use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::environment;
use crate::harness::program::{Program, coranto};

use super::scene::Scene;

const WAIT_MAX: Duration = Duration::from_secs(120);

/// How often: `CORANTO_DRILLS` is for a long run.
pub(super) fn times(ordinary: usize) -> usize {
    environment("CORANTO_DRILLS").map_or(ordinary, |times| times.parse().unwrap())
}

#[test]
fn a_backup_that_was_killed_has_no_name() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 300).await;
        let (mut whole, rounds) = (0, times(20));
        for round in 0..rounds {
            let name = format!("b{round}.tar.gz");
            let mut command = coranto(scene.home.path());
            command.args(["backup", &name]);
            let program = Program::start(command);
            tokio::time::sleep(Duration::from_millis(7 * round as u64 % 400)).await;
            program.kill();
            if scene.home.path().join(&name).exists() {
                scene.command(&["backup", "--verify", &name]);
                whole += 1;
            }
        }
        scene.command(&["backup", "last.tar.gz"]);
        let left = fs::read_dir(scene.home.path()).unwrap().map(|one| one.unwrap().file_name());
        let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".coranto-backup-")).collect();
        assert!(left.is_empty(), "the next backup takes away what was left: {left:?}");
        assert!(whole < rounds, "no kill came early enough");
    });
}

#[test]
fn a_restore_that_was_killed_leaves_the_old_one_or_says_so() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 50).await;
        scene.command(&["backup", "b.tar.gz"]);
        scene.command(&["subscribers", "add", "late@example.org"]);
        let has_late = || {
            let shown = scene.run(&["subscribers", "show", "late@example.org"]);
            (shown.status.success(), shown)
        };
        for round in 0..times(20) {
            let mut command = coranto(scene.home.path());
            command.args(["--yes", "restore", "b.tar.gz", "--replace"]);
            let program = Program::start(command);
            tokio::time::sleep(Duration::from_millis(11 * round as u64 % 400)).await;
            let ended = program.kill();
            let (is_old, shown) = has_late();
            if !is_old && shown.stderr.contains("unfinished") {
                scene.command(&["restore", "b.tar.gz", "--replace"]);
                assert!(!has_late().0);
            } else if !is_old {
                assert!(scene.json(&["status"])["on_hold"].is_object(), "{ended:?} {shown:?}");
            }
            if !is_old {
                scene.command(&["subscribers", "add", "late@example.org"]);
            }
        }
        // However it was killed, the next one does all of it.
        scene.command(&["restore", "b.tar.gz", "--replace"]);
        assert!(!has_late().0);
        assert!(scene.json(&["status"])["on_hold"].is_object());
    });
}

/// The moments between two renames are too short to be met by chance.
#[test]
fn between_two_renames_nobody_works_on_the_place() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 5).await;
        scene.command(&["backup", "b.tar.gz"]);
        let database = coranto::store::lock::sqlite_path(&scene.url).unwrap();
        let waiting = coranto::store::lock::waiting_for(&database);
        for is_there in [true, false] {
            fs::write(&waiting, "half").unwrap();
            if !is_there {
                fs::rename(&database, database.with_extension("aside")).unwrap();
            }
            let refused = scene.run(&["serve", "--role", "schedule"]);
            assert!(!refused.status.success(), "{refused:?}");
            assert!(refused.stderr.contains("unfinished"), "{refused:?}");
            assert_eq!(database.exists(), is_there);
            let done = scene.run(&["restore", "b.tar.gz", "--replace"]);
            assert!(done.status.success(), "{done:?}");
            assert!(!waiting.exists());
        }
        let mut command = coranto(scene.home.path());
        command.args(["serve", "--role", "schedule,deliver"]);
        let mut server = Program::start(command);
        server.wait_for_line("delivery begins", WAIT_MAX);
    });
}
