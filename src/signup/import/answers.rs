//! What only a person can say of a list, and what they said.

use super::meaning::Meaning;
use super::standing::Standing;
use super::times::DayOrder;
use super::vendor::Vendor;

/// What an operator said about the files.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Columns, folded, and what they mean; as it was said.
    pub(super) columns: Vec<(String, Meaning, String)>,
    /// Which comes first in a date.
    pub days: Option<DayOrder>,
    /// Where everybody in the files stands at least.
    pub(super) everyone: Option<Standing>,
    /// Which program wrote the files.
    pub(super) from: Option<&'static Vendor>,
}

impl Answers {
    /// Says what a column means: `NAME=MEANING`.
    pub fn column(&mut self, text: &str) -> Result<(), String> {
        let (name, said) = text.rsplit_once('=').ok_or("write NAME=MEANING, such as 'Mailing OK?=consent:yes'")?;
        self.says(name, said)
    }

    /// Says what a column means.
    pub fn says(&mut self, name: &str, said: &str) -> Result<(), String> {
        let unknown = || format!("{said:?} is no meaning of a column; write one of {}", super::meaning::SAYABLE);
        let meaning = Meaning::parse(said).ok_or_else(unknown)?;
        self.columns.retain(|(known, ..)| *known != key_of(name));
        self.columns.push((key_of(name), meaning, said.to_owned()));
        Ok(())
    }

    /// Says that a column has nothing to do with mail.
    pub fn ignore(&mut self, name: &str) {
        self.columns.retain(|(known, ..)| *known != key_of(name));
        self.columns.push((key_of(name), Meaning::Ignored, "ignore".to_owned()));
    }

    /// Says where everybody in the files stands at least.
    pub fn everyone(&mut self, word: &str) -> Result<(), String> {
        let named = Standing::named(word);
        self.everyone =
            Some(named.ok_or("write active, unconfirmed, paused, unsubscribed, bounced, complained or suppressed")?);
        Ok(())
    }

    /// Says which program wrote the files.
    pub fn from(&mut self, program: &str) -> Result<(), String> {
        let unknown = || format!("{program:?} is not known; known are {}", Vendor::keys().join(", "));
        self.from = Some(Vendor::named(program).ok_or_else(unknown)?);
        Ok(())
    }

    pub(super) fn of(&self, name: &str) -> Option<&Meaning> {
        let key = key_of(name);
        self.columns.iter().find(|(known, ..)| *known == key).map(|(_, meaning, _)| meaning)
    }

    /// What was said, a column each: its name folded, and the words.
    pub(super) fn said(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().map(|(name, _, said)| (name.as_str(), said.as_str()))
    }
}

/// How a column's name is compared. A name without letters is compared as it is.
pub(super) fn key_of(name: &str) -> String {
    let key = super::cells::folded(name);
    if key.is_empty() { super::cells::trimmed(name).to_owned() } else { key }
}

/// A column of which only a person can say what it means.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ColumnQuestion {
    pub file: String,
    pub column: String,
    /// What stands in it, the commonest first.
    pub values: Vec<ColumnValue>,
    /// Whether more than that stands in it.
    pub has_more: bool,
    /// What was said of a column of this name the last time.
    pub before: Option<String>,
}

impl ColumnQuestion {
    /// How the column's name is compared, and kept with its answer.
    pub fn key(&self) -> String {
        key_of(&self.column)
    }
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct ColumnValue {
    pub text: String,
    pub rows: u64,
}
