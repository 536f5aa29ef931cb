//! Issues in a table, and one issue in full.

use serde_json::{Value, json};

use super::Desk;
use crate::cli::Exit;
use crate::cli::output::{Output, Tone, count};
use crate::cli::table::Table;
use crate::cli::when::when;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::store::issues::Issue;
use crate::store::ledger::Totals;
use crate::store::{events, issues, ledger};

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only issues in this state: draft, queued, preparing, sending, paused, sent, stopped or held.
    #[arg(long, value_parser = state)]
    state: Option<IssueState>,
    /// At most so many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

fn state(text: &str) -> Result<IssueState, String> {
    text.parse::<IssueState>().map_err(|_| {
        let known: Vec<_> = IssueState::ALL.iter().map(|state| state.as_str()).collect();
        format!("it is one of {}", known.join(", "))
    })
}

/// The spelling of an issue in `--json`.
pub(in crate::cli) fn as_json(issue: &Issue, totals: &Totals, newsletter: &Newsletter) -> Value {
    json!({
        "slug": issue.slug,
        "newsletter": newsletter.slug,
        "title": issue.title,
        "state": issue.state,
        "due_at": issue.due_at,
        "on_slot": issue.on_slot,
        "note": issue.note,
        "started_at": issue.started_at,
        "finished_at": issue.finished_at,
        "totals": totals,
    })
}

/// How far an issue has come, in one line; only what is not nothing is named.
pub(in crate::cli) fn progress(totals: &Totals) -> String {
    let mut text =
        format!("{} of {}", count(totals.sent.unsigned_abs(), ""), count(totals.readers.unsigned_abs(), "reader"));
    for (number, what) in [
        (totals.failed, "failed"),
        (totals.skipped, "skipped"),
        (totals.uncertain, "uncertain"),
        (totals.deferred, "to be tried again"),
        (totals.in_flight + totals.claimed, "on the way"),
        (totals.pending, "waiting"),
    ] {
        if number > 0 {
            text.push_str(&format!(", {} {what}", count(number.unsigned_abs(), "")));
        }
    }
    text
}

/// The state, coloured by what it asks of a person.
pub(in crate::cli) fn coloured(output: &Output, state: IssueState) -> String {
    let tone = match state {
        IssueState::Sent => Tone::Good,
        IssueState::Held | IssueState::Paused | IssueState::Stopped => Tone::Warn,
        _ => Tone::Strong,
    };
    output.toned(tone, state.as_str())
}

pub(super) async fn list(args: List, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let output = &desk.context.output;
    let mut tx = desk.db.read().await?;
    let all = issues::list(&mut tx, desk.id, args.state, args.limit).await?;
    let mut table = Table::new(&["SLUG", "STATE", "WHEN", ">READERS", ">SENT", ">FAILED"]);
    for issue in &all {
        let totals = ledger::totals(&mut tx, issue.id).await?;
        if output.is_json() {
            output.json(&as_json(issue, &totals, desk.newsletter))?;
            continue;
        }
        let at = issue.started_at.or(issue.due_at).map(|at| when(at, desk.newsletter)).unwrap_or_default();
        let number = |number: i64| count(number.unsigned_abs(), "");
        let (readers, sent, failed) = (number(totals.readers), number(totals.sent), number(totals.failed));
        table.row([issue.slug.clone(), issue.state.to_string(), at, readers, sent, failed]);
    }
    if !output.is_json() && table.is_empty() {
        output.note("There is no such issue. `coranto queue FILE` brings one in.");
    } else if !output.is_json() {
        output.table(&table)?;
    }
    Ok(Exit::Ok)
}

pub(super) async fn show(named: &str, desk: &Desk<'_>) -> anyhow::Result<Exit> {
    let output = &desk.context.output;
    let mut tx = desk.db.read().await?;
    let issue = desk.issue(&mut tx, named).await?;
    let totals = ledger::totals(&mut tx, issue.id).await?;
    let revisions = ledger::sent_by_revision(&mut tx, issue.id).await?;
    let history = events::of_issue(&mut tx, issue.id).await?;
    if output.is_json() {
        let mut value = as_json(&issue, &totals, desk.newsletter);
        value["revisions"] = revisions.iter().map(|(id, sent)| json!({ "revision": id.0, "sent": sent })).collect();
        value["events"] = history
            .iter()
            .map(|event| json!({ "at": event.at, "kind": event.kind, "actor": event.actor, "data": data(&event.data) }))
            .collect();
        output.json(&value)?;
        return Ok(Exit::Ok);
    }
    output.line(format!("{}  {}", output.toned(Tone::Strong, &issue.title), coloured(output, issue.state)))?;
    if !issue.note.is_empty() {
        output.line(format!("  {}", issue.note))?;
    }
    let mut table = Table::new(&["", ""]);
    let mut row = |what: &str, value: Option<String>| {
        if let Some(value) = value {
            table.row([what.to_owned(), value]);
        }
    };
    let at = |at: Option<crate::clock::Timestamp>| at.map(|at| when(at, desk.newsletter));
    row("due", at(issue.due_at));
    row("started", at(issue.started_at));
    row("finished", at(issue.finished_at));
    row("sent to", (totals.readers > 0).then(|| progress(&totals)));
    if revisions.len() > 1 {
        let each: Vec<_> = revisions
            .iter()
            .map(|(id, sent)| format!("{} got revision {}", count(sent.unsigned_abs(), "reader"), id.0))
            .collect();
        row("content", Some(each.join(", ")));
    }
    output.table(&table)?;
    for event in history {
        let detail = if event.data == "{}" { String::new() } else { format!("  {}", event.data) };
        output.line(format!("{}  {} by {}{detail}", event.at, event.kind, event.actor))?;
    }
    Ok(Exit::Ok)
}

/// An event's data is an object that the store keeps as text.
fn data(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
