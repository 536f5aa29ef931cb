//! Addresses that an editor pasted as they are: links in the HTML part too, as mail programs make of them in the text
//! part. Knows no Markdown; positions are found again in the source.

use crate::content::links;
use crate::content::source;
use crate::content::tree::{Block, Destination, Document, Inline};

/// What ends a sentence is no part of an address.
const NOT_LAST: [char; 11] = ['.', ',', ':', ';', '!', '?', '\'', '"', '*', '_', '~'];

/// Turns bare addresses into links. `text` is the source, `place` the offset in the editor's file of one in it.
pub(super) fn link(document: &mut Document, text: &str, place: &dyn Fn(usize) -> usize) {
    let mut finder = Finder { text, place, from: 0 };
    finder.blocks(&mut document.blocks);
    for note in &mut document.notes {
        finder.from = 0;
        finder.blocks(note);
    }
}

struct Finder<'a> {
    text: &'a str,
    place: &'a dyn Fn(usize) -> usize,
    /// Where the search for the next one begins: the tree has the order of the source.
    from: usize,
}

impl Finder<'_> {
    fn blocks(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(content) | Block::Plain(content) | Block::Heading { content, .. } => {
                    self.run(content);
                }
                Block::Quote(blocks) => self.blocks(blocks),
                Block::List { items, .. } => items.iter_mut().for_each(|item| self.blocks(item)),
                Block::Table(table) => {
                    table.head.iter_mut().chain(table.rows.iter_mut().flatten()).for_each(|cell| self.run(cell));
                }
                Block::Code(_) | Block::Rule | Block::Html(_) => {}
            }
        }
    }

    fn run(&mut self, content: &mut Vec<Inline>) {
        let has_any = |inline: &Inline| match inline {
            Inline::Text(text) => text.contains("://"),
            Inline::Emphasis(_) | Inline::Strong(_) | Inline::Strike(_) => true,
            _ => false,
        };
        if !content.iter().any(has_any) {
            return;
        }
        for mut inline in std::mem::take(content) {
            match &mut inline {
                Inline::Text(text) => {
                    self.text(text, content);
                    continue;
                }
                Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => self.run(inner),
                _ => {}
            }
            content.push(inline);
        }
    }

    fn text(&mut self, mut text: &str, out: &mut Vec<Inline>) {
        while let Some((start, end)) = next(text) {
            let typed = &text[start..end];
            if let Ok(url) = links::link(typed) {
                if start > 0 {
                    out.push(Inline::Text(text[..start].to_owned()));
                }
                let found = self.text[self.from..].find(typed).map_or(self.from, |at| self.from + at);
                self.from = found;
                let at = (self.place)(found);
                out.push(Inline::Link { to: Destination::Url(url), content: vec![Inline::Text(typed.to_owned())], at });
            } else {
                out.push(Inline::Text(text[..end].to_owned()));
            }
            text = &text[end..];
        }
        if !text.is_empty() {
            out.push(Inline::Text(text.to_owned()));
        }
    }
}

/// Where the next address begins and ends.
fn next(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("://")?;
        let scheme = ["https", "http"].into_iter().find(|scheme| text[..at].ends_with(scheme));
        let start = scheme.map(|scheme| at - scheme.len());
        let start = start.filter(|start| !text[..*start].ends_with(|c: char| c.is_ascii_alphanumeric()));
        let rest = &text[at + 3..];
        let len = rest.find(ends).unwrap_or(rest.len());
        let end = at + 3 + kept(&rest[..len]);
        if let Some(start) = start.filter(|_| end > at + 3) {
            return Some((start, end));
        }
        from = at + 3;
    }
}

/// What no pasted address holds: space, quotation marks (which may have been straight ones), what our marks are made
/// of, and the punctuation of scripts that write no spaces.
fn ends(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '<' | '>' | '"' | '“' | '”' | '‘' | '’' | '«' | '»' | '…' | '–' | '—')
        || source::is_private(c)
        || ('\u{3000}'..='\u{30FF}').contains(&c)
        || ('\u{FF00}'..='\u{FFEF}').contains(&c)
}

/// How much of what was found is address: a bracket that closes what began before it is not.
fn kept(found: &str) -> usize {
    let mut rest = found;
    loop {
        let shorter = rest.trim_end_matches(NOT_LAST);
        let unbalanced = [('(', ')'), ('[', ']'), ('{', '}')].into_iter().any(|(open, close)| {
            shorter.ends_with(close) && shorter.matches(close).count() > shorter.matches(open).count()
        });
        rest = if unbalanced { &shorter[..shorter.len() - 1] } else { shorter };
        if !unbalanced {
            return rest.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut rest = text;
        let mut found = Vec::new();
        while let Some((start, end)) = next(rest) {
            found.push(&rest[start..end]);
            rest = &rest[end..];
        }
        found
    }

    #[test]
    fn addresses_end_where_the_sentence_does() {
        for (text, addresses) in [
            ("See https://example.org/a_b?c=1, or not.", vec!["https://example.org/a_b?c=1"]),
            ("(https://example.org/x)", vec!["https://example.org/x"]),
            ("https://example.org/x_(y)!", vec!["https://example.org/x_(y)"]),
            ("“https://example.org/”", vec!["https://example.org/"]),
            ("これはhttps://example.org/。次", vec!["https://example.org/"]),
            ("xhttps://example.org ftp://a https:// http://", vec![]),
            ("http://a.example http://b.example.", vec!["http://a.example", "http://b.example"]),
        ] {
            assert_eq!(found(text), addresses, "{text}");
        }
    }
}
