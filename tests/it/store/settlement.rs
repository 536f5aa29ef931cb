//! The one statement that the engine uses for every mail says the same as the two that it stands for.

use coranto::domain::delivery::DeliveryState::{Claimed, Failed, InFlight, Pending, Sent, Skipped, Uncertain};
use coranto::domain::issue::IssueState;
use coranto::store::settlement::{self, Settlement};
use coranto::store::{Db, Tx, deliveries, issues, leases, subscriptions};

use super::ground::{Ground, HOUR, NOW, rows};
use crate::harness::database::both_databases;

/// Rows in every state, on both lists; one reader of each seven has left.
async fn lay(tx: &mut Tx) -> Ground {
    let ground = Ground::lay(tx, 42).await;
    for (number, id) in ground.rows.iter().enumerate() {
        let states = [Claimed, InFlight, Uncertain, Pending, Sent, Failed, Skipped];
        ground.put(tx, *id, states[number % 7]).await;
    }
    for reader in ground.readers.iter().skip(7).step_by(5) {
        subscriptions::leave(tx, *reader, NOW).await.unwrap();
    }
    ground
}

/// What happens around it: nothing, the issue is paused, the lease has ended, or the rows are another worker's.
#[derive(Clone, Copy, Debug)]
enum Around {
    Peace,
    Paused,
    LeaseEnded,
    Stranger,
}

both_databases! {
    async fn one_statement_says_what_two_say(db: Db) {
        let ground = db.write(async |tx| Ok::<_, coranto::store::StoreError>(lay(tx).await)).await.unwrap();
        let (mut sent, mut left) = (0, 0);
        for around in [Around::Peace, Around::Paused, Around::LeaseEnded, Around::Stranger] {
            // Half of the rows are said to be accepted, half ask to leave, whatever their state is.
            let (accepted, leaving) = ground.rows.split_at(ground.rows.len() / 2);
            let stranger = db.write(async |tx| leases::register(tx, "other", true, NOW, NOW.plus(HOUR)).await).await.unwrap();
            let worker = if matches!(around, Around::Stranger) { stranger } else { ground.worker };
            let now = if matches!(around, Around::LeaseEnded) { NOW.plus(HOUR) } else { NOW };
            let (from, to) = match around {
                Around::Paused => (IssueState::Sending, IssueState::Paused),
                _ => (IssueState::Paused, IssueState::Sending),
            };
            db.write(async |tx| issues::advance(tx, ground.issue, from, to, "").await).await.unwrap();

            let mut tx = db.begin().await.unwrap();
            let before = rows(&mut tx).await;
            let two_sent = deliveries::record_sent(&mut tx, worker, accepted, "main", None, now).await.unwrap();
            let mut two_off = deliveries::take_off(&mut tx, worker, leaving, ground.revision, NOW, now).await.unwrap();
            let expected = rows(&mut tx).await;
            drop(tx); // rolls back

            let mut single = db.single().await.unwrap();
            let both =
                Settlement { worker, sent: accepted, relay: "main", leaving, revision: ground.revision, date: NOW };
            let (mut one_off, one_sent) = settlement::settle(&mut single, &both, now).await.unwrap();
            drop(single);

            let mut tx = db.begin().await.unwrap();
            let found = rows(&mut tx).await;
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "{around:?}");
            }
            two_off.sort();
            one_off.sort();
            assert_eq!((one_off.clone(), one_sent as u64), (two_off, two_sent), "{around:?}");
            sent += one_sent;
            left += one_off.len();
            // Back to where it was, for the next round.
            for (id, state, ..) in before {
                ground.put(&mut tx, id, state).await;
            }
            tx.commit().await.unwrap();
        }
        assert!(sent > 0 && left > 0, "nothing was ever settled");
    }
}
