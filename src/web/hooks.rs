//! `POST /hooks/{name}/{seal}`: where providers tell what became of mail. A wrong name or seal is an unknown page like any
//! other. What is answered with 200 is kept; anything else comes again. Sets no cookie and redirects nobody.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::sync::Semaphore;

use super::handler_error::{Complete, HandlerError};
use super::site::Site;
use crate::inbound::hooks::{HookDoor, HookOutcome};

/// Five hundred events of a kilobyte or two, and much room.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bodies that are held at a time.
const AT_ONCE: usize = 8;

/// The hooks of a site, and how many requests to them are taken at once.
#[derive(Debug)]
pub struct Hooks {
    door: Option<Arc<HookDoor>>,
    seats: Semaphore,
}

impl Hooks {
    /// The hooks behind `door`; without one there are none.
    pub fn new(door: Option<HookDoor>) -> Self {
        Self { door: door.map(Arc::new), seats: Semaphore::new(AT_ONCE) }
    }

    fn open(&self, name: &str, seal: &str) -> Result<Arc<HookDoor>, HandlerError> {
        self.door.as_ref().filter(|door| door.opens(name, seal)).map(Arc::clone).ok_or(HandlerError::NotFound)
    }
}

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
    let Ok(_seat) = site.hooks.seats.try_acquire() else { return Ok(said(StatusCode::SERVICE_UNAVAILABLE, "busy\n")) };
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return Ok(said(StatusCode::PAYLOAD_TOO_LARGE, "too large\n"));
    };
    let now = site.clock.now();
    let outcome = site.write(async move { door.take(&name, head.headers, body.into(), now).await }).await?;
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
