//! Whether each relay takes us in: connection, TLS, EHLO, login. No mail is sent.

use std::time::Duration;

use super::Finding;
use crate::cli::wiring;
use crate::config::{Config, Relay, RelayTls};
use crate::smtp::{Deadlines, Session};

/// A relay that takes longer than this to say hello would be a trouble on the day of an issue.
const STEP_MAX: Duration = Duration::from_secs(15);

/// Looks at every relay.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let mut all = Vec::new();
    for relay in &config.relays {
        all.push(open(config, relay).await);
    }
    if all.is_empty() {
        let hint = "add a [[relays]] table to the configuration; until then all mail waits";
        all.push(Finding::warn("relays", "there is nobody to send through", hint));
    }
    all
}

async fn open(config: &Config, relay: &Relay) -> Finding {
    let check = format!("relay {}", relay.name);
    let connector = match wiring::connector(config, relay) {
        Ok(connector) => connector,
        Err(error) => return Finding::fail(&check, format!("{error:#}"), "mend its table in the configuration"),
    };
    let deadlines =
        Deadlines { connect: STEP_MAX, greeting: STEP_MAX, tls: STEP_MAX, command: STEP_MAX, ..Deadlines::default() };
    let session = match Session::open(&connector, &deadlines).await {
        Ok(session) => session,
        Err(error) => return Finding::fail(&check, error.to_string(), error.hint()),
    };
    let offered = session.capabilities().clone();
    session.quit().await;
    let mut text = format!("{}:{} took us in", relay.host, relay.port);
    text.push_str(match relay.tls {
        RelayTls::Implicit | RelayTls::Starttls => ", encrypted",
        RelayTls::None => ", unencrypted",
    });
    if relay.username.is_some() {
        text.push_str(", logged in");
    }
    if let Some(bytes) = offered.size_bytes_max {
        text.push_str(&format!(", takes {} MiB a mail", bytes >> 20));
    }
    if !offered.pipelining {
        let hint = "each mail waits for three answers more; a nearer relay, or one with PIPELINING, is faster";
        return Finding::warn(&check, format!("{text}, but does not offer PIPELINING"), hint);
    }
    Finding::ok(&check, text)
}
