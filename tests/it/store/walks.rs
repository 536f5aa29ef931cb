//! Whatever is done to the ledger, in whatever order, by living and dead workers: no row ever makes a move that the state
//! machine forbids.

use std::collections::BTreeMap;
use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::delivery::{DeliveryState, Reason};
use coranto::domain::event::Event;
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState::Active;
use coranto::domain::{DeliveryId, SubscriptionId, WorkerId};
use coranto::store::{Db, Tx, deliveries, installation, issues, leases, ledger, settlement, subscriptions};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::ground::{NOW, StoreFixture};
use crate::harness::acts;
use crate::harness::database::both_databases;

const READERS: usize = 6;
const SEQUENCES: usize = 80;
const STEPS: usize = 120;
const LEASE: Duration = Duration::from_secs(60);

/// One call of the store, by one of two workers, on some of the rows.
#[derive(Clone, Debug)]
struct Step {
    what: u8,
    worker: usize,
    /// Which rows, as bits.
    rows: u8,
    flag: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (0..25_u8, 0..2_usize, 1..64_u8, any::<bool>()).prop_map(|(what, worker, rows, flag)| Step {
        what,
        worker,
        rows,
        flag,
    })
}

async fn states(tx: &mut Tx) -> BTreeMap<DeliveryId, DeliveryState> {
    let sql = "SELECT id, state FROM deliveries ORDER BY id";
    let rows: Vec<(DeliveryId, DeliveryState)> = tx.sql(sql).fetch_all().await.unwrap();
    rows.into_iter().collect()
}

struct Play {
    ground: StoreFixture,
    readers: Vec<SubscriptionId>,
    rows: Vec<DeliveryId>,
    workers: [WorkerId; 2],
    now: Timestamp,
}

impl Play {
    /// An issue that goes out to all readers, in a transaction that is never committed.
    async fn new(db: &Db) -> Self {
        let mut ground = StoreFixture::new(db).await;
        let mut readers = Vec::new();
        for number in 0..READERS {
            readers.push(ground.reader(&format!("reader{number}"), Active).await);
        }
        assert_eq!(ledger::freeze(&mut ground.tx, ground.issue, ground.week, NOW).await.unwrap(), READERS as u64);
        let rows = states(&mut ground.tx).await.into_keys().collect();
        let workers =
            [ground.live, leases::register(&mut ground.tx, "other", true, NOW, NOW.plus(LEASE)).await.unwrap()];
        Self { ground, readers, rows, workers, now: NOW }
    }

    async fn act(&mut self, step: &Step) {
        let now = self.now;
        let worker = self.workers[step.worker];
        let (issue, revision) = (self.ground.issue, self.ground.revision);
        let rows = self.rows.iter().enumerate().filter(|(at, _)| step.rows & (1 << at) != 0);
        let rows: Vec<DeliveryId> = rows.map(|(_, id)| *id).collect();
        let row = rows[0];
        let later = now.plus(Duration::from_secs(10));
        let tx = &mut self.ground.tx;
        match step.what {
            0..=2 => drop(deliveries::claim(tx, worker, Some(issue), now, rows.len() as i64).await.unwrap()),
            3..=5 => drop(settlement::take_off(tx, worker, &rows, revision, now, now).await.unwrap()),
            6 => drop(deliveries::claim_one(tx, worker, row).await.unwrap()),
            7 | 22 => drop(settlement::record_sent(tx, worker, &rows, "r", None, now).await.unwrap()),
            8 => drop(deliveries::record_deferred(tx, worker, row, later, 1, step.flag, None).await.unwrap()),
            9 => {
                let reason = if step.flag { Reason::Refused } else { Reason::Uncertain };
                let _ = deliveries::record_failed(tx, worker, row, reason, None, None, now).await.unwrap();
            }
            10 | 23 => {
                let due_at = step.flag.then_some(later);
                let _ = deliveries::record_uncertain(tx, worker, row, due_at, "r").await.unwrap();
            }
            11 => drop(deliveries::release(tx, worker, &rows, later, step.flag).await.unwrap()),
            12 => drop(deliveries::refuse(tx, worker, &rows).await.unwrap()),
            13 => drop(deliveries::skip_unmailable(tx, worker, &rows, now).await.unwrap()),
            14 => drop(deliveries::rescue_claimed(tx, now).await.unwrap()),
            15 => {
                let due_at = step.flag.then_some(later);
                let _ = deliveries::rescue_in_flight(tx, Some(issue), due_at, now).await.unwrap();
            }
            16 => drop(deliveries::resend_uncertain(tx, now).await.unwrap()),
            17 => drop(deliveries::release_claims(tx, worker, true).await.unwrap()),
            18 => match step.flag {
                true => drop(ledger::retry_failed(tx, issue, now).await.unwrap()),
                false => drop(ledger::retry_uncertain(tx, issue, now).await.unwrap()),
            },
            19 => match step.flag {
                true => drop(ledger::give_up_uncertain(tx, issue, now).await.unwrap()),
                false => drop(ledger::end_uncertain(tx, issue, now).await.unwrap()),
            },
            20 => {
                let (from, to) = (IssueState::Sending, IssueState::Paused);
                let (from, to) = if step.flag { (from, to) } else { (to, from) };
                issues::advance(tx, issue, from, to, "", acts::by(now), &Event::IssueResumed).await.unwrap();
            }
            24 => {
                for row in rows {
                    deliveries::prove(tx, row, now).await.unwrap();
                }
            }
            _ => self.meanwhile(step).await,
        }
    }

