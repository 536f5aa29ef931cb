//! Whether the program lives and whether it can serve: for supervisors and load balancers.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::{Value, json};

use super::failure::Dressed;
use super::site::Site;
use crate::store::newsletters;

/// A database that takes longer for one row is not one to send readers to.
const ANSWER_SECONDS_MAX: u64 = 3;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(site): State<Arc<Site>>) -> (StatusCode, Extension<Dressed>, Json<Value>) {
    let why = if site.stop.is_cancelled() {
        Some("stopping")
    } else {
        let asked = tokio::time::timeout(Duration::from_secs(ANSWER_SECONDS_MAX), database_answers(&site)).await;
        match asked {
            Ok(true) => None,
            Ok(false) => Some("the database cannot be read"),
            Err(_) => Some("the database does not answer in time"),
        }
    };
    let status = if why.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Extension(Dressed), Json(json!({ "ready": why.is_none(), "why": why })))
}

/// A read alone: it may be dropped when it takes too long.
async fn database_answers(site: &Site) -> bool {
    let Ok(mut tx) = site.signup.db.read().await else { return false };
    newsletters::find(&mut tx, "").await.is_ok()
}
