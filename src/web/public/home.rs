//! `/`: the front page of the only newsletter, or a list when there are several.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::super::frame::description;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::teaser::{below, quick_form, teaser};
use crate::signup::SignupList;
use crate::store::pages::{self, Query};
use crate::templates::pages::{FrontPage, HomePage, ListedNewsletter};

/// Enough to see what the newsletter is like.
const LATEST: i64 = 3;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/", get(home))
}

async fn home(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, HandlerError> {
    if let Some(list) = site.only_list() {
        return front(&site, list, &headers).await;
    }
    let listed = |list: &Arc<SignupList>| ListedNewsletter {
        url: below(&site, list, ""),
        name: list.newsletter.name.clone(),
        description: description(&list.newsletter),
        language: list.newsletter.language.clone(),
        subscribe_url: below(&site, list, "subscribe"),
    };
    let mut frame = site.frame(site.words(None), None, false);
    site.share(&mut frame, None, "");
    let page = HomePage { newsletters: site.lists.iter().map(listed).collect() };
    site.fresh_page(&headers, &frame, &page, None)
}

async fn front(site: &Site, list: &SignupList, headers: &HeaderMap) -> Result<Response, HandlerError> {
    let latest = pages::list(&mut site.signup.db.read().await?, list.id, &Query::all(LATEST, 0)).await?;
    let words = site.words(Some(list));
    let mut frame = site.frame(words, Some(list), false);
    site.share(&mut frame, Some(list), "");
    // The form is on this page.
    frame.subscribe_url = None;
    let page = FrontPage {
        newsletter: list.newsletter.name.clone(),
        description: description(&list.newsletter),
        about: list.about.clone(),
        form: quick_form(site, list),
        latest: latest.iter().map(|entry| teaser(site, list, words, entry)).collect(),
    };
    site.fresh_page(headers, &frame, &page, None)
}
