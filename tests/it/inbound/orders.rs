//! Settlement in another order, and with a crash in between: what follows is the same.

use std::collections::BTreeMap;

use coranto::domain::IssueId;
use coranto::domain::address::EmailAddress;
use coranto::domain::cause::{Cause, Certainty, Classification, Party};
use coranto::domain::notice::Effect;
use coranto::domain::policy::Policy;
use coranto::inbound::{self, Settled};
use coranto::store::notices::{self, NoticeFilter, RefusedMail};
use coranto::store::{Db, StoreError};

use super::post::{DAY, HOUR};
use crate::delivery::stage::DeliveryFixture;
use crate::harness::database::both_databases;

const ORDERS: u64 = 36;
/// More than two batches of settlement.
const CROWD: usize = 1100;

/// What a relay says of the mail of an issue to a reader.
#[derive(Clone, Copy, Debug)]
struct Said {
    /// The first issue, or the second.
    issue: usize,
    local: &'static str,
    cause: Cause,
    certainty: Certainty,
}

const fn said(issue: usize, local: &'static str, cause: Cause, certainty: Certainty) -> Said {
    Said { issue, local, cause, certainty }
}

/// Two issues a week apart: certain and likely, once and twice, the same cause and another.
const ALL: [Said; 9] = [
    said(0, "dead", Cause::NoMailbox, Certainty::Certain),
    said(1, "dead", Cause::NoMailbox, Certainty::Certain),
    said(0, "twice", Cause::Moved, Certainty::Likely),
    said(1, "twice", Cause::NoMailbox, Certainty::Likely),
    said(1, "once", Cause::NoMailbox, Certainty::Likely),
    said(0, "full", Cause::Full, Certainty::Certain),
    said(1, "full", Cause::Disabled, Certainty::Certain),
    said(0, "ours", Cause::Policy, Certainty::Certain),
    said(1, "ours", Cause::Unknown, Certainty::Likely),
];

/// An order of `ALL` that belongs to `seed` (Fisher and Yates, with SplitMix64).
fn order(seed: u64) -> Vec<Said> {
    let (mut all, mut state) = (ALL.to_vec(), seed);
    for at in (1..all.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        all.swap(at, usize::try_from((mixed >> 33) % (at as u64 + 1)).unwrap());
    }
    all
}

