//! The order in which entries come in and are written. It is the bound of what may be sent twice, and no scenario shows it:
//! an engine is quicker than any other order would be seen.

use super::*;
use crate::domain::NewsletterId;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::issue::IssueState;
use crate::store::consents::ConsentDetails;
use crate::store::issues::NewIssue;
use crate::store::revisions::NewRevision;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::{ConsentEntry as Consent, NewSubscription};
use crate::store::{issues, leases, ledger, migrate, newsletters, revisions, subscribers, subscriptions};

const NOW: Timestamp = Timestamp(1_795_766_400_000);

async fn database() -> Db {
    let db = Db::open_passing().await.unwrap();
    migrate::run(&db).await.unwrap();
    db
}

fn keys() -> Keyring {
    Keyring::parse(&format!("1:{}", "07".repeat(32))).unwrap()
}

fn held(id: i64) -> Held {
    Held {
        id: DeliveryId(id),
        worker: WorkerId(1),
        issue: Some(IssueId(1)),
        pinned: false,
        newsletter: NewsletterId(1),
        destination: "example.net".into(),
        waits: 0,
        refused_by: None,
        is_first: true,
        is_probe: false,
    }
}

fn leaving(id: i64) -> TakeOff {
    TakeOff { held: held(id), revision: RevisionId(1), date: NOW }
}

fn sent() -> DeliveryOutcome {
    DeliveryOutcome::Sent { relay: "main".into(), reply: None }
}

fn recorder(db: &Db) -> (Recorder, RecorderTask) {
    let (health, current, suspended) = (Arc::default(), Arc::default(), Arc::new(Suspended::new(db.clone())));
    Recorder::new(db.clone(), Clock::fixed(NOW), keys(), Duration::ZERO, health, current, suspended)
}

/// What was handed in: `sent 1`, `take-off 2`.
fn named(entry: &LedgerEntry) -> String {
    match entry {
        LedgerEntry::Outcome(held, outcome) => format!("{} {}", outcome.name(), held.id.0),
        LedgerEntry::TakeOff(one, _) => format!("take-off {}", one.held.id.0),
        LedgerEntry::Look(held, _) => format!("look {}", held.id.0),
        LedgerEntry::Event(_, event) => event.kind().to_owned(),
    }
}

/// One thread, and nobody else on it: what a connection does one after the other comes in one after the other.
#[tokio::test]
async fn an_outcome_is_in_before_the_next_take_off_is_asked() {
    let db = database().await;
    let (recorder, mut task) = recorder(&db);
    let connection = async {
        for mail in 1..=3 {
            recorder.record(held(mail), sent()).await;
            recorder.event(Actor::Relay("main".to_owned()), Event::RelayUp { relay: "main".to_owned() }).await;
            assert!(recorder.take_off(leaving(mail + 1)).await);
            assert!(recorder.look_again(held(mail + 1)).await);
        }
    };
    let heard = async {
        let mut heard = Vec::new();
        while heard.len() < 12 {
            let entry = task.entries.recv().await.unwrap();
            heard.push(named(&entry));
            if let LedgerEntry::TakeOff(_, answer) | LedgerEntry::Look(_, answer) = entry {
                answer.send(true).unwrap();
            }
        }
        heard
    };
    let ((), heard) = tokio::join!(connection, heard);
    let expected: Vec<String> = (1..=3)
        .flat_map(|mail| {
            let next = mail + 1;
            [format!("sent {mail}"), "relay.up".to_owned(), format!("take-off {next}"), format!("look {next}")]
        })
        .collect();
    assert_eq!(heard, expected);
}

/// An outcome that finds no room is kept until there is some.
#[tokio::test]
async fn no_outcome_is_lost_when_more_wait_than_have_room() {
    let db = database().await;
    let (recorder, mut task) = recorder(&db);
    let many = i64::try_from(WAITING_MAX).unwrap() * 2;
    let connection = async {
        for mail in 1..=many {
            recorder.record(held(mail), sent()).await;
        }
        drop(recorder);
    };
    let heard = async {
        let mut heard = 0;
        while let Some(LedgerEntry::Outcome(held, _)) = task.entries.recv().await {
            heard += 1;
            assert_eq!(held.id.0, heard);
        }
        heard
    };
    assert_eq!(tokio::join!(connection, heard).1, many);
}

