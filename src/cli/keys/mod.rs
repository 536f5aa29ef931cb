//! `coranto keys`: which keys seal links and hash addresses, and a new one in time. Never prints a key.

mod file;

use std::path::PathBuf;

use serde_json::json;

use super::table::Table;
use super::text::count;
use super::when::{local, shared_zone};
use super::{Context, Exit};
use crate::config::Config;
use crate::store::Db;
use crate::token::KeyKind;
use crate::upkeep::{self, KeySummary, Use, WaitingKey};

/// List, check, rotate and retire the keys that seal links and hash addresses.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto keys
  coranto keys rotate
  coranto keys check /mnt/backup/secret.key")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the keys by their fingerprints; so does `coranto keys` alone.
    ///
    /// Exits with 3 when a key is missing that the database was used with.
    #[command(before_help = "Examples:
  coranto keys list
  coranto keys list --json")]
    List,
    /// Put a new key on top: it seals from now on, and the others open what they sealed.
    ///
    /// Suppressions, refusals and limits stay, since the key that hashes addresses does not change.
    /// Restart `coranto serve` afterwards. On several machines: stop all, rotate, copy the file to each, start.
    #[command(before_help = "Examples:
  coranto keys rotate
  coranto keys rotate --leaked 1")]
    Rotate {
        /// The key of this number is in other hands: it opens unsubscribe links and nothing else.
        #[arg(long, value_name = "NUMBER")]
        leaked: Option<u8>,
    },
    /// Take a key out of the file for good: what it sealed opens nothing any more.
    ///
    /// Refuses while emails of the last 60 days have links of this key, unless you give --yes.
    #[command(before_help = "Examples:
  coranto keys retire 1")]
    Retire {
        /// The key's number.
        number: u8,
    },
    /// Compare a key file with the database, and change nothing.
    ///
    /// Exits with 3 when the file is not the database's, or lacks a key of it.
    #[command(before_help = "Examples:
  coranto keys check
  coranto keys check /mnt/backup/secret.key")]
    Check {
        /// The file; the configured one if you name none.
        file: Option<PathBuf>,
    },
    /// Continue with this key file when the right one is lost for good.
    ///
    /// Links in emails already sent stop working. Addresses that are suppressed and not stored may get email again.
    #[command(before_help = "Examples:
  coranto keys adopt")]
    Adopt,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    context.block_on(async {
        let db = context.open_to_look(&config).await?;
        let result = match args.command.unwrap_or(Command::List) {
            Command::List => list(&db, &config, context).await,
            Command::Rotate { leaked } => file::rotate(&db, &config, leaked, context).await,
            Command::Retire { number } => file::retire(&db, &config, number, context).await,
            Command::Check { file } => file::check(&db, &config, file.as_deref(), context).await,
            Command::Adopt => adopt(&db, &config, context).await,
        };
        db.close().await;
        result
    })
}

async fn list(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let waiting = upkeep::follow(db, &config.keys, context.now()).await?;
    let all = upkeep::list(db, &config.keys, context.now()).await?;
    let output = &context.output;
    if output.is_json() {
        for one in &all {
            output.json(&value(one))?;
        }
    } else {
        let zone = shared_zone(config);
        let mut table = Table::new(&["KEY", "FINGERPRINT", "SINCE", "STATE", ">EMAILS IN 60 DAYS"]);
        for one in &all {
            table.row([
                name(one.kind),
                one.fingerprint.to_string(),
                one.since.map(|since| local(since, &zone)).unwrap_or_default(),
                one.used.as_str().to_owned(),
                one.mails.map(|mails| mails.to_string()).unwrap_or_default(),
            ]);
        }
        output.table(&table)?;
    }
    if let Some(WaitingKey { number, lacking }) = waiting {
        let lacking = lacking.join(", ");
        output.note(format!("Key {number} seals once every server at work has it. It is missing on: {lacking}."));
    }
    if let Err(trouble) = upkeep::look(db, &config.keys, context.now()).await {
        if !output.is_json() {
            output.warn(&trouble);
        }
        return Ok(Exit::Problems);
    }
    Ok(if all.iter().any(|one| one.used == Use::Missing) { Exit::Problems } else { Exit::Ok })
}

fn value(one: &KeySummary) -> serde_json::Value {
    let (kind, number) = match one.kind {
        KeyKind::Address => ("address", None),
        KeyKind::Link(number) => ("link", Some(number)),
    };
    json!({
        "kind": kind, "number": number, "fingerprint": one.fingerprint.to_string(), "since": one.since,
        "state": one.used.as_str(), "mails": one.mails,
    })
}

fn name(kind: KeyKind) -> String {
    match kind {
        KeyKind::Address => "address".to_owned(),
        KeyKind::Link(number) => number.to_string(),
    }
}

async fn adopt(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let Err(trouble) = upkeep::look(db, &config.keys, context.now()).await else {
        context.output.note("These are the database's keys already; there is nothing to do.");
        return Ok(Exit::Ok);
    };
    if let upkeep::KeyTrouble::Store(error) = trouble {
        return Err(error.into());
    }
    context.output.warn(&trouble);
    if !context.confirm("Continue with this key file for good?")? {
        return Ok(Exit::NotAllowed);
    }
    let adopted =
        upkeep::adopt(db, &config.keys, &context.actor(), context.now()).await.map_err(super::context::refused)?;
    if context.output.is_json() {
        context.output.json(&json!({ "rehashed": adopted.rehashed }))?;
    } else {
        let readers = count(adopted.rehashed, "reader's address").replace("reader's addresss", "readers' addresses");
        context.output.line(format!("The database uses these keys now; {readers} hashed anew."))?;
    }
    context.output.note(
        "Stored readers who are suppressed stay suppressed. Look through lists before you import them: the database no \
         longer knows suppressed addresses that are not stored.",
    );
    Ok(Exit::Ok)
}
