//! `coranto status`: the next slot, what is going out now, the last result, how many readers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::issue_files::IssueFiles;
use super::issues::{is_past_first_pass, progress, shown_state, skipped_slot};
use super::limits::{self, Limit};
use super::output::TextStyle;
use super::text::count;
use super::when::{about, local, shared_zone, when};
use super::{Context, Exit, alarms};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::delivery::why_suspended;
use crate::domain::IssueId;
use crate::domain::alarm::AlarmName;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::domain::slot::offered;
use crate::inbound::issue_report::{self, LatestReturns};
use crate::publishing::settings;
use crate::publishing::standing as files;
use crate::publishing::{Problem, Renderer};
use crate::resources::{IssueResource, ListedIssue};
use crate::store::alarms::StandingAlarm;
use crate::store::backups::BackupRow;
use crate::store::issues::Issue;
use crate::store::ledger::Totals;
use crate::store::skips::SkippedSlot;
use crate::store::subscriptions::Counts;
use crate::store::suspensions::{self, Suspension};
use crate::store::{
    Db, alarms as store_alarms, backups, installation, issues, leases, ledger, newsletters, skips, subscriptions,
};
use crate::upkeep;

/// More issues on hold are counted, not listed: a new database beside old files holds them all.
const HELD_MAX: u64 = 10;
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// Show the next slot, what is going out, and the last result.
#[derive(Debug, clap::Args)]
#[command(before_help = "Examples:
  coranto status
  coranto status --watch      until every reader was tried once
  coranto status --json")]
pub(super) struct Args {
    /// Follow it every second until every reader was tried once.
    #[arg(long)]
    watch: bool,
}

/// One newsletter at one moment.
struct State<'a> {
    newsletter: &'a Newsletter,
    next_slot: Option<Timestamp>,
    /// Slots on which nothing goes out.
    skipped: Vec<SkippedSlot>,
    /// Everything that is not finished, and the last that is.
    issues: Vec<(Issue, Totals)>,
    /// How the file of each stands beside it.
    files: Vec<Option<files::QueuedFile>>,
    /// Files that ask to be queued, and cannot be.
    stuck: Vec<files::Stuck>,
    /// When the emails of an issue that wait are tried next.
    next: BTreeMap<IssueId, Timestamp>,
    readers: Counts,
    /// Limits per hour and day that are used up.
    limits: Vec<Limit>,
    /// What came back of the latest issue, where something did or is held.
    returns: Option<LatestReturns>,
}

pub(super) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut config = context.config()?;
    context.block_on(async {
        let db = context.open_existing_to_look(&config).await?;
        if let Err(trouble) = upkeep::look(&db, &config.keys, context.now()).await {
            context.output.warn(&trouble);
        }
        // Where it went, if it moved.
        if let Err(trouble) = upkeep::usable(&db).await {
            context.output.warn(&trouble);
            if let Some(hint) = trouble.hint() {
                context.output.note(format!("  hint: {hint}"));
            }
        }
        newsletters::identify(&mut db.read().await?, &mut config.newsletters).await?;
        let result = if args.watch { watch(&db, &config, context).await } else { once(&db, &config, context).await };
        db.close().await;
        result
    })
}

async fn once(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    let now = context.now();
    let shelf = IssueFiles::new(config, context)?;
    let serving = serving(db, now).await?;
    let outdated = settings::outdated(db, &config.newsletters, now).await?;
    let troubles = Troubles::look(db, config, now).await?;
    if !context.output.is_json() {
        troubles.show(config, context)?;
    }
    for newsletter in &config.newsletters {
        let standing = look(db, config, &shelf.renderer(newsletter), now).await?;
        let outdated = outdated.get(&newsletter.slug);
        if context.output.is_json() {
            let mut value = value(&standing, serving, &troubles);
            value["server_outdated"] = json!(outdated);
            context.output.json(&value)?;
        } else {
            print(&standing, now, context)?;
            if let Some(keys) = outdated {
                row(context, Some(TextStyle::Warn), "server", older(keys))?;
            }
        }
    }
    if !context.output.is_json() && !serving {
        context.output.note("\nNothing goes out while no `coranto serve` runs on this database.");
    }
    Ok(Exit::Ok)
}

