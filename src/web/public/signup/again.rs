//! "Check your email": the same for every address, with a way to the reader's mailbox, and a button to ask again. What it
//! knows of the address stands sealed in its own link, and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::super::super::client_ip::ClientIp;
use super::super::super::form::Form;
use super::super::super::handler_error::HandlerError;
use super::super::super::site::Site;
use super::pages;
use super::request::request;
use super::surface::Surface;
use super::webmail::webmail;
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::signup::{Ask, CONFIRM_FOR, RequestOutcome, SignupList, WhyNot};
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
    Extension(place): Extension<Surface>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    let mut pairs = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
    let token = pairs.find(|(name, _)| name == "for").map(|(_, value)| value.into_owned());
    let sent = token.as_deref().and_then(|token| opened(&site, token));
    let words = site.words_in(&list, sent.as_ref().and_then(|sent| sent.question.language));
    let mut page = page(&site, &list, place, token.as_deref().zip(sent.as_ref()));
    page.done = sent.filter(|sent| sent.again).map(|_| Resent::AskedAgain);
    let frame = pages::frame(&site, &list, words, place, true);
    Ok(place.dressed(&site, site.page(StatusCode::OK, &frame, &page)?))
}

/// Asks once more, in the name of who had asked. Every limit holds, and the answer is always the same.
pub(super) async fn act(
    State(site): State<Arc<Site>>,
    Extension(place): Extension<Surface>,
    Path(slug): Path<String>,
    ClientIp(client): ClientIp,
    fields: Form,
) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    let token_of_page = fields.get("for");
    let Some(sent) = opened(&site, token_of_page) else {
        let location = HeaderValue::try_from(place.path(&site, &list)).map_err(|_| HandlerError::NotFound)?;
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response());
    };
    if site.clock.now().since(sent.at) < AGAIN_AFTER {
        let words = site.words_in(&list, sent.question.language);
        let mut page = page(&site, &list, place, Some((token_of_page, &sent)));
        page.done = Some(Resent::TooEarly);
        let frame = pages::frame(&site, &list, words, place, true);
        return Ok(place.dressed(&site, site.page(StatusCode::OK, &frame, &page)?));
    }
    let Question { email, name, language, source } = &sent.question;
    let ask = Ask { skip_challenge: true, name: name.clone(), language: *language, ..Ask::new(email.clone()) };
    request(&site, &list, ask, source, client).await??;
    let location = format!("sent?for={}", token(&site, &sent.question, true));
    let location = HeaderValue::try_from(location).map_err(|_| HandlerError::Broken)?;
    Ok(place.dressed(&site, (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()))
}

/// The answer to who asked by a link that was mailed to them: to them it is said when no mail goes out.
pub(in crate::web) fn asked_page(
    site: &Site,
    list: &SignupList,
    words: Words,
    answer: &RequestOutcome,
) -> Result<Response, HandlerError> {
    let frame = site.frame(words, Some(list), true);
    let why = match answer {
        RequestOutcome::NoMail(WhyNot::Quota) => "quota",
        RequestOutcome::NoMail(WhyNot::Refused) => "refused",
        RequestOutcome::NoMail(WhyNot::Suppressed) => "suppressed",
        _ => return site.page(StatusCode::OK, &frame, &page(site, list, Surface::Page, None)),
    };
    site.page(StatusCode::OK, &frame, &NoMailPage { why })
}

fn page(site: &Site, list: &SignupList, place: Surface, sent: Option<(&str, &Sent)>) -> CheckPage {
    let newsletter = &list.newsletter;
    let mailbox = sent.and_then(|(_, sent)| webmail(&sent.question.email, &newsletter.from.address));
    CheckPage {
        newsletter: newsletter.name.clone(),
        done: None,
        address: sent.map(|(_, sent)| sent.question.email.to_string()).unwrap_or_default(),
        days: i64::try_from(CONFIRM_FOR.as_secs() / 86_400).unwrap_or(i64::MAX),
        webmail: mailbox.map(|(name, url)| Webmail { name, url }),
        emails_a_day: i64::from(site.signup.limits.confirmations_per_day),
        again: sent
            .map(|(token, _)| Again { action: format!("{}/again", place.path(site, list)), token: token.to_owned() }),
        form_url: place.form(site, list, sent.and_then(|(_, sent)| sent.question.language)),
    }
}
