//! What the tests of readers stand on: a newsletter, its door, and looks into the ledger.

use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::SubscriptionId;
use coranto::domain::actor::Actor;
use coranto::domain::consent::ConsentKind;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::subscriber::SubscriptionState;
use coranto::signup::{
    self, ActionContext, Ask, ClientNetwork, Confirmation, DomainPolicy, Limits, RequestError, RequestOutcome, Signup,
    SignupList, UnsubscribeOutcome,
};
use coranto::store::consents::Consent;
use coranto::store::subscriptions::Subscription;
use coranto::store::{Db, consents, subscriptions};
use coranto::templates::Templates;
use coranto::token::Keyring;

use crate::harness::newsletters;

pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A newsletter as its configuration would give it.
pub(crate) fn newsletter(slug: &str, name: &str) -> Newsletter {
    Newsletter {
        postal_address: "1 Example Street, Example".to_owned(),
        ..newsletters::newsletter(slug, name, "week@news.example")
    }
}

/// A newsletter's door, with the mails that readers really get.
pub(crate) async fn list(db: &Db, newsletter: Newsletter) -> SignupList {
    let letters =
        signup::mails::letters(&newsletter, "https://news.example.com", &Templates::embedded().unwrap(), None).unwrap();
    SignupList::open(db, newsletter, &letters, NOW).await.unwrap()
}

/// A newsletter over a database, at a time that a test moves.
pub(crate) struct SignupFixture {
    pub(crate) signup: Signup,
    pub(crate) list: SignupList,
    pub(crate) now: Timestamp,
}

impl SignupFixture {
    pub(crate) async fn new(db: Db) -> Self {
        Self::with_limits(db, Limits::default()).await
    }

    pub(crate) async fn with_limits(db: Db, limits: Limits) -> Self {
        let list = list(&db, newsletter("week", "The Week")).await;
        let keys = Keyring::parse(&format!("1:{}", "5c".repeat(32))).unwrap();
        Self { signup: Signup::new(db, keys, limits, DomainPolicy::none()), list, now: NOW }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.signup.db
    }

    pub(crate) fn keys(&self) -> &Keyring {
        &self.signup.keys
    }

    pub(crate) fn act(&self, client: Option<&str>) -> ActionContext {
        let client = client.map(|address| ClientNetwork::of(address.parse().unwrap()));
        ActionContext { actor: Actor::Reader, source: "form".to_owned(), wording: "test", client, now: self.now }
    }

    pub(crate) fn later(&mut self, hours: u64) {
        self.now = self.now.plus(Duration::from_secs(hours * 3600));
    }

    pub(crate) async fn request(&self, email: &str) -> Result<(), RequestError> {
        self.request_from(email, "192.0.2.1").await
    }

    pub(crate) async fn request_from(&self, email: &str, client: &str) -> Result<(), RequestError> {
        let ask = Ask { skip_challenge: true, ..Ask::new(email.parse().unwrap()) };
        match self.ask(&ask, client).await? {
            RequestOutcome::Taken => Ok(()),
            RequestOutcome::NoMail(why) => panic!("strangers are told: {why:?}"),
            RequestOutcome::Step(step) => panic!("one step more: {step:?}"),
        }
    }

    pub(crate) async fn ask(&self, ask: &Ask, client: &str) -> Result<RequestOutcome, RequestError> {
        signup::request(&self.signup, &self.list, ask, &self.act(Some(client))).await
    }

    pub(crate) async fn confirm(&self, email: &str) -> Confirmation {
        let asked = self.asked(email).await;
        signup::confirm(self.db(), self.keys(), asked, None, &self.act(None)).await.unwrap()
    }

    pub(crate) async fn leave(&self, email: &str) -> UnsubscribeOutcome {
        let id = self.find(email).await.unwrap().id;
        signup::leave(self.db(), id, &self.act(None)).await.unwrap()
    }

    /// An active reader, by the way every reader comes.
    pub(crate) async fn reader(&self, email: &str) -> SubscriptionId {
        self.request(email).await.unwrap();
        assert!(matches!(self.confirm(email).await, Confirmation::Fresh(_)));
        self.find(email).await.unwrap().id
    }

    pub(crate) async fn asked(&self, email: &str) -> coranto::domain::ConsentId {
        let id = self.find(email).await.unwrap().id;
        let mut tx = self.db().read().await.unwrap();
        consents::latest(&mut tx, id, ConsentKind::Asked).await.unwrap().unwrap().id
    }

    /// The latest question that was asked for an address.
    pub(crate) async fn question(&self, email: &str) -> Consent {
        let asked = self.asked(email).await;
        consents::get(&mut self.db().read().await.unwrap(), asked).await.unwrap().unwrap()
    }

    pub(crate) async fn find(&self, email: &str) -> Option<Subscription> {
        let key = email.parse::<coranto::domain::address::EmailAddress>().unwrap().key();
        let mut tx = self.db().read().await.unwrap();
        subscriptions::find(&mut tx, self.list.id, &key).await.unwrap()
    }

    pub(crate) async fn state(&self, email: &str) -> Option<SubscriptionState> {
        self.find(email).await.map(|found| found.state)
    }

    pub(crate) async fn history(&self, email: &str) -> Vec<ConsentKind> {
        let id = self.find(email).await.unwrap().id;
        let mut tx = self.db().read().await.unwrap();
        consents::of_subscription(&mut tx, id).await.unwrap().iter().map(|consent| consent.kind).collect()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let mut tx = self.db().read().await.unwrap();
        tx.sql(sql).fetch_one::<(i64,)>().await.unwrap().0
    }

    /// How many mails of a kind the ledger has, in whichever state.
    pub(crate) async fn mails(&self, kind: &str) -> i64 {
        let mut tx = self.db().read().await.unwrap();
        let counted: (i64,) = tx
            .sql("SELECT COUNT(*) FROM deliveries d JOIN revisions r ON r.id = d.revision_id WHERE r.kind = $1")
            .bind(kind)
            .fetch_one()
            .await
            .unwrap();
        counted.0
    }

    /// How many mails wait to be sent.
    pub(crate) async fn waiting(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM deliveries WHERE state = 'pending'").await
    }

    /// A figure that changes with every write that matters.
    pub(crate) async fn fingerprint(&self) -> [i64; 6] {
        [
            self.number("SELECT COUNT(*) FROM subscribers").await,
            self.number("SELECT COUNT(*) FROM subscriptions").await,
            self.number("SELECT COUNT(*) FROM subscriptions WHERE state = 'active'").await,
            self.number("SELECT COUNT(*) FROM consents").await,
            self.number("SELECT COUNT(*) FROM deliveries").await,
            self.number("SELECT COUNT(*) FROM events").await,
        ]
    }
}
