//! What follows when a mail cannot be made. The fault is that of what was to be sent: an issue waits for a person, and none
//! of its readers fails for it; any other mail fails alone. Knows no relay.

use super::control;
use super::held::Held;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::delivery::{DeliveryKind, Reason};
use crate::domain::{IssueId, RevisionId};
use crate::store::{StoreError, Tx, alarms, deliveries, issues, newsletters};

/// Settles the row whose mail could not be made from `revision`; `false` if it had changed hands.
pub(super) async fn settle(
    tx: &mut Tx,
    held: &Held,
    revision: RevisionId,
    kind: Option<DeliveryKind>,
    fault: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    match held.issue {
        Some(issue) => {
            pause(tx, held, issue, revision, fault, now).await?;
            Ok(deliveries::release(tx, held.worker, &[held.id], now, held.pinned).await? == 1)
        }
        None => fail_alone(tx, held, kind, fault, now).await,
    }
}

/// Halts an issue, unless it has another text by now, which may do.
async fn pause(
    tx: &mut Tx,
    held: &Held,
    issue: IssueId,
    revision: RevisionId,
    fault: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    issues::lock(tx, issue).await?;
    let Some(row) = issues::get(tx, issue).await? else { return Ok(()) };
    if !held.pinned && row.revision_id != revision {
        return Ok(());
    }
    let note = format!(
        "its email cannot be made: {fault}; queue the corrected file, or correct the configuration and restart the \
         server, then resume"
    );
    if control::pause_in(tx, issue, &note, Actor::scheduler(now)).await? {
        tracing::error!(issue = row.slug, "an issue is paused: {note}");
    }
    Ok(())
}

/// A mail that no issue bears fails at once, so that it holds up no other. A person is called once, however many there are.
async fn fail_alone(
    tx: &mut Tx,
    held: &Held,
    kind: Option<DeliveryKind>,
    fault: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let kind = kind.unwrap_or(DeliveryKind::Notice);
    let failed =
        deliveries::record_failed(tx, held.worker, held.id, Reason::Unsupported, None, Some(fault), now).await?;
    if !failed {
        return Ok(false);
    }
    let is_new = match kind {
        // The person who asked for a test is told at once; a call about a call would end nowhere.
        DeliveryKind::Test | DeliveryKind::Alarm => true,
        _ => {
            let scope = newsletters::slug(tx, held.newsletter).await?.unwrap_or_default();
            let alarm = Alarm::new(AlarmName::EmailUnmade, scope, &format!("{kind}: {fault}"));
            alarms::raise(tx, &alarm, Actor::scheduler(now)).await?
        }
    };
    if is_new {
        tracing::error!(delivery = held.id.0, %kind, "an email cannot be made: {fault}");
    }
    Ok(true)
}
