//! Which characters nobody sees, which steer, which belong to the letter before them. Knows no text.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// What steers a terminal, a line or its direction, and is no part of a text in one line: control characters, separators
/// of lines, marks of direction, spaces without width, byte order marks. They do no harm to what is around them when
/// they are left out.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What has no shape, or one that is a blank: letters that are only fillers among them.
pub fn is_invisible(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned};
    // Pictures that are newer than the tables of this program.
    if is_picture(c) {
        return false;
    }
    matches!(
        c.general_category(),
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    ) || matches!(c,
        // Fillers of Hangul, a vowel of Khmer that is not written, a blank pattern of Braille, a joiner of graphemes.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{34f}'
        // Selectors of shapes, and the whole block of tags.
        | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}'
        // Objects and signs that stand for something which is not there.
        | '\u{fff9}'..='\u{fffd}')
}

/// A mark that is written with the letter before it: accents, the signs of Indian scripts, tones of Thai and Lao. Without
/// them a word in such a script is another, or none.
pub fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Pictures, emoji among them.
pub fn is_picture(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_not_seen_either() {
        for c in (0..=0x2_ffff).filter_map(char::from_u32) {
            assert!(!is_control(c) || is_invisible(c), "{:x}", u32::from(c));
            assert!(!c.is_alphanumeric() || !is_control(c), "{c}");
        }
    }
}
