//! No reader's mail holds anything of another's.

use std::collections::HashMap;

use coranto::clock::Timestamp;
use coranto::domain::{ConsentId, DeliveryId, SubscriptionId};
use coranto::message::{Content, Marks, Recipient};
use coranto::token::{Mark, Purpose, SHORT_TOKEN_LEN, TOKEN_LEN};
use mail_parser::MessageParser;

use super::sample::{address, content, filled, issue, keys, reader, skeleton};

const READERS: i64 = 10_000;

/// Everything in `text` that is as long as a token and of its letters.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    of_length(text, TOKEN_LEN)
}

fn of_length(text: &str, length: usize) -> impl Iterator<Item = &str> {
    let part_of_token = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
    text.split(move |c| !part_of_token(c)).filter(move |word| word.len() == length)
}

/// Each mail is read as a reader's program would, and every token in it is opened: it must be that reader's own.
/// The mails go through one buffer, as they do in the engine.
#[test]
fn no_token_of_one_reader_is_in_anothers_mail() {
    let keys = keys();
    let confirming = "{name} {confirm_url} {unsubscribe_url} {unsubscribe_url} {preferences_url} {address}\n";
    let base64 = format!("{}{confirming}", "Все новости недели. ".repeat(40));
    let contents: [Content; 3] = [issue(), content(confirming, confirming), content(&base64, &base64)];
    let skeletons: Vec<_> = contents.iter().map(skeleton).collect();
    let mut out = Vec::new();
    let mut seen = HashMap::new();
    for number in 1..=READERS {
        let to = address(&format!("reader{number}@example.org"));
        let name = format!("Name{number}");
        let reader = Recipient {
            delivery: DeliveryId(number + 1_000_000),
            subscription: Some(SubscriptionId(number + 2_000_000)),
            consent: Some(ConsentId(number + 3_000_000)),
            request: None,
            marks: coranto::message::Marks::default(),
            format: coranto::domain::subscriber::Format::Html,
            address: &to,
            name: (number % 3 > 0).then_some(name.as_str()),
            subscribed_at: Some(Timestamp(1_700_000_000_000 + number * 86_400_000 % 1_000_000_000)),
            date: Timestamp(1_790_000_000_000 + number),
        };
        let skeleton = &skeletons[usize::try_from(number % 3).unwrap()];
        let envelope = skeleton.fill(&keys, &reader, &mut out).unwrap();
        assert_eq!(seen.insert(envelope.message_id.clone(), number), None, "a Message-ID came twice");

        let message = MessageParser::default().parse(&out).unwrap();
        let head =
            String::from_utf8_lossy(&out[..out.windows(4).position(|at| at == b"\r\n\r\n").unwrap()]).into_owned();
        let parts = message.parts.iter().filter_map(|part| part.text_contents());
        let all = parts.fold(head, |all, part| all + "\n" + part) + "\n" + &envelope.envelope_sender;
        let mut own = [0; 4];
        for token in tokens(&all) {
            let places = [
                (Purpose::Message, number + 1_000_000),
                (Purpose::Unsubscribe, number + 2_000_000),
                (Purpose::Preferences, number + 2_000_000),
                (Purpose::Confirm, number + 3_000_000),
            ];
            let place = places.iter().position(|(purpose, id)| keys.open(*purpose, token) == Some(id.cast_unsigned()));
            own[place.unwrap_or_else(|| panic!("{token} in the email of {number} is not that reader's"))] += 1;
        }
        assert!(own[0] == 1 && own[1] >= 3 && own[2] >= 2, "{own:?} in the email of {number}");
        let paths = of_length(&all, SHORT_TOKEN_LEN).filter_map(|token| keys.open_bounce(token));
        let paths: Vec<_> = paths.map(|found| found.number()).collect();
        assert_eq!(paths, [(number + 1_000_000).cast_unsigned()], "the return path of {number}");
        for word in all.split(|c: char| !c.is_alphanumeric()) {
            let of = word.strip_prefix("reader").or(word.strip_prefix("Name")).and_then(|id| id.parse::<i64>().ok());
            assert!(of.is_none_or(|id| id == number), "{word} in the email of {number}");
        }
    }
}

/// Numbers come again after a restored backup; marks do not. So each link opens with the mark of its own row alone.
#[test]
fn each_link_is_bound_to_the_mark_of_its_row() {
    let (keys, to) = (keys(), address("anna@example.org"));
    let marks = Marks { subscription: Some(Mark(3)), consent: Some(Mark(5)), request: Some(Mark(7)), mail: None };
    let reader = Recipient { marks, ..reader(&to) };
    let fields = "{unsubscribe_url} {preferences_url} {confirm_url} {address_url} {stop_url} {data_url}\n";
    let mail = filled(&content(fields, fields), &reader);
    let message = MessageParser::default().parse(mail.as_bytes()).unwrap();
    let text = message.body_text(0).unwrap();
    for (purpose, number, mark) in [
        (Purpose::Unsubscribe, 42, Mark(3)),
        (Purpose::Preferences, 42, Mark(3)),
        (Purpose::Confirm, 17, Mark(5)),
        (Purpose::Address, 23, Mark(7)),
        (Purpose::Stop, 23, Mark(7)),
        (Purpose::Data, 23, Mark(7)),
    ] {
        let found = tokens(&text).find_map(|token| keys.open_row(purpose, token));
        let found = found.unwrap_or_else(|| panic!("{purpose:?} is not in {text}"));
        assert_eq!(found.number(), number, "{purpose:?}");
        assert!(keys.proves(&found, Some(mark)), "{purpose:?}");
        assert!(!keys.proves(&found, Some(Mark(99))) && !keys.proves(&found, None), "{purpose:?} opens another row");
    }
}
