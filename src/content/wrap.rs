//! Lines of plain text, filled to a width on screen. Knows no Markdown. A merge field counts as a word of a likely width.

use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthChar;

use super::fields::{FIELD_END, FIELD_START};

/// The width of a text part, in columns: 72 leaves room for quoting marks in an 80-column terminal.
pub(super) const WIDTH: usize = 72;
/// RFC 5322 2.1.1, without CRLF. A word that is wider is broken by force; addresses never are.
pub(super) const LINE_WIDTH_MAX: usize = 78;
/// Under this width, however deep the quote, lines would be columns of words.
const WIDTH_MIN: usize = 24;

/// What stands before the first line and before the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Margin {
    pub(super) first: String,
    pub(super) rest: String,
}

impl Margin {
    /// Deeper by `first` on one line and by `rest` on the others; so deep that no room is left, it stays as it is.
    pub(super) fn deeper(&self, first: &str, rest: &str) -> Self {
        if width(&self.rest) + width(rest) > WIDTH - WIDTH_MIN {
            return self.clone();
        }
        Self { first: format!("{}{first}", self.first), rest: format!("{}{rest}", self.rest) }
    }

    /// The margin of what follows the first line.
    pub(super) fn below(&self) -> Self {
        Self { first: self.rest.clone(), rest: self.rest.clone() }
    }
}

/// A paragraph of a text part, filled; lines end in `\n`.
pub fn filled(text: &str) -> String {
    let mut out = String::new();
    // Nothing fills no line, not an empty one.
    if !text.is_empty() {
        fill(&mut out, text, &Margin::default(), WIDTH);
    }
    out
}

/// A heading: its lines, and below them one of `mark`, as wide as the widest.
pub fn heading(text: &str, mark: char) -> String {
    underlined(text, mark, &Margin::default())
}

/// The same amid quotes and lists.
pub(super) fn underlined(text: &str, mark: char, margin: &Margin) -> String {
    let mut out = String::new();
    fill(&mut out, text, margin, WIDTH);
    let wide = out.lines().map(|line| width(line).saturating_sub(width(&margin.rest))).max().unwrap_or(0);
    out.push_str(&margin.rest);
    out.extend(std::iter::repeat_n(mark, wide.clamp(1, WIDTH)));
    out.push('\n');
    out
}

/// Appends `text` to `out`, filled to `line_width` columns, margin included. `\n` in `text` ends a line.
pub(super) fn fill(out: &mut String, text: &str, margin: &Margin, line_width: usize) {
    let mut margin_now = &margin.first;
    for line in text.split('\n') {
        let mut column = 0;
        let room = line_width.saturating_sub(width(margin_now)).max(1);
        let mut room = room;
        out.push_str(margin_now);
        margin_now = &margin.rest;
        for word in clauses(line, line_width) {
            let glue = usize::from(word.after_space && column > 0);
            let mut rest = word.text;
            if column > 0 && column + glue + width(rest) > room {
                newline(out, margin_now);
                (column, room) = (0, line_width.saturating_sub(width(margin_now)).max(1));
            } else if glue == 1 {
                out.push(' ');
                column += 1;
            }
            let whole = word.text.contains("://") || word.text.contains([FIELD_START, FIELD_END]);
            while let Some(cut) = forced_break(rest, room).filter(|_| !whole) {
                out.push_str(&rest[..cut]);
                newline(out, margin_now);
                (column, room) = (0, line_width.saturating_sub(width(margin_now)).max(1));
                rest = &rest[cut..];
            }
            push_visible(out, rest);
            column += width(rest);
        }
        trim_end(out);
        out.push('\n');
    }
}

fn newline(out: &mut String, margin: &str) {
    trim_end(out);
    out.push('\n');
    out.push_str(margin);
}

fn trim_end(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
}

/// Spaces that do not break have done their work; in plain text they are spaces.
fn push_visible(out: &mut String, word: &str) {
    out.extend(word.chars().map(|c| if matches!(c, '\u{A0}' | '\u{202F}') { ' ' } else { c }));
}

/// A line of code in pieces of at most `room` columns, cut behind a space where there is one in the second half. A line
/// with an address in it stays whole.
pub(super) fn cut(line: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(end) = forced_break(rest, room.max(WIDTH_MIN)).filter(|_| !line.contains("://")) {
        let space = rest[..end].rfind(' ').map(|at| at + 1).filter(|at| *at > end / 2);
        let (piece, after) = rest.split_at(space.unwrap_or(end));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    let mut total = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(FIELD_START) {
        let (mark, after) = after.split_once(FIELD_END).unwrap_or((after, ""));
        total += chars_width(before) + field_width(mark);
        rest = after;
    }
    total + chars_width(rest)
}

fn chars_width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// A guess at how wide a reader's own value is.
fn field_width(mark: &str) -> usize {
    match mark.split('|').next().unwrap_or_default() {
        "name" => 10,
        "subscribed_on" => 16,
        "address" => 26,
        _ => 60,
    }
}

struct Word<'a> {
    at: usize,
    text: &'a str,
    after_space: bool,
}

