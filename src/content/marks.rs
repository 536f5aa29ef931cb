//! Merge fields in Markdown source. Each `{{ ... }}` becomes one opaque word before Markdown is read, so that its spaces,
//! bars and underscores mean nothing to Markdown, and is taken back to a field, or to what was written, afterwards.
//! Knows nothing of Markdown's structure.

use std::fmt::Write as _;
use std::ops::Range;

use super::fields::{FIELD_END, FIELD_START, Field};
use super::merge::{self, FieldError};
use super::source;

/// Merge fields in one issue: an editor uses three.
pub(super) const FIELDS_MAX: usize = 500;
/// The sixteen digits of a mark's number; private-use characters too, which Markdown takes for letters.
const DIGIT_ZERO: u32 = 0xE010;

/// A field is a name and a word or two; without a bound, a text of braces would take the square of its length.
const FIELD_BYTES_MAX: usize = 200;

/// One `{{ ... }}`.
pub(super) struct Occurrence {
    /// What was written, braces included.
    pub(super) written: String,
    /// Its place in the source.
    pub(super) at: usize,
    /// What it means.
    pub(super) field: Result<Field, Fault>,
}

/// Why braces are no merge field.
pub(super) enum Fault {
    Open,
    Field(FieldError),
}

/// Source text whose fields are marked.
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) occurrences: Vec<Occurrence>,
    /// Where the first field stands that is one too many; from there on nothing is marked.
    pub(super) too_many: Option<usize>,
    /// Offsets in `text` from which on the source is further along by so many bytes (or less, when negative).
    shifts: Vec<(usize, isize)>,
}

/// A stretch of marked text.
pub(super) enum Stretch<'a> {
    Text(&'a str),
    Mark(usize),
}

impl Marked {
    /// Marks every `{{ ... }}` of `source`, valid or not. A backslash before the braces keeps them as text.
    pub(super) fn of(source: &str) -> Self {
        let mut marked = Self {
            text: String::with_capacity(source.len()),
            occurrences: Vec::new(),
            too_many: None,
            shifts: vec![(0, 0)],
        };
        let mut from = 0;
        while let Some(found) = source[from..].find("{{").map(|at| from + at) {
            let backslashes = source[..found].bytes().rev().take_while(|&b| b == b'\\').count();
            marked.text.push_str(&source[from..found]);
            if backslashes % 2 == 1 {
                marked.text.push_str("{{");
                from = found + 2;
                continue;
            }
            let near = &source[found..source.floor_char_boundary(found + FIELD_BYTES_MAX)];
            let (written, field) = match near.find("}}").filter(|&end| !near[..end].contains('\n')) {
                Some(end) => (&near[..end + 2], merge::parse(&near[2..end]).map_err(Fault::Field)),
                None => ("{{", Err(Fault::Open)),
            };
            if marked.occurrences.len() == FIELDS_MAX {
                marked.too_many = Some(found);
                from = found;
                break;
            }
            push_mark(&mut marked.text, marked.occurrences.len());
            marked.occurrences.push(Occurrence { written: written.to_owned(), at: found, field });
            from = found + written.len();
            let shift = from.cast_signed() - marked.text.len().cast_signed();
            marked.shifts.push((marked.text.len(), shift));
        }
        marked.text.push_str(&source[from..]);
        marked
    }

    /// The place in the source of a place in the marked text.
    pub(super) fn source_offset(&self, offset: usize) -> usize {
        let index = self.shifts.partition_point(|&(from, _)| from <= offset);
        let (_, shift) = self.shifts[index.saturating_sub(1)];
        offset.saturating_add_signed(shift)
    }

    /// Text and marks in turn. Private-use characters that are no mark (they can come from `&#xE000;`) are left out.
    pub(super) fn stretches<'a>(&self, text: &'a str) -> Vec<Stretch<'a>> {
        let mut stretches = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(source::is_private) {
            if at > 0 {
                stretches.push(Stretch::Text(&rest[..at]));
            }
            rest = &rest[at..];
            match read_mark(rest).filter(|(index, _)| *index < self.occurrences.len()) {
                Some((index, range)) => {
                    stretches.push(Stretch::Mark(index));
                    rest = &rest[range.end..];
                }
                None => rest = rest.trim_start_matches(source::is_private),
            }
        }
        if !rest.is_empty() {
            stretches.push(Stretch::Text(rest));
        }
        stretches
    }

    /// What was written: for code, in which braces are braces.
    pub(super) fn as_written(&self, text: &str) -> String {
        if !text.contains(source::is_private) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for stretch in self.stretches(text) {
            out.push_str(match stretch {
                Stretch::Text(text) => text,
                Stretch::Mark(index) => &self.occurrences[index].written,
            });
        }
        out
    }
}

fn push_mark(out: &mut String, index: usize) {
    out.push(FIELD_START);
    let mut digits = String::new();
    let _ = write!(digits, "{index:x}");
    out.extend(digits.chars().filter_map(|digit| char::from_u32(DIGIT_ZERO + digit.to_digit(16)?)));
    out.push(FIELD_END);
}

/// The number of the mark at the beginning of `text`, and the bytes it takes.
fn read_mark(text: &str) -> Option<(usize, Range<usize>)> {
    let inner = text.strip_prefix(FIELD_START)?;
    let (digits, _) = inner.split_once(FIELD_END)?;
    let mut index: usize = 0;
    for digit in digits.chars() {
        let value = u32::from(digit).checked_sub(DIGIT_ZERO).filter(|value| *value < 16)?;
        index = index.checked_mul(16)?.checked_add(value as usize)?;
    }
    (!digits.is_empty()).then_some((index, 0..digits.len() + FIELD_START.len_utf8() + FIELD_END.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_to_the_source() {
        let source = "a {{ name | there }} b {{}} c \\{{ d }} {{ x\ny";
        let marked = Marked::of(source);
        assert_eq!(marked.occurrences.len(), 3);
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
        let marked = Marked::of("{{ name }}");
        assert_eq!(marked.as_written("a\u{E000}b\u{E001}\u{E000}\u{E011}\u{E001}\u{F000}c"), "abc");
        assert_eq!(marked.as_written("\u{E000}\u{E010}\u{E001}"), "{{ name }}", "mark 0 is the author's own");
    }
}
