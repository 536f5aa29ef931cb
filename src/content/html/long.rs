//! Words that are longer than a narrow screen is wide. Knows no element.
//!
//! Of all that CSS has for it, only `line-break` passes unremarked through the mail programs that drop what they do not
//! know; it stands on the long words alone, since it would break every other word at the end of its line, too.

use super::escape_text;

/// What fits on a line of a narrow phone, inside a list.
const BODY_CHARS_MAX: usize = 28;
/// The same in large, bold letters, where style blocks have been dropped and paddings are wide.
const HEADING_CHARS_MAX: usize = 10;
const NO_BREAK: &str = "\u{A0}";
const BREAKS: &str = "line-break:anywhere";
/// Goes to the next line whole where it fits there, and is broken where it does not.
const BREAKS_LAST: &str = "display:inline-block;max-width:100%;line-break:anywhere";

/// Text of a paragraph as HTML.
pub fn in_body(text: &str) -> String {
    broken(text, BODY_CHARS_MAX, BREAKS)
}

/// Whether a paragraph with this text would be too wide.
pub(super) fn has_long_word(text: &str) -> bool {
    has_long(text, BODY_CHARS_MAX)
}

/// A title as HTML, of which long words may be broken.
pub fn in_heading(text: &str) -> String {
    broken(text, HEADING_CHARS_MAX, BREAKS_LAST)
}

/// The same for a title with a name in it. A short name stays on one line: "The" at the end of a line names nothing.
pub fn in_heading_with(text: &str, name: &str) -> String {
    if name.chars().count() > HEADING_CHARS_MAX || !name.contains(' ') {
        return in_heading(text);
    }
    in_heading(&text.replace(name, &name.replace(' ', NO_BREAK)))
}

fn broken(text: &str, chars_max: usize, style: &str) -> String {
    if !has_long(text, chars_max) {
        return escape_text(text);
    }
    let mut out = String::with_capacity(text.len() + 100);
    for word in text.split_inclusive(may_break) {
        if !has_long(word, chars_max) {
            out.push_str(&escape_text(word));
            continue;
        }
        let (long, after) = word.split_at(word.trim_end().len());
        out.push_str(&format!("<span style=\"{style}\">{}</span>{}", escape_text(long), escape_text(after)));
    }
    out
}

/// Where lines may break without being told.
fn may_break(c: char) -> bool {
    c.is_whitespace() || c == '-' || ('\u{2E80}'..='\u{FFEF}').contains(&c)
}

fn has_long(text: &str, chars_max: usize) -> bool {
    text.len() > chars_max && text.split(may_break).any(|word| word.chars().count() > chars_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_keeps_together() {
        for (text, name, expected) in [
            ("Confirm your place in The Week", "The Week", "Confirm your place in The\u{A0}Week"),
            ("Welcome to A & B", "A & B", "Welcome to A\u{A0}&amp;\u{A0}B"),
            ("Welcome to Weekly", "Weekly", "Welcome to Weekly"),
            ("From The Weekly of a Long Name", "The Weekly of a Long Name", "From The Weekly of a Long Name"),
            ("No name here", "The Week", "No name here"),
        ] {
            assert_eq!(in_heading_with(text, name), expected);
        }
    }

    #[test]
    fn only_long_words_may_break() {
        assert_eq!(in_heading("A short title & more"), "A short title &amp; more");
        assert_eq!(in_body(&"x".repeat(28)), "x".repeat(28));
        assert_eq!(in_body(&"x".repeat(29)), format!("<span style=\"{BREAKS}\">{}</span>", "x".repeat(29)));
        assert_eq!(
            in_heading("Die Wattwanderung & das Mehr-oder-weniger"),
            format!("Die <span style=\"{BREAKS_LAST}\">Wattwanderung</span> &amp; das Mehr-oder-weniger")
        );
        assert_eq!(in_heading("風が東から吹くときは何もできない"), "風が東から吹くときは何もできない");
    }
}
