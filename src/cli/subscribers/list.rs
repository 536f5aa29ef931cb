//! Lists of readers, one reader in full, counts.

use super::{CommandSession, address};
use crate::cli::issue_files::identified;
use crate::cli::listing::{Listing, RowLimit};
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
use crate::resources::{ConsentResource, ReaderResource, ShownReader};
use crate::store::subscriptions::{Subscription, SubscriptionFilter};
use crate::store::{Db, consents, subscriptions};

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only readers in this state: pending, active, paused or unsubscribed.
    #[arg(long, value_parser = state)]
    state: Option<SubscriptionState>,
    /// Only readers with this in their address or name.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    #[command(flatten)]
    limit: RowLimit,
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

/// The state, and whether the address is on the suppression list.
fn standing(reader: &Subscription) -> String {
    match reader.suppressed {
        Some(reason) => format!("{}, suppressed: {reason}", reader.state),
        None => reader.state.to_string(),
    }
}

pub(super) async fn list(args: List, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let newsletter = session.newsletter;
    let filter = SubscriptionFilter { newsletter: Some(newsletter.id), state: args.state, text: args.search };
    let mut tx = session.db.read().await?;
    let headings = ["ADDRESS", "NAME", "STATE", "SINCE"];
    let mut list = Listing::new(&session.context.output, args.limit.rows(), &headings);
    let mut after = SubscriptionId(0);
    loop {
        let readers = subscriptions::page(&mut tx, &filter, after, list.wants()).await?;
        let Some(last) = readers.last() else { break };
        after = last.id;
        for reader in &readers {
            list.row(&ReaderResource::from(reader), || {
                let since = reader.left_at.or(reader.confirmed_at).unwrap_or(reader.created_at);
                let name = reader.name.clone().unwrap_or_default();
                [reader.email.to_string(), name, standing(reader), newsletter.date_of(since).to_string()]
            })?;
        }
    }
    list.end("There is no such reader.")?;
    Ok(Exit::Ok)
}

pub(super) async fn show(args: Show, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    if args.all {
        return super::erase::copy(&args.address, session).await;
    }
    let mut tx = session.db.read().await?;
    let reader = subscriptions::find(&mut tx, session.newsletter.id, &args.address.key()).await?;
    let Some(reader) = reader else {
        let text = format!("{} is not a reader of {}", args.address, session.newsletter.slug);
        return Err(Failure::new(text).hint("`coranto subscribers list --search` finds parts of an address").into());
    };
    let history = consents::of_subscription(&mut tx, reader.id).await?;
    let output = &session.context.output;
    if output.is_json() {
        let consents = history.iter().map(ConsentResource::from).collect();
        output.resource(&ShownReader { reader: ReaderResource::from(&reader), consents })?;
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
        let id = identified(db, newsletter).await?.id;
        let counts = subscriptions::counts(&mut db.read().await?, id).await?;
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
