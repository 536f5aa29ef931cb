//! The table of docs/bounces.md at the edge of each of its rows, from notices through settlement; and the brakes at theirs.

use std::collections::BTreeMap;

use coranto::domain::IssueId;
use coranto::domain::address::EmailAddress;
use coranto::domain::cause::{Cause, Certainty, Classification, Party};
use coranto::domain::policy::Policy;
use coranto::domain::standing::Bound;
use coranto::domain::storm::BrakeBound;
use coranto::domain::suppression::SuppressionReason;
use coranto::inbound::{self, Settled};
use coranto::store::notices::{self, RefusedMail};
use coranto::store::{Db, StoreError, suppressions};

use super::post::{DAY, HOUR};
use crate::delivery::stage::DeliveryFixture;
use crate::harness::database::both_databases;

/// Where a reader of the table stands: so many strikes, the first and the last so many days apart.
#[derive(Clone, Copy, Debug)]
struct Cell {
    cause: Cause,
    strikes: u32,
    days: u32,
    suppressed: bool,
}

impl Cell {
    /// Whether one of its strikes is so many days before the last one.
    fn strikes_before(&self, days: u32) -> bool {
        days == 0 || (self.strikes > 1 && (days == self.days || days <= self.strikes - 2))
    }
}

/// Each row below, at and above its bound, by one strike and by one day. One address each.
fn cells(rows: &[(Cause, Bound)]) -> BTreeMap<String, Cell> {
    let mut cells = BTreeMap::new();
    for (cause, bound) in rows {
        for more in -1..=1 {
            for later in -1..=1 {
                let (strikes, days) = (bound.strikes.strict_add_signed(more), bound.days.strict_add_signed(later));
                let cell = Cell { cause: *cause, strikes, days, suppressed: more >= 0 && later >= 0 };
                cells.insert(format!("{cause}-{strikes}-{days}").replace('_', "-"), cell);
            }
        }
    }
    cells
}

/// A relay says `cause` of the mail of an issue to those whom `cause` names.
async fn say(stage: &DeliveryFixture, issue: IssueId, certainty: Certainty, cause: impl Fn(&str) -> Option<Cause>) {
    let (rows, now) = (stage.rows(issue).await, stage.clock.now());
    let add = async |tx: &mut coranto::store::Tx| {
        for row in &rows {
            let email = row.email.clone().unwrap_or_default();
            let Some(cause) = cause(email.split('@').next().unwrap_or_default()) else { continue };
            let address: EmailAddress = email.parse().unwrap();
            let judged = Classification { cause, certainty, party: Party::Recipient, rule: "test", permanent: true };
            let refused = RefusedMail {
                delivery: row.id,
                newsletter: Some(stage.newsletter),
                address_hash: &stage.keys.address_hash(&address.key()),
                relay: "main",
                destination: "example.net",
                reply: "550 5.0.0 no",
                judged: &judged,
                settle_at: now.plus(HOUR),
            };
            assert!(notices::add_relay(tx, &refused, now).await?);
        }
        Ok::<_, StoreError>(())
    };
    stage.db.write(add).await.unwrap();
}

async fn settle(stage: &DeliveryFixture, policy: &Policy) -> Settled {
    stage.clock.advance(HOUR);
    inbound::settle(&stage.db, None, policy, stage.clock.now()).await.unwrap()
}

async fn is_suppressed(stage: &DeliveryFixture, local: &str) -> bool {
    let hash = stage.keys.address_hash(&format!("{local}@example.net"));
    let reason = suppressions::reason(&mut stage.db.read().await.unwrap(), &hash).await.unwrap();
    reason == Some(SuppressionReason::Bounce)
}

/// Lives through the strikes of all cells at once, an issue for each day on which one of them has any.
async fn each_cell_ends_as_its_row_says(db: Db, policy: Policy) {
    let strikes = policy.strikes;
    let rows = [
        (Cause::NoMailbox, strikes.dead),
        (Cause::Moved, strikes.dead),
        (Cause::Disabled, strikes.disabled),
        (Cause::Suppressed, strikes.disabled),
        (Cause::Full, strikes.full),
        (Cause::Filtered, strikes.full),
        (Cause::Expired, strikes.way),
        (Cause::Network, strikes.way),
        (Cause::Remote, strikes.way),
    ];
    let cells = cells(&rows);
    let stage = DeliveryFixture::new(db).await;
    let names: Vec<&str> = cells.keys().map(String::as_str).collect();
    stage.readers(&names).await;
    let first = cells.values().map(|cell| cell.days).max().unwrap_or_default();
    for before in (0..=first).rev() {
        if cells.values().any(|cell| cell.strikes_before(before)) {
            let issue = stage.issue(&format!("before{before}")).await;
            let cause =
                |local: &str| cells.get(local).filter(|cell| cell.strikes_before(before)).map(|cell| cell.cause);
            say(&stage, issue, Certainty::Likely, cause).await;
            settle(&stage, &policy).await;
            stage.clock.advance(DAY.checked_sub(HOUR).unwrap());
        } else {
            stage.clock.advance(DAY);
        }
    }
    for (local, cell) in &cells {
        assert_eq!(is_suppressed(&stage, local).await, cell.suppressed, "{cell:?}");
    }
}

