//! The commands of rights and retention: what they say, what they change, how they end.

use crate::cli::{cli, fails, installation, json, ok};

const ANNA: &str = "anna@example.org";

#[test]
fn a_person_is_shown_whole_and_erased_by_command() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", ANNA, "--name", "Anna Berg"]);
    let copy = &json(folder, &["subscribers", "show", ANNA, "--all"])[0];
    assert_eq!((&copy["email"], &copy["person"][0]["name"]), (&ANNA.into(), &"Anna Berg".into()));
    assert_eq!(copy["subscriptions"][0]["consents"][0]["kind"], "added");

    let would = &json(folder, &["subscribers", "erase", ANNA, "--dry-run"])[0];
    assert_eq!((&would["result"], &would["subscriptions"][0]["newsletter"]), (&"would_erase".into(), &"week".into()));
    assert_eq!(json(folder, &["subscribers", "show", ANNA])[0]["state"], "active", "nothing was changed");
    let asked = fails(folder, &["subscribers", "erase", ANNA], 2);
    assert!(asked.contains("cannot be undone") && asked.contains("--yes"), "{asked}");

    let said = ok(folder, &["subscribers", "erase", ANNA, "--reason", "asked by letter", "--yes"]);
    assert_eq!(said, format!("{ANNA} is erased, with 1 subscription and their history.\n"));
    assert!(fails(folder, &["subscribers", "show", ANNA], 1).contains("is not a reader"));
    assert!(fails(folder, &["subscribers", "erase", ANNA, "--yes"], 1).contains("nothing is stored"));
    assert!(fails(folder, &["subscribers", "add", ANNA], 4).contains("is on the suppression list (erased)"));
    // What is left is shown as well.
    let left = &json(folder, &["subscribers", "show", ANNA, "--all"])[0];
    assert_eq!(
        (&left["suppressions"][0]["reason"], left["subscriptions"].as_array().unwrap().len()),
        (&"erased".into(), 0)
    );
    fails(folder, &["subscribers", "show", "nobody@example.org", "--all"], 1);
    fails(folder, &["subscribers", "erase", "no address"], 2);
}

#[test]
fn what_an_operator_removed_is_restored_with_a_word() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", ANNA]);
    let removed = cli(folder, &["subscribers", "remove", ANNA]);
    assert!(removed.status.success() && removed.stderr.contains("undoes this"), "{removed:?}");
    let said = ok(folder, &["subscribers", "restore", ANNA]);
    assert_eq!(said, format!("{ANNA} reads week again: an operator had removed them, and that is taken back.\n"));
    assert_eq!(json(folder, &["subscribers", "show", ANNA])[0]["state"], "active");
}

#[test]
fn tidying_says_what_goes_and_does_it() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", ANNA]);
    let would = &json(folder, &["tidy", "--dry-run"])[0];
    assert_eq!((&would["dry_run"], &would["rows"]["unsubscribed"]), (&true.into(), &0.into()));
    let shown = ok(folder, &["tidy", "--dry-run"]);
    assert!(shown.contains("unsubscribed") && shown.contains("365 days") && shown.contains("0 rows to go"), "{shown}");
    ok(folder, &["tidy", "--yes"]);
    assert_eq!(json(folder, &["subscribers", "show", ANNA])[0]["state"], "active");
}
