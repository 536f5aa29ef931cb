//! The canonical forms that are hashed: `relaxed` of RFC 6376 3.4.2 and 3.4.4. Owns nothing else.

/// The fields of a header block, each with its folded lines and without its last line end.
pub(super) fn fields(head: &str) -> impl Iterator<Item = &str> {
    let mut rest = head;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            end += rest[end..].find("\r\n").unwrap_or(rest.len() - end);
            let next = (end + 2).min(rest.len());
            if !rest[next..].starts_with([' ', '\t']) {
                let field = &rest[..end];
                rest = &rest[next..];
                return Some(field);
            }
            end = next;
        }
    })
}

/// Appends one field, without a line end: name in lower case, value unfolded, white space folded and trimmed.
pub(super) fn header(field: &str, out: &mut Vec<u8>) {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    out.extend(name.trim_end_matches([' ', '\t']).bytes().map(|byte| byte.to_ascii_lowercase()));
    out.push(b':');
    let begin = out.len();
    for word in value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()) {
        if out.len() > begin {
            out.push(b' ');
        }
        out.extend_from_slice(word.as_bytes());
    }
}

/// A body whose lines end in CRLF: white space folded within lines and removed at their ends, empty lines removed at
/// the end.
///
/// Every byte of every mail passes here, so stretches in which nothing changes, most of any text, are copied whole.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut at = 0;
    let mut before = b'\n';
    while let Some(block) = body[at..].first_chunk::<BLOCK_BYTES>() {
        if at > 0 && body[at - 1..].first_chunk().is_some_and(|shifted| stays(shifted, block)) {
            out.extend_from_slice(block);
        } else {
            relax(before, block, &mut out);
        }
        before = block[BLOCK_BYTES - 1];
        at += BLOCK_BYTES;
    }
    relax(before, &body[at..], &mut out);
    if body.last().is_some_and(|byte| is_space(*byte)) {
        out.pop();
    }
    while out.ends_with(b"\r\n\r\n") {
        out.truncate(out.len() - 2);
    }
    if out == b"\r\n" {
        out.clear();
    } else if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// What a loop over it fits into a few vector registers.
const BLOCK_BYTES: usize = 32;

/// Whether all of `block` is canonical as it is; `shifted` has for each byte the one before it. There is no branch in
/// it, so that it becomes vector instructions.
fn stays(shifted: &[u8; BLOCK_BYTES], block: &[u8; BLOCK_BYTES]) -> bool {
    let mut changes = false;
    for (before, byte) in shifted.iter().zip(block) {
        changes |= (*byte == b'\t') | (is_space(*before) & ((*byte == b' ') | (*byte == b'\r')));
    }
    !changes
}

/// Appends `bytes`, which follow on `before`, byte by byte.
fn relax(mut before: u8, bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b' ' | b'\t' if is_space(before) => {}
            b' ' | b'\t' => out.push(b' '),
            b'\r' if is_space(before) => {
                // The one space that was left of what stood at the end of the line.
                out.pop();
                out.push(b'\r');
            }
            byte => out.push(*byte),
        }
        before = *byte;
    }
}

fn is_space(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\t')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> String {
        String::from_utf8(body(text.as_bytes())).expect("white space is all that changes")
    }

    /// RFC 6376 3.4.5.
    #[test]
    fn the_examples_of_the_standard() {
        let head = "A: X\r\nB : Y\t\r\n\tZ  \r\n";
        let mut out = Vec::new();
        for field in fields(head) {
            header(field, &mut out);
            out.extend_from_slice(b"\r\n");
        }
        assert_eq!(out, b"a:X\r\nb:Y Z\r\n");
        assert_eq!(canonical(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
    }

    #[test]
    fn bodies_without_text_are_empty() {
        for text in ["", "\r\n", "\r\n\r\n", " \t\r\n \r\n"] {
            assert_eq!(canonical(text), "", "{text:?}");
        }
        assert_eq!(canonical("a"), "a\r\n");
        assert_eq!(canonical("a \t"), "a\r\n");
        assert_eq!(canonical("\r\n a  b\t\r\n"), "\r\n a b\r\n");
    }

    proptest! {
        #[test]
        fn blocks_make_no_difference(text in "(a| |\t|\r\n|word|  more words here, and more|[ a]{28,36}){0,40}") {
            let mut lines = Vec::new();
            for line in text.split("\r\n") {
                let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
                let indent = if line.starts_with([' ', '\t']) && !words.is_empty() { " " } else { "" };
                lines.push(format!("{indent}{}\r\n", words.join(" ")));
            }
            while lines.last().is_some_and(|line| line == "\r\n") {
                lines.pop();
            }
            prop_assert_eq!(canonical(&text), lines.concat());
        }
    }
}
