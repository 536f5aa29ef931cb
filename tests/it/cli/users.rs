//! People with a login by command: what is changed, what is refused, what is written out.

use super::{fails, installation, json, ok};

#[test]
fn people_get_a_login_and_roles_by_command() {
    let folder = installation();
    let folder = folder.path();
    assert_eq!(ok(folder, &["users", "list"]), "Nobody has an account.\n");
    let said = fails(folder, &["users", "add", "anna@example.org"], 2);
    assert!(said.contains("--role") && said.contains("--operator"), "{said}");
    let link = ok(folder, &["users", "add", "anna@example.org", "--name", "Anna", "--role", "owner", "--operator"]);
    assert!(link.contains("/admin/welcome/") && link.lines().count() == 1, "{link}");
    fails(folder, &["users", "add", "ANNA@example.org", "--role", "editor"], 4);
    let added = &json(folder, &["users", "add", "ben@example.org", "--role", "editor"])[0];
    assert_eq!((&added["kind"], &added["email"]), (&"welcome".into(), &"ben@example.org".into()));
    assert!(added["url"].as_str().unwrap().contains("/admin/welcome/"), "{added}");

    let listed = json(folder, &["users", "list"]);
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["roles"], serde_json::json!([{ "newsletter": "week", "role": "owner" }]));
    assert_eq!((&listed[0]["operator"], &listed[0]["state"]), (&true.into(), &"invited".into()));
    let table = ok(folder, &["users", "list"]);
    assert!(table.contains("owner of week, operator") && table.contains("editor of week"), "{table}");

    ok(folder, &["users", "role", "ben@example.org", "writer"]);
    assert_eq!(json(folder, &["users", "role", "ben@example.org", "writer"])[0]["result"], "unchanged");
    assert_eq!(ok(folder, &["users", "role", "ben@example.org", "none"]), "ben@example.org has no role in week.\n");
    fails(folder, &["users", "role", "ben@example.org", "boss"], 2);
    fails(folder, &["users", "role", "ben@example.org", "editor", "--newsletter", "month"], 2);
    fails(folder, &["users", "role", "nobody@example.org", "editor"], 1);
}

#[test]
fn the_last_who_can_look_after_it_stays() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["users", "add", "anna@example.org", "--role", "owner", "--operator"]);
    let said = fails(folder, &["users", "role", "anna@example.org", "viewer"], 4);
    assert!(said.contains("the last owner of week") && said.contains("coranto users role"), "{said}");
    assert!(fails(folder, &["users", "operator", "anna@example.org", "--off"], 4).contains("the last operator"));
    fails(folder, &["users", "disable", "anna@example.org"], 4);
    ok(folder, &["users", "add", "ben@example.org", "--role", "owner"]);
    ok(folder, &["users", "operator", "ben@example.org"]);
    ok(folder, &["users", "disable", "anna@example.org"]);
    fails(folder, &["users", "link", "anna@example.org"], 4);
    ok(folder, &["users", "enable", "anna@example.org"]);
    assert_eq!(json(folder, &["users", "link", "anna@example.org"])[0]["kind"], "welcome");
    assert_eq!(ok(folder, &["users", "sessions", "anna@example.org"]), "anna@example.org is signed in nowhere.\n");
    assert_eq!(json(folder, &["users", "sign-out", "anna@example.org"])[0]["sessions"], 0);
}
