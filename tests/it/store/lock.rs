//! The lock beside an SQLite file: one engine at a time.

use coranto::store::lock::{EngineLock, sqlite_path, was_served};
use coranto::store::{Db, StoreError, migrate};

#[test]
fn a_file_has_one_engine_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("news.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    assert_eq!(sqlite_path(&url).as_deref(), Some(file.as_path()));
    let first = EngineLock::acquire(&url).unwrap();
    assert!(first.is_some());
    let Err(error @ StoreError::Locked { .. }) = EngineLock::acquire(&url) else { panic!("two engines have it") };
    assert!(error.to_string().contains(&*file.to_string_lossy()), "{error}");
    let other = format!("sqlite://{}", folder.path().join("other.db").display());
    assert!(EngineLock::acquire(&other).unwrap().is_some(), "each file has its own");
    drop(first);
    assert!(EngineLock::acquire(&url).unwrap().is_some(), "it was let go of");
}

#[test]
fn a_lock_that_cannot_be_made_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("missing/news.db").display());
    let error = EngineLock::acquire(&url).unwrap_err();
    assert!(matches!(error, StoreError::Lock { .. }), "{error:?}");
    assert!(error.to_string().contains("missing/news.db.lock"), "{error}");
}

#[test]
fn postgres_needs_none() {
    let url = "postgres://coranto@127.0.0.1/news";
    assert!(EngineLock::acquire(url).unwrap().is_none());
    assert!(EngineLock::acquire(url).unwrap().is_none(), "nor does a second one");
    assert_eq!(sqlite_path(url), None);
}

#[test]
fn a_file_has_one_lock_however_it_is_spelled() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    std::fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink("real", &link).unwrap();
    let at = |path: std::path::PathBuf| format!("sqlite://{}", path.display());
    // Before there is a file, and after.
    for made in [false, true] {
        if made {
            std::fs::write(real.join("news.db"), "").unwrap();
            std::os::unix::fs::symlink("real/news.db", folder.path().join("other.db")).unwrap();
        }
        let held = EngineLock::acquire(&at(real.join("news.db"))).unwrap();
        let mut spellings = vec![link.join("news.db"), real.join("../link/./news.db")];
        spellings.extend(made.then(|| folder.path().join("other.db")));
        for spelling in spellings {
            let taken = EngineLock::acquire(&at(spelling.clone()));
            assert!(matches!(taken, Err(StoreError::Locked { .. })), "{}", spelling.display());
        }
        drop(held);
    }
    // A link to where a file will be made.
    std::os::unix::fs::symlink("real/later.db", folder.path().join("later.db")).unwrap();
    let _held = EngineLock::acquire(&at(folder.path().join("later.db"))).unwrap();
    assert!(matches!(EngineLock::acquire(&at(real.join("later.db"))), Err(StoreError::Locked { .. })));
}

#[tokio::test]
async fn a_file_that_is_gone_or_another_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.db");
    let db = Db::open(&format!("sqlite://{}", path.display())).await.unwrap();
    db.check_file().unwrap();
    let aside = folder.path().join("aside.db");
    std::fs::rename(&path, &aside).unwrap();
    let error = db.check_file().unwrap_err();
    assert!(matches!(&error, StoreError::Gone { .. }) && error.to_string().contains("news.db"), "{error}");
    std::fs::write(&path, "another").unwrap();
    let error = db.check_file().unwrap_err();
    assert!(matches!(&error, StoreError::Replaced { .. }) && error.to_string().contains("replaced"), "{error}");
    std::fs::rename(&aside, &path).unwrap();
    db.check_file().unwrap();
    db.close().await;
}

#[tokio::test]
async fn an_empty_database_is_gone_when_nobody_looks_any_more() {
    let db = Db::open_passing().await.unwrap();
    migrate::run(&db).await.unwrap();
    let (copy, mut tx) = (db.clone(), db.read().await.unwrap());
    let (readers,): (i64,) = tx.sql("SELECT COUNT(*) FROM subscribers").fetch_one().await.unwrap();
    assert_eq!(readers, 0);
    drop(tx);
    drop(db);
    copy.check_file().unwrap();
    copy.close().await;
}

#[test]
fn a_file_that_was_served_is_known_by_its_lock() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("news.db");
    assert!(!was_served(&file));
    drop(EngineLock::acquire(&format!("sqlite://{}", file.display())).unwrap());
    assert!(was_served(&file));
}
