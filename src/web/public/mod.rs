//! The pages that readers see. Each file owns its routes.

mod archive;
mod confirm;
mod crawlers;
mod feeds;
mod home;
mod image;
mod issue;
mod letter;
mod preferences;
mod privacy;
mod refuse;
pub(super) mod signup;
mod teaser;
mod token;
mod unsubscribe;

use std::sync::Arc;

use axum::Router;

use super::site::Site;

/// The routes.
pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .merge(home::router())
        .merge(archive::router())
        .merge(feeds::router())
        .merge(crawlers::router())
        .merge(privacy::router())
        .merge(issue::router())
        .merge(image::router())
        .merge(signup::router())
        .merge(refuse::router())
        .merge(confirm::router())
        .merge(unsubscribe::router())
        .merge(preferences::router())
}
