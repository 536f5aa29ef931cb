//! Everything about a person: to be given to them, and to be erased. The rules are `signup`'s; here they are put into
//! words.

use serde_json::json;

use super::{CommandSession, address};
use crate::cli::table::Table;
use crate::cli::text::count;
use crate::cli::when::{local, shared_zone};
use crate::cli::{Exit, Failure};
use crate::domain::address::EmailAddress;
use crate::signup::{self, Holdings};
use crate::store::newsletters;

#[derive(Debug, clap::Args)]
pub(super) struct Erase {
    /// The person's address.
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// The reason, for the log: "asked by letter". An address in it is masked.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Say what would go, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn erase(args: Erase, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let (email, keys) = (&args.address, &session.config.keys);
    let found = signup::look_holdings(session.db, keys, email, session.context.now()).await?;
    if found.is_empty() {
        return Err(nothing(email, &found, session));
    }
    if args.dry_run {
        return tell(session, email, &found, true).await;
    }
    let output = &session.context.output;
    if !session.context.yes && !output.is_json() {
        show(session, &found).await?;
    }
    if !session
        .context
        .confirm(&format!("Erase everything about {email}, in every newsletter? This cannot be undone."))?
    {
        return Err(Failure::new("nothing was erased").into());
    }
    let erased =
        signup::erase_address(session.db, keys, email, args.reason.as_deref(), &session.act("operator")).await?;
    if erased.is_empty() {
        return Err(nothing(email, &erased, session));
    }
    tell(session, email, &erased, false).await
}

fn nothing(email: &EmailAddress, found: &Holdings, session: &CommandSession<'_>) -> anyhow::Error {
    match found.settling.first() {
        Some((_, until)) => {
            let until = local(*until, &shared_zone(session.config));
            Failure::new(format!("the subscription was moved to {email} recently, and can be moved back until {until}"))
                .exit(Exit::NotAllowed)
                .hint("until then it belongs to the previous address: erase that one, or wait")
                .into()
        }
        None => Failure::new(format!("nothing is stored about {email}"))
            .hint("`coranto subscribers list --search` finds parts of an address")
            .into(),
    }
}

/// What goes, newsletter by newsletter.
async fn show(session: &CommandSession<'_>, found: &Holdings) -> anyhow::Result<()> {
    let mut tx = session.db.read().await?;
    let zone = shared_zone(session.config);
    let mut table = Table::new(&["NEWSLETTER", "STATE", "SINCE"]);
    for one in &found.subscriptions {
        let slug = newsletters::slug(&mut tx, one.newsletter_id).await?.unwrap_or_default();
        table.row([slug, one.state.to_string(), local(one.created_at, &zone)]);
    }
    if !table.is_empty() {
        session.context.output.table(&table)?;
    }
    if found.by_hash > 0 {
        session
            .context
            .output
            .line(format!("And {} of an earlier subscription.", count(found.by_hash as u64, "record")))?;
    }
    Ok(())
}

async fn tell(
    session: &CommandSession<'_>,
    email: &EmailAddress,
    found: &Holdings,
    dry_run: bool,
) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    if output.is_json() {
        let mut tx = session.db.read().await?;
        let mut all = Vec::new();
        for one in &found.subscriptions {
            let slug = newsletters::slug(&mut tx, one.newsletter_id).await?;
            all.push(json!({ "newsletter": slug, "state": one.state, "created_at": one.created_at }));
        }
        output.json(&json!({
            "email": email.as_str(), "result": if dry_run { "would_erase" } else { "erased" }, "subscriptions": all,
            "records": found.by_hash, "settling": found.settling.len(),
        }))?;
        return Ok(Exit::Ok);
    }
    if dry_run {
        show(session, found).await?;
    }
    let much = count(found.subscriptions.len() as u64, "subscription");
    output.line(match dry_run {
        true => format!("{email} would be erased, with {much} and their history. Nothing was changed."),
        false => format!("{email} is erased, with {much} and their history."),
    })?;
    if !found.settling.is_empty() {
        output.note(
            "A subscription that was moved to this address recently stays: it still belongs to the previous address.",
        );
    }
    if !dry_run {
        output.note("A keyed hash of the address stays, so that no list brings it back. Backups still have the rest.");
    }
    Ok(Exit::Ok)
}

/// Prints the copy of everything that is stored about a person.
pub(super) async fn copy(email: &EmailAddress, session: &CommandSession<'_>) -> anyhow::Result<Exit> {
    let copy = signup::copy_of(session.db, &session.config.keys, email, session.context.now()).await?;
    let Some(copy) = copy else { return Err(nothing(email, &Holdings::default(), session)) };
    let output = &session.context.output;
    match output.is_json() {
        true => output.json(&copy)?,
        false => output.line(format!("{copy:#}"))?,
    }
    Ok(Exit::Ok)
}
