//! A receiving SMTP server for demos and tests: it takes mail, counts it, delivers nothing. What goes wrong is chosen by
//! the recipient's local part ([`fault`]), so that a test's data say what will happen. Knows nothing of newsletters.

mod body;
mod command;
mod conversation;
mod fault;
mod keep;
mod line;
mod login;
mod stats;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::conversation::Conversation;
use self::keep::Keep;
pub use self::keep::SinkMessage;
use self::stats::Counters;
pub use self::stats::SinkStats;
use super::stream::tune;
use crate::clock::Clock;
use crate::secret::Secret;

/// How the sink behaves. The default takes everything on a free port of this machine and keeps nothing.
#[derive(Clone, Debug)]
pub struct SinkOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// A folder for each message as an .eml file.
    pub dir: Option<PathBuf>,
    /// A file that gets one JSON line per message before the answer is given.
    pub journal: Option<PathBuf>,
    /// The journal is on the disk, not only with the operating system, before the answer is given.
    pub journal_sync: bool,
    /// Messages are kept in memory for [`SinkHandle::messages`].
    pub keep: bool,
    /// What it offers in EHLO.
    pub offer: SinkOffer,
    /// Encryption: from the first byte, or offered as STARTTLS.
    pub tls: Option<SinkTls>,
    /// The login that it asks for before MAIL.
    pub auth: Option<SinkAuth>,
    /// The largest message it takes.
    pub message_bytes_max: usize,
    /// Waits before each group of replies, as if it were far away.
    pub reply_delay: Duration,
    /// What `slow-` recipients wait for each reply.
    pub slow_delay: Duration,
    /// Connections at the same time; more are turned away with 421.
    pub connections_max: usize,
    /// A whole reply, code and text, to every MAIL.
    pub refuse_mail: Option<String>,
    /// How long a client may be silent. RFC 5321 4.5.3.2.7 asks for five minutes.
    pub idle: Duration,
    /// Where the journal's times come from.
    pub clock: Clock,
}

/// The extensions that EHLO shows.
#[derive(Clone, Copy, Debug)]
pub struct SinkOffer {
    /// EHLO is understood at all.
    pub ehlo: bool,
    /// RFC 2920.
    pub pipelining: bool,
    /// RFC 1870.
    pub size: bool,
    /// RFC 6531.
    pub smtputf8: bool,
    /// RFC 6152.
    pub eight_bit: bool,
}

/// The sink's certificate and key.
#[derive(Clone, Debug)]
pub struct SinkTls {
    config: Arc<rustls::ServerConfig>,
    implicit: bool,
}

/// A login.
#[derive(Clone, Debug)]
pub struct SinkAuth {
    /// The only user.
    pub username: String,
    /// And the password.
    pub password: Secret,
    /// What EHLO says after AUTH, such as `PLAIN LOGIN`.
    pub mechanisms: String,
}

/// Why the sink cannot run.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The folder or the journal.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, io::Error),
    /// The certificate or key.
    #[error("the certificate or its key cannot be used: {0}")]
    Tls(String),
}

impl Default for SinkOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            dir: None,
            journal: None,
            journal_sync: false,
            keep: false,
            offer: SinkOffer::default(),
            tls: None,
            auth: None,
            message_bytes_max: 25 * 1024 * 1024,
            reply_delay: Duration::ZERO,
            slow_delay: Duration::from_secs(1),
            connections_max: 1000,
            refuse_mail: None,
            idle: Duration::from_secs(5 * 60),
            clock: Clock::system(),
        }
    }
}

impl Default for SinkOffer {
    fn default() -> Self {
        Self { ehlo: true, pipelining: true, size: true, smtputf8: true, eight_bit: true }
    }
}

impl SinkTls {
    /// From a certificate chain and its key in PEM form. `implicit`: TLS from the first byte; otherwise STARTTLS.
    pub fn from_pem(certificates: &[u8], key: &[u8], implicit: bool) -> Result<Self, SinkError> {
        let wrong = |error: &dyn std::fmt::Display| SinkError::Tls(error.to_string());
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(certificates).collect::<Result<_, _>>().map_err(|error| wrong(&error))?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| wrong(&error))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| wrong(&error))?;
        Ok(Self { config: Arc::new(config), implicit })
    }
}

/// The server.
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

/// What all conversations share.
#[derive(Debug)]
struct Shared {
    options: SinkOptions,
    counters: Counters,
    keep: Keep,
    /// How often a `defer2-` recipient was put off.
    deferrals: Mutex<HashMap<String, u8>>,
}

impl Sink {
    /// Starts to listen.
    pub async fn start(options: SinkOptions) -> Result<SinkHandle, SinkError> {
        let keep = Keep::open(&options)?;
        let refused = |error| SinkError::Listen(options.listen, error);
        let listener = TcpListener::bind(options.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let shared = Arc::new(Shared { options, counters: Counters::default(), keep, deferrals: Mutex::default() });
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let accepting = accept(listener, shared.clone(), tasks.clone(), stop.clone());
        tasks.spawn(accepting);
        Ok(SinkHandle { address, shared, stop, tasks })
    }
}

/// Recipients whose deferrals are remembered at once.
const DEFERRALS_MAX: usize = 1_000_000;
/// What `defer2-` means.
const DEFERRALS_EACH: u8 = 2;

impl Shared {
    /// Whether a `defer2-` recipient is put off once more. Once it was let in, the count begins anew: each message to
    /// it is put off twice.
    fn defers(&self, address: &str) -> bool {
        let mut deferrals = self.deferrals.lock().unwrap_or_else(PoisonError::into_inner);
        let times = deferrals.get(address).copied().unwrap_or_default();
        if times == DEFERRALS_EACH {
            deferrals.remove(address);
            return false;
        }
        let room = times > 0 || deferrals.len() < DEFERRALS_MAX;
        if room {
            deferrals.insert(address.to_owned(), times + 1);
        }
        room
    }
}

impl SinkHandle {
    /// Where it listens.
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
