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
/// Every byte of every mail passes here, so the loop has one branch, which is almost never taken.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut out = vec![0; body.len() + 2];
    let mut at = 0;
    let mut after_space = false;
    for byte in body {
        let space = *byte == b' ' || *byte == b'\t';
        if *byte == b'\r' && after_space {
            at -= 1;
        }
        out[at] = if space { b' ' } else { *byte };
        at += usize::from(!(space && after_space));
        after_space = space;
    }
    out.truncate(at - usize::from(after_space));
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

#[cfg(test)]
mod tests {
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
}
