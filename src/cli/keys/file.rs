//! The key file: a new key on top, an old one out, and whether a file is the database's.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::name;
use crate::cli::context::refused;
use crate::cli::text::count;
use crate::cli::when::{local, shared_zone};
use crate::cli::{Context, Exit, Failure};
use crate::config::Config;
use crate::private;
use crate::store::Db;
use crate::token::{KeyFileError, KeyKind, Keyring};
use crate::upkeep::{self, KeyEnd, KeyTrouble};

pub(super) async fn rotate(db: &Db, config: &Config, leaked: Option<u8>, context: &Context) -> anyhow::Result<Exit> {
    let file = file_of(config)?;
    context.admit(db, config).await?;
    let Some(number) = upkeep::next_number(db, &config.keys).await? else {
        return Err(Failure::new("every number from 1 to 255 was used by a key").exit(Exit::NotAllowed).into());
    };
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let text = Keyring::rotated(&text, number, leaked).map_err(absent)?;
    let rotated = Keyring::parse(&text)?;
    // First the file: a key that the database knows and the file lacks would be refused.
    replace(file, &text).with_context(|| format!("{} cannot be written; it is as it was", file.display()))?;
    upkeep::rotated(db, &rotated, leaked, &context.actor(), context.now()).await.map_err(refused)?;
    let output = &context.output;
    if output.is_json() {
        output.json(&json!({ "number": number, "leaked": leaked, "file": file }))?;
    } else {
        output.line(format!("Key {number} seals links from now on; {} has it on top.", file.display()))?;
        if let Some(leaked) = leaked {
            output.line(format!("Key {leaked} opens unsubscribe links and nothing else."))?;
        }
    }
    output.note("Restart `coranto serve`: until then it seals with the key before. Put the file into your backup.");
    match leaked {
        None => output.note(
            "The other keys open the links that they sealed; `coranto keys retire` takes one out when readers no longer \
             use such emails.",
        ),
        Some(leaked) => {
            output.note(format!(
                "Until `serve` is restarted, whoever has key {leaked} can open readers' pages. Afterwards they can end \
                 subscriptions."
            ));
            say_hooks(config, "made before this end", context);
            output.note(
                "The key that hashes addresses stays, for suppressions hang on it. Whoever has it and a copy of the \
                 database can find out by guessing which addresses are suppressed.",
            );
        }
    }
    Ok(Exit::Ok)
}

pub(super) async fn retire(db: &Db, config: &Config, number: u8, context: &Context) -> anyhow::Result<Exit> {
    let ring = &config.keys;
    let is_in_file = ring.fingerprints().iter().any(|(kind, _)| *kind == KeyKind::Link(number));
    let file = if is_in_file { Some(file_of(config)?) } else { None };
    let now = context.now();
    let Some(end) = upkeep::end_of(db, ring, number, now).await.map_err(refused)? else {
        return Err(Failure::new(format!("there is no key {number}")).hint("`coranto keys` lists them").into());
    };
    if is_in_file && ring.sealing_number() == number {
        let why = format!("key {number} seals the links of every email that goes out");
        return Err(Failure::new(why)
            .exit(Exit::NotAllowed)
            .hint("`coranto keys rotate` puts a new one on top")
            .into());
    }
    if end.is_retired && !is_in_file {
        context.output.note(format!("Key {number} is retired already; there is nothing to do."));
        return Ok(Exit::Ok);
    }
    what_dies(config, number, &end, context);
    if end.mails > 0 && !context.yes {
        let until = end.idle_at.map(|at| local(at, &shared_zone(config))).unwrap_or_default();
        let why = format!("key {number} is left as it is: its last emails are younger than 60 days");
        return Err(Failure::new(why)
            .exit(Exit::NotAllowed)
            .hint(format!("wait until {until}, or add --yes if it is meant"))
            .into());
    }
    // First the database: it must not need a key that the file lacks.
    upkeep::retire(db, ring, number, &context.actor(), now).await.map_err(refused)?;
    if let Some(file) = file {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let text = Keyring::without(&text, number).map_err(absent)?;
        replace(file, &text).with_context(|| format!("{} cannot be written; it is as it was", file.display()))?;
    }
    if context.output.is_json() {
        let fingerprint = end.fingerprint.to_string();
        context.output.json(&json!({ "number": number, "fingerprint": fingerprint, "mails": end.mails }))?;
    } else {
        context.output.line(format!("Key {number} is retired."))?;
    }
    if is_in_file {
        context.output.note("Restart `coranto serve`: until then it opens what the key sealed.");
    }
    Ok(Exit::Ok)
}

