//! From an empty folder to a checked configuration and a second issue's file.

use std::fs;

use super::{cli, fails, first_issue, installation, json, ok};

#[test]
fn init_writes_an_installation_that_its_own_check_accepts() {
    let folder = installation();
    assert_eq!(ok(folder.path(), &["config", "check"]), "coranto.toml: ok, 1 newsletter, 1 relay\n");
    let issue = first_issue(folder.path());
    assert!(issue.ends_with("-first-things.md"), "{issue}");
    assert!(folder.path().join("templates").is_dir());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.path().join("secret.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "whoever reads the key can unsubscribe anybody");
    }
}

#[test]
fn init_ends_with_what_to_type_and_where_the_pages_are() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["init", "sub", "--name", "The Week", "--from", "week@example.com", "--address", "1 Example Street"];
    let ended = cli(folder.path(), &[&args[..], &["--public-url", "https://news.example.com/letters/"]].concat());
    for said in [
        "  cd sub\n",
        "  coranto subscribers add YOUR-ADDRESS ",
        "  coranto test issues/",
        "  https://news.example.com/letters/ ",
        "  https://news.example.com/letters/the-week ",
        "  https://news.example.com/letters/the-week/subscribe ",
        "  https://news.example.com/letters/the-week/link ",
    ] {
        assert!(ended.stderr.contains(said), "{said:?}: {ended:?}");
    }
    assert!(ended.stderr.lines().all(|line| line.chars().count() <= 80), "{ended:?}");
    let ignored = fs::read_to_string(folder.path().join("sub/.gitignore")).unwrap();
    for private in ["secret.key", "coranto.db*", "mails/", "*.csv"] {
        assert!(ignored.lines().any(|line| line == private), "{private}");
    }
    let other = [&args[..1], &["other"], &args[2..]].concat();
    assert_eq!(json(folder.path(), &other)[0]["pages"]["sign_up"], "http://127.0.0.1:8080/the-week/subscribe");
}

#[test]
fn init_overwrites_nothing() {
    let folder = installation();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let before = (read("coranto.toml"), read("secret.key"));
    let args = ["init", "--name", "Other", "--from", "other@example.com", "--address", "2 Example Street"];
    let said = fails(folder.path(), &args, 1);
    assert!(said.contains("coranto.toml exists already") && said.contains("hint: nothing was changed"), "{said}");
    assert!(before == (read("coranto.toml"), read("secret.key")));

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret.key"), "kept").unwrap();
    fails(folder.path(), &args, 1);
    assert_eq!(fs::read_to_string(folder.path().join("secret.key")).unwrap(), "kept");
    assert!(!folder.path().join("coranto.toml").exists(), "nothing is left half done");
}

