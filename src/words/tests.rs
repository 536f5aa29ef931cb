//! Every file of words says all of it, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::Entry;
use jiff::civil::date as day;

use super::known::parsed;
use super::messages::MESSAGES;
use super::*;

#[test]
fn every_file_can_be_read_and_has_plain_messages_alone() {
    for language in Language::ALL {
        let file = fluent_syntax::parser::parse(source(language))
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.tag()));
        for entry in file.body {
            let is_plain = match &entry {
                Entry::Message(message) => message.value.is_some() && message.attributes.is_empty(),
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => true,
                Entry::Term(_) | Entry::Junk { .. } => false,
            };
            assert!(is_plain, "{}: {entry:?}", language.tag());
        }
    }
}

#[test]
fn no_message_is_missing_or_too_much_or_there_twice() {
    // Japanese writes its months as numbers.
    let keys = |language| parsed(source(language)).into_iter().map(|(key, _)| key).filter(|key| key != "month");
    let english: BTreeSet<_> = keys(Language::English).collect();
    for language in Language::ALL {
        let its: BTreeSet<_> = keys(language).collect();
        assert_eq!(its.len(), keys(language).count(), "{}: a message stands twice", language.tag());
        let missing: Vec<_> = english.difference(&its).collect();
        let unknown: Vec<_> = its.difference(&english).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "{}: missing {missing:?}, unknown {unknown:?}",
            language.tag()
        );
    }
    for (key, _) in MESSAGES {
        assert!(values_of(key).is_some(), "no file says {key}");
    }
}

#[test]
fn every_message_takes_the_same_values_in_every_language() {
    for language in Language::ALL {
        let messages: BTreeMap<_, _> = parsed(source(language)).into_iter().collect();
        for (key, names) in &messages {
            assert_eq!(Some(&names.all_values(&messages)), values_of(key), "{}: {key}", language.tag());
        }
    }
    for (key, values) in MESSAGES {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(values_of(key), Some(&values), "{key} as code says it");
    }
}

#[test]
fn every_message_comes_out_whole() {
    for language in Language::ALL.into_iter().chain([Language::Pseudo]) {
        let words = Words { language, isolating: true };
        for (key, _) in parsed(source(language)) {
            for number in [0, 1, 2, 3, 5, 11, 21, 100] {
                // A number where a text belongs does no harm, and picks the variant where one belongs.
                let values = values_of(&key).unwrap().iter().map(|value| (value.as_str(), Value::Number(number)));
                let said = words.message(&key, &values.collect::<Vec<_>>()).unwrap_or_else(|| panic!("{key}"));
                assert!(!said.is_empty() && !said.contains(['{', '}', '$']) && said != key, "{key}: {said}");
            }
        }
    }
}

#[test]
fn the_words_of_the_desk_come_out_whole_and_take_the_place_of_none() {
    let of_readers: BTreeSet<_> = parsed(source(Language::English)).into_iter().map(|(key, _)| key).collect();
    let words = Words::of_page("en");
    for (key, _) in parsed(DESK) {
        assert!(!of_readers.contains(&key), "{key} stands twice");
        for number in [0, 1, 2] {
            let values = values_of(&key).unwrap().iter().map(|value| (value.as_str(), Value::Number(number)));
            let said = words.message(&key, &values.collect::<Vec<_>>()).unwrap_or_else(|| panic!("{key}"));
            assert!(!said.is_empty() && !said.contains(['{', '}', '$']) && said != key, "{key}: {said}");
        }
    }
}

#[test]
fn what_cannot_be_said_whole_is_not_said() {
    let words = Words::of_page("de");
    assert_eq!(words.message("no_such_message", &[]), None);
    assert_eq!(words.message("leave_heading", &[]), None);
    assert_eq!(words.message("leave_button", &[]).as_deref(), Some("Abbestellen"));
}

