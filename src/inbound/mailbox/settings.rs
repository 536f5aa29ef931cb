//! What is known of a mailbox before it is opened.

use std::time::Duration;

use crate::secret::Secret;
use crate::smtp::{TlsClient, TlsMode};

/// A mailbox, and how it is read.
#[derive(Clone, Debug)]
pub struct MailboxSettings {
    /// For logs and alarms.
    pub name: String,
    pub host: String,
    pub port: u16,
    pub tls: TlsMode,
    /// What its certificate is held against, unless `tls` is none.
    pub trust: Option<TlsClient>,
    pub username: String,
    pub password: Secret,
    pub folder: String,
    /// Where reports are moved; none leaves them where they are.
    pub done_folder: Option<String>,
    /// Between two looks.
    pub every: Duration,
    /// How long a server may take to answer a command.
    pub patience: Duration,
}
