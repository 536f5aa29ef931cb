//! `coranto sink`: runs the receiving server in the foreground and tells what it counts. Knows nothing of newsletters.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use crate::smtp::{Sink, SinkOptions, SinkStats};

/// How often the counters are shown, if they changed.
const SHOW_EVERY: Duration = Duration::from_secs(1);

/// Runs a sink until `stop`. Tells its address and its counters on stderr unless `quiet`.
pub async fn run(options: SinkOptions, quiet: bool, stop: CancellationToken) -> anyhow::Result<()> {
    let sink = Sink::start(options).await.context("the sink did not start")?;
    if !quiet {
        show(&format!("The sink listens on {}. It takes mail and delivers none. Ctrl-C ends it.", sink.addr()))?;
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
