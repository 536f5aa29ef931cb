//! `/n/{token}`: "that was not me". A page with a button; the button ends all mail to the address that strangers ask for.
//! The page does not know the address, and works for one of which nothing is stored any more.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client::From;
use super::super::failure::Failure;
use super::super::form::Form;
use super::super::site::Site;
use super::super::wording;
use super::reader::link_url;
use super::token::Token;
use crate::signup;
use crate::templates::Context;
use crate::templates::pages::{AllowedPage, RefusePage, RefusedPage};
use crate::token::{Purpose, TEST_NUMBER};

/// Takes it back.
const ALLOW: &str = "allow";

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/n/{token}", get(show).post(act)).route("/n/{token}/", get(show).post(act))
}

fn open(site: &Site, token: &str) -> Result<u64, Failure> {
    site.signup.keys.open(Purpose::Refuse, token).ok_or(Failure::NoSuchLink)
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, Failure> {
    open(&site, &token)?;
    page(&site, &RefusePage {})
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    From(client): From,
    fields: Form,
) -> Result<Response, Failure> {
    let tag = open(&site, &token)?;
    let words = site.words(site.only_door());
    let db = site.signup.db.clone();
    let act = site.act("not me", wording::refuse(words), client);
    // A test mail's link shows its pages and changes nothing.
    let is_test = tag == TEST_NUMBER;
    if fields.get("action") == ALLOW {
        if !is_test {
            site.write(async move { signup::allow_again(&db, tag, &act).await }).await?;
        }
        return page(&site, &AllowedPage {});
    }
    let stored = match is_test {
        true => None,
        false => site.write(async move { signup::refuse(&db, tag, &act).await }).await?,
    };
    // What was asked for is stored still; the way to it is a fresh mail.
    let its = stored.and_then(|id| site.door_of(id));
    page(&site, &RefusedPage { link_url: its.map(|door| link_url(&site, door)) })
}

fn page<C: Context>(site: &Site, page: &C) -> Result<Response, Failure> {
    let door = site.only_door();
    site.page(StatusCode::OK, &site.frame(site.words(door), door, true), page)
}
