//! Every change of a subscription or a suppression leaves exactly one event, in the same transaction; a bulk act leaves
//! one with counts.

use std::collections::BTreeMap;

use coranto::domain::actor::Actor;
use coranto::domain::consent::ConsentKind;
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, Answers, Import, NewReader, Rest};
use coranto::store::{Db, consents, requests};

use super::SignupFixture;
use super::lists::Files;
use crate::harness::database::both_databases;

/// What a reader may be changed by.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Ask,
    AskAgain,
    Confirm,
    Pause,
    PauseOtherwise,
    Resume,
    PauseEnds,
    Unsubscribe,
    ComeBack,
    Refuse,
    Add,
    Remove,
    Suppress,
    Unsuppress,
    Erase,
    Join,
}

/// Each deed with what it needs before, and the events that it leaves.
const TABLE: &[(Deed, &[Deed], &[&str])] = &[
    (Deed::Ask, &[], &["subscription.asked"]),
    (Deed::AskAgain, &[Deed::Ask, Deed::Confirm, Deed::Unsubscribe], &["subscription.asked"]),
    (Deed::Confirm, &[Deed::Ask], &["subscription.confirmed"]),
    (Deed::PauseEnds, &[Deed::Add, Deed::Pause], &["subscription.resumed"]),
    (Deed::Pause, &[Deed::Add], &["subscription.paused"]),
    (Deed::PauseOtherwise, &[Deed::Add, Deed::Pause], &["subscription.paused"]),
    (Deed::Resume, &[Deed::Add, Deed::Pause], &["subscription.resumed"]),
    (Deed::Unsubscribe, &[Deed::Add], &["subscription.unsubscribed"]),
    (Deed::ComeBack, &[Deed::Add, Deed::Unsubscribe], &["subscription.returned"]),
    (Deed::Refuse, &[Deed::Ask], &["signup.refused", "subscription.refused"]),
    (Deed::Add, &[], &["subscription.added"]),
    (Deed::Remove, &[Deed::Add], &["subscription.unsubscribed"]),
    (Deed::Suppress, &[], &["address.suppressed"]),
    (Deed::Unsuppress, &[Deed::Suppress], &["address.unsuppressed"]),
    (Deed::Erase, &[Deed::Add], &["address.suppressed", "reader.erased"]),
    (Deed::Join, &[Deed::Add], &["subscription.moved", "subscription.unsubscribed"]),
];

