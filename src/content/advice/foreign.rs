//! Merge fields of other systems, which would go out as they are typed. Knows what is written here instead.

use super::Found;
use super::prose::{self, Passage};
use crate::content::problem::{Position, Problem};

const CODE: &str = "field-foreign";

/// What is between the marks, in small letters, without what parts its words: names of what a reader has.
const NAMES: &[&str] = &[
    "name", "firstname", "lastname", "fullname", "fname", "lname", "vorname", "nachname", "prenom", "email",
    "emailaddress", "mail", "unsubscribe", "unsubscribeurl", "unsubscribelink", "unsub", "preferences", "weburl",
    "webversion", "archive", "address", "company", "city", "date",
];
/// Before a dot, whoever it is about.
const OWNERS: &[&str] = &["recipient", "subscriber", "user", "contact", "member", "reader", "person", "customer"];

/// Everything about fields that are none here.
pub(super) fn of_passages(passages: &[Passage], found: &mut Found<'_>) {
    of_starred(found);
    for passage in passages {
        let mut from = 0;
        while let Some((at, written)) = next(&passage.text[from..]) {
            tell(passage.at(from + at), &written, found);
            from += at + written.len();
        }
    }
}

fn tell(at: usize, written: &str, found: &mut Found<'_>) {
    let hint = format!("{}; between backticks if it is meant", instead(written));
    found.refuse(at, CODE, told(written), hint);
}

/// What is wrong with it.
fn told(written: &str) -> String {
    format!("{written} is a merge field of another system: readers would see it as it is typed")
}

/// The same in a key of the front matter, where no field works.
pub(super) fn of_key(text: &str, at: Position, problems: &mut Vec<Problem>) {
    let starred = text.match_indices("*|").find_map(|(at, _)| starred(&text[at..]));
    let written = starred.map(|inside| format!("*|{inside}|*")).or_else(|| next(text).map(|(_, written)| written));
    if let Some(written) = written {
        problems.push(Problem::error(at, CODE, told(&written)).hint("take it out: no field works there"));
    }
}

/// What stands between the stars of a field that `text` begins with.
fn starred(text: &str) -> Option<&str> {
    let near = &text[2..text.floor_char_boundary((2 + FIELD_BYTES_MAX).min(text.len()))];
    let inside = &near[..near.find("|*")?];
    is_starred(inside).then_some(inside)
}

/// `*|FNAME|*`: Markdown takes the stars for emphasis, so that these are looked for in the source, outside code.
fn of_starred(found: &mut Found<'_>) {
    let body = found.issue.body();
    if !body.contains("*|") {
        return;
    }
    let code = prose::code(body);
    let mut from = 0;
    while let Some(at) = body[from..].find("*|").map(|at| from + at) {
        from = at + 2;
        let Some(inside) = starred(&body[at..]) else { continue };
        if !code.iter().any(|code| code.contains(&at)) {
            tell(at, &format!("*|{inside}|*"), found);
        }
        from += inside.len() + 2;
    }
}

/// A name in capitals, with anything of one line behind its colon: `FNAME`, `FNAME:Reader`, `DATE:d/m/Y`, `IF:NAME=Anna`.
fn is_starred(inside: &str) -> bool {
    let name = inside.split([':', '=']).next().unwrap_or_default();
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | ' ');
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(is_name) && !inside.contains('\n')
}

