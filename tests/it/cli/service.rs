//! The program as the service of a machine: what its manager hears, whether it is ready, whose files it works on.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::relay::use_port;
use super::{AT_MOST, cli, fails, first_issue, installation, ok};
use crate::harness::database::{Fresh, both_databases, on_sqlite};
use crate::harness::patience::until_blocking;
use crate::harness::program::{Program, coranto, run};
use crate::harness::service_manager::ServiceManager;
use crate::harness::unprivileged::is_root;

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A newsletter on `database` whose relay nobody is, and where its pages are.
fn serving_on(database: &str) -> (TempDir, SocketAddr) {
    let folder = installation();
    let web = free();
    edit(folder.path(), "coranto.toml", "sqlite://coranto.db", database);
    edit(folder.path(), "coranto.toml", "listen = \"127.0.0.1:8080\"", &format!("listen = \"{web}\""));
    use_port(folder.path(), free().port());
    (folder, web)
}

fn serve(folder: &Path) -> Command {
    let mut command = coranto(folder);
    command.arg("serve");
    command
}

both_databases! {
    async fn the_manager_hears_when_it_is_open_what_goes_out_and_that_it_ends(fresh: Fresh) {
        let (folder, web) = serving_on(&fresh.url);
        let folder = folder.path();
        let manager = ServiceManager::new(folder);
        let mut command = serve(folder);
        manager.manages(&mut command, None);
        let server = Program::start(command);
        assert_eq!(manager.hear("READY=1"), ["READY=1", "STATUS=no issue goes out"]);
        assert!(TcpStream::connect(web).is_ok(), "who was told that it is open finds it closed");

        ok(folder, &["subscribers", "add", "anna@example.org"]);
        edit(folder, &first_issue(folder), "draft: true ", "# ");
        ok(folder, &["queue", &first_issue(folder), "--now", "--no-undo"]);
        assert_eq!(manager.hear("STATUS=sending"), ["STATUS=sending first-things: 0 of 1 reader"]);
        ok(folder, &["hold", "the list looks wrong"]);
        assert_eq!(manager.hear("STATUS=on hold"), ["STATUS=on hold: the list looks wrong"]);

        server.signal("TERM");
        assert_eq!(manager.hear("STOPPING=1"), ["STOPPING=1", "STATUS=finishing what is on the wire"]);
        assert!(server.wait(AT_MOST).status.success());
    }
}

#[test]
fn a_server_that_is_not_ready_lives_all_the_same() {
    on_sqlite(async |fresh: Fresh| {
        let (folder, _) = serving_on(&fresh.url);
        let folder = folder.path();
        fails(folder, &["ready"], 1);
        let manager = ServiceManager::new(folder);
        let mut command = serve(folder);
        manager.manages(&mut command, Some(Duration::from_millis(300)));
        let _server = Program::start(command);
        manager.hear("READY=1");
        until_blocking("the scheduler is on", || cli(folder, &["ready"]).status.success());
        assert_eq!(ok(folder, &["ready"]), "ready\n");
        assert!(ok(folder, &["ready", "--json"]).contains("\"ready\":true"));
        assert_eq!(ok(folder, &["ready", "--quiet"]), "ready\n");

        // Another process has the ledger.
        let (locked, is_locked) = tokio::sync::oneshot::channel();
        let (release, released) = tokio::sync::oneshot::channel::<()>();
        let db = fresh.db.clone();
        let holding = async {
            db.write(async |_tx| {
                locked.send(()).unwrap();
                released.await.unwrap();
                Ok::<_, coranto::store::StoreError>(())
            })
            .await
            .unwrap();
        };
        let looking = async {
            is_locked.await.unwrap();
            tokio::task::block_in_place(|| {
                let said = fails(folder, &["ready"], 1);
                assert!(said.contains("not ready: the ledger cannot be written"), "{said}");
                // The manager has not listened since, which held up nobody. Those that came before are read first.
                for _ in 0..20 {
                    manager.hear("WATCHDOG=1");
                }
                fails(folder, &["ready"], 1);
            });
            release.send(()).unwrap();
        };
        tokio::join!(holding, looking);
    });
}

#[test]
fn a_server_that_is_not_there_is_not_ready() {
    let folder = installation();
    let folder = folder.path();
    edit(folder, "coranto.toml", "listen = \"127.0.0.1:8080\"", &format!("listen = \"{}\"", free()));
    let said = fails(folder, &["ready"], 1);
    assert!(said.contains("not ready: nobody answers at 127.0.0.1:"), "{said}");
}

