//! What stands in a cell, whatever program wrote it: nothing, yes or no, an address. Knows no column.

use crate::domain::address::{AddressError, EmailAddress};
use crate::domain::characters::is_control;
use crate::domain::language_tag::is_language_tag;

use super::Reason;

/// What programs leave around a value.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_control(c)
}

/// What databases and programs write where there is no value.
const NOTHING: &[&str] = &[
    "-", "--", "---", "–", "—", "null", "(null)", "<null>", "[null]", "\\n", "none", "(none)", "nil", "<nil>", "nan",
    "nat", "n/a", "n.a.", "na", "#n/a", "<na>", "undefined", "never", "[]", "{}", "\"\"", "''", "?", ".",
];
/// Times that stand for none: MySQL's, Go's, and the beginning of time.
const NO_TIME: &[&str] =
    &["0000-00-00", "0001-01-01", "00/00/0000", "00.00.0000", "1970-01-01 00:00", "1970-01-01t00:00"];

const YES: &[&str] = &[
    "yes", "y", "true", "t", "1", "1.0", "on", "x", "✓", "✔", "ja", "j", "oui", "o", "si", "sí", "s", "sim", "tak",
    "da", "ano", "igen", "kyllä", "evet", "wahr", "vrai", "verdadero", "vero", "waar", "да", "так", "是", "はい", "예",
    "네", "نعم",
];
const NO: &[&str] = &[
    "no", "n", "false", "f", "0", "0.0", "off", "✗", "✘", "nein", "non", "nee", "não", "nao", "nie", "ne", "nej",
    "nem", "ei", "hayır", "falsch", "faux", "falso", "onwaar", "нет", "не", "ні", "否", "いいえ", "아니요", "아니오",
    "لا",
];

/// A cell without the blanks around it.
pub(super) fn trimmed(cell: &str) -> &str {
    cell.trim_matches(is_blank)
}

/// Whether a cell is a database's spelling of nothing. A name may be Nan or Nil: those are read with [`is_no_name`].
pub(super) fn is_nothing(cell: &str) -> bool {
    let cell = trimmed(cell);
    if cell.is_empty() {
        return true;
    }
    // Nothing in the lists is longer, or begins otherwise: most cells are looked at no further.
    let begins = |c: char| "-–—nNuU(<[\\#{\"'?.01".contains(c);
    if cell.len() > 40 || !cell.starts_with(begins) {
        return false;
    }
    let lower = cell.to_lowercase();
    NOTHING.contains(&lower.as_str()) || NO_TIME.iter().any(|none| lower.starts_with(none))
}

/// Whether a cell of names holds none.
pub(super) fn is_no_name(cell: &str) -> bool {
    let cell = trimmed(cell);
    is_nothing(cell) && !matches!(cell, "Nan" | "Nil" | "Na" | "Never" | "None")
}

/// Yes or no in the words of many languages; `None` for anything else. Nothing is neither.
pub(super) fn truth(cell: &str) -> Option<bool> {
    let cell = trimmed(cell);
    if cell.is_empty() || cell.len() > 20 {
        return None;
    }
    let lower = cell.to_lowercase();
    match () {
        () if YES.contains(&lower.as_str()) => Some(true),
        () if NO.contains(&lower.as_str()) => Some(false),
        () => None,
    }
}

/// Lower case, with one `_` for each run of anything that is neither letter nor digit: how names and words are compared.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        // A letter with its accent apart is the same word.
        if matches!(c, '\u{300}'..='\u{36f}') {
            continue;
        }
        if c.is_alphanumeric() {
            folded.extend(c.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with('_') {
            folded.push('_');
        }
    }
    if folded.ends_with('_') {
        folded.pop();
    }
    folded
}

/// Without the apostrophe that keeps spreadsheets from taking a value for a formula.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if crate::signup::export::is_formula(rest) => rest,
        _ => text,
    }
}

/// An address with what stands around it in lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AddressCell {
    pub(super) email: EmailAddress,
    pub(super) name: Option<String>,
    /// A word in brackets behind it, as Mailman has it: `bob@example.org (disabled)`.
    pub(super) remark: Option<String>,
}

/// Reads an address as people and programs write it: bare, in `<>`, behind a name or `mailto:`, in quotation marks,
/// with a dot or comma behind.
pub(super) fn address(cell: &str) -> Result<AddressCell, Reason> {
    let cell = trimmed(unguarded(trimmed(cell)));
    // What is an address as it stands is one.
    let bare = match cell.parse::<EmailAddress>() {
        Ok(email) => return Ok(AddressCell { email, name: None, remark: None }),
        Err(error) => error,
    };
    if is_nothing(cell) {
        return Err(Reason::Address(AddressError::Empty));
    }
    let (inside, name, remark) = taken_apart(cell);
    let inside = bared(inside);
    match inside.parse::<EmailAddress>() {
        Ok(email) => Ok(AddressCell { email, name, remark }),
        Err(_) if cell.matches('@').count() > 1 => Err(Reason::TwoAddresses),
        Err(_) => Err(Reason::Address(bare)),
    }
}

/// `Name <a@b>` and `a@b (Name)` into their parts.
fn taken_apart(cell: &str) -> (&str, Option<String>, Option<String>) {
    let some = |text: &str| {
        let text = text.trim_matches(|c| is_blank(c) || matches!(c, '"' | '\'' | ','));
        (!text.is_empty()).then(|| text.to_owned())
    };
    let (cell, remark) = match cell.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((before, remark)) if !trimmed(before).is_empty() => (trimmed(before), some(remark)),
        _ => (cell, None),
    };
    if let Some((name, rest)) = cell.rsplit_once('<') {
        let inside = rest.split('>').next().unwrap_or(rest);
        return (inside, some(name), remark);
    }
    (cell, None, remark)
}

