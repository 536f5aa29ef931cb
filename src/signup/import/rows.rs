//! The rows of a file, be it CSV, bare lines or JSON. Owns how a header is found.

use std::io::{self, Read};

use serde_json::Value;

use super::cells::{address, folded, trimmed};
use super::lines::Lines;
use super::names::by_name;
use super::records::{CsvRecord, Records, cells_of, delimiter_of};
use super::{ImportError, Reason};

/// Lines above the one that names the columns: notes of a program, a title.
const PREAMBLE_LINES_MAX: usize = 20;
/// A header's names may hold line ends.
const HEADER_LINES_MAX: usize = 6;
/// JSON is read as a whole.
const JSON_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The rows of one file, behind its header.
pub(super) enum Rows<'r> {
    Csv { records: Records<&'r mut dyn Read>, delimiter: char, columns: usize, has_header: bool },
    Json { columns: Vec<String>, rows: std::vec::IntoIter<serde_json::Map<String, Value>>, line: u64 },
}

/// What stands above the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The columns' names; made up where the file has none.
    pub(super) names: Vec<String>,
    /// Whether the file names them.
    pub(super) is_named: bool,
}

impl<'r> Rows<'r> {
    /// Opens a file. `is_email` says of a name, folded, that an operator has called it the column of addresses.
    pub(super) fn open(
        input: &'r mut dyn Read,
        is_email: impl Fn(&str) -> bool,
    ) -> Result<(Self, Header), ImportError> {
        let mut lines = Lines::new(input)?;
        if matches!(lines.first_byte()?, Some(b'{' | b'[')) {
            return json(lines);
        }
        let mut records = Records::new(lines);
        let ahead = records.ahead(PREAMBLE_LINES_MAX + HEADER_LINES_MAX)?;
        let texts: Vec<&str> = ahead.iter().map(|line| line.text.as_deref().or(Err(())).unwrap_or("\u{0}")).collect();
        let Some(first) = texts.iter().position(|text| !text.trim().is_empty()) else { return Err(ImportError::Empty) };
        if let Some(error) = ahead[first].text.as_ref().err() {
            return Err(ImportError::Header((*error).into()));
        }
        let found = find(&texts, first, &is_email)?;
        records.start(found.skip, found.delimiter)?;
        if found.header.is_named {
            records.next()?;
        }
        let (columns, has_header) = (found.header.names.len(), found.header.is_named);
        Ok((Self::Csv { records, delimiter: found.delimiter, columns, has_header }, found.header))
    }

    pub(super) fn next(&mut self) -> Result<Option<CsvRecord>, ImportError> {
        match self {
            Self::Csv { records, delimiter, columns, has_header } => {
                let Some(mut record) = records.next()? else { return Ok(None) };
                // A list of bare addresses has no other columns: `Berg, Anna <anna@example.org>` is one cell.
                if let (Ok(cells), false, 1) = (&mut record.fields, *has_header, *columns) {
                    while cells.len() > 1 && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
                        cells.pop();
                    }
                    *cells = vec![cells.join(&delimiter.to_string())];
                }
                Ok(Some(record))
            }
            Self::Json { columns, rows, line } => {
                *line += 1;
                Ok(rows.next().map(|row| {
                    let cells = columns.iter().map(|name| row.get(name).map(text_of).unwrap_or_default()).collect();
                    CsvRecord { line: *line, fields: Ok(cells), salvage: Vec::new(), windows: false }
                }))
            }
        }
    }
}

struct Found {
    skip: usize,
    delimiter: char,
    header: Header,
}

