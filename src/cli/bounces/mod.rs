//! `coranto bounces`: what came back, what follows from it, and a person's word on what is held.

mod answer;
mod check;
mod explain;
mod hooks;
mod list;
mod receive;

use super::{Context, Exit, newsletter_choice};
use crate::config::Config;
use crate::domain::IssueId;
use crate::store::{Db, Tx, newsletters};

/// Take in, list and explain what came back, and answer what a brake holds.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto bounces list
  coranto bounces held
  coranto bounces release the-calendar-is-not-an-agreement
  coranto bounces explain --reply \"550 5.1.1 No such user\" --stage rcpt")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The newsletter, where two have an issue of that slug.
    #[arg(long, value_name = "SLUG", global = true)]
    newsletter: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List what came back, the newest first.
    #[command(before_help = "Examples:
  coranto bounces list --issue the-calendar-is-not-an-agreement
  coranto bounces list --effect suppressed --json")]
    List(list::List),
    /// Show one notice in full: the reply, the rule that read it, what follows.
    #[command(before_help = "Examples:
  coranto bounces show 42")]
    Show(list::Show),
    /// List notices that wait for you: a relay called too many addresses dead.
    #[command(before_help = "Examples:
  coranto bounces held")]
    Held,
    /// Believe held notices: their readers are left out of later issues.
    #[command(before_help = "Examples:
  coranto bounces release the-calendar-is-not-an-agreement
  coranto bounces release 42")]
    Release(answer::Named),
    /// Discard held or waiting notices: nothing follows for their readers.
    #[command(before_help = "Examples:
  coranto bounces discard the-calendar-is-not-an-agreement
  coranto bounces discard 42")]
    Discard(answer::Named),
    /// Explain returned emails, or a server's reply: kind, cause and rule. Needs no database.
    #[command(before_help = "Examples:
  coranto bounces explain returned.eml
  coranto bounces explain --json Maildir
  coranto bounces explain --reply \"550 5.1.1 No such user\" --stage rcpt
  coranto bounces explain --reply \"421 4.7.0 Try again later\" --json")]
    Explain(explain::Explain),
    /// Show each hook: its URL, what to set at the provider, when it was last heard.
    #[command(before_help = "Examples:
  coranto bounces hooks
  coranto bounces hooks --json")]
    Hooks,
    /// Check that reports find their way in, without sending an email.
    ///
    /// Asks the listener, the mail servers of each bounce domain, mailboxes, the URLs of hooks and relays.
    #[command(
        before_help = "Examples:
  coranto bounces check
  coranto bounces check --newsletter week
  coranto bounces check --json",
        after_help = "Exits with 3 when something is wrong. Warnings alone are no failure."
    )]
    Check(check::Check),
    /// Take in reports: one email on standard input, or those of files and folders.
    ///
    /// On standard input it ends with 0 when the email is kept, with 75 when it is to come again, and with 64 when the
    /// command cannot be understood.
    #[command(before_help = "Examples:
  coranto bounces receive --recipient \"$ORIGINAL_RECIPIENT\"
  coranto bounces receive Maildir old-bounces.mbox")]
    Receive(receive::Receive),
}

/// What every sub-command needs that works on what is kept.
struct CommandSession<'a> {
    context: &'a Context,
    config: &'a Config,
    db: &'a Db,
    /// The newsletter that was named.
    newsletter: Option<&'a str>,
}

impl CommandSession<'_> {
    /// The issue called `slug`, of whichever newsletter has one.
    async fn issue(&self, tx: &mut Tx, slug: &str) -> anyhow::Result<IssueId> {
        Ok(newsletter_choice::of_slug(tx, self.config, self.newsletter, slug).await?.1.id)
    }
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let newsletter = args.newsletter.as_deref();
    let command = match args.command {
        Command::Explain(args) => return explain::run(&args, context),
        Command::Receive(args) => return receive::run(&args, context),
        Command::Check(args) => return check::run(&args, newsletter, context),
        command => command,
    };
    let mut config = context.config()?;
    if newsletter.is_some() {
        newsletter_choice::newsletter(&config, newsletter)?;
    }
    context.block_on(async {
        let db = match command {
            Command::Release(_) | Command::Discard(_) => context.open_existing(&config).await?,
            _ => context.open_existing_to_look(&config).await?,
        };
        newsletters::identify(&mut db.read().await?, &mut config.newsletters).await?;
        let session = CommandSession { context, config: &config, db: &db, newsletter };
        let result = match command {
            Command::List(args) => list::list(args, &session).await,
            Command::Show(args) => list::show(args, &session).await,
            Command::Hooks => hooks::hooks(&session).await,
            Command::Held => list::held(&session).await,
            Command::Release(args) => answer::release(args, &session).await,
            Command::Discard(args) => answer::discard(args, &session).await,
            Command::Check(_) | Command::Explain(_) | Command::Receive(_) => Ok(Exit::Ok),
        };
        db.close().await;
        result
    })
}
