//! The door that speaks SMTP and LMTP: mail servers bring reports here. Off unless a configuration says where to listen.

mod address;
mod conversation;
mod limits;
mod shared;

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::conversation::ReportConversation;
use self::limits::{ClientLimits, ClientPlace, ListenerPlaces};
use self::shared::{ListenerShared, Protocol};
use super::group_commit;
use super::receive::Intake;
use crate::clock::Clock;
use crate::smtp::server::{LineStream, Patience, ServerTls};

/// RFC 5321 4.5.3.2.7.
const IDLE_MAX: Duration = Duration::from_secs(300);
/// Waits after a failed accept (no file descriptor is free, for one).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the listener is told.
#[derive(Debug)]
pub struct ListenerSettings {
    /// Its name in the greeting.
    pub host: String,
    /// What STARTTLS is offered with.
    pub tls: Option<ServerTls>,
    /// The domains that mail of ours names: `postmaster` and its kin are taken there.
    pub domains: BTreeSet<String>,
    /// Where a person reads, for people who write to an address of bounces.
    pub write_to: Option<String>,
}

/// Sockets to listen on, bound already.
#[derive(Debug, Default)]
pub struct Sockets {
    pub smtp: Option<TcpListener>,
    pub lmtp: Option<TcpListener>,
    pub lmtp_unix: Option<UnixListener>,
}

/// Takes a socket's path, from a process that is gone too.
pub fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::FileTypeExt as _;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    UnixListener::bind(path)
}

/// Listens until `stop`; what is being taken then is taken.
pub async fn listen(
    sockets: Sockets,
    settings: ListenerSettings,
    intake: Intake,
    clock: Clock,
    stop: CancellationToken,
) {
    let (queue, writer) = group_commit::open(intake.clone(), clock.clone());
    let ListenerSettings { host, tls, domains, write_to } = settings;
    let shared = Arc::new(ListenerShared { host, tls, domains, write_to, intake, queue, clock });
    let tasks = TaskTracker::new();
    let door = Door { shared, tasks: tasks.clone(), strangers: Arc::default(), own: Arc::default(), stop };
    for (listener, protocol) in [(sockets.smtp, Protocol::Smtp), (sockets.lmtp, Protocol::Lmtp)] {
        if let Some(listener) = listener {
            tasks.spawn(door.clone().accept_tcp(listener, protocol));
        }
    }
    if let Some(listener) = sockets.lmtp_unix {
        tasks.spawn(door.clone().accept_unix(listener));
    }
    drop(door);
    tasks.close();
    // It ends when the last conversation has: then nobody brings anything.
    writer.run().await;
    tasks.wait().await;
}

#[derive(Clone)]
struct Door {
    shared: Arc<ListenerShared>,
    tasks: TaskTracker,
    /// The places of whoever comes over the network, and those of this machine's mail server.
    strangers: Arc<ListenerPlaces>,
    own: Arc<ListenerPlaces>,
    stop: CancellationToken,
}

impl Door {
    async fn accept_tcp(self, listener: TcpListener, protocol: Protocol) {
        let limits = Arc::new(ClientLimits::default());
        loop {
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((socket, client)) => {
                    // A mail server that hands on what came from everywhere has all that comes.
                    let network = (protocol == Protocol::Smtp).then_some((&limits, client.ip()));
                    let _ = socket.set_nodelay(true);
                    self.welcome(socket, protocol, network);
                }
                Err(error) => pause(&error).await,
            }
        }
    }

    async fn accept_unix(self, listener: UnixListener) {
        loop {
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((socket, _)) => self.welcome(socket, Protocol::Lmtp, None),
                Err(error) => pause(&error).await,
            }
        }
    }

    /// Talks with a client in a task of its own, if there is a place for it.
    fn welcome<T>(&self, socket: T, protocol: Protocol, network: Option<(&Arc<ClientLimits>, IpAddr)>)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + Sync + 'static,
    {
        let client: Option<Option<ClientPlace>> = network.map(|(limits, client)| limits.enter(client));
        let places = if protocol == Protocol::Smtp { &self.strangers } else { &self.own };
        // A network that has its share takes nobody's place.
        let place = if matches!(client, Some(None)) { None } else { places.enter() };
        let (shared, stop) = (Arc::clone(&self.shared), self.stop.clone());
        self.tasks.spawn(async move {
            let patience = Patience { idle: IDLE_MAX, reply_delay: Duration::ZERO };
            // A client that breaks off is no error of ours: it brings again what was not answered.
            let _ = async {
                let mut line = LineStream::begin(socket, None, patience).await?;
                let Some(place) = place else {
                    line.say("421 4.7.0 Too many connections\r\n");
                    return line.leave().await;
                };
                let client = client.flatten();
                ReportConversation::new(&shared, protocol, line, &place, client.as_ref()).run(&stop).await
            }
            .await;
        });
    }
}

async fn pause(error: &io::Error) {
    tracing::warn!(%error, "a connection cannot be accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
