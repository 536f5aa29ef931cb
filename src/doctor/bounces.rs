//! Whether a report finds its way in: each bounce domain is asked for its mail servers, and they and our own doors which
//! addresses they take. No email is sent, and nothing is stored.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::machines;
use super::questions::{Questions, unreachable};
use super::{CheckName, Finding, FindingHealth, NamedCheck};
use crate::config::{Config, LmtpListen};
use crate::dns::{NetError, RData, RecordType};
use crate::domain::DeliveryId;
use crate::domain::organisation::is_reserved;
use crate::domain::return_path::ReturnPath;
use crate::message::verp;
use crate::smtp::{Hello, RecipientAnswers, Unasked, ask_recipients};
use crate::wiring;

/// A server that takes longer than this to answer is taken for away.
const STEP_MAX: Duration = Duration::from_secs(15);
/// Where a domain has more mail servers or a server more addresses, the first ones speak for all.
const ASKED_MAX: usize = 5;
/// Stands where a token would, and is none.
const NO_TOKEN: &str = "coranto-bounces-check";
/// Our own listener ends its greeting with this word.
const OWN_GREETING: &str = "coranto";

/// An address that bounces come back to, and one of the same form that bears no token.
struct Probe {
    domain: String,
    sealed: String,
    unsealed: String,
}

/// One for each bounce domain.
fn probes(config: &Config) -> Vec<Probe> {
    let mut all: Vec<Probe> = Vec::new();
    for path in config.newsletters.iter().filter_map(|newsletter| newsletter.return_path.as_ref()) {
        if all.iter().all(|probe| probe.domain != path.domain()) {
            all.push(probe(config, path));
        }
    }
    all
}

fn probe(config: &Config, path: &ReturnPath) -> Probe {
    Probe {
        domain: path.domain().to_owned(),
        // No delivery has this number.
        sealed: verp::bounce_address(&config.keys, DeliveryId(0), None, path),
        unsealed: path.address(NO_TOKEN),
    }
}

/// Asks the listener of this machine, in SMTP and in LMTP, where the configuration has it.
pub async fn doors(config: &Config) -> Vec<Finding> {
    let probes = probes(config);
    let Some(probe) = probes.first() else {
        let hint = "set `bounce_domain` of a newsletter; without it a report is hard to tell whose it is";
        return vec![Finding::warn(&CheckName::Bounces.here(), "no newsletter has a bounce domain", hint)];
    };
    let (inbound, name) = (&config.inbound, wiring::own_name(config));
    let mut all = Vec::new();
    if let Some(address) = inbound.smtp_listen {
        let place = own_address(address);
        let asked = ask(TcpStream::connect(place), Hello::Smtp, &name, probe).await;
        all.push(of_door(&CheckName::Listener.of("SMTP"), &place.to_string(), probe, asked));
    }
    match &inbound.lmtp_listen {
        Some(LmtpListen::Address(address)) => {
            let place = own_address(*address);
            let asked = ask(TcpStream::connect(place), Hello::Lmtp, &name, probe).await;
            all.push(of_door(&CheckName::Listener.of("LMTP"), &place.to_string(), probe, asked));
        }
        Some(LmtpListen::Socket(path)) => {
            let asked = ask(UnixStream::connect(path), Hello::Lmtp, &name, probe).await;
            all.push(of_door(&CheckName::Listener.of("LMTP"), &path.display().to_string(), probe, asked));
        }
        None => {}
    }
    if !inbound.hears_bounces() {
        let hint = "set smtp_listen, lmtp_listen, pipe, a mailbox or a hook in [inbound]";
        all.push(Finding::warn(&CheckName::Bounces.here(), "nothing listens for bounces", hint));
    }
    all
}

/// Where a socket that listens everywhere is reached from this machine.
fn own_address(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listens.port())
}

/// Why nobody answered.
enum Silence {
    NoConnection(io::Error),
    Unasked(Unasked),
}

async fn ask<T: AsyncRead + AsyncWrite + Unpin>(
    connecting: impl Future<Output = io::Result<T>>,
    hello: Hello,
    name: &str,
    probe: &Probe,
) -> Result<RecipientAnswers, Silence> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} s", STEP_MAX.as_secs()));
    let connected = tokio::time::timeout(STEP_MAX, connecting).await.unwrap_or_else(|_| Err(late()));
    let socket = connected.map_err(Silence::NoConnection)?;
    let recipients = [probe.sealed.as_str(), probe.unsealed.as_str()];
    ask_recipients(socket, hello, name, &recipients, STEP_MAX).await.map_err(Silence::Unasked)
}

