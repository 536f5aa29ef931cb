//! The text of an issue as a tree: what both parts are rendered from, so that they say the same. Knows no output.
//! `at` is where an element begins, in bytes of the body.

use super::fields::Field;

#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) blocks: Vec<Block>,
    /// Footnotes in the order of their numbers, which begin at 1.
    pub(super) notes: Vec<Vec<Block>>,
    /// Whether raw HTML is in it.
    pub(super) has_html: bool,
}

#[derive(Debug)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// Text directly in an item of a tight list.
    Plain(Vec<Inline>),
    Heading {
        level: u8,
        id: Option<String>,
        content: Vec<Inline>,
        at: usize,
    },
    Quote(Vec<Block>),
    List {
        first: Option<u64>,
        tight: bool,
        items: Vec<Vec<Block>>,
    },
    Code(String),
    Table(TableBlock),
    Rule,
    /// Raw HTML, as written; only where the newsletter allows it.
    Html {
        html: String,
        at: usize,
    },
}

#[derive(Debug)]
pub(super) struct TableBlock {
    pub(super) columns: Vec<Align>,
    pub(super) head: Vec<Vec<Inline>>,
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Start,
    Center,
    End,
}

#[derive(Debug)]
pub(super) enum Inline {
    Text(String),
    /// Text that stays as it was typed: an address, an escaped mark.
    Literal(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strike(Vec<Inline>),
    Link {
        to: Destination,
        content: Vec<Inline>,
        at: usize,
    },
    Image {
        source: String,
        /// As it is shown, where that is known: not of an image elsewhere on the web.
        size: Option<(u32, u32)>,
        /// What stands below it, where it stands alone.
        title: String,
        alt: String,
        at: usize,
    },
    Field(Field),
    /// The number of a footnote.
    Note(usize),
    SoftBreak,
    HardBreak,
    /// A raw tag, as written; only where the newsletter allows it.
    Html {
        html: String,
        at: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// `http`, `https`, `mailto`, `tel` or `sms`, normalised.
    Url(String),
    /// One of the reader's own links.
    Field(Field),
}

/// The words alone, for alternative texts, checks and preheaders. A field stands for its fallback or for nothing.
pub(super) fn plain_text(content: &[Inline]) -> String {
    let mut out = String::new();
    push_plain_text(content, &mut out);
    out
}

fn push_plain_text(content: &[Inline], out: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(text) | Inline::Literal(text) | Inline::Code(text) => out.push_str(text),
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content)
            | Inline::Link { content, .. } => {
                push_plain_text(content, out);
            }
            Inline::Image { alt, .. } => out.push_str(alt),
            Inline::Field(Field::Name { fallback: Some(fallback) }) => out.push_str(fallback),
            Inline::SoftBreak | Inline::HardBreak => out.push(' '),
            Inline::Field(_) | Inline::Note(_) | Inline::Html { .. } => {}
        }
    }
}

/// The caption of a paragraph that is nothing but an image with a title, linked or not.
pub(super) fn figure(content: &[Inline]) -> Option<&str> {
    match content {
        [Inline::Image { title, .. }] if !title.trim().is_empty() => Some(title.trim()),
        [Inline::Link { content, .. }] => figure(content),
        _ => None,
    }
}

/// Whether a paragraph is nothing but one image, linked or not.
pub(super) fn is_picture(content: &[Inline]) -> bool {
    match content {
        [Inline::Image { .. }] => true,
        [Inline::Link { content, .. }] => is_picture(content),
        _ => false,
    }
}

/// Whose words a quote is: its last paragraph, where that begins with a dash; and the blocks before it.
pub(super) fn attribution(blocks: &[Block]) -> Option<(&[Inline], &[Block])> {
    let (Block::Paragraph(content), said) = blocks.split_last()? else { return None };
    let is_source = matches!(content.first(), Some(Inline::Text(text)) if text.starts_with(['—', '―', '–']));
    (is_source && !said.is_empty()).then_some((content, said))
}

/// Calls `see` with every run of inlines in the document, in reading order, footnotes last.
pub(super) fn each_run<'a>(document: &'a Document, see: &mut impl FnMut(&'a [Inline])) {
    each_run_of(&document.blocks, see);
    for note in &document.notes {
        each_run_of(note, see);
    }
}

/// Calls `see` with every block of raw HTML and where it begins.
pub(super) fn each_html<'a>(document: &'a Document, see: &mut impl FnMut(&'a str, usize)) {
    for blocks in std::iter::once(&document.blocks).chain(&document.notes) {
        each_html_of(blocks, see);
    }
}

fn each_html_of<'a>(blocks: &'a [Block], see: &mut impl FnMut(&'a str, usize)) {
    for block in blocks {
        match block {
            Block::Html { html, at } => see(html, *at),
            Block::Quote(blocks) => each_html_of(blocks, see),
            Block::List { items, .. } => items.iter().for_each(|item| each_html_of(item, see)),
            _ => {}
        }
    }
}

fn each_run_of<'a>(blocks: &'a [Block], see: &mut impl FnMut(&'a [Inline])) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Plain(content) | Block::Heading { content, .. } => see(content),
            Block::Quote(blocks) => each_run_of(blocks, see),
            Block::List { items, .. } => items.iter().for_each(|item| each_run_of(item, see)),
            Block::Table(table) => table.head.iter().chain(table.rows.iter().flatten()).for_each(|cell| see(cell)),
            Block::Code(_) | Block::Rule | Block::Html { .. } => {}
        }
    }
}
