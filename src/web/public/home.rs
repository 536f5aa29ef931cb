//! `/`: the front page of the only newsletter, or a list when there are several.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::super::failure::Failure;
use super::super::frame::pitch;
use super::super::site::Site;
use super::teaser::{all_issues, below, quick_form, teaser};
use crate::signup::Door;
use crate::store::pages::{self, Query};
use crate::templates::pages::{FrontPage, HomePage, Link, Listed};

/// Enough to see what the newsletter is like.
const LATEST: i64 = 3;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/", get(home))
}

async fn home(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(door) = site.only_door() {
        return front(&site, door, &headers).await;
    }
    let words = site.words(None);
    let listed = |door: &Arc<Door>| Listed {
        url: below(&site, door, ""),
        name: door.newsletter.name.clone(),
        description: door.newsletter.description.clone().unwrap_or_default(),
        language: door.newsletter.language.clone(),
        subscribe: Link { url: below(&site, door, "subscribe"), label: words.subscribe() },
        all: all_issues(&site, door, words),
    };
    let mut frame = site.frame(words, None, &words.home(), false);
    site.share(&mut frame, None, "", &words.home(), &words.home_lead());
    let newsletters = site.doors.iter().map(listed).collect();
    let page = HomePage { frame, heading: words.home(), lead: words.home_lead(), newsletters };
    site.fresh_page(&headers, &page, true, None)
}

async fn front(site: &Site, door: &Door, headers: &HeaderMap) -> Result<Response, Failure> {
    let latest = pages::list(&mut site.signup.db.read().await?, door.id, &Query::all(LATEST, 0)).await?;
    let words = site.words(Some(door));
    let name = &door.newsletter.name;
    let mut frame = site.frame(words, Some(door), name, false);
    site.share(&mut frame, Some(door), "", name, &pitch(words, &door.newsletter));
    // The form is on this page.
    frame.subscribe = None;
    let page = FrontPage {
        frame,
        heading: name.clone(),
        lead: pitch(words, &door.newsletter),
        about: door.about.clone(),
        form: quick_form(site, door, words, ""),
        latest_heading: words.latest_issues(),
        latest: latest.iter().map(|entry| teaser(site, door, words, entry)).collect(),
        all: all_issues(site, door, words),
    };
    let open = !page.frame.private;
    site.fresh_page(headers, &page, open, None)
}
