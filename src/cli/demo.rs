//! `coranto demo`: the whole way with nothing set up. A newsletter in ./coranto-demo, a sink in place of a relay,
//! made-up readers of whom some bounce, defer or leave, and the sample issue sent to all of them. Nothing of it is
//! mocked: configuration, ledger, scheduler, engine and web are the ones that `serve` runs; only the sink is ours.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::serve::{self, Role};
use super::text::count;
use super::{Context, Exit, Failure, preview};
use crate::accounts::{self, NewAccount};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::account::MemberRole;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::newsletter::Newsletter;
use crate::domain::{IssueId, NewsletterId};
use crate::images::ImageCache;
use crate::message::dkim;
use crate::publishing::{IssueFolder, Publisher, QueueOptions, Renderer, Started, When, start_due};
use crate::signup::{self, ActionContext, NewReader};
use crate::smtp::{Sink, SinkHandle, SinkOptions};
use crate::store::ledger::{self, Totals};
use crate::store::lock::EngineLock;
use crate::store::{Db, newsletters, subscriptions};
use crate::supervise::Supervisor;
use crate::token::Keyring;

/// The folder that the demo makes, and makes anew.
const FOLDER: &str = "coranto-demo";
/// Stands in the folder, so that a folder of somebody's own is never taken for a demo's.
const MARK: &str = ".coranto-demo";
const SLUG: &str = "demo";
const ISSUE: (&str, &str) = (
    "2026-11-20-the-calendar-is-not-an-agreement.md",
    include_str!("../../issues/2026-11-20-the-calendar-is-not-an-agreement.md"),
);
const ABOUT: &str = "\
**The Demo Week** is a made-up newsletter with made-up readers. Every Friday it has one long essay on a negotiation, a
river or a harbour. It is written by nobody, and it is free.
";
const SHORT_ISSUES: [(&str, &str); 2] = [
    ("2026-11-13-a-short-week.md", include_str!("../../issues/2026-11-13-a-short-week.md")),
    ("2026-11-06-the-harbour-master.md", include_str!("../../issues/2026-11-06-the-harbour-master.md")),
];
/// The port of `public_url` where nothing is set.
const PORT: u16 = 8080;
/// The ports of `coranto sink` and `coranto preview`.
const SINK_PORT: u16 = 2525;
const PREVIEW_PORT: u16 = 8026;
/// The demo ends sooner than anyone loses patience, or says that it failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// See it work: a newsletter in ./coranto-demo, with nothing set up.
///
/// It runs until Ctrl-C. The next demo replaces the folder; on a terminal it asks first.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto demo
  coranto demo --once --readers 5000")]
pub(super) struct Args {
    /// Exit when the issue is out, instead of showing the pages until Ctrl-C.
    #[arg(long)]
    once: bool,
    /// The number of made-up readers.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    readers: u32,
}

/// What became of the issue.
#[derive(Debug, serde::Serialize)]
struct Summary {
    readers: i64,
    accepted: i64,
    deferred: i64,
    failed: i64,
    skipped: i64,
    mails_in_sink: u64,
    seconds: f64,
    folder: PathBuf,
    public_url: String,
    /// The page that shows the email, while the demo runs.
    email_url: Option<String>,
    /// A one-time link to its desk, while the demo runs.
    desk_url: Option<String>,
}

/// What there is to see while it runs.
struct Shown {
    /// Where the page is that shows the email.
    email: SocketAddr,
    /// The link to the desk.
    desk: String,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(play(&args, context))?;
    Ok(Exit::Ok)
}

