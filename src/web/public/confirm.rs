//! `/c/{token}`: a page with a button; the button confirms.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::client_ip::ClientIp;
use super::super::form::Form;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::super::wording;
use super::gone::absent_page;
use super::reader::ReaderContext;
use super::signup::asked_page;
use super::token::{Opened, Token, open, routes};
use crate::domain::slot::offered;
use crate::domain::{ConsentId, RevisionId};
use crate::signup::{self, Ask, CONFIRM_FOR, ClientNetwork, Confirmation};
use crate::store::subscriptions::Subscription;
use crate::store::{consents, issues, pages, skips};
use crate::templates::pages::{AlreadyPage, ConfirmPage, ConfirmedPage, LatestIssue, NextIssue, StaleLink, StalePage};
use crate::token::Purpose;
use crate::words::Language;

/// Sends another link to who comes too late.
const AGAIN: &str = "again";

pub(super) fn router() -> Router<Arc<Site>> {
    routes(Purpose::Confirm, get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    let asked = match open(&site, Purpose::Confirm, &token).await? {
        Opened::Row(number) => ConsentId(number),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return test_page(&site, true),
    };
    let standing = signup::look(&site.signup.db, asked, site.clock.now()).await?;
    match standing {
        Confirmation::Fresh(subscription) => ask_page(&ReaderContext::of(&site, &subscription).await?),
        other => outcome(&site, other).await,
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    fields: Form,
) -> Result<Response, HandlerError> {
    let asked = match open(&site, Purpose::Confirm, &token).await? {
        Opened::Row(number) => ConsentId(number),
        Opened::Absent => return absent_page(&site, None),
        Opened::Test => return test_page(&site, false),
    };
    if fields.get("action") == AGAIN {
        return again(&site, asked, client).await;
    }
    let act = site.act("link", wording::confirm(site.words(None)), client);
    let signup = site.signup.clone();
    let welcome = greeting(&site, asked).await?;
    let confirmation =
        site.write(async move { signup::confirm(&signup.db, &signup.keys, asked, welcome, &act).await }).await?;
    match confirmation {
        Confirmation::Fresh(subscription) => welcome_page(&site, &subscription).await,
        other => outcome(&site, other).await,
    }
}

/// The welcome mail for who is about to confirm, where there is one.
async fn greeting(site: &Site, asked: ConsentId) -> Result<Option<RevisionId>, HandlerError> {
    let standing = signup::look(&site.signup.db, asked, site.clock.now()).await?;
    let Confirmation::Fresh(subscription) = standing else { return Ok(None) };
    let Some(list) = site.list_of(subscription.newsletter_id) else { return Ok(None) };
    let url = site.public_url.as_str();
    Ok(signup::welcome(&site.signup.db, list, &site.templates, url, site.clock.now()).await?)
}

/// Asks once more. The link was mailed to this mailbox, so its owner asks; what was typed with the old question need not be
/// theirs, but for the spelling that the mail went to.
async fn again(site: &Arc<Site>, asked: ConsentId, client: Option<ClientNetwork>) -> Result<Response, HandlerError> {
    let standing = signup::look(&site.signup.db, asked, site.clock.now()).await?;
    let Confirmation::Stale(subscription) = standing else { return outcome(site, standing).await };
    let list = site.lists.iter().find(|list| list.id == subscription.newsletter_id).ok_or(HandlerError::NoSuchLink)?;
    let words = site.words_for(Some(list), Some(&subscription));
    let language = subscription.language.as_deref().and_then(Language::chosen);
    let question = consents::get(&mut site.signup.db.read().await?, asked).await?;
    let email = question.and_then(|question| question.spelling).unwrap_or(subscription.email);
    let ask = Ask { by_mail: true, language, ..Ask::new(email) };
    let act = site.act("old link", wording::signup(words), client);
    let (signup, its_list) = (site.signup.clone(), Arc::clone(list));
    let answer = site.write(async move { signup::request(&signup, &its_list, &ask, &act).await }).await?;
    asked_page(site, list, words, &answer)
}

async fn outcome(site: &Site, confirmation: Confirmation) -> Result<Response, HandlerError> {
    match confirmation {
        Confirmation::Fresh(subscription) => ask_page(&ReaderContext::of(site, &subscription).await?),
        Confirmation::Already(subscription) => {
            let whose = ReaderContext::of(site, &subscription).await?;
            whose.page(StatusCode::OK, &AlreadyPage(whose.reader.clone()))
        }
        Confirmation::Stale(subscription) => {
            let whose = ReaderContext::of(site, &subscription).await?;
            let days = i64::try_from(CONFIRM_FOR.as_secs() / 86_400).unwrap_or(i64::MAX);
            whose.page(StatusCode::OK, &StalePage { reader: whose.reader.clone(), link: StaleLink::Confirm, days })
        }
        Confirmation::Unknown => Err(HandlerError::NoSuchLink),
    }
}

fn ask_page(whose: &ReaderContext<'_>) -> Result<Response, HandlerError> {
    whose.page(StatusCode::OK, &ConfirmPage(whose.reader.clone()))
}

async fn welcome_page(site: &Site, subscription: &Subscription) -> Result<Response, HandlerError> {
    let whose = ReaderContext::of(site, subscription).await?;
    let mut page = welcome(&whose);
    if let Some(list) = whose.list {
        let now = site.clock.now();
        let mut tx = site.signup.db.read().await?;
        let queued = issues::taken_times(&mut tx, list.id).await?.into_iter().find(|due| *due > now);
        let skipped: Vec<_> = skips::of(&mut tx, list.id, now).await?.into_iter().map(|skip| skip.slot_at).collect();
        let latest = pages::latest(&mut tx, list.id, 1, 0).await?.into_iter().next();
        drop(tx);
        let newsletter = &list.newsletter;
        let slot = || offered(&newsletter.slots, &newsletter.time_zone, &skipped, now).next();
        page.next = queued.or_else(slot).map(|next| {
            let day = next.to_jiff().to_zoned(newsletter.time_zone.clone()).date();
            let weekday = day.weekday().to_monday_one_offset();
            NextIssue { weekday: i64::from(weekday), day: i64::from(day.day()), month: i64::from(day.month()) }
        });
        page.latest = latest.map(|latest| LatestIssue {
            url: newsletter.issue_url(site.public_url.as_str(), &latest.slug),
            title: latest.title,
        });
    }
    whose.page(StatusCode::OK, &page)
}

fn welcome(whose: &ReaderContext<'_>) -> ConfirmedPage {
    let sender = whose.list.map(|list| list.newsletter.from.address.to_string());
    ConfirmedPage { reader: whose.reader.clone(), next: None, sender: sender.unwrap_or_default(), latest: None }
}

fn test_page(site: &Site, asks: bool) -> Result<Response, HandlerError> {
    let whose = ReaderContext::test(site);
    if asks { ask_page(&whose) } else { whose.page(StatusCode::OK, &welcome(&whose)) }
}
