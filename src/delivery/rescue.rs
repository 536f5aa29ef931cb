//! Takes back what dead workers held, and sends again what was uncertain long enough.

use std::time::Duration;

use super::recorder;
use super::revision_cache::RevisionCache;
use super::settings::Timing;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::UncertainPolicy;
use crate::store::events::{self, About};
use crate::store::{Db, StoreError, deliveries, issues, leases, ledger, suspensions};

use super::{control, timekeeper};

/// How long a test mail may still be sent after it was asked for.
const TESTS_FOR: Duration = Duration::from_secs(5 * 60);

/// What a round of rescue found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rescued {
    /// Rows that were claimed: nothing of them was sent.
    pub(super) claimed: u64,
    /// Rows that were on the wire: nobody knows.
    pub(super) uncertain: u64,
    /// Rows that were uncertain and go out again.
    pub(super) resent: u64,
}

/// One round. Cheap when there is nothing to rescue.
pub(super) async fn run(
    db: &Db,
    letters: &RevisionCache,
    timing: Timing,
    now: Timestamp,
) -> Result<Rescued, StoreError> {
    settle_stopped(db, now).await?;
    let rescued = db
        .write(async |tx| {
            timekeeper::end_impossible(tx, timing, now).await?;
            let claimed = deliveries::rescue_claimed(tx, now).await?;
            deliveries::end_tests(tx, now.minus(TESTS_FOR), now).await?;
            let mut uncertain = 0;
            for (newsletter, issue) in deliveries::orphaned_issues(tx, now).await? {
                let policy = newsletter.map_or(UncertainPolicy::Resend, |id| letters.uncertain_policy(id));
                let due_at = (policy == UncertainPolicy::Resend).then(|| now.plus(timing.uncertain_for));
                let rows = deliveries::rescue_in_flight(tx, issue, due_at, now).await?;
                let about = About { issue, newsletter, ..About::default() };
                let event = Event::DeliveryUncertain { rows, policy: Some(policy) };
                events::append(tx, Actor::scheduler(now), about, &event).await?;
                if policy == UncertainPolicy::Hold {
                    recorder::call_for_uncertain(tx, issue, Actor::scheduler(now)).await?;
                }
                uncertain += rows;
            }
            let resent = deliveries::resend_uncertain(tx, now).await?;
            ledger::end_resent(tx, now).await?;
            suspensions::free_orphans(tx, now).await?;
            Ok::<_, StoreError>(Rescued { claimed, uncertain, resent })
        })
        .await?;
    if rescued != Rescued::default() {
        tracing::info!(
            claimed = rescued.claimed,
            uncertain = rescued.uncertain,
            resent = rescued.resent,
            "took back rows of workers that are gone"
        );
    }
    Ok(rescued)
}

/// Settles what came back to an issue that had been stopped meanwhile: what was on the wire then, and what was held by a
/// worker that died.
async fn settle_stopped(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.read().await?;
    let mut open = Vec::new();
    for issue in issues::in_state(&mut tx, IssueState::Stopped).await? {
        if ledger::is_open(&mut tx, issue.id).await? {
            open.push(issue.id);
        }
    }
    drop(tx);
    for issue in open {
        db.write(async |tx| {
            ledger::stop(tx, issue, now).await?;
            ledger::end_uncertain(tx, issue, now).await
        })
        .await?;
    }
    Ok(())
}

/// After a long absence (a restored backup, a clock that jumped) nothing goes on by itself: a person resumes.
pub(super) async fn hold_after_absence(db: &Db, timing: Timing, now: Timestamp) -> Result<(), StoreError> {
    db.write(async |tx| {
        let Some(last) = leases::last_engine(tx).await? else { return Ok(()) };
        if now.since(last) <= timing.grace {
            return Ok(());
        }
        for issue in issues::in_state(tx, IssueState::Sending).await? {
            let begun = issue.started_at.unwrap_or(issue.created_at);
            if now.since(begun) <= timing.grace {
                continue; // A person began it while no engine ran.
            }
            let hours = now.since(last).as_secs() / 3600;
            let note = format!("nothing was sent for {hours} hours; resume it if that is still wanted");
            tracing::warn!(issue = issue.slug, "paused: {note}");
            control::pause_in(tx, issue.id, &note, Actor::scheduler(now)).await?;
        }
        Ok(())
    })
    .await
}
