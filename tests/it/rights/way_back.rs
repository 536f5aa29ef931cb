//! Mail that came back keeps an address out for a month, a complaint for half a year. Then its reader may ask again: one
//! confirmation goes there, and nothing else until it is pressed. Nobody can see from outside which of it is so.

use coranto::domain::consent::ConsentKind;
use coranto::domain::subscriber::SubscriptionState;
use coranto::domain::suppression::SuppressionReason::{self, Bounce, Complaint, Manual, Probation};
use coranto::signup::{self, Answers, Confirmation};
use coranto::store::{Db, suppressions};

use super::expiry::person;
use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::signup::SignupFixture;
use crate::signup::lists::{Files, run, suppressed};

const ANNA: &str = "anna@example.org";

async fn suppress(ground: &SignupFixture, reason: SuppressionReason) {
    let act = ground.act(None);
    let added = signup::suppress(ground.db(), ground.keys(), &ANNA.parse().unwrap(), reason, "", &act).await.unwrap();
    assert!(added, "{reason}");
}

/// Who may be mailed issues, and who may be sent a confirmation.
async fn open(ground: &SignupFixture) -> (i64, i64) {
    let mut tx = ground.db().read().await.unwrap();
    let mut count = async |sql: &'static str| tx.sql(sql).fetch_one::<(i64,)>().await.unwrap().0;
    let mailable = count("SELECT COUNT(*) FROM mailable").await;
    (mailable, count("SELECT COUNT(*) FROM reachable WHERE state = 'pending'").await)
}

both_databases! {
    async fn a_reader_comes_back_when_the_time_is_over(db: Db) {
        for (reason, days, comes_back) in
            [(Bounce, 29, false), (Bounce, 30, true), (Complaint, 179, false), (Complaint, 180, true), (Manual, 4000, false)]
        {
            let mut ground = SignupFixture::new(db.clone()).await;
            ground.reader(ANNA).await;
            suppress(&ground, reason).await;
            let before = ground.mails("confirmation").await;
            ground.later(24 * days - 1);
            ground.request(ANNA).await.unwrap();
            assert_eq!(ground.mails("confirmation").await, before, "{reason} an hour before its time");
            ground.later(1);
            // The answer is the same, whatever follows.
            ground.request(ANNA).await.unwrap();
            assert_eq!(ground.mails("confirmation").await - before, i64::from(comes_back), "{reason} after {days} days");
            assert_eq!(suppressed(&ground, ANNA).await, Some(if comes_back { Probation } else { reason }));
            assert_eq!(open(&ground).await, (0, i64::from(comes_back)), "{reason}: nothing else goes there");

            // Another press of the form asks again, and tells them nothing of being a reader.
            let notices = ground.mails("notice").await;
            ground.request(ANNA).await.unwrap();
            assert_eq!(ground.mails("notice").await, notices);
            let confirmed = ground.confirm(ANNA).await;
            assert_eq!(matches!(confirmed, Confirmation::Fresh(_)), comes_back, "{reason}: {confirmed:?}");
            assert_eq!(open(&ground).await.0, i64::from(comes_back));
            assert_eq!(suppressed(&ground, ANNA).await, (!comes_back).then_some(reason));
            if comes_back {
                assert_eq!(ground.history(ANNA).await.last(), Some(&ConsentKind::Confirmed));
                assert_eq!(ground.state(ANNA).await, Some(SubscriptionState::Active));
                assert!(matches!(ground.confirm(ANNA).await, Confirmation::Already(_)), "once");
            }
            let act = ground.act(None);
            let gone = signup::erase_address(ground.db(), ground.keys(), &ANNA.parse().unwrap(), None, &act).await.unwrap();
            drop(gone);
            signup::unsuppress(ground.db(), ground.keys(), &ANNA.parse().unwrap(), &act).await.unwrap();
        }
    }

    async fn only_the_reader_comes_back(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.reader(ANNA).await;
        suppress(&ground, Bounce).await;
        ground.later(24 * 400);
        // A list brings nobody back, neither before they ask nor while they have not confirmed.
        for _ in 0..2 {
            let files = Files::new().with("list.csv", format!("email,status\n{ANNA},active\n"));
            run(&ground, &files.look(Answers::default()).unwrap(), false).await.unwrap();
            assert_eq!(open(&ground).await.0, 0);
            ground.request(ANNA).await.unwrap();
        }
        assert_eq!(suppressed(&ground, ANNA).await, Some(Probation));
        // What comes back now counts anew, from today.
        suppress(&ground, Bounce).await;
        assert_eq!(suppressed(&ground, ANNA).await, Some(Bounce));
        ground.later(24 * 29);
        ground.request(ANNA).await.unwrap();
        assert_eq!((suppressed(&ground, ANNA).await, open(&ground).await), (Some(Bounce), (0, 0)));
        let (person, by) = (person(&ground, ANNA), acts::by(ground.now));
        let let_ask = ground.db().write(async |tx| suppressions::let_ask(tx, &person, by).await).await.unwrap();
        assert!(!let_ask, "a day is missing");
    }
}
