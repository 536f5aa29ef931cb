//! Whether the program lives, whether it can serve, and what it counts: for supervisors, load balancers and Prometheus.

use std::sync::{Arc, Once};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::{Value, json};

use super::failure::{Dressed, Failure};
use super::site::Site;
use crate::clock::Timestamp;
use crate::store::{Result, deliveries, leases, migrate};
use crate::telemetry::metrics::{self, Gauge};

/// A database that takes longer for one row is not one to send readers to.
const ANSWER_SECONDS_MAX: u64 = 3;
/// The lease of whoever schedules; it is lengthened every few seconds and lasts fifteen.
const SCHEDULER: &str = "schedule";
/// A scheduler that is away for longer is told: the next process takes over within a lease.
const SCHEDULER_LATE_SECONDS: u64 = 60;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(elsewhere))
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(site): State<Arc<Site>>) -> (StatusCode, Extension<Dressed>, Json<Value>) {
    let mut scheduler = "unknown";
    let why = if site.stop.is_cancelled() {
        Some("stopping")
    } else {
        match tokio::time::timeout(Duration::from_secs(ANSWER_SECONDS_MAX), look(&site)).await {
            Ok(Ok((false, _))) => Some("the database's schema is not this program's: run coranto migrate"),
            Ok(Ok((true, until))) => {
                scheduler = standing(until, site.clock.now());
                // Who does not schedule serves pages whether others do or not.
                (site.schedules && scheduler != "on").then_some("the scheduler does not run")
            }
            Ok(Err(_)) => Some("the database cannot be read"),
            Err(_) => Some("the database does not answer in time"),
        }
    };
    let status = if why.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Extension(Dressed), Json(json!({ "ready": why.is_none(), "why": why, "scheduler": scheduler })))
}

/// Whether the schema is ours, and until when somebody schedules. Reads alone: it may be dropped when it takes too long.
async fn look(site: &Site) -> Result<(bool, Option<Timestamp>)> {
    let mut tx = site.signup.db.read().await?;
    Ok((migrate::is_current(&mut tx).await?, leases::until(&mut tx, SCHEDULER).await?))
}

fn standing(until: Option<Timestamp>, now: Timestamp) -> &'static str {
    match until {
        None => "absent",
        Some(until) if now.since(until) > Duration::from_secs(SCHEDULER_LATE_SECONDS) => "late",
        Some(_) => "on",
    }
}

/// Not here: numbers tell strangers how many readers there are, and a proxy need not say that it is one. Whoever collected
/// them here is told where they are now.
async fn elsewhere() -> Failure {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!("/metrics was asked for here; it has an address of its own: set metrics_listen under [server]");
    });
    Failure::NotFound
}

/// No page has a NUL in its address, and one of the databases could not even look for it.
pub(super) async fn no_nul(request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or("", PathAndQuery::as_str);
    match target.contains("%00") {
        true => Failure::NotFound.into_response(),
        false => next.run(request).await,
    }
}

/// What Prometheus collects, on an address that is for this alone: whoever reaches it may read it.
pub(super) fn metrics_router() -> Router<Arc<Site>> {
    Router::new().route("/metrics", get(async |State(site): State<Arc<Site>>| numbers(&site).await))
}

async fn numbers(site: &Site) -> Result<Response, Failure> {
    let mut tx = site.signup.db.read().await?;
    let (waiting, open) = deliveries::depth(&mut tx).await?;
    let until = leases::until(&mut tx, SCHEDULER).await?;
    drop(tx);
    let (connections, idle) = site.signup.db.connections();
    let late = until.map_or(-1.0, |until| site.clock.now().since(until).as_secs_f64());
    let gauge = |name, help, value| Gauge { name, help, value };
    let text = metrics::render(&[
        gauge("queue_depth", "Mails that wait for their time or a worker.", count(waiting)),
        gauge("deliveries_open", "Mails that are claimed, on the wire or uncertain.", count(open)),
        gauge("scheduler_late_seconds", "How long nobody has scheduled; -1 when nobody ever did.", late),
        gauge("database_connections", "Connections to the database.", f64::from(connections)),
        gauge("database_connections_idle", "Those of them that are idle.", f64::from(idle)),
    ]);
    let media = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, media)], text).into_response())
}

/// Exact up to what no ledger ever holds.
fn count(rows: i64) -> f64 {
    u32::try_from(rows).map_or(f64::INFINITY, f64::from)
}
