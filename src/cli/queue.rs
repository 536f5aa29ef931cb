//! `coranto queue`: an issue gets its place. What it did is one sentence: what, to how many, when, in which zone.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::issue_files::{IssueFiles, refuse, tell};
use super::newsletter_choice::KnownIssues;
use super::sender_check;
use super::state_hint::instead;
use super::text::count;
use super::when::{about, countdown, duration, time, when};
use super::{Context, Exit, Failure, limits};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::publishing::{IssueFolder, Problem, Publisher, QueueError, QueueOptions, Queued, Source, When};
use crate::resources::IssueResource;
use crate::store::issues::Issue;
use crate::store::ledger::Totals;
use crate::store::{StoreError, Tx, leases, subscriptions};

/// Sending at once to more than so many readers takes their number.
const UNASKED_MAX: i64 = 100;
/// A later time has a flag of its own.
const UNDO_MAX: Duration = Duration::from_secs(3600);

/// Put an issue on the next free slot, or at a time.
///
/// It takes the slot of the day in the file's name, if that is free. An issue that is queued or paused gets its new text.
/// On a terminal, the command says what would happen, and asks.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto queue issues/2026-11-27-a-note.md
  coranto queue issues/2026-11-27-a-note.md --dry-run",
    after_help = "More examples:
  coranto queue issues/2026-11-27-a-note.md --at \"2026-11-27 09:00\"
  coranto queue issues/2026-11-27-a-note.md --now       due in a minute: time to take it back
  coranto queue issues/2026-11-27-a-note.md --now --no-undo --confirm 1234"
)]
pub(super) struct Args {
    /// The issue's file.
    file: PathBuf,
    /// Send it at this time in the newsletter's zone: "2026-11-27 09:00", or with an offset.
    #[arg(long, value_name = "TIME", group = "place")]
    at: Option<String>,
    /// Send it in a minute; until then you can take it back.
    #[arg(long, group = "place")]
    now: bool,
    /// How long you can take it back after --now, such as 30s or 2m.
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = undo, requires = "now")]
    undo: Duration,
    /// With --now: send it at once, without a way back.
    #[arg(long, conflicts_with = "undo", requires = "now")]
    no_undo: bool,
    /// The number of readers you expect; --now asks for it above a hundred.
    #[arg(long, value_name = "READERS")]
    confirm: Option<i64>,
    /// Send the same text as another issue once more.
    #[arg(long)]
    again: bool,
    /// Send it at the same time as another issue.
    #[arg(long, conflicts_with_all = ["hold", "swap"])]
    beside: bool,
    /// Take the time of another issue; that one gets this one's time, or the next free slot.
    #[arg(long, conflicts_with_all = ["hold", "now"])]
    swap: bool,
    /// Hold it until you queue it again.
    #[arg(long, group = "place")]
    hold: bool,
    /// Say what would happen, and change nothing.
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
    /// The name server to ask for the sender's records, instead of the system's.
    #[arg(long, value_name = "ADDRESS:PORT", hide = true)]
    resolver: Option<SocketAddr>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let shelf = IssueFiles::new(&config, context)?.knowing(KnownIssues::load(&config, context));
    let newsletter = shelf.newsletter_or_ask(&args.file, args.newsletter.as_deref())?;
    let source = match IssueFolder::of(newsletter).read(&args.file) {
        Ok(source) => source,
        Err(error) => return refuse(&args.file, error, "Nothing was queued.", context),
    };
    let place = place(&args, newsletter, &source)?;
    context.block_on(async {
        let db = context.open(&config).await?;
        let newsletter = context.registered(&db, newsletter).await?;
        let publisher = shelf.publisher(&db, &newsletter);
        let result = put(&publisher, &config, &source, place, &args, context).await;
        db.close().await;
        result
    })
}

