//! `/{newsletter}/subscribe`: the form, and the same as JSON and in a frame. The answer does not depend on what is known
//! of an address. Every limit is `signup`'s; here is only how its answers look.

mod again;
mod embed;
mod json;
mod pages;
mod request;
mod surface;
mod typed;
mod webmail;

use std::sync::Arc;

use axum::extract::{FromRequest as _, Path, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};

use super::super::client_ip::ClientIp;
use super::super::form::{Form, Media};
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use crate::domain::address::EmailAddress;
use crate::domain::name::parse_name;
use crate::domain::typo;
use crate::signup::{Ask, ClientNetwork, HumanCheck, NextStep, RequestError, RequestOutcome, SignupList};

use again::Question;
pub(super) use again::asked_page;
pub(in crate::web) use embed::cors;
use pages::InputError;
pub(super) use pages::{address_error, form, link_step, name_error};
use request::request;
use surface::Surface;
use typed::allowed;
pub(super) use typed::{SignupForm, bare};

pub(super) fn router() -> Router<Arc<Site>> {
    let page = Router::new()
        .route("/{newsletter}/subscribe", get(show).post(subscribe))
        .route("/{newsletter}/subscribe/sent", get(again::show))
        .route("/{newsletter}/subscribe/again", post(again::act))
        .layer(Extension(Surface::Page));
    let frame = Router::new()
        .route("/{newsletter}/embed", get(show).post(subscribe))
        .route("/{newsletter}/embed/sent", get(again::show))
        .route("/{newsletter}/embed/again", post(again::act))
        .layer(Extension(Surface::Frame));
    page.merge(frame).merge(embed::router())
}

/// What becomes of what was typed.
enum Outcome {
    Taken(Question),
    Wrong(InputError),
    /// The address as it was typed, and what was probably meant.
    Meant(EmailAddress, String),
    Step(EmailAddress, Box<NextStep>),
}

async fn show(
    State(site): State<Arc<Site>>,
    Extension(place): Extension<Surface>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, HandlerError> {
    form(&site, &*site.list(&slug)?, place, &SignupForm::asked(query.as_deref()), None)
}

async fn subscribe(
    State(site): State<Arc<Site>>,
    Extension(place): Extension<Surface>,
    Path(slug): Path<String>,
    ClientIp(client): ClientIp,
    request: Request,
) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    if place == Surface::Page && Media::of(request.headers()) == Media::Json {
        return json::subscribe(&site, list, client, request).await;
    }
    let typed = SignupForm::of(&Form::from_request(request, &site).await?);
    let source = typed.source(place.source());
    match take(&site, &list, &typed, source, client).await? {
        Outcome::Taken(question) => Ok(place.dressed(&site, sent_to(&site, place, &typed, &question))),
        Outcome::Wrong(wrong) => form(&site, &list, place, &typed, Some(&wrong)),
        Outcome::Meant(email, meant) => pages::meant(&site, &list, place, &typed, &email, meant),
        Outcome::Step(email, step) => pages::step(&site, &list, place, &typed, &email, &step),
    }
}

/// The way to "check your email", or to the page that the form named and the configuration allows.
fn sent_to(site: &Site, place: Surface, typed: &SignupForm, question: &Question) -> Response {
    let location = match allowed(site, typed) {
        Some(page) => page.to_string(),
        // Relative, so that it is right behind any proxy.
        None => format!("{}/sent?for={}", place.name(), again::token(site, question, false)),
    };
    let location = HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static("subscribe/sent"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Takes a request, or says what is wrong or missing.
async fn take(
    site: &Arc<Site>,
    list: &Arc<SignupList>,
    typed: &SignupForm,
    source: String,
    client: Option<ClientNetwork>,
) -> Result<Outcome, HandlerError> {
    let email: EmailAddress = match typed.address().parse() {
        Ok(email) => email,
        Err(error) => return Ok(Outcome::Wrong(InputError::Form(error))),
    };
    let name = match parse_name(typed.name.as_deref().unwrap_or_default()) {
        Ok(name) => name,
        Err(error) => return Ok(Outcome::Wrong(InputError::Name(error))),
    };
    if !typed.as_typed
        && let Some(meant) = typo::meant(&email)
    {
        return Ok(Outcome::Meant(email, meant));
    }
    let ask = Ask {
        name: name.clone(),
        language: typed.language(),
        honeypot: !typed.website.is_empty(),
        proof: HumanCheck { stamp: typed.stamp.clone(), solution: typed.altcha.clone(), wait: typed.wait.clone() },
        ..Ask::new(email.clone())
    };
    match request(site, list, ask, &source, client).await? {
        Ok(RequestOutcome::Taken | RequestOutcome::NoMail(_)) => {
            Ok(Outcome::Taken(Question { email, name, language: typed.language(), source }))
        }
        Ok(RequestOutcome::Step(step)) => Ok(Outcome::Step(email, step)),
        Err(RequestError::Disposable) => Ok(Outcome::Wrong(InputError::Disposable)),
        Err(RequestError::NoMailServer) => Ok(Outcome::Wrong(InputError::NoServer(email.domain().to_owned()))),
        Err(error) => Err(error.into()),
    }
}
