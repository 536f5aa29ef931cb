//! The last look at a message before it leaves: line ends, line lengths, 7 bits, and dot-stuffing (RFC 5321 4.5.2).
//! Knows nothing of sockets.

use std::borrow::Cow;

use memchr::{memchr_iter, memmem};

/// RFC 5321 4.5.3.1.6: 1000 with its CRLF.
const LINE_BYTES_MAX: usize = 998;

/// Why a message may not leave. Each is a mistake of whoever built it; none was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It does not end in CRLF.
    #[error("it does not end in CRLF")]
    NoFinalCrlf,
    /// A CR or LF alone: the way messages are smuggled.
    #[error("byte {0} is a CR or LF alone")]
    BareLineEnd(usize),
    /// A line is longer than RFC 5321 4.5.3.1.6 allows.
    #[error("the line at byte {0} is longer than {LINE_BYTES_MAX} bytes")]
    LongLine(usize),
    /// A byte above 127 where the envelope did not ask for SMTPUTF8.
    #[error("it has 8-bit bytes")]
    EightBit,
}

/// `message` as it goes over the wire, without the final dot. It is copied only if a line begins with a dot, which
/// quoted-printable and base64 bodies never have.
pub(super) fn wire_form(message: &[u8], eight_bit: bool) -> Result<Cow<'_, [u8]>, Malformed> {
    if !message.ends_with(b"\r\n") {
        return Err(Malformed::NoFinalCrlf);
    }
    if !eight_bit && !message.is_ascii() {
        return Err(Malformed::EightBit);
    }
    let (mut start, mut lines, mut stuffed) = (0, 0, message.starts_with(b"."));
    for end in memchr_iter(b'\n', message) {
        if end == 0 || message[end - 1] != b'\r' {
            return Err(Malformed::BareLineEnd(end));
        }
        // A line ends before its CR.
        if end - 1 - start > LINE_BYTES_MAX {
            return Err(Malformed::LongLine(start));
        }
        start = end + 1;
        lines += 1;
        stuffed |= message.get(start) == Some(&b'.');
    }
    // Each LF has a CR before it; so if there are more CRs than LFs, one stands alone.
    if memchr_iter(b'\r', message).count() != lines {
        let alone = memchr_iter(b'\r', message).find(|at| message.get(at + 1) != Some(&b'\n'));
        return Err(Malformed::BareLineEnd(alone.unwrap_or(0)));
    }
    Ok(if stuffed { Cow::Owned(stuff(message)) } else { Cow::Borrowed(message) })
}

/// A second dot before each dot that begins a line.
fn stuff(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + message.len() / 64);
    if message.starts_with(b".") {
        out.push(b'.');
    }
    let mut from = 0;
    for at in memmem::find_iter(message, b"\n.") {
        out.extend_from_slice(&message[from..=at]);
        out.push(b'.');
        from = at + 1;
    }
    out.extend_from_slice(&message[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(message: &str) -> Result<String, Malformed> {
        wire_form(message.as_bytes(), false).map(|bytes| String::from_utf8(bytes.into_owned()).unwrap())
    }

    #[test]
    fn dots_are_doubled_at_line_starts_only() {
        for (message, expected) in [
            ("a.b\r\n", "a.b\r\n"),
            (".\r\n", "..\r\n"),
            (".a\r\n..b\r\n.\r\nc.\r\n", "..a\r\n...b\r\n..\r\nc.\r\n"),
            ("\r\n.\r\n\r\n", "\r\n..\r\n\r\n"),
        ] {
            assert_eq!(wire(message).as_deref(), Ok(expected));
        }
        assert!(matches!(wire_form(b"plain\r\n", false), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn what_could_smuggle_is_refused() {
        assert_eq!(wire(""), Err(Malformed::NoFinalCrlf));
        assert_eq!(wire("a\n"), Err(Malformed::NoFinalCrlf));
        assert_eq!(wire("a\n.\r\n"), Err(Malformed::BareLineEnd(1)));
        assert_eq!(wire("\n\r\n"), Err(Malformed::BareLineEnd(0)));
        assert_eq!(wire("a\r.\r\n"), Err(Malformed::BareLineEnd(1)));
        assert_eq!(wire("a\r\r\n"), Err(Malformed::BareLineEnd(1)));
        assert_eq!(wire("é\r\n"), Err(Malformed::EightBit));
        assert_eq!(wire(&format!("a\r\n{}\r\n", "x".repeat(999))), Err(Malformed::LongLine(3)));
        assert!(wire(&format!("{}\r\n", "x".repeat(998))).is_ok());
        assert!(wire_form("é\r\n".as_bytes(), true).is_ok());
    }
}
