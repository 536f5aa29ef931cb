//! What the tests stand on: databases, HTTP, the program as a process, a browser. Knows no scenario.
//!
//! Programs that may be missing (PostgreSQL, Chromium) are looked for once. A test that lacks one passes, and one line
//! says so; `CORANTO_REQUIRE=postgres,chromium` turns a missing one into a failure.

pub(crate) mod acts;
pub(crate) mod altcha;
pub(crate) mod browser;
pub(crate) mod certificates;
pub(crate) mod copies;
pub(crate) mod database;
pub(crate) mod http;
pub(crate) mod installation;
pub(crate) mod names;
pub(crate) mod neighbour;
pub(crate) mod newsletters;
pub(crate) mod node;
pub(crate) mod patience;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod service_manager;
pub(crate) mod stranger;
pub(crate) mod terminal;
pub(crate) mod unprivileged;
pub(crate) mod visitor;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A folder that outlives one test run, inside the target folder.
pub(crate) fn target_folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// One variable of the environment that the tests were started in.
#[expect(clippy::disallowed_methods, reason = "the tests' own switches; coranto's configuration is not asked")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says once per process that the tests needing `what` are skipped, or fails when `CORANTO_REQUIRE` names it.
pub(crate) fn skip(what: &'static str, why: &str) {
    static SAID: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    let required = environment("CORANTO_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|name| name.trim() == what), "CORANTO_REQUIRE names {what}, but {why}");
    if SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(what) {
        // Straight to the handle: the test runner captures `eprintln!` and shows it for failures alone.
        let mut stderr = std::io::stderr().lock();
        writeln!(stderr, "skipped: the tests that need {what}: {why}").unwrap();
    }
}

/// The first executable file called one of `names` on `PATH` and then in `folders`.
pub(crate) fn find_program(names: &[&str], folders: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::split_paths(&environment("PATH").unwrap_or_default()).collect::<Vec<_>>();
    path.iter()
        .chain(folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file())
}

/// Runs `work` to its end on a thread and a runtime of its own, so that it may be called from any context.
pub(crate) fn blocking<T: Send>(work: impl AsyncFnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(work())
        });
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
