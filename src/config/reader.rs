//! Takes typed values out of a tree that was checked against the table of keys, and collects what is wrong with them.

use std::cell::RefCell;
use std::path::PathBuf;

use super::keys::{self, Absent, ValueKind};
use super::problem::{ConfigProblem, Origin};
use super::tree::{ConfigEntry, ConfigTable, ConfigValue, Node};
use crate::secret::Secret;

/// How a person would call what stands at `pattern` below `path`.
pub(super) fn display(path: &str, pattern: &str, name: &str, node: &Node) -> String {
    let shown = match (&node.value, pattern) {
        (ConfigValue::Table(table), "relays.*") => match table.get("name").map(|entry| &entry.node.value) {
            Some(ConfigValue::Text(name)) => name.clone(),
            _ => name.to_owned(),
        },
        _ => name.to_owned(),
    };
    if path.is_empty() { shown } else { format!("{path}.{shown}") }
}

/// What every section of one configuration shares.
pub(super) struct ConfigReader {
    /// Where relative paths count from.
    pub(super) folder: PathBuf,
    pub(super) problems: RefCell<Vec<ConfigProblem>>,
    /// What will do and is not as it was meant.
    pub(super) warnings: RefCell<Vec<ConfigProblem>>,
}

/// One section of the tree. A value that is absent without need, or was found wrong, is `None`; what is wrong is
/// reported once, so that a section reads all its keys before it gives up.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    reader: &'a ConfigReader,
    table: &'a ConfigTable,
    pattern: &'static str,
    path: &'a str,
    place: &'a Origin,
}

/// Why a text is refused, and what to do.
pub(super) type ValueRefusal = (String, Option<String>);

static EMPTY: ConfigTable = ConfigTable { entries: Vec::new() };

impl ConfigReader {
    pub(super) fn report(&self, place: Origin, key: String, (why, hint): ValueRefusal) {
        self.problems.borrow_mut().push(ConfigProblem { place, key, why, hint });
    }

    /// The section `pattern`, which has no `*`; empty when the file does not have it.
    pub(super) fn section<'a>(&'a self, root: &'a ConfigTable, pattern: &'static str) -> Section<'a> {
        let entry =
            pattern.split('.').filter(|name| !name.is_empty()).try_fold((root, &Origin::Nowhere), |(at, _), name| {
                let entry = at.get(name)?;
                if let ConfigValue::Table(table) = &entry.node.value { Some((table, &entry.place)) } else { None }
            });
        let (table, place) = entry.unwrap_or((&EMPTY, &Origin::Nowhere));
        Section { reader: self, table, pattern, path: pattern, place }
    }

    /// Hands every section that the `*` of `pattern` stands for to `read`, with its name.
    pub(super) fn each<T>(
        &self,
        root: &ConfigTable,
        pattern: &'static str,
        mut read: impl FnMut(&str, Section<'_>) -> T,
    ) -> Vec<T> {
        let parent = pattern.trim_end_matches(".*");
        let Some(ConfigValue::Table(tables)) = root.get(parent).map(|entry| &entry.node.value) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for ConfigEntry { name, place, node } in &tables.entries {
            let path = display(parent, pattern, name, node);
            let table = if let ConfigValue::Table(table) = &node.value { table } else { &EMPTY };
            all.push(read(name, Section { reader: self, table, pattern, path: &path, place }));
        }
        all
    }
}

