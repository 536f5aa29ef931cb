//! Merge fields and bare addresses in Markdown source. Each becomes one opaque word before Markdown is read, so that its
//! spaces, bars and underscores mean nothing to Markdown, and is taken back to what it means, or to what was written,
//! afterwards. Knows nothing of Markdown's structure.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::autolinks::{Autolink, Autolinks};
use super::fields::{self, FIELD_END, FIELD_START, Field};
use super::merge::{self, FieldError};

/// Merge fields in one issue: an editor uses three.
pub(super) const FIELDS_MAX: usize = 500;
/// The sixteen digits of a mark's number; private-use characters too, which Markdown takes for letters.
const DIGIT_ZERO: u32 = 0xE010;
/// Stands before the number of an address.
const ADDRESS: char = '\u{E020}';

/// A field is a name and a word or two; without a bound, a text of braces would take the square of its length.
const FIELD_BYTES_MAX: usize = 200;

pub(super) struct Occurrence {
    /// What was written, braces included.
    pub(super) written: String,
    /// Its place in the source.
    pub(super) at: usize,
    pub(super) field: Result<Field, FieldFault>,
}

/// Why braces are no merge field.
pub(super) enum FieldFault {
    Open,
    Field(FieldError),
}

pub(super) struct Address {
    written: String,
    shown: Option<String>,
    /// Where it leads, if it is a link.
    pub(super) to: Option<String>,
}

impl Address {
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// As a reader sees it.
    pub(super) fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.written)
    }
}

/// Source text whose fields and addresses are marked.
pub(super) struct MarkedSource {
    pub(super) text: String,
    pub(super) occurrences: Vec<Occurrence>,
    addresses: Vec<Address>,
    /// Where the first field stands that is one too many; from there on nothing is marked.
    pub(super) too_many: Option<usize>,
    /// Offsets in `text` from which on the source is further along by so many bytes (or less, when negative).
    shifts: Vec<(usize, isize)>,
}

/// A stretch of marked text.
pub(super) enum Segment<'a> {
    Text(&'a str),
    Mark(usize),
    Address(&'a Address),
}

impl MarkedSource {
    /// Marks every `{{ ... }}` of `source`, valid or not, and every bare address. A backslash before the braces keeps them
    /// as text.
    pub(super) fn of(source: &str) -> Self {
        let mut marked = Self {
            text: String::with_capacity(source.len()),
            occurrences: Vec::new(),
            addresses: Vec::new(),
            too_many: None,
            shifts: vec![(0, 0)],
        };
        let mut addresses = Autolinks::new(source);
        let mut address = addresses.next();
        let mut from = 0;
        let mut braces = source.find("{{");
        while braces.is_some() || address.is_some() {
            if let Some(bare) = address.take_if(|bare| braces.is_none_or(|at| bare.range.start < at)) {
                marked.text.push_str(&source[from..bare.range.start]);
                from = bare.range.end;
                marked.push_address(source, bare);
                address = addresses.next();
                continue;
            }
            let Some(found) = braces else { break };
            marked.text.push_str(&source[from..found]);
            if marked.occurrences.len() == FIELDS_MAX && !is_escaped(source, found) {
                marked.too_many = Some(found);
                from = found;
                break;
            }
            from = found + marked.push_braces(source, found);
            braces = source[from..].find("{{").map(|at| from + at);
            addresses.skip_to(from);
            if address.as_ref().is_some_and(|bare| bare.range.start < from) {
                address = addresses.next();
            }
        }
        marked.text.push_str(&source[from..]);
        marked
    }

    /// Takes over the braces at `found`; how many bytes that were.
    fn push_braces(&mut self, source: &str, found: usize) -> usize {
        if is_escaped(source, found) {
            self.text.push_str("{{");
            return 2;
        }
        let near = &source[found..source.floor_char_boundary(found + FIELD_BYTES_MAX)];
        let (written, field) = match near.find("}}").filter(|&end| !near[..end].contains('\n')) {
            Some(end) => (&near[..end + 2], merge::parse(&near[2..end]).map_err(FieldFault::Field)),
            None => ("{{", Err(FieldFault::Open)),
        };
        push_mark(&mut self.text, false, self.occurrences.len());
        self.occurrences.push(Occurrence { written: written.to_owned(), at: found, field });
        self.shift(found + written.len());
        written.len()
    }

    fn push_address(&mut self, source: &str, Autolink { range, shown, to }: Autolink) {
        push_mark(&mut self.text, true, self.addresses.len());
        self.addresses.push(Address { written: source[range.clone()].to_owned(), shown, to });
        self.shift(range.end);
    }

    /// The end of the text is that of the source up to `end`.
    fn shift(&mut self, end: usize) {
        let shift = end.cast_signed() - self.text.len().cast_signed();
        self.shifts.push((self.text.len(), shift));
    }

    /// The place in the source of a place in the marked text.
    pub(super) fn source_offset(&self, offset: usize) -> usize {
        let index = self.shifts.partition_point(|&(from, _)| from <= offset);
        let (_, shift) = self.shifts[index.saturating_sub(1)];
        offset.saturating_add_signed(shift)
    }

    /// Text and marks in turn. Private-use characters that are no mark (they can come from `&#xE000;`) are left out.
    pub(super) fn stretches<'a>(&'a self, text: &'a str) -> Vec<Segment<'a>> {
        let mut stretches = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(fields::is_private) {
            if at > 0 {
                stretches.push(Segment::Text(&rest[..at]));
            }
            rest = &rest[at..];
            match read_mark(rest).and_then(|(address, index, len)| Some((self.stretch(address, index)?, len))) {
                Some((stretch, len)) => {
                    stretches.push(stretch);
                    rest = &rest[len..];
                }
                None => rest = rest.trim_start_matches(fields::is_private),
            }
        }
        if !rest.is_empty() {
            stretches.push(Segment::Text(rest));
        }
        stretches
    }

    fn stretch(&self, address: bool, index: usize) -> Option<Segment<'_>> {
        if address {
            self.addresses.get(index).map(Segment::Address)
        } else {
            (index < self.occurrences.len()).then_some(Segment::Mark(index))
        }
    }

    /// The same with addresses as they are read, and fields still marked: what a link leads to.
    pub(super) fn with_addresses<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !text.contains(ADDRESS) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        for stretch in self.stretches(text) {
            match stretch {
                Segment::Text(text) => out.push_str(text),
                Segment::Mark(index) => push_mark(&mut out, false, index),
                Segment::Address(address) => out.push_str(address.shown()),
            }
        }
        Cow::Owned(out)
    }

    /// What was written: for code, in which braces are braces.
    pub(super) fn as_written(&self, text: &str) -> String {
        if !text.contains(fields::is_private) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for stretch in self.stretches(text) {
            out.push_str(match stretch {
                Segment::Text(text) => text,
                Segment::Mark(index) => &self.occurrences[index].written,
                Segment::Address(address) => &address.written,
            });
        }
        out
    }
}

