//! An issue rendered for one newsletter: what goes into a layout. Knows no layout.

use super::advice;
use super::front_matter::Cover;
use super::html;
use super::links::{LinkRefused, no_picture};
use super::parse::{self, Dialect};
use super::pictures::Pictures;
use super::plain;
use super::problem::Problem;
use super::source::IssueFile;
use super::target::Target;
use super::tree::{self, Block, Document};
use crate::domain::newsletter::{Newsletter, is_rtl};
use crate::words::Words;

/// What a mailbox shows beside a subject, in characters.
const PREHEADER_CHARS_MAX: usize = 140;

/// What an issue needs to know to be rendered.
#[derive(Clone, Copy, Debug)]
pub struct RenderContext<'a> {
    pub newsletter: &'a Newsletter,
    /// Where it stands on the web.
    pub web_url: &'a str,
    pub pictures: &'a dyn Pictures,
}

/// An issue's text in HTML and in plain text, with merge fields marked.
#[derive(Debug)]
pub struct RenderedText {
    /// The inside of an article.
    pub html: String,
    pub text: String,
    /// The addresses that the text refers to as `[1]`, `[2]`...
    pub links: Vec<String>,
    /// The address of the image that stands for the issue, where it has one.
    pub cover: Option<String>,
    /// The summary, or the beginning of the text.
    pub preheader: String,
    /// BCP 47.
    pub language: String,
    /// Whether that is written from right to left.
    pub rtl: bool,
    /// The mail's own words in that language, or in English.
    pub words: Words,
    /// How many words the editor wrote.
    pub count: usize,
    /// What should be looked at. With an error among it the rest is only to be looked at, too.
    pub problems: Vec<Problem>,
}

/// Renders an issue; refuses it with everything that is wrong, warnings included.
pub fn render(issue: &IssueFile, context: &RenderContext<'_>, target: Target) -> Result<RenderedText, Vec<Problem>> {
    let rendered = render_so_far(issue, context, target);
    if rendered.problems.iter().any(Problem::is_error) { Err(rendered.problems) } else { Ok(rendered) }
}

/// The same of an issue that cannot go out yet, as far as it can be shown.
pub fn render_so_far(issue: &IssueFile, context: &RenderContext<'_>, target: Target) -> RenderedText {
    let newsletter = context.newsletter;
    let language = issue.front.lang.clone().unwrap_or_else(|| newsletter.language.clone());
    let words = Words::of_mail(&language);
    let rtl = is_rtl(&language);
    let mut problems = issue.warnings.clone();
    let dialect = Dialect {
        html: newsletter.allow_html,
        language: &language,
        web_url: context.web_url,
        pictures: context.pictures,
    };
    let document = parse::parse(issue, dialect, &mut problems);
    if document.blocks.is_empty() && !problems.iter().any(Problem::is_error) {
        let problem = Problem::error(issue.place(0), "no-text", "the issue has no text");
        problems.push(problem.hint("write it below the front matter"));
    }
    problems.extend(advice::of_issue(issue, newsletter, &document));

    let cover = cover(issue, context.pictures, &mut problems);

    let text = plain::render(&document, words);
    let (mut html, refused) = html::render(&document, target, rtl, words, &newsletter.design);
    if matches!(refused, Some(html::HtmlRefused::TooDeep)) {
        html = text.body.split("\n\n").map(|part| format!("<p>{}</p>\n", html::escape(part))).collect();
    }
    problems.extend(refused.map(|refused| refusal(&refused, issue)));
    problems.sort_by_key(|problem| (problem.line, problem.column));
    let (count, beginning) = words_of(&document);
    RenderedText {
        html,
        text: text.body,
        links: text.links,
        cover,
        preheader: issue.front.summary.clone().unwrap_or(beginning),
        language,
        rtl,
        words,
        count,
        problems,
    }
}

fn cover(issue: &IssueFile, pictures: &dyn Pictures, problems: &mut Vec<Problem>) -> Option<String> {
    match issue.front.image.as_ref()? {
        Cover::Web(url) => Some(url.to_string()),
        Cover::File(name) => {
            let found = pictures.cover(name).map_err(|missing| {
                let LinkRefused { code, message, hint } = no_picture(name, missing);
                problems.push(Problem::error(issue.front.places.of("image"), code, message).hint(hint));
            });
            found.ok().map(|picture| picture.address)
        }
    }
}

fn refusal(refused: &html::HtmlRefused, issue: &IssueFile) -> Problem {
    let message = match refused {
        html::HtmlRefused::TooLarge => format!("the issue comes to more than {} bytes of HTML", html::HTML_BYTES_MAX),
        html::HtmlRefused::TooDeep => "the HTML in this issue is nested too deep".to_owned(),
    };
    Problem::error(issue.place(0), "output-too-large", message).hint("write less; close every tag")
}

/// The number of words, and the first sentences for a preheader.
fn words_of(document: &Document) -> (usize, String) {
    let mut count = 0;
    tree::each_run(document, &mut |run| count += count_words(&tree::plain_text(run)));
    let first = document.blocks.iter().find_map(|block| match block {
        Block::Paragraph(content) => Some(tree::plain_text(content)).filter(|text| !text.trim().is_empty()),
        _ => None,
    });
    (count, first.map(|text| shortened(&text)).unwrap_or_default())
}

/// Words; in scripts that do not part them, characters.
fn count_words(text: &str) -> usize {
    let unparted = |c: char| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}');
    let parts = text.split(|c: char| c.is_whitespace() || unparted(c));
    parts.filter(|part| part.contains(char::is_alphanumeric)).count() + text.chars().filter(|&c| unparted(c)).count()
}

/// Whole words up to the length that mailboxes show.
fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((cut, _)) = text.char_indices().nth(PREHEADER_CHARS_MAX) else { return text };
    let end = text[..cut].rfind(' ').unwrap_or(cut);
    format!("{}…", text[..end].trim_end_matches(|c: char| !c.is_alphanumeric()))
}
