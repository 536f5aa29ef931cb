//! The sample issues, which the demo sends: both parts as snapshots.

use super::ground::{compose, filled, newsletter, preflight, sample, told};

fn snapshot(name: &str, file: &str) {
    let issue = sample(file);
    assert_eq!(told(&preflight(&issue, &newsletter())), Vec::<String>::new(), "{file}");
    let parts = compose(&issue, &newsletter()).unwrap();
    insta::assert_snapshot!(format!("{name}.html"), filled(&parts.html, true));
    insta::assert_snapshot!(format!("{name}.txt"), filled(&parts.text, false));
}

#[test]
fn essay() {
    snapshot("essay", "2026-11-20-the-calendar-is-not-an-agreement.md");
}

#[test]
fn short_note() {
    snapshot("note", "2026-11-13-a-short-week.md");
}

#[test]
fn japanese() {
    snapshot("japanese", "2026-11-06-the-harbour-master.md");
}
