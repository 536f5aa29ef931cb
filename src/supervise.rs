//! Signals, soft and hard stop. Knows no part of the program, only that each has tasks that end when asked.

pub mod manager;

use std::pin::Pin;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a soft stop may take: the answer to a final dot may take ten minutes, but who stops a service waits less.
/// What is on the wire after that is uncertain, and is shown as such.
pub const SOFT_STOP: Duration = Duration::from_secs(60);

/// How long what is done at last may take.
const LAST: Duration = Duration::from_secs(5);

type Last = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// The running parts of the program. The first that fails stops the others.
pub struct Supervisor {
    parts: JoinSet<anyhow::Result<()>>,
    /// Ends with the supervisor and not with the parts: who finishes what is on the wire lives.
    heartbeat: JoinSet<()>,
    last: Vec<Last>,
    stop: CancellationToken,
    terminate: Signal,
    interrupt: Signal,
}

impl Supervisor {
    /// Watches for signals from now on: from its first part on, the program never dies of one with mail on the wire.
    pub fn new() -> anyhow::Result<Self> {
        let mut heartbeat = JoinSet::new();
        heartbeat.spawn(manager::heartbeat());
        Ok(Self {
            parts: JoinSet::new(),
            heartbeat,
            last: Vec::new(),
            stop: CancellationToken::new(),
            terminate: signal(SignalKind::terminate()).context("SIGTERM cannot be watched")?,
            interrupt: signal(SignalKind::interrupt()).context("SIGINT cannot be watched")?,
        })
    }

    /// What every part watches: it ends softly when this is cancelled.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Adds a part called `name`.
    pub fn add(&mut self, name: &'static str, part: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        self.parts.spawn(async move { part.await.with_context(|| format!("{name} ended")) });
    }

    /// What is done when all parts have ended, also when they were stopped hard.
    pub fn at_last(&mut self, work: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        self.last.push(Box::pin(work));
    }

    /// Waits for SIGTERM or SIGINT, or until a part ends by itself; then stops softly, and hard at the second signal or
    /// when that takes too long.
    pub async fn run(mut self) -> anyhow::Result<()> {
        let mut result = Ok(());
        tokio::select! {
            _ = self.terminate.recv() => tracing::info!("SIGTERM: finishing what is on the wire"),
            _ = self.interrupt.recv() => tracing::info!("interrupted: finishing what is on the wire; once more stops at once"),
            () = self.stop.cancelled() => {}
            ended = self.parts.join_next() => result = flatten(ended),
        }
        self.stop.cancel();
        manager::stopping();
        let soft = async {
            while let Some(ended) = self.parts.join_next().await {
                result = std::mem::replace(&mut result, Ok(())).and(flatten(Some(ended)));
            }
        };
        let in_time = tokio::select! {
            ended = tokio::time::timeout(SOFT_STOP, soft) => ended.is_ok(),
            _ = self.terminate.recv() => false,
            _ = self.interrupt.recv() => false,
        };
        if !in_time {
            tracing::warn!("stopped hard; what was on the wire is uncertain and will be shown as such");
            self.parts.shutdown().await;
        }
        for work in self.last {
            // A database that is away must not keep a process that was told to end.
            match tokio::time::timeout(LAST, work).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!("{error:#}"),
                Err(_) => tracing::warn!("the last things to do took too long and were left"),
            }
        }
        self.heartbeat.abort_all();
        result
    }
}

type Ended = Result<anyhow::Result<()>, tokio::task::JoinError>;

fn flatten(ended: Option<Ended>) -> anyhow::Result<()> {
    match ended {
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(anyhow::Error::new(error).context("a part of the program crashed")),
        None => Ok(()),
    }
}
