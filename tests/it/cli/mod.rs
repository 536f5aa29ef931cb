//! The program as a person runs it: in a folder, with arguments, judged by what it prints, writes and exits with.

mod alarms;
mod asking;
mod bounces;
mod bounces_check;
mod checks;
mod database_file;
mod doctor;
mod editing;
mod help;
mod importing;
mod issues;
mod keys;
mod limits;
mod machines;
mod places;
mod reading;
mod relay;
mod returning;
mod rotation;
mod sending;
mod service;
mod setup;
mod signing;
mod subscribers;
mod surroundings;
mod truth;
mod upgrading;
mod users;
mod whose;
mod worlds;

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::harness::program::{Ended, coranto, run};

/// A debug build under a loaded machine is slow; this is not a measurement.
const AT_MOST: Duration = Duration::from_secs(60);

/// Runs `coranto` with `args` in `folder`.
pub(crate) fn cli(folder: &Path, args: &[&str]) -> Ended {
    let mut command = coranto(folder);
    command.args(args).env("NO_COLOR", "1").env("TZ", "UTC");
    run(command, AT_MOST)
}

/// The same, and it must end well; what it printed.
pub(crate) fn ok(folder: &Path, args: &[&str]) -> String {
    let ended = cli(folder, args);
    assert_eq!(ended.status.code(), Some(0), "{args:?}: {ended:?}");
    ended.stdout
}

/// The same with `--json`: an object for each line.
pub(crate) fn json(folder: &Path, args: &[&str]) -> Vec<Value> {
    let mut all = args.to_vec();
    all.push("--json");
    ok(folder, &all).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The same, and it must end with `code`; what it said about that.
pub(crate) fn fails(folder: &Path, args: &[&str], code: i32) -> String {
    let ended = cli(folder, args);
    assert_eq!(ended.status.code(), Some(code), "{args:?}: {ended:?}");
    ended.stderr
}

/// A folder with a new newsletter in it.
pub(crate) fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let args = ["init", "--name", "The Week", "--from", "week@news.example.com", "--address", "1 Example Street"];
    ok(folder.path(), &[&args[..], &["--time-zone", "Europe/Prague", "--slug", "week"]].concat());
    folder
}

/// The one file in `issues/`.
fn first_issue(folder: &Path) -> String {
    let entry = std::fs::read_dir(folder.join("issues")).unwrap().next().unwrap().unwrap();
    format!("issues/{}", entry.file_name().into_string().unwrap())
}
