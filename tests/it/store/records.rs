//! What is written of a try: sent, deferred, failed, uncertain, released. Each is of the worker who holds the row.

use coranto::domain::DeliveryId;
use coranto::domain::delivery::DeliveryState::{self, Claimed, Failed, InFlight, Pending, Sent, Uncertain};
use coranto::domain::delivery::{DeliveryKind, Reason};
use coranto::store::{Db, deliveries, settlement};

use super::ground::{Entry, NOW, StoreFixture, minute};
use crate::harness::database::both_databases;

/// A row in every state, held by `live` where it is held, and what each is.
async fn one_of_each(ground: &mut StoreFixture) -> Vec<(DeliveryId, Entry)> {
    let mut rows = Vec::new();
    for state in DeliveryState::ALL {
        let id = ground.row(*state, ground.live).await;
        rows.push((id, ground.get(id).await));
    }
    rows
}

fn ids(rows: &[(DeliveryId, Entry)]) -> Vec<DeliveryId> {
    rows.iter().map(|(id, _)| *id).collect()
}

/// A try is counted when its fate is known or in doubt; what is uncertain was counted when it became so.
fn counted(before: &Entry) -> i64 {
    before.attempts + i64::from(before.state == InFlight)
}

both_databases! {
    async fn an_acceptance_settles_what_is_on_the_wire_and_what_was_uncertain(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let rows = one_of_each(&mut ground).await;
        let (live, dead, ids) = (ground.live, ground.dead, ids(&rows));
        let tx = &mut ground.tx;
        assert_eq!(settlement::record_sent(tx, dead, &ids, "main", None, NOW).await.unwrap(), 0, "not its rows");
        assert_eq!(settlement::record_sent(tx, live, &ids, "main", Some("250 ok"), NOW).await.unwrap(), 2);
        for (id, before) in rows {
            let expected = match before.state {
                InFlight | Uncertain => Entry {
                    state: Sent,
                    final_at: Some(NOW),
                    due_at: None,
                    claimed_by: None,
                    relay: Some("main".to_owned()),
                    reply: Some("250 ok".to_owned()),
                    attempts: counted(&before),
                    ..before
                },
                _ => before,
            };
            assert_eq!(ground.get(id).await, expected);
        }
        let tx = &mut ground.tx;
        assert_eq!(settlement::record_sent(tx, live, &ids, "main", None, NOW).await.unwrap(), 0, "once");
    }

    async fn a_late_acceptance_is_of_whoever_held_the_row(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let live = ground.live;
        let late = ground.row(InFlight, live).await;
        let tx = &mut ground.tx;
        assert!(deliveries::record_uncertain(tx, live, late, Some(minute(30)), "main").await.unwrap());
        assert_eq!(settlement::record_sent(tx, live, &[late], "main", None, NOW).await.unwrap(), 1);
        let sent = ground.get(late).await;
        assert_eq!((sent.state, sent.attempts, sent.due_at), (Sent, 2, None), "one try, counted once");
        // When it is being sent again the answer comes too late: it is nobody's row, or another's.
        let resent = ground.row(InFlight, live).await;
        let tx = &mut ground.tx;
        assert!(deliveries::record_uncertain(tx, live, resent, Some(NOW), "main").await.unwrap());
        assert_eq!(deliveries::resend_uncertain(tx, NOW).await.unwrap(), 1);
        assert_eq!(settlement::record_sent(tx, live, &[resent], "main", None, NOW).await.unwrap(), 0);
        assert_eq!(ground.state(resent).await, Pending);
    }

    async fn a_deferred_row_waits_and_may_bear_something_else(db: Db) {
        for (pinned, tries) in [(false, 1), (true, 0)] {
            let mut ground = StoreFixture::new(&db).await;
            let (live, dead) = (ground.live, ground.dead);
            for (id, before) in one_of_each(&mut ground).await {
                let tx = &mut ground.tx;
                assert!(!deliveries::record_deferred(tx, dead, id, minute(5), tries, pinned, None).await.unwrap());
                let recorded = deliveries::record_deferred(tx, live, id, minute(5), tries, pinned, None).await.unwrap();
                assert_eq!(recorded, matches!(before.state, Claimed | InFlight | Uncertain), "{}", before.state);
                let expected = match before.state {
                    Claimed | InFlight | Uncertain => Entry {
                        state: Pending,
                        due_at: Some(minute(5)),
                        claimed_by: None,
                        attempts: before.attempts + if before.state == InFlight { tries } else { 0 },
                        revision_id: before.revision_id.filter(|_| pinned),
                        ..before
                    },
                    _ => before,
                };
                assert_eq!(ground.get(id).await, expected);
            }
            // A small mail is what it bears.
            let notice = ground.content(DeliveryKind::Notice, "notice").await;
            let entry = Entry { revision_id: Some(notice), ..ground.entry(InFlight, live) };
            let small = ground.put(None, None, &entry).await;
            let reply = Some("452 4.2.2 full");
            assert!(deliveries::record_deferred(&mut ground.tx, live, small, minute(5), tries, pinned, reply).await.unwrap());
            let row = ground.get(small).await;
            assert_eq!((row.revision_id, row.reply.as_deref()), (Some(notice), reply));
        }
    }

    async fn a_failed_row_says_why(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead) = (ground.live, ground.dead);
        let (relay, reply) = (Some("main"), Some("550 5.1.1 nobody"));
        for (id, before) in one_of_each(&mut ground).await {
            let tx = &mut ground.tx;
            assert!(!deliveries::record_failed(tx, dead, id, Reason::Refused, relay, reply, NOW).await.unwrap());
            let recorded = deliveries::record_failed(tx, live, id, Reason::Refused, relay, reply, NOW).await.unwrap();
            assert_eq!(recorded, matches!(before.state, Claimed | InFlight | Uncertain), "{}", before.state);
            let expected = match before.state {
                Claimed | InFlight | Uncertain => Entry {
                    state: Failed,
                    due_at: None,
                    claimed_by: None,
                    final_at: Some(NOW),
                    reason: Some(Reason::Refused),
                    relay: relay.map(str::to_owned),
                    reply: reply.map(str::to_owned),
                    attempts: counted(&before),
                    ..before
                },
                _ => before,
            };
            assert_eq!(ground.get(id).await, expected);
        }
        // Without a reply of its own the last one stays.
        let expired = ground.row(Claimed, live).await;
        assert!(deliveries::record_failed(&mut ground.tx, live, expired, Reason::Expired, None, None, NOW).await.unwrap());
        let row = ground.get(expired).await;
        assert_eq!((row.reason, row.reply.as_deref()), (Some(Reason::Expired), Some("450 4.2.0 later")));
    }

    async fn an_uncertain_row_stays_its_worker_s(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let (live, dead) = (ground.live, ground.dead);
        for due_at in [Some(minute(30)), None] {
            for (id, before) in one_of_each(&mut ground).await {
                let tx = &mut ground.tx;
                assert!(!deliveries::record_uncertain(tx, dead, id, due_at, "main").await.unwrap());
                let recorded = deliveries::record_uncertain(tx, live, id, due_at, "main").await.unwrap();
                assert_eq!(recorded, before.state == InFlight, "{}", before.state);
                let expected = match before.state {
                    InFlight => Entry {
                        state: Uncertain,
                        due_at,
                        attempts: before.attempts + 1,
                        relay: Some("main".to_owned()),
                        ..before
                    },
                    _ => before,
                };
                assert_eq!(ground.get(id).await, expected);
            }
        }
    }

    async fn a_released_row_loses_no_try_and_no_time(db: Db) {
        for pinned in [false, true] {
            let mut ground = StoreFixture::new(&db).await;
            let rows = one_of_each(&mut ground).await;
            let (live, dead, all) = (ground.live, ground.dead, ids(&rows));
            assert_eq!(deliveries::release(&mut ground.tx, dead, &all, minute(1), pinned).await.unwrap(), 0);
            assert_eq!(deliveries::release(&mut ground.tx, live, &all, minute(1), pinned).await.unwrap(), 3);
            for (id, before) in rows {
                let expected = match before.state {
                    Claimed | InFlight | Uncertain => Entry {
                        state: Pending,
                        due_at: Some(minute(1)),
                        claimed_by: None,
                        attempts: before.attempts - i64::from(before.state == Uncertain),
                        revision_id: before.revision_id.filter(|_| pinned),
                        ..before
                    },
                    _ => before,
                };
                assert_eq!(ground.get(id).await, expected);
            }
            // The time in which tries are made begins with the first of which something came.
            let fresh = Entry { attempts: 0, ..ground.entry(InFlight, live) };
            let id = ground.row_like(&fresh).await;
            assert_eq!(deliveries::release(&mut ground.tx, live, &[id], minute(1), pinned).await.unwrap(), 1);
            assert_eq!(ground.get(id).await.first_at, fresh.first_at.filter(|_| pinned));
            let small = ground.put(None, None, &fresh).await;
            assert_eq!(deliveries::release(&mut ground.tx, live, &[small], minute(1), pinned).await.unwrap(), 1);
            assert_eq!(ground.get(small).await.revision_id, fresh.revision_id, "a small mail is what it bears");
        }
    }
}
