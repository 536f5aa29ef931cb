//! The program is killed while it moves a database, as often as asked, and the same command ends well.

use std::time::{Duration, Instant};

use coranto::store::Db;
use coranto::upkeep::{CopyTrouble, usable};
use serde_json::Value;

use super::every_table::{Dice, execute};
use crate::harness::database::{Fresh, PostgresPlace, SqlitePlace, both_databases};
use crate::harness::environment;
use crate::harness::program::{Ended, Program, coranto};
use crate::restored::scene::Scene;

/// How often; `CORANTO_COPY_KILLS` asks for more.
const KILLS: usize = 5;
const ROWS: u64 = 40_000;
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Where a move goes, on the other engine.
enum Place {
    File(SqlitePlace),
    Server(PostgresPlace),
}

impl Place {
    fn other_than(url: &str) -> Option<Self> {
        if url.starts_with("sqlite:") {
            PostgresPlace::empty().map(Self::Server)
        } else {
            Some(Self::File(SqlitePlace::new()))
        }
    }

    fn url(&self) -> String {
        match self {
            Self::File(place) => place.url(),
            Self::Server(place) => place.url(),
        }
    }
}

/// Enough rows that a kill finds some on their way.
async fn fill(url: &str) {
    let db = Db::open(url).await.unwrap();
    let many =
        format!("WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < {ROWS})");
    let (bytes, filter) =
        if db.is_sqlite() { ("randomblob(32)", "TRUE") } else { ("uuid_send(gen_random_uuid())", "TRUE") };
    for text in [
        format!("INSERT INTO spent_challenges (tag, expires_at) {many} SELECT number, number FROM n WHERE {filter}"),
        format!(
            "INSERT INTO events (id, at, kind, actor, data) {many} SELECT number + 100000, number, 'x', 'x', '{{}}' FROM n"
        ),
        format!(
            "INSERT INTO suppressions (address_hash, reason, note, created_at) {many} SELECT {bytes}, 'manual', 'n', 0 FROM n"
        ),
        format!(
            "INSERT INTO deliveries (issue_id, subscription_id, state, revision_id, attempts)
             {many} SELECT 5, number, 'sent', 1, 1 FROM n"
        ),
    ] {
        execute(&db, text).await;
    }
    db.close().await;
}

fn begin(scene: &Scene, to: &str) -> Program {
    let mut command = coranto(scene.home.path());
    command.args(["--yes", "--json", "migrate", "--to", to]);
    Program::start(command)
}

fn ended(program: Program) -> Value {
    let ended: Ended = program.wait(WAIT_MAX);
    assert!(ended.status.success(), "{ended:?}");
    serde_json::from_str(ended.stdout.lines().last().unwrap()).unwrap()
}

fn assert_whole(moved: &Value) {
    let tables = moved["tables"].as_array().unwrap();
    assert!(tables.iter().all(|table| table["equal"] == true), "{moved}");
    // An earlier run may have come to the end of the comparison.
    if let Some(deliveries) = tables.iter().find(|table| table["table"] == "deliveries") {
        assert_eq!(deliveries["target"]["rows"], ROWS, "{moved}");
    }
}

/// Never may both be worked on.
async fn assert_one_is_closed(from: &str, to: &str) {
    let mut usable_there = false;
    let source = Db::open(from).await.unwrap();
    let target = Db::open(to).await.unwrap();
    // One without a table has nothing to be used.
    if target.read().await.unwrap().sql("SELECT COUNT(*) FROM copies").fetch_one::<(i64,)>().await.is_ok() {
        let has_rows = "SELECT EXISTS (SELECT 1 FROM newsletters)";
        let (has_rows,): (bool,) = target.read().await.unwrap().sql(has_rows).fetch_one().await.unwrap();
        usable_there = has_rows && usable(&target).await.is_ok();
    }
    let usable_here = usable(&source).await.is_ok();
    assert!(!(usable_here && usable_there), "both may be worked on");
    source.close().await;
    target.close().await;
}

/// Whether the move came to its end, whatever became of the program afterwards.
async fn is_done(from: &str, to: &str) -> bool {
    let (source, target) = (Db::open(from).await.unwrap(), Db::open(to).await.unwrap());
    let has_moved = matches!(usable(&source).await, Err(CopyTrouble::Moved { .. }));
    let is_open = has_moved && usable(&target).await.is_ok();
    source.close().await;
    target.close().await;
    is_open
}

both_databases! {
    async fn a_move_survives_every_kill(fresh: Fresh) {
        let Some(place) = Place::other_than(&fresh.url) else { return };
        let (from, to) = (fresh.url.clone(), place.url());
        let scene = Scene::set(fresh, 3).await;
        fill(&from).await;
        let begun = Instant::now();
        assert_whole(&ended(begin(&scene, &to)));
        let took = begun.elapsed();
        scene.command(&["migrate", "--reopen", "--from", &from, "--to", &to]);
        let kills = environment("CORANTO_COPY_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
        let mut dice = Dice(environment("CORANTO_COPY_SEED").map_or(1, |seed| seed.parse().unwrap()));
        let mut killed = 0;
        while killed < kills {
            let program = begin(&scene, &to);
            let wait = took.mul_f64(dice.below(1000) as f64 / 1000.0);
            tokio::time::sleep(wait).await;
            let ended = program.kill();
            assert_one_is_closed(&from, &to).await;
            let was_killed = ended.status.code().is_none();
            assert!(was_killed || ended.status.success(), "{ended:?}");
            killed += usize::from(was_killed);
            if is_done(&from, &to).await {
                // It was faster: the move is undone, and begins again.
                scene.command(&["migrate", "--reopen", "--from", &from, "--to", &to]);
            }
        }
        assert_whole(&ended(begin(&scene, &to)));
        let target = Db::open(&to).await.unwrap();
        usable(&target).await.unwrap();
        let count = "SELECT COUNT(*), COUNT(DISTINCT subscription_id) FROM deliveries";
        let (rows, distinct): (i64, i64) = target.read().await.unwrap().sql(count).fetch_one().await.unwrap();
        assert_eq!((rows, distinct), (ROWS as i64, ROWS as i64));
        target.close().await;
        scene.sink.stop().await;
    }
}
