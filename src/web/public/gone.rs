//! After leaving: what was done, a way back for a day, and a question that need not be answered. `/g/{token}` is known
//! only to who pressed the button: it stands on the page behind it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client::From;
use super::super::failure::Failure;
use super::super::form::Form as Fields;
use super::super::site::Site;
use super::super::wording;
use super::reader::{self, name};
use super::token::{Opened, Token, open};
use crate::domain::ConsentId;
use crate::domain::consent::ConsentKind;
use crate::domain::retention::Expiry;
use crate::domain::subscriber::{EndedBy, SubscriptionState, Why};
use crate::signup::{self, Client, Door, Gone, Leaving};
use crate::store::consents;
use crate::store::subscriptions::Subscription;
use crate::templates::pages::{Choice, Field, Form, Link, ReaderPage, Section};
use crate::token::Purpose;
use crate::words::Words;

const BACK: &str = "back";
const WHY: &str = "why";
const DAY: Duration = Duration::from_secs(24 * 3600);

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/g/{token}", get(show).post(act)).route("/g/{token}/", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, Failure> {
    let withdrawn = match open(&site, Purpose::Gone, &token).await? {
        Opened::Row(number) => ConsentId(number),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return Err(Failure::NoSuchLink),
    };
    let gone = signup::look_back(&site.signup.db, withdrawn, site.clock.now()).await?;
    standing(&site, &token, &gone, None)
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    From(client): From,
    fields: Fields,
) -> Result<Response, Failure> {
    let withdrawn = match open(&site, Purpose::Gone, &token).await? {
        Opened::Row(number) => ConsentId(number),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return Err(Failure::NoSuchLink),
    };
    match fields.get("action") {
        BACK => {
            let act = site.act("undo", wording::leave(site.words(None)), client);
            let db = site.signup.db.clone();
            let gone = site.write(async move { signup::come_back(&db, withdrawn, &act).await }).await?;
            standing(&site, &token, &gone, None)
        }
        WHY => why(&site, (withdrawn, &token), fields.get("why"), client).await,
        _ => {
            let gone = signup::look_back(&site.signup.db, withdrawn, site.clock.now()).await?;
            standing(&site, &token, &gone, None)
        }
    }
}

async fn why(
    site: &Site,
    (withdrawn, token): (ConsentId, &str),
    chosen: &str,
    client: Option<Client>,
) -> Result<Response, Failure> {
    let chosen = chosen.parse::<Why>().ok();
    if let Some(why) = chosen {
        let act = site.act("after leaving", "", client);
        let db = site.signup.db.clone();
        site.write(async move { signup::say_why(&db, withdrawn, why, &act).await }).await?;
    }
    let gone = signup::look_back(&site.signup.db, withdrawn, site.clock.now()).await?;
    standing(site, token, &gone, chosen.map(|_| Words::why_thanks as fn(Words) -> String))
}

fn standing(site: &Site, token: &str, gone: &Gone, thanks: Option<fn(Words) -> String>) -> Result<Response, Failure> {
    let (subscription, fresh) = match gone {
        Gone::Unknown => return absent_page(site, None),
        Gone::Back(subscription) => return back_page(site, subscription),
        Gone::Fresh(subscription) => (subscription, true),
        Gone::Final(subscription) => (subscription, false),
    };
    let door = site.door_of(subscription.newsletter_id);
    let words = site.words_for(door, Some(subscription));
    let mut page = left(site, door, Some(subscription));
    page.status = thanks.map(|say| say(words)).unwrap_or_default();
    page.sections = sections(site, words, token, fresh, thanks.is_none());
    site.page(StatusCode::OK, &page)
}

/// The page behind the button. Only who has just left gets the way back: the button may be pressed by anyone to whom the
/// mail was forwarded, but then it does nothing.
pub(super) async fn left_page(site: &Site, leaving: Leaving) -> Result<Response, Failure> {
    let (subscription, fresh) = match leaving {
        Leaving::Left(subscription) => (subscription, true),
        Leaving::Already(subscription) => (subscription, false),
        Leaving::Unknown => return absent_page(site, None),
    };
    let door = site.door_of(subscription.newsletter_id);
    let mut page = left(site, door, Some(&subscription));
    if fresh {
        let mut tx = site.signup.db.read().await?;
        if let Some(withdrawn) = consents::latest(&mut tx, subscription.id, ConsentKind::Withdrawn).await? {
            drop(tx);
            let gone = signup::look_back(&site.signup.db, withdrawn.id, site.clock.now()).await?;
            let words = site.words_for(door, Some(&subscription));
            let number = withdrawn.id.0.cast_unsigned();
            let token = site.signup.keys.seal_row(Purpose::Gone, number, withdrawn.mark);
            page.sections = sections(site, words, &token, matches!(gone, Gone::Fresh(_)), true);
        }
    }
    site.page(StatusCode::OK, &page)
}

