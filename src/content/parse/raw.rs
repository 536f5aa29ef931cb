//! Raw HTML amid Markdown: kept for the sanitiser where a newsletter allows it, text where it does not. Knows what is told
//! of it, and no element's look.

use super::builder::{Builder, OpenElement};
use super::reading::ParseState;
use crate::content::fields::Field;
use crate::content::html::escape;
use crate::content::marks::Segment;
use crate::content::pasted::{self, Told};
use crate::content::problem::Problem;
use crate::content::tree::{Block, Inline};

/// Longer tags are shown by their beginning.
const SHOWN_CHARS_MAX: usize = 30;

impl Builder {
    pub(super) fn raw_tag(&mut self, html: &str, at: usize, reading: &mut ParseState<'_>) {
        if is_comment(html) {
            return;
        }
        let is_element = pasted::is_element(html);
        if reading.dialect.html && is_element {
            let name = html.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next();
            if name.is_some_and(|name| name.eq_ignore_ascii_case("a")) {
                self.raw_link = !html.starts_with("</");
            }
            let html = self.kept_html(html, at, reading);
            let at = reading.marked.source_offset(at);
            self.inline(Inline::Html { html, at });
            return;
        }
        warn_of_html(html, at, reading);
        self.text(html, at, reading);
    }

    pub(super) fn raw_block(&mut self, html: &str, at: usize, reading: &mut ParseState<'_>) {
        if reading.dialect.html && !(is_comment(html) && html.trim_end().ends_with("-->")) {
            let html = self.kept_html(html, at, reading);
            let at = reading.marked.source_offset(at);
            self.block(Block::Html { html, at });
            return;
        }
        let shown = pasted::without_comments(html);
        if !shown.trim().is_empty() {
            warn_of_html(&shown, at, reading);
            self.stack.push(OpenElement::default());
            for (index, line) in shown.trim().split('\n').enumerate() {
                if index > 0 {
                    self.inline(Inline::HardBreak);
                }
                self.text(line, at, reading);
            }
            let shown = self.stack.pop().map(|frame| frame.inlines).unwrap_or_default();
            self.block(Block::Paragraph(shown));
        }
    }

    /// Raw HTML with its fields as marks, which the sanitiser leaves alone.
    fn kept_html(&mut self, html: &str, at: usize, reading: &mut ParseState<'_>) -> String {
        self.has_html = true;
        if !reading.takes_html(html.len(), at) {
            return String::new();
        }
        let mut out = String::with_capacity(html.len());
        for stretch in reading.marked.stretches(html) {
            match stretch {
                Segment::Text(text) => out.push_str(text),
                Segment::Address(address) => out.push_str(address.written()),
                Segment::Mark(index) => match &reading.marked.occurrences[index].field {
                    Ok(Field::WebUrl) => out.push_str(&escape(reading.dialect.web_url)),
                    Ok(field) => out.push_str(&field.to_string()),
                    Err(_) => {
                        reading.faulty_field(index);
                        out.push_str(&escape(&reading.marked.occurrences[index].written));
                    }
                },
            }
        }
        let begins = reading.marked.source_offset(at);
        pasted::fitted(&out, &mut |offset, told| {
            let place = reading.issue.place(begins + offset);
            reading.problem(problem_of(told, place));
        })
    }
}

fn problem_of(told: Told, place: crate::content::problem::Position) -> Problem {
    let (code, message, hint) = match told {
        Told::Element(name) => {
            let hint = "link to it, or show a picture of it";
            ("html-dropped", format!("<{name}> does not work in mailboxes and is left out"), hint)
        }
        Told::Colours => {
            let message = "the colours of this element are left out: many readers have a dark mailbox".to_owned();
            ("html-dropped", message, "say in words what the colour is to say")
        }
        Told::Address(why) => ("html-dropped", format!("an address is left out: {why}"), "write a whole address"),
        Told::Unknown(tag) => return unknown(&tag, place),
    };
    Problem::warning(place, code, message).hint(hint)
}

pub(super) fn unknown(tag: &str, place: crate::content::problem::Position) -> Problem {
    let shown: String = tag.chars().take(SHOWN_CHARS_MAX).collect();
    let message = format!("{shown} is no element of HTML, so readers see it as it is typed");
    Problem::warning(place, "html-unknown", message).hint(format!("write it between backticks: `{shown}`"))
}

/// Comments are the editor's own notes.
fn is_comment(html: &str) -> bool {
    html.trim_start().starts_with("<!--")
}

/// Tells of a tag that is shown as it was typed; of one that ends another nothing.
fn warn_of_html(html: &str, at: usize, reading: &mut ParseState<'_>) {
    if html.starts_with("</") {
        return;
    }
    let place = reading.place(at);
    if !pasted::is_element(html) {
        reading.problem(unknown(html.trim_end(), place));
        return;
    }
    let message = "this newsletter takes no HTML: readers would see the tags as they are typed";
    reading.problem(
        Problem::warning(place, "html", message)
            .hint("write it in Markdown, or set `allow_html = true` in the newsletter's settings"),
    );
}
