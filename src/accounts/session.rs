//! Sessions: who a browser is, and how it stops being that. Looked up anew for each request, so an end is an end at once,
//! in every process.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;

use super::password::{PasswordKeeper, Unkept};
use super::tries::TryKeys;
use super::{note, note_ended};
use crate::clock::Timestamp;
use crate::domain::account::{AccountStanding, AccountState, EndedSession, SignInMethod};
use crate::domain::actor::{Actor, By};
use crate::domain::event::Event;
use crate::domain::sign_in::{SEEN_EVERY, STRONG_FOR, session_ends};
use crate::domain::{AccountId, NewsletterId, SessionId};
use crate::store::accounts::Account;
use crate::store::members::NewsletterRole;
use crate::store::sessions::{AccountSession, NewSession};
use crate::store::{Db, Result, StoreError, Tx, accounts, members, methods, sessions};
use crate::token::{Keyring, random_bytes};

/// How much is kept of what a browser calls itself, in characters.
const AGENT_CHARS_MAX: usize = 80;

/// What a browser keeps and shows with each request: 256 random bits. The database has its SHA-256 alone.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

impl SessionSecret {
    pub(super) fn random() -> Self {
        Self(HEXLOWER.encode(&random_bytes::<32>()))
    }

    /// One that a browser shows; none when it cannot be ours.
    pub fn shown(text: &str) -> Option<Self> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 64 && text.bytes().all(is_hex)).then(|| Self(text.to_owned()))
    }

    /// For the browser, and nobody else.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        digest(&SHA256, self.0.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret")
    }
}

/// What the browser is to keep.
#[derive(Debug)]
pub struct SignedInNow {
    pub secret: SessionSecret,
    /// Tells it from all other browsers when it signs in again.
    pub device: String,
}

/// What is written down of a browser.
#[derive(Clone, Debug, Default)]
pub struct BrowserFacts {
    /// `192.0.2.0/24`; empty when it is not known.
    pub network: String,
    /// What it calls itself.
    agent: String,
}

impl BrowserFacts {
    pub fn new(network: String, agent: &str) -> Self {
        let agent = agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX).collect();
        Self { network, agent }
    }
}

/// Somebody who is signed in, as they stand now.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub session: AccountSession,
    pub account: Account,
    pub memberships: Vec<NewsletterRole>,
}

impl SignedIn {
    pub fn actor(&self) -> Actor {
        Actor::Account(self.account.id.0)
    }

    /// Where they stand with a newsletter; with none, what they are as an operator.
    pub fn standing(&self, newsletter: Option<NewsletterId>) -> AccountStanding {
        let role = newsletter
            .and_then(|id| self.memberships.iter().find(|membership| membership.newsletter_id == id))
            .map(|membership| membership.role);
        AccountStanding { role, operator: self.account.operator }
    }

    /// Whether they have shown a moment ago who they are.
    pub fn is_strong(&self, now: Timestamp) -> bool {
        self.session.strong_at.plus(STRONG_FOR) > now
    }
}

/// Whose session a secret is, if it runs. A read alone.
pub async fn who(db: &Db, secret: &SessionSecret, now: Timestamp) -> Result<Option<SignedIn>> {
    let mut tx = db.read().await?;
    let Some(session) = sessions::find(&mut tx, &secret.hash()).await? else { return Ok(None) };
    if session_ends(session.created_at, session.seen_at) <= now {
        return Ok(None);
    }
    let account = accounts::get(&mut tx, session.account_id).await?;
    let Some(account) = account.filter(|account| account.state == AccountState::Active) else { return Ok(None) };
    let memberships = members::of_account(&mut tx, account.id).await?;
    Ok(Some(SignedIn { session, account, memberships }))
}

/// Notes that a session is in use, once an hour: it is what keeps it from ending unused. Returns whether it was noted now.
pub async fn note_seen(db: &Db, session: &AccountSession, now: Timestamp) -> Result<bool> {
    let before = now.minus(SEEN_EVERY);
    if session.seen_at > before {
        return Ok(false);
    }
    db.write(async |tx| sessions::see(tx, session.id, before, now).await).await
}

/// Opens a session, with its event.
pub(super) async fn open(
    tx: &mut Tx,
    account: AccountId,
    method: SignInMethod,
    browser: &BrowserFacts,
    by: By<'_>,
) -> Result<SessionSecret> {
    let secret = SessionSecret::random();
    let hash = secret.hash();
    let new = NewSession { account, hash: &hash, method, network: &browser.network, agent: &browser.agent };
    sessions::add(tx, &new, by.now).await?;
    note(tx, by, &Event::SessionOpened { account: account.0, method }).await?;
    Ok(secret)
}

