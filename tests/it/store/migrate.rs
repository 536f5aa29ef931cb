//! Steps of the schema: what a database has, bringing it up to date, and one that is newer than the program.

use coranto::store::consents::{self, ConsentDetails, NewConsent};
use coranto::store::subscribers::{self, NewSubscriber};
use coranto::store::subscriptions::{self, NewSubscription};
use coranto::store::{Db, StoreError, migrate, newsletters, snapshot};

use super::ground::{NOW, person};
use crate::harness::database::{SqlitePlace, both_databases};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_has_no_step_until_it_is_brought_up() {
    let place = SqlitePlace::new();
    let db = Db::open(&place.url()).await.unwrap();
    let steps = migrate::state(&db).await.unwrap().steps;
    assert!(!steps.is_empty() && steps.iter().all(|step| !step.applied), "{steps:?}");
    assert!(steps.is_sorted_by_key(|step| step.number), "{steps:?}");
    migrate::run(&db).await.unwrap();
    assert!(migrate::state(&db).await.unwrap().steps.iter().all(|step| step.applied));
    db.write(async |tx| newsletters::ensure(tx, "week", NOW).await).await.unwrap();
    db.close().await;
}

both_databases! {
    async fn a_second_run_changes_nothing(db: Db) {
        let week = db.write(async |tx| newsletters::ensure(tx, "week", NOW).await).await.unwrap();
        migrate::run(&db).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(newsletters::find(&mut tx, "week").await.unwrap(), Some(week));
    }

    async fn names_of_people_who_never_confirmed_go_back_to_their_questions(db: Db) {
        // What the step changes in rows; its new columns are there.
        let step = include_str!("../../../migrations/sqlite/0015_questions.sql");
        let plain: String = step.lines().filter(|line| !line.starts_with("--")).map(|line| format!("{line}\n")).collect();
        let changes: Vec<&'static str> =
            plain.split(';').map(|one| one.trim().to_owned()).filter(|one| one.starts_with("UPDATE")).map(|one| &*one.leak()).collect();
        assert_eq!(changes.len(), 4);
        let other = include_str!("../../../migrations/postgres/0015_questions.sql");
        assert!(changes.iter().all(|change| other.contains(change)), "both databases change the same");

        let kinds: [(&str, &[&str]); 7] = [
            ("stranger", &["asked"]),
            ("twice", &["asked", "asked"]),
            ("refused", &["asked", "withdrawn"]),
            ("reader", &["asked", "confirmed"]),
            ("gone", &["asked", "confirmed", "withdrawn"]),
            ("imported", &["imported"]),
            ("listed", &["withdrawn", "asked"]),
        ];
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let mut rows = Vec::new();
        for (who, consents) in kinds {
            let named = NewSubscriber { name: Some(who.to_owned()), ..person(&format!("{who}@example.org")) };
            let subscriber = subscribers::ensure(&mut tx, &named, NOW).await.unwrap().id;
            let new = NewSubscription { newsletter: week, subscriber, language: Some("ja"), source: "form" };
            let id = subscriptions::ensure(&mut tx, &new, NOW).await.unwrap().id;
            for kind in consents {
                let new = NewConsent { subscription: id, kind: kind.parse().unwrap(), wording: "", client: None, source: "", typed: ConsentDetails::default() };
                consents::append(&mut tx, &new, NOW).await.unwrap();
            }
            rows.push((who, id));
        }
        for change in changes {
            tx.sql(change).execute().await.unwrap();
        }
        for (who, id) in rows {
            let (now, history) = (subscriptions::get(&mut tx, id).await.unwrap().unwrap(), consents::of_subscription(&mut tx, id).await.unwrap());
            let typed: Vec<_> = history.iter().map(|one| (one.name.as_deref(), one.language.as_deref())).collect();
            let is_strangers = ["stranger", "twice", "refused"].contains(&who);
            assert_eq!(now.name.is_none() && now.language.is_none(), is_strangers, "{who}: {now:?}");
            match who {
                "stranger" | "refused" => assert_eq!(typed[0], (Some(who), Some("ja"))),
                "twice" => assert_eq!(typed, [(Some(who), None), (None, Some("ja"))], "the first named, the last chose"),
                _ => assert!(typed.iter().all(|one| *one == (None, None)), "{who}: {typed:?}"),
            }
        }
    }

    async fn a_schema_newer_than_the_program_is_refused(db: Db) {
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                   SELECT version + 9000, 'of tomorrow', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        assert_eq!(db.write(async |tx| tx.sql(sql).execute().await).await.unwrap(), 1);
        let error = migrate::run(&db).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { schema: 9001, .. }), "{error:?}");
        assert!(error.to_string().contains("9001"), "{error}");
        assert!(!migrate::is_current(&mut db.read().await.unwrap()).await.unwrap());
        let state = migrate::state(&db).await.unwrap();
        assert_eq!((state.newest, state.oldest_program, state.is_new()), (9001, None, false));
        // What it says of itself is believed.
        db.write(async |tx| tx.sql("UPDATE schema SET version = 9001").execute().await).await.unwrap();
        assert!(migrate::state(&db).await.unwrap().check().is_ok());
        db.write(async |tx| tx.sql("UPDATE schema SET oldest_program = 9001").execute().await).await.unwrap();
        assert!(migrate::state(&db).await.unwrap().check().is_err());
        // And its own steps are still told from it.
        assert!(migrate::state(&db).await.unwrap().steps.iter().all(|step| step.applied && step.number < 9000));
    }

    async fn a_schema_says_what_it_bears(db: Db) {
        let state = migrate::state(&db).await.unwrap();
        assert_eq!((state.newest, state.to_do().count()), (migrate::known(), 0));
        assert_eq!(state.made_by.as_deref(), Some(env!("CARGO_PKG_VERSION")));
        assert!(state.oldest_program.is_some_and(|oldest| oldest <= migrate::known()), "{state:?}");
        assert!(state.steps.iter().all(|step| step.applied_at.is_some()), "{state:?}");
        assert!(migrate::is_current(&mut db.read().await.unwrap()).await.unwrap());
    }

    async fn a_copy_of_a_file_is_whole_and_its_owners_alone(db: Db) {
        db.write(async |tx| newsletters::ensure(tx, "week", NOW).await).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let copy = home.path().join("copy.db");
        let bytes = snapshot::bytes(&db).await.unwrap();
        assert_eq!(snapshot::make(&db, &copy).await.unwrap(), db.is_sqlite());
        assert_eq!(bytes.is_some(), db.is_sqlite());
        let Some(bytes) = bytes else { return };
        let size = std::fs::metadata(&copy).unwrap().len();
        assert!(size > 0 && size <= bytes + 4096 && bytes <= size * 2, "{size} of {bytes}");
        let other = Db::open(&format!("sqlite://{}", copy.display())).await.unwrap();
        assert!(newsletters::find(&mut other.read().await.unwrap(), "week").await.unwrap().is_some());
        other.close().await;
    }
}
