//! `coranto dkim`: makes the key that signs a newsletter's mail, and shows the DNS record that goes with it.

use std::path::PathBuf;

use super::new::write_new;
use super::whose::{newsletter, newsletters};
use super::{Context, Exit, Failure, wiring};
use crate::config::Config;
use crate::message::dkim::{DnsRecord, Signer, generate_ed25519_pem, generate_rsa_pem};

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
  coranto dkim new --selector s2027")]
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
    /// RSA is verified everywhere.
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
    if output.is_json() {
        output.json(&serde_json::json!({
            "newsletter": newsletter.slug, "file": file, "name": record.name, "value": record.value,
        }))?;
        return Ok(Exit::Ok);
    }
    output.note(format!("The key is in {}. Keep it secret.\n\n1. Put this record into the DNS:\n", file.display()));
    print(&record, context)?;
    output.note("\n2. When it can be seen (`coranto doctor` looks), put this into the configuration:\n");
    output.line(format!("[newsletters.{}.dkim]", newsletter.slug))?;
    for (key, value) in
        [("domain", domain.as_str()), ("selector", &args.selector), ("key_file", &key_file.display().to_string())]
    {
        output.line(format!("{key} = {}", toml::Value::from(value)))?;
    }
    Ok(Exit::Ok)
}

fn show(args: &Show, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let mut shown = false;
    for newsletter in newsletters(config, args.newsletter.as_deref())? {
        let Some(signer) = wiring::signer(config, &newsletter.slug)? else { continue };
        shown = true;
        let record = signer.dns_record()?;
        if context.output.is_json() {
            context.output.json(&serde_json::json!({
                "newsletter": newsletter.slug, "name": record.name, "value": record.value,
            }))?;
        } else {
            print(&record, context)?;
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

/// As a zone file has it.
fn print(record: &DnsRecord, context: &Context) -> anyhow::Result<()> {
    context.output.line(format!("{}. IN TXT {}", record.name, record.quoted()))
}
