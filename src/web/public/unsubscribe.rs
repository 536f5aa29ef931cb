//! `/u/{token}`: a page with buttons; the act; and RFC 8058's one-click POST from a mailbox provider.
//!
//! One-click (RFC 8058 3.2) comes without cookies, in either encoding, perhaps twice: it is answered at once with 200
//! and no redirect, when it was understood and done. Whatever else comes, but our own buttons, is answered with 400: a
//! provider must not believe that it ended something. A link works for ever, also for a reader who is gone.

use std::sync::Arc;

use axum::extract::{FromRequest as _, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::super::client_ip::ClientIp;
use super::super::form::{Form, bytes};
use super::super::handler_error::{Complete, HandlerError};
use super::super::one_click::is_one_click;
use super::super::site::Site;
use super::super::wording;
use super::gone::{absent_page, left, left_page};
use super::reader::{self, FOUR_WEEKS, ReaderContext, THREE_MONTHS, UNTIL};
use super::token::{Opened, Token, open, routes};
use crate::domain::SubscriptionId;
use crate::domain::subscriber::SubscriptionState;
use crate::signup::{self, ClientNetwork, Rest, UnsubscribeOutcome};
use crate::store::subscriptions::Subscription;
use crate::templates::pages::LeavePage;
use crate::token::Purpose;

pub(super) const LEAVE: &str = "leave";

pub(super) fn router() -> Router<Arc<Site>> {
    routes(Purpose::Unsubscribe, get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    match open(&site, Purpose::Unsubscribe, &token).await? {
        Opened::Row(number) => question_page(&site, SubscriptionId(number), false).await,
        Opened::Absent => absent_page(&site, None),
        Opened::Test => test_page(&site, true),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    request: Request,
) -> Result<Response, HandlerError> {
    let opened = open(&site, Purpose::Unsubscribe, &token).await?;
    let (one_click, action, until) = match read(request, &site).await? {
        Body::OneClick => (true, String::new(), String::new()),
        Body::Form(fields) => (false, fields.get("action").to_owned(), fields.get("until").to_owned()),
        Body::Other => return Ok(unknown(&site)),
    };
    let done = || plain(StatusCode::OK, &site.words(None).one_click_done());
    let id = match opened {
        Opened::Row(number) => SubscriptionId(number),
        Opened::Test | Opened::Absent if one_click => return Ok(done()),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return test_page(&site, false),
    };
    match action.as_str() {
        _ if one_click => {
            leave(&site, id, "one-click", wording::ONE_CLICK, client).await?;
            Ok(done())
        }
        LEAVE => {
            let leaving = leave(&site, id, "link", wording::leave(site.words(None)), client).await?;
            left_page(&site, leaving).await
        }
        FOUR_WEEKS => rest(&site, id, Rest::FourWeeks, client).await,
        THREE_MONTHS => rest(&site, id, Rest::ThreeMonths, client).await,
        UNTIL => rest_until(&site, id, &until, client).await,
        _ => Ok(unknown(&site)),
    }
}

/// Ends a subscription; `preferences` has a button for it as well.
pub(super) async fn leave(
    site: &Site,
    id: SubscriptionId,
    source: &str,
    wording: &'static str,
    client: Option<ClientNetwork>,
) -> Result<UnsubscribeOutcome, HandlerError> {
    let act = site.act(source, wording, client);
    let db = site.signup.db.clone();
    site.write(async move { signup::leave(&db, id, &act).await }).await
}

async fn rest_until(
    site: &Site,
    id: SubscriptionId,
    typed: &str,
    client: Option<ClientNetwork>,
) -> Result<Response, HandlerError> {
    let Some(subscription) = reader::current(site, id).await? else { return absent_page(site, None) };
    let list = site.list_of(subscription.newsletter_id);
    match reader::rest_until(site, list, typed) {
        Some(rest_until) => rest(site, id, rest_until, client).await,
        None => question_page(site, id, true).await,
    }
}

async fn rest(
    site: &Site,
    id: SubscriptionId,
    rest: Rest,
    client: Option<ClientNetwork>,
) -> Result<Response, HandlerError> {
    let act = site.act("link", wording::leave(site.words(None)), client);
    let db = site.signup.db.clone();
    let paused = site.write(async move { signup::pause(&db, id, rest, &act).await }).await?;
    match paused {
        Some(subscription) => paused_page(site, &subscription).await,
        None => question_page(site, id, false).await,
    }
}

/// An answer to a program.
fn plain(status: StatusCode, text: &str) -> Response {
    let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, content_type, Extension(Complete), format!("{text}\n")).into_response()
}

/// The answer to what is neither one-click nor a button of ours.
fn unknown(site: &Site) -> Response {
    plain(StatusCode::BAD_REQUEST, &site.words(None).one_click_unknown())
}

/// What was posted to the link.
enum Body {
    OneClick,
    /// With an action: a button of ours.
    Form(Form),
    Other,
}

async fn read(request: Request, site: &Arc<Site>) -> Result<Body, HandlerError> {
    let (head, body) = request.into_parts();
    let body = match bytes(Request::from_parts(head.clone(), body), site).await {
        Ok(body) => body,
        Err(HandlerError::Body(status)) if status != StatusCode::PAYLOAD_TOO_LARGE => return Ok(Body::Other),
        Err(failure) => return Err(failure),
    };
    if is_one_click(&body) {
        return Ok(Body::OneClick);
    }
    match Form::from_request(Request::from_parts(head, body.into()), site).await {
        Ok(fields) if !fields.get("action").is_empty() => Ok(Body::Form(fields)),
        Ok(_) => Ok(Body::Other),
        Err(HandlerError::Body(status)) if status != StatusCode::PAYLOAD_TOO_LARGE => Ok(Body::Other),
        Err(failure) => Err(failure),
    }
}

/// Asks whether the subscription is to end; `wrong` when the day of a pause is none that can be chosen.
async fn question_page(site: &Site, id: SubscriptionId, wrong: bool) -> Result<Response, HandlerError> {
    let known = reader::current(site, id).await?;
    let Some(subscription) = known.as_ref().filter(|known| known.state != SubscriptionState::Unsubscribed) else {
        return absent_page(site, known.as_ref());
    };
    let whose = ReaderContext::of(site, subscription).await?;
    let mut page = question(&whose, subscription.state == SubscriptionState::Active);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page.wrong = if wrong { "until" } else { "" };
    whose.page(status, &page)
}

/// The way to everything else is a fresh mail. This link stands in a header that mailbox providers, archives and reports
/// pass on, and does no more than end or pause.
fn question(whose: &ReaderContext<'_>, pauses: bool) -> LeavePage {
    LeavePage {
        reader: whose.reader.clone(),
        pause: pauses.then(|| whose.pause_days()),
        wrong: "",
        link_url: whose.link_url(),
    }
}

async fn paused_page(site: &Site, subscription: &Subscription) -> Result<Response, HandlerError> {
    let whose = ReaderContext::of(site, subscription).await?;
    whose.page(StatusCode::OK, &whose.paused(subscription.paused_until))
}

fn test_page(site: &Site, asks: bool) -> Result<Response, HandlerError> {
    let whose = ReaderContext::test(site);
    if asks {
        return whose.page(StatusCode::OK, &question(&whose, true));
    }
    whose.page(StatusCode::OK, &left(site, &whose, None))
}
