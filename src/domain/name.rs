//! What a reader may be called. Knows no page and no mail.
//!
//! A name stands in every issue, in the text and in `To:`, under the newsletter's signature. Mail programs make a link of
//! whatever looks like an address, and people believe what a newsletter calls them: so a name is refused that looks like
//! an address, or that has characters nobody sees, or the length of a message.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use super::characters::{is_control, is_invisible, is_mark, is_picture};

/// How many characters a name may have.
pub const NAME_CHARS_MAX: usize = 40;
/// How many are kept of one in a list.
const LISTED_CHARS_MAX: usize = 100;
/// So many digits are a telephone number; mail programs link those as well.
const DIGITS_MAX: usize = 6;
/// So many marks on one letter reach into the lines around it. Thai and Hebrew need three.
const MARKS_MAX: usize = 4;

/// Why something is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// More characters than [`NAME_CHARS_MAX`].
    #[error("a name has at most {NAME_CHARS_MAX} characters")]
    TooLong,
    /// A mail program would make a link of it, or a reader take it for an address.
    #[error("it looks like an address or a telephone number; after a dot there must be a space")]
    Address,
    /// Something in it is invisible.
    #[error("it has characters that nobody sees")]
    Invisible,
}

/// Reads what somebody typed as their name; `None` when that is nothing. Line ends, control characters and marks of
/// direction come with what people paste: they are taken for spaces.
pub fn parse_name(typed: &str) -> Result<Option<String>, NameError> {
    let name = without_controls(typed);
    if has_invisible(&name) {
        return Err(NameError::Invisible);
    }
    if is_address(&name) {
        return Err(NameError::Address);
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(NameError::TooLong);
    }
    Ok((!name.is_empty()).then_some(name))
}

/// What is kept of a name that comes with a list: somebody answers for it, and whether it may be shown is asked when it is.
pub fn storable(listed: &str) -> Option<String> {
    let name: String = without_controls(listed).chars().take(LISTED_CHARS_MAX).collect();
    Some(name.trim_end().to_owned()).filter(|name| !name.is_empty())
}

/// As much of a name as may be shown that comes from elsewhere: from a list, or from a time with other rules. `None` when
/// nothing of it may.
pub fn presentable(stored: &str) -> Option<String> {
    let name = without_controls(stored);
    match parse_name(&name) {
        Ok(name) => name,
        // What is cut may end as a host does.
        Err(NameError::TooLong) => parse_name(&shortened(&name)).ok().flatten(),
        Err(NameError::Address | NameError::Invisible) => None,
    }
}

/// Cut behind a word where there is one, and never between a letter and its marks.
fn shortened(name: &str) -> String {
    let end = name.char_indices().nth(NAME_CHARS_MAX).map_or(name.len(), |(at, _)| at);
    let (cut, rest) = name.split_at(end);
    let cut = match (rest.starts_with(' '), cut.rfind(' ')) {
        (false, Some(space)) => &cut[..space],
        (false, None) if rest.starts_with(is_mark) => {
            cut.trim_end_matches(is_mark).char_indices().next_back().map_or("", |(at, _)| &cut[..at])
        }
        _ => cut,
    };
    cut.trim_end().to_owned()
}

/// Without control characters and marks of direction, with single spaces.
fn without_controls(typed: &str) -> String {
    let visible: String = typed
        .chars()
        // Which of two shapes an emoji has.
        .filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}'))
        .map(|c| if is_control(c) { ' ' } else { c })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_invisible(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    let mut marks = 0;
    for (at, &c) in chars.iter().enumerate() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let after = chars.get(at + 1).copied();
        let is_needed = match c {
            // They join and part letters: Persian and the scripts of India cannot be written without.
            '\u{200c}' | '\u{200d}' => before.is_some_and(joins) && after.is_none_or(joins),
            // Which of several shapes an ideograph has: so are Japanese names told apart.
            '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_ideograph),
            _ => false,
        };
        if marks > MARKS_MAX || is_invisible(c) && !is_needed {
            return true;
        }
    }
    false
}

