//! Preflight: what an editor should know before an issue goes out. Errors stop it, warnings do not; each says where, why
//! and what to do. Here is what text alone tells; what needs a layout or a calendar is `publishing::preflight`'s.

mod collected;
mod dates;
mod folded;
mod foreign;
mod links;
mod markup;
mod pictures;
mod prose;
mod quotes;
mod size;
mod subject;
mod text;
mod vocabulary;

use jiff::civil::Date;

use super::fields::Field;
use super::marks::MarkedSource;
use super::parse::{Dialect, parse};
use super::pictures::NoPictures;
use super::problem::{Position, Problem};
use super::source::IssueFile;
use super::tree::{Block, Document, Inline, plain_text};
use super::typography;
use crate::domain::issue::Visibility;
use crate::domain::newsletter::Newsletter;

pub use folded::fold;
pub use size::{HTML_BYTES_SHOWN, of_size};
pub use text::outdated_year;

const WARNINGS_MAX: usize = 100;
/// Shorter issues are sent by accident.
const WORDS_MIN: usize = 50;
/// Half an hour's reading, at 220 a minute.
const WORDS_GOOD: usize = 6600;
/// The same of a script that parts no words, at 500 characters a minute.
const CHARACTERS_GOOD: usize = 15_000;

/// Everything about an issue that can be told without its layout and its day.
pub(super) fn of_issue(issue: &IssueFile, newsletter: &Newsletter, document: &Document) -> Vec<Problem> {
    let language = issue.front.lang.as_deref().unwrap_or(&newsletter.language);
    let vocabulary = vocabulary::of(language);
    let mut found = Found { issue, problems: Vec::new() };
    of_newsletter(newsletter, &mut found.problems);
    subject::of_front_matter(&issue.front, &mut found.problems);
    of_headings(&document.blocks, &mut found);
    of_fields(&mut found);
    let passages = prose::passages(issue.body());
    text::of_passages(&passages, vocabulary, &mut found);
    quotes::of_passages(&passages, typography::sets_quotes(language), &mut found);
    foreign::of_passages(&passages, &mut found);
    markup::of_passages(&passages, &mut found);
    links::of_document(document, vocabulary, &mut found);
    pictures::of_document(document, &mut found);
    found.problems
}

/// Every address that the text leads to or shows, with its place in the file. The reader's own links are not among
/// them, nor are images that lie beside the issue.
pub fn addresses(issue: &IssueFile, newsletter: &Newsletter) -> Vec<(String, Position)> {
    // What `{{ web_url }}` becomes is not there yet, so nobody is to ask for it.
    let language = issue.front.lang.as_deref().unwrap_or(&newsletter.language);
    let dialect = Dialect { html: newsletter.allow_html, language, web_url: "", pictures: &NoPictures };
    let document = parse(issue, dialect, &mut Vec::new());
    links::addresses(&document).into_iter().map(|(url, at)| (url, issue.place(at))).collect()
}

/// What depends on the day on which the issue goes out.
pub fn of_day(issue: &IssueFile, language: &str, date: Date) -> Vec<Problem> {
    let mut found = Found { issue, problems: Vec::new() };
    subject::of_date(&issue.front, vocabulary::of(language), date, &mut found.problems);
    text::of_year(&prose::passages(issue.body()), date.year(), &mut found);
    found.problems
}

/// A copyright line of the layout or the settings with an old year, `old`.
pub fn of_footer_year(old: i16, year: i16) -> Problem {
    let (message, hint) = text::outdated(old, year);
    let hint = format!("{hint} in coranto.toml, or in the layout under templates/");
    Problem::warning(Position::START, "footer-year", message).hint(hint)
}

/// Whether the issue has about as many words as a letter has; in Chinese and Japanese characters are counted.
pub fn of_length(words: usize, language: &str) -> Option<Problem> {
    let is_unparted = ["ja", "zh"].contains(&language.split('-').next().unwrap_or_default());
    let (unit, good) = if is_unparted { ("characters", CHARACTERS_GOOD) } else { ("words", WORDS_GOOD) };
    let (code, message, hint) = if words < WORDS_MIN {
        let number = if words == 1 { format!("one {}", unit.trim_end_matches('s')) } else { format!("{words} {unit}") };
        ("text-short", format!("the issue has only {number}"), "leave it if that is all there is to say")
    } else if words > good {
        let (thousands, rest) = (words / 1000, words % 1000);
        let message = format!("the issue has {thousands},{rest:03} {unit}, more than half an hour's reading");
        ("text-long", message, "send it in two parts, or put part of it on the web")
    } else {
        return None;
    };
    Some(Problem::warning(Position::START, code, message).hint(hint))
}

/// What was found so far.
struct Found<'a> {
    issue: &'a IssueFile,
    problems: Vec<Problem>,
}

impl Found<'_> {
    /// Whether there is no room for more hints.
    fn is_full(&self) -> bool {
        self.problems.len() >= WARNINGS_MAX
    }

    /// A hint about the text at byte `at` of the body. After the first hundred an editor has enough to do.
    fn warn(&mut self, at: usize, code: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        if !self.is_full() {
            self.problems.push(Problem::warning(self.issue.place(at), code, message).hint(hint));
        }
    }

    /// The same, of what stops the issue.
    fn refuse(&mut self, at: usize, code: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        if !self.is_full() {
            self.problems.push(Problem::error(self.issue.place(at), code, message).hint(hint));
        }
    }
}

fn of_newsletter(newsletter: &Newsletter, found: &mut Vec<Problem>) {
    if newsletter.postal_address.trim().is_empty() {
        let message =
            format!("the newsletter {} has no postal address, which the law wants in every issue", newsletter.slug);
        let hint = format!("set postal_address under [newsletters.{}] in coranto.toml", newsletter.slug);
        found.push(Problem::error(Position::START, "postal-address", message).hint(hint));
    }
}

/// A heading without words is read out as one. Levels are nobody's business here: the mail leaves none out.
fn of_headings(blocks: &[Block], found: &mut Found<'_>) {
    for block in blocks {
        if let Block::Heading { content, at, .. } = block
            && plain_text(content).trim().is_empty()
            && !content.iter().any(|inline| matches!(inline, Inline::Field(_) | Inline::Html { .. }))
        {
            found.warn(*at, "heading-empty", "this heading is empty", "write it, or take it out");
        }
    }
}

/// Readers may have no name, and an issue no page: a gap or a dead link would stand there.
fn of_fields(found: &mut Found<'_>) {
    let marked = MarkedSource::of(found.issue.body());
    if marked.too_many.is_some() {
        return; // which is told already
    }
    let on_web = found.issue.front.web != Some(Visibility::None);
    for occurrence in &marked.occurrences {
        match occurrence.field {
            Ok(Field::Name { fallback: None }) => {
                let message = "readers who gave no name will see nothing here";
                found.warn(occurrence.at, "field-empty", message, "write {{ name | there }}");
            }
            Ok(Field::WebUrl) if !on_web => {
                let message = "{{ web_url }} leads nowhere: the front matter says `web: none`";
                found.refuse(occurrence.at, "field-web", message, "take it out, or write `web: unlisted`");
            }
            _ => {}
        }
    }
}
