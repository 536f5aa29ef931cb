//! `/assets/`: files named by their content, to be kept for ever. Knows no page.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::handler_error::{HandlerError, Indexable};
use super::site::Site;
use super::stylesheets::fingerprint;

/// A year, which is as long as anything may be kept; the name changes with the content.
pub(super) const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/assets/{name}", get(asset)).route("/favicon.ico", get(icon))
}

/// Browsers ask for one unasked; nothing is an answer, while an error would stand in everybody's console and log.
async fn icon() -> Response {
    let mut response = (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, FOR_EVER)]).into_response();
    response.extensions_mut().insert(Indexable);
    response
}

/// The script that solves a challenge, on the one page that has it.
const CHALLENGE: &str = include_str!("scripts/challenge.js");

/// Its path, without a `/` at its beginning.
pub(super) fn challenge_script() -> String {
    format!("assets/challenge-{}.js", fingerprint(CHALLENGE.as_bytes()))
}

async fn asset(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Result<Response, HandlerError> {
    let (media_type, content) = match site.sheets.css(&name) {
        Some(css) => ("text/css; charset=utf-8", css),
        None if challenge_script() == format!("assets/{name}") => ("text/javascript; charset=utf-8", CHALLENGE),
        None => return Err(HandlerError::NotFound),
    };
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, FOR_EVER)];
    let mut response = (headers, content.to_owned()).into_response();
    response.extensions_mut().insert(Indexable);
    Ok(response)
}
