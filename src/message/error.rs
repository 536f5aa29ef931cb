//! Why there is no mail: of content that cannot be mailed, or for one reader. Knows no mail.

use super::dkim::SignError;

/// Why a mail could not be made for a reader.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The mail has a link that needs one.
    #[error("the email has an unsubscribe or preferences link, and its recipient has no subscription")]
    NoSubscription,
    /// The mail has a link that needs one.
    #[error("the email has a confirmation link, and there is nothing to confirm")]
    NoConsent,
    /// The mail has a link that needs one.
    #[error("the email has a link about a request, and there is none")]
    NoRequest,
    /// The program is wrong: the mail must not leave.
    #[error("the email's links are not all its reader's; this is a fault in coranto, please report it")]
    WrongLinks,
    /// The signature could not be made.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// Why content cannot be mailed.
#[derive(Debug, thiserror::Error)]
pub enum SkeletonError {
    /// A line end there would begin a header of its own.
    #[error("the value for the header {header} has a control character in it; write it on one line")]
    Control { header: &'static str },
    /// A value that stands bare in a header.
    #[error("{value:?} cannot stand in the header {header}; use letters, digits, `.`, `-` and `_`")]
    Token { header: &'static str, value: String },
    /// It is the base of every link.
    #[error(
        "the public address {0:?} is not one that links can begin with; it is of the form https://news.example.com"
    )]
    PublicUrl(String),
    /// Everyone who got it could act for that reader.
    #[error(
        "the {part} part has one reader's own link in it ({link}); write a merge field such as {{{{ unsubscribe_url }}}} instead"
    )]
    ReadersLink {
        /// `HTML` or `text`.
        part: &'static str,
        link: String,
    },
}
