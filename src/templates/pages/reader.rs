//! The reader of a page, as far as they may be shown there. Knows no page.

use serde::Serialize;

/// Whose page it is, as far as it may be shown.
#[derive(Clone, Debug, Serialize)]
pub struct Reader {
    /// What the newsletter is called; its slug, when it is no longer here.
    pub newsletter: String,
    /// The reader's address, masked; empty on a page that must not show it.
    pub address: String,
    /// Whether a test email's link led here, and nothing is changed.
    pub test: bool,
}

impl Reader {
    pub(super) fn sample() -> Self {
        Self { newsletter: "The Week".to_owned(), address: "a***@example.org".to_owned(), test: true }
    }
}
