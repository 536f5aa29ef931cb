//! `/admin/leave`: signing out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::super::gate::{DeskSeat, forget};
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::top::to;
use crate::accounts;

pub(super) async fn act(State(site): State<Arc<Site>>, seat: DeskSeat) -> Result<Response, HandlerError> {
    let (db, who, now) = (site.signup.db.clone(), seat.shared(), site.clock.now());
    site.write(async move { accounts::sign_out(&db, &who, now).await }).await?;
    Ok(forget(&site, to(&site, "admin/enter?done=left")))
}
