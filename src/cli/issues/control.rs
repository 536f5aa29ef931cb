//! Pause, resume, stop, retry. What may be done when is `delivery::control`'s to say.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use super::session::{CommandSession, NamedIssue};
use crate::cli::issue_files;
use crate::cli::state_hint::instead;
use crate::cli::text::count;
use crate::cli::{Exit, Failure};
use crate::delivery::control::{self, ControlError};
use crate::inbound::accepted;
use crate::publishing::unschedule as take_off;
use crate::store::issues::Issue;
use crate::store::{folded, ledger};

#[derive(Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    named: NamedIssue,
    /// The reason, which `status` shows.
    #[arg(long, default_value = "paused by a person")]
    note: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    named: NamedIssue,
    /// Believe relays that refuse readers: their emails fail.
    #[arg(long)]
    believe: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RetryArgs {
    #[command(flatten)]
    named: NamedIssue,
    /// Try emails whose fate is unknown, instead of the refused; these readers may get it twice.
    #[arg(long, conflicts_with = "give_up")]
    uncertain: bool,
    /// Count emails whose fate is unknown as failed; nobody gets it twice.
    #[arg(long)]
    give_up: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct SettleArgs {
    #[command(flatten)]
    named: NamedIssue,
    /// The relay's log, or a list of addresses; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    accepted: PathBuf,
}

pub(super) async fn settle(args: SettleArgs, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let issue = session.issue(&args.named.slug).await?;
    let mut log = Vec::new();
    let read = match args.accepted.to_str() {
        Some("-") => io::stdin().lock().read_to_end(&mut log),
        _ => File::open(&args.accepted).and_then(|mut file| file.read_to_end(&mut log)),
    };
    read.map_err(|error| Failure::new(format!("{}: {error}", args.accepted.display())))?;
    let log = String::from_utf8_lossy(&log);
    let settled = accepted::settle(session.db, &session.config.keys, issue.id, &log, session.by()).await?;
    if session.context.output.is_json() {
        session.context.output.json(&settled)?;
        return Ok(Exit::Ok);
    }
    let by = if settled.by_message_id { "Message-ID" } else { "address" };
    let (found, sent) = (count(settled.found, "email"), count(settled.settled, "email"));
    let output = &session.context.output;
    output
        .line(format!("The file names {found} of {} by {by}; {sent} of unknown fate now count as sent.", issue.slug))?;
    let left = ledger::totals(&mut session.db.read().await?, issue.id).await?.uncertain.unsigned_abs();
    if left > 0 {
        let slug = &issue.slug;
        let left = count(left, "email");
        output.note(format!(
            "Of {left} nobody knows: `coranto issues retry {slug} --uncertain` sends them, `--give-up` does not."
        ));
    }
    Ok(Exit::Ok)
}

/// An issue that stands elsewhere may not be changed like that; what may be done instead is said.
fn refused(error: ControlError, issue: &Issue, session: &CommandSession<'_>) -> anyhow::Error {
    let (slug, exit) = (&issue.slug, Exit::NotAllowed);
    let hint = match &error {
        ControlError::Nobody => {
            format!("`coranto issues retry {slug}` tries the failed again; `coranto issues stop {slug}` ends it")
        }
        ControlError::State { state, .. } => {
            instead(*state, slug, &issue_files::file_of(&session.config.newsletters, slug))
        }
        ControlError::Missing | ControlError::Store(_) => return error.into(),
    };
    Failure::new(error.to_string()).exit(exit).hint(hint).into()
}

fn done(
    session: &CommandSession<'_>,
    issue: &Issue,
    did: &str,
    rows: Option<u64>,
    words: &str,
) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    if output.is_json() {
        output.json(&serde_json::json!({ "slug": issue.slug, "did": did, "rows": rows }))?;
    } else {
        output.line(words)?;
    }
    Ok(Exit::Ok)
}

