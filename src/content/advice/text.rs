//! What an editor should know of the words: placeholders, shouting, promised attachments, old years.

use super::Found;
use super::prose::Passage;
use super::vocabulary::Vocabulary;

/// "To come": what journalists leave for later. It stops the issue, for no reader should ever see it.
pub(super) const TO_COME: &[&str] = &["TK", "TKTK", "TKTKTK"];
/// What drafts tend to hold, and texts often speak of.
const PLACEHOLDERS: &[&str] = &["TODO", "FIXME", "XXX"];
/// Placeholders looked at in one paragraph.
const MARKS_MAX: usize = 20;
/// Words in capitals in a row that are no name any more.
const SHOUTED_WORDS: usize = 5;
/// The same in a heading, which is short.
const SHOUTED_HEADING_WORDS: usize = 2;
/// Letters of the longest word of such a heading; acronyms are shorter.
const SHOUTED_WORD_LETTERS: usize = 5;
/// Letters of a heading in capitals; fewer are an acronym.
const SHOUTED_HEADING_LETTERS: usize = 8;

/// Everything about the words of the passages.
pub(super) fn of_passages(passages: &[Passage], vocabulary: &Vocabulary, found: &mut Found<'_>) {
    for passage in passages {
        of_placeholders(passage, found);
        of_capitals(passage, found);
        of_attachments(passage, vocabulary, found);
    }
}

fn of_placeholders(passage: &Passage, found: &mut Found<'_>) {
    let marks = passage.words().filter(|(at, word)| TO_COME.contains(word) || is_reminder(&passage.text, *at, word));
    for (at, word) in marks.take(MARKS_MAX) {
        let message = format!("{word} marks something still to be written");
        if TO_COME.contains(&word) {
            found.refuse(
                passage.at(at),
                "placeholder",
                message,
                "write it, or take it out; a TK that is meant goes between backticks",
            );
        } else {
            found.warn(passage.at(at), "placeholder", message, "write it, or take it out");
        }
    }
    if let Some(at) = find(&passage.text, "lorem ipsum dolor") {
        let message = "this text is filling: lorem ipsum";
        found.warn(passage.at(at), "placeholder", message, "write what is to stand there");
    }
}

/// Whether a word reminds the writer of something: before a colon, or in brackets. Issues speak of such words, too.
fn is_reminder(text: &str, at: usize, word: &str) -> bool {
    let (before, after) = (text[..at].trim_end(), text[at + word.len()..].trim_start());
    let begins = before.is_empty() || before.ends_with(['(', '[']);
    PLACEHOLDERS.contains(&word) && begins && (after.is_empty() || after.starts_with([':', '：', ')', ']']))
}

/// Capitals are read letter by letter, and spam filters count them. A list of acronyms is no shouting: nothing but spaces
/// stands between words that are shouted.
fn of_capitals(passage: &Passage, found: &mut Found<'_>) {
    let mut run: Option<(usize, usize, usize)> = None;
    let (mut cased, mut shouted, mut letters, mut longest) = (0, 0, 0, 0);
    for (at, word) in passage.words() {
        let end = at + word.len();
        run = run.filter(|(.., until)| passage.text[*until..at].trim().is_empty());
        match loudness(word) {
            Loudness::Neither => run = run.map(|(from, count, _)| (from, count, end)),
            Loudness::NoCase => run = None,
            Loudness::Quiet => {
                cased += 1;
                run = None;
            }
            Loudness::Loud => {
                cased += 1;
                shouted += 1;
                letters += word.chars().count();
                longest = longest.max(word.chars().count());
                let (from, count, _) = run.map_or((at, 1, end), |(from, count, _)| (from, count + 1, end));
                run = Some((from, count, end));
                if count == SHOUTED_WORDS && passage.heading.is_none() {
                    let message = "these words are all in capitals, which is hard to read and looks like spam";
                    found.warn(passage.at(from), "capitals", message, "write them in small letters, or in **bold**");
                }
            }
        }
    }
    let is_shouted = cased == shouted && shouted >= SHOUTED_HEADING_WORDS && letters >= SHOUTED_HEADING_LETTERS;
    if passage.heading.is_some() && is_shouted && longest >= SHOUTED_WORD_LETTERS {
        let message = "this heading is all in capitals, which is hard to read and looks like spam";
        found.warn(passage.at(0), "capitals", message, "write it in small letters");
    }
}

