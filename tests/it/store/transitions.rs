//! Every verb on every state: what may change does, and nothing else. The table is the ledger's state machine as the
//! statements know it; `DeliveryState::may_become` is the same machine as the domain knows it.

use coranto::domain::DeliveryId;
use coranto::domain::delivery::DeliveryState::{self, Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::delivery::Reason;
use coranto::store::{Db, Tx, deliveries, leases, ledger};

use super::ground::{Ground, HOUR, NOW, row, state};
use crate::harness::database::both_databases;

const STATES: [DeliveryState; 7] = [Pending, Claimed, InFlight, Sent, Failed, Uncertain, Skipped];

/// What is done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Claim,
    ClaimOne,
    TakeOff,
    Sent,
    Deferred,
    Failed,
    Uncertain,
    Release,
    Refuse,
    UnclaimWorker,
    RescueClaimed,
    RescueInFlight,
    Resend,
    Stop,
    RetryFailed,
    RetryUncertain,
    GiveUp,
    EndUncertain,
}

/// Each verb, the states it works on, and the one it makes of them.
const TABLE: &[(Verb, &[DeliveryState], DeliveryState)] = &[
    (Verb::Claim, &[Pending], Claimed),
    (Verb::ClaimOne, &[Pending], Claimed),
    (Verb::TakeOff, &[Claimed], InFlight),
    (Verb::Sent, &[InFlight, Uncertain], Sent),
    (Verb::Deferred, &[Claimed, InFlight, Uncertain], Pending),
    (Verb::Failed, &[Claimed, InFlight, Uncertain], Failed),
    (Verb::Uncertain, &[InFlight], Uncertain),
    (Verb::Release, &[Claimed, InFlight, Uncertain], Pending),
    (Verb::Refuse, &[Claimed], Pending),
    (Verb::UnclaimWorker, &[Claimed], Pending),
    (Verb::RescueClaimed, &[Claimed], Pending),
    (Verb::RescueInFlight, &[InFlight], Uncertain),
    (Verb::Resend, &[Uncertain], Pending),
    (Verb::Stop, &[Pending, Claimed], Skipped),
    (Verb::RetryFailed, &[Failed], Pending),
    (Verb::RetryUncertain, &[Uncertain], Pending),
    (Verb::GiveUp, &[Uncertain], Failed),
    (Verb::EndUncertain, &[Uncertain], Failed),
];

/// Verbs of whoever holds the row, which are not another worker's to use.
const OF_THE_HOLDER: [Verb; 8] = [
    Verb::Refuse,
    Verb::TakeOff,
    Verb::Sent,
    Verb::Deferred,
    Verb::Failed,
    Verb::Uncertain,
    Verb::Release,
    Verb::UnclaimWorker,
];

/// Returns whether the statement says that it changed the row.
async fn apply(tx: &mut Tx, verb: Verb, ground: &Ground, id: DeliveryId) -> bool {
    let (worker, issue) = (ground.worker, ground.issue);
    let later = NOW.plus(HOUR);
    match verb {
        Verb::Claim => deliveries::claim(tx, worker, Some(issue), NOW, 10).await.unwrap().contains(&id),
        Verb::ClaimOne => deliveries::claim_one(tx, worker, id).await.unwrap(),
        Verb::TakeOff => {
            deliveries::take_off(tx, worker, &[id], ground.revision, NOW, NOW).await.unwrap().contains(&id)
        }
        Verb::Sent => deliveries::record_sent(tx, worker, &[id], "main", None, NOW).await.unwrap() == 1,
        Verb::Deferred => {
            deliveries::record_deferred(tx, worker, id, later, 1, false, Some("451 later")).await.unwrap()
        }
        Verb::Failed => {
            let reply = Some("550 no");
            deliveries::record_failed(tx, worker, id, Reason::Refused, Some("main"), reply, NOW).await.unwrap()
        }
        Verb::Uncertain => deliveries::record_uncertain(tx, worker, id, Some(later), "main").await.unwrap(),
        Verb::Release => deliveries::release(tx, worker, &[id], later, false).await.unwrap() == 1,
        Verb::Refuse => deliveries::refuse(tx, worker, &[id]).await.unwrap() == 1,
        Verb::UnclaimWorker => deliveries::unclaim(tx, worker, true).await.unwrap() == 1,
        Verb::RescueClaimed => deliveries::rescue_claimed(tx, later).await.unwrap() == 1,
        Verb::RescueInFlight => deliveries::rescue_in_flight(tx, Some(issue), Some(later), later).await.unwrap() == 1,
        Verb::Resend => deliveries::resend_uncertain(tx, NOW).await.unwrap() == 1,
        Verb::Stop => ledger::stop(tx, issue, NOW).await.unwrap() == 1,
        Verb::RetryFailed => ledger::retry_failed(tx, issue, NOW).await.unwrap() == 1,
        Verb::RetryUncertain => ledger::retry_uncertain(tx, issue, NOW).await.unwrap() == 1,
        Verb::GiveUp => ledger::give_up_uncertain(tx, issue, NOW).await.unwrap() == 1,
        Verb::EndUncertain => ledger::end_uncertain(tx, issue, NOW).await.unwrap() == 1,
    }
}

