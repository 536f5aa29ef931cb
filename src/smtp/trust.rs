//! Which certificates a relay may show: those of the public authorities, or what `ca_file` names. Must not know the
//! conversation.
//!
//! A certificate in `ca_file` is an authority for others (RFC 5280 6.1), and is trusted as itself when a relay shows
//! that very certificate, byte for byte. Then nobody need have signed it, and it may say `CA:TRUE`, as self-signed ones
//! do. Its dates hold all the same. So do the names in it; where it has none, there is none to hold against it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::fault::names_in;

/// Why an endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// `host` is neither a name nor an address.
    #[error("\"{0}\" is not a host name")]
    Host(String),
    /// `helo` would break the command.
    #[error("\"{0}\" cannot be a name in EHLO; use a host name such as mail.example.com")]
    Helo(String),
    #[error("{}: {cause}", path.display())]
    CaFile {
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A user without a password, or the other way round.
    #[error("a user name needs a password, and a password a user name")]
    HalfLogin,
    /// The TLS library refused the configuration.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// TLS 1.2 and 1.3 with verified names; the provider is named, so that no process-wide default is needed.
pub(super) fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, ConnectorError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let Some(path) = ca_file else {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        return Ok(builder.with_root_certificates(roots).with_no_client_auth());
    };
    let wrong = |cause: String| ConnectorError::CaFile { path: path.to_owned(), cause };
    let certificates = read(path).map_err(wrong)?;
    let mut roots = RootCertStore::empty();
    for certificate in &certificates {
        roots.add(certificate.clone()).map_err(|_| wrong("a certificate in it cannot be read".to_owned()))?;
    }
    let authorities = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let verifier = Arc::new(Named { authorities, certificates });
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    use rustls::pki_types::pem::Error as PemError;
    let words = |error: PemError| match error {
        PemError::Io(error) => error.to_string(),
        _ => "it is not PEM: a certificate begins with -----BEGIN CERTIFICATE-----".to_owned(),
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(words)?.collect();
    let found = found.map_err(words)?;
    if found.is_empty() { Err("it holds no certificate in PEM form".to_owned()) } else { Ok(found) }
}

/// The verifier of rustls, and besides it the certificates that are trusted as themselves.
#[derive(Debug)]
struct Named {
    authorities: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.authorities.verify_server_cert(shown, intermediates, name, ocsp_response, now) {
            Err(Error::InvalidCertificate(fault))
                if self.certificates.iter().any(|one| one.as_ref() == shown.as_ref()) =>
            {
                as_itself(fault, shown, name)
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls12_signature(message, shown, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.verify_tls13_signature(message, shown, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

/// Judges a certificate that is named itself and has `fault`. Who signed it, and for what use, does not matter then.
fn as_itself(
    fault: CertificateError,
    shown: &CertificateDer<'_>,
    name: &ServerName<'_>,
) -> Result<ServerCertVerified, Error> {
    use CertificateError::{BadEncoding, Expired, ExpiredContext, NotValidYet, NotValidYetContext, Revoked};
    if matches!(
        fault,
        BadEncoding | Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. } | Revoked
    ) {
        return Err(fault.into());
    }
    match rustls::client::verify_server_name(&ParsedCertificate::try_from(shown)?, name) {
        Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }))
            if names_in(&presented).is_empty() =>
        {
            Ok(ServerCertVerified::assertion())
        }
        verdict => verdict.map(|()| ServerCertVerified::assertion()),
    }
}