/// An address without `mailto:`, quotation marks and the end of a sentence.
fn bared(mut text: &str) -> &str {
    loop {
        let before = text;
        text = trimmed(text);
        if text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
            text = text[7..].split('?').next().unwrap_or_default();
        }
        for (open, close) in [('\'', '\''), ('"', '"'), ('<', '>'), ('“', '”'), ('‘', '’'), ('[', ']'), ('(', ')')]
        {
            if let Some(inside) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
                text = inside;
            }
        }
        text = text.trim_end_matches(['.', ',', ';']);
        if text == before {
            return text;
        }
    }
}

/// A language as BCP 47 has it.
pub(super) fn language(cell: &str) -> Result<Option<String>, Reason> {
    let text = trimmed(cell);
    if is_nothing(text) {
        return Ok(None);
    }
    let tag = text.replace('_', "-");
    if is_language_tag(&tag) { Ok(Some(tag)) } else { Err(Reason::Language(short(text))) }
}

/// Enough of a value to find it.
pub(super) fn short(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_databases_write_for_nothing_is_nothing() {
        for text in [
            "", " ", "\u{a0}", "NULL", "null", "\\N", "None", "nan", "NaN", "nil", "n/a", "N/A", "-", "—", "never",
            "0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "[]", "{}",
        ] {
            assert!(is_nothing(text), "{text:?}");
        }
        for text in ["0", "no", "unsubscribed", "2024-01-01", "Nancy", "1"] {
            assert!(!is_nothing(text), "{text:?}");
        }
        assert!(is_no_name("NULL") && is_no_name("nan") && !is_no_name("Nan") && !is_no_name("Nil"));
    }

    #[test]
    fn yes_and_no_are_read_in_many_languages() {
        for text in ["yes", "Y", "TRUE", "1", "ja", "Oui", "sí", "да", "はい"] {
            assert_eq!(truth(text), Some(true), "{text}");
        }
        for text in ["no", "N", "False", "0", "0.0", "nein", "Non", "não", "нет", "いいえ"] {
            assert_eq!(truth(text), Some(false), "{text}");
        }
        for text in ["", "maybe", "2", "unsubscribed", "null"] {
            assert_eq!(truth(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_are_taken_out_of_what_stands_around_them() {
        for (text, email, name, remark) in [
            ("a@b.cc", "a@b.cc", None, None),
            (" <a@b.cc> ", "a@b.cc", None, None),
            // As address books of scripts from right to left copy it.
            ("\u{202a}a@b.cc\u{202c}", "a@b.cc", None, None),
            ("\u{200e} \u{2068}a@b.cc\u{2069}\u{200f}", "a@b.cc", None, None),
            ("mailto:a@b.cc", "a@b.cc", None, None),
            ("MAILTO:a@b.cc?subject=x", "a@b.cc", None, None),
            ("'a@b.cc'", "a@b.cc", None, None),
            ("\"a@b.cc\"", "a@b.cc", None, None),
            ("a@b.cc.", "a@b.cc", None, None),
            ("a@b.cc;", "a@b.cc", None, None),
            ("Anna Berg <a@b.cc>", "a@b.cc", Some("Anna Berg"), None),
            ("\"Berg, Anna\" <mailto:a@b.cc>", "a@b.cc", Some("Berg, Anna"), None),
            ("a@b.cc (Anna Berg)", "a@b.cc", None, Some("Anna Berg")),
            ("a@b.cc (disabled)", "a@b.cc", None, Some("disabled")),
            ("Anna <a@b.cc> (disabled)", "a@b.cc", Some("Anna"), Some("disabled")),
            ("'+tag@b.cc", "+tag@b.cc", None, None),
        ] {
            let written = address(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(written.email.as_str(), email, "{text}");
            assert_eq!((written.name.as_deref(), written.remark.as_deref()), (name, remark), "{text}");
        }
        assert_eq!(address("a@b.cc;c@d.ee"), Err(Reason::TwoAddresses));
        assert_eq!(address("a@b.cc, c@d.ee"), Err(Reason::TwoAddresses));
        assert_eq!(address("NULL"), Err(Reason::Address(AddressError::Empty)));
        assert_eq!(address("nobody"), Err(Reason::Address(AddressError::NoAt)));
    }

    #[test]
    fn words_are_compared_without_case_and_marks() {
        for (text, word) in [
            ("Email Address", "email_address"),
            ("\u{feff} E-Mail\u{a0}", "e_mail"),
            ("E-mail 1 - Value", "e_mail_1_value"),
            ("Désinscrit ?", "désinscrit"),
            ("__x__", "x"),
        ] {
            assert_eq!(folded(text), word);
        }
    }

    #[test]
    fn languages_are_read_or_refused() {
        assert_eq!(language("pt_BR"), Ok(Some("pt-BR".to_owned())));
        assert_eq!(language("zh-Hant-TW"), Ok(Some("zh-Hant-TW".to_owned())));
        assert_eq!(language("NULL"), Ok(None));
        for text in ["English", "e", "en-", "en-ü", "<b>"] {
            assert!(language(text).is_err(), "{text}");
        }
    }
}
