//! `coranto report`: what became of an issue's emails, what came back, who complained and who unsubscribed.

use std::time::Duration;

use super::issues::state_in_words;
use super::output::TextStyle;
use super::table::Table;
use super::text::{count, printable};
use super::when::when;
use super::{Context, Exit, Failure, newsletter_choice};
use crate::config::Config;
use crate::domain::newsletter::Newsletter;
use crate::inbound::issue_report::{self, DestinationLine, IssueReport, IssueSummary, ReturnCounts, SpanLine, share};
use crate::store::issues::{self, Issue};
use crate::store::{Db, ledger, newsletters};

/// Issues in the list.
const LISTED: usize = 12;
/// Destinations that a person reads; `--json` has all.
const DESTINATIONS: usize = 12;
/// The widest line that reads well in a terminal, in columns.
const COLUMNS: usize = 100;
/// Spans of time that a person reads, and the longest bar.
const SPANS: usize = 12;
const BAR: i64 = 20;
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// Show what became of an issue: accepted, refused, came back, complaints, unsubscribed.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto report                                    the last twelve issues, a line each
  coranto report the-calendar-is-not-an-agreement
  coranto report the-calendar-is-not-an-agreement --json")]
pub(super) struct Args {
    /// The issue; without it the last twelve are listed.
    #[arg(value_name = "SLUG")]
    issue: Option<String>,
    /// Follow it every second until every reader was tried once.
    #[arg(long, requires = "issue")]
    watch: bool,
    /// Only of this newsletter.
    #[arg(long, value_name = "SLUG")]
    newsletter: Option<String>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut config = context.config()?;
    let named = args.newsletter.as_deref();
    if named.is_some() {
        newsletter_choice::newsletter(&config, named)?;
    }
    context.block_on(async {
        let db = context.open_existing_to_look(&config).await?;
        newsletters::identify(&mut db.read().await?, &mut config.newsletters).await?;
        let result = match args.issue.as_deref() {
            Some(slug) if args.watch => watch(&db, &config, named, slug, context).await,
            Some(slug) => one(&db, &config, named, slug, context).await,
            None => list(&db, &config, named, context).await,
        };
        db.close().await;
        result
    })
}

/// The issue that was named, if it has gone out at all.
async fn find<'a>(
    db: &Db,
    config: &'a Config,
    named: Option<&str>,
    slug: &str,
) -> anyhow::Result<(&'a Newsletter, Issue)> {
    let (newsletter, issue) = newsletter_choice::of_slug(&mut db.read().await?, config, named, slug).await?;
    if issue.started_at.is_none() {
        let text = format!("\u{201c}{}\u{201d} has not gone out", issue.title);
        return Err(Failure::new(text).hint("`coranto status` says when it does").into());
    }
    Ok((newsletter, issue))
}

async fn one(db: &Db, config: &Config, named: Option<&str>, slug: &str, context: &Context) -> anyhow::Result<Exit> {
    let (newsletter, issue) = find(db, config, named, slug).await?;
    let mut tx = db.read().await?;
    let report = issue_report::report(&mut tx, &newsletter.slug, &issue, context.now()).await?;
    let totals = ledger::totals(&mut tx, issue.id).await?;
    drop(tx);
    if context.output.is_json() {
        context.output.resource(&report)?;
    } else {
        show(&report, &state_in_words(&issue, &totals), newsletter, context)?;
    }
    Ok(Exit::Ok)
}

async fn watch(db: &Db, config: &Config, named: Option<&str>, slug: &str, context: &Context) -> anyhow::Result<Exit> {
    tokio::select! {
        ended = until_tried(db, config, named, slug, context) => ended?,
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            return Ok(Exit::Interrupted);
        }
    }
    one(db, config, named, slug, context).await
}

async fn until_tried(
    db: &Db,
    config: &Config,
    named: Option<&str>,
    slug: &str,
    context: &Context,
) -> anyhow::Result<()> {
    let output = &context.output;
    let (mut bar, mut told) = (None, None);
    loop {
        let (newsletter, issue) = find(db, config, named, slug).await?;
        let totals = ledger::totals(&mut db.read().await?, issue.id).await?;
        if totals.open() == 0 || totals.first_pass_ended_at.is_some() {
            return Ok(());
        }
        if output.is_json() && told != Some(totals) {
            let mut tx = db.read().await?;
            output.resource(&issue_report::summary(&mut tx, &newsletter.slug, &issue, context.now()).await?)?;
            told = Some(totals);
        }
        let (done, all) = ((totals.readers - totals.open()).unsigned_abs(), totals.readers.unsigned_abs());
        let bar = bar.get_or_insert_with(|| output.progress(&issue.title, Some(all)));
        bar.set(done);
        tokio::time::sleep(WATCH_EVERY).await;
    }
}

