//! An import is taken back: who was brought in is taken out, what was ended is restored, and whoever acted since stays.

use coranto::domain::ImportId;
use coranto::domain::actor::Actor;
use coranto::domain::consent::ConsentKind as Kind;
use coranto::domain::subscriber::EndedBy;
use coranto::domain::subscriber::SubscriptionState::{Active, Pending, Unsubscribed};
use coranto::domain::suppression::SuppressionReason;
use coranto::signup::{self, ActionContext, Added, Answers, Import, NewReader, Undo, Undone};
use coranto::store::{Db, imports};

use super::SignupFixture;
use super::lists::{Files, suppressed};
use crate::harness::database::both_databases;

fn anna() -> Actor {
    Actor::Command("anna".to_owned())
}

fn order(ground: &SignupFixture) -> Import {
    let (newsletter, agreed) = (ground.list.id, Some("a form".to_owned()));
    Import { newsletter, agreed, dry_run: false, actor: anna(), now: ground.now }
}

async fn imported(ground: &SignupFixture, list: &str) -> ImportId {
    let files = Files::new().with("list.csv", list);
    let import = order(ground);
    let list = files.look(Answers::default()).unwrap();
    signup::import(ground.db(), ground.keys(), &list, &import, |_| {}).await.unwrap().0.unwrap()
}

async fn undo(ground: &SignupFixture, id: ImportId) -> Undo {
    signup::undo_import(ground.db(), ground.list.id, id, anna().at(ground.now), |_| {}).await.unwrap()
}

async fn add(ground: &SignupFixture, email: &str) -> Added {
    let new = NewReader { email: email.parse().unwrap(), name: None, language: None };
    signup::add(ground.db(), ground.keys(), ground.list.id, &new, &ground.act(None)).await.unwrap()
}

both_databases! {
    async fn an_import_is_taken_back_but_for_who_acted_since(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        ground.reader("was@example.org").await;
        ground.request("asked@example.org").await.unwrap();
        ground.reader("known@example.org").await;
        let before = ground.fingerprint().await;
        let list = "email,status\nnew@example.org,active\nleft@example.org,unsubscribed\nwas@example.org,unsubscribed\n\
            asked@example.org,active\ndead@example.org,bounced\nacted@example.org,active\nknown@example.org,active\n";
        let id = imported(&ground, list).await;
        assert_eq!(ground.find("was@example.org").await.unwrap().ended_by, Some(EndedBy::Import));
        ground.later(25);
        ground.leave("acted@example.org").await;
        let undone = undo(&ground, id).await;
        let expected = Undone { taken_out: 2, unsubscribed: 0, restored: 2, unsuppressed: 1, stayed: 1 };
        assert_eq!(undone, Undo::Done(expected));
        for email in ["new@example.org", "left@example.org"] {
            assert!(ground.find(email).await.is_none(), "{email}");
        }
        assert_eq!(ground.state("was@example.org").await, Some(Active));
        assert_eq!(ground.history("was@example.org").await.last(), Some(&Kind::Undone));
        assert_eq!(ground.state("asked@example.org").await, Some(Pending));
        assert_eq!(ground.state("acted@example.org").await, Some(Unsubscribed));
        assert_eq!(suppressed(&ground, "dead@example.org").await, None);
        // The subscriber of the one who acted is all that came.
        assert_eq!(ground.fingerprint().await[..2], [before[0] + 1, before[1] + 1]);
        assert_eq!(undo(&ground, id).await, Undo::Already);
        // The same list comes in again, as if it had never been.
        imported(&ground, "email\nleft@example.org\nasked@example.org\n").await;
        assert_eq!(ground.state("left@example.org").await, Some(Active));
        assert_eq!(ground.state("asked@example.org").await, Some(Active));
    }

    async fn who_was_mailed_is_unsubscribed_instead(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let id = imported(&ground, "email\nmailed@example.org\n").await;
        ground.later(25);
        // A link of their own is a mail to them.
        let reader = ground.find("mailed@example.org").await.unwrap().id;
        ground.request("mailed@example.org").await.unwrap();
        assert!(ground.waiting().await > 0, "a notice waits");
        let undone = undo(&ground, id).await;
        assert!(matches!(undone, Undo::Done(Undone { taken_out: 0, .. })), "{undone:?}");
        let found = ground.find("mailed@example.org").await.unwrap();
        assert_eq!(found.id, reader, "links in their emails go on working");
        if let Undo::Done(Undone { unsubscribed: 1, .. }) = undone {
            assert_eq!((found.state, found.ended_by), (Unsubscribed, Some(EndedBy::Import)));
            assert!(matches!(add(&ground, "mailed@example.org").await, Added::Back(_, EndedBy::Import)), "it was no reader's will");
        }
    }

    async fn an_old_import_cannot_be_taken_back(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        let id = imported(&ground, "email\na@example.org\n").await;
        assert_eq!(undo(&ground, ImportId(id.0 + 1)).await, Undo::Unknown);
        ground.later(31 * 24);
        assert_eq!(undo(&ground, id).await, Undo::TooOld);
        assert_eq!(signup::forget_imports(ground.db(), ground.now).await.unwrap(), 1);
        assert_eq!(imports::count_changes(&mut ground.db().read().await.unwrap(), id).await.unwrap(), 0);
        assert_eq!(ground.state("a@example.org").await, Some(Active));
    }

    async fn an_import_leaves_one_event_with_its_figures(db: Db) {
        let ground = SignupFixture::new(db).await;
        let before = ground.fingerprint().await[5];
        let id = imported(&ground, "email,status\na@example.org,active\nb@example.org,unsubscribed\nc@example.org,bounced\n").await;
        assert_eq!(ground.fingerprint().await[5], before + 1);
        let stored = imports::get(&mut ground.db().read().await.unwrap(), id).await.unwrap().unwrap();
        assert!(stored.counts.contains("\"will_get_mail\":1") && stored.agreed == "a form", "{stored:?}");
        undo(&ground, id).await;
        assert_eq!(ground.fingerprint().await[5], before + 2);
    }

    async fn an_operator_takes_back_what_an_operator_or_a_list_ended_and_no_more(db: Db) {
        let mut ground = SignupFixture::new(db).await;
        for email in ["operator@example.org", "list@example.org", "reader@example.org"] {
            ground.reader(email).await;
        }
        let act = ActionContext { actor: anna(), ..ground.act(None) };
        let operator = "operator@example.org".parse().unwrap();
        signup::remove(ground.db(), ground.list.id, &operator, &act).await.unwrap();
        assert_eq!(ground.find("operator@example.org").await.unwrap().ended_by, Some(EndedBy::Operator));
        imported(&ground, "email,status\nlist@example.org,unsubscribed\n").await;
        ground.leave("reader@example.org").await;
        // No list revives anybody.
        imported(&ground, "email\noperator@example.org\nlist@example.org\nreader@example.org\n").await;
        for email in ["operator@example.org", "list@example.org", "reader@example.org"] {
            assert_eq!(ground.state(email).await, Some(Unsubscribed), "{email}");
        }
        assert!(matches!(add(&ground, "operator@example.org").await, Added::Back(_, EndedBy::Operator)));
        assert!(matches!(add(&ground, "list@example.org").await, Added::Back(_, EndedBy::Import)));
        assert!(matches!(add(&ground, "reader@example.org").await, Added::Left(Some(_))));
        assert_eq!(ground.history("operator@example.org").await.last(), Some(&Kind::Added));
        assert_eq!(ground.find("operator@example.org").await.unwrap().ended_by, None);
        // Who leaves again, now by themselves, is not brought back any more.
        ground.leave("operator@example.org").await;
        assert!(matches!(add(&ground, "operator@example.org").await, Added::Left(_)));
        // Who asks again after an operator's removal may be added; who left and was asked for again may not.
        signup::remove(ground.db(), ground.list.id, &"list@example.org".parse().unwrap(), &act).await.unwrap();
        ground.later(25);
        for email in ["list@example.org", "reader@example.org"] {
            ground.request(email).await.unwrap();
            assert_eq!(ground.state(email).await, Some(Pending), "{email}");
        }
        assert!(matches!(add(&ground, "list@example.org").await, Added::Back(_, EndedBy::Operator)));
        assert!(matches!(add(&ground, "reader@example.org").await, Added::Left(_)));
    }
}

