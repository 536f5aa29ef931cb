//! A receiving SMTP server for demos and tests: it takes mail, counts it, delivers nothing. What goes wrong is chosen by
//! the recipient's local part ([`fault`]), so that a test's data say what will happen. Knows nothing of newsletters.

mod conversation;
mod fault;
mod keep;
mod login;
mod options;
mod shared;
mod stats;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::conversation::Conversation;
use self::keep::Keep;
pub use self::keep::SinkMessage;
pub use self::options::{SinkAuth, SinkError, SinkOffer, SinkOptions};
use self::shared::Shared;
pub use self::stats::SinkStats;
use super::stream::tune;

#[derive(Debug)]
pub struct Sink;

/// A running sink. Dropping it stops the sink without waiting.
#[derive(Debug)]
pub struct SinkHandle {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Sink {
    pub async fn start(options: SinkOptions) -> Result<SinkHandle, SinkError> {
        let keep = Keep::open(&options)?;
        let refused = |error| SinkError::Listen(options.listen, error);
        let listener = TcpListener::bind(options.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let shared = Arc::new(Shared::new(options, keep));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let accepting = accept(listener, shared.clone(), tasks.clone(), stop.clone());
        tasks.spawn(accepting);
        Ok(SinkHandle { address, shared, stop, tasks })
    }
}

impl SinkHandle {
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// What it counted until now.
    pub fn stats(&self) -> SinkStats {
        self.shared.counters.snapshot()
    }

    /// The messages it took, oldest first, if it was told to keep them.
    pub fn messages(&self) -> Vec<SinkMessage> {
        self.shared.keep.messages()
    }

    /// Closes the door and all connections, and waits until all is closed.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for SinkHandle {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Waits after a failed accept (no file descriptor is free, for one).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

async fn accept(listener: TcpListener, shared: Arc<Shared>, tasks: TaskTracker, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, _)) => {
                let (shared, stop) = (shared.clone(), stop.clone());
                tasks.spawn(async move {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = serve(socket, shared) => {}
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the sink cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(socket: TcpStream, shared: Arc<Shared>) {
    let _open = shared.counters.connection();
    // A client that breaks off is no error of the sink's; the counters show what was taken.
    let _ = async {
        tune(&socket)?;
        Conversation::begin(socket, &shared).await?.run().await
    }
    .await;
}
