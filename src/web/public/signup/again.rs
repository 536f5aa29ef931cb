//! "Check your email": the same for every address, with a way to the reader's mailbox, and a button to ask again. What it
//! knows of the address stands sealed in its own link, and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::super::super::client::From;
use super::super::super::failure::Failure;
use super::super::super::form::Form;
use super::super::super::site::Site;
use super::webmail::webmail;
use super::{Place, pages, request};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::signup::{Ask, CONFIRM_FOR, Client, Door};
use crate::templates::pages::{Again, CheckPage, Link};
use crate::token::Purpose;

/// How long the page knows its address: as long as anybody looks for the mail.
const KNOWN_FOR: Duration = Duration::from_secs(3600);
/// How long a mail may be on its way before it is asked for again.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/{newsletter}/subscribe/sent", get(sent))
        .route("/{newsletter}/subscribe/again", post(again))
        .route("/{newsletter}/embed/sent", get(sent_framed))
        .route("/{newsletter}/embed/again", post(again_framed))
}

/// What the page was told.
struct Sent {
    email: EmailAddress,
    at: Timestamp,
    again: bool,
}

/// The link's token: when, whether again, for whom.
pub(super) fn token(site: &Site, email: &EmailAddress, again: bool) -> String {
    let text = format!("{} {} {email}", site.clock.now().0, u8::from(again));
    site.signup.keys.seal_text(Purpose::Asked, &text)
}

fn opened(site: &Site, token: &str) -> Option<Sent> {
    let text = site.signup.keys.open_text(Purpose::Asked, token)?;
    let (at, rest) = text.split_once(' ')?;
    let (again, email) = rest.split_once(' ')?;
    let at = Timestamp(at.parse().ok()?);
    let known = site.clock.now().since(at) < KNOWN_FOR;
    known.then_some(Sent { email: email.parse().ok()?, at, again: again == "1" })
}

async fn sent(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    shown(&site, &slug, Place::Page, query.as_deref())
}

async fn sent_framed(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    shown(&site, &slug, Place::Frame, query.as_deref())
}

async fn again(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    From(client): From,
    fields: Form,
) -> Result<Response, Failure> {
    asked_again(&site, &slug, Place::Page, client, &fields).await
}

async fn again_framed(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    From(client): From,
    fields: Form,
) -> Result<Response, Failure> {
    asked_again(&site, &slug, Place::Frame, client, &fields).await
}

fn shown(site: &Site, slug: &str, place: Place, query: Option<&str>) -> Result<Response, Failure> {
    let door = site.door(slug)?;
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let token = pairs.find(|(name, _)| name == "for").map(|(_, value)| value.into_owned());
    let sent = token.as_deref().and_then(|token| opened(site, token));
    let words = site.words(Some(&door));
    let mut page = page(site, &door, place, token.as_deref().zip(sent.as_ref()));
    if sent.is_some_and(|sent| sent.again) {
        page.status = words.check_asked_again();
    }
    Ok(place.dressed(site, site.page(StatusCode::OK, &page)?))
}

/// Asks once more, in the name of who had asked. Every limit holds, and the answer is always the same.
async fn asked_again(
    site: &Arc<Site>,
    slug: &str,
    place: Place,
    client: Option<Client>,
    fields: &Form,
) -> Result<Response, Failure> {
    let door = site.door(slug)?;
    let token_of_page = fields.get("for");
    let Some(sent) = opened(site, token_of_page) else {
        let location = HeaderValue::try_from(place.path(site, &door)).map_err(|_| Failure::NotFound)?;
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response());
    };
    if site.clock.now().since(sent.at) < AGAIN_AFTER {
        let mut page = page(site, &door, place, Some((token_of_page, &sent)));
        page.status = site.words(Some(&door)).check_too_early();
        return Ok(place.dressed(site, site.page(StatusCode::OK, &page)?));
    }
    let ask = Ask { vouched: true, ..Ask::new(sent.email.clone()) };
    request(site, &door, ask, "again", client).await??;
    let location = format!("sent?for={}", token(site, &sent.email, true));
    let location = HeaderValue::try_from(location).map_err(|_| Failure::Broken)?;
    Ok(place.dressed(site, (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()))
}

/// The page without an address: also the answer to "send me a fresh link".
pub(in crate::web) fn check_page(site: &Site, door: &Door) -> CheckPage {
    page(site, door, Place::Page, None)
}

fn page(site: &Site, door: &Door, place: Place, sent: Option<(&str, &Sent)>) -> CheckPage {
    let words = site.words(Some(door));
    let newsletter = &door.newsletter;
    let days = i64::try_from(CONFIRM_FOR.as_secs() / 86_400).unwrap_or(i64::MAX);
    let mailbox = sent.and_then(|(_, sent)| webmail(&sent.email, &newsletter.from.address));
    CheckPage {
        frame: pages::frame(site, door, place, &words.check_heading(), true),
        status: String::new(),
        heading: words.check_heading(),
        address: sent.map(|(_, sent)| sent.email.to_string()).unwrap_or_default(),
        text: words.check_text(&newsletter.name, days),
        webmail: mailbox.map(|(name, url)| Link { url, label: words.check_open(name) }),
        nothing_there: words.check_nothing_there(),
        again: sent.map(|(token, _)| Again {
            action: format!("{}/again", place.path(site, door)),
            token: token.to_owned(),
            label: words.check_again(),
        }),
        other: Link { url: place.path(site, door), label: words.check_other() },
    }
}
