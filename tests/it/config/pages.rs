//! What pages for operators print: every piece of configuration is accepted, and every time is the one that holds.

use std::fs;
use std::path::Path;

use coranto::config::keys::{Absent, KEYS};
use coranto::config::{Config, FILE};
use coranto::token::Keyring;
use toml::{Table, Value};

/// The pages whose blocks are pieces of a file that works.
const PAGES: &[&str] = &[
    "install", "proxy", "tls", "dns", "upgrade", "monitoring", "sizing", "privacy", "relays", "operations", "backup",
    "moving",
];

/// The set-ups of docs/relays.md, by their headings.
const SET_UPS: [&str; 8] =
    ["Amazon SES", "Mailgun", "Postmark", "Brevo", "Office 365", "Gmail", "OVH", "Your own Postfix"];

/// What a piece stands in.
const AROUND: &str = r#"
public_url = "https://news.example.com"
secret_key_file = "secret.key"
[newsletters.week]
name = "The Week"
from = "week@news.example.com"
postal_address = "1 Example Street, 10000 Example"
[[relays]]
name = "backup"
host = "smtp.example.com"
"#;

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{name}.md"))).unwrap()
}

/// The blocks of a page that say that they are TOML.
fn blocks(text: &str) -> Vec<&str> {
    text.split("\n```toml\n").skip(1).map(|rest| rest.split_once("\n```").unwrap().0).collect()
}

/// Adds what `piece` has not.
fn fill(piece: &mut Table, from: &Table) {
    for (key, value) in from {
        match (piece.get_mut(key), value) {
            (None, value) => drop(piece.insert(key.clone(), value.clone())),
            (Some(Value::Table(inner)), Value::Table(value)) => fill(inner, value),
            (Some(_), _) => {}
        }
    }
}

/// Gives each newsletter and relay of a piece what it must have, and makes the files with secrets that it names.
fn complete(piece: &mut Table, around: &Table, folder: &Path) {
    fill(piece, around);
    let newsletter = around["newsletters"]["week"].as_table().unwrap();
    for (_, value) in piece["newsletters"].as_table_mut().unwrap().iter_mut() {
        fill(value.as_table_mut().unwrap(), newsletter);
    }
    let relay = around["relays"][0].as_table().unwrap();
    for value in piece["relays"].as_array_mut().unwrap() {
        let one = value.as_table_mut().unwrap();
        fill(one, relay);
        if let Some(file) = one.get("password_file").and_then(Value::as_str) {
            fs::write(folder.join(file), "a password").unwrap();
        }
    }
}

/// A piece may name a relay whose table stands elsewhere on the page.
fn with_its_relays(piece: &mut Table) {
    let named = |value: &Value| value.get("relays").and_then(Value::as_array).cloned().unwrap_or_default();
    let newsletters = piece.get("newsletters").and_then(Value::as_table);
    let wanted: Vec<Value> = newsletters.into_iter().flat_map(|all| all.values().flat_map(named)).collect();
    if wanted.is_empty() {
        return;
    }
    let relays = piece.entry("relays").or_insert_with(|| Value::Array(Vec::new())).as_array_mut().unwrap();
    for name in wanted {
        if !relays.iter().any(|relay| relay.get("name") == Some(&name)) {
            relays.push(Value::Table(Table::from_iter([("name".to_owned(), name)])));
        }
    }
}

#[test]
fn every_piece_of_configuration_on_a_page_is_accepted() {
    let around: Table = AROUND.parse().unwrap();
    let mut seen = 0;
    for name in PAGES {
        for block in blocks(&page(name)) {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("secret.key"), Keyring::generate()).unwrap();
            let mut piece: Table = block.parse().unwrap_or_else(|error| panic!("docs/{name}.md: {error}\n{block}"));
            // What a DKIM key is for is on the page; which key it is, is not.
            if let Some(Value::Table(newsletters)) = piece.get_mut("newsletters") {
                for (_, one) in newsletters.iter_mut() {
                    one.as_table_mut().unwrap().remove("dkim");
                }
            }
            with_its_relays(&mut piece);
            complete(&mut piece, &around, folder.path());
            let text = toml::to_string(&piece).unwrap();
            if let Err(errors) = Config::parse(&text, FILE, folder.path(), &[]) {
                panic!("docs/{name}.md: {errors}\n{block}");
            }
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

/// The text under a heading of the third level.
fn part<'a>(text: &'a str, heading: &str) -> &'a str {
    let begins = format!("\n### {heading}\n");
    let (_, rest) = text.split_once(&begins).unwrap_or_else(|| panic!("docs/relays.md has no heading {heading}"));
    rest.split("\n## ").next().unwrap().split("\n### ").next().unwrap()
}

#[test]
fn each_relay_that_is_named_has_a_set_up_and_says_when_it_was_read() {
    let text = page("relays");
    let set_ups = text.split("\n## Set-ups\n").nth(1).unwrap().split("\n## ").next().unwrap();
    assert_eq!(set_ups.matches("\n### ").count(), SET_UPS.len(), "a set-up has no row in this test");
    for heading in SET_UPS {
        let below = part(&text, heading);
        assert!(!blocks(below).is_empty(), "{heading} has no block");
        for block in blocks(below) {
            let piece: Table = block.parse().unwrap();
            let relay = piece["relays"][0].as_table().unwrap();
            assert!(relay.contains_key("host"), "{heading} names no host:\n{block}");
        }
        assert!(below.contains("\n* "), "{heading} names no trap");
        let anchor = format!("(#{})", heading.to_lowercase().replace(' ', "-"));
        let row = set_ups.lines().find(|line| line.starts_with("| [") && line.contains(&anchor));
        let read = row.unwrap_or_else(|| panic!("{heading} has no row")).rsplit('|').nth(1).unwrap();
        assert!(read.contains("2026-") || read.contains("not read again"), "{heading} was read: {read}");
    }
}

#[test]
fn the_times_on_the_privacy_page_are_those_that_hold() {
    let text = page("privacy");
    let mut seen = 0;
    for key in KEYS.iter().filter(|key| key.section() == "retention") {
        let Absent::Default(default) = key.absent else { panic!("{} has no default", key.path) };
        let unit = if key.name().ends_with("_weeks") { "weeks" } else { "days" };
        let row = format!("| `{}` | {default} {unit} |", key.name());
        assert!(text.contains(&row), "docs/privacy.md has no row that begins {row}");
        seen += 1;
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("| `") && line.contains("_")).count(), seen);
}
