//! The listener and the mailboxes for what comes back, as the configuration wants them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::Failure;
use crate::clock::Clock;
use crate::config::{Config, LmtpListen};
use crate::domain::return_path::ReturnPath;
use crate::inbound::Intake;
use crate::inbound::listener::{self, ListenerSettings, Sockets, bind_unix};
use crate::inbound::mailbox::{self, MailboxDoor};
use crate::smtp::server::ServerTls;
use crate::store::Db;
use crate::supervise::Supervisor;
use crate::wiring;

/// Listens where the configuration says, and takes reports in as long as `supervisor` runs.
pub(super) async fn add(supervisor: &mut Supervisor, config: &Config, db: &Db, clock: &Clock) -> anyhow::Result<()> {
    let intake = Intake::new(db.clone(), config.keys.clone(), config.inbound.settle_after)
        .with_rules(config.inbound.rules.clone());
    mailboxes(supervisor, config, db, clock, &intake).await?;
    let Some((sockets, settings)) = open(config).await? else { return Ok(()) };
    let (clock, stop) = (clock.clone(), supervisor.stop_token());
    supervisor.add("the listener for reports", async move {
        listener::listen(sockets, settings, intake, clock, stop).await;
        Ok(())
    });
    Ok(())
}

/// Looks into the mailboxes of the configuration.
async fn mailboxes(
    supervisor: &mut Supervisor,
    config: &Config,
    db: &Db,
    clock: &Clock,
    intake: &Intake,
) -> anyhow::Result<()> {
    let named: Vec<&str> = config.inbound.mailboxes.iter().map(|mailbox| mailbox.name.as_str()).collect();
    mailbox::forget_all_but(db, &named, clock.now()).await?;
    for one in &config.inbound.mailboxes {
        let settings = wiring::mailbox(one)?;
        tracing::info!(mailbox = one.name, host = one.host, "reports are read from a mailbox");
        let door = MailboxDoor::new(settings, intake.clone(), db.clone(), clock.clone());
        let stop = supervisor.stop_token();
        supervisor.add("the mailbox for reports", async move {
            door.run(stop).await;
            Ok(())
        });
    }
    Ok(())
}

/// The sockets, and what the listener is told; none when the configuration says nothing of where.
async fn open(config: &Config) -> anyhow::Result<Option<(Sockets, ListenerSettings)>> {
    let inbound = &config.inbound;
    let mut sockets = Sockets::default();
    if let Some(address) = inbound.smtp_listen {
        sockets.smtp = Some(bind(address, "smtp_listen").await?);
        tracing::info!(%address, "reports are taken in SMTP");
    }
    match &inbound.lmtp_listen {
        Some(LmtpListen::Address(address)) => {
            sockets.lmtp = Some(bind(*address, "lmtp_listen").await?);
            tracing::info!(%address, "reports are taken in LMTP");
        }
        Some(LmtpListen::Socket(path)) => {
            let bound = bind_unix(path).map_err(|error| {
                Failure::new(format!("the listener cannot have the socket {}: {error}", path.display()))
                    .hint("its folder must be there, and this user must be able to write to it")
            })?;
            sockets.lmtp_unix = Some(bound);
            tracing::info!(path = %path.display(), "reports are taken in LMTP");
        }
        None => {}
    }
    let listens = inbound.smtp_listen.is_some() || inbound.lmtp_listen.is_some();
    Ok(if listens { Some((sockets, settings(config)?)) } else { None })
}

fn settings(config: &Config) -> anyhow::Result<ListenerSettings> {
    let mut domains = BTreeSet::new();
    for newsletter in &config.newsletters {
        domains.insert(newsletter.from.address.domain().to_owned());
        domains.extend(newsletter.return_path.as_ref().map(ReturnPath::domain).map(str::to_owned));
    }
    let tls = match &config.inbound.certificate {
        Some((certificate, key)) => {
            let read = |path: &Path| std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
            Some(ServerTls::from_pem(&read(certificate)?, &read(key)?, false).context("the listener")?)
        }
        None => None,
    };
    // An address of another script cannot stand in a reply to who does not speak SMTPUTF8.
    let people = config.newsletters.iter().map(|one| one.reply_to.as_ref().unwrap_or(&one.from.address).to_string());
    Ok(ListenerSettings {
        host: config.inbound.host.clone().unwrap_or_else(|| wiring::own_name(config)),
        tls,
        domains,
        write_to: people.into_iter().find(|address| address.is_ascii()),
    })
}

async fn bind(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 need CAP_NET_BIND_SERVICE, or a redirect to a higher one".to_owned()
            }
            _ => format!("another program has that port; stop it, or set `{key}` under [inbound] to a free one"),
        };
        Failure::new(format!("the listener for reports cannot listen on {address}: {error}")).hint(hint).into()
    })
}
