//! Holds a tree against the table of keys: unknown names, wrong kinds, numbers out of range.

use super::keys::{self, ValueKind};
use super::mismatch::mismatch;
use super::problem::ConfigProblem;
use super::rates;
use super::reader::display;
use super::tree::{ConfigEntry, ConfigTable, ConfigValue, Node};

/// Makes the list `[[relays]]` a section like others, its entries named by their number, so that one walk reads all.
pub(super) fn number_relays(root: &mut ConfigTable, problems: &mut Vec<ConfigProblem>) {
    let Some(entry) = root.entries.iter_mut().find(|entry| entry.name == "relays") else { return };
    if let ConfigValue::List(items) = &mut entry.node.value {
        let numbered = std::mem::take(items).into_iter().enumerate().map(|(at, node)| ConfigEntry {
            name: at.to_string(),
            place: node.place.clone(),
            node,
        });
        entry.node.value = ConfigValue::Table(ConfigTable { entries: numbered.collect() });
    } else {
        problems.push(ConfigProblem {
            place: entry.place.clone(),
            key: "relays".to_owned(),
            why: format!("it must be a list of sections, not {}", entry.node.value.describe()),
            hint: Some("write [[relays]] with two brackets, and the name inside: name = \"main\"".to_owned()),
        });
        root.remove("relays");
    }
}

/// Reports everything in `table`, which is the section `pattern` and is called `path`, that no key allows.
pub(super) fn check(table: &ConfigTable, pattern: &str, path: &str, problems: &mut Vec<ConfigProblem>) {
    for entry in &table.entries {
        let child = keys::below(pattern, &entry.name);
        let shown = display(path, &child, &entry.name, &entry.node);
        let problem = |why: String, hint: Option<String>| ConfigProblem {
            place: entry.node.place.clone(),
            key: shown.clone(),
            why,
            hint,
        };
        if let Some((key, is_file)) = keys::find(pattern, &entry.name) {
            let kind = if is_file { ValueKind::Path } else { key.kind };
            match (kind, &entry.node.value) {
                (ValueKind::Rates, ConfigValue::Table(table)) => rates::check(table, &shown, problems),
                (_, value) => problems.extend(mismatch(kind, value).map(|why| problem(why, None))),
            }
        } else if !keys::is_section(&child) {
            let place = entry.place.clone();
            problems.push(ConfigProblem {
                place,
                ..problem("there is no such key".to_owned(), keys::suggest(pattern, &entry.name))
            });
        } else if let ConfigValue::Table(table) = &entry.node.value {
            check(table, &child, &shown, problems);
        } else if let (true, ConfigValue::List(items)) = (keys::is_repeatable(&child), &entry.node.value) {
            check_each(items, &child, &shown, problems);
        } else {
            let hint = format!("write [{shown}] on a line of its own, and its keys below");
            problems.push(problem(format!("it must be a section, not {}", entry.node.value.describe()), Some(hint)));
        }
    }
}

/// Reports what no key allows in sections that are the items of a list.
fn check_each(items: &[Node], pattern: &str, path: &str, problems: &mut Vec<ConfigProblem>) {
    for (at, item) in items.iter().enumerate() {
        let path = format!("{path}.{at}");
        if let ConfigValue::Table(table) = &item.value {
            check(table, pattern, &path, problems);
            continue;
        }
        let why = format!("it must be a section, not {}", item.value.describe());
        let hint = Some("write the section with two brackets, once for each".to_owned());
        problems.push(ConfigProblem { place: item.place.clone(), key: path, why, hint });
    }
}
