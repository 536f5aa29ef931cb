//! A newsletter, and people with a login who stand for every role. Knows no scenario.

use std::time::Duration;

use coranto::accounts::{
    self, Accepted, BrowserFacts, Invitation, NewAccount, PasswordKeeper, SessionSecret, SignIn, SignInOutcome,
    SignedIn, SignedInNow, WelcomeLink,
};
use coranto::clock::Timestamp;
use coranto::domain::account::MemberRole;
use coranto::domain::actor::{Actor, By};
use coranto::domain::{AccountId, NewsletterId};
use coranto::store::{Db, newsletters};
use coranto::token::Keyring;

use crate::signup::NOW;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Accounts over a database, and a clock that stands still.
pub(crate) struct AccountsFixture {
    pub(crate) db: Db,
    pub(crate) keys: Keyring,
    pub(crate) keeper: PasswordKeeper,
    pub(crate) week: NewsletterId,
    pub(crate) now: Timestamp,
    actor: Actor,
}

impl AccountsFixture {
    pub(crate) async fn new(db: Db) -> Self {
        Self::with_keys(db, Keyring::parse(&format!("1:{}", "11".repeat(32))).unwrap()).await
    }

    /// Beside a site that has its own keys.
    pub(crate) async fn with_keys(db: Db, keys: Keyring) -> Self {
        let week = db.write(async |tx| newsletters::ensure(tx, "week", NOW).await).await.unwrap();
        let actor = Actor::Command("anna".to_owned());
        Self { db, keys, keeper: PasswordKeeper::default(), week, now: NOW, actor }
    }

    pub(crate) fn by(&self) -> By<'_> {
        self.actor.at(self.now)
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
    }

    pub(crate) async fn invite(&self, email: &str, role: Option<MemberRole>, operator: bool) -> Invitation {
        let roles = role.map(|role| (self.week, role)).into_iter().collect();
        let new = NewAccount { email: email.parse().unwrap(), name: String::new(), operator, roles };
        accounts::add(&self.db, &self.keys, &new, self.by()).await.unwrap()
    }

    pub(crate) fn token(link: &Invitation) -> &str {
        link.path.rsplit('/').next().unwrap()
    }

    pub(crate) async fn look(&self, link: &Invitation) -> WelcomeLink {
        accounts::look_welcome(&self.db, &self.keys, Self::token(link), self.now).await.unwrap()
    }

    /// Uses a link, if it opens anything.
    pub(crate) async fn accept(&self, link: &Invitation) -> Option<SignedInNow> {
        let WelcomeLink::Open { entry, account, .. } = self.look(link).await else { return None };
        let (browser, password) = (BrowserFacts::default(), PASSWORD.to_owned());
        let accepted =
            accounts::accept(&self.db, &self.keys, &self.keeper, (entry, &account), password, &browser, self.now);
        match accepted.await.unwrap() {
            Accepted::In(now) => Some(now),
            Accepted::Closed => None,
        }
    }

    /// Somebody who is signed in, with their number and what their browser keeps.
    pub(crate) async fn member(
        &self,
        email: &str,
        role: Option<MemberRole>,
        operator: bool,
    ) -> (AccountId, SignedInNow) {
        let link = self.invite(email, role, operator).await;
        (link.account, self.accept(&link).await.unwrap())
    }

    pub(crate) async fn who(&self, secret: &SessionSecret) -> Option<SignedIn> {
        accounts::who(&self.db, secret, self.now).await.unwrap()
    }

    /// Tries a password from a network, with what the browser kept.
    pub(crate) async fn try_password(
        &self,
        email: &str,
        password: &str,
        device: Option<&str>,
        network: &str,
    ) -> SignInOutcome {
        let ask = SignIn {
            email: email.parse().unwrap(),
            password: password.to_owned(),
            device: device.map(str::to_owned),
            browser: BrowserFacts::new(network.to_owned(), "Firefox"),
        };
        accounts::sign_in(&self.db, &self.keys, &self.keeper, ask, self.now).await.unwrap()
    }

    /// The kinds and details of all events, oldest first.
    pub(crate) async fn log(&self) -> Vec<(String, String)> {
        let mut tx = self.db.read().await.unwrap();
        tx.sql("SELECT kind, data FROM events ORDER BY id").fetch_all().await.unwrap()
    }
}
