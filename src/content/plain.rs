//! The tree to plain text (T1-T7 of docs/email.md): the same words and the same addresses as the HTML. Knows no layout.

use std::collections::HashMap;

use super::html::raw::{self, Tag};
use super::links;
use super::scripts::{self, Script};
use super::tree::{self, Align, Block, Destination, Document, Inline, TableBlock, plain_text};
use super::wrap::{self, Margin, WIDTH};
use crate::words::Words;

/// Quoted lines end a little earlier, so that quoting them again does not break them.
const QUOTE_WIDTH: usize = 70;

/// The text of an issue, and the addresses it refers to by number.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) body: String,
    pub(super) links: Vec<String>,
}

/// Renders the document as text.
pub(super) fn render(document: &Document, words: Words) -> Plain {
    let mut writer = Writer {
        out: String::new(),
        links: Vec::new(),
        numbers: HashMap::new(),
        open: None,
        scripts: Vec::new(),
        words,
    };
    writer.blocks(&document.blocks, &Margin::default(), false);
    if !document.notes.is_empty() {
        writer.out.push_str("\n\n");
        writer.out.push_str(&wrap::underlined(&words.notes(), '-', &Margin::default()));
        writer.out.push('\n');
        for (index, note) in document.notes.iter().enumerate() {
            writer.item(note, &format!("{}. ", index + 1), &Margin::default());
        }
    }
    Plain { body: writer.out, links: writer.links }
}

