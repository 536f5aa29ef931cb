//! Reading a server's reply (RFC 5321 4.2) with bounds, and what of it is kept. Knows nothing of sockets.
//!
//! Strict where leniency could put one command's answer to another: lines end in CRLF, all codes of a reply agree, and
//! nothing that is not a reply is skipped. Lenient in its text, which is only ever shown.

use memchr::memchr;

use crate::domain::reply::Reply;

/// One reply, all its lines together. RFC 5321 4.5.3.1.5 asks clients for 512 bytes a line; EHLO replies have some 20 lines.
const REPLY_BYTES_MAX: usize = 64 * 1024;
const REPLY_LINES_MAX: usize = 512;
/// What is kept of a reply's text: it goes to the ledger, a row for each reader.
const TEXT_BYTES_MAX: usize = 1024;
/// What is shown of something that is not a reply.
const SNIPPET_BYTES_MAX: usize = 60;

/// Why what the server sent is not a reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// More than 64 KiB.
    #[error("its reply is longer than {} KiB", REPLY_BYTES_MAX / 1024)]
    TooLong,
    /// More than 512 lines.
    #[error("its reply has more than {REPLY_LINES_MAX} lines")]
    TooManyLines,
    /// A line with no CRLF at its end, or with a control character that no text has.
    #[error("its reply has a broken line: \"{0}\"")]
    BrokenLine(String),
    /// A line that does not begin with a reply code.
    #[error("it does not speak SMTP; it said \"{0}\"")]
    NotAReply(String),
    /// `250-` followed by `550 `.
    #[error("the lines of its reply have different codes")]
    MixedCodes,
}

/// A whole reply, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawReply {
    pub(super) code: u16,
    /// The text of each line, without code and line end.
    pub(super) lines: Vec<String>,
}

/// Takes a reply apart as its bytes come in.
#[derive(Default)]
pub(super) struct ReplyParser {
    code: Option<u16>,
    lines: Vec<String>,
    bytes: usize,
}

impl ReplyParser {
    /// Takes whole lines from the front of `input`. Gives how many bytes it took, and the reply once it is complete;
    /// bytes after a complete reply are not touched.
    pub(super) fn push(&mut self, input: &[u8]) -> Result<(usize, Option<RawReply>), ReplyError> {
        let mut taken = 0;
        while let Some(at) = memchr(b'\n', &input[taken..]) {
            let line = &input[taken..taken + at];
            taken += at + 1;
            self.bytes += at + 1;
            if self.bytes > REPLY_BYTES_MAX {
                return Err(ReplyError::TooLong);
            }
            if self.line(line)? {
                let lines = std::mem::take(&mut self.lines);
                return Ok((taken, self.code.map(|code| RawReply { code, lines })));
            }
        }
        // What is left is the beginning of a line: it counts too, or a line without an end would grow for ever.
        if self.bytes + input.len() - taken > REPLY_BYTES_MAX {
            return Err(ReplyError::TooLong);
        }
        Ok((taken, None))
    }

    /// Takes one line, still with its CR. True when it is the reply's last.
    fn line(&mut self, line: &[u8]) -> Result<bool, ReplyError> {
        let Some((code, more, text)) = split(line) else { return Err(ReplyError::NotAReply(snippet(line))) };
        let text = text.strip_suffix(b"\r").ok_or_else(|| ReplyError::BrokenLine(snippet(line)))?;
        if text.iter().any(|byte| matches!(byte, 0 | b'\r')) {
            return Err(ReplyError::BrokenLine(snippet(line)));
        }
        if *self.code.get_or_insert(code) != code {
            return Err(ReplyError::MixedCodes);
        }
        if self.lines.len() == REPLY_LINES_MAX {
            return Err(ReplyError::TooManyLines);
        }
        self.lines.push(String::from_utf8_lossy(text).into_owned());
        Ok(!more)
    }
}

/// The code, whether more lines follow, and the text with its CR.
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (code, rest) = line.split_at_checked(3)?;
    if !matches!(code[0], b'2'..=b'5') || !code.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = code.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match rest.first() {
        Some(b'-') => Some((code, true, &rest[1..])),
        Some(b' ') => Some((code, false, &rest[1..])),
        // RFC 5321 4.2: a code alone is a reply.
        Some(b'\r') => Some((code, false, rest)),
        _ => None,
    }
}

impl RawReply {
    /// The reply as it is judged, kept and shown: lines joined, the enhanced code (RFC 2034) taken out of each.
    pub(super) fn summary(&self) -> Reply {
        let enhanced = self.lines.first().and_then(|line| enhanced(self.code, line));
        let mut text = String::new();
        for line in &self.lines {
            let rest = match (enhanced, split_enhanced(line)) {
                (Some(code), Some((found, rest))) if code == found => rest,
                _ => line,
            };
            for word in rest.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
            if text.len() > TEXT_BYTES_MAX {
                text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
                break;
            }
        }
        Reply { code: self.code, enhanced, text }
    }
}