async fn play(args: &Args, context: &Context) -> anyhow::Result<()> {
    let folder = PathBuf::from(FOLDER);
    clear(&folder, context)?;
    let sink = Sink::start(SinkOptions {
        listen: free_port(SINK_PORT)?,
        dir: Some(folder.join("mail")),
        journal: Some(folder.join("journal.jsonl")),
        ..SinkOptions::default()
    })
    .await?;
    let listen = free_port(PORT)?;
    let mut config = write_files(&folder, listen, sink.addr())?;
    let _lock = EngineLock::acquire(config.database.as_str())?;
    let db = serve::open(&config, context.now()).await?;
    db.write(async |tx| newsletters::register(tx, &mut config.newsletters, context.now()).await).await?;
    let newsletter = config.newsletter(SLUG).context("the demo's newsletter is missing")?;
    context.output.note(format!("a newsletter in {FOLDER}/, with {} made-up readers", count(args.readers.into(), "")));
    make_up(&db, &config, newsletter.id, args.readers, context).await?;
    let issue = start_issue(&db, &config, newsletter, context).await?;
    some_leave(&db, newsletter.id, args.readers, &context.clock).await?;

    let begun = Instant::now();
    let supervisor =
        serve::start(&config, &db, &context.clock, &[Role::Web, Role::Schedule, Role::Deliver], None, None).await?;
    let totals = watch(&db, issue, context).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let pages = free_port(PREVIEW_PORT)?;
    let shown = match args.once {
        true => None,
        false => Some(Shown { email: pages, desk: desk_link(&db, &config, newsletter.id, context).await? }),
    };
    tell(context, &config, &sink, &totals, seconds, shown)?;
    if args.once {
        supervisor.stop_token().cancel();
        supervisor.run().await?;
    } else {
        show(&config, &folder, pages.port(), context, supervisor).await?;
    }
    sink.stop().await;
    db.close().await;
    Ok(())
}

/// Serves until a person ends it: the public pages, and beside them the page that shows the email.
async fn show(
    config: &Config,
    folder: &Path,
    port: u16,
    context: &Context,
    supervisor: Supervisor,
) -> anyhow::Result<()> {
    let file = folder.join("issues").join(ISSUE.0);
    let silent = Context { output: context.output.silenced(), ..context.clone() };
    let mut served = std::pin::pin!(supervisor.run());
    tokio::select! {
        ended = &mut served => ended?,
        shown = preview::show_on(port, &file, config, &silent) => {
            shown?;
            served.await?;
        }
    }
    Ok(())
}

/// Makes the folder anew. One that a demo did not make is left alone.
fn clear(folder: &Path, context: &Context) -> anyhow::Result<()> {
    if folder.exists() {
        if !folder.join(MARK).exists() {
            let text = format!("{} is there already, and no demo made it", folder.display());
            return Err(Failure::new(text).hint("run the demo in another folder").into());
        }
        let question = format!("{}/ is from an earlier demo. Replace it, with everything in it?", folder.display());
        if !context.may_ask || context.yes {
            context.output.note(format!("{}/ is from an earlier demo and is replaced", folder.display()));
        } else if !context.confirm(&question)? {
            return Err(Failure::new("nothing was changed").hint("run the demo in another folder").into());
        }
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    for part in ["issues", "mail"] {
        crate::private::folder(&folder.join(part)).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    std::fs::write(folder.join(MARK), "made by `coranto demo`, which removes this folder when it runs again\n")?;
    Ok(())
}

/// The usual port, or any that is free when another program has that.
fn free_port(usual: u16) -> anyhow::Result<SocketAddr> {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, usual));
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = std::net::TcpListener::bind(usual).or_else(|_| std::net::TcpListener::bind(any))?;
    Ok(listener.local_addr()?)
}

/// Writes what an operator would have written, and reads it as `serve` does.
fn write_files(folder: &Path, listen: SocketAddr, relay: SocketAddr) -> anyhow::Result<Config> {
    let key = dkim::generate_rsa_pem()?;
    super::new::write_new(&folder.join("secret.key"), &Keyring::generate(), true)?;
    super::new::write_new(&folder.join("dkim.key"), key.expose(), true)?;
    std::fs::write(folder.join("about.md"), ABOUT)?;
    for (name, text) in SHORT_ISSUES.iter().chain([&ISSUE]) {
        std::fs::write(folder.join("issues").join(name), text)?;
    }
    let text = format!(
        r#"# Written by `coranto demo`. Its relay is a sink on this machine: no email leaves it.
# To serve it again, run these two, each in a terminal of its own:
#   coranto sink --listen {host}:{port} --dir {FOLDER}/mail
#   coranto --config {FOLDER}/{file} serve
public_url = "http://{listen}"
database = "sqlite://coranto.db"
secret_key_file = "secret.key"

[server]
listen = "{listen}"

[newsletters.{SLUG}]
name = "The Demo Week"
description = "One essay a week on how things are agreed, and how they are not."
about = "about.md"
from = "The Demo Week <week@news.example.org>"
postal_address = "1 Example Street, 10000 Example"
language = "en"
time_zone = "Europe/Prague"
slot = "Fri 09:00"
issues = "issues"

[newsletters.{SLUG}.dkim]
domain = "news.example.org"
selector = "demo"
key_file = "dkim.key"

[[relays]]
name = "sink"
host = "{host}"
port = {port}
tls = "none"
connections = 10
"#,
        file = crate::config::FILE,
        host = relay.ip(),
        port = relay.port(),
    );
    let path = folder.join(crate::config::FILE);
    std::fs::write(&path, &text)?;
    Ok(Config::load(&path, &[])?)
}

