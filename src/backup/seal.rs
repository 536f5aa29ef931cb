//! A digest of the whole file behind it, so that not one bit of it changes unnoticed: gzip leaves bits unused, and fields of
//! its header say nothing that is read. It stands in the comment of an empty gzip member (RFC 1952 2.2), which every program
//! takes for nothing.

use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;

/// Of an empty member: flags say that a comment follows.
const HEAD: &[u8] = b"\x1f\x8b\x08\x10\0\0\0\0\0\xffcoranto sha256 ";
/// The comment's end, an empty block, and the checksum and length of nothing.
const TAIL: &[u8] = b"\0\x03\0\0\0\0\0\0\0\0\0";
const LENGTH: usize = HEAD.len() + 64 + TAIL.len();

fn seal(digest: Context) -> Vec<u8> {
    [HEAD, HEXLOWER.encode(digest.finish().as_ref()).as_bytes(), TAIL].concat()
}

/// Writes through, and the seal at the end.
pub(super) struct SealWriter<W> {
    inner: W,
    digest: Context,
}

impl<W: Write> SealWriter<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, digest: Context::new(&SHA256) }
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.inner.write_all(&seal(self.digest))?;
        self.inner.flush()?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads all but the seal, and compares it when everything was read.
pub(super) struct SealReader<R> {
    inner: R,
    digest: Context,
    /// What was read and not passed on: at least the seal's length of it stays here.
    held: Vec<u8>,
    is_at_end: bool,
}

const CHUNK: usize = 64 << 10;

impl<R: Read> SealReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, digest: Context::new(&SHA256), held: Vec::with_capacity(CHUNK * 2), is_at_end: false }
    }

    /// Whether the file is as it was written; nothing else may be left to read.
    pub(super) fn ends_whole(mut self) -> io::Result<bool> {
        let left = io::copy(&mut self, &mut io::sink())?;
        Ok(left == 0 && self.held == seal(self.digest))
    }
}

impl<R: Read> Read for SealReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.is_at_end && self.held.len() <= LENGTH {
            let (before, mut chunk) = (self.held.len(), [0; CHUNK]);
            let read = self.inner.read(&mut chunk)?;
            self.is_at_end = read == 0;
            self.held.extend_from_slice(&chunk[..read]);
            debug_assert!(self.held.len() >= before);
        }
        let free = self.held.len().saturating_sub(LENGTH).min(into.len());
        into[..free].copy_from_slice(&self.held[..free]);
        self.digest.update(&self.held[..free]);
        self.held.drain(..free);
        Ok(free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_bit_and_every_cut_is_seen() {
        let text = b"not much".repeat(9);
        let mut writer = SealWriter::new(Vec::new());
        writer.write_all(&text).unwrap();
        let whole = writer.finish().unwrap();
        let read = |bytes: &[u8]| {
            let mut reader = SealReader::new(bytes);
            let mut found = vec![0; text.len()];
            let got = reader.read_exact(&mut found);
            got.is_ok() && reader.ends_whole().unwrap() && found == text
        };
        assert!(read(&whole));
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!read(&changed), "{bit}");
        }
        for cut in 0..whole.len() {
            assert!(!read(&whole[..cut]), "{cut}");
        }
        assert!(!read(&[&whole[..], b"x"].concat()));
    }
}
