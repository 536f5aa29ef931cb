//! Dashes and ellipses. In flags, paths and arrows they are what they are.

use super::edit::Edit;

/// Two hyphens are an en dash, three an em dash, three full stops an ellipsis.
pub(super) fn edits(flat: &str, edits: &mut Vec<Edit>) {
    let mut from = 0;
    while let Some(at) = flat[from..].find("--").map(|at| from + at) {
        let len = flat[at..].bytes().take_while(|byte| *byte == b'-').count();
        from = at + len;
        if !is_code(flat, at, len) && !is_flag(flat, at, len) {
            let (text, step) = if len % 3 == 0 || len % 2 == 1 { ("—", 3) } else { ("–", 2) };
            edits.extend((0..len / step).map(|index| Edit { at: at + index * step, len: step, text }));
            let (end, rest) = (at + len / step * step, len % step);
            edits.extend((rest == 2).then_some(Edit { at: end, len: 2, text: "–" }));
        }
    }
    from = 0;
    while let Some(at) = flat[from..].find("...").map(|at| from + at) {
        from = at + 3;
        let between_digits = flat[..at].ends_with(is_digit) && flat[from..].starts_with(is_digit);
        if !between_digits && !is_code(flat, at, 3) {
            edits.push(Edit { at, len: 3, text: "…" });
        }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// `--flag`; a dash before whom one quotes is followed by a name. Arrows point on.
fn is_flag(flat: &str, at: usize, len: usize) -> bool {
    let (before, after) = (&flat[..at], &flat[at + len..]);
    let before_mark = before.strip_suffix(['"', '\'', '“', '‘']).unwrap_or(before);
    let begins = before_mark.is_empty() || before_mark.ends_with(|c: char| c.is_whitespace() || "([{|/=".contains(c));
    let is_arrow = after.starts_with('>') || before.ends_with(['<', '!']);
    is_arrow || len == 2 && begins && after.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Whether what stands at `at` is within a path, an address or an assignment.
fn is_code(flat: &str, at: usize, len: usize) -> bool {
    let start = flat[..at].rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let start = if flat.is_char_boundary(start) { start } else { at };
    let word = &flat[start..];
    let word = word.split(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_matches(['(', ')', '[', ']', '"', '\'', '“', '”', ',', ';']);
    let before = flat[start..at].trim_start_matches(['(', '[', '"', '\'', '“']);
    let is_host = before.split_once('/').is_some_and(|(host, _)| host.contains('.'));
    ["/", "./", "../", "~/"].iter().any(|root| before.starts_with(root))
        || word.contains(['\\', '=']) && !before.is_empty()
        || word.contains("::")
        || word.contains("://")
        || is_host
        || before.matches('/').count() > 1
        || flat[at + len..].starts_with('/')
}
