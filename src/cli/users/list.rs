//! Accounts with their roles, and the browsers that one is signed in with.

use super::UsersSession;
use super::change::Whom;
use crate::cli::Exit;
use crate::cli::table::Table;
use crate::cli::when::{local, shared_zone};
use crate::resources::{AccountResource, SessionResource};
use crate::store::{accounts, members, sessions};

pub(super) async fn list(session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let mut tx = session.db.read().await?;
    let all = accounts::all(&mut tx).await?;
    let mut table = Table::new(&["ADDRESS", "NAME", "STATE", "ROLES"]);
    for account in &all {
        let memberships = members::of_account(&mut tx, account.id).await?;
        if output.is_json() {
            output.resource(&AccountResource::of(account, &memberships))?;
            continue;
        }
        let operator = account.operator.then(|| "operator".to_owned());
        let roles = memberships.iter().map(|one| format!("{} of {}", one.role, one.slug)).chain(operator);
        let roles = roles.collect::<Vec<_>>().join(", ");
        table.row([account.email.to_string(), account.name.clone(), account.state.to_string(), roles]);
    }
    if !output.is_json() {
        if all.is_empty() {
            output.line("Nobody has an account.")?;
            output.note("`coranto users add ADDRESS --role owner --operator` adds the first.");
        } else {
            output.table(&table)?;
        }
    }
    Ok(Exit::Ok)
}

pub(super) async fn sessions(args: &Whom, session: &UsersSession<'_>) -> anyhow::Result<Exit> {
    let output = &session.context.output;
    let account = session.account(&args.address).await?;
    let found = sessions::of_account(&mut session.db.read().await?, account.id).await?;
    let zone = shared_zone(session.config);
    let mut table = Table::new(&["SINCE", "LAST USED", "NETWORK", "BROWSER"]);
    for one in &found {
        if output.is_json() {
            output.resource(&SessionResource::from(one))?;
            continue;
        }
        let (since, used) = (local(one.created_at, &zone), local(one.seen_at, &zone));
        table.row([since, used, one.network.clone(), one.agent.clone()]);
    }
    if !output.is_json() {
        if found.is_empty() {
            output.line(format!("{} is signed in nowhere.", args.address))?;
        } else {
            output.table(&table)?;
        }
    }
    Ok(Exit::Ok)
}
