//! Takes reports in: one mail on standard input, as a mail server hands it on, or all those of files and folders.

use std::io::{self, Read as _};
use std::path::PathBuf;

use serde_json::json;

use crate::cli::failure::explain;
use crate::cli::{Context, Exit, Failure};
use crate::config::Config;
use crate::domain::notice::{Effect, NoticeSource};
use crate::inbound::archive::{self, Kept};
use crate::inbound::{Intake, Receipt, Report};
use crate::store::Db;

/// A report stands before the copy of our mail; more than this is never looked at.
const KEPT_MAX: u64 = 256 * 1024;
/// So many mails of an archive share a commit.
const BATCH: usize = 100;

#[derive(Debug, clap::Args)]
pub(super) struct Receive {
    /// The address that the email came to, as the mail server knows it. Without it, the email's header decides.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "paths")]
    recipient: Option<String>,
    /// Emails that came back: files, a folder, a Maildir or an mbox. Without one, a single email on standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// A mail that waits for its commit.
struct Waiting {
    path: String,
    number: usize,
    report: Report,
}

#[derive(Default)]
struct Counts {
    emails: u64,
    new: u64,
    waiting: u64,
    unsubscribed: u64,
}

pub(super) fn run(args: &Receive, context: &Context) -> anyhow::Result<Exit> {
    if !args.paths.is_empty() {
        return archives(&args.paths, context);
    }
    // Whoever pipes mail knows two answers: it is kept, or it is to come again. Any other code would bounce a bounce.
    piped(args, context).map_err(|error| Failure::new(explain(&error)).exit(Exit::TryAgain).into())
}

fn piped(args: &Receive, context: &Context) -> anyhow::Result<Exit> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock();
    input.by_ref().take(KEPT_MAX).read_to_end(&mut bytes)?;
    // Whoever hands it on may take a closed pipe for a refusal.
    io::copy(&mut input, &mut io::sink())?;
    let bytes = without_envelope_line(bytes);
    let report = Report { source: NoticeSource::Pipe, recipient: args.recipient.clone(), null_sender: false, bytes };
    let config = context.config()?;
    context.block_on(async {
        let db = open(context, &config).await?;
        let receipts = intake(&db, &config).receive(&[report.read().await], context.now()).await?;
        for receipt in receipts {
            tracing::info!(kind = %receipt.kind, evidence = %receipt.evidence, new = receipt.is_new, "a report came in");
        }
        db.close().await;
        Ok(Exit::Ok)
    })
}

/// Some servers put an mbox's first line before a mail.
fn without_envelope_line(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.starts_with(b"From ") {
        return bytes;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    bytes[end..].to_vec()
}

fn archives(paths: &[PathBuf], context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    context.block_on(async {
        let db = open(context, &config).await?;
        let intake = intake(&db, &config);
        let mut counts = Counts::default();
        for path in paths {
            let mut waiting = Vec::with_capacity(BATCH);
            let runtime = tokio::runtime::Handle::current();
            let mut take = |kept: Kept<'_>| {
                waiting.push(of_archive(&kept));
                if waiting.len() < BATCH {
                    return Ok(());
                }
                let batch = std::mem::replace(&mut waiting, Vec::with_capacity(BATCH));
                tokio::task::block_in_place(|| runtime.block_on(commit(batch, &intake, context, &mut counts)))
            };
            archive::each::<anyhow::Error>(path, &mut take)
                .map_err(|error| error.context(format!("{} cannot be read", path.display())))?;
            commit(waiting, &intake, context, &mut counts).await?;
        }
        db.close().await;
        let Counts { emails, new, waiting, unsubscribed } = counts;
        context.output.note(format!(
            "{emails} emails read, {new} of them new: {waiting} wait to be settled, {unsubscribed} unsubscribed a reader."
        ));
        Ok(Exit::Ok)
    })
}

fn of_archive(kept: &Kept<'_>) -> Waiting {
    let bytes = kept.bytes[..kept.bytes.len().min(usize::try_from(KEPT_MAX).unwrap_or(usize::MAX))].to_vec();
    Waiting {
        path: kept.path.display().to_string(),
        number: kept.number,
        report: Report { source: NoticeSource::Pipe, recipient: None, null_sender: false, bytes },
    }
}

/// Keeps a batch, and says what became of each.
async fn commit(batch: Vec<Waiting>, intake: &Intake, context: &Context, counts: &mut Counts) -> anyhow::Result<()> {
    let mut reports = Vec::with_capacity(batch.len());
    let mut names = Vec::with_capacity(batch.len());
    for Waiting { path, number, report } in batch {
        names.push((path, number));
        reports.push(report.read().await);
    }
    let receipts = intake.receive(&reports, context.now()).await?;
    for ((path, number), receipt) in names.into_iter().zip(receipts) {
        counts.add(&receipt);
        if context.output.is_json() {
            context.output.json(&json!({
                "path": path,
                "mail": number,
                "kind": receipt.kind,
                "evidence": receipt.evidence,
                "effect": receipt.effect,
                "new": receipt.is_new,
            }))?;
        }
    }
    Ok(())
}

impl Counts {
    fn add(&mut self, receipt: &Receipt) {
        self.emails += 1;
        if receipt.is_new {
            self.new += 1;
            self.waiting += u64::from(receipt.effect == Some(Effect::Waiting));
            self.unsubscribed += u64::from(receipt.effect == Some(Effect::Unsubscribed));
        }
    }
}

fn intake(db: &Db, config: &Config) -> Intake {
    Intake::new(db.clone(), config.keys.clone(), config.inbound.settle_after).with_rules(config.inbound.rules.clone())
}

/// What is taken in must be kept: a database that is not there yet is no place for it.
async fn open(context: &Context, config: &Config) -> anyhow::Result<Db> {
    if let Some(file) = config.database.sqlite_file().filter(|file| !file.exists()) {
        return Err(Failure::new(format!("there is no database at {}", file.display()))
            .hint("`coranto serve` or `coranto migrate` makes it")
            .exit(Exit::Unreachable)
            .into());
    }
    context.open(config).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_line_is_no_header() {
        for (mail, left) in
            [("From a Mon\nSubject: x\n", "Subject: x\n"), ("From: a\n", "From: a\n"), ("From a", ""), ("", "")]
        {
            assert_eq!(without_envelope_line(mail.as_bytes().to_vec()), left.as_bytes(), "{mail:?}");
        }
    }
}
