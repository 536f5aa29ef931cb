//! `/n/{token}`: "that was not me". A page with a button; the button ends all mail to the address that strangers ask for.
//! The page does not know the address, and works for one of which nothing is stored any more.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client_ip::ClientIp;
use super::super::form::Form;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::super::wording;
use super::reader::link_url;
use super::token::{Token, routes};
use crate::signup;
use crate::templates::TemplateContext;
use crate::templates::pages::{AllowedPage, RefusePage, RefusedPage};
use crate::token::{Purpose, TEST_NUMBER};

const ALLOW: &str = "allow";

pub(super) fn router() -> Router<Arc<Site>> {
    routes(Purpose::Refuse, get(show).post(act))
}

fn open(site: &Site, token: &str) -> Result<u64, HandlerError> {
    site.signup.keys.open(Purpose::Refuse, token).ok_or(HandlerError::NoSuchLink)
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    open(&site, &token)?;
    page(&site, &RefusePage {})
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    fields: Form,
) -> Result<Response, HandlerError> {
    let tag = open(&site, &token)?;
    let words = site.words(site.only_list());
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
    let its = stored.and_then(|id| site.list_of(id));
    page(&site, &RefusedPage { link_url: its.map(|list| link_url(&site, list)) })
}

fn page<C: TemplateContext>(site: &Site, page: &C) -> Result<Response, HandlerError> {
    let list = site.only_list();
    site.page(StatusCode::OK, &site.frame(site.words(list), list, true), page)
}
