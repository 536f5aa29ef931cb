//! `/u/{token}`: a page with buttons; the act; and RFC 8058's one-click POST from a mailbox provider.
//!
//! One-click (RFC 8058 3.2) comes without cookies, in either encoding, perhaps twice: it is answered at once with 200
//! and no redirect. A link works for ever, also for a reader who is gone.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::super::client::From;
use super::super::failure::Failure;
use super::super::form::Form;
use super::super::site::Site;
use super::super::wording;
use super::letter::{letter, name, paused_until};
use super::token::{Opened, open};
use crate::domain::SubscriptionId;
use crate::domain::subscriber::SubscriptionState;
use crate::signup::{self, Client, Door, Rest};
use crate::store::subscriptions::{self, Subscription};
use crate::templates::pages::{Button, LetterPage, Link};
use crate::token::Purpose;

pub(super) const LEAVE: &str = "leave";
const PAUSE: &str = "pause";

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/u/{token}", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Path(token): Path<String>) -> Result<Response, Failure> {
    match open(&site, Purpose::Unsubscribe, &token)? {
        Opened::Row(number) => question_page(&site, SubscriptionId(number)).await,
        Opened::Test => test_page(&site, true),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    From(client): From,
    request: Request,
) -> Result<Response, Failure> {
    let opened = open(&site, Purpose::Unsubscribe, &token)?;
    let fields = match Form::from_request(request, &site).await {
        Ok(fields) => fields,
        // Neither one-click nor our button: whoever sent it gets to see the page and can press the button.
        Err(Failure::Body(status)) if status != StatusCode::PAYLOAD_TOO_LARGE => Form::default(),
        Err(failure) => return Err(failure),
    };
    let one_click = fields.get("List-Unsubscribe").eq_ignore_ascii_case("One-Click");
    let id = match opened {
        Opened::Row(number) => SubscriptionId(number),
        Opened::Test if one_click => return Ok(unsubscribed_plain(&site)),
        Opened::Test => return test_page(&site, false),
    };
    match fields.get("action") {
        _ if one_click => {
            leave(&site, id, "one-click", wording::ONE_CLICK, client).await?;
            Ok(unsubscribed_plain(&site))
        }
        LEAVE => {
            leave(&site, id, "link", wording::leave(site.words(None)), client).await?;
            left_page(&site, id).await
        }
        PAUSE => {
            let act = site.act("link", wording::leave(site.words(None)), client);
            let db = site.signup.db.clone();
            let paused = site.write(async move { signup::pause(&db, id, Rest::FourWeeks, &act).await }).await?;
            match paused {
                Some(subscription) => paused_page(&site, &subscription),
                None => question_page(&site, id).await,
            }
        }
        _ => question_page(&site, id).await,
    }
}

/// Ends a subscription; `preferences` has a button for it as well.
pub(super) async fn leave(
    site: &Site,
    id: SubscriptionId,
    source: &str,
    wording: &'static str,
    client: Option<Client>,
) -> Result<(), Failure> {
    let act = site.act(source, wording, client);
    let db = site.signup.db.clone();
    site.write(async move { signup::leave(&db, id, &act).await }).await?;
    Ok(())
}

fn unsubscribed_plain(site: &Site) -> Response {
    let text = format!("{}\n", site.words(None).one_click_done());
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn question_page(site: &Site, id: SubscriptionId) -> Result<Response, Failure> {
    let subscription = subscriptions::get(&mut site.signup.db.read().await?, id).await?;
    let Some(subscription) = subscription.filter(|known| known.state != SubscriptionState::Left) else {
        return absent_page(site);
    };
    site.page(StatusCode::OK, &question(site, site.door_of(subscription.newsletter_id), Some(&subscription)))
}

fn question(site: &Site, door: Option<&Door>, subscription: Option<&Subscription>) -> LetterPage {
    let words = site.words_for(door, subscription);
    let mut page = letter(site, words, door, words.leave_heading(&name(words, door)), subscription);
    page.paragraphs = vec![words.leave_text()];
    page.buttons = vec![Button { action: LEAVE, label: words.leave_button(), quiet: false }];
    if subscription.is_none_or(|subscription| subscription.state == SubscriptionState::Active) {
        page.buttons.push(Button { action: PAUSE, label: words.leave_pause(), quiet: true });
    }
    page
}

pub(super) async fn left_page(site: &Site, id: SubscriptionId) -> Result<Response, Failure> {
    let subscription = subscriptions::get(&mut site.signup.db.read().await?, id).await?;
    let Some(subscription) = subscription else { return absent_page(site) };
    site.page(StatusCode::OK, &left(site, site.door_of(subscription.newsletter_id), Some(&subscription)))
}

fn left(site: &Site, door: Option<&Door>, subscription: Option<&Subscription>) -> LetterPage {
    let words = site.words_for(door, subscription);
    let mut page = letter(site, words, door, words.left_heading(), subscription);
    page.paragraphs = vec![words.left_text(&name(words, door))];
    page.link = door.map(|door| Link {
        url: site.path(&format!("{}/subscribe", door.newsletter.slug)),
        label: words.subscribe_again(),
    });
    page
}

/// For who has left, and for who is gone altogether: one page, which tells neither from the other.
pub(super) fn absent_page(site: &Site) -> Result<Response, Failure> {
    let door = site.only_door();
    let words = site.words(door);
    let mut page = letter(site, words, door, words.absent_heading(), None);
    page.paragraphs = vec![words.absent_text()];
    page.link = Some(Link { url: site.path(""), label: words.subscribe_again() });
    site.page(StatusCode::OK, &page)
}

fn paused_page(site: &Site, subscription: &Subscription) -> Result<Response, Failure> {
    let door = site.door_of(subscription.newsletter_id);
    let words = site.words_for(door, Some(subscription));
    let mut page = letter(site, words, door, words.preferences_heading(&name(words, door)), Some(subscription));
    page.status = words.preferences_paused();
    page.paragraphs = vec![paused_until(words, subscription.paused_until, door)];
    site.page(StatusCode::OK, &page)
}

fn test_page(site: &Site, asks: bool) -> Result<Response, Failure> {
    let door = site.only_door();
    let mut page = if asks { question(site, door, None) } else { left(site, door, None) };
    page.status = site.words(door).test_link();
    site.page(StatusCode::OK, &page)
}