async fn list(db: &Db, config: &Config, named: Option<&str>, context: &Context) -> anyhow::Result<Exit> {
    let (output, now) = (&context.output, context.now());
    let mut table = Table::new(&[
        "ISSUE", "SENT", ">READERS", ">ACCEPTED", ">REFUSED", ">CAME BACK", ">COMPLAINTS", ">UNSUBSCRIBED",
    ]);
    for newsletter in newsletter_choice::newsletters(config, named)? {
        let mut tx = db.read().await?;
        for issue in issues::begun(&mut tx, newsletter.id, LISTED as i64).await? {
            let line = issue_report::summary(&mut tx, &newsletter.slug, &issue, now).await?;
            if output.is_json() {
                output.resource(&line)?;
                continue;
            }
            table.row([
                line.issue.clone(),
                line.started_at.map(|at| when(at, newsletter)).unwrap_or_default(),
                number(line.audience),
                number(line.accepted),
                number(line.refused),
                came_back(&line),
                number(line.complaints.count),
                line.unsubscribed.as_ref().map_or("-".to_owned(), |them| number(them.count)),
            ]);
        }
    }
    match (output.is_json(), table.is_empty()) {
        (true, _) => {}
        (false, true) => output.note("No issue has gone out yet: `coranto status` shows when the next one does."),
        (false, false) => output.table(&table)?,
    }
    Ok(Exit::Ok)
}

fn number(of: i64) -> String {
    count(of.unsigned_abs(), "")
}

/// `61 (0.49 %)`.
pub(super) fn came_back(line: &IssueSummary) -> String {
    let back = line.returned.count;
    match share(back, line.accepted) {
        Some(rate) if back > 0 => format!("{} ({rate} %)", number(back)),
        _ => number(back),
    }
}

/// Numbers with their words after `first`; those that are nothing are left out.
fn named(first: String, parts: &[(&str, i64)]) -> String {
    let shown = parts.iter().filter(|(_, of)| *of > 0).map(|(word, of)| format!("{word} {}", number(*of)));
    wrapped(std::iter::once(first).chain(shown), "   ")
}

/// Parts on as few lines as hold each of them whole, the later ones indented.
fn wrapped(parts: impl Iterator<Item = String>, between: &str) -> String {
    let (mut text, mut columns) = (String::new(), 0);
    for part in parts {
        let width = part.chars().count();
        if columns == 0 {
            text = format!("  {part}");
            columns = width + 2;
        } else if columns + between.len() + width <= COLUMNS {
            text.push_str(&format!("{between}{part}"));
            columns += between.len() + width;
        } else {
            text.push_str(&format!("{}\n    {part}", between.trim_end()));
            columns = width + 4;
        }
    }
    text
}

fn show(report: &IssueReport, state: &str, newsletter: &Newsletter, context: &Context) -> anyhow::Result<()> {
    let (output, line) = (&context.output, &report.summary);
    let at = line.started_at.map(|at| when(at, newsletter)).unwrap_or_default();
    output.line(format!("{}   {state}, {at}", output.toned(TextStyle::Strong, &printable(&line.title))))?;
    output.line(format!(
        "  readers {}   accepted {}   refused {}   uncertain {}   skipped {}{}",
        number(line.audience),
        number(line.accepted),
        number(line.refused),
        number(line.uncertain),
        number(line.skipped),
        if line.open > 0 { format!("   open {}", number(line.open)) } else { String::new() },
    ))?;
    output.line(causes(format!("came back {}", came_back(line)), &line.returned))?;
    output.line(format!("  {}", complaints(line)))?;
    let ways = line.unsubscribed.as_ref().map_or("  unsubscribed: no longer known".to_owned(), |them| {
        let ways = [
            ("one click", them.one_click),
            ("button", them.button),
            ("email", them.mail),
            ("complaint", them.complaint),
            ("provider", them.provider),
            ("operator", them.other),
        ];
        named(format!("unsubscribed {}", number(them.count)), &ways)
    });
    output.line(ways)?;
    output.line(format!(
        "  automatic replies {}   challenges {}",
        number(line.automatic_replies),
        number(line.challenges)
    ))?;
    output.line(settled(line, newsletter))?;
    if report.folded > 0 {
        let text = format!(
            "{} only counted by now: destinations are no longer known",
            count(report.folded.unsigned_abs(), "email")
        );
        output.line(format!("  {text}"))?;
    } else {
        // A table without the emails that were accepted would look as if nothing had gone out.
        destinations(&report.by_destination, context)?;
    }
    troubles(&report.by_destination, context)?;
    over_time(&report.over_time, newsletter, context)
}

