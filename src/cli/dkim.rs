//! `coranto dkim`: makes the key that signs a newsletter's mail, and shows the DNS record that goes with it.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::new::write_new;
use super::newsletter_choice::{newsletter, newsletters};
use super::{Context, Exit, Failure};
use crate::clock::Timestamp;
use crate::config::{Config, Dkim};
use crate::doctor::{FindingHealth, names};
use crate::message::dkim::{DnsRecord, Signer, generate_ed25519_pem, generate_rsa_pem};
use crate::wiring;

/// Make and show the keys that sign mail (DKIM).
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto dkim new                    a key for the only newsletter
  coranto dkim new --selector s2027   beside one that is in use
  coranto dkim rotate                 a key that is to take the place of the one in use
  coranto dkim show                   the DNS records of the keys in use")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a key; print its DNS record and what goes into the configuration.
    #[command(before_help = "Examples:
  coranto dkim new
  coranto dkim new --selector s2027
  coranto dkim new --selector e2027 --kind ed25519")]
    New(New),
    /// Make a key that is to take the place of the one in use, and signs nothing yet.
    ///
    /// It stands beside the old one in the configuration until the DNS has its record; `coranto doctor` looks for that.
    #[command(before_help = "Examples:
  coranto dkim rotate
  coranto dkim rotate --selector s2027")]
    Rotate(Rotate),
    /// Look for the record of a key that signs nothing yet, and say how it takes over.
    ///
    /// Exits with 3 while the DNS does not have it.
    #[command(before_help = "Examples:
  coranto dkim use s202611")]
    Use(Takeover),
    /// Print the DNS records of the keys in use.
    #[command(before_help = "Examples:
  coranto dkim show")]
    Show(Show),
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Only this newsletter.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

