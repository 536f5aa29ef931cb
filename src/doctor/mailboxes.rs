//! Whether each mailbox that reports come into can be read: connection, TLS, login, folder. Nothing in it is touched.

use std::time::Duration;

use super::{CheckName, Finding};
use crate::config::{Config, InboundMailbox};
use crate::inbound::mailbox;
use crate::wiring;

/// A server that takes longer than this to answer is taken for away.
const STEP_MAX: Duration = Duration::from_secs(15);

pub async fn look(config: &Config) -> Vec<Finding> {
    let mut all = Vec::new();
    for mailbox in &config.inbound.mailboxes {
        all.push(try_mailbox(mailbox).await);
    }
    all
}

async fn try_mailbox(one: &InboundMailbox) -> Finding {
    let check = CheckName::Mailbox.of(one.name.as_str());
    let settings = match wiring::mailbox(one) {
        Ok(settings) => settings,
        Err(error) => return Finding::fail(&check, format!("{error:#}"), "correct its table in the configuration"),
    };
    match mailbox::look(&mailbox::MailboxSettings { patience: STEP_MAX, ..settings }).await {
        Ok(looked) if !looked.can_move => {
            let text = format!("{}:{} took us in, but reports cannot be moved there", one.host, one.port);
            Finding::warn(&check, text, "it knows no MOVE and no UIDPLUS: write done_folder = \"\"")
        }
        Ok(looked) => {
            let mails = if looked.mails == 1 { "1 email".to_owned() } else { format!("{} emails", looked.mails) };
            Finding::ok(&check, format!("{}:{} took us in; {} has {mails}", one.host, one.port, one.folder))
        }
        Err(error) => Finding::fail(&check, error.to_string(), error.hint()),
    }
}
