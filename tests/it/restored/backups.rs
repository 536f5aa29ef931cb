//! What is in a backup, and where it may be put.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

use coranto::backup::Manifest;
use coranto::store::{Db, backups, installation, marks, migrate, snapshot};
use coranto::token::Keyring;
use serde_json::Value;

use crate::harness::database::{Fresh, PostgresPlace, both_databases, on_postgres, on_sqlite};
use crate::harness::program::{Program, coranto, run};
use crate::harness::{find_program, skip};

use super::scene::Scene;

const WAIT_MAX: Duration = Duration::from_secs(120);

/// The entries of an archive, as any other program would find them.
fn entries(file: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(flate2::read::MultiGzDecoder::new(File::open(file).unwrap()));
    let read = |entry: Result<tar::Entry<'_, _>, std::io::Error>| {
        let mut entry: tar::Entry<'_, flate2::read::MultiGzDecoder<File>> = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().display().to_string(), bytes)
    };
    archive.entries().unwrap().map(read).collect()
}

#[test]
fn a_backup_has_all_of_it_but_the_passwords() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 20).await;
        scene.append("username = \"hunter1\"\npassword = \"hunter2\"\n[backup]\nfolder = \"backups\"\n");
        fs::write(scene.home.path().join("issues/.hidden"), "no").unwrap();
        fs::write(scene.home.path().join("issues/draft.md"), "a draft that was never queued").unwrap();
        std::os::unix::fs::symlink("/etc/hostname", scene.home.path().join("issues/link.md")).unwrap();
        let server = scene.serve();
        let made = scene.json(&["backup", "b.tar.gz"]);
        assert!(made["rows"].as_u64().unwrap() > 40, "{made}");
        assert_eq!(made["left_out"], serde_json::json!(["relays.0.password"]), "{made}");
        let file = scene.home.path().join("b.tar.gz");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let all = entries(&file);
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[0], "manifest.json");
        for name in ["database.sqlite", "config/coranto.toml", "keys/secret.key", "config/issues/week/draft.md"] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
        assert!(!names.iter().any(|name| name.contains("hidden") || name.contains("link")), "{names:?}");
        let of = |name: &str| all.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let config = String::from_utf8(of("config/coranto.toml")).unwrap();
        assert!(!config.contains("hunter2") && config.contains("hunter1"), "{config}");
        let manifest: Manifest = serde_json::from_slice(&of("manifest.json")).unwrap();
        assert_eq!((manifest.format, manifest.schema), (1, migrate::known()));
        assert_eq!(manifest.tables["subscribers"].rows, 20);
        assert_eq!(manifest.keys.len(), 2, "{:?}", manifest.keys);

        assert_eq!(scene.json(&["backup", "--verify", "b.tar.gz"])["whole"], true);
        let again = scene.run(&["backup", "b.tar.gz"]);
        assert_eq!(again.status.code(), Some(1), "a backup overwrites nothing: {again:?}");
        assert!(
            fs::read_dir(scene.home.path())
                .unwrap()
                .all(|one| { !one.unwrap().file_name().to_string_lossy().starts_with(".coranto-") })
        );
        scene.command(&["backup"]);
        assert_eq!(fs::read_dir(scene.home.path().join("backups")).unwrap().count(), 1);
        assert!(scene.json(&["backup", "--list"])["bytes"].as_u64().unwrap() > 1000);
        scene.kill(server).await;
        let db = Db::open(&scene.url).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let last = backups::last(&mut tx).await.unwrap().unwrap();
        assert_eq!(backups::last_verified(&mut tx).await.unwrap(), Some(last));
        drop(tx);
        db.close().await;
    });
}

