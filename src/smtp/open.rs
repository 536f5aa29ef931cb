//! Opening a session: address, connection, TLS, greeting, EHLO, login; and saying clearly which of them failed and what
//! to do. Must not know when or why mail is sent.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::auth::{self, AuthFailure};
use super::capabilities::Capabilities;
use super::connector::{Connector, Deadlines, TlsMode};
use super::fault::{self, CertificateFault, Fault, HandshakeFault, TlsFault};
use super::race;
use super::session::Session;
use super::stream::Stream;
use super::wire::{Wire, within};
use crate::domain::reply::Reply;

/// How long one address may take to greet while another is left to be tried.
const GREETING_BESIDE_ANOTHER: Duration = Duration::from_secs(10);

/// The step before anything is said.
const GREETING: &str = "the greeting";

/// A session that could not be opened: where, why and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{host}:{port}: {cause}")]
pub struct OpenError {
    pub host: String,
    pub port: u16,
    pub cause: OpenCause,
}

/// What failed while a session was opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenCause {
    /// The name has no address.
    #[error("the name cannot be resolved: {0}")]
    Resolve(Fault),
    /// No address of it answers.
    #[error("no connection: {0}")]
    Connect(Fault),
    /// This machine cannot open another connection; the relay has no part in it.
    #[error("this machine cannot open a connection: {0}")]
    Local(io::Error),
    /// It would have been unencrypted, and to another machine.
    #[error("{0} is another machine, and the connection is not encrypted")]
    Plaintext(IpAddr),
    #[error("its certificate is refused: {0}")]
    Certificate(CertificateFault),
    /// The handshake failed for another reason.
    #[error("{0}")]
    Tls(TlsFault),
    /// It greeted with a refusal.
    #[error("it turned us away: {0}")]
    GreetingRefused(Reply),
    /// It refused EHLO and HELO.
    #[error("it refused our EHLO: {0}")]
    HelloRefused(Reply),
    /// STARTTLS was asked for and is not offered, or was refused.
    #[error("it does not offer STARTTLS{}", .0.as_ref().map(|reply| format!(": {reply}")).unwrap_or_default())]
    NoStartTls(Option<Reply>),
    /// There is a login, and no AUTH to use it with.
    #[error("it offers no login that we know")]
    NoAuth,
    /// The password would have gone over the network in the clear.
    #[error("the password would go unencrypted to {0}")]
    PlaintextPassword(IpAddr),
    #[error("it refused the login: {0}")]
    AuthRefused(Reply),
    /// The conversation was lost at this step.
    #[error("lost at {step}: {fault}")]
    Lost {
        /// The step, as it is called in SMTP.
        step: &'static str,
        fault: Fault,
    },
}

impl OpenError {
    /// The server's own words, if it had any.
    pub fn reply(&self) -> Option<&Reply> {
        match &self.cause {
            OpenCause::GreetingRefused(reply)
            | OpenCause::HelloRefused(reply)
            | OpenCause::AuthRefused(reply)
            | OpenCause::NoStartTls(Some(reply))
            | OpenCause::Lost { fault: Fault::Unexpected(reply), .. } => Some(reply),
            _ => None,
        }
    }

    /// Whether this machine is to blame: it has no more files, ports or memory.
    pub fn is_local(&self) -> bool {
        matches!(self.cause, OpenCause::Local(_))
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match &self.cause {
            OpenCause::Resolve(_) => "check `host`, and whether this machine can resolve names",
            OpenCause::Connect(Fault::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                "nothing listens there: check `port`, and whether the relay runs"
            }
            OpenCause::Local(_) => {
                "raise its limit of open files (LimitNOFILE= in the unit, ulimit -n in a shell), or use fewer connections"
            }
            OpenCause::Connect(_) => "a firewall may be in between: many hosters block port 25, use 465 or 587",
            OpenCause::Plaintext(_) => "set `tls` to \"implicit\" (port 465) or \"starttls\" (port 587)",
            OpenCause::Certificate(fault) => fault.hint(),
            OpenCause::Tls(fault) => fault.hint(),
            OpenCause::GreetingRefused(_) => {
                "its words say why; it may know this machine's address, or have too many connections"
            }
            OpenCause::HelloRefused(_) => "the name given in EHLO should be this machine's own, with a DNS record",
            OpenCause::NoStartTls(_) => "use tls = \"implicit\" with port 465; never leave encryption away",
            OpenCause::NoAuth => {
                "remove `username` if it needs no login; otherwise it may offer login only with TLS, or only mechanisms other than PLAIN, LOGIN and XOAUTH2"
            }
            OpenCause::PlaintextPassword(_) => "set `tls` to \"implicit\" or \"starttls\"",
            OpenCause::AuthRefused(reply) if reply.code == 535 => {
                "check `username` and the password; some providers want an app password or an API key"
            }
            OpenCause::AuthRefused(_) => "its words say why; 4yz answers pass by themselves",
            OpenCause::Lost { fault: Fault::Garbage(_), .. } => {
                "is this an SMTP server, and does its port fit `tls`? Port 465 goes with \"implicit\""
            }
            OpenCause::Lost { step: GREETING, .. } => "if its port is 465, set tls = \"implicit\"",
            OpenCause::Lost { .. } => "it passes by itself if the relay is restarting; otherwise its log says more",
        }
    }
}

