//! Quotation marks that open and do not close, or the other way round. Knows no language but whether its straight marks
//! are set.

use super::Found;
use super::prose::Passage;

const PAIRS: &[(char, char)] = &[('«', '»'), ('「', '」'), ('『', '』'), ('《', '》'), ('‹', '›')];
/// Paragraphs of one quotation, from the one that opens it to the one that closes it.
const SPAN_MAX: usize = 8;

/// What is over in a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Opening(char),
    Closing(char),
    /// A straight mark, or one of several kinds.
    Either(char),
}

impl Over {
    fn mark(self) -> char {
        let (Self::Opening(mark) | Self::Closing(mark) | Self::Either(mark)) = self;
        mark
    }
}

/// Tells of marks that are over. A quotation over several paragraphs opens each of them anew, or only the first, and
/// closes once. `sets` is whether straight marks become those of print, so that both make a pair.
pub(super) fn of_passages(passages: &[Passage], sets: bool, found: &mut Found<'_>) {
    let texts: Vec<&str> = passages.iter().map(|passage| passage.text.as_str()).collect();
    let doubles: Vec<Option<Over>> = texts.iter().map(|text| double(text, sets)).collect();
    let pairs = PAIRS.iter().map(|(open, close)| texts.iter().map(|text| paired(text, *open, *close)).collect());
    for mut over in std::iter::once(doubles).chain(pairs) {
        settle_spans(&texts, &mut over);
        for (passage, over) in passages.iter().zip(over) {
            let Some(mark) = over.map(Over::mark) else { continue };
            let at = passage.text.find(mark).unwrap_or_default();
            let message = format!("the quotation marks {mark} in this paragraph do not come in pairs");
            found.warn(passage.at(at), "quotes", message, "add the one that is missing, or take one out");
        }
    }
}

fn paired(text: &str, open: char, close: char) -> Option<Over> {
    let (opened, closed) = (text.matches(open).count(), text.matches(close).count());
    match opened.cmp(&closed) {
        std::cmp::Ordering::Less => Some(Over::Closing(close)),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Over::Opening(open)),
    }
}

/// Of double marks: “English”, „German“, „Polish”, ”Swedish”, "straight".
fn double(text: &str, sets: bool) -> Option<Over> {
    let number = |mark: char| text.matches(mark).count();
    let (low, high, closing, straight) = (number('„'), number('“'), number('”'), number('"'));
    let print = low + high + closing;
    // A straight mark that closes a typed low one is set.
    if low > 0 && low == high + closing + straight {
        return None;
    }
    if print == 0 || straight > 0 && !sets {
        let typed = if is_odd(text, straight) { Some(Over::Either('"')) } else { None };
        return typed.or_else(|| if print > 0 { of_print(low, high, closing) } else { None });
    }
    if straight > 0 {
        let is_even = (print + straight).is_multiple_of(2) && low.max(high).abs_diff(closing) <= straight;
        return if is_even { None } else { Some(Over::Either('"')) };
    }
    of_print(low, high, closing)
}

fn of_print(low: usize, high: usize, closing: usize) -> Option<Over> {
    let (opened, closed, open) = if low > 0 { (low, high + closing, '„') } else { (high, closing, '“') };
    if low == 0 && high == 0 && closing.is_multiple_of(2) {
        return None;
    }
    match opened.cmp(&closed) {
        std::cmp::Ordering::Less => Some(Over::Closing(if closing > 0 { '”' } else { '“' })),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Over::Opening(open)),
    }
}

/// Whether one straight mark is over. Behind a digit it may be inches, where that makes the number even.
fn is_odd(text: &str, number: usize) -> bool {
    let has_inches = text.match_indices('"').any(|(at, _)| text[..at].ends_with(|c: char| c.is_ascii_digit()));
    number % 2 == 1 && !has_inches
}

