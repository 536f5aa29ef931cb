//! Lines as CSV records. Owns quotes and delimiters; knows no column.
//!
//! A quotation mark that is never closed would swallow the rest of the file. So a record may only have so many lines;
//! with more, its first line is refused alone and reading goes on with the second.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::Reason;
use super::lines::{LINE_BYTES_MAX, Line, LineError, Lines};

/// A name or an address with line ends in it has two or three lines.
const RECORD_LINES_MAX: usize = 20;
/// The widest exports have some 60 columns.
pub(super) const FIELDS_MAX: usize = 1000;
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// A row, or why it is none.
#[derive(Debug)]
pub(super) struct CsvRecord {
    pub(super) line: u64,
    pub(super) fields: Result<Vec<String>, Reason>,
    /// Of a row that is none, what looks like its cells: whoever left may still be found there.
    pub(super) salvage: Vec<String>,
    /// Whether any of it was read as Windows-1252.
    pub(super) windows: bool,
}

/// The records of a file.
pub(super) struct Records<R: Read> {
    lines: Lines<R>,
    delimiter: char,
    /// Lines that were read ahead.
    waiting: VecDeque<Line>,
}

impl<R: Read> Records<R> {
    pub(super) fn new(lines: Lines<R>) -> Self {
        Self { lines, delimiter: ',', waiting: VecDeque::new() }
    }

    /// Up to `count` of the lines that come next, which stay to be read. Only the first call looks at the file.
    pub(super) fn ahead(&mut self, count: usize) -> io::Result<Vec<&Line>> {
        while self.waiting.len() < count {
            match self.lines.next()? {
                Some(line) => self.waiting.push_back(line),
                None => break,
            }
        }
        Ok(self.waiting.iter().take(count).collect())
    }

    /// Leaves out so many lines, and reads on with this delimiter.
    pub(super) fn start(&mut self, skip: usize, delimiter: char) -> io::Result<()> {
        self.delimiter = delimiter;
        for _ in 0..skip {
            self.line()?;
        }
        Ok(())
    }

    /// The next record; empty lines are none.
    pub(super) fn next(&mut self) -> io::Result<Option<CsvRecord>> {
        loop {
            let Some(first) = self.line()? else { return Ok(None) };
            let delimiter = self.delimiter;
            let torn = |text: &str| text.split(delimiter).map(|cell| cell.trim_matches('"').to_owned()).collect();
            let record =
                |fields, salvage, windows| Ok(Some(CsvRecord { line: first.number, fields, salvage, windows }));
            let mut text = match first.text {
                Ok(text) if text.trim().is_empty() => continue,
                Ok(text) => text,
                Err(error) => return record(Err(error.into()), torn(&first.lossy.unwrap_or_default()), false),
            };
            let alone = text.len();
            let mut windows = first.windows;
            let mut more = Vec::new();
            loop {
                match split(&text, self.delimiter) {
                    // A quotation mark that was opened by mistake ends at the next one, which is another row's.
                    Split::Whole { is_torn: true, .. } if !more.is_empty() => {}
                    Split::Whole { fields, .. } => return record(Ok(fields), Vec::new(), windows),
                    Split::TooMany => return record(Err(Reason::TooManyFields), torn(&text), windows),
                    Split::Open => {}
                }
                match self.line()? {
                    Some(Line { text: Ok(next), windows: odd, number, lossy: None })
                        if more.len() + 2 <= RECORD_LINES_MAX && text.len() + next.len() < LINE_BYTES_MAX =>
                    {
                        text.push('\n');
                        text.push_str(&next);
                        windows |= odd;
                        more.push(Line { number, text: Ok(next), lossy: None, windows: odd });
                    }
                    other => {
                        more.extend(other);
                        for line in more.into_iter().rev() {
                            self.waiting.push_front(line);
                        }
                        return record(Err(Reason::OpenQuote), torn(&text[..alone]), first.windows);
                    }
                }
            }
        }
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.waiting.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }
}

/// What the cells of a line are separated by: what it has most of outside quotation marks, a comma when there is nothing.
pub(super) fn delimiter_of(text: &str) -> char {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        if let Some(at) = DELIMITERS.iter().position(|delimiter| *delimiter == c).filter(|_| !quoted) {
            counts[at] += 1;
        }
    }
    // The first of equals, so that a comma is preferred.
    let most = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count).map_or(0, |(at, _)| at);
    DELIMITERS[most]
}

/// The cells of a line that is a record by itself.
pub(super) fn cells_of(text: &str, delimiter: char) -> Option<Vec<String>> {
    match split(text, delimiter) {
        Split::Whole { fields, .. } => Some(fields),
        Split::Open | Split::TooMany => None,
    }
}

impl From<LineError> for Reason {
    fn from(error: LineError) -> Self {
        match error {
            LineError::TooLong => Self::TooLong,
            LineError::Nul => Self::Nul,
            LineError::Mixed => Self::Mixed,
            LineError::Undecodable => Self::Undecodable,
        }
    }
}

enum Split {
    Whole {
        fields: Vec<String>,
        /// Whether something stands between a closing quotation mark and the end of its field.
        is_torn: bool,
    },
    /// A quotation mark is still open.
    Open,
    TooMany,
}