/// The sink answers by the local part: of each hundred readers four have no mailbox any more, two a full one, two a
/// server that is busy, and one a server that wants to be asked three times.
fn reader(number: u32) -> (String, &'static str) {
    const NAMES: [&str; 8] = ["Ada", "Bohdan", "Chiara", "Dawit", "Elif", "Farid", "Grace", "Hana"];
    let prefix = match number % 100 {
        10 | 35 | 60 | 85 => "permfail-",
        20 | 70 => "full-",
        30 | 80 => "tempfail-",
        90 => "defer2-",
        _ => "",
    };
    (format!("{prefix}reader{number}@example.net"), NAMES[number as usize % NAMES.len()])
}

async fn make_up(
    db: &Db,
    config: &Config,
    newsletter: NewsletterId,
    readers: u32,
    context: &Context,
) -> anyhow::Result<()> {
    let mut progress = context.output.progress("readers", Some(readers.into()));
    for number in 0..readers {
        let (email, name) = reader(number);
        let reader = NewReader { email: email.parse()?, name: Some(name.to_owned()), language: None };
        signup::add(db, &config.keys, newsletter, &reader, &act(&context.clock)).await?;
        progress.set(u64::from(number) + 1);
    }
    Ok(())
}

fn actor() -> Actor {
    Actor::Command("demo".to_owned())
}

fn act(clock: &Clock) -> ActionContext {
    ActionContext { actor: actor(), source: "demo".to_owned(), wording: "", client: None, now: clock.now() }
}

/// The way to the demo's desk, for somebody who may do everything there.
async fn desk_link(db: &Db, config: &Config, newsletter: NewsletterId, context: &Context) -> anyhow::Result<String> {
    let new = NewAccount {
        email: "demo@demo.example".parse()?,
        name: "Demo".to_owned(),
        operator: true,
        roles: vec![(newsletter, MemberRole::Owner)],
    };
    let link = accounts::add(db, &config.keys, &new, actor().at(context.now())).await?;
    Ok(link.url(&crate::wiring::public_url(config)))
}

/// Queues the sample issue for now and freezes its audience, as the scheduler does.
async fn start_issue(db: &Db, config: &Config, newsletter: &Newsletter, context: &Context) -> anyhow::Result<IssueId> {
    let templates = crate::wiring::templates(config)?;
    let public_url = crate::wiring::public_url(config);
    let gallery = ImageCache::default();
    let renderer = Renderer { newsletter, public_url: &public_url, templates: &templates, gallery: &gallery };
    let source = IssueFolder::of(newsletter).read(&newsletter.issues.join(ISSUE.0))?;
    let publisher = Publisher { renderer, db, actor: &actor(), now: context.now() };
    let queued = publisher.queue(&source, When::Now, QueueOptions { dry_run: false, again: true }).await?;
    for started in start_due(db, std::slice::from_ref(newsletter), publisher.now).await? {
        if let Started::Sending { readers, .. } = started {
            let number = count(readers, "reader");
            context.output.note(format!("\u{201c}{}\u{201d} goes out to {number}", queued.issue.title));
        }
    }
    Ok(queued.issue.id)
}

/// One reader of each hundred leaves after the audience was frozen and before their turn: they get nothing.
async fn some_leave(db: &Db, newsletter: NewsletterId, readers: u32, clock: &Clock) -> anyhow::Result<()> {
    for number in (0..readers).filter(|number| number % 100 == 50) {
        let email: EmailAddress = reader(number).0.parse()?;
        let found = subscriptions::find(&mut db.read().await?, newsletter, &email.key()).await?;
        if let Some(subscription) = found {
            signup::leave(db, subscription.id, &act(clock)).await?;
        }
    }
    Ok(())
}

