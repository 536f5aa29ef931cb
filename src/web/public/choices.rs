//! The forms of the preferences: language and format, name, address, another newsletter. Knows no act.

use super::super::form::Form as Fields;
use super::preferences::{CHOOSE, MOVE, RENAME};
use super::reader::{self, choice, name as name_of};
use crate::domain::name::presentable;
use crate::domain::subscriber::Format;
use crate::signup::Door;
use crate::store::subscriptions::Subscription;
use crate::templates::pages::{Field, Form, Section};
use crate::words::{Language, Words};

/// The language and the format in a form, if there is a format in it that we have.
pub(super) fn read(fields: &Fields) -> Option<(Option<&'static str>, Format)> {
    let format: Format = fields.get("format").parse().ok()?;
    Some((Language::chosen(fields.get("language")).map(Language::tag), format))
}

pub(super) fn section(words: Words, subscription: Option<&Subscription>) -> Section {
    let chosen = subscription.and_then(|subscription| subscription.language.as_deref());
    let mut languages = vec![choice("", words.language_default(), chosen.is_none())];
    // Each in its own words: whoever looks for their language can read that.
    languages.extend(
        Language::ALL
            .into_iter()
            .map(|language| choice(language.tag(), language.own_name().to_owned(), chosen == Some(language.tag()))),
    );
    let format = subscription.map_or(Format::Html, |subscription| subscription.format);
    let facts = facts(words, chosen, format);
    let formats = [(Format::Html, words.format_html()), (Format::Plain, words.format_plain())];
    let formats = formats.map(|(one, label)| choice(one.as_str(), label, one == format));
    Section {
        id: "choices",
        folded: true,
        facts,
        heading: words.choices_heading(),
        forms: vec![Form {
            fields: vec![
                Field {
                    kind: "select",
                    name: "language",
                    label: words.language_label(),
                    hint: words.language_hint(),
                    choices: languages,
                    ..Field::default()
                },
                Field {
                    kind: "radio",
                    name: "format",
                    label: words.format_label(),
                    choices: formats.to_vec(),
                    ..Field::default()
                },
            ],
            button: reader::quiet(CHOOSE, words.choices_button()),
        }],
        ..Section::default()
    }
}

/// What is chosen now.
fn facts(words: Words, language: Option<&str>, format: Format) -> Vec<String> {
    let own = Language::ALL.into_iter().find(|one| Some(one.tag()) == language);
    let language = own.map_or_else(|| words.language_default(), |one| one.own_name().to_owned());
    let format = if format == Format::Html { words.format_html() } else { words.format_plain() };
    vec![language, format]
}

/// The name is not shown in full: a mail is forwarded, and its links with it.
pub(super) fn name_section(words: Words, door: Option<&Door>, subscription: Option<&Subscription>) -> Section {
    let shown = subscription.and_then(|subscription| subscription.name.as_deref()).and_then(presentable);
    let initial = shown.and_then(|shown| shown.chars().next());
    let hint = match initial {
        Some(first) => words.rename_hint(&first.to_string(), &name_of(words, door)),
        None => words.rename_hint_none(&name_of(words, door)),
    };
    let field = Field { kind: "text", name: "name", label: words.rename_label(), hint, ..Field::default() };
    Section {
        id: "own-name",
        folded: true,
        facts: initial.map(|initial| format!("{initial}…")).into_iter().collect(),
        heading: words.rename_heading(),
        forms: vec![reader::form(field, reader::quiet(RENAME, words.rename_button()))],
        ..Section::default()
    }
}

pub(super) fn address_section(words: Words, subscription: Option<&Subscription>) -> Section {
    let field = Field {
        kind: "email",
        name: "email",
        label: words.address_label(),
        hint: words.address_hint(),
        ..Field::default()
    };
    Section {
        id: "address",
        folded: true,
        facts: subscription.map(|subscription| subscription.email.masked()).into_iter().collect(),
        heading: words.address_heading(),
        forms: vec![reader::form(field, reader::quiet(MOVE, words.address_button()))],
        ..Section::default()
    }
}

/// A button that asks for another newsletter.
pub(super) fn add_form(words: Words, slug: &str, name: &str, action: &'static str) -> Form {
    let field = Field { kind: "hidden", name: "newsletter", value: slug.to_owned(), ..Field::default() };
    Form { fields: vec![field], button: reader::quiet(action, words.others_add(name)) }
}
