//! A part of a mail, encoded once, with the places where a reader's values go. Owns where the places are; must not
//! know the values.

use crate::content::fields::{Field, Piece, Template};

use super::error::FillError;
use super::mime::{Base64Lines, Encoding, quoted_printable, with_lf};
use super::values::{Escape, LinkCounts, Values};

/// One body part, ready to be filled.
#[derive(Debug)]
pub(super) struct EncodedPart {
    encoding: Encoding,
    escape: Escape,
    pieces: Vec<Splice>,
}

#[derive(Debug)]
enum Splice {
    /// Bytes as they go on the wire; for base64, which a value shifts, those before encoding.
    Static(Vec<u8>),
    Field(Field),
}

/// The same part with LF for every line end, and one at its end.
pub(super) fn whole_lines(template: &Template) -> Template {
    let mut text = with_lf(template.as_str());
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Template::new(text)
}

impl EncodedPart {
    /// Encodes what is the same for everyone. The part ends in a line end, which is added where it is missing.
    pub(super) fn build(template: &Template, escape: Escape) -> Self {
        let template = whole_lines(template);
        let constant: String = template
            .pieces()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text),
                Piece::Field(_) => None,
            })
            .collect();
        let encoding = Encoding::of(&constant);
        let pieces = template
            .pieces()
            .map(|piece| match piece {
                Piece::Text(text) if encoding == Encoding::QuotedPrintable => {
                    let mut wire = Vec::with_capacity(text.len() + text.len() / 8);
                    quoted_printable(text, &mut wire);
                    Splice::Static(wire)
                }
                Piece::Text(text) => Splice::Static(text.replace('\n', "\r\n").into_bytes()),
                Piece::Field(field) => Splice::Field(field),
            })
            .collect();
        Self { encoding, escape, pieces }
    }

    /// How the part is encoded.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The links that bear a token.
    pub(super) fn tally(&self, tally: &mut LinkCounts) {
        for piece in &self.pieces {
            if let Splice::Field(field) = piece {
                tally.count(field);
            }
        }
    }

    /// About how many bytes it takes on the wire, with values of a usual length.
    pub(super) fn size_estimate(&self) -> usize {
        const VALUE_BYTES: usize = 90;
        let bytes: usize = self
            .pieces
            .iter()
            .map(|piece| match piece {
                Splice::Static(bytes) => bytes.len(),
                Splice::Field(_) => VALUE_BYTES,
            })
            .sum();
        if self.encoding == Encoding::Base64 { bytes / 57 * 78 + 78 } else { bytes }
    }

    /// Appends the part with one reader's values. `scratch` is room to work in.
    pub(super) fn fill(
        &self,
        values: &mut Values<'_>,
        scratch: &mut String,
        out: &mut Vec<u8>,
    ) -> Result<(), FillError> {
        match self.encoding {
            Encoding::QuotedPrintable => {
                for piece in &self.pieces {
                    match piece {
                        Splice::Static(wire) => out.extend_from_slice(wire),
                        Splice::Field(field) => {
                            scratch.clear();
                            values.append(field, self.escape, scratch)?;
                            quoted_printable(scratch, out);
                        }
                    }
                }
            }
            Encoding::Base64 => {
                let mut lines = Base64Lines::new(out);
                for piece in &self.pieces {
                    match piece {
                        Splice::Static(bytes) => lines.push(bytes),
                        Splice::Field(field) => {
                            scratch.clear();
                            values.append(field, self.escape, scratch)?;
                            lines.push(scratch.as_bytes());
                        }
                    }
                }
                lines.finish();
            }
        }
        Ok(())
    }
}
