//! `coranto init`: a newsletter of one's own, from a few answers. Overwrites nothing.

mod system;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::new::{slug, write_new};
use super::{Context, Exit, Failure};
use crate::clock::Timestamp;
use crate::config::{self, Config};
use crate::domain::newsletter::url_base;
use crate::domain::slot::Slot;
use crate::private;
use crate::token::Keyring;

/// Set up a newsletter: configuration, key, first issue.
///
/// It writes coranto.toml, secret.key, a first issue and an empty folder for templates. On a terminal it asks for what no
/// flag says.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto init
  coranto init news --name \"The Week\" --from week@example.com --address \"1 Example Street, Example\"
  coranto init --name \"The Week\" --from \"The Week <week@example.com>\" --address \"1 Example Street\" \\
      --time-zone Europe/Prague --slot \"Fri 09:00\" --public-url https://news.example.com
  sudo coranto init --system")]
pub(super) struct Args {
    /// The folder, which is made when it is missing.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The newsletter's name.
    #[arg(long)]
    name: Option<String>,
    /// The sender: `Name <address>`, or an address alone.
    #[arg(long)]
    from: Option<String>,
    /// A postal address for the foot of every issue; several countries require one by law.
    #[arg(long)]
    address: Option<String>,
    /// The time zone of its slots [default: this machine's].
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// When issues go out each week [default: Fri 09:00].
    #[arg(long, value_name = "DAY TIME")]
    slot: Option<String>,
    /// The address at which readers reach this server [default: http://127.0.0.1:8080].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The newsletter's short name in links [default: made from its name].
    #[arg(long)]
    slug: Option<String>,
    /// Set up the service of this machine: settings in /etc/coranto, data in /var/lib/coranto. As root.
    #[arg(long, conflicts_with = "dir")]
    system: bool,
    /// With --system: the folder that stands for `/`, such as the root of an image.
    #[arg(long, requires = "system", hide = true, default_value = "/")]
    root: PathBuf,
}

/// What git leaves out: secrets, the database, emails with readers' links, lists of readers.
const IGNORED: &str = "secret.key\n*.password\n*.pem\ncoranto.db*\nmails/\n*.csv\n";
const SLOT: &str = "Fri 09:00";
const PUBLIC_URL: &str = "http://127.0.0.1:8080";

/// What goes into the file, each as the text that was typed and understood.
struct Answers {
    name: String,
    from: String,
    address: String,
    time_zone: String,
    slot: String,
    public_url: String,
    slug: String,
}

/// Where the file says that everything is.
struct Places {
    database: String,
    key: String,
    issues: String,
    /// None for the usual one beside the file.
    state: Option<String>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.system {
        return system::run(args, context);
    }
    let dir = if args.dir == Path::new(".") { PathBuf::new() } else { args.dir.clone() };
    let file = dir.join(config::FILE);
    let key = dir.join("secret.key");
    for path in [&file, &key] {
        if path.exists() {
            return Err(Failure::new(format!("{} exists already", path.display()))
                .hint("nothing was changed; choose another folder, or move it away")
                .into());
        }
    }
    let answers = answers(args, context)?;
    let issue = dir.join("issues").join(format!("{}-first-things.md", first_date(&answers, context.now())?));
    let places = Places {
        database: "sqlite://coranto.db".to_owned(),
        key: "secret.key".to_owned(),
        issues: "issues".to_owned(),
        state: None,
    };
    let text = toml(&answers, &places);
    try_out(&text, &places, &dir)?;

