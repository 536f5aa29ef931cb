//! The configuration as it was written: values, each with the place it came from. Must not know what keys mean.

use toml::de::{DeTable, DeValue};

use super::problem::{ConfigProblem, Origin};
use crate::domain::position::{LineIndex, Position};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConfigValue {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Node>),
    Table(ConfigTable),
    /// A kind of value that no key has, in words.
    Unfit(&'static str),
}

impl ConfigValue {
    /// The kind of value, in words.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Boolean(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a section",
            Self::Unfit(what) => what,
        }
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) place: Origin,
    pub(super) value: ConfigValue,
}

/// A section: names and values in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ConfigTable {
    pub(super) entries: Vec<ConfigEntry>,
}

/// A name in a section and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConfigEntry {
    pub(super) name: String,
    pub(super) place: Origin,
    pub(super) node: Node,
}

impl ConfigTable {
    pub(super) fn get(&self, name: &str) -> Option<&ConfigEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.entries.retain(|entry| entry.name != name);
    }

    /// The entry called `name`; made with `value` at `place` when it is absent.
    pub(super) fn entry(&mut self, name: &str, place: &Origin, value: impl FnOnce() -> ConfigValue) -> &mut Node {
        let at = self.entries.iter().position(|entry| entry.name == name).unwrap_or_else(|| {
            let node = Node { place: place.clone(), value: value() };
            self.entries.push(ConfigEntry { name: name.to_owned(), place: place.clone(), node });
            self.entries.len() - 1
        });
        &mut self.entries[at].node
    }
}

/// Reads TOML; on a syntax error, every one that the parser could find.
pub(super) fn parse(text: &str) -> Result<ConfigTable, Vec<ConfigProblem>> {
    let lines = Lines { text, index: LineIndex::of(text) };
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(lines.table(table.get_ref()));
    }
    let problem = |error: &toml::de::Error| ConfigProblem {
        place: error.span().map_or(Origin::Nowhere, |span| lines.place(span.start)),
        key: String::new(),
        why: format!("this is not TOML: {}", error.message().replace('\n', "; ")),
        hint: None,
    };
    Err(errors.iter().map(problem).collect())
}

/// Where a byte of `text` stands.
pub(super) fn place_of(text: &str, offset: usize) -> Origin {
    Lines { text, index: LineIndex::of(text) }.place(offset)
}

struct Lines<'a> {
    text: &'a str,
    index: LineIndex,
}

impl Lines<'_> {
    fn place(&self, offset: usize) -> Origin {
        let Position { line, column } = self.index.position(self.text, offset);
        Origin::File { line, column }
    }

    fn table(&self, table: &DeTable<'_>) -> ConfigTable {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let entry =
            |(name, value): (&toml::Spanned<toml::de::DeString<'_>>, &toml::Spanned<DeValue<'_>>)| ConfigEntry {
                name: name.get_ref().to_string(),
                place: self.place(name.span().start),
                node: self.node(value),
            };
        ConfigTable { entries: entries.into_iter().map(entry).collect() }
    }

    fn node(&self, value: &toml::Spanned<DeValue<'_>>) -> Node {
        let place = self.place(value.span().start);
        let value = match value.get_ref() {
            DeValue::String(text) => ConfigValue::Text(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(ConfigValue::Unfit("a number that is far too large"), ConfigValue::Integer),
            DeValue::Float(_) => ConfigValue::Unfit("a number with a fraction"),
            DeValue::Boolean(value) => ConfigValue::Boolean(*value),
            DeValue::Datetime(_) => ConfigValue::Unfit("a date or time"),
            DeValue::Array(list) => ConfigValue::List(list.iter().map(|item| self.node(item)).collect()),
            DeValue::Table(table) => ConfigValue::Table(self.table(table)),
        };
        Node { place, value }
    }
}
