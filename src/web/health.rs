//! Whether the program lives, whether it can serve, and what it counts: for supervisors, load balancers and Prometheus.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Once};
use std::time::Duration;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::{Value, json};

use super::handler_error::{Complete, HandlerError};
use super::host;
use super::probe;
use super::site::Site;
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmName;
use crate::store::{Result, alarms, deliveries, leases, mailboxes, migrate, notices};
use crate::telemetry::health::HealthProblem;
use crate::telemetry::metrics::{self, Gauge};

/// A database that takes longer for one row is not one to send readers to.
const ANSWER_SECONDS_MAX: u64 = 3;
/// Delivery lengthens its lease every ten seconds; so long without is not a busy moment any more.
const DELIVERY_SILENT_MAX: Duration = Duration::from_secs(45);
/// The lease of whoever schedules; it is lengthened every few seconds and lasts fifteen.
const SCHEDULER: &str = "schedule";
/// A scheduler that is away for longer is told: the next process takes over within a lease.
const SCHEDULER_LATE_SECONDS: u64 = 60;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(elsewhere))
}

async fn alive(
    State(site): State<Arc<Site>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let seen = peer.and_then(|Extension(ConnectInfo(peer))| probe::answer(&site, peer, uri.path(), &headers));
    match seen {
        Some(seen) => (Extension(Complete), Json(seen)).into_response(),
        None => "ok\n".into_response(),
    }
}

/// Ready is who can read and write the ledger, with a scheduler that is not late. Whatever else is wrong stands beside
/// it: a relay that is down is no reason to take the pages away from readers.
async fn ready(
    State(site): State<Arc<Site>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> (StatusCode, Extension<Complete>, Json<Value>) {
    let mut scheduler = "unknown";
    let mut standing_now = Vec::new();
    let why = if site.stop.is_cancelled() {
        Some("stopping".to_owned())
    } else {
        match within(look(&site)).await {
            Some(Ok(Look { is_current: false, .. })) => {
                Some("the database's schema is not this program's: run coranto migrate".to_owned())
            }
            Some(Ok(look)) => {
                scheduler = standing(look.scheduled_until, site.clock.now());
                standing_now = look.alarms;
                standing_now.retain(|one| one.stands(site.clock.now()));
                // A process that does not schedule serves pages whether others do or not.
                let is_late = site.schedules && scheduler != "on";
                let late = || is_late.then(|| "the scheduler does not run".to_owned());
                cannot_write(&site).await.or_else(late)
            }
            Some(Err(_)) => Some("the database cannot be read".to_owned()),
            None => Some("the database does not answer in time".to_owned()),
        }
    };
    let status = if why.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut answer = json!({ "ready": why.is_none(), "why": why, "scheduler": scheduler });
    // Relays and alarms are nothing for strangers.
    if !is_from_here(peer, &headers) {
        return (status, Extension(Complete), Json(answer));
    }
    if let Some(delivery) = &site.delivery {
        let state = |trouble: Option<HealthProblem>| match trouble {
            None => json!({ "up": true }),
            Some(HealthProblem { since, why }) => json!({ "up": false, "since": Timestamp(since), "why": why }),
        };
        answer["relays"] = delivery.relays().into_iter().map(|(name, trouble)| (name, state(trouble))).collect();
    }
    let alarm = |one: alarms::StandingAlarm| json!({ "name": one.name, "scope": one.scope, "severity": one.severity, "since": one.since });
    answer["alarms"] = standing_now.into_iter().map(alarm).collect();
    (status, Extension(Complete), Json(answer))
}

async fn within<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(Duration::from_secs(ANSWER_SECONDS_MAX), work).await.ok()
}

/// What the ledger says of readiness.
struct Look {
    is_current: bool,
    scheduled_until: Option<Timestamp>,
    alarms: Vec<alarms::StandingAlarm>,
}

/// Reads alone: it may be dropped when it takes too long.
async fn look(site: &Site) -> Result<Look> {
    let mut tx = site.signup.db.read().await?;
    let is_current = migrate::is_current(&mut tx).await?;
    let scheduled_until = leases::until(&mut tx, SCHEDULER).await?;
    // A schema that is not ours may have no such table.
    let alarms = if is_current { alarms::all(&mut tx).await? } else { Vec::new() };
    Ok(Look { is_current, scheduled_until, alarms })
}

/// Why the ledger cannot be written, if it cannot: as delivery last found it, and as it is now.
async fn cannot_write(site: &Arc<Site>) -> Option<String> {
    if let Some(delivery) = &site.delivery {
        if let Some(trouble) = delivery.unwritable() {
            return Some(trouble.why);
        }
        if !delivery.is_well(site.clock.now().0, DELIVERY_SILENT_MAX) {
            return Some("delivery gives no sign of life: its last writes did not succeed".to_owned());
        }
    }
    let asking = within(async {
        // One question at a time: a second one would only wait behind the first.
        let asking = Arc::clone(&site.probing).lock_owned().await;
        let db = site.signup.db.clone();
        // It runs to its end, whatever becomes of this request.
        let asked = site.tasks.spawn(async move {
            let _asking = asking;
            db.probe_write().await
        });
        asked.await
    });
    match asking.await {
        Some(Ok(Ok(()))) => None,
        Some(Ok(Err(error))) if error.is_disk_full() => Some("the disk is full".to_owned()),
        Some(_) => Some("the ledger cannot be written".to_owned()),
        None => Some("the ledger cannot be written: another process holds it".to_owned()),
    }
}

