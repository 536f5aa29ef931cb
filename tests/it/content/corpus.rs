//! The corpus in tests/fixtures/issues: one issue for each thing that a mail can get wrong. Both parts as snapshots, the
//! layout around them left out, since tests/it/content/{elements,samples}.rs have it whole.

use std::path::{Path, PathBuf};

use coranto::content::{self, IssueFile, Parts};

use super::ground::{body_of, compose, filled, newsletter, preflight, text_body_of, told};

/// The issue asks for at least so many.
const ISSUES_MIN: usize = 14;
const ESSAY_BYTES_MAX: usize = 25 * 1024;

pub(crate) fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/issues");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    assert!(files.len() >= ISSUES_MIN);
    files
}

/// The file's name without its date.
pub(crate) fn name_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap().to_str().unwrap();
    stem.splitn(4, '-').last().unwrap().to_owned()
}

fn read(file: &Path) -> IssueFile {
    content::read(&std::fs::read(file).unwrap()).unwrap_or_else(|problems| panic!("{file:?}: {:?}", told(&problems)))
}

fn composed(name: &str) -> Parts {
    let file = files().into_iter().find(|file| name_of(file) == name).unwrap();
    compose(&read(&file), &newsletter()).unwrap()
}

#[test]
fn every_issue_as_html_and_as_text() {
    for file in files() {
        let name = name_of(&file);
        let parts = compose(&read(&file), &newsletter()).unwrap_or_else(|p| panic!("{name}: {:?}", told(&p)));
        insta::assert_snapshot!(format!("{name}.html"), body_of(&filled(&parts.html, true)));
        insta::assert_snapshot!(format!("{name}.txt"), text_body_of(&filled(&parts.text, false)));
    }
}

#[test]
fn an_essay_is_small_and_seven_thousand_words_fit() {
    let essay = composed("essay");
    assert!(essay.words >= 1500, "{} words", essay.words);
    let bytes = filled(&essay.html, true).len();
    assert!(bytes <= ESSAY_BYTES_MAX, "{bytes} bytes");
    let long = composed("seven-thousand-words");
    assert!(long.words >= 7000, "{} words", long.words);
}

/// What it warns of is meant: the corpus has odd things in it on purpose.
#[test]
fn preflight_says_nothing_that_stops_an_issue() {
    for file in files() {
        let stops: Vec<_> =
            preflight(&read(&file), &newsletter()).into_iter().filter(content::Problem::is_error).collect();
        assert_eq!(told(&stops), Vec::<String>::new(), "{file:?}");
    }
}
