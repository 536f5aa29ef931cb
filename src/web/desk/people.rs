//! `/admin/n/{newsletter}/people`: who has which part in a newsletter, and links for those who come or cannot get in.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::form::Form;
use super::super::gate::DeskSeat;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::top::{Here, frame, to, top};
use crate::accounts::{self, AccountError, Invitation, NewAccount};
use crate::domain::AccountId;
use crate::domain::account::MemberRole;
use crate::domain::address::EmailAddress;
use crate::domain::moment::moment;
use crate::store::{accounts as rows, members};
use crate::templates::desk::{DeskLinkMade, DeskPeople, DeskPerson};

/// What a page says beside the list.
#[derive(Default)]
struct Said {
    done: &'static str,
    error: &'static str,
    typed: String,
    made: Option<(String, Invitation)>,
}

pub(super) async fn show(
    State(site): State<Arc<Site>>,
    seat: DeskSeat,
    RawQuery(query): RawQuery,
) -> Result<Response, HandlerError> {
    let done = match query.as_deref() {
        Some("done=role") => "role",
        Some("done=removed") => "removed",
        _ => "",
    };
    page(&site, &seat, StatusCode::OK, Said { done, ..Said::default() }).await
}

/// Adds somebody new, with a link; who has an account already gets the role.
pub(super) async fn invite(
    State(site): State<Arc<Site>>,
    seat: DeskSeat,
    fields: Form,
) -> Result<Response, HandlerError> {
    let typed = fields.get("email").to_owned();
    let Ok(email) = typed.parse::<EmailAddress>() else {
        let said = Said { error: "address", typed, ..Said::default() };
        return page(&site, &seat, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    };
    let Ok(role) = fields.get("role").parse::<MemberRole>() else { return Err(unreadable()) };
    let (shared, actor, list, now) = (Arc::clone(&site), seat.who().actor(), seat.list()?.id, site.clock.now());
    let address = email.to_string();
    let invited = site.tasks.spawn(async move {
        let (db, keys) = (&shared.signup.db, &shared.signup.keys);
        let known = rows::find(&mut db.read().await?, &email).await?;
        if let Some(known) = known {
            let has_role = members::role_of(&mut db.read().await?, known.id, list).await?.is_some();
            if has_role {
                return Err(AccountError::Known);
            }
            accounts::set_role(db, known.id, list, Some(role), actor.at(now)).await?;
            return Ok(None);
        }
        let new = NewAccount { email, name: String::new(), operator: false, roles: vec![(list, role)] };
        accounts::add(db, keys, &new, actor.at(now)).await.map(Some)
    });
    match invited.await.map_err(|_| HandlerError::Broken)? {
        Ok(Some(link)) => {
            let said = Said { made: Some((address, link)), ..Said::default() };
            page(&site, &seat, StatusCode::OK, said).await
        }
        Ok(None) => back(&site, &seat, "role"),
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(error) => {
            let said = Said { error: named(&error), typed, ..Said::default() };
            page(&site, &seat, StatusCode::UNPROCESSABLE_ENTITY, said).await
        }
    }
}

pub(super) async fn change_role(
    State(site): State<Arc<Site>>,
    seat: DeskSeat,
    Path((_, id)): Path<(String, i64)>,
    fields: Form,
) -> Result<Response, HandlerError> {
    let role = match fields.get("role") {
        "none" => None,
        text => Some(text.parse::<MemberRole>().map_err(|_| unreadable())?),
    };
    let account = member(&site, &seat, id).await?;
    let (db, actor, list, now) = (site.signup.db.clone(), seat.who().actor(), seat.list()?.id, site.clock.now());
    let changed =
        site.tasks.spawn(async move { accounts::set_role(&db, account, list, role, actor.at(now)).await }).await;
    match changed.map_err(|_| HandlerError::Broken)? {
        Ok(_) => back(&site, &seat, if role.is_some() { "role" } else { "removed" }),
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(error) => {
            let said = Said { error: named(&error), ..Said::default() };
            page(&site, &seat, StatusCode::CONFLICT, said).await
        }
    }
}

/// Makes a link for somebody of this newsletter. One whose other parts reach further than who asks gets none here: with it
/// one could become them.
pub(super) async fn make_link(
    State(site): State<Arc<Site>>,
    seat: DeskSeat,
    Path((_, id)): Path<(String, i64)>,
) -> Result<Response, HandlerError> {
    let account = member(&site, &seat, id).await?;
    let mut tx = site.signup.db.read().await?;
    let found = rows::get(&mut tx, account).await?.ok_or(HandlerError::NotFound)?;
    let others = members::of_account(&mut tx, account).await?;
    drop(tx);
    let who = seat.who();
    let reaches_further = !who.account.operator
        && (found.operator || others.iter().any(|one| who.standing(Some(one.newsletter_id)).role < Some(one.role)));
    if reaches_further {
        return Err(HandlerError::NotFound);
    }
    let (shared, actor, now) = (Arc::clone(&site), who.actor(), site.clock.now());
    let made = site.tasks.spawn(async move {
        accounts::make_link(&shared.signup.db, &shared.signup.keys, account, actor.at(now)).await
    });
    match made.await.map_err(|_| HandlerError::Broken)? {
        Ok(link) => {
            let said = Said { made: Some((found.email.to_string(), link)), ..Said::default() };
            page(&site, &seat, StatusCode::OK, said).await
        }
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(error) => {
            let said = Said { error: named(&error), ..Said::default() };
            page(&site, &seat, StatusCode::CONFLICT, said).await
        }
    }
}

/// Somebody who has a part in this newsletter: nobody else is anybody's business here.
async fn member(site: &Site, seat: &DeskSeat, id: i64) -> Result<AccountId, HandlerError> {
    let (account, list) = (AccountId(id), seat.list()?.id);
    let role = members::role_of(&mut site.signup.db.read().await?, account, list).await?;
    role.map(|_| account).ok_or(HandlerError::NotFound)
}

fn unreadable() -> HandlerError {
    HandlerError::Body(StatusCode::UNPROCESSABLE_ENTITY)
}

/// As the template calls it.
fn named(error: &AccountError) -> &'static str {
    match error {
        AccountError::Known => "known",
        AccountError::Disabled => "disabled",
        AccountError::LastOwner { .. } | AccountError::LastOperator => "last-owner",
        AccountError::Unknown | AccountError::Meanwhile | AccountError::Store(_) => "meanwhile",
    }
}

