//! `subscribers unsubscribe --from-log`: what readers did after a backup was made, out of the web server's log.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use super::CommandSession;
use crate::cli::text::count;
use crate::cli::{Exit, Failure};
use crate::signup;

#[derive(Debug, clap::Args)]
pub(super) struct FromLog {
    /// The access log of the web server in front; `-` is standard input.
    #[arg(long, value_name = "FILE", required = true)]
    from_log: PathBuf,
}

pub(super) async fn unsubscribe(args: FromLog, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let mut log = Vec::new();
    let read = match args.from_log.to_str() {
        Some("-") => io::stdin().lock().read_to_end(&mut log),
        _ => File::open(&args.from_log).and_then(|mut file| file.read_to_end(&mut log)),
    };
    read.map_err(|error| Failure::new(format!("{}: {error}", args.from_log.display())))?;
    let (log, now) = (String::from_utf8_lossy(&log), session.context.now());
    let told = signup::unsubscribe_from_log(session.db, &session.config.keys, &log, now).await?;
    let output = &session.context.output;
    if output.is_json() {
        output.json(&told)?;
        return Ok(Exit::Ok);
    }
    let (requests, readers) = (count(told.requests, "request"), count(told.unsubscribed, "reader"));
    output.line(format!("{requests} to unsubscribe in the log; {readers} unsubscribed by them now."))?;
    if told.rests > 0 {
        output.note(format!(
            "{} to rest for some weeks: who asked gets the next issue, for a log does not say until when.",
            count(told.rests, "request")
        ));
    }
    if told.unknown > 0 {
        output.note(format!("{} by links of no reader here.", count(told.unknown, "request")));
    }
    Ok(Exit::Ok)
}
