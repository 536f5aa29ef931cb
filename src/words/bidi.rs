//! Values whose letters run against the sentence around them. Knows no sentence.

use std::borrow::Cow;

use super::Language;

/// FIRST STRONG ISOLATE (UAX 9): what follows finds its own direction and does not disturb its neighbours.
const ISOLATE: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE.
const POP: char = '\u{2069}';

/// `value` with isolates around it if it has letters that run the other way than `language`: without them a question
/// mark behind an Arabic name in an English sentence stands before it.
pub(super) fn isolated(value: &str, language: Language) -> Cow<'_, str> {
    let rtl = language.direction() == "rtl";
    let against = value.chars().any(|letter| letter.is_alphabetic() && runs_from_right(letter) != rtl);
    match against {
        true => Cow::Owned(format!("{ISOLATE}{value}{POP}")),
        false => Cow::Borrowed(value),
    }
}

/// The blocks of the scripts that are written from right to left.
fn runs_from_right(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_the_other_way_is_isolated() {
        assert_eq!(isolated("The Week", Language::German), "The Week");
        assert_eq!(isolated("الأسبوع", Language::Arabic), "الأسبوع");
        assert_eq!(isolated("The Week", Language::Arabic), "\u{2068}The Week\u{2069}");
        assert_eq!(isolated("الأسبوع", Language::English), "\u{2068}الأسبوع\u{2069}");
        assert_eq!(isolated("12", Language::Arabic), "12");
        for against in ["Неделя!", "Été", "週刊", "Η Εβδομάδα"] {
            assert_eq!(isolated(against, Language::Arabic), format!("\u{2068}{against}\u{2069}"));
            assert_eq!(isolated(against, Language::Russian), against);
        }
    }
}
