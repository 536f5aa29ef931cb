//! Steps of the schema: what a database has, bringing it up to date, and one that is newer than the program.

use coranto::store::{Db, StoreError, migrate, newsletters};

use super::ground::NOW;
use crate::harness::database::{SqlitePlace, both_databases};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_database_has_no_step_until_it_is_brought_up() {
    let place = SqlitePlace::new();
    let db = Db::open(&place.url()).await.unwrap();
    let steps = migrate::status(&db).await.unwrap();
    assert!(!steps.is_empty() && steps.iter().all(|step| !step.applied), "{steps:?}");
    assert!(steps.is_sorted_by_key(|step| step.number), "{steps:?}");
    migrate::run(&db).await.unwrap();
    assert!(migrate::status(&db).await.unwrap().iter().all(|step| step.applied));
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

    async fn a_schema_newer_than_the_program_is_refused(db: Db) {
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                   SELECT version + 9000, 'of tomorrow', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        assert_eq!(db.write(async |tx| tx.sql(sql).execute().await).await.unwrap(), 1);
        let error = migrate::run(&db).await.unwrap_err();
        assert!(matches!(error, StoreError::Migrate(_)), "{error:?}");
        assert!(error.to_string().contains("9001"), "{error}");
        // And its own steps are still told from it.
        assert!(migrate::status(&db).await.unwrap().iter().all(|step| step.applied && step.number < 9000));
    }
}