/// That the running server has read an older configuration.
fn older(keys: &[String]) -> String {
    match keys {
        [] => "the running server does not know this newsletter: restart `coranto serve`".to_owned(),
        keys => format!("the running server has other settings ({}): restart `coranto serve`", keys.join(", ")),
    }
}

async fn watch(db: &Db, config: &Config, context: &Context) -> anyhow::Result<Exit> {
    tokio::select! {
        ended = until_sent(db, config, context) => ended?,
        // Heard all the time, also while the database is asked.
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            return Ok(Exit::Interrupted);
        }
    }
    once(db, config, context).await
}

async fn until_sent(db: &Db, config: &Config, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    let mut bar = None;
    let mut told = Vec::new();
    loop {
        let now = context.now();
        let serving = serving(db, now).await?;
        let mut open = Vec::new();
        for newsletter in &config.newsletters {
            for (issue, totals) in issues_of(db, newsletter).await? {
                let begins = serving && issue.state == IssueState::Queued && issue.due_at.is_some_and(|at| at <= now);
                if begins || is_in_first_pass(&issue, &totals) {
                    open.push((newsletter, issue, totals));
                }
            }
        }
        let sum = |of: fn(&Totals) -> i64| open.iter().map(|(.., totals)| of(totals)).sum::<i64>().unsigned_abs();
        let (done, total) = (sum(|totals| totals.readers - totals.open()), sum(|totals| totals.readers));
        let titles: Vec<_> = open.iter().map(|(_, issue, _)| format!("\u{201c}{}\u{201d}", issue.title)).collect();
        let values = open.iter().map(|(newsletter, issue, totals)| IssueResource::of(issue, totals, newsletter));
        let values = values.map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
        if output.is_json() && values != told {
            values.iter().try_for_each(|value| output.json(value))?;
        }
        if values.is_empty() {
            return Ok(());
        }
        told = values;
        if total > 0 {
            let bar = bar.get_or_insert_with(|| output.progress("", Some(total)));
            bar.is_of(&titles.join(", "), total);
            bar.set(done);
        }
        tokio::time::sleep(WATCH_EVERY).await;
    }
}

fn goes_out(state: IssueState) -> bool {
    matches!(state, IssueState::Preparing | IssueState::Sending)
}

/// Whether there are readers that an issue has not been tried for: what is retried after that may take days.
fn is_in_first_pass(issue: &Issue, totals: &Totals) -> bool {
    // With nothing open it is about to be sent, or its audience is being frozen.
    goes_out(issue.state) && (totals.open() == 0 || !is_past_first_pass(issue, totals))
}

/// What needs a person, and relays and mailboxes that are out of reach at the moment.
struct Troubles {
    alarms: Vec<StandingAlarm>,
    relays: Vec<StandingAlarm>,
    mailboxes: Vec<StandingAlarm>,
    /// Groups of mail that do not go for now.
    suspended: Vec<Suspension>,
    /// Since when everything is held, and why.
    held: Option<(Timestamp, String)>,
    /// The latest verified one.
    backup: Option<BackupRow>,
}

impl Troubles {
    async fn look(db: &Db, config: &Config, now: Timestamp) -> anyhow::Result<Self> {
        let all = store_alarms::all(&mut db.read().await?).await?;
        let is_ours = |one: &StandingAlarm| config.relays.iter().any(|relay| relay.name == one.scope);
        // A relay that is away is shown at once, and called an alarm later.
        let is_away =
            |one: &&StandingAlarm| one.name == AlarmName::RelayDown && one.cleared_at.is_none() && is_ours(one);
        let is_unread = |one: &&StandingAlarm| one.name == AlarmName::MailboxUnread && one.cleared_at.is_none();
        let mailboxes = all.iter().filter(is_unread).filter(|one| !one.stands(now)).cloned().collect();
        let relays = all.iter().filter(is_away).filter(|one| !one.stands(now)).cloned().collect();
        let mut alarms: Vec<_> = all.into_iter().filter(|one| one.stands(now)).collect();
        alarms.sort_by_key(|one| (one.severity, one.since));
        let suspended = suspensions::all(&mut db.read().await?).await?;
        let known = installation::get(&mut db.read().await?).await?;
        let held = known.and_then(|known| Some((known.held_at?, known.held_why.unwrap_or_default())));
        let backup = backups::last_verified(&mut db.read().await?).await?;
        Ok(Self { alarms, relays, mailboxes, suspended, held, backup })
    }

