//! What an editor should know of the words: placeholders, shouting, promised attachments, quotation marks, old years.

use super::Found;
use super::prose::Passage;
use super::vocabulary::Vocabulary;

/// "To come": what journalists leave for later. It stops the issue, for no reader should ever see it.
pub(super) const TO_COME: &[&str] = &["TK", "TKTK", "TKTKTK"];
/// What drafts tend to hold, and texts sometimes mean.
const PLACEHOLDERS: &[&str] = &["TODO", "FIXME", "XXX", "TBD"];
/// Placeholders looked at in one paragraph.
const MARKS_MAX: usize = 20;
/// Words in capitals in a row that are no name any more.
const SHOUTED_WORDS: usize = 5;
/// The same in a heading, which is short.
const SHOUTED_HEADING_WORDS: usize = 2;
/// Letters of a heading in capitals; fewer are an acronym.
const SHOUTED_HEADING_LETTERS: usize = 8;

/// Everything about the words of the passages.
pub(super) fn of_passages(passages: &[Passage], vocabulary: &Vocabulary, found: &mut Found<'_>) {
    for passage in passages {
        of_placeholders(passage, found);
        of_capitals(passage, found);
        of_attachments(passage, vocabulary, found);
    }
    of_quotes(passages, found);
}

fn of_placeholders(passage: &Passage, found: &mut Found<'_>) {
    let marks = passage.words().filter(|(_, word)| TO_COME.contains(word) || PLACEHOLDERS.contains(word));
    for (at, word) in marks.take(MARKS_MAX) {
        if is_in_address(&passage.text, at) {
            continue;
        }
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
    if let Some(at) = find(&passage.text, "lorem ipsum") {
        let message = "this text is filling: lorem ipsum";
        found.warn(passage.at(at), "placeholder", message, "write what is to stand there");
    }
}

/// Whether what stands there is part of a bare address.
fn is_in_address(text: &str, at: usize) -> bool {
    text[..at].rsplit(char::is_whitespace).next().is_some_and(|before| before.contains("://"))
}

/// Capitals are read letter by letter, and spam filters count them.
fn of_capitals(passage: &Passage, found: &mut Found<'_>) {
    let mut run: Option<(usize, usize)> = None;
    let (mut cased, mut shouted, mut letters) = (0, 0, 0);
    for (at, word) in passage.words() {
        match loudness(word) {
            None => continue,
            Some(false) => {
                cased += 1;
                run = None;
            }
            Some(true) => {
                cased += 1;
                shouted += 1;
                letters += word.chars().count();
                let (from, count) = run.map_or((at, 1), |(from, count)| (from, count + 1));
                run = Some((from, count));
                if count == SHOUTED_WORDS && passage.heading.is_none() {
                    let message = "these words are all in capitals, which is hard to read and looks like spam";
                    found.warn(passage.at(from), "capitals", message, "write them in small letters, or in **bold**");
                }
            }
        }
    }
    let is_shouted = cased == shouted && shouted >= SHOUTED_HEADING_WORDS && letters >= SHOUTED_HEADING_LETTERS;
    if passage.heading.is_some() && is_shouted {
        let message = "this heading is all in capitals, which is hard to read and looks like spam";
        found.warn(passage.at(0), "capitals", message, "write it in small letters");
    }
}

/// Whether a word is in capitals; nothing of words that say neither: one letter, a number, a script without cases.
fn loudness(word: &str) -> Option<bool> {
    let cased = word.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).count();
    (cased >= 2).then(|| !word.chars().any(char::is_lowercase))
}

fn of_attachments(passage: &Passage, vocabulary: &Vocabulary, found: &mut Found<'_>) {
    let places = vocabulary.attached.iter().filter_map(|phrase| find(&passage.text, phrase));
    if let Some(at) = places.min() {
        let message = "the text speaks of an attachment, and an issue has none";
        found.warn(passage.at(at), "attachment", message, "put the file on the web and link to it");
    }
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

/// Opening and closing marks, and what one of the first without the second looks like.
const PAIRS: &[(char, char)] = &[('«', '»'), ('「', '」'), ('『', '』'), ('《', '》'), ('‹', '›')];

/// Quotation marks that open and do not close, or the other way round. A quotation over several paragraphs opens each
/// of them anew and closes once.
fn of_quotes(passages: &[Passage], found: &mut Found<'_>) {
    for (index, passage) in passages.iter().enumerate() {
        let text = passage.text.as_str();
        let number = |mark: char| text.matches(mark).count();
        let goes_on = |mark: char| passages.get(index + 1).is_some_and(|next| next.text.trim_start().starts_with(mark));
        let (low, high, closing) = (number('„'), number('“'), number('”'));
        let faulty = if low > 0 {
            // „German“, „Polish”.
            (low != high + closing && !(low == high + closing + 1 && goes_on('„'))).then_some('„')
        } else if high == 0 {
            // ”Swedish”.
            (closing % 2 == 1).then_some('”')
        } else {
            (high != closing && !(high == closing + 1 && goes_on('“'))).then_some('“')
        };
        let straight = (straight(text) % 2 == 1 && !goes_on('"')).then_some('"');
        let paired = PAIRS.iter().find(|(open, close)| {
            let (opened, closed) = (number(*open), number(*close));
            opened != closed && !(opened == closed + 1 && goes_on(*open))
        });
        let paired = paired.map(|(open, close)| if number(*open) > 0 { *open } else { *close });
        for mark in [faulty, straight, paired].into_iter().flatten() {
            let at = text.find(mark).unwrap_or_default();
            let message = format!("the quotation marks {mark} in this paragraph do not come in pairs");
            found.warn(passage.at(at), "quotes", message, "add the one that is missing, or take one out");
        }
    }
}

/// Straight quotation marks that are not inches.
fn straight(text: &str) -> usize {
    text.match_indices('"').filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_ascii_digit())).count()
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
