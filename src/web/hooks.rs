//! `POST /hooks/{name}/{seal}`: where providers tell what became of mail. A wrong name or seal is an unknown page like any
//! other. What is answered with 200 is kept; anything else comes again. Sets no cookie and redirects nobody.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::handler_error::{Complete, HandlerError};
use super::site::Site;
use crate::inbound::hooks::HookOutcome;

/// Five hundred events of a kilobyte or two, and much room.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/hooks/{name}/{seal}", get(greet).post(take))
}

/// Some providers look whether there is anybody.
async fn greet(
    State(site): State<Arc<Site>>,
    Path((name, seal)): Path<(String, String)>,
) -> Result<&'static str, HandlerError> {
    site.hooks.open(&name, &seal)?;
    Ok("coranto\n")
}

async fn take(
    State(site): State<Arc<Site>>,
    Path((name, seal)): Path<(String, String)>,
    request: Request,
) -> Result<Response, HandlerError> {
    let door = site.hooks.open(&name, &seal)?;
    let Some(_seat) = site.hooks.seat() else { return Ok(said(StatusCode::SERVICE_UNAVAILABLE, "busy\n")) };
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return Ok(said(StatusCode::PAYLOAD_TOO_LARGE, "too large\n"));
    };
    let now = site.clock.now();
    let outcome = match site.write(async move { door.take(&name, head.headers, body.into(), now).await }).await {
        // Whatever is wrong with the database, it may be better when the provider comes again.
        Err(HandlerError::Store(error)) => {
            tracing::error!(%error, "what a hook was told cannot be kept");
            HookOutcome::Later
        }
        outcome => outcome?,
    };
    Ok(match outcome {
        HookOutcome::Kept => said(StatusCode::OK, "ok\n"),
        HookOutcome::Forged => said(StatusCode::UNAUTHORIZED, "not signed by the provider\n"),
        HookOutcome::Unreadable => said(StatusCode::BAD_REQUEST, "no JSON\n"),
        HookOutcome::TooMany => said(StatusCode::PAYLOAD_TOO_LARGE, "too many events\n"),
        HookOutcome::Later => said(StatusCode::SERVICE_UNAVAILABLE, "not now\n"),
    })
}

/// An answer for a program.
fn said(status: StatusCode, text: &'static str) -> Response {
    let mut response = (status, text).into_response();
    response.extensions_mut().insert(Complete);
    response
}
