//! The sample issues as whole mails, before a checker that was written without knowledge of this program.

use std::path::Path;
use std::process::Command;

use coranto::clock::Timestamp;

use super::ground::{compose, mailed, newsletter, sample};

#[test]
fn the_samples_pass_the_checks_of_a_stranger() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/judges/message_checks.py");
    if !script.is_file() {
        println!("skipped: there is no {}", script.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["2026-11-20-the-calendar-is-not-an-agreement.md", "2026-11-13-a-short-week.md"] {
        let mail = folder.path().join(name).with_extension("eml");
        let parts = compose(&sample(name), &newsletter()).unwrap();
        std::fs::write(&mail, mailed(&parts, None, Some(Timestamp(1_746_000_000_000)))).unwrap();
        match Command::new("python3").arg(&script).arg(&mail).output() {
            Err(error) => println!("skipped: python3 did not start: {error}"),
            Ok(output) => assert!(output.status.success(), "{name}\n{}", String::from_utf8_lossy(&output.stdout)),
        }
    }
}
