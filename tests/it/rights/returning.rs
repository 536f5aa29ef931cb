//! Who ended a subscription, and who may bring it back: a table. Whatever was the reader's own will binds everybody else,
//! also when nothing is stored of it any more but a keyed hash.

use coranto::domain::retention::Retention;
use coranto::domain::subscriber::SubscriptionState::{self, Active};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, ActionContext, Added, Answers, Limits, NewReader};
use coranto::store::Db;
use coranto::upkeep;

use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::signup::SignupFixture;
use crate::signup::lists::{Files, run};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Left,
    LeftAndAskedForByAStranger,
    Complained,
    NotMe,
    Erased,
    Removed,
    RemovedAndLeft,
    ByList,
}

use End::*;

const ENDS: &[End] = &[Left, LeftAndAskedForByAStranger, Complained, NotMe, Erased, Removed, RemovedAndLeft, ByList];

/// Whether an operator's `add`, and a list, bring them back. The reader always does.
const TABLE: &[(End, bool, bool)] = &[
    (Left, false, false),
    (LeftAndAskedForByAStranger, false, false),
    (Complained, false, false),
    (NotMe, false, false),
    (Erased, false, false),
    (Removed, true, false),
    (RemovedAndLeft, false, false),
    (ByList, true, false),
];

async fn add(ground: &SignupFixture, email: &str) -> Added {
    let new = NewReader { email: email.parse().unwrap(), name: None, language: None };
    let act = ActionContext { actor: acts::actor(), ..ground.act(None) };
    signup::add(ground.db(), ground.keys(), ground.list.id, &new, &act).await.unwrap()
}

async fn import(ground: &SignupFixture, email: &str, status: &str) {
    let files = Files::new().with("list.csv", format!("email,status\n{email},{status}\n"));
    run(ground, &files.look(Answers::default()).unwrap(), false).await.unwrap();
}

async fn ended(ground: &SignupFixture, end: End, email: &str) {
    let act = ground.act(None);
    let operator = ActionContext { actor: acts::actor(), ..act.clone() };
    let address = email.parse().unwrap();
    if end == NotMe {
        ground.request(email).await.unwrap();
        signup::refuse(ground.db(), ground.keys().address_tag(email), &act).await.unwrap();
        return;
    }
    ground.reader(email).await;
    match end {
        Left => drop(ground.leave(email).await),
        LeftAndAskedForByAStranger => {
            ground.leave(email).await;
            ground.request(email).await.unwrap();
        }
        Complained => {
            ground.leave(email).await;
            let reason = SuppressionReason::Complaint;
            signup::suppress(ground.db(), ground.keys(), &address, reason, "", &act).await.unwrap();
        }
        Erased => {
            signup::erase_address(ground.db(), ground.keys(), &address, None, &operator).await.unwrap();
        }
        Removed | RemovedAndLeft => {
            signup::remove(ground.db(), ground.list.id, &address, &operator).await.unwrap();
            if end == RemovedAndLeft {
                ground.leave(email).await;
            }
        }
        ByList => import(ground, email, "unsubscribed").await,
        NotMe => {}
    }
}

fn generous() -> Limits {
    Limits { confirmations_per_day: 20, confirmations_per_month: 20, requests_per_hour: 1000, ..Limits::default() }
}

/// Checks the table, with the rows as they are or after they have had their time.
async fn check(db: Db, had_its_time: bool) {
    let mut ground = SignupFixture::with_limits(db, generous()).await;
    let email = |end: End, who: &str| format!("{}-{who}@example.org", format!("{end:?}").to_lowercase());
    for end in ENDS {
        for who in ["add", "list"] {
            ended(&ground, *end, &email(*end, who)).await;
        }
    }
    if had_its_time {
        // A year less a day: "not me" holds for a year.
        ground.later(24 * 364);
        let policy = Retention { unsubscribed_days: 300, ..Retention::default() };
        let by = acts::actor();
        upkeep::expire(ground.db(), policy, by.at(ground.now), u32::MAX).await.unwrap();
        for end in ENDS {
            assert!(ground.find(&email(*end, "add")).await.is_none(), "{end:?}: the address is stored still");
        }
    }
    for (end, by_add, by_list) in TABLE {
        let added = add(&ground, &email(*end, "add")).await;
        let is_back = matches!(added, Added::Active(_) | Added::Back(..));
        assert_eq!(is_back, *by_add, "{end:?}, by an operator: {added:?}");
        assert_eq!(is_back, matches!(added, Added::Back(..)), "{end:?}: a word says what was taken back");
        assert_eq!(ground.state(&email(*end, "add")).await == Some(Active), *by_add, "{end:?}");
        import(&ground, &email(*end, "list"), "active").await;
        let state: Option<SubscriptionState> = ground.state(&email(*end, "list")).await;
        assert_eq!(state == Some(Active), *by_list, "{end:?}, by a list: {state:?}");
        if had_its_time {
            import(&ground, &email(*end, "list"), "unsubscribed").await;
            assert!(ground.find(&email(*end, "list")).await.is_none(), "{end:?}: a list brings the address back");
        }
    }
    for (end, ..) in TABLE.iter().filter(|(end, ..)| !matches!(end, Complained | NotMe)) {
        let email = email(*end, "list");
        ground.request(&email).await.unwrap();
        ground.confirm(&email).await;
        assert_eq!(ground.state(&email).await, Some(Active), "{end:?}: the reader themselves may always come back");
        // And from then on they are a reader like any other.
        let operator = ActionContext { actor: acts::actor(), ..ground.act(None) };
        signup::remove(ground.db(), ground.list.id, &email.parse().unwrap(), &operator).await.unwrap();
        assert!(matches!(add(&ground, &email).await, Added::Back(..)), "{end:?}");
    }
}

both_databases! {
    async fn the_table_holds(db: Db) {
        assert_eq!(TABLE.iter().map(|(end, ..)| *end).collect::<Vec<_>>(), ENDS);
        check(db, false).await;
    }

    async fn the_table_holds_when_only_hashes_are_left(db: Db) {
        check(db, true).await;
    }

    async fn what_keeps_somebody_out_of_one_newsletter_keeps_them_out_of_that_alone(db: Db) {
        let mut ground = SignupFixture::with_limits(db.clone(), generous()).await;
        ended(&ground, Left, "anna@example.org").await;
        ground.later(24 * 400);
        let by = acts::actor();
        upkeep::expire(ground.db(), Retention::default(), by.at(ground.now), u32::MAX).await.unwrap();
        let week = ground.list.clone();
        ground.list = crate::signup::list(&db, crate::signup::newsletter("month", "The Month")).await;
        assert!(matches!(add(&ground, "anna@example.org").await, Added::Active(_)));
        ground.list = week;
        assert!(matches!(add(&ground, "anna@example.org").await, Added::Left(Some(_))));
        assert!(matches!(add(&ground, "ANNA@example.org").await, Added::Left(Some(_))), "whatever the spelling");
    }

    async fn not_me_holds_for_an_address_of_which_nothing_is_stored(db: Db) {
        let ground = SignupFixture::with_limits(db, generous()).await;
        let act = ground.act(None);
        signup::refuse(ground.db(), ground.keys().address_tag("x@example.org"), &act).await.unwrap();
        assert_eq!(add(&ground, "x@example.org").await, Added::Refused);
        import(&ground, "x@example.org", "active").await;
        assert!(ground.find("x@example.org").await.is_none());
        signup::allow_again(ground.db(), ground.keys().address_tag("x@example.org"), &act).await.unwrap();
        assert!(matches!(add(&ground, "x@example.org").await, Added::Active(_)));
    }
}