/// The same, with short clauses of scripts without spaces kept whole: lines then end at commas and full stops.
fn clauses(line: &str, line_width: usize) -> Vec<Word<'_>> {
    const ENDS: &str = "、。，．：；？！」』）】";
    let whole_up_to = line_width * 4 / 9;
    let mut clauses: Vec<Word<'_>> = Vec::new();
    let mut clause: Vec<Word<'_>> = Vec::new();
    let mut words = words(line).into_iter().peekable();
    while let Some(word) = words.next() {
        let ends = word.text.ends_with(|c| ENDS.contains(c)) || words.peek().is_none_or(|next| next.after_space);
        clause.push(word);
        if !ends {
            continue;
        }
        let (start, after_space) = (clause[0].at, clause[0].after_space);
        let end = clause.last().map_or(start, |last| last.at + last.text.len());
        if width(&line[start..end]) <= whole_up_to {
            clauses.push(Word { at: start, text: &line[start..end], after_space });
            clause.clear();
        } else {
            clauses.append(&mut clause);
        }
    }
    clauses
}

/// The pieces of a line that stay together: words, and in scripts without spaces single characters with the
/// punctuation that clings to them.
fn words(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut after_space = false;
    let mut in_mark = false;
    let mut before: Option<char> = None;
    let mut breaks = linebreaks(line).map(|(at, _)| at).peekable();
    let mut may_break = |at: usize| {
        while breaks.next_if(|known| *known < at).is_some() {}
        breaks.peek() == Some(&at)
    };
    for (at, c) in line.char_indices() {
        in_mark = (in_mark || c == FIELD_START) && c != FIELD_END;
        if !in_mark && is_space(c) {
            if at > start {
                words.push(Word { at: start, text: &line[start..at], after_space });
            }
            (start, after_space, before) = (at + c.len_utf8(), true, None);
            continue;
        }
        let between_wide = before.is_some_and(|before| is_wide(before) || is_wide(c));
        if !in_mark && at > start && between_wide && may_break(at) {
            words.push(Word { at: start, text: &line[start..at], after_space });
            (start, after_space) = (at, false);
        }
        before = Some(c);
    }
    if start < line.len() {
        words.push(Word { at: start, text: &line[start..], after_space });
    }
    words
}

fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{202F}' | '\u{2007}')
}

/// Of Chinese, Japanese and Korean, whose words need no space between them.
fn is_wide(c: char) -> bool {
    c.width() == Some(2)
        && !c.is_ascii()
        && ('\u{2E80}'..='\u{3FFFF}').contains(&c)
        && !('\u{1F000}'..='\u{1FFFF}').contains(&c)
}

/// Where a word must be cut to fit.
fn forced_break(word: &str, room: usize) -> Option<usize> {
    let mut column = 0;
    let mut cut = None;
    for (at, c) in word.char_indices() {
        let wide = c.width().unwrap_or(0);
        if at > 0 && wide > 0 && column + wide > room {
            cut = cut.or(Some(at));
        }
        column += wide;
        if column > LINE_WIDTH_MAX.min(room.max(WIDTH_MIN)) {
            return cut;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, width: usize) -> String {
        let mut out = String::new();
        fill(&mut out, text, &Margin::default(), width);
        out
    }

    #[test]
    fn lines_break_at_spaces_only() {
        assert_eq!(filled("one two-three  four", 9), "one\ntwo-three\nfour\n");
        assert_eq!(filled("a\u{A0}b c", 3), "a b\nc\n");
        assert_eq!(filled("one\ntwo", 72), "one\ntwo\n");
        assert_eq!(filled("", 72), "\n");
    }

    #[test]
    fn addresses_stay_whole_and_other_monsters_do_not() {
        let url = format!("https://example.org/{}", "x".repeat(100));
        assert_eq!(filled(&format!("see {url} there"), 72), format!("see\n{url}\nthere\n"));
        let lines = filled(&"x".repeat(200), 72);
        assert!(lines.lines().all(|line| line.len() <= 72), "{lines}");
        assert_eq!(lines.replace('\n', ""), "x".repeat(200));
    }

    #[test]
    fn scripts_without_spaces_break_between_characters() {
        assert_eq!(filled("これは「短い」文です。", 10), "これは「短\nい」文で\nす。\n");
        assert_eq!(filled("これは「短い」。", 8), "これは\n「短\nい」。\n", "marks cling to what they belong to");
        assert_eq!(width("日本"), 4);
        let clauses = filled("砂州は動きます。法律は動きません。風が東から吹くときは、何もできないと言います。", 54);
        assert_eq!(clauses, "砂州は動きます。法律は動きません。\n風が東から吹くときは、何もできないと言います。\n");
    }

    #[test]
    fn margins_hang() {
        let mut out = String::new();
        fill(&mut out, "one two three", &Margin::default().deeper("- ", "  "), 9);
        assert_eq!(out, "- one two\n  three\n");
        let mut deep = Margin::default();
        for _ in 0..500 {
            deep = deep.deeper("> ", "> ");
        }
        assert!(width(&deep.rest) <= WIDTH - WIDTH_MIN);
    }
}
