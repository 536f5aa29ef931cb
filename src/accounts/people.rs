//! Who has a login, and who has which part in a newsletter. The last owner of a newsletter and the last operator cannot
//! go: whoever would take them away is told so, and nothing changes.

use super::error::AccountError;
use super::link::{Invitation, invite};
use super::{note, note_ended};
use crate::domain::account::{AccountState, EndedSession, LinkKind, MemberRole, SignInMethod};
use crate::domain::actor::By;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::domain::{AccountId, NewsletterId};
use crate::store::events::{self, About};
use crate::store::{Db, Result, Tx, accounts, entries, members, methods, sessions};
use crate::token::Keyring;

/// Somebody who is to have a login.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub email: EmailAddress,
    /// What they are called, cleaned; may be empty.
    pub name: String,
    pub operator: bool,
    /// Their part in newsletters.
    pub roles: Vec<(NewsletterId, MemberRole)>,
}

/// Whether anything had to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    Yes,
    /// It was so before.
    Already,
}

/// Adds an account, and makes the link that its person begins with.
pub async fn add(db: &Db, keys: &Keyring, new: &NewAccount, by: By<'_>) -> Result<Invitation, AccountError> {
    db.write(async |tx| {
        let added = accounts::add(tx, &new.email, &new.name, new.operator, by.now).await?;
        let id = added.ok_or(AccountError::Known)?;
        note(tx, by, &Event::AccountAdded { account: id.0, operator: new.operator }).await?;
        for (newsletter, role) in &new.roles {
            members::add(tx, id, *newsletter, *role, by.now).await?;
            note_role(tx, id, *newsletter, Some(*role), by).await?;
        }
        Ok(invite(tx, keys, id, LinkKind::Welcome, by).await?)
    })
    .await
}

/// Gives an account a part in a newsletter, another one, or none. Its sessions end.
pub async fn set_role(
    db: &Db,
    account: AccountId,
    newsletter: NewsletterId,
    role: Option<MemberRole>,
    by: By<'_>,
) -> Result<AccountChange, AccountError> {
    db.write(async |tx| {
        accounts::get(tx, account).await?.ok_or(AccountError::Unknown)?;
        let before = members::role_of(tx, account, newsletter).await?;
        if before == role {
            return Ok(AccountChange::Already);
        }
        if before == Some(MemberRole::Owner) {
            keep_an_owner(tx, account, newsletter).await?;
        }
        let is_changed = match (before, role) {
            (None, Some(role)) => members::add(tx, account, newsletter, role, by.now).await?,
            (Some(before), Some(role)) => members::change(tx, account, newsletter, before, role).await?,
            (Some(before), None) => members::remove(tx, account, newsletter, before).await?,
            (None, None) => true,
        };
        if !is_changed {
            return Err(AccountError::Meanwhile);
        }
        note_role(tx, account, newsletter, role, by).await?;
        let ended = sessions::end_all_of(tx, account, None).await?;
        note_ended(tx, by, account, EndedSession::Role, ended).await?;
        Ok(AccountChange::Yes)
    })
    .await
}

/// Makes an account an operator's, or no longer. Its sessions end.
pub async fn set_operator(
    db: &Db,
    account: AccountId,
    operator: bool,
    by: By<'_>,
) -> Result<AccountChange, AccountError> {
    db.write(async |tx| {
        let found = accounts::get(tx, account).await?.ok_or(AccountError::Unknown)?;
        if found.operator == operator {
            return Ok(AccountChange::Already);
        }
        if found.operator {
            keep_an_operator(tx, account).await?;
        }
        if !accounts::change_operator(tx, account, operator).await? {
            return Err(AccountError::Meanwhile);
        }
        note(tx, by, &Event::AccountChanged { account: account.0, operator }).await?;
        let ended = sessions::end_all_of(tx, account, None).await?;
        note_ended(tx, by, account, EndedSession::Role, ended).await?;
        Ok(AccountChange::Yes)
    })
    .await
}

/// Lets nobody sign in to an account any more. Its sessions end, and its links open nothing.
pub async fn disable(db: &Db, account: AccountId, by: By<'_>) -> Result<AccountChange, AccountError> {
    db.write(async |tx| {
        let found = accounts::get(tx, account).await?.ok_or(AccountError::Unknown)?;
        if found.state == AccountState::Disabled {
            return Ok(AccountChange::Already);
        }
        if found.operator {
            keep_an_operator(tx, account).await?;
        }
        for membership in members::of_account(tx, account).await? {
            if membership.role == MemberRole::Owner {
                keep_an_owner(tx, account, membership.newsletter_id).await?;
            }
        }
        if !accounts::change_state(tx, account, found.state, AccountState::Disabled).await? {
            return Err(AccountError::Meanwhile);
        }
        note(tx, by, &Event::AccountDisabled { account: account.0 }).await?;
        entries::close(tx, account, by.now).await?;
        let ended = sessions::end_all_of(tx, account, None).await?;
        note_ended(tx, by, account, EndedSession::Disabled, ended).await?;
        Ok(AccountChange::Yes)
    })
    .await
}

/// Takes that back. Who has a password signs in with it; who has none needs a link.
pub async fn enable(db: &Db, account: AccountId, by: By<'_>) -> Result<AccountChange, AccountError> {
    db.write(async |tx| {
        let found = accounts::get(tx, account).await?.ok_or(AccountError::Unknown)?;
        if found.state != AccountState::Disabled {
            return Ok(AccountChange::Already);
        }
        let has_password = methods::secret_of(tx, account, SignInMethod::Password).await?.is_some();
        let state = if has_password { AccountState::Active } else { AccountState::Invited };
        if !accounts::change_state(tx, account, found.state, state).await? {
            return Err(AccountError::Meanwhile);
        }
        note(tx, by, &Event::AccountEnabled { account: account.0, state }).await?;
        Ok(AccountChange::Yes)
    })
    .await
}

async fn note_role(
    tx: &mut Tx,
    account: AccountId,
    newsletter: NewsletterId,
    role: Option<MemberRole>,
    by: By<'_>,
) -> Result<()> {
    let about = About { newsletter: Some(newsletter), ..About::default() };
    events::append(tx, by, about, &Event::RoleChanged { account: account.0, role }).await
}

async fn keep_an_owner(tx: &mut Tx, account: AccountId, newsletter: NewsletterId) -> Result<(), AccountError> {
    if members::other_owners(tx, newsletter, account).await? > 0 {
        return Ok(());
    }
    let newsletter = crate::store::newsletters::slug(tx, newsletter).await?.unwrap_or_default();
    Err(AccountError::LastOwner { newsletter })
}

async fn keep_an_operator(tx: &mut Tx, account: AccountId) -> Result<(), AccountError> {
    match accounts::other_operators(tx, account).await? {
        0 => Err(AccountError::LastOperator),
        _ => Ok(()),
    }
}