/// Whether a backslash takes its meaning from what stands at `at`.
pub(super) fn is_escaped(source: &str, at: usize) -> bool {
    source[..at].bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1
}

fn push_mark(out: &mut String, address: bool, index: usize) {
    out.push(FIELD_START);
    out.extend(address.then_some(ADDRESS));
    let mut digits = String::new();
    let _ = write!(digits, "{index:x}");
    out.extend(digits.chars().filter_map(|digit| char::from_u32(DIGIT_ZERO + digit.to_digit(16)?)));
    out.push(FIELD_END);
}

/// The mark at the beginning of `text`: whether it is an address's, its number, and the bytes it takes.
fn read_mark(text: &str) -> Option<(bool, usize, usize)> {
    let inner = text.strip_prefix(FIELD_START)?;
    let (digits, _) = inner.split_once(FIELD_END)?;
    let len = digits.len() + FIELD_START.len_utf8() + FIELD_END.len_utf8();
    let (address, digits) = digits.strip_prefix(ADDRESS).map_or((false, digits), |digits| (true, digits));
    let mut index: usize = 0;
    for digit in digits.chars() {
        let value = u32::from(digit).checked_sub(DIGIT_ZERO).filter(|value| *value < 16)?;
        index = index.checked_mul(16)?.checked_add(value as usize)?;
    }
    (!digits.is_empty()).then_some((address, index, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_to_the_source() {
        let source = "a {{ name | there }} b {{}} https://example.org/a--b c \\{{ d }} {{ x\ny";
        let marked = MarkedSource::of(source);
        assert_eq!((marked.occurrences.len(), marked.addresses.len()), (3, 1));
        assert_eq!(marked.as_written(&marked.text), source);
        for word in [" b ", " c ", " x", "y"] {
            let offset = marked.text.find(word).unwrap();
            assert_eq!(marked.source_offset(offset), source.find(word).unwrap(), "{word}");
        }
        assert_eq!(marked.source_offset(0), 0);
        for occurrence in &marked.occurrences {
            assert!(source[occurrence.at..].starts_with("{{"));
        }
    }

    #[test]
    fn other_private_characters_vanish() {
        let marked = MarkedSource::of("{{ name }}");
        assert_eq!(marked.as_written("a\u{E000}b\u{E001}\u{E000}\u{E011}\u{E001}\u{F000}c"), "abc");
        assert_eq!(marked.as_written("\u{E000}\u{E010}\u{E001}"), "{{ name }}", "mark 0 is the author's own");
    }
}
