//! TLS towards a server that speaks another protocol than SMTP, by the same rules: the same roots, the same words.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use super::fault::{CertificateFault, Fault, HandshakeFault, TlsFault};
use super::trust::{self, ConnectorError};
use super::wire::within;

/// What a server's certificate is held against.
#[derive(Clone)]
pub struct TlsClient {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    host: String,
}

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsRefusal {
    #[error("its certificate is refused: {0}")]
    Certificate(CertificateFault),
    #[error("{0}")]
    Tls(TlsFault),
}

impl std::fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TlsClient({})", self.host)
    }
}

impl TlsClient {
    /// Reads `ca_file`: call it when starting.
    pub fn new(host: &str, ca_file: Option<&Path>) -> Result<Self, ConnectorError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ConnectorError::Host(host.to_owned()))?;
        Ok(Self { config: Arc::new(trust::client_config(ca_file)?), name, host: host.to_owned() })
    }

    /// Encrypts `socket`, within `patience`.
    pub async fn encrypt<T>(
        &self,
        socket: T,
        patience: Duration,
    ) -> Result<tokio_rustls::client::TlsStream<T>, TlsRefusal>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let handshake = TlsConnector::from(Arc::clone(&self.config)).connect(self.name.clone(), socket);
        within(patience, handshake).await.map_err(|fault| match fault {
            Fault::Io(error) => match HandshakeFault::of(error, &self.host) {
                HandshakeFault::Certificate(fault) => TlsRefusal::Certificate(fault),
                HandshakeFault::Tls(fault) => TlsRefusal::Tls(fault),
            },
            Fault::Closed => TlsRefusal::Tls(TlsFault::Closed),
            fault => TlsRefusal::Tls(TlsFault::Network(fault)),
        })
    }
}
