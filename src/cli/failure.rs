//! How a command ends: the exit codes, and an error with advice. Knows no command.

use std::fmt;
use std::process::ExitCode;

use crate::config::ConfigErrors;
use crate::store::StoreError;

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It did what it was asked.
    Ok = 0,
    Failed = 1,
    Usage = 2,
    Problems = 3,
    /// That may not be done.
    NotAllowed = 4,
    /// A server or the database cannot be reached.
    Unreachable = 5,
    /// It stopped part-way; the same command again goes on.
    PartWay = 6,
    /// Of a command that a mail server hands mail to: it cannot be understood (`EX_USAGE` of sysexits).
    MailUsage = 64,
    /// Of such a command: the mail is to come again (`EX_TEMPFAIL`).
    TryAgain = 75,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The codes, for the end of `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 checks found problems, 4 not allowed,
5 server or database not reachable, 6 stopped part-way and safe to repeat, 130 interrupted.";

/// An error that knows its exit code and what to do about it.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    text: String,
    hint: Option<String>,
}

impl Failure {
    pub fn new(text: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, text: text.into(), hint: None }
    }

    /// The command line asked for something that makes no sense.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::new(text).exit(Exit::Usage)
    }

    /// The same with another code.
    #[must_use]
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

/// Standard output was closed by who read it, for instance `head`.
#[derive(Debug, thiserror::Error)]
#[error("the output was closed")]
pub(super) struct StdoutClosed;

/// The code that an error ends the program with.
pub(super) fn exit_of(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return failure.exit;
        }
        if cause.is::<StdoutClosed>() {
            return Exit::Ok;
        }
        if let Some(store) = cause.downcast_ref::<StoreError>() {
            return if matches!(store, StoreError::Locked { .. }) || store.is_transient() {
                Exit::Unreachable
            } else {
                Exit::Failed
            };
        }
    }
    Exit::Failed
}

/// The whole of an error for a person, without the word `error`.
pub(super) fn explain(error: &anyhow::Error) -> String {
    if let Some(errors) = error.downcast_ref::<ConfigErrors>() {
        return match errors.problems.len() {
            1 => errors.to_string(),
            count => format!("the configuration has {count} mistakes\n{errors}"),
        };
    }
    let mut text = String::new();
    let mut hints = String::new();
    for cause in error.chain() {
        let shown = cause.to_string();
        // A hint belongs below everything else, whichever cause it came with.
        let (what, hint) = shown.split_once("\n  hint: ").unwrap_or((&shown, ""));
        if !text.contains(what) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(what);
        }
        if !hint.is_empty() {
            hints.push_str("\n  hint: ");
            hints.push_str(hint);
        }
    }
    text + &hints
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_code_and_the_hint_survive_context() {
        let failed: Result<(), _> = Err(Failure::new("no route").exit(Exit::Unreachable).hint("plug it in"));
        let error = failed.context("relay main").unwrap_err();
        assert_eq!(exit_of(&error), Exit::Unreachable);
        assert_eq!(explain(&error), "relay main: no route\n  hint: plug it in");
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        assert_eq!(exit_of(&anyhow::Error::new(StdoutClosed)), Exit::Ok);
    }
}