fn content() -> NewRevision {
    NewRevision {
        kind: DeliveryKind::Issue,
        slug: Some("one".to_owned()),
        title: "one".to_owned(),
        subject: "One".to_owned(),
        preheader: String::new(),
        language: "en".to_owned(),
        html: "<p>text</p>".to_owned(),
        plain: "text\r\n".to_owned(),
        source: String::new(),
    }
}

/// A newsletter with so many readers, one issue that goes out to them, and a worker who has claimed all of its rows.
async fn going_out(db: &Db, readers: i64) -> Vec<DeliveryId> {
    let by = Actor::scheduler(NOW);
    db.write(async |tx| {
        let newsletter = newsletters::ensure(tx, "week", NOW).await?;
        for number in 0..readers {
            let email: EmailAddress = format!("reader{number}@example.net").parse().unwrap();
            let person = NewSubscriber {
                address_hash: keys().address_hash(&email.key()),
                former_hash: None,
                quota_hash: keys().address_hash(&email.mailbox_key()),
                name: None,
                email,
            };
            let subscriber = subscribers::ensure(tx, &person, NOW).await?.id;
            let new = NewSubscription { newsletter, subscriber, language: None, source: "test" };
            let id = subscriptions::ensure(tx, &new, NOW).await?.id;
            let consent = Consent {
                by,
                consent: ConsentKind::Added,
                event: None,
                wording: "",
                client: None,
                source: "test",
                typed: ConsentDetails::default(),
            };
            assert!(subscriptions::activate(tx, id, &consent).await?);
        }
        let revision = revisions::ensure(tx, newsletter, &content(), NOW).await?;
        let new = NewIssue {
            newsletter,
            slug: "one",
            title: "one",
            state: IssueState::Sending,
            revision,
            due_at: Some(NOW),
            on_slot: false,
            beside: false,
            note: "",
        };
        let issue = issues::insert(tx, &new, by).await?.unwrap();
        ledger::freeze(tx, issue, newsletter, NOW).await?;
        let worker = leases::register(tx, "test", true, NOW, NOW.plus(Duration::from_secs(60))).await?;
        assert_eq!((newsletter, revision, issue, worker), (NewsletterId(1), RevisionId(1), IssueId(1), WorkerId(1)));
        deliveries::claim(tx, worker, Some(issue), NOW, readers).await
    })
    .await
    .unwrap()
}

/// Hands one batch to the task; which of its take-offs were granted.
async fn batch(db: &Db, outcomes: Vec<(Held, DeliveryOutcome)>, take_offs: &[i64], take_offs_first: bool) -> Vec<bool> {
    let (recorder, task) = recorder(db);
    let mut answers = Vec::new();
    let mut entries: Vec<LedgerEntry> =
        outcomes.into_iter().map(|(held, outcome)| LedgerEntry::Outcome(held, outcome)).collect();
    for id in take_offs {
        let (answer, granted) = oneshot::channel();
        answers.push(granted);
        let at = if take_offs_first { 0 } else { entries.len() };
        entries.insert(at, LedgerEntry::TakeOff(leaving(*id), answer));
    }
    for entry in entries {
        recorder.entries.try_send(entry).unwrap();
    }
    drop(recorder);
    task.run().await;
    let mut granted = Vec::new();
    for answer in answers {
        granted.push(answer.await.unwrap());
    }
    granted
}

/// Outcomes are written before the take-offs that came in beside them, wherever they stand: an issue that halts lets
/// nothing more go.
#[tokio::test]
async fn what_an_outcome_ends_no_take_off_of_the_same_batch_begins() {
    for take_offs_first in [false, true] {
        let db = database().await;
        let ids = going_out(&db, 4).await;
        let unmade =
            || DeliveryOutcome::Unmade { revision: RevisionId(1), kind: None, fault: "a test says so".to_owned() };
        let granted = batch(&db, vec![(held(ids[0].0), unmade())], &[ids[1].0, ids[2].0], take_offs_first).await;
        assert_eq!(granted, [false, false], "the issue was paused in this very batch");
        let issue = issues::get(&mut db.read().await.unwrap(), IssueId(1)).await.unwrap().unwrap();
        assert_eq!(issue.state, IssueState::Paused);
    }
}

/// A row that was put back in a batch is nobody's any more: a take-off of it beside that is refused.
#[tokio::test]
async fn what_is_put_back_does_not_take_off() {
    let db = database().await;
    let ids = going_out(&db, 2).await;
    let back = (held(ids[0].0), DeliveryOutcome::Released { due_at: NOW });
    assert_eq!(batch(&db, vec![back], &[ids[0].0, ids[1].0], true).await, [false, true]);
}
