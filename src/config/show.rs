//! The settings that are in force and where each came from, secrets masked: what `config show` prints.

use std::path::Path;

use super::database::masked;
use super::keys::{self, Absent, KEYS, Key, ValueKind};
use super::problem::Origin;
use super::reader::display;
use super::tree::{ConfigEntry, ConfigTable, ConfigValue, Node};

/// One key that has a value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Setting {
    /// Its sections and its name, such as `relays.main.port`.
    pub key: String,
    /// Its value as TOML writes it; a secret is `***`.
    pub value: String,
    /// `default`, a line of the file, or a variable of the environment.
    pub from: String,
}

pub(super) fn settings(root: &ConfigTable, folder: &Path) -> Vec<Setting> {
    let mut all = Vec::new();
    for (section, _) in keys::SECTIONS {
        walk(root, folder, section, ("", ""), &mut all);
    }
    all
}

/// Goes down `table`, which is at `at` and is called `path`, to every section that `wanted` matches.
fn walk(table: &ConfigTable, folder: &Path, wanted: &'static str, (at, path): (&str, &str), all: &mut Vec<Setting>) {
    if at == wanted {
        all.extend(
            KEYS.iter().filter(|key| key.section() == wanted).filter_map(|key| setting(table, folder, key, path)),
        );
        return;
    }
    let rest = wanted.strip_prefix(at).unwrap_or_default().trim_start_matches('.');
    let step = rest.split('.').next().unwrap_or_default();
    let below = if at.is_empty() { step.to_owned() } else { format!("{at}.{step}") };
    let stands_once = !wanted.contains('*') && !keys::is_repeatable(wanted);
    if step != "*" && table.get(step).is_none() && stands_once {
        let path = if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
        return walk(&ConfigTable::default(), folder, wanted, (&below, &path), all);
    }
    for entry in table.entries.iter().filter(|entry| step == "*" || entry.name == step) {
        let shown = display(path, &below, &entry.name, &entry.node);
        match &entry.node.value {
            ConfigValue::Table(inner) => walk(inner, folder, wanted, (&below, &shown), all),
            ConfigValue::List(items) if keys::is_repeatable(&below) => {
                for (at, item) in items.iter().enumerate() {
                    let ConfigValue::Table(inner) = &item.value else { continue };
                    walk(inner, folder, wanted, (&below, &format!("{shown}.{at}")), all);
                }
            }
            _ => {}
        }
    }
}

fn setting(table: &ConfigTable, folder: &Path, key: &Key, path: &str) -> Option<Setting> {
    let full = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let file = format!("{}_file", key.name());
    if let Some(entry) = table.get(key.name()) {
        return Some(Setting {
            key: full(key.name()),
            value: value(key.kind, &entry.node),
            from: from(&entry.node.place),
        });
    }
    if let Some(entry) = table.get(&file).filter(|_| key.kind.has_file()) {
        return Some(Setting {
            key: full(&file),
            value: file_of_secret(&entry.node, folder),
            from: from(&entry.node.place),
        });
    }
    let Absent::Default(text) = key.absent else { return None };
    let name = if key.kind == ValueKind::Secret { file.as_str() } else { key.name() };
    Some(Setting { key: full(name), value: default(key.kind, text), from: "default".to_owned() })
}

/// A default as TOML writes it.
pub(super) fn default(kind: ValueKind, text: &str) -> String {
    match kind {
        ValueKind::Integer(..) | ValueKind::Boolean => text.to_owned(),
        _ => quoted(text),
    }
}

/// The name of a file that holds a secret, if there is such a file: else it may be the secret itself, at the wrong key.
fn file_of_secret(node: &Node, folder: &Path) -> String {
    match &node.value {
        ConfigValue::Text(text) if folder.join(text).exists() => quoted(text),
        _ => quoted("***"),
    }
}

fn value(kind: ValueKind, node: &Node) -> String {
    match (&node.value, kind) {
        (_, ValueKind::Secret) => quoted("***"),
        (ConfigValue::Text(text), ValueKind::SecretUrl) => quoted(&masked(text)),
        (_, ValueKind::SecretUrl) => quoted("***"),
        (ConfigValue::Text(text), _) => quoted(text),
        (ConfigValue::Integer(number), _) => number.to_string(),
        (ConfigValue::Boolean(value), _) => value.to_string(),
        (ConfigValue::List(items), _) => {
            let items: Vec<String> = items.iter().map(value_of_item).collect();
            format!("[{}]", items.join(", "))
        }
        (ConfigValue::Table(table), ValueKind::Rates) => {
            let rate = |entry: &ConfigEntry| format!("{} = {}", entry.name, value(keys::RATE, &entry.node));
            format!("{{ {} }}", table.entries.iter().map(rate).collect::<Vec<_>>().join(", "))
        }
        (ConfigValue::Table(_) | ConfigValue::Unfit(_), _) => "?".to_owned(),
    }
}

fn value_of_item(item: &Node) -> String {
    if let ConfigValue::Text(text) = &item.value { quoted(text) } else { "?".to_owned() }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn from(place: &Origin) -> String {
    match place {
        Origin::File { line, .. } => format!("line {line}"),
        Origin::Environment(name) => name.clone(),
        Origin::Nowhere => "default".to_owned(),
    }
}
