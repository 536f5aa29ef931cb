//! What can be wrong above an issue's text, in the words an editor reads.

use coranto::content::SendAt;
use jiff::civil::datetime;

use super::ground::{read, told};
use crate::harness::patience::within;

fn refused(source: &str) -> Vec<String> {
    told(&read(source).expect_err("this should be refused"))
}

#[test]
fn every_key_in_yaml_and_toml() {
    let yaml = "---\ntitle: 'A: title'\nsubject: Another\nsummary: >\n  Two\n  lines.\nsend_at: 2026-11-27 09:00\ndraft: true\n\
                newsletter: week\nauthor: Anna\nlang: pt-BR\nimage: https://example.org/a.jpg\nimage_alt: A boat\n---\nText";
    let toml = "+++\ntitle = 'A: title'\nsubject = 'Another'\nsummary = \"\"\"Two\nlines.\"\"\"\nsend_at = 2026-11-27 09:00\ndraft = true\n\
                newsletter = 'week'\nauthor = 'Anna'\nlang = 'pt-BR'\nimage = 'https://example.org/a.jpg'\nimage_alt = 'A boat'\n+++\nText";
    let (yaml, toml) = (read(yaml).unwrap(), read(toml).unwrap());
    let front = &yaml.front;
    assert_eq!(front.title, "A: title");
    assert_eq!(front.subject(), "Another");
    assert_eq!(front.summary.as_deref(), Some("Two lines."));
    assert_eq!(front.send_at, Some(SendAt::At { civil: datetime(2026, 11, 27, 9, 0, 0, 0), offset: None }));
    assert!(front.draft);
    assert_eq!(front.newsletter.as_deref(), Some("week"));
    assert_eq!(front.lang.as_deref(), Some("pt-BR"));
    assert_eq!(front.image.as_ref().map(|url| url.as_str()), Some("https://example.org/a.jpg"));
    let mut same = toml.front.clone();
    same.places = front.places.clone();
    assert_eq!(*front, same);
    assert_eq!((yaml.body(), toml.body()), ("Text", "Text"));
}

#[test]
fn values_are_taken_as_typed() {
    for (typed, title) in
        [("1984", "1984"), ("007", "007"), ("1e3", "1e3"), ("2026-11-27", "2026-11-27"), ("3.10", "3.10")]
    {
        assert_eq!(read(&format!("---\ntitle: {typed}\n---\n")).unwrap().front.title, title);
    }
    let tagged = read("---\ntitle: !!python/object:os.system A\n---\n").unwrap().front;
    assert_eq!(tagged.title, "A", "tags mean nothing");
    let next = read("---\ntitle: A\nsend_at: next\nsubject:\n---\n").unwrap().front;
    assert_eq!((next.send_at, next.subject()), (Some(SendAt::Next), "A"));
    assert_eq!(read("+++\ntitle = 1984\n+++\n").unwrap().front.title, "1984");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    insta::assert_debug_snapshot!(refused(
        "---\ntitle: [a, b]\nsubject: \"two\\nlines\"\nsend_at: 2026-07-31 9am\ndraft: yes\nlang: English\nimage: /a.jpg\nauthor: {a: b}\nsummary: true\n---\n"
    ));
    insta::assert_debug_snapshot!(refused("+++\ntitle = ['a']\ndraft = 'yes'\nsend_at = 2026-11-27\n+++\n"));
}

#[test]
fn unknown_keys_are_left_out_with_a_suggestion() {
    let issue = read("---\ntitle: A\nsumary: B\nsend-at: next\ntags: [a, b]\n---\n").unwrap();
    assert_eq!(issue.front.summary, None);
    insta::assert_debug_snapshot!(told(&issue.warnings));
}

#[test]
fn broken_front_matter_says_where() {
    let cases = [
        "No front matter\n", "", "---\ntitle: A\n", "+++\ntitle = 'A'\n---\n", "---\nsummary: B\n---\n",
        "---\ntitle:\n---\n", "---\n---\nText\n", "---\ntitle: A: B\n---\n", "---\ntitle: \"A\n---\n",
        "---\ntitle: A\ntitle: B\n---\n", "---\n- a\n---\n", "+++\ntitle = A\n+++\n",
        "+++\ntitle = 'A'\ntitle = 'B'\n+++\n",
    ];
    let told: Vec<_> = cases.iter().map(|source| (*source, refused(source))).collect();
    insta::assert_debug_snapshot!(told);
}

#[test]
fn bombs_are_refused_at_once() {
    let laughs: String = std::iter::once("a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned())
        .chain(('b'..='i').map(|c| {
            let before = char::from(c as u8 - 1);
            format!("{c}: &{c} [{}]\n", vec![format!("*{before}"); 9].join(","))
        }))
        .collect();
    let keys: String = (0..2000).map(|n| format!("k{n}: v\n")).collect();
    for inside in [laughs, keys, "[".repeat(10_000), "{a: ".repeat(4000), format!("title: {}", "x".repeat(20_000))] {
        let at_once = std::time::Duration::from_millis(500);
        let problems = within(at_once, "a bomb", || refused(&format!("---\n{inside}\n---\n")));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].len() < 500, "{}", problems[0]);
    }
}
