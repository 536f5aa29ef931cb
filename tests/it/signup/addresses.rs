//! Changing one's address: how often it may be asked for, and what an older question is still good for.

use coranto::domain::{RequestId, SubscriptionId};
use coranto::signup::{self, AddressChange, AddressLink};
use coranto::store::{Db, requests};

use super::SignupFixture;
use crate::harness::database::both_databases;

async fn asked(ground: &SignupFixture, of: SubscriptionId, email: &str) -> Vec<RequestId> {
    let act = ground.act(None);
    let email = email.parse().unwrap();
    let answer = signup::ask_address(&ground.signup, &ground.list, of, &email, &act).await.unwrap();
    assert_eq!(answer, AddressChange::Taken, "the answer is the same at any limit");
    let mut tx = ground.db().read().await.unwrap();
    requests::of_subscription(&mut tx, of).await.unwrap().iter().map(|request| request.id).collect()
}

both_databases! {
    async fn three_changes_a_day_may_be_asked_for(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let anna = ground.reader("anna@example.net").await;
        for number in 1..=3 {
            assert_eq!(asked(&ground, anna, &format!("new-{number}@example.net")).await.len(), number);
        }
        assert_eq!(asked(&ground, anna, "new-4@example.net").await.len(), 3, "the fourth of a day asks nothing");
        ground.later(25);
        assert_eq!(asked(&ground, anna, "new-5@example.net").await.len(), 4);
    }

    async fn an_address_that_was_taken_ends_the_older_questions(db: Db) {
        let ground = SignupFixture::new(db).await;
        let anna = ground.reader("anna@example.net").await;
        asked(&ground, anna, "first@example.net").await;
        let questions = asked(&ground, anna, "second@example.net").await;
        let [first, second] = questions[..] else { panic!("{questions:?}") };
        let act = ground.act(None);
        let status = async |id| signup::address_status(&ground.signup, id, ground.now).await.unwrap();
        assert!(matches!(status(first).await, AddressLink::Fresh(_)), "both may be answered until one is");
        assert!(matches!(signup::confirm_address(&ground.signup, second, &act).await.unwrap(), AddressLink::Fresh(_)));
        assert!(matches!(status(first).await, AddressLink::Stale(_)), "its page offers no button");
        assert!(matches!(signup::confirm_address(&ground.signup, first, &act).await.unwrap(), AddressLink::Stale(_)));
        assert!(ground.find("second@example.net").await.is_some_and(|reader| reader.id == anna));
        assert!(ground.find("first@example.net").await.is_none());
    }
}