fn instead(written: &str) -> &'static str {
    let plain = plain(written);
    if plain.contains("unsub") {
        "write {{ unsubscribe_url }} as a link's address"
    } else if plain.contains("web") || plain.contains("archive") {
        "write {{ web_url }} as a link's address"
    } else if plain.contains("prefer") || plain.contains("profile") {
        "write {{ preferences_url }} as a link's address"
    } else if plain.contains("name") {
        "write {{ name | there }}"
    } else {
        "take it out"
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

type Mark = (&'static str, &'static str, fn(&str) -> bool);

/// How a system marks its fields: what opens, what closes, and what may stand in between.
const MARKS: &[Mark] = &[
    ("%%", "%%", is_field),
    ("{%", "%}", is_anything),
    ("<%", "%>", is_anything),
    ("${", "}", is_reader),
    ("{$", "}", is_reader),
    ("%", "%", is_owned),
    ("[", "]", is_shouted),
];

/// The first field of another system, and where it stands.
fn next(text: &str) -> Option<(usize, String)> {
    let of_mark = |(open, close, is): &Mark| {
        text.match_indices(open).find_map(|(at, _)| {
            let rest = &text[at + open.len()..];
            let near = &rest[..rest.floor_char_boundary(FIELD_BYTES_MAX.min(rest.len()))];
            let inside = &near[..near.find(close)?];
            is(inside).then(|| (at, format!("{open}{inside}{close}")))
        })
    };
    MARKS.iter().filter_map(of_mark).min_by_key(|(at, _)| *at)
}

/// A field is a name and a filter or two.
const FIELD_BYTES_MAX: usize = 80;

fn is_anything(inside: &str) -> bool {
    inside.contains(char::is_alphabetic) && !inside.contains('\n')
}

fn is_field(inside: &str) -> bool {
    !inside.is_empty() && inside.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' ' | ':' | '='))
}

/// Whether it names something of a reader's.
fn is_reader(inside: &str) -> bool {
    let name = inside.split(['|', ':']).next().unwrap_or_default();
    NAMES.contains(&plain(name).as_str()) || is_owned(name)
}

/// `recipient.name`
fn is_owned(inside: &str) -> bool {
    is_field(inside) && inside.split_once(['.', '_']).is_some_and(|(owner, _)| OWNERS.contains(&plain(owner).as_str()))
}

/// `[NAME]`, `[First Name]`: a word in brackets is often meant, so only what is a field's name in capitals.
fn is_shouted(inside: &str) -> bool {
    NAMES.contains(&plain(inside).as_str()) && !inside.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_other_systems_are_told_from_text() {
        for (text, field) in [
            ("Hi %%first_name%%", Some("%%first_name%%")),
            ("{% if name %}Hi{% endif %}", Some("{% if name %}")),
            ("<%= name %>", Some("<%= name %>")),
            ("Hi ${name}", Some("${name}")),
            ("Hi ${user.first_name}", Some("${user.first_name}")),
            ("Hi {$name}", Some("{$name}")),
            ("Hi %recipient.name%", Some("%recipient.name%")),
            ("Hi [NAME], [FIRST NAME]", Some("[NAME]")),
            ("[UNSUBSCRIBE]", Some("[UNSUBSCRIBE]")),
            ("50 % of 20 % and 5%%", None),
            ("a %b% c, 100%–200%", None),
            ("${HOME} and ${i} and $5", None),
            ("[RFC] [name] [TOC] [1] [x]", None),
        ] {
            assert_eq!(next(text).map(|(_, written)| written).as_deref(), field, "{text}");
        }
    }

    #[test]
    fn names_between_stars_are_told_from_emphasis() {
        for (inside, is) in [
            ("FNAME", true),
            ("MC:SUBJECT", true),
            ("IF:NAME", true),
            ("FNAME:Reader", true),
            ("DATE:d/m/Y", true),
            ("IF:FNAME=Anna", true),
            ("a", false),
            ("Anna: x", false),
            ("A: first\nsecond", false),
            ("", false),
        ] {
            assert_eq!(is_starred(inside), is, "{inside}");
        }
    }

    #[test]
    fn what_to_write_instead_is_said() {
        for (written, instead_of) in [
            ("*|FNAME|*", "{{ name | there }}"),
            ("*|UNSUB|*", "{{ unsubscribe_url }}"),
            ("*|ARCHIVE|*", "{{ web_url }}"),
            ("%recipient.name%", "{{ name | there }}"),
        ] {
            assert!(instead(written).contains(instead_of), "{written}");
        }
    }
}
