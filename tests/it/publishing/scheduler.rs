//! The clockwork: it looks every second, in one process at a time, and stops when it is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use coranto::clock::Clock;
use coranto::domain::WorkerId;
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::Newsletter;
use coranto::publishing::When;
use coranto::publishing::scheduler::Scheduler;
use coranto::store::{Db, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::ground::{FRIDAY, FRIDAY_AFTER, PUBLIC_URL, PublishingFixture, at};
use crate::harness::database::both_databases;
use crate::harness::patience::{PATIENCE, until};

const A: &str = "2026-11-27-a.md";
const B: &str = "2026-12-04-b.md";

struct Running {
    stop: CancellationToken,
    tasks: JoinSet<Result<(), StoreError>>,
}

impl Running {
    async fn start(
        desk: &PublishingFixture,
        clock: &Clock,
        newsletters: &[Newsletter],
    ) -> (Self, Arc<std::sync::atomic::AtomicI64>) {
        let templates = Arc::clone(&desk.templates);
        let scheduler = Scheduler::new(desk.db.clone(), clock.clone(), newsletters, PUBLIC_URL, templates);
        let (stop, ticked_at) = (CancellationToken::new(), scheduler.ticked_at());
        let (token, mut tasks) = (stop.clone(), JoinSet::new());
        tasks.spawn(async move { scheduler.run(token).await });
        (Self { stop, tasks }, ticked_at)
    }

    /// Asks it to stop.
    async fn stop(mut self) {
        self.stop.cancel();
        let stopped = tokio::time::timeout(PATIENCE, self.tasks.join_next()).await;
        stopped.expect("it stops").unwrap().unwrap().unwrap();
    }

    /// Ends between two instructions, as `kill -9` would.
    async fn kill(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn holder(desk: &PublishingFixture) -> Option<(WorkerId, coranto::clock::Timestamp)> {
    let mut tx = desk.db.read().await.unwrap();
    tx.sql("SELECT worker_id, lease_until FROM leases WHERE name = 'schedule'").fetch_optional().await.unwrap()
}

both_databases! {
    async fn from_the_file_to_the_start_at_its_slot(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        let clock = Clock::fixed(desk.now);
        let (running, ticked_at) = Running::start(&desk, &clock, std::slice::from_ref(&desk.newsletter)).await;
        desk.file(A, "send_at: next", "Text.");
        until("queued", async || desk.found("a").await.is_some()).await;
        assert_eq!(desk.standing("a").await, (IssueState::Queued, Some(FRIDAY.to_owned())));
        clock.advance(at(FRIDAY).since(desk.now));
        until("sending", async || desk.issue("a").await.state == IssueState::Sending).await;
        until("ticked", async || ticked_at.load(Ordering::Relaxed) == at(FRIDAY).0).await;
        running.stop().await;
    }

    async fn one_of_two_works_and_the_other_takes_over_at_once(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let clock = Clock::fixed(desk.now);
        let (first, _) = Running::start(&desk, &clock, std::slice::from_ref(&desk.newsletter)).await;
        until("the first has the lease", async || holder(&desk).await.is_some()).await;
        let (worker, lease) = holder(&desk).await.unwrap();
        assert_eq!(lease, desk.now.plus(Duration::from_secs(15)));
        let (second, ticked_at) = Running::start(&desk, &clock, std::slice::from_ref(&desk.newsletter)).await;
        // Time passes in steps, each shorter than the lease: the first keeps it.
        for _ in 0..4 {
            clock.advance(Duration::from_secs(6));
            let now = clock.now();
            until("lengthened", async || holder(&desk).await.unwrap().1 == now.plus(Duration::from_secs(15))).await;
            until("the second looked", async || ticked_at.load(Ordering::Relaxed) == now.0).await;
            assert_eq!(holder(&desk).await.unwrap().0, worker);
        }
        // It gives the lease back when it stops: no time passes on the clock.
        first.stop().await;
        until("handed over", async || holder(&desk).await.unwrap().0 != worker).await;
        desk.file(A, "send_at: next", "Text.");
        until("queued", async || desk.found("a").await.is_some()).await;
        second.stop().await;
    }

    async fn the_lease_of_a_dead_process_ends(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        let clock = Clock::fixed(desk.now);
        let (first, _) = Running::start(&desk, &clock, std::slice::from_ref(&desk.newsletter)).await;
        until("the first has the lease", async || holder(&desk).await.is_some()).await;
        first.kill().await;
        let (worker, lease) = holder(&desk).await.unwrap();

        desk.file(A, "", "Text.");
        desk.queue(A, When::Now).await.unwrap();
        let (second, ticked_at) = Running::start(&desk, &clock, std::slice::from_ref(&desk.newsletter)).await;
        clock.advance(lease.since(clock.now()) - Duration::from_millis(1));
        let now = clock.now();
        until("the second looked", async || ticked_at.load(Ordering::Relaxed) == now.0).await;
        assert_eq!(holder(&desk).await.unwrap().0, worker, "it may still live");
        assert_eq!(desk.issue("a").await.state, IssueState::Queued);
        clock.advance(Duration::from_millis(1));
        until("taken over", async || holder(&desk).await.unwrap().0 != worker).await;
        until("started", async || desk.issue("a").await.state == IssueState::Sending).await;
        second.stop().await;
    }

    async fn a_clock_that_is_set_back_stops_nothing(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        let friday = desk.at(FRIDAY_AFTER);
        let clock = Clock::fixed(friday.now);
        let (running, _) = Running::start(&desk, &clock, std::slice::from_ref(&desk.newsletter)).await;
        until("it has the lease", async || holder(&desk).await.is_some()).await;
        if let Clock::Fixed(now) = &clock {
            now.store(desk.now.0, Ordering::SeqCst);
        }
        until("the lease follows", async || holder(&desk).await.unwrap().1 == desk.now.plus(Duration::from_secs(15))).await;
        desk.file(A, "", "Text.");
        desk.queue(A, When::Now).await.unwrap();
        until("started", async || desk.issue("a").await.state == IssueState::Sending).await;
        running.stop().await;
    }

    async fn newsletters_that_share_a_folder_share_no_issue(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let month = desk.other("month").await;
        let clock = Clock::fixed(desk.now);
        desk.file(A, "newsletter: month\nsend_at: next", "Text.");
        desk.file(B, "send_at: next", "Text.");
        let newsletters = [desk.newsletter.clone(), month.newsletter.clone()];
        let (running, ticked_at) = Running::start(&desk, &clock, &newsletters).await;
        until("queued", async || month.found("a").await.is_some()).await;
        clock.advance(Duration::from_secs(1));
        until("looked again", async || ticked_at.load(Ordering::Relaxed) == clock.now().0).await;
        assert!(desk.found("a").await.is_none());
        assert!(desk.found("b").await.is_none() && month.found("b").await.is_none());
        running.stop().await;
    }
}
