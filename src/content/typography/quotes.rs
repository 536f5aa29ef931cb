//! Quotation marks, apostrophes and primes: which of them a straight mark stands for, by what is beside it and by what
//! follows in the same run. The marks of a language are those of Unicode's CLDR.

use super::edit::{Edit, NOTE, OPAQUE};

/// The marks of a language.
pub(super) struct Quotes {
    languages: &'static [&'static str],
    /// Around a quotation, and around one within.
    outer: (&'static str, &'static str),
    inner: (&'static str, &'static str),
    /// Low marks, and spaces inside marks, are the editor's to type: what is straight may be a foreign word's.
    by_hand: bool,
}

type Pair = (&'static str, &'static str);

const fn set(languages: &'static [&'static str], outer: Pair, inner: Pair) -> Quotes {
    Quotes { languages, outer, inner, by_hand: false }
}

const fn typed(languages: &'static [&'static str], outer: Pair) -> Quotes {
    Quotes { languages, outer, inner: ("'", "'"), by_hand: true }
}

const LANGUAGES: &[Quotes] = &[
    set(&["en", "nl", "pt", "tr", "ko", "id", "ms", "hi", "cy", "ga", "da", "vi", "fil", "af"], ("“", "”"), ("‘", "’")),
    set(&["es", "it", "ca", "gl", "eu", "el"], ("«", "»"), ("“", "”")),
    set(&["ru", "uk", "be"], ("«", "»"), ("„", "“")),
    set(&["nb", "nn", "no"], ("«", "»"), ("‘", "’")),
    set(&["sv", "fi"], ("”", "”"), ("’", "’")),
    typed(&["de", "cs", "sk", "sl", "is", "lt", "et", "lb", "sr", "bg", "mk", "ka"], ("„", "“")),
    typed(&["pl", "hr", "bs", "hu", "ro"], ("„", "”")),
    typed(&["fr"], ("«", "»")),
];
/// Their marks are the editor's to type, dashes included.
const LEFT_ALONE: &[&str] = &["ja", "zh", "yue", "he", "yi", "ar", "fa", "ur", "th", "km", "lo", "my"];
/// For other languages: dashes alone.
const OTHERS: Quotes = typed(&[], ("\"", "\""));

/// Words that begin with an apostrophe, in small letters.
const CLIPPED: &[&str] = &[
    "n", "tis", "twas", "twere", "twill", "em", "cause", "til", "till", "bout", "round", "neath", "cuz", "nuff", "s",
    "t",
];

/// What a straight mark stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Opens,
    Closes,
    Apostrophe,
    Prime,
    Stays,
}

impl Quotes {
    /// Whether they are set, and not the editor's to type.
    pub(super) fn sets(&self) -> bool {
        !self.by_hand
    }

    /// Those of a language; none where everything is left as it is typed.
    pub(super) fn of(language: &str) -> Option<&'static Self> {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        if LEFT_ALONE.contains(&primary.as_str()) {
            return None;
        }
        Some(LANGUAGES.iter().find(|quotes| quotes.languages.contains(&primary.as_str())).unwrap_or(&OTHERS))
    }

    pub(super) fn edits(&self, chars: &[(usize, char)]) -> Vec<Edit> {
        let mut edits = Vec::new();
        if self.languages.is_empty() {
            return edits;
        }
        let mut run = Run { chars, before: None, double: 0, single: 0, by_hand: 0 };
        for (index, &(at, mark)) in chars.iter().enumerate() {
            let kind = match mark {
                '"' => run.double(index),
                '\'' => run.single(index),
                c => {
                    run.typed(c);
                    continue;
                }
            };
            run.before = Some((index, kind));
            let closes_typed = mark == '"' && kind == Kind::Closes && run.close_by_hand();
            let stays = self.by_hand && matches!(kind, Kind::Opens | Kind::Closes) && !closes_typed;
            if let Some(text) = self.text(mark, kind).filter(|_| !stays) {
                edits.push(Edit { at, len: 1, text });
            }
        }
        edits
    }

    fn text(&self, mark: char, kind: Kind) -> Option<&'static str> {
        let (open, close) = if mark == '"' { self.outer } else { self.inner };
        match kind {
            Kind::Opens => Some(open),
            Kind::Closes => Some(close),
            Kind::Apostrophe => Some("’"),
            Kind::Prime if mark == '"' => Some("″"),
            Kind::Prime => Some("′"),
            Kind::Stays => None,
        }
    }
}

/// A run while it is read: what is open.
struct Run<'a> {
    chars: &'a [(usize, char)],
    /// The mark that was read last.
    before: Option<(usize, Kind)>,
    double: usize,
    single: usize,
    /// Of the double ones, those that the editor typed as they are printed.
    by_hand: usize,
}

