//! YAML and TOML to a flat list of keys with their places in the file. Knows no key.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::content::problem::{LineIndex, Position, Problem};

/// Keys in one front matter: ten are known.
const ENTRIES_MAX: usize = 200;
/// Twice that many pieces, and some. Aliases are not taken at all: a file of a dozen lines has nothing to repeat.
const EVENTS_MAX: usize = 1000;

/// One `key: value`.
pub(super) struct FrontMatterEntry {
    pub(super) key: String,
    pub(super) key_at: Position,
    pub(super) value: FrontMatterValue,
    pub(super) at: Position,
}

/// What a key may hold.
pub(super) enum FrontMatterValue {
    Null,
    Bool(bool),
    /// Text; also numbers and dates, as they were typed.
    Text(String),
    /// A list, a map: no key takes one.
    Other,
}

/// Reads the block between the `---` lines, which begins on the file's second line.
pub(super) fn yaml(block: &str) -> Result<Vec<FrontMatterEntry>, Problem> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: EVENTS_MAX,
            max_nodes: EVENTS_MAX,
            max_aliases: 0,
            max_depth: 8,
            flow_nesting_limit: 8,
            max_documents: 1,
        },
    };
    let read: Result<Option<Yaml>, _> = serde_saphyr::from_str_with_options(block, options);
    let read = read.map_err(|error| {
        let at = error
            .location()
            .map_or(Position::START, |l| Position { line: l.line() as usize, column: l.column() as usize });
        let message = error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter);
        broken(
            below_fence(at),
            "YAML",
            &strip_place(&message),
            "put quotation marks around a value with `: ` or ` #` in it",
        )
    })?;
    let place =
        |l: serde_saphyr::Location| below_fence(Position { line: l.line() as usize, column: l.column() as usize });
    let entries = read.map(|yaml| yaml.0).unwrap_or_default();
    Ok(entries
        .into_iter()
        .map(|(key, value)| FrontMatterEntry {
            key_at: place(key.referenced),
            key: key.value,
            at: place(value.referenced),
            value: match value.value {
                Scalar::Null => FrontMatterValue::Null,
                Scalar::Bool(value) => FrontMatterValue::Bool(value),
                Scalar::Text(text) => FrontMatterValue::Text(text),
                // As typed: `title: 1984` is a title, and `007` is not 7.
                Scalar::Number => {
                    let span = value.defined.span();
                    let typed = span.byte_offset().zip(span.byte_len());
                    let typed = typed.and_then(|(at, len)| block.get(at as usize..(at + len) as usize));
                    FrontMatterValue::Text(typed.unwrap_or_default().trim().to_owned())
                }
                Scalar::Other => FrontMatterValue::Other,
            },
        })
        .collect())
}

/// Reads the block between the `+++` lines, which begins on the file's second line.
pub(super) fn toml(block: &str) -> Result<Vec<FrontMatterEntry>, Problem> {
    use std::collections::BTreeMap;

    let lines = LineIndex::of(block);
    let place = |offset: usize| below_fence(lines.position(block, offset));
    let read: BTreeMap<toml::Spanned<String>, toml::Spanned<toml::Value>> = toml::from_str(block).map_err(|error| {
        let at = error.span().map_or(Position::START, |span| place(span.start));
        broken(at, "TOML", error.message(), "a line is key = \"text\", key = true, or send_at = 2026-11-27 09:00")
    })?;
    let mut entries: Vec<_> = read
        .into_iter()
        .map(|(key, value)| FrontMatterEntry {
            key_at: place(key.span().start),
            at: place(value.span().start),
            value: match value.get_ref() {
                toml::Value::String(text) => FrontMatterValue::Text(text.clone()),
                toml::Value::Boolean(value) => FrontMatterValue::Bool(*value),
                toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Datetime(_) => {
                    FrontMatterValue::Text(block[value.span()].to_owned())
                }
                toml::Value::Array(_) | toml::Value::Table(_) => FrontMatterValue::Other,
            },
            key: key.into_inner(),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at);
    Ok(entries)
}

fn below_fence(at: Position) -> Position {
    Position { line: at.line + 1, ..at }
}

fn broken(at: Position, language: &str, message: &str, hint: &str) -> Problem {
    Problem::error(at, "front-matter", format!("the front matter is not {language}: {message}")).hint(hint)
}

/// The place is said in front of the message, in the file's own lines.
fn strip_place(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let end = message.rfind(" at line ").or_else(|| message.rfind(" (line ")).unwrap_or(message.len());
    message[..end].trim_end_matches([':', ',', ' ']).to_owned()
}

struct Yaml(Vec<(serde_saphyr::Spanned<String>, serde_saphyr::Spanned<Scalar>)>);

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Yaml;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("lines of the form `key: value`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Yaml, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key()? {
                    entries.push((key, map.next_value()?));
                    if entries.len() > ENTRIES_MAX {
                        return Err(serde::de::Error::custom(format!("more than {ENTRIES_MAX} keys")));
                    }
                }
                Ok(Yaml(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

enum Scalar {
    Null,
    Bool(bool),
    Text(String),
    Number,
    Other,
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, true or false")
            }
            fn visit_unit<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Null)
            }
            fn visit_none<E>(self) -> Result<Scalar, E> {
                Ok(Scalar::Null)
            }
            fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Scalar, D::Error> {
                Scalar::deserialize(inner)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
                Ok(Scalar::Bool(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(value.to_owned()))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number)
            }
            fn visit_i128<E>(self, _: i128) -> Result<Scalar, E> {
                Ok(Scalar::Number)
            }
            fn visit_u128<E>(self, _: u128) -> Result<Scalar, E> {
                Ok(Scalar::Number)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}