both_databases! {
    async fn an_import_that_broke_off_goes_on_where_it_was(db: Db) {
        let ground = SignupFixture::new(db).await;
        let list: String = std::iter::once("email\n".to_owned())
            .chain((0..3_500).map(|number| format!("r{number}@example.org\n")))
            .collect();
        let files = Files::new().with("list.csv", list);
        let list = files.look(Answers::default()).unwrap();
        let import = order(&ground);
        // The first batch goes in, and the process ends.
        {
            let (stopped, stop) = tokio::sync::oneshot::channel();
            let mut stopped = Some(stopped);
            let running = signup::import(ground.db(), ground.keys(), &list, &import, move |_| {
                stopped.take().map(|stopped| stopped.send(()));
            });
            tokio::select! {
                biased;
                _ = stop => {}
                done = running => panic!("{done:?}"),
            }
        }
        let stored = imports::list(&mut ground.db().read().await.unwrap(), ground.list.id, 5).await.unwrap();
        assert_eq!(stored.len(), 1);
        assert!(stored[0].position >= 1_000 && stored[0].position < 3_500, "{stored:?}");
        let (id, done) = signup::import(ground.db(), ground.keys(), &list, &import, |_| {}).await.unwrap();
        assert_eq!((id, done.will_get_mail, done.rows), (Some(stored[0].id), 3_500, 3_500));
        assert_eq!(ground.fingerprint().await[..4], [3_500; 4]);
        // And is taken back whole.
        let undone = undo(&ground, stored[0].id).await;
        assert!(matches!(undone, Undo::Done(Undone { taken_out: 3_500, .. })), "{undone:?}");
        assert_eq!(ground.fingerprint().await[..4], [0; 4]);
        assert_eq!(suppressed(&ground, "r1@example.org").await, None::<SuppressionReason>);
    }
}
