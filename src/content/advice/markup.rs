//! Markdown that failed: marks that readers would see. Knows no rule of Markdown but what its marks look like.

use super::Found;
use super::prose::Passage;

/// Words for an image; without a bound, a text of brackets would take the square of its length.
const WORDS_BYTES_MAX: usize = 500;

/// Everything about marks that are left in the text. One behind a backslash is meant.
pub(super) fn of_passages(passages: &[Passage], found: &mut Found<'_>) {
    for passage in passages {
        let is_meant = |at: usize| found.issue.body()[..passage.at(at)].ends_with('\\');
        let Some((at, mark)) = left_over(&passage.text).filter(|(at, _)| !is_meant(*at)) else { continue };
        let message = format!("readers see this {mark} as it is typed: Markdown does not take it for markup");
        let hint = "close it, take out the space inside it, or set spaces around it; \\ before it if it is meant";
        found.warn(passage.at(at), "markup-shown", message, hint);
    }
}

/// The first mark that no writer means as text, and where it is.
fn left_over(text: &str) -> Option<(usize, &'static str)> {
    // Full brackets are none of Markdown's, and a definition amid words is none.
    let others = ["](", "]（", "]: http", "```"].into_iter().filter_map(|mark| Some((text.find(mark)?, mark)));
    others.chain(bold(text)).chain(image(text)).min_by_key(|(at, _)| *at)
}

fn bold(text: &str) -> Option<(usize, &'static str)> {
    let is_bold = |(at, mark): &(usize, &str)| {
        let (before, after) = (text[..*at].chars().next_back(), text[at + mark.len()..].chars().next());
        let is_word = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && c != '*' && c != '_');
        // `2**3`, `**kwargs` and `a ** b` are arithmetic and code.
        let is_power = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, ')' | '('));
        (is_word(before) || is_word(after)) && !(is_power(before) && is_power(after))
    };
    let is_twice = text.matches("**").count() >= 2 || text.contains(|c: char| c >= '\u{2E80}');
    text.match_indices("**").find(is_bold).filter(|_| is_twice).map(|(at, _)| (at, "**"))
}

/// `#![feature(x)]` is Rust, and `[ ]![ ]` nothing at all.
fn image(text: &str) -> Option<(usize, &'static str)> {
    let is_image = |(at, mark): &(usize, &str)| {
        let rest = &text[at + mark.len()..];
        let near = &rest[..rest.floor_char_boundary(WORDS_BYTES_MAX)];
        let rest = near.split_once(']').map(|(_, rest)| rest);
        !text[..*at].ends_with('#') && rest.is_some_and(|rest| rest.starts_with(['(', '[']))
    };
    text.match_indices("![").find(is_image).map(|(at, _)| (at, "!["))
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
            ("[名前]（", Some("]（")),
            ("[mtg]: [mc]: http://example.org/a", Some("]: http")),
            ("[a]: see below", None),
            ("Wow! [sic]", None),
            ("![a][missing]", Some("![")),
            ("#![feature(a)] and a![i] of wow![1]", None),
            ("```sh", Some("```")),
            ("snake__case and __init__", None),
        ] {
            assert_eq!(left_over(text).map(|(_, mark)| mark), mark, "{text}");
        }
    }
}
