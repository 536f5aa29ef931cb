//! Markdown to a checked tree: every merge field known, every link usable. Knows no output.

mod astray;
mod builder;
mod headings;
mod raw;
mod reading;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::front_matter::Cover;
use super::links::image_file;
use super::marks::{FIELDS_MAX, MarkedSource};
use super::problem::Problem;
use super::source::IssueFile;
use super::tree::Document;
use super::typography;
use builder::Builder;
pub(super) use reading::{DEPTH_MAX, Dialect, EVENTS_MAX};
use reading::{PROBLEMS_MAX, ParseState};

/// CommonMark, with what GFM adds. Marks of print are set afterwards, in the tree: see `typography`.
pub(super) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_FOOTNOTES).union(Options::ENABLE_STRIKETHROUGH);

/// Reads an issue's text. `problems` grows by errors and warnings; with an error among them the tree is only to be looked
/// at: what is wrong stands in it as it was typed, or by its words alone.
pub(super) fn parse(issue: &IssueFile, dialect: Dialect<'_>, problems: &mut Vec<Problem>) -> Document {
    let marked = MarkedSource::of(issue.body());
    let mut reading = ParseState { issue, marked: &marked, dialect, problems: Vec::new(), errors: 0, html_bytes: 0 };
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

impl IssueFile {
    /// The files that it names as its images.
    pub fn images(&self) -> Vec<String> {
        let mut names = image_names(self);
        if let Some(Cover::File(name)) = &self.front.image {
            names.push(name.clone());
        }
        names.sort();
        names.dedup();
        names
    }
}

/// The files that an issue's text names as its images, as it spells them.
fn image_names(issue: &IssueFile) -> Vec<String> {
    let marked = MarkedSource::of(issue.body());
    let images = Parser::new_ext(&marked.text, OPTIONS).take(EVENTS_MAX).filter_map(|event| match event {
        Event::Start(Tag::Image { dest_url, .. }) => image_file(&marked.as_written(&dest_url)),
        _ => None,
    });
    images.collect()
}
