//! `coranto dkim`: makes the key that signs a newsletter's mail, and shows the DNS record that goes with it.

use std::path::PathBuf;

use super::new::write_new;
use super::newsletter_choice::{newsletter, newsletters};
use super::{Context, Exit, Failure};
use crate::config::{Config, Dkim};
use crate::message::dkim::{DnsRecord, Signer, generate_ed25519_pem, generate_rsa_pem};
use crate::wiring;

/// Make and show the keys that sign mail (DKIM).
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto dkim new                    a key for the only newsletter
  coranto dkim new --selector s2027   beside one that is in use
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    Rsa,
    Ed25519,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let config = context.config()?;
    match args.command {
        Command::New(args) => new(args, &config, context),
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
