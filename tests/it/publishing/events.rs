//! Every change of an issue's state leaves exactly one event, in the same transaction, and follows an arrow of the
//! domain's table.

use std::time::Duration;

use coranto::delivery::control::{self, RetryScope};
use coranto::domain::actor::{Actor, By};
use coranto::domain::delivery::DeliveryState;
use coranto::domain::issue::IssueState;
use coranto::publishing::When;
use coranto::store::{Db, issues};

use super::ground::{PublishingFixture, at};
use crate::harness::acts;
use crate::harness::database::both_databases;

/// What an issue may be changed by.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Queue,
    QueueElsewhere,
    Move,
    Hold,
    Revise,
    Unschedule,
    Start,
    MissIt,
    Pause,
    Resume,
    Stop,
    Finish,
    Retry,
    Correct,
}

/// Each deed with what comes before, the event that it leaves, and the state that it makes.
const TABLE: &[(Deed, &[Deed], &str, IssueState)] = &[
    (Deed::Queue, &[], "issue.queued", IssueState::Queued),
    (Deed::QueueElsewhere, &[Deed::Queue], "issue.queued", IssueState::Queued),
    (Deed::Move, &[Deed::Queue], "issue.moved", IssueState::Queued),
    (Deed::Queue, &[Deed::Hold], "issue.queued", IssueState::Queued),
    (Deed::Hold, &[], "issue.held", IssueState::Held),
    (Deed::Hold, &[Deed::Queue], "issue.held", IssueState::Held),
    (Deed::Revise, &[Deed::Queue], "issue.revised", IssueState::Queued),
    (Deed::Unschedule, &[Deed::Queue], "issue.unscheduled", IssueState::Draft),
    (Deed::Unschedule, &[Deed::Hold], "issue.unscheduled", IssueState::Draft),
    (Deed::Start, &[Deed::Queue], "issue.started", IssueState::Sending),
    (Deed::MissIt, &[Deed::Queue], "issue.held", IssueState::Held),
    (Deed::Pause, &[Deed::Queue, Deed::Start], "issue.paused", IssueState::Paused),
    (Deed::Resume, &[Deed::Queue, Deed::Start, Deed::Pause], "issue.resumed", IssueState::Sending),
    (Deed::Stop, &[Deed::Queue, Deed::Start], "issue.stopped", IssueState::Stopped),
    (Deed::Stop, &[Deed::Queue, Deed::Start, Deed::Pause], "issue.stopped", IssueState::Stopped),
    (Deed::Finish, &[Deed::Queue, Deed::Start], "issue.sent", IssueState::Sent),
    (Deed::Retry, &[Deed::Queue, Deed::Start, Deed::Finish], "issue.retried", IssueState::Sending),
    (Deed::Correct, &[Deed::Queue, Deed::Start, Deed::Finish], "issue.corrected", IssueState::Sent),
];

const FRIDAY: &str = "2026-11-27T09:00:00Z";

async fn act(desk: &mut PublishingFixture, deed: Deed, name: &str) {
    let file = format!("{name}.md");
    let by: By<'_> = Actor::scheduler(desk.now);
    match deed {
        Deed::Queue => drop(desk.queue(&file, When::At(at(FRIDAY))).await.unwrap()),
        Deed::QueueElsewhere => {
            drop(desk.queue(&file, When::At(at(FRIDAY).plus(Duration::from_secs(60)))).await.unwrap());
        }
        Deed::Move => {
            // To another day, whose date its mail bears.
            let when = When::At(at("2026-12-02T09:00:00Z"));
            desk.publisher().move_issue(name, when).await.unwrap();
        }
        Deed::Hold => drop(desk.queue(&file, When::Hold).await.unwrap()),
        Deed::Revise => {
            desk.file(&file, "", &format!("Another text of {name}."));
            drop(desk.queue(&file, When::At(at(FRIDAY))).await.unwrap());
        }
        Deed::Unschedule => assert!(desk.unschedule(name).await),
        Deed::Start => {
            desk.now = at(FRIDAY);
            assert_eq!(desk.start_due().await.len(), 1);
        }
        Deed::MissIt => {
            desk.now = at(FRIDAY).plus(Duration::from_secs(48 * 3600));
            assert_eq!(desk.start_due().await.len(), 1);
        }
        Deed::Pause => control::pause(&desk.db, desk.issue(name).await.id, "a typo", by).await.unwrap(),
        Deed::Resume => control::resume(&desk.db, desk.issue(name).await.id, by).await.unwrap(),
        Deed::Stop => drop(control::stop(&desk.db, desk.issue(name).await.id, by).await.unwrap()),
        Deed::Finish => {
            let id = desk.issue(name).await.id;
            let finished = desk.db.write(async |tx| {
                let sql = "UPDATE deliveries SET state = $2, reason = 'refused' WHERE issue_id = $1";
                tx.sql(sql).bind(id).bind(DeliveryState::Failed).execute().await?;
                issues::finish(tx, id, acts::by(at(FRIDAY))).await
            });
            assert!(finished.await.unwrap().is_some());
        }
        Deed::Retry => {
            assert_eq!(control::retry(&desk.db, desk.issue(name).await.id, RetryScope::Failed, by).await.unwrap(), 1);
        }
        Deed::Correct => {
            desk.file(&file, "correction: A date was wrong.\n", &format!("The right text of {name}."));
            assert!(desk.publisher().correct(&desk.read(&file).unwrap()).await.unwrap());
        }
    }
}

both_databases! {
    async fn every_change_of_an_issue_leaves_one_event_and_follows_an_arrow(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["anna"]).await;
        for (number, (deed, before, event, state)) in TABLE.iter().enumerate() {
            let (mut desk, name) = (desk.at("2026-11-26T09:00:00Z"), format!("issue{number}"));
            desk.file(&format!("{name}.md"), "", &format!("The text of {name}."));
            for deed in *before {
                act(&mut desk, *deed, &name).await;
            }
            let was = desk.found(&name).await.map(|issue| issue.state);
            let log = if was.is_some() { desk.events(&name).await.len() } else { 0 };
            act(&mut desk, *deed, &name).await;
            let new = desk.events(&name).await.split_off(log);
            let kinds: Vec<&str> = new.iter().map(|event| event.split(' ').next().unwrap()).collect();
            assert_eq!(kinds, [*event], "{deed:?} after {before:?}");
            assert_eq!(desk.issue(&name).await.state, *state, "{deed:?} after {before:?}");
            let is_start = was == Some(IssueState::Queued) && *state == IssueState::Sending;
            let follows = was.is_none_or(|was| was == *state || was.may_become(*state) || is_start);
            assert!(follows, "{deed:?}: {was:?} -> {state:?}");
            // Out of the way of the next.
            desk.force(&name, IssueState::Stopped).await;
        }
    }

    async fn an_arrow_that_the_domain_does_not_know_changes_nothing(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file("a.md", "", "Text.");
        desk.queue("a.md", When::At(at(FRIDAY))).await.unwrap();
        let id = desk.issue("a").await.id;
        for from in IssueState::ALL {
            for to in IssueState::ALL {
                desk.force("a", *from).await;
                let before = desk.events("a").await.len();
                let event = coranto::domain::event::Event::IssueResumed;
                let moved = desk.db.write(async |tx| issues::advance(tx, id, *from, *to, "", acts::by(desk.now), &event).await);
                assert_eq!(moved.await.unwrap(), from.may_become(*to), "{from} -> {to}");
                let left = desk.events("a").await.len() - before;
                assert_eq!(left, usize::from(from.may_become(*to)), "{from} -> {to}");
            }
        }
    }
}
