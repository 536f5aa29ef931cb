//! What is changed in a run of text, and what stands in one for what is no text. Knows no language.

/// Stands for what is opaque: code, an address, a field. It joins on to letters as a word does.
pub(super) const OPAQUE: char = '\u{FFFC}';
/// Stands for the number of a note, on to which nothing joins.
pub(super) const NOTE: char = '\u{FFFB}';

/// Bytes of a run that are to be others.
pub(super) struct Edit {
    pub(super) at: usize,
    pub(super) len: usize,
    pub(super) text: &'static str,
}
