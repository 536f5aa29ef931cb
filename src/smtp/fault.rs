//! What can go wrong between two machines, in words of our own; of TLS also what to do about it. Must not know the
//! conversation.

use std::io;
use std::time::Duration;

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

use super::reply::ReplyError;
use crate::clock::Timestamp;
use crate::domain::reply::Reply;

/// Names of a certificate that are shown; some bear hundreds.
const NAMES_SHOWN_MAX: usize = 5;

/// What can go wrong between two machines.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The phase took longer than its deadline.
    #[error("no complete answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The system's or TLS's error.
    #[error("{}", words(.0))]
    Io(io::Error),
    /// What came is not a reply.
    #[error("{0}")]
    Garbage(#[from] ReplyError),
    /// A reply that cannot be the answer.
    #[error("an answer that makes no sense here: {0}")]
    Unexpected(Reply),
    /// Bytes that nobody asked for: answers would be put to the wrong commands.
    #[error("the server spoke without being asked")]
    Unsolicited,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        // TLS says so where a server closes without saying good-bye (RFC 8446 6.1).
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Closed } else { Self::Io(error) }
    }
}

/// Why a relay's certificate is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The chain leads to no authority that is trusted.
    #[error("it is signed by an authority that is not trusted here")]
    UnknownIssuer,
    /// It says `CA:TRUE`, as self-signed ones do, and `ca_file` does not name it.
    #[error("it is an authority's own certificate (CA:TRUE), as self-signed ones are, and `ca_file` does not name it")]
    Authority,
    /// Its signature was made with another key than its issuer's.
    #[error("its signature is not that of the authority it names")]
    BadSignature,
    /// Its last day has passed.
    #[error("it expired{}", .0.map(|at| format!(" on {at}")).unwrap_or_default())]
    Expired(Option<Timestamp>),
    /// Its first day is still to come.
    #[error("it is not valid yet{}", .0.map(|at| format!(", but from {at} on")).unwrap_or_default())]
    NotValidYet(Option<Timestamp>),
    #[error("it is for {}, not for {host}", listed(.names))]
    WrongName {
        /// The relay's name in the configuration.
        host: String,
        /// The names and addresses in it.
        names: Vec<String>,
    },
    /// It bears no name at all in `subjectAltName`.
    #[error("it names no host (it has no subjectAltName), so it cannot be for {host}")]
    NoName {
        /// The relay's name in the configuration.
        host: String,
    },
    /// Its authority has withdrawn it.
    #[error("its authority has revoked it")]
    Revoked,
    /// It is for another use than that of a server.
    #[error("it is not meant for a server (its extended key usage lacks serverAuth)")]
    Purpose,
    /// X.509 version 1 or 2, as `openssl x509 -req` writes without a file of extensions.
    #[error("it is of X.509 version 1, which TLS libraries do not take any more")]
    Version,
    /// An algorithm that is not taken any more, or is not known.
    #[error("it is signed with an algorithm that is not accepted, such as SHA-1 or a short RSA key")]
    Algorithm,
    /// The chain breaks a rule that one of its authorities is bound by.
    #[error("its chain breaks a rule of X.509: {0}")]
    Chain(String),
    /// Not a certificate.
    #[error("it cannot be read as a certificate")]
    Unreadable,
}

/// Why TLS could not be set up, the certificate apart.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// It speaks SMTP, or something else, without TLS.
    #[error("it answers in plain text where TLS should begin")]
    Plaintext,
    /// Older than TLS 1.2.
    #[error("it does not speak TLS 1.2 or 1.3, but older versions alone")]
    Version,
    /// No cipher, key exchange or signature algorithm in common.
    #[error("it has no cipher in common with us")]
    Cipher,
    /// It wants to know us by a certificate.
    #[error("it asks for a certificate of ours, and coranto has none")]
    ClientCertificate,
    /// It has no certificate for the name we called it by.
    #[error("it does not know the name we called it by")]
    UnknownName,
    #[error("it showed no certificate")]
    NoCertificate,
    #[error("it closed the connection in the middle of the TLS handshake")]
    Closed,
    /// It gave up, with the name of its alert (RFC 8446 6.2).
    #[error("it ended the TLS handshake with the alert {0}")]
    Alert(String),
    #[error("it breaks the rules of TLS: {0}")]
    Broken(String),
    /// It did not answer, or the network failed.
    #[error("the TLS handshake failed: {0}")]
    Network(Fault),
}

