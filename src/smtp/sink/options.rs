//! What a sink is told: where it listens, what it offers, what it keeps.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;
use crate::secret::Secret;
use crate::smtp::server::ServerTls;

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
    /// Messages are kept in memory for `SinkHandle::messages`.
    pub keep: bool,
    /// What it offers in EHLO.
    pub offer: SinkOffer,
    /// Encryption: from the first byte, or offered as STARTTLS.
    pub tls: Option<ServerTls>,
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
    /// RFC 3461.
    pub dsn: bool,
}

#[derive(Clone, Debug)]
pub struct SinkAuth {
    /// The only user.
    pub username: String,
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
        Self { ehlo: true, pipelining: true, size: true, smtputf8: true, eight_bit: true, dsn: false }
    }
}
