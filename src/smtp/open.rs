//! Opening a session: address, connection, TLS, greeting, EHLO, login; and saying clearly which of them failed and what
//! to do. Must not know when or why mail is sent.

use std::io;
use std::net::{IpAddr, SocketAddr};

use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::auth::{self, AuthFailure};
use super::capabilities::Capabilities;
use super::connector::{Connector, Deadlines, TlsMode};
use super::session::Session;
use super::stream::{Stream, tune};
use super::wire::{Fault, Wire, within};
use crate::domain::reply::Reply;

/// Addresses of one name that are tried in turn.
const ADDRESSES_MAX: usize = 8;

/// A session that could not be opened: where, why and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{host}:{port}: {cause}")]
pub struct OpenError {
    /// The relay's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What failed.
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
    /// It would have been unencrypted, and to another machine.
    #[error("{0} is another machine, and the connection is not encrypted")]
    Plaintext(IpAddr),
    /// The certificate was refused.
    #[error("its certificate is refused: {0}")]
    Certificate(String),
    /// The handshake failed for another reason.
    #[error("TLS failed: {0}")]
    Tls(Fault),
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
    /// The login was refused.
    #[error("it refused the login: {0}")]
    AuthRefused(Reply),
    /// The conversation was lost at this step.
    #[error("lost at {step}: {fault}")]
    Lost {
        /// The step, as it is called in SMTP.
        step: &'static str,
        /// To what.
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

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match &self.cause {
            OpenCause::Resolve(_) => "check `host`, and whether this machine can resolve names",
            OpenCause::Connect(Fault::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                "nothing listens there: check `port`, and whether the relay runs"
            }
            OpenCause::Connect(_) => "a firewall may be in between: many hosters block port 25, use 465 or 587",
            OpenCause::Plaintext(_) => "set `tls` to \"implicit\" (port 465) or \"starttls\" (port 587)",
            OpenCause::Certificate(_) => {
                "`host` must be a name in the certificate; for a private authority set `ca_file`; check this machine's clock"
            }
            OpenCause::Tls(_) => "port 465 goes with tls = \"implicit\", ports 587 and 25 with \"starttls\"",
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
            OpenCause::Lost { step: "the greeting", .. } => "if its port is 465, set tls = \"implicit\"",
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

async fn open(connector: &Connector, deadlines: &Deadlines) -> Result<Session, OpenCause> {
    let endpoint = &connector.endpoint;
    let socket = connect(connector, deadlines).await?;
    let lost = |step| move |fault| OpenCause::Lost { step, fault };
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
    let greeting = wire.reply(deadlines.greeting).await.map_err(lost("the greeting"))?.summary();
    match greeting.code {
        200..300 => {}
        400.. => return Err(OpenCause::GreetingRefused(greeting)),
        _ => return Err(lost("the greeting")(Fault::Unexpected(greeting))),
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

/// Tries the addresses of the host in turn, each with its share of the time that is left.
async fn connect(connector: &Connector, deadlines: &Deadlines) -> Result<TcpStream, OpenCause> {
    let endpoint = &connector.endpoint;
    let until = Instant::now() + deadlines.connect;
    let found = within(deadlines.connect, tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port))).await;
    let addresses: Vec<SocketAddr> = found.map_err(OpenCause::Resolve)?.take(ADDRESSES_MAX).collect();
    let mut last = OpenCause::Resolve(Fault::Io(io::ErrorKind::NotFound.into()));
    for (tried, address) in addresses.iter().enumerate() {
        let left = until.saturating_duration_since(Instant::now());
        let share = left / u32::try_from(addresses.len() - tried).unwrap_or(1);
        match within(share, TcpStream::connect(address)).await {
            Ok(socket) => {
                tune(&socket).map_err(|error| OpenCause::Connect(error.into()))?;
                return Ok(socket);
            }
            Err(fault) => last = OpenCause::Connect(fault),
        }
    }
    Err(last)
}

async fn handshake(stream: Stream, connector: &Connector, deadlines: &Deadlines) -> Result<Stream, OpenCause> {
    let (Stream::Plain(socket), Some((config, name))) = (stream, &connector.tls) else {
        return Err(OpenCause::Tls(Fault::Io(io::ErrorKind::InvalidInput.into())));
    };
    let handshake = TlsConnector::from(config.clone()).connect(name.clone(), socket);
    match within(deadlines.tls, handshake).await {
        Ok(stream) => Ok(Stream::Tls(Box::new(stream.into()))),
        Err(Fault::Io(error)) => Err(match certificate_problem(&error) {
            Some(problem) => OpenCause::Certificate(problem),
            None => OpenCause::Tls(Fault::Io(error)),
        }),
        Err(fault) => Err(OpenCause::Tls(fault)),
    }
}

/// What is wrong with the certificate, if that is what is wrong.
fn certificate_problem(error: &io::Error) -> Option<String> {
    use rustls::CertificateError;
    match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            Some("it is signed by an authority that is not trusted here".to_owned())
        }
        rustls::Error::InvalidCertificate(CertificateError::BadSignature) => {
            Some("its signature is not that of the authority it names".to_owned())
        }
        rustls::Error::InvalidCertificate(problem) => Some(problem.to_string()),
        _ => None,
    }
}

/// EHLO, or HELO where EHLO is not understood; then nothing is offered.
async fn hello(wire: &mut Wire, connector: &Connector, deadlines: &Deadlines) -> Result<Capabilities, OpenCause> {
    let lost = |fault| OpenCause::Lost { step: "EHLO", fault };
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
