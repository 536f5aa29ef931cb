//! The header block, as parsers and mailbox providers read it.

use coranto::content::fields::without_marks;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::extra_header::ExtraHeader;
use coranto::domain::name::presentable;
use coranto::domain::newsletter::{Mailbox, Newsletter};
use coranto::message::{Content, FillError, Marks, Profile, Recipient, Skeleton, SkeletonError};
use coranto::token::{Mark, Purpose, TEST_NUMBER};
use mail_parser::{Message, MessageParser};
use proptest::prelude::*;

use super::sample::{
    PUBLIC_URL, address, assert_fit_for_the_wire, content, filled, issue, keys, newsletter, reader, skeleton,
};

fn parsed(mail: &str) -> Message<'_> {
    MessageParser::default().parse(mail.as_bytes()).unwrap()
}

/// The names of the header fields, in order.
fn names(mail: &str) -> Vec<&str> {
    let head = mail.split("\r\n\r\n").next().unwrap();
    head.split("\r\n").filter(|line| !line.starts_with(' ')).map(|line| line.split(':').next().unwrap()).collect()
}

#[test]
fn an_issue_bears_each_header_once() {
    let to = address("anna@example.org");
    let mail = filled(&issue(), &reader(&to));
    assert_eq!(
        names(&mail),
        [
            "From", "Reply-To", "Subject", "To", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post",
            "List-Id", "List-Archive", "X-Auto-Response-Suppress", "Feedback-ID", "Content-Language", "MIME-Version",
            "Content-Type",
        ]
    );
    let token = keys().seal(Purpose::Unsubscribe, 42);
    assert!(mail.contains(&format!(
        "List-Unsubscribe: <{PUBLIC_URL}/u/{token}>\r\n\
         List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )));
    assert!(!mail.contains("mailto:") && mail.contains("\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"));
    assert!(mail.contains("\r\nDate: Mon, 21 Sep 2026 16:13:20 +0200\r\n"), "in the newsletter's zone");
}

#[test]
fn the_envelope_and_the_message_id_find_their_delivery() {
    let to = address("anna@example.org");
    let mut out = Vec::new();
    let mail = Some(Mark::of_mail(42, Some(Mark(5)), Some(3)));
    let reader = Recipient { marks: Marks { mail, ..Marks::default() }, ..reader(&to) };
    let envelope = skeleton(&issue()).fill(&keys(), &reader, &mut out).unwrap();
    let token = envelope.message_id.strip_prefix('<').unwrap().strip_suffix("@news.example.com>").unwrap();
    let message = keys().open_row(Purpose::Message, token).unwrap();
    assert_eq!((message.number(), keys().proves_mail(&message, 42, Some(Mark(5)), Some(3))), (4711, true));
    assert!(!keys().proves_mail(&message, 43, Some(Mark(5)), Some(3)), "another reader's email of that number");
    let sender = address(&envelope.envelope_sender);
    assert_eq!(sender.domain(), "bounce.news.example.com");
    let returned = coranto::message::verp::open(&keys(), sender.local());
    let Some(coranto::message::verp::Returned::Bounce(bounce)) = returned else { panic!("{}", sender.local()) };
    assert_eq!((bounce.number(), keys().proves_mail(&bounce, 42, Some(Mark(5)), Some(3))), (4711, true));
    assert!(String::from_utf8(out).unwrap().contains(&format!("Message-ID: {}\r\n", envelope.message_id)));
}

#[test]
fn without_a_bounce_domain_the_from_address_takes_the_bounces() {
    let plain = Newsletter { return_path: None, ..newsletter() };
    let skeleton = Skeleton::build(&plain, PUBLIC_URL, &issue(), &Profile::default()).unwrap();
    let to = address("anna@example.org");
    let mut out = Vec::new();
    let envelope = skeleton.fill(&keys(), &reader(&to), &mut out).unwrap();
    assert_eq!(envelope.envelope_sender, "letter@news.example.com");
}

#[test]
fn one_may_unsubscribe_by_email_where_somebody_hears_it() {
    let to = address("anna@example.org");
    let token = keys().seal(Purpose::Unsubscribe, 42);
    for (path, hears_mail, mailto) in [
        (Some("b+{token}@bounce.news.example.com"), false, None),
        (None, true, None),
        (Some("b+{token}@bounce.news.example.com"), true, Some(format!("b+{token}@bounce.news.example.com"))),
        (Some("a=b&{token}?@b.example.com"), true, Some(format!("a%3Db%26{token}%3F@b.example.com"))),
    ] {
        let return_path = path.map(|path| path.parse().unwrap());
        let newsletter = Newsletter { return_path, hears_mail, ..newsletter() };
        let skeleton = Skeleton::build(&newsletter, PUBLIC_URL, &issue(), &Profile::default()).unwrap();
        let mut out = Vec::new();
        skeleton.fill(&keys(), &reader(&to), &mut out).unwrap();
        let mail = String::from_utf8(out).unwrap();
        assert_fit_for_the_wire(mail.as_bytes());
        let head = mail.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let link = format!("List-Unsubscribe: <{PUBLIC_URL}/u/{token}>");
        let expected = match mailto {
            Some(address) => format!("{link}, <mailto:{address}?subject=unsubscribe>"),
            None => link,
        };
        assert!(head.lines().any(|line| line == expected), "{expected}\n{head}");
    }
}

#[test]
fn a_confirmation_is_no_list_mail() {
    let to = address("anna@example.org");
    let confirm = "Please confirm: {confirm_url}\n";
    let content = Content { kind: DeliveryKind::Confirmation, slug: None, ..content(confirm, confirm) };
    let reader = Recipient { subscription: None, ..reader(&to) };
    let mail = filled(&content, &reader);
    assert!(names(&mail).contains(&"Auto-Submitted") && names(&mail).contains(&"X-Auto-Response-Suppress"));
    assert!(!names(&mail).contains(&"List-Unsubscribe") && !names(&mail).contains(&"List-Unsubscribe-Post"));
    let link = format!("{PUBLIC_URL}/c/{}", keys().seal(Purpose::Confirm, 17));
    assert_eq!(mail.matches(&link).count(), 2);
    let mut out = vec![1];
    let nothing = Recipient { consent: None, ..reader };
    assert!(matches!(skeleton(&content).fill(&keys(), &nothing, &mut out), Err(FillError::NoConsent)));
    assert!(out.is_empty(), "no half of an email is left");
}

#[test]
fn a_mail_to_an_unproven_address_names_nobody_and_unsubscribes_nobody() {
    let to = address("new@example.org");
    let asks = "Please confirm: {address_url}\n";
    for kind in [DeliveryKind::Confirmation, DeliveryKind::Request] {
        let content = Content { kind, slug: None, ..content(asks, asks) };
        let reader = Recipient { name: Some("Cheap pills"), ..reader(&to) };
        let mail = filled(&content, &reader);
        assert!(mail.contains("\r\nTo: new@example.org\r\n") && !mail.contains("pills"), "{mail}");
        assert!(!names(&mail).iter().any(|name| name.starts_with("List-Unsubscribe")));
        assert!(names(&mail).contains(&"Auto-Submitted"));
        let link = format!("{PUBLIC_URL}/a/{}", keys().seal(Purpose::Address, 23));
        assert_eq!(mail.matches(&link).count(), 2);
        let mut out = Vec::new();
        let nothing = Recipient { request: None, ..reader };
        assert!(matches!(skeleton(&content).fill(&keys(), &nothing, &mut out), Err(FillError::NoRequest)));
    }
}

#[test]
fn a_reader_of_plain_text_gets_the_text_alone() {
    let to = address("anna@example.org");
    let reader = Recipient { format: coranto::domain::subscriber::Format::Plain, ..reader(&to) };
    let mail = filled(&issue(), &reader);
    let whole = filled(&issue(), &Recipient { format: coranto::domain::subscriber::Format::Html, ..reader });
    assert!(mail.contains("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "), "{mail}");
    assert!(!mail.contains("multipart") && !mail.contains("text/html") && mail.ends_with("\r\n"));
    let parsed = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
    let parsed_whole = mail_parser::MessageParser::default().parse(whole.as_bytes()).unwrap();
    assert_eq!(parsed.text_body_count(), 1);
    assert_eq!(parsed.body_text(0).unwrap(), parsed_whole.body_text(0).unwrap(), "the same text as in both parts");
    assert!(names(&mail).contains(&"List-Unsubscribe-Post"));
    let names_of = |mail: &str| {
        names(mail).into_iter().filter(|name| !name.starts_with("Content-T")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names_of(&mail), names_of(&whole), "only the body differs");
}

#[test]
fn a_test_mail_has_links_that_change_nothing() {
    let to = address("editor@example.org");
    let content = Content { kind: DeliveryKind::Test, subject: "[Test] The settlement".to_owned(), ..issue() };
    let reader = Recipient { subscription: None, consent: None, ..reader(&to) };
    let mail = filled(&content, &reader);
    assert!(mail.contains(&format!("<{PUBLIC_URL}/u/{}>", keys().seal(Purpose::Unsubscribe, TEST_NUMBER))));
    let mut out = Vec::new();
    let error = skeleton(&issue()).fill(&keys(), &reader, &mut out).unwrap_err();
    assert!(matches!(error, FillError::NoSubscription), "a reader without a subscription gets no issue");
}

#[test]
fn the_fields_of_a_list_stand_on_what_comes_because_one_subscribes() {
    let to = address("anna@example.org");
    for kind in DeliveryKind::ALL {
        let is_of_list = matches!(kind, DeliveryKind::Issue | DeliveryKind::Welcome | DeliveryKind::Test);
        let text = "Leave: {unsubscribe_url}\n";
        let content = Content { kind: *kind, slug: None, ..content(text, text) };
        let mail = filled(&content, &reader(&to));
        for field in ["List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "List-Archive"] {
            assert_eq!(names(&mail).contains(&field), is_of_list, "{field} of {kind}");
        }
        let link = format!("{PUBLIC_URL}/u/{}", keys().seal(Purpose::Unsubscribe, 42));
        let parts = if *kind == DeliveryKind::Alarm { 1 } else { 2 };
        assert_eq!(
            mail.matches(&link).count(),
            parts + usize::from(is_of_list),
            "the link in the foot of {kind} stays"
        );
    }
}

#[test]
fn no_two_issues_are_one_campaign() {
    let to = address("anna@example.org");
    let long = "a-very-long-title-of-an-issue-about-the-harbour-and-its-".to_owned();
    let slugs = [
        "settlement".to_owned(),
        "x".repeat(60),
        "x".repeat(61),
        "x".repeat(62),
        format!("{long}{}", "first"),
        format!("{long}{}", "one-more"),
        format!("{long}{}", "one-less"),
        "港の話".to_owned(),
        "海の話".to_owned(),
        "новости-порта".to_owned(),
        "новости-порту".to_owned(),
        "über-uns".to_owned(),
        "uber-uns".to_owned(),
        format!("{}é", "x".repeat(100)),
        format!("{}è", "x".repeat(100)),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for slug in &slugs {
        let mail = filled(&Content { slug: Some(slug.clone()), ..issue() }, &reader(&to));
        let id = mail.split_once("\r\nFeedback-ID: ").unwrap().1.split_once("\r\n").unwrap().0.to_owned();
        let campaign = id.strip_suffix(":weekly:issue:newsexamplecom").unwrap_or_else(|| panic!("{id}"));
        assert!((1..=60).contains(&campaign.len()) && campaign.is_ascii() && !campaign.contains(':'), "{slug}: {id}");
        assert!(seen.insert(campaign.to_owned()), "{slug}: {id} is another's");
    }
    assert!(seen.contains("settlement") && seen.contains(&"x".repeat(60)), "a plain slug stays as it is");
}

#[test]
fn a_line_with_an_encoded_word_has_at_most_76_characters() {
    let to = address("anna-with-a-rather-long-address@a.rather.long.domain.of.her.own.example.org");
    for name in ["Письмо", "Письмо из гавани", "港の話", "Ünï", &"Письмо ".repeat(9)] {
        let from =
            Mailbox { name: name.to_owned(), address: address("pismo@xn--b1amnebsh.news.harbourpost.example.org") };
        let mine = Newsletter { from, name: name.to_owned(), ..newsletter() };
        let skeleton = Skeleton::build(&mine, PUBLIC_URL, &issue(), &Profile::default()).unwrap();
        let mut out = Vec::new();
        skeleton.fill(&keys(), &Recipient { name: Some(name), ..reader(&to) }, &mut out).unwrap();
        let mail = String::from_utf8(out).unwrap();
        for line in mail.split("\r\n\r\n").next().unwrap().split("\r\n").filter(|line| line.contains("=?")) {
            assert!(line.len() <= 76, "{line}");
        }
        assert_eq!(parsed(&mail).from().unwrap().first().unwrap().address(), Some(mine.from.address.as_str()));
    }
}

/// What coranto writes an operator cannot add a second time.
#[test]
fn every_header_of_every_mail_is_refused_as_an_extra_one() {
    let reader_address = address("anna@example.org");
    for kind in DeliveryKind::ALL {
        let content = Content { kind: *kind, ..content("<p>Hello</p>", "Hello\n") };
        let mail = filled(&content, &reader(&reader_address));
        for name in names(&mail) {
            let field: Result<ExtraHeader, _> = format!("{name}: x").parse();
            assert!(field.is_err(), "{name} of an email of kind {kind} could stand twice");
        }
    }
}

#[test]
fn one_click_is_offered_over_https_alone() {
    let to = address("anna@example.org");
    let skeleton = Skeleton::build(&newsletter(), "http://127.0.0.1:8080/", &issue(), &Profile::default()).unwrap();
    let mut out = Vec::new();
    skeleton.fill(&keys(), &reader(&to), &mut out).unwrap();
    let mail = String::from_utf8(out).unwrap();
    assert!(mail.contains("List-Unsubscribe: <http://127.0.0.1:8080/u/"));
    assert!(!mail.contains("List-Unsubscribe-Post"), "RFC 8058 wants an HTTPS URI");
}

#[test]
fn nothing_an_author_or_operator_writes_begins_a_header() {
    let inject = "x\r\nBcc: victim@example.net";
    let from = Mailbox { name: inject.to_owned(), address: address("letter@news.example.com") };
    let build = |newsletter: Newsletter, content: Content, url: &str| {
        Skeleton::build(&newsletter, url, &content, &Profile::default()).unwrap_err()
    };
    let control = |error: SkeletonError, named: &str| {
        assert!(matches!(error, SkeletonError::Control { header } if header == named), "{error}");
    };
    control(build(newsletter(), Content { subject: inject.to_owned(), ..issue() }, PUBLIC_URL), "Subject");
    control(build(newsletter(), Content { subject: "a\u{0}b".to_owned(), ..issue() }, PUBLIC_URL), "Subject");
    control(build(Newsletter { from, ..newsletter() }, issue(), PUBLIC_URL), "From");
    control(build(Newsletter { name: inject.to_owned(), ..newsletter() }, issue(), PUBLIC_URL), "List-Id");
    control(build(Newsletter { list_id: inject.to_owned(), ..newsletter() }, issue(), PUBLIC_URL), "List-Id");
    for (newsletter, content) in [
        (Newsletter { list_id: "a>b".to_owned(), ..newsletter() }, issue()),
        (Newsletter { slug: "a b".to_owned(), ..newsletter() }, issue()),
        (newsletter(), Content { language: "en\r\nX: y".to_owned(), ..issue() }),
        (newsletter(), Content { slug: Some("a\r\nX: y".to_owned()), ..issue() }),
    ] {
        assert!(matches!(build(newsletter, content, PUBLIC_URL), SkeletonError::Token { .. }));
    }
    assert!(matches!(build(newsletter(), issue(), "https://a.example>\r\nX: y"), SkeletonError::PublicUrl(_)));
}

#[test]
fn a_readers_name_does_not_begin_a_header() {
    let to = address("anna@example.org");
    for (name, shown) in [
        ("Anna\r\nBcc: victim@example.net", None),
        ("Anna\r\nX: y", Some("Anna X: y")),
        ("Anna\nX", Some("Anna X")),
        ("Anna\u{0}", Some("Anna")),
        ("Your account is locked: evil-login.example/week", None),
        ("An\u{3164}na", None),
    ] {
        let mut out = Vec::new();
        skeleton(&issue()).fill(&keys(), &Recipient { name: Some(name), ..reader(&to) }, &mut out).unwrap();
        let mail = String::from_utf8(out).unwrap();
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("X:")), "{head}");
        let message = parsed(&mail);
        assert_eq!(message.to().unwrap().first().unwrap().name(), shown, "{head}");
        assert!(!mail.contains("evil-login"), "{mail}");
    }
}

#[test]
fn a_link_pasted_from_ones_own_mail_is_refused() {
    let token = keys().seal(Purpose::Unsubscribe, 42);
    let pasted = content("<p>x</p>", &format!("Leave: {PUBLIC_URL}/u/{token}\n"));
    let error = Skeleton::build(&newsletter(), PUBLIC_URL, &pasted, &Profile::default()).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, SkeletonError::ReadersLink { part: "text", .. }), "{text}");
    assert!(text.contains("{{ unsubscribe_url }}") && !text.contains(&token), "{text}");
}

#[test]
fn an_address_in_another_script_stands_as_it_is() {
    let to = address("用户@例子.公司");
    let mut out = Vec::new();
    skeleton(&issue()).fill(&keys(), &reader(&to), &mut out).unwrap();
    let mail = String::from_utf8(out).unwrap();
    assert!(mail.contains("\r\nTo: \"Anna Berg\" <用户@xn--fsqu00a.xn--55qx5d>\r\n"), "only with SMTPUTF8: {mail}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn subjects_and_names_come_back(
        subject in "(\\PC{1,60}|[ -~]{1,200}|=\\?utf-8\\?q\\?x\\?=|[a-z]{1,300}|[ é,<>\"\\\\()]{1,20}| ){1,4}",
        name in "(\\PC{1,40}|[ -~]{1,100}|=\\?utf-8\\?q\\?x\\?=|[a-z]{1,100}|[ é,<>\"\\\\()]{1,20}){1,2}",
    ) {
        let (subject, name) = (without_marks(&subject).into_owned(), without_marks(&name).into_owned());
        prop_assume!(!subject.trim().is_empty() && !name.trim().is_empty());
        let to = address("anna@example.org");
        let mine = Newsletter {
            from: Mailbox { name: name.clone(), ..newsletter().from },
            name: name.clone(),
            ..newsletter()
        };
        let content = Content { subject: subject.clone(), ..issue() };
        let skeleton = Skeleton::build(&mine, PUBLIC_URL, &content, &Profile::default()).unwrap();
        let mut out = Vec::new();
        skeleton.fill(&keys(), &Recipient { name: Some(&name), ..reader(&to) }, &mut out).unwrap();
        assert_fit_for_the_wire(&out);
        let mail = String::from_utf8(out).unwrap();
        let message = parsed(&mail);
        // A parser may fold and trim white space, which is no part of a name or a subject.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(words(message.subject().unwrap()), words(&subject));
        let shown = presentable(&name).unwrap_or_default();
        prop_assert_eq!(words(message.to().unwrap().first().unwrap().name().unwrap_or_default()), words(&shown));
        prop_assert_eq!(words(message.from().unwrap().first().unwrap().name().unwrap_or_default()), words(&name));
        prop_assert_eq!(message.to().unwrap().first().unwrap().address(), Some("anna@example.org"));
        prop_assert_eq!(message.from().unwrap().first().unwrap().address(), Some("letter@news.example.com"));
        prop_assert_eq!(message.headers().len(), 15, "{}", mail);
    }
}
