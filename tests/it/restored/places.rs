//! Where backups may be made and taken apart: on a disk that is there, with room, and out of others' sight.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::store::backups::{self, BackupRow};
use coranto::store::{Db, snapshot};
use coranto::upkeep::{SchemaTrouble, upgrade};

use crate::harness::database::{Fresh, both_databases, on_postgres, on_sqlite};
use crate::harness::patience::until;
use crate::harness::program::{Program, coranto};

use super::scene::Scene;

const WAIT_MAX: Duration = Duration::from_secs(120);
const DAY_MS: i64 = 24 * 3_600_000;

#[test]
fn a_folder_that_is_missing_is_not_made() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 5).await;
        let refused = scene.run(&["backup", "typo/x/b.tar.gz"]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(
            refused.stderr.contains("there is no folder typo/x") && refused.stderr.contains("mount"),
            "{refused:?}"
        );
        assert!(!scene.home.path().join("typo").exists());
        scene.append("[backup]\nfolder = \"disk/backups\"\n");
        // The first one makes it; then it is a disk that is gone.
        scene.command(&["backup"]);
        fs::rename(scene.home.path().join("disk"), scene.home.path().join("unmounted")).unwrap();
        let refused = scene.run(&["backup"]);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(!scene.home.path().join("disk").exists());
        fs::rename(scene.home.path().join("unmounted"), scene.home.path().join("disk")).unwrap();
    });
}

fn folders(of: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).into_iter().flatten().flatten();
    let is_one = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(prefix);
    entries.map(|entry| entry.path()).filter(is_one).collect()
}

#[test]
fn what_is_verified_is_out_of_others_sight_and_goes() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 50).await;
        scene.command(&["backup", "b.tar.gz"]);
        let temporary = tempfile::tempdir().unwrap();
        let mut command = coranto(scene.home.path());
        // It reads for as long as nobody closes the pipe.
        let pipe = scene.home.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        command.args(["backup", "--verify", "pipe"]).env("TMPDIR", temporary.path());
        let program = Program::start(command);
        let bytes = fs::read(scene.home.path().join("b.tar.gz")).unwrap();
        let mut writer =
            tokio::task::spawn_blocking(move || fs::OpenOptions::new().write(true).open(pipe).unwrap()).await.unwrap();
        std::io::Write::write_all(&mut writer, &bytes[..bytes.len() / 2]).unwrap();
        let state = scene.home.path().join("state");
        until("the backup is taken apart", async || folders(&state, ".coranto-verify-").len() == 1).await;
        let folder = folders(&state, ".coranto-verify-").remove(0);
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0, "nothing is in the system's folder");
        program.signal("INT");
        // The pipe stays open: what ends it is the signal.
        let ended = program.wait(WAIT_MAX);
        drop(writer);
        assert!(ended.stderr.contains("stopped"), "{ended:?}");
        assert!(!folder.exists(), "{ended:?}");
        scene.command(&["backup", "--verify", "b.tar.gz"]);
        assert!(folders(&state, ".coranto-verify-").is_empty());
    });
}

both_databases! {
    async fn the_room_that_a_copy_takes_is_known_before(fresh: Fresh) {
        let before = snapshot::size(&fresh.db).await.unwrap();
        assert!(before > 0);
        let text = "x".repeat(1000);
        fresh.db.write(async |tx| {
            for number in 0..2000_i64 {
                let sql = "INSERT INTO newsletters (slug, created_at) VALUES ($1, 1)";
                tx.sql(sql).bind(format!("{number}{text}")).execute().await?;
            }
            Ok::<_, coranto::store::StoreError>(())
        }).await.unwrap();
        let after = snapshot::size(&fresh.db).await.unwrap();
        // PostgreSQL keeps long texts compressed.
        assert!(after > before, "{before} {after}");
    }
}

/// A step that rewrites rows asks for a backup of the last day; one is made by hand or by night.
#[test]
fn a_long_step_of_postgres_finds_the_backup() {
    on_postgres(async |db: Db| {
        let now = Timestamp(1_900_000_000_000);
        // As if the step that renames the state of who unsubscribed had not been made.
        let forget = "DELETE FROM _sqlx_migrations WHERE version = 17";
        db.write(async |tx| tx.sql(forget).execute().await).await.unwrap();
        let refused = upgrade(&db, None, false, now).await.unwrap_err();
        assert!(matches!(refused, SchemaTrouble::NoCopy { step: 17 }), "{refused}");
        for (taken_at, verified, is_found) in
            [(now.0 - DAY_MS - 1, true, false), (now.0 - DAY_MS + 1, false, false), (now.0 - DAY_MS + 1, true, true)]
        {
            let row = BackupRow {
                taken_at: Timestamp(taken_at),
                file: "x".to_owned(),
                bytes: 1,
                verified_at: verified.then_some(Timestamp(taken_at)),
                fault: None,
            };
            db.write(async |tx| backups::add(tx, &row).await).await.unwrap();
            let done = upgrade(&db, None, false, now).await;
            match done {
                Err(SchemaTrouble::NoCopy { .. }) => assert!(!is_found),
                // The step itself finds its index there.
                _ => assert!(is_found),
            }
        }
    });
}
