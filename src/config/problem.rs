//! What is wrong with a configuration: where, which key, why, and what to do. Must not know any particular key.

use std::fmt;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Counted from 1, as editors do.
    File { line: usize, column: usize },
    /// A variable of the environment.
    Environment(String),
    /// Nowhere: it is missing, or has its default.
    Nowhere,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    pub place: Origin,
    /// The key with its sections, such as `relays.main.port`; empty when the file as a whole is meant.
    pub key: String,
    /// What is wrong. Never holds the value of a secret.
    pub why: String,
    pub hint: Option<String>,
}

/// Every mistake of a configuration, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    /// The file, as it was named.
    pub file: String,
    pub problems: Vec<ConfigProblem>,
}

impl ConfigErrors {
    /// One mistake about the file as a whole.
    pub(super) fn whole(file: &str, why: String, hint: &str) -> Self {
        let problem = ConfigProblem { place: Origin::Nowhere, key: String::new(), why, hint: Some(hint.to_owned()) };
        Self { file: file.to_owned(), problems: vec![problem] }
    }
}

impl ConfigProblem {
    /// `coranto.toml:4:10: server.listen: why`, without the hint.
    pub fn text(&self, file: &str) -> String {
        let place = match &self.place {
            Origin::File { line, column } => format!("{file}:{line}:{column}"),
            Origin::Environment(name) => format!("{name} (environment)"),
            Origin::Nowhere => file.to_owned(),
        };
        let key = if self.key.is_empty() { String::new() } else { format!(": {}", self.key) };
        format!("{place}{key}: {}", self.why)
    }

    fn order(&self) -> (usize, usize, &str) {
        match &self.place {
            Origin::File { line, column } => (*line, *column, ""),
            Origin::Nowhere => (usize::MAX - 1, 0, ""),
            Origin::Environment(name) => (usize::MAX, 0, name),
        }
    }
}

/// In the order in which a person would mend them: down the file, then what is missing, then the environment.
pub(super) fn sort(problems: &mut Vec<ConfigProblem>) {
    problems.sort_by(|a, b| a.order().cmp(&b.order()));
    problems.dedup();
}

/// `coranto.toml:4:10: server.listen: why`, and the hint on a line of its own.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            f.write_str(&problem.text(&self.file))?;
            if let Some(hint) = &problem.hint {
                write!(f, "\n  hint: {hint}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
