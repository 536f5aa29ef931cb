//! Dates in a title, as people write them, to be compared with the day on which the issue goes out. Knows no slot.

use jiff::civil::Date;

use super::vocabulary::Vocabulary;

/// A day that a text names; people often leave the year out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NamedDay {
    year: Option<i16>,
    month: i8,
    day: i8,
    /// The other reading of `03/04/2026`.
    swapped: bool,
}

impl NamedDay {
    /// Whether it may be `date`.
    pub(super) fn may_be(self, date: Date) -> bool {
        let is_day = |month, day| (month, day) == (date.month(), date.day());
        self.year.is_none_or(|year| year == date.year())
            && (is_day(self.month, self.day) || (self.swapped && is_day(self.day, self.month)))
    }
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A number and how many digits it has.
    Number(i32, usize),
    Word(String),
    Mark(char),
}

/// Words between a day and its month, or its month and the year.
const BETWEEN: &[&str] = &["of", "de", "del", "di", "st", "nd", "rd", "th", "er", "e", "º", "ª", "г"];

/// The first day that a text names.
pub(super) fn named(text: &str, vocabulary: &Vocabulary) -> Option<NamedDay> {
    let tokens = tokens(text);
    (0..tokens.len()).find_map(|at| {
        let rest = &tokens[at..];
        in_digits(rest).or_else(|| in_characters(rest)).or_else(|| in_words(rest, vocabulary))
    })
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_digit = |c: char| c.is_ascii_digit();
        let is_letter = |c: char| c.is_alphabetic() || matches!(c, 'º' | 'ª');
        let length = |is: &dyn Fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let taken = if is_digit(first) {
            let length = length(&is_digit);
            tokens.push(Token::Number(rest[..length].parse().unwrap_or(-1), length));
            length
        } else if is_letter(first) {
            let length = length(&is_letter);
            tokens.push(Token::Word(rest[..length].to_lowercase()));
            length
        } else {
            if !first.is_whitespace() && first != ',' {
                tokens.push(Token::Mark(first));
            }
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    tokens
}

fn in_digits(tokens: &[Token]) -> Option<NamedDay> {
    let [
        Token::Number(a, a_len),
        Token::Mark(one),
        Token::Number(b, ..=2),
        Token::Mark(two),
        Token::Number(c, c_len),
        ..,
    ] = tokens
    else {
        return None;
    };
    match (a_len, c_len, one, two) {
        (4, 1..=2, '-', '-') => of(Some(*a), *b, *c, false),
        (1..=2, 4, '.' | '/' | '-', _) if one == two => match of(Some(*c), *b, *a, true) {
            Some(named) => Some(named),
            None => of(Some(*c), *a, *b, false),
        },
        _ => None,
    }
}

fn in_characters(tokens: &[Token]) -> Option<NamedDay> {
    let (year, rest) = match tokens {
        [Token::Number(year, 4), Token::Word(word), rest @ ..] if word == "年" => (Some(*year), rest),
        _ => (None, tokens),
    };
    match rest {
        [Token::Number(month, _), Token::Word(one), Token::Number(day, _), Token::Word(two), ..]
            if one == "月" && two.starts_with(['日', '号', '號']) =>
        {
            of(year, *month, *day, false)
        }
        _ => None,
    }
}

/// `27 November 2026`, `27th of November`, `November 27, 2026`, `27. listopadu`.
fn in_words(tokens: &[Token], vocabulary: &Vocabulary) -> Option<NamedDay> {
    let kept: Vec<&Token> = tokens
        .iter()
        .take(8)
        .filter(|token| match token {
            Token::Word(word) => !BETWEEN.contains(&word.as_str()),
            Token::Mark(mark) => *mark != '.',
            Token::Number(..) => true,
        })
        .collect();
    // What stands first decides where the date begins.
    if !matches!((tokens.first(), kept.first()), (Some(first), Some(kept)) if first == *kept) {
        return None;
    }
    let (month, day, rest) = match kept.as_slice() {
        [Token::Number(day, 1..=2), Token::Word(word), rest @ ..] => (vocabulary.month(word)?, *day, rest),
        [Token::Word(word), Token::Number(day, 1..=2), rest @ ..] => (vocabulary.month(word)?, *day, rest),
        _ => return None,
    };
    let year = match rest {
        [Token::Number(year, 4), ..] => Some(*year),
        _ => None,
    };
    of(year, i32::from(month), day, false)
}

fn of(year: Option<i32>, month: i32, day: i32, swapped: bool) -> Option<NamedDay> {
    let year = match year {
        Some(year) => Some(i16::try_from(year).ok().filter(|year| (1900..2200).contains(year))?),
        None => None,
    };
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    // A leap year, for the day may be the 29th of February.
    Date::new(year.unwrap_or(2024), month, day).ok()?;
    Some(NamedDay { year, month, day, swapped })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::content::advice::vocabulary;

    #[test]
    fn dates_are_found_as_people_write_them() {
        let day = date(2026, 11, 27);
        for (language, text) in [
            ("en", "The week of 27 November"),
            ("en", "November 27, 2026: the harbour"),
            ("en", "On the 27th of November"),
            ("en", "Nov. 27"),
            ("en", "Week 2026-11-27"),
            ("en", "11/27/2026"),
            ("de", "Die Woche vom 27. November 2026"),
            ("de", "27.11.2026"),
            ("fr", "Semaine du 27 novembre"),
            ("es", "27 de noviembre de 2026"),
            ("cs", "Týden do 27. listopadu"),
            ("ru", "27 ноября"),
            ("ar", "أسبوع 27 نوفمبر"),
            ("ja", "2026年11月27日の週"),
            ("zh", "11月27日"),
        ] {
            let named = named(text, vocabulary::of(language)).unwrap_or_else(|| panic!("{text}"));
            assert!(named.may_be(day), "{text}: {named:?}");
            assert!(!named.may_be(date(2026, 11, 20)), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_dates() {
        for text in ["1984", "27 ways to march", "Chapter 11.27", "March 2026", "24/7", "May 40", "3.1.2", "31 June"] {
            let found = named(text, vocabulary::of("en"));
            assert_eq!(found, None, "{text}");
        }
    }

    #[test]
    fn days_and_months_may_be_swapped() {
        let found = named("03/04/2026", vocabulary::of("en")).unwrap();
        assert!(found.may_be(date(2026, 4, 3)) && found.may_be(date(2026, 3, 4)));
    }
}
