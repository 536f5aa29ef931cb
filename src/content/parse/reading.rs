//! What the builder asks while it reads: the dialect, places, what is wrong so far. Knows no tree.

use std::collections::HashMap;

use pulldown_cmark::{Tag, TagEnd};

use crate::content::marks::{FieldFault, MarkedSource};
use crate::content::merge;
use crate::content::pictures::Pictures;
use crate::content::problem::{Position, Problem};
use crate::content::source::IssueFile;

/// Blocks within blocks; nobody writes six.
pub(in crate::content) const DEPTH_MAX: usize = 128;
/// Pieces of Markdown in one issue. At the least this many would make a mail that no mailbox shows; it also bounds what
/// tables may amplify (every row is filled up to the width of the header).
pub(in crate::content) const EVENTS_MAX: usize = 200_000;
/// Raw HTML in one issue: sanitising takes the square of what is nested.
const HTML_BYTES_MAX: usize = 64 * 1024;
/// Problems told at once; after these an editor fixes them and looks again.
pub(super) const PROBLEMS_MAX: usize = 50;

/// What depends on the newsletter.
#[derive(Clone, Copy, Debug)]
pub(in crate::content) struct Dialect<'a> {
    /// Raw HTML is kept for the sanitiser; otherwise it is text.
    pub(in crate::content) html: bool,
    /// BCP 47.
    pub(in crate::content) language: &'a str,
    /// Where the issue stands on the web: the same for all readers, so `{{ web_url }}` ends here.
    pub(in crate::content) web_url: &'a str,
    pub(in crate::content) pictures: &'a dyn Pictures,
}

/// What the builder asks while it reads.
pub(super) struct ParseState<'a> {
    pub(super) issue: &'a IssueFile,
    pub(super) marked: &'a MarkedSource,
    pub(super) dialect: Dialect<'a>,
    pub(super) problems: Vec<Problem>,
    pub(super) errors: usize,
    pub(super) html_bytes: usize,
}

impl ParseState<'_> {
    /// The place in the file of an offset in the marked text.
    pub(super) fn place(&self, offset: usize) -> Position {
        self.issue.place(self.marked.source_offset(offset))
    }

    /// Too many errors end the reading; too many warnings are only left untold, since the issue may go out.
    pub(super) fn problem(&mut self, problem: Problem) {
        self.errors += usize::from(problem.is_error());
        if problem.is_error() || self.problems.len() - self.errors.min(self.problems.len()) < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    pub(super) fn faulty_field(&mut self, index: usize) {
        let occurrence = &self.marked.occurrences[index];
        let at = self.issue.place(occurrence.at);
        let Err(fault) = &occurrence.field else { return };
        let problem = match fault {
            FieldFault::Open => {
                Problem::error(at, "field-open", "a merge field begins here and does not end on this line")
                    .hint("write {{ name }}, or \\{{ for two braces")
            }
            FieldFault::Field(error) => {
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

    pub(super) fn too_much(&mut self, pieces: bool, at: usize) {
        let at = self.place(at);
        let (code, message) = if pieces {
            ("too-many-pieces", format!("the text has more than {EVENTS_MAX} pieces (words in bold, links, cells...)"))
        } else {
            ("too-deep", format!("quotes and lists are nested more than {DEPTH_MAX} deep here"))
        };
        self.problem(Problem::error(at, code, message).hint("no mailbox would show it; write less of it"));
    }

    /// Whether there is room for so much raw HTML more.
    pub(super) fn takes_html(&mut self, bytes: usize, at: usize) -> bool {
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
pub(super) struct Numbers(pub(super) HashMap<String, usize>);

impl Numbers {
    pub(super) fn of(&mut self, label: &str) -> usize {
        let next = self.0.len() + 1;
        *self.0.entry(label.to_owned()).or_insert(next)
    }
}

/// Whether a tag holds words rather than blocks.
pub(super) fn is_inline(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// The level of a heading as it is shown: the title is the only `h1`.
pub(super) fn shown_level(tag: &Tag<'_>) -> u8 {
    match tag {
        Tag::Heading { level, .. } => (*level as u8).max(2),
        _ => 2,
    }
}
