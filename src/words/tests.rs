//! Every file of words says all of it, and nothing else.

use std::collections::BTreeSet;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use jiff::civil::date as day;

use super::messages::MESSAGES;
use super::*;

/// What a pattern names: values, and other messages.
#[derive(Default)]
struct Names {
    values: BTreeSet<String>,
    messages: BTreeSet<String>,
}

impl Names {
    fn pattern(&mut self, pattern: &Pattern<String>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<String>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                variants.iter().for_each(|variant| self.pattern(&variant.value));
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<String>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.values.insert(id.name.clone());
            }
            InlineExpression::MessageReference { id, attribute: None } => {
                self.messages.insert(id.name.clone());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { .. } => {}
            other => panic!("no file uses {other:?}"),
        }
    }
}

/// The messages of a file in their order, and what each names.
fn parsed(language: Language) -> Vec<(String, Names)> {
    let resource = fluent_syntax::parser::parse(source(language).to_owned())
        .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.tag()));
    let mut messages = Vec::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let mut names = Names::default();
                names.pattern(&message.value.unwrap_or_else(|| panic!("{} says nothing", message.id.name)));
                messages.push((message.id.name, names));
            }
            Entry::Term(_) | Entry::Junk { .. } => panic!("{}: {entry:?}", language.tag()),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
        }
    }
    messages
}

#[test]
fn no_message_is_missing_or_unused_or_there_twice() {
    for language in Language::ALL {
        let messages = parsed(language);
        let names: BTreeSet<_> = messages.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), messages.len(), "{}: a message stands twice", language.tag());
        let mut used: BTreeSet<_> = MESSAGES.iter().map(|(name, _)| *name).collect();
        let inner: BTreeSet<_> = messages.iter().flat_map(|(_, names)| &names.messages).map(String::as_str).collect();
        used.extend(inner);
        let missing: Vec<_> = used.difference(&names).collect();
        let unused: Vec<_> = names.difference(&used).collect();
        assert!(missing.is_empty() && unused.is_empty(), "{}: missing {missing:?}, unused {unused:?}", language.tag());
    }
}

#[test]
fn every_message_has_the_values_that_it_is_given() {
    for language in Language::ALL {
        let messages = parsed(language);
        let of = |name: &str| messages.iter().find(|(known, _)| known == name).map(|(_, names)| names);
        for (name, values) in MESSAGES {
            let names = of(name).unwrap();
            let inner = names.messages.iter().filter_map(|inner| of(inner)).flat_map(|inner| &inner.values);
            let found: BTreeSet<_> = names.values.iter().chain(inner).map(String::as_str).collect();
            assert_eq!(found, values.iter().copied().collect(), "{}: {name}", language.tag());
        }
    }
}

#[test]
fn every_message_comes_out_whole() {
    for language in Language::ALL.into_iter().chain([Language::Pseudo]) {
        let words = Words { language, isolating: true };
        for (name, values) in MESSAGES {
            for number in [0, 1, 2, 3, 5, 11, 21, 100] {
                // A number where a text belongs does no harm, and picks the variant where one belongs.
                let values: Vec<_> = values.iter().map(|value| (*value, Value::Number(number))).collect();
                let said = words.say(name, &values);
                assert!(!said.is_empty() && !said.contains(['{', '}', '$']) && said != *name, "{name}: {said}");
            }
        }
    }
}

#[test]
fn dates_are_written_out() {
    let of = |tag, date| Words::of_mail(tag).date(date);
    let friday = day(2026, 11, 20);
    for (tag, written) in [
        ("en", "20 November 2026"),
        ("de", "20. November 2026"),
        ("fr", "20 novembre 2026"),
        ("es", "20 de noviembre de 2026"),
        ("ru", "20 ноября 2026 года"),
        ("uk", "20 листопада 2026 року"),
        ("ar", "20 نوفمبر 2026"),
        ("ja-JP", "2026年11月20日"),
        ("nl", "20 November 2026"),
    ] {
        assert_eq!(of(tag, friday), written);
    }
    assert_eq!(of("fr", day(2027, 5, 1)), "1er mai 2027");
    let months: BTreeSet<_> = (1..=12).map(|month| of("uk", day(2026, month, 1))).collect();
    assert_eq!(months.len(), 12);
}