/// Takes out what opens in one passage and closes in a later one.
fn settle_spans(texts: &[&str], over: &mut [Option<Over>]) {
    let mut open: Option<usize> = None;
    for index in 0..texts.len() {
        open = open.filter(|start| index - start < SPAN_MAX);
        match (open, over[index]) {
            (Some(start), None) => {
                // The last of several paragraphs that each open anew.
                let is_last = over[start].is_some_and(|over| texts[index].trim_start().starts_with(over.mark()));
                if is_last && index == start + 1 {
                    over[start] = None;
                    open = None;
                }
            }
            (Some(start), Some(this)) if goes_on(texts, over, start, index, this) => {
                over[start] = None;
                open = Some(index);
            }
            (Some(start), Some(this)) if closes(texts, over, start, index, this) => {
                over[start] = None;
                over[index] = None;
                open = None;
            }
            (_, Some(Over::Opening(_) | Over::Either(_))) => open = Some(index),
            (_, Some(Over::Closing(_)) | None) => {}
        }
    }
}

/// Whether the passage at `index` opens anew what the one at `start` opened.
fn goes_on(texts: &[&str], over: &[Option<Over>], start: usize, index: usize, this: Over) -> bool {
    let is_same = over[start].is_some_and(|before| before.mark() == this.mark());
    is_same
        && index == start + 1
        && !matches!(this, Over::Closing(_))
        && texts[index].trim_start().starts_with(this.mark())
}

/// Whether it closes that: a quotation over several paragraphs begins with the first of them, or ends with the last.
fn closes(texts: &[&str], over: &[Option<Over>], start: usize, index: usize, this: Over) -> bool {
    let Some(before) = over[start].filter(|_| !matches!(this, Over::Opening(_))) else { return false };
    let is_sentence = |c: char| !c.is_alphanumeric() && c != this.mark();
    let begins = texts[start].trim_start().starts_with(before.mark());
    let ends = texts[index].trim_end_matches(is_sentence).ends_with(this.mark());
    (begins || ends) && !texts[index].trim_start().starts_with(this.mark())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paragraphs are parted by bars; how many of them have a mark over.
    fn over(text: &str, sets: bool) -> usize {
        let texts: Vec<&str> = text.split('|').collect();
        let doubles: Vec<Option<Over>> = texts.iter().map(|text| double(text, sets)).collect();
        let pairs = PAIRS.iter().map(|(open, close)| texts.iter().map(|text| paired(text, *open, *close)).collect());
        let all = std::iter::once(doubles).chain(pairs).map(|mut over: Vec<Option<Over>>| {
            settle_spans(&texts, &mut over);
            over.iter().flatten().count()
        });
        all.sum()
    }

    #[test]
    fn marks_that_are_over_are_told_from_pairs() {
        for (text, sets, number) in [
            ("He said “no” and «yes» and 「x」.", true, 0),
            ("Han sa ”nej” och ”ja”.", true, 0),
            ("Er sagte „nein“ und „ja”.", false, 0),
            ("He said “no and left.", true, 1),
            ("「挑战者", false, 1),
            ("“挑战者 2“（Challenger 2）", false, 1),
            ("The \"Top 40\" of a 27\" screen", true, 0),
            ("A \"word", true, 1),
            // Straight and set.
            ("The review of \"SE 0192” ended", true, 0),
            ("The review of “SE 0192\" ended", true, 0),
            ("naming it “x\" or ”y” but", true, 0),
            ("可以追踪\"消息的第一个发布者”。", false, 1),
            ("„hezky přímočarý.” a „další.\"", false, 0),
            ("„hezky“ a \"další\"", false, 0),
            ("„hezky“ a \"další", false, 1),
            // Over several paragraphs.
            ("“One|“two|and three.”", true, 0),
            ("“One|“two|“three.”", true, 0),
            ("> “一。|二。|三。”", false, 0),
            ("\"The first rule.|The second.\"", true, 0),
            ("\"The first rule.|Between.|The second.\"", true, 0),
            ("“One|two|three.", true, 1),
            ("「一|二」", false, 0),
            // Two mistakes do not make one quotation.
            ("A \"word here|and one\" there", true, 2),
            ("A “word here|and one” there", true, 2),
            ("“One|2|3|4|5|6|7|8|9|ten.”", true, 2),
            ("two” marks|“one", true, 2),
        ] {
            assert_eq!(over(text, sets), number, "{text}");
        }
    }
}
