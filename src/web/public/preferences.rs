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
use super::super::wording;
use super::letter::{letter, name, paused_until};
use super::token::{Opened, open};
use super::unsubscribe::{LEAVE, absent_page, leave, left_page};
use crate::domain::SubscriptionId;
use crate::domain::subscriber::{SubscriptionState, clean_name};
use crate::signup::{self, Client, Door, Rest};
use crate::store::subscriptions::{self, Subscription};
use crate::templates::pages::{Button, PreferencesPage, Section};
use crate::token::Purpose;
use crate::words::Words;

const FOUR_WEEKS: &str = "pause-4-weeks";
const THREE_MONTHS: &str = "pause-3-months";
const RESUME: &str = "resume";
const RENAME: &str = "rename";

/// A message without values: the answer to an act, said in the language of the page.
type Said = fn(Words) -> String;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/p/{token}", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Path(token): Path<String>) -> Result<Response, Failure> {
    match open(&site, Purpose::Preferences, &token)? {
        Opened::Row(number) => current_page(&site, SubscriptionId(number), None).await,
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
    let status: Option<Said> = match fields.get("action") {
        LEAVE => {
            leave(&site, id, "preferences", wording::leave(site.words(None)), client).await?;
            return left_page(&site, id).await;
        }
        FOUR_WEEKS => pause(&site, id, Rest::FourWeeks, client).await?,
        THREE_MONTHS => pause(&site, id, Rest::ThreeMonths, client).await?,
        RESUME => resume(&site, id, client).await?,
        RENAME => rename(&site, id, fields.get("name")).await?,
        _ => None,
    };
    current_page(&site, id, status).await
}

async fn pause(site: &Site, id: SubscriptionId, rest: Rest, client: Option<Client>) -> Result<Option<Said>, Failure> {
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let paused = site.write(async move { signup::pause(&db, id, rest, &act).await }).await?;
    Ok(paused.map(|_| Words::preferences_paused as Said))
}

async fn resume(site: &Site, id: SubscriptionId, client: Option<Client>) -> Result<Option<Said>, Failure> {
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let resumed = site.write(async move { signup::resume(&db, id, &act).await }).await?;
    Ok(resumed.map(|_| Words::preferences_resumed as Said))
}

async fn rename(site: &Site, id: SubscriptionId, typed: &str) -> Result<Option<Said>, Failure> {
    let name = clean_name(typed);
    let status = if name.is_some() { Words::rename_saved } else { Words::rename_removed };
    let db = site.signup.db.clone();
    site.write(async move { signup::rename(&db, id, name.as_deref()).await }).await?;
    Ok(Some(status))
}

async fn current_page(site: &Site, id: SubscriptionId, status: Option<Said>) -> Result<Response, Failure> {
    let subscription = subscriptions::get(&mut site.signup.db.read().await?, id).await?;
    let Some(subscription) = subscription else { return absent_page(site) };
    let door = site.door_of(subscription.newsletter_id);
    match subscription.state {
        SubscriptionState::Left => absent_page(site),
        SubscriptionState::Pending => {
            let words = site.words_for(door, Some(&subscription));
            let mut page =
                letter(site, words, door, words.preferences_heading(&name(words, door)), Some(&subscription));
            page.paragraphs = vec![words.preferences_pending()];
            site.page(StatusCode::OK, &page)
        }
        SubscriptionState::Active | SubscriptionState::Paused => {
            site.page(StatusCode::OK, &page(site, door, Some(&subscription), status))
        }
    }
}

fn test_page(site: &Site) -> Result<Response, Failure> {
    site.page(StatusCode::OK, &page(site, site.only_door(), None, Some(Words::test_link)))
}

/// The page of an active or paused subscription; without one it is an active reader's.
fn page(
    site: &Site,
    door: Option<&Door>,
    subscription: Option<&Subscription>,
    status: Option<Said>,
) -> PreferencesPage {
    let words = site.words_for(door, subscription);
    let heading = words.preferences_heading(&name(words, door));
    let paused = subscription.filter(|subscription| subscription.state == SubscriptionState::Paused);
    let standing = match paused {
        Some(paused) => paused_until(words, paused.paused_until, door),
        None => words.preferences_active(),
    };
    let button = |action, label, quiet| Button { action, label, quiet };
    let section = |heading, text, buttons| Section { heading, text, buttons };
    let rests = vec![
        button(FOUR_WEEKS, words.pause_four_weeks(), true),
        button(THREE_MONTHS, words.pause_three_months(), true),
    ];
    let mut sections = Vec::new();
    if paused.is_some() {
        sections.push(section(
            words.resume_heading(),
            words.resume_text(),
            vec![button(RESUME, words.resume_button(), false)],
        ));
        sections.push(section(words.pause_longer_heading(), words.pause_longer_text(), rests));
    } else {
        sections.push(section(words.pause_heading(), words.pause_text(), rests));
    }
    sections.push(section(words.go_heading(), words.go_text(), vec![button(LEAVE, words.leave_button(), true)]));
    PreferencesPage {
        frame: site.frame(words, door, &heading, true),
        status: status.map(|say| say(words)).unwrap_or_default(),
        heading,
        address: subscription.map(|subscription| subscription.email.masked()).unwrap_or_default(),
        standing,
        sections,
        name_heading: words.rename_heading(),
        name_label: words.rename_label(),
        name_hint: name_hint(words, subscription.and_then(|subscription| subscription.name.as_deref())),
        name_button: words.rename_button(),
    }
}

/// The name is not shown in full: a mail is forwarded, and its links with it.
fn name_hint(words: Words, name: Option<&str>) -> String {
    match name.and_then(|name| name.chars().next()) {
        Some(first) => words.rename_hint(&first.to_string()),
        None => words.rename_hint_none(),
    }
}
