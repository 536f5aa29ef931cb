//! Where a relay is, how it is reached and with which patience. Must not know when or why mail is sent.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;

use super::race::LastGood;
use super::trust::{self, ConnectorError};
use crate::secret::Secret;

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// From the first byte (RFC 8314, port 465).
    Implicit,
    /// After STARTTLS (RFC 3207), and never without it.
    StartTls,
    /// Not at all: to this machine, or where [`Endpoint::allow_plaintext`] says so.
    None,
}

/// A relay as it is configured.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its name, which its certificate must bear, or an IP address.
    pub host: String,
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: TlsMode,
    /// PEM certificates that are trusted instead of the public roots: as authorities, and each as itself.
    pub ca_file: Option<PathBuf>,
    /// Who we are to it; absent when it asks for no login.
    pub username: Option<String>,
    /// The password of `username`.
    pub password: Option<Secret>,
    /// The name we give in EHLO.
    pub helo: String,
    /// Unencrypted mail to other machines was allowed in words. A password still never goes in the clear.
    pub allow_plaintext: bool,
}

/// How long each phase may take, from its first byte to its last.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// Finding the address and connecting.
    pub connect: Duration,
    /// From the connection to the greeting.
    pub greeting: Duration,
    pub tls: Duration,
    /// A command (EHLO, AUTH as a whole, MAIL, RCPT, RSET) and its reply.
    pub command: Duration,
    pub data: Duration,
    pub body: Duration,
    /// From the final dot to its reply.
    pub dot: Duration,
    /// QUIT and its reply: politeness only.
    pub quit: Duration,
}

/// RFC 5321 4.5.3.2 where it speaks; Postfix's values for connecting; the rest is ours.
impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            greeting: Duration::from_secs(5 * 60),
            tls: Duration::from_secs(60),
            command: Duration::from_secs(5 * 60),
            data: Duration::from_secs(2 * 60),
            body: Duration::from_secs(3 * 60),
            // 4.5.3.2.6: a shorter wait here makes duplicates.
            dot: Duration::from_secs(10 * 60),
            quit: Duration::from_secs(5),
        }
    }
}

/// An [`Endpoint`] that was checked, with its TLS configuration and trusted roots built once for all connections.
#[derive(Clone, Debug)]
pub struct Connector {
    pub(super) endpoint: Endpoint,
    pub(super) tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
    /// What one connection has learnt is known to the next.
    pub(super) last_good: LastGood,
}

impl Connector {
    /// Checks `endpoint` and reads its certificates. Reads files: call it when starting.
    pub fn new(endpoint: Endpoint) -> Result<Self, ConnectorError> {
        if endpoint.helo.is_empty() || !endpoint.helo.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConnectorError::Helo(endpoint.helo));
        }
        if endpoint.username.is_some() != endpoint.password.is_some() {
            return Err(ConnectorError::HalfLogin);
        }
        let name =
            ServerName::try_from(endpoint.host.clone()).map_err(|_| ConnectorError::Host(endpoint.host.clone()))?;
        let tls = match endpoint.tls {
            TlsMode::None => None,
            TlsMode::Implicit | TlsMode::StartTls => {
                Some((Arc::new(trust::client_config(endpoint.ca_file.as_deref())?), name))
            }
        };
        Ok(Self { endpoint, tls, last_good: LastGood::default() })
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}
