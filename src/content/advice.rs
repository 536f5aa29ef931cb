//! Preflight: what an editor should know before an issue goes out. Blockers are errors, hints are warnings; each says
//! where, why and what to do. Whether a date is past is the calendar's question.

use super::front_matter::FrontMatter;
use super::problem::{Position, Problem};
use super::source::Issue;
use super::tree::{self, Block, Destination, Document, Inline, plain_text};
use super::wrap;
use crate::domain::newsletter::Newsletter;

/// Gmail cuts a mail at about 102 KB and hides the rest behind a link.
pub const HTML_BYTES_MAX: usize = 100 * 1024;
/// Links grow when a reader's own values are filled in, and mailboxes differ.
pub const HTML_BYTES_GOOD: usize = 80 * 1024;
/// Shorter subjects say too little, in columns.
const SUBJECT_WIDTH_MIN: usize = 10;
/// Longer ones are cut in the mailbox's list, in columns.
const SUBJECT_WIDTH_GOOD: usize = 78;
/// Preheaders are shown up to about here.
const SUMMARY_CHARS_GOOD: usize = 250;
/// Hints told at once.
const WARNINGS_MAX: usize = 100;
/// Link texts that say nothing by themselves, as a screen reader lists them.
const GENERIC: &[&str] = &["click here", "here", "read more", "learn more", "more", "link", "this", "this link"];
/// "To come": what journalists leave for later. Also what drafts tend to hold.
const PLACEHOLDERS: &[&str] = &["TK", "TKTK", "TODO", "FIXME", "XXX", "lorem ipsum", "Lorem ipsum"];

/// Whether a mail's HTML part fits a mailbox.
pub fn of_size(html_bytes: usize) -> Option<Problem> {
    let kilobytes = html_bytes.div_ceil(1024);
    let message = format!("the mail's HTML has {kilobytes} KB, and Gmail hides what is past 102 KB");
    let hint = "split the issue in two, or put part of it on the web and link to it";
    if html_bytes > HTML_BYTES_MAX {
        return Some(Problem::error(Position::START, "html-too-large", message).hint(hint));
    }
    (html_bytes > HTML_BYTES_GOOD).then(|| Problem::warning(Position::START, "html-large", message).hint(hint))
}

/// Everything about an issue that can be told without its layout.
pub(super) fn of_issue(issue: &Issue, newsletter: &Newsletter, document: &Document) -> Vec<Problem> {
    let mut found = Found { issue, problems: Vec::new() };
    of_newsletter(newsletter, &mut found.problems);
    of_front_matter(&issue.front, &mut found.problems);
    of_placeholders(&mut found);
    of_headings(&document.blocks, &mut found);
    tree::each_run(document, &mut |run| of_run(run, &mut found));
    found.problems
}

/// What was found so far.
struct Found<'a> {
    issue: &'a Issue,
    problems: Vec<Problem>,
}