fn causes(first: String, returned: &ReturnCounts) -> String {
    let causes = [
        ("dead", returned.dead),
        ("full", returned.full),
        ("disabled", returned.disabled),
        ("filtered", returned.filtered),
        ("unreachable", returned.unreachable),
        ("our fault", returned.ours),
        ("unknown", returned.unknown),
    ];
    named(first, &causes)
}

fn complaints(line: &IssueSummary) -> String {
    let of = &line.complaints;
    let base = match (of.base, of.rate) {
        (Some(base), Some(rate)) => format!(" ({rate} % of {} at providers that report; Gmail does not)", number(base)),
        (Some(_), None) => " (no email went to a provider that reports them)".to_owned(),
        _ => String::new(),
    };
    format!("complaints {}{base}", number(of.count))
}

fn settled(line: &IssueSummary, newsletter: &Newsletter) -> String {
    let them = &line.settled;
    let see = if them.held > 0 { " (see `coranto bounces held`)" } else { "" };
    let done = format!(
        "settled: {} suppressed, {} counted, {} held{see}",
        number(them.suppressed),
        number(them.counted),
        number(them.held)
    );
    let waiting = them.waiting_until.filter(|_| them.waiting > 0).map(|at| {
        let verb = if them.waiting == 1 { "waits" } else { "wait" };
        format!("{} {verb} until {}", number(them.waiting), when(at, newsletter))
    });
    wrapped(std::iter::once(done).chain(waiting), "; ")
}

fn destinations(lines: &[DestinationLine], context: &Context) -> anyhow::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(&["DESTINATION", ">ACCEPTED", ">REFUSED", ">DEAD", ">FULL", ">OURS", ">COMPLAINTS"]);
    for line in lines.iter().take(DESTINATIONS) {
        let complaints = line.reports_complaints || line.complaints > 0;
        table.row([
            if line.destination.is_empty() { "erased".to_owned() } else { line.destination.clone() },
            number(line.accepted),
            number(line.refused),
            number(line.returned.dead),
            number(line.returned.full),
            number(line.returned.ours),
            if complaints { number(line.complaints) } else { "-".to_owned() },
        ]);
    }
    context.output.line("")?;
    context.output.table(&table)?;
    if let Some(more) = lines.len().checked_sub(DESTINATIONS).filter(|more| *more > 0) {
        context.output.line(format!("{}: --json lists all", count(more as u64, "more destination")))?;
    }
    Ok(())
}

/// What needs a person, also where the table is left out.
fn troubles(lines: &[DestinationLine], context: &Context) -> anyhow::Result<()> {
    for line in lines {
        if let Some(trouble) = &line.trouble {
            let text = format!(
                "! {}: {} because of us ({}): {:?}: run `coranto doctor`",
                line.destination,
                count(trouble.count.unsigned_abs(), "email"),
                trouble.cause,
                printable(&trouble.diagnostic)
            );
            context.output.line(context.output.toned(TextStyle::Warn, &text))?;
        }
    }
    Ok(())
}

fn over_time(lines: &[SpanLine], newsletter: &Newsletter, context: &Context) -> anyhow::Result<()> {
    let most = lines.iter().map(|line| line.returned).max().unwrap_or_default();
    if most == 0 {
        return Ok(());
    }
    context.output.line("\nCame back, from when on")?;
    let shown: Vec<_> = lines.iter().filter(|line| line.returned > 0).collect();
    for line in shown.iter().take(SPANS) {
        let length = usize::try_from((line.returned * BAR).div_euclid(most).max(1)).unwrap_or(1);
        let bar = "#".repeat(length);
        context.output.line(format!("  {}  {bar} {}", when(line.from, newsletter), number(line.returned)))?;
    }
    let later: i64 = shown.iter().skip(SPANS).map(|line| line.returned).sum();
    if later > 0 {
        context.output.line(format!("  later  {}", number(later)))?;
    }
    Ok(())
}