    fn show(&self, config: &Config, context: &Context) -> anyhow::Result<()> {
        let output = &context.output;
        let zone = shared_zone(config);
        if let Some((since, why)) = &self.held {
            output.line(format!(
                "{}  since {}: {why}",
                output.key(Some(TextStyle::Bad), "on hold"),
                local(*since, &zone)
            ))?;
            output.line(format!("{}  Nothing goes out until `coranto release`.", output.key(None, "")))?;
        }
        if let Some(backup) = &self.backup {
            let made = local(backup.taken_at, &zone);
            output.line(format!("{}  the last one is of {made}", output.key(None, "backup")))?;
        }
        // The hold is told of above.
        let others = self.alarms.iter().filter(|one| one.name != AlarmName::InstallationHeld);
        others.into_iter().try_for_each(|one| alarms::show(one, &zone, context))?;
        let key = |word| output.key(Some(TextStyle::Warn), word);
        let mailboxes = self.mailboxes.iter().map(|one| ("mailbox", one));
        for (word, one) in self.relays.iter().map(|one| ("relay", one)).chain(mailboxes) {
            let since = local(one.since, &zone);
            output.line(format!("{}  {}, since {since}", key(word), one.name.title(&one.scope)))?;
            output.line(format!("{}  {}", output.key(None, ""), one.note))?;
        }
        for one in &self.suspended {
            let next = match one.until {
                Some(at) => format!("one email asks again on {}", local(at, &zone)),
                None => "it waits for you: `coranto issues resume SLUG`".to_owned(),
            };
            let since = local(one.since, &zone);
            output.line(format!("{}  {}, since {since}; {next}", key("suspended"), why_suspended(one)))?;
        }
        let is_well = self.alarms.is_empty() && self.relays.is_empty() && self.mailboxes.is_empty();
        if !is_well || !self.suspended.is_empty() || self.held.is_some() {
            output.line("")?;
        }
        Ok(())
    }

    /// The suspended groups, for `--json`.
    fn suspended(&self) -> Vec<serde_json::Value> {
        let of = |one: &Suspension| {
            json!({
                "relay": one.relay,
                "destination": one.destination,
                "trouble": one.trouble,
                "cause": one.cause,
                "since": one.since,
                "until": one.until,
                "reply": one.reply,
            })
        };
        self.suspended.iter().map(of).collect()
    }

    /// Those that are about a newsletter, or about the installation as a whole.
    fn of(&self, slug: &str) -> Vec<serde_json::Value> {
        let is_about = |one: &&StandingAlarm| {
            let owner = one.scope.split('/').next().unwrap_or_default();
            owner == slug
                || !matches!(one.name.as_str().split('.').next(), Some("issue" | "newsletter" | "slot" | "file"))
        };
        self.alarms.iter().filter(is_about).map(alarms::as_json).collect()
    }
}

/// Whether an engine gave a sign of life that still counts.
async fn serving(db: &Db, now: Timestamp) -> anyhow::Result<bool> {
    Ok(leases::last_engine(&mut db.read().await?).await?.is_some_and(|until| until > now))
}

