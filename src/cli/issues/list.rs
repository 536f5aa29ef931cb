//! Issues in a table, and one issue in full.

use super::history;
use super::session::CommandSession;
use crate::cli::issue_files::IssueFiles;
use crate::cli::listing::{Listing, rows};
use crate::cli::output::TextStyle;
use crate::cli::table::Table;
use crate::cli::text::count;
use crate::cli::when::when;
use crate::cli::{Exit, newsletter_choice};
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::publishing::standing;
use crate::resources::{EventResource, IssueResource, ListedIssue, SentRevision, ShownIssue};
use crate::store::issues::Issue;
use crate::store::ledger::Totals;
use crate::store::skips::SkippedSlot;
use crate::store::{events, issues, ledger, skips};

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only issues in this state: draft, queued, preparing, sending, paused, sent, stopped or held.
    #[arg(long, value_parser = state)]
    state: Option<IssueState>,
    /// At most so many; 0 means all.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(0..))]
    limit: i64,
}

fn state(text: &str) -> Result<IssueState, String> {
    text.parse::<IssueState>().map_err(|_| {
        let known: Vec<_> = IssueState::ALL.iter().map(|state| state.as_str()).collect();
        format!("it is one of {}", known.join(", "))
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
        (totals.deferred, "being retried"),
        (totals.suspended, "suspended"),
        (totals.in_flight, "on the way"),
        // What is only claimed has not left, and goes back when the issue is paused.
        (totals.pending + totals.claimed, "waiting"),
    ] {
        if number > 0 {
            text.push_str(&format!(", {} {what}", count(number.unsigned_abs(), "")));
        }
    }
    text
}

/// Whether every reader was tried once, so that what is left is being retried.
pub(in crate::cli) fn is_past_first_pass(issue: &Issue, totals: &Totals) -> bool {
    issue.state == IssueState::Sending && totals.sent > 0 && totals.first_pass_ended_at.is_some()
}

/// The state as an editor asks for it, and what it asks of them. An issue that everybody was sent once is sent, also while
/// some are being retried.
pub(in crate::cli) fn shown_state(issue: &Issue, totals: &Totals) -> (IssueState, TextStyle) {
    let state = if is_past_first_pass(issue, totals) { IssueState::Sent } else { issue.state };
    let tone = match state {
        IssueState::Sent => TextStyle::Good,
        IssueState::Held | IssueState::Paused | IssueState::Stopped => TextStyle::Warn,
        _ => TextStyle::Strong,
    };
    (state, tone)
}

pub(super) async fn list(args: List, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let about = newsletter_choice::newsletters(session.config, session.named)?;
    let shelf = IssueFiles::new(session.config, session.context)?;
    let limit = rows(args.limit);
    let headings = ["SLUG", "NEWSLETTER", "STATE", "WHEN", ">READERS", ">SENT", ">FAILED"];
    let mut list = Listing::new(output, limit, &headings);
    let mut notes = Vec::new();
    for newsletter in &about {
        list.part();
        let mut tx = session.db.read().await?;
        let all = issues::list(&mut tx, newsletter.id, args.state, limit.saturating_add(1)).await?;
        let skipped = skips::of(&mut tx, newsletter.id, session.context.now()).await?;
        let mut counted = Vec::with_capacity(all.len());
        for issue in &all {
            counted.push(ledger::totals(&mut tx, issue.id).await?);
        }
        drop(tx);
        let standings = standing::look(session.db, &shelf.renderer(newsletter), &all).await?;
        for ((issue, totals), standing) in all.iter().zip(&counted).zip(&standings) {
            let resource = ListedIssue { issue: IssueResource::of(issue, totals, newsletter), file: standing.as_ref() };
            list.row(&resource, || {
                notes.extend(standing.iter().filter_map(|one| Some(format!("{}: {}", issue.slug, one.note.as_ref()?))));
                row(issue, totals, newsletter)
            })?;
        }
        notes.extend(skipped.iter().map(|skip| format!("skipped: {}", skipped_slot(skip, newsletter))));
    }
    let list = if about.len() > 1 { list } else { list.without("NEWSLETTER") };
    list.end("There is no such issue. `coranto queue FILE` brings one in.")?;
    if !output.is_json() {
        notes.iter().try_for_each(|note| output.line(output.toned(TextStyle::Warn, note)))?;
    }
    Ok(Exit::Ok)
}

/// `sent, 3 being retried`.
pub(in crate::cli) fn state_in_words(issue: &Issue, totals: &Totals) -> String {
    match is_past_first_pass(issue, totals) {
        true => format!("sent, {} being retried", count(totals.open().unsigned_abs(), "")),
        false => issue.state.to_string(),
    }
}

fn row(issue: &Issue, totals: &Totals, newsletter: &Newsletter) -> [String; 7] {
    let at = issue.started_at.or(issue.due_at).map(|at| when(at, newsletter)).unwrap_or_default();
    // Nobody was counted yet.
    let number = |number: i64| match issue.started_at {
        Some(_) => count(number.unsigned_abs(), ""),
        None => String::new(),
    };
    let state = state_in_words(issue, totals);
    let (readers, sent, failed) = (number(totals.readers), number(totals.sent), number(totals.failed));
    [issue.slug.clone(), newsletter.slug.clone(), state, at, readers, sent, failed]
}

/// `Fri 2026-12-25 09:00 Europe/Prague (Christmas)`.
pub(in crate::cli) fn skipped_slot(skip: &SkippedSlot, newsletter: &Newsletter) -> String {
    let why = if skip.note.is_empty() { String::new() } else { format!(" ({})", skip.note) };
    format!("{}{why}", when(skip.slot_at, newsletter))
}

pub(super) async fn show(named: &str, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let mut tx = session.db.read().await?;
    let (newsletter, issue) = session.find(&mut tx, named).await?;
    let totals = ledger::totals(&mut tx, issue.id).await?;
    let revisions = ledger::sent_by_revision(&mut tx, issue.id).await?;
    let events = events::of_issue(&mut tx, issue.id).await?;
    drop(tx);
    let shelf = IssueFiles::new(session.config, session.context)?;
    let mut looked = standing::look(session.db, &shelf.renderer(newsletter), std::slice::from_ref(&issue)).await?;
    let standing = looked.pop().flatten();
    if output.is_json() {
        let issue = IssueResource::of(&issue, &totals, newsletter);
        let revisions = revisions.iter().map(|(id, sent)| SentRevision { revision: id.0, sent: *sent }).collect();
        output.resource(&ShownIssue {
            issue: ListedIssue { issue, file: standing.as_ref() },
            revisions,
            events: events.iter().map(EventResource::from).collect(),
        })?;
        return Ok(Exit::Ok);
    }
    let (state, tone) = shown_state(&issue, &totals);
    output.line(format!(
        "{}  {}",
        output.toned(TextStyle::Strong, &issue.title),
        output.toned(tone, state.as_str())
    ))?;
    let file = standing.as_ref().and_then(|standing| standing.note.clone());
    for note in [Some(issue.note.clone()).filter(|note| !note.is_empty()), file].into_iter().flatten() {
        output.line(format!("  {}", output.toned(TextStyle::Warn, &note)))?;
    }
    let mut table = Table::new(&["", ""]);
    let mut row = |what: &str, value: Option<String>| {
        if let Some(value) = value {
            table.row([what.to_owned(), value]);
        }
    };
    let at = |at: Option<crate::clock::Timestamp>| at.map(|at| when(at, newsletter));
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
    output.line("")?;
    output.table(&history::table(&events, newsletter))?;
    Ok(Exit::Ok)
}