/// What one of our own doors says.
fn of_door(check: &NamedCheck, place: &str, probe: &Probe, asked: Result<RecipientAnswers, Silence>) -> Finding {
    let answers = match asked {
        Ok(answers) => answers.answers,
        Err(Silence::NoConnection(error)) => {
            let hint = "start `coranto serve`, or `coranto serve --role receive`; its log says where it listens";
            return Finding::fail(check, format!("{place} takes no connection: {error}"), hint);
        }
        Err(Silence::Unasked(error)) => {
            let hint = "look whether another server listens there; the log of `coranto serve` says more";
            return Finding::fail(check, format!("{place}: {error}"), hint);
        }
    };
    let [sealed, unsealed] = answers.as_slice() else {
        return Finding::fail(check, format!("{place} gave no answer"), "run this again");
    };
    if !sealed.is_positive() {
        let text = format!("{place} refuses {}: {sealed}", probe.sealed);
        return Finding::fail(check, text, "restart `coranto serve`: it may have another key or configuration");
    }
    if !unsealed.is_permanent() {
        let text = format!("{place} takes {}, which bears no token: {unsealed}", probe.unsealed);
        return Finding::fail(check, text, "another server listens there; give one of the two another port");
    }
    Finding::ok(check, format!("{place} takes our bounces and refuses the rest"))
}

/// Asks the mail servers of each bounce domain, at `port`. `server` is the name server, if not the system's.
pub async fn mail_servers(config: &Config, server: Option<SocketAddr>, port: u16) -> Vec<Finding> {
    let questions = match Questions::new(server) {
        Ok(questions) => questions,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut all = Vec::new();
    for probe in probes(config) {
        if is_reserved(&probe.domain) {
            let text = format!("{} is a domain for examples; no report comes there", probe.domain);
            let hint = "set `bounce_domain` to a domain of your own";
            all.push(Finding::warn(&CheckName::Mx.of(probe.domain.as_str()), text, hint));
        } else if let Err(error) = of_domain(config, &questions, &probe, port, &mut all).await {
            all.push(unreachable(&error));
            break;
        }
    }
    all
}

async fn of_domain(
    config: &Config,
    questions: &Questions,
    probe: &Probe,
    port: u16,
    all: &mut Vec<Finding>,
) -> Result<(), NetError> {
    let check = CheckName::Mx.of(probe.domain.as_str());
    let found = match questions.records(&check, &probe.domain, RecordType::MX).await? {
        Ok(found) => found,
        Err(finding) => {
            all.push(finding);
            return Ok(());
        }
    };
    let finding = machines::mx(&probe.domain, &found);
    let is_well = finding.health == FindingHealth::Ok;
    all.push(finding);
    if is_well {
        for host in hosts(&found).into_iter().take(ASKED_MAX) {
            all.push(of_host(config, questions, probe, &host, port).await?);
        }
    }
    Ok(())
}

/// The hosts of MX records, the preferred one first.
fn hosts(found: &[RData]) -> Vec<String> {
    let mut hosts: Vec<(u16, String)> = found
        .iter()
        .filter_map(|data| match data {
            RData::MX(mx) => Some((mx.preference, mx.exchange.to_string().trim_end_matches('.').to_owned())),
            _ => None,
        })
        .collect();
    hosts.sort();
    hosts.into_iter().map(|(_, host)| host).collect()
}

async fn of_host(
    config: &Config,
    questions: &Questions,
    probe: &Probe,
    host: &str,
    port: u16,
) -> Result<Finding, NetError> {
    let check = CheckName::MailServer.of(format!("{host}/{}", probe.domain));
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for kind in [RecordType::A, RecordType::AAAA] {
        match questions.records(&check, host, kind).await? {
            Ok(found) => addresses.extend(found.iter().filter_map(|data| match data {
                RData::A(address) => Some(SocketAddr::new(address.0.into(), port)),
                RData::AAAA(address) => Some(SocketAddr::new(address.0.into(), port)),
                _ => None,
            })),
            Err(finding) => return Ok(finding),
        }
    }
    if addresses.is_empty() {
        // RFC 5321 5.1.
        let hint = "give it an A or AAAA record; an MX record may not name an alias";
        return Ok(Finding::fail(&check, "it has no address", hint));
    }
    let name = wiring::own_name(config);
    let mut last = None;
    for address in addresses.into_iter().take(ASKED_MAX) {
        match ask(TcpStream::connect(address), Hello::Smtp, &name, probe).await {
            // Another address may be reachable from here.
            Err(Silence::NoConnection(error)) => last = Some((address, error)),
            asked => return Ok(of_mail_server(config, &check, host, probe, asked)),
        }
    }
    Ok(match last {
        Some((address, error)) => unreached(&check, address, &error),
        None => Finding::fail(&check, "it has no address", "give it an A or AAAA record"),
    })
}

fn unreached(check: &NamedCheck, address: SocketAddr, error: &io::Error) -> Finding {
    let text = format!("{address} takes no connection: {error}");
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            let hint = "nothing listens there: start the server that the MX record names, or correct the record";
            Finding::fail(check, text, hint)
        }
        // Nothing is known of the server: this machine may be the one that is shut in.
        _ => {
            let hint = "many hosters block outgoing port 25; run this from another network, and check the firewall";
            Finding::warn(check, text, hint)
        }
    }
}

