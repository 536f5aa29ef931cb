//! Made issues of the kinds that real weeklies are of, in tests/fixtures/weeklies. What a check is to find stands behind
//! the line as `expect: CODE`, in a comment, of which no check says anything: so every change of what a check finds, or
//! does not find, is seen here.

use std::collections::BTreeSet;
use std::path::Path;

use coranto::content::pictures::NoPictures;
use coranto::content::{RenderContext, Target, read_so_far, render_so_far};
use coranto::domain::newsletter::Newsletter;

use super::ground::newsletter;

/// Hints that a text alone cannot have: they need a file beside the issue, a layout, a day or a newsletter without HTML.
const ELSEWHERE: &[&str] = &[
    "file-date", "file-name", "footer-year", "html", "html-clipped", "images-heavy", "link-moved", "link-private",
    "link-unsure", "send-at-past", "subject-long", "subject-short", "summary-long", "summary-missing", "summary-title",
    "text-long", "text-short", "title-date",
];

/// What the lines of an issue expect, as `line code`.
fn expected(source: &str) -> Vec<String> {
    let of_line = |(number, line): (usize, &str)| {
        let codes = line.split_once("expect: ").map_or("", |(_, rest)| rest.split("-->").next().unwrap_or_default());
        codes.split_whitespace().map(|code| format!("{} {code}", number + 1)).collect::<Vec<_>>()
    };
    source.lines().enumerate().flat_map(of_line).collect()
}

fn found(source: &str) -> Vec<String> {
    let newsletter = Newsletter { allow_html: true, ..newsletter() };
    let (issue, unread) = read_so_far(source.as_bytes());
    assert!(unread.is_empty(), "{unread:?}");
    let letter =
        RenderContext { newsletter: &newsletter, web_url: "https://news.example.com/week/a", pictures: &NoPictures };
    let rendered = render_so_far(&issue, &letter, Target::Mail);
    rendered.problems.iter().map(|problem| format!("{} {}", problem.line, problem.code)).collect()
}

#[test]
fn each_line_has_the_findings_that_it_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/weeklies");
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let source = std::fs::read_to_string(&file).unwrap();
        let (mut expected, mut found) = (expected(&source), found(&source));
        expected.sort();
        found.sort();
        let over: Vec<_> = found.iter().filter(|one| !expected.contains(one)).collect();
        let missing: Vec<_> = expected.iter().filter(|one| !found.contains(one)).collect();
        assert!(over.is_empty() && missing.is_empty(), "{}: over {over:?}, missing {missing:?}", file.display());
        assert_eq!(expected, found, "{}", file.display());
        seen.extend(found.iter().map(|one| one.split_once(' ').unwrap().1.to_owned()));
    }
    let reference = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/checks.md");
    let reference = std::fs::read_to_string(reference).unwrap();
    let hints = reference.lines().filter(|line| line.contains("| hint |") || line.contains("hint |"));
    let hints = hints.filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0));
    let without: Vec<_> = hints.filter(|code| !seen.contains(*code) && !ELSEWHERE.contains(code)).collect();
    assert!(without.is_empty(), "no made issue has {without:?}");
}
