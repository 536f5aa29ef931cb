//! The one statement for acceptances and take-offs: written together, they are what they are one after the other.

use coranto::domain::delivery::DeliveryKind;
use coranto::domain::delivery::DeliveryState::{Claimed, InFlight, Pending, Sent, Uncertain};
use coranto::domain::issue::IssueState;
use coranto::domain::subscriber::SubscriptionState::{self, Active, Paused, Unsubscribed};
use coranto::domain::{DeliveryId, IssueId, RevisionId, SubscriptionId};
use coranto::store::Db;
use coranto::store::settlement::{self, Settlement};

use super::ground::{Entry, NOW, StoreFixture, minute, read};
use crate::harness::database::both_databases;

/// Two equal ledgers: for each row of the one there is a row of the other.
#[derive(Default)]
struct Twins {
    one: Vec<DeliveryId>,
    other: Vec<DeliveryId>,
    /// What the pair is of, for who reads a failure.
    of: Vec<String>,
}

impl Twins {
    async fn add(
        &mut self,
        ground: &mut StoreFixture,
        issues: [Option<IssueId>; 2],
        reader: Option<SubscriptionId>,
        entry: &Entry,
    ) {
        self.one.push(ground.put(issues[0], reader, entry).await);
        self.other.push(ground.put(issues[1], reader, entry).await);
        self.of.push(format!("issue {:?}, reader {reader:?}, {entry:?}", issues[0]));
    }
}

/// Rows in every open state, held by either worker, bearing nothing, the issue's content or that of before.
fn entries(ground: &StoreFixture) -> Vec<Entry> {
    let mut entries = Vec::new();
    for state in [Pending, Claimed, InFlight, Uncertain, Sent] {
        for worker in [ground.live, ground.dead] {
            for revision_id in [None, Some(ground.revision), Some(ground.older)] {
                let first_at = (revision_id.is_some() || matches!(state, InFlight | Uncertain)).then_some(minute(-7));
                entries.push(Entry {
                    revision_id,
                    first_at,
                    relay: Some("other".to_owned()),
                    ..ground.entry(state, worker)
                });
            }
        }
    }
    entries
}

/// A reader of each kind for each entry: an issue has one row for each.
async fn readers(ground: &mut StoreFixture, number: usize) -> Vec<SubscriptionId> {
    let mut readers = vec![ground.suppressed(&format!("suppressed{number}")).await];
    for state in [Active, Paused, Unsubscribed, SubscriptionState::Pending] {
        readers.push(ground.reader(&format!("{state}{number}"), state).await);
    }
    readers
}

/// Every situation that a row can be in, twice.
async fn lay_out(ground: &mut StoreFixture) -> Twins {
    let mut duplicates = Twins::default();
    let going = [Some(ground.issue), Some(ground.issue("twin", IssueState::Sending).await)];
    let halted = [
        Some(ground.issue("halted", IssueState::Paused).await),
        Some(ground.issue("halted-twin", IssueState::Paused).await),
    ];
    let confirmation = ground.content(DeliveryKind::Confirmation, "confirm").await;
    let notice = ground.content(DeliveryKind::Notice, "notice").await;
    for (number, entry) in entries(ground).iter().enumerate() {
        for reader in readers(ground, number).await {
            duplicates.add(ground, going, Some(reader), entry).await;
            duplicates.add(ground, halted, Some(reader), entry).await;
            if entry.revision_id.is_none() {
                for kind in [confirmation, notice] {
                    let small = Entry { revision_id: Some(kind), ..entry.clone() };
                    duplicates.add(ground, [None, None], Some(reader), &small).await;
                }
            }
        }
        // A test mail.
        duplicates.add(ground, [None, None], None, entry).await;
    }
    duplicates
}

/// What `ids` are now, read in one transaction.
async fn look(db: &Db, ids: &[DeliveryId]) -> Vec<Entry> {
    let mut tx = db.read().await.unwrap();
    let mut entries = Vec::new();
    for id in ids {
        entries.push(read(&mut tx, *id).await);
    }
    entries
}

