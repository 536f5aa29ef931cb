//! Markdown that failed: marks that readers would see. Knows no rule of Markdown but what its marks look like.

use super::Found;
use crate::content::tree::{self, Document, Inline};

/// Everything about marks that are left in the text.
pub(super) fn of_document(document: &Document, found: &mut Found<'_>) {
    // The tree has no place for each word, so it is looked for in the source, from where the last one was.
    let mut from = 0;
    tree::each_run(document, &mut |run| of_run(run, &mut from, found));
}

fn of_run(content: &[Inline], from: &mut usize, found: &mut Found<'_>) {
    for inline in content {
        match inline {
            Inline::Text(text) => {
                let Some(mark) = left_over(text) else { continue };
                let body = found.issue.body();
                let at = body[*from..].find(mark).map(|at| *from + at).or_else(|| body.find(mark)).unwrap_or_default();
                *from = at;
                let message = format!("readers see this {mark} as it is typed: Markdown does not take it for markup");
                let hint =
                    "close it, take out the space inside it, or set spaces around it; \\ before it if it is meant";
                found.warn(at, "markup-shown", message, hint);
            }
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content)
            | Inline::Link { content, .. } => of_run(content, from, found),
            _ => {}
        }
    }
}

/// The first mark that no writer means as text.
fn left_over(text: &str) -> Option<&'static str> {
    let is_bold = |mark: &str| {
        text.match_indices(mark).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + mark.len()..].chars().next());
            let is_word = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && c != '*' && c != '_');
            // `2**3`, `**kwargs` and `a ** b` are arithmetic and code.
            let is_power = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, ')' | '('));
            (is_word(before) || is_word(after)) && !(is_power(before) && is_power(after))
        })
    };
    let twice = |mark: &str| text.matches(mark).count() >= 2;
    if is_bold("**") && (twice("**") || text.contains(|c: char| c >= '\u{2E80}')) {
        return Some("**");
    }
    // `#![feature(x)]` is Rust, and `[ ]![ ]` nothing at all.
    let is_image = |(at, mark): (usize, &str)| {
        !text[..at].ends_with('#') && text[at + mark.len()..].split_once(']').is_some_and(|(_, rest)| rest.starts_with(['(', '[']))
    };
    if text.match_indices("![").any(is_image) {
        return Some("![");
    }
    if text.contains("](") {
        return Some("](");
    }
    (text.contains("```")).then_some("```")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_failed_are_told_from_text() {
        for (text, mark) in [
            ("A ** bold** word", Some("**")),
            ("词**《标题》**词", Some("**")),
            ("**Titel：** text", Some("**")),
            ("2**3 is 8, and f(x)**2", None),
            ("pass **kwargs on", None),
            ("a ** b", None),
            ("![a](https://example.org/a b.png)", Some("![")),
            ("[a](https://example.org/a b)", Some("](")),
            ("Wow! [sic]", None),
            ("![a][missing]", Some("![")),
            ("#![feature(a)] and a![i] of wow![1]", None),
            ("```sh", Some("```")),
            ("snake__case and __init__", None),
        ] {
            assert_eq!(left_over(text), mark, "{text}");
        }
    }
}