pub(super) fn left(site: &Site, door: Option<&Door>, subscription: Option<&Subscription>) -> ReaderPage {
    let words = site.words_for(door, subscription);
    let mut page = reader::page(site, words, door, words.left_heading(), subscription);
    page.paragraphs = vec![words.left_text(&name(words, door))];
    page.link = door.map(|door| Link {
        url: site.path(&format!("{}/subscribe", door.newsletter.slug)),
        label: words.subscribe_again(),
    });
    page
}

fn sections(site: &Site, words: Words, token: &str, fresh: bool, asks: bool) -> Vec<Section> {
    let action = site.path(&format!("g/{token}"));
    let mut sections = Vec::new();
    if fresh {
        sections.push(Section {
            id: "back",
            text: words.back_offer(),
            action: action.clone(),
            buttons: vec![reader::quiet(BACK, words.back_button())],
            ..Section::default()
        });
    }
    if asks {
        let choices =
            Why::ALL.iter().map(|why| Choice { value: why.as_str(), label: said(words, *why), chosen: false });
        let field = Field {
            kind: "radio",
            name: "why",
            label: words.why_heading(),
            hint: words.why_hint(),
            choices: choices.collect(),
            ..Field::default()
        };
        let form = Form { fields: vec![field], button: reader::quiet(WHY, words.why_button()) };
        sections.push(Section { id: "after", action, forms: vec![form], ..Section::default() });
    }
    sections
}

fn said(words: Words, why: Why) -> String {
    match why {
        Why::TooOften => words.why_too_often(),
        Why::TooLong => words.why_too_long(),
        Why::NotExpected => words.why_not_expected(),
        Why::NeverSignedUp => words.why_never_signed_up(),
        Why::Other => words.why_other(),
    }
}

fn back_page(site: &Site, subscription: &Subscription) -> Result<Response, Failure> {
    let door = site.door_of(subscription.newsletter_id);
    let words = site.words_for(door, Some(subscription));
    let mut page = reader::page(site, words, door, words.back_heading(), Some(subscription));
    page.paragraphs = vec![words.back_text(&name(words, door))];
    site.page(StatusCode::OK, &page)
}

/// For who has left, and for who is gone altogether: one page. Of who has left something is stored, and the way to it is a
/// fresh mail.
pub(super) fn absent_page(site: &Site, subscription: Option<&Subscription>) -> Result<Response, Failure> {
    let its = subscription.and_then(|subscription| site.door_of(subscription.newsletter_id));
    let door = its.or_else(|| site.only_door());
    let words = site.words_for(door, subscription);
    let mut page = reader::page(site, words, door, words.absent_heading(), None);
    page.paragraphs = vec![words.absent_text()];
    page.link = Some(match its {
        Some(door) => reader::stored_link(site, words, door),
        None => Link { url: site.path(""), label: words.subscribe_again() },
    });
    site.page(StatusCode::OK, &page)
}

/// For who has left and holds a link to their preferences: since when, what is stored until when, and the way back.
pub(super) fn departed(site: &Site, door: Option<&Door>, subscription: &Subscription) -> ReaderPage {
    let words = site.words_for(door, Some(subscription));
    let name = name(words, door);
    let mut page = reader::page(site, words, door, words.absent_heading(), Some(subscription));
    if let Some(left_at) = subscription.left_at {
        let date = words.date(reader::today(left_at, door));
        let is_theirs = subscription.ended_by.is_none_or(EndedBy::is_the_readers);
        page.paragraphs.push(match subscription.left_from {
            // Who said "not me" has left nothing.
            Some(SubscriptionState::Pending) => words.absent_text(),
            _ if is_theirs => words.left_on(&name, &date),
            _ => words.ended_on(&name, &date),
        });
        let days = site.retention.days(Expiry::Unsubscribed);
        if days > 0 {
            let until = words.date(reader::today(left_at.plus(DAY * days), door));
            page.paragraphs.push(words.left_kept(&until));
        }
    }
    page.link = door.map(|door| Link {
        url: site.path(&format!("{}/subscribe", door.newsletter.slug)),
        label: words.subscribe_again(),
    });
    page
}
