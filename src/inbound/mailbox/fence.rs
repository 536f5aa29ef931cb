//! A fence around the socket: the library that reads IMAP keeps what a server sends until it understands it, and would keep
//! half a gigabyte. A command may bring so many bytes and no more, and a literal (RFC 9051 4.3) may be so long.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A mail comes as one literal, and is asked for up to half of this.
const LITERAL_MAX: u64 = 512 * 1024;
/// One response, its literals included: the library begins anew at its first byte with every piece that comes. A hundred
/// thousand numbers are half of this.
const RESPONSE_MAX: u64 = 2 << 20;
/// `{18446744073709551615+}` and the end of its line are no longer.
const TAIL: usize = 32;

/// What bytes go over.
pub(super) trait FencedWire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> FencedWire for T {}

/// A socket that reads no more than it was allowed.
pub(super) struct Fence {
    inner: Box<dyn FencedWire>,
    left: u64,
    literals: Literals,
}

impl Fence {
    pub(super) fn around(inner: Box<dyn FencedWire>, bytes: u64) -> Self {
        Self { inner, left: bytes, literals: Literals::default() }
    }

    /// The next command may bring so many bytes.
    pub(super) fn allow(&mut self, bytes: u64) {
        self.left = bytes;
    }

    /// The socket itself, to be encrypted.
    pub(super) fn into_inner(self) -> Box<dyn FencedWire> {
        self.inner
    }

    fn look_at(&mut self, bytes: &[u8]) -> io::Result<()> {
        let too_much = |what: &str| io::Error::new(io::ErrorKind::FileTooLarge, what);
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| too_much("the answer is longer than any can be"))?;
        match self.literals.feed(bytes) {
            true => Ok(()),
            false => Err(too_much("a mail is longer than was asked for")),
        }
    }
}

impl std::fmt::Debug for Fence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fence({} bytes left)", self.left)
    }
}

/// Follows a server's bytes from line to line, past literals.
#[derive(Default)]
struct Literals {
    /// How long the response is so far.
    response: u64,
    /// So many bytes of a literal are still to come.
    skip: u64,
    /// The end of the line so far.
    tail: Vec<u8>,
}

impl Literals {
    /// `false` when a response is too long, or announces a literal that is.
    fn feed(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.response > RESPONSE_MAX {
                return false;
            }
            if self.skip > 0 {
                let passed = bytes.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
                self.skip -= passed as u64;
                self.response += passed as u64;
                bytes = &bytes[passed..];
                continue;
            }
            let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
            let (line, rest) = bytes.split_at(end);
            self.tail.extend_from_slice(&line[line.len().saturating_sub(TAIL)..]);
            self.tail.drain(..self.tail.len().saturating_sub(TAIL));
            self.response += line.len() as u64;
            if line.ends_with(b"\n") {
                self.skip = announced(&self.tail);
                self.tail.clear();
                if self.skip == 0 {
                    self.response = 0;
                }
            }
            if self.skip > LITERAL_MAX {
                return false;
            }
            bytes = rest;
        }
        true
    }
}

/// How long the literal is that a line announces at its end; a number that is no number is as long as can be.
fn announced(line: &[u8]) -> u64 {
    let Some(line) = line.strip_suffix(b"}\r\n").or_else(|| line.strip_suffix(b"}\n")) else { return 0 };
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, number) = line.split_at(line.len() - digits);
    if number.is_empty() || !before.ends_with(b"{") {
        return 0;
    }
    std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()).unwrap_or(u64::MAX)
}

impl AsyncRead for Fence {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        Poll::Ready(self.look_at(&buf.filled()[before..]))
    }
}

impl AsyncWrite for Fence {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_has_an_end() {
        let line = b"* OK 0123456789\r\n".repeat(200_000);
        assert!(line.len() as u64 > RESPONSE_MAX && Literals::default().feed(&line), "many are short");
        let mut endless = Literals::default();
        assert!(!(0..600).all(|_| endless.feed(&[b'x'; 4096])));
        let mut literals = Literals::default();
        assert!(!(0..600).all(|_| literals.feed(&[b"BODY[] {4000}\r\n".as_slice(), &[b'x'; 4000]].concat())));
    }

    #[test]
    fn literals_are_followed_however_the_bytes_are_cut() {
        let fine: &[&[u8]] = &[
            b"* 1 FETCH (UID 1 BODY[] {5}\r\nab{9}\r\n)\r\n* OK {3}\r\nabc",
            b"* 1 FETCH (BODY[] {23}\r\nX: {999999999999}\r\nX: {9})\r\n",
            b"* SEARCH 1 2 3\r\n* OK {x} {}\r\n* OK }\r\n",
            b"",
        ];
        let bad: &[&[u8]] = &[
            b"* 1 FETCH (BODY[] {1073741824}\r\n",
            b"* 1 FETCH (BODY[] {524289}\r\n",
            b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n",
            b"* 1 FETCH (BODY[] {2}\r\nab BODY[] {1073741824+}\r\n",
        ];
        for (all, expected) in [(fine, true), (bad, false)] {
            for text in all {
                for size in 1..=text.len().max(1) {
                    let mut literals = Literals::default();
                    let whole = text.chunks(size).all(|piece| literals.feed(piece));
                    assert_eq!(whole, expected, "{:?} in pieces of {size}", String::from_utf8_lossy(text));
                }
            }
        }
    }
}
