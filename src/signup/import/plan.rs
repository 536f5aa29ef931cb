//! What a list may do to whom: the rule, person by person, against what is known here. Touches no file.

use super::candidate::{Candidate, Import, ImportAction};
use super::error::Reason;
use super::outcome::{Imported, Rejected};
use super::standing::Standing;
use crate::domain::consent::ConsentKind;
use crate::domain::subscriber::SubscriptionState;
use crate::store::arrivals::{Arrival, KnownAddress};
use crate::store::{StoreError, Tx, arrivals, consents, subscriptions};

/// The rule of the house.
fn plan(standing: Standing, known: Option<&KnownAddress>) -> ImportAction {
    use SubscriptionState::{Pending, Unsubscribed};
    let is_suppressed = known.and_then(|known| known.suppressed).is_some();
    let (is_departed, is_refused) = known.map_or((false, false), |known| (known.departed, known.refused));
    match (standing, known.and_then(|known| known.state)) {
        (standing, _) if standing.suppression().is_some() => match is_suppressed {
            true => ImportAction::Nothing,
            false => ImportAction::Suppress,
        },
        (Standing::Unsubscribed, Some(Unsubscribed)) => ImportAction::Nothing,
        (Standing::Unsubscribed, Some(_)) => ImportAction::Unsubscribe,
        // That they are gone is known without their address.
        (Standing::Unsubscribed, None) if is_suppressed || is_departed => ImportAction::Nothing,
        (Standing::Unsubscribed, None) => ImportAction::Add,
        (Standing::NotAgreed | Standing::Unclear, _) => ImportAction::KeepOut,
        (_, _) if is_suppressed => ImportAction::KeepOut,
        (_, Some(Unsubscribed)) => ImportAction::KeepOut,
        (_, None) if is_departed => ImportAction::KeepOut,
        (_, None | Some(Pending)) if is_refused => ImportAction::KeepOut,
        (Standing::Active, Some(Pending)) => ImportAction::Activate,
        (_, Some(_)) => ImportAction::Nothing,
        (_, None) => ImportAction::Add,
    }
}

/// Pairs each row with what is to be done about it; says of whom nothing can be done.
pub(super) async fn planned(
    tx: &mut Tx,
    import: &Import,
    candidates: Vec<Candidate>,
    rejected: &mut Vec<Rejected>,
) -> Result<(Vec<(Candidate, Option<KnownAddress>, ImportAction)>, Imported), StoreError> {
    let arrivals: Vec<Arrival> = candidates.iter().map(|candidate| candidate.arrival.clone()).collect();
    let known = arrivals::known(tx, import.newsletter, &arrivals, import.now).await?;
    let mut known = known.into_iter().peekable();
    let mut plans = Vec::with_capacity(candidates.len());
    let mut done = Imported::default();
    for (place, candidate) in candidates.into_iter().enumerate() {
        let known = known.next_if(|known| known.place == place as i64);
        let mut plan = plan(candidate.standing, known.as_ref());
        if let (ImportAction::Activate, Some(id)) = (plan, known.and_then(|known| known.subscription)) {
            // A person who left and asked again, or was asked for by a stranger, has not come back yet.
            let withdrawn = consents::latest(tx, id, ConsentKind::Withdrawn).await?;
            let undone = consents::latest(tx, id, ConsentKind::Undone).await?;
            let is_open = withdrawn.is_some_and(|row| undone.is_none_or(|undone| undone.id < row.id));
            if is_open || subscriptions::get(tx, id).await?.is_some_and(|found| found.ended_by.is_some()) {
                plan = ImportAction::KeepOut;
            }
        }
        done.count(plan, candidate.standing);
        if plan == ImportAction::KeepOut {
            let suppressed = known.and_then(|known| known.suppressed).map(Reason::Suppressed);
            let said_not_me = known.is_some_and(|known| {
                known.refused && !known.departed && known.state != Some(SubscriptionState::Unsubscribed)
            });
            let reason = match candidate.standing {
                Standing::NotAgreed => Reason::NotAgreed,
                _ => suppressed.unwrap_or(if said_not_me { Reason::Refused } else { Reason::Left }),
            };
            let email = candidate.arrival.person.email.to_string();
            rejected.push(Rejected {
                file: candidate.file.clone(),
                line: candidate.line,
                email,
                reason,
                is_kept_out: true,
            });
        }
        plans.push((candidate, known, plan));
    }
    Ok((plans, done))
}