/// No brake is on.
fn unbraked() -> Policy {
    let mut policy = Policy::default();
    policy.brakes.issue = BrakeBound { addresses: 1000, percent: 0 };
    policy.brakes.list = BrakeBound { addresses: 1000, percent: 0 };
    policy
}

both_databases! {
    async fn each_row_of_the_table_holds_below_at_and_above_its_bound(db: Db) {
        each_cell_ends_as_its_row_says(db, unbraked()).await;
    }

    async fn numbers_of_an_operator_hold_at_theirs(db: Db) {
        let mut policy = unbraked();
        policy.strikes.dead = Bound { strikes: 3, days: 9 };
        policy.strikes.disabled = Bound { strikes: 2, days: 4 };
        policy.strikes.full = Bound { strikes: 4, days: 11 };
        policy.strikes.way = Bound { strikes: 5, days: 20 };
        each_cell_ends_as_its_row_says(db, policy).await;
    }

    async fn the_brake_of_an_issue_is_exact_at_a_thousand_readers(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(1030).await;
        // A day apart, so that each issue is judged by itself. The readers whom one suppresses are no reader of the next.
        for (slug, dead, expected) in [
            ("below", 19, Settled { suppressed: 19, ..Settled::default() }),
            ("at", 20, Settled { suppressed: 20, ..Settled::default() }),
        ] {
            let issue = stage.issue(slug).await;
            say_of_the_first(&stage, issue, dead).await;
            assert_eq!(settle(&stage, &Policy::default()).await, expected, "{slug}");
            stage.clock.advance(DAY * 2);
        }
        let issue = stage.issue("above").await;
        assert_eq!(stage.totals(issue).await.readers, 991);
        // 2 % of 991 are 19.
        say_of_the_first(&stage, issue, 20).await;
        assert_eq!(settle(&stage, &Policy::default()).await, Settled { held: 20, ..Settled::default() });
    }

    async fn brakes_hold_at_the_numbers_of_an_operator(db: Db) {
        let mut policy = Policy::default();
        policy.brakes.issue = BrakeBound { addresses: 3, percent: 0 };
        let stage = DeliveryFixture::new(db).await;
        stage.crowd(300).await;
        for (slug, dead, suppressed, held) in [("below", 2, 2, 0), ("at", 3, 3, 0), ("above", 4, 0, 4)] {
            let issue = stage.issue(slug).await;
            say_of_the_first(&stage, issue, dead).await;
            assert_eq!(settle(&stage, &policy).await, Settled { suppressed, held, ..Settled::default() }, "{slug}");
            stage.clock.advance(DAY * 2);
        }
        // Over all issues of a day; one of them alone is within the bound.
        policy.brakes = Policy::default().brakes;
        policy.brakes.list = BrakeBound { addresses: 5, percent: 0 };
        for (slug, suppressed, held) in [("day-first", 3, 0), ("day-second", 2, 1), ("day-third", 0, 3)] {
            let issue = stage.issue(slug).await;
            say_of_the_last(&stage, issue, 3).await;
            assert_eq!(settle(&stage, &policy).await, Settled { suppressed, held, ..Settled::default() }, "{slug}");
        }
        stage.clock.advance(DAY - HOUR * 2);
        let issue = stage.issue("day-after").await;
        say_of_the_last(&stage, issue, 1).await;
        assert_eq!(settle(&stage, &policy).await.suppressed, 1, "the first three are a day old");
    }
}

async fn say_of_the_first(stage: &DeliveryFixture, issue: IssueId, count: usize) {
    let named: Vec<String> = locals(stage, issue).await.into_iter().take(count).collect();
    say(stage, issue, Certainty::Certain, |local| named.iter().any(|one| one == local).then_some(Cause::NoMailbox))
        .await;
}

async fn say_of_the_last(stage: &DeliveryFixture, issue: IssueId, count: usize) {
    let named: Vec<String> = locals(stage, issue).await.into_iter().rev().take(count).collect();
    say(stage, issue, Certainty::Certain, |local| named.iter().any(|one| one == local).then_some(Cause::NoMailbox))
        .await;
}

async fn locals(stage: &DeliveryFixture, issue: IssueId) -> Vec<String> {
    let rows = stage.rows(issue).await;
    let mut locals: Vec<String> = rows.into_iter().filter_map(|row| row.email).collect();
    locals.sort_unstable();
    locals.iter().map(|email| email.split('@').next().unwrap_or_default().to_owned()).collect()
}
