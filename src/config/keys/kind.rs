//! A key, what may stand there, and what its absence means. Knows none by name.

/// What may stand at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    Text,
    /// One text or a list of texts; in the environment separated by commas.
    Texts,
    /// A file or folder; a relative one counts from the folder of the configuration file.
    Path,
    /// A whole number in a range.
    Integer(u64, u64),
    /// `true` or `false`.
    Boolean,
    /// A text never shown; beside it stands `NAME_file`, a file that holds it.
    Secret,
    /// A URL that may hold a password, shown without it; `NAME_file` as with a secret.
    SecretUrl,
    /// A whole number a minute, or a table of `per_minute`, `per_hour` and `per_day`.
    Rates,
}

impl ValueKind {
    /// Whether `NAME_file` may stand in its place.
    pub fn has_file(self) -> bool {
        matches!(self, Self::Secret | Self::SecretUrl)
    }

    pub fn describe(self) -> String {
        match self {
            Self::Text | Self::Secret | Self::SecretUrl => "text".to_owned(),
            Self::Texts => "text or list of texts".to_owned(),
            Self::Path => "path".to_owned(),
            Self::Integer(0, u64::MAX) => "whole number".to_owned(),
            Self::Integer(least, most) => format!("whole number, {least} to {most}"),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Rates => "whole number a minute, or `{ per_minute = N, per_hour = N, per_day = N }`".to_owned(),
        }
    }
}

/// What happens when a key is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    Refused,
    /// This value holds. For a secret it is the name of its file.
    Default(&'static str),
    /// In words, what it means.
    Means(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its sections and its name; `*` stands for a newsletter's slug or a relay.
    pub path: &'static str,
    pub kind: ValueKind,
    pub absent: Absent,
    /// What it is for, in sentences.
    pub doc: &'static str,
}

pub(super) const fn key(path: &'static str, kind: ValueKind, absent: Absent, doc: &'static str) -> Key {
    Key { path, kind, absent, doc }
}

/// One table after another.
pub(super) const fn join<const N: usize>(first: &[Key], second: &[Key]) -> [Key; N] {
    let mut all = [first[0]; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    all
}
