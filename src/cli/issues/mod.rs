//! `coranto issues`: what stands where, and what a person may do to an issue that is queued or going out.

mod control;
mod correct;
mod deliveries;
mod history;
mod list;
mod places;
mod session;

pub(super) use self::list::{is_past_first_pass, progress, shown_state, skipped_slot, state_in_words};
use self::session::{CommandSession, NamedIssue};
use super::newsletter_choice;
use super::{Context, Exit};
use crate::store::newsletters;

/// List, show, move, pause, resume, stop, retry and correct issues.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto issues list
  coranto issues show the-calendar-is-not-an-agreement
  coranto issues pause the-calendar-is-not-an-agreement
  coranto issues deliveries the-calendar-is-not-an-agreement --missed",
    after_help = "An issue is named by its slug, or by its file."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The newsletter, where two have an issue of that slug.
    #[arg(long, value_name = "SLUG", global = true)]
    newsletter: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List issues, the latest first.
    #[command(before_help = "Examples:
  coranto issues list
  coranto issues list --json")]
    List(list::List),
    /// Show one issue with its numbers and its history.
    #[command(before_help = "Examples:
  coranto issues show the-calendar-is-not-an-agreement
  coranto issues show issues/2026-11-20-the-calendar-is-not-an-agreement.md")]
    Show(NamedIssue),
    /// Pause an issue that is going out; emails on the wire are finished.
    #[command(before_help = "Examples:
  coranto issues pause the-calendar-is-not-an-agreement")]
    Pause(control::Pause),
    /// Resume a paused issue with its present text; its suspended emails are tried again.
    #[command(before_help = "Examples:
  coranto issues resume the-calendar-is-not-an-agreement
  coranto issues resume the-calendar-is-not-an-agreement --believe   relays that refuse readers are right")]
    Resume(control::Resume),
    /// End an issue for good: readers who have not got it will not get it.
    #[command(before_help = "Examples:
  coranto issues stop the-calendar-is-not-an-agreement")]
    Stop(NamedIssue),
    /// Try refused emails again, or those whose fate is unknown.
    #[command(before_help = "Examples:
  coranto issues retry the-calendar-is-not-an-agreement")]
    Retry(control::RetryArgs),
    /// Read from a relay's log which emails of unknown fate it took: they count as sent.
    ///
    /// Emails are found by their Message-IDs. A file without any is read as a list of addresses that got the issue.
    #[command(before_help = "Examples:
  coranto issues settle the-calendar-is-not-an-agreement --accepted /var/log/mail.log
  zcat /var/log/mail.log.1.gz | coranto issues settle the-calendar-is-not-an-agreement --accepted -")]
    Settle(control::SettleArgs),
    /// Move a queued issue to another time.
    ///
    /// It keeps the text that was queued. An issue whose file has `send_at` stays there until that line changes.
    #[command(before_help = "Examples:
  coranto issues move the-long-way-round 2026-12-11
  coranto issues move the-long-way-round \"2026-12-10 18:00\"
  coranto issues move the-long-way-round next
  coranto issues move the-long-way-round 2026-12-11 --swap")]
    Move(places::MoveArgs),
    /// Swap the times of two queued issues.
    #[command(before_help = "Examples:
  coranto issues swap the-long-way-round the-calendar-is-not-an-agreement")]
    Swap(places::Swap),
    /// Send nothing on a slot: no issue gets it by itself.
    #[command(before_help = "Examples:
  coranto issues skip 2026-12-25 --note Christmas
  coranto issues skip 2026-12-25 --undo")]
    Skip(places::SkipArgs),
    /// Take an issue off the queue.
    #[command(before_help = "Examples:
  coranto issues unschedule the-calendar-is-not-an-agreement")]
    Unschedule(NamedIssue),
    /// Put the corrected text of an issue on the web. Nobody gets it twice.
    ///
    /// Readers who have not got the issue yet get the corrected text too.
    #[command(before_help = "Examples:
  coranto issues correct issues/2026-11-20-the-calendar-is-not-an-agreement.md")]
    Correct(correct::Correct),
    /// List the emails of an issue: their states, tries and reasons.
    #[command(before_help = "Examples:
  coranto issues deliveries the-calendar-is-not-an-agreement --missed
  coranto issues deliveries the-calendar-is-not-an-agreement --state failed --state skipped
  coranto issues deliveries the-calendar-is-not-an-agreement --json")]
    Deliveries(deliveries::Deliveries),
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut config = context.config()?;
    let named = args.newsletter.as_deref();
    if let Some(named) = named {
        newsletter_choice::newsletter(&config, Some(named))?;
    }
    context.block_on(async {
        let db = context.open_existing(&config).await?;
        newsletters::identify(&mut db.read().await?, &mut config.newsletters).await?;
        let session = CommandSession { context, actor: context.actor(), db: &db, config: &config, named };
        let result = match args.command {
            Command::List(args) => list::list(args, &session).await,
            Command::Show(args) => list::show(&args.slug, &session).await,
            Command::Pause(args) => control::pause(args, &session).await,
            Command::Resume(args) => control::resume(args, &session).await,
            Command::Stop(args) => control::stop(&args.slug, &session).await,
            Command::Retry(args) => control::retry(args, &session).await,
            Command::Settle(args) => control::settle(args, &session).await,
            Command::Move(args) => places::move_issue(args, &session).await,
            Command::Swap(args) => places::swap(args, &session).await,
            Command::Skip(args) => places::skip(args, &session).await,
            Command::Unschedule(args) => control::unschedule(&args.slug, &session).await,
            Command::Correct(args) => correct::run(args, &session).await,
            Command::Deliveries(args) => deliveries::deliveries(args, &session).await,
        };
        db.close().await;
        result
    })
}
