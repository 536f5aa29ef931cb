//! The receiving end of a connection: lines, commands and bodies off the wire, replies onto it, all bounded. The sink
//! and the listener for what comes back are its users; what a command is answered with is theirs to say.

mod body;
pub mod command;
mod line;
mod tls;

pub use body::{Body, BodyReader, Defect};
pub use line::{LineStream, Patience};
pub use tls::{ServerTls, TlsError};
