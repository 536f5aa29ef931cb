//! What can go wrong, as an error page says it. Echoes nothing of the request: so each page is made once and kept, and a
//! flood of refusals costs little.

use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::StatusCode;

use crate::words::Words;

/// What went wrong, in the words of an error page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorPage {
    NotFound,
    NoSuchLink,
    /// Asked in a way that this address does not know.
    Method,
    TooLarge,
    /// Of a kind that is not taken, or not readable.
    Unreadable,
    TooMany,
    /// Not now.
    Busy,
    /// Ours. The last one: it counts them.
    Broken,
}

/// The error pages of a site, each made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct ErrorPages([OnceLock<Bytes>; ErrorPage::COUNT]);

impl ErrorPages {
    /// The page of `trouble`, made by `render` if there is none yet. A page that could not be made is tried anew.
    pub(super) fn get<E>(&self, trouble: ErrorPage, render: impl FnOnce() -> Result<String, E>) -> Result<Bytes, E> {
        let kept = &self.0[trouble as usize];
        match kept.get() {
            Some(page) => Ok(page.clone()),
            None => render().map(|html| kept.get_or_init(|| html.into()).clone()),
        }
    }
}

impl ErrorPage {
    const COUNT: usize = Self::Broken as usize + 1;

    pub(super) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Self::Busy,
            status if status.is_client_error() => Self::Unreadable,
            _ => Self::Broken,
        }
    }

    /// As the template of the page calls it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NoSuchLink => "no-such-link",
            Self::Method => "method",
            Self::TooLarge => "too-large",
            Self::Unreadable => "unreadable",
            Self::TooMany => "too-many",
            Self::Busy => "busy",
            Self::Broken => "broken",
        }
    }

    /// In a sentence, for programs.
    pub(super) fn sentence(self, words: Words) -> String {
        match self {
            Self::NotFound => words.trouble_not_found_text(),
            Self::NoSuchLink => words.trouble_link_text(),
            Self::Method => words.trouble_method_text(),
            Self::TooLarge => words.trouble_too_large_text(),
            Self::Unreadable => words.trouble_unreadable_text(),
            Self::TooMany => words.trouble_too_many_text(),
            Self::Busy => words.trouble_busy_text(),
            Self::Broken => words.trouble_broken_text(),
        }
    }
}
