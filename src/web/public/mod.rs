//! The pages that readers see. Each file owns its routes.

mod address;
mod choices;
mod confirm;
mod data;
mod gone;
mod home;
mod image;
mod letter;
mod link;
mod lost;
mod preferences;
mod reader;
mod signup;
mod token;
mod unsubscribe;

use std::sync::Arc;

use axum::Router;

use super::site::Site;
pub(super) use lost::lost_page;

/// The routes.
pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .merge(home::router())
        .merge(image::router())
        .merge(signup::router())
        .merge(confirm::router())
        .merge(unsubscribe::router())
        .merge(preferences::router())
        .merge(gone::router())
        .merge(address::router())
        .merge(data::router())
        .merge(link::router())
}
