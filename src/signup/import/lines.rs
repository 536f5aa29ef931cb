//! A file's lines as text, whatever wrote the file. Owns encodings and line ends; knows no CSV.
//!
//! A byte order mark decides for the whole file, and two bytes for each of the first letters do. Otherwise each line is
//! UTF-8 if it can be, else Windows-1252, which spreadsheets write: lists that were put together from several files have both. What could be read wrongly without
//! anyone noticing is refused instead.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

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
    input: Box<BufReader<Decoded<R>>>,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> io::Result<Self> {
        Ok(Self { input: Box::new(BufReader::with_capacity(64 * 1024, decoded(input)?)), number: 0 })
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
type Decoded<R> = DecodeReaderBytes<Chain<Cursor<Vec<u8>>, R>, Vec<u8>>;

fn decoded<R: Read>(mut input: R) -> io::Result<Decoded<R>> {
    let mut first = Vec::with_capacity(4);
    input.by_ref().take(4).read_to_end(&mut first)?;
    let encoding = match first.as_slice() {
        // No mark, but a list begins with two letters, and these take two bytes each.
        [1..=127, 0, 1..=127, 0] => Some(UTF_16LE),
        [0, 1..=127, 0, 1..=127] => Some(UTF_16BE),
        _ => None,
    };
    let mut decoder = DecodeReaderBytesBuilder::new();
    decoder.encoding(encoding).utf8_passthru(true).strip_bom(true);
    Ok(decoder.build(Cursor::new(first).chain(input)))
}