/// What followed: the effect on each notice, and how many addresses were suppressed.
type Outcome = (BTreeMap<(usize, &'static str), Effect>, i64);

/// One round with readers and issues of its own; notices are kept in the order of `seed`, and all settled at once.
async fn outcome(stage: &DeliveryFixture, seed: u64) -> Outcome {
    let local = |name: &str| format!("{name}-{seed}");
    stage.readers(&["dead", "twice", "once", "full", "ours"].map(local)).await;
    let before = suppressed(stage).await;
    let first = (stage.issue(&format!("first-{seed}")).await, stage.clock.now());
    stage.clock.advance(DAY * 7);
    let second = (stage.issue(&format!("second-{seed}")).await, stage.clock.now());
    let issues = [first, second];
    let due = stage.clock.now().plus(HOUR);
    for said in order(seed) {
        let (issue, at) = issues[said.issue];
        let row = stage.row(issue, &local(said.local)).await;
        let address: EmailAddress = row.email.clone().unwrap().parse().unwrap();
        let judged = Classification {
            cause: said.cause,
            certainty: said.certainty,
            party: Party::Recipient,
            rule: "test",
            permanent: true,
        };
        let refused = RefusedMail {
            delivery: row.id,
            newsletter: Some(stage.newsletter),
            address_hash: &stage.keys.address_hash(&address.key()),
            relay: "main",
            destination: "example.net",
            reply: "550 no",
            judged: &judged,
            settle_at: due,
        };
        assert!(stage.db.write(async |tx| notices::add_relay(tx, &refused, at).await).await.unwrap());
    }
    stage.clock.advance(HOUR);
    inbound::settle(&stage.db, None, &Policy::default(), stage.clock.now()).await.unwrap();
    let mut effects = BTreeMap::new();
    for (number, (issue, _)) in issues.into_iter().enumerate() {
        let filter = NoticeFilter { issue: Some(issue), ..NoticeFilter::default() };
        for notice in notices::page(&mut stage.db.read().await.unwrap(), &filter, 100).await.unwrap() {
            let email = notice.email.unwrap();
            let name = ALL.iter().map(|said| said.local).find(|name| email.starts_with(&format!("{name}-"))).unwrap();
            effects.insert((number, name), notice.effect);
        }
    }
    let followed = (effects, suppressed(stage).await - before);
    // The bound of a day is each round's own.
    stage.clock.advance(DAY * 2);
    followed
}

async fn suppressed(stage: &DeliveryFixture) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    tx.sql("SELECT COUNT(*) FROM suppressions").fetch_one::<(i64,)>().await.unwrap().0
}

async fn with_effect(stage: &DeliveryFixture, effect: Effect) -> i64 {
    let mut tx = stage.db.read().await.unwrap();
    tx.sql("SELECT COUNT(*) FROM notices WHERE effect = $1").bind(effect).fetch_one::<(i64,)>().await.unwrap().0
}

/// A relay calls every reader of an issue dead.
async fn call_all_dead(stage: &DeliveryFixture, issue: IssueId) {
    let (rows, now) = (stage.rows(issue).await, stage.clock.now());
    let judged = Classification {
        cause: Cause::NoMailbox,
        certainty: Certainty::Certain,
        party: Party::Recipient,
        rule: "test",
        permanent: true,
    };
    let add = async |tx: &mut coranto::store::Tx| {
        for row in &rows {
            let address: EmailAddress = row.email.clone().unwrap().parse().unwrap();
            let refused = RefusedMail {
                delivery: row.id,
                newsletter: Some(stage.newsletter),
                address_hash: &stage.keys.address_hash(&address.key()),
                relay: "main",
                destination: "example.net",
                reply: "550 5.1.1 unknown",
                judged: &judged,
                settle_at: now,
            };
            assert!(notices::add_relay(tx, &refused, now).await?);
        }
        Ok::<_, StoreError>(())
    };
    stage.db.write(add).await.unwrap();
}

both_databases! {
    async fn any_order_of_the_same_notices_has_the_same_effects(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let (effects, suppressed) = outcome(&stage, 0).await;
        assert_eq!((effects.len(), suppressed), (ALL.len(), 2), "{effects:?}");
        assert_eq!(effects[&(0, "dead")], Effect::Suppressed);
        assert_eq!(effects[&(1, "once")], Effect::Counted);
        assert_eq!(effects[&(0, "ours")], Effect::None);
        for seed in 1..ORDERS {
            assert_eq!(outcome(&stage, seed).await, (effects.clone(), suppressed), "{:?}", order(seed));
        }
    }

    async fn a_crash_between_batches_touches_nobody_who_is_held(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(CROWD).await;
        let issue = stage.issue("crash").await;
        call_all_dead(&stage, issue).await;
        // Dropped at a later moment each time: before, within and between the transactions of its batches.
        let (mut held, mut between) = (0, false);
        for polls in 1.. {
            let now = stage.clock.now();
            let policy = Policy::default();
            let mut settling = Box::pin(inbound::settle(&stage.db, None, &policy, now));
            let mut ended = None;
            for _ in 0..polls * 40 {
                ended = tokio::select! { biased; done = &mut settling => Some(done), () = tokio::task::yield_now() => None };
                if ended.is_some() {
                    break;
                }
            }
            drop(settling);
            assert_eq!(suppressed(&stage).await, 0, "nobody is touched while held");
            let found = with_effect(&stage, Effect::Held).await;
            assert!(found >= held && (found % 500 == 0 || found == CROWD as i64), "{held}, then {found}");
            between |= found > 0 && found < CROWD as i64 && ended.is_none();
            held = found;
            if ended.is_some() {
                break;
            }
        }
        assert!(between, "no crash was between two batches");
        let settled = inbound::settle(&stage.db, None, &Policy::default(), stage.clock.now()).await.unwrap();
        assert_eq!(settled, Settled::default(), "all are settled");
        assert_eq!((with_effect(&stage, Effect::Held).await, suppressed(&stage).await), (CROWD as i64, 0));
    }
}
