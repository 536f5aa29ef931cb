//! `coranto sink`: runs the receiving server in the foreground and tells what it counts. Knows nothing of newsletters.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::when::duration;
use super::{Context, Exit, Failure};
use crate::secret::Secret;
use crate::smtp::server::ServerTls;
use crate::smtp::{Sink, SinkAuth, SinkOffer, SinkOptions, SinkStats};

/// Take emails over SMTP and deliver none, for trials and tests.
///
/// A recipient's local part decides what becomes of the email: tempfail-... 451, permfail-... 550, full-... 452,
/// defer2-... 451 twice and then 250, slow-... one second per reply, drop-data-... closes within the body,
/// drop-dot-... takes the email and closes without an answer, 421-... 421 at MAIL. Everything else is taken.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto sink
  coranto sink --dir mails --journal mails.jsonl
  coranto sink --listen 127.0.0.1:2526 --auth anna:secret --reply-delay 30ms")]
pub(super) struct Args {
    /// The address it listens on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:2525")]
    listen: SocketAddr,
    /// A folder that keeps each message as an .eml file.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A file that gets a JSON line per message, before the answer.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Write each line of the journal to the disk before the answer.
    #[arg(long, requires = "journal")]
    journal_sync: bool,
    /// Ask for this login.
    #[arg(long, value_name = "USER:PASSWORD", help_heading = FAULTS)]
    auth: Option<String>,
    /// Wait before each group of replies, as a server that is far away does.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration, help_heading = FAULTS)]
    reply_delay: Duration,
    /// Answer every MAIL with this, for instance "451 4.7.1 Later".
    #[arg(long, value_name = "REPLY", help_heading = FAULTS)]
    refuse_mail: Option<String>,
    /// Turn away connections beyond so many with 421.
    #[arg(long, value_name = "COUNT", help_heading = FAULTS)]
    connections_max: Option<usize>,
    /// Refuse larger messages.
    #[arg(long, value_name = "BYTES", help_heading = FAULTS)]
    message_bytes_max: Option<usize>,
    /// Leave these out of the answer to EHLO.
    #[arg(long, value_name = "EXTENSION", value_delimiter = ',', help_heading = FAULTS)]
    without: Vec<Extension>,
    /// Its certificate in PEM; it then offers STARTTLS.
    #[arg(long, value_name = "FILE", requires = "tls_key", help_heading = FAULTS)]
    tls_certificate: Option<PathBuf>,
    /// The key of its certificate in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate", help_heading = FAULTS)]
    tls_key: Option<PathBuf>,
    /// Speak TLS from the first byte instead of offering STARTTLS.
    #[arg(long, requires = "tls_certificate", help_heading = FAULTS)]
    tls_implicit: bool,
}

const FAULTS: &str = "Behaviour";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Extension {
    /// EHLO itself.
    Ehlo,
    Pipelining,
    Size,
    Smtputf8,
    #[value(name = "8bitmime")]
    EightBit,
}

pub(super) fn command(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let quiet = context.output.is_quiet();
    let options = options(args, context)?;
    context.block_on(async {
        let stop = CancellationToken::new();
        let ended = stop.clone();
        let running = run(options, quiet, stop);
        tokio::pin!(running);
        tokio::select! {
            result = &mut running => result?,
            () = super::context::stop_signal()? => {
                ended.cancel();
                running.await?;
            }
        }
        Ok(Exit::Ok)
    })
}

fn options(args: Args, context: &Context) -> anyhow::Result<SinkOptions> {
    let offers = |extension| !args.without.contains(&extension);
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| path.display().to_string());
    let tls = match (&args.tls_certificate, &args.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(ServerTls::from_pem(&read(certificate)?, &read(key)?, args.tls_implicit).context("the certificate")?)
        }
        _ => None,
    };
    let auth = args.auth.as_deref().map(|login| match login.split_once(':') {
        Some((username, password)) => Ok(SinkAuth {
            username: username.to_owned(),
            password: Secret::new(password),
            mechanisms: "PLAIN LOGIN".to_owned(),
        }),
        None => Err(Failure::usage("--auth needs a user and a password").hint("write --auth user:password")),
    });
    let defaults = SinkOptions::default();
    Ok(SinkOptions {
        listen: args.listen,
        dir: args.dir,
        journal: args.journal,
        journal_sync: args.journal_sync,
        offer: SinkOffer {
            ehlo: offers(Extension::Ehlo),
            pipelining: offers(Extension::Pipelining),
            size: offers(Extension::Size),
            smtputf8: offers(Extension::Smtputf8),
            eight_bit: offers(Extension::EightBit),
            dsn: false,
        },
        tls,
        auth: auth.transpose()?,
        message_bytes_max: args.message_bytes_max.unwrap_or(defaults.message_bytes_max),
        reply_delay: args.reply_delay,
        connections_max: args.connections_max.unwrap_or(defaults.connections_max),
        refuse_mail: args.refuse_mail,
        clock: context.clock.clone(),
        ..defaults
    })
}

/// How often the counters are shown, if they changed.
const SHOW_EVERY: Duration = Duration::from_secs(1);

/// Runs a sink until `stop`. Tells its address and its counters on stderr unless `quiet`.
pub async fn run(options: SinkOptions, quiet: bool, stop: CancellationToken) -> anyhow::Result<()> {
    let sink = Sink::start(options).await.context("the sink did not start")?;
    if !quiet {
        show(&format!("The sink listens on {}. It takes emails and delivers none. Ctrl-C ends it.", sink.addr()))?;
    }
    let mut shown = SinkStats::default();
    loop {
        let stopping = tokio::time::timeout(SHOW_EVERY, stop.cancelled()).await.is_ok();
        let stats = sink.stats();
        if !quiet && (stats != shown || stopping) {
            show(&line(&stats, stats.accepted - shown.accepted))?;
            shown = stats;
        }
        if stopping {
            sink.stop().await;
            return Ok(());
        }
    }
}

fn show(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "{text}")
}

/// Only what happened is named.
fn line(stats: &SinkStats, since: u64) -> String {
    let mut text = format!("{} taken (+{since}), {} connections", stats.accepted, stats.connections_now);
    for (count, name) in [
        (stats.recipients_deferred, "put off"),
        (stats.recipients_refused, "recipients refused"),
        (stats.senders_refused, "senders refused"),
        (stats.messages_refused, "messages refused"),
        (stats.logins_refused, "logins refused"),
        (stats.connections_refused, "connections turned away"),
        (stats.dropped, "dropped"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {name}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_only_what_happened() {
        let quiet = SinkStats { accepted: 12, connections_now: 3, ..SinkStats::default() };
        assert_eq!(line(&quiet, 2), "12 taken (+2), 3 connections");
        let busy = SinkStats { recipients_deferred: 1, dropped: 4, ..quiet };
        assert_eq!(line(&busy, 0), "12 taken (+0), 3 connections, 1 put off, 4 dropped");
    }
}
