//! A database of a former schema is brought up to date, and what was there before is kept.

use super::*;

impl Frozen {
    fn copies(&self) -> Vec<String> {
        let names =
            fs::read_dir(self.home.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name.contains(".before-")).collect();
        names.sort();
        names
    }

    async fn steps(&self, file: &Path) -> usize {
        let db = Db::open(&format!("sqlite://{}", file.display())).await.unwrap();
        let applied = migrate::state(&db).await.unwrap().steps.into_iter().filter(|step| step.applied).count();
        db.close().await;
        applied
    }
}

async fn deliveries(file: &Path) -> i64 {
    let db = Db::open(&format!("sqlite://{}", file.display())).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let (count,) = tx.sql("SELECT COUNT(*) FROM deliveries").fetch_one::<(i64,)>().await.unwrap();
    drop(tx);
    db.close().await;
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_copies_a_file_before_its_rows_are_rewritten() {
    let frozen = Frozen::sqlite();
    let file = frozen.home.path().join("coranto.db");
    let before = frozen.steps(&file).await;
    for former in ["coranto.db.before-2", "coranto.db.before-3"] {
        fs::write(frozen.home.path().join(former), "an older copy").unwrap();
    }
    let shown = frozen.coranto(&["migrate", "--status"]);
    assert_eq!(shown.status.code(), Some(3), "{shown:?}");
    assert!(shown.stdout.contains("exclusive") && shown.stderr.contains("copies the database to"), "{shown:?}");
    assert_eq!(frozen.steps(&file).await, before, "looking changes nothing");
    assert_eq!(frozen.copies().len(), 2);

    let server = frozen.serve_as_it_is();
    server.signal("TERM");
    server.wait(PATIENCE);
    let copies = frozen.copies();
    assert_eq!(copies.len(), 2, "two are kept: {copies:?}");
    assert!(copies.contains(&"coranto.db.before-3".to_owned()), "the oldest went: {copies:?}");
    let copy = frozen.home.path().join(copies.iter().find(|name| !name.ends_with("-3")).unwrap());
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(frozen.steps(&copy).await, before);
    assert_eq!(deliveries(&copy).await, frozen.facts.counts["deliveries"]);
    assert!(frozen.steps(&file).await > before);
    assert_eq!(frozen.coranto(&["migrate", "--status"]).status.code(), Some(0));
}

#[test]
fn a_servers_rows_are_rewritten_by_whoever_has_a_backup() {
    let Some(frozen) = Frozen::postgres() else { return };
    for arguments in [&["migrate"][..], &["serve", "--role", "web"]] {
        let refused = frozen.coranto(arguments);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        assert!(refused.stderr.contains("coranto migrate --no-backup"), "{refused:?}");
    }
    let status = frozen.coranto(&["migrate", "--status"]);
    assert_eq!(status.status.code(), Some(3), "nothing was done: {status:?}");
    let done = frozen.coranto(&["migrate", "--no-backup"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(frozen.coranto(&["migrate", "--status"]).status.code(), Some(0));
}
