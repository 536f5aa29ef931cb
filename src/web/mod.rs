//! The web face: public pages and operations. Pages read from the store; every write goes through `signup`. The only
//! user of axum.
//!
//! GET and HEAD change nothing, anywhere: mailbox providers and virus scanners follow every link in a mail.

mod assets;
mod client_ip;
mod clock;
mod conditional;
mod desk;
mod error_page;
mod form;
mod frame;
mod gate;
mod handler_error;
mod health;
mod hook_access;
mod hooks;
mod host;
mod one_click;
mod policy;
pub mod preview;
mod probe;
mod proxies;
mod public;
mod requests;
mod respond;
mod serve;
mod site;
mod stylesheets;
mod wording;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

pub use gate::{DeskRoute, Need};
pub use hook_access::Hooks;
pub use proxies::Proxies;
pub use serve::serve;
pub use site::{Embedding, Site};

/// The longest form has an address and a name.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Reading a slow body and waiting for the database included. What was begun in the database is finished all the same.
const REQUEST_SECONDS_MAX: u64 = 30;

/// What Prometheus reads, for an address of its own.
pub fn metrics_router(site: Arc<Site>) -> Router {
    health::metrics_router().layer(from_fn_with_state(Arc::clone(&site), respond::dress)).with_state(site)
}

/// The table of the desk's routes, with what each needs.
pub fn desk_routes(site: Arc<Site>) -> Vec<DeskRoute> {
    desk::routes(site).into_table()
}

pub fn router(site: Arc<Site>) -> Router {
    Router::new()
        .merge(assets::router())
        .merge(public::router())
        .merge(health::router())
        .merge(hooks::router())
        .merge(desk::routes(Arc::clone(&site)).into_router())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(REQUEST_SECONDS_MAX),
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(Arc::clone(&site), gate::stand_before))
        .layer(from_fn_with_state(Arc::clone(&site), host::check))
        .layer(from_fn_with_state(Arc::clone(&site), respond::dress))
        .layer(from_fn_with_state(Arc::clone(&site), public::signup::cors))
        .layer(from_fn(policy::widen))
        .with_state(site)
}
