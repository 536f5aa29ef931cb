//! `/p/{token}`: what a reader gets, and how to change it. What would give a reader away (their address, their data, the
//! end of everything) only begins here, and goes on in a mail.

use std::sync::Arc;

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
use super::choices;
use super::gone::{absent_page, departed, left_page};
use super::reader::{self, FOUR_WEEKS, THREE_MONTHS, UNTIL, name, paused_until};
use super::signup::{address_error, asked_page, bare, name_error};
use super::token::{Opened, Token, open};
use super::unsubscribe::{LEAVE, leave};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::address::EmailAddress;
use crate::domain::name::parse_name;
use crate::domain::subscriber::SubscriptionState;
use crate::signup::{self, Ask, Asked, Client, Door, Rest};
use crate::store::subscriptions::{self, Subscription};
use crate::templates::pages::{ReaderPage, Section};
use crate::token::Purpose;
use crate::words::{Language, Words};

const RESUME: &str = "resume";
pub(super) const RENAME: &str = "rename";
pub(super) const CHOOSE: &str = "choose";
pub(super) const MOVE: &str = "move";
const DATA: &str = "data";
/// An action that begins so names a newsletter behind it.
const ADD: &str = "add";

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/p/{token}", get(show).post(act)).route("/p/{token}/", get(show).post(act))
}