async fn put(
    publisher: &Publisher<'_>,
    config: &Config,
    source: &Source,
    place: When,
    args: &Args,
    context: &Context,
) -> anyhow::Result<Exit> {
    let Publisher { renderer, db, now, .. } = *publisher;
    let newsletter = renderer.newsletter;
    let mut look = QueueOptions { dry_run: true, again: args.again };
    let mut would = publisher.queue(source, place, look).await;
    if let Err(QueueError::Twin { other, state }) = &would {
        let question = format!("{other} has the same text, and is {state}. Queue it all the same?");
        if !context.confirm(&question).map_err(|_| twin(other, *state))? {
            return Err(Failure::new("nothing was queued").exit(Exit::NotAllowed).into());
        }
        look.again = true;
        would = publisher.queue(source, place, look).await;
    }
    let would = match would {
        Ok(would) => would,
        Err(error) => return refused(error, newsletter, args, context),
    };
    let start = would.issue.due_at.map_or(now, |due_at| due_at.max(now));
    let end = limits::end(config, newsletter, would.readers, start);
    let readers = Readers { end, ..Readers::of(&mut db.read().await?, newsletter, would.readers).await? };
    if args.dry_run {
        report(&would, &readers, newsletter, args, context)?;
        return Ok(Exit::Ok);
    }
    let goes_to_many = readers.mailable > UNASKED_MAX && would.issue.state == IssueState::Queued;
    if goes_to_many && !sender_check::agreed(config, newsletter, args.resolver, context).await? {
        return Err(Failure::new("nothing was queued").exit(Exit::NotAllowed).into());
    }
    if !agreed(&would, &readers, newsletter, args, context)? {
        return Err(Failure::new("nothing was queued").exit(Exit::NotAllowed).into());
    }
    // An answer takes its time, and a minute for second thoughts begins after it.
    let publisher = Publisher { now: context.now(), ..*publisher };
    let options = QueueOptions { dry_run: false, ..look };
    let queued = match publisher.queue(source, undoable(place, args, publisher.now), options).await {
        Ok(queued) => queued,
        Err(error) => return refused(error, newsletter, args, context),
    };
    report(&queued, &readers, newsletter, args, context)?;
    if queued.issue.state == IssueState::Queued {
        let engine = leases::last_engine(&mut db.read().await?).await?;
        if engine.is_none_or(|until| until <= publisher.now) {
            context.output.note("Nothing goes out while no `coranto serve` runs on this database.");
        }
    }
    Ok(Exit::Ok)
}

/// At once is in a minute, unless nobody wants to take it back.
fn undoable(place: When, args: &Args, now: Timestamp) -> When {
    match place {
        When::Now if args.beside => When::Beside(now.plus(undo_time(args))),
        When::Now if !undo_time(args).is_zero() => When::At(now.plus(undo_time(args))),
        place => place,
    }
}

/// How long it can be taken back.
fn undo_time(args: &Args) -> Duration {
    if args.no_undo { Duration::ZERO } else { args.undo }
}

/// Whether whoever asked for it means it: on a terminal they are asked, and to send to many at once takes their number.
fn agreed(
    would: &Queued,
    readers: &Readers,
    newsletter: &Newsletter,
    args: &Args,
    context: &Context,
) -> anyhow::Result<bool> {
    let many = args.now && readers.mailable > UNASKED_MAX;
    if let Some(expected) = args.confirm.filter(|expected| *expected != readers.mailable) {
        let text = format!("there are {}, not {expected}", count(readers.mailable.unsigned_abs(), "reader"));
        return Err(Failure::new(text).exit(Exit::NotAllowed).hint("nothing was queued").into());
    }
    if many && args.confirm.is_none() && (context.yes || !context.may_ask) {
        let number = count(readers.mailable.unsigned_abs(), "reader");
        return Err(Failure::usage(format!("this would go to {number} at once"))
            .hint(format!("add --confirm {}, or leave --now out", readers.mailable))
            .into());
    }
    if context.yes || !context.may_ask || args.confirm.is_some() {
        return Ok(true);
    }
    for warning in &would.warnings {
        tell(&args.file, warning, context);
    }
    context.output.note(sentence(would, readers, newsletter, true, args, context.now()));
    if many {
        let typed = context.ask("How many readers is that", None, |typed| Ok(typed.replace([',', ' '], "")))?;
        return Ok(typed == readers.mailable.to_string());
    }
    context.confirm("Queue it?")
}

fn twin(other: &str, state: IssueState) -> anyhow::Error {
    let text = format!("{other} has the same text, and is {state}");
    Failure::new(text).exit(Exit::NotAllowed).hint("add --again to send it once more; nothing was queued").into()
}

/// Where the flags put it; without any, where its front matter says, or on the next free slot.
fn place(args: &Args, newsletter: &Newsletter, source: &Source) -> anyhow::Result<When> {
    let at = match (&args.at, args.now, args.hold) {
        (Some(at), _, _) => Some(time(at, newsletter)?),
        (_, true, _) => return Ok(When::Now),
        (_, _, true) => return Ok(When::Hold),
        _ => source.wanted,
    };
    match at {
        Some(at) if args.beside => Ok(When::Beside(at)),
        Some(at) if args.swap => Ok(When::Swap(at)),
        Some(at) => Ok(When::At(at)),
        None if args.beside || args.swap => {
            Err(Failure::usage("--beside and --swap need a time").hint("add --at \"2026-11-27 09:00\"").into())
        }
        None => Ok(When::NextSlot),
    }
}

