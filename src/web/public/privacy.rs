//! `/{newsletter}/privacy`: what is stored of readers, for how long, who sends, and what is not done. Made from the
//! configuration, so that it says what is so on this installation.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::super::frame::{contact, one_line};
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::reader::link_url;
use crate::domain::design::ImagesBy;
use crate::domain::newsletter::Newsletter;
use crate::domain::retention::Expiry;
use crate::templates::pages::{KeptDays, PrivacyPage};
use crate::words::Words;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/privacy", get(show))
}

async fn show(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    let words = site.words(Some(&list));
    let mut frame = site.frame(words, Some(&list), false);
    site.share(&mut frame, Some(&list), &format!("{slug}/privacy"));
    let days = |kind| i64::from(site.retention.days(kind));
    let page = PrivacyPage {
        newsletter: list.newsletter.name.clone(),
        publisher: publisher(words, &list.newsletter),
        contact: contact(&list.newsletter),
        days: KeptDays {
            unconfirmed: days(Expiry::Unconfirmed),
            unsubscribed: days(Expiry::Unsubscribed),
            consents: days(Expiry::Consents),
            networks: days(Expiry::Networks),
            ledger: days(Expiry::Ledger),
        },
        images_are_linked: list.newsletter.images == ImagesBy::Link,
        relays: words.list(site.relays.iter().map(String::as_str)),
        more: list.privacy.clone(),
        // What it says of rights is done on the preferences page; here is the way there without an issue at hand.
        link_url: link_url(&site, &list),
    };
    site.fresh_page(&headers, &frame, &page, None)
}

/// Who answers for readers' data: a person or body and its place, never a machine.
fn publisher(words: Words, newsletter: &Newsletter) -> String {
    let place = || one_line(words, &newsletter.postal_address);
    newsletter.publisher.clone().unwrap_or_else(|| words.list([newsletter.from.name.as_str(), &place()]))
}
