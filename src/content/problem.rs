//! What is wrong with an issue: where, why, and what to do. Knows neither the file's name nor how it is shown.

use std::fmt;

use serde::Serialize;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The issue cannot go out.
    Error,
    /// It can, but someone should look.
    Warning,
}

/// One thing to mend, and its place in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it stops the issue.
    pub severity: Severity,
    /// Counted from 1, in the file (not in the text after the front matter).
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// A stable word for scripts, such as `unknown-field`.
    pub code: &'static str,
    /// What is wrong, and why.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem that stops the issue.
    pub fn error(at: Position, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, at, code, message.into())
    }

    /// A problem that does not.
    pub fn warning(at: Position, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, at, code, message.into())
    }

    fn new(severity: Severity, at: Position, code: &'static str, message: String) -> Self {
        Self { severity, line: at.line, column: at.column, code, message, hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether it stops the issue.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// `LINE:COLUMN: message`, and the hint on a line of its own. The caller puts the file's name in front.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Position {
    pub const START: Self = Self { line: 1, column: 1 };
}

/// Turns byte offsets into lines and columns without reading the text from its beginning each time.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Reads the line ends of `text` once.
    pub fn of(text: &str) -> Self {
        Self { starts: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect() }
    }

    /// Where the byte `offset` of `text` is; `text` is the one that [`LineIndex::of`] read.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line - 1];
        Position { line, column: text[start..offset].chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let text = "ab\nč中x\r\n";
        let lines = LineIndex::of(text);
        let at = |offset| {
            let Position { line, column } = lines.position(text, offset);
            (line, column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (2, 1));
        assert_eq!(at(text.find('x').unwrap()), (2, 3));
        assert_eq!(at(6), (2, 2), "inside a character: its beginning");
        assert_eq!(at(999), (3, 1));
    }

    #[test]
    fn shown_with_its_hint_below() {
        let problem = Problem::error(Position { line: 4, column: 10 }, "send-at", "send_at \"9am\" is not a time")
            .hint("write 2026-11-27 09:00, or \"next\"");
        assert_eq!(
            problem.to_string(),
            "4:10: send_at \"9am\" is not a time\n  hint: write 2026-11-27 09:00, or \"next\""
        );
        assert_eq!(serde_json::to_value(&problem).unwrap()["severity"], "error");
    }
}
