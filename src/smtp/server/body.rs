//! Taking a message off the wire (RFC 5321 4.5.2). Only CRLF.CRLF ends it; a dot after a CR or LF alone is text, so no
//! second message can hide in the first. Knows nothing of sockets.

use memchr::memchr2;

/// Where in a line the reader stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// After CRLF, or at the very beginning.
    LineStart,
    /// After a dot that began a line.
    Dot,
    /// After that dot and a CR.
    DotCr,
    Text,
    /// After a CR inside a line.
    Cr,
}

/// Reads a message piece by piece.
#[derive(Debug)]
pub struct BodyReader {
    at: At,
    /// The beginning of the message without its dot-stuffing.
    message: Vec<u8>,
    kept_max: usize,
    bytes: usize,
    bytes_max: usize,
    bare_line_end: bool,
}

/// A message that was read to its end.
#[derive(Debug, PartialEq, Eq)]
pub struct Body {
    /// As many of its first bytes as were wanted; none of one that is too large.
    pub message: Vec<u8>,
    /// How many there were.
    pub bytes: usize,
    /// Why it must be refused.
    pub defect: Option<Defect>,
}

/// Why a message is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// It is larger than agreed.
    TooLarge,
    /// A CR or LF stands alone: the means of SMTP smuggling.
    BareLineEnd,
}

impl BodyReader {
    /// For a message of at most `bytes_max`, of which the first `kept_max` are wanted.
    pub fn new(kept_max: usize, bytes_max: usize) -> Self {
        Self { at: At::LineStart, message: Vec::new(), kept_max, bytes: 0, bytes_max, bare_line_end: false }
    }

    /// Takes from `input`. Gives how many bytes it took and whether the message has ended; what follows the end is not
    /// touched.
    pub fn take(&mut self, input: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(byte) = input.get(at) {
            match (self.at, byte) {
                (At::LineStart, b'.') => (self.at, at) = (At::Dot, at + 1),
                (At::Dot, b'\r') => (self.at, at) = (At::DotCr, at + 1),
                (At::DotCr, b'\n') => return (at + 1, true),
                // The dot was stuffing; what follows it is text.
                (At::LineStart | At::Dot, _) => self.at = At::Text,
                (At::DotCr, _) => self.bare(b"\r"),
                (At::Cr, b'\n') => {
                    self.keep(b"\r\n");
                    (self.at, at) = (At::LineStart, at + 1);
                }
                (At::Cr, _) => self.bare(b"\r"),
                (At::Text, b'\n') => {
                    self.bare(b"\n");
                    at += 1;
                }
                (At::Text, b'\r') => (self.at, at) = (At::Cr, at + 1),
                (At::Text, _) => {
                    let end = memchr2(b'\r', b'\n', &input[at..]).map_or(input.len(), |found| at + found);
                    self.keep(&input[at..end]);
                    at = end;
                }
            }
        }
        (at, false)
    }

    /// What was read, after the end.
    pub fn finish(self) -> Body {
        let defect = if self.bytes > self.bytes_max {
            Some(Defect::TooLarge)
        } else if self.bare_line_end {
            Some(Defect::BareLineEnd)
        } else {
            None
        };
        Body { message: self.message, bytes: self.bytes, defect }
    }

    fn bare(&mut self, line_end: &[u8]) {
        self.keep(line_end);
        self.bare_line_end = true;
        self.at = At::Text;
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes > self.bytes_max {
            // It will be refused: nothing of it is held any longer.
            self.message = Vec::new();
        } else {
            let room = self.kept_max.saturating_sub(self.message.len());
            self.message.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads `input` in pieces. Gives the body, if it ended, and how much was taken.
    fn read(input: &[u8], piece: usize) -> (Option<Body>, usize) {
        let mut reader = BodyReader::new(1000, 1000);
        let mut taken = 0;
        for chunk in input.chunks(piece) {
            let (more, ended) = reader.take(chunk);
            taken += more;
            if ended {
                return (Some(reader.finish()), taken);
            }
        }
        (None, taken)
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_message() {
        for (wire, message) in [
            (".\r\n", ""),
            ("a\r\n.\r\n", "a\r\n"),
            ("..\r\n.\r\n", ".\r\n"),
            ("...a\r\n.\r\n", "..a\r\n"),
            (".a\r\n.\r\n", "a\r\n"),
            ("\r\n\r\n.\r\n", "\r\n\r\n"),
        ] {
            let (body, taken) = read(wire.as_bytes(), 1);
            let body = body.unwrap();
            assert_eq!((body.message.as_slice(), body.defect, taken), (message.as_bytes(), None, wire.len()));
        }
    }

    #[test]
    fn no_other_line_end_does() {
        for smuggling in
            ["\n.\n", "\n.\r\n", "\r.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r\n.\rx\r\n", "\r\n\n.\r\n", "\r\n.\0\r\n"]
        {
            let wire = format!("a{smuggling}MAIL FROM:<evil@example.org>\r\n.\r\n");
            let (body, taken) = read(wire.as_bytes(), 3);
            let body = body.unwrap();
            assert_eq!(taken, wire.len(), "{smuggling:?} ended the message");
            let text = body.message;
            assert!(text.windows(4).any(|bytes| bytes == b"MAIL"));
            assert_eq!(body.defect == Some(Defect::BareLineEnd), smuggling != "\r\n.\0\r\n");
        }
    }

    #[test]
    fn too_much_is_counted_and_not_held() {
        let mut reader = BodyReader::new(10, 10);
        assert_eq!(reader.take(b"0123456789ab\r\n.\r\nQUIT\r\n"), (17, true));
        assert_eq!(reader.finish(), Body { message: Vec::new(), bytes: 14, defect: Some(Defect::TooLarge) });
    }

    #[test]
    fn what_is_not_wanted_is_read_and_not_held() {
        let mut reader = BodyReader::new(5, 100);
        assert_eq!(reader.take(b"0123\r\n89\r\n.\r\n"), (13, true));
        assert_eq!(reader.finish(), Body { message: b"0123\r".to_vec(), bytes: 10, defect: None });
    }

    proptest! {
        /// However the bytes come in, the same is read.
        #[test]
        fn cuts_do_not_matter(wire in "[.a\r\n]{0,40}", piece in 1..7_usize) {
            let wire = format!("{wire}\r\n.\r\nrest");
            prop_assert_eq!(read(wire.as_bytes(), piece), read(wire.as_bytes(), wire.len()));
        }
    }
}
