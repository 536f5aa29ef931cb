//! A first look at a file: what each column holds, what it is taken for, and what nobody can know but a person. Owns
//! when an import must ask.

use std::collections::HashMap;

use super::answers::{Answers, ColumnQuestion, ColumnValue};
use super::cells::{folded, is_nothing, trimmed, truth};
use super::error::ImportError;
use super::meaning::Meaning;
use super::names::{by_name, email_rank};
use super::rows::Header;
use super::standing::{self, Standing};
use super::suspicion::{has_stem, is_harmless, role, stands_beside_an_end};
use super::table::{Column, ImportTable, statement};
use super::times::{DayOrder, order_shown};
use super::vendor::Vendor;

/// Different values of a column that are counted; with more it is a column of texts.
const VALUES_MAX: usize = 64;
/// More different values than this are no answers to a question.
const ANSWERS_MAX: usize = 12;
/// 0 and 1 in fewer rows may be counters.
const DIGITS_ROWS_MIN: u64 = 20;
/// Rows whose word of standing is not known, from which on a person is asked. Fewer are named and left out.
const UNKNOWN_ROWS_MIN: u64 = 10;
const UNKNOWN_ROWS_MANY: u64 = 50;
/// And the part of all rows that they must be.
const UNKNOWN_PART: u64 = 50;
/// Values that a question shows.
const SHOWN_MAX: usize = 8;

/// What stands in a column.
#[derive(Debug, Default)]
struct Profile {
    filled: u64,
    values: HashMap<String, u64>,
    has_more: bool,
    day_first: bool,
    month_first: bool,
}

/// Counts what stands in the columns of a file.
#[derive(Debug)]
pub(super) struct Survey {
    header: Header,
    profiles: Vec<Profile>,
    rows: u64,
    /// Pairs of columns of addresses that differ in some row.
    differing: Vec<(usize, usize)>,
    emails: Vec<usize>,
}

