//! Two newsletters in one installation: what is clear is not asked about, and the second takes nothing from the first.

use std::fs;
use std::path::Path;

use super::editing::{text, write};
use super::{cli, fails, installation, json, ok};

/// Adds a newsletter to the configuration, in the same folder of issues.
fn second(folder: &Path) {
    let path = folder.join("coranto.toml");
    let text = fs::read_to_string(&path).unwrap();
    let more = "\n[newsletters.month]\nname = \"The Month\"\nfrom = \"The Month <month@news.example.com>\"\n\
                postal_address = \"1 Example Street\"\ntime_zone = \"Europe/Prague\"\nslot = \"Mon 10:00\"\n";
    fs::write(&path, text + more).unwrap();
}

/// An installation whose first newsletter has an issue queued, before the second comes.
fn two(folder: &Path) -> String {
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let file = write(folder, "2098-12-05-known", "", &text("known"));
    ok(folder, &["queue", &file]);
    second(folder);
    file
}

#[test]
fn a_slug_that_is_unique_needs_no_newsletter() {
    let folder = installation();
    let folder = folder.path();
    let file = two(folder);
    for command in [
        vec!["issues", "show", "known"],
        vec!["issues", "show", &file],
        vec!["issues", "deliveries", "known"],
        vec!["issues", "move", "known", "2098-12-12"],
        vec!["issues", "unschedule", &file],
        vec!["queue", &file],
        vec!["check", &file],
        vec!["preview", &file, "--text"],
        vec!["issues", "list"],
        vec!["subscribers", "stats"],
        vec!["subscribers", "suppress", "bo@example.org"],
        vec!["subscribers", "unsuppress", "bo@example.org", "--yes"],
        vec!["status"],
    ] {
        ok(folder, &command);
    }
    // What may not be done is said as such, and not as a question.
    for command in ["pause", "resume", "stop", "retry"] {
        let said = fails(folder, &["issues", command, "known", "--yes"], 4);
        assert!(!said.contains("--newsletter"), "{said}");
    }
    assert!(fails(folder, &["issues", "correct", &file], 4).contains("nobody has got it yet"));
    assert!(fails(folder, &["issues", "show", "none"], 1).contains("there is no issue \"none\""));
    fails(folder, &["issues", "show", "known", "--newsletter", "month"], 1);
    fails(folder, &["issues", "list", "--newsletter", "none"], 2);
}

#[test]
fn what_two_have_is_asked_about() {
    let folder = installation();
    let folder = folder.path();
    let file = two(folder);
    ok(folder, &["queue", &file, "--newsletter", "month"]);
    let said = fails(folder, &["issues", "show", "known"], 2);
    assert!(said.contains("week and month have an issue \"known\"") && said.contains("add --newsletter"), "{said}");
    assert_eq!(json(folder, &["issues", "show", "known", "--newsletter", "month"])[0]["newsletter"], "month");
    // A file that says whose it is.
    let front = fs::read_to_string(folder.join(&file)).unwrap().replacen("---\n", "---\nnewsletter: week\n", 1);
    fs::write(folder.join(&file), front).unwrap();
    assert_eq!(json(folder, &["issues", "show", &file])[0]["newsletter"], "week");
}

#[test]
fn lists_without_a_flag_are_of_all() {
    let folder = installation();
    let folder = folder.path();
    two(folder);
    let monthly = write(folder, "2098-12-08-monthly", "newsletter: month\n", &text("monthly"));
    ok(folder, &["queue", &monthly]);
    let listed = ok(folder, &["issues", "list"]);
    assert!(listed.contains("NEWSLETTER") && listed.contains("known") && listed.contains("monthly"), "{listed}");
    assert!(!ok(folder, &["issues", "list", "--newsletter", "week"]).contains("monthly"));
    let slugs: Vec<_> = json(folder, &["issues", "list"]).iter().map(|issue| issue["newsletter"].clone()).collect();
    assert_eq!(slugs, ["week", "month"]);
    let counts: Vec<_> = json(folder, &["subscribers", "stats"]).iter().map(|one| one["active"].clone()).collect();
    assert_eq!(counts, [1, 0]);
    assert!(ok(folder, &["subscribers", "stats"]).contains("The Month"));
    assert_eq!(json(folder, &["subscribers", "stats", "--newsletter", "month"]).len(), 1);
}

