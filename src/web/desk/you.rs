//! `/admin/you`: somebody's own password, and where they are signed in.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::form::Form;
use super::super::gate::{DeskSeat, renew};
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::top::{Here, fault, frame, to, top};
use super::welcome::names;
use crate::accounts;
use crate::domain::SessionId;
use crate::domain::moment::moment;
use crate::domain::sign_in::parse_password;
use crate::store::sessions;
use crate::templates::desk::{DeskSession, DeskYou};

pub(super) async fn show(
    State(site): State<Arc<Site>>,
    seat: DeskSeat,
    RawQuery(query): RawQuery,
) -> Result<Response, HandlerError> {
    let done = match query.as_deref() {
        Some("done=password") => "password",
        Some("done=ended") => "ended",
        _ => "",
    };
    page(&site, &seat, StatusCode::OK, done, "").await
}

pub(super) async fn change_password(
    State(site): State<Arc<Site>>,
    seat: DeskSeat,
    fields: Form,
) -> Result<Response, HandlerError> {
    let account = &seat.who().account;
    let obvious: Vec<&str> = [account.email.as_str(), account.name.as_str()].into_iter().chain(names(&site)).collect();
    let password = match parse_password(fields.get("password"), &obvious) {
        Ok(password) => password,
        Err(error) => return page(&site, &seat, StatusCode::UNPROCESSABLE_ENTITY, "", fault(error)).await,
    };
    let (shared, who, now) = (Arc::clone(&site), seat.shared(), site.clock.now());
    let changed = site
        .write(async move { accounts::change_password(&shared.signup.db, &shared.keeper, &who, password, now).await });
    match changed.await? {
        Some(secret) => Ok(renew(&site, to(&site, "admin/you?done=password"), &secret)),
        None => Ok(to(&site, "admin/enter")),
    }
}

pub(super) async fn end_session(
    State(site): State<Arc<Site>>,
    seat: DeskSeat,
    Path(id): Path<i64>,
) -> Result<Response, HandlerError> {
    let (db, who, now) = (site.signup.db.clone(), seat.shared(), site.clock.now());
    let ended = site.write(async move { accounts::end_session(&db, &who, SessionId(id), now).await }).await?;
    if ended { Ok(to(&site, "admin/you?done=ended")) } else { Err(HandlerError::NotFound) }
}

pub(super) async fn end_others(State(site): State<Arc<Site>>, seat: DeskSeat) -> Result<Response, HandlerError> {
    let (db, who, now) = (site.signup.db.clone(), seat.shared(), site.clock.now());
    site.write(async move { accounts::end_others(&db, &who, now).await }).await?;
    Ok(to(&site, "admin/you?done=ended"))
}

async fn page(
    site: &Site,
    seat: &DeskSeat,
    status: StatusCode,
    done: &'static str,
    error: &'static str,
) -> Result<Response, HandlerError> {
    let who = seat.who();
    let rows = sessions::of_account(&mut site.signup.db.read().await?, who.account.id).await?;
    let zone = site.lists.first().map_or(jiff::tz::TimeZone::UTC, |list| list.newsletter.time_zone.clone());
    let session = |row: &sessions::AccountSession| DeskSession {
        here: row.id == who.session.id,
        agent: row.agent.clone(),
        network: row.network.clone(),
        seen: moment(row.seen_at, &zone),
        end_url: site.path(&format!("admin/you/sessions/{}/end", row.id.0)),
    };
    let page = DeskYou {
        top: top(site, who, None, Here::You),
        done,
        error,
        address: who.account.email.to_string(),
        sessions: rows.iter().map(session).collect(),
        password_url: site.path("admin/you/password"),
        end_others_url: site.path("admin/you/sessions/end-others"),
    };
    site.page(status, &frame(site, None), &page)
}
