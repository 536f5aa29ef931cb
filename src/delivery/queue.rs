//! The queue before a relay's connections: small kinds first, at the rate that the relay allows. How much may wait in it
//! is the dispatcher's to decide.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::dispatch::Source;
use super::limits::Limiter;
use crate::clock::Timestamp;
use crate::domain::{RevisionId, WorkerId};
use crate::store::deliveries::Claimed;

/// A claimed row on its way to a connection. Dropping it makes room for another claim.
#[derive(Debug)]
pub(super) struct Job {
    /// The row.
    pub(super) row: Claimed,
    /// Who claimed it.
    pub(super) worker: WorkerId,
    /// What it bears.
    pub(super) revision: RevisionId,
    /// Its `Date`: the first try's.
    pub(super) date: Timestamp,
    /// It asks whether a suspended group goes again.
    pub(super) is_probe: bool,
    /// Its place in the window of claimed rows.
    pub(super) _permit: OwnedSemaphorePermit,
}

/// Where both dispatchers hear that there is room for another job.
#[derive(Debug, Default)]
pub(super) struct Room {
    small: Notify,
    issues: Notify,
}

impl Room {
    /// Waits until a job was taken since the last time.
    pub(super) async fn wait(&self, source: Source) {
        match source {
            Source::Small => self.small.notified().await,
            Source::Issues => self.issues.notified().await,
        }
    }

    fn tell(&self) {
        self.small.notify_one();
        self.issues.notify_one();
    }
}

/// Two queues and a count of what is in them.
#[derive(Debug)]
pub(super) struct Queue {
    jobs: Mutex<[VecDeque<Job>; 2]>,
    waiting: Semaphore,
    rate: Option<Limiter>,
    /// Told whenever a job is taken.
    pub(super) room: Arc<Room>,
}

impl Queue {
    pub(super) fn new(rate: Option<Limiter>, room: Arc<Room>) -> Self {
        Self { jobs: Mutex::default(), waiting: Semaphore::new(0), rate, room }
    }

    /// Puts a job at the end of its queue.
    pub(super) fn push(&self, job: Job) {
        let which = usize::from(job.row.issue_id.is_some());
        self.lock()[which].push_back(job);
        self.waiting.add_permits(1);
    }

    /// The next job, once the rate allows one; `None` when the queue is closed. Which one is decided at the last moment,
    /// so that a confirmation passes an issue that waits for the rate. Nothing is lost when this is dropped half-way.
    pub(super) async fn next(&self) -> Option<Job> {
        let permit = self.waiting.acquire().await.ok()?;
        if let Some(rate) = &self.rate {
            rate.wait().await;
        }
        permit.forget();
        self.pop()
    }

    /// The next job, if there is one now and the rate allows it.
    pub(super) fn try_next(&self) -> Option<Job> {
        let permit = self.waiting.try_acquire().ok()?;
        if let Some(rate) = &self.rate
            && rate.take(Instant::now()).is_err()
        {
            return None;
        }
        permit.forget();
        self.pop()
    }

    /// How many wait: of the small kinds, of issues.
    pub(super) fn lengths(&self) -> (usize, usize) {
        let jobs = self.lock();
        (jobs[0].len(), jobs[1].len())
    }

    /// Everything that waits and that no connection has spoken for.
    pub(super) fn drain(&self) -> Vec<Job> {
        let mut jobs = Vec::new();
        while let Ok(permit) = self.waiting.try_acquire() {
            permit.forget();
            jobs.extend(self.pop());
        }
        jobs
    }

    /// Ends the waiting of all who wait, and gives what is left.
    pub(super) fn close(&self) -> Vec<Job> {
        self.waiting.close();
        std::iter::from_fn(|| self.pop()).collect()
    }

    fn pop(&self) -> Option<Job> {
        let mut jobs = self.lock();
        let job = jobs[0].pop_front().or_else(|| jobs[1].pop_front());
        drop(jobs);
        self.room.tell();
        job
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, [VecDeque<Job>; 2]> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