#[test]
fn a_file_in_a_shared_folder_is_whose_it_says_or_whose_the_database_says() {
    let folder = installation();
    let folder = folder.path();
    let known = two(folder);
    let said = write(folder, "2098-12-08-said", "newsletter: month\n", &text("said"));
    let unclear = write(folder, "2098-12-15-unclear", "", &text("unclear"));
    let other = write(folder, "2098-12-22-unclear-too", "", &text("unclear too"));
    // `check` names each that is not clear, and goes on with the rest.
    let checked = cli(folder, &["check", "--all"]);
    assert_eq!(checked.status.code(), Some(3), "{checked:?}");
    for file in [&unclear, &other] {
        let line = format!("{file}:1:1: error: it is not clear whose issue this is: it could be of week or month");
        assert!(checked.stdout.contains(&line), "{checked:?}");
    }
    for file in [&known, &said] {
        assert!(checked.stdout.contains(&format!("{file}: ok")), "{checked:?}");
    }
    assert!(checked.stdout.contains("`newsletter: week` or `newsletter: month`"), "{checked:?}");
    let refused = fails(folder, &["queue", &unclear], 2);
    assert!(refused.contains("it is not clear whose issue this is") && refused.contains("--newsletter"), "{refused}");
    assert_eq!(json(folder, &["queue", &unclear, "--newsletter", "month"])[0]["newsletter"], "month");
    assert_eq!(json(folder, &["queue", &unclear])[0]["newsletter"], "month", "the database knows it by now");
    assert_eq!(json(folder, &["queue", &said])[0]["newsletter"], "month");
    assert_eq!(json(folder, &["queue", &known])[0]["newsletter"], "week");
    // Of one newsletter alone, the other's files are left out.
    let week = cli(folder, &["check", "--all", "--newsletter", "week"]);
    assert!(week.stdout.contains("known") && !week.stdout.contains("said.md"), "{week:?}");
}

#[test]
fn a_file_that_is_not_there_is_said_first() {
    let folder = installation();
    let folder = folder.path();
    two(folder);
    for command in [
        vec!["queue", "issues/nope.md"],
        vec!["preview", "nope.md", "--text"],
        vec!["check", "issues/nope.md"],
        vec!["test", "issues/nope.md", "--to", "me@example.org"],
        vec!["issues", "correct", "issues/nope.md"],
    ] {
        let said = fails(folder, &command, 1);
        assert!(said.contains("nope.md: No such file"), "{command:?}: {said}");
    }
}

#[test]
fn what_is_about_a_newsletter_can_be_narrowed_to_it() {
    let folder = installation();
    let folder = folder.path();
    second(folder);
    ok(folder, &["dkim", "new", "--newsletter", "week"]);
    assert!(fails(folder, &["dkim", "show", "--newsletter", "month"], 1).contains("month has no key"));
    fails(folder, &["dkim", "show", "--newsletter", "none"], 2);
    fails(folder, &["doctor", "--offline", "--newsletter", "none"], 2);
    let whole = cli(folder, &["doctor", "--offline"]);
    let week = cli(folder, &["doctor", "--offline", "--newsletter", "week"]);
    assert!(week.stdout.lines().count() <= whole.stdout.lines().count(), "{week:?}");
    ok(folder, &["subscribers", "suppress", "bo@example.org", "--newsletter", "month"]);
    // A slot that only one has is its.
    let skipped = &json(folder, &["issues", "skip", "2098-12-08"])[0];
    assert_eq!(skipped["newsletter"], "month", "{skipped}");
}