#[test]
fn a_backup_of_postgres_goes_back_into_an_empty_postgres() {
    on_postgres(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 20).await;
        scene.command(&["backup", "b.tar.gz"]);
        let archived = entries(&scene.home.path().join("b.tar.gz"));
        let manifest: Value = serde_json::from_slice(&archived[0].1).unwrap();
        assert_eq!(manifest["engine"], "postgres", "{manifest}");
        let Some(place) = PostgresPlace::empty() else { return };
        scene.command(&["restore", "b.tar.gz", "--database", &place.url()]);
        let (was, is) = (Db::open(&scene.url).await.unwrap(), Db::open(&place.url()).await.unwrap());
        let count = "SELECT COUNT(*) FROM subscriptions WHERE state = 'active'";
        let readers = async |db: &Db| -> i64 {
            let (count,): (i64,) = db.read().await.unwrap().sql(count).fetch_one().await.unwrap();
            count
        };
        assert_eq!((readers(&was).await, readers(&is).await), (20, 20));
        let known = installation::get(&mut is.read().await.unwrap()).await.unwrap().unwrap();
        assert!(known.held_at.is_some() && known.generation > 1, "{known:?}");
        was.close().await;
        is.close().await;
    });
}

both_databases! {
    async fn what_is_noted_of_backups_is_found(db: Db) {
        let row = |file: &str, verified: bool| backups::BackupRow {
            taken_at: coranto::clock::Timestamp(5),
            file: file.to_owned(),
            bytes: 7,
            verified_at: verified.then_some(coranto::clock::Timestamp(6)),
            fault: (!verified).then(|| "no room".to_owned()),
        };
        assert_eq!(backups::last(&mut db.read().await.unwrap()).await.unwrap(), None);
        db.write(async |tx| backups::add(tx, &row("a", true)).await).await.unwrap();
        db.write(async |tx| backups::add(tx, &row("b", false)).await).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(backups::last(&mut tx).await.unwrap(), Some(row("b", false)));
        assert_eq!(backups::last_verified(&mut tx).await.unwrap(), Some(row("a", true)));
        for (name, is_there) in [("a%", true), ("b%", false), ("c%", false)] {
            assert_eq!(backups::has_named(&mut tx, name).await.unwrap(), is_there, "{name}");
        }
        drop(tx);
        // Nothing to be kept of what is not there.
        let none = coranto::domain::SubscriptionId(77);
        db.write(async |tx| marks::keep_erasure(tx, none, coranto::clock::Timestamp(1)).await).await.unwrap();
    }
}

/// The sum of a table does not depend on where its rows lie, and depends on every value in them.
#[test]
fn a_sum_depends_on_values_alone() {
    on_sqlite(async |db: Db| {
        let home = tempfile::tempdir().unwrap();
        let insert = async |at: i64, name: &str| {
            let mut tx = db.begin().await.unwrap();
            let sql = "INSERT INTO newsletters (id, slug, created_at) VALUES ($1, $2, 3)";
            tx.sql(sql).bind(at).bind(name).execute().await.unwrap();
            tx.commit().await.unwrap();
        };
        let clear = async || {
            let mut tx = db.begin().await.unwrap();
            tx.sql("DELETE FROM newsletters").execute().await.unwrap();
            tx.commit().await.unwrap();
        };
        let look = async |name: &str| {
            let path = home.path().join(name);
            snapshot::make(&db, &path).await.unwrap();
            let facts = snapshot::examine(&path, snapshot::SnapshotCheck::Full).await.unwrap();
            assert_eq!(facts.fault, None);
            facts.tables["newsletters"].clone()
        };
        insert(1, "one").await;
        insert(2, "two").await;
        let first = look("a").await;
        assert_eq!(first.rows, 2);
        clear().await;
        insert(2, "two").await;
        insert(1, "one").await;
        assert_eq!(look("b").await, first);
        clear().await;
        insert(1, "two").await;
        insert(2, "one").await;
        assert_ne!(look("c").await.sum, first.sum);
    });
}