/// How a word is written.
enum Loudness {
    Loud,
    Quiet,
    /// One letter, or a number: it can be part of both.
    Neither,
    /// In a script without capitals, which cannot be shouted.
    NoCase,
}

fn loudness(word: &str) -> Loudness {
    let is_cased = |c: &char| c.is_lowercase() || c.is_uppercase();
    if word.chars().any(|c| c.is_alphabetic() && !is_cased(&c)) {
        return Loudness::NoCase;
    }
    match word.chars().filter(is_cased).count() {
        ..2 => Loudness::Neither,
        _ if word.chars().any(char::is_lowercase) => Loudness::Quiet,
        _ => Loudness::Loud,
    }
}

fn of_attachments(passage: &Passage, vocabulary: &Vocabulary, found: &mut Found<'_>) {
    let places = vocabulary.attached.iter().filter_map(|phrase| {
        find(&passage.text, phrase).filter(|at| !is_fastened(&passage.text[at + phrase.len()..], phrase))
    });
    if let Some(at) = places.min() {
        let message = "the text speaks of an attachment, and an issue has none";
        found.warn(passage.at(at), "attachment", message, "put the file on the web and link to it");
    }
}

/// Whether something is attached to a thing, as a boat is to a jetty.
fn is_fastened(rest: &str, phrase: &str) -> bool {
    phrase.ends_with("attached") && rest.starts_with(" to ")
}

/// The first place of `phrase`, which is in small letters, as whole words. In scripts that do not part words, anywhere.
fn find(text: &str, phrase: &str) -> Option<usize> {
    let lower = text.to_lowercase();
    // Only then are the places the same; a few letters are longer in small.
    if lower.len() != text.len() {
        return None;
    }
    let parted = phrase.is_ascii() || phrase.chars().all(|c| c.is_whitespace() || c < '\u{0590}');
    let is_letter = |c: Option<char>| parted && c.is_some_and(char::is_alphanumeric);
    let whole = |at: &usize| {
        !is_letter(lower[..*at].chars().next_back()) && !is_letter(lower[at + phrase.len()..].chars().next())
    };
    lower.match_indices(phrase).map(|(at, _)| at).find(whole)
}

/// An old year after a copyright sign in the last lines.
pub(super) fn of_year(passages: &[Passage], year: i16, found: &mut Found<'_>) {
    let Some(last) = passages.last() else { return };
    if let Some((at, old)) = outdated_year(&last.text, year) {
        let (message, hint) = outdated(old, year);
        found.warn(last.at(at), "footer-year", message, hint);
    }
}

/// What is said of an old year.
pub(super) fn outdated(old: i16, year: i16) -> (String, String) {
    (format!("the copyright line says {old}, and the issue goes out in {year}"), format!("write {year}"))
}

/// The last year of a copyright line that is before `year`, and where it stands.
pub fn outdated_year(text: &str, year: i16) -> Option<(usize, i16)> {
    const SPAN_BYTES_MAX: usize = 40;
    ["©", "(c)", "(C)", "Copyright", "copyright", "&copy;"].iter().find_map(|sign| {
        text.match_indices(sign).find_map(|(at, _)| {
            let from = at + sign.len();
            let near = &text[from..text.floor_char_boundary(from + SPAN_BYTES_MAX)];
            let near = near.split('\n').next().unwrap_or_default();
            let years = near.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
            let newest = years
                .filter_map(|digits| digits.parse::<i16>().ok())
                .filter(|year| (1900..2200).contains(year))
                .max()?;
            (newest < year).then_some((at, newest))
        })
    })
}