both_databases! {
    async fn every_verb_changes_what_it_may_and_says_so(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 1).await;
        let id = ground.rows[0];
        for (verb, from, to) in TABLE {
            for state_before in STATES {
                ground.put(&mut tx, id, state_before).await;
                let before = row(&mut tx, id).await;
                let said = apply(&mut tx, *verb, &ground, id).await;
                let after = row(&mut tx, id).await;
                let changes = from.contains(&state_before);
                let what = format!("{verb:?} on {state_before:?}: {before:?} became {after:?}");
                assert_eq!(after.1, if changes { *to } else { state_before }, "{what}");
                assert_eq!(said, changes, "{what}");
                assert!(changes || before == after, "{what}");
                assert!(!changes || state_before.may_become(*to), "the domain knows nothing of it: {what}");
            }
        }
    }

    async fn what_another_worker_holds_is_not_touched(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 1).await;
        let other = leases::register(&mut tx, "other", true, NOW, NOW.plus(HOUR)).await.unwrap();
        let id = ground.rows[0];
        for verb in OF_THE_HOLDER {
            for state_before in STATES {
                ground.put(&mut tx, id, state_before).await;
                let before = row(&mut tx, id).await;
                let said = apply(&mut tx, verb, &Ground { worker: other, ..ground.clone() }, id).await;
                assert_eq!(row(&mut tx, id).await, before, "{verb:?} on {state_before:?} by another");
                assert!(!said, "{verb:?} on {state_before:?} by another");
            }
        }
    }

    async fn the_dead_are_robbed_and_the_living_are_not(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let ground = Ground::lay(&mut tx, 2).await;
        ground.put(&mut tx, ground.rows[0], Claimed).await;
        ground.put(&mut tx, ground.rows[1], InFlight).await;
        let end = NOW.plus(HOUR);
        let before = end.minus(std::time::Duration::from_millis(1));
        assert_eq!(deliveries::rescue_claimed(&mut tx, before).await.unwrap(), 0);
        assert!(deliveries::wrecks(&mut tx, before).await.unwrap().is_empty());
        assert_eq!(deliveries::rescue_in_flight(&mut tx, Some(ground.issue), None, before).await.unwrap(), 0);

        assert_eq!(deliveries::rescue_claimed(&mut tx, end).await.unwrap(), 1);
        assert_eq!(deliveries::wrecks(&mut tx, end).await.unwrap(), [(Some(ground.newsletter), Some(ground.issue))]);
        // The small kinds are rescued apart from issues.
        assert_eq!(deliveries::rescue_in_flight(&mut tx, None, None, end).await.unwrap(), 0);
        assert_eq!(deliveries::rescue_in_flight(&mut tx, Some(ground.issue), None, end).await.unwrap(), 1);
        assert_eq!(state(&mut tx, ground.rows[0]).await, Pending);
        assert_eq!(state(&mut tx, ground.rows[1]).await, Uncertain);
        // Without a time it waits for a person.
        assert_eq!(deliveries::resend_uncertain(&mut tx, end).await.unwrap(), 0);
    }
}