/// What opens nothing any more without the key.
fn what_dies(config: &Config, number: u8, end: &KeyEnd, context: &Context) {
    let output = &context.output;
    output.note(format!("Key {number} ({}) sealed what then opens nothing any more:", end.fingerprint));
    let mails = u64::try_from(end.mails).unwrap_or_default();
    output.note(format!(
        "  {} of the last 60 days at most: their links, the unsubscribe links among them, and where they bounce to",
        count(mails, "email")
    ));
    output.note("  every older email of it");
    say_hooks(config, &format!("made with key {number}"), context);
}

fn say_hooks(config: &Config, which: &str, context: &Context) {
    let names: Vec<_> = config.inbound.hooks.iter().map(|hook| hook.name.as_str()).collect();
    if !names.is_empty() {
        context.output.note(format!(
            "  URLs of webhooks {which} ({}): `coranto bounces hooks` shows the ones to give to the providers",
            names.join(", ")
        ));
    }
}

pub(super) async fn check(db: &Db, config: &Config, file: Option<&Path>, context: &Context) -> anyhow::Result<Exit> {
    let given = match file {
        Some(file) => {
            let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
            match Keyring::parse(&text) {
                Ok(ring) => Some(ring),
                Err(error) => return say_check(&[], Some(format!("{}: {error}", file.display())), None, context),
            }
        }
        None => None,
    };
    let ring = given.as_ref().unwrap_or(&config.keys);
    match upkeep::look(db, ring, context.now()).await {
        Ok(()) => say_check(&upkeep::unknown(db, ring).await?, None, None, context),
        Err(KeyTrouble::Store(error)) => Err(error.into()),
        Err(trouble) => say_check(&[], Some(trouble.to_string()), trouble.hint(), context),
    }
}

/// What came of a comparison; `new` are keys that the database has not seen yet.
fn say_check(new: &[KeyKind], why: Option<String>, hint: Option<&str>, context: &Context) -> anyhow::Result<Exit> {
    let output = &context.output;
    let new: Vec<String> = new.iter().map(|kind| name(*kind)).collect();
    if output.is_json() {
        output.json(&json!({ "fits": why.is_none(), "why": why, "new": new }))?;
    } else if let Some(why) = &why {
        output.warn(why);
        if let Some(hint) = hint {
            output.note(format!("  hint: {hint}"));
        }
    } else {
        output.line("The keys are those of the database.")?;
        if !new.is_empty() {
            output.note(format!("New to the database: {}.", new.join(", ")));
        }
    }
    Ok(if why.is_some() { Exit::Problems } else { Exit::Ok })
}

fn file_of(config: &Config) -> anyhow::Result<&Path> {
    config.key_file.as_deref().ok_or_else(|| {
        Failure::new("the keys stand in the configuration or the environment, and not in a file")
            .exit(Exit::NotAllowed)
            .hint("put them into a file of their own, and name it with secret_key_file")
            .into()
    })
}

fn absent(error: KeyFileError) -> Failure {
    let hint = matches!(error, KeyFileError::Absent(_)).then_some("`coranto keys` lists them");
    Failure::new(format!("the key file is as it was: {error}")).hint(hint.unwrap_or("correct the file first"))
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
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let before = fs::metadata(&file)?;
        // As root on behalf of the service's user.
        if before.uid() != fs::metadata(&beside)?.uid() {
            std::os::unix::fs::chown(&beside, Some(before.uid()), Some(before.gid()))?;
        }
    }
    new.sync_all()?;
    fs::rename(&beside, &file)?;
    fs::File::open(&folder)?.sync_all()
}
