//! What came back: a list, one notice in full, and what brakes hold.

use jiff::civil::Date;
use serde_json::json;

use super::CommandSession;
use crate::cli::listing::{Listing, RowLimit};
use crate::cli::table::Table;
use crate::cli::text::count;
use crate::cli::when::{about, local, shared_zone};
use crate::cli::{Exit, Failure};
use crate::clock::Timestamp;
use crate::domain::NoticeId;
use crate::domain::cause::Cause;
use crate::domain::notice::{Effect, NoticeEvidence, NoticeKind};
use crate::store::notices::{self, Notice, NoticeFilter};

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only of this issue.
    #[arg(long, value_name = "SLUG")]
    issue: Option<String>,
    /// Only for this cause, such as no_mailbox, full or auth.
    #[arg(long, value_parser = cause)]
    cause: Option<Cause>,
    /// Only with this effect: waiting, none, counted, suppressed, held, discarded, unsubscribed, stale or odd.
    #[arg(long, value_parser = effect)]
    effect: Option<Effect>,
    /// Only since this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    #[command(flatten)]
    limit: RowLimit,
}

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// Its number, as `list` shows it.
    #[arg(value_name = "ID")]
    id: i64,
}

fn cause(text: &str) -> Result<Cause, String> {
    text.parse().map_err(|_| spellings(Cause::ALL.iter().map(|one| one.as_str())))
}

fn effect(text: &str) -> Result<Effect, String> {
    text.parse().map_err(|_| spellings(Effect::ALL.iter().map(|one| one.as_str())))
}

fn spellings<'a>(known: impl Iterator<Item = &'a str>) -> String {
    format!("it is one of {}", known.collect::<Vec<_>>().join(", "))
}

/// The spelling of a notice in `--json`.
fn as_json(notice: &Notice) -> serde_json::Value {
    json!({
        "id": notice.id.0,
        "received_at": notice.received_at,
        "source": notice.source,
        "kind": notice.kind,
        "newsletter": notice.newsletter,
        "issue": notice.issue,
        "email": notice.email,
        "cause": notice.cause,
        "class": notice.cause.class(),
        "certainty": notice.certainty,
        "evidence": notice.evidence,
        "relay": notice.relay,
        "destination": notice.destination,
        "status": notice.status,
        "diagnostic": notice.diagnostic,
        "rule": notice.rule,
        "settle_at": notice.settle_at,
        "effect": notice.effect,
        "answered_at": notice.answered_at,
    })
}

/// The reader's address, or why there is none.
fn whose(notice: &Notice) -> Result<String, &'static str> {
    let nobody = if notice.subscription_id.is_some() { "erased" } else { "unknown" };
    notice.email.clone().ok_or(nobody)
}

/// Whether it is known whose email it was.
fn is_proof(evidence: NoticeEvidence) -> bool {
    matches!(evidence, NoticeEvidence::Direct | NoticeEvidence::Sealed | NoticeEvidence::Vouched)
}

/// Why an email came back, or what else was said of it.
fn what(notice: &Notice) -> String {
    match notice.kind {
        NoticeKind::Bounce => notice.cause.to_string(),
        kind => kind.to_string(),
    }
}

/// What follows, or will, in a sentence.
fn follows(notice: &Notice) -> &'static str {
    match notice.effect {
        Effect::Waiting if notice.cause.class() == crate::domain::cause::Class::Dead => {
            "will be left out of later issues unless you object: `coranto bounces discard ID`"
        }
        Effect::Waiting => "waits to be judged",
        Effect::None if !is_proof(notice.evidence) => {
            "nothing: it bears no token of ours, and anybody can name an address"
        }
        Effect::None => "nothing: it is no fault of the reader, or is counted already",
        Effect::Counted => "it is counted; the reader still gets email",
        Effect::Suppressed => {
            "the reader is left out of later issues: `coranto subscribers unsuppress ADDRESS` ends that"
        }
        Effect::Held => "waits for you: `coranto bounces release ID`, or `discard ID`",
        Effect::Discarded => "it counts for nothing",
        Effect::Unsubscribed => "the reader was unsubscribed from this newsletter",
        Effect::Stale => "nothing: its email is too long ago",
        Effect::Odd => "nothing: no relay can have had this email, or the address is another by now",
    }
}

