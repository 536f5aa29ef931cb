//! Pause, resume, stop, retry. What may be done when is `delivery::control`'s to say.

use super::{Desk, Named};
use crate::cli::output::count;
use crate::cli::{Exit, Failure};
use crate::delivery::control::{self, ControlError};
use crate::domain::issue::IssueState;
use crate::publishing::queue::{self, Act};
use crate::store::issues::Issue;
use crate::store::ledger;

#[derive(Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    named: Named,
    /// Why, for whoever sees it paused.
    #[arg(long, default_value = "paused by a person")]
    note: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    named: Named,
    /// Believe what relays say of the readers whom they refuse: those fail.
    #[arg(long)]
    believe: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Retry {
    #[command(flatten)]
    named: Named,
    /// Those whose fate is unknown, instead of those refused; they may get it twice.
    #[arg(long, conflicts_with = "give_up")]
    uncertain: bool,
    /// Take those whose fate is unknown for failed; nobody gets it twice.
    #[arg(long)]
    give_up: bool,
}

async fn named(desk: &Desk<'_>, slug: &str) -> anyhow::Result<Issue> {
    desk.issue(&mut desk.db.read().await?, slug).await
}

/// An issue that stands elsewhere may not be changed like that; what may be done instead is said.
fn refused(error: ControlError, slug: &str) -> anyhow::Error {
    if matches!(error, ControlError::Nobody) {
        return Failure::new(error.to_string()).exit(Exit::NotAllowed).into();
    }
    let ControlError::State { state, .. } = error else { return error.into() };
    let failure = Failure::new(error.to_string()).exit(Exit::NotAllowed);
    let hint = match state {
        IssueState::Draft | IssueState::Held => "`coranto queue FILE` gives it a place".to_owned(),
        IssueState::Queued => format!("`coranto issues unschedule {slug}` takes it off the queue"),
        IssueState::Sending | IssueState::Preparing => format!("`coranto issues pause {slug}` pauses it"),
        IssueState::Paused => format!("`coranto issues resume {slug}` resumes it"),
        IssueState::Sent => "`coranto issues correct FILE` corrects it on the web".to_owned(),
        IssueState::Stopped => return failure.into(),
    };
    failure.hint(hint).into()
}

fn done(desk: &Desk<'_>, issue: &Issue, did: &str, rows: Option<u64>, words: &str) -> anyhow::Result<Exit> {
    let output = &desk.context.output;
    if output.is_json() {
        output.json(&serde_json::json!({ "slug": issue.slug, "did": did, "rows": rows }))?;
    } else {
        output.line(words)?;
    }
    Ok(Exit::Ok)
}

pub(super) async fn pause(args: Pause, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let issue = named(desk, &args.named.slug).await?;
    control::pause(desk.db, issue.id, &args.note, desk.context.actor().at(desk.context.now()))
        .await
        .map_err(|error| refused(error, &issue.slug))?;
    let words =
        format!("{} is paused. `coranto issues resume {}` resumes it from where it stopped.", issue.slug, issue.slug);
    done(desk, &issue, "paused", None, &words)
}

pub(super) async fn resume(args: Resume, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let issue = named(desk, &args.named.slug).await?;
    let actor = desk.context.actor();
    let by = actor.at(desk.context.now());
    let resumed = match args.believe {
        true => control::believe(desk.db, issue.id, by).await,
        false => control::resume(desk.db, issue.id, by).await,
    };
    resumed.map_err(|error| refused(error, &issue.slug))?;
    done(desk, &issue, "resumed", None, &format!("{} is going out again.", issue.slug))
}

pub(super) async fn stop(slug: &str, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let issue = named(desk, slug).await?;
    let totals = ledger::totals(&mut desk.db.read().await?, issue.id).await?;
    let left = count(totals.open().unsigned_abs(), "reader");
    if !desk.context.confirm(&format!("Stop {} for good? {left} will not get it.", issue.slug))? {
        return Err(Failure::new("nothing was changed").into());
    }
    let rows = control::stop(desk.db, issue.id, desk.context.actor().at(desk.context.now()))
        .await
        .map_err(|error| refused(error, &issue.slug))?;
    done(
        desk,
        &issue,
        "stopped",
        Some(rows),
        &format!("{} is stopped: {} did not get it.", issue.slug, count(rows, "reader")),
    )
}

pub(super) async fn retry(args: Retry, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let issue = named(desk, &args.named.slug).await?;
    let what = match (args.uncertain, args.give_up) {
        (true, _) => control::Retry::Uncertain,
        (_, true) => control::Retry::GiveUpUncertain,
        _ => control::Retry::Failed,
    };
    let rows = control::retry(desk.db, issue.id, what, desk.context.actor().at(desk.context.now()))
        .await
        .map_err(|error| refused(error, &issue.slug))?;
    let words = match what {
        control::Retry::GiveUpUncertain => format!("{} taken for failed.", count(rows, "mail")),
        _ => format!("{} tried again.", count(rows, "mail")),
    };
    done(desk, &issue, "retried", Some(rows), &words)
}

pub(super) async fn unschedule(slug: &str, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let issue = named(desk, slug).await?;
    let act = Act { actor: &desk.context.actor(), now: desk.context.now(), dry_run: false, again: true };
    if !queue::unschedule(desk.db, issue.id, &act).await? {
        let text = format!("the issue is {}; only one that is queued or held can be taken off the queue", issue.state);
        return Err(Failure::new(text).exit(Exit::NotAllowed).into());
    }
    let words = format!("{} is off the queue. `coranto queue FILE` puts it back.", issue.slug);
    done(desk, &issue, "unscheduled", None, &words)
}