impl Run<'_> {
    fn char(&self, index: usize) -> Option<char> {
        self.chars.get(index).map(|(_, c)| *c)
    }

    fn previous(&self, index: usize) -> Option<char> {
        self.char(index.checked_sub(1)?)
    }

    /// Marks that an editor typed as they are printed count as open, too.
    fn typed(&mut self, c: char) {
        match c {
            '„' | '«' => {
                self.double += 1;
                self.by_hand += 1;
            }
            '“' if self.by_hand == 0 => {
                self.double += 1;
                self.by_hand += 1;
            }
            '”' | '»' | '“' => {
                self.double = self.double.saturating_sub(1);
                self.close_by_hand();
            }
            _ => {}
        }
    }

    /// Whether what closes was opened by a mark as it is printed.
    fn close_by_hand(&mut self) -> bool {
        let was_open = self.by_hand > 0;
        self.by_hand = self.by_hand.saturating_sub(1);
        was_open
    }

    /// Whether something may open here: at a beginning, behind a space, a bracket, a dash, or a mark that opened.
    fn may_open(&self, index: usize) -> bool {
        self.is_within(index) || self.previous(index).is_none_or(begins)
    }

    /// Whether a bracket or another mark opened directly before.
    fn is_within(&self, index: usize) -> bool {
        let opened = self.before.is_some_and(|(at, kind)| at + 1 == index && kind == Kind::Opens);
        opened || self.previous(index).is_some_and(|c| "([{‹«“‘„‚".contains(c))
    }

    fn double(&mut self, index: usize) -> Kind {
        let (previous, next) = (self.previous(index), self.char(index + 1));
        let after_space = previous.is_none_or(char::is_whitespace);
        let kind = match (self.may_open(index), next) {
            (true, None) if after_space => Kind::Stays,
            (true, Some(next)) if after_space && next.is_whitespace() => Kind::Stays,
            (true, Some(next)) if !ends(next) || after_space || self.is_within(index) => Kind::Opens,
            (true, _) => Kind::Closes,
            (false, _) if previous.is_some_and(is_digit) && self.is_inch(index) => Kind::Prime,
            // `l'"eau"`: an apostrophe joins two words.
            (false, Some(next)) if self.double == 0 && is_word(next) && is_apostrophe(previous) => Kind::Opens,
            (false, _) => Kind::Closes,
        };
        match kind {
            Kind::Opens => self.double += 1,
            Kind::Closes => self.double = self.double.saturating_sub(1),
            _ => {}
        }
        kind
    }

    /// A mark behind a digit: inches where nothing is open, or where the next mark is the one that closes.
    fn is_inch(&self, index: usize) -> bool {
        let rest = &self.chars[index + 1..];
        let next = rest.iter().position(|(_, c)| *c == '"').map(|at| index + 1 + at);
        self.double == 0 || next.is_some_and(|next| !self.previous(next).is_none_or(begins))
    }

    fn single(&mut self, index: usize) -> Kind {
        let (previous, next) = (self.previous(index), self.char(index + 1));
        let follows_word = previous.is_some_and(is_word);
        let kind = match next {
            Some(next) if follows_word && is_word(next) => {
                let is_foot = previous.is_some_and(is_digit) && (1..=2).contains(&self.digits(index + 1));
                if is_foot { Kind::Prime } else { Kind::Apostrophe }
            }
            Some(next) if self.may_open(index) && !next.is_whitespace() => self.leading(index),
            None if self.may_open(index) => Kind::Stays,
            Some(next) if next.is_whitespace() && previous.is_none_or(char::is_whitespace) => Kind::Stays,
            _ if previous.is_some_and(is_digit) && self.single == 0 => Kind::Prime,
            _ if self.single > 0 => Kind::Closes,
            _ => Kind::Apostrophe,
        };
        match kind {
            Kind::Opens => self.single += 1,
            Kind::Closes => self.single = self.single.saturating_sub(1),
            _ => {}
        }
        kind
    }

    /// How many digits stand from `index` on.
    fn digits(&self, index: usize) -> usize {
        self.chars[index.min(self.chars.len())..].iter().take_while(|(_, c)| is_digit(*c)).count()
    }

    /// A mark before a word: it opens, or stands for letters that are left out: `'90s`, `'tis`.
    fn leading(&self, index: usize) -> Kind {
        let rest = &self.chars[index + 1..];
        let word: String = rest.iter().map(|(_, c)| *c).take_while(|c| is_word(*c)).collect();
        let after = rest.get(word.chars().count()).map(|(_, c)| *c);
        let is_year =
            self.digits(index + 1) == 2 && after != Some('\'') && word.trim_start_matches(is_digit).len() <= 1;
        let lower = word.to_lowercase();
        let is_clipped = CLIPPED.contains(&lower.as_str()) && (after != Some('\'') || lower == "n");
        if is_year || is_clipped {
            return Kind::Apostrophe;
        }
        let closes_later = (index + 2..self.chars.len()).any(|at| {
            self.char(at) == Some('\'')
                && self.previous(at).is_some_and(|c| !c.is_whitespace())
                && !self.char(at + 1).is_some_and(is_word)
        });
        let begins_block = self.previous(index).is_none();
        if closes_later || begins_block { Kind::Opens } else { Kind::Apostrophe }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A letter, a digit, or what stands for a word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == OPAQUE
}

fn is_apostrophe(c: Option<char>) -> bool {
    matches!(c, Some('\'' | '’'))
}

fn begins(c: char) -> bool {
    c.is_whitespace() || "([{‹«“‘„‚¿¡—–-/=|".contains(c)
}

fn ends(c: char) -> bool {
    c.is_whitespace() || c == NOTE || ",.;:!?)]}…—–-\"'”’»".contains(c)
}
