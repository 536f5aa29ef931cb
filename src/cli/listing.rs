//! The rows of a list, in a table or as an object each, as many as are wanted, and whether there are more. What is in the
//! list and in which order is its query's to say. Knows no command.

use super::output::Output;
use super::table::Table;

/// Rows read at a time: a list of a million is streamed.
const PAGE: i64 = 500;

#[derive(Debug, clap::Args)]
pub(super) struct RowLimit {
    /// At most so many; 0 means all.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(0..))]
    limit: i64,
}

impl RowLimit {
    pub(super) fn rows(&self) -> i64 {
        rows(self.limit)
    }
}

/// How many rows a limit means.
pub(super) fn rows(limit: i64) -> i64 {
    if limit == 0 { i64::MAX } else { limit }
}

/// A list that is being shown.
pub(super) struct Listing<'a> {
    output: &'a Output,
    table: Table,
    limit: i64,
    shown: i64,
    more: bool,
}

impl<'a> Listing<'a> {
    /// A list of at most `limit` rows.
    pub(super) fn new(output: &'a Output, limit: i64, headings: &[&'static str]) -> Self {
        Self { output, table: Table::new(headings), limit, shown: 0, more: false }
    }

    /// How many rows to read next. One more than is shown tells whether there are more.
    pub(super) fn wants(&self) -> i64 {
        if self.more { 0 } else { (self.limit - self.shown).saturating_add(1).min(PAGE) }
    }

    /// Begins a part for which the limit counts anew.
    pub(super) fn part(&mut self) {
        self.shown = 0;
    }

    /// The list without a column of its table.
    pub(super) fn without(self, heading: &str) -> Self {
        Self { table: self.table.without(heading), ..self }
    }

    /// Shows a row, unless there are enough.
    pub(super) fn row<const N: usize>(
        &mut self,
        resource: &impl serde::Serialize,
        cells: impl FnOnce() -> [String; N],
    ) -> anyhow::Result<()> {
        if self.shown >= self.limit {
            self.more = true;
            return Ok(());
        }
        self.shown += 1;
        if self.output.is_json() {
            return self.output.resource(resource);
        }
        self.table.row(cells());
        Ok(())
    }

    /// Ends the list: says `none` where there is no row, and that there are more.
    pub(super) fn end(self, none: &str) -> anyhow::Result<()> {
        match (self.output.is_json(), self.table.is_empty()) {
            (true, _) => return Ok(()),
            (false, true) => self.output.note(none),
            (false, false) => self.output.table(&self.table)?,
        }
        if self.more {
            self.output.note(format!("There are more; --limit 0 lists all. Shown: {}.", self.limit));
        }
        Ok(())
    }
}
