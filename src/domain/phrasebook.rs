//! Phrases under headings, looked for in one pass over a text in normal form. Knows neither what a heading means nor what
//! follows from a phrase.
//!
//! `@ HEADING` begins a group; phrases stand between `|`. A phrase is whole words; `word*` goes on to the right, and
//! scripts without spaces match anywhere.

use std::cmp::Reverse;

use aho_corasick::AhoCorasick;

/// From here on are scripts that put no spaces between words.
pub(super) const UNSPACED: char = '\u{2e80}';

/// All phrases of one file, each with its group.
pub struct Phrasebook<T> {
    automaton: AhoCorasick,
    phrases: Vec<Phrase<T>>,
}

/// A phrase and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Phrase<T> {
    /// The place of its group: a lower one stands before.
    pub at: usize,
    /// What its heading says.
    pub group: T,
    /// Its words.
    pub text: &'static str,
}

impl<T: Copy> Phrasebook<T> {
    /// Reads a file that is part of the program; a test reads each whole.
    pub fn read(text: &'static str, heading: fn(&str) -> Option<T>) -> Self {
        let mut phrases = Vec::new();
        let mut group = None;
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            match line.strip_prefix("@ ") {
                Some(words) => group = Some((at, heading(words).expect("the heading is known"))),
                None => {
                    let (at, group) = group.expect("a heading comes first");
                    let between = line.split('|').map(str::trim).filter(|phrase| !phrase.is_empty());
                    phrases.extend(between.map(|text| Phrase { at, group, text }));
                }
            }
        }
        let automaton = AhoCorasick::new(phrases.iter().map(|phrase| pattern(phrase.text)));
        Self { automaton: automaton.expect("the phrases are few and short"), phrases }
    }

    /// Every phrase that stands in `words`, which are in normal form.
    pub fn find<'a>(&'a self, words: &'a str) -> impl Iterator<Item = Phrase<T>> + 'a {
        self.automaton.find_overlapping_iter(words).map(|hit| self.phrases[hit.pattern().as_usize()])
    }

    /// The phrases that are not part of a longer one: who says "not listed in the directory" does not say "listed in".
    pub fn longest(&self, words: &str) -> impl Iterator<Item = Phrase<T>> {
        let mut hits: Vec<_> = self.automaton.find_overlapping_iter(words).collect();
        hits.sort_by_key(|hit| (hit.start(), Reverse(hit.end())));
        let mut widest = 0..0;
        hits.retain(|hit| {
            let is_wider = hit.end() > widest.end;
            let stands_alone = is_wider || hit.range() == widest;
            if is_wider {
                widest = hit.range();
            }
            stands_alone
        });
        hits.into_iter().map(|hit| self.phrases[hit.pattern().as_usize()])
    }

    /// All of them.
    #[cfg(test)]
    pub(crate) fn phrases(&self) -> &[Phrase<T>] {
        &self.phrases
    }
}

impl<T> std::fmt::Debug for Phrasebook<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phrasebook of {} phrases", self.phrases.len())
    }
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