/// What an act did.
enum Done {
    Nothing,
    Said(fn(Words) -> String),
    /// The newsletter calls the reader otherwise from now on.
    Named,
    /// The address was changed not long ago, and stays until then.
    Settling(Timestamp),
    /// What was typed into a field is wrong.
    Wrong {
        field: &'static str,
        error: String,
        typed: String,
    },
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, Failure> {
    match open(&site, Purpose::Preferences, &token).await? {
        Opened::Row(number) => current_page(&site, SubscriptionId(number), Done::Nothing).await,
        Opened::Absent => absent_page(&site, None),
        Opened::Test => test_page(&site),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    From(client): From,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = match open(&site, Purpose::Preferences, &token).await? {
        Opened::Row(number) => SubscriptionId(number),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return test_page(&site),
    };
    let action = fields.get("action");
    fields.only(fields_of(action))?;
    let done = match action {
        LEAVE => {
            let wording = wording::leave(site.words(None));
            let leaving = leave(&site, id, "preferences", wording, client).await?;
            return left_page(&site, leaving).await;
        }
        FOUR_WEEKS => pause(&site, id, Rest::FourWeeks, client).await?,
        THREE_MONTHS => pause(&site, id, Rest::ThreeMonths, client).await?,
        UNTIL => pause_until(&site, id, fields.get("until"), client).await?,
        RESUME => resume(&site, id, client).await?,
        RENAME => rename(&site, id, fields.get("name"), client).await?,
        CHOOSE => choose(&site, id, &fields, client).await?,
        MOVE => change_address(&site, id, fields.get("email"), client).await?,
        DATA => data(&site, id, client).await?,
        ADD => return add(&site, id, fields.get("newsletter"), client).await,
        _ => Done::Nothing,
    };
    current_page(&site, id, done).await
}

/// What may come with an action. Any other field was put there by somebody who hopes that it is stored.
fn fields_of(action: &str) -> &'static [&'static str] {
    match action {
        UNTIL => &["action", "until"],
        RENAME => &["action", "name"],
        CHOOSE => &["action", "language", "format"],
        MOVE => &["action", "email"],
        ADD => &["action", "newsletter"],
        _ => &["action"],
    }
}

async fn pause(site: &Site, id: SubscriptionId, rest: Rest, client: Option<Client>) -> Result<Done, Failure> {
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let paused = site.write(async move { signup::pause(&db, id, rest, &act).await }).await?;
    Ok(paused.map_or(Done::Nothing, |_| Done::Said(Words::preferences_paused)))
}

async fn pause_until(site: &Site, id: SubscriptionId, typed: &str, client: Option<Client>) -> Result<Done, Failure> {
    let Some(subscription) = get_one(site, id).await? else { return Ok(Done::Nothing) };
    let door = site.door_of(subscription.newsletter_id);
    match reader::rest_until(site, site.words_for(door, Some(&subscription)), door, typed) {
        Ok(rest) => pause(site, id, rest, client).await,
        Err(error) => Ok(Done::Wrong { field: "until", error, typed: String::new() }),
    }
}

async fn resume(site: &Site, id: SubscriptionId, client: Option<Client>) -> Result<Done, Failure> {
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let resumed = site.write(async move { signup::resume(&db, id, &act).await }).await?;
    Ok(resumed.map_or(Done::Nothing, |_| Done::Said(Words::preferences_resumed)))
}

async fn rename(site: &Site, id: SubscriptionId, typed: &str, client: Option<Client>) -> Result<Done, Failure> {
    let Some(subscription) = get_one(site, id).await? else { return Ok(Done::Nothing) };
    let door = site.door_of(subscription.newsletter_id);
    let name = match parse_name(typed) {
        Ok(name) => name,
        Err(error) => {
            let error = name_error(site.words_for(door, Some(&subscription)), error);
            return Ok(Done::Wrong { field: "name", error, typed: typed.to_owned() });
        }
    };
    let done = if name.is_some() { Done::Named } else { Done::Said(Words::rename_removed) };
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let renamed = site.write(async move { signup::rename(&db, id, name.as_deref(), &act).await }).await?;
    Ok(renamed.map_or(Done::Nothing, |_| done))
}

async fn choose(site: &Site, id: SubscriptionId, fields: &Fields, client: Option<Client>) -> Result<Done, Failure> {
    let Some((language, format)) = choices::read(fields) else { return Ok(Done::Nothing) };
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let chosen = site.write(async move { signup::choose(&db, id, language, format, &act).await }).await?;
    Ok(chosen.map_or(Done::Nothing, |_| Done::Said(Words::saved)))
}

async fn change_address(site: &Site, id: SubscriptionId, typed: &str, client: Option<Client>) -> Result<Done, Failure> {
    let Some(subscription) = get_one(site, id).await? else { return Ok(Done::Nothing) };
    let Some(door) = site.doors.iter().find(|door| door.id == subscription.newsletter_id) else {
        return Ok(Done::Nothing);
    };
    let email: EmailAddress = match bare(typed).parse() {
        Ok(email) => email,
        Err(error) => {
            let error = address_error(site.words_for(Some(door), Some(&subscription)), error);
            return Ok(Done::Wrong { field: "email", error, typed: typed.to_owned() });
        }
    };
    let act = site.act("preferences", wording::address(site.words(None)), client);
    let (signup, door) = (site.signup.clone(), Arc::clone(door));
    let asked = site.write(async move { signup::ask_address(&signup, &door, id, &email, &act).await }).await?;
    Ok(match asked {
        Asked::Taken => Done::Said(Words::address_sent),
        Asked::Settling(until) => Done::Settling(until),
        Asked::NoReader => Done::Nothing,
    })
}

async fn data(site: &Site, id: SubscriptionId, client: Option<Client>) -> Result<Done, Failure> {
    let Some(subscription) = get_one(site, id).await? else { return Ok(Done::Nothing) };
    let Some(door) = site.doors.iter().find(|door| door.id == subscription.newsletter_id) else {
        return Ok(Done::Nothing);
    };
    let act = site.act("preferences", "", client);
    let (signup, door) = (site.signup.clone(), Arc::clone(door));
    let moved = site.write(async move { signup::ask_data(&signup, &door, id, &act).await }).await?;
    Ok(Done::Said(if moved { Words::data_sent_before } else { Words::data_sent }))
}

/// Asks for another newsletter in the reader's name: confirmed by a mail like every other, with a record of its own.
async fn add(site: &Arc<Site>, id: SubscriptionId, slug: &str, client: Option<Client>) -> Result<Response, Failure> {
    let Some(subscription) = get_one(site, id).await?.filter(is_reader) else { return absent_page(site, None) };
    let door = site.door(slug)?;
    let language = subscription.language.as_deref().and_then(Language::chosen);
    let ask = Ask { by_mail: true, language, ..Ask::new(subscription.email) };
    let act = site.act("preferences", wording::signup(site.words_in(&door, language)), client);
    let (signup, its_door) = (site.signup.clone(), Arc::clone(&door));
    let answer = site.write(async move { signup::request(&signup, &its_door, &ask, &act).await }).await?;
    asked_page(site, &door, site.words_in(&door, language), &answer)
}

async fn get_one(site: &Site, id: SubscriptionId) -> Result<Option<Subscription>, Failure> {
    Ok(subscriptions::get(&mut site.signup.db.read().await?, id).await?)
}

fn is_reader(subscription: &Subscription) -> bool {
    matches!(subscription.state, SubscriptionState::Active | SubscriptionState::Paused)
}

async fn current_page(site: &Site, id: SubscriptionId, done: Done) -> Result<Response, Failure> {
    let mut tx = site.signup.db.read().await?;
    let Some(subscription) = subscriptions::get(&mut tx, id).await? else { return absent_page(site, None) };
    drop(tx);
    let door = site.door_of(subscription.newsletter_id);
    let words = site.words_for(door, Some(&subscription));
    let mut page = match subscription.state {
        SubscriptionState::Left => {
            let mut page = departed(site, door, &subscription);
            page.sections.push(data_section(words));
            page
        }
        SubscriptionState::Pending => {
            let heading = reader::own_heading(words, door);
            let mut page = reader::page(site, words, door, heading, Some(&subscription));
            page.paragraphs = vec![words.preferences_pending()];
            page.sections.push(data_section(words));
            page
        }
        SubscriptionState::Active | SubscriptionState::Paused => {
            let mut page = page(site, door, Some(&subscription));
            page.sections.extend(others(site, words, &subscription));
            page
        }
    };
    let mut status = StatusCode::OK;
    match done {
        Done::Nothing => {}
        Done::Said(say) => page.status = say(words),
        Done::Named => page.status = words.rename_saved(&name(words, door)),
        Done::Settling(until) => {
            let day = reader::today(until, door);
            page.status = words.address_settling(&words.date(day));
        }
        Done::Wrong { field, error, typed } => {
            keep(&mut page, field, &typed);
            reader::refuse(&mut page, words, field, &error);
            status = StatusCode::UNPROCESSABLE_ENTITY;
        }
    }
    site.page(status, &page)
}

/// The data, and their end: both by a mail that follows.
fn data_section(words: Words) -> Section {
    Section {
        id: "data",
        folded: true,
        heading: words.data_heading(),
        text: words.data_text(),
        buttons: vec![reader::quiet(DATA, words.data_button())],
        ..Section::default()
    }
}

/// What was typed stays in its field.
fn keep(page: &mut ReaderPage, field: &str, typed: &str) {
    let fields = page.sections.iter_mut().flat_map(|section| &mut section.forms).flat_map(|form| &mut form.fields);
    for known in fields.filter(|known| known.name == field) {
        typed.clone_into(&mut known.value);
    }
}

fn test_page(site: &Site) -> Result<Response, Failure> {
    let door = site.only_door();
    let mut page = page(site, door, None);
    page.status = site.words(door).test_link();
    site.page(StatusCode::OK, &page)
}

/// The page of an active or paused subscription; without one it is an active reader's.
fn page(site: &Site, door: Option<&Door>, subscription: Option<&Subscription>) -> ReaderPage {
    let words = site.words_for(door, subscription);
    let mut page = reader::page(site, words, door, reader::own_heading(words, door), subscription);
    let paused = subscription.filter(|subscription| subscription.state == SubscriptionState::Paused);
    page.paragraphs = vec![match paused {
        Some(paused) => paused_until(words, paused.paused_until, door),
        None => words.preferences_active(),
    }];
    if paused.is_some() {
        page.sections.push(Section {
            id: "resume",
            heading: words.resume_heading(),
            text: words.resume_text(),
            buttons: vec![reader::button(RESUME, words.resume_button())],
            ..Section::default()
        });
    }
    page.sections.push(reader::rest_section(site, words, door, paused.is_some()));
    page.sections.push(choices::section(words, subscription));
    page.sections.push(choices::name_section(words, door, subscription));
    page.sections.push(choices::address_section(words, subscription));
    page.sections.push(data_section(words));
    page.sections.push(Section {
        id: "leave",
        heading: words.go_heading(),
        text: words.go_text(),
        buttons: vec![reader::quiet(LEAVE, words.leave_button())],
        ..Section::default()
    });
    page
}

/// The site's other newsletters, whether the person gets them or not: that is for the mail to say which follows.
fn others(site: &Site, words: Words, own: &Subscription) -> Option<Section> {
    let others = site.doors.iter().filter(|door| door.id != own.newsletter_id);
    let add = |door: &Arc<Door>| choices::add_form(words, &door.newsletter.slug, &door.newsletter.name, ADD);
    (site.doors.len() > 1).then(|| Section {
        id: "others",
        folded: true,
        heading: words.others_heading(),
        text: words.others_text(),
        forms: others.map(add).collect(),
        ..Section::default()
    })
}
