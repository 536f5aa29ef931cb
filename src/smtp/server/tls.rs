//! A server's certificate and key, and the handshake with them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use crate::smtp::stream::Stream;

/// A certificate chain with its key, and when it is spoken for.
#[derive(Clone, Debug)]
pub struct ServerTls {
    config: Arc<rustls::ServerConfig>,
    implicit: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the certificate or its key cannot be used: {0}")]
pub struct TlsError(String);

impl ServerTls {
    /// From a certificate chain and its key in PEM form. `implicit`: TLS from the first byte; otherwise STARTTLS.
    pub fn from_pem(certificates: &[u8], key: &[u8], implicit: bool) -> Result<Self, TlsError> {
        let wrong = |error: &dyn std::fmt::Display| TlsError(error.to_string());
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

    /// Whether a connection begins in TLS.
    pub(super) fn is_implicit(&self) -> bool {
        self.implicit
    }

    pub(super) async fn accept<T: AsyncRead + AsyncWrite + Unpin>(
        &self,
        socket: T,
        deadline: Duration,
    ) -> io::Result<Stream<T>> {
        let accepting = TlsAcceptor::from(self.config.clone()).accept(socket);
        let stream = tokio::time::timeout(deadline, accepting).await??;
        Ok(Stream::Tls(Box::new(stream.into())))
    }
}