pub(super) async fn pause(args: Pause, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let issue = session.issue(&args.named.slug).await?;
    control::pause(session.db, issue.id, &args.note, session.by())
        .await
        .map_err(|error| refused(error, &issue, session))?;
    let words =
        format!("{} is paused. `coranto issues resume {}` resumes it from where it stopped.", issue.slug, issue.slug);
    done(session, &issue, "paused", None, &words)
}

pub(super) async fn resume(args: Resume, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let issue = session.issue(&args.named.slug).await?;
    let resumed = match args.believe {
        true => control::believe(session.db, issue.id, session.by()).await,
        false => control::resume(session.db, issue.id, session.by()).await,
    };
    resumed.map_err(|error| refused(error, &issue, session))?;
    done(session, &issue, "resumed", None, &format!("{} is going out again.", issue.slug))
}

pub(super) async fn stop(slug: &str, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let issue = session.issue(slug).await?;
    let totals = ledger::totals(&mut session.db.read().await?, issue.id).await?;
    let left = count(totals.open().unsigned_abs(), "reader");
    if !session.context.confirm(&format!("Stop {} for good? {left} will not get it.", issue.slug))? {
        return Err(Failure::new("nothing was changed").into());
    }
    let rows =
        control::stop(session.db, issue.id, session.by()).await.map_err(|error| refused(error, &issue, session))?;
    done(
        session,
        &issue,
        "stopped",
        Some(rows),
        &format!("{} is stopped: {} did not get it.", issue.slug, count(rows, "reader")),
    )
}

pub(super) async fn retry(args: RetryArgs, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let issue = session.issue(&args.named.slug).await?;
    let what = match (args.uncertain, args.give_up) {
        (true, _) => control::RetryScope::Uncertain,
        (_, true) => control::RetryScope::GiveUpUncertain,
        _ => control::RetryScope::Failed,
    };
    let rows = control::retry(session.db, issue.id, what, session.by())
        .await
        .map_err(|error| refused(error, &issue, session))?;
    let emails = count(rows, "email");
    let words = match (what, rows) {
        (control::RetryScope::GiveUpUncertain, 1) => format!("{emails} counts as failed."),
        (control::RetryScope::GiveUpUncertain, _) => format!("{emails} count as failed."),
        (_, 0) if is_counted(session, &issue).await? => {
            "No email can be tried again: only totals are kept of an issue this old ([retention] ledger_weeks)."
                .to_owned()
        }
        (_, 0) => "No email can be tried again.".to_owned(),
        (_, 1) => format!("{emails} is tried again."),
        _ => format!("{emails} are tried again."),
    };
    if what == control::RetryScope::Failed && !(rows == 0 && is_counted(session, &issue).await?) {
        let stay = ledger::totals(&mut session.db.read().await?, issue.id).await?.failed.unsigned_abs();
        if stay > 0 {
            let readers = count(stay, "failed email");
            session.context.output.note(format!(
                "{readers} not tried: the reader is unsubscribed, paused or suppressed, or the answer is unknown.\n\
                 `coranto issues deliveries {} --state failed` lists them.",
                issue.slug
            ));
        }
    }
    done(session, &issue, "retried", Some(rows), &words)
}

/// Whether rows of the issue are only counted by now.
async fn is_counted(session: &CommandSession<'_>, issue: &Issue) -> anyhow::Result<bool> {
    Ok(!folded::of_issue(&mut session.db.read().await?, issue.id).await?.is_empty())
}

pub(super) async fn unschedule(slug: &str, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let issue = session.issue(slug).await?;
    if !take_off(session.db, issue.id, session.by()).await? {
        let text = format!("the issue is {}; only one that is queued or held can be taken off the queue", issue.state);
        let hint = instead(issue.state, &issue.slug, &issue_files::file_of(&session.config.newsletters, &issue.slug));
        return Err(Failure::new(text).exit(Exit::NotAllowed).hint(hint).into());
    }
    let words = format!("{} is off the queue. `coranto queue FILE` puts it back.", issue.slug);
    done(session, &issue, "unscheduled", None, &words)
}
