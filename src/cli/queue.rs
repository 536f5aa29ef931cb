//! `coranto queue`: an issue gets its place. What it did is one sentence: what, to how many, when, in which zone.

use std::path::PathBuf;

use jiff::civil::DateTime;

use super::output::count;
use super::shelf::{Shelf, as_json, show};
use super::when::{about, when};
use super::{Context, Exit, Failure, issues};
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::publishing::queue::{self, Actor};
use crate::publishing::{Draft, Library, QueueError, Queued, When};
use crate::store::ledger::Totals;
use crate::store::{Db, leases, ledger, newsletters};

/// Sending at once to more than so many readers asks first.
const UNASKED_MAX: i64 = 100;

/// Puts an issue on the next free slot, or gives one that is queued or paused its new text.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  coranto queue issues/2026-11-27-a-note.md --dry-run
  coranto queue issues/2026-11-27-a-note.md
  coranto queue issues/2026-11-27-a-note.md --at \"2026-11-27 09:00\"
  coranto queue issues/2026-11-27-a-note.md --now")]
pub(super) struct Args {
    /// The issue's file.
    file: PathBuf,
    /// At this time, in the newsletter's zone: \"2026-11-27 09:00\", or with an offset.
    #[arg(long, value_name = "TIME", group = "place")]
    at: Option<String>,
    /// At once.
    #[arg(long, group = "place")]
    now: bool,
    /// Not before a person says so.
    #[arg(long, group = "place")]
    hold: bool,
    /// Say what would be done, and do nothing.
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let shelf = Shelf::new(&config)?;
    let (newsletter, draft) = shelf.read(&args.file, args.newsletter.as_deref())?;
    let library = shelf.library(newsletter);
    let draft = match draft {
        Ok(draft) => draft,
        Err(error) => return refuse(error.into(), &args, context),
    };
    let place = place(&args, &library, &draft)?;
    context.block_on(async {
        let db = context.open(&config).await?;
        let result = put(&db, &library, &draft, place, &args, context).await;
        db.close().await;
        result
    })
}

async fn put(
    db: &Db,
    library: &Library<'_>,
    draft: &Draft,
    place: When,
    args: &Args,
    context: &Context,
) -> anyhow::Result<Exit> {
    let now = context.now();
    let newsletter = library.newsletter;
    let id = db.write(async |tx| newsletters::ensure(tx, &newsletter.slug, now).await).await?;
    let act = Actor { name: "cli", now, dry_run: args.dry_run };
    if place == When::Now && !args.dry_run {
        let readers = ledger::audience(&mut db.read().await?, id).await?;
        let question = format!("Send {} to {} at once?", draft.slug, count(readers.unsigned_abs(), "reader"));
        if readers > UNASKED_MAX && !context.confirm(&question)? {
            return Err(Failure::new("nothing was queued").into());
        }
    }
    match queue::queue(db, library, id, draft, place, &act).await {
        Ok(queued) => {
            report(&queued, newsletter, args, context)?;
            if !args.dry_run && queued.issue.state == IssueState::Queued {
                let engine = leases::last_engine(&mut db.read().await?).await?;
                if engine.is_none_or(|until| until <= now) {
                    context.output.note("Nothing goes out while no `coranto serve` runs on this database.");
                }
            }
            Ok(Exit::Ok)
        }
        Err(error) => refuse(error, args, context),
    }
}

/// Where the flags put it; without any, where its front matter says, or on the next free slot.
fn place(args: &Args, library: &Library<'_>, draft: &Draft) -> anyhow::Result<When> {
    Ok(match (&args.at, args.now, args.hold) {
        (Some(at), _, _) => When::At(time(at, library)?),
        (_, true, _) => When::Now,
        (_, _, true) => When::Hold,
        _ => {
            let wanted = draft.issue.front.send_at.as_ref().and_then(|send_at| library.wanted(send_at));
            wanted.map_or(When::NextSlot, When::At)
        }
    })
}

/// `2026-11-27 09:00` in the newsletter's zone, or with an offset of its own.
fn time(typed: &str, library: &Library<'_>) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = typed.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_jiff(instant));
    }
    match typed.parse::<DateTime>() {
        Ok(civil) if typed.contains(':') => Ok(library.instant(civil)),
        _ => Err(Failure::usage(format!("{typed:?} is not a time"))
            .hint("write \"2026-11-27 09:00\", or with an offset \"2026-11-27 09:00+01:00\"")
            .into()),
    }
}

/// An issue with mistakes shows them all; anything else is an ordinary error.
fn refuse(error: QueueError, args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let error = match error {
        QueueError::Library(error) if !error.problems().is_empty() => {
            if context.output.is_json() {
                context.output.json(&as_json(&args.file, error.problems()))?;
            } else {
                for problem in error.problems() {
                    show(&args.file, problem, context)?;
                }
                context.output.note("Nothing was queued.");
            }
            return Ok(Exit::Problems);
        }
        other => other,
    };
    let exit = match error {
        QueueError::Done { .. } | QueueError::GoingOut { .. } | QueueError::Draft => Exit::NotAllowed,
        QueueError::Past(_) | QueueError::NoSlot => Exit::Usage,
        QueueError::Raced => Exit::PartWay,
        QueueError::Store(_) => return Err(error.into()),
        QueueError::Library(_) => Exit::Failed,
    };
    Err(Failure::new(format!("{}: {error}", args.file.display())).exit(exit).into())
}

fn report(queued: &Queued, newsletter: &Newsletter, args: &Args, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    if output.is_json() {
        let mut value = issues::as_json(&queued.issue, &Totals::default(), newsletter);
        value["readers"] = queued.readers.into();
        value["revised"] = queued.revised.into();
        value["words"] = queued.words.into();
        value["dry_run"] = args.dry_run.into();
        value["warnings"] = serde_json::to_value(&queued.warnings)?;
        return output.json(&value);
    }
    for warning in &queued.warnings {
        show(&args.file, warning, context)?;
    }
    output.line(sentence(queued, newsletter, args.dry_run, context.now()))
}

fn sentence(queued: &Queued, newsletter: &Newsletter, dry_run: bool, now: Timestamp) -> String {
    let issue = &queued.issue;
    let readers = count(queued.readers.unsigned_abs(), "reader");
    let title = format!("\u{201c}{}\u{201d}", issue.title);
    let would = |does: &str, would: &str| if dry_run { format!("would {would}") } else { does.to_owned() };
    match (issue.state, issue.due_at) {
        (IssueState::Queued, Some(at)) if at <= now => {
            format!("{title} {} to {readers} at once.", would("goes out", "go out"))
        }
        (IssueState::Queued, Some(at)) => {
            let verb = would("goes out", "go out");
            format!("{title} {verb} to {readers} on {} (in {}).", when(at, newsletter), about(at.since(now)))
        }
        (IssueState::Paused, _) => {
            let verb = would("has", "have");
            format!(
                "{title} {verb} new text for who has not got it yet; `coranto issues resume {}` goes on.",
                issue.slug
            )
        }
        _ => format!("{title} {} on hold; `coranto queue` without --hold gives it a slot.", would("is", "be")),
    }
}