pub(super) enum HandshakeFault {
    Certificate(CertificateFault),
    Tls(TlsFault),
}

impl CertificateFault {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownIssuer => {
                "for a relay of your own set `ca_file` to a PEM file with its certificate, or with its authority's; a \
                 relay with a public certificate must send the intermediate one too"
            }
            Self::Authority => {
                "for a relay of your own set `ca_file` to a PEM file with this very certificate; `openssl s_client \
                 -connect HOST:PORT` shows it"
            }
            Self::BadSignature => "`ca_file` may have an older certificate of the same authority; copy it anew",
            Self::Expired(_) => "renew it at the relay; or this machine's clock is wrong",
            Self::NotValidYet(_) => "this machine's clock may be slow: check its date; or wait for that day",
            Self::WrongName { .. } => "set `host` to a name that is in the certificate",
            Self::NoName { .. } => {
                "make one that names the host, with subjectAltName; or name this very certificate in `ca_file`"
            }
            Self::Revoked => "it needs a new certificate; ask whoever runs the relay",
            Self::Purpose => {
                "it needs a certificate with extendedKeyUsage = serverAuth; or name this very one in `ca_file`"
            }
            Self::Version => "make one of version 3: `openssl req -x509 -addext subjectAltName=DNS:HOST`",
            Self::Algorithm => "it needs a certificate with SHA-256 and an RSA key of at least 2048 bits, or ECDSA",
            Self::Chain(_) => "check the relay's certificate and its intermediate ones with `openssl verify`",
            Self::Unreadable => "check the relay's certificate with `openssl x509 -text`",
        }
    }

    fn of(fault: &CertificateError, host: &str) -> Self {
        let day =
            |at: &UnixTime| i64::try_from(at.as_secs()).ok().map(|seconds| Timestamp(seconds.saturating_mul(1000)));
        let host = || host.to_owned();
        match fault {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::BadSignature => Self::BadSignature,
            CertificateError::Expired => Self::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(day(not_after)),
            CertificateError::NotValidYet => Self::NotValidYet(None),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotValidYet(day(not_before)),
            CertificateError::NotValidForName => Self::NoName { host: host() },
            CertificateError::NotValidForNameContext { presented, .. } => match names_in(presented) {
                names if names.is_empty() => Self::NoName { host: host() },
                names => Self::WrongName { host: host(), names },
            },
            CertificateError::Revoked => Self::Revoked,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => Self::Purpose,
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => Self::Algorithm,
            CertificateError::UnhandledCriticalExtension => {
                Self::Chain("an extension that must be understood is not".to_owned())
            }
            CertificateError::Other(other) => other.0.downcast_ref().map_or(Self::Unreadable, Self::of_chain),
            _ => Self::Unreadable,
        }
    }

    fn of_chain(fault: &webpki::Error) -> Self {
        let rule = |rule: &str| Self::Chain(rule.to_owned());
        match fault {
            webpki::Error::CaUsedAsEndEntity => Self::Authority,
            webpki::Error::UnsupportedCertVersion => Self::Version,
            webpki::Error::EndEntityUsedAsCa => rule("a certificate that is no authority's has signed another"),
            webpki::Error::PathLenConstraintViolated => rule("it is longer than its authority allows"),
            webpki::Error::NameConstraintViolation => rule("its authority may not sign for this name"),
            webpki::Error::UnsupportedCriticalExtension => rule("an extension that must be understood is not"),
            webpki::Error::MaximumPathDepthExceeded
            | webpki::Error::MaximumPathBuildCallsExceeded
            | webpki::Error::MaximumSignatureChecksExceeded
            | webpki::Error::MaximumNameConstraintComparisonsExceeded => rule("it is too long"),
            webpki::Error::SignatureAlgorithmMismatch => Self::Algorithm,
            _ => Self::Unreadable,
        }
    }
}

