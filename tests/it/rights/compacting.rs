//! Pages that deleted rows leave are given back, and a run that is killed anywhere goes on.

use std::path::Path;
use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::IssueId;
use coranto::store::{Db, compact, ledger};
use coranto::upkeep::{self, CompactOutcome};

use crate::cli::{cli, fails, installation, json, ok};
use crate::delivery::stage::DeliveryFixture;
use crate::harness::database::both_databases;
use crate::harness::program::coranto;

const ROWS: i64 = 10_000;

/// Opens the database of an installation beside its commands.
async fn open(folder: &Path) -> Db {
    Db::open(&format!("sqlite://{}", folder.join("coranto.db").display())).await.unwrap()
}

/// An old issue with many rows, and nobody else's.
async fn old_issue(db: &Db, then: Timestamp) -> IssueId {
    let sql = [
        "INSERT INTO revisions (id, newsletter_id, kind, digest, title, subject, preheader, language, html, plain, source, created_at)
         SELECT 900, MIN(id), 'issue', 'd', '', '', '', 'en', '', '', '', $1 FROM newsletters WHERE $2 > 0",
        "INSERT INTO issues (id, newsletter_id, slug, title, state, revision_id, on_slot, beside, asked, note, created_at, started_at, finished_at)
         SELECT 900, newsletter_id, 'old', '', 'sent', id, 0, 0, '', '', $1, $1, $1 FROM revisions WHERE id = 900 AND $2 > 0",
        "INSERT INTO deliveries (issue_id, subscription_id, state, attempts, first_at, final_at, relay, revision_id, reason, reply)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
         SELECT 900, 100000 + i, CASE WHEN i % 10 = 0 THEN 'failed' ELSE 'sent' END, 1, $1, $1, 'main', 900,
                CASE WHEN i % 10 = 0 THEN 'refused' END, CASE WHEN i % 10 = 0 THEN '550 5.1.1 no such mailbox' END FROM n",
    ];
    db.write(async |tx| {
        for sql in sql {
            tx.sql(sql).bind(then).bind(ROWS).execute().await?;
        }
        Ok::<_, coranto::store::StoreError>(())
    })
    .await
    .unwrap();
    IssueId(900)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_killed_anywhere_goes_on_and_totals_stay() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let db = open(folder).await;
    let issue = old_issue(&db, Clock::system().now().minus(Duration::from_secs(400 * 86_400))).await;
    let read = async || {
        let mut tx = db.read().await.unwrap();
        let rows: (i64,) = tx.sql("SELECT COUNT(*) FROM deliveries WHERE issue_id = 900").fetch_one().await.unwrap();
        let misses: (i64,) = tx
            .sql("SELECT (SELECT COUNT(*) FROM folded_misses) + (SELECT COUNT(*) FROM deliveries WHERE issue_id = 900 AND state = 'failed')")
            .fetch_one()
            .await
            .unwrap();
        (rows.0, misses.0, ledger::totals(&mut tx, issue).await.unwrap())
    };
    let (rows, misses, before) = read().await;
    assert_eq!((rows, misses, before.failed), (ROWS, ROWS / 10, ROWS / 10));
    let mut broken = 0;
    for run in 0_u64.. {
        let mut child = coranto(folder).args(["tidy", "--yes"]).spawn().unwrap();
        // From before its first transaction to well within the run, whatever the machine's pace.
        tokio::time::sleep(Duration::from_millis(40 * run + 7 * (run % 5))).await;
        let ended = child.try_wait().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let (left, misses, totals) = read().await;
        assert_eq!((misses, &totals), (ROWS / 10, &before), "run {run}, {left} rows are left");
        broken += usize::from(left > 0 && left < ROWS);
        if ended.is_some() || left == 0 {
            break;
        }
    }
    assert!(broken > 0, "no run was broken off within");
    ok(folder, &["tidy", "--yes"]);
    let (left, misses, totals) = read().await;
    assert_eq!((left, misses, totals), (0, ROWS / 10, before));
    // What is free now is given back.
    let size = db.file_bytes();
    let said = ok(folder, &["compact", "--yes"]);
    assert!(said.starts_with("The database has ") && db.file_bytes() < size, "{said} {size}");
    assert_eq!(read().await.2.failed, ROWS / 10, "and nothing is lost");
}

#[test]
fn the_command_asks_says_what_it_did_and_refuses_while_an_issue_goes_out() {
    let folder = installation();
    let folder = folder.path();
    ok(folder, &["subscribers", "add", "anna@example.org"]);
    let asked = fails(folder, &["compact"], 2);
    assert!(asked.contains("--yes"), "{asked}");
    let done = &json(folder, &["compact", "--yes"])[0];
    assert_eq!(done["did"], "compact");
    assert!(done["bytes_after"].as_u64().unwrap() > 0, "{done}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = open(folder).await;
        old_issue(&db, Timestamp(1)).await;
        db.write(async |tx| tx.sql("UPDATE issues SET state = 'sending'").execute().await).await.unwrap();
        db.close().await;
    });
    let refused = cli(folder, &["compact", "--yes"]);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert!(refused.stderr.contains("issues pause"), "{refused:?}");
}

both_databases! {
    async fn a_file_is_built_anew_and_a_server_sees_to_it(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let folder = tempfile::tempdir().unwrap();
        stage.crowd(20).await;
        let done = upkeep::compacted(&stage.db, folder.path()).await.unwrap();
        match stage.db.is_sqlite() {
            true => assert!(matches!(done, CompactOutcome::Compacted { after, .. } if after > 0), "{done:?}"),
            false => assert_eq!(done, CompactOutcome::Server),
        }
        assert_eq!(compact::compact(&stage.db).await.unwrap(), stage.db.is_sqlite());
        let audience = ledger::audience(&mut stage.db.read().await.unwrap(), stage.newsletter).await.unwrap();
        assert_eq!(audience, 20);
        stage.issue("going").await;
        let refused = upkeep::compacted(&stage.db, folder.path()).await.unwrap();
        assert_eq!(refused, if stage.db.is_sqlite() { CompactOutcome::Sending } else { CompactOutcome::Server });
    }
}
