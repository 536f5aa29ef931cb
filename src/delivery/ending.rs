//! What becomes of an issue of which nothing is due: it is sent, or it waits for a person. Nobody calls an issue sent that
//! nobody got, or that one relay refused to most of its readers.

use super::control;
use super::probes::words;
use super::suspended::Suspended;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::evidence::{allowance, is_most};
use crate::store::issues::Issue;
use crate::store::ledger::Totals;
use crate::store::suspensions::{self, Share};
use crate::store::{Db, StoreError, evidence, issues, ledger};
use crate::telemetry::mask_addresses;

/// Moves an issue to `sent` if nothing of it is open any more, or pauses it where only a person can go on. `is_closed` when
/// no relay may carry any of it until a person decides.
pub(super) async fn settle(
    db: &Db,
    suspended: &Suspended,
    issue: &Issue,
    is_closed: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = db.read().await?;
    let note = if ledger::is_open(&mut tx, issue.id).await? {
        let held = suspended.held(issue.newsletter_id, issue.id);
        let Some(group) = held.first() else { return Ok(()) };
        if !suspensions::is_all_held(&mut tx, issue.id, is_closed).await? {
            return Ok(());
        }
        Some(words(group))
    } else {
        complaint(&suspensions::shares(&mut tx, issue.id).await?)
    };
    drop(tx);
    db.write(async |tx| match note {
        Some(note) => {
            if control::pause_in(tx, issue.id, &note, Actor::scheduler(now)).await? {
                tracing::warn!(issue = issue.slug, "an issue is paused: {note}");
            }
            Ok(())
        }
        None => {
            if let Some(totals) = issues::finish(tx, issue.id, Actor::scheduler(now)).await? {
                evidence::forget(tx, issue.id).await?;
                suspensions::end_of_issue(tx, issue.id).await?;
                let Totals { sent, failed, skipped, uncertain, .. } = totals;
                tracing::info!(issue = issue.slug, sent, failed, skipped, uncertain, "an issue is finished");
            }
            Ok(())
        }
    })
    .await
}

/// Why an issue whose rows are all final is not called sent.
fn complaint(shares: &[Share]) -> Option<String> {
    let sent: i64 = shares.iter().map(|share| share.sent).sum();
    let refused: i64 = shares.iter().map(|share| share.refused).sum();
    let said = |share: &Share| match &share.reply {
        Some(reply) => format!(": \u{201c}{}\u{201d}", mask_addresses(reply)),
        None => String::new(),
    };
    if sent == 0 && !shares.is_empty() {
        let share = shares.iter().max_by_key(|share| share.refused)?;
        return Some(format!("nobody has got it{}", said(share)));
    }
    let readers = sent + refused;
    let doubtful = shares
        .iter()
        .find(|share| !share.trusted && share.refused > allowance(readers) && is_most(share.refused, share.sent))?;
    let relay = doubtful.relay.as_deref().unwrap_or_default();
    Some(format!(
        "relay {relay} has refused {} readers and taken {}{}",
        doubtful.refused,
        doubtful.sent,
        said(doubtful)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(relay: &str, sent: i64, refused: i64) -> Share {
        let reply = Some("550 5.1.1 <anna@example.org> unknown".to_owned());
        Share { relay: Some(relay.to_owned()), sent, refused, trusted: false, reply }
    }

    #[test]
    fn what_nobody_got_is_not_sent() {
        assert!(complaint(&[share("main", 0, 1)]).unwrap().starts_with("nobody has got it: \u{201c}550 5.1.1 <a***@"));
        assert_eq!(complaint(&[]), None, "there was nobody to send to");
    }

    #[test]
    fn a_relay_that_refused_most_is_named() {
        assert!(complaint(&[share("one", 400, 3), share("two", 10, 20)]).unwrap().contains("relay two has refused 20"));
        assert_eq!(complaint(&[share("one", 400, 3), share("two", 1, 9)]), None);
        assert_eq!(complaint(&[share("one", 60, 40)]), None, "a list may be as bad as that");
        assert_eq!(complaint(&[Share { trusted: true, ..share("one", 10, 90) }]), None);
    }
}
