//! An issue's text as its editor typed it, passage by passage, each letter with its place: what checks of words read.
//! Code and raw HTML are left out: what stands there is meant as it stands. Knows no rule.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag};

use crate::content::marks::{MarkedSource, Segment};
use crate::content::parse::{DEPTH_MAX, EVENTS_MAX, OPTIONS};

/// Stands for what is no prose within a passage, such as code: it parts words.
const GAP: char = '\u{FFFC}';

/// A paragraph, a heading, a cell or an item's own text.
pub(super) struct Passage {
    /// Its words, without markup.
    pub(super) text: String,
    /// Its level, if it is a heading.
    pub(super) heading: Option<HeadingLevel>,
    /// From which byte of `text` on the source continues at which byte of the body.
    places: Vec<(usize, usize)>,
}

impl Passage {
    /// Where a byte of the passage stands in the body.
    pub(super) fn at(&self, offset: usize) -> usize {
        let index = self.places.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
        self.places.get(index).map_or(0, |(start, source)| source + offset.saturating_sub(*start))
    }

    /// The words and where each begins in the passage: letters and digits, with apostrophes between them.
    pub(super) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let text = self.text.as_str();
        let parts = |c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’'));
        text.split(parts)
            .map(|word| word.trim_matches(['\'', '’']))
            .filter(|word| !word.is_empty())
            .map(move |word| (offset_of(word, text), word))
    }
}

/// The passages of a body, in the order in which they are read.
pub(super) fn passages(body: &str) -> Vec<Passage> {
    read(body, false)
}

/// The same with addresses and code, to find again what a reader sees.
pub(super) fn whole_passages(body: &str) -> Vec<Passage> {
    read(body, true)
}

/// Where code stands in a body.
pub(super) fn code(body: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(body, OPTIONS).into_offset_iter().take(EVENTS_MAX);
    let is_code = |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
    events.filter(|(event, _)| is_code(event)).map(|(_, range)| range).collect()
}

fn read(body: &str, everything: bool) -> Vec<Passage> {
    let marked = MarkedSource::of(body);
    let mut all: Vec<Passage> = Vec::new();
    let mut open = Passage::of(None);
    let mut code = false;
    let mut depth = 0;
    let events = Parser::new_ext(&marked.text, OPTIONS).into_offset_iter();
    for (event, range) in events.take(EVENTS_MAX) {
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    break; // which is refused
                }
                if !is_inline(&tag) {
                    let heading = if let Tag::Heading { level, .. } = tag { Some(level) } else { None };
                    all.push(std::mem::replace(&mut open, Passage::of(heading)));
                }
                code |= matches!(tag, Tag::CodeBlock(_));
            }
            Event::End(tag) => {
                depth -= 1;
                code &= !matches!(tag, pulldown_cmark::TagEnd::CodeBlock);
                if matches!(tag, pulldown_cmark::TagEnd::Heading(_)) {
                    all.push(std::mem::replace(&mut open, Passage::of(None)));
                }
            }
            Event::Text(text) if !code => {
                for stretch in marked.stretches(&text) {
                    match stretch {
                        Segment::Text(part) => {
                            open.push(part, marked.source_offset(range.start + offset_of(part, &text)));
                        }
                        Segment::Mark(index) => open.gap(marked.occurrences[index].at),
                        Segment::Address(address) if everything => {
                            open.push(address.shown(), marked.source_offset(range.start));
                        }
                        Segment::Address(_) => open.gap(marked.source_offset(range.start)),
                    }
                }
            }
            Event::SoftBreak | Event::HardBreak => open.push(" ", marked.source_offset(range.start)),
            Event::Code(text) | Event::Text(text) if everything => {
                open.push(&marked.as_written(&text), marked.source_offset(range.start));
            }
            Event::Code(_) => open.gap(marked.source_offset(range.start)),
            _ => {}
        }
    }
    all.push(open);
    all.retain(|passage| !passage.text.trim().is_empty());
    all
}

impl Passage {
    fn of(heading: Option<HeadingLevel>) -> Self {
        Self { text: String::new(), heading, places: Vec::new() }
    }

    fn push(&mut self, text: &str, at: usize) {
        self.places.push((self.text.len(), at));
        self.text.push_str(text);
    }

    fn gap(&mut self, at: usize) {
        self.places.push((self.text.len(), at));
        self.text.push(GAP);
    }
}

/// Where `part` begins in `whole`, of which it is a slice.
fn offset_of(part: &str, whole: &str) -> usize {
    part.as_ptr() as usize - whole.as_ptr() as usize
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_places_of_the_source() {
        let body = "# Über *das*\n\nHi {{ name | you }}, it's `TK` &amp; **so\non**.\n\n- one\n- two\n\n```\nTK\n```\n";
        let found: Vec<_> = passages(body)
            .iter()
            .flat_map(|passage| passage.words().map(|(at, word)| (passage.at(at), word.to_owned())).collect::<Vec<_>>())
            .collect();
        let words: Vec<&str> = found.iter().map(|(_, word)| word.as_str()).collect();
        assert_eq!(words, ["Über", "das", "Hi", "it's", "so", "on", "one", "two"]);
        for (at, word) in &found {
            assert!(body[*at..].starts_with(word.as_str()), "{word} at {at}");
        }
        assert_eq!(passages(body)[0].heading, Some(HeadingLevel::H1));
    }
}
