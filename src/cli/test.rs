//! `coranto test`: sends the real message to an editor, through the real relay.

use std::path::PathBuf;

use super::issue_files::{IssueFiles, refuse};
use super::newsletter_choice::KnownIssues;
use super::table::Table;
use super::{Context, Exit, Failure};
use crate::delivery::test_send::{self, ProofError, TestSend};
use crate::domain::address::EmailAddress;
use crate::domain::delivery::DeliveryState;
use crate::domain::reply::Stage;
use crate::publishing::{IssueFolder, QueueError};
use crate::wiring;

/// A proof goes to editors, not to readers.
const RECIPIENTS_MAX: usize = 20;

/// Send the real email to an editor, with [Test] before its subject.
///
/// A draft may be sent like this. Its links open and change nothing.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto test issues/2026-11-27-a-note.md --to editor@example.com
  coranto test issues/2026-11-27-a-note.md --to a@example.com --to b@example.com")]
pub(super) struct Args {
    /// The issue's file.
    file: PathBuf,
    /// The editor's address; for several, repeat the flag or put commas between them.
    #[arg(long, value_name = "ADDRESS", required = true, value_delimiter = ',')]
    to: Vec<EmailAddress>,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.to.len() > RECIPIENTS_MAX {
        return Err(Failure::usage(format!("a test email goes to at most {RECIPIENTS_MAX} addresses")).into());
    }
    let config = context.config()?;
    let shelf = IssueFiles::new(&config, context)?.knowing(KnownIssues::load(&config, context));
    let newsletter = shelf.newsletter(&args.file, args.newsletter.as_deref())?;
    let settings = wiring::delivery(&config)?.only_for(&newsletter.slug);
    let source = match IssueFolder::of(newsletter).read(&args.file) {
        Ok(source) => source,
        Err(error) => return refuse(&args.file, error, "Nothing was sent.", context),
    };
    context.block_on(async {
        let db = context.open(&config).await?;
        let newsletter = context.registered(&db, newsletter).await?;
        let revision = match shelf.publisher(&db, &newsletter).proof(&source).await {
            Ok(revision) => revision,
            Err(QueueError::Source(error)) => return refuse(&args.file, error, "Nothing was sent.", context),
            Err(error) => return Err(error.into()),
        };
        let sent = test_send::send(&db, &context.clock, settings, revision, &args.to).await;
        db.close().await;
        report(sent.map_err(unreachable)?, context)
    })
}

fn unreachable(error: ProofError) -> anyhow::Error {
    match &error {
        ProofError::Relay(open) => {
            let failure = Failure::new(format!("the relay cannot be reached: {open}")).hint(open.hint());
            failure.exit(Exit::Unreachable).into()
        }
        ProofError::NoRelay => Failure::new("there is no relay to send through")
            .hint("add a [[relays]] table to the configuration; `coranto sink` is one to try with")
            .into(),
        _ => error.into(),
    }
}

fn report(proofs: Vec<TestSend>, context: &Context) -> anyhow::Result<Exit> {
    let output = &context.output;
    let mut table = Table::new(&["ADDRESS", "STATE", "AT", "ANSWER"]);
    let mut hints = Vec::new();
    for proof in &proofs {
        if output.is_json() {
            output.json(proof)?;
        } else {
            let at = proof.stage.map(Stage::as_str).unwrap_or_default();
            let answer = proof.reply.clone().unwrap_or_default();
            table.row([proof.address.to_string(), proof.state.to_string(), at.to_owned(), answer]);
            hints.extend(proof.hint.filter(|hint| !hints.contains(hint)));
        }
    }
    if !output.is_json() {
        output.table(&table)?;
        hints.iter().for_each(|hint| output.note(format!("hint: {hint}")));
    }
    match proofs.iter().all(|proof| proof.state == DeliveryState::Sent) {
        true => Ok(Exit::Ok),
        false => Ok(Exit::Failed),
    }
}