#[test]
fn items_in_a_row_are_parted_as_the_language_does() {
    for (tag, row) in [("en", "a, b, c"), ("fr", "a, b, c"), ("ar", "a، b، c"), ("ja", "a, b, c")] {
        assert_eq!(Words::of_mail(tag).list(["a", "b", "c"]), row);
    }
    assert_eq!(Words::of_mail("ja").list(["a"]), "a");
    assert_eq!(Words::of_mail("ja").list([]), "");
    assert_eq!(Words::of_page("ar").list(["Street 1", "Town"]), "Street 1، Town");
}

#[test]
fn a_label_is_joined_to_its_value_by_the_language() {
    for (tag, joined) in [("en", "L: v"), ("de", "L: v"), ("fr", "L\u{a0}: v"), ("ar", "L: v"), ("ja", "L：v")] {
        let words = Words::of_mail(tag);
        let labelled = [("label", Value::Text("L")), ("value", Value::Text("v"))];
        // Mostly an address: a blank stands before it in every language, so that it is read as one.
        assert_eq!(words.message("labelled", &labelled), Some(joined.replace('：', "： ")));
        let titled = [("label", Value::Text("L")), ("title", Value::Text("v"))];
        assert_eq!(words.message("titled", &titled).as_deref(), Some(joined));
    }
}

#[test]
fn the_way_out_has_the_english_word() {
    for language in Language::ALL {
        let way_out = Words::of_mail(language.tag()).message("way_out", &[]).unwrap();
        assert_eq!(way_out.matches("Unsubscribe").count(), 1, "{way_out}");
    }
    let way_out = Words::of_mail("ja").message("way_out", &[]);
    assert_eq!(way_out.as_deref(), Some("配信を停止する（Unsubscribe）"));
}

#[test]
fn a_newsletter_that_is_gone_is_called_by_its_slug_in_quotation_marks() {
    for (tag, heading) in [
        ("en", "Unsubscribe from “week”?"),
        ("de", "„week“ abbestellen?"),
        ("fr", "Se désinscrire de «\u{a0}week\u{a0}»\u{a0}?"),
        ("es", "¿Cancelar la suscripción a «week»?"),
        ("ru", "Отписаться от рассылки «week»?"),
        ("uk", "Відписатися від розсилки «week»?"),
        ("ar", "هل تريد إلغاء الاشتراك في نشرة «week»؟"),
        ("ja", "「week」の配信を停止しますか？"),
    ] {
        let words = Words::of_mail(tag);
        let name = words.gone_newsletter("week");
        let said = words.message("leave_heading", &[("newsletter", Value::Text(&name))]).unwrap();
        assert!(said.to_lowercase().ends_with(&heading.to_lowercase()), "{said}");
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
    let check = |tag, days| {
        let values = [("newsletter", Value::Text("W")), ("days", Value::Number(days))];
        Words::of_page(tag).message("check_text", &values).unwrap()
    };
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

/// The heading of the page that asks whether a subscription is to end.
fn leave_heading(words: Words, newsletter: &str) -> String {
    words.message("leave_heading", &[("newsletter", Value::Text(newsletter))]).unwrap()
}

#[test]
fn values_are_neither_expanded_nor_escaped() {
    let said = leave_heading(Words::of_page("en"), "{ $x } <b>{ home }");
    assert_eq!(said, "Unsubscribe from { $x } <b>{ home }?");
}

#[test]
fn isolates_are_for_the_text_of_pages_alone() {
    assert_eq!(leave_heading(Words::of_page("en"), "الأسبوع"), "Unsubscribe from \u{2068}الأسبوع\u{2069}?");
    assert_eq!(leave_heading(Words::of_mail("en"), "الأسبوع"), "Unsubscribe from الأسبوع?");
    let markup = [("newsletter", Value::Markup("<bdi>الأسبوع</bdi>"))];
    let said = Words::of_page("en").message("leave_heading", &markup).unwrap();
    assert_eq!(said, "Unsubscribe from <bdi>الأسبوع</bdi>?");
}

#[test]
fn the_pseudo_language_covers_what_is_ours_and_leaves_values_alone() {
    assert_eq!(leave_heading(Words::of_page("en-XA"), "The Week"), "ÛÛñšüübšçřïïbéé fřööm The Week?");
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
