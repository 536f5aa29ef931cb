//! Keys: what is refused with a foreign file, and that a rotation forgets nobody.

use std::fs;
use std::path::Path;

use super::{cli, fails, first_issue, installation, json, ok};

const OTHER: &str = "1:3333333333333333333333333333333333333333333333333333333333333333\n";

/// An installation with one who is to be kept out for ever, and one who reads.
fn used() -> tempfile::TempDir {
    let home = installation();
    let folder = home.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    ok(folder, &["subscribers", "suppress", "never@example.org"]);
    fs::write(folder.join("never.csv"), "email\nnever@example.org\n").unwrap();
    home
}

fn never_is_kept_out(folder: &Path) {
    let said = fails(folder, &["subscribers", "add", "never@example.org"], 4);
    assert!(said.contains("suppress"), "{said}");
    let imported = cli(folder, &["subscribers", "import", "never.csv", "--yes"]);
    assert!(matches!(imported.status.code(), Some(0 | 3)), "{imported:?}");
    let shown = ok(folder, &["subscribers", "list"]);
    assert!(!shown.contains("never@"), "{shown}");
}

#[test]
fn a_foreign_key_file_is_refused_before_anything_is_done() {
    let home = used();
    let folder = home.path();
    let key = folder.join("secret.key");
    let right = fs::read_to_string(&key).unwrap();
    let top = right.lines().find(|line| line.starts_with("1:")).unwrap().to_owned();
    let address = right.lines().find(|line| line.starts_with("address:")).unwrap().to_owned();
    let issue = first_issue(folder);
    for (name, file, word) in [
        ("another installation's", OTHER.to_owned(), "hashes addresses"),
        ("without the line of addresses", format!("{top}\n"), "hashes addresses"),
        ("a new one on top, the old one out", format!("2{}\n{address}\n", &OTHER[1..].trim_end()), "lacks key 1"),
        ("another key of the same number", format!("{OTHER}{address}\n"), "key 1 of the key file"),
    ] {
        fs::write(&key, &file).unwrap();
        for args in [
            &["serve"][..],
            &["queue", &issue, "--now", "--yes"],
            &["test", &issue, "--to", "me@example.org"],
            &["subscribers", "add", "never@example.org"],
            &["subscribers", "import", "never.csv", "--yes"],
            &["subscribers", "remove", "anna@example.org"],
            &["subscribers", "suppress", "x@example.org"],
            &["subscribers", "unsuppress", "never@example.org"],
            &["issues", "list"],
            &["keys", "rotate"],
        ] {
            let said = fails(folder, args, 4);
            assert!(said.contains(word) && said.contains("backup"), "{name} {args:?}: {said}");
            assert!(!said.contains(&top[2..20]) && !said.contains("3333333333"), "{said}");
        }
        let doctor = cli(folder, &["doctor", "--offline"]);
        assert_eq!(doctor.status.code(), Some(3), "{doctor:?}");
        assert!(doctor.stdout.contains("fail  keys") && doctor.stdout.contains(word), "{doctor:?}");
        let status = cli(folder, &["status"]);
        assert!(status.status.success() && status.stderr.contains(word), "{status:?}");
        let listed = cli(folder, &["keys", "list"]);
        assert_eq!(listed.status.code(), Some(3), "{listed:?}");
    }
    fs::write(&key, &right).unwrap();
    never_is_kept_out(folder);
    assert!(ok(folder, &["doctor", "--offline"]).contains("ok    keys"));
}

#[test]
fn a_file_that_cannot_be_right_is_refused_when_it_is_read() {
    let home = used();
    let folder = home.path();
    let key = folder.join("secret.key");
    let right = fs::read_to_string(&key).unwrap();
    fs::write(&key, format!("{OTHER}{right}")).unwrap();
    let checked = cli(folder, &["config", "check"]);
    assert_eq!(checked.status.code(), Some(3), "{checked:?}");
    let said = format!("{}{}", checked.stdout, checked.stderr);
    assert!(said.contains("number 1 again") && said.contains("keys rotate"), "{said}");
    fs::remove_file(&key).unwrap();
    let said = cli(folder, &["config", "check"]);
    let said = format!("{}{}", said.stdout, said.stderr);
    assert!(said.contains("bring it back from a backup"), "{said}");
}

