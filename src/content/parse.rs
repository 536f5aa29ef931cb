//! Markdown to a checked tree: every merge field known, every link usable. Knows no output.

mod astray;
mod builder;
mod headings;
mod raw;

use std::collections::HashMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::links::image_file;
use super::marks::{FIELDS_MAX, Fault, Marked};
use super::merge;
use super::pictures::Pictures;
use super::problem::{Position, Problem};
use super::source::Issue;
use super::tree::Document;
use super::typography;
use builder::Builder;

/// CommonMark, with what GFM adds. Marks of print are set afterwards, in the tree: see `typography`.
pub(super) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_FOOTNOTES).union(Options::ENABLE_STRIKETHROUGH);
/// Blocks within blocks; nobody writes six.
pub(super) const DEPTH_MAX: usize = 128;
/// Pieces of Markdown in one issue. At the least this many would make a mail that no mailbox shows; it also bounds what
/// tables may amplify (every row is filled up to the width of the header).
pub(super) const EVENTS_MAX: usize = 200_000;
/// Raw HTML in one issue: sanitising takes the square of what is nested.
const HTML_BYTES_MAX: usize = 64 * 1024;
/// Problems told at once; after these an editor fixes them and looks again.
const PROBLEMS_MAX: usize = 50;

/// What depends on the newsletter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect<'a> {
    /// Raw HTML is kept for the sanitiser; otherwise it is text.
    pub(super) html: bool,
    /// BCP 47.
    pub(super) language: &'a str,
    /// Where the issue stands on the web: the same for all readers, so `{{ web_url }}` ends here.
    pub(super) web_url: &'a str,
    /// The issue's own images.
    pub(super) pictures: &'a dyn Pictures,
}

/// Reads an issue's text. `problems` grows by errors and warnings; with an error among them the tree is only to be looked
/// at: what is wrong stands in it as it was typed, or by its words alone.
pub(super) fn parse(issue: &Issue, dialect: Dialect<'_>, problems: &mut Vec<Problem>) -> Document {
    let marked = Marked::of(issue.body());
    let mut reading = Reading { issue, marked: &marked, dialect, problems: Vec::new(), errors: 0, html_bytes: 0 };
    if let Some(at) = marked.too_many {
        let message = format!("there are more than {FIELDS_MAX} merge fields in the text");
        let problem = Problem::error(issue.place(at), "too-many-fields", message);
        problems.push(problem.hint("write fewer of them"));
    }
    let mut builder = Builder::default();
    let events = Parser::new_ext(&marked.text, OPTIONS).into_offset_iter();
    for (count, (event, range)) in events.enumerate() {
        let at = range.start;
        if count >= EVENTS_MAX || builder.depth() >= DEPTH_MAX {
            reading.too_much(count >= EVENTS_MAX, at);
            break;
        }
        match event {
            Event::Start(tag) => builder.start(tag, at, &mut reading),
            Event::End(tag) => builder.end(tag, &mut reading),
            event => builder.leaf(event, at, &mut reading),
        }
        if reading.errors > PROBLEMS_MAX {
            break;
        }
    }
    let mut document = builder.finish(&mut reading);
    if document.has_html {
        astray::settle(&mut document, &mut reading);
    }
    typography::set(&mut document, dialect.language);
    problems.append(&mut reading.problems);
    document
}

/// The files that an issue's text names as its images, as it spells them.
pub(super) fn image_names(issue: &Issue) -> Vec<String> {
    let marked = Marked::of(issue.body());
    let images = Parser::new_ext(&marked.text, OPTIONS).take(EVENTS_MAX).filter_map(|event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => image_file(&marked.as_written(&dest_url)),
        _ => None,
    });
    images.collect()
}

/// What the builder asks while it reads.
struct Reading<'a> {
    issue: &'a Issue,
    marked: &'a Marked,
    dialect: Dialect<'a>,
    problems: Vec<Problem>,
    errors: usize,
    html_bytes: usize,
}

impl Reading<'_> {
    /// The place in the file of an offset in the marked text.
    fn place(&self, offset: usize) -> Position {
        self.issue.place(self.marked.source_offset(offset))
    }

    /// Too many errors end the reading; too many warnings are only left untold, since the issue may go out.
    fn problem(&mut self, problem: Problem) {
        self.errors += usize::from(problem.is_error());
        if problem.is_error() || self.problems.len() - self.errors.min(self.problems.len()) < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    fn faulty_field(&mut self, index: usize) {
        let occurrence = &self.marked.occurrences[index];
        let at = self.issue.place(occurrence.at);
        let Err(fault) = &occurrence.field else { return };
        let problem = match fault {
            Fault::Open => Problem::error(at, "field-open", "a merge field begins here and does not end on this line")
                .hint("write {{ name }}, or \\{{ for two braces"),
            Fault::Field(error) => {
                let code = if matches!(error, merge::FieldError::Unknown(_)) { "field-unknown" } else { "field" };
                let names = merge::NAMES.iter().map(|name| format!("{{{{ {name} }}}}")).collect::<Vec<_>>().join(", ");
                Problem::error(at, code, error.to_string()).hint(match error {
                    merge::FieldError::BadFallback => "write {{ name | there }}".to_owned(),
                    _ => format!("the fields are {names}; write \\{{{{ for two braces"),
                })
            }
        };
        self.problem(problem);
    }

    fn too_much(&mut self, pieces: bool, at: usize) {
        let at = self.place(at);
        let (code, message) = if pieces {
            ("too-many-pieces", format!("the text has more than {EVENTS_MAX} pieces (words in bold, links, cells...)"))
        } else {
            ("too-deep", format!("quotes and lists are nested more than {DEPTH_MAX} deep here"))
        };
        self.problem(Problem::error(at, code, message).hint("no mailbox would show it; write less of it"));
    }

    /// Whether there is room for so much raw HTML more.
    fn takes_html(&mut self, bytes: usize, at: usize) -> bool {
        let had_room = self.html_bytes <= HTML_BYTES_MAX;
        self.html_bytes += bytes;
        let has_room = self.html_bytes <= HTML_BYTES_MAX;
        if had_room && !has_room {
            let message = format!("there is more raw HTML than {HTML_BYTES_MAX} bytes");
            let problem = Problem::error(self.place(at), "too-much-html", message);
            self.problem(problem.hint("no mailbox would show it; write less of it"));
        }
        has_room
    }
}

/// Footnotes are numbered as they are first mentioned.
#[derive(Default)]
struct Numbers(HashMap<String, usize>);

impl Numbers {
    fn of(&mut self, label: &str) -> usize {
        let next = self.0.len() + 1;
        *self.0.entry(label.to_owned()).or_insert(next)
    }
}

/// Whether a tag holds words rather than blocks.
fn is_inline(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// The level of a heading as it is shown: the title is the only `h1`.
fn shown_level(tag: &Tag<'_>) -> u8 {
    match tag {
        Tag::Heading { level, .. } => (*level as u8).max(2),
        _ => 2,
    }
}