/// What came of showing a password again.
#[derive(Debug)]
pub enum ShownAgain {
    /// It is them; the session goes on under another secret.
    Strong(SessionSecret),
    Refused,
    /// Too many tries; the next one after so long.
    Wait(Duration),
    /// The session ended meanwhile.
    Ended,
}

/// Shows again who somebody is, by their password.
pub async fn show_again(
    db: &Db,
    keys: &Keyring,
    keeper: &PasswordKeeper,
    who: &SignedIn,
    password: String,
    now: Timestamp,
) -> Result<ShownAgain, SignInTrouble> {
    let tries = TryKeys::of_session(keys, who.session.id.0);
    let turn = keeper.turn().await?;
    let (wait, secret) = db
        .write(async |tx| {
            let (wait, _) = tries.wait(tx, now).await?;
            if wait.is_none() {
                tries.count(tx, now).await?;
            }
            Ok::<_, StoreError>((wait, methods::secret_of(tx, who.account.id, SignInMethod::Password).await?))
        })
        .await?;
    if let Some(wait) = wait {
        return Ok(ShownAgain::Wait(wait));
    }
    if !turn.compares(password, secret.clone()).await? {
        return Ok(ShownAgain::Refused);
    }
    let renewed = SessionSecret::random();
    let shown = db
        .write(async |tx| {
            let is_same = methods::secret_of(tx, who.account.id, SignInMethod::Password).await? == secret;
            let goes_on = is_same && sessions::renew(tx, who.session.id, &renewed.hash(), now).await?;
            if goes_on {
                tries.forgive(tx).await?;
            }
            Ok::<_, StoreError>(goes_on)
        })
        .await?;
    Ok(if shown { ShownAgain::Strong(renewed) } else { ShownAgain::Ended })
}

/// Why nobody can say whether somebody is who they say.
#[derive(Debug, thiserror::Error)]
pub enum SignInTrouble {
    #[error(transparent)]
    Busy(#[from] Unkept),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives an account another password. Every other session ends, and this one goes on under another secret; `None` when it
/// ended meanwhile. Whether the session is strong enough is the caller's to ask.
pub async fn change_password(
    db: &Db,
    keeper: &PasswordKeeper,
    who: &SignedIn,
    password: String,
    now: Timestamp,
) -> Result<Option<SessionSecret>, SignInTrouble> {
    let hash = keeper.turn().await?.hash(password).await?;
    let (actor, account) = (who.actor(), who.account.id);
    let by = actor.at(now);
    let renewed = SessionSecret::random();
    let is_changed = db
        .write(async |tx| {
            if !sessions::renew(tx, who.session.id, &renewed.hash(), now).await? {
                return Ok::<_, StoreError>(false);
            }
            methods::put(tx, account, SignInMethod::Password, &hash, now).await?;
            note(tx, by, &Event::MethodAdded { account: account.0, method: SignInMethod::Password }).await?;
            let ended = sessions::end_all_of(tx, account, Some(who.session.id)).await?;
            note_ended(tx, by, account, EndedSession::Password, ended).await?;
            Ok(true)
        })
        .await?;
    Ok(is_changed.then_some(renewed))
}

/// Ends the session that asks.
pub async fn sign_out(db: &Db, who: &SignedIn, now: Timestamp) -> Result<bool> {
    end_one(db, who, who.session.id, EndedSession::SignedOut, now).await
}

/// Ends another session of the same account; `false` when there is none of this number.
pub async fn end_session(db: &Db, who: &SignedIn, session: SessionId, now: Timestamp) -> Result<bool> {
    end_one(db, who, session, EndedSession::Elsewhere, now).await
}

async fn end_one(db: &Db, who: &SignedIn, session: SessionId, why: EndedSession, now: Timestamp) -> Result<bool> {
    let (actor, account) = (who.actor(), who.account.id);
    db.write(async |tx| {
        let ended = sessions::end(tx, account, session).await?;
        note_ended(tx, actor.at(now), account, why, u64::from(ended)).await?;
        Ok(ended)
    })
    .await
}

/// Ends all sessions of an account but the one that asks. Returns how many.
pub async fn end_others(db: &Db, who: &SignedIn, now: Timestamp) -> Result<u64> {
    let (actor, account) = (who.actor(), who.account.id);
    db.write(async |tx| {
        let ended = sessions::end_all_of(tx, account, Some(who.session.id)).await?;
        note_ended(tx, actor.at(now), account, EndedSession::Elsewhere, ended).await?;
        Ok(ended)
    })
    .await
}

/// Ends all sessions of an account, for who looks after accounts. Returns how many.
pub async fn sign_out_everywhere(db: &Db, account: AccountId, by: By<'_>) -> Result<u64> {
    db.write(async |tx| {
        let ended = sessions::end_all_of(tx, account, None).await?;
        note_ended(tx, by, account, EndedSession::Command, ended).await?;
        Ok(ended)
    })
    .await
}