#[test]
fn it_is_put_into_an_empty_folder_and_held() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 20).await;
        let scene = scene.at_home();
        scene.kill(scene.serve()).await;
        scene.queue("calendar");
        scene.command(&["backup", "b.tar.gz"]);
        let elsewhere = tempfile::tempdir().unwrap();
        let file = scene.home.path().join("b.tar.gz");
        let restore = |more: &[&str]| {
            let mut command = coranto(elsewhere.path());
            command.args(["--yes", "--json", "restore"]).arg(&file).args(more);
            run(command, WAIT_MAX)
        };
        let trial = restore(&["--check"]);
        assert!(trial.status.success(), "{trial:?}");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "a trial leaves nothing");
        let done = restore(&[]);
        assert!(done.status.success(), "{done:?}");
        let told: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!((&told["generation"], &told["issues"]), (&2.into(), &1.into()), "{told}");
        for name in ["coranto.toml", "coranto.db", "secret.key", "issues/2026-01-02-calendar.md", "state/witness.1"] {
            assert!(elsewhere.path().join(name).exists(), "{name}");
        }
        assert_eq!(fs::metadata(elsewhere.path().join("coranto.db")).unwrap().permissions().mode() & 0o777, 0o600);
        let there = |args: &[&str]| {
            let mut command = coranto(elsewhere.path());
            command.args(["--yes", "--json"]).args(args);
            run(command, WAIT_MAX)
        };
        let status = there(&["status"]);
        let status: Value = serde_json::from_str(status.stdout.lines().next().unwrap()).unwrap();
        assert!(status["on_hold"]["why"].as_str().unwrap().contains("was restored"), "{status}");
        let stats = there(&["subscribers", "stats"]);
        assert!(stats.stdout.contains("\"active\":20"), "{stats:?}");
        let again = restore(&[]);
        assert_eq!(again.status.code(), Some(4), "{again:?}");
        let replaced = restore(&["--replace"]);
        assert!(replaced.status.success(), "{replaced:?}");
        let told: Value = serde_json::from_str(&replaced.stdout).unwrap();
        assert!(fs::metadata(elsewhere.path().join(told["before"].as_str().unwrap())).unwrap().len() > 4096, "{told}");
        assert_eq!(told["generation"], 3, "{told}");
    });
}

#[test]
fn it_is_not_put_under_a_server_nor_beside_another_key() {
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 5).await;
        scene.command(&["backup", "b.tar.gz"]);
        let mut command = coranto(scene.home.path());
        command.args(["serve", "--role", "schedule,deliver"]);
        let mut server = Program::start(command);
        server.wait_for_line("delivery begins", WAIT_MAX);
        let ended = scene.run(&["restore", "b.tar.gz", "--replace"]);
        assert_eq!(ended.status.code(), Some(4), "{ended:?}");
        assert!(ended.stderr.contains("a server works on"), "{ended:?}");
        server.signal("TERM");
        server.wait(WAIT_MAX);
        let before = fs::read(scene.home.path().join("secret.key")).unwrap();
        fs::write(scene.home.path().join("secret.key"), Keyring::generate()).unwrap();
        let ended = scene.run(&["restore", "b.tar.gz", "--replace"]);
        assert_eq!(ended.status.code(), Some(4), "{ended:?}");
        assert!(ended.stderr.contains("key file in place"), "{ended:?}");
        fs::write(scene.home.path().join("secret.key"), before).unwrap();
        scene.command(&["restore", "b.tar.gz", "--replace"]);
        scene.command(&["restore", "b.tar.gz", "--database", "sqlite://other.db"]);
        assert!(scene.home.path().join("other.db").exists());
    });
}

/// As docs/backup.md says.
#[test]
fn it_goes_through_a_pipe_and_age() {
    let needed = find_program(&["age"], &[]).zip(find_program(&["age-keygen"], &[]));
    if needed.is_none() {
        return skip("age", "no age is installed");
    }
    on_sqlite(async |fresh: Fresh| {
        let scene = Scene::set(fresh, 5).await;
        let program = coranto(scene.home.path()).get_program().to_string_lossy().into_owned();
        let shell = |line: &str| {
            let mut command = Command::new("sh");
            command.current_dir(scene.home.path()).env("CORANTO_OFFLINE", "1").args(["-ec", line]);
            let ended = run(command, WAIT_MAX);
            assert!(ended.status.success(), "{line}: {ended:?}");
        };
        shell("age-keygen -o key.txt");
        shell(&format!("'{program}' backup - | age -r \"$(age-keygen -y key.txt)\" > b.age"));
        shell(&format!("age -d -i key.txt b.age | '{program}' backup --verify -"));
        shell(&format!("age -d -i key.txt b.age | '{program}' restore - --check"));
        shell(&format!("age -d -i key.txt b.age | '{program}' restore - --replace"));
    });
}
