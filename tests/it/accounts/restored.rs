//! A copy of the database that was put back lets nobody in who was let out since.

use coranto::accounts::{self, Expelled, WelcomeLink};
use coranto::domain::account::MemberRole;
use coranto::store::Db;

use super::AccountsFixture;
use crate::harness::database::both_databases;

both_databases! {
    async fn a_restore_ends_every_session_and_closes_every_link(db: Db) {
        let ground = AccountsFixture::new(db).await;
        let (_, inside) = ground.member("anna@example.org", Some(MemberRole::Owner), true).await;
        let link = ground.invite("ben@example.org", Some(MemberRole::Editor), false).await;
        let expelled = ground.db.write(async |tx| accounts::expel_all(tx, ground.now).await).await.unwrap();
        assert_eq!(expelled, Expelled { sessions: 1, links: 1 });
        assert!(ground.who(&inside.secret).await.is_none());
        assert!(matches!(ground.look(&link).await, WelcomeLink::Closed));
    }
}
