//! `/{newsletter}/link`: "send me my link". The answer does not depend on what is known of an address.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client_ip::ClientIp;
use super::super::form::Form as Fields;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::signup::{address_error, bare, link_step};
use crate::domain::address::EmailAddress;
use crate::signup::{self, HumanCheck, LinkAsk, RequestOutcome};
use crate::templates::pages::{LinkPage, SentPage};

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/link", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    let page = LinkPage { error: String::new(), typed: String::new() };
    site.page(StatusCode::OK, &site.frame(site.words(Some(&list)), Some(&list), true), &page)
}

async fn act(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    ClientIp(client): ClientIp,
    fields: Fields,
) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    let words = site.words(Some(&list));
    let frame = site.frame(words, Some(&list), true);
    let email: EmailAddress = match bare(fields.get("email")).parse() {
        Ok(email) => email,
        Err(error) => {
            let page = LinkPage { error: address_error(words, error), typed: fields.get("email").to_owned() };
            return site.page(StatusCode::UNPROCESSABLE_ENTITY, &frame, &page);
        }
    };
    let proof = HumanCheck {
        solution: fields.get("altcha").to_owned(),
        wait: fields.get("wait").to_owned(),
        ..HumanCheck::default()
    };
    let (ask, act) = (LinkAsk { email: email.clone(), proof }, site.act("link form", "", client));
    let (signup, its_list) = (site.signup.clone(), Arc::clone(&list));
    let answer = site.write(async move { signup::send_link(&signup, &its_list, &ask, &act).await }).await?;
    if let RequestOutcome::Step(step) = answer {
        return link_step(&site, &list, &email, &step);
    }
    site.page(StatusCode::OK, &frame, &SentPage { newsletter: list.newsletter.name.clone() })
}
