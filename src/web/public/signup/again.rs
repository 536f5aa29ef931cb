//! "Check your email": the same for every address, with a way to the reader's mailbox, and a button to ask again. What it
//! knows of the address stands sealed in its own link, and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::super::super::client::From;
use super::super::super::failure::Failure;
use super::super::super::form::Form;
use super::super::super::site::Site;
use super::webmail::webmail;
use super::{Place, pages, request};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::signup::{Ask, CONFIRM_FOR, Door};
use crate::templates::pages::{Again, CheckPage, Link};
use crate::token::Purpose;
use crate::words::{Language, Words};

/// How long the page knows its address: as long as anybody looks for the mail.
const KNOWN_FOR: Duration = Duration::from_secs(3600);
/// How long a mail may be on its way before it is asked for again.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// What the page was told.
struct Sent {
    email: EmailAddress,
    language: Option<Language>,
    at: Timestamp,
    again: bool,
}

/// The link's token: when, whether again, in which language, for whom.
pub(super) fn token(site: &Site, email: &EmailAddress, language: Option<Language>, again: bool) -> String {
    let language = language.map_or("-", Language::tag);
    let text = format!("{} {} {language} {email}", site.clock.now().0, u8::from(again));
    site.signup.keys.seal_text(Purpose::Asked, &text)
}

fn opened(site: &Site, token: &str) -> Option<Sent> {
    let text = site.signup.keys.open_text(Purpose::Asked, token)?;
    let mut parts = text.splitn(4, ' ');
    let at = Timestamp(parts.next()?.parse().ok()?);
    let again = parts.next()? == "1";
    let language = Language::chosen(parts.next()?);
    let known = site.clock.now().since(at) < KNOWN_FOR;
    known.then_some(Sent { email: parts.next()?.parse().ok()?, language, at, again })
}

/// The page, for who knows its link.
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Extension(place): Extension<Place>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    let mut pairs = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
    let token = pairs.find(|(name, _)| name == "for").map(|(_, value)| value.into_owned());
    let sent = token.as_deref().and_then(|token| opened(&site, token));
    let words = site.words_in(&door, sent.as_ref().and_then(|sent| sent.language));
    let mut page = page(&site, &door, words, place, token.as_deref().zip(sent.as_ref()));
    if sent.is_some_and(|sent| sent.again) {
        page.status = words.check_asked_again();
    }
    Ok(place.dressed(&site, site.page(StatusCode::OK, &page)?))
}

/// Asks once more, in the name of who had asked. Every limit holds, and the answer is always the same.
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    Extension(place): Extension<Place>,
    Path(slug): Path<String>,
    From(client): From,
    fields: Form,
) -> Result<Response, Failure> {
    let door = site.door(&slug)?;
    let token_of_page = fields.get("for");
    let Some(sent) = opened(&site, token_of_page) else {
        let location = HeaderValue::try_from(place.path(&site, &door)).map_err(|_| Failure::NotFound)?;
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response());
    };
    if site.clock.now().since(sent.at) < AGAIN_AFTER {
        let words = site.words_in(&door, sent.language);
        let mut page = page(&site, &door, words, place, Some((token_of_page, &sent)));
        page.status = words.check_too_early();
        return Ok(place.dressed(&site, site.page(StatusCode::OK, &page)?));
    }
    let ask = Ask { vouched: true, language: sent.language, ..Ask::new(sent.email.clone()) };
    request(&site, &door, ask, "again", client).await??;
    let location = format!("sent?for={}", token(&site, &sent.email, sent.language, true));
    let location = HeaderValue::try_from(location).map_err(|_| Failure::Broken)?;
    Ok(place.dressed(&site, (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()))
}

/// The page without an address: also the answer to "send me a fresh link".
pub(in crate::web) fn check_page(site: &Site, door: &Door, words: Words) -> CheckPage {
    page(site, door, words, Place::Page, None)
}

fn page(site: &Site, door: &Door, words: Words, place: Place, sent: Option<(&str, &Sent)>) -> CheckPage {
    let newsletter = &door.newsletter;
    let days = i64::try_from(CONFIRM_FOR.as_secs() / 86_400).unwrap_or(i64::MAX);
    let mailbox = sent.and_then(|(_, sent)| webmail(&sent.email, &newsletter.from.address));
    CheckPage {
        frame: pages::frame(site, door, words, place, &words.check_heading(), true),
        status: String::new(),
        heading: words.check_heading(),
        address: sent.map(|(_, sent)| sent.email.to_string()).unwrap_or_default(),
        text: words.check_text(&newsletter.name, days),
        webmail: mailbox.map(|(name, url)| Link { url, label: words.check_open(name) }),
        nothing_there: words.check_nothing_there(i64::from(site.signup.limits.confirmations_per_day)),
        again: sent.map(|(token, _)| Again {
            action: format!("{}/again", place.path(site, door)),
            token: token.to_owned(),
            label: words.check_again(),
        }),
        other: Link {
            url: place.form(site, door, sent.and_then(|(_, sent)| sent.language)),
            label: words.check_other(),
        },
    }
}
