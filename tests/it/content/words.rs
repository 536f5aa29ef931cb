//! "Both parts have the same words": what that means, for any Markdown at all.
//!
//! What each part has beside the author's words is taken away, and nothing else. Of the HTML: tags, style and what is
//! hidden; entities are read. Of the text: margins of quotes (`> `), bullets and numbers at the start of a line, rules of
//! `-`, `=` or `*`, the arrow before the rest of a long line of code, the marks `_`, `*` and `~` of emphasis, the number
//! `[n]` behind a link, the list of addresses. All of these are no letters but the addresses, so what is compared is how
//! often each letter of any script comes, addresses and merge fields left out: lines break where they must, words wider
//! than a line too, and a wide table is told row by row.

use std::collections::BTreeMap;

use proptest::prelude::*;
use unicode_width::UnicodeWidthChar as _;

use super::ground::{body_of, compose, issue, newsletter, text_body_of};

/// Marks of merge fields, whose names are no words of the author's.
const MARKS: [char; 2] = ['\u{E000}', '\u{E001}'];

/// The letters of a text, and how often each comes.
fn letters(text: &str) -> BTreeMap<char, usize> {
    let mut found = BTreeMap::new();
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        *found.entry(c).or_default() += 1;
    }
    found
}

fn read_html(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let (tag, rest) = piece.split_once('>').unwrap_or(("", piece));
        if let Some((_, alt)) = tag.strip_prefix("img").and_then(|tag| tag.split_once(" alt=\"")) {
            let alt = alt.split('"').next().unwrap();
            if !alt.trim().is_empty() {
                text.push_str(&format!(" Image {alt} "));
            }
        }
        // What follows a cell or a line stands apart from it.
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if ["td", "th", "p", "li", "br", "div", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"].contains(&name) {
            text.push(' ');
        }
        text.push_str(rest);
    }
    for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        text = text.replace(entity, c);
    }
    text
}

/// From an address to the next space.
fn without_addresses(text: &str) -> String {
    let cut = |word: &str| word.find("http").filter(|at| word[*at..].contains("://")).map_or(word.len(), |at| at);
    text.split_whitespace().map(|word| &word[..cut(word)]).collect::<Vec<_>>().join(" ")
}

fn without_marks(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARKS[0]) {
        out.push_str(before);
        rest = after.split_once(MARKS[1]).map_or("", |(_, after)| after);
    }
    out + rest
}

/// The author's words of both parts.
fn both(body: &str) -> Option<(BTreeMap<char, usize>, BTreeMap<char, usize>)> {
    let parts = compose(&issue(body), &newsletter()).ok()?;
    let html = without_addresses(&without_marks(&read_html(&body_of(parts.html.as_str()))));
    let text = text_body_of(parts.text.as_str());
    let text = text.split("\n\nLinks\n-----\n").next().unwrap();
    Some((letters(&html), letters(&without_addresses(&without_marks(text)))))
}

fn inline() -> BoxedStrategy<String> {
    let word = prop_oneof![
        4 => "[a-z]{1,12}",
        1 => prop::sample::select(vec!["漢字かな", "سلام", "שלום", "👩\u{200D}🚀", "é", "naïve", "&amp;", "&copy;", "5 < 6", "Привет", "R&D", "a_b_c", "\\*x\\*"]).prop_map(str::to_owned),
    ];
    word.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|text| format!("*{text}*")),
            inner.clone().prop_map(|text| format!("**{text}**")),
            inner.clone().prop_map(|text| format!("~~{text}~~")),
            "[a-z <&]{1,10}".prop_map(|text| format!("`{text}`")),
            (inner.clone(), "[a-z]{1,40}").prop_map(|(text, path)| format!("[{text}](https://example.org/{path})")),
            ("[a-z]{1,8}", "[a-z]{1,8}").prop_map(|(alt, path)| format!("![{alt}](https://example.org/{path}.png)")),
            prop::collection::vec(inner, 1..6).prop_map(|words| words.join(" ")),
            Just("{{ name | you }}".to_owned()),
            Just("<b>raw</b>".to_owned()),
            Just("[^n]".to_owned()),
        ]
    })
    .boxed()
}

fn indented(text: &str, first: &str, rest: &str) -> String {
    text.lines()
        .enumerate()
        .map(|(index, line)| format!("{}{line}", if index == 0 { first } else { rest }))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A grammar of blocks within blocks.
fn document() -> impl Strategy<Value = String> {
    let line = prop::collection::vec(inline(), 1..12).prop_map(|words| words.join(" ")).boxed();
    let leaf = prop_oneof![
        5 => line.clone(),
        1 => (1..7_usize, line.clone()).prop_map(|(level, text)| format!("{} {text}", "#".repeat(level))),
        1 => "[a-z =<&]{1,120}".prop_map(|code| format!("```\n{code}\n```")),
        1 => Just("***".to_owned()),
        1 => (inline(), inline(), inline(), inline()).prop_map(|(a, b, c, d)| {
            let cell = |text: String| text.replace(['|', '\n'], " ");
            format!("| {} | {} |\n| --- | ---: |\n| {} | {} |", cell(a), cell(b), cell(c), cell(d))
        }),
    ];
    let block = leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|text: String| indented(&text, "> ", "> ")),
            inner.clone().prop_map(|text: String| indented(&text, "- ", "  ")),
            inner.clone().prop_map(|text: String| indented(&text, "1. ", "   ")),
            prop::collection::vec(inner, 2..4).prop_map(|blocks| blocks.join("\n\n")),
        ]
    });
    (block, line).prop_map(|(blocks, note)| format!("{blocks}\n\n[^n]: {note}\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_document_has_the_same_words_in_both_parts(body in document()) {
        if let Some((html, text)) = both(&body) {
            prop_assert_eq!(html, text, "{}", body);
        }
    }

    #[test]
    fn any_characters_have_the_same_words_in_both_parts(
        body in r"[a-c*_`\[\]()!#>|~\\\-+=:.1 \n\t&;<\^é漢ع]{0,200}"
    ) {
        if let Some((html, text)) = both(&body) {
            prop_assert_eq!(html, text, "{}", body);
        }
    }

    #[test]
    fn no_line_of_text_is_wider_than_78_columns_but_for_addresses(body in document()) {
        let Ok(parts) = compose(&issue(&body), &newsletter()) else { return Ok(()) };
        for line in parts.text.as_str().lines().filter(|line| !line.contains("://") && !line.contains(MARKS)) {
            let wide: usize = line.chars().map(|c| c.width().unwrap_or(0)).sum();
            prop_assert!(wide <= 78, "{wide} columns: {line}");
        }
    }
}
