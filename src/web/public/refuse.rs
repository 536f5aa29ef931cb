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
use super::reader;
use super::token::Token;
use crate::signup;
use crate::templates::pages::{Button, Link, ReaderPage};
use crate::token::{Purpose, TEST_NUMBER};

const REFUSE: &str = "refuse";
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
    let words = site.words(site.only_door());
    let button = reader::button(REFUSE, words.refuse_button());
    page(&site, words.refuse_heading(), vec![words.refuse_text()], Some(button))
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
        return page(&site, words.allowed_heading(), vec![words.allowed_text()], None);
    }
    let stored = match is_test {
        true => None,
        false => site.write(async move { signup::refuse(&db, tag, &act).await }).await?,
    };
    let undo = reader::quiet(ALLOW, words.refused_undo());
    let mut page = made(&site, words.refused_heading(), vec![words.refused_text()], Some(undo));
    // What was asked for is stored still; the way to it is a fresh mail.
    if let Some(door) = stored.and_then(|id| site.door_of(id)) {
        page.link = Some(reader::stored_link(&site, words, door));
    }
    site.page(StatusCode::OK, &page)
}

fn page(site: &Site, heading: String, paragraphs: Vec<String>, button: Option<Button>) -> Result<Response, Failure> {
    site.page(StatusCode::OK, &made(site, heading, paragraphs, button))
}

fn made(site: &Site, heading: String, paragraphs: Vec<String>, button: Option<Button>) -> ReaderPage {
    let door = site.only_door();
    let words = site.words(door);
    let mut page = reader::page(site, words, door, heading, None);
    page.paragraphs = paragraphs;
    page.link = Some(Link { url: site.path(""), label: words.to_home() });
    if let Some(button) = button {
        reader::ask(&mut page, button);
    }
    page
}
