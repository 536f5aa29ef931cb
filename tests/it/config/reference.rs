//! docs/configuration.md says what the program does. `UPDATE_DOCS=1` writes it anew.

use std::collections::HashSet;
use std::path::Path;

use coranto::config::keys::{KEYS, SECTIONS};
use coranto::config::reference;

#[test]
fn the_documented_keys_are_the_keys() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    if std::env::var("UPDATE_DOCS").is_ok() {
        std::fs::write(&path, reference()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == reference(), "docs/configuration.md is out of date; run this test with UPDATE_DOCS=1");
}

#[test]
fn every_key_is_in_a_section_and_stands_once() {
    let mut seen = HashSet::new();
    for key in KEYS {
        assert!(seen.insert(key.path), "{} stands twice", key.path);
        assert!(SECTIONS.iter().any(|(section, _)| *section == key.section()), "{} is in no section", key.path);
        assert!(key.doc.ends_with('.'), "{} has no sentence", key.path);
    }
}