/// The places in `all` of `ids`.
fn places(all: &[DeliveryId], ids: &[DeliveryId]) -> Vec<usize> {
    let mut places: Vec<usize> = ids.iter().map(|id| all.iter().position(|one| one == id).unwrap()).collect();
    places.sort_unstable();
    places
}

both_databases! {
    async fn one_statement_says_the_same_as_two(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let duplicates = lay_out(&mut ground).await;
        let confirmation = ground.content(DeliveryKind::Confirmation, "confirm").await;
        let notice = ground.content(DeliveryKind::Notice, "notice").await;
        let (live, dead, older, current) = (ground.live, ground.dead, ground.older, ground.revision);
        ground.tx.commit().await.unwrap();
        let (mut sent, mut off) = (0, 0);
        let asked: [(_, RevisionId); 5] =
            [(live, current), (dead, current), (live, older), (live, confirmation), (live, notice)];
        for (worker, revision) in asked {
            let settlement = Settlement {
                worker,
                sent: &duplicates.one,
                relay: "main",
                reply: None,
                leaving: &duplicates.one,
                revision,
                date: minute(-1),
            };
            let mut single = db.single().await.unwrap();
            let (taken, recorded) = settlement::settle(&mut single, &settlement, NOW).await.unwrap();
            drop(single);
            let mut tx = db.begin().await.unwrap();
            let recorded_alone =
                settlement::record_sent(&mut tx, worker, &duplicates.other, "main", None, NOW).await.unwrap();
            let taken_alone =
                settlement::take_off(&mut tx, worker, &duplicates.other, revision, minute(-1), NOW).await.unwrap();
            tx.commit().await.unwrap();
            let (one, other) = (look(&db, &duplicates.one).await, look(&db, &duplicates.other).await);
            for ((one, other), of) in one.iter().zip(&other).zip(&duplicates.of) {
                assert_eq!(one, other, "settled by {worker:?} with {revision:?}; it was: {of}");
            }
            assert_eq!(recorded, recorded_alone);
            assert_eq!(places(&duplicates.one, &taken), places(&duplicates.other, &taken_alone));
            sent += recorded;
            off += taken.len();
        }
        // Not equal because nothing happened: an active reader's three rows and the small mails took off.
        assert!(sent > 50 && off >= 8, "{sent} sent, {off} taken off");
    }

    async fn each_list_is_for_its_own_rows(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let claimed = ground.row(Claimed, ground.live).await;
        let on_wire = ground.row(InFlight, ground.live).await;
        let uncertain = ground.row(Uncertain, ground.live).await;
        let (worker, revision) = (ground.live, ground.revision);
        ground.tx.commit().await.unwrap();
        let before = look(&db, &[claimed, on_wire, uncertain]).await;
        // The wrong way round: what is claimed was accepted, what is on the wire asks to take off.
        let (sent, leaving) = ([claimed], [on_wire, uncertain]);
        let settlement = Settlement { worker, sent: &sent, relay: "main", reply: None, leaving: &leaving, revision, date: NOW };
        let mut single = db.single().await.unwrap();
        assert_eq!(settlement::settle(&mut single, &settlement, NOW).await.unwrap(), (vec![], 0));
        drop(single);
        assert_eq!(look(&db, &[claimed, on_wire, uncertain]).await, before);
        let settlement = Settlement { sent: &leaving, leaving: &sent, ..settlement };
        let mut single = db.single().await.unwrap();
        assert_eq!(settlement::settle(&mut single, &settlement, NOW).await.unwrap(), (vec![claimed], 2));
        drop(single);
        let after = look(&db, &[claimed, on_wire, uncertain]).await;
        assert_eq!(after.iter().map(|row| row.state).collect::<Vec<_>>(), [InFlight, Sent, Sent]);
        // The try of the uncertain one was counted when it became so.
        assert_eq!(after.iter().map(|row| row.attempts).collect::<Vec<_>>(), [1, 2, 1]);
    }
}
