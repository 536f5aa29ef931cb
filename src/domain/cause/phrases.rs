//! What is said in words: the phrases of `phrases.txt`, looked for in one pass.

use std::cmp::Reverse;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::normal::UNSPACED;
use super::{Cause, Finding, Party, Weight};

/// Phrases that say the same.
#[derive(Clone, Copy)]
struct Group {
    cause: Cause,
    /// Whom they mean, when that is not whom the cause means at the stage.
    party: Option<Party>,
    weight: Weight,
}

/// All phrases, each with its group and the group's place.
struct Book {
    automaton: AhoCorasick,
    phrases: Vec<(usize, Group, &'static str)>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let phrases = phrases(include_str!("phrases.txt"));
    let automaton = AhoCorasick::new(phrases.iter().map(|(.., phrase)| pattern(phrase)));
    Book { automaton: automaton.expect("the phrases are few and short"), phrases }
});

/// Reads the file. It is part of the program, and a test reads it whole.
fn phrases(text: &'static str) -> Vec<(usize, Group, &'static str)> {
    let mut found = Vec::new();
    let mut group = None;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("@ ") {
            Some(heading) => group = Some((number, heading_of(heading).expect("a heading is CAUSE PARTY WEIGHT"))),
            None => {
                let (at, group) = group.expect("a heading comes first");
                let phrases = line.split('|').map(str::trim).filter(|phrase| !phrase.is_empty());
                found.extend(phrases.map(|phrase| (at, group, phrase)));
            }
        }
    }
    found
}

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

/// A phrase as it is looked for: with a space on each side where a word ends.
fn pattern(phrase: &str) -> String {
    let before = if phrase.starts_with(|c| c > UNSPACED) { "" } else { " " };
    let (phrase, after) = match phrase.strip_suffix('*') {
        Some(stem) => (stem, ""),
        None if phrase.ends_with(|c| c > UNSPACED) => (phrase, ""),
        None => (phrase, " "),
    };
    format!("{before}{phrase}{after}")
}

/// What the words say: the weightiest group, of those the first, and its longest phrase.
pub(super) fn find(words: &str) -> Option<Finding> {
    let found = BOOK.automaton.find_overlapping_iter(words).map(|hit| BOOK.phrases[hit.pattern().as_usize()]);
    let (_, group, rule) =
        found.min_by_key(|(at, group, phrase)| (Reverse(group.weight), *at, Reverse(phrase.len())))?;
    let Group { cause, party, weight } = group;
    Some(Finding { cause, party, weight, rule })
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
        for (.., phrase) in &BOOK.phrases {
            let bare = phrase.trim_end_matches('*');
            let marks = [("<ip>", "192.0.2.1"), ("<host>", "a.example"), ("<blocklist>", "https://spamhaus.org/x")];
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
