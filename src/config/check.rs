//! Holds a tree against the table of keys: unknown names, wrong kinds, numbers out of range.

use super::keys::{self, Kind};
use super::problem::Problem;
use super::rates;
use super::tree::{Entry, Node, Table, Value};

/// Makes the list `[[relays]]` a section like others, its entries named by their number, so that one walk reads all.
pub(super) fn number_relays(root: &mut Table, problems: &mut Vec<Problem>) {
    let Some(entry) = root.entries.iter_mut().find(|entry| entry.name == "relays") else { return };
    if let Value::List(items) = &mut entry.node.value {
        let numbered = std::mem::take(items).into_iter().enumerate().map(|(at, node)| Entry {
            name: at.to_string(),
            place: node.place.clone(),
            node,
        });
        entry.node.value = Value::Table(Table { entries: numbered.collect() });
    } else {
        problems.push(Problem {
            place: entry.place.clone(),
            key: "relays".to_owned(),
            why: format!("it must be a list of sections, not {}", entry.node.value.describe()),
            hint: Some("write [[relays]] with two brackets, and the name inside: name = \"main\"".to_owned()),
        });
        root.remove("relays");
    }
}

/// How a person would call what stands at `pattern` below `path`.
pub(super) fn display(path: &str, pattern: &str, name: &str, node: &Node) -> String {
    let shown = match (&node.value, pattern) {
        (Value::Table(table), "relays.*") => match table.get("name").map(|entry| &entry.node.value) {
            Some(Value::Text(name)) => name.clone(),
            _ => name.to_owned(),
        },
        _ => name.to_owned(),
    };
    if path.is_empty() { shown } else { format!("{path}.{shown}") }
}

/// Reports everything in `table`, which is the section `pattern` and is called `path`, that no key allows.
pub(super) fn check(table: &Table, pattern: &str, path: &str, problems: &mut Vec<Problem>) {
    for entry in &table.entries {
        let child = keys::below(pattern, &entry.name);
        let shown = display(path, &child, &entry.name, &entry.node);
        let problem = |why: String, hint: Option<String>| Problem {
            place: entry.node.place.clone(),
            key: shown.clone(),
            why,
            hint,
        };
        if let Some((key, is_file)) = keys::find(pattern, &entry.name) {
            let kind = if is_file { Kind::Path } else { key.kind };
            match (kind, &entry.node.value) {
                (Kind::Rates, Value::Table(table)) => rates::check(table, &shown, problems),
                (_, value) => problems.extend(mismatch(kind, value).map(|why| problem(why, None))),
            }
        } else if !keys::is_section(&child) {
            let place = entry.place.clone();
            problems.push(Problem {
                place,
                ..problem("there is no such key".to_owned(), keys::suggest(pattern, &entry.name))
            });
        } else if let Value::Table(table) = &entry.node.value {
            check(table, &child, &shown, problems);
        } else if let (true, Value::List(items)) = (keys::is_repeatable(&child), &entry.node.value) {
            check_each(items, &child, &shown, problems);
        } else {
            let hint = format!("write [{shown}] on a line of its own, and its keys below");
            problems.push(problem(format!("it must be a section, not {}", entry.node.value.describe()), Some(hint)));
        }
    }
}

/// Reports what no key allows in sections that are the items of a list.
fn check_each(items: &[Node], pattern: &str, path: &str, problems: &mut Vec<Problem>) {
    for (at, item) in items.iter().enumerate() {
        let path = format!("{path}.{at}");
        if let Value::Table(table) = &item.value {
            check(table, pattern, &path, problems);
            continue;
        }
        let why = format!("it must be a section, not {}", item.value.describe());
        let hint = Some("write the section with two brackets, once for each".to_owned());
        problems.push(Problem { place: item.place.clone(), key: path, why, hint });
    }
}

pub(super) fn mismatch(kind: Kind, value: &Value) -> Option<String> {
    let wanted = match (kind, value) {
        (Kind::Text | Kind::Texts | Kind::Path | Kind::Secret | Kind::SecretUrl, Value::Text(_))
        | (Kind::Boolean, Value::Boolean(_)) => return None,
        (Kind::Texts, Value::List(items)) if items.iter().all(|item| matches!(item.value, Value::Text(_))) => {
            return None;
        }
        (Kind::Texts, Value::List(_)) => return Some("every item of the list must be a text in quotes".to_owned()),
        (Kind::Rates, Value::Integer(_)) => return mismatch(rates::NUMBER, value),
        (Kind::Rates, _) => "a whole number without quotes, or { per_minute = N, per_hour = N, per_day = N }",
        (Kind::Integer(least, most), Value::Integer(number)) => {
            let fits = u64::try_from(*number).is_ok_and(|number| (least..=most).contains(&number));
            return (!fits).then(|| format!("it must be from {least} to {most}, not {number}"));
        }
        (Kind::Integer(..), _) => "a whole number without quotes",
        (Kind::Boolean, _) => "true or false without quotes",
        (Kind::Texts, _) => "a text in quotes, or a list of them",
        _ => "a text in quotes",
    };
    Some(format!("it must be {wanted}, not {}", value.describe()))
}
