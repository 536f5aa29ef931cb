//! What a reader's program shows is what was given, for any text, any values, and fields at any place.

use coranto::clock::Timestamp;
use coranto::content::fields::{Field, Template, without_marks};
use coranto::token::Purpose;
use mail_parser::{MessageParser, MimeHeaders as _};
use proptest::prelude::*;

use super::sample::{
    PUBLIC_URL, address, assert_fit_for_the_wire, content, filled, issue, keys, newsletter, reader, skeleton,
};

fn parts(mail: &str) -> (String, String) {
    let message = MessageParser::default().parse(mail.as_bytes()).unwrap();
    let text = |part: &mail_parser::MessagePart<'_>| part.text_contents().unwrap().replace("\r\n", "\n");
    let parts: Vec<_> = message.parts.iter().collect();
    assert_eq!(parts.len(), 3, "an alternative of two");
    let subtype = |at: usize| parts[at].content_type().unwrap().subtype().unwrap().to_owned();
    assert_eq!([subtype(0), subtype(1), subtype(2)], ["alternative", "plain", "html"]);
    (text(parts[1]), text(parts[2]))
}

#[test]
fn an_issue_comes_out_as_it_went_in() {
    let to = address("anna@example.org");
    let mail = filled(&issue(), &reader(&to));
    assert_fit_for_the_wire(mail.as_bytes());
    let link = |path: &str, purpose| format!("{PUBLIC_URL}/{path}/{}", keys().seal(purpose, 42));
    let (text, html) = parts(&mail);
    assert!(text.starts_with("Hello Anna Berg,\n\nEvery settlement has a moment.   It was due.\n\n-- \n"), "{text}");
    assert!(text.contains(&format!("unsubscribe: {}\n", link("u", Purpose::Unsubscribe))), "{text}");
    assert!(text.contains(&format!("what you get: {}\n", link("p", Purpose::Preferences))), "{text}");
    assert!(text.contains(&format!("Read on the web: {PUBLIC_URL}/weekly/settlement\n")), "{text}");
    assert!(text.contains("For anna@example.org, subscribed on 30 April 2025.\n"), "{text}");
    assert!(html.contains("<p>Hello Anna Berg,</p>"), "{html}");
    assert!(html.contains(&format!("<a href=\"{}\">", link("u", Purpose::Unsubscribe))), "{html}");
    insta::assert_snapshot!(mail);
}

#[test]
fn a_part_that_is_looked_at_alone_is_the_mails() {
    let to = address("anna@example.org");
    let (awkward, cyrillic) =
        ("Hi {name},\r\n.From\rtrail  \n{unsubscribe_url} {subscribed_on}", "Все новости недели. ");
    let other = content(awkward, &format!("<p title=\"{{name}}\">{}{{preferences_url}}</p>", cyrillic.repeat(50)));
    for content in [issue(), other] {
        let name = Some("R & <D>");
        let reader = coranto::message::Recipient { name, ..reader(&to) };
        let (text, html) = parts(&filled(&content, &reader));
        let skeleton = skeleton(&content);
        assert_eq!(skeleton.read(&content.text, false, &keys(), &reader).unwrap(), text);
        assert_eq!(skeleton.read(&content.html, true, &keys(), &reader).unwrap(), html);
    }
}

#[test]
fn a_reader_without_a_name_is_greeted_all_the_same() {
    let to = address("anna@example.org");
    for name in [None, Some(""), Some("  ")] {
        let (text, html) = parts(&filled(&issue(), &coranto::message::Recipient { name, ..reader(&to) }));
        assert!(text.starts_with("Hello there,"), "{text}");
        assert!(html.contains("Hello there,"), "{html}");
    }
}

#[test]
fn the_day_is_that_of_the_newsletters_zone_and_language() {
    let to = address("anna@example.org");
    // 23:30 UTC is the next day in Berlin.
    let reader = coranto::message::Recipient { subscribed_at: Some(Timestamp(1_746_055_800_000)), ..reader(&to) };
    let english = content("{subscribed_on}", "{subscribed_on}");
    assert_eq!(parts(&filled(&english, &reader)).0, "1 May 2025\n");
    let mut other = content("{subscribed_on}", "{subscribed_on}");
    other.language = "ja".to_owned();
    assert_eq!(parts(&filled(&other, &reader)).0, "2025年5月1日\n");
    // The mail's own words are English where there are no others, and so is the day in them.
    other.language = "nl".to_owned();
    assert_eq!(parts(&filled(&other, &reader)).0, "1 May 2025\n");
}