#[test]
fn a_rotation_keeps_everybody_out_and_every_link() {
    let home = used();
    let folder = home.path();
    let key = folder.join("secret.key");
    // A file as the first program made it: one key, which hashes addresses too.
    for file in [fs::read_to_string(&key).unwrap(), OTHER.to_owned()] {
        let home = installation();
        let folder = home.path();
        let key = folder.join("secret.key");
        fs::write(&key, &file).unwrap();
        ok(folder, &["subscribers", "add", "anna@example.org"]);
        ok(folder, &["subscribers", "suppress", "never@example.org"]);
        fs::write(folder.join("never.csv"), "email\nnever@example.org\n").unwrap();
        let before = json(folder, &["keys", "list"]);
        assert_eq!((before.len(), before[0]["kind"].as_str()), (2, Some("address")));
        assert!(ok(folder, &["keys", "rotate"]).contains("Key 2 seals links from now on"));
        let after = json(folder, &["keys", "list"]);
        assert_eq!(after.len(), 3);
        assert_eq!(after[0]["fingerprint"], before[0]["fingerprint"], "the one that hashes addresses stays");
        assert_eq!((after[1]["number"].as_u64(), after[1]["state"].as_str()), (Some(2), Some("seals")));
        assert_eq!((after[2]["number"].as_u64(), after[2]["state"].as_str()), (Some(1), Some("opens")));
        never_is_kept_out(folder);
        assert!(ok(folder, &["keys", "rotate"]).contains("Key 3"), "no number comes twice");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // The old key leaked: it is marked, and the database goes on with the file.
        let text = fs::read_to_string(&key).unwrap().replace("\n1:", "\n1-:");
        fs::write(&key, text).unwrap();
        let listed = json(folder, &["keys", "list"]);
        assert!(listed.iter().any(|one| one["number"] == 1 && one["state"] == "leaked"), "{listed:?}");
        never_is_kept_out(folder);
    }
    assert!(key.exists());
    never_is_kept_out(folder);
}

#[test]
fn a_key_file_that_is_lost_for_good_can_be_left_behind_in_words() {
    let home = used();
    let folder = home.path();
    ok(folder, &["subscribers", "add", "bert@example.org"]);
    ok(folder, &["subscribers", "suppress", "bert@example.org"]);
    fs::write(folder.join("secret.key"), OTHER).unwrap();
    fails(folder, &["keys", "adopt", "--no-input"], 2);
    let done = cli(folder, &["keys", "adopt", "--yes"]);
    assert!(done.status.success() && done.stdout.contains("2 readers' addresses hashed anew"), "{done:?}");
    assert!(done.stderr.contains("suppressed addresses would mean nobody"), "{done:?}");
    // Who is stored stays as they were.
    fails(folder, &["subscribers", "add", "bert@example.org"], 4);
    assert!(ok(folder, &["doctor", "--offline"]).contains("ok    keys"));
    assert!(ok(folder, &["subscribers", "list"]).contains("anna@example.org"));
}

#[test]
fn a_secret_at_the_wrong_key_is_never_printed() {
    let home = installation();
    let folder = home.path();
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap();
    let relay = "\n[[relays]]\nname = \"main\"\nhost = \"smtp.example.com\"\ntls = \"implicit\"\nusername = \"u\"\n\
                 password_file = \"S3cr3tPass\"\n";
    fs::write(&path, text + relay).unwrap();
    for args in [
        &["config", "check"][..],
        &["config", "show"],
        &["config", "show", "--json"],
        &["status"],
        &["doctor", "--offline"],
        &["serve"],
    ] {
        let ended = cli(folder, args);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!said.contains("S3cr3tPass"), "{args:?}: {said}");
        assert!(args[1..].contains(&"show") || said.contains("password_file"), "{args:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn what_holds_addresses_is_private_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let shell = |line: &str| {
        let program = env!("CARGO_BIN_EXE_coranto");
        let script = format!("umask 000; cd {} && {program} {line}", home.path().display());
        let output = std::process::Command::new("sh").arg("-c").arg(script).output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
    };
    shell("init news --name Week --from week@example.com --address x --slug week");
    shell("--config news/coranto.toml subscribers add anna@example.org");
    shell("--config news/coranto.toml subscribers export news/readers.csv");
    shell("--config news/coranto.toml keys rotate");
    let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode() & 0o777;
    for file in ["coranto.toml", "secret.key", "coranto.db", "readers.csv"] {
        assert_eq!(mode(&format!("news/{file}")), 0o600, "{file}");
    }
    for beside in ["coranto.db-wal", "coranto.db-shm"] {
        if home.path().join("news").join(beside).exists() {
            assert_eq!(mode(&format!("news/{beside}")), 0o600, "{beside}");
        }
    }
    for folder in ["news", "news/issues", "news/templates"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
}