#[test]
fn plurals_follow_the_language() {
    let check = |tag, days| Words::of_page(tag).check_text("W", days);
    for (tag, one, few, many) in [
        ("en", "1 day", "3 days", "7 days"),
        ("ru", "1 день", "3 дня", "7 дней"),
        ("uk", "1 день", "3 дні", "7 днів"),
        ("ar", "يوم واحد", "3 أيام", "7 أيام"),
    ] {
        for (days, wanted) in [(1, one), (3, few), (7, many)] {
            let said = check(tag, days);
            assert!(said.contains(wanted), "{said}");
        }
    }
    assert!(check("ar", 2).contains("يومين") && check("ar", 11).contains("11 يومًا"));
}

#[test]
fn values_are_neither_expanded_nor_escaped() {
    let said = Words::of_page("en").leave_heading("{ $x } <b>{ home }");
    assert_eq!(said, "Unsubscribe from { $x } <b>{ home }?");
}

#[test]
fn isolates_are_for_pages_alone() {
    assert_eq!(Words::of_page("en").leave_heading("الأسبوع"), "Unsubscribe from \u{2068}الأسبوع\u{2069}?");
    assert_eq!(Words::of_mail("en").leave_heading("الأسبوع"), "Unsubscribe from الأسبوع?");
}

#[test]
fn the_pseudo_language_covers_what_is_ours_and_leaves_values_alone() {
    assert_eq!(Words::of_page("en-XA").leave_heading("The Week"), "ÛÛñšüübšçřïïbéé fřööm The Week?");
}

/// Every line that people read, with its message's name.
fn lines(language: Language) -> impl Iterator<Item = &'static str> {
    source(language).lines().filter(|line| !line.starts_with('#'))
}

#[test]
fn english_is_plain() {
    // A word of another trade or another century, and what an editor writes.
    const WORDS: &[(&str, &str)] = &[
        ("mail", "email"),
        ("mails", "emails"),
        ("mailbox", "inbox"),
        ("mend", "fix"),
        ("leave", "unsubscribe"),
        ("rest", "pause"),
        ("lately", "recently"),
        ("goes on", "continues"),
        ("no more", "not any more"),
    ];
    for line in lines(Language::English) {
        let Some((name, text)) = line.split_once(" = ") else { continue };
        let said = format!(" {} ", text.to_lowercase().replace(|letter: char| !letter.is_alphabetic(), " "));
        for (word, better) in WORDS {
            let is_other = matches!(
                (name, *word),
                ("address_hint" | "trap_label" | "rename_hint", "leave")
                    | ("check_nothing_there" | "no_mail_refused", "no more")
            );
            assert!(is_other || !said.contains(&format!(" {word} ")), "{name}: {better} for {word}");
        }
        for sentence in text.split_inclusive(['.', '?', '!']) {
            let count = sentence.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
            let values = sentence.matches("{ $").count();
            assert!(count + values <= 30, "{name}: a sentence of {count} words");
        }
        assert!(!text.ends_with("?") || !text.to_lowercase().contains("n’t"), "{name}: a question in the negative");
    }
}

#[test]
fn french_marks_keep_to_their_words() {
    for line in lines(Language::French) {
        let text = line.split_once(" = ").map_or(line, |(_, text)| text);
        for apart in [" :", " ;", " ?", " !", " »", "« "] {
            assert!(!text.contains(apart), "a line may break before a mark: {line}");
        }
    }
}

#[test]
fn names_stand_in_quotation_marks_where_the_language_inflects() {
    for (language, open) in [
        (Language::German, "„"),
        (Language::French, "«\u{a0}"),
        (Language::Spanish, "«"),
        (Language::Russian, "«"),
        (Language::Ukrainian, "«"),
        (Language::Arabic, "«"),
        (Language::Japanese, "「"),
    ] {
        for line in lines(language) {
            for (at, _) in line.match_indices("{ $newsletter }") {
                let is_apart = line[..at].trim_end().ends_with([':', '：']);
                assert!(is_apart || line[..at].ends_with(open), "{}: {line}", language.tag());
            }
        }
    }
}

#[test]
fn arabic_emails_have_no_vowel_marks() {
    for line in lines(Language::Arabic).filter(|line| line.starts_with("mail_") || line.starts_with("reason")) {
        assert!(!line.contains(|c: char| ('\u{64b}'..='\u{652}').contains(&c)), "{line}");
    }
}
