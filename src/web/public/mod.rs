//! The pages that readers see. Each file owns its routes.

mod confirm;
mod home;
mod image;
mod letter;
mod preferences;
mod refuse;
pub(super) mod signup;
mod token;
mod unsubscribe;

use std::sync::Arc;

use axum::Router;

use super::site::Site;

/// The routes.
pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .merge(home::router())
        .merge(image::router())
        .merge(signup::router())
        .merge(refuse::router())
        .merge(confirm::router())
        .merge(unsubscribe::router())
        .merge(preferences::router())
}
