//! `/a/{token}` confirms another address, at that address; `/s/{token}` stops the change, at the old one. Pages with a
//! button each.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client_ip::ClientIp;
use super::super::form::Form as Fields;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::super::wording;
use super::gone::absent_page;
use super::reader::ReaderContext;
use super::token::{Opened, Token, is_erased, open, routes};
use crate::domain::RequestId;
use crate::signup::{self, AddressLink};
use crate::templates::pages::{ErasedPage, MovePage, MovedPage, StaleLink, StalePage, StopPage, StoppedPage};
use crate::token::Purpose;

const MOVE: &str = "move";
const STOP: &str = "stop";

pub(super) fn router() -> Router<Arc<Site>> {
    let stop = get(show_stop).post(act_stop);
    routes(Purpose::Address, get(show).post(act)).merge(routes(Purpose::Stop, stop))
}

/// The request that a link is about; none when it is gone.
async fn request(site: &Site, purpose: Purpose, token: &str) -> Result<Option<RequestId>, HandlerError> {
    match open(site, purpose, token).await? {
        Opened::Row(number) => Ok(Some(RequestId(number))),
        Opened::Absent => Ok(None),
        Opened::Test => Err(HandlerError::NoSuchLink),
    }
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    let Some(id) = request(&site, Purpose::Address, &token).await? else { return absent_page(&site, None) };
    let standing = signup::address_status(&site.signup, id, site.clock.now()).await?;
    match standing {
        AddressLink::Fresh(subscription) => {
            // The page is opened at the new address, and shows nothing of the old one.
            let whose = ReaderContext::of(&site, &subscription).await?.without_address();
            whose.page(StatusCode::OK, &MovePage(whose.reader.clone()))
        }
        other => outcome(&site, other).await,
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    fields: Fields,
) -> Result<Response, HandlerError> {
    let Some(id) = request(&site, Purpose::Address, &token).await? else { return absent_page(&site, None) };
    if fields.get("action") != MOVE {
        return show(State(site), Token(token)).await;
    }
    let act = site.act("new address", wording::address(site.words(None)), client);
    let signup = site.signup.clone();
    let moved = site.write(async move { signup::confirm_address(&signup, id, &act).await }).await?;
    outcome(&site, moved).await
}

async fn outcome(site: &Site, moved: AddressLink) -> Result<Response, HandlerError> {
    match moved {
        AddressLink::Fresh(subscription) | AddressLink::Already(subscription) => {
            let whose = ReaderContext::of(site, &subscription).await?.without_address();
            whose.page(StatusCode::OK, &MovedPage(whose.reader.clone()))
        }
        AddressLink::Stale(subscription) => {
            stale(&ReaderContext::of(site, &subscription).await?.without_address(), StaleLink::Address)
        }
        AddressLink::Unknown => Err(HandlerError::NoSuchLink),
    }
}

fn stale(whose: &ReaderContext<'_>, link: StaleLink) -> Result<Response, HandlerError> {
    whose.page(StatusCode::OK, &StalePage { reader: whose.reader.clone(), link, days: 0 })
}

async fn show_stop(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    let Some(id) = request(&site, Purpose::Stop, &token).await? else { return ended(&site, &token).await };
    match signup::stop_status(&site.signup, id, site.clock.now()).await? {
        AddressLink::Fresh(subscription) => {
            let whose = ReaderContext::of(&site, &subscription).await?.without_address();
            whose.page(StatusCode::OK, &StopPage(whose.reader.clone()))
        }
        other => stopped(&site, other).await,
    }
}

async fn act_stop(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    fields: Fields,
) -> Result<Response, HandlerError> {
    let Some(id) = request(&site, Purpose::Stop, &token).await? else { return ended(&site, &token).await };
    if fields.get("action") != STOP {
        return show_stop(State(site), Token(token)).await;
    }
    let act = site.act("old address", wording::address(site.words(None)), client);
    let signup = site.signup.clone();
    let moved = site.write(async move { signup::stop_address(&signup, id, &act).await }).await?;
    stopped(&site, moved).await
}

async fn stopped(site: &Site, stop: AddressLink) -> Result<Response, HandlerError> {
    match stop {
        AddressLink::Fresh(subscription) | AddressLink::Already(subscription) => {
            let whose = ReaderContext::of(site, &subscription).await?.without_address();
            whose.page(StatusCode::OK, &StoppedPage(whose.reader.clone()))
        }
        AddressLink::Stale(subscription) => {
            stale(&ReaderContext::of(site, &subscription).await?.without_address(), StaleLink::Stop)
        }
        AddressLink::Unknown => Err(HandlerError::NoSuchLink),
    }
}

/// The link to stop a change says what happened also when nothing is left to stop.
async fn ended(site: &Site, token: &str) -> Result<Response, HandlerError> {
    let unproved = site.signup.keys.open_row(Purpose::Stop, token).ok_or(HandlerError::NoSuchLink)?;
    let whose = ReaderContext::nobody(site);
    match is_erased(site, &unproved).await? {
        true => whose.page(StatusCode::OK, &ErasedPage { stop: true }),
        false => stale(&whose, StaleLink::Stop),
    }
}