#[test]
fn init_without_a_person_names_every_missing_flag() {
    let folder = tempfile::tempdir().unwrap();
    let said = fails(folder.path(), &["init", "--name", "The Week"], 2);
    assert!(said.contains("--from, --address must be given"), "{said}");
    let said = fails(folder.path(), &["init", "--name", "W", "--from", "w", "--address", "x"], 2);
    assert!(said.contains("\"w\" is not an address: there is no @ in it"), "{said}");
    let args = ["init", "--name", "W", "--from", "w@example.com", "--address", "x", "--time-zone", "Prague"];
    assert!(fails(folder.path(), &args, 2).contains("did you mean Europe/Prague?"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left half done");
}

#[test]
fn odd_answers_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let name = r#"He said: "Week\n" — 週"#;
    ok(folder.path(), &["init", "sub/dir", "--name", name, "--from", "w@example.com", "--address", "x # y"]);
    let settings = json(&folder.path().join("sub/dir"), &["config", "show"]);
    let shown = settings.iter().find(|setting| setting["key"].as_str().unwrap().ends_with(".name")).unwrap();
    let value: toml::Value =
        format!("x = {}", shown["value"].as_str().unwrap()).parse::<toml::Table>().unwrap()["x"].clone();
    assert_eq!(value.as_str(), Some(name));
}

#[test]
fn each_new_issue_gets_the_next_free_slot() {
    let folder = installation();
    let first = first_issue(folder.path());
    let date = |path: &str| path.trim_start_matches("issues/")[..10].parse::<jiff::civil::Date>().unwrap();
    for (title, slug) in [("Don’t panic!", "dont-panic"), ("暦は合意ではない", "暦は合意ではない"), ("!!!", "")]
    {
        let before = fs::read_dir(folder.path().join("issues")).unwrap().count() as i64;
        let path = ok(folder.path(), &["new", title]).trim_end().to_owned();
        assert_eq!((date(&path) - date(&first)).get_days(), i32::try_from(7 * before).unwrap());
        let slug = if slug.is_empty() { format!("issue-{}", date(&path)) } else { slug.to_owned() };
        assert!(path.ends_with(&format!("-{slug}.md")), "{path}");
        assert!(fs::read_to_string(folder.path().join(&path)).unwrap().contains(&format!("title: \"{title}\"")));
    }
    let made = &json(folder.path(), &["new", "Fixed", "--date", "2026-12-24"])[0];
    assert_eq!(made["file"], "issues/2026-12-24-fixed.md");
    assert!(fails(folder.path(), &["new", "Fixed"], 1).contains("2026-12-24-fixed.md has the name \"fixed\" already"));
    for slug in ["No Slug", "../../evil", "a/b", "a.b", "", "-a", "/etc/x"] {
        let said = fails(folder.path(), &["new", "x", &format!("--slug={slug}")], 2);
        assert!(said.contains("cannot be an issue's name in links"), "{slug}: {said}");
    }
    // Letters of any script stay.
    let made = json(folder.path(), &["new", "Третья", "--date", "2027-03-05"]);
    assert_eq!(made[0]["slug"], "третья");
    assert!(fails(folder.path(), &["new", "Privacy"], 2).contains("the address of another page"));
    fails(folder.path(), &["new", " "], 2);
    assert!(fails(folder.path(), &["new", "x", "--newsletter", "wek"], 2).contains("hint: there is week"));
}

#[test]
fn config_check_reports_every_mistake_and_exits_with_3() {
    let folder = installation();
    let path = folder.path().join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap().replace("slot =", "slto =").replace("port = 2525", "port = 0");
    fs::write(&path, text).unwrap();
    let ended = cli(folder.path(), &["config", "check"]);
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    assert!(
        ended.stdout.contains("newsletters.week.slto: there is no such key\n  hint: did you mean slot?"),
        "{ended:?}"
    );
    assert!(ended.stdout.contains("relays.sink.port: it must be from 1 to 65535, not 0"), "{ended:?}");
    let ended = cli(folder.path(), &["config", "check", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.status.code(), report["problems"].as_array().unwrap().len()), (Some(3), 2));
    assert_eq!(report["problems"][0]["line"], 17);
    let said = fails(folder.path(), &["new", "x"], 1);
    assert!(said.starts_with("error: the configuration has 2 mistakes\ncoranto.toml:17:1:"), "{said}");
    let said = fails(folder.path(), &["new", "x", "--json"], 1);
    assert!(serde_json::from_str::<serde_json::Value>(&said).unwrap()["error"].is_string(), "{said}");
}

#[test]
fn another_file_can_be_named_by_flag_and_by_variable() {
    let folder = installation();
    fs::rename(folder.path().join("coranto.toml"), folder.path().join("other.toml")).unwrap();
    assert!(fails(folder.path(), &["config", "show"], 1).contains("`coranto init` makes one"));
    ok(folder.path(), &["--config", "other.toml", "config", "check"]);
    let mut command = crate::harness::program::coranto(folder.path());
    command.args(["config", "show"]).env("CORANTO_CONFIG", "other.toml").env("CORANTO__SERVER__LISTEN", "0.0.0.0:80");
    let ended = crate::harness::program::run(command, super::AT_MOST);
    assert!(ended.stdout.contains("server.listen = \"0.0.0.0:80\"  # CORANTO__SERVER__LISTEN"), "{ended:?}");
}

#[test]
fn help_and_completions_need_no_configuration() {
    let folder = tempfile::tempdir().unwrap();
    assert!(ok(folder.path(), &["--help"]).contains("Exit codes: 0 ok"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(ok(folder.path(), &["completions", shell]).contains("coranto"), "{shell}");
    }
    assert!(fails(folder.path(), &["inti"], 2).contains("'init'"));
    assert!(ok(folder.path(), &["config", "reference"]).starts_with("# Configuration\n"));
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_failure() {
    let folder = installation();
    let mut shell = std::process::Command::new("sh");
    let program = crate::harness::program::coranto(folder.path());
    let script = format!("{{ '{0}' config reference; echo $? >code; }} | true", program.get_program().display());
    shell.current_dir(folder.path()).args(["-c", &script]);
    crate::harness::program::run(shell, super::AT_MOST);
    assert_eq!(fs::read_to_string(folder.path().join("code")).unwrap(), "0\n");
}
