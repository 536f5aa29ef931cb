//! What all conversations of a listener share.

use std::collections::BTreeSet;

use crate::clock::Clock;
use crate::inbound::group_commit::ReportQueue;
use crate::inbound::receive::Intake;
use crate::smtp::server::ServerTls;
use crate::token::Keyring;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Smtp,
    Lmtp,
}

impl Protocol {
    /// What it is called in a greeting.
    pub(super) fn greeting(self) -> &'static str {
        match self {
            Self::Smtp => "ESMTP",
            Self::Lmtp => "LMTP",
        }
    }
}

/// What all conversations share.
pub(super) struct ListenerShared {
    pub(super) host: String,
    pub(super) tls: Option<ServerTls>,
    pub(super) domains: BTreeSet<String>,
    pub(super) write_to: Option<String>,
    pub(super) intake: Intake,
    pub(super) queue: ReportQueue,
    pub(super) clock: Clock,
}

impl ListenerShared {
    pub(super) fn keys(&self) -> &Keyring {
        self.intake.keys()
    }
}