impl Survey {
    pub(super) fn new(header: Header, answers: &Answers) -> Self {
        let profiles = header.names.iter().map(|_| Profile::default()).collect();
        let said = |name: &str| answers.of(name);
        let mut emails: Vec<(usize, usize)> = Vec::new();
        for (at, name) in header.names.iter().enumerate() {
            match said(name) {
                Some(Meaning::Email) => emails.push((0, at)),
                Some(_) => {}
                None => emails.extend(email_rank(&folded(name)).map(|rank| (rank + 1, at))),
            }
        }
        emails.sort_by_key(|(rank, _)| *rank);
        let best = emails.first().map(|(rank, _)| *rank);
        let emails = emails.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, at)| at).collect();
        Self { header, profiles, rows: 0, differing: Vec::new(), emails }
    }

    pub(super) fn look(&mut self, cells: Option<&[String]>) {
        self.rows += 1;
        let Some(cells) = cells.filter(|cells| cells.len() == self.profiles.len()) else { return };
        if self.emails.is_empty() && !self.header.is_named {
            self.emails.extend(cells.iter().position(|cell| super::cells::address(cell).is_ok()));
        }
        for (at, cell) in cells.iter().enumerate() {
            self.profiles[at].look(cell);
        }
        for pair in self.emails.windows(2) {
            let value = |at: usize| trimmed(&cells[at]).to_lowercase();
            let (one, other) = (value(pair[0]), value(pair[1]));
            if one != other && !is_nothing(&one) && !is_nothing(&other) && !self.differing.contains(&(pair[0], pair[1]))
            {
                self.differing.push((pair[0], pair[1]));
            }
        }
    }

    /// What the file is, and what must be asked. `everyone` is where an operator says that all in it stand.
    pub(super) fn finish(
        self,
        source: usize,
        name: &str,
        stem: &str,
        from: Option<&'static Vendor>,
        answers: &Answers,
    ) -> Result<(ImportTable, Vec<ColumnQuestion>), ImportError> {
        if let Some((one, other)) = self.differing.first() {
            let name = |at: &usize| self.header.names[*at].clone();
            return Err(ImportError::TwoEmailColumns { one: name(one), other: name(other) });
        }
        let names: Vec<String> = self.header.names.iter().map(|name| folded(name)).collect();
        let vendor = from.or_else(|| Vendor::of(&names));
        let mut table = ImportTable {
            source,
            name: name.to_owned(),
            vendor,
            columns: Vec::with_capacity(names.len()),
            emails: self.emails.clone(),
            everyone: Standing::Active,
            rows: self.rows,
        };
        let mut unknown = Vec::new();
        for (at, folded) in names.iter().enumerate() {
            let profile = &self.profiles[at];
            let (meaning, is_sure) = self.meaning(at, folded, vendor, answers);
            let days = answers.days.or(profile.days()).or(vendor.and_then(|vendor| vendor.days));
            let column =
                Column { name: self.header.names[at].clone(), meaning, days, has_answers: profile.has_answers() };
            let asks = match is_sure {
                Sure::Said => false,
                Sure::Known => profile.is_not_understood(vendor, &column, self.rows),
                Sure::Guessed => profile.is_misnamed(vendor, &column, self.rows),
                Sure::No => profile.may_be_consent(folded),
            };
            if asks {
                unknown.push(at);
            }
            table.columns.push(column);
        }
        table.name_alone_is_first();
        unknown.retain(|at| !table.is_geography(*at, &names[*at]) && !table.is_companion(&names[*at]));
        table.everyone = everyone(&table, stem, answers);
        let questions = unknown.into_iter().map(|at| self.question(at, &mut table, name)).collect();
        Ok((table, questions))
    }

    fn meaning(&self, at: usize, folded: &str, vendor: Option<&Vendor>, answers: &Answers) -> (Meaning, Sure) {
        if let Some(meaning) = answers.of(&self.header.names[at]) {
            return (meaning.clone(), Sure::Said);
        }
        if self.emails.contains(&at) {
            return (Meaning::Email, Sure::Said);
        }
        if let Some(meaning) =
            vendor.and_then(|vendor| vendor.meaning(folded)).filter(|meaning| **meaning != Meaning::Email)
        {
            return (meaning.clone(), Sure::Known);
        }
        // Sendy's and others' lists without a header: a name and an address.
        if !self.header.is_named && self.header.names.len() == 2 && !self.profiles[at].may_be_consent("") {
            return (Meaning::Name, Sure::Said);
        }
        match by_name(folded) {
            // Another column is the one of addresses.
            Some(Meaning::Email) => (Meaning::Ignored, Sure::Said),
            Some(meaning) => (meaning, Sure::Guessed),
            None => (Meaning::Ignored, Sure::No),
        }
    }

    fn question(&self, at: usize, table: &mut ImportTable, file: &str) -> ColumnQuestion {
        let profile = &self.profiles[at];
        let mut values: Vec<ColumnValue> =
            profile.values.iter().map(|(text, rows)| ColumnValue { text: text.clone(), rows: *rows }).collect();
        values.sort_by(|one, other| other.rows.cmp(&one.rows).then_with(|| one.text.cmp(&other.text)));
        values.truncate(SHOWN_MAX);
        ColumnQuestion {
            file: file.to_owned(),
            column: table.columns[at].name.clone(),
            values,
            has_more: profile.has_more || profile.values.len() > SHOWN_MAX,
            before: None,
        }
    }
}

/// How surely a column's meaning is known.
enum Sure {
    Said,
    /// The vendor's export has it.
    Known,
    Guessed,
    /// Not at all.
    No,
}

impl Profile {
    fn look(&mut self, cell: &str) {
        let cell = trimmed(cell);
        if is_nothing(cell) {
            return;
        }
        self.filled += 1;
        match order_shown(cell) {
            Some(DayOrder::DayFirst) => self.day_first = true,
            Some(DayOrder::MonthFirst) => self.month_first = true,
            None => {}
        }
        if self.has_more {
            return;
        }
        if let Some(count) = self.values.get_mut(cell) {
            *count += 1;
        } else if self.values.len() < VALUES_MAX {
            self.values.insert(cell.chars().take(80).collect(), 1);
        } else {
            self.has_more = true;
        }
    }

