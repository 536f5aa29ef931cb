//! What the command line does to accounts. The rules are `accounts`'; here they are put into words.

use serde_json::{Value, json};

use super::{UsersSession, address, refused};
use crate::accounts::{self, AccountChange, Invitation, NewAccount};
use crate::cli::newsletter_choice::newsletter;
use crate::cli::text::count;
use crate::cli::when::{local, shared_zone};
use crate::cli::{Exit, Failure};
use crate::domain::account::{AccountState, MemberRole};
use crate::domain::address::EmailAddress;
use crate::domain::name::parse_name;
use crate::wiring;

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Their address; they sign in with it.
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// What they are called.
    #[arg(long)]
    name: Option<String>,
    /// Their role in the newsletter: viewer, writer, editor or owner.
    #[arg(long, value_parser = role_name)]
    role: Option<MemberRole>,
    /// Let them look after the server and all accounts.
    #[arg(long)]
    operator: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Whom {
    /// The address of the account.
    #[arg(value_parser = address)]
    pub(super) address: EmailAddress,
}

#[derive(Debug, clap::Args)]
pub(super) struct ChangeRole {
    /// The address of the account.
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// The role: viewer, writer, editor, owner, or none.
    #[arg(value_parser = role_or_none)]
    role: GivenRole,
}

#[derive(Debug, clap::Args)]
pub(super) struct ChangeOperator {
    /// The address of the account.
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// Take it away.
    #[arg(long)]
    off: bool,
}

/// A role, or that there is to be none.
#[derive(Clone, Copy, Debug)]
struct GivenRole(Option<MemberRole>);

fn role_name(text: &str) -> Result<MemberRole, String> {
    text.parse().map_err(|_| "it is one of viewer, writer, editor, owner".to_owned())
}

fn role_or_none(text: &str) -> Result<GivenRole, String> {
    match text {
        "none" => Ok(GivenRole(None)),
        _ => text
            .parse()
            .map(|role| GivenRole(Some(role)))
            .map_err(|_| "it is one of viewer, writer, editor, owner, none".to_owned()),
    }
}

/// Says what was done, in words or as an object.
fn done(session: &UsersSession<'_>, object: &Value, words: &str) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    if output.is_json() {
        output.json(object)?;
    } else {
        output.line(words)?;
    }
    Ok(Exit::Ok)
}

fn result(email: &EmailAddress, changed: AccountChange) -> Value {
    let result = if changed == AccountChange::Yes { "changed" } else { "unchanged" };
    json!({ "email": email.as_str(), "result": result })
}

/// Shows a link: it is the only time.
fn show_link(session: &UsersSession<'_>, email: &EmailAddress, link: &Invitation, whom: &str) -> anyhow::Result<Exit> {
    let url = link.url(&wiring::public_url(session.config));
    let until = local(link.until, &shared_zone(session.config));
    let object = json!({ "email": email.as_str(), "kind": link.kind, "url": url, "until": link.until });
    let output = &session.context.output;
    output.note(format!("The link works once, until {until}. Whoever opens it becomes {whom}."));
    done(session, &object, &url)
}

pub(super) async fn add(args: Add, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let name = match args.name.as_deref().map(parse_name) {
        None | Some(Ok(None)) => String::new(),
        Some(Ok(Some(name))) => name,
        Some(Err(error)) => return Err(Failure::usage(format!("that is not a name: {error}")).into()),
    };
    let mut roles = Vec::new();
    if let Some(role) = args.role {
        let newsletter = newsletter(session.config, session.newsletter.as_deref())?;
        roles.push((session.context.registered(session.db, newsletter).await?.id, role));
    } else if !args.operator {
        return Err(Failure::usage("an account needs a role, or --operator")
            .hint("add --role viewer, writer, editor or owner; or --operator")
            .into());
    }
    let email = args.address;
    let whom = if name.is_empty() { email.to_string() } else { name.clone() };
    let new = NewAccount { email: email.clone(), name, operator: args.operator, roles };
    let actor = session.context.actor();
    let link = accounts::add(session.db, &session.config.keys, &new, actor.at(session.context.now())).await;
    show_link(session, &email, &link.map_err(|error| refused(error, &email))?, &whom)
}

pub(super) async fn link(args: Whom, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let (email, actor) = (&args.address, session.context.actor());
    let account = session.account(email).await?;
    let whom = if account.name.is_empty() { email.to_string() } else { account.name };
    let by = actor.at(session.context.now());
    let link = accounts::make_link(session.db, &session.config.keys, account.id, by).await;
    show_link(session, email, &link.map_err(|error| refused(error, email))?, &whom)
}

pub(super) async fn role(args: ChangeRole, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let (email, actor) = (&args.address, session.context.actor());
    let newsletter = newsletter(session.config, session.newsletter.as_deref())?;
    let account = session.account(email).await?;
    let newsletter = session.context.registered(session.db, newsletter).await?;
    let GivenRole(role) = args.role;
    let by = actor.at(session.context.now());
    let changed = accounts::set_role(session.db, account.id, newsletter.id, role, by).await;
    let changed = changed.map_err(|error| refused(error, email))?;
    let slug = &newsletter.slug;
    let words = match role {
        Some(role) => format!("{email} is {} of {slug}.", with_article(role)),
        None => format!("{email} has no role in {slug}."),
    };
    done(session, &result(email, changed), &words)
}

fn with_article(role: MemberRole) -> String {
    let article = if matches!(role, MemberRole::Editor | MemberRole::Owner) { "an" } else { "a" };
    format!("{article} {role}")
}

pub(super) async fn operator(args: ChangeOperator, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let (email, actor) = (&args.address, session.context.actor());
    let account = session.account(email).await?;
    let by = actor.at(session.context.now());
    let changed = accounts::set_operator(session.db, account.id, !args.off, by).await;
    let changed = changed.map_err(|error| refused(error, email))?;
    let words = if args.off { format!("{email} is no operator.") } else { format!("{email} is an operator.") };
    done(session, &result(email, changed), &words)
}

pub(super) async fn disable(args: Whom, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let (email, actor) = (&args.address, session.context.actor());
    let account = session.account(email).await?;
    let changed = accounts::disable(session.db, account.id, actor.at(session.context.now())).await;
    let changed = changed.map_err(|error| refused(error, email))?;
    done(session, &result(email, changed), &format!("{email} cannot sign in."))
}

pub(super) async fn enable(args: Whom, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let (email, actor) = (&args.address, session.context.actor());
    let account = session.account(email).await?;
    let changed = accounts::enable(session.db, account.id, actor.at(session.context.now())).await;
    let changed = changed.map_err(|error| refused(error, email))?;
    if session.account(email).await?.state == AccountState::Invited {
        session.context.output.note("They have no password: `coranto users link` prints a link.");
    }
    done(session, &result(email, changed), &format!("The account of {email} is enabled."))
}

pub(super) async fn sign_out(args: Whom, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let (email, actor) = (&args.address, session.context.actor());
    let account = session.account(email).await?;
    let ended = accounts::sign_out_everywhere(session.db, account.id, actor.at(session.context.now())).await?;
    let object = json!({ "email": email.as_str(), "sessions": ended });
    done(session, &object, &format!("{} of {email} ended.", count(ended, "session")))
}