/// Finds the line that names the columns; a list of bare addresses has none.
fn find(texts: &[&str], first: usize, is_email: &impl Fn(&str) -> bool) -> Result<Found, ImportError> {
    let mut said = None;
    let mut top: Option<(usize, char, Vec<String>)> = None;
    for (at, text) in texts.iter().enumerate().skip(first).take(PREAMBLE_LINES_MAX) {
        let text = text.trim_start_matches('\u{feff}');
        if let Some(delimiter) = separator_line(text) {
            said = Some(delimiter);
            continue;
        }
        let delimiter = said.unwrap_or_else(|| delimiter_of(text));
        let Some(cells) = whole(&texts[at..], delimiter) else {
            if top.is_none() {
                return Err(ImportError::Header(Reason::OpenQuote));
            }
            continue;
        };
        let is_of_addresses = |cell: &String| {
            let name = folded(cell);
            is_email(&name) || by_name(&name) == Some(super::meaning::Meaning::Email)
        };
        if cells.iter().any(is_of_addresses) {
            let names = cells.iter().map(|cell| trimmed(cell).to_owned()).collect();
            return Ok(Found { skip: at, delimiter, header: Header { names, is_named: true } });
        }
        if top.is_none() && !text.trim().is_empty() {
            // Addresses on the first line: there is no header.
            if cells.iter().any(|cell| address(cell).is_ok()) || address(text).is_ok() {
                let count = if address(text).is_ok() { 1 } else { cells.len() };
                let names = (1..=count).map(|number| format!("column {number}")).collect();
                return Ok(Found { skip: at, delimiter, header: Header { names, is_named: false } });
            }
            top = Some((at, delimiter, cells));
        }
    }
    let found = top.map(|(_, _, cells)| cells.iter().map(|cell| trimmed(cell).to_owned()).collect());
    Err(ImportError::NoEmailColumn { found: found.unwrap_or_default() })
}

/// `sep=;`, by which spreadsheets say what cells are separated by.
fn separator_line(text: &str) -> Option<char> {
    let rest = text.trim().trim_matches('"');
    let rest = rest.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| &rest[4..])?;
    let mut letters = rest.chars();
    match (letters.next(), letters.next()) {
        (None, _) if text.contains('\t') => Some('\t'),
        (Some(c), None) => Some(c),
        _ => None,
    }
}

/// The cells of a record that begins with the first of the lines.
fn whole(texts: &[&str], delimiter: char) -> Option<Vec<String>> {
    let mut text = String::new();
    for line in texts.iter().take(HEADER_LINES_MAX) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line.trim_start_matches('\u{feff}'));
        if let Some(cells) = cells_of(&text, delimiter) {
            return Some(cells);
        }
    }
    None
}

/// JSON: a list of objects, objects one a line, or an object with a list of objects in it.
fn json<'r>(lines: Lines<&'r mut dyn Read>) -> Result<(Rows<'r>, Header), ImportError> {
    let text = lines.rest(JSON_BYTES_MAX).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => ImportError::JsonTooLong,
        _ => error.into(),
    })?;
    let mut objects = Vec::new();
    for value in serde_json::Deserializer::from_slice(&text).into_iter::<Value>() {
        collect(value.map_err(|error| ImportError::Json(error.to_string()))?, &mut objects, true);
    }
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in objects.iter().flat_map(|object| object.keys()) {
        if seen.insert(name.clone()) {
            columns.push(name.clone());
        }
    }
    if objects.is_empty() || columns.len() > super::records::FIELDS_MAX {
        return Err(ImportError::Json("there is no list of readers in it".to_owned()));
    }
    let header = Header { names: columns.clone(), is_named: true };
    Ok((Rows::Json { columns, rows: objects.into_iter(), line: 0 }, header))
}

