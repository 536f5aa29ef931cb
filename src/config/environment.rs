//! `CORANTO__SERVER__LISTEN` and its like, laid over the file. The only reader of the environment.

use super::keys::{self, ValueKind};
use super::problem::{ConfigProblem, Origin};
use super::rates;
use super::tree::{ConfigTable, ConfigValue, Node};

/// What names of variables begin with. Two underscores separate sections, so that names may hold one.
const PREFIX: &str = "CORANTO__";

/// The environment of this process.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the environment")]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .collect()
}

/// Lays every variable that begins with `CORANTO__` over `table`.
pub(super) fn overlay(table: &mut ConfigTable, env: &[(String, String)], problems: &mut Vec<ConfigProblem>) {
    let mut ours: Vec<_> = env.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    ours.sort();
    for (name, value) in ours {
        if let Err((why, hint)) = set(table, name, value) {
            problems.push(ConfigProblem { place: Origin::Environment(name.clone()), key: String::new(), why, hint });
        }
    }
}

type Refusal = (String, Option<String>);

fn set(table: &mut ConfigTable, name: &str, value: &str) -> Result<(), Refusal> {
    let segments: Vec<String> = name[PREFIX.len()..].split("__").map(str::to_lowercase).collect();
    let place = Origin::Environment(name.to_owned());
    let Some((last, sections)) = segments.split_last() else { return Ok(()) };
    let (mut pattern, mut here) = (String::new(), table);
    let mut sections = sections.iter().peekable();
    while let Some(section) = sections.next() {
        let child = keys::below(&pattern, section);
        if !keys::is_section(&child) {
            return Err(unknown(&pattern, section));
        }
        here = match child.as_str() {
            "relays.*" => relay(here, section, &place)?,
            "newsletters.*" => step(here, &section.replace('_', "-"), &place)?,
            child if keys::is_repeatable(child) => {
                let number = sections.next_if(|next| next.parse::<usize>().is_ok()).and_then(|next| next.parse().ok());
                nth(here, section, number, &place)?
            }
            _ => step(here, section, &place)?,
        };
        pattern = child;
    }
    let Some((key, is_file)) = keys::find(&pattern, last) else { return Err(unknown(&pattern, last)) };
    let value = convert(key.kind, value)?;
    if key.kind.has_file() {
        // The environment decides between a secret and its file, whatever the file says.
        here.remove(&if is_file { key.name().to_owned() } else { format!("{}_file", key.name()) });
    }
    here.remove(last);
    here.entry(last, &place, || value);
    Ok(())
}

fn unknown(pattern: &str, name: &str) -> Refusal {
    (format!("there is no key {name:?}"), keys::suggest(pattern, name))
}

fn step<'a>(table: &'a mut ConfigTable, name: &str, place: &Origin) -> Result<&'a mut ConfigTable, Refusal> {
    table_of(&mut table.entry(name, place, || ConfigValue::Table(ConfigTable::default())).value)
}

fn table_of(value: &mut ConfigValue) -> Result<&mut ConfigTable, Refusal> {
    match value {
        ConfigValue::Table(table) => Ok(table),
        other => Err((format!("the file has {} where this variable needs a section", other.describe()), None)),
    }
}

/// One of the sections called `name` by its number from 0, which may be left out while there is one; the next number adds
/// one.
fn nth<'a>(
    table: &'a mut ConfigTable,
    name: &str,
    number: Option<usize>,
    place: &Origin,
) -> Result<&'a mut ConfigTable, Refusal> {
    let empty = || ConfigValue::Table(ConfigTable::default());
    let node = table.entry(name, place, empty);
    if matches!((&node.value, number), (ConfigValue::Table(_), None | Some(0))) {
        return table_of(&mut node.value);
    }
    if let ConfigValue::Table(_) = &node.value {
        let one = Node { place: node.place.clone(), value: std::mem::replace(&mut node.value, empty()) };
        node.value = ConfigValue::List(vec![one]);
    }
    let items = match &mut node.value {
        ConfigValue::List(items) => items,
        other => return table_of(other),
    };
    let count = items.len();
    if number == Some(count) {
        items.push(Node { place: place.clone(), value: empty() });
    }
    match items.get_mut(number.unwrap_or(0)) {
        Some(item) if number.is_some() || count == 1 => table_of(&mut item.value),
        _ => Err((
            format!("the file has {count} sections {name:?}"),
            Some(format!("use the number of one, from 0, behind it; {count} adds one")),
        )),
    }
}

/// The relay that `segment` means: its name, or its number in the file from 0; the next number adds one.
fn relay<'a>(relays: &'a mut ConfigTable, segment: &str, place: &Origin) -> Result<&'a mut ConfigTable, Refusal> {
    let named = |node: &Node| {
        match &node.value {
        ConfigValue::Table(table) => table.get("name").is_some_and(
            |entry| matches!(&entry.node.value, ConfigValue::Text(name) if name.to_lowercase().replace('-', "_") == segment),
        ),
        _ => false,
    }
    };
    let count = relays.entries.len();
    let by_name = relays.entries.iter().find(|entry| named(&entry.node)).map(|entry| entry.name.clone());
    match by_name.or_else(|| segment.parse().ok().filter(|at: &usize| *at <= count).map(|at| at.to_string())) {
        Some(at) => step(relays, &at, place),
        None => Err((
            format!("there is no relay {segment:?}"),
            Some(format!("use a relay's name, or its number in the file from 0; {count} adds one")),
        )),
    }
}

/// Makes of a variable's text what its key holds. The text itself is never repeated in a refusal: it may be a secret.
fn convert(kind: ValueKind, text: &str) -> Result<ConfigValue, Refusal> {
    match kind {
        ValueKind::Text | ValueKind::Path | ValueKind::Secret | ValueKind::SecretUrl => {
            Ok(ConfigValue::Text(text.to_owned()))
        }
        ValueKind::Texts => {
            let place = Origin::Nowhere;
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            let node = |item: &str| Node { place: place.clone(), value: ConfigValue::Text(item.to_owned()) };
            Ok(ConfigValue::List(items.map(node).collect()))
        }
        ValueKind::Integer(..) => {
            text.trim().parse().map(ConfigValue::Integer).map_err(|_| ("it must be a whole number".into(), None))
        }
        ValueKind::Rates => rates::parse(text),
        ValueKind::Boolean => {
            text.trim().parse().map(ConfigValue::Boolean).map_err(|_| ("it must be true or false".into(), None))
        }
    }
}