fn back(site: &Site, seat: &DeskSeat, done: &str) -> Result<Response, HandlerError> {
    let slug = &seat.list()?.newsletter.slug;
    // Whoever took their own part away has no page here any more, and no session.
    Ok(to(site, &format!("admin/n/{slug}/people?done={done}")))
}

async fn page(site: &Site, seat: &DeskSeat, status: StatusCode, said: Said) -> Result<Response, HandlerError> {
    let (who, list) = (seat.who(), seat.list()?);
    let slug = &list.newsletter.slug;
    let found = members::of_newsletter(&mut site.signup.db.read().await?, list.id).await?;
    let person = |one: &members::Member| {
        let below = |act: &str| site.path(&format!("admin/n/{slug}/people/{}/{act}", one.account_id.0));
        DeskPerson {
            number: one.account_id.0,
            name: one.name.clone(),
            address: one.email.to_string(),
            role: one.role,
            state: one.state,
            you: one.account_id == who.account.id,
            role_url: below("role"),
            link_url: below("link"),
        }
    };
    let made = said.made.map(|(address, link)| DeskLinkMade {
        address,
        url: link.url(site.public_url.as_str()),
        until: moment(link.until, &list.newsletter.time_zone),
    });
    let page = DeskPeople {
        top: top(site, who, Some(list), Here::People),
        newsletter: list.newsletter.name.clone(),
        done: said.done,
        error: said.error,
        typed: said.typed,
        people: found.iter().map(person).collect(),
        roles: MemberRole::ALL.to_vec(),
        invite_url: site.path(&format!("admin/n/{slug}/people")),
        made,
    };
    site.page(status, &frame(site, Some(list)), &page)
}
