//! Finds what looks like an email address in any text and leaves its first letter and its domain.

use std::borrow::Cow;

/// `text` with the local part of every address in it cut to its first letter.
pub fn mask_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, _) in text.match_indices('@') {
        let start = local_start(text, copied, at);
        let has_domain = text[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '[');
        if start == at || !has_domain {
            continue;
        }
        let first = text[start..].chars().next().map_or(0, char::len_utf8);
        masked.push_str(&text[copied..start + first]);
        masked.push_str("***");
        copied = at;
    }
    masked.push_str(&text[copied..]);
    Cow::Owned(masked)
}

/// Where the local part that ends at `at` begins, not before `from`.
fn local_start(text: &str, from: usize, at: usize) -> usize {
    let before = &text[from..at];
    let run = before
        .rfind(|c: char| !is_local(c))
        .map_or(from, |last| from + last + before[last..].chars().next().map_or(1, char::len_utf8));
    // A colour (ESC [ digits m) may touch the address; its letters are not the address's.
    if run > 0 && text[..run].ends_with("\u{1b}[") {
        let colour = text[run..at].find('m').filter(|m| text[run..run + m].bytes().all(|byte| byte.is_ascii_digit()));
        return colour.map_or(run, |m| run + m + 1);
    }
    run
}

fn is_local(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || "!#$%&'*+-/?^_`{|}~.".contains(c) } else { c.is_alphanumeric() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_local_part_wherever_they_stand() {
        for (text, masked) in [
            ("nothing here", "nothing here"),
            ("550 5.1.1 <anna.berg@example.org>: unknown", "550 5.1.1 <a***@example.org>: unknown"),
            ("to=anna@example.org,bert@example.org", "to=a***@example.org,b***@example.org"),
            ("\"to\":\"用户@例子.公司\"", "\"to\":\"用***@例子.公司\""),
            ("already a***@example.org", "already a***@example.org"),
            ("\u{1b}[3mto\u{1b}[0m=\u{1b}[0manna@x.org", "\u{1b}[3mto\u{1b}[0m=\u{1b}[0ma***@x.org"),
            ("at @ noon, @anna, anna@ home", "at @ noon, @anna, anna@ home"),
            ("a@b@c", "a***@b***@c"),
            ("postgres://anna:secret@db/x", "postgres://anna:s***@db/x"),
        ] {
            assert_eq!(mask_addresses(text), masked);
        }
    }
}
