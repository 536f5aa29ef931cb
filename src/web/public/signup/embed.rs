//! The form on other sites: who may frame it and read its answers, the script for it, and challenges for a widget.

use std::sync::Arc;

use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::super::super::handler_error::HandlerError;
use super::super::super::site::Site;

/// The script for forms on other sites. Its name stays: it stands in their pages.
const SCRIPT: &str = include_str!("../../scripts/embed.js");
/// How long browsers keep it: a mended one must reach readers the same day.
const SCRIPT_KEPT: &str = "public, max-age=3600";
/// How long browsers remember what a site may do, in seconds.
const ALLOWED_FOR: &str = "600";
/// What scripts on other sites may talk to.
const OPEN_ROUTES: &[&str] = &["/{newsletter}/subscribe", "/{newsletter}/challenge"];

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/embed.js", get(script)).route("/{newsletter}/challenge", get(challenge))
}

async fn script() -> impl axum::response::IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static(SCRIPT_KEPT)),
    ];
    (headers, SCRIPT)
}

/// A challenge for an ALTCHA widget. It has no row: any number may be asked for.
async fn challenge(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Result<Response, HandlerError> {
    site.list(&slug)?;
    Ok(Json(site.signup.challenge(site.clock.now())).into_response())
}

/// Lets scripts of the sites that the configuration names read what they are answered. Never with credentials: there are
/// none. Whatever another site asks is answered as before, and its script cannot read it.
pub(in crate::web) async fn cors(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let is_open = request.extensions().get::<MatchedPath>().is_some_and(|path| OPEN_ROUTES.contains(&path.as_str()));
    if !is_open {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed =
        origin.filter(|origin| site.embedding.origins.iter().any(|known| known.as_bytes() == origin.as_bytes()));
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (&allowed, is_preflight) {
        (Some(_), true) => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if is_preflight {
            for (name, value) in [
                (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
                (header::ACCESS_CONTROL_MAX_AGE, ALLOWED_FOR),
            ] {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_small_and_talks_to_its_form_alone() {
        assert!(SCRIPT.len() <= 1024, "{} bytes", SCRIPT.len());
        for never in ["cookie", "localStorage", "innerHTML", "eval", "http"] {
            assert!(!SCRIPT.contains(never), "{never}");
        }
    }
}
