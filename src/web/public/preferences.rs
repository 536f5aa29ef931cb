//! `/p/{token}`: what a reader gets, and how to change it. What would give a reader away (their address, their data, the
//! end of everything) only begins here, and goes on in a mail.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client_ip::ClientIp;
use super::super::form::Form as Fields;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::super::wording;
use super::choices;
use super::gone::{absent_page, departed, left_page};
use super::reader::{self, FOUR_WEEKS, ReaderContext, THREE_MONTHS, UNTIL};
use super::signup::{address_error, asked_page, bare, name_error};
use super::token::{Opened, Token, open, routes};
use super::unsubscribe::{LEAVE, leave};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::address::EmailAddress;
use crate::domain::name::parse_name;
use crate::domain::subscriber::SubscriptionState;
use crate::signup::{self, AddressChange, Ask, ClientNetwork, Rest, SignupList};
use crate::store::subscriptions::Subscription;
use crate::templates::pages::{Done, FormError, Other, PendingPage, PreferencesPage};
use crate::token::Purpose;
use crate::words::Language;

const RESUME: &str = "resume";
const RENAME: &str = "rename";
const CHOOSE: &str = "choose";
const MOVE: &str = "move";
const DATA: &str = "data";
/// An action that begins so names a newsletter behind it.
const ADD: &str = "add";

pub(super) fn router() -> Router<Arc<Site>> {
    routes(Purpose::Preferences, get(show).post(act))
}

