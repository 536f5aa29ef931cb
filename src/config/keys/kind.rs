//! What may stand at a key, and what happens when it is absent. Knows no key.

/// What may stand at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A text.
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

    /// The kind in words.
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
    /// The configuration is refused.
    Refused,
    /// This value holds. For a secret it is the name of its file.
    Default(&'static str),
    /// In words, what it means.
    Means(&'static str),
}