#[derive(Debug, clap::Args)]
struct New {
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
    /// The selector; a new key needs one that was never used at this domain.
    #[arg(long, default_value = "coranto")]
    selector: String,
    /// The signing domain [default: that of the sender].
    #[arg(long)]
    domain: Option<String>,
    /// RSA is verified everywhere; Ed25519 is for a second signature beside it.
    #[arg(long, value_enum, default_value = "rsa")]
    kind: Kind,
    /// The file for the key [default: SELECTOR.SLUG.pem beside the configuration].
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Rotate {
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
    /// The selector of the new key [default: `s`, the year and the month].
    #[arg(long)]
    selector: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Takeover {
    /// The selector of the key that is to sign.
    selector: String,
    /// The newsletter, where there are several.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
    /// Ask this name server instead of the system's.
    #[arg(long, value_name = "ADDRESS:PORT")]
    resolver: Option<SocketAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Rsa,
    Ed25519,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    match args.command {
        Command::New(args) => new(args, &config, context),
        Command::Rotate(args) => rotate(args, &config, context),
        Command::Use(args) => take_over(&args, &config, context),
        Command::Show(args) => show(&args, &config, context),
    }
}

fn new(args: New, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let newsletter = newsletter(config, args.newsletter.as_deref())?;
    let domain = args.domain.unwrap_or_else(|| newsletter.from.address.domain().to_owned());
    let pem = match args.kind {
        Kind::Rsa => generate_rsa_pem()?,
        Kind::Ed25519 => generate_ed25519_pem()?,
    };
    let record = Signer::new(&domain, &args.selector, &pem)?.dns_record()?;
    let name = format!("{}.{}.pem", args.selector, newsletter.slug);
    let file = args.file.unwrap_or_else(|| context.folder().join(&name));
    write_new(&file, pem.expose(), true)?;

    let output = &context.output;
    let key_file = if file == context.folder().join(&name) { PathBuf::from(name) } else { std::path::absolute(&file)? };
    let signs = Signers::of(config, &newsletter.slug);
    if args.kind == Kind::Ed25519 && signs.rsa == 0 {
        output.warn(
            "an Ed25519 key alone is no signature for many receivers, Outlook and Yahoo among them; `coranto dkim new \
             --selector NAME` makes the RSA key that must stand beside it",
        );
    }
    if output.is_json() {
        output.json(&as_json(
            &record,
            &[("newsletter", newsletter.slug.clone()), ("file", file.display().to_string())],
        ))?;
        return Ok(Exit::Ok);
    }
    output.note(format!("The key is in {}. Keep it secret.", file.display()));
    if args.kind == Kind::Ed25519 {
        output.note("It makes a second, short signature, for receivers that verify Ed25519 (RFC 8463).");
    }
    output.note("\n1. Put this record into the DNS.");
    print(&record, context)?;
    output.note("\n2. When it can be seen (`coranto doctor` looks), put this into the configuration:\n");
    let is_list = signs.all > 0 || args.kind == Kind::Ed25519;
    let (open, close) = if is_list { ("[[", "]]") } else { ("[", "]") };
    output.line(format!("{open}newsletters.{}.dkim{close}", newsletter.slug))?;
    for (key, value) in
        [("domain", domain.as_str()), ("selector", &args.selector), ("key_file", &key_file.display().to_string())]
    {
        output.line(format!("{key} = {}", toml::Value::from(value)))?;
    }
    if signs.all == 1 {
        output.note(format!(
            "\nWrite two brackets around the section of the key that is there as well: [[newsletters.{}.dkim]]. Both sign \
             then. To replace that key, take its section out instead.",
            newsletter.slug
        ));
    }
    Ok(Exit::Ok)
}

fn rotate(args: Rotate, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let newsletter = newsletter(config, args.newsletter.as_deref())?;
    let keys = config.dkim.get(&newsletter.slug).map_or(&[][..], Vec::as_slice);
    let Some(old) = keys.iter().find(|key| key.signs) else {
        let why = format!("{} has no key that signs", newsletter.slug);
        return Err(Failure::new(why).hint("`coranto dkim new` makes the first").into());
    };
    let selector = args.selector.unwrap_or_else(|| free_selector(keys, context.now()));
    if keys.iter().any(|key| key.selector == selector) {
        let hint = "a new key needs a selector that was never used at this domain";
        return Err(Failure::usage(format!("{selector} is the selector of a key already")).hint(hint).into());
    }
    let pem = generate_rsa_pem()?;
    let record = Signer::new(&old.domain, &selector, &pem)?.dns_record()?;
    let name = format!("{selector}.{}.pem", newsletter.slug);
    let file = context.folder().join(&name);
    write_new(&file, pem.expose(), true)?;
    let output = &context.output;
    if output.is_json() {
        let more =
            [("newsletter", newsletter.slug.clone()), ("file", file.display().to_string()), ("selector", selector)];
        output.json(&as_json(&record, &more))?;
        return Ok(Exit::Ok);
    }
    output.note(format!(
        "The key is in {}. Keep it secret. {} signs until it takes over.",
        file.display(),
        old.selector
    ));
    output.note("\n1. Put this record into the DNS, beside the one that is there.");
    print(&record, context)?;
    output.note("\n2. Put this into the configuration, with two brackets around the section that is there as well:\n");
    output.line(format!("[[newsletters.{}.dkim]]", newsletter.slug))?;
    for (key, value) in [("domain", &old.domain), ("selector", &selector), ("key_file", &name)] {
        output.line(format!("{key} = {}", toml::Value::from(value.as_str())))?;
    }
    output.line("signs = false")?;
    output
        .note(format!("\n3. When `coranto doctor` says that the record is there, run `coranto dkim use {selector}`."));
    Ok(Exit::Ok)
}

/// A selector that says when it was made and that no key of the newsletter has.
fn free_selector(keys: &[Dkim], now: Timestamp) -> String {
    let month = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime("s%Y%m").to_string();
    let is_free = |name: &String| keys.iter().all(|key| key.selector != *name);
    let mut names = std::iter::once(month.clone()).chain((2..).map(|number| format!("{month}-{number}")));
    names.find(is_free).unwrap_or(month)
}

fn take_over(args: &Takeover, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let newsletter = newsletter(config, args.newsletter.as_deref())?;
    let slug = &newsletter.slug;
    let keys = config.dkim.get(slug).map_or(&[][..], Vec::as_slice);
    let found = context.block_on(async { Ok(names::key(config, slug, &args.selector, args.resolver).await) })?;
    let Some(found) = found else {
        let failure = match keys.iter().any(|key| key.selector == args.selector) {
            true => Failure::new(format!("{} signs already", args.selector)),
            false => Failure::usage(format!("{slug} has no key with the selector {}", args.selector)),
        };
        return Err(failure.hint("`coranto dkim rotate` makes one that waits").into());
    };
    if found.health != FindingHealth::Ok {
        let failure = Failure::new(format!("{}: {}", found.check, found.text)).exit(Exit::Problems);
        return Err(found.hint.into_iter().fold(failure, Failure::hint).into());
    }
    let signing: Vec<&str> = keys.iter().filter(|key| key.signs).map(|key| key.selector.as_str()).collect();
    let output = &context.output;
    if output.is_json() {
        output.json(&serde_json::json!({ "newsletter": slug, "use": args.selector, "retire": signing }))?;
        return Ok(Exit::Ok);
    }
    output.line(format!("{}: {}.", found.check, found.text))?;
    output.note(format!(
        "In the configuration, take `signs = false` out of the section of {}. Put it into that of {}, and restart `serve`. \
         Emails on their way are verified by the old record: leave it in the DNS for a week, then take it and the section out.",
        args.selector,
        signing.join(" and of "),
    ));
    Ok(Exit::Ok)
}

/// How many keys a newsletter has. One that cannot sign is no hindrance to making another.
#[derive(Default)]
struct Signers {
    all: usize,
    rsa: usize,
}

impl Signers {
    fn of(config: &Config, slug: &str) -> Self {
        let keys = config.dkim.get(slug).map_or(&[][..], Vec::as_slice);
        let is_rsa =
            |dkim: &&Dkim| Signer::new(&dkim.domain, &dkim.selector, &dkim.key).is_ok_and(|signer| signer.is_rsa());
        Self { all: keys.len(), rsa: keys.iter().filter(is_rsa).count() }
    }
}

fn show(args: &Show, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let mut shown = false;
    for newsletter in newsletters(config, args.newsletter.as_deref())? {
        for signer in wiring::signers(config, &newsletter.slug)? {
            shown = true;
            let record = signer.dns_record()?;
            if context.output.is_json() {
                context.output.json(&as_json(&record, &[("newsletter", newsletter.slug.clone())]))?;
            } else {
                print(&record, context)?;
            }
        }
    }
    if !shown {
        let whose =
            args.newsletter.as_ref().map_or_else(|| "no newsletter has a".to_owned(), |slug| format!("{slug} has no"));
        return Err(Failure::new(format!("{whose} key"))
            .hint("`coranto dkim new` makes one; it is not needed where the relay signs")
            .into());
    }
    Ok(Exit::Ok)
}

fn as_json(record: &DnsRecord, more: &[(&str, String)]) -> serde_json::Value {
    let mut value = serde_json::json!({ "name": record.name, "value": record.value, "zone": zone_line(record) });
    for (key, text) in more {
        value[key] = text.as_str().into();
    }
    value
}

/// As the two kinds of places want it where records are set.
fn print(record: &DnsRecord, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    output.note("\nA web form wants the name, the type TXT, and the value as one string:\n");
    output.line(&record.name)?;
    output.line(&record.value)?;
    output.note("\nA zone file wants strings of at most 255 bytes:\n");
    output.line(zone_line(record))
}

fn zone_line(record: &DnsRecord) -> String {
    format!("{}. IN TXT {}", record.name, record.quoted())
}
