//! The queue before a relay's connections: small kinds first. Bounded by the permits that its jobs hold.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
    /// Its place in the window of claimed rows.
    pub(super) _permit: OwnedSemaphorePermit,
}

/// Two queues and a count of what is in them.
#[derive(Debug)]
pub(super) struct Queue {
    jobs: Mutex<[VecDeque<Job>; 2]>,
    waiting: Semaphore,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self { jobs: Mutex::default(), waiting: Semaphore::new(0) }
    }

    /// Puts a job at the end of its queue.
    pub(super) fn push(&self, job: Job) {
        let which = usize::from(job.row.issue_id.is_some());
        self.lock()[which].push_back(job);
        self.waiting.add_permits(1);
    }

    /// The next job; `None` once the queue is closed and empty. Nothing is lost when this is dropped half-way.
    pub(super) async fn next(&self) -> Option<Job> {
        self.waiting.acquire().await.ok()?.forget();
        self.pop()
    }

    /// The next job, if there is one now.
    pub(super) fn try_next(&self) -> Option<Job> {
        self.waiting.try_acquire().ok()?.forget();
        self.pop()
    }

    /// Everything that waits.
    pub(super) fn drain(&self) -> Vec<Job> {
        std::iter::from_fn(|| self.try_next()).collect()
    }

    /// Ends the waiting of all who wait.
    pub(super) fn close(&self) -> Vec<Job> {
        let rest = self.drain();
        self.waiting.close();
        rest
    }

    fn pop(&self) -> Option<Job> {
        let mut jobs = self.lock();
        jobs[0].pop_front().or_else(|| jobs[1].pop_front())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, [VecDeque<Job>; 2]> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