    for folder in [dir.clone(), dir.join("issues"), dir.join("templates")] {
        private::folder(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    write_new(&key, &Keyring::generate(), true)?;
    // A relay's password may come to stand in it.
    write_new(&file, &text, true)?;
    let mut written = vec![file, key];
    if is_without_issues(&dir.join("issues"))? {
        write_new(&issue, &first_issue(&answers.name), false)?;
        written.push(issue);
    }
    let ignore = dir.join(".gitignore");
    if !ignore.exists() {
        write_new(&ignore, IGNORED, false)?;
        written.push(ignore);
    }
    report(&written, &answers, &dir, context)
}

/// Tried before anything is written, so that a mistake leaves no half of an installation behind.
fn try_out(text: &str, places: &Places, dir: &Path) -> anyhow::Result<()> {
    let named = format!("secret_key_file = {}", quoted(&places.key));
    let probe = text.replace(&named, &format!("secret_key = {}", quoted(&Keyring::generate())));
    Config::parse(&probe, config::FILE, dir, &[])?;
    Ok(())
}

/// What was written, what to type next, and where readers will find the newsletter.
fn report(written: &[PathBuf], answers: &Answers, dir: &Path, context: &Context) -> anyhow::Result<Exit> {
    let output = &context.output;
    let (site, slug) = (url_base(&answers.public_url), &answers.slug);
    let (front, sign_up, link) = ("", format!("{slug}/subscribe"), format!("{slug}/link"));
    let (desk, width) = ("admin", sign_up.len());
    if output.is_json() {
        let page = |path: &str| format!("{site}/{path}");
        let pages = serde_json::json!({
            "front": page(front), "archive": page(slug), "sign_up": page(&sign_up), "preferences": page(&link),
        });
        output.json(&serde_json::json!({ "written": written, "slug": slug, "pages": pages }))?;
    } else {
        for path in written {
            output.line(path.display())?;
        }
    }
    output.note("\nNext:");
    if dir != Path::new("") {
        output.note(format!("  cd {}", dir.display()));
    }
    // Commands run in the new folder.
    let issue = written.iter().find(|path| path.extension().is_some_and(|kind| kind == "md"));
    let issue = issue.map_or("FILE".into(), |path| path.strip_prefix(dir).unwrap_or(path).to_string_lossy());
    output.note(format!(
        "  coranto subscribers add YOUR-ADDRESS  you are the first reader\n  \
         coranto sink --dir mails              in another terminal: a relay to try with\n  \
         coranto test {issue} --to YOUR-ADDRESS\n  \
         coranto serve                         the pages, the schedule and delivery\n  \
         coranto users add YOUR-ADDRESS --role owner --operator\n\n\
         While `coranto serve` runs:\n  \
         {site}/{front:width$}  front page\n  \
         {site}/{slug:width$}  archive\n  \
         {site}/{sign_up:width$}  sign-up page\n  \
         {site}/{link:width$}  preferences, by email\n  \
         {site}/{desk:width$}  the desk: you sign in\n\n\
         `coranto doctor` says what is left to set up, such as your relay."
    ));
    Ok(Exit::Ok)
}

fn answers(args: Args, context: &Context) -> anyhow::Result<Answers> {
    let zone = jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
    if !context.may_ask {
        let missing: Vec<_> = [("--name", &args.name), ("--from", &args.from), ("--address", &args.address)]
            .into_iter()
            .filter(|(_, value)| value.is_none())
            .map(|(flag, _)| flag)
            .collect();
        if !missing.is_empty() {
            return Err(Failure::usage(format!("{} must be given", missing.join(", ")))
                .hint("on a terminal, `coranto init` asks instead")
                .into());
        }
    }
    let take = |given: Option<String>, question: &str, default: Option<&str>, parse: Parse| match (given, default) {
        (Some(text), _) => parse(&text).map(|()| text).map_err(|(why, hint)| refuse(question, why, hint)),
        (None, _) if context.may_ask => context.ask(question, default, |text| parse(text).map(|()| text.to_owned())),
        (None, default) => Ok(default.unwrap_or_default().to_owned()),
    };
    let name = take(args.name, "Name of the newsletter", None, is_line)?;
    let from = take(args.from, "Sender (Name <address>, or an address)", None, is_mailbox)?;
    let address = take(args.address, "Postal address, for the foot of every issue", None, is_line)?;
    let time_zone = take(args.time_zone, "Time zone", Some(&zone), is_zone)?;
    let slot = take(args.slot, "When issues go out each week", Some(SLOT), is_slot)?;
    let public_url = take(args.public_url, "The address at which readers reach this server", Some(PUBLIC_URL), is_url)?;
    // A newsletter's slug stands in keys of the configuration and is ASCII; an issue's need not be.
    let made = slug(&name).chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>();
    let made = made.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let slug = args.slug.unwrap_or_else(|| if made.is_empty() { "news".into() } else { made });
    Ok(Answers { name, from, address, time_zone, slot, public_url, slug })
}

type Parse = fn(&str) -> Result<(), (String, Option<String>)>;

fn refuse(question: &str, why: String, hint: Option<String>) -> anyhow::Error {
    let failure = Failure::usage(format!("{question}: {why}"));
    match hint {
        Some(hint) => failure.hint(hint).into(),
        None => failure.into(),
    }
}

fn is_line(text: &str) -> Result<(), (String, Option<String>)> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(("it is empty, or has a line end in it".into(), None));
    }
    Ok(())
}

