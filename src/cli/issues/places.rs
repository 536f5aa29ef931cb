//! Move, swap, skip: what a person does to the places on the queue. The rules are `publishing`'s.

use jiff::civil::Date;
use serde_json::json;

use super::session::CommandSession;
use crate::cli::issue_files::IssueFiles;
use crate::cli::newsletter_choice;
use crate::cli::queue::{Placed, refusal};
use crate::cli::when::{time, when};
use crate::cli::{Exit, Failure};
use crate::clock::Timestamp;
use crate::domain::newsletter::Newsletter;
use crate::domain::slot::{next_of, on_day};
use crate::publishing::{Moved, SkipError, When};

/// Slots that are named when one is looked for in vain.
const SHOWN_MAX: usize = 3;

#[derive(Debug, clap::Args)]
pub(super) struct MoveArgs {
    /// The issue's slug, or its file.
    #[arg(value_name = "SLUG")]
    slug: String,
    /// A day with a slot, a time ("2026-12-10 18:00"), or `next` for the next free slot.
    #[arg(value_name = "WHEN")]
    to: String,
    /// Swap the times with the issue that goes out then.
    #[arg(long, conflicts_with = "beside")]
    swap: bool,
    /// Send both issues then.
    #[arg(long)]
    beside: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Swap {
    /// An issue's slug, or its file.
    #[arg(value_name = "SLUG")]
    one: String,
    /// The other issue's slug, or its file.
    #[arg(value_name = "OTHER")]
    other: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct SkipArgs {
    /// The slot's day, or its time where a day has several.
    #[arg(value_name = "SLOT")]
    slot: String,
    /// Offer the slot again.
    #[arg(long, conflicts_with = "note")]
    undo: bool,
    /// The reason, which `status` shows.
    #[arg(long, default_value = "")]
    note: String,
}

pub(super) async fn move_issue(args: MoveArgs, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let (newsletter, issue) = session.find(&mut session.db.read().await?, &args.slug).await?;
    let shelf = IssueFiles::new(session.config, session.context)?;
    let to = if args.to == "next" {
        When::NextSlot
    } else {
        let at = time_or_slot(&args.to, newsletter)?;
        match (args.swap, args.beside) {
            (true, _) => When::Swap(at),
            (_, true) => When::Beside(at),
            _ => When::At(at),
        }
    };
    match shelf.publisher(session.db, newsletter).move_issue(&issue.slug, to).await {
        Ok(moved) => report(&moved, "moved", newsletter, session),
        Err(error) => Err(refusal(error, newsletter)?.into()),
    }
}

pub(super) async fn swap(args: Swap, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let mut tx = session.db.read().await?;
    let (newsletter, one) = session.find(&mut tx, &args.one).await?;
    let (of, other) = session.find(&mut tx, &args.other).await?;
    drop(tx);
    if one.newsletter_id != other.newsletter_id {
        let text = format!("{} is an issue of {}, and {} of {}", one.slug, newsletter.slug, other.slug, of.slug);
        return Err(Failure::new(text).exit(Exit::NotAllowed).hint("each newsletter has times of its own").into());
    }
    let shelf = IssueFiles::new(session.config, session.context)?;
    match shelf.publisher(session.db, newsletter).swap([&one.slug, &other.slug]).await {
        Ok(moved) => report(&moved, "swapped", newsletter, session),
        Err(error) => Err(refusal(error, newsletter)?.into()),
    }
}

fn report(moved: &Moved, did: &str, newsletter: &Newsletter, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let Moved { issue, displaced } = moved;
    if output.is_json() {
        output.json(&json!({
            "slug": issue.slug, "did": did, "due_at": issue.due_at, "displaced": displaced.as_ref().map(Placed::from),
        }))?;
        return Ok(Exit::Ok);
    }
    for one in [Some(issue), displaced.as_ref()].into_iter().flatten() {
        let at = one.due_at.map(|at| when(at, newsletter)).unwrap_or_default();
        output.line(format!("{} goes out on {at}.", one.slug))?;
    }
    Ok(Exit::Ok)
}

/// A time as it is typed for `queue --at`; a day alone means the slot of that day.
fn time_or_slot(typed: &str, newsletter: &Newsletter) -> anyhow::Result<Timestamp> {
    match typed.parse::<Date>() {
        Ok(day) if !typed.contains(':') => slot_of(day, newsletter),
        _ => time(typed, newsletter),
    }
}

fn slot_of(day: Date, newsletter: &Newsletter) -> anyhow::Result<Timestamp> {
    let slots = on_day(&newsletter.slots, &newsletter.time_zone, day);
    match slots.as_slice() {
        [one] => Ok(*one),
        [] => {
            let mut at = Timestamp(newsletter.instant(day.at(0, 0, 0, 0)).0 - 1);
            let mut next = Vec::new();
            while let Some(slot) =
                next_of(&newsletter.slots, &newsletter.time_zone, at).filter(|_| next.len() < SHOWN_MAX)
            {
                next.push(when(slot, newsletter));
                at = slot;
            }
            let hint = if next.is_empty() {
                "say a time: \"2026-12-10 18:00\"".to_owned()
            } else {
                format!("the next slots are {}; or say a time", next.join(", "))
            };
            Err(Failure::usage(format!("{} has no slot on {day}", newsletter.slug)).hint(hint).into())
        }
        several => {
            let named: Vec<_> = several.iter().map(|at| when(*at, newsletter)).collect();
            Err(Failure::usage(format!("{} has several slots on {day}", newsletter.slug))
                .hint(format!("say which: {}", named.join(", ")))
                .into())
        }
    }
}

pub(super) async fn skip(args: SkipArgs, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let newsletter = whose_slot(&args.slot, session)?;
    let at = time_or_slot(&args.slot, newsletter)?;
    let newsletter = &session.context.registered(session.db, newsletter).await?;
    let shelf = IssueFiles::new(session.config, session.context)?;
    let publisher = shelf.publisher(session.db, newsletter);
    let shown = when(at, newsletter);
    let (did, changed, words) = if args.undo {
        let changed = publisher.take_back(at).await?;
        let words = if changed { format!("{shown} is offered again.") } else { format!("{shown} was not skipped.") };
        ("offered", changed, words)
    } else {
        let changed = publisher.skip(at, &args.note).await.map_err(refused)?;
        let was = if changed { "is" } else { "was already" };
        ("skipped", changed, format!("{shown} {was} skipped: no issue gets it by itself."))
    };
    if session.context.output.is_json() {
        session.context.output.json(&json!({
            "newsletter": newsletter.slug, "did": did, "slot_at": at, "changed": changed, "note": args.note,
        }))?;
    } else {
        session.context.output.line(words)?;
    }
    Ok(Exit::Ok)
}

/// Of several newsletters, the one that has a slot then.
fn whose_slot<'a>(typed: &str, session: &CommandSession<'a>) -> anyhow::Result<&'a Newsletter> {
    if session.named.is_none() && session.config.newsletters.len() > 1 {
        let has_it = |newsletter: &&Newsletter| {
            let at = time_or_slot(typed, newsletter);
            at.is_ok_and(|at| next_of(&newsletter.slots, &newsletter.time_zone, Timestamp(at.0 - 1)) == Some(at))
        };
        let mut fitting = session.config.newsletters.iter().filter(has_it);
        if let (Some(one), None) = (fitting.next(), fitting.next()) {
            return Ok(one);
        }
    }
    newsletter_choice::newsletter(session.config, session.named)
}

fn refused(error: SkipError) -> anyhow::Error {
    let exit = match &error {
        SkipError::NoSlot { .. } | SkipError::Past(_) => Exit::Usage,
        SkipError::Taken { .. } => Exit::NotAllowed,
        SkipError::Store(_) => return error.into(),
    };
    let hint = match &error {
        SkipError::Taken { slug, .. } => {
            format!("coranto issues move {slug} next, or coranto issues unschedule {slug}")
        }
        _ => "`coranto status` shows the next slot".to_owned(),
    };
    Failure::new(error.to_string()).exit(exit).hint(hint).into()
}
