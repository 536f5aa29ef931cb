//! `/{newsletter}/subscribe`: the form, and the same as JSON. The answer does not depend on what is known of an address.

use std::sync::Arc;

use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::super::client::From;
use super::super::failure::{Dressed, Failure};
use super::super::form::{self, Form, Media};
use super::super::site::Site;
use super::super::wording;
use crate::domain::address::{AddressError, EmailAddress};
use crate::domain::subscriber::clean_name;
use crate::signup::{self, Ask, CONFIRM_FOR, Client, Door};
use crate::templates::pages::{LetterPage, Link, SignupPage};
use crate::words::Words;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{newsletter}/subscribe", get(show).post(subscribe))
        .route("/{newsletter}/subscribe/sent", get(sent))
}

/// What was typed into the form. In JSON nothing else may be given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    email: String,
    #[serde(default)]
    name: Option<String>,
    /// The field that people do not see: programs fill it in.
    #[serde(default)]
    website: String,
}

async fn show(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Result<Response, Failure> {
    form(&site, &*site.door(&slug)?, StatusCode::OK, &Typed::default(), None)
}

async fn subscribe(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    From(client): From,
    request: Request,
) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    if Media::of(request.headers()) == Media::Json {
        return subscribe_json(&site, door, client, request).await;
    }
    let fields = Form::from_request(request, &site).await?;
    let typed = Typed {
        email: fields.get("email").to_owned(),
        name: Some(fields.get("name").to_owned()),
        website: fields.get("website").to_owned(),
    };
    match take(&site, &door, &typed, "form", client).await? {
        // Relative, so that it is right behind any proxy.
        Ok(()) => {
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("subscribe/sent"))])
                .into_response())
        }
        Err(error) => form(&site, &door, StatusCode::UNPROCESSABLE_ENTITY, &typed, Some(error)),
    }
}

async fn subscribe_json(
    site: &Arc<Site>,
    door: Arc<Door>,
    client: Option<Client>,
    request: Request,
) -> Result<Response, Failure> {
    let body = form::bytes(request, site).await?;
    // serde would take an array of the values as well.
    let object = body.trim_ascii_start().starts_with(b"{");
    let typed = serde_json::from_slice::<Typed>(&body).ok().filter(|_| object);
    let typed = typed.ok_or(Failure::Body(StatusCode::UNPROCESSABLE_ENTITY))?;
    let words = site.words(Some(&door));
    match take(site, &door, &typed, "json", client).await? {
        Ok(()) => Ok((StatusCode::ACCEPTED, Json(json!({ "message": words.check_heading() }))).into_response()),
        Err(error) => {
            let body = Json(json!({ "error": address_error(words, error), "field": "email" }));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Extension(Dressed), body).into_response())
        }
    }
}

/// Takes a request, or says what is wrong with the address.
async fn take(
    site: &Arc<Site>,
    door: &Arc<Door>,
    typed: &Typed,
    source: &str,
    client: Option<Client>,
) -> Result<Result<(), AddressError>, Failure> {
    let email: EmailAddress = match bare(&typed.email).parse() {
        Ok(email) => email,
        Err(error) => return Ok(Err(error)),
    };
    let ask = Ask {
        name: typed.name.as_deref().and_then(clean_name),
        trapped: !typed.website.is_empty(),
        vouched: true,
        ..Ask::new(email)
    };
    let act = site.act(source, wording::signup(site.words(Some(door))), client);
    let (signup, door) = (site.signup.clone(), Arc::clone(door));
    site.write(async move { signup::request(&signup, &door, &ask, &act).await }).await?;
    Ok(Ok(()))
}

/// The address in what people paste.
pub(super) fn bare(typed: &str) -> &str {
    let typed = typed.trim();
    let typed = typed.strip_prefix("mailto:").unwrap_or(typed);
    typed.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(typed)
}

/// What is wrong with an address, said to who typed it.
pub(super) fn address_error(words: Words, error: AddressError) -> String {
    match error {
        AddressError::Empty => words.address_empty(),
        AddressError::TooLong => words.address_too_long(),
        AddressError::NoAt | AddressError::Local | AddressError::Domain => words.address_wrong(),
    }
}

/// The form, with what was typed and what is wrong with it.
pub(super) fn form(
    site: &Site,
    door: &Door,
    status: StatusCode,
    typed: &Typed,
    error: Option<AddressError>,
) -> Result<Response, Failure> {
    let newsletter = &door.newsletter;
    let words = site.words(Some(door));
    let mut frame = site.frame(words, Some(door), &newsletter.name, error.is_some());
    match error {
        Some(_) => frame.title = format!("{}: {}", words.error(), frame.title),
        None => {
            let path = format!("{}/subscribe", newsletter.slug);
            site.share(&mut frame, Some(door), &path, &newsletter.name, &words.signup_lead(&newsletter.name));
        }
    }
    // The form is on this page.
    frame.subscribe = None;
    let page = SignupPage {
        frame,
        heading: newsletter.name.clone(),
        lead: words.signup_lead(&newsletter.name),
        action: site.path(&format!("{}/subscribe", newsletter.slug)),
        error_heading: words.problem(),
        email_error: error.map(|error| address_error(words, error)).unwrap_or_default(),
        email_label: words.email_label(),
        email_hint: words.email_hint(),
        email: typed.email.clone(),
        name_label: words.name_label(),
        name_hint: words.name_hint(),
        name: typed.name.clone().unwrap_or_default(),
        trap_label: words.trap_label(),
        button: words.subscribe(),
        small_print: words.signup_small_print(),
    };
    if page.frame.private { site.page(status, &page) } else { site.open_page(&page) }
}

/// "Check your email": the same for everyone, so it shows no address.
async fn sent(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    site.page(StatusCode::OK, &check_page(&site, &door))
}

/// Also the answer to "send me a fresh link".
pub(super) fn check_page(site: &Site, door: &Door) -> LetterPage {
    let words = site.words(Some(door));
    let days = i64::try_from(CONFIRM_FOR.as_secs() / 86_400).unwrap_or(i64::MAX);
    LetterPage {
        frame: site.frame(words, Some(door), &words.check_heading(), true),
        status: String::new(),
        heading: words.check_heading(),
        address: String::new(),
        paragraphs: vec![words.check_text(&door.newsletter.name, days), words.check_nothing_there()],
        buttons: Vec::new(),
        link: Some(Link { url: site.path(""), label: words.to_home() }),
    }
}
