//! "That was not me": no more mails that strangers ask for.

use coranto::domain::subscriber::SubscriptionState::{Active, Pending, Unsubscribed};
use coranto::signup::{self, Confirmation};
use coranto::store::Db;

use super::SignupFixture;
use crate::harness::database::both_databases;

impl SignupFixture {
    fn tag(&self, email: &str) -> u64 {
        self.keys().address_tag(&email.parse::<coranto::domain::address::EmailAddress>().unwrap().key())
    }

    pub(crate) async fn refuse(&self, email: &str) {
        signup::refuse(self.db(), self.tag(email), &self.act(None)).await.unwrap();
    }
}

both_databases! {
    async fn not_me_ends_the_request_and_all_that_come_in_a_year(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.request("anna@example.org").await.unwrap();
        assert_eq!(ground.waiting().await, 1);
        for _twice in 0..2 {
            ground.refuse("anna@example.org").await;
            assert_eq!((ground.state("anna@example.org").await, ground.waiting().await), (Some(Unsubscribed), 0));
        }
        assert!(matches!(ground.confirm("anna@example.org").await, Confirmation::Stale(_)), "the link is dead");
        for _month in 0..12 {
            ground.later(24 * 30);
            ground.request("Anna@example.org").await.unwrap();
            signup::purge_limits(ground.db(), ground.now).await.unwrap();
        }
        assert_eq!((ground.mails("confirmation").await, ground.state("anna@example.org").await), (1, Some(Unsubscribed)));
        ground.later(24 * 6);
        ground.request("anna@example.org").await.unwrap();
        assert_eq!((ground.mails("confirmation").await, ground.state("anna@example.org").await), (2, Some(Pending)));
    }

    async fn a_refusal_is_of_one_address_and_touches_no_reader(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.reader("anna@example.org").await;
        ground.later(48);
        ground.refuse("anna@example.org").await;
        assert_eq!(ground.state("anna@example.org").await, Some(Active));
        ground.request("anna@example.org").await.unwrap();
        assert_eq!(ground.mails("notice").await, 0, "nor is a reader told that a stranger asked");
        ground.request("bert@example.org").await.unwrap();
        assert_eq!(ground.mails("confirmation").await, 2);
    }

    async fn a_refusal_holds_for_who_is_not_stored_and_can_be_taken_back(db: Db) {
        let ground = SignupFixture::new(db).await;
        ground.refuse("nobody@example.org").await;
        ground.request("nobody@example.org").await.unwrap();
        assert!(ground.find("nobody@example.org").await.is_none());
        for _twice in 0..2 {
            signup::allow_again(ground.db(), ground.tag("nobody@example.org"), &ground.act(None)).await.unwrap();
        }
        ground.request("nobody@example.org").await.unwrap();
        assert_eq!(ground.state("nobody@example.org").await, Some(Pending));
    }
}