/// An issue with mistakes shows them all; anything else is an ordinary error.
fn refused(error: QueueError, newsletter: &Newsletter, args: &Args, context: &Context) -> anyhow::Result<Exit> {
    match error {
        QueueError::Source(error) => refuse(&args.file, error, "Nothing was queued.", context),
        other => Err(anyhow::Error::from(refusal(other, newsletter)?).context(args.file.display().to_string())),
    }
}

/// A refusal in words, with the way out and the exit code. Also of what is done to issues without their files.
pub(super) fn refusal(error: QueueError, newsletter: &Newsletter) -> anyhow::Result<Failure> {
    let text = error.to_string();
    let (exit, hint) = match error {
        QueueError::Store(error) => return Err(error.into()),
        QueueError::Source(error) => return Err(error.into()),
        QueueError::Past(at) => {
            let text = format!("{} is in the past", when(at, newsletter));
            return Ok(Failure::usage(text).hint("name a later time, or add --now to send it at once"));
        }
        QueueError::Taken { .. } => {
            let hint = "--swap exchanges the two, --beside sends both then; or say another time";
            (Exit::NotAllowed, hint.to_owned())
        }
        QueueError::NotQueued { state, slug } => (Exit::NotAllowed, instead(state, &slug, "FILE")),
        QueueError::Draft => (Exit::NotAllowed, "take the line out, and run the same command again".to_owned()),
        QueueError::Done { slug, .. } => {
            let hint =
                format!("`coranto issues correct FILE` corrects its page; `coranto issues show {slug}` shows it");
            (Exit::NotAllowed, hint)
        }
        QueueError::GoingOut { slug } => (Exit::NotAllowed, format!("coranto issues pause {slug}")),
        QueueError::Twin { .. } => (Exit::NotAllowed, "add --again".to_owned()),
        QueueError::NoSlot(_) => (Exit::Usage, "add --at \"2026-11-27 09:00\", or --now".to_owned()),
        QueueError::Unknown(_) => (Exit::Failed, "`coranto issues list` lists the issues".to_owned()),
        QueueError::Raced => (Exit::PartWay, "run the same command again".to_owned()),
    };
    Ok(Failure::new(text).exit(exit).hint(hint))
}

fn report(
    queued: &Queued,
    readers: &Readers,
    newsletter: &Newsletter,
    args: &Args,
    context: &Context,
) -> anyhow::Result<()> {
    let output = &context.output;
    if output.is_json() {
        return output.resource(&QueuedIssue {
            issue: IssueResource::of(&queued.issue, &Totals::default(), newsletter),
            readers: queued.readers,
            left_out: readers,
            ends_at: readers.end.as_ref().map(|(at, _)| *at),
            revised: queued.revised,
            words: queued.words,
            dry_run: args.dry_run,
            displaced: queued.displaced.as_ref().map(Placed::from),
            warnings: &queued.warnings,
        });
    }
    // On a terminal they were shown with the question.
    if args.dry_run || !context.may_ask || context.yes || args.confirm.is_some() {
        for warning in &queued.warnings {
            tell(&args.file, warning, context);
        }
    }
    output.line(sentence(queued, readers, newsletter, args.dry_run, args, context.now()))?;
    if queued.readers == 0 && queued.issue.state == IssueState::Queued {
        output.warn(format!(
            "{} has no readers yet; if that is still so when the issue is due, it is held, and nothing is lost",
            newsletter.slug
        ));
    }
    let queued_now = args.now && !args.dry_run && queued.issue.state == IssueState::Queued;
    if queued_now && let Some(due_at) = queued.issue.due_at.filter(|due_at| *due_at > context.now()) {
        let left = about(due_at.since(context.now()));
        output.note(format!("Take it back within {left}: coranto issues unschedule {}", queued.issue.slug));
    }
    Ok(())
}