enum Did {
    Nothing,
    /// As the page calls it.
    It(&'static str),
    /// The address was changed not long ago, and stays until then.
    Settling(Timestamp),
    /// What was typed into a field is wrong.
    Wrong(FormError),
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    match open(&site, Purpose::Preferences, &token).await? {
        Opened::Row(number) => current_page(&site, SubscriptionId(number), Did::Nothing).await,
        Opened::Absent => absent_page(&site, None),
        Opened::Test => test_page(&site),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    fields: Fields,
) -> Result<Response, HandlerError> {
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
        _ => Did::Nothing,
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

async fn pause(
    site: &Site,
    id: SubscriptionId,
    rest: Rest,
    client: Option<ClientNetwork>,
) -> Result<Did, HandlerError> {
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let paused = site.write(async move { signup::pause(&db, id, rest, &act).await }).await?;
    Ok(paused.map_or(Did::Nothing, |_| Did::It("paused")))
}

async fn pause_until(
    site: &Site,
    id: SubscriptionId,
    typed: &str,
    client: Option<ClientNetwork>,
) -> Result<Did, HandlerError> {
    let Some(subscription) = reader::current(site, id).await? else { return Ok(Did::Nothing) };
    let list = site.list_of(subscription.newsletter_id);
    match reader::rest_until(site, list, typed) {
        Some(rest) => pause(site, id, rest, client).await,
        None => Ok(Did::Wrong(FormError { wrong: "until", ..FormError::default() })),
    }
}

async fn resume(site: &Site, id: SubscriptionId, client: Option<ClientNetwork>) -> Result<Did, HandlerError> {
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let resumed = site.write(async move { signup::resume(&db, id, &act).await }).await?;
    Ok(resumed.map_or(Did::Nothing, |_| Did::It("resumed")))
}

async fn rename(
    site: &Site,
    id: SubscriptionId,
    typed: &str,
    client: Option<ClientNetwork>,
) -> Result<Did, HandlerError> {
    let Some(subscription) = reader::current(site, id).await? else { return Ok(Did::Nothing) };
    let list = site.list_of(subscription.newsletter_id);
    let name = match parse_name(typed) {
        Ok(name) => name,
        Err(error) => {
            let error = name_error(site.words_for(list, Some(&subscription)), error);
            return Ok(Did::Wrong(FormError { wrong: "name", error, typed: typed.to_owned() }));
        }
    };
    let done = if name.is_some() { "named" } else { "unnamed" };
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let renamed = site.write(async move { signup::rename(&db, id, name.as_deref(), &act).await }).await?;
    Ok(renamed.map_or(Did::Nothing, |_| Did::It(done)))
}

async fn choose(
    site: &Site,
    id: SubscriptionId,
    fields: &Fields,
    client: Option<ClientNetwork>,
) -> Result<Did, HandlerError> {
    let Some((language, format)) = choices::read(fields) else { return Ok(Did::Nothing) };
    let act = site.act("preferences", wording::preferences(site.words(None)), client);
    let db = site.signup.db.clone();
    let chosen = site.write(async move { signup::choose(&db, id, language, format, &act).await }).await?;
    Ok(chosen.map_or(Did::Nothing, |_| Did::It("chosen")))
}

async fn change_address(
    site: &Site,
    id: SubscriptionId,
    typed: &str,
    client: Option<ClientNetwork>,
) -> Result<Did, HandlerError> {
    let Some(subscription) = reader::current(site, id).await? else { return Ok(Did::Nothing) };
    let Some(list) = site.lists.iter().find(|list| list.id == subscription.newsletter_id) else {
        return Ok(Did::Nothing);
    };
    let email: EmailAddress = match bare(typed).parse() {
        Ok(email) => email,
        Err(error) => {
            let error = address_error(site.words_for(Some(list), Some(&subscription)), error);
            return Ok(Did::Wrong(FormError { wrong: "email", error, typed: typed.to_owned() }));
        }
    };
    let act = site.act("preferences", wording::address(site.words(None)), client);
    let (signup, list) = (site.signup.clone(), Arc::clone(list));
    let asked = site.write(async move { signup::ask_address(&signup, &list, id, &email, &act).await }).await?;
    Ok(match asked {
        AddressChange::Taken => Did::It("address-asked"),
        AddressChange::Settling(until) => Did::Settling(until),
        AddressChange::NoReader => Did::Nothing,
    })
}

async fn data(site: &Site, id: SubscriptionId, client: Option<ClientNetwork>) -> Result<Did, HandlerError> {
    let Some(subscription) = reader::current(site, id).await? else { return Ok(Did::Nothing) };
    let Some(list) = site.lists.iter().find(|list| list.id == subscription.newsletter_id) else {
        return Ok(Did::Nothing);
    };
    let act = site.act("preferences", "", client);
    let (signup, list) = (site.signup.clone(), Arc::clone(list));
    let moved = site.write(async move { signup::ask_data(&signup, &list, id, &act).await }).await?;
    Ok(Did::It(if moved { "data-asked-before" } else { "data-asked" }))
}

/// Asks for another newsletter in the reader's name: confirmed by a mail like every other, with a record of its own.
async fn add(
    site: &Arc<Site>,
    id: SubscriptionId,
    slug: &str,
    client: Option<ClientNetwork>,
) -> Result<Response, HandlerError> {
    let Some(subscription) = reader::current(site, id).await?.filter(|known| known.state.is_reader()) else {
        return absent_page(site, None);
    };
    let list = site.list(slug)?;
    let language = subscription.language.as_deref().and_then(Language::chosen);
    let ask = Ask { by_mail: true, language, ..Ask::new(subscription.email) };
    let act = site.act("preferences", wording::signup(site.words_in(&list, language)), client);
    let (signup, its_list) = (site.signup.clone(), Arc::clone(&list));
    let answer = site.write(async move { signup::request(&signup, &its_list, &ask, &act).await }).await?;
    asked_page(site, &list, site.words_in(&list, language), &answer)
}

async fn current_page(site: &Site, id: SubscriptionId, did: Did) -> Result<Response, HandlerError> {
    let Some(subscription) = reader::current(site, id).await? else { return absent_page(site, None) };
    let whose = ReaderContext::of(site, &subscription).await?;
    let mut wrong = FormError::default();
    let done = match did {
        Did::Nothing => Done::default(),
        Did::It(done) => Done { done, ..Done::default() },
        Did::Settling(until) => Done { done: "address-settling", settling_until: whose.written(until) },
        Did::Wrong(typed) => {
            wrong = typed;
            Done::default()
        }
    };
    let status = if wrong.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match subscription.state {
        SubscriptionState::Unsubscribed => whose.page(status, &departed(site, &whose, &subscription, done)),
        SubscriptionState::Pending => whose.page(status, &PendingPage { reader: whose.reader.clone(), done }),
        SubscriptionState::Active | SubscriptionState::Paused => {
            let others = others(site, &subscription);
            whose.page(status, &PreferencesPage { done, wrong, others, ..page(&whose, Some(&subscription)) })
        }
    }
}

fn test_page(site: &Site) -> Result<Response, HandlerError> {
    let whose = ReaderContext::test(site);
    whose.page(StatusCode::OK, &page(&whose, None))
}

/// The page of an active or paused subscription; without one it is an active reader's.
fn page(whose: &ReaderContext<'_>, subscription: Option<&Subscription>) -> PreferencesPage {
    PreferencesPage {
        reader: whose.reader.clone(),
        done: Done::default(),
        wrong: FormError::default(),
        subscribed: choices::of(whose, subscription),
        pause: whose.pause_days(),
        others: Vec::new(),
    }
}

/// The site's other newsletters, whether the person gets them or not: that is for the mail to say which follows.
fn others(site: &Site, own: &Subscription) -> Vec<Other> {
    let others = site.lists.iter().filter(|list| list.id != own.newsletter_id && site.lists.len() > 1);
    let other =
        |list: &Arc<SignupList>| Other { slug: list.newsletter.slug.clone(), name: list.newsletter.name.clone() };
    others.map(other).collect()
}