#[test]
fn root_keeps_off_another_users_database() {
    if !is_root() {
        return;
    }
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let database = folder.join("coranto.db");
    let give = |path: &Path, uid: u32| std::os::unix::fs::chown(path, Some(uid), Some(uid)).unwrap();
    give(&database, 65534);
    for command in [&["status"][..], &["subscribers", "list"], &["migrate"], &["serve"], &["hold", "it is late"]] {
        let said = fails(folder, command, 4);
        assert!(said.contains("is nobody's, and you are root"), "{said}");
        let words = command.join(" ").replace("it is late", "'it is late'");
        assert!(said.contains(&format!("run it as nobody: sudo -u nobody coranto {words}\n")), "{said}");
    }
    // Who needs no database is not asked.
    ok(folder, &["config", "check"]);
    give(&database, 0);
    ok(folder, &["status"]);

    // A new file would be root's in another user's folder.
    fs::create_dir(folder.join("data")).unwrap();
    edit(folder, "coranto.toml", "sqlite://coranto.db", "sqlite://data/coranto.db");
    give(&folder.join("data"), 65533);
    let said = fails(folder, &["subscribers", "add", "anna@example.org"], 4);
    assert!(said.contains("the user 65533's") && said.contains("sudo -u '#65533' coranto subscribers"), "{said}");
}

#[test]
fn the_service_of_a_machine_has_settings_of_roots_and_data_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let args = ["--name", "The Week", "--from", "week@example.com", "--address", "1 Street", "--slug", "week"];
    let at = root.display().to_string();
    let args = [&["init", "--system", "--root", &at][..], &args].concat();
    if !is_root() {
        assert!(fails(root, &args, 2).contains("sudo coranto init --system"));
        return;
    }
    fs::create_dir(root.join("etc")).unwrap();
    fs::write(root.join("etc/passwd"), "root:x:0:0::/root:/bin/sh\n").unwrap();
    assert!(fails(root, &args, 1).contains("there is no user coranto"));
    assert_eq!(fs::read_dir(root).unwrap().count(), 1, "nothing is left half done");
    fs::write(root.join("etc/passwd"), "coranto:!:998:997::/var/lib/coranto:/usr/sbin/nologin\n").unwrap();
    ok(root, &args);
    let found = |path: &str| {
        let found = fs::metadata(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        (found.uid(), found.gid(), found.permissions().mode() & 0o777)
    };
    for (path, owner) in [
        ("etc/coranto", (0, 997, 0o750)),
        ("etc/coranto/coranto.toml", (0, 997, 0o640)),
        ("var/lib/coranto", (998, 997, 0o750)),
        ("var/lib/coranto/secret.key", (998, 997, 0o600)),
        ("var/lib/coranto/issues", (998, 997, 0o750)),
        ("var/lib/coranto-state", (998, 997, 0o750)),
    ] {
        assert_eq!(found(path), owner, "{path}");
    }
    let text = fs::read_to_string(root.join("etc/coranto/coranto.toml")).unwrap();
    for line in [
        "database = \"sqlite:///var/lib/coranto/coranto.db\"",
        "state = \"/var/lib/coranto-state\"",
        "issues = \"/var/lib/coranto/issues\"",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} is not in {text}");
    }
    assert!(fails(root, &args, 1).contains("coranto.toml exists already"));

    // A key that root makes among the settings is read by the service as well.
    let settings = root.join("etc/coranto/coranto.toml");
    fs::write(&settings, text.replace("/var/lib/coranto", &format!("{at}/var/lib/coranto"))).unwrap();
    ok(root, &["--config", &settings.display().to_string(), "dkim", "new"]);
    assert_eq!(found("etc/coranto/coranto.week.pem"), (0, 997, 0o640));
}

#[test]
fn every_command_has_a_manual_page_and_so_have_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = coranto(folder.path());
    command.args(["man", "share"]).env("SOURCE_DATE_EPOCH", "1790000000");
    assert!(run(command, AT_MOST).status.success());
    let read = |page: &str| fs::read_to_string(folder.path().join("share").join(page)).unwrap();
    for page in ["coranto", "coranto-serve", "coranto-ready", "coranto-issues", "coranto-issues-move"] {
        let text = read(&format!("man1/{page}.1"));
        assert!(text.contains("2026-09-21") && text.contains(".SH EXAMPLES"), "{text}");
    }
    assert!(!folder.path().join("share/man1/coranto-man.1").exists(), "it is not for people");
    let settings = read("man5/coranto.toml.5");
    for key in coranto::config::keys::KEYS {
        assert!(settings.contains(&key.name().replace('-', "\\-")), "{} is missing", key.path);
    }
}