impl Found<'_> {
    /// A hint about the text at byte `at` of the body. After the first hundred an editor has enough to do.
    fn warn(&mut self, at: usize, code: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        if self.problems.len() < WARNINGS_MAX {
            self.problems.push(Problem::warning(self.issue.place(at), code, message).hint(hint));
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

fn of_front_matter(front: &FrontMatter, found: &mut Vec<Problem>) {
    let subject = front.subject();
    let at = front.places.of(if front.subject.is_some() { "subject" } else { "title" });
    let length = subject.chars().count();
    // A Japanese title says in ten columns what takes twenty in English.
    let width = wrap::width(subject);
    let mut warn = |at, code, message: String, hint: &str| found.push(Problem::warning(at, code, message).hint(hint));
    if width < SUBJECT_WIDTH_MIN {
        warn(at, "subject-short", format!("the subject has only {length} characters"), "say what the issue is about");
    }
    if width > SUBJECT_WIDTH_GOOD {
        let message = format!("the subject has {length} characters; mailboxes cut it after some {SUBJECT_WIDTH_GOOD}");
        warn(at, "subject-long", message, "give a shorter one as `subject`; the title may stay long");
    }
    let cased = subject.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).count();
    if cased >= 4 && !subject.contains(char::is_lowercase) {
        let message = "the subject is all in capitals, which spam filters count against it".to_owned();
        warn(at, "subject-capitals", message, "write it in small letters");
    }
    if subject.ends_with(['!', '?', '！', '？', '؟']) {
        let message =
            "the subject ends in a question or exclamation mark, which spam filters count against it".to_owned();
        warn(at, "subject-mark", message, "leave it if it is a true question");
    }
    if !subject.contains(char::is_alphanumeric) {
        warn(at, "subject-words", "the subject has no words".to_owned(), "say what the issue is about");
    }
    match &front.summary {
        None => {
            let message = "without a `summary` mailboxes show the beginning of the text beside the subject".to_owned();
            warn(Position::START, "summary-missing", message, "add one or two sentences, 85 to 140 characters");
        }
        Some(summary) if summary.chars().count() > SUMMARY_CHARS_GOOD => {
            let message = format!("the summary has {} characters; mailboxes show some 140", summary.chars().count());
            warn(front.places.of("summary"), "summary-long", message, "say it in one or two sentences");
        }
        Some(_) => {}
    }
    if front.image.is_some() && front.image_alt.is_none() {
        let message = "the image has no `image_alt`, so some readers will not know what it shows".to_owned();
        warn(front.places.of("image"), "alt-missing", message, "say what it shows in a few words");
    }
}

fn of_placeholders(found: &mut Found<'_>) {
    let body = found.issue.body();
    for word in PLACEHOLDERS {
        for (at, _) in body.match_indices(word) {
            let before = body[..at].chars().next_back();
            let after = body[at + word.len()..].chars().next();
            if ![before, after].into_iter().flatten().any(char::is_alphanumeric) {
                let message = format!("{word} marks something still to be written");
                found.warn(at, "placeholder", message, "write it, or take it out");
            }
        }
    }
}

/// Screen readers walk a text by its headings, so a level must not be skipped. The title is level 1.
fn of_headings(blocks: &[Block], found: &mut Found<'_>) {
    let mut before = 1;
    for block in blocks {
        if let Block::Heading { level, content, at, .. } = block {
            if *level > before + 1 {
                let (typed, meant) = ("#".repeat((*level).into()), "#".repeat((before + 1).into()));
                let message = format!("a heading of level {level} follows one of level {before}");
                found.warn(*at, "heading-level", message, format!("write {meant} instead of {typed}"));
            }
            if plain_text(content).trim().is_empty() {
                found.warn(*at, "heading-empty", "this heading is empty", "write it, or take it out");
            }
            before = *level;
        }
    }
}

fn of_run(content: &[Inline], found: &mut Found<'_>) {
    for inline in content {
        match inline {
            Inline::Link { to, content, at } => {
                of_link(to, content, *at, found);
                of_run(content, found);
            }
            Inline::Image { alt, at, .. } if alt.trim().is_empty() => {
                let message = "this image has no alternative text, so it will be taken for decoration";
                found.warn(*at, "alt-missing", message, "say what it shows: ![what it shows](address)");
            }
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => of_run(content, found),
            _ => {}
        }
    }
}

fn of_link(to: &Destination, content: &[Inline], at: usize, found: &mut Found<'_>) {
    let shown = plain_text(content);
    let shown = shown.trim();
    let has_field = content.iter().any(|inline| matches!(inline, Inline::Field(_)));
    if shown.is_empty() && !has_field {
        let message = "this link has no text: readers will see its bare address";
        found.warn(at, "link-empty", message, "write between the brackets where it leads");
    } else if GENERIC.iter().any(|generic| shown.eq_ignore_ascii_case(generic)) {
        let message = format!("the link text {shown:?} does not say where it leads");
        found.warn(at, "link-generic", message, "name what the reader will find there");
    }
    if let Destination::Url(url) = to
        && url::Url::parse(url).is_ok_and(|url| !url.username().is_empty() && url.scheme() != "mailto")
    {
        let message = "this link has a user name in its address, which mailboxes take for a trick";
        found.warn(at, "link-user", message, "link to the page without it");
    }
}
