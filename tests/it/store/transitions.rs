//! Every verb on every state: what may change does, and nothing else. The table is the ledger's state machine as the
//! statements know it; `DeliveryState::may_become` is the same machine as the domain knows it. And one row, one worker.

use std::collections::BTreeSet;

use coranto::domain::delivery::DeliveryState::{self, Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::delivery::Reason;
use coranto::domain::{DeliveryId, WorkerId};
use coranto::store::{Db, deliveries, installation, leases, ledger, settlement};

use super::ground::{NOW, StoreFixture, minute};
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
    Prove,
    Doubt,
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
    // Of the skipped those alone whose suppression was lifted.
    (Verb::RetryFailed, &[Failed, Skipped], Pending),
    (Verb::RetryUncertain, &[Uncertain], Pending),
    (Verb::GiveUp, &[Uncertain], Failed),
    (Verb::EndUncertain, &[Uncertain], Failed),
    // Of the failed those alone that were given up as uncertain.
    (Verb::Prove, &[Uncertain, Failed], Sent),
    // A copy of the database was put back.
    (Verb::Doubt, &[Pending, Claimed, InFlight], Uncertain),
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
async fn apply(ground: &mut StoreFixture, verb: Verb, worker: WorkerId, id: DeliveryId) -> bool {
    let (tx, issue) = (&mut ground.tx, ground.issue);
    let later = minute(60);
    match verb {
        Verb::Claim => deliveries::claim(tx, worker, Some(issue), NOW, 10).await.unwrap().contains(&id),
        Verb::ClaimOne => deliveries::claim_one(tx, worker, id).await.unwrap(),
        Verb::TakeOff => {
            settlement::take_off(tx, worker, &[id], ground.revision, NOW, NOW).await.unwrap().contains(&id)
        }
        Verb::Sent => settlement::record_sent(tx, worker, &[id], "main", None, NOW).await.unwrap() == 1,
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
        Verb::UnclaimWorker => deliveries::release_claims(tx, worker, true).await.unwrap() == 1,
        Verb::RescueClaimed => deliveries::rescue_claimed(tx, NOW).await.unwrap() == 1,
        Verb::RescueInFlight => deliveries::rescue_in_flight(tx, Some(issue), Some(later), NOW).await.unwrap() == 1,
        Verb::Resend => deliveries::resend_uncertain(tx, NOW).await.unwrap() == 1,
        Verb::Stop => ledger::stop(tx, issue, NOW).await.unwrap() == 1,
        Verb::RetryFailed => ledger::retry_failed(tx, issue, NOW).await.unwrap() == 1,
        Verb::RetryUncertain => ledger::retry_uncertain(tx, issue, NOW).await.unwrap() == 1,
        Verb::GiveUp => ledger::give_up_uncertain(tx, issue, NOW).await.unwrap() == 1,
        Verb::EndUncertain => ledger::end_uncertain(tx, issue, NOW).await.unwrap() == 1,
        Verb::Prove => deliveries::prove(tx, id, NOW).await.unwrap(),
        Verb::Doubt => installation::doubt(tx, issue).await.unwrap() == 1,
    }
}

#[test]
fn the_statements_and_the_domain_know_one_machine() {
    for from in STATES {
        for to in STATES {
            let made = TABLE.iter().any(|(_, sources, made)| sources.contains(&from) && *made == to);
            assert_eq!(made, from.may_become(to), "{from} -> {to}");
        }
    }
}

both_databases! {
    async fn every_verb_changes_what_it_may_and_says_so(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        for (verb, from, to) in TABLE {
            // What is rescued was a dead worker's.
            let worker = if matches!(verb, Verb::RescueClaimed | Verb::RescueInFlight) { ground.dead } else { ground.live };
            for state in STATES {
                ground.tx.sql("DELETE FROM deliveries").execute().await.unwrap();
                let mut entry = ground.entry(state, worker);
                match state {
                    Skipped => entry.reason = Some(Reason::Suppressed),
                    Failed if *verb == Verb::Prove => entry.reason = Some(Reason::Uncertain),
                    _ => {}
                }
                let id = ground.row_like(&entry).await;
                let before = ground.get(id).await;
                let said = apply(&mut ground, *verb, worker, id).await;
                let after = ground.get(id).await;
                let changes = from.contains(&state);
                let what = format!("{verb:?} on {state:?}: {before:?} became {after:?}");
                assert_eq!(after.state, if changes { *to } else { state }, "{what}");
                assert_eq!(said, changes, "{what}");
                assert!(changes || before == after, "{what}");
                assert!(!changes || state.may_become(*to), "the domain knows nothing of it: {what}");
            }
        }
    }

    async fn what_a_server_refused_is_not_proved_by_a_report(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let id = ground.row(Failed, ground.live).await;
        assert!(!deliveries::prove(&mut ground.tx, id, NOW).await.unwrap());
        assert_eq!(ground.state(id).await, Failed);
    }

    async fn what_another_worker_holds_is_not_touched(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let other = leases::register(&mut ground.tx, "other", true, NOW, minute(60)).await.unwrap();
        for verb in OF_THE_HOLDER {
            for state in STATES {
                ground.tx.sql("DELETE FROM deliveries").execute().await.unwrap();
                let id = ground.row(state, ground.live).await;
                let before = ground.get(id).await;
                let said = apply(&mut ground, verb, other, id).await;
                assert_eq!(ground.get(id).await, before, "{verb:?} on {state:?} by another");
                assert!(!said, "{verb:?} on {state:?} by another");
            }
        }
    }

    async fn several_workers_share_the_rows_and_none_is_taken_twice(db: Db) {
        const ROWS: usize = 60;
        let mut ground = StoreFixture::new(&db).await;
        let mut rows = BTreeSet::new();
        for _ in 0..ROWS {
            rows.insert(ground.row(Pending, ground.live).await);
        }
        let StoreFixture { tx, issue, .. } = ground;
        tx.commit().await.unwrap();
        let mut workers = tokio::task::JoinSet::new();
        for number in 0..6 {
            let db = db.clone();
            workers.spawn(async move {
                let name = format!("worker-{number}");
                let worker = db.write(async |tx| leases::register(tx, &name, true, NOW, minute(60)).await).await.unwrap();
                let mut mine = Vec::new();
                while db.write(async |tx| deliveries::any_due(tx, Some(issue), NOW).await).await.unwrap() {
                    let some = db.write(async |tx| deliveries::claim(tx, worker, Some(issue), NOW, 4).await).await.unwrap();
                    assert!(some.len() <= 4, "more than asked for");
                    mine.extend(some);
                }
                mine
            });
        }
        let all = workers.join_all().await.concat();
        assert_eq!(all.len(), ROWS);
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), rows);
    }
}
