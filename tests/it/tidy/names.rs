//! A type's name says which type it is, wherever it is met.

use std::collections::BTreeMap;

use super::source::words;
use super::{Wrong, line_of, rust_files};

/// Names that several types may have, and why. What no other file can name is not looked at: its file says what it is.
const SHARED: &[(&str, &str)] = &[
    ("Args", "what a command is told: each stands in the file of its command, and is named with it"),
    ("Add", "the same of the commands that add one"),
    ("List", "the same of the commands that list"),
    ("Show", "the same of the commands that show one"),
];

#[test]
fn a_name_is_of_one_type() {
    let mut homes: BTreeMap<String, Vec<(std::path::PathBuf, usize)>> = BTreeMap::new();
    for file in rust_files(&["src"]) {
        let code = file.source.code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (at, name) in types_in(code) {
            homes.entry(name).or_default().push((file.path.clone(), line_of(code, at)));
        }
    }
    assert!(homes.len() > 400, "only {} types were found", homes.len());
    let mut wrong = Wrong::default();
    for (name, found) in homes.iter().filter(|(_, found)| found.len() > 1) {
        if SHARED.iter().any(|(shared, _)| shared == name) {
            continue;
        }
        for (path, line) in found {
            let others = found.len() - 1;
            wrong.add(path, *line, &format!("{name} is the name of {others} other types, too: say which one this is"));
        }
    }
    for (shared, _) in SHARED {
        assert!(
            homes.get(*shared).is_some_and(|found| found.len() > 1),
            "{shared} is the name of no two types any more"
        );
    }
    wrong.assert_none();
}

/// The types that a file shows to others, with where their names stand.
fn types_in(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for kind in ["struct ", "enum ", "trait ", "type ", "union "] {
        for (at, _) in code.match_indices(kind) {
            let before = code[..at].rsplit('\n').next().unwrap_or_default();
            let is_associated = kind == "type " && before.starts_with(' ');
            let shown = before.trim_start();
            if !(shown == "pub " || shown.starts_with("pub(") && shown.ends_with(") ")) || is_associated {
                continue;
            }
            let name = words(&code[at + kind.len()..]).next().map(|(_, name)| name.to_owned()).unwrap_or_default();
            // In a macro, `$name` is the caller's to say.
            if !code[at + kind.len()..].starts_with('$') {
                found.push((at, name));
            }
        }
    }
    found
}

#[test]
fn types_that_others_see_are_found() {
    let code = "pub struct A;\n    pub(super) enum B<T> {}\nstruct C;\npub trait D: E {\n    type F;\n}\npub type G = A;\npub struct $name;\n";
    let mut names: Vec<_> = types_in(code).into_iter().map(|(_, name)| name).collect();
    names.sort();
    assert_eq!(names, ["A", "B", "D", "G"]);
}