impl<'a> Section<'a> {
    /// The section called `name` below this one, if it is there; `pattern` is its own.
    pub(super) fn below(&self, name: &str, pattern: &'static str, path: &'a str) -> Option<Section<'a>> {
        let entry = self.table.get(name)?;
        let ConfigValue::Table(table) = &entry.node.value else { return None };
        Some(Section { reader: self.reader, table, pattern, path, place: &entry.place })
    }

    /// Hands the section called `name`, or each of the sections where it stands several times, to `read`; `pattern` is
    /// theirs.
    pub(super) fn each_below<T>(
        &self,
        name: &str,
        pattern: &'static str,
        mut read: impl FnMut(Section<'_>) -> T,
    ) -> Vec<T> {
        let Some(entry) = self.table.get(name) else { return Vec::new() };
        let path = format!("{}.{name}", self.path);
        let items = match &entry.node.value {
            ConfigValue::Table(table) => vec![(table, &entry.place, path)],
            ConfigValue::List(items) => {
                let numbered = items.iter().enumerate().filter_map(|(at, item)| match &item.value {
                    ConfigValue::Table(table) => Some((table, &item.place, format!("{path}.{at}"))),
                    _ => None,
                });
                numbered.collect()
            }
            _ => Vec::new(),
        };
        let section = |(table, place, path): &(&'a ConfigTable, &'a Origin, String)| {
            read(Section { reader: self.reader, table, pattern, path, place })
        };
        items.iter().map(section).collect()
    }

    /// How a person would call this section.
    pub(super) fn path(&self) -> &'a str {
        self.path
    }

    /// Whether the key is written anywhere.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.get(name).is_some()
    }

    /// The value at `name` as it is written, right or wrong.
    pub(super) fn value(&self, name: &str) -> Option<&'a ConfigValue> {
        self.table.get(name).map(|entry| &entry.node.value)
    }

    /// The text at `name` as it is written, right or wrong.
    pub(super) fn written(&self, name: &str) -> Option<&'a str> {
        if let ConfigValue::Text(text) = &self.table.get(name)?.node.value { Some(text) } else { None }
    }

    /// Reports that the value of `name` will not do.
    pub(super) fn refuse(&self, name: &str, why: impl Into<String>, hint: Option<&str>) {
        let place = self.table.get(name).map_or(self.place, |entry| &entry.node.place);
        self.report(place.clone(), name, (why.into(), hint.map(str::to_owned)));
    }

    /// Says that the value of `name` will do, but hardly what was meant.
    pub(super) fn warn(&self, name: &str, why: impl Into<String>, hint: &str) {
        let place = self.table.get(name).map_or(self.place, |entry| &entry.node.place);
        let key = format!("{}.{name}", self.path);
        let warning = ConfigProblem { place: place.clone(), key, why: why.into(), hint: Some(hint.to_owned()) };
        self.reader.warnings.borrow_mut().push(warning);
    }

    /// Reports that the section as a whole will not do.
    pub(super) fn refuse_all(&self, why: &str, hint: Option<&str>) {
        self.reader.report(self.place.clone(), self.path.to_owned(), (why.to_owned(), hint.map(str::to_owned)));
    }

    /// A text, or its default.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.text_at(name).map(|(text, _)| text)
    }

    /// A text that `parse` understands.
    pub(super) fn parsed<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, ValueRefusal>) -> Option<T> {
        let (text, place) = self.text_at(name)?;
        parse(&text).map_err(|refusal| self.report(place, name, refusal)).ok()
    }

    /// Whether the value of `name` is a list with nothing in it.
    pub(super) fn is_empty_list(&self, name: &str) -> bool {
        matches!(self.value(name), Some(ConfigValue::List(items)) if items.is_empty())
    }

    /// One text or several, each understood by `parse`.
    pub(super) fn each_text<T>(&self, name: &str, parse: impl Fn(&str) -> Result<T, ValueRefusal>) -> Vec<T> {
        let Some(entry) = self.table.get(name) else { return Vec::new() };
        let one = std::slice::from_ref(&entry.node);
        let items = if let ConfigValue::List(items) = &entry.node.value { items.as_slice() } else { one };
        let mut all = Vec::new();
        for item in items {
            let ConfigValue::Text(text) = &item.value else { continue };
            let place = if item.place == Origin::Nowhere { &entry.node.place } else { &item.place };
            all.extend(parse(text).map_err(|refusal| self.report(place.clone(), name, refusal)).ok());
        }
        all
    }

    /// A whole number, or its default. Its range was checked.
    pub(super) fn integer(&self, name: &str) -> Option<u64> {
        match self.table.get(name).map(|entry| &entry.node.value) {
            Some(ConfigValue::Integer(number)) => u64::try_from(*number).ok(),
            Some(_) => None,
            None => self.default_of(name)?.parse().ok(),
        }
    }

    /// The same in 32 bits, for keys whose range allows no more.
    pub(super) fn small(&self, name: &str) -> Option<u32> {
        self.integer(name).and_then(|number| u32::try_from(number).ok())
    }

    /// `true` or `false`, or its default.
    pub(super) fn boolean(&self, name: &str) -> Option<bool> {
        match self.table.get(name).map(|entry| &entry.node.value) {
            Some(ConfigValue::Boolean(value)) => Some(*value),
            Some(_) => None,
            None => self.default_of(name)?.parse().ok(),
        }
    }

    pub(super) fn path_of(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(|text| self.reader.folder.join(text))
    }

    /// A secret, given at `name` or in the file that `NAME_file` names. The place is that of what was given.
    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        let file = format!("{name}_file");
        match (self.table.get(name), self.table.get(&file)) {
            (Some(_), Some(_)) => {
                self.refuse(&file, format!("{name} is given as well"), Some("keep one of the two"));
                None
            }
            (Some(entry), None) => match &entry.node.value {
                ConfigValue::Text(text) => Some(Secret::new(text)),
                _ => None,
            },
            (None, Some(entry)) => match &entry.node.value {
                ConfigValue::Text(path) => self.read_secret(&file, path),
                _ => None,
            },
            (None, None) => self.absent_secret(name, &file),
        }
    }

    /// The file in which a secret stands, if it does not stand in the configuration.
    pub(super) fn secret_file(&self, name: &str) -> Option<PathBuf> {
        match (self.table.get(name), self.written(&format!("{name}_file")), self.key(name)?.1) {
            (Some(_), ..) => None,
            (None, Some(path), _) | (None, None, Absent::Default(path)) => Some(self.reader.folder.join(path)),
            (None, None, _) => None,
        }
    }

    fn absent_secret(&self, name: &str, file: &str) -> Option<Secret> {
        match self.key(name)? {
            (ValueKind::SecretUrl, Absent::Default(text)) => Some(Secret::new(text)),
            (_, Absent::Default(path)) => self.read_secret(file, path),
            (_, Absent::Refused) => {
                let hint = format!("write {file} = \"FILE\", or {name}");
                self.report(self.place.clone(), name, ("it is missing".to_owned(), Some(hint)));
                None
            }
            (_, Absent::Means(_)) => None,
        }
    }

    fn read_secret(&self, name: &str, path: &str) -> Option<Secret> {
        let path = self.reader.folder.join(path);
        let refuse = |error: std::io::Error| {
            let hint = match name {
                "secret_key_file" => {
                    "bring it back from a backup of this installation: links in emails already sent and the list of \
                     suppressed addresses hang on it; a new installation gets one by `coranto init`"
                }
                _ => "it is the name of a file that holds the secret, and not the secret itself",
            };
            // An operator may have typed the secret itself there.
            let is_file = name == "secret_key_file" || error.kind() != std::io::ErrorKind::NotFound;
            let file = if is_file { path.display().to_string() } else { "the file".to_owned() };
            self.refuse(name, format!("{file} cannot be read: {error}"), Some(hint));
        };
        Secret::from_file(&path).map_err(refuse).ok()
    }

    fn text_at(&self, name: &str) -> Option<(String, Origin)> {
        match self.table.get(name) {
            Some(ConfigEntry { node, .. }) => match &node.value {
                ConfigValue::Text(text) if text.trim().is_empty() => {
                    self.refuse(name, "it is empty", Some("give it a value, or leave the whole line out"));
                    None
                }
                ConfigValue::Text(text) => Some((text.clone(), node.place.clone())),
                _ => None,
            },
            None => match self.key(name)?.1 {
                Absent::Default(text) => Some((text.to_owned(), Origin::Nowhere)),
                Absent::Means(_) => None,
                Absent::Refused => {
                    self.report(self.place.clone(), name, ("it is missing".to_owned(), None));
                    None
                }
            },
        }
    }

    fn key(&self, name: &str) -> Option<(ValueKind, Absent)> {
        let found = keys::find(self.pattern, name).map(|(key, _)| (key.kind, key.absent));
        debug_assert!(found.is_some(), "{}.{name} is not in the table of keys", self.pattern);
        found
    }

    fn default_of(&self, name: &str) -> Option<&'static str> {
        if let Absent::Default(text) = self.key(name)?.1 { Some(text) } else { None }
    }

    fn report(&self, place: Origin, name: &str, refusal: ValueRefusal) {
        let key = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        self.reader.report(place, key, refusal);
    }
}
