//! The ledger cannot be claimed from while rows wait in memory behind a slow relay: no row is in memory twice, and each
//! mail leaves once.

use std::time::Duration;

use coranto::domain::issue::IssueState;
use coranto::store::db::Sql;
use coranto::store::{Db, StoreError};

use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay_to};
use crate::harness::database::both_databases;

/// Writes down each claim of a row.
const WATCH: &[Sql] = &[
    Sql::Shared("CREATE TABLE claims (id BIGINT NOT NULL)"),
    Sql::Split {
        sqlite: "CREATE TRIGGER watched AFTER UPDATE ON deliveries WHEN OLD.state = 'pending' AND NEW.state = 'claimed'
                 BEGIN INSERT INTO claims (id) VALUES (NEW.id); END",
        postgres: "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS
                   $$ BEGIN INSERT INTO claims (id) VALUES (NEW.id); RETURN NEW; END $$",
    },
    Sql::Split {
        sqlite: "SELECT 1",
        postgres: "CREATE TRIGGER watched AFTER UPDATE ON deliveries FOR EACH ROW
                   WHEN (OLD.state = 'pending' AND NEW.state = 'claimed') EXECUTE FUNCTION watch()",
    },
];

/// From now on nothing can be claimed.
const FORBID: &[Sql] = &[
    Sql::Split {
        sqlite:
            "CREATE TRIGGER forbidden BEFORE UPDATE ON deliveries WHEN OLD.state = 'pending' AND NEW.state = 'claimed'
                 BEGIN SELECT RAISE(ABORT, 'a test forbids it'); END",
        postgres: "CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS
                   $$ BEGIN RAISE EXCEPTION 'a test forbids it'; END $$",
    },
    Sql::Split {
        sqlite: "SELECT 1",
        postgres: "CREATE TRIGGER forbidden BEFORE UPDATE ON deliveries FOR EACH ROW
                   WHEN (OLD.state = 'pending' AND NEW.state = 'claimed') EXECUTE FUNCTION forbid()",
    },
];

const ALLOW: &[Sql] =
    &[Sql::Split { sqlite: "DROP TRIGGER forbidden", postgres: "DROP TRIGGER forbidden ON deliveries" }];

async fn run(db: &Db, statements: &[Sql]) {
    db.write(async |tx| {
        for sql in statements {
            tx.sql(*sql).execute().await?;
        }
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
}

both_databases! {
    async fn rows_that_wait_in_memory_are_not_claimed_again_after_a_claim_that_failed(db: Db) {
        // Longer than the engine waits before it counts anew, for all that one connection has waiting.
        let script = Script::start(|asked: &Asked| match asked.verb {
            "DOT" => Answer::After(Duration::from_millis(80)),
            _ => Answer::Usual,
        })
        .await;
        let mut stage = DeliveryFixture::new(db.clone()).await;
        stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
        stage.settings.relays[0].connections = 1;
        stage.crowd(90).await;
        let issue = stage.issue("claims").await;
        run(&db, WATCH).await;
        let running = stage.start();
        stage.wait_until(issue, |totals| totals.claimed >= 20).await;
        run(&db, FORBID).await;
        let before = stage.totals(issue).await;
        // All that is in memory goes all the same.
        stage.wait_until(issue, |totals| totals.claimed + totals.in_flight == 0).await;
        let after = stage.totals(issue).await;
        assert_eq!((after.pending, after.sent), (before.pending, 90 - before.pending), "what waited in memory went back");
        run(&db, ALLOW).await;
        stage.wait_for_state(issue, IssueState::Sent).await;
        running.stop().await;
        let mut tx = db.read().await.unwrap();
        let twice: Vec<(i64, i64)> =
            tx.sql("SELECT id, COUNT(*) FROM claims GROUP BY id HAVING COUNT(*) > 1").fetch_all().await.unwrap();
        assert_eq!(twice, [], "claimed more than once");
        let mut readers: Vec<String> = script.taken().into_iter().map(|(reader, _)| reader).collect();
        readers.sort_unstable();
        readers.dedup();
        assert_eq!((readers.len(), script.taken().len()), (90, 90));
    }
}