impl Session {
    /// Opens a session: connected, encrypted, greeted, logged in.
    pub async fn open(connector: &Connector, deadlines: &Deadlines) -> Result<Self, OpenError> {
        open(connector, deadlines).await.map_err(|cause| OpenError {
            host: connector.endpoint.host.clone(),
            port: connector.endpoint.port,
            cause,
        })
    }
}

/// Connects to whichever address answers, and goes on to the next when one answers and is of no use. What works is
/// remembered for the next connection.
async fn open(connector: &Connector, deadlines: &Deadlines) -> Result<Session, OpenCause> {
    let mut addresses = resolve(connector, deadlines).await?;
    let mut last = None;
    while !addresses.is_empty() {
        let (address, socket) = match race::connect(&mut addresses, deadlines.connect).await {
            Ok(connected) => connected,
            Err(Fault::Io(error)) if is_local(&error) => return Err(OpenCause::Local(error)),
            // Its own words say more than that the others are silent.
            Err(fault) => return Err(last.unwrap_or(OpenCause::Connect(fault))),
        };
        let mut patience = *deadlines;
        if !addresses.is_empty() {
            patience.greeting = patience.greeting.min(GREETING_BESIDE_ANOTHER);
        }
        match converse(socket, connector, &patience, deadlines).await {
            Ok(session) => {
                connector.last_good.set(address);
                return Ok(session);
            }
            Err(cause @ (OpenCause::GreetingRefused(_) | OpenCause::Lost { step: GREETING, .. })) => {
                connector.last_good.forget(address);
                last = Some(cause);
            }
            Err(cause) => return Err(cause),
        }
    }
    Err(last.unwrap_or_else(|| OpenCause::Resolve(Fault::Io(io::ErrorKind::NotFound.into()))))
}

/// The addresses of the host, in the order in which they are tried.
async fn resolve(connector: &Connector, deadlines: &Deadlines) -> Result<VecDeque<SocketAddr>, OpenCause> {
    let endpoint = &connector.endpoint;
    match within(deadlines.connect, tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port))).await {
        Ok(found) => Ok(race::in_order(found, connector.last_good.get())),
        Err(Fault::Io(error)) if is_local(&error) => Err(OpenCause::Local(error)),
        Err(fault) => Err(OpenCause::Resolve(fault)),
    }
}

/// Whether an error is this machine's: no more files, no memory, no free port.
fn is_local(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let ours = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM, Errno::ADDRNOTAVAIL];
    Errno::from_io_error(error).is_some_and(|errno| ours.contains(&errno))
}

