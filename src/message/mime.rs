//! Content transfer encodings (RFC 2045 6). Owns how text becomes lines of 76 ASCII characters; must not know what
//! the text is for.
//!
//! No line that leaves here begins with a dot or with `From `, has trailing white space or an 8-bit byte, so that no
//! server on the way has a reason to change one: a changed line is a broken DKIM signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// RFC 2045 6.7 (5): 76 with the `=` of a soft break.
const QP_COLUMNS: usize = 75;
/// 57 bytes are 76 characters of base64 (RFC 2045 6.8).
const BASE64_LINE_BYTES: usize = 57;

/// How a part is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Readable, and small for Latin scripts.
    QuotedPrintable,
    /// Smaller for all other scripts.
    Base64,
}

impl Encoding {
    /// Quoted-printable, unless base64 makes `text` smaller by 15 %: people and filters read the first.
    pub(super) fn of(text: &str) -> Self {
        let mut quoted = Vec::with_capacity(text.len() * 2);
        quoted_printable(text, &mut quoted);
        let base64 = text.len().div_ceil(BASE64_LINE_BYTES) * 78;
        if quoted.len() * 85 <= base64 * 100 { Self::QuotedPrintable } else { Self::Base64 }
    }

    /// The value of `Content-Transfer-Encoding`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }
}

/// Appends `text`, whose line ends are LF, as quoted-printable. It begins at column 0 and ends there too, by a soft
/// break where need be, so what is appended next is encoded without regard to it. A part's last character is to be a
/// line end: RFC 2045 wants no soft break at the end of a body.
pub(super) fn quoted_printable(text: &str, out: &mut Vec<u8>) {
    let mut column = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '\n' {
            out.extend_from_slice(b"\r\n");
            (column, rest) = (0, after);
            continue;
        }
        let literal = match c {
            '=' => false,
            ' ' | '\t' => !after.starts_with('\n'),
            '.' => column > 0,
            'F' => column > 0 || !after.starts_with("rom "),
            c => c.is_ascii_graphic(),
        };
        let width = if literal { 1 } else { 3 * c.len_utf8() };
        if column + width > QP_COLUMNS {
            // Looked at again: what was harmless within a line may not begin one.
            out.extend_from_slice(b"=\r\n");
            column = 0;
            continue;
        }
        if literal {
            out.push(c as u8);
        } else {
            for byte in &rest.as_bytes()[..c.len_utf8()] {
                out.extend_from_slice(&[b'=', hex(byte >> 4), hex(byte & 15)]);
            }
        }
        column += width;
        rest = after;
    }
    if column > 0 {
        out.extend_from_slice(b"=\r\n");
    }
}

fn hex(digit: u8) -> u8 {
    b"0123456789ABCDEF"[usize::from(digit)]
}

/// Writes base64 in lines, from pieces of any size.
pub(super) struct Base64Lines<'a> {
    out: &'a mut Vec<u8>,
    held: [u8; BASE64_LINE_BYTES],
    len: usize,
}

impl<'a> Base64Lines<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, held: [0; BASE64_LINE_BYTES], len: 0 }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.len == 0 && bytes.len() >= BASE64_LINE_BYTES {
                let (line, rest) = bytes.split_at(BASE64_LINE_BYTES);
                write_line(line, self.out);
                bytes = rest;
                continue;
            }
            let taken = bytes.len().min(BASE64_LINE_BYTES - self.len);
            self.held[self.len..self.len + taken].copy_from_slice(&bytes[..taken]);
            self.len += taken;
            bytes = &bytes[taken..];
            if self.len == BASE64_LINE_BYTES {
                write_line(&self.held, self.out);
                self.len = 0;
            }
        }
    }

    pub(super) fn finish(self) {
        if self.len > 0 {
            write_line(&self.held[..self.len], self.out);
        }
    }
}

fn write_line(bytes: &[u8], out: &mut Vec<u8>) {
    let mut line = [0; 76];
    let written = STANDARD.encode_slice(bytes, &mut line).expect("57 bytes are 76 characters");
    out.extend_from_slice(&line[..written]);
    out.extend_from_slice(b"\r\n");
}

/// The same text with LF for every line end: CRLF and lone CR are line ends too.
pub(super) fn with_lf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        let mut out = Vec::new();
        quoted_printable(text, &mut out);
        String::from_utf8(out).expect("quoted-printable is ASCII")
    }

    #[test]
    fn what_servers_change_is_encoded() {
        for (text, wire) in [
            (".\n..x\n.\n", "=2E\r\n=2E.x\r\n=2E\r\n"),
            ("From here\nFromage\n From x\n", "=46rom here\r\nFromage\r\n From x\r\n"),
            ("a \nb\t\n", "a=20\r\nb=09\r\n"),
            ("1+1=2\n", "1+1=3D2\r\n"),
            ("é\u{0}\n", "=C3=A9=00\r\n"),
            ("\n\n", "\r\n\r\n"),
            ("", ""),
        ] {
            assert_eq!(quoted(text), wire, "{text:?}");
        }
    }

    #[test]
    fn a_piece_ends_at_column_zero() {
        assert_eq!(quoted("Hi "), "Hi =\r\n");
        assert_eq!(quoted("Hi\n"), "Hi\r\n");
        assert_eq!(quoted(""), "");
    }

    #[test]
    fn a_soft_break_brings_no_dot_to_a_line_start() {
        let wire = quoted(&format!("{}.tail From {}From x", "x".repeat(75), "y".repeat(62)));
        assert_eq!(wire, format!("{}=\r\n=2Etail From {}=\r\n=46rom x=\r\n", "x".repeat(75), "y".repeat(62)));
    }

    #[test]
    fn base64_does_not_depend_on_the_pieces() {
        let text: Vec<u8> = (0..1000_u32).map(|n| (n % 251) as u8).collect();
        let mut whole = Vec::new();
        let mut lines = Base64Lines::new(&mut whole);
        lines.push(&text);
        lines.finish();
        for size in [1, 3, 56, 57, 58, 200] {
            let mut pieces = Vec::new();
            let mut lines = Base64Lines::new(&mut pieces);
            text.chunks(size).for_each(|piece| lines.push(piece));
            lines.finish();
            assert_eq!(pieces, whole, "pieces of {size}");
        }
        assert!(whole.split(|byte| *byte == b'\n').all(|line| line.len() <= 77));
    }

    #[test]
    fn the_smaller_encoding_is_taken() {
        assert_eq!(Encoding::of(&"All the news. ".repeat(100)), Encoding::QuotedPrintable);
        assert_eq!(Encoding::of(&"Die Brücke über den Fluss wird erneuert. ".repeat(100)), Encoding::QuotedPrintable);
        assert_eq!(Encoding::of(&"Все новости недели. ".repeat(100)), Encoding::Base64);
        assert_eq!(Encoding::of(&"一週間のニュース。".repeat(100)), Encoding::Base64);
    }
}
