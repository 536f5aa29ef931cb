//! What is said in words: the phrases of `phrases.txt`, looked for in one pass.

use std::cmp::Reverse;
use std::sync::LazyLock;

use super::{Cause, Finding, Party, Weight};
use crate::domain::phrasebook::Phrasebook;

/// Phrases that say the same.
#[derive(Clone, Copy)]
struct Group {
    cause: Cause,
    /// Whom they mean, when that is not whom the cause means at the stage.
    party: Option<Party>,
    weight: Weight,
}

static BOOK: LazyLock<Phrasebook<Group>> = LazyLock::new(|| Phrasebook::read(include_str!("phrases.txt"), heading_of));

fn heading_of(text: &str) -> Option<Group> {
    let mut words = text.split(' ');
    let cause = words.next()?.parse().ok()?;
    let party = match words.next()? {
        "-" => None,
        party => Some(party.parse().ok()?),
    };
    let weight = match words.next()? {
        "strong" => Weight::Strong,
        "plain" => Weight::Plain,
        "weak" => Weight::Weak,
        _ => return None,
    };
    Some(Group { cause, party, weight })
}

/// What the words say: the weightiest group, of those the first, and its longest phrase.
pub(super) fn find(words: &str) -> Option<Finding> {
    let found =
        BOOK.longest(words).min_by_key(|said| (Reverse(said.group.weight), said.at, Reverse(said.text.len())))?;
    let Group { cause, party, weight } = found.group;
    Some(Finding { cause, party, weight, rule: found.text })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::normal::normal;
    use super::*;

    #[test]
    fn phrases_are_in_normal_form_and_stand_once() {
        let mut seen = BTreeSet::new();
        let mut wrong = Vec::new();
        for phrase in BOOK.phrases().iter().map(|phrase| phrase.text) {
            let bare = phrase.trim_end_matches('*');
            let marks = [
                ("<ip>", "192.0.2.1"),
                ("<host>", "a.example"),
                ("<blocklist>", "https://spamhaus.org/x"),
                ("<group>", "https://groups.google.com/x"),
                ("<id>", "a00c05a61"),
            ];
            let said = marks.iter().fold(bare.to_owned(), |text, (mark, example)| text.replace(mark, example));
            if normal(&said).words.trim() != bare {
                wrong.push(format!("{phrase:?} is {:?}", normal(&said).words));
            }
            if !seen.insert(phrase) {
                wrong.push(format!("{phrase:?} stands twice"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