fn standing(until: Option<Timestamp>, now: Timestamp) -> &'static str {
    match until {
        None => "absent",
        Some(until) if now.since(until) > Duration::from_secs(SCHEDULER_LATE_SECONDS) => "late",
        Some(_) => "on",
    }
}

/// Not here: numbers tell strangers how many readers there are, and a proxy need not say that it is one. An old
/// address of them says where they are now.
async fn elsewhere() -> HandlerError {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!("/metrics was asked for here; it has an address of its own: set metrics_listen under [server]");
    });
    HandlerError::NotFound
}

/// Whether a request comes from this machine, and not through a proxy on it: it names this machine, and nobody else.
fn is_from_here(peer: Option<Extension<ConnectInfo<SocketAddr>>>, headers: &HeaderMap) -> bool {
    let is_local = peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().to_canonical().is_loopback());
    let names_us = headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(host::names_this_machine);
    let is_forwarded = headers.keys().any(|name| {
        name.as_str().starts_with("x-forwarded") || ["forwarded", "via", "x-real-ip"].contains(&name.as_str())
    });
    is_local && names_us && !is_forwarded
}

/// What Prometheus collects, on an address that is for this alone: whoever reaches it may read it.
pub(super) fn metrics_router() -> Router<Arc<Site>> {
    Router::new().route("/metrics", get(async |State(site): State<Arc<Site>>| numbers(&site).await))
}

async fn numbers(site: &Site) -> Result<Response, HandlerError> {
    let mut tx = site.signup.db.read().await?;
    let (waiting, open) = deliveries::depth(&mut tx).await?;
    let until = leases::until(&mut tx, SCHEDULER).await?;
    let standing = alarms::all(&mut tx).await?;
    let (unsettled, settles_at) = notices::waiting(&mut tx).await?;
    let mailboxes = mailboxes::all(&mut tx).await?;
    drop(tx);
    let (connections, idle) = site.signup.db.connections();
    let now = site.clock.now();
    let seconds_since = |at: Timestamp| now.since(at).as_secs_f64();
    let late = until.map_or(-1.0, seconds_since);
    let unsettled_for = settles_at.map_or(0.0, seconds_since);
    let ages = mailboxes.into_iter().map(|one| (vec![("mailbox", one.name)], seconds_since(one.looked_at))).collect();
    let gauge = Gauge::one;
    let mut gauges = vec![
        gauge("queue_depth", "Emails that wait for their time or a worker.", count(waiting)),
        gauge("deliveries_open", "Emails that are claimed, on the wire or uncertain.", count(open)),
        gauge("scheduler_late_seconds", "How long nobody has scheduled; -1 when nobody ever did.", late),
        gauge("inbound_waiting", "Bounces that wait to be settled.", count(unsettled)),
        gauge("settlement_late_seconds", "How long the first of them has been due; 0 when none is.", unsettled_for),
        Gauge { name: "mailbox_age_seconds", help: "How long ago a mailbox was read for reports.", values: ages },
        gauge("database_connections", "Connections to the database.", f64::from(connections)),
        gauge("database_connections_idle", "Those of them that are idle.", f64::from(idle)),
        Gauge {
            name: "alarms",
            help: "Alarms that stand, by name and severity.",
            values: standing_alarms(site, &standing),
        },
    ];
    if let Some(delivery) = &site.delivery {
        let up = |(name, trouble): (String, Option<HealthProblem>)| {
            (vec![("relay", name)], f64::from(u8::from(trouble.is_none())))
        };
        let values = delivery.relays().into_iter().map(up).collect();
        gauges.push(Gauge { name: "relay_up", help: "Whether a relay took its last mail: 1, or 0.", values });
    }
    let text = metrics::render(&gauges);
    let media = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, media)], text).into_response())
}

/// How many alarms of each name stand; also the one that the ledger cannot hold.
fn standing_alarms(site: &Site, all: &[alarms::StandingAlarm]) -> Vec<(metrics::Labels, f64)> {
    let now = site.clock.now();
    let mut counts: BTreeMap<AlarmName, u32> = BTreeMap::new();
    for one in all.iter().filter(|one| one.stands(now)) {
        *counts.entry(one.name).or_default() += 1;
    }
    if site.delivery.as_ref().is_some_and(|delivery| delivery.unwritable().is_some()) {
        counts.insert(AlarmName::LedgerUnwritable, 1);
    }
    let labels = |name: AlarmName| vec![("name", name.to_string()), ("severity", name.severity().to_string())];
    counts.into_iter().map(|(name, count)| (labels(name), f64::from(count))).collect()
}

/// Exact up to what no ledger ever holds.
fn count(rows: i64) -> f64 {
    u32::try_from(rows).map_or(f64::INFINITY, f64::from)
}
