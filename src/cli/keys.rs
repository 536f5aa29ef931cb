//! `coranto keys`: which keys seal links and hash addresses, and a new one in time. Never prints a key.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::table::Table;
use super::text::count;
use super::when::{local, shared_zone};
use super::{Context, Exit, Failure};
use crate::config::Config;
use crate::private;
use crate::store::Db;
use crate::token::{KeyKind, Keyring};
use crate::upkeep::{self, KeySummary, Use};

/// List, rotate and replace the keys that seal links and hash addresses.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto keys list
  coranto keys rotate")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the keys by their fingerprints.
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
  coranto keys rotate")]
    Rotate,
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
        let result = match args.command {
            Command::List => list(&db, &config, context).await,
            Command::Rotate => rotate(&db, &config, context).await,
            Command::Adopt => adopt(&db, &config, context).await,
        };
        db.close().await;
        result
    })
}

async fn list(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
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

async fn rotate(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let Some(file) = &config.key_file else {
        return Err(Failure::new("the keys stand in the configuration or the environment, and not in a file")
            .exit(Exit::NotAllowed)
            .hint("put them into a file of their own, and name it with secret_key_file")
            .into());
    };
    context.admit(db, config).await?;
    let Some(number) = upkeep::next_number(db, &config.keys).await? else {
        return Err(Failure::new("every number from 1 to 255 was used by a key").exit(Exit::NotAllowed).into());
    };
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let text = Keyring::rotated(&text, number)?;
    let rotated = Keyring::parse(&text)?;
    // First the file: a key that the database knows and the file lacks would be refused.
    replace(file, &text).with_context(|| format!("{} cannot be written; it is as it was", file.display()))?;
    upkeep::admit(db, &rotated, &context.actor(), context.now()).await.map_err(super::context::refused)?;
    if context.output.is_json() {
        context.output.json(&json!({ "number": number, "file": file }))?;
    } else {
        context.output.line(format!("Key {number} seals links from now on; {} has it on top.", file.display()))?;
    }
    context.output.note(
        "Restart `coranto serve`: until then it seals with the key before. Put the file into your backup.\n\
         The other keys open the links that they sealed; remove none of them while readers use such emails.",
    );
    Ok(Exit::Ok)
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

/// Puts `text` in the place of a file that its owner alone can read, whole or not at all.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let file = fs::canonicalize(file)?;
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.new"));
    let _ = fs::remove_file(&beside);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    let mut new = private::open(&beside, &mut options)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let before = fs::metadata(&file)?;
        // As root on behalf of the service's user.
        if before.uid() != fs::metadata(&beside)?.uid() {
            std::os::unix::fs::chown(&beside, Some(before.uid()), Some(before.gid()))?;
        }
    }
    fs::rename(&beside, &file)?;
    fs::File::open(&folder)?.sync_all()
}
