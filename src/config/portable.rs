//! What of a configuration goes into a backup: its text without the secrets in it, and the files that it names.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::keys::{self, ValueKind, find};
use super::tree::{ConfigTable, ConfigValue};

/// What stands in the place of a secret.
const CUT: &str = "\"***\"";
/// Keys that belong to the data: without them a backup is worth nothing.
const OF_THE_DATA: &[&str] = &["secret_key", "newsletters.*.dkim.key"];
/// Texts that may stand in a file of their own.
const PROSE: &[&str] = &["about", "privacy"];

/// The text with its secrets cut out, and the keys of those. A text that is no TOML is nothing at all.
pub(super) fn without_secrets(text: &str) -> (String, Vec<String>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return (String::new(), Vec::new());
    }
    let mut cuts: Vec<(Range<usize>, String)> = Vec::new();
    look(table.get_ref(), "", "", &mut cuts);
    cuts.sort_by_key(|(range, _)| range.start);
    let mut left = text.to_owned();
    for (range, _) in cuts.iter().rev() {
        left.replace_range(range.clone(), CUT);
    }
    (left, cuts.into_iter().map(|(_, key)| key).collect())
}

fn look(table: &DeTable<'_>, pattern: &str, path: &str, cuts: &mut Vec<(Range<usize>, String)>) {
    for (name, value) in table {
        let name = name.get_ref();
        let full = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        match value.get_ref() {
            DeValue::Table(inner) => look(inner, &keys::below(pattern, name), &full, cuts),
            DeValue::Array(items) if items.iter().any(|item| matches!(item.get_ref(), DeValue::Table(_))) => {
                // Relays are numbered, and what else repeats has one pattern.
                let below = keys::below(pattern, name);
                for (at, item) in items.iter().enumerate() {
                    let DeValue::Table(inner) = item.get_ref() else { continue };
                    let number = at.to_string();
                    let inner_pattern =
                        if keys::is_repeatable(&below) { below.clone() } else { keys::below(&below, &number) };
                    look(inner, &inner_pattern, &format!("{full}.{number}"), cuts);
                }
            }
            _ => {
                let Some((key, false)) = find(pattern, name) else { continue };
                let is_secret = match key.kind {
                    ValueKind::Secret => true,
                    // A file has no password.
                    ValueKind::SecretUrl => {
                        value.get_ref().as_str().is_some_and(|url| super::database::masked(url) != url)
                    }
                    _ => false,
                };
                if is_secret && !OF_THE_DATA.contains(&key.path) {
                    cuts.push((value.span(), full));
                }
            }
        }
    }
}

/// The files and folders that the configuration names or that have their usual place, each by its key.
pub(super) fn files(root: &ConfigTable, folder: &Path) -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    walk(root, "", &mut |key, text| all.push((key, folder.join(text))));
    let has = |table: &ConfigTable, name: &str| table.get(name).is_some();
    if !has(root, "secret_key") && !has(root, "secret_key_file") {
        all.push(("secret_key_file".to_owned(), folder.join("secret.key")));
    }
    if !has(root, "templates") {
        all.push(("templates".to_owned(), folder.join("templates")));
    }
    if let Some(ConfigValue::Table(newsletters)) = root.get("newsletters").map(|entry| &entry.node.value) {
        for entry in &newsletters.entries {
            if matches!(&entry.node.value, ConfigValue::Table(one) if !has(one, "issues")) {
                all.push((format!("newsletters.{}.issues", entry.name), folder.join("issues")));
            }
        }
    }
    all
}

fn walk(table: &ConfigTable, path: &str, found: &mut impl FnMut(String, &str)) {
    for entry in &table.entries {
        let key = if path.is_empty() { entry.name.clone() } else { format!("{path}.{}", entry.name) };
        match &entry.node.value {
            ConfigValue::Table(inner) => walk(inner, &key, found),
            ConfigValue::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    if let ConfigValue::Table(inner) = &item.value {
                        walk(inner, &format!("{key}.{at}"), found);
                    }
                }
            }
            ConfigValue::Text(text) => {
                let name = entry.name.as_str();
                let is_path = keys::KEYS.iter().any(|key| key.name() == name && key.kind == ValueKind::Path);
                let is_prose = PROSE.contains(&name) && text.to_lowercase().ends_with(".md") && !text.contains('\n');
                if is_path || is_prose || name.ends_with("_file") {
                    found(key, text);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
public_url = "https://example.com"
database = "postgres://anna:hunter1@db/news"
secret_key = "1:00"
[newsletters.week]
name = "hunter"
about = "about.md"
[newsletters.week.dkim]
key_file = "dkim/week.pem"
[[relays]]
name = "main"
password = """
hunter2"""
[[relays]]
password_file = "relay.password" # beside it
[[inbound.hooks]]
name = "x"
secret = "hunter3"
[[inbound.mailboxes]]
password = 'hunter4'
"#;

    #[test]
    fn no_secret_is_left_and_the_rest_stays() {
        let (left, cut) = without_secrets(TEXT);
        assert!(!left.contains("hunter1") && !left.contains("hunter2"), "{left}");
        assert!(!left.contains("hunter3") && !left.contains("hunter4"), "{left}");
        assert!(left.contains("name = \"hunter\"") && left.contains("secret_key = \"1:00\""), "{left}");
        assert!(left.contains("# beside it"), "{left}");
        let keys = ["database", "relays.0.password", "inbound.hooks.0.secret", "inbound.mailboxes.0.password"];
        assert_eq!(cut, keys);
        assert!(DeTable::parse_recoverable(&left).1.is_empty(), "{left}");
        assert_eq!(without_secrets("database = \"sqlite://x.db\"\n").1, Vec::<String>::new());
        assert_eq!(without_secrets("= \"hunter2\"").0, "");
    }

    #[test]
    fn every_file_is_found_by_its_key() {
        let (root, _) = super::super::tree_of(TEXT, "", &[]).unwrap();
        let found = files(&root, Path::new("/srv"));
        let path = |key: &str| found.iter().find(|(known, _)| known == key).map(|(_, path)| path.to_str().unwrap());
        assert_eq!(path("newsletters.week.dkim.key_file"), Some("/srv/dkim/week.pem"));
        assert_eq!(path("newsletters.week.about"), Some("/srv/about.md"));
        assert_eq!(path("newsletters.week.issues"), Some("/srv/issues"));
        assert_eq!(path("templates"), Some("/srv/templates"));
        assert_eq!(path("secret_key_file"), None, "{found:?}");
        assert!(found.iter().any(|(key, path)| key.ends_with("password_file") && path.ends_with("relay.password")));
    }
}
