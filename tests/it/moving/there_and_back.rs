//! Random rows of every table go to the other engine and come back as they were.

use coranto::store::transfer::counters;
use coranto::store::{Db, copies, migrate};
use coranto::upkeep::{CopyStep, CopyTrouble, copy_whole};

use super::every_table::{Schema, execute, fill, texts};
use super::{NOW, moved};
use crate::harness::database::{PostgresPlace, SqlitePlace};
use crate::harness::environment;

/// Rows of each table; `CORANTO_COPY_ROWS` asks for more.
const ROWS: usize = 120;

fn rows() -> usize {
    environment("CORANTO_COPY_ROWS").map_or(ROWS, |rows| rows.parse().unwrap())
}

async fn empty_file(place: &SqlitePlace) -> Db {
    Db::open(&place.url()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_comes_back_as_it_was() {
    let Some(kinds_of) = PostgresPlace::new() else { return };
    let kinds_db = Db::open(&kinds_of.url()).await.unwrap();
    let kinds = Schema::of(&kinds_db).await;
    kinds_db.close().await;
    for seed in 1..=3 {
        let (first, server, last) = (SqlitePlace::new(), PostgresPlace::empty().unwrap(), SqlitePlace::new());
        let (first_db, last_db) = (empty_file(&first).await, empty_file(&last).await);
        migrate::run(&first_db).await.unwrap();
        let there = Db::open(&server.url()).await.unwrap();
        fill(&first_db, &kinds, rows(), seed).await;
        // The last number was given out, and its row is gone.
        let gone = "INSERT INTO subscribers (id, email, email_key, address_hash, quota_hash, created_at) \
                    VALUES (9223372036854775000, '', 'gone', x'', x'', 0); DELETE FROM subscribers WHERE email_key = 'gone'";
        let is_first = seed == 1;
        if is_first {
            execute(&first_db, gone.to_owned()).await;
        }
        let before = texts(&first_db, &kinds.tables).await;

        let copied = copy_whole(&first_db, &there, "the first", NOW, &mut |_| {}).await.unwrap();
        assert_eq!(copied.len(), kinds.tables.len());
        assert!(copied.iter().all(|table| table.is_equal() && table.source.rows > 0), "{copied:?}");
        let back = copy_whole(&there, &last_db, "the second", NOW, &mut |_| {}).await.unwrap();
        assert_eq!(back, copied, "the sums are of the rows, whichever engine has them");
        let after = texts(&last_db, &kinds.tables).await;
        for (table, rows) in &before {
            assert_eq!(rows, &after[table], "{table}, seed {seed}");
        }
        let numbers = async |db: &Db| counters::read(&mut db.read().await.unwrap()).await.unwrap();
        let (was, is, then) = (numbers(&first_db).await, numbers(&there).await, numbers(&last_db).await);
        assert_eq!(was, then, "seed {seed}");
        assert!(was.iter().all(|number| is.contains(number)), "seed {seed}: {was:?} {is:?}");
        if is_first {
            assert!(was.contains(&("subscribers".to_owned(), 9_223_372_036_854_775_000)), "{was:?}");
        }
        // Nothing says that they are copies, and what makes marks is there again.
        for db in [&first_db, &there, &last_db] {
            let mut tx = db.read().await.unwrap();
            assert_eq!(copies::get(&mut tx).await.unwrap(), None);
            assert!(copies::progress(&mut tx).await.unwrap().is_empty());
        }
        let triggers: (i64,) = last_db
            .read()
            .await
            .unwrap()
            .sql("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%\\_mark' ESCAPE '\\'")
            .fetch_one()
            .await
            .unwrap();
        assert_eq!(triggers.0, 4);

        // A second copy into what is in use now is refused, and changes nothing.
        let again = copy_whole(&first_db, &last_db, "the first", NOW, &mut |_| {}).await.unwrap_err();
        assert!(matches!(again, CopyTrouble::NotEmpty { .. }), "{again}");
        for db in [&first_db, &there, &last_db] {
            db.close().await;
        }
    }
}

/// Large rows go in small slices, and a table of more rows than one slice in several.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_goes_in_slices_that_fit_into_memory() {
    let (first, last) = (SqlitePlace::new(), SqlitePlace::new());
    let (source, target) = (empty_file(&first).await, empty_file(&last).await);
    migrate::run(&source).await.unwrap();
    let many = "WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < 120000)";
    execute(&source, format!("INSERT INTO spent_challenges (tag, expires_at) {many} SELECT number, number FROM n"))
        .await;
    let large = "INSERT INTO newsletters (id, slug, created_at) VALUES (1, 'week', 0);
                 WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < 20)
                 INSERT INTO revisions (newsletter_id, kind, digest, title, subject, preheader, language, html, plain, source, created_at)
                 SELECT 1, 'issue', number, '', '', '', 'en', hex(zeroblob(500000)), '', '', 0 FROM n";
    execute(&source, large.to_owned()).await;
    let mut slices: Vec<(String, u64)> = Vec::new();
    copy_whole(&source, &target, "the source", NOW, &mut |step| {
        if let CopyStep::Copied { table, rows } = step {
            slices.push((table.to_owned(), rows));
        }
    })
    .await
    .unwrap();
    let of = |table: &str| slices.iter().filter(|(name, _)| name == table).map(|(_, rows)| *rows).collect::<Vec<_>>();
    assert_eq!(of("spent_challenges"), [50_000, 100_000, 120_000]);
    let revisions = of("revisions");
    assert!(revisions.len() >= 4 && revisions.last() == Some(&20), "{revisions:?}");
    source.close().await;
    target.close().await;
}

/// A copy that was cut short begins again, whatever it had; the mark of it keeps servers away meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_ended_half_way_is_made_anew() {
    let (first, last) = (SqlitePlace::new(), SqlitePlace::new());
    let (source, target) = (empty_file(&first).await, empty_file(&last).await);
    migrate::run(&source).await.unwrap();
    let kinds = Schema::of(&source).await;
    fill(&source, &kinds, 20, 7).await;
    // The first move stops at a target that cannot keep what it is given; here it is stopped by being dropped.
    let mut steps = 0;
    let mut told = |_: CopyStep<'_>| {
        steps += 1;
        assert!(steps < 5, "far enough");
    };
    let cut = copy_whole(&source, &target, "the source", NOW, &mut told);
    let ended = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(cut)).await;
    assert!(ended.is_err());
    let trouble = coranto::upkeep::usable(&target).await.unwrap_err();
    assert!(matches!(trouble, CopyTrouble::Unfinished { .. }), "{trouble}");
    let (result, _) = moved(&source, &target).await;
    assert!(matches!(result, Err(CopyTrouble::OtherCopy { .. })), "{result:?}");
    let mut said = Vec::new();
    let copied = copy_whole(&source, &target, "the source", NOW, &mut |step| {
        if let CopyStep::StartedOver { why } = step {
            said.push(why.to_owned());
        }
    })
    .await
    .unwrap();
    assert_eq!(said, ["an earlier copy was cut short"]);
    assert!(copied.iter().all(|table| table.is_equal()));
    coranto::upkeep::usable(&target).await.unwrap();
    assert_eq!(texts(&source, &kinds.tables).await, texts(&target, &kinds.tables).await);
    source.close().await;
    target.close().await;
}
