//! Lists of readers, one reader in full, counts.

use futures_util::StreamExt as _;
use serde_json::json;

use super::{CommandSession, address};
use crate::cli::output::TextStyle;
use crate::cli::table::Table;
use crate::cli::text::count;
use crate::cli::when::when;
use crate::cli::{Context, Exit, Failure};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::address::EmailAddress;
use crate::domain::newsletter::Newsletter;
use crate::domain::subscriber::SubscriptionState;
use crate::store::subscriptions::{Counts, Subscription, SubscriptionFilter};
use crate::store::{Db, consents, newsletters, subscriptions};

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only readers in this state: pending, active, paused or unsubscribed.
    #[arg(long, value_parser = state)]
    state: Option<SubscriptionState>,
    /// Only readers with this in their address or name.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// At most so many; 0 means all.
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The reader's address.
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// Everything that is stored about the person, in every newsletter: the copy of GDPR article 15, as JSON.
    #[arg(long)]
    pub(super) all: bool,
}

pub(super) fn state(text: &str) -> Result<SubscriptionState, String> {
    // `left` is what it was called in scripts of old.
    let text = if text == "left" { SubscriptionState::Unsubscribed.as_str() } else { text };
    text.parse::<SubscriptionState>().map_err(|_| "it is one of pending, active, paused, unsubscribed".to_owned())
}

/// The spelling of a reader in `--json`.
fn as_json(reader: &Subscription) -> serde_json::Value {
    json!({
        "email": reader.email.as_str(),
        "name": reader.name,
        "state": reader.state,
        "language": reader.language,
        "source": reader.source,
        "created_at": reader.created_at,
        "confirmed_at": reader.confirmed_at,
        "paused_until": reader.paused_until,
        "left_at": reader.left_at,
        "ended_by": reader.ended_by,
        "suppressed": reader.suppressed,
    })
}

/// The state, and whether the address is on the suppression list.
fn standing(reader: &Subscription) -> String {
    match reader.suppressed {
        Some(reason) => format!("{}, suppressed: {reason}", reader.state),
        None => reader.state.to_string(),
    }
}

pub(super) async fn list(args: List, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let filter = SubscriptionFilter { newsletter: Some(session.id), state: args.state, text: args.search };
    let mut tx = session.db.read().await?;
    if output.is_json() {
        let mut rows = subscriptions::stream(&mut tx, &filter);
        let mut left = if args.limit == 0 { i64::MAX } else { args.limit };
        while left > 0
            && let Some(reader) = rows.next().await
        {
            output.json(&as_json(&reader?))?;
            left -= 1;
        }
        return Ok(Exit::Ok);
    }
    // A table needs all its rows; one more than asked for tells whether there are more.
    let limit = if args.limit == 0 { i64::MAX - 1 } else { args.limit };
    let mut readers = subscriptions::page(&mut tx, &filter, SubscriptionId(0), limit + 1).await?;
    let more = readers.len() as i64 > limit;
    readers.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut table = Table::new(&["ADDRESS", "NAME", "STATE", "SINCE"]);
    for reader in &readers {
        let since = reader.left_at.or(reader.confirmed_at).unwrap_or(reader.created_at);
        let name = reader.name.clone().unwrap_or_default();
        table.row([reader.email.to_string(), name, standing(reader), day(since, session.newsletter)]);
    }
    if table.is_empty() {
        output.note("There is no such reader.");
    } else {
        output.table(&table)?;
    }
    if more {
        output.note(format!("There are more; --limit 0 lists all, --search narrows. Shown: {limit}."));
    }
    Ok(Exit::Ok)
}

pub(super) async fn show(args: Show, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    if args.all {
        return super::erase::copy(&args.address, session).await;
    }
    let mut tx = session.db.read().await?;
    let reader = subscriptions::find(&mut tx, session.id, &args.address.key()).await?;
    let Some(reader) = reader else {
        let text = format!("{} is not a reader of {}", args.address, session.newsletter.slug);
        return Err(Failure::new(text).hint("`coranto subscribers list --search` finds parts of an address").into());
    };
    let history = consents::of_subscription(&mut tx, reader.id).await?;
    let output = &session.context.output;
    if output.is_json() {
        let consents: Vec<_> = history
            .iter()
            .map(|one| {
                json!({
                    "kind": one.kind, "at": one.at, "wording": one.wording, "client": one.client, "source": one.source,
                })
            })
            .collect();
        let mut value = as_json(&reader);
        value["consents"] = consents.into();
        output.json(&value)?;
        return Ok(Exit::Ok);
    }
    let mut about = Table::new(&["READER", ""]);
    let mut row = |what: &str, value: Option<String>| {
        if let Some(value) = value {
            about.row([what.to_owned(), value]);
        }
    };
    row("address", Some(reader.email.to_string()));
    row("name", reader.name.clone());
    row("state", Some(standing(&reader)));
    row("language", reader.language.clone());
    row("came by", Some(reader.source.clone()));
    let at = |at: Timestamp| when(at, session.newsletter);
    row("first asked", Some(at(reader.created_at)));
    row("active since", reader.confirmed_at.map(at));
    row("paused until", reader.paused_until.map(at));
    row("left", reader.left_at.map(at));
    row("ended by", reader.ended_by.map(|by| by.to_string()));
    output.table(&about)?;
    output.line("")?;
    let mut table = Table::new(&["WHEN", "WHAT", "HOW", "FROM", "WORDING"]);
    for one in history {
        let client = one.client.unwrap_or_default();
        table.row([at(one.at), one.kind.to_string(), one.source, client, one.wording]);
    }
    output.table(&table)?;
    Ok(Exit::Ok)
}

pub(super) async fn stats(about: &[&Newsletter], db: &Db, context: &Context) -> anyhow::Result<Exit> {
    let output = &context.output;
    for (index, newsletter) in about.iter().enumerate() {
        let mut tx = db.read().await?;
        let counts = match newsletters::find(&mut tx, &newsletter.slug).await? {
            Some(id) => subscriptions::counts(&mut tx, id).await?,
            None => Counts::default(),
        };
        drop(tx);
        if output.is_json() {
            let mut value = serde_json::to_value(counts)?;
            value["newsletter"] = newsletter.slug.clone().into();
            output.json(&value)?;
            continue;
        }
        if about.len() > 1 {
            let blank = if index == 0 { "" } else { "\n" };
            output.line(format!("{blank}{}", output.toned(TextStyle::Strong, &newsletter.name)))?;
        }
        let mut table = Table::new(&["STATE", ">READERS"]);
        for (state, number) in [
            ("active", counts.active),
            ("pending", counts.pending),
            ("paused", counts.paused),
            ("unsubscribed", counts.unsubscribed),
            ("suppressed", counts.suppressed),
        ] {
            table.row([state.to_owned(), count(number.unsigned_abs(), "")]);
        }
        output.table(&table)?;
        let reached = count(counts.mailable.unsigned_abs(), "reader");
        output.line(format!("\nAn issue would reach {} now.", output.toned(TextStyle::Strong, &reached)))?;
    }
    Ok(Exit::Ok)
}

fn day(at: Timestamp, newsletter: &Newsletter) -> String {
    at.to_jiff().to_zoned(newsletter.time_zone.clone()).date().to_string()
}