async fn look<'a>(db: &Db, config: &Config, renderer: &Renderer<'a>, now: Timestamp) -> anyhow::Result<State<'a>> {
    let newsletter = renderer.newsletter;
    let issues = issues_of(db, newsletter).await?;
    let mut tx = db.read().await?;
    let readers = subscriptions::counts(&mut tx, newsletter.id).await?;
    let skipped = skips::of(&mut tx, newsletter.id, now).await?;
    let limits = limits::used_up(&mut tx, config, newsletter, now).await?;
    let returns = issue_report::came_back(&mut tx, newsletter).await?;
    let mut next = BTreeMap::new();
    for (issue, totals) in issues.iter().filter(|(issue, _)| goes_out(issue.state)) {
        if totals.deferred > 0
            && let Some(at) = ledger::next_due(&mut tx, issue.id).await?
        {
            next.insert(issue.id, at);
        }
    }
    drop(tx);
    let all: Vec<_> = issues.iter().map(|(issue, _)| issue.clone()).collect();
    let files = files::look(db, renderer, &all).await?;
    let stuck = files::stuck(db, renderer, now).await?;
    let off: Vec<_> = skipped.iter().map(|skip| skip.slot_at).collect();
    let next_slot = offered(&newsletter.slots, &newsletter.time_zone, &off, now).next();
    Ok(State { newsletter, next_slot, skipped, issues, files, stuck, next, readers, limits, returns })
}

async fn issues_of(db: &Db, newsletter: &Newsletter) -> anyhow::Result<Vec<(Issue, Totals)>> {
    let mut tx = db.read().await?;
    let open = issues::open(&mut tx, newsletter.id).await?;
    let last = issues::last_ended(&mut tx, newsletter.id).await?;
    let mut issues = Vec::new();
    for issue in open.into_iter().chain(last) {
        let totals = ledger::totals(&mut tx, issue.id).await?;
        issues.push((issue, totals));
    }
    Ok(issues)
}

fn value(standing: &State<'_>, serving: bool, troubles: &Troubles) -> serde_json::Value {
    let newsletter = standing.newsletter;
    let of = |wanted: fn(IssueState) -> bool| -> Vec<_> {
        let all = standing.issues.iter().zip(&standing.files);
        let fits = all.filter(|((issue, _), _)| wanted(issue.state));
        let listed = fits.map(|((issue, totals), file)| ListedIssue {
            issue: IssueResource::of(issue, totals, newsletter),
            file: file.as_ref(),
        });
        listed.collect()
    };
    json!({
        "newsletter": newsletter.slug,
        "serving": serving,
        "last_backup": troubles.backup.as_ref().map(|backup| backup.taken_at),
        "on_hold": troubles.held.as_ref().map(|(since, why)| json!({ "since": since, "why": why })),
        "next_slot": standing.next_slot,
        "skipped": standing.skipped.iter().map(|skip| json!({ "slot_at": skip.slot_at, "note": skip.note })).collect::<Vec<_>>(),
        "cannot_be_queued": standing.stuck,
        "time_zone": newsletter.time_zone.iana_name(),
        "suspended": troubles.suspended(),
        "queued": of(|state| state == IssueState::Queued),
        "sending": of(goes_out),
        "waiting_for_a_person": of(|state| matches!(state, IssueState::Held | IssueState::Paused)),
        "last": of(|state| matches!(state, IssueState::Sent | IssueState::Stopped)).pop(),
        "readers": standing.readers,
        "limits": standing.limits.iter().map(Limit::as_json).collect::<Vec<_>>(),
        "returned": standing.returns,
        "alarms": troubles.of(&newsletter.slug),
        "relays_down": troubles.relays.iter().map(alarms::as_json).collect::<Vec<_>>(),
        "mailboxes_unread": troubles.mailboxes.iter().map(alarms::as_json).collect::<Vec<_>>(),
    })
}

/// One line about a newsletter, its key in the column of keys.
fn row(context: &Context, tone: Option<TextStyle>, key: &str, text: impl std::fmt::Display) -> anyhow::Result<()> {
    context.output.line(format!("  {}  {text}", context.output.key(tone, key)))
}

