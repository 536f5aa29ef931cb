//! The SQLite file is deleted or replaced while a server works on it; and commands that only look, which make none.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::{cli, fails, installation, ok};
use crate::harness::program::{Program, coranto};

const SOON: Duration = Duration::from_secs(60);

fn serve(folder: &Path) -> Program {
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap().replace("listen = \"127.0.0.1:8080\"", "listen = \"127.0.0.1:0\"");
    fs::write(path, text).unwrap();
    let mut command = coranto(folder);
    command.arg("serve");
    let mut server = Program::start(command);
    server.wait_for_line("web", SOON);
    server.wait_for_line("delivery begins", SOON);
    server
}

fn remove_database(folder: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!("coranto.db{suffix}")));
    }
}

#[test]
fn a_server_whose_file_is_deleted_ends_and_says_so() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let server = serve(folder);
    remove_database(folder);
    let ended = server.wait(SOON);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("coranto.db was deleted while this program worked on it"), "{ended:?}");
    assert!(fails(folder, &["status"], 5).contains("there is no database at"));
    assert!(!folder.join("coranto.db").exists());
}

#[test]
fn a_server_whose_file_is_replaced_ends_and_says_so() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    fs::copy(folder.join("coranto.db"), folder.join("backup.db")).unwrap();
    let server = serve(folder);
    fs::rename(folder.join("backup.db"), folder.join("coranto.db")).unwrap();
    let ended = server.wait(SOON);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("coranto.db was replaced while this program worked on it"), "{ended:?}");
}

#[test]
fn commands_that_look_make_no_database() {
    let folder = installation();
    let folder = folder.path();
    let looks: [&[&str]; 5] =
        [&["status"], &["issues", "list"], &["subscribers", "list"], &["subscribers", "stats"], &["alarms"]];
    for look in looks {
        let ended = cli(folder, look);
        assert_eq!(ended.status.code(), Some(0), "{look:?}: {ended:?}");
        assert!(ended.stderr.contains("There is no database at"), "{look:?}: {ended:?}");
        assert!(!folder.join("coranto.db").exists(), "{look:?} made one");
    }
    // Where a server had one it is missing, and nothing reads as if all were well.
    fs::write(folder.join("coranto.db.lock"), "").unwrap();
    for look in looks {
        let said = fails(folder, look, 5);
        assert!(said.contains("there is no database at") && said.contains("backup"), "{look:?}: {said}");
        assert!(!folder.join("coranto.db").exists(), "{look:?} made one");
    }
    // What brings something in makes one.
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    assert!(folder.join("coranto.db").exists());
}
