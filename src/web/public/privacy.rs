//! `/{newsletter}/privacy`: what is stored of readers, for how long, who sends, and what is not done. Made from the
//! configuration, so that it says what is so on this installation.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::super::failure::Failure;
use super::super::frame::one_line;
use super::super::site::Site;
use super::teaser::below;
use crate::domain::design::ImagesBy;
use crate::domain::newsletter::Newsletter;
use crate::domain::retention::{Expiry, Retention};
use crate::templates::pages::{Link, Matter, PrivacyPage};
use crate::words::Words;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/privacy", get(show))
}

async fn show(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    let words = site.words(Some(&door));
    let (heading, lead) = (words.privacy(), words.privacy_lead(&door.newsletter.name));
    let mut frame = site.frame(words, Some(&door), &heading, false);
    site.share(&mut frame, Some(&door), &format!("{slug}/privacy"), &heading, &lead);
    let sections = matters(words, &door.newsletter, &site);
    // What it says of rights is done on the preferences page; here is the way there without an issue at hand.
    let link = Link { url: below(&site, &door, "link"), label: words.link_button() };
    let page = PrivacyPage { frame, heading, lead, sections, more: door.privacy.clone(), link };
    site.fresh_page(&headers, &page, door.newsletter.indexed, None)
}

fn matters(words: Words, newsletter: &Newsletter, site: &Site) -> Vec<Matter> {
    let matter = |heading, paragraphs| Matter { heading, paragraphs };
    let write_to = newsletter.reply_to.as_ref().unwrap_or(&newsletter.from.address).to_string();
    let controller = words.privacy_controller(&controller(newsletter), &write_to);
    let stored = vec![
        words.privacy_stored_address(),
        words.privacy_stored_consent(),
        words.privacy_stored_delivery(),
        words.privacy_stored_refusal(),
    ];
    let mut not = vec![words.privacy_not_opened(), words.privacy_not_clicked(), words.privacy_not_cookies()];
    if newsletter.images == ImagesBy::Link {
        not.push(words.privacy_pictures());
    }
    let mut matters = vec![
        matter(words.privacy_sender(), vec![controller]),
        matter(words.privacy_stored(), stored),
        matter(words.privacy_basis(), vec![words.privacy_basis_text(), words.privacy_basis_kept()]),
        matter(words.privacy_kept(), kept(words, site.retention)),
        matter(words.privacy_not(), not),
    ];
    if !site.relays.is_empty() {
        matters.push(matter(words.privacy_others(), vec![words.privacy_others_text(&site.relays.join(", "))]));
    }
    matters.push(matter(
        words.privacy_rights(),
        vec![words.privacy_rights_text(), words.privacy_withdraw(), words.privacy_complain()],
    ));
    matters
}

/// Who answers for readers' data: a person or body and its place, never a machine.
fn controller(newsletter: &Newsletter) -> String {
    let postal = one_line(&newsletter.postal_address);
    newsletter.publisher.clone().unwrap_or_else(|| format!("{}, {postal}", newsletter.from.name))
}

/// How long what is kept, as it is set.
fn kept(words: Words, retention: Retention) -> Vec<String> {
    let days = |kind| i64::from(retention.days(kind));
    vec![
        words.privacy_kept_text(),
        words.privacy_kept_unconfirmed(days(Expiry::Unconfirmed)),
        words.privacy_kept_left(days(Expiry::Unsubscribed)),
        words.privacy_kept_consents(days(Expiry::Consents)),
        words.privacy_kept_networks(days(Expiry::Networks)),
        words.privacy_kept_delivery(days(Expiry::Ledger)),
        words.privacy_kept_erased(),
    ]
}