async fn act(ground: &mut SignupFixture, deed: Deed, email: &str) {
    let address = email.parse().unwrap();
    let (by_reader, anna) = (ground.act(None), Actor::Command("anna".to_owned()));
    let by_anna = signup::ActionContext { actor: anna, ..ground.act(None) };
    let found = ground.find(email).await.map(|found| found.id);
    match deed {
        Deed::Ask => ground.request(email).await.unwrap(),
        Deed::AskAgain => {
            ground.later(48);
            ground.request(email).await.unwrap();
        }
        Deed::Confirm => drop(ground.confirm(email).await),
        Deed::Pause => {
            drop(signup::pause(ground.db(), found.unwrap(), Rest::FourWeeks, &by_reader).await.unwrap().unwrap());
        }
        Deed::PauseOtherwise => {
            drop(signup::pause(ground.db(), found.unwrap(), Rest::Open, &by_reader).await.unwrap().unwrap());
        }
        Deed::Resume => drop(signup::resume(ground.db(), found.unwrap(), &by_reader).await.unwrap().unwrap()),
        Deed::PauseEnds => {
            ground.later(5 * 7 * 24);
            assert_eq!(signup::resume_due(ground.db(), ground.now).await.unwrap(), 1);
        }
        Deed::Unsubscribe => drop(ground.leave(email).await),
        Deed::ComeBack => {
            let mut tx = ground.db().read().await.unwrap();
            let withdrawn = consents::latest(&mut tx, found.unwrap(), ConsentKind::Withdrawn).await.unwrap().unwrap();
            drop(tx);
            drop(signup::undo_unsubscribe(ground.db(), withdrawn.id, &by_reader).await.unwrap());
        }
        Deed::Refuse => {
            let tag = ground.keys().address_tag(&email.to_lowercase());
            signup::refuse(ground.db(), tag, &by_reader).await.unwrap();
        }
        Deed::Add => {
            let reader = NewReader { email: address, name: None, language: None };
            signup::add(ground.db(), ground.keys(), ground.list.id, &reader, &by_anna).await.unwrap();
        }
        Deed::Remove => drop(signup::remove(ground.db(), ground.list.id, &address, &by_anna).await.unwrap().unwrap()),
        Deed::Suppress => {
            let manual = SuppressionReason::Manual;
            assert!(signup::suppress(ground.db(), ground.keys(), &address, manual, "", &by_anna).await.unwrap());
        }
        Deed::Unsuppress => {
            assert!(signup::unsuppress(ground.db(), ground.keys(), &address, &by_anna).await.unwrap());
        }
        Deed::Erase => {
            signup::ask_data(&ground.signup, &ground.list, found.unwrap(), &by_reader).await.unwrap();
            let request = latest_request(ground, found.unwrap()).await;
            let before = logged(ground.db()).await;
            assert!(signup::erase(&ground.signup, request, &by_reader).await.unwrap());
            assert_eq!(logged(ground.db()).await.len(), before.len() + 2);
        }
        Deed::Join => {
            let other = format!("other-{email}").parse().unwrap();
            ground.request(&format!("other-{email}")).await.unwrap();
            // So that one more mail may go to that mailbox.
            ground.later(31 * 24);
            let by_reader = ground.act(None);
            signup::ask_address(&ground.signup, &ground.list, found.unwrap(), &other, &by_reader).await.unwrap();
            let request = latest_request(ground, found.unwrap()).await;
            drop(signup::confirm_address(&ground.signup, request, &by_reader).await.unwrap());
        }
    }
}

async fn latest_request(ground: &SignupFixture, of: coranto::domain::SubscriptionId) -> coranto::domain::RequestId {
    let mut tx = ground.db().read().await.unwrap();
    requests::of_subscription(&mut tx, of).await.unwrap().last().unwrap().id
}

/// Kinds and subscriptions of all events, in their order.
async fn logged(db: &Db) -> Vec<(String, Option<i64>)> {
    let sql = "SELECT kind, subscription_id FROM events ORDER BY id";
    db.read().await.unwrap().sql(sql).fetch_all().await.unwrap()
}

/// Where every subscription stands, by its number.
async fn states(db: &Db) -> BTreeMap<i64, (String, Option<i64>)> {
    let sql = "SELECT id, state, paused_until FROM subscriptions";
    let rows: Vec<(i64, String, Option<i64>)> = db.read().await.unwrap().sql(sql).fetch_all().await.unwrap();
    rows.into_iter().map(|(id, state, until)| (id, (state, until))).collect()
}

async fn suppressed(db: &Db) -> i64 {
    let (count,) = db.read().await.unwrap().sql("SELECT COUNT(*) FROM suppressions").fetch_one().await.unwrap();
    count
}

