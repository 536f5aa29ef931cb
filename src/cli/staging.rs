//! A folder of a command's own, for what is larger than memory: it goes when the command ends, also by Ctrl-C.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use super::context::stop_signal;
use super::{Context, Exit, Failure};
use crate::private;

/// The folder, and whether the command was asked to stop.
pub(super) struct Staging {
    folder: TempDir,
    is_stopped: Arc<AtomicBool>,
}

impl Staging {
    /// In this folder, for its owner alone.
    pub(super) fn within(folder: &Path, prefix: &str) -> anyhow::Result<Self> {
        let folder = if folder == Path::new("") { Path::new(".") } else { folder };
        let made = private::staging(folder, prefix);
        let folder = made.map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
        Ok(Self { folder, is_stopped: Arc::default() })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same input, which fails once the command was asked to stop: a thread that unpacks it must not go on.
    pub(super) fn stoppable<R: Read>(&self, input: R) -> Stoppable<R> {
        Stoppable { input, is_stopped: Arc::clone(&self.is_stopped) }
    }

    /// Does `work` until it is done or the command is asked to stop. Its threads have ended then, and the folder may go.
    pub(super) fn run<T>(&self, work: impl Future<Output = anyhow::Result<T>>, context: &Context) -> anyhow::Result<T> {
        context.block_on(async {
            let stop = stop_signal()?;
            tokio::select! {
                done = work => done,
                () = stop => {
                    self.is_stopped.store(true, Ordering::Relaxed);
                    Err(Failure::new("stopped before it was done").exit(Exit::Interrupted).into())
                }
            }
        })
    }
}

/// An input that ends with an error when a command was asked to stop.
pub(super) struct Stoppable<R> {
    input: R,
    is_stopped: Arc<AtomicBool>,
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.is_stopped.load(Ordering::Relaxed) {
            true => Err(io::Error::other("stopped")),
            false => self.input.read(into),
        }
    }
}
