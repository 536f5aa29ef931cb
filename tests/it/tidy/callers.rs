//! What the program has is used by the program, and what changes a state writes its event.

use std::collections::BTreeMap;
use std::fs;

use super::source::{Source, words};
use super::{Wrong, line_of, root, rust_files};

/// Functions that tests alone call, and why they are there.
const FOR_TESTS: &[(&str, &str)] = &[
    ("fixed", "a clock that stands still until a test moves it"),
    ("desk_routes", "the table of the desk's routes, which tests walk"),
];

#[test]
fn what_is_public_has_a_caller_in_the_program() {
    let files = rust_files(&["src"]);
    let code = |source: &Source| source.code.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    let all: Vec<_> = files.iter().map(|file| (&file.path, code(&file.source))).collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, code) in &all {
        for (_, word) in words(code) {
            *uses.entry(word).or_default() += 1;
        }
    }
    let mut wrong = Wrong::default();
    let mut seen = 0;
    for (path, code) in &all {
        for (at, _) in code.match_indices("fn ") {
            let line = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
            let name = code[at + 3..].split(['(', '<']).next().unwrap_or_default().trim();
            let is_macro = name.starts_with('$');
            if is_macro || !line.starts_with("pub") || FOR_TESTS.iter().any(|(known, _)| *known == name) {
                continue;
            }
            seen += 1;
            if uses.get(name).is_none_or(|count| *count < 2) {
                wrong.add(path, line_of(code, at), &format!("nothing in src calls {name}: call it, or take it away"));
            }
        }
    }
    assert!(seen > 300, "only {seen} public functions were found");
    wrong.assert_none();
}

/// Functions that change a state and leave the event to another, and why.
const SILENT: &[(&str, &str)] = &[
    ("advance_due", "private: `hold_due` appends the event, and `start` ends what `prepare` begins"),
    ("lock", "sets what is there"),
    ("copy", "the same suppression, under another hash of the same address"),
    ("add_in_bulk", "the act on many writes one event with their number"),
    ("suppress", "of a batch of an import, which writes one event with its figures"),
    ("lift", "of an import that is taken back, which writes one event with its figures"),
];

/// What a statement that changes the state of an issue, a subscription or a suppression has in it.
const STATES: &[&str] =
    &["UPDATE issues SET state", "UPDATE subscriptions SET state", "INTO suppressions", "DELETE FROM suppressions"];

#[test]
fn what_changes_a_state_writes_its_event() {
    let mut wrong = Wrong::default();
    let mut seen = 0;
    for file in rust_files(&["src"]) {
        let text = &fs::read_to_string(root().join(&file.path)).unwrap();
        for (at, _) in STATES.iter().flat_map(|state| text.match_indices(state)) {
            seen += 1;
            let begin = text[..at].rfind("async fn ").unwrap_or(0);
            let name = text[begin..].trim_start_matches("async fn ").split(['(', '<']).next().unwrap_or_default();
            let end = text[at..].find("\n}\n").map_or(text.len(), |end| at + end);
            let body = &text[begin..end];
            let writes = ["events::append(", "written(", "INSERT INTO events"].iter().any(|call| body.contains(call));
            if !writes && !SILENT.iter().any(|(silent, _)| *silent == name) {
                wrong.add(&file.path, line_of(text, at), &format!("{name} changes a state and writes no event"));
            }
        }
    }
    assert!(seen >= 12, "only {seen} statements that change a state were found");
    wrong.assert_none();
}