/// What a mail server of a bounce domain says: ours, or one that hands on what it takes.
fn of_mail_server(
    config: &Config,
    check: &NamedCheck,
    host: &str,
    probe: &Probe,
    asked: Result<RecipientAnswers, Silence>,
) -> Finding {
    let asked = match asked {
        Ok(asked) => asked,
        Err(Silence::NoConnection(error)) => return Finding::warn(check, error.to_string(), "run this again"),
        Err(Silence::Unasked(error)) => {
            let hint = "its words or its log say why; it may want TLS, or not know the address of this machine";
            return Finding::warn(check, error.to_string(), hint);
        }
    };
    let [sealed, unsealed] = asked.answers.as_slice() else {
        return Finding::warn(check, "it gave no answer", "run this again");
    };
    let is_own = asked.greeting.text.ends_with(OWN_GREETING);
    if !sealed.is_positive() {
        let text = format!("it refuses {}: {sealed}", probe.sealed);
        return match (sealed.is_permanent(), is_own) {
            (false, _) => Finding::warn(check, text, "it may pass by itself: run this again in ten minutes"),
            (true, true) => Finding::fail(check, text, "another coranto answers there, or one with another key"),
            (true, false) => {
                let hint = format!("let it take every address at {}, and hand it on to coranto", probe.domain);
                Finding::fail(check, text, hint)
            }
        };
    }
    let inbound = &config.inbound;
    if unsealed.is_permanent() {
        let who = if is_own { "coranto answers" } else { "another server answers" };
        return Finding::ok(check, format!("{who}; it takes our bounces and refuses the rest"));
    }
    if inbound.smtp_listen.is_some() {
        let text = format!("{host} takes any address at {}, so it is not the listener", probe.domain);
        let hint = "let the MX record name this machine, or let that server hand reports on and verify recipients";
        return Finding::warn(check, text, hint);
    }
    if inbound.lmtp_listen.is_some() {
        let text = format!("it takes our bounces, and any other address at {}", probe.domain);
        let hint = "let it verify recipients at the LMTP listener; otherwise it returns forged email to strangers";
        return Finding::warn(check, text, hint);
    }
    Finding::ok(check, "it takes our bounces")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_listens_everywhere_is_asked_here() {
        for (listens, asked) in
            [("0.0.0.0:25", "127.0.0.1:25"), ("[::]:25", "[::1]:25"), ("192.0.2.1:25", "192.0.2.1:25")]
        {
            assert_eq!(own_address(listens.parse().unwrap()).to_string(), asked);
        }
    }

    #[test]
    fn a_server_that_is_out_of_reach_is_no_failure_of_its_own() {
        let address = "192.0.2.1:25".parse().unwrap();
        let health = |kind: io::ErrorKind| unreached(&CheckName::Mx.of("x.org"), address, &kind.into()).health;
        assert_eq!(health(io::ErrorKind::ConnectionRefused), FindingHealth::Fail);
        assert_eq!(health(io::ErrorKind::TimedOut), FindingHealth::Warn);
        assert_eq!(health(io::ErrorKind::NetworkUnreachable), FindingHealth::Warn);
    }
}
