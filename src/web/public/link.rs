//! `/{newsletter}/link`: "send me my link". The answer does not depend on what is known of an address.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client::From;
use super::super::failure::Failure;
use super::super::form::Form as Fields;
use super::super::site::Site;
use super::reader;
use super::signup::{address_error, bare, link_step};
use crate::domain::address::EmailAddress;
use crate::signup::{self, Answer, Door, LinkAsk, Proof};
use crate::templates::pages::{Field, Link, ReaderPage, Section};
use crate::words::Words;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/link", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    site.page(StatusCode::OK, &page(&site, site.words(Some(&door)), &door, ""))
}

async fn act(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    From(client): From,
    fields: Fields,
) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    let words = site.words(Some(&door));
    let email: EmailAddress = match bare(fields.get("email")).parse() {
        Ok(email) => email,
        Err(error) => {
            let mut page = page(&site, words, &door, fields.get("email"));
            reader::refuse(&mut page, words, "email", &address_error(words, error));
            return site.page(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let proof =
        Proof { solution: fields.get("altcha").to_owned(), wait: fields.get("wait").to_owned(), ..Proof::default() };
    let (ask, act) = (LinkAsk { email: email.clone(), proof }, site.act("link form", "", client));
    let (signup, its_door) = (site.signup.clone(), Arc::clone(&door));
    let answer = site.write(async move { signup::send_link(&signup, &its_door, &ask, &act).await }).await?;
    if let Answer::Step(step) = answer {
        return link_step(&site, &door, &email, &step);
    }
    let mut page = reader::page(&site, words, Some(&door), words.check_heading(), None);
    page.paragraphs = vec![words.link_sent(&door.newsletter.name)];
    page.link = Some(Link { url: site.path(""), label: words.to_home() });
    site.page(StatusCode::OK, &page)
}

fn page(site: &Site, words: Words, door: &Door, typed: &str) -> ReaderPage {
    let mut page = reader::page(site, words, Some(door), words.link_heading(), None);
    page.paragraphs = vec![words.link_text()];
    let field = Field {
        kind: "email",
        name: "email",
        label: words.email_label(),
        hint: words.link_hint(),
        value: typed.to_owned(),
        ..Field::default()
    };
    let form = reader::form(field, reader::button("send", words.link_button()));
    page.sections = vec![Section { id: "send", forms: vec![form], ..Section::default() }];
    page
}