struct Writer {
    out: String,
    links: Vec<String>,
    numbers: HashMap<String, usize>,
    /// Where a raw `<a>` leads that is still open.
    open: Option<String>,
    /// Where raised and lowered letters began that are still open.
    scripts: Vec<(Script, usize)>,
    words: Words,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block], margin: &Margin, tight: bool) {
        let mut margin = margin.clone();
        let mut is_first = true;
        for block in blocks {
            let before = self.out.len();
            if !is_first && !tight {
                self.blank(&margin);
                if matches!(block, Block::Heading { .. }) {
                    self.blank(&margin);
                }
            }
            let begins = self.out.len();
            self.block(block, &margin);
            // What has no words leaves no gap; but what is all of an item has its bullet.
            let said = self.out[begins..].trim_start_matches(margin.first.as_str());
            if said.trim().is_empty() && !matches!(block, Block::Code(_)) && (!is_first || blocks.len() > 1) {
                self.out.truncate(before);
                continue;
            }
            is_first = false;
            margin = margin.below();
        }
    }

    fn blank(&mut self, margin: &Margin) {
        self.out.push_str(margin.rest.trim_end());
        self.out.push('\n');
    }

    fn block(&mut self, block: &Block, margin: &Margin) {
        match block {
            Block::Paragraph(content) | Block::Plain(content) => {
                self.paragraph(content, margin);
                if let Some(caption) = tree::figure(content) {
                    let mut text = String::new();
                    push_text(caption, &mut text);
                    wrap::fill(&mut self.out, &text, &margin.below(), WIDTH);
                }
            }
            Block::Heading { level, content, .. } => {
                let text = self.inlines(content);
                let line = match level {
                    ..=2 => '-',
                    3 => '~',
                    _ => '.',
                };
                self.out.push_str(&wrap::underlined(&text, line, margin));
            }
            Block::Quote(blocks) => self.blocks(blocks, &margin.deeper("> ", "> "), false),
            Block::List { first, tight, items } => {
                for (index, item) in items.iter().enumerate() {
                    let margin = if index == 0 { margin.clone() } else { margin.below() };
                    if index > 0 && !tight {
                        self.blank(&margin);
                    }
                    let bullet =
                        first.map_or("- ".to_owned(), |first| format!("{}. ", first.saturating_add(index as u64)));
                    let margin = margin.deeper(&bullet, &" ".repeat(bullet.len()));
                    if item.is_empty() {
                        wrap::fill(&mut self.out, "", &margin, WIDTH);
                    }
                    self.blocks(item, &margin, *tight);
                }
            }
            Block::Code(code) => self.code(code, margin),
            Block::Table(table) => self.table(table, margin),
            Block::Rule => wrap::fill(&mut self.out, "* * *", margin, WIDTH),
            Block::Html { html, .. } => {
                let text = raw::text(html, self.words, &mut |url| self.number(url));
                wrap::fill(&mut self.out, &text, margin, WIDTH);
            }
        }
    }

    fn item(&mut self, blocks: &[Block], bullet: &str, margin: &Margin) {
        self.blocks(blocks, &margin.deeper(bullet, &" ".repeat(bullet.len())), false);
    }

    fn paragraph(&mut self, content: &[Inline], margin: &Margin) {
        let text = self.inlines(content);
        let width = if margin.rest.contains('>') { QUOTE_WIDTH } else { WIDTH };
        wrap::fill(&mut self.out, text.trim(), margin, width);
    }

    /// Code is never filled: its lines are what they are. One too long for a mail goes on behind an arrow.
    fn code(&mut self, code: &str, margin: &Margin) {
        let mut first = &margin.first;
        for line in code.trim_end_matches('\n').split('\n') {
            let room = wrap::LINE_WIDTH_MAX.saturating_sub(wrap::width(first) + 4 + 2);
            let line = line.replace('\t', "    ");
            for (index, piece) in wrap::cut(&line, room).into_iter().enumerate() {
                let arrow = if index == 0 { "" } else { "↳ " };
                self.out.push_str(format!("{first}    {arrow}{piece}").trim_end());
                self.out.push('\n');
                first = &margin.rest;
            }
        }
    }

    /// In columns where there is room, else row by row with the column's name before each value.
    fn table(&mut self, table: &TableBlock, margin: &Margin) {
        let head: Vec<String> = table.head.iter().map(|cell| self.cell(cell)).collect();
        let rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        let widths: Vec<usize> = (0..head.len())
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.get(column)).chain(head.get(column));
                cells.map(|cell| wrap::width(cell)).max().unwrap_or(0)
            })
            .collect();
        let room = WIDTH.saturating_sub(wrap::width(&margin.rest));
        if widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) <= room {
            let line = |cells: &[String]| {
                let padded = cells.iter().zip(&widths).enumerate().map(|(column, (cell, wide))| {
                    let gap = " ".repeat(wide.saturating_sub(wrap::width(cell)));
                    let at_end = table.columns.get(column) == Some(&Align::End);
                    if at_end { format!("{gap}{cell}") } else { format!("{cell}{gap}") }
                });
                padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            };
            let rule: Vec<String> = widths.iter().map(|wide| "-".repeat(*wide)).collect();
            self.out.push_str(&format!("{}{}\n{}{}\n", margin.first, line(&head), margin.rest, line(&rule)));
            for row in &rows {
                self.out.push_str(&format!("{}{}\n", margin.rest, line(row)));
            }
            return;
        }
        let mut margin = margin.clone();
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                self.blank(&margin);
            }
            for (name, value) in head.iter().zip(row).filter(|(_, value)| !value.is_empty()) {
                wrap::fill(&mut self.out, &format!("{name}: {value}"), &margin.deeper("", "  "), WIDTH);
                margin = margin.below();
            }
        }
        if rows.is_empty() {
            wrap::fill(&mut self.out, &head.join(", "), &margin, WIDTH);
        }
    }

    fn cell(&mut self, content: &[Inline]) -> String {
        self.inlines(content).replace('\n', " ").trim().to_owned()
    }

    fn inlines(&mut self, content: &[Inline]) -> String {
        let mut out = String::new();
        self.push_inlines(content, &mut out);
        out
    }

    fn push_inlines(&mut self, content: &[Inline], out: &mut String) {
        for inline in content {
            match inline {
                Inline::Text(text) | Inline::Literal(text) => push_text(text, out),
                Inline::Code(code) => push_text(code, out),
                Inline::Emphasis(content) => self.marked("_", content, out),
                Inline::Strong(content) => self.marked("*", content, out),
                Inline::Strike(content) => self.marked("~", content, out),
                Inline::Link { to, content, .. } => self.link(to, content, out),
                Inline::Image { alt, .. } if alt.trim().is_empty() => {}
                Inline::Image { alt, .. } => push_text(&format!("[{}: {alt}]", self.words.image()), out),
                Inline::Field(field) => out.push_str(&field.to_string()),
                Inline::Note(number) => out.push_str(&scripts::raised(*number)),
                Inline::SoftBreak => out.push(' '),
                Inline::HardBreak => out.push('\n'),
                Inline::Html { html, .. } => self.tag(raw::tag(html), out),
            }
        }
    }

    /// A raw tag amid words.
    fn tag(&mut self, tag: Tag, out: &mut String) {
        match tag {
            Tag::Opens(address) => self.open = Some(address),
            Tag::Closes => {
                if let Some(address) = self.open.take() {
                    out.push_str(&format!("\u{A0}{}", self.number(&address)));
                }
            }
            Tag::Breaks => out.push('\n'),
            Tag::Picture(alt) => push_text(&format!("[{}: {alt}]", self.words.image()), out),
            Tag::Script(script) => self.scripts.push((script, out.len())),
            Tag::ScriptEnds => {
                // What an element of Markdown began in between is the rest of another text.
                if let Some((script, at)) = self.scripts.pop().filter(|(_, at)| out.is_char_boundary(*at)) {
                    let text = out.split_off(at);
                    let written = scripts::written(script, &text, out);
                    out.push_str(&written);
                }
            }
            Tag::Other => {}
        }
    }

    fn marked(&mut self, mark: &str, content: &[Inline], out: &mut String) {
        out.push_str(mark);
        self.push_inlines(content, out);
        out.push_str(mark);
    }

    fn link(&mut self, to: &Destination, content: &[Inline], out: &mut String) {
        let address = match to {
            Destination::Url(url) => url.clone(),
            Destination::Field(field) => field.to_string(),
        };
        let shown = plain_text(content);
        let is_own_text = match (content, to) {
            ([Inline::Field(shown)], Destination::Field(field)) => shown == field,
            _ => links::link(&shown).is_ok_and(|url| url == address),
        };
        let says_nothing = shown.trim().is_empty() && !content.iter().any(|inline| matches!(inline, Inline::Field(_)));
        if is_own_text || says_nothing {
            out.push_str(&address);
        } else if address.strip_prefix("mailto:").is_some_and(|mailbox| mailbox == shown) {
            out.push_str(&shown);
        } else {
            self.push_inlines(content, out);
            out.push_str(&format!("\u{A0}{}", self.number(&address)));
        }
    }

    /// `[n]`: the same number for the same address.
    fn number(&mut self, address: &str) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(address.to_owned()).or_insert(next);
        if number == next {
            self.links.push(address.to_owned());
        }
        format!("[{number}]")
    }
}

/// Text for a plain line: without tabs, and without what only marks where a word may be cut.
fn push_text(text: &str, out: &mut String) {
    out.extend(text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => None,
        c => Some(c),
    }));
}
