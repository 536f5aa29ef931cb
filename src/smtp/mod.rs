//! The wire: a client and a sink for SMTP (RFC 5321). Knows nothing of newsletters.
//!
//! The client: [`Connector`] is where to, [`Session`] is one open conversation that one task owns. A session whose
//! state is not certain (an error, a time-out, a future dropped half-way) refuses to be used again; dropping it closes
//! the socket. lettre gives the commands and the SASL mechanisms; the conversation itself is ours, because its outcome
//! must say exactly what may have been delivered ([`BodyError`]).
//!
//! The receiving end: [`server`] takes lines, commands and bodies off the wire. The [`Sink`] is a server for demos and
//! tests that is made of it.

mod ask;
mod auth;
mod capabilities;
mod connector;
mod dot;
mod envelope;
mod fault;
mod open;
mod probe;
mod race;
mod reply;
pub mod server;
mod session;
mod sink;
mod stream;
mod tls_client;
mod trust;
mod wire;

pub use ask::{Hello, RecipientAnswers, Unasked, ask_recipients};
pub use capabilities::{Capabilities, ServerLimits};
pub use connector::{Connector, Deadlines, Endpoint, TlsMode};
pub use dot::Malformed;
pub use fault::{CertificateFault, Fault, TlsFault};
pub use open::{OpenCause, OpenError};
pub use reply::ReplyError;
pub use session::{BodyError, Broken, EnvelopeOutcome, Session};
pub use sink::{Sink, SinkAuth, SinkError, SinkHandle, SinkMessage, SinkOffer, SinkOptions, SinkStats};
pub use tls_client::{TlsClient, TlsRefusal};
pub use trust::ConnectorError;
