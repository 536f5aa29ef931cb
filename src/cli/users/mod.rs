//! `coranto users`: people with a login. Lists come from the store; whatever changes something is a verb of `accounts`.

mod change;
mod list;

use super::newsletter_choice::newsletter;
use super::{Context, Exit, Failure};
use crate::accounts::AccountError;
use crate::config::Config;
use crate::domain::address::EmailAddress;
use crate::store::accounts::Account;
use crate::store::{Db, accounts};

/// Give people a login, and say what each may do.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto users add anna@example.org --name Anna --role owner --operator
  coranto users list
  coranto users link anna@example.org
  coranto users role ben@example.org editor")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG", global = true)]
    newsletter: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add an account, and print the link that its person begins with.
    #[command(before_help = "Examples:
  coranto users add anna@example.org --name Anna --role owner --operator
  coranto users add ben@example.org --role editor --newsletter week")]
    Add(change::Add),
    /// List accounts, with their roles.
    #[command(before_help = "Examples:
  coranto users list
  coranto users list --json")]
    List,
    /// Print a new link for somebody who cannot sign in. It ends their sessions.
    #[command(before_help = "Examples:
  coranto users link anna@example.org")]
    Link(change::Whom),
    /// Give somebody a role in a newsletter, or none. It ends their sessions.
    #[command(before_help = "Examples:
  coranto users role ben@example.org editor
  coranto users role ben@example.org none --newsletter week")]
    Role(change::ChangeRole),
    /// Make somebody an operator, or no longer. It ends their sessions.
    #[command(before_help = "Examples:
  coranto users operator anna@example.org
  coranto users operator anna@example.org --off")]
    Operator(change::ChangeOperator),
    /// Let somebody sign in no more. It ends their sessions.
    #[command(before_help = "Examples:
  coranto users disable ben@example.org")]
    Disable(change::Whom),
    /// Take that back.
    #[command(before_help = "Examples:
  coranto users enable ben@example.org")]
    Enable(change::Whom),
    /// List the browsers that somebody is signed in with.
    #[command(before_help = "Examples:
  coranto users sessions anna@example.org")]
    Sessions(change::Whom),
    /// Sign somebody out everywhere.
    #[command(before_help = "Examples:
  coranto users sign-out anna@example.org")]
    SignOut(change::Whom),
}

/// What every sub-command needs.
struct UsersSession<'a> {
    context: &'a Context,
    config: &'a Config,
    db: &'a Db,
    /// As it was named.
    newsletter: Option<String>,
}

impl UsersSession<'_> {
    /// Whoever signs in with this address.
    async fn account(&self, email: &EmailAddress) -> anyhow::Result<Account> {
        let found = accounts::find(&mut self.db.read().await?, email).await?;
        found.ok_or_else(|| {
            Failure::new(format!("{email} has no account")).hint("`coranto users list` shows all accounts").into()
        })
    }
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    // A mistyped name is told before anything is opened.
    if args.newsletter.is_some() {
        newsletter(&config, args.newsletter.as_deref())?;
    }
    context.block_on(async {
        let db = match args.command {
            Command::Add(_) => context.open(&config).await?,
            _ => context.open_existing(&config).await?,
        };
        let session = UsersSession { context, config: &config, db: &db, newsletter: args.newsletter };
        let result = match args.command {
            Command::Add(args) => change::add(args, &session).await,
            Command::List => list::list(&session).await,
            Command::Link(args) => change::link(args, &session).await,
            Command::Role(args) => change::role(args, &session).await,
            Command::Operator(args) => change::operator(args, &session).await,
            Command::Disable(args) => change::disable(args, &session).await,
            Command::Enable(args) => change::enable(args, &session).await,
            Command::Sessions(args) => list::sessions(&args, &session).await,
            Command::SignOut(args) => change::sign_out(args, &session).await,
        };
        db.close().await;
        result
    })
}

/// Why an account was not changed, with what to do.
fn refused(error: AccountError, email: &EmailAddress) -> anyhow::Error {
    let why = |text: String| Failure::new(text).exit(Exit::NotAllowed);
    match error {
        AccountError::Store(error) => error.into(),
        AccountError::Unknown => Failure::new(format!("{email} has no account")).into(),
        AccountError::Known => why(format!("{email} has an account already"))
            .hint("`coranto users role` changes what they may do; `coranto users link` prints a new link")
            .into(),
        AccountError::Disabled => why(format!("the account of {email} is disabled"))
            .hint("`coranto users enable ADDRESS` takes that back")
            .into(),
        AccountError::LastOwner { newsletter } => why(format!("{email} is the last owner of {newsletter}"))
            .hint("make somebody else an owner first: `coranto users role ADDRESS owner`")
            .into(),
        AccountError::LastOperator => why(format!("{email} is the last operator"))
            .hint("make somebody else an operator first: `coranto users operator ADDRESS`")
            .into(),
        AccountError::Meanwhile => {
            why(format!("the account of {email} was changed by somebody else meanwhile")).hint("try again").into()
        }
    }
}

/// An address on the command line.
fn address(text: &str) -> Result<EmailAddress, String> {
    text.parse::<EmailAddress>().map_err(|error| error.to_string())
}