/// Follows the issue until nothing more happens but by waiting.
async fn watch(db: &Db, issue: IssueId, context: &Context) -> anyhow::Result<Totals> {
    let begun = Instant::now();
    let mut progress = None;
    loop {
        let totals = ledger::totals(&mut db.read().await?, issue).await?;
        let total = u64::try_from(totals.readers).unwrap_or(0);
        let waiting = totals.pending + totals.claimed + totals.in_flight;
        let bar = progress.get_or_insert_with(|| context.output.progress("emails", Some(total)));
        bar.set(total.saturating_sub(u64::try_from(waiting).unwrap_or(0)));
        if waiting == 0 {
            return Ok(totals);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Failure::new(format!("the demo did not end: {totals:?}")).into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn tell(
    context: &Context,
    config: &Config,
    sink: &SinkHandle,
    totals: &Totals,
    seconds: f64,
    shown: Option<Shown>,
) -> anyhow::Result<()> {
    let (email, desk) = shown.map(|shown| (shown.email, shown.desk)).unzip();
    let summary = Summary {
        readers: totals.readers,
        accepted: totals.sent,
        deferred: totals.deferred,
        failed: totals.failed,
        skipped: totals.skipped,
        mails_in_sink: sink.stats().accepted,
        seconds,
        folder: PathBuf::from(FOLDER),
        public_url: crate::wiring::public_url(config),
        email_url: email.map(|pages| format!("http://{pages}/")),
        desk_url: desk,
    };
    let told = summary.accepted + summary.deferred + summary.failed + summary.skipped;
    let in_sink = i64::try_from(summary.mails_in_sink).unwrap_or(i64::MAX);
    if told != summary.readers || in_sink != summary.accepted {
        return Err(Failure::new(format!("the ledger does not add up: {summary:?}")).into());
    }
    let output = &context.output;
    if output.is_json() {
        return output.json(&summary);
    }
    let rows = [
        ("accepted", summary.accepted, "taken by the relay"),
        ("deferred", summary.deferred, "full or busy; tried again later"),
        ("failed", summary.failed, "no such mailbox"),
        ("skipped", summary.skipped, "unsubscribed before their turn"),
        ("readers", summary.readers, "the sum"),
    ];
    for (what, number, meaning) in rows {
        output.line(format!("{what:>10} {:>8}   {meaning}", count(number.unsigned_abs(), "")))?;
    }
    let rate = format!("{:.0}", summary.readers as f64 / seconds.max(0.001));
    let rate = rate.parse().map_or(rate, |whole| count(whole, ""));
    output.line(format!("\nin {seconds:.1} s, {rate} a second, each signed (DKIM) and in the ledger"))?;
    output.line(look_at(&summary))
}

/// What there is to see, the best first.
fn look_at(summary: &Summary) -> String {
    let mut seen = Vec::new();
    if let Some(email) = &summary.email_url {
        seen.push((email.clone(), "the email: light, dark, on a phone, as text"));
        seen.push((format!("{}/", summary.public_url), "sign up; the email lands in the folder below"));
        seen.push((format!("{}/{SLUG}", summary.public_url), "the archive"));
    }
    if let Some(desk) = &summary.desk_url {
        seen.push((desk.clone(), "the desk: choose a password; the link works once"));
    }
    seen.push((format!("{FOLDER}/mail/"), "every email as it arrived (.eml)"));
    seen.push((format!("{FOLDER}/issues/"), "the Markdown it was made from"));
    let width = seen.iter().map(|(what, _)| what.len()).max().unwrap_or(0);
    let mut text = "\nLook at\n".to_owned();
    for (what, meaning) in &seen {
        text.push_str(&format!("  {what:width$}  {meaning}\n"));
    }
    let file = crate::config::FILE;
    text.push_str(&format!("  coranto --config {FOLDER}/{file} report\n  coranto --config {FOLDER}/{file} status"));
    if summary.email_url.is_some() {
        text.push_str("\n\nIt runs until Ctrl-C.");
    }
    text
}