/// RFC 4180, and what programs make of it: a quotation mark counts where a field begins, and nowhere else.
fn split(text: &str, delimiter: char) -> Split {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut fresh = true;
    let (mut closed, mut is_torn) = (false, false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if quoted => {
                quoted = false;
                closed = true;
            }
            '"' if fresh => quoted = true,
            c if c == delimiter && !quoted => {
                fields.push(std::mem::take(&mut field));
                if fields.len() >= FIELDS_MAX {
                    return Split::TooMany;
                }
                fresh = true;
                closed = false;
                continue;
            }
            c => {
                is_torn |= closed && !quoted && !c.is_whitespace();
                field.push(c);
            }
        }
        fresh = false;
    }
    if quoted {
        return Split::Open;
    }
    fields.push(field);
    Split::Whole { fields, is_torn }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn records(text: &[u8]) -> Vec<(u64, Result<Vec<String>, Reason>)> {
        let mut records = Records::new(Lines::new(text).unwrap());
        let first = records.ahead(1).unwrap().first().and_then(|line| line.text.clone().ok()).unwrap_or_default();
        records.start(0, delimiter_of(&first)).unwrap();
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            all.push((record.line, record.fields));
        }
        all
    }

    fn row(fields: &[&str]) -> Result<Vec<String>, Reason> {
        Ok(fields.iter().map(|field| (*field).to_owned()).collect())
    }

    #[test]
    fn quotes_delimiters_and_line_ends() {
        assert_eq!(
            records(b"email,name\r\na@b.c,\"O\"\"Neil, \n Jr\"\n\n\rx,y\"z\"\r\"q\"r,"),
            [
                (1, row(&["email", "name"])),
                (2, row(&["a@b.c", "O\"Neil, \n Jr"])),
                (6, row(&["x", "y\"z\""])),
                (7, row(&["qr", ""])),
            ]
        );
        assert_eq!(records(b"email;name\na;b,c"), [(1, row(&["email", "name"])), (2, row(&["a", "b,c"]))]);
        assert_eq!(records("e\tn\nä\tö".as_bytes())[1], (2, row(&["ä", "ö"])));
        assert_eq!(records(b"e|n\na|b")[1], (2, row(&["a", "b"])));
        assert!(records(b"\n\r\n  \n").is_empty() && records(b"").is_empty());
    }

    #[test]
    fn an_open_quote_costs_one_line() {
        let text = format!("email\n\"open\n{}last@x.y", "a@b.c\n".repeat(30));
        let all = records(text.as_bytes());
        assert_eq!(all[1], (2, Err(Reason::OpenQuote)));
        assert_eq!(all[2], (3, row(&["a@b.c"])));
        assert_eq!(all.last().unwrap(), &(33, row(&["last@x.y"])));
        assert_eq!(all.len(), 33);
    }

    #[test]
    fn a_quotation_mark_by_mistake_never_takes_in_other_rows() {
        for next in ["b@b.cc,\"Bob\",active", "\"b@b.cc\",\"Bob\",\"active\"", "b@b.cc,Bob \"B\",active"] {
            let all = records(format!("email,name,status\na@b.cc,\"Anna,left\n{next}\n").as_bytes());
            assert_eq!(all[1].1, Err(Reason::OpenQuote), "{next}");
            assert_eq!(all[2].1.as_ref().unwrap()[0], "b@b.cc", "{next}");
        }
    }

    #[test]
    fn a_line_without_end_is_skipped_in_constant_space() {
        let mut text = b"email\n".to_vec();
        text.extend(b"x".repeat(10_000_000));
        text.extend(b"\na@b.c\n");
        text.extend(b",".repeat(5_000));
        text.extend(b"\n\0\nd@e.f");
        let all: Vec<_> = records(&text);
        assert_eq!(
            all[1..],
            [
                (2, Err(Reason::TooLong)),
                (3, row(&["a@b.c"])),
                (4, Err(Reason::TooManyFields)),
                (5, Err(Reason::Nul)),
                (6, row(&["d@e.f"]))
            ]
        );
    }

    #[test]
    fn every_encoding_is_read_or_refused() {
        let latin = records(b"e\nM\xfcller\nM\xc3\xbcller\nM\xc3\xbcller M\xfcller\n\x81\n\x93x\x94");
        assert_eq!(latin[1].1, row(&["Müller"]));
        assert_eq!(latin[2].1, row(&["Müller"]));
        assert_eq!(latin[3].1, Err(Reason::Mixed));
        assert_eq!(latin[4].1, Err(Reason::Undecodable));
        assert_eq!(latin[5].1, row(&["“x”"]));
        assert_eq!(records(b"\xef\xbb\xbfe\nx")[0].1, row(&["e"]));
        for big in [false, true] {
            let long = "é𝄞".repeat(9_000);
            let text = format!("\u{feff}e\n{long}\nü");
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            let all = records(&bytes);
            assert_eq!((all.len(), &all[1].1, &all[2].1), (3, &row(&[&long]), &row(&["ü"])));
        }
        assert_eq!(records(b"\xff\xfee\0\n\0\x00\xd8")[1].1, Err(Reason::Undecodable), "a lone surrogate");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\n'), Just(b','), any::<u8>()], 0..400)) {
            records(&bytes);
        }

        #[test]
        fn what_the_csv_crate_writes_is_read_back(rows in prop::collection::vec(prop::collection::vec("[a-zäß\"', ;=\\n]{1,12}", 3), 1..8)) {
            let rows: Vec<Vec<String>> = rows.into_iter().filter(|row: &Vec<String>| !row.concat().trim().is_empty()).collect();
            let mut writer = csv::Writer::from_writer(b"a,b,c\n".to_vec());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let read: Vec<_> = records(&writer.into_inner().unwrap()).into_iter().skip(1).map(|(_, row)| row.unwrap()).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
