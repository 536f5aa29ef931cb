//! `/admin/welcome/{token}`: a one-time link. Looking at it changes nothing; its button saves a password and signs in.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::client_ip::ClientIp;
use super::super::form::Form;
use super::super::gate::keep;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::enter::browser;
use super::top::{fault, frame, to, words};
use crate::accounts::{self, Accepted, WelcomeLink};
use crate::domain::EntryId;
use crate::domain::account::LinkKind;
use crate::domain::sign_in::parse_password;
use crate::store::accounts::Account;
use crate::templates::desk::DeskWelcome;

pub(super) async fn show(State(site): State<Arc<Site>>, Path(token): Path<String>) -> Result<Response, HandlerError> {
    match open(&site, &token).await? {
        Some((_, _, page)) => site.page(StatusCode::OK, &frame(&site, None), &page),
        None => closed(&site),
    }
}

pub(super) async fn act(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    ClientIp(client): ClientIp,
    headers: HeaderMap,
    fields: Form,
) -> Result<Response, HandlerError> {
    let Some((entry, account, page)) = open(&site, &token).await? else { return closed(&site) };
    let obvious: Vec<&str> = [account.email.as_str(), account.name.as_str()].into_iter().chain(names(&site)).collect();
    let password = match parse_password(fields.get("password"), &obvious) {
        Ok(password) => password,
        Err(error) => {
            let page = DeskWelcome { error: fault(error), ..page };
            return site.page(StatusCode::UNPROCESSABLE_ENTITY, &frame(&site, None), &page);
        }
    };
    let (shared, browser, now) = (Arc::clone(&site), browser(client.as_ref(), &headers), site.clock.now());
    let accepted = site.write(async move {
        let (db, keys, keeper) = (&shared.signup.db, &shared.signup.keys, &shared.keeper);
        accounts::accept(db, keys, keeper, (entry, &account), password, &browser, now).await
    });
    match accepted.await? {
        Accepted::In(inside) => Ok(keep(&site, to(&site, "admin"), &inside)),
        Accepted::Closed => closed(&site),
    }
}

/// The names of all newsletters: the first passwords that anybody would try.
pub(super) fn names(site: &Site) -> impl Iterator<Item = &str> {
    site.lists.iter().map(|list| list.newsletter.name.as_str())
}

/// What a link opens, with its page; none when it works no more.
async fn open(site: &Site, token: &str) -> Result<Option<(EntryId, Account, DeskWelcome)>, HandlerError> {
    let looked = accounts::look_welcome(&site.signup.db, &site.signup.keys, token, site.clock.now()).await?;
    let (entry, kind, account, memberships) = match looked {
        WelcomeLink::Open { entry, kind, account, memberships } => (entry, kind, account, memberships),
        WelcomeLink::Closed => return Ok(None),
        WelcomeLink::Unknown => return Err(HandlerError::NotFound),
    };
    let newsletters = memberships.iter().filter_map(|one| site.list_of(one.newsletter_id));
    let newsletters = newsletters.map(|list| list.newsletter.name.as_str());
    let page = DeskWelcome {
        closed: false,
        recovery: kind == LinkKind::Recovery,
        name: account.name.clone(),
        address: account.email.to_string(),
        newsletters: words().list(newsletters),
        error: "",
        enter_url: site.path("admin/enter"),
    };
    Ok(Some((entry, account, page)))
}

fn closed(site: &Site) -> Result<Response, HandlerError> {
    let page = DeskWelcome {
        closed: true,
        recovery: false,
        name: String::new(),
        address: String::new(),
        newsletters: String::new(),
        error: "",
        enter_url: site.path("admin/enter"),
    };
    site.page(StatusCode::GONE, &frame(site, None), &page)
}