fn print(standing: &State<'_>, now: Timestamp, context: &Context) -> anyhow::Result<()> {
    let output = &context.output;
    let newsletter = standing.newsletter;
    output.line(output.toned(TextStyle::Strong, &format!("{} ({})", newsletter.name, newsletter.slug)))?;
    let slot = match standing.next_slot {
        Some(at) => {
            let queued =
                standing.issues.iter().find(|(issue, _)| issue.state == IssueState::Queued && issue.due_at == Some(at));
            let what = queued
                .map_or("nothing is queued for it".to_owned(), |(issue, _)| format!("\u{201c}{}\u{201d}", issue.title));
            format!("{} (in {}): {what}", when(at, newsletter), about(at.since(now)))
        }
        None => "none; issues go out at the times they name".to_owned(),
    };
    row(context, None, "next slot", slot)?;
    for skip in &standing.skipped {
        row(context, Some(TextStyle::Warn), "skipped", skipped_slot(skip, newsletter))?;
    }
    let is_held = |issue: &Issue| issue.state == IssueState::Held;
    let mut held = 0_u64;
    for ((issue, totals), file) in standing.issues.iter().zip(&standing.files) {
        held += u64::from(is_held(issue));
        if is_held(issue) && held > HELD_MAX {
            continue;
        }
        let (state, tone) = shown_state(issue, totals);
        let named = format!("\u{201c}{}\u{201d} ({})", issue.title, issue.slug);
        row(context, Some(tone), state.as_str(), format!("{named}: {}", detail(standing, issue, totals, now)))?;
        if let Some(note) = file.as_ref().and_then(|file| file.note.as_ref()) {
            row(context, None, "", output.toned(TextStyle::Warn, note))?;
        }
    }
    if held > HELD_MAX {
        let more = count(held - HELD_MAX, "more issue");
        row(context, Some(TextStyle::Warn), "held", format!("{more}: coranto issues list --state held"))?;
    }
    for files::Stuck { path, problem: Problem { line, column, message, .. } } in &standing.stuck {
        let text = format!("{}:{line}:{column} is not queued: {message}", path.display());
        row(context, Some(TextStyle::Warn), "file", text)?;
    }
    for limit in &standing.limits {
        row(context, None, "limit", limit.in_words(newsletter))?;
    }
    if let Some(returns) = &standing.returns {
        let tone = (returns.held > 0).then_some(TextStyle::Warn);
        row(context, tone, "came back", came_back(returns))?;
    }
    let readers = &standing.readers;
    let mut line = count(readers.mailable.unsigned_abs(), "");
    for (number, what) in [(readers.pending, "not confirmed yet"), (readers.paused, "paused")] {
        if number > 0 {
            line.push_str(&format!(", {} {what}", count(number.unsigned_abs(), "")));
        }
    }
    row(context, None, "readers", line)
}

/// `0.5 % of the last issue; 3 held, see coranto bounces held`.
fn came_back(returns: &LatestReturns) -> String {
    let mut text = match returns.rate {
        _ if returns.count == 0 => "nothing of the last issue".to_owned(),
        // Of a large issue a few emails are no hundredth of a per cent.
        Some(rate) if rate > 0.0 => format!("{rate} % of the last issue"),
        _ => format!("{} of the last issue", count(returns.count.unsigned_abs(), "email")),
    };
    if returns.held > 0 {
        text.push_str(&format!("; {} held, see coranto bounces held", count(returns.held.unsigned_abs(), "")));
    }
    text
}

/// When an issue goes out, or how far it has come.
fn detail(standing: &State<'_>, issue: &Issue, totals: &Totals, now: Timestamp) -> String {
    let newsletter = standing.newsletter;
    let at = issue.started_at.or(issue.due_at).map(|at| when(at, newsletter)).unwrap_or_default();
    match issue.state {
        IssueState::Queued => at,
        IssueState::Held => issue.note.clone(),
        IssueState::Paused => format!("{}; {}", progress(totals), issue.note),
        IssueState::Sent | IssueState::Stopped => format!("{at}; {}", progress(totals)),
        _ => {
            let sent_at = if is_past_first_pass(issue, totals) { format!("{at}; ") } else { String::new() };
            let progress = progress(totals);
            match standing.next.get(&issue.id).filter(|at| **at > now) {
                Some(at) => format!("{sent_at}{progress}; the next try is on {}", when(*at, newsletter)),
                None => format!("{sent_at}{progress}"),
            }
        }
    }
}
