//! A newsletter, an issue and a reader for the tests of this layer.

use coranto::clock::Timestamp;
use coranto::content::fields::Template;
use coranto::domain::address::EmailAddress;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::return_path::ReturnPath;
use coranto::domain::{ConsentId, DeliveryId, SubscriptionId};
use coranto::message::{Content, Profile, Recipient, Skeleton};
use coranto::token::Keyring;

use crate::harness::newsletters;

pub(super) const PUBLIC_URL: &str = "https://news.example.com";

pub(super) fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

pub(super) fn keys() -> Keyring {
    Keyring::parse(&format!("1:{}", "2a".repeat(32))).unwrap()
}

pub(super) fn newsletter() -> Newsletter {
    Newsletter {
        reply_to: Some(address("editor@news.example.com")),
        postal_address: "1 Harbour Street, 20457 Hamburg".to_owned(),
        time_zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        return_path: Some(ReturnPath::at("bounce.news.example.com")),
        ..newsletters::newsletter("weekly", "The Week in Review", "letter@news.example.com")
    }
}

/// An issue with the fields `{name|there}`, `{unsubscribe_url}` and so on written in braces.
pub(super) fn content(html: &str, text: &str) -> Content {
    Content {
        kind: DeliveryKind::Issue,
        subject: "The settlement nobody defends".to_owned(),
        html: marked(html),
        text: marked(text),
        language: "en".to_owned(),
        slug: Some("settlement".to_owned()),
        digest: [7; 32],
    }
}

pub(super) fn marked(text: &str) -> Template {
    Template::new(text.replace('{', "\u{E000}").replace('}', "\u{E001}"))
}

pub(super) fn issue() -> Content {
    content(
        "<!doctype html><html><head><title>The settlement nobody defends</title></head><body>\
         <p>Hello {name|there},</p>\n<p>Every settlement has a moment.   It was due.</p>\n\
         <p>Leave: <a href=\"{unsubscribe_url}\">unsubscribe</a>, or change \
         <a href=\"{preferences_url}\">what you get</a>. <a href=\"{web_url}\">Read on the web</a>.</p>\n\
         <p>For {address}, subscribed on {subscribed_on}. 1 Harbour Street, 20457 Hamburg</p></body></html>\n",
        "Hello {name|there},\n\nEvery settlement has a moment.   It was due.\n\n-- \n\
         Leave, unsubscribe: {unsubscribe_url}\nor change what you get: {preferences_url}\n\
         Read on the web: {web_url}\nFor {address}, subscribed on {subscribed_on}.\n\
         1 Harbour Street, 20457 Hamburg\n",
    )
}

pub(super) fn reader(address: &EmailAddress) -> Recipient<'_> {
    Recipient {
        delivery: DeliveryId(4711),
        subscription: Some(SubscriptionId(42)),
        consent: Some(ConsentId(17)),
        request: Some(coranto::domain::RequestId(23)),
        marks: coranto::message::Marks::default(),
        format: coranto::domain::subscriber::Format::Html,
        address,
        name: Some("Anna Berg"),
        subscribed_at: Some(Timestamp(1_746_000_000_000)),
        date: Timestamp(1_790_000_000_000),
    }
}

pub(super) fn skeleton(content: &Content) -> Skeleton {
    Skeleton::build(&newsletter(), PUBLIC_URL, content, &Profile::default()).unwrap()
}

pub(super) fn filled(content: &Content, recipient: &Recipient<'_>) -> String {
    let mut out = Vec::new();
    skeleton(content).fill(&keys(), recipient, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What holds for every mail on the wire.
#[track_caller]
pub(super) fn assert_fit_for_the_wire(mail: &[u8]) {
    assert!(mail.ends_with(b"\r\n"));
    let lines: Vec<&[u8]> = mail.split(|byte| *byte == b'\n').collect();
    for line in &lines[..lines.len() - 1] {
        let shown = String::from_utf8_lossy(line);
        assert!(line.ends_with(b"\r"), "LF alone after {shown}");
        let line = &line[..line.len() - 1];
        assert!(!line.contains(&b'\r'), "CR alone in {shown}");
        assert!(line.len() <= 998, "{} bytes in one line", line.len());
        assert!(!line.starts_with(b".") && !line.starts_with(b"From "), "{shown}");
        assert!(line.is_ascii(), "8-bit in {shown}");
        assert!(!line.ends_with(b" ") && !line.ends_with(b"\t"), "white space at the end of {shown:?}");
    }
}