/// The enhanced code that a line begins with, if its class agrees with the reply code (RFC 2034 4).
fn enhanced(code: u16, line: &str) -> Option<(u8, u16, u16)> {
    let (found, _) = split_enhanced(line)?;
    (u16::from(found.0) == code / 100 && matches!(found.0, 2 | 4 | 5)).then_some(found)
}

fn split_enhanced(line: &str) -> Option<((u8, u16, u16), &str)> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut parts = word.split('.').map(|part| {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok()).flatten()
    });
    let code = (u8::try_from(parts.next()??).ok()?, parts.next()??, parts.next()??);
    parts.next().is_none().then_some((code, rest))
}

/// The beginning of what is not a reply, fit to be shown.
fn snippet(line: &[u8]) -> String {
    let shown = &line[..line.len().min(SNIPPET_BYTES_MAX)];
    shown.iter().map(|byte| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '.' }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(input: &str) -> Result<RawReply, ReplyError> {
        let (taken, reply) = ReplyParser::default().push(input.as_bytes())?;
        assert_eq!(taken, input.len());
        Ok(reply.expect("the reply is whole"))
    }

    fn summary(input: &str) -> String {
        parse(input).unwrap().summary().to_string()
    }

    #[test]
    fn codes_and_text_are_found() {
        assert_eq!(summary("250 2.1.0 Ok\r\n"), "250 2.1.0 Ok");
        assert_eq!(summary("250\r\n"), "250 ");
        assert_eq!(
            summary("550-5.7.25 The host\r\n550-5.7.25 has no PTR\r\n550 5.7.25 record\r\n"),
            "550 5.7.25 The host has no PTR record"
        );
        // A class that does not agree is text (RFC 2034 4), and so is a word that only looks like a code.
        assert_eq!(parse("550 4.7.1 no\r\n").unwrap().summary().enhanced, None);
        assert_eq!(parse("250 2.0 hello\r\n").unwrap().summary().enhanced, None);
        assert_eq!(parse("354 2.0.0 go\r\n").unwrap().summary().enhanced, None);
        assert_eq!(summary("421 4.7.0 \u{1b}[31mgo\taway\r\n"), "421 4.7.0 [31mgo away");
        assert_eq!(parse("250-x\r\n250-SIZE 42\r\n250 PIPELINING\r\n").unwrap().lines, ["x", "SIZE 42", "PIPELINING"]);
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        for input in
            ["SSH-2.0-x\r\n", "\r\n", "25\r\n", "99 x\r\n", "600 x\r\n", "2x0 x\r\n", "250x\r\n", "HTTP/1.1 400\r\n"]
        {
            assert!(matches!(parse(input), Err(ReplyError::NotAReply(_))), "{input:?}");
        }
        for input in ["250 a\n", "250 a\0b\r\n", "250 a\rb\r\n"] {
            assert!(matches!(parse(input), Err(ReplyError::BrokenLine(_))), "{input:?}");
        }
        assert_eq!(parse("250-a\r\n550 b\r\n"), Err(ReplyError::MixedCodes));
    }

    #[test]
    fn replies_are_bounded() {
        let endless_line = [b"250 ".as_slice(), &vec![b'x'; REPLY_BYTES_MAX]].concat();
        assert_eq!(ReplyParser::default().push(&endless_line), Err(ReplyError::TooLong));
        assert_eq!(
            ReplyParser::default().push("250-x\r\n".repeat(REPLY_LINES_MAX + 1).as_bytes()),
            Err(ReplyError::TooManyLines)
        );
        let long_lines = format!("250-{}\r\n", "x".repeat(1000)).repeat(70);
        assert_eq!(ReplyParser::default().push(long_lines.as_bytes()), Err(ReplyError::TooLong));
        let text = parse(&format!("550 {}\r\n", "é".repeat(3000))).unwrap().summary().text;
        assert!(text.len() <= TEXT_BYTES_MAX);
    }

    proptest! {
        /// Wherever the bytes are cut, the reply is the same, and what follows it is left alone.
        #[test]
        fn cuts_do_not_matter(lines in prop::collection::vec("[ -~]{0,60}", 1..6), code in 200..600_u16, cut in 1..9_usize) {
            let mut input = Vec::new();
            for (number, line) in lines.iter().enumerate() {
                let separator = if number + 1 == lines.len() { ' ' } else { '-' };
                input.extend_from_slice(format!("{code}{separator}{line}\r\n").as_bytes());
            }
            let whole = input.len();
            input.extend_from_slice(b"250 the next one\r\n");
            let (mut parser, mut pending, mut consumed) = (ReplyParser::default(), Vec::new(), 0);
            let reply = input.chunks(cut).find_map(|chunk| {
                pending.extend_from_slice(chunk);
                let (taken, reply) = parser.push(&pending).unwrap();
                pending.drain(..taken);
                consumed += taken;
                reply
            });
            prop_assert_eq!(reply, Some(RawReply { code, lines }));
            prop_assert_eq!(consumed, whole);
        }

        #[test]
        fn no_input_makes_it_panic(input in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok((taken, Some(reply))) = ReplyParser::default().push(&input) {
                prop_assert!(taken <= input.len());
                prop_assert!(reply.summary().text.chars().all(|c| !c.is_control()));
            }
        }
    }
}
