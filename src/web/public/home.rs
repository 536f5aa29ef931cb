//! `/`: the front page of the only newsletter, or a list when there are several.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::super::failure::Failure;
use super::super::frame::description;
use super::super::site::Site;
use super::teaser::{below, quick_form, teaser};
use crate::signup::Door;
use crate::store::pages::{self, Query};
use crate::templates::pages::{FrontPage, HomePage, Listed};

/// Enough to see what the newsletter is like.
const LATEST: i64 = 3;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/", get(home))
}

async fn home(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(door) = site.only_door() {
        return front(&site, door, &headers).await;
    }
    let listed = |door: &Arc<Door>| Listed {
        url: below(&site, door, ""),
        name: door.newsletter.name.clone(),
        description: description(&door.newsletter),
        language: door.newsletter.language.clone(),
        subscribe_url: below(&site, door, "subscribe"),
    };
    let mut frame = site.frame(site.words(None), None, false);
    site.share(&mut frame, None, "");
    let page = HomePage { newsletters: site.doors.iter().map(listed).collect() };
    site.fresh_page(&headers, &frame, &page, None)
}

async fn front(site: &Site, door: &Door, headers: &HeaderMap) -> Result<Response, Failure> {
    let latest = pages::list(&mut site.signup.db.read().await?, door.id, &Query::all(LATEST, 0)).await?;
    let words = site.words(Some(door));
    let mut frame = site.frame(words, Some(door), false);
    site.share(&mut frame, Some(door), "");
    // The form is on this page.
    frame.subscribe_url = None;
    let page = FrontPage {
        newsletter: door.newsletter.name.clone(),
        description: description(&door.newsletter),
        about: door.about.clone(),
        form: quick_form(site, door),
        latest: latest.iter().map(|entry| teaser(site, door, words, entry)).collect(),
    };
    site.fresh_page(headers, &frame, &page, None)
}
