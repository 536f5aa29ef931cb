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
use super::pages;
use super::request::request;
use super::surface::Place;
use super::webmail::webmail;
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::signup::{Answer, Ask, CONFIRM_FOR, Door, WhyNot};
use crate::templates::pages::{Again, CheckPage, NoMailPage, Resent, Webmail};
use crate::token::Purpose;
use crate::words::{Language, Words};

/// How long the page knows its address: as long as anybody looks for the mail.
const KNOWN_FOR: Duration = Duration::from_secs(3600);
/// How long a mail may be on its way before it is asked for again.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// What was asked: whoever asks again asks the same.
pub(super) struct Question {
    pub(super) email: EmailAddress,
    pub(super) name: Option<String>,
    pub(super) language: Option<Language>,
    /// How it came, in the words of the record of consents.
    pub(super) source: String,
}

/// What the page was told.
struct Sent {
    question: Question,
    at: Timestamp,
    again: bool,
}

/// The link's token: when, whether again, in which language, from where, for whom, by which name.
pub(super) fn token(site: &Site, question: &Question, again: bool) -> String {
    let Question { email, name, language, source } = question;
    let (language, name) = (language.map_or("-", Language::tag), name.as_deref().unwrap_or_default());
    let text = format!("{} {} {language} {source} {email} {name}", site.clock.now().0, u8::from(again));
    site.signup.keys.seal_text(Purpose::Asked, &text)
}

fn opened(site: &Site, token: &str) -> Option<Sent> {
    let text = site.signup.keys.open_text(Purpose::Asked, token)?;
    let mut parts = text.splitn(6, ' ');
    let at = Timestamp(parts.next()?.parse().ok()?);
    let again = parts.next()? == "1";
    let language = Language::chosen(parts.next()?);
    let source = parts.next()?.to_owned();
    let email = parts.next()?.parse().ok()?;
    let name = parts.next().filter(|name| !name.is_empty()).map(str::to_owned);
    let known = site.clock.now().since(at) < KNOWN_FOR;
    known.then_some(Sent { question: Question { email, name, language, source }, at, again })
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
    let words = site.words_in(&door, sent.as_ref().and_then(|sent| sent.question.language));
    let mut page = page(&site, &door, place, token.as_deref().zip(sent.as_ref()));
    page.done = sent.filter(|sent| sent.again).map(|_| Resent::AskedAgain);
    let frame = pages::frame(&site, &door, words, place, true);
    Ok(place.dressed(&site, site.page(StatusCode::OK, &frame, &page)?))
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
        let words = site.words_in(&door, sent.question.language);
        let mut page = page(&site, &door, place, Some((token_of_page, &sent)));
        page.done = Some(Resent::TooEarly);
        let frame = pages::frame(&site, &door, words, place, true);
        return Ok(place.dressed(&site, site.page(StatusCode::OK, &frame, &page)?));
    }
    let Question { email, name, language, source } = &sent.question;
    let ask = Ask { vouched: true, name: name.clone(), language: *language, ..Ask::new(email.clone()) };
    request(&site, &door, ask, source, client).await??;
    let location = format!("sent?for={}", token(&site, &sent.question, true));
    let location = HeaderValue::try_from(location).map_err(|_| Failure::Broken)?;
    Ok(place.dressed(&site, (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()))
}

/// The answer to who asked by a link that was mailed to them: to them it is said when no mail goes out.
pub(in crate::web) fn asked_page(site: &Site, door: &Door, words: Words, answer: &Answer) -> Result<Response, Failure> {
    let frame = site.frame(words, Some(door), true);
    let why = match answer {
        Answer::NoMail(WhyNot::Quota) => "quota",
        Answer::NoMail(WhyNot::Refused) => "refused",
        Answer::NoMail(WhyNot::Suppressed) => "suppressed",
        _ => return site.page(StatusCode::OK, &frame, &page(site, door, Place::Page, None)),
    };
    site.page(StatusCode::OK, &frame, &NoMailPage { why })
}

fn page(site: &Site, door: &Door, place: Place, sent: Option<(&str, &Sent)>) -> CheckPage {
    let newsletter = &door.newsletter;
    let mailbox = sent.and_then(|(_, sent)| webmail(&sent.question.email, &newsletter.from.address));
    CheckPage {
        newsletter: newsletter.name.clone(),
        done: None,
        address: sent.map(|(_, sent)| sent.question.email.to_string()).unwrap_or_default(),
        days: i64::try_from(CONFIRM_FOR.as_secs() / 86_400).unwrap_or(i64::MAX),
        webmail: mailbox.map(|(name, url)| Webmail { name, url }),
        emails_a_day: i64::from(site.signup.limits.confirmations_per_day),
        again: sent
            .map(|(token, _)| Again { action: format!("{}/again", place.path(site, door)), token: token.to_owned() }),
        form_url: place.form(site, door, sent.and_then(|(_, sent)| sent.question.language)),
    }
}
