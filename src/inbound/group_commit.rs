//! Group commit of what comes in: everything that came while the last commit ran is written by the next one, and each is
//! answered when it is on the disk. A full queue refuses at once: its sender tries again.
//!
//! Senders that take their time are waited for a little, so that a trickle of reports beside an issue that goes out costs
//! fewer commits. Whoever comes again as soon as it is answered is never held up.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::receive::{Intake, Receipt};
use super::report::ReadReport;
use crate::clock::Clock;

/// More waits nowhere: a mail that cannot be taken is brought again.
const WAITING_MAX: usize = 512;
/// So many mails share a commit.
const BATCH_MAX: usize = 200;
/// Nothing came for so long after the last answer: no sender waits for us to bring the next.
const UNHURRIED: Duration = Duration::from_millis(2);
/// So long others are waited for then.
const GATHERING: Duration = Duration::from_millis(10);

/// One mail, read, and once for each address that it came to.
struct Job {
    reports: Vec<ReadReport>,
    answer: oneshot::Sender<Vec<Receipt>>,
}

/// What takes mails in. Every door has one.
#[derive(Clone, Debug)]
pub(super) struct ReportQueue(mpsc::Sender<Job>);

/// What writes them.
pub(super) struct ReportWriter {
    jobs: mpsc::Receiver<Job>,
    intake: Intake,
    clock: Clock,
}

pub(super) fn open(intake: Intake, clock: Clock) -> (ReportQueue, ReportWriter) {
    let (sender, jobs) = mpsc::channel(WAITING_MAX);
    (ReportQueue(sender), ReportWriter { jobs, intake, clock })
}

impl ReportQueue {
    /// Keeps them. None when that is not certain: they are to come again.
    pub(super) async fn take(&self, reports: Vec<ReadReport>) -> Option<Vec<Receipt>> {
        let (answer, committed) = oneshot::channel();
        self.0.try_send(Job { reports, answer }).ok()?;
        committed.await.ok()
    }
}

impl ReportWriter {
    /// Writes until nobody brings anything any more.
    pub(super) async fn run(mut self) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        let mut away = false;
        let mut answered_at = Instant::now();
        while self.jobs.recv_many(&mut jobs, BATCH_MAX).await > 0 {
            if answered_at.elapsed() >= UNHURRIED {
                sleep(GATHERING).await;
                while jobs.len() < BATCH_MAX
                    && let Ok(job) = self.jobs.try_recv()
                {
                    jobs.push(job);
                }
            }
            let counts: Vec<usize> = jobs.iter().map(|job| job.reports.len()).collect();
            let reports: Vec<ReadReport> = jobs.iter_mut().flat_map(|job| std::mem::take(&mut job.reports)).collect();
            match self.intake.receive(&reports, self.clock.now()).await {
                Ok(receipts) => {
                    away = false;
                    let mut receipts = receipts.into_iter();
                    for (job, count) in jobs.drain(..).zip(counts) {
                        // Whoever has hung up meanwhile brings it again, and it is found there.
                        let _ = job.answer.send(receipts.by_ref().take(count).collect());
                    }
                }
                Err(error) if !std::mem::replace(&mut away, true) => {
                    tracing::error!(%error, "what comes back cannot be kept; whoever brings it is asked to come again");
                }
                Err(_) => {}
            }
            jobs.clear();
            answered_at = Instant::now();
        }
    }
}