/// What, to how many, when, in which zone, who does not get it, and what the checks say.
fn sentence(
    queued: &Queued,
    readers: &Readers,
    newsletter: &Newsletter,
    would: bool,
    args: &Args,
    now: Timestamp,
) -> String {
    let issue = &queued.issue;
    let title = format!("\u{201c}{}\u{201d}", issue.title);
    let verb = |does: &str, bare: &str| if would { format!("would {bare}") } else { does.to_owned() };
    let goes = verb("goes out", "go out");
    let number = count(queued.readers.unsigned_abs(), "reader");
    let place = match (issue.state, issue.due_at) {
        (IssueState::Queued, Some(at)) if at <= now && args.now && would && !undo_time(args).is_zero() => {
            format!("{goes} to {number} in {}", about(args.undo))
        }
        (IssueState::Queued, Some(at)) if at <= now => format!("{goes} to {number} at once"),
        (IssueState::Queued, Some(at)) => {
            format!("{goes} to {number} on {} (in {})", when(at, newsletter), countdown(at.since(now)))
        }
        (IssueState::Paused, _) => {
            let has = verb("has", "have");
            let resume = format!("coranto issues resume {}", issue.slug);
            return format!("{title} {has} new text for readers who have not got it yet; `{resume}` resumes it.");
        }
        _ => return format!("{title} {} on hold; `coranto queue` without --hold gives it a slot.", verb("is", "be")),
    };
    let instead = queued.displaced.as_ref().map_or(String::new(), |other| {
        let at = other.due_at.map_or_else(|| "later".to_owned(), |at| format!("on {}", when(at, newsletter)));
        format!(" {} {goes} {at} instead.", other.slug)
    });
    let left_out = readers.in_words().map_or(String::new(), |words| format!(" {words}"));
    let checks = match queued.warnings.len() as u64 {
        0 => "nothing to fix".to_owned(),
        hints => count(hints, "warning"),
    };
    let end = readers.end.as_ref().map_or(String::new(), |(_, words)| format!(" {words}."));
    format!("{title} {place}.{instead}{left_out}{end} Checks: {checks}.")
}

/// An issue that was queued, or would be, in `--json`.
#[derive(serde::Serialize)]
struct QueuedIssue<'a> {
    #[serde(flatten)]
    issue: IssueResource<'a>,
    readers: i64,
    left_out: &'a Readers,
    ends_at: Option<Timestamp>,
    revised: bool,
    words: usize,
    dry_run: bool,
    displaced: Option<Placed<'a>>,
    warnings: &'a [Problem],
}

/// An issue that was put elsewhere, in `--json`.
#[derive(serde::Serialize)]
pub(super) struct Placed<'a> {
    slug: &'a str,
    due_at: Option<Timestamp>,
}

impl<'a> From<&'a Issue> for Placed<'a> {
    fn from(issue: &'a Issue) -> Self {
        Self { slug: &issue.slug, due_at: issue.due_at }
    }
}

/// Who gets an issue now, and who is left out. Whoever is subscribed when it goes out gets it.
#[derive(serde::Serialize)]
struct Readers {
    #[serde(skip)]
    mailable: i64,
    paused: i64,
    unconfirmed: i64,
    suppressed: i64,
    /// When the last of them gets it, where limits make that late.
    #[serde(skip)]
    end: Option<(Timestamp, String)>,
}

impl Readers {
    async fn of(tx: &mut Tx, newsletter: &Newsletter, mailable: i64) -> Result<Self, StoreError> {
        let counts = subscriptions::counts(tx, newsletter.id).await?;
        let suppressed = (counts.active - mailable).max(0);
        Ok(Self { mailable, paused: counts.paused, unconfirmed: counts.pending, suppressed, end: None })
    }

    /// `312 paused and 1,204 unconfirmed readers are left out.`
    fn in_words(&self) -> Option<String> {
        let kinds = [(self.paused, "paused"), (self.unconfirmed, "unconfirmed"), (self.suppressed, "suppressed")];
        let parts: Vec<String> = kinds
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, kind)| format!("{} {kind}", count(number.unsigned_abs(), "")))
            .collect();
        let (last, others) = parts.split_last()?;
        let list = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
        let one = self.paused + self.unconfirmed + self.suppressed == 1;
        Some(format!("{list} {} left out.", if one { "reader is" } else { "readers are" }))
    }
}

fn undo(typed: &str) -> Result<Duration, String> {
    match duration(typed)? {
        long if long > UNDO_MAX => Err("it is at most 1h; --at sets a later time".to_owned()),
        short => Ok(short),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_later_than_in_an_hour_is_no_undo() {
        assert_eq!((undo("2m"), undo("1h")), (Ok(Duration::from_secs(120)), Ok(UNDO_MAX)));
        assert!(undo("61m").is_err() && undo("60").is_err());
    }

    #[test]
    fn who_is_left_out_is_said_in_words() {
        let readers =
            |paused, unconfirmed, suppressed| Readers { mailable: 5, paused, unconfirmed, suppressed, end: None };
        let said = |readers: Readers| readers.in_words();
        assert_eq!(said(readers(0, 0, 0)), None);
        assert_eq!(said(readers(1, 0, 0)).as_deref(), Some("1 paused reader is left out."));
        assert_eq!(
            said(readers(312, 1204, 0)).as_deref(),
            Some("312 paused and 1,204 unconfirmed readers are left out.")
        );
        assert_eq!(
            said(readers(1, 2, 3)).as_deref(),
            Some("1 paused, 2 unconfirmed and 3 suppressed readers are left out.")
        );
    }
}
