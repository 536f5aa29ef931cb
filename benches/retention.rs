//! What folding an old ledger costs whoever writes beside it. Run with `cargo bench --bench retention [-- ROWS]`.
//!
//! An SQLite file with ROWS rows (1,000,000) of ten issues to a tenth as many readers; one in a hundred was refused. They are
//! folded as the daily run does it, without a break between looks. Beside it a writer commits transactions of a sign-up's
//! size, one every 5 ms: first alone, then through the same server, then as another process. It prints how long a commit took
//! from being asked for to being on disk: half, 99 of 100, the longest.

#![expect(clippy::print_stdout, reason = "the figures are for whoever runs it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use coranto::clock::Timestamp;
use coranto::domain::actor::Actor;
use coranto::domain::retention::Retention;
use coranto::store::{Db, StoreError, migrate};
use coranto::upkeep;
use tokio::task::JoinSet;

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const EVERY: Duration = Duration::from_millis(5);
const ISSUES: i64 = 10;
/// Commits without anything beside them.
const ALONE: usize = 1_000;

/// The ledger; `$1` readers, `$2` when it was.
const ROWS: [&str; 6] = [
    "INSERT INTO newsletters (id, slug, created_at) SELECT 1, 'week', 0 WHERE $1 > 0 AND $2 > 0",
    "INSERT INTO revisions (id, newsletter_id, kind, digest, title, subject, preheader, language, html, plain, source, created_at)
     SELECT 1, 1, 'issue', 'd', '', '', '', 'en', '', '', '', $2 WHERE $1 > 0",
    "INSERT INTO subscribers (id, email, email_key, address_hash, quota_hash, created_at)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     SELECT i, 'r' || i || '@d' || (i % 997) || '.example', 'r' || i, CAST(i AS BLOB), CAST(i AS BLOB), $2 FROM n",
    "INSERT INTO subscriptions (id, newsletter_id, subscriber_id, state, source, created_at, mark)
     SELECT id, 1, id, 'active', 'bench', $2, id FROM subscribers WHERE $1 > 0",
    "INSERT INTO issues (id, newsletter_id, slug, title, state, revision_id, on_slot, beside, asked, note, created_at, started_at, finished_at)
     SELECT id, 1, 'issue-' || id, '', 'sent', 1, 0, 0, '', '', $2, $2, $2 FROM subscribers WHERE id <= 10 AND $1 > 0",
    "INSERT INTO deliveries (issue_id, subscription_id, state, attempts, first_at, final_at, relay, revision_id, reason, reply)
     SELECT i.id, s.id, CASE WHEN (s.id + i.id) % 100 = 0 THEN 'failed' ELSE 'sent' END, 1, $2, $2, 'main', 1,
            CASE WHEN (s.id + i.id) % 100 = 0 THEN 'refused' END,
            CASE WHEN (s.id + i.id) % 100 = 0 THEN '550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table' END
     FROM issues i JOIN subscriptions s ON s.id > 0 WHERE $1 > 0 ORDER BY i.id, s.id",
];

async fn filled(url: &str, readers: i64) -> Result<Db, StoreError> {
    let db = Db::open(url).await?;
    migrate::run(&db).await?;
    let then = NOW.minus(Duration::from_secs(400 * 86_400));
    db.write(async |tx| {
        for sql in ROWS {
            tx.sql(sql).bind(readers).bind(then).execute().await?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(db)
}

/// Commits until `stop`; how long each took.
async fn write(db: Db, stop: Arc<AtomicBool>, most: usize) -> Result<Vec<Duration>, StoreError> {
    let mut took = Vec::new();
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !stop.load(Ordering::Relaxed) && took.len() < most {
        tick.tick().await;
        let began = Instant::now();
        db.write(async |tx| {
            for number in 0..4 {
                tx.sql("INSERT INTO events (at, kind, actor, data) VALUES ($1, 'bench', 'bench', $2)")
                    .bind(Timestamp(NOW.0 + 1 + number))
                    .bind("{\"a\":\"what a sign-up writes into four tables, some hundred bytes each, with their indexes\"}")
                    .execute()
                    .await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        took.push(began.elapsed());
    }
    Ok(took)
}

fn print(what: &str, mut took: Vec<Duration>) {
    took.sort();
    let at = |share: usize| {
        took.get((took.len() * share / 1_000).min(took.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (half, most, longest) = (ms(at(500)), ms(at(990)), ms(at(1_000)));
    println!(
        "{what:<28} {:>6} commits   p50 {half:>7.2} ms   p99 {most:>7.2} ms   longest {longest:>7.2} ms",
        took.len()
    );
}

async fn beside(what: &str, rows: i64, same: bool) -> Result<(), StoreError> {
    let folder = tempfile::tempdir().expect("there is room for a database");
    let url = format!("sqlite://{}", folder.path().join("coranto.db").display());
    let db = filled(&url, rows / ISSUES).await?;
    if same {
        print("alone", write(db.clone(), Arc::default(), ALONE).await?);
    }
    let writer = if same { db.clone() } else { Db::open(&url).await? };
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    tasks.spawn(write(writer, stop.clone(), usize::MAX));
    let began = Instant::now();
    let (gone, outcome) = upkeep::expire(&db, Retention::default(), Actor::scheduler(NOW), u32::MAX).await?;
    let seconds = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    if let Some(Ok(took)) = tasks.join_next().await {
        print(what, took?);
    }
    let gone = gone.rows();
    println!(
        "{:<28} {gone} rows in {seconds:.1} s, {:.0} a second ({outcome:?})",
        "",
        f64::from(u32::try_from(gone).unwrap_or(u32::MAX)) / seconds
    );
    Ok(())
}

fn main() -> Result<(), StoreError> {
    let rows = std::env::args().skip(1).find_map(|typed| typed.parse().ok()).unwrap_or(1_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads can be started");
    runtime.block_on(async {
        beside("through the same server", rows, true).await?;
        beside("as another process", rows, false).await
    })
}
