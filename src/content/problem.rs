//! What is wrong with an issue: where, why, and what to do. Knows neither the file's name nor how it is shown.

use std::fmt;

use serde::Serialize;

pub use crate::domain::position::{LineIndex, Position};

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

#[cfg(test)]
mod tests {
    use super::*;

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