#[test]
fn long_text_in_other_scripts_is_base64_and_comes_back() {
    let text = "Все новости недели для {name|вас}. 一週間のニュース。\n".repeat(60);
    let to = address("anna@example.org");
    let mail = filled(&content(&text, &text), &reader(&to));
    assert_fit_for_the_wire(mail.as_bytes());
    assert_eq!(mail.matches("Content-Transfer-Encoding: base64").count(), 2);
    let expected = text.replace("{name|вас}", "Anna Berg");
    assert_eq!(parts(&mail), (expected.clone(), expected));
}

/// Pieces of text that encoders get wrong.
fn stretch() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,40}",
        2 => "[ -~]{0,120}",
        1 => "(\\.|From |From|=|=3D|--|--=_|-- |\t| | {70,80}|\n|\r\n|\r|\n\\.\n|\nFrom ){1,5}",
        1 => Just("x".repeat(200)),
        1 => "[👩👩‍🚀אבגمرحبا一二三éßñ]{1,60}",
    ]
    // A line may end in a stretch and its second character begin the next: which of the two is then not asked here.
    .prop_map(|text| without_marks(&text).trim_end_matches('\r').to_owned())
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![
        Just(Field::UnsubscribeUrl),
        Just(Field::PreferencesUrl),
        Just(Field::ConfirmUrl),
        Just(Field::RefuseUrl),
        Just(Field::WebUrl),
        Just(Field::Shown(Box::new(Field::ConfirmUrl))),
        Just(Field::Address),
        Just(Field::SubscribedOn),
        Just(Field::Name { fallback: None }),
        "[ -~é]{0,10}".prop_map(|fallback| Field::Name { fallback: Some(fallback.trim().to_owned()) }),
    ]
}

/// A template, with what a reader called `name` is to see of it.
fn rendered(pieces: &[(String, Option<Field>)], name: Option<&str>, html: bool) -> (Template, String) {
    let link = |path: &str, purpose, number| format!("{PUBLIC_URL}/{path}/{}", keys().seal(purpose, number));
    let escape = |text: &str| {
        if !html {
            return text.to_owned();
        }
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#39;")
    };
    let (mut template, mut seen) = (String::new(), String::new());
    for (text, field) in pieces {
        template += text;
        seen += text;
        let Some(field) = field else { continue };
        template += &field.to_string();
        seen += &match field {
            Field::Name { fallback } => escape(name.or(fallback.as_deref()).unwrap_or_default()),
            Field::UnsubscribeUrl => link("u", Purpose::Unsubscribe, 42),
            Field::PreferencesUrl => link("p", Purpose::Preferences, 42),
            Field::ConfirmUrl => link("c", Purpose::Confirm, 17),
            Field::RefuseUrl => {
                format!("{PUBLIC_URL}/n/{}", keys().seal(Purpose::Refuse, keys().address_tag("o'neill@example.org")))
            }
            Field::Shown(_) => link("c", Purpose::Confirm, 17).replace("https://", ""),
            Field::AddressUrl => link("a", Purpose::Address, 23),
            Field::StopUrl => link("s", Purpose::Stop, 23),
            Field::DataUrl => link("d", Purpose::Data, 23),
            Field::Address => escape("o'neill@example.org"),
            Field::SubscribedOn => "30 April 2025".to_owned(),
            Field::WebUrl => format!("{PUBLIC_URL}/weekly/settlement"),
        };
    }
    if !template.ends_with(['\n', '\r']) {
        seen.push('\n');
    }
    (Template::new(template), lines(&seen))
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_with_any_values_comes_back(
        html in prop::collection::vec((stretch(), prop::option::of(field())), 0..12),
        text in prop::collection::vec((stretch(), prop::option::of(field())), 0..12),
        name in prop::option::of("[^\\p{Cc}\u{E000}\u{E001}]{1,60}"),
    ) {
        let to = address("o'neill@example.org");
        let name = name.as_deref();
        let shown = name.and_then(coranto::domain::name::presentable);
        let (html, html_seen) = rendered(&html, shown.as_deref(), true);
        let (text, text_seen) = rendered(&text, shown.as_deref(), false);
        let content = coranto::message::Content { html, text, ..issue() };
        let mail = filled(&content, &coranto::message::Recipient { name, ..reader(&to) });
        assert_fit_for_the_wire(mail.as_bytes());
        prop_assert!(mail.split("\r\n").all(|line| line.len() <= 130), "a line is longer than it need be");
        let (text, html) = parts(&mail);
        prop_assert_eq!(text, text_seen);
        prop_assert_eq!(html, html_seen);
    }
}

#[test]
fn the_size_is_estimated_well_enough_for_a_relays_limit() {
    let to = address("anna@example.org");
    for content in [issue(), content(&"Все новости. ".repeat(3000), "x")] {
        let estimate = skeleton(&content).size_estimate();
        let size = filled(&content, &reader(&to)).len();
        assert!(estimate >= size && estimate < size * 2, "estimated {estimate}, is {size}");
    }
    assert_eq!(newsletter().slug, "weekly");
}
