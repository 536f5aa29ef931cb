//! What holds of any issue at all.

use proptest::prelude::*;

use super::ground::{body_of, compose, filled, issue, newsletter, text_body_of};

/// Marks that are not filled, and characters that break a mail.
const FORBIDDEN: [char; 4] = ['\u{E000}', '\u{E001}', '\0', '\r'];

/// Any text, with much of what Markdown gives a meaning to.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,12}",
        2 => Just(" ".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        2 => prop::sample::select(vec![
            "*", "**", "_", "`", "```\n", "[", "](", ")", "![", "> ", "- ", "1. ", "# ", "#### ", "|", "|---|", "~~", "<", ">", "</b>",
            "&amp;", "&#xE000;", "\\", "{{", "}}", "{{ name | you }}", "{{ web_url }}", "[^1]", "[^1]: ", "---\n", "https://example.org/",
            "<https://example.org>", "\"", "'", "--", "...", "\t", "    ", "\u{202E}", "\u{200B}", "漢字", "ع", "👩‍🚀", "!", "=", ":",
        ]).prop_map(str::to_owned),
        1 => "\\PC{1,4}",
    ];
    prop::collection::vec(piece, 0..60)
        .prop_map(|pieces| pieces.concat().chars().filter(|c| !('\u{E000}'..='\u{F8FF}').contains(c)).collect())
}

/// Paragraphs, headings, quotes and lists of plain words, each word unique enough to be found again.
fn prose() -> impl Strategy<Value = String> {
    let words = prop::collection::vec("[a-z]{2,9}", 1..40).prop_map(|words| words.join(" "));
    let linked = ("[a-z]{3,9}", "[a-z]{1,60}").prop_map(|(text, path)| format!("[{text}](https://example.org/{path})"));
    let block = prop_oneof![
        4 => words.clone(),
        1 => words.clone().prop_map(|text| format!("## {text}")),
        1 => words.clone().prop_map(|text| format!("> {text}")),
        1 => (words.clone(), words.clone()).prop_map(|(a, b)| format!("- {a}\n- **{b}**")),
        1 => (words.clone(), linked, words).prop_map(|(a, link, b)| format!("{a} {link} {b}")),
    ];
    prop::collection::vec(block, 1..8).prop_map(|blocks| blocks.join("\n\n"))
}

fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_lowercase()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn without_tags(html: &str) -> String {
    html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect::<Vec<_>>().join(" ")
}

fn links_in_html(html: &str) -> std::collections::BTreeSet<String> {
    html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_rendered_or_refused(body in markdown()) {
        match compose(&issue(&body), &newsletter()) {
            Ok(parts) => {
                let (html, text) = (filled(&parts.html, true), filled(&parts.text, false));
                for part in [&html, &text] {
                    prop_assert!(!part.contains(FORBIDDEN));
                }
                prop_assert_eq!(html.matches("<h1 ").count(), 1);
                prop_assert!(!html.to_lowercase().contains("<script"));
                prop_assert!(text.contains("\n-- \n"));
            }
            Err(problems) => {
                let lines = body.split('\n').count() + 4;
                prop_assert!(problems.iter().any(|problem| problem.is_error()));
                prop_assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line) && problem.column >= 1));
            }
        }
    }

    #[test]
    fn both_parts_say_the_same(body in prose()) {
        let parts = compose(&issue(&body), &newsletter()).unwrap();
        let (html, text) = (filled(&parts.html, true), filled(&parts.text, false));
        let (body_html, body_text) = (body_of(&html), text_body_of(&text));
        let body_text = body_text.split("\n\nLinks\n-----\n").next().unwrap();
        prop_assert_eq!(words_of(&without_tags(&body_html)), words_of(body_text));

        let in_text: std::collections::BTreeSet<String> =
            text.split_whitespace().filter(|word| word.starts_with("https://")).map(str::to_owned).collect();
        prop_assert_eq!(links_in_html(&html), in_text);
    }

    #[test]
    fn lines_of_text_are_short(body in prose()) {
        let parts = compose(&issue(&body), &newsletter()).unwrap();
        for line in filled(&parts.text, false).lines() {
            prop_assert!(line.chars().count() <= 78 || line.contains("://"), "{}", line);
            prop_assert!(line == "-- " || !line.ends_with(' '), "{:?}", line);
        }
        prop_assert!(!parts.text.as_str().contains("\n\n\n\n"));
    }

    #[test]
    fn the_same_issue_gives_the_same_bytes(body in prose()) {
        let first = compose(&issue(&body), &newsletter()).unwrap();
        let second = compose(&issue(&body), &newsletter()).unwrap();
        prop_assert_eq!(first, second);
    }
}
