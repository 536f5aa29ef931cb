//! What an editor should know of what stands in a mailbox's list: the subject and the summary. Also of the date in a
//! title.

use jiff::civil::Date;

use super::text::TO_COME;
use super::vocabulary::Vocabulary;
use super::{dates, foreign};
use crate::content::front_matter::FrontMatter;
use crate::content::problem::{Position, Problem};
use crate::content::wrap;
use crate::words::Words;

/// Shorter subjects say too little, in columns.
const SUBJECT_WIDTH_MIN: usize = 10;
/// Longer ones are cut in the mailbox's list, in columns.
const SUBJECT_WIDTH_GOOD: usize = 78;
/// Preheaders are shown up to about here.
const SUMMARY_CHARS_GOOD: usize = 250;

/// Everything about the keys of the front matter.
pub(super) fn of_front_matter(front: &FrontMatter, problems: &mut Vec<Problem>) {
    of_subject(front, problems);
    of_summary(front, problems);
    let keys =
        [("title", Some(&front.title)), ("subject", front.subject.as_ref()), ("summary", front.summary.as_ref())];
    for (key, text) in keys {
        let is_to_come = |word: &str| TO_COME.contains(&word);
        if text.is_some_and(|text| text.split(|c: char| !c.is_alphanumeric()).any(is_to_come)) {
            let message = format!("TK in `{key}` marks something still to be written");
            let hint = "write it; readers see it first of all";
            problems.push(Problem::error(front.places.of(key), "subject-placeholder", message).hint(hint));
        }
    }
    let author = front.author.as_ref();
    for (key, text) in keys.into_iter().chain([("author", author), ("image_alt", front.image_alt.as_ref())]) {
        if let Some(text) = text {
            foreign::of_key(text, front.places.of(key), problems);
        }
    }
    let alt = front.image_alt.as_deref();
    if front.image.is_some() && alt.is_none() {
        let message = "the image has no `image_alt`, so some readers will not know what it shows".to_owned();
        let problem = Problem::warning(front.places.of("image"), "alt-missing", message);
        problems.push(problem.hint("say what it shows in a few words"));
    }
    if let Some(alt) = alt.filter(|alt| super::pictures::says_nothing(alt)) {
        let message = format!("`image_alt` {alt:?} does not say what the image shows");
        let problem = Problem::warning(front.places.of("image_alt"), "alt-file-name", message);
        problems.push(problem.hint("say it in a few words"));
    }
}

fn of_subject(front: &FrontMatter, problems: &mut Vec<Problem>) {
    let subject = front.subject();
    let at = front.places.of(if front.subject.is_some() { "subject" } else { "title" });
    let length = subject.chars().count();
    // A Japanese title says in ten columns what takes twenty in English.
    let width = wrap::width(subject);
    if !subject.contains(char::is_alphanumeric) {
        let problem = Problem::error(at, "subject-words", "the subject has no words, only signs");
        problems.push(problem.hint("say what the issue is about"));
        return;
    }
    let mut warn = |code, message: String, hint: &str| problems.push(Problem::warning(at, code, message).hint(hint));
    if width < SUBJECT_WIDTH_MIN {
        warn("subject-short", format!("the subject has only {length} characters"), "say what the issue is about");
    }
    if width > SUBJECT_WIDTH_GOOD {
        let of = if width == length { "characters" } else { "columns, two for each Chinese or Japanese character" };
        let message = format!("the subject has {width} {of}; mailboxes cut it after some {SUBJECT_WIDTH_GOOD}");
        warn("subject-long", message, "give a shorter one as `subject`; the title may stay long");
    }
    // A script without capitals cannot be shouted, whatever acronyms stand in it.
    let is_cased = |c: &char| c.is_lowercase() || c.is_uppercase();
    let has_no_case = subject.chars().any(|c| c.is_alphabetic() && !is_cased(&c));
    let cased = subject.chars().filter(is_cased).count();
    if cased >= 4 && !subject.contains(char::is_lowercase) && !has_no_case {
        let message = "the subject is all in capitals, which spam filters count against it".to_owned();
        warn("subject-capitals", message, "write it in small letters");
    }
    // Filters look at these two alone: the marks of other scripts are ordinary punctuation to them.
    if subject.trim_end().ends_with(['!', '?']) {
        let message =
            "the subject ends in a question or exclamation mark, which spam filters count against it".to_owned();
        warn("subject-mark", message, "leave it if it is a true question");
    }
}

fn of_summary(front: &FrontMatter, problems: &mut Vec<Problem>) {
    let at = front.places.of("summary");
    let mut warn = |code, message: String, hint: &str| problems.push(Problem::warning(at, code, message).hint(hint));
    let Some(summary) = &front.summary else {
        let message = "without a `summary` mailboxes show the beginning of the text beside the subject".to_owned();
        warn("summary-missing", message, "add one or two sentences, 85 to 140 characters");
        return;
    };
    let length = summary.chars().count();
    if length > SUMMARY_CHARS_GOOD {
        let message = format!("the summary has {length} characters; mailboxes show some 140");
        warn("summary-long", message, "say it in one or two sentences");
    }
    let says_the_same = |text: &str| text.trim_end_matches('.').eq_ignore_ascii_case(summary.trim_end_matches('.'));
    if says_the_same(front.subject()) || says_the_same(&front.title) {
        let message = "the summary says the same as the title, and mailboxes show one beside the other".to_owned();
        warn("summary-title", message, "say what the title leaves open");
    }
}

/// A date in the title or the subject that is not the day on which the issue goes out.
pub(super) fn of_date(front: &FrontMatter, vocabulary: &Vocabulary, date: Date, problems: &mut Vec<Problem>) {
    for (key, text) in [("title", Some(&front.title)), ("subject", front.subject.as_ref())] {
        let Some(text) = text else { continue };
        if dates::named(text, vocabulary).is_some_and(|named| !named.may_be(date)) {
            let goes_out = Words::of_mail("en").date(date);
            let message = format!("the date in `{key}` is not the day on which the issue goes out, {goes_out}");
            let at: Position = front.places.of(key);
            let problem = Problem::warning(at, "title-date", message);
            problems.push(problem.hint("fix one of the two, or leave it if another day is meant"));
        }
    }
}
