//! A file's lines as text, whatever wrote the file. Owns encodings and line ends; knows no CSV.
//!
//! A byte order mark decides for the whole file, and two bytes for each of the first letters do. Otherwise each line is
//! UTF-8 if it can be, else Windows-1252, which spreadsheets write: lists that were put together from several files have both. What could be read wrongly without
//! anyone noticing is refused instead.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A reader's row has a few hundred bytes; a line longer than this is not one.
pub(super) const LINE_BYTES_MAX: usize = 64 * 1024;

/// Why a line cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineError {
    TooLong,
    Nul,
    Mixed,
    Undecodable,
}

/// A line without its end.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) text: Result<String, LineError>,
    /// Of a line that cannot be read, what of it can be, with U+FFFD for the rest.
    pub(super) lossy: Option<String>,
    /// Whether it was read as Windows-1252.
    pub(super) windows: bool,
}

/// The lines of a file.
pub(super) struct Lines<R: Read> {
    input: BufReader<Decoded<R>>,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> io::Result<Self> {
        Ok(Self { input: BufReader::with_capacity(64 * 1024, Decoded::new(input)?), number: 0 })
    }

    /// The first byte that is no white space, as far as the file's beginning goes.
    pub(super) fn first_byte(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
    }

    /// All that is left, up to `most` bytes; more is an error.
    pub(super) fn rest(self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.input.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let (mut too_long, mut any) = (false, false);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                if !any {
                    return Ok(None);
                }
                break;
            }
            any = true;
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &buffer[..end.unwrap_or(buffer.len())];
            too_long |= bytes.len() + part.len() > LINE_BYTES_MAX;
            if !too_long {
                bytes.extend_from_slice(part);
            }
            let Some(end) = end else {
                let read = buffer.len();
                self.input.consume(read);
                continue;
            };
            let carriage_return = buffer[end] == b'\r';
            self.input.consume(end + 1);
            if carriage_return && self.input.fill_buf()?.first() == Some(&b'\n') {
                self.input.consume(1);
            }
            break;
        }
        self.number += 1;
        let (text, windows) = if too_long { (Err(LineError::TooLong), false) } else { decode(&bytes) };
        let lossy = text.is_err().then(|| String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}"));
        Ok(Some(Line { number: self.number, text, lossy, windows }))
    }
}

fn decode(bytes: &[u8]) -> (Result<String, LineError>, bool) {
    if bytes.contains(&0) {
        return (Err(LineError::Nul), false);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\u{fffd}') => return (Err(LineError::Undecodable), false),
        Ok(text) => return (Ok(text.to_owned()), false),
        Err(_) => {}
    }
    if bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii()) {
        return (Err(LineError::Mixed), false);
    }
    let (text, _, _) = WINDOWS_1252.decode(bytes);
    // The five bytes that Windows-1252 leaves open come out as control characters.
    if text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}')) {
        return (Err(LineError::Undecodable), false);
    }
    (Ok(text.into_owned()), true)
}

/// The file as UTF-8 where a byte order mark says what it is, else as it is.
struct Decoded<R> {
    input: R,
    decoder: Option<Decoder>,
    /// Read and not handed on.
    held: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    fn new(mut input: R) -> io::Result<Self> {
        let mut held = Vec::with_capacity(4);
        input.by_ref().take(4).read_to_end(&mut held)?;
        let (mark, encoding) = match held.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => (3, None),
            [0xff, 0xfe, ..] => (2, Some(UTF_16LE)),
            [0xfe, 0xff, ..] => (2, Some(UTF_16BE)),
            // No mark, but a list begins with two letters, and these take two bytes each.
            [1..=127, 0, 1..=127, 0] => (0, Some(UTF_16LE)),
            [0, 1..=127, 0, 1..=127] => (0, Some(UTF_16BE)),
            _ => (0, None),
        };
        let decoder = encoding.map(encoding_rs::Encoding::new_decoder_without_bom_handling);
        Ok(Self { input, decoder, held, at: mark, ended: false })
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            if self.at < self.held.len() {
                let part = &self.held[self.at..];
                let count = part.len().min(out.len());
                out[..count].copy_from_slice(&part[..count]);
                self.at += count;
                return Ok(count);
            }
            return self.input.read(out);
        };
        loop {
            if self.at == self.held.len() && !self.ended {
                self.held.resize(8192, 0);
                let count = self.input.read(&mut self.held)?;
                self.held.truncate(count);
                self.at = 0;
                self.ended = count == 0;
            }
            let (result, read, written, _) = decoder.decode_to_utf8(&self.held[self.at..], out, self.ended);
            self.at += read;
            if self.ended && result == CoderResult::InputEmpty {
                // What is read from here on is the file, which is at its end.
                self.decoder = None;
                return Ok(written);
            }
            if written > 0 || out.is_empty() {
                return Ok(written);
            }
        }
    }
}
