//! `/admin/n/{newsletter}`: what goes out next, what is going out, what went out last, and how many readers there are.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::gate::DeskSeat;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::top::{Here, frame, top};
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::domain::moment::{about, moment};
use crate::domain::newsletter::Newsletter;
use crate::domain::slot::offered;
use crate::store::issues::{self, Issue};
use crate::store::ledger::{self, Totals};
use crate::store::{Tx, skips, subscriptions};
use crate::templates::desk::{DeskHome, DeskIssue};

pub(super) async fn show(State(site): State<Arc<Site>>, seat: DeskSeat) -> Result<Response, HandlerError> {
    let (list, now) = (seat.list()?, site.clock.now());
    let newsletter = &list.newsletter;
    let mut tx = site.signup.db.read().await?;
    let open = issues::open(&mut tx, list.id).await?;
    let skipped: Vec<_> = skips::of(&mut tx, list.id, now).await?.into_iter().map(|skip| skip.slot_at).collect();
    let (mut next, mut going, mut held) = (None, Vec::new(), Vec::new());
    for issue in &open {
        let shown = told(&mut tx, issue, newsletter, now).await?;
        match issue.state {
            IssueState::Queued if next.is_none() => next = Some(shown),
            IssueState::Preparing | IssueState::Sending | IssueState::Paused => going.push(shown),
            IssueState::Held => held.push(shown),
            IssueState::Queued | IssueState::Draft | IssueState::Sent | IssueState::Stopped => {}
        }
    }
    let last = match issues::last_ended(&mut tx, list.id).await? {
        Some(issue) => Some(told(&mut tx, &issue, newsletter, now).await?),
        None => None,
    };
    let counts = subscriptions::counts(&mut tx, list.id).await?;
    drop(tx);
    let slot = offered(&newsletter.slots, &newsletter.time_zone, &skipped, now).next();
    let page = DeskHome {
        top: top(&site, seat.who(), Some(list), Here::Home),
        newsletter: newsletter.name.clone(),
        role: seat.who().standing(Some(list.id)).role,
        slot: slot.map(|at| moment(at, &newsletter.time_zone)).unwrap_or_default(),
        distance: slot.map(|at| about(at.since(now))).unwrap_or_default(),
        next,
        now: going,
        held,
        last,
        active: counts.active,
        pending: counts.pending,
        paused: counts.paused,
        suppressed: counts.suppressed,
        mailable: counts.mailable,
    };
    site.page(StatusCode::OK, &frame(&site, Some(list)), &page)
}

/// An issue as the page tells of it.
async fn told(tx: &mut Tx, issue: &Issue, newsletter: &Newsletter, now: Timestamp) -> Result<DeskIssue, HandlerError> {
    let is_begun = !matches!(issue.state, IssueState::Queued | IssueState::Held);
    let totals = if is_begun { ledger::totals(tx, issue.id).await? } else { Totals::default() };
    let at = if is_begun { issue.started_at } else { issue.due_at };
    let ahead = at.filter(|at| *at > now);
    Ok(DeskIssue {
        title: issue.title.clone(),
        state: issue.state,
        when: at.map(|at| moment(at, &newsletter.time_zone)).unwrap_or_default(),
        distance: ahead.map(|at| about(at.since(now))).unwrap_or_default(),
        note: issue.note.clone(),
        readers: totals.readers,
        sent: totals.sent,
        open: totals.open(),
        failed: totals.failed,
        skipped: totals.skipped,
    })
}
