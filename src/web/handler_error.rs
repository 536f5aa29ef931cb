//! Why a handler has no page to show, as a response without one. Knows no page.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error_page::ErrorPage;
use crate::accounts::SignInTrouble;
use crate::signup::RequestError;
use crate::store::StoreError;
use crate::templates::TemplateError;

/// When a client is to come again after a trouble of ours that passes.
const RETRY_SECONDS: u64 = 30;

/// Why a handler has no page to show.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandlerError {
    /// There is no such page.
    #[error("no such page")]
    NotFound,
    /// A link's token opens nothing. All such links look alike: forged, cut short, of another purpose, of someone erased.
    #[error("no such link")]
    NoSuchLink,
    /// The request's body is not one that this address takes.
    #[error("the body is not one that this address takes")]
    Body(StatusCode),
    /// The network asks too often.
    #[error("too many requests")]
    TooMany(Duration),
    /// More requests wait than can be answered soon.
    #[error("more requests wait than can be answered soon")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Template(TemplateError),
    #[error("a task broke off")]
    Broken,
}

/// Marks a response whose body is one of ours, and must stay.
#[derive(Clone, Copy)]
pub(super) struct Complete;

/// Marks a page that is for everyone: search engines may know it.
#[derive(Clone, Copy)]
pub(super) struct Indexable;

/// Marks a page that shows what an editor wrote.
#[derive(Clone, Copy)]
pub(super) struct Sandboxed;

/// Marks what the desk answers, whatever it is.
#[derive(Clone, Copy)]
pub(super) struct DeskPage;

/// Marks a response as a certain trouble; without it the status says which.
#[derive(Clone, Copy)]
pub(super) struct ErrorPageKind(pub(super) ErrorPage);

impl From<RequestError> for HandlerError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::TooMany { retry_after } => Self::TooMany(retry_after),
            RequestError::Busy => Self::Busy,
            RequestError::Disposable | RequestError::NoMailServer => Self::Body(StatusCode::UNPROCESSABLE_ENTITY),
            RequestError::Store(error) => Self::Store(error),
        }
    }
}

impl From<SignInTrouble> for HandlerError {
    fn from(error: SignInTrouble) -> Self {
        match error {
            SignInTrouble::Busy(_) => Self::Busy,
            SignInTrouble::Store(error) => Self::Store(error),
        }
    }
}

impl IntoResponse for HandlerError {
    fn into_response(self) -> Response {
        let (status, trouble, retry) = match &self {
            Self::NotFound => (StatusCode::NOT_FOUND, ErrorPage::NotFound, None),
            Self::NoSuchLink => (StatusCode::NOT_FOUND, ErrorPage::NoSuchLink, None),
            Self::Body(status) => (*status, ErrorPage::of(*status), None),
            Self::TooMany(after) => (StatusCode::TOO_MANY_REQUESTS, ErrorPage::TooMany, Some(after.as_secs().max(1))),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, ErrorPage::Busy, Some(RETRY_SECONDS)),
            Self::Store(error) if error.is_transient() || error.is_disk_full() => {
                (StatusCode::SERVICE_UNAVAILABLE, ErrorPage::Busy, Some(RETRY_SECONDS))
            }
            Self::Store(_) | Self::Template(_) | Self::Broken => {
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorPage::Broken, None)
            }
        };
        // Of those there may be thousands in a second; the use case that is busy says so once.
        if status.is_server_error() && !matches!(self, Self::Busy) {
            tracing::error!(error = %self, "a request failed");
        }
        let mut response = status.into_response();
        response.extensions_mut().insert(ErrorPageKind(trouble));
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
