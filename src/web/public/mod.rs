//! The pages that readers see. Each file owns its routes.

mod confirm;
mod home;
mod letter;
mod preferences;
mod signup;
mod token;
mod unsubscribe;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

use super::site::Site;

/// The routes; the style sheet's is named by its content.
pub(super) fn router(style_name: &str) -> Router<Arc<Site>> {
    Router::new()
        .route(&format!("/{style_name}"), get(style))
        .merge(home::router())
        .merge(signup::router())
        .merge(confirm::router())
        .merge(unsubscribe::router())
        .merge(preferences::router())
}

async fn style(State(site): State<Arc<Site>>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, site.pages.style().to_owned())
}
