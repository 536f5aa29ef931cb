//! The one writer of strangers' requests: all that came in while the last commit ran go into the next one. A commit
//! costs a write to the disk whether it holds one request or fifty. Each is answered after its commit.
//!
//! There is no task of its own: of the requests that wait, the one whose turn it is writes for all.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::entry::{EntryOutcome, RequestError, SignupJob, enter};
use crate::store::{Db, StoreError};

/// Requests in one commit, at most: so few that none waits long for the others.
const BATCH_MAX: usize = 64;
/// Requests that wait, at most: what can be written in a quarter of a second. Later requests get 503 with `Retry-After`.
const WAITING_MAX: usize = 256;
/// Between two lines of the log that say so.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Where requests wait for their turn.
#[derive(Debug, Default)]
pub(super) struct GroupCommit {
    waiting: Mutex<VecDeque<Entry>>,
    told_at: Mutex<Option<Instant>>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Entry {
    job: SignupJob,
    answer: oneshot::Sender<Answer>,
}

type Answer = Result<EntryOutcome, RequestError>;

impl GroupCommit {
    /// Writes `job`, and returns when it is durable.
    pub(super) async fn write(&self, db: &Db, job: SignupJob) -> Answer {
        let (answer, mut answered) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            if waiting.len() >= WAITING_MAX {
                drop(waiting);
                self.tell();
                return Err(RequestError::Busy);
            }
            waiting.push_back(Entry { job, answer });
        }
        let _turn = tokio::select! {
            biased;
            // It is gone without an answer when whoever wrote it broke off: then nothing was committed.
            written = &mut answered => return written.unwrap_or(Err(RequestError::Busy)),
            turn = self.turn.lock() => turn,
        };
        loop {
            match answered.try_recv() {
                Ok(written) => return written,
                Err(oneshot::error::TryRecvError::Closed) => return Err(RequestError::Busy),
                Err(oneshot::error::TryRecvError::Empty) => write_next(db, self.next()).await,
            }
        }
    }

    /// Says that requests are turned away, once in a while.
    fn tell(&self) {
        let mut told_at = self.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        if told_at.is_none_or(|told_at| told_at.elapsed() >= TELL_EVERY) {
            *told_at = Some(Instant::now());
            tracing::warn!("more sign-ups come in than can be written; those over it are asked to come again");
        }
    }

    fn next(&self) -> Vec<Entry> {
        let mut waiting = self.waiting();
        let many = waiting.len().min(BATCH_MAX);
        waiting.drain(..many).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write_next(db: &Db, mut batch: Vec<Entry>) {
    // Two processes that lock the same mailboxes lock them in the same order.
    batch.sort_by_key(|entry| entry.job.person.quota_hash);
    let jobs: Vec<&SignupJob> = batch.iter().map(|entry| &entry.job).collect();
    match write(db, &jobs).await {
        Ok(written) => {
            for (entry, written) in batch.into_iter().zip(written) {
                // The caller may be gone; what was asked is stored.
                let _ = entry.answer.send(Ok(written));
            }
        }
        Err(error) if error.is_transient() || batch.len() == 1 => refuse(batch, error),
        // One of them is at fault: the others must not pay for it.
        Err(_) => {
            for entry in batch {
                match write(db, &[&entry.job]).await {
                    Ok(mut written) => drop(entry.answer.send(written.pop().ok_or(RequestError::Busy))),
                    Err(error) => refuse(vec![entry], error),
                }
            }
        }
    }
}

/// Tells all of a batch that nothing was written; the error itself goes to the first.
fn refuse(batch: Vec<Entry>, error: StoreError) {
    let mut error = Some(error);
    for entry in batch {
        let _ = entry.answer.send(Err(error.take().map_or(RequestError::Busy, RequestError::Store)));
    }
}

async fn write(db: &Db, jobs: &[&SignupJob]) -> Result<Vec<EntryOutcome>, StoreError> {
    db.write(async |tx| enter(tx, jobs).await).await
}