both_databases! {
    async fn every_change_of_a_reader_leaves_one_event(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        for (number, (deed, before, events)) in TABLE.iter().enumerate() {
            let email = format!("reader{number}@example{number}.org");
            for deed in *before {
                act(&mut ground, *deed, &email).await;
            }
            let (log, was, kept_out) = (logged(ground.db()).await, states(ground.db()).await, suppressed(ground.db()).await);
            act(&mut ground, *deed, &email).await;
            let new = logged(ground.db()).await.split_off(log.len());
            // What the scene needed is not the deed's: asking for the mail that carries the link.
            let scene = ["data.asked", "address.asked"];
            let mut kinds: Vec<&str> = new.iter().map(|(kind, _)| kind.as_str()).filter(|kind| !scene.contains(kind)).collect();
            if matches!(deed, Deed::Join) {
                let asked = kinds.iter().position(|kind| *kind == "subscription.asked").unwrap();
                kinds.remove(asked);
            }
            kinds.sort_unstable();
            assert_eq!(kinds, *events, "{deed:?}");
            let now = states(ground.db()).await;
            for (id, state) in now.iter().filter(|(id, state)| was.get(id) != Some(state)) {
                let own = new.iter().filter(|(kind, of)| *of == Some(*id) && kind.starts_with("subscription.")).count();
                let scene = usize::from(matches!(deed, Deed::Join) && state.0 == "active");
                assert_eq!(own, 1 + scene, "{deed:?}: {state:?} after {:?}", was.get(id));
            }
            let changed = suppressed(ground.db()).await.abs_diff(kept_out);
            let own = new.iter().filter(|(kind, _)| kind.ends_with("suppressed")).count();
            assert_eq!(changed, own as u64, "{deed:?}");
        }
    }

    async fn what_is_repeated_leaves_no_second_event(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        act(&mut ground, Deed::Add, "anna@example.org").await;
        act(&mut ground, Deed::Suppress, "otto@example.org").await;
        ground.leave("anna@example.org").await;
        let before = logged(ground.db()).await;
        ground.leave("anna@example.org").await;
        let id = ground.find("anna@example.org").await.unwrap().id;
        assert!(signup::pause(ground.db(), id, Rest::Open, &ground.act(None)).await.unwrap().is_none());
        assert!(signup::resume(ground.db(), id, &ground.act(None)).await.unwrap().is_none());
        let otto = "otto@example.org".parse().unwrap();
        let complaint = SuppressionReason::Complaint;
        assert!(!signup::suppress(ground.db(), ground.keys(), &otto, complaint, "", &ground.act(None)).await.unwrap());
        assert_eq!(logged(ground.db()).await, before);
    }

    async fn an_import_leaves_one_event_with_counts(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        act(&mut ground, Deed::Ask, "asked@example.org").await;
        act(&mut ground, Deed::Add, "leaves@example.org").await;
        let before = logged(ground.db()).await.len();
        let list = "email,status\nasked@example.org,active\nleaves@example.org,left\nnew@example.org,active\nnever@example.org,suppressed\ndead@example.org,bounced\n";
        let (newsletter, actor) = (ground.list.id, Actor::Command("anna".to_owned()));
        let import = Import { newsletter, agreed: None, dry_run: false, actor, now: ground.now };
        let files = Files::new().with("list.csv", list);
        let list = files.look(Answers::default()).unwrap();
        let (id, _) = signup::import(ground.db(), ground.keys(), &list, &import, |_| {}).await.unwrap();
        let new = logged(ground.db()).await.split_off(before);
        assert_eq!(new, [("subscribers.imported".to_owned(), None)]);
        let (data, actor): (String, String) = ground.db().read().await.unwrap()
            .sql("SELECT data, actor FROM events ORDER BY id DESC LIMIT 1").fetch_one().await.unwrap();
        let data: serde_json::Value = serde_json::from_str(&data).unwrap();
        let counts = ["rows", "will_get_mail", "unsubscribed", "suppressed"].map(|what| data[what].as_i64().unwrap());
        assert_eq!((counts, actor.as_str()), ([5, 2, 1, 2], "command:anna"));
        assert_eq!(data["import"].as_i64(), id.map(|id| id.0));
        assert_eq!(suppressed(ground.db()).await, 2);
    }

    async fn a_reader_sees_no_operators_name(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        act(&mut ground, Deed::Add, "anna@example.org").await;
        let id = ground.find("anna@example.org").await.unwrap().id;
        signup::ask_data(&ground.signup, &ground.list, id, &ground.act(None)).await.unwrap();
        let request = latest_request(&ground, id).await;
        let copy = signup::copy_data(&ground.signup, request, &ground.act(None)).await.unwrap().unwrap();
        assert_eq!(copy["subscriptions"][0]["log"][0]["actor"], "command");
    }
}