/// Whether a joiner may stand beside it: a letter or a mark of a script in which letters join, or a picture.
fn joins(c: char) -> bool {
    let is_symbol = c.general_category() == GeneralCategory::OtherSymbol;
    !c.is_ascii() && (c.is_alphabetic() || is_mark(c) || is_picture(c) || is_symbol)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a mail program, or a reader, takes it for an address of the web, of mail, of a file or of a telephone.
fn is_address(name: &str) -> bool {
    // Letters of full width and in circles are read, and linked, like others.
    let text: String = name.nfkc().map(plain_dot).collect::<String>().to_lowercase();
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    digits > DIGITS_MAX
        || text.contains('@')
        || ["://", "//", "\\\\", "www."].iter().any(|sign| text.contains(sign))
        || has_scheme(&text)
        || has_odd_dot(name)
        || words(&text).any(|(word, next)| is_host(word, next))
}

/// Full stops of other scripts, which programs take for the dot of a host.
fn plain_dot(c: char) -> char {
    if is_odd_dot(c) { '.' } else { c }
}

fn is_odd_dot(c: char) -> bool {
    matches!(
        c,
        '\u{2024}'
            | '\u{3002}'
            | '\u{fe12}'
            | '\u{fe52}'
            | '\u{ff0e}'
            | '\u{ff61}'
            | '\u{6d4}'
            | '\u{701}'
            | '\u{702}'
            | '\u{a4f8}'
            | '\u{a60e}'
            | '\u{1803}'
            | '\u{1809}'
            | '\u{10a50}'
            | '\u{1d16d}'
    )
}

/// No name has one of those between two letters, whatever they spell.
fn has_odd_dot(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    chars.windows(3).any(|three| three[0].is_alphanumeric() && is_odd_dot(three[1]) && three[2].is_alphanumeric())
}

/// A word, a colon, and no space: `mailto:`, `tel:`, `http:`.
fn has_scheme(text: &str) -> bool {
    const SCHEMES: [&str; 12] =
        ["http", "https", "ftp", "mailto", "tel", "sms", "javascript", "data", "file", "geo", "sip", "magnet"];
    text.match_indices(':').any(|(at, _)| {
        let before = text[..at].rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        SCHEMES.contains(&before)
    })
}

/// The stretches that could be a host, each with the character behind it.
fn words(text: &str) -> impl Iterator<Item = (&str, Option<char>)> {
    let is_part = |c: char| c.is_alphanumeric() || is_mark(c) || matches!(c, '.' | '-' | '_' | '\u{200c}' | '\u{200d}');
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| !is_part(c));
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        (!word.is_empty()).then(|| (word, behind.chars().next()))
    })
}

/// What stands before a name and ends in a dot; some people leave the space out.
const TITLES: &str = "dr prof st ste mr mrs ms mx hr fr frl jr sr mag ing dipl rev sgt lt capt col gen maj hon mme mlle sra \
    srta dra dott doc univ abg mgr";
/// What stands behind a name.
const DEGREES: &str = "b.sc m.sc d.sc b.ed m.ed b.eng m.eng dr.med dr.phil";
/// Where hosts end that have more than two letters there, and which people know; two letters always count.
const ENDS: &str = "com net org info biz edu gov mil int name mobi pro aero museum app dev page web site online shop store \
    blog news club xyz top live life world link click email cloud tech space website media agency example \
    test invalid local localhost onion arpa win bid loan vip icu bank pay zip mov рус дети онлайн сайт орг \
    мкд қаз рф срб укр бел 中国 中國 台湾 香港 한국 भारत مصر ایران ישראל ไทย";

fn is_listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

