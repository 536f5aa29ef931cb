//! Signing in with a password. An address without an account gets the same answer after the same work, and the same limits.

use std::time::Duration;

use super::note;
use super::password::PasswordKeeper;
use super::session::{self, BrowserFacts, SignInTrouble, SignedInNow};
use super::tries::{TryKeys, is_device_of, new_device, tidy_up};
use crate::clock::Timestamp;
use crate::domain::AccountId;
use crate::domain::account::{AccountState, RefusedSignIn, SignInMethod};
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::event::Event;
use crate::store::{Db, StoreError, accounts, methods};
use crate::token::Keyring;

/// What somebody shows.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub email: EmailAddress,
    /// One spelling for each letter, as it is hashed.
    pub password: String,
    /// What the browser kept of a former time.
    pub device: Option<String>,
    pub browser: BrowserFacts,
}

/// What came of it.
#[derive(Debug)]
pub enum SignInOutcome {
    In(SignedInNow),
    /// There is no such account, or the password is another, or the account is disabled.
    Refused,
    /// Too many tries; the next one after so long.
    Wait(Duration),
}

/// Signs in, or refuses.
pub async fn sign_in(
    db: &Db,
    keys: &Keyring,
    keeper: &PasswordKeeper,
    ask: SignIn,
    now: Timestamp,
) -> Result<SignInOutcome, SignInTrouble> {
    let account = accounts::find(&mut db.read().await?, &ask.email).await?;
    let device =
        ask.device.filter(|token| account.as_ref().is_some_and(|account| is_device_of(keys, token, account.id)));
    let tries = TryKeys::of(keys, &ask.email, device.as_deref(), &ask.browser.network);
    // Who has to wait takes nobody's turn.
    if let (Some(wait), _) = tries.wait(&mut db.read().await?, now).await? {
        return Ok(SignInOutcome::Wait(wait));
    }
    let turn = keeper.turn().await?;
    let (wait, is_first, secret) = db
        .write(async |tx| {
            tidy_up(tx, now).await?;
            let (wait, is_first) = tries.wait(tx, now).await?;
            if wait.is_none() {
                tries.count(tx, now).await?;
            }
            // Also where there is no account: the work is to be the same.
            let id = account.as_ref().map_or(AccountId(0), |account| account.id);
            let secret = methods::secret_of(tx, id, SignInMethod::Password).await?;
            Ok::<_, StoreError>((wait, is_first, secret))
        })
        .await?;
    if let Some(wait) = wait {
        return Ok(SignInOutcome::Wait(wait));
    }
    let is_password = turn.compares(ask.password, secret.clone()).await?;
    let opened = db
        .write(async |tx| {
            let refused = match &account {
                Some(found) if is_password => {
                    // What was shown may have changed while it was compared.
                    let state = accounts::get(tx, found.id).await?.map(|account| account.state);
                    let is_same = methods::secret_of(tx, found.id, SignInMethod::Password).await? == secret;
                    if state == Some(AccountState::Active) && is_same {
                        let actor = Actor::Account(found.id.0);
                        let method = SignInMethod::Password;
                        let opened = session::open(tx, found.id, method, &ask.browser, actor.at(now)).await?;
                        tries.forgive(tx).await?;
                        return Ok::<_, StoreError>(Some((found.id, opened)));
                    }
                    RefusedSignIn::Disabled
                }
                _ => RefusedSignIn::Password,
            };
            // One entry in an hour says it; a thousand guesses need no thousand entries.
            if is_first {
                let account = account.as_ref().map(|account| account.id.0);
                let event = Event::SessionRefused { account, why: refused };
                note(tx, Actor::Scheduler.at(now), &event).await?;
            }
            Ok(None)
        })
        .await?;
    Ok(match opened {
        Some((account, secret)) => {
            let device = device.unwrap_or_else(|| new_device(keys, account));
            SignInOutcome::In(SignedInNow { secret, device })
        }
        None => SignInOutcome::Refused,
    })
}
