//! Events to the tree, with a stack of our own: no recursion on what an issue nests.

use std::collections::HashMap;

use pulldown_cmark::{Alignment, Event, LinkType, Tag, TagEnd};

use super::headings::take_id;
use super::reading::{Numbers, ParseState, is_inline, shown_level};
use crate::content::fields::{self, Field};
use crate::content::links::{self, LinkRefused};
use crate::content::marks::{Address, Segment, is_escaped};
use crate::content::merge;
use crate::content::pictures::Picture;
use crate::content::problem::Problem;
use crate::content::source;
use crate::content::tree::{Align, Block, Destination, Document, Inline, TableBlock, plain_text};

/// The tree while it grows.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) stack: Vec<OpenElement>,
    root: OpenElement,
    numbers: Numbers,
    notes: HashMap<String, (Vec<Block>, usize)>,
    pub(super) has_html: bool,
    /// Whether a raw `<a>` is open.
    pub(super) raw_link: bool,
}

/// An element that has begun.
#[derive(Default)]
pub(super) struct OpenElement {
    kind: Kind,
    at: usize,
    blocks: Vec<Block>,
    pub(super) inlines: Vec<Inline>,
    /// A list's items, a table's rows.
    items: Vec<Vec<Block>>,
    cells: Vec<Vec<Inline>>,
    rows: Vec<Vec<Vec<Inline>>>,
    head: Vec<Vec<Inline>>,
    loose: bool,
}

#[derive(Default)]
enum Kind {
    #[default]
    Root,
    Heading(u8),
    List(Option<u64>),
    Code(String),
    Html(String),
    Note(String),
    Table(Vec<Align>),
    /// Where it leads, and whether its text is its address.
    Link(Option<Destination>, bool),
    Image(Option<Source>, String),
    /// Any other: its end says what it is.
    Other,
}

/// Where an image comes from, and how large it is shown if that is known.
type Source = (String, Option<(u32, u32)>);