    /// Time passes, and sometimes a worker dies, a reader leaves, or a person stops it all.
    async fn meanwhile(&mut self, step: &Step) {
        self.now = self.now.plus(Duration::from_secs(u64::from(step.rows)));
        let tx = &mut self.ground.tx;
        match step.rows {
            1..=4 => {
                let reader = self.readers[usize::from(step.rows)];
                subscriptions::unsubscribe(tx, reader, &acts::entry(self.now)).await.unwrap();
            }
            5 => drop(ledger::stop(tx, self.ground.issue, self.now).await.unwrap()),
            6..=15 => {
                let reader = self.readers[usize::from(step.rows) % 4 + 1];
                let suppress = "INSERT INTO suppressions (address_hash, reason, note, created_at)
                     SELECT u.address_hash, 'manual', '', 0 FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id
                     WHERE s.id = $1 ON CONFLICT DO NOTHING";
                tx.sql(suppress).bind(reader).execute().await.unwrap();
                let worker = self.workers[step.worker];
                deliveries::skip_unmailable(tx, worker, &self.rows, self.now).await.unwrap();
            }
            16..=24 => {
                tx.sql("DELETE FROM suppressions").execute().await.unwrap();
                ledger::retry_failed(tx, self.ground.issue, self.now).await.unwrap();
            }
            25..=40 => {
                let until = self.now.plus(LEASE);
                self.workers[step.worker] = leases::register(tx, "again", true, self.now, until).await.unwrap();
            }
            41..=42 => drop(installation::doubt(tx, self.ground.issue).await.unwrap()),
            _ => {}
        }
    }
}

both_databases! {
    async fn no_row_makes_a_forbidden_move(db: Db) {
        let mut runner = TestRunner::deterministic();
        let mut seen: BTreeMap<(DeliveryState, DeliveryState), usize> = BTreeMap::new();
        for _ in 0..SEQUENCES {
            let steps = prop::collection::vec(step(), STEPS).new_tree(&mut runner).unwrap().current();
            let mut play = Play::new(&db).await;
            let mut before = states(&mut play.ground.tx).await;
            for (at, step) in steps.iter().enumerate() {
                play.act(step).await;
                let after = states(&mut play.ground.tx).await;
                for (id, state) in &after {
                    let was = before[id];
                    if was != *state {
                        assert!(was.may_become(*state), "{was} -> {state} at {:?}", &steps[..=at]);
                        *seen.entry((was, *state)).or_default() += 1;
                    }
                }
                assert_eq!(after.len(), READERS, "no row comes or goes");
                before = after;
            }
        }
        // The walk must have come about: every move that the store makes was made.
        for was in DeliveryState::ALL {
            for next in DeliveryState::ALL {
                let is_made = seen.contains_key(&(*was, *next));
                assert!(is_made || !was.may_become(*next), "{was} -> {next} was never tried");
            }
        }
    }
}
