//! `coranto subscribers`: the readers. Lists come from the store; whatever changes something is a verb of `signup`.

mod change;
mod erase;
mod export;
mod from_log;
mod import;
mod imports;
mod list;

use super::issue_files::identified;
use super::newsletter_choice::{newsletter, newsletters as whose};
use super::{Context, Exit};
use crate::config::Config;
use crate::domain::address::EmailAddress;
use crate::domain::newsletter::Newsletter;
use crate::signup::ActionContext;
use crate::store::Db;

/// List, add, remove, erase, import, export and count readers.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto subscribers stats
  coranto subscribers list --state pending
  coranto subscribers import readers.csv --dry-run
  coranto subscribers export readers.csv")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG", global = true)]
    newsletter: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List readers.
    #[command(before_help = "Examples:
  coranto subscribers list
  coranto subscribers list --state pending")]
    List(list::List),
    /// Show one reader and their record of consent; with --all, everything stored about the person.
    #[command(before_help = "Examples:
  coranto subscribers show anna@example.org
  coranto subscribers show anna@example.org --all --json")]
    Show(list::Show),
    /// Count readers by state.
    #[command(before_help = "Examples:
  coranto subscribers stats")]
    Stats,
    /// Add a reader who agreed, or take back what `remove` did. Sends no email.
    #[command(
        visible_alias = "restore",
        before_help = "Examples:
  coranto subscribers add anna@example.org --name \"Anna Berg\"
  coranto subscribers restore anna@example.org"
    )]
    Add(change::Add),
    /// End a subscription; `add` takes that back, unless the reader had left.
    #[command(before_help = "Examples:
  coranto subscribers remove anna@example.org")]
    Remove(change::Remove),
    /// Erase everything about a person, in every newsletter.
    #[command(before_help = "Examples:
  coranto subscribers erase anna@example.org --dry-run
  coranto subscribers erase anna@example.org --reason \"asked by letter\"")]
    Erase(erase::Erase),
    /// Send an address no more email, whatever it subscribes to.
    #[command(before_help = "Examples:
  coranto subscribers suppress anna@example.org")]
    Suppress(change::Suppress),
    /// Take an address off the suppression list.
    #[command(before_help = "Examples:
  coranto subscribers unsuppress anna@example.org")]
    Unsuppress(change::Unsuppress),
    /// Unsubscribe whoever an access log shows to have unsubscribed, after a restore without the journal.
    #[command(before_help = "Examples:
  coranto subscribers unsubscribe --from-log /var/log/nginx/access.log
  zcat access.log.1.gz | coranto subscribers unsubscribe --from-log -")]
    Unsubscribe(from_log::FromLog),
    /// Import readers from another program: CSV, text, JSON, folders, zip archives.
    Import(import::ImportArgs),
    /// List imports, and take one back.
    Imports(imports::Imports),
    /// Write readers to a CSV file.
    #[command(before_help = "Examples:
  coranto subscribers export readers.csv
  coranto subscribers export - | wc -l")]
    Export(export::Export),
}

/// What every sub-command needs.
struct CommandSession<'a> {
    context: &'a Context,
    config: &'a Config,
    db: &'a Db,
    /// With its row, if it has one.
    newsletter: &'a Newsletter,
}

impl CommandSession<'_> {
    /// Who does it, for the record.
    fn act(&self, source: &str) -> ActionContext {
        ActionContext {
            actor: self.context.actor(),
            source: source.to_owned(),
            wording: "",
            client: None,
            now: self.context.now(),
        }
    }
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    let named = args.newsletter.as_deref();
    // What counts, or is about an address alone, needs no newsletter.
    let about = match args.command {
        Command::Stats
        | Command::Suppress(_)
        | Command::Unsuppress(_)
        | Command::Erase(_)
        | Command::Unsubscribe(_) => whose(&config, named)?,
        Command::Show(ref args) if args.all => whose(&config, named)?,
        _ => vec![newsletter(&config, named)?],
    };
    context.block_on(async {
        let db = match args.command {
            Command::Add(_) | Command::Import(_) | Command::Suppress(_) => context.open(&config).await?,
            _ => context.open_existing(&config).await?,
        };
        let newsletter = &match args.command {
            Command::Add(_) | Command::Import(_) => context.registered(&db, about[0]).await?,
            _ => identified(&db, about[0]).await?,
        };
        let session = CommandSession { context, config: &config, db: &db, newsletter };
        let result = match args.command {
            Command::List(args) => list::list(args, &session).await,
            Command::Show(args) => list::show(args, &session).await,
            Command::Stats => list::stats(&about, &db, context).await,
            Command::Add(args) => change::add(args, &session).await,
            Command::Remove(args) => change::remove(args, &session).await,
            Command::Erase(args) => erase::erase(args, &session).await,
            Command::Suppress(args) => change::suppress(args, &session).await,
            Command::Unsuppress(args) => change::unsuppress(args, &session).await,
            Command::Unsubscribe(args) => from_log::unsubscribe(args, &session).await,
            Command::Import(args) => import::import(args, &session).await,
            Command::Imports(args) => imports::imports(args, &session).await,
            Command::Export(args) => export::export(args, &session).await,
        };
        db.close().await;
        result
    })
}

/// An address on the command line.
fn address(text: &str) -> Result<EmailAddress, String> {
    text.parse::<EmailAddress>().map_err(|error| error.to_string())
}