fn is_host(word: &str, behind: Option<char>) -> bool {
    let labels: Vec<&str> = word.split('.').map(|label| label.trim_matches(['-', '_'])).collect();
    let whole: Vec<&str> = labels.iter().copied().filter(|label| !label.is_empty()).collect();
    // Two dots in a row, or one at the end, part words.
    let parts = || labels.split(|label| label.is_empty()).filter(|part| part.len() > 1);
    if parts().next().is_none() {
        return false;
    }
    // A dot between letters, and a path or a port behind it.
    if matches!(behind, Some('/' | ':' | '?' | '#')) && !word.ends_with('.') {
        return true;
    }
    if is_listed(DEGREES, &whole.join(".")) {
        return false;
    }
    parts().any(|part| {
        let (last, before) = part.split_last().map_or(("", part), |(last, before)| (*last, before));
        let digits = part.iter().filter(|label| label.chars().all(|c| c.is_ascii_digit())).count();
        if digits == part.len() {
            return digits == 4;
        }
        let length = |label: &str| label.chars().filter(|c| !is_mark(*c)).count();
        let letters = length(last);
        let is_short = |label: &&str| length(label) == 1 || is_listed(TITLES, label);
        let is_end = letters == 2 && last.is_ascii() || is_listed(ENDS, last) || last.starts_with("xn--");
        letters > 1 && last.chars().any(char::is_alphabetic) && (is_end || !before.iter().all(is_short))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_are_called_is_a_name() {
        for name in [
            "Anna", "J. R. R. Tolkien", "J.R.R. Tolkien", "J.R.R.Tolkien", "Dr. Müller", "Dr.Müller", "Prof.Dr.Klein",
            "St. John", "O'Neill-Smith", "O’Neill", "王小明", "山田　太郎", "محمد عبد الله", "علی\u{200c}رضا",
            "संजय कुमार", "श्री\u{200d}मती", "क्\u{200d}ष", "สมชาย ใจดี", "נָתָן בֶּן־דָּוִד", "김철수", "Νίκος", "Иван Петров",
            "А. С. Пушкин", "А.С.Пушкин", "José", "Jose\u{301}", "Nguyễn Thị Minh Khai", "Gal·la", "Anna-Lena",
            "Anna (Nana) Berg", "Sam (they/them)", "Henry VIII", "Anna 1990", "Anna & Bert", "Martin Luther King, Jr.",
            "Ph.D. Anna Berg", "Anna Berg, M.Sc.", "Anna... Berg", "Anna ❤\u{fe0f}", "👩\u{200d}💻 Anna",
            "葛\u{e0100}城", "X Æ A-12", "D’Arcy", "de la Cruz", "=HYPERLINK(\"x\")", "<script>alert(1)</script>",
            "Note: Anna", "e. e. cummings", "Mr. T", "R2", "Anna/Bert",
        ] {
            let spaced = name.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{fe0f}', "");
            assert_eq!(parse_name(name), Ok(Some(spaced.clone())), "{name}");
            assert_eq!(presentable(name), Some(spaced), "{name}");
        }
        for nothing in ["", " ", "\r\n\t", "\u{202e}\0", "\u{feff}", "\u{200b} \u{a0}"] {
            assert_eq!(parse_name(nothing), Ok(None), "{nothing:?}");
        }
        assert_eq!(parse_name("  Anna\r\nBerg \u{202e}x ").unwrap().unwrap(), "Anna Berg x");
    }

    #[test]
    fn what_a_mail_program_links_is_no_name() {
        for typed in [
            "evil.example",
            "evil-login.example/week",
            "Your account is locked: evil-login.example/week",
            "pay now at evil.example/x",
            "Win at https://spam.example",
            "http:spam",
            "www.spam",
            "WWW.Spam.Example",
            "anna@example.org",
            "anna＠example.org",
            "anna﹫example.org",
            "Anna\r\nBcc: victim@example.net",
            "mailto:x",
            "tel:123",
            "javascript:alert(1)",
            "evil。example",
            "evil．com",
            "evil․com",
            "evil｡com",
            "王。小明",
            "evil．example/x",
            "ｅｖｉｌ．ｃｏｍ",
            "ⓔⓥⓘⓛ.com",
            "evil.соm",
            "пример.рф",
            "а.рф/x",
            "例え.テスト",
            "मेल.भारत",
            "a.co",
            "t.me/x",
            "bit.ly",
            "goo.gl/x",
            "x.yz",
            "will.i.am",
            "evil.com.",
            "(evil.com)",
            "\"evil.com\"",
            "Anna evil.co.uk",
            "evil.example:8080",
            "e.vil/x",
            "127.0.0.1",
            "10.0.0.1/x",
            "xn--80ak6aa92e.com",
            "a.xn--p1ai",
            "\\\\server\\share",
            "//evil",
            "evil_x.com",
            "+49 170 1234567",
            "0800 123 4567",
            "٠٨٠٠١٢٣٤٥٦٧",
            "evil.com?x",
            "Dr.com",
            "st.gov",
            "x.example",
            "sub.sub.evil.test",
        ] {
            assert_eq!(parse_name(typed), Err(NameError::Address), "{typed}");
            assert_eq!(presentable(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_nobody_sees_is_no_name() {
        for c in [
            '\u{3164}', '\u{61c}', '\u{ad}', '\u{180e}', '\u{e0041}', '\u{e0001}', '\u{e007f}', '\u{115f}', '\u{1160}',
            '\u{ffa0}', '\u{34f}', '\u{17b4}', '\u{2061}', '\u{2064}', '\u{206a}', '\u{200c}', '\u{200d}', '\u{2800}',
            '\u{fe01}', '\u{e0100}', '\u{fff9}', '\u{fffc}', '\u{fffd}', '\u{e000}', '\u{f8ff}', '\u{378}', '\u{ffff}',
            '\u{180b}',
        ] {
            for typed in [format!("An{c}na"), format!("{c}Anna"), c.to_string()] {
                assert_eq!(parse_name(&typed), Err(NameError::Invisible), "{typed:?}");
                assert_eq!(presentable(&typed), None, "{typed:?}");
            }
        }
        let stacked = format!("Z{}algo", "\u{301}".repeat(9));
        assert_eq!(parse_name(&stacked), Err(NameError::Invisible));
    }

    #[test]
    fn a_name_is_no_message() {
        let most = "é".repeat(NAME_CHARS_MAX);
        assert_eq!(parse_name(&most), Ok(Some(most.clone())));
        assert_eq!(parse_name(&format!("{most}x")), Err(NameError::TooLong));
        assert_eq!(presentable(&format!("{most}x")), Some(most));
        assert_eq!(
            presentable("María del Carmen Fernández de la Vega y Sanz").unwrap(),
            "María del Carmen Fernández de la Vega y"
        );
        let marked = format!("{}कि", "x".repeat(NAME_CHARS_MAX - 1));
        assert_eq!(presentable(&marked), Some("x".repeat(NAME_CHARS_MAX - 1)), "no letter without its marks");
    }

    proptest::proptest! {
        /// What is shown of whatever is stored is itself a name: done twice it is the same.
        #[test]
        fn what_is_presentable_is_a_name(stored in "\\PC{0,60}", host in "[a-z]{2,9}\\.[a-z]{2,9}") {
            if let Some(shown) = presentable(&stored) {
                proptest::prop_assert_eq!(parse_name(&shown), Ok(Some(shown)));
            }
            let is_title = is_listed(TITLES, host.split('.').next().unwrap()) || is_listed(DEGREES, &host);
            let (linked, path) = (format!("Anna {host}"), format!("Anna {host}/x"));
            proptest::prop_assert!(is_title || parse_name(&linked) == Err(NameError::Address), "{}", linked);
            proptest::prop_assert_eq!(parse_name(&path), Err(NameError::Address));
        }
    }
}
