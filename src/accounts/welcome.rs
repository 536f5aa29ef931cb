//! Using a one-time link: whoever has it chooses a password and is signed in. Looking at it changes nothing, for programs
//! open every link.

use super::password::PasswordKeeper;
use super::session::{self, BrowserFacts, SessionSecret, SignInTrouble, SignedInNow};
use super::tries::new_device;
use super::{note, note_ended};
use crate::clock::Timestamp;
use crate::domain::EntryId;
use crate::domain::account::{AccountState, EndedSession, LinkKind, SignInMethod};
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::store::accounts::Account;
use crate::store::entries::AccountEntry;
use crate::store::members::NewsletterRole;
use crate::store::{Db, Result, StoreError, accounts, entries, members, methods, sessions};
use crate::token::{Keyring, Purpose};

/// What a link opens.
#[derive(Clone, Debug)]
pub enum WelcomeLink {
    Open {
        entry: EntryId,
        kind: LinkKind,
        account: Account,
        memberships: Vec<NewsletterRole>,
    },
    /// It was ours, and works no more: used, too old, or a newer one took its place.
    Closed,
    /// It was not made here, or its row is gone.
    Unknown,
}

/// What a link opens now. A read alone.
pub async fn look_welcome(db: &Db, keys: &Keyring, token: &str, now: Timestamp) -> Result<WelcomeLink> {
    let Some(unproved) = keys.open_row(Purpose::Welcome, token) else { return Ok(WelcomeLink::Unknown) };
    let Ok(id) = i64::try_from(unproved.number()) else { return Ok(WelcomeLink::Unknown) };
    let mut tx = db.read().await?;
    let entry = entries::get(&mut tx, EntryId(id)).await?.filter(|entry| keys.proves(&unproved, entry.mark));
    let Some(AccountEntry { id, account_id, kind, until, closed_at, .. }) = entry else {
        return Ok(WelcomeLink::Unknown);
    };
    let account = accounts::get(&mut tx, account_id).await?;
    let Some(account) = account else { return Ok(WelcomeLink::Unknown) };
    if closed_at.is_some() || until <= now || account.state == AccountState::Disabled {
        return Ok(WelcomeLink::Closed);
    }
    let memberships = members::of_account(&mut tx, account.id).await?;
    Ok(WelcomeLink::Open { entry: id, kind, account, memberships })
}

/// What came of using a link.
#[derive(Debug)]
pub enum Accepted {
    In(SignedInNow),
    /// Somebody was faster, or its time ran out.
    Closed,
}

/// Uses a link up: the account gets this password, all its sessions end, and the browser is signed in.
pub async fn accept(
    db: &Db,
    keys: &Keyring,
    keeper: &PasswordKeeper,
    (entry, account): (EntryId, &Account),
    password: String,
    browser: &BrowserFacts,
    now: Timestamp,
) -> Result<Accepted, SignInTrouble> {
    let hash = keeper.turn().await?.hash(password).await?;
    let (actor, id) = (Actor::Account(account.id.0), account.id);
    let by = actor.at(now);
    let secret = db
        .write(async |tx| {
            if !entries::use_up(tx, entry, now).await? {
                return Ok::<Option<SessionSecret>, StoreError>(None);
            }
            let state = accounts::get(tx, id).await?.map(|account| account.state);
            match state {
                Some(AccountState::Active) => {}
                Some(AccountState::Invited) => {
                    accounts::change_state(tx, id, AccountState::Invited, AccountState::Active).await?;
                }
                Some(AccountState::Disabled) | None => return Ok(None),
            }
            methods::put(tx, id, SignInMethod::Password, &hash, now).await?;
            note(tx, by, &Event::MethodAdded { account: id.0, method: SignInMethod::Password }).await?;
            let ended = sessions::end_all_of(tx, id, None).await?;
            note_ended(tx, by, id, EndedSession::Link, ended).await?;
            session::open(tx, id, SignInMethod::Link, browser, by).await.map(Some)
        })
        .await?;
    Ok(match secret {
        Some(secret) => Accepted::In(SignedInNow { secret, device: new_device(keys, id) }),
        None => Accepted::Closed,
    })
}