impl Builder {
    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.stack.len()
    }

    fn top(&mut self) -> &mut OpenElement {
        self.stack.last_mut().unwrap_or(&mut self.root)
    }

    pub(super) fn start(&mut self, tag: Tag<'_>, at: usize, reading: &mut ParseState<'_>) {
        let level = shown_level(&tag);
        let kind = match tag {
            Tag::Paragraph => {
                self.top().loose = true;
                Kind::Other
            }
            Tag::Heading { .. } => Kind::Heading(level),
            Tag::List(first) => Kind::List(first),
            Tag::CodeBlock(_) => Kind::Code(String::new()),
            Tag::HtmlBlock => Kind::Html(String::new()),
            Tag::FootnoteDefinition(label) => Kind::Note(label.into_string()),
            Tag::Table(columns) => Kind::Table(columns.into_iter().map(align).collect()),
            Tag::Link { link_type, dest_url, .. } => {
                let is_shown = matches!(link_type, LinkType::Autolink | LinkType::Email);
                let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                Kind::Link(destination(&format!("{scheme}{dest_url}"), at, reading), is_shown)
            }
            Tag::Image { dest_url, title, .. } => {
                Kind::Image(image_source(&dest_url, at, reading), reading.marked.as_written(&title))
            }
            _ => Kind::Other,
        };
        self.stack.push(OpenElement { kind, at, ..OpenElement::default() });
    }

    pub(super) fn leaf(&mut self, event: Event<'_>, at: usize, reading: &mut ParseState<'_>) {
        match event {
            Event::Text(text) => match &mut self.top().kind {
                Kind::Code(code) => code.push_str(&reading.marked.as_written(&text)),
                Kind::Link(_, true) => self.literal(&reading.marked.as_written(&text)),
                _ => self.text(&text, at, reading),
            },
            Event::Code(code) => {
                let code = reading.marked.as_written(&code);
                self.inline(Inline::Code(code));
            }
            Event::Html(html) => match &mut self.top().kind {
                Kind::Html(block) => block.push_str(&html),
                _ => self.raw_tag(&html, at, reading),
            },
            Event::InlineHtml(html) => self.raw_tag(&html, at, reading),
            Event::FootnoteReference(label) => {
                let number = self.numbers.of(&label);
                self.inline(Inline::Note(number));
            }
            Event::SoftBreak => self.inline(Inline::SoftBreak),
            Event::HardBreak => self.inline(Inline::HardBreak),
            Event::Rule => self.block(Block::Rule),
            // Extensions that are not switched on.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::TaskListMarker(_)
            | Event::Start(_)
            | Event::End(_) => {}
        }
    }

    pub(super) fn end(&mut self, tag: TagEnd, reading: &mut ParseState<'_>) {
        let Some(mut frame) = self.stack.pop() else { return };
        let at = reading.marked.source_offset(frame.at);
        if is_inline(&tag) {
            let content = std::mem::take(&mut frame.inlines);
            self.end_inline(tag, frame.kind, content, at);
            return;
        }
        match (tag, std::mem::take(&mut frame.kind)) {
            (TagEnd::Paragraph, _) => self.block(Block::Paragraph(frame.inlines)),
            (_, Kind::Heading(level)) => {
                let id = take_id(&mut frame.inlines);
                self.block(Block::Heading { level, id, content: frame.inlines, at });
            }
            (TagEnd::BlockQuote(_), _) => {
                let blocks = frame.into_blocks();
                self.block(Block::Quote(blocks));
            }
            (TagEnd::Item, _) => {
                let loose = frame.loose;
                let item = frame.into_blocks();
                let list = self.top();
                list.loose |= loose;
                list.items.push(item);
            }
            (_, Kind::List(first)) => self.block(Block::List { first, tight: !frame.loose, items: frame.items }),
            (_, Kind::Code(code)) => self.block(Block::Code(code)),
            (_, Kind::Html(html)) => self.raw_block(&html, frame.at, reading),
            (_, Kind::Note(label)) => {
                let blocks = frame.into_blocks();
                self.notes.entry(label).or_insert((blocks, at));
            }
            (TagEnd::TableCell, _) => self.top().cells.push(frame.inlines),
            (TagEnd::TableHead, _) => self.top().head = frame.cells,
            (TagEnd::TableRow, _) => self.top().rows.push(frame.cells),
            (_, Kind::Table(columns)) => {
                self.block(Block::Table(TableBlock { columns, head: frame.head, rows: frame.rows }))
            }
            _ => {}
        }
    }

    fn end_inline(&mut self, tag: TagEnd, kind: Kind, content: Vec<Inline>, at: usize) {
        let inline = match (tag, kind) {
            (TagEnd::Emphasis, _) => Inline::Emphasis(content),
            (TagEnd::Strong, _) => Inline::Strong(content),
            (TagEnd::Strikethrough, _) => Inline::Strike(content),
            (_, Kind::Link(Some(to), _)) => Inline::Link { to, content, at },
            (_, Kind::Image(Some((source, size)), title)) => {
                Inline::Image { source, size, title, alt: plain_text(&content), at }
            }
            // Told. The words stay, those for an image too.
            (TagEnd::Link | TagEnd::Image, _) => {
                content.into_iter().for_each(|inline| self.inline(inline));
                return;
            }
            _ => return,
        };
        self.inline(inline);
    }

    /// The document, complete with its footnotes. Where reading broke off, what was open ends.
    pub(super) fn finish(mut self, reading: &mut ParseState<'_>) -> Document {
        while let Some(frame) = self.stack.pop() {
            let items: Vec<Block> = frame.items.into_iter().flatten().collect();
            let inlines = (!frame.inlines.is_empty()).then_some(Block::Paragraph(frame.inlines));
            let top = self.top();
            top.flush();
            top.blocks.extend(items.into_iter().chain(frame.blocks).chain(inlines));
        }
        let mut notes: Vec<Vec<Block>> = (0..self.numbers.0.len()).map(|_| Vec::new()).collect();
        let mut unused = Vec::new();
        for (label, (blocks, at)) in self.notes {
            match self.numbers.0.remove(&label) {
                Some(number) => notes[number - 1] = blocks,
                None => unused.push((at, label)),
            }
        }
        unused.sort();
        for (at, label) in unused {
            let message = format!("nothing refers to the footnote [^{}], so it is left out", label.escape_debug());
            reading.problem(
                Problem::warning(reading.issue.place(at), "note-unused", message).hint("refer to it, or delete it"),
            );
        }
        Document { blocks: self.root.into_blocks(), notes, has_html: self.has_html }
    }

    pub(super) fn block(&mut self, block: Block) {
        self.raw_link = false;
        let top = self.top();
        top.flush();
        top.blocks.push(block);
    }

    pub(super) fn inline(&mut self, inline: Inline) {
        let inlines = &mut self.top().inlines;
        if let (Inline::Text(text), [.., Inline::Text(before), Inline::SoftBreak]) = (&inline, &inlines[..])
            && joins(before, text)
        {
            inlines.pop();
        }
        match (inlines.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, inline) => inlines.push(inline),
        }
    }

    /// Words at `at` of the marked text. A mark behind a backslash, or written as a reference, is meant as it is.
    pub(super) fn text(&mut self, text: &str, at: usize, reading: &mut ParseState<'_>) {
        let source = &reading.marked.text;
        let is_reference = source[at..].starts_with('&') && !text.starts_with('&');
        let rest = text.strip_prefix(['"', '\'', '-', '.']).filter(|_| is_reference || is_escaped(source, at));
        if let Some(rest) = rest {
            self.literal(&text[..text.len() - rest.len()]);
        }
        self.words(rest.unwrap_or(text), at, reading);
    }

    fn words(&mut self, text: &str, at: usize, reading: &mut ParseState<'_>) {
        for stretch in reading.marked.stretches(text) {
            match stretch {
                Segment::Text(part) => self.visible(part, at, reading),
                Segment::Address(address) => self.address(address, reading.marked.source_offset(at)),
                Segment::Mark(index) => match &reading.marked.occurrences[index].field {
                    Ok(Field::WebUrl) => self.web_url(index, reading),
                    Ok(field) => self.inline(Inline::Field(field.clone())),
                    Err(_) => {
                        reading.faulty_field(index);
                        self.literal(&reading.marked.occurrences[index].written);
                    }
                },
            }
        }
    }

    /// Text without what a reference such as `&#8;` can stand for and no file may hold.
    fn visible(&mut self, text: &str, at: usize, reading: &mut ParseState<'_>) {
        match text.chars().find(|c| source::is_refused(*c)) {
            Some(refused) => {
                reading.problem(source::refused_character(reading.place(at), refused));
                self.inline(Inline::Text(text.chars().filter(|c| !source::is_refused(*c)).collect()));
            }
            None => self.inline(Inline::Text(text.to_owned())),
        }
    }

    fn literal(&mut self, text: &str) {
        match self.top().inlines.last_mut() {
            Some(Inline::Literal(before)) => before.push_str(text),
            _ => self.inline(Inline::Literal(text.to_owned())),
        }
    }

    /// An address is a link, unless it stands within one or within the words for a picture.
    fn address(&mut self, address: &Address, at: usize) {
        let shown = Inline::Literal(address.shown().to_owned());
        let is_within = |frame: &OpenElement| matches!(frame.kind, Kind::Link(..) | Kind::Image(..));
        let within = self.raw_link || self.stack.iter().any(is_within);
        match address.to.as_ref().filter(|_| !within) {
            Some(url) => self.inline(Inline::Link { to: Destination::Url(url.clone()), content: vec![shown], at }),
            None => self.inline(shown),
        }
    }

    /// Within a link it is the text; elsewhere it is a link of its own.
    fn web_url(&mut self, index: usize, reading: &ParseState<'_>) {
        let url = reading.dialect.web_url.to_owned();
        let shown = Inline::Text(url.clone());
        let at = reading.marked.occurrences[index].at;
        if self.stack.iter().any(|frame| matches!(frame.kind, Kind::Link(..))) {
            self.inline(shown);
        } else {
            self.inline(Inline::Link { to: Destination::Url(url), content: vec![shown], at });
        }
    }
}