    /// The order of days that its dates show; none when they show both.
    fn days(&self) -> Option<DayOrder> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DayOrder::DayFirst),
            (false, true) => Some(DayOrder::MonthFirst),
            _ => None,
        }
    }

    fn has_answers(&self) -> bool {
        self.values.keys().any(|value| truth(value).is_some())
    }

    /// How many rows have a value that says nothing that is known.
    fn unclear(&self, vendor: Option<&Vendor>, column: &Column) -> u64 {
        let unclear = |value: &&String| statement(vendor, column, value) == Some(Standing::Unclear);
        self.values.iter().filter(|(value, _)| unclear(value)).map(|(_, rows)| *rows).sum()
    }

    /// Whether so many rows of a column of standing cannot be understood that a person should say what they mean.
    fn is_not_understood(&self, vendor: Option<&Vendor>, column: &Column, rows: u64) -> bool {
        let unclear = if column.meaning.is_of_standing() { self.unclear(vendor, column) } else { 0 };
        unclear >= UNKNOWN_ROWS_MANY || (unclear >= UNKNOWN_ROWS_MIN && unclear * UNKNOWN_PART >= rows)
    }

    /// The same for a column that is known by its name alone: none of its values bears the name out.
    fn is_misnamed(&self, vendor: Option<&Vendor>, column: &Column, rows: u64) -> bool {
        let is_unclear = |value: &String| statement(vendor, column, value) == Some(Standing::Unclear);
        let is_nowhere = column.meaning.is_of_standing() && self.filled > 0 && self.values.keys().all(is_unclear);
        (is_nowhere && (self.has_more || self.filled > 1)) || self.is_not_understood(vendor, column, rows)
    }

    /// Whether a column that is not known may say who wants mail: by its name or by its values.
    fn may_be_consent(&self, folded: &str) -> bool {
        if self.filled == 0 {
            return false;
        }
        !is_harmless(folded) && (has_stem(folded) || self.looks_like_consent())
    }

    fn looks_like_consent(&self) -> bool {
        if self.has_more || self.values.len() > ANSWERS_MAX {
            return false;
        }
        let is_digit = |value: &String| matches!(value.as_str(), "0" | "1");
        if self.values.keys().all(is_digit) {
            return self.values.len() == 2 && self.filled >= DIGITS_ROWS_MIN;
        }
        let says = |value: &String| truth(value).is_some() || standing::word(&folded(value)).is_some();
        self.values.keys().all(says)
    }
}

impl ImportTable {
    /// A file with a last name and no first name has the first one under "name".
    fn name_alone_is_first(&mut self) {
        let has = |meaning: &Meaning| self.columns.iter().any(|column| column.meaning == *meaning);
        if has(&Meaning::LastName) && !has(&Meaning::FirstName) {
            for column in self.columns.iter_mut().filter(|column| column.meaning == Meaning::Name) {
                column.meaning = Meaning::FirstName;
            }
        }
    }

    /// `State` is a part of a country where another column has the status.
    fn is_geography(&mut self, at: usize, folded: &str) -> bool {
        let others = self.columns.iter().enumerate();
        let has_other = others.into_iter().any(|(other, column)| other != at && column.meaning.is_of_standing());
        let is_place = folded == "state" && has_other;
        if is_place {
            self.columns[at].meaning = Meaning::Ignored;
        }
        is_place
    }
}

impl ImportTable {
    /// Why, or by which issue somebody unsubscribed says nothing new where a column says that they did.
    fn is_companion(&self, folded: &str) -> bool {
        let is_said = |column: &Column| {
            matches!(column.meaning, Meaning::Unsubscribed | Meaning::Suppressed | Meaning::Status)
                && column.name != folded
        };
        stands_beside_an_end(folded) && self.columns.iter().any(is_said)
    }
}

/// Where everybody in a file stands at least: what an operator says, what the vendor's file is of, or, when no column
/// says it, what the file is called.
fn everyone(table: &ImportTable, stem: &str, answers: &Answers) -> Standing {
    let by_vendor = table.vendor.and_then(|vendor| vendor.everyone);
    let is_mailchimp = table.vendor.is_some_and(|vendor| vendor.key == "mailchimp");
    let by_name = role(stem).filter(|_| !table.says_standing() || is_mailchimp);
    answers.everyone.or(by_vendor).or(by_name).unwrap_or(Standing::Active)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_may_be_consent_are_noticed() {
        let profile = |values: &[&str]| {
            let mut profile = Profile::default();
            values.iter().for_each(|value| profile.look(value));
            profile
        };
        for (name, values) in [
            ("mailing_ok", vec!["yes", "no"]),
            ("column_7", vec!["yes", "no", ""]),
            ("remark", vec!["active", "unsubscribed"]),
            ("email_permission", vec!["2024-01-01", ""]),
            ("désinscription", vec!["oui"]),
            ("wants_news", vec!["ja", "nein"]),
        ] {
            assert!(profile(&values).may_be_consent(name), "{name}");
        }
        for (name, values) in [
            ("birthday", vec!["2024-01-01", ""]),
            ("clicks", vec!["0", "1", "1"]),
            ("country", vec!["NO", "NO"]),
            ("city", vec!["Bonn", "Leeds"]),
            ("unsubscribe_reason", vec!["", ""]),
            ("signup_source", vec!["form"]),
        ] {
            assert!(!profile(&values).may_be_consent(name), "{name}");
        }
    }
}
