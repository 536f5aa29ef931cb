//! The tree to HTML (E1-E26 of docs/email.md): for a mail every declaration stands on its element, since many mailboxes
//! drop style blocks. Knows no layout.

mod long;
pub(super) mod raw;
mod style;

use std::collections::HashMap;

use super::fields::Field;
use super::merge;
use super::target::Target;
use super::tree::{self, Align, Block, Destination, Document, Inline, TableBlock, plain_text};
use crate::domain::design::Design;
use crate::words::Words;
pub use long::{in_body, in_heading, in_heading_with};
use style::InlineStyle;

/// What any issue may become; a mail is refused far below, see `advice`.
pub const HTML_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Why there is no more HTML.
#[derive(Debug)]
pub(super) enum HtmlRefused {
    /// It grew past [`HTML_BYTES_MAX`].
    TooLarge,
    /// An editor's own HTML is nested deeper than the sanitiser should see.
    TooDeep,
}

/// Renders the document as the inside of an article, as far as it goes, and why it goes no further.
pub(super) fn render(
    document: &Document,
    target: Target,
    rtl: bool,
    words: Words,
    design: &Design,
) -> (String, Option<HtmlRefused>) {
    let look = InlineStyle::new(target, rtl, design);
    let mut writer = Writer {
        out: String::new(),
        full: false,
        look,
        ids: HashMap::new(),
        alone: false,
        in_address: false,
        in_heading: false,
        level: 1,
    };
    writer.blocks(&document.blocks);
    if !document.notes.is_empty() {
        writer.notes(&document.notes, words);
    }
    let too_large = writer.full.then_some(HtmlRefused::TooLarge);
    let (html, refused) = match writer.out {
        out if !document.has_html => (out, too_large),
        out if raw::too_deep(&out) => (String::new(), Some(HtmlRefused::TooDeep)),
        out => (raw::sanitised(&out, target), too_large),
    };
    (look.body(&html), refused)
}

/// Escapes text for an element, where quotation marks are letters like others.
fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Escapes text for an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

