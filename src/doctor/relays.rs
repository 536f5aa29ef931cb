//! Whether each relay takes us in, and the sender of each newsletter: connection, TLS, EHLO, login, MAIL. No mail is
//! sent.

use std::time::Duration;

use super::{CheckName, Finding, NamedCheck, certificates};
use crate::clock::Timestamp;
use crate::config::{Config, Relay, RelayTls};
use crate::domain::DeliveryId;
use crate::domain::newsletter::Newsletter;
use crate::message::verp;
use crate::smtp::{Deadlines, OpenCause, OpenError, Session};
use crate::wiring;

/// A relay that takes longer than this to say hello would be a trouble on the day of an issue.
const STEP_MAX: Duration = Duration::from_secs(15);

pub async fn look(config: &Config, now: Timestamp) -> Vec<Finding> {
    let mut all = Vec::new();
    for relay in &config.relays {
        all.extend(try_relay(config, relay, now).await);
    }
    if all.is_empty() {
        let hint = "add a [[relays]] table to the configuration; until then all mail waits";
        all.push(Finding::warn(&CheckName::Relays.here(), "there is nobody to send through", hint));
    }
    all
}

async fn try_relay(config: &Config, relay: &Relay, now: Timestamp) -> Vec<Finding> {
    let check = CheckName::Relay.of(relay.name.as_str());
    let connector = match wiring::connector(config, relay) {
        Ok(connector) => connector,
        Err(error) => {
            let hint = "correct its table in the configuration";
            return vec![Finding::fail(&check, format!("{error:#}"), hint)];
        }
    };
    let mut session = match Session::open(&connector, &deadlines()).await {
        Ok(session) => session,
        Err(error) => return vec![unopened(relay, &error)],
    };
    let mut all = vec![taken_in(&check, relay, &session)];
    all.extend(session.certificate_until().map(|until| {
        let certificate = CheckName::RelayCertificate.of(relay.name.as_str());
        certificates::lasting(&certificate, until, now, "renew it at the relay; a provider does that by itself")
    }));
    let goes_by = |newsletter: &&Newsletter| {
        config.sending.get(&newsletter.slug).is_none_or(|sending| sending.relays.contains(&relay.name))
    };
    for newsletter in config.newsletters.iter().filter(goes_by) {
        if !session.is_usable() {
            session = match Session::open(&connector, &deadlines()).await {
                Ok(session) => session,
                Err(error) => {
                    all.push(Finding::fail(&check, error.to_string(), error.hint()));
                    return all;
                }
            };
        }
        all.push(try_sender(config, relay, newsletter, &mut session).await);
    }
    session.quit().await;
    all
}

/// A certificate that is refused is a finding of its own.
fn unopened(relay: &Relay, error: &OpenError) -> Finding {
    let name = match error.cause {
        OpenCause::Certificate(_) => CheckName::RelayCertificate,
        _ => CheckName::Relay,
    };
    Finding::fail(&name.of(relay.name.as_str()), error.to_string(), error.hint())
}

fn deadlines() -> Deadlines {
    Deadlines { connect: STEP_MAX, greeting: STEP_MAX, tls: STEP_MAX, command: STEP_MAX, ..Deadlines::default() }
}

fn taken_in(check: &NamedCheck, relay: &Relay, session: &Session) -> Finding {
    let offered = session.capabilities();
    let mut text = format!("{}:{} took us in", relay.host, relay.port);
    text.push_str(match relay.tls {
        RelayTls::Implicit | RelayTls::Starttls => ", encrypted",
        RelayTls::None => ", unencrypted",
    });
    if relay.username.is_some() {
        text.push_str(", logged in");
    }
    if let Some(bytes) = offered.size_bytes_max {
        text.push_str(&format!(", takes {} MiB an email", bytes >> 20));
    }
    if !offered.pipelining {
        let hint = "each email waits for three answers more; a nearer relay, or one with PIPELINING, is faster";
        return Finding::warn(check, format!("{text}, but does not offer PIPELINING"), hint);
    }
    Finding::ok(check, text)
}

/// Offers the envelope sender that the newsletter's mail has.
async fn try_sender(config: &Config, relay: &Relay, newsletter: &Newsletter, session: &mut Session) -> Finding {
    let check = CheckName::RelaySender.of(format!("{}/{}", relay.name, newsletter.slug));
    let sender = match &newsletter.return_path {
        // No delivery has this number.
        Some(path) => verp::bounce_address(&config.keys, DeliveryId(0), None, path),
        None => newsletter.from.address.to_string(),
    };
    let hint = match &newsletter.return_path {
        Some(path) => {
            format!("allow senders at {} for this relay's account, or take `{}` out", path.domain(), path.setting())
        }
        None => format!(
            "allow {sender} as a sender of this relay's account, or set `from` of {} to an address that it takes",
            newsletter.slug
        ),
    };
    match session.try_sender(&sender).await {
        Ok(reply) if reply.is_positive() => Finding::ok(&check, format!("{sender} is taken")),
        Ok(reply) => Finding::fail(&check, format!("{sender} is refused: {reply}"), hint),
        Err(error) => Finding::fail(
            &check,
            format!("{sender} cannot be tried: {error}"),
            "try again, and ask the relay's provider",
        ),
    }
}
