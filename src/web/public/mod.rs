//! The pages that readers see. Each file owns its routes.

mod address;
mod archive;
mod choices;
mod confirm;
mod crawlers;
mod data;
mod feeds;
mod gone;
mod home;
mod image;
pub(super) mod issue;
mod link;
mod lost;
mod preferences;
mod privacy;
mod reader;
mod refuse;
pub(super) mod signup;
mod teaser;
mod token;
mod unsubscribe;

use std::sync::Arc;

use axum::Router;

use super::site::Site;
pub(super) use lost::lost_page;

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
        .merge(gone::router())
        .merge(address::router())
        .merge(data::router())
        .merge(link::router())
}
