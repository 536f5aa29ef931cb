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
use super::signup::{address_error, bare, link_step};
use crate::domain::address::EmailAddress;
use crate::signup::{self, Answer, LinkAsk, Proof};
use crate::templates::pages::{LinkPage, SentPage};

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/link", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    let page = LinkPage { error: String::new(), typed: String::new() };
    site.page(StatusCode::OK, &site.frame(site.words(Some(&door)), Some(&door), true), &page)
}

async fn act(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    From(client): From,
    fields: Fields,
) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    let words = site.words(Some(&door));
    let frame = site.frame(words, Some(&door), true);
    let email: EmailAddress = match bare(fields.get("email")).parse() {
        Ok(email) => email,
        Err(error) => {
            let page = LinkPage { error: address_error(words, error), typed: fields.get("email").to_owned() };
            return site.page(StatusCode::UNPROCESSABLE_ENTITY, &frame, &page);
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
    site.page(StatusCode::OK, &frame, &SentPage { newsletter: door.newsletter.name.clone() })
}