/// From the connection to the session; `opening` has the patience until then, `deadlines` that of the session.
async fn converse(
    socket: TcpStream,
    connector: &Connector,
    opening: &Deadlines,
    deadlines: &Deadlines,
) -> Result<Session, OpenCause> {
    let endpoint = &connector.endpoint;
    let lost = |step| move |fault| lost(connector, step, fault);
    let peer = socket.peer_addr().map_err(|error| OpenCause::Connect(error.into()))?.ip();
    let may_be_plain = is_loopback(peer) || endpoint.allow_plaintext;
    if endpoint.tls == TlsMode::None && !may_be_plain {
        return Err(OpenCause::Plaintext(peer));
    }

    let mut stream = Stream::Plain(socket);
    if endpoint.tls == TlsMode::Implicit {
        stream = handshake(stream, connector, deadlines).await?;
    }
    let mut wire = Wire::new(stream);
    let greeting = wire.reply(opening.greeting).await.map_err(lost(GREETING))?.summary();
    match greeting.code {
        200..300 => {}
        400.. => return Err(OpenCause::GreetingRefused(greeting)),
        _ => return Err(lost(GREETING)(Fault::Unexpected(greeting))),
    }
    let mut capabilities = hello(&mut wire, connector, deadlines).await?;
    if endpoint.tls == TlsMode::StartTls {
        if !capabilities.starttls {
            return Err(OpenCause::NoStartTls(None));
        }
        let reply = wire.command(Starttls.to_string().as_bytes(), deadlines.command).await;
        let reply = reply.map_err(lost("STARTTLS"))?.summary();
        if !reply.is_positive() {
            return Err(OpenCause::NoStartTls(Some(reply)));
        }
        let stream = wire.into_stream().map_err(lost("STARTTLS"))?;
        wire = Wire::new(handshake(stream, connector, deadlines).await?);
        // RFC 3207 4.2: what was said before TLS is forgotten.
        capabilities = hello(&mut wire, connector, deadlines).await?;
    }
    if let (Some(username), Some(password)) = (&endpoint.username, &endpoint.password) {
        if !wire.stream().is_tls() && !is_loopback(peer) {
            return Err(OpenCause::PlaintextPassword(peer));
        }
        let login = auth::log_in(&mut wire, &capabilities.mechanisms, username, password, deadlines.command);
        match tokio::time::timeout(deadlines.command, login).await {
            Ok(Ok(())) => {}
            Ok(Err(AuthFailure::NoMechanism)) => return Err(OpenCause::NoAuth),
            Ok(Err(AuthFailure::Refused(reply))) => return Err(OpenCause::AuthRefused(reply)),
            Ok(Err(AuthFailure::Fault(fault))) => return Err(lost("AUTH")(fault)),
            Err(_) => return Err(lost("AUTH")(Fault::TimedOut(deadlines.command))),
        }
    }
    Ok(Session::new(wire, capabilities, *deadlines))
}

async fn handshake(stream: Stream, connector: &Connector, deadlines: &Deadlines) -> Result<Stream, OpenCause> {
    let (Stream::Plain(socket), Some((config, name))) = (stream, &connector.tls) else {
        return Err(OpenCause::Tls(TlsFault::Network(Fault::Io(io::ErrorKind::InvalidInput.into()))));
    };
    let handshake = TlsConnector::from(config.clone()).connect(name.clone(), socket);
    match within(deadlines.tls, handshake).await {
        Ok(stream) => Ok(Stream::Tls(Box::new(stream.into()))),
        Err(Fault::Io(error)) => Err(refused(error, connector)),
        Err(Fault::Closed) => Err(OpenCause::Tls(TlsFault::Closed)),
        Err(fault) => Err(OpenCause::Tls(TlsFault::Network(fault))),
    }
}

/// Lost at `step`. A server of TLS 1.3 refuses us only after we believe that the handshake is over (RFC 8446 4.4.2.4).
fn lost(connector: &Connector, step: &'static str, fault: Fault) -> OpenCause {
    match fault {
        Fault::Io(error) if fault::inner(&error).is_some() => refused(error, connector),
        fault => OpenCause::Lost { step, fault },
    }
}

fn refused(error: io::Error, connector: &Connector) -> OpenCause {
    match HandshakeFault::of(error, &connector.endpoint.host) {
        HandshakeFault::Certificate(fault) => OpenCause::Certificate(fault),
        HandshakeFault::Tls(fault) => OpenCause::Tls(fault),
    }
}

/// EHLO, or HELO where EHLO is not understood; then nothing is offered.
async fn hello(wire: &mut Wire, connector: &Connector, deadlines: &Deadlines) -> Result<Capabilities, OpenCause> {
    let lost = |fault| lost(connector, "EHLO", fault);
    let name = &connector.endpoint.helo;
    let ehlo = Ehlo::new(ClientId::Domain(name.clone())).to_string();
    let reply = wire.command(ehlo.as_bytes(), deadlines.command).await.map_err(lost)?;
    match reply.code {
        200..300 => return Ok(Capabilities::from_reply(&reply)),
        // RFC 5321 3.2: not understood, as opposed to refused.
        500..=504 => {}
        400.. => return Err(OpenCause::HelloRefused(reply.summary())),
        _ => return Err(lost(Fault::Unexpected(reply.summary()))),
    }
    let reply = wire.command(format!("HELO {name}\r\n").as_bytes(), deadlines.command).await.map_err(lost)?.summary();
    match reply.code {
        200..300 => Ok(Capabilities::default()),
        _ => Err(OpenCause::HelloRefused(reply)),
    }
}

/// This machine, also when IPv4 is spoken inside IPv6.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