impl TlsFault {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Plaintext | Self::Network(_) | Self::Broken(_) => {
                "port 465 goes with tls = \"implicit\", ports 587 and 25 with \"starttls\""
            }
            Self::Version => "turn on TLS 1.2 at the relay; versions before it are broken (RFC 8996)",
            Self::Cipher => "give the relay a certificate and the usual ciphers of TLS 1.2 or 1.3 (ECDHE with AES-GCM)",
            Self::ClientCertificate => {
                "turn that off at the relay (Postfix: smtpd_tls_req_ccert = no), and let coranto log in instead"
            }
            Self::UnknownName => "set `host` to the name the relay has in its certificate",
            Self::NoCertificate => "give the relay a certificate",
            Self::Closed => {
                "port 465 goes with tls = \"implicit\", ports 587 and 25 with \"starttls\"; its log may say more"
            }
            Self::Alert(_) => "the relay's log says why",
        }
    }
}

impl HandshakeFault {
    /// What an error of the handshake with `host` means.
    pub(super) fn of(error: io::Error, host: &str) -> Self {
        match inner(&error) {
            Some(Error::InvalidCertificate(fault)) => Self::Certificate(CertificateFault::of(fault, host)),
            Some(Error::AlertReceived(AlertDescription::CertificateRevoked)) => {
                Self::Certificate(CertificateFault::Revoked)
            }
            Some(fault) => Self::Tls(TlsFault::of(fault)),
            None => Self::Tls(match error.kind() {
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => TlsFault::Closed,
                _ => TlsFault::Network(Fault::Io(error)),
            }),
        }
    }
}

/// TLS's own error, if that is what it is.
pub(super) fn inner(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// An error in words: TLS's in ours, the system's in its own.
pub(super) fn words(error: &io::Error) -> String {
    inner(error).map_or_else(|| error.to_string(), |fault| TlsFault::of(fault).to_string())
}

impl TlsFault {
    fn of(fault: &Error) -> Self {
        match fault {
            Error::AlertReceived(alert) => Self::of_alert(*alert),
            Error::PeerIncompatible(what) => Self::of_incompatible(what),
            Error::NoCertificatesPresented => Self::NoCertificate,
            // The first byte of a record says what it is; letters say nothing.
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::Plaintext,
            Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion) => Self::Version,
            other => Self::Broken(other.to_string()),
        }
    }

    fn of_alert(alert: AlertDescription) -> Self {
        match alert {
            AlertDescription::ProtocolVersion => Self::Version,
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => Self::Cipher,
            AlertDescription::UnrecognisedName => Self::UnknownName,
            AlertDescription::CloseNotify => Self::Closed,
            AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::AccessDenied => Self::ClientCertificate,
            other => Self::Alert(format!("{other:?}")),
        }
    }

    fn of_incompatible(what: &PeerIncompatible) -> Self {
        match what {
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled => Self::Version,
            _ => Self::Cipher,
        }
    }
}

/// The host names and addresses among what the TLS library presents: `DnsName("a.example")`, `IpAddress(192.0.2.1)`.
pub(super) fn names_in(presented: &[String]) -> Vec<String> {
    let name = |text: &String| {
        let inner = text.strip_prefix("DnsName(").or_else(|| text.strip_prefix("IpAddress("))?;
        Some(inner.trim_end_matches(')').trim_matches('"').to_owned())
    };
    presented.iter().filter_map(name).collect()
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMES_SHOWN_MAX) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
