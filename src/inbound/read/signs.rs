//! What a mail says of itself, in words: a report, an answer by a machine, a wish to leave. The phrases are in
//! `signs.txt`; why a mail failed is none of their business.

use std::sync::LazyLock;

use crate::domain::cause::words;
use crate::domain::phrasebook::Phrasebook;

/// What a phrase is a sign of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A program reports a failure or delay: nobody else says so.
    Report,
    /// Something did not arrive.
    Failed,
    /// It is tried again.
    Late,
    /// A machine answers for its owner.
    Absent,
    /// A link is to be pressed.
    Challenge,
    /// Somebody wants no more of it.
    Leave,
    /// A mail program asks for that in its owner's name.
    Asked,
    /// The copy of the returned mail begins.
    Copy,
}

static BOOK: LazyLock<Phrasebook<Sign>> = LazyLock::new(|| Phrasebook::read(include_str!("signs.txt"), heading_of));

fn heading_of(text: &str) -> Option<Sign> {
    Some(match text {
        "report" => Sign::Report,
        "failed" => Sign::Failed,
        "late" => Sign::Late,
        "absent" => Sign::Absent,
        "challenge" => Sign::Challenge,
        "leave" => Sign::Leave,
        "asked" => Sign::Asked,
        "copy" => Sign::Copy,
        _ => return None,
    })
}

/// Every sign in a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs(u8);

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        Self(BOOK.find(&words(text)).fold(0, |signs, found| signs | (1 << found.group as u8)))
    }

    pub(super) fn has(self, sign: Sign) -> bool {
        self.0 & (1 << sign as u8) != 0
    }
}

/// Whether a text is a wish to leave and says nothing else.
pub(super) fn is_wish_alone(text: &str) -> bool {
    // A line of one word is looked at whole, so what is longer than every phrase is none.
    let words = words(&text[..text.floor_char_boundary(80)]);
    let said = words.trim();
    text.len() <= 80 && BOOK.find(&words).any(|found| found.group == Sign::Leave && found.text == said)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn phrases_are_in_normal_form_and_stand_once_in_a_group() {
        let mut seen = BTreeSet::new();
        let mut wrong = Vec::new();
        for phrase in BOOK.phrases() {
            let bare = phrase.text.trim_end_matches('*');
            let said = words(&bare.replace("<host>", "a.example"));
            if said.trim() != bare {
                wrong.push(format!("{:?} is {said:?}", phrase.text));
            }
            if !seen.insert((phrase.at, phrase.text)) {
                wrong.push(format!("{:?} stands twice", phrase.text));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_wish_is_the_whole_line() {
        for text in ["unsubscribe", " Unsubscribe. ", "ABMELDEN!", "Отписаться", "配信停止"] {
            assert!(is_wish_alone(text), "{text}");
        }
        for text in ["", "How do I unsubscribe?", "stop the presses", "Re: unsubscribe is broken", "baja California"] {
            assert!(!is_wish_alone(text), "{text}");
        }
    }
}
