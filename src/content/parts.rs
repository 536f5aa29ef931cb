//! A mail's parts before a reader is known. Knows no headers, no encoding.

use super::fields::Template;

/// What an issue, or a mail of the system, consists of; enough to send it to anyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The subject as it is shown; one line, the same for every reader.
    pub subject: String,
    /// What a mailbox shows beside the subject; may be empty.
    pub preheader: String,
    /// The title on the page and in the archive.
    pub title: String,
    pub html: Template,
    /// The whole text, lines ending in `\n`.
    pub text: Template,
    /// BCP 47.
    pub language: String,
    /// Words in the text an editor wrote.
    pub words: usize,
}
