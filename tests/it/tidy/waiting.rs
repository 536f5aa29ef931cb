//! How tests wait and how they are left out: by the harness alone, so that a busy machine fails none and a missing program
//! can be made a failure.

use super::{Wrong, rust_files};

/// Where a duration is measured, and why: each holds a lower bound, which no busy machine breaks.
const MEASURED: &[(&str, &str)] = &[
    ("tests/it/delivery/rates.rs", "a rate is a number of emails in a time: never more"),
    (
        "tests/it/moving/killed.rs",
        "how long a move takes, so that kills come at any moment of it; nothing is held to it",
    ),
    ("tests/it/signup/proofs.rs", "who presses early is held: never less than until it is time"),
    ("tests/it/web/signup.rs", "the same, by the pages"),
    ("tests/it/smtp/client_and_sink.rs", "a sink that is told to be slow: never quicker"),
];

/// Where a test prints, and why.
const PRINTED: &[(&str, &str)] = &[("tests/it/delivery/simulation.rs", "the worst figures, for who changes the rules")];

fn is_harness(path: &std::path::Path) -> bool {
    path.starts_with("tests/it/harness")
}

#[test]
fn no_test_fails_by_the_clock_on_the_wall() {
    let mut wrong = Wrong::default();
    let mut seen = Vec::new();
    for file in rust_files(&["tests/it"]).iter().filter(|file| !is_harness(&file.path)) {
        let known = MEASURED.iter().find(|(path, _)| file.path == std::path::Path::new(path));
        for (number, line) in file.source.code.lines().enumerate().filter(|(_, line)| line.contains(".elapsed()")) {
            seen.extend(known.map(|(path, _)| *path));
            if known.is_none() || line.contains(".elapsed() <") {
                let what = "a duration is no assertion: wait with harness::patience, count, or look at an order; a lower \
                            bound is argued for in MEASURED";
                wrong.add(&file.path, number + 1, what);
            }
        }
    }
    for (path, _) in MEASURED.iter().filter(|(path, _)| !seen.contains(path)) {
        wrong.add(std::path::Path::new(path), 1, "measures nothing any more: take it out of MEASURED");
    }
    wrong.assert_none();
}

#[test]
fn what_is_left_out_is_left_out_by_the_harness() {
    let mut wrong = Wrong::default();
    for file in rust_files(&["tests/it"]).iter().filter(|file| !is_harness(&file.path)) {
        let may_print = PRINTED.iter().any(|(path, _)| file.path == std::path::Path::new(path));
        for (number, line) in file.source.code.lines().enumerate() {
            let prints = ["println!", "print!", "dbg!"].iter().any(|print| line.contains(print));
            if prints && !may_print {
                wrong.add(
                    &file.path,
                    number + 1,
                    "a test that lacks something calls harness::skip, which may be forbidden to",
                );
            }
        }
    }
    wrong.assert_none();
}
