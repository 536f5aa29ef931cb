//! `coranto issues`: what stands where, and what a person may do to an issue that is going out.

mod control;
mod correct;
mod deliveries;
mod list;

use std::path::Path;

pub(super) use self::list::{as_json, coloured, progress};
use super::new::newsletter;
use super::{Context, Exit, Failure};
use crate::domain::NewsletterId;
use crate::domain::newsletter::Newsletter;
use crate::publishing::library::name_parts;
use crate::store::issues::Issue;
use crate::store::{Db, Tx, issues, newsletters};

/// List, show and steer issues.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:
  coranto issues list
  coranto issues show the-calendar-is-not-an-agreement
  coranto issues pause the-calendar-is-not-an-agreement
  coranto issues deliveries the-calendar-is-not-an-agreement --state failed",
    after_help = "An issue is named by its slug, or by its file."
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG", global = true)]
    newsletter: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List issues, those that are due last first.
    #[command(before_help = "Examples:
  coranto issues list
  coranto issues list --json")]
    List(list::List),
    /// Show one issue with its numbers and its history.
    #[command(before_help = "Examples:
  coranto issues show the-calendar-is-not-an-agreement
  coranto issues show issues/2026-11-20-the-calendar-is-not-an-agreement.md")]
    Show(Named),
    /// Halt an issue that is going out; what is on the wire is finished.
    #[command(before_help = "Examples:
  coranto issues pause the-calendar-is-not-an-agreement")]
    Pause(control::Pause),
    /// Go on with a paused issue, with the content it has now.
    #[command(before_help = "Examples:
  coranto issues resume the-calendar-is-not-an-agreement")]
    Resume(Named),
    /// End an issue for good: who has not got it will not.
    #[command(before_help = "Examples:
  coranto issues stop the-calendar-is-not-an-agreement")]
    Stop(Named),
    /// Try those again who were refused, or whose fate is unknown.
    #[command(before_help = "Examples:
  coranto issues retry the-calendar-is-not-an-agreement")]
    Retry(control::Retry),
    /// Take an issue off the queue.
    #[command(before_help = "Examples:
  coranto issues unschedule the-calendar-is-not-an-agreement")]
    Unschedule(Named),
    /// Put the mended text of a sent issue on the web; no mail is sent again.
    #[command(before_help = "Examples:
  coranto issues correct issues/2026-11-20-the-calendar-is-not-an-agreement.md")]
    Correct(correct::Correct),
    /// List what became of each mail.
    #[command(before_help = "Examples:
  coranto issues deliveries the-calendar-is-not-an-agreement --state failed
  coranto issues deliveries the-calendar-is-not-an-agreement --json")]
    Deliveries(deliveries::Deliveries),
}

#[derive(Debug, clap::Args)]
struct Named {
    /// The issue's slug, or its file.
    #[arg(value_name = "SLUG")]
    slug: String,
}

/// What every sub-command needs.
struct Desk<'a> {
    context: &'a Context,
    db: &'a Db,
    newsletter: &'a Newsletter,
    id: NewsletterId,
}

impl Desk<'_> {
    /// The issue that was named.
    async fn issue(&self, tx: &mut Tx, named: &str) -> anyhow::Result<Issue> {
        let slug = slug_of(named);
        issues::find(tx, self.id, &slug).await?.ok_or_else(|| {
            Failure::new(format!("there is no issue {slug:?} of {}", self.newsletter.slug))
                .hint("`coranto issues list` lists them; `coranto queue FILE` brings one in")
                .into()
        })
    }
}

/// The slug of an issue that was named by it, or by its file.
fn slug_of(named: &str) -> String {
    let by_file = || named.ends_with(".md").then(|| name_parts(Path::new(named))).flatten();
    by_file().map_or_else(|| named.to_owned(), |(_, slug)| slug)
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let newsletter = newsletter(&config, args.newsletter.as_deref())?;
    context.block_on(async {
        let db = context.open_existing(&config).await?;
        let id = newsletters::find(&mut db.read().await?, &newsletter.slug).await?.unwrap_or(NewsletterId::NONE);
        let desk = Desk { context, db: &db, newsletter, id };
        let result = match args.command {
            Command::List(args) => list::list(args, &desk).await,
            Command::Show(args) => list::show(&args.slug, &desk).await,
            Command::Pause(args) => control::pause(args, &desk).await,
            Command::Resume(args) => control::resume(&args.slug, &desk).await,
            Command::Stop(args) => control::stop(&args.slug, &desk).await,
            Command::Retry(args) => control::retry(args, &desk).await,
            Command::Unschedule(args) => control::unschedule(&args.slug, &desk).await,
            Command::Correct(args) => correct::run(args, &desk).await,
            Command::Deliveries(args) => deliveries::deliveries(args, &desk).await,
        };
        db.close().await;
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_named_by_slug_or_file() {
        assert_eq!(slug_of("issues/2026-11-27-the-calendar.md"), "the-calendar");
        assert_eq!(slug_of("the-calendar"), "the-calendar");
        assert_eq!(slug_of("notes/the-calendar.md"), "the-calendar");
        assert_eq!(slug_of("2026-99-99-x.md"), "2026-99-99-x");
    }
}