struct Writer {
    out: String,
    full: bool,
    look: InlineStyle,
    /// How often an id was wanted.
    ids: HashMap<String, usize>,
    /// Whether a paragraph is nothing but a picture.
    alone: bool,
    /// Whether a link is open whose text may break anywhere.
    in_address: bool,
    in_heading: bool,
    /// Of the heading before: no level is left out, whatever was typed.
    level: u8,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.full |= self.out.len() + text.len() > HTML_BYTES_MAX;
        if !self.full {
            self.out.push_str(text);
        }
    }

    /// Words, of which long ones may be broken: a narrow screen cannot show them whole.
    fn text(&mut self, text: &str) {
        let written = match self.look.target {
            Target::Mail if self.in_heading => long::in_heading(text),
            Target::Mail if !self.in_address => long::in_body(text),
            Target::Mail | Target::Web => escape_text(text),
        };
        self.push(&written);
    }

    fn open(&mut self, tag: &str, attributes: &str) {
        self.push(&format!("<{tag}{attributes}>"));
    }

    fn close(&mut self, tag: &str) {
        self.push(&format!("</{tag}>\n"));
    }

    fn blocks(&mut self, blocks: &[Block]) {
        let last = blocks.len().saturating_sub(1);
        for (index, block) in blocks.iter().enumerate() {
            self.block(block, index == last);
        }
    }

    /// Top-level blocks keep their gap; inside quotes and items the last one has none.
    fn nested(&mut self, blocks: &[Block]) {
        self.look.depth += 1;
        self.blocks(blocks);
        self.look.depth -= 1;
    }

    fn block(&mut self, block: &Block, last: bool) {
        if self.full {
            return;
        }
        match block {
            Block::Paragraph(content) => match tree::figure(content) {
                Some(caption) => self.figure(content, caption, last),
                None => {
                    self.open("p", &self.look.paragraph(last));
                    self.alone = tree::is_picture(content);
                    self.inlines(content);
                    self.alone = false;
                    self.close("p");
                }
            },
            Block::Plain(content) => self.inlines(content),
            Block::Heading { level, id, content, .. } => self.heading(*level, id.as_deref(), content),
            Block::Quote(blocks) => {
                self.open("blockquote", &self.look.quote(last));
                self.quoted(blocks);
                self.close("blockquote");
            }
            Block::List { first, items, .. } => {
                let tag = if first.is_some() { "ol" } else { "ul" };
                let start =
                    first.filter(|first| *first != 1).map(|first| format!(" start=\"{first}\"")).unwrap_or_default();
                self.open(tag, &format!("{start}{}", self.look.list(last)));
                for item in items {
                    self.open("li", "");
                    self.nested(item);
                    self.close("li");
                }
                self.close(tag);
            }
            Block::Code(code) => self.code(code.trim_end_matches('\n'), last),
            Block::Table(table) => self.table(table, last),
            Block::Rule => self.open("hr", &self.look.rule()),
            Block::Html { html, .. } => {
                self.push(&raw::styled(html, self.look));
                self.push("\n");
            }
        }
    }

    /// Whose words these are stands below them, where the editor wrote it behind a dash.
    fn quoted(&mut self, blocks: &[Block]) {
        let Some((source, said)) = tree::attribution(blocks) else { return self.nested(blocks) };
        self.nested(said);
        self.open("footer", &self.look.attribution());
        self.inlines(source);
        self.close("footer");
    }

    fn figure(&mut self, image: &[Inline], caption: &str, last: bool) {
        self.open("figure", &self.look.figure(last));
        self.alone = true;
        self.inlines(image);
        self.alone = false;
        self.open("figcaption", &self.look.caption());
        self.text(caption);
        self.push("</figcaption>");
        self.close("figure");
    }

    /// Mailboxes do not agree on `white-space`, so in a mail the lines and spaces of code are spelled out.
    fn code(&mut self, code: &str, last: bool) {
        let tag = if self.look.target == Target::Mail { "p" } else { "pre" };
        self.open(tag, &self.look.code_block(last));
        self.push("<code>");
        match self.look.target {
            Target::Web => self.text(code),
            Target::Mail => {
                for (index, line) in code.split('\n').enumerate() {
                    self.push(if index > 0 { "<br>\n" } else { "" });
                    let spaced = line.replace('\t', "    ").replace("  ", "\u{A0} ");
                    let indented = spaced.strip_prefix(' ').map(|rest| format!("\u{A0}{rest}"));
                    self.text(&indented.unwrap_or(spaced));
                }
            }
        }
        self.push("</code>");
        self.close(tag);
    }

    fn heading(&mut self, level: u8, id: Option<&str>, content: &[Inline]) {
        let level = level.min(self.level + 1);
        self.level = level;
        let tag = format!("h{level}");
        let mut attributes = self.look.heading(level);
        if self.look.target == Target::Web {
            let id = self.unique_id(id.map_or_else(|| slug(&plain_text(content)), slug));
            attributes = format!(" id=\"{}\"{attributes}", escape(&id));
        }
        self.open(&tag, &attributes);
        self.in_heading = true;
        self.inlines(content);
        self.in_heading = false;
        self.close(&tag);
    }

    fn unique_id(&mut self, wanted: String) -> String {
        let wanted = if wanted.is_empty() { "section".to_owned() } else { wanted };
        let count = self.ids.entry(wanted.clone()).or_default();
        *count += 1;
        if *count == 1 { wanted } else { format!("{wanted}-{count}") }
    }

    /// A table of data. On the web its elements say so; in a mail, where every table is taken for layout, its roles do.
    fn table(&mut self, table: &TableBlock, last: bool) {
        let is_mail = self.look.target == Target::Mail;
        if is_mail {
            let heads: Vec<_> = table.head.iter().map(|cell| plain_text(cell)).collect();
            let label = escape(heads.join(", ").trim());
            self.open("div", &format!(" role=\"table\" aria-label=\"{label}\"{}", self.look.table_frame(last)));
        }
        self.open("table", &self.look.table());
        self.push(if is_mail { "" } else { "<thead>" });
        self.row("th", &table.head, &table.columns);
        self.push(if is_mail { "" } else { "</thead>\n<tbody>" });
        for row in &table.rows {
            if self.full {
                return;
            }
            self.row("td", row, &table.columns);
        }
        self.push(if is_mail { "" } else { "</tbody>" });
        self.close("table");
        if is_mail {
            self.close("div");
        }
    }

    fn row(&mut self, tag: &str, cells: &[Vec<Inline>], columns: &[Align]) {
        // A `tr` that calls itself a row repeats what it is, say checkers that overlook the table's own role.
        self.push(if self.look.target == Target::Mail {
            "<tbody role=\"row\"><tr role=\"presentation\" style=\"vertical-align:top\">"
        } else {
            "<tr>"
        });
        for (column, cell) in cells.iter().enumerate() {
            let role = match (tag, column) {
                ("th", _) => "columnheader",
                (_, 0) => "rowheader",
                _ => "cell",
            };
            let scope = if tag == "th" { " scope=\"col\"" } else { "" };
            let align = columns.get(column).copied().unwrap_or(Align::Start);
            self.open(tag, &format!("{scope}{}{}", self.look.role(role), self.look.cell(tag, align)));
            self.inlines(cell);
            self.push(&format!("</{tag}>"));
        }
        self.push(if self.look.target == Target::Mail { "</tr></tbody>\n" } else { "</tr>\n" });
    }

    fn notes(&mut self, notes: &[Vec<Block>], words: Words) {
        self.open("h2", &self.look.heading(2));
        self.text(&words.notes());
        self.close("h2");
        self.open("ol", &self.look.list(true));
        for (index, note) in notes.iter().enumerate() {
            let id =
                if self.look.target == Target::Web { format!(" id=\"note-{}\"", index + 1) } else { String::new() };
            self.open("li", &id);
            self.nested(note);
            self.close("li");
        }
        self.close("ol");
    }

    fn inlines(&mut self, content: &[Inline]) {
        self.inlines_in(content, false);
    }

    fn inlines_in(&mut self, content: &[Inline], in_link: bool) {
        for inline in content {
            if self.full {
                return;
            }
            match inline {
                Inline::Text(text) | Inline::Literal(text) => self.text(text),
                Inline::Code(code) => {
                    self.open("code", &self.look.code());
                    self.text(code);
                    self.push("</code>");
                }
                Inline::Emphasis(content) => self.wrapped("em", content, in_link),
                Inline::Strong(content) => self.wrapped("strong", content, in_link),
                Inline::Strike(content) => self.wrapped("del", content, in_link),
                Inline::Link { to, content, .. } => self.link(to, content),
                Inline::Image { source, size, alt, .. } => self.image(source, *size, alt),
                Inline::Field(field) => self.field(field, in_link),
                Inline::Note(number) => self.note_number(*number),
                Inline::SoftBreak => self.push("\n"),
                Inline::HardBreak => self.push("<br>\n"),
                Inline::Html { html, .. } => self.push(&raw::styled(html, self.look)),
            }
        }
    }

    fn wrapped(&mut self, tag: &str, content: &[Inline], in_link: bool) {
        self.push(&format!("<{tag}>"));
        self.inlines_in(content, in_link);
        self.push(&format!("</{tag}>"));
    }

    fn link(&mut self, to: &Destination, content: &[Inline]) {
        let (address, shown) = match to {
            Destination::Url(url) => (escape(url), escape_text(url)),
            Destination::Field(field) => (field.to_string(), field.to_string()),
        };
        let text = plain_text(content);
        self.in_address = text.trim().is_empty() || long::has_long_word(&text);
        self.push(&format!("<a href=\"{address}\"{}>", self.look.link(self.in_address)));
        if content.is_empty() {
            self.push(&shown);
        } else {
            self.inlines_in(content, true);
        }
        self.in_address = false;
        self.push("</a>");
    }

    /// An image of unknown size keeps it. On the web the height is said too, so that the text does not jump when the
    /// image comes.
    fn image(&mut self, source: &str, size: Option<(u32, u32)>, alt: &str) {
        let (source, alt) = (escape(source), escape(alt.trim()));
        let mut attributes = size.map(|(width, _)| format!(" width=\"{width}\"")).unwrap_or_default();
        if let Some((_, height)) = size.filter(|_| self.look.target == Target::Web) {
            attributes.push_str(&format!(" height=\"{height}\""));
        }
        let style = self.look.image(size.map(|(width, _)| width), self.alone);
        self.push(&format!("<img src=\"{source}\" alt=\"{alt}\"{attributes}{style}>"));
    }

    /// A reader's own link that stands as text can be pressed; anything else is text, which the filler escapes.
    fn field(&mut self, field: &Field, in_link: bool) {
        if merge::is_url(field) && !in_link {
            self.link(&Destination::Field(field.clone()), &[]);
        } else {
            self.push(&field.to_string());
        }
    }

    fn note_number(&mut self, number: usize) {
        match self.look.target {
            Target::Mail => self.push(&format!("<sup style=\"font-size:14px;line-height:1\">{number}</sup>")),
            Target::Web => self.push(&format!("<sup><a href=\"#note-{number}\">{number}</a></sup>")),
        }
    }
}

/// Letters and digits of any script, joined by hyphens.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