pub(super) async fn list(args: List, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let mut tx = session.db.read().await?;
    let issue = match &args.issue {
        Some(slug) => Some(session.issue(&mut tx, slug).await?),
        None => None,
    };
    let zone = shared_zone(session.config);
    let since = args.since.map(|day| day.to_zoned(zone.clone())).transpose()?;
    let since = since.map(|midnight| Timestamp::from_jiff(midnight.timestamp()));
    let filter = NoticeFilter { issue, cause: args.cause, effect: args.effect, since };
    let headings = [">ID", "WHEN", "ISSUE", "ADDRESS", "WHAT", "EFFECT", "SAID"];
    let mut list = Listing::new(output, args.limit.rows(), &headings);
    for notice in &notices::page(&mut tx, &filter, args.limit.rows().saturating_add(1)).await? {
        list.row(&as_json(notice), || {
            [
                notice.id.0.to_string(),
                local(notice.received_at, &zone),
                notice.issue.clone().unwrap_or_default(),
                whose(notice).unwrap_or_else(|nobody| format!("({nobody})")),
                what(notice),
                notice.effect.to_string(),
                notice.diagnostic.clone(),
            ]
        })?;
    }
    list.end("No such notice came back.")?;
    Ok(Exit::Ok)
}

pub(super) async fn show(args: Show, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let Some(notice) = notices::get(&mut session.db.read().await?, NoticeId(args.id)).await? else {
        return Err(Failure::new(format!("there is no notice {}", args.id))
            .hint("`coranto bounces list` lists them with their numbers")
            .into());
    };
    if output.is_json() {
        output.json(&as_json(&notice))?;
        return Ok(Exit::Ok);
    }
    let wait = notice.settle_at.map(|settle_at| settle_at.since(session.context.now()));
    let settled = match wait {
        Some(wait) if !wait.is_zero() => format!(" (settled in {})", about(wait)),
        Some(_) => " (settled in a moment)".to_owned(),
        None => String::new(),
    };
    let rows = [
        ("came", format!("{}, from the {}", local(notice.received_at, &shared_zone(session.config)), notice.source)),
        ("kind", notice.kind.to_string()),
        ("address", whose(&notice).unwrap_or_else(str::to_owned)),
        ("evidence", notice.evidence.to_string()),
        ("issue", notice.issue.clone().unwrap_or_else(|| "none: an email of the system".to_owned())),
        ("relay", format!("{}, to {}", notice.relay.as_deref().unwrap_or("none"), notice.destination)),
        ("said", notice.diagnostic.clone()),
        ("cause", format!("{} ({}), {}", notice.cause, notice.cause.class(), notice.certainty)),
        ("rule", notice.rule.clone()),
        ("effect", format!("{}{settled}", notice.effect)),
        ("follows", follows(&notice).replace("ID", &notice.id.0.to_string())),
    ];
    for (name, value) in rows {
        output.line(format!("{name:<9} {}", crate::cli::text::printable(&value)))?;
    }
    Ok(Exit::Ok)
}

pub(super) async fn held(session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let mut tx = session.db.read().await?;
    let zone = shared_zone(session.config);
    let groups = notices::held(&mut tx).await?;
    let mut table = Table::new(&["ISSUE", "RELAY", "TO", ">HELD", "SINCE"]);
    for group in &groups {
        if output.is_json() {
            output.json(group)?;
            continue;
        }
        table.row([
            group.issue.clone().unwrap_or_else(|| "(no issue)".to_owned()),
            group.relay.clone().unwrap_or_default(),
            group.destination.clone(),
            count(group.notices.unsigned_abs(), ""),
            local(group.since, &zone),
        ]);
    }
    if output.is_json() {
        return Ok(Exit::Ok);
    }
    if table.is_empty() {
        output.note("Nothing is held.");
        return Ok(Exit::Ok);
    }
    output.table(&table)?;
    let examples =
        notices::page(&mut tx, &NoticeFilter { effect: Some(Effect::Held), ..NoticeFilter::default() }, 3).await?;
    for notice in &examples {
        output.line(format!("  {}: {}", notice.id.0, crate::cli::text::printable(&notice.diagnostic)))?;
    }
    output.note(
        "None of these readers is left out yet. `coranto bounces release ISSUE` believes the notices, `coranto bounces discard \
         ISSUE` discards them. Without an answer they are discarded after 30 days, unless a later issue repeats them.",
    );
    Ok(Exit::Ok)
}
