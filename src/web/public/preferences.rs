//! `/p/{token}`: what a reader gets, and how to change it: rest, go on, leave, another name.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client::From;
use super::super::failure::Failure;
use super::super::form::Form;
use super::super::site::Site;
use super::super::words::preferences as say;
use super::super::words::{self, wording};
use super::letter::{letter, name};
use super::token::{Opened, open};
use super::unsubscribe::{LEAVE, absent_page, leave, left_page};
use crate::domain::SubscriptionId;
use crate::domain::subscriber::{SubscriptionState, clean_name};
use crate::signup::{self, Client, Door, Rest};
use crate::store::subscriptions::{self, Subscription};
use crate::templates::pages::{Button, PreferencesPage, Section};
use crate::token::Purpose;

const FOUR_WEEKS: &str = "pause-4-weeks";
const THREE_MONTHS: &str = "pause-3-months";
const RESUME: &str = "resume";
const RENAME: &str = "rename";

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/p/{token}", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Path(token): Path<String>) -> Result<Response, Failure> {
    match open(&site, Purpose::Preferences, &token)? {
        Opened::Row(number) => current_page(&site, SubscriptionId(number), "").await,
        Opened::Test => test_page(&site),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    From(client): From,
    fields: Form,
) -> Result<Response, Failure> {
    let Opened::Row(number) = open(&site, Purpose::Preferences, &token)? else { return test_page(&site) };
    let id = SubscriptionId(number);
    let status = match fields.get("action") {
        LEAVE => {
            leave(&site, id, "preferences", wording::LEAVE, client).await?;
            return left_page(&site, id).await;
        }
        FOUR_WEEKS => pause(&site, id, Rest::FourWeeks, client).await?,
        THREE_MONTHS => pause(&site, id, Rest::ThreeMonths, client).await?,
        RESUME => resume(&site, id, client).await?,
        RENAME => rename(&site, id, fields.get("name")).await?,
        _ => "",
    };
    current_page(&site, id, status).await
}

async fn pause(site: &Site, id: SubscriptionId, rest: Rest, client: Option<Client>) -> Result<&'static str, Failure> {
    let act = site.act("preferences", wording::PREFERENCES, client);
    let db = site.signup.db.clone();
    let paused = site.write(async move { signup::pause(&db, id, rest, &act).await }).await?;
    Ok(if paused.is_some() { say::PAUSED } else { "" })
}

async fn resume(site: &Site, id: SubscriptionId, client: Option<Client>) -> Result<&'static str, Failure> {
    let act = site.act("preferences", wording::PREFERENCES, client);
    let db = site.signup.db.clone();
    let resumed = site.write(async move { signup::resume(&db, id, &act).await }).await?;
    Ok(if resumed.is_some() { say::RESUMED } else { "" })
}

async fn rename(site: &Site, id: SubscriptionId, typed: &str) -> Result<&'static str, Failure> {
    let name = clean_name(typed);
    let status = if name.is_some() { say::NAME_SAVED } else { say::NAME_REMOVED };
    let db = site.signup.db.clone();
    site.write(async move { signup::rename(&db, id, name.as_deref()).await }).await?;
    Ok(status)
}

async fn current_page(site: &Site, id: SubscriptionId, status: &str) -> Result<Response, Failure> {
    let subscription = subscriptions::get(&mut site.signup.db.read().await?, id).await?;
    let Some(subscription) = subscription else { return absent_page(site) };
    let door = site.door_of(subscription.newsletter_id);
    match subscription.state {
        SubscriptionState::Left => absent_page(site),
        SubscriptionState::Pending => {
            let mut page = letter(site, door, words::preferences_heading(name(door)), Some(&subscription));
            page.paragraphs = vec![say::PENDING.to_owned()];
            site.page(StatusCode::OK, &page)
        }
        SubscriptionState::Active | SubscriptionState::Paused => {
            site.page(StatusCode::OK, &page(site, door, Some(&subscription), status))
        }
    }
}

fn test_page(site: &Site) -> Result<Response, Failure> {
    site.page(StatusCode::OK, &page(site, site.only_door(), None, words::TEST_LINK))
}

/// The page of an active or paused subscription; without one it is an active reader's.
fn page(site: &Site, door: Option<&Door>, subscription: Option<&Subscription>, status: &str) -> PreferencesPage {
    let heading = words::preferences_heading(name(door));
    let paused = subscription.filter(|subscription| subscription.state == SubscriptionState::Paused);
    let standing = match paused {
        Some(paused) => words::paused_until(paused.paused_until, door.map(|door| &door.newsletter)),
        None => say::ACTIVE.to_owned(),
    };
    let button = |action, label: &str, quiet| Button { action, label: label.to_owned(), quiet };
    let section =
        |heading: &str, text: &str, buttons| Section { heading: heading.to_owned(), text: text.to_owned(), buttons };
    let rests = vec![button(FOUR_WEEKS, say::FOUR_WEEKS, true), button(THREE_MONTHS, say::THREE_MONTHS, true)];
    let mut sections = Vec::new();
    if paused.is_some() {
        sections.push(section(say::RESUME_HEADING, say::RESUME_TEXT, vec![button(RESUME, say::RESUME, false)]));
        sections.push(section(say::LONGER_HEADING, say::LONGER, rests));
    } else {
        sections.push(section(say::PAUSE_HEADING, say::PAUSE, rests));
    }
    sections.push(section(say::LEAVE_HEADING, say::LEAVE, vec![button(LEAVE, words::leave::BUTTON, true)]));
    PreferencesPage {
        frame: site.frame(door, &heading, true),
        status: status.to_owned(),
        heading,
        address: subscription.map(|subscription| subscription.email.masked()).unwrap_or_default(),
        standing,
        sections,
        name_heading: say::NAME_HEADING.to_owned(),
        name_label: say::NAME.to_owned(),
        name_hint: words::name_hint(subscription.and_then(|subscription| subscription.name.as_deref())),
        name_button: say::NAME_BUTTON.to_owned(),
    }
}