impl OpenElement {
    /// Text of a tight list's item becomes a block of its own when a block follows or the item ends.
    fn flush(&mut self) {
        if !self.inlines.is_empty() {
            self.blocks.push(Block::Plain(std::mem::take(&mut self.inlines)));
        }
    }

    fn into_blocks(mut self) -> Vec<Block> {
        self.flush();
        self.blocks
    }
}

/// Whether a line's end between two texts is no space: so it is in Chinese and Japanese.
fn joins(before: &str, after: &str) -> bool {
    let spaceless = |c: char| matches!(c, '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}');
    before.ends_with(spaceless) && after.starts_with(spaceless)
}

fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Start,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::End,
    }
}

fn destination(typed: &str, at: usize, reading: &mut ParseState<'_>) -> Option<Destination> {
    let typed = &*reading.marked.with_addresses(typed);
    match reading.marked.stretches(typed)[..] {
        [Segment::Mark(index)] => match &reading.marked.occurrences[index].field {
            Ok(Field::WebUrl) => Some(Destination::Url(reading.dialect.web_url.to_owned())),
            Ok(field) if merge::is_url(field) => Some(Destination::Field(field.clone())),
            Ok(field) => not_an_address(field, at, reading),
            Err(_) => {
                reading.faulty_field(index);
                None
            }
        },
        _ if typed.contains(fields::is_private) => {
            let message = "a merge field is only part of this link's address";
            let problem = Problem::error(reading.place(at), "field-in-address", message);
            reading.problem(problem.hint("the whole address is the field, as in [leave]({{ unsubscribe_url }})"));
            None
        }
        _ => tell(links::link(typed), at, reading).map(Destination::Url),
    }
}

fn not_an_address(field: &Field, at: usize, reading: &mut ParseState<'_>) -> Option<Destination> {
    let message = format!("a link cannot lead to {{{{ {} }}}}, which is no address", field.name());
    let hint = "use {{ unsubscribe_url }}, {{ preferences_url }} or {{ web_url }}";
    reading.problem(Problem::error(reading.place(at), "field-in-address", message).hint(hint));
    None
}

fn image_source(typed: &str, at: usize, reading: &mut ParseState<'_>) -> Option<Source> {
    let typed = reading.marked.as_written(typed);
    let checked = match links::image_file(&typed) {
        None => links::image(&typed).map(|url| (url, None)),
        Some(name) => reading
            .dialect
            .pictures
            .find(&name)
            .map(|Picture { address, width, height }| (address, Some((width, height))))
            .map_err(|missing| links::no_picture(&typed, missing)),
    };
    tell(checked, at, reading)
}

fn tell<T>(checked: Result<T, LinkRefused>, at: usize, reading: &mut ParseState<'_>) -> Option<T> {
    checked
        .map_err(|LinkRefused { code, message, hint }| {
            let place = reading.place(at);
            let problem = match code {
                links::NOT_FOLLOWED => Problem::warning(place, code, message),
                _ => Problem::error(place, code, message),
            };
            reading.problem(problem.hint(hint));
        })
        .ok()
}