fn is_mailbox(text: &str) -> Result<(), (String, Option<String>)> {
    config::sender(text).map(|_| ())
}

fn is_zone(text: &str) -> Result<(), (String, Option<String>)> {
    config::time_zone(text).map(|_| ())
}

fn is_url(text: &str) -> Result<(), (String, Option<String>)> {
    config::public_url(text).map(|_| ())
}

fn is_slot(text: &str) -> Result<(), (String, Option<String>)> {
    text.parse::<Slot>().map(|_| ()).map_err(|error| (error.to_string(), None))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn toml(answers: &Answers, places: &Places) -> String {
    let state = places.state.as_ref().map(|folder| format!("state = {}\n", quoted(folder))).unwrap_or_default();
    format!(
        r#"# The settings of this newsletter. `coranto config reference` describes every key,
# `coranto config check` says what is wrong with them.

public_url = {public_url}
database = {database}
secret_key_file = {key}      # signs links; keep it, and keep it secret

[server]
listen = "127.0.0.1:8080"
{state}
[newsletters.{slug}]
name = {name}
from = {from}
postal_address = {address}
language = "en"
time_zone = {time_zone}
slot = {slot}
issues = {issues}

# The mail server that takes the emails. This one is `coranto sink`, which delivers to nobody:
# replace it with your own. docs/relays.md has the lines of the usual providers.
[[relays]]
name = "sink"
host = "127.0.0.1"
port = 2525
tls = "none"

# [[relays]]
# name = "main"
# host = "smtp.example.com"
# port = 465
# tls = "implicit"
# username = "..."
# password_file = "relay.password"
"#,
        public_url = quoted(&answers.public_url),
        database = quoted(&places.database),
        key = quoted(&places.key),
        issues = quoted(&places.issues),
        slug = answers.slug,
        name = quoted(&answers.name),
        from = quoted(&answers.from),
        address = quoted(&answers.address),
        time_zone = quoted(&answers.time_zone),
        slot = quoted(&answers.slot),
    )
}

fn first_date(answers: &Answers, now: Timestamp) -> anyhow::Result<jiff::civil::Date> {
    let zone = config::time_zone(&answers.time_zone).map_err(|(why, hint)| refuse("Time zone", why, hint))?;
    let slot: Slot = answers.slot.parse()?;
    Ok(slot.next_after(&zone, now).to_jiff().to_zoned(zone).date())
}

fn is_without_issues(folder: &Path) -> anyhow::Result<bool> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    Ok(!entries.filter_map(Result::ok).any(|entry| entry.path().extension().is_some_and(|kind| kind == "md")))
}

fn first_issue(name: &str) -> String {
    // A JSON string is a YAML string.
    let title = serde_json::Value::from(format!("First things: {name}"));
    format!(
        "---\ntitle: {title}\nsummary: What this newsletter is about, and when the next one comes.\n\
         draft: true     # take this line out when it may be sent\n---\n\n\
         Hello {{{{ name | there }}}},\n\n\
         this is the first issue. It is **Markdown**: write paragraphs with an empty line between them, sub-heads with \
         `##`, links as [words](https://example.com).\n\n\
         ## What happens next\n\n\
         1. Change this text.\n2. Run `coranto check`, then `coranto test FILE --to YOUR-ADDRESS`.\n\
         3. Take the line `draft` out and run `coranto queue FILE`: it goes out on the next free slot.\n\n\
         Everybody can leave at any time: [unsubscribe]({{{{ unsubscribe_url }}}}).\n"
    )
}
