//! Every word that readers see in pages and mails, by language: Fluent files under `templates/words`, embedded. Owns
//! plurals and dates; knows no layout, no page, no rule.
//!
//! Templates name a message by its key; what code says is a method of [`Words`] (see `messages.rs`). Values go in as they
//! are: the templates escape what comes out.

mod bidi;
mod known;
mod language;
mod messages;
mod pseudo;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::civil::Date;
use unic_langid::LanguageIdentifier;

pub use known::{message_keys, values_of};
pub use language::Language;

type Bundle = FluentBundle<FluentResource>;

/// By language, in the order of their declaration.
static BUNDLES: LazyLock<[Bundle; Language::COUNT]> = LazyLock::new(|| Language::DECLARED.map(bundle));

const fn source(language: Language) -> &'static str {
    match language {
        Language::English | Language::Pseudo => include_str!("../../templates/words/en.ftl"),
        Language::German => include_str!("../../templates/words/de.ftl"),
        Language::French => include_str!("../../templates/words/fr.ftl"),
        Language::Spanish => include_str!("../../templates/words/es.ftl"),
        Language::Russian => include_str!("../../templates/words/ru.ftl"),
        Language::Ukrainian => include_str!("../../templates/words/uk.ftl"),
        Language::Arabic => include_str!("../../templates/words/ar.ftl"),
        Language::Japanese => include_str!("../../templates/words/ja.ftl"),
    }
}

/// The words of the desk, which readers never see.
const DESK: &str = include_str!("../../templates/words/desk/en.ftl");

fn bundle(language: Language) -> Bundle {
    // A file with a mistake in it loses that message and keeps the rest; the tests refuse it.
    let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(resource, _)| resource);
    let locale: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Fluent would put invisible characters around every value: in a subject, in an address that is copied from a plain
    // text, in a title they do harm. `bidi` isolates where it helps.
    bundle.set_use_isolating(false);
    if language == Language::Pseudo {
        bundle.set_transform(Some(pseudo::accented));
    }
    bundle.add_resource_overriding(resource);
    if matches!(language, Language::English | Language::Pseudo) {
        bundle
            .add_resource_overriding(FluentResource::try_new(DESK.to_owned()).unwrap_or_else(|(resource, _)| resource));
    }
    bundle
}

/// The words of one language. A page's values are isolated where they run against the sentence; a mail's never are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    language: Language,
    isolating: bool,
}

impl Words {
    /// For mails, in the language of a BCP 47 tag, or in English.
    pub fn of_mail(tag: &str) -> Self {
        Self { language: Language::of(tag), isolating: false }
    }

    /// For pages, in the language of a BCP 47 tag, or in English.
    pub fn of_page(tag: &str) -> Self {
        Self { language: Language::of(tag), isolating: true }
    }

    /// The language that these words are in.
    pub fn language(self) -> Language {
        self.language
    }

    /// Its tag, BCP 47.
    pub fn tag(self) -> &'static str {
        self.language.tag()
    }

    /// `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        self.language.direction()
    }

    /// The words of a template, which knows its language by a tag and whether it is a page.
    pub fn of_template(tag: &str, isolating: bool) -> Self {
        Self { language: Language::of(tag), isolating }
    }

    /// Whether values that run against the sentence are isolated.
    pub fn is_isolating(self) -> bool {
        self.isolating
    }

    /// Items in a row, as the language parts them. A sentence isolates the row and not each item.
    pub fn list<'a>(self, items: impl IntoIterator<Item = &'a str>) -> String {
        let words = Self { isolating: false, ..self };
        let items = items.into_iter().map(str::to_owned);
        items.reduce(|before, item| words.listed(&before, &item)).unwrap_or_default()
    }

    /// A day as it is written out: `20 November 2026`.
    pub fn date(self, date: Date) -> String {
        // The year is a text: a number would get a separator after its thousands.
        self.date_of(i64::from(date.day()), i64::from(date.month()), &date.year().to_string())
    }

    /// The message `key` with its values in it; none where there is no such message, or a value is missing.
    pub fn message(self, key: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
        let bundle = &BUNDLES[self.language as usize];
        let pattern = bundle.get_message(key)?.value()?;
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            match value {
                Value::Text(text) if self.isolating => args.set(*name, bidi::isolated(text, self.language)),
                Value::Text(text) | Value::Markup(text) => args.set(*name, *text),
                Value::Number(number) => args.set(*name, FluentValue::from(*number)),
            }
        }
        let mut errors = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        errors.is_empty().then_some(said)
    }

    /// A message that code names: a test holds that none is missing in any file.
    fn say(self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.message(key, values).unwrap_or_else(|| key.to_owned())
    }
}

/// How many minutes a text of so many words takes; in a language that does not part words each character is one.
pub fn minutes_to_read(language: &str, words: usize) -> i64 {
    const WORDS_PER_MINUTE: usize = 220;
    const CHARACTERS_PER_MINUTE: usize = 500;
    let unparted = ["ja", "zh"].contains(&language.split('-').next().unwrap_or_default());
    let per_minute = if unparted { CHARACTERS_PER_MINUTE } else { WORDS_PER_MINUTE };
    let minutes = ((words + per_minute / 2) / per_minute).max(1);
    i64::try_from(minutes).unwrap_or(i64::MAX)
}

/// What goes into a message.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A name, an address, a date.
    Text(&'a str),
    /// HTML that is whole, and says its own direction.
    Markup(&'a str),
    /// What a plural goes by.
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

#[cfg(test)]
pub(crate) use {known::keys, messages::MESSAGES};

#[cfg(test)]
mod tests;
