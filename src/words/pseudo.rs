//! English that looks foreign: for finding what was written past the files of words, and what has no room to grow.

use std::borrow::Cow;

/// Vowels come twice, which makes a sentence some 40 % longer; letters get accents.
pub(super) fn accented(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        let (foreign, twice) = match letter {
            'a' => ('á', true),
            'e' => ('é', true),
            'i' => ('ï', true),
            'o' => ('ö', true),
            'u' => ('ü', true),
            'y' => ('ý', true),
            'A' => ('Å', true),
            'E' => ('Ë', true),
            'I' => ('Î', true),
            'O' => ('Ø', true),
            'U' => ('Û', true),
            'c' => ('ç', false),
            'n' => ('ñ', false),
            's' => ('š', false),
            'S' => ('Š', false),
            'r' => ('ř', false),
            other => (other, false),
        };
        out.push(foreign);
        if twice {
            out.push(foreign);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_grow_by_about_two_fifths() {
        let sentence = "Nothing there after a few minutes? Look in the spam folder first, or use another address.";
        let grown = accented(sentence).chars().count() * 100 / sentence.chars().count();
        assert!((130..=150).contains(&grown), "{grown} %");
        assert_eq!(accented("Sure?"), "Šüüřéé?");
    }
}
