//! `/a/{token}` confirms another address, at that address; `/s/{token}` stops the change, at the old one. Pages with a
//! button each.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client::From;
use super::super::failure::Failure;
use super::super::form::Form as Fields;
use super::super::site::Site;
use super::super::wording;
use super::gone::absent_page;
use super::reader::{self, name};
use super::token::{Opened, Token, is_erased, open};
use crate::domain::RequestId;
use crate::signup::{self, Move};
use crate::store::subscriptions::Subscription;
use crate::templates::pages::ReaderPage;
use crate::token::Purpose;
use crate::words::Words;

const MOVE: &str = "move";
const STOP: &str = "stop";

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/a/{token}", get(show).post(act))
        .route("/a/{token}/", get(show).post(act))
        .route("/s/{token}", get(show_stop).post(act_stop))
        .route("/s/{token}/", get(show_stop).post(act_stop))
}

/// The request that a link is about; none when it is gone.
async fn request(site: &Site, purpose: Purpose, token: &str) -> Result<Option<RequestId>, Failure> {
    match open(site, purpose, token).await? {
        Opened::Row(number) => Ok(Some(RequestId(number))),
        Opened::Absent => Ok(None),
        Opened::Test => Err(Failure::NoSuchLink),
    }
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, Failure> {
    let Some(id) = request(&site, Purpose::Address, &token).await? else { return absent_page(&site, None) };
    let standing = signup::look_address(&site.signup, id, site.clock.now()).await?;
    match standing {
        Move::Fresh(subscription) => {
            // The page is opened at the new address, and shows nothing of the old one.
            let (words, mut page) = about(&site, &subscription, |words, name| words.move_heading(name));
            page.paragraphs = vec![words.move_text(&name(words, site.door_of(subscription.newsletter_id)))];
            reader::ask(&mut page, reader::button(MOVE, words.mail_new_address_button()));
            site.page(StatusCode::OK, &page)
        }
        other => outcome(&site, other),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    From(client): From,
    fields: Fields,
) -> Result<Response, Failure> {
    let Some(id) = request(&site, Purpose::Address, &token).await? else { return absent_page(&site, None) };
    if fields.get("action") != MOVE {
        return show(State(site), Token(token)).await;
    }
    let act = site.act("new address", wording::address(site.words(None)), client);
    let signup = site.signup.clone();
    let moved = site.write(async move { signup::confirm_address(&signup, id, &act).await }).await?;
    outcome(&site, moved)
}

fn outcome(site: &Site, moved: Move) -> Result<Response, Failure> {
    let page = match moved {
        Move::Fresh(subscription) | Move::Already(subscription) => {
            let (words, mut page) = about(site, &subscription, |words, _| words.moved_heading());
            page.paragraphs = vec![words.moved_text(&name(words, site.door_of(subscription.newsletter_id)))];
            page
        }
        Move::Stale(subscription) => {
            let (words, mut page) = about(site, &subscription, |words, _| words.stale_heading());
            page.paragraphs = vec![words.move_stale_text()];
            page
        }
        Move::Unknown => return Err(Failure::NoSuchLink),
    };
    site.page(StatusCode::OK, &page)
}

async fn show_stop(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, Failure> {
    let Some(id) = request(&site, Purpose::Stop, &token).await? else { return ended(&site, &token).await };
    match signup::look_stop(&site.signup, id, site.clock.now()).await? {
        Move::Fresh(subscription) => {
            let (words, mut page) = about(&site, &subscription, |words, _| words.stop_heading());
            page.paragraphs = vec![words.stop_text(&name(words, site.door_of(subscription.newsletter_id)))];
            reader::ask(&mut page, reader::button(STOP, words.mail_old_address_button()));
            site.page(StatusCode::OK, &page)
        }
        other => stopped(&site, other),
    }
}

async fn act_stop(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    From(client): From,
    fields: Fields,
) -> Result<Response, Failure> {
    let Some(id) = request(&site, Purpose::Stop, &token).await? else { return ended(&site, &token).await };
    if fields.get("action") != STOP {
        return show_stop(State(site), Token(token)).await;
    }
    let act = site.act("old address", wording::address(site.words(None)), client);
    let signup = site.signup.clone();
    let moved = site.write(async move { signup::stop_address(&signup, id, &act).await }).await?;
    stopped(&site, moved)
}

fn stopped(site: &Site, stop: Move) -> Result<Response, Failure> {
    let page = match stop {
        Move::Fresh(subscription) | Move::Already(subscription) => {
            let (words, mut page) = about(site, &subscription, |words, _| words.stopped_heading());
            page.paragraphs = vec![words.stopped_text()];
            page
        }
        Move::Stale(subscription) => {
            let (words, mut page) = about(site, &subscription, |words, _| words.stale_heading());
            page.paragraphs = vec![words.stop_late_text()];
            page
        }
        Move::Unknown => return Err(Failure::NoSuchLink),
    };
    site.page(StatusCode::OK, &page)
}

/// The link to stop a change says what happened also when nothing is left to stop.
async fn ended(site: &Site, token: &str) -> Result<Response, Failure> {
    let unproved = site.signup.keys.open_row(Purpose::Stop, token).ok_or(Failure::NoSuchLink)?;
    let is_erased = is_erased(site, &unproved).await?;
    let door = site.only_door();
    let words = site.words(door);
    let (heading, text) = match is_erased {
        true => (words.erased_heading(), words.stop_erased_text()),
        false => (words.stale_heading(), words.stop_late_text()),
    };
    let mut page = reader::page(site, words, door, heading, None);
    page.paragraphs = vec![text];
    site.page(StatusCode::OK, &page)
}

/// A page without any address: which of the two it would be depends on who reads it.
fn about(site: &Site, subscription: &Subscription, heading: impl Fn(Words, &str) -> String) -> (Words, ReaderPage) {
    let door = site.door_of(subscription.newsletter_id);
    let words = site.words_for(door, Some(subscription));
    (words, reader::page(site, words, door, heading(words, &name(words, door)), None))
}
