//! The lock beside an SQLite file: one engine at a time.

use coranto::store::StoreError;
use coranto::store::lock::{EngineLock, sqlite_path};

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
