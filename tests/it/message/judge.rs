//! A checker of raw mails that was written without knowledge of this program.

use std::path::Path;
use std::process::Command;

use super::sample::{address, filled, issue, reader};

#[test]
fn an_issue_passes_the_checks_of_a_stranger() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/judges/message_checks.py");
    if !script.is_file() {
        println!("skipped: there is no {}", script.display());
        return;
    }
    let to = address("anna@example.org");
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("issue.eml");
    std::fs::write(&mail, filled(&issue(), &reader(&to))).unwrap();
    match Command::new("python3").arg(&script).arg(&mail).output() {
        Err(error) => println!("skipped: python3 did not start: {error}"),
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
    }
}