/// The objects of a value that are readers: itself, its items, or the items of the first list in it.
fn collect(value: Value, into: &mut Vec<serde_json::Map<String, Value>>, is_top: bool) {
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| collect(item, into, false)),
        Value::Object(mut object) => {
            let is_list = |value: &Value| {
                value
                    .as_array()
                    .is_some_and(|items| items.iter().any(Value::is_object) && items.iter().all(Value::is_object))
            };
            let has_address = object.keys().any(|name| by_name(&folded(name)) == Some(super::meaning::Meaning::Email));
            let list = object.iter().find(|(_, value)| is_list(value)).map(|(name, _)| name.clone());
            match list.filter(|_| is_top && !has_address).and_then(|name| object.remove(&name)) {
                Some(list) => collect(list, into, false),
                None => into.push(object),
            }
        }
        _ => {}
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names, and the cells of each row that has any.
    fn read(mut text: &[u8]) -> Result<(Header, Vec<Vec<String>>), ImportError> {
        let (mut rows, header) = Rows::open(&mut text, |_| false)?;
        let mut all = Vec::new();
        while let Some(record) = rows.next()? {
            all.extend(record.fields.ok());
        }
        Ok((header, all))
    }

    #[test]
    fn a_header_is_found_below_notes_and_a_separator() {
        let note = b"Notes:\n\"When exporting your data, \nmind\"\n\nFirst Name,Email\nAnna,a@b.cc\n".as_slice();
        for (text, names, row) in [
            (b"email,name\na@b.cc,Anna\n".as_slice(), vec!["email", "name"], vec!["a@b.cc", "Anna"]),
            (b"sep=;\nemail;name\na@b.cc;Berg, A\n", vec!["email", "name"], vec!["a@b.cc", "Berg, A"]),
            (note, vec!["First Name", "Email"], vec!["Anna", "a@b.cc"]),
            (
                b"\"e-mail\",\"What\ndo you like?\"\na@b.cc,x\n",
                vec!["e-mail", "What\ndo you like?"],
                vec!["a@b.cc", "x"],
            ),
            (b"E\0m\0a\0i\0l\0\n\0a\0@\0b\0.\0c\0c\0", vec!["Email"], vec!["a@b.cc"]),
        ] {
            let (header, rows) = read(text).unwrap();
            assert!(header.is_named);
            assert_eq!(
                (header.names, &rows[0]),
                (
                    names.iter().map(|name| (*name).to_owned()).collect(),
                    &row.iter().map(|cell| (*cell).to_owned()).collect()
                )
            );
        }
    }

    #[test]
    fn a_list_without_a_header_has_all_its_rows() {
        let (header, rows) = read(b"\"Anna Berg\",\"a@b.cc\"\nBob,c@d.ee\n").unwrap();
        assert_eq!((header.is_named, header.names.len(), rows.len()), (false, 2, 2));
        let (header, rows) = read(b"Berg, Anna <a@b.cc>\nc@d.ee (disabled)\n").unwrap();
        assert_eq!(
            (header.names.len(), rows[0][0].as_str(), rows[1][0].as_str()),
            (1, "Berg, Anna <a@b.cc>", "c@d.ee (disabled)")
        );
        assert!(
            matches!(read(b"who,what\na,b\n"), Err(ImportError::NoEmailColumn { found }) if found == ["who", "what"])
        );
    }

    #[test]
    fn json_is_rows_whatever_its_form() {
        let expected = (vec!["email", "name"], vec![vec!["a@b.cc", "Anna"], vec!["c@d.ee", ""]]);
        for text in [
            r#"[{"email": "a@b.cc", "name": "Anna"}, {"email": "c@d.ee", "name": null}]"#,
            "{\"email\": \"a@b.cc\", \"name\": \"Anna\"}\n{\"email\": \"c@d.ee\"}\n",
            r#"{"start": 0, "entries": [{"email": "a@b.cc", "name": "Anna"}, {"email": "c@d.ee"}], "total": 2}"#,
        ] {
            let (header, rows) = read(text.as_bytes()).unwrap();
            assert_eq!(
                (
                    header.names.iter().map(String::as_str).collect(),
                    rows.iter().map(|row| row.iter().map(String::as_str).collect::<Vec<_>>()).collect()
                ),
                expected,
                "{text}"
            );
        }
        assert!(matches!(read(b"{\"a\": "), Err(ImportError::Json(_))));
        assert!(matches!(read(b"[1, 2]"), Err(ImportError::Json(_))));
    }
}
