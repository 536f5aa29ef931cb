//! Real replies with the right answer, and what must hold for every reply.

use proptest::prelude::*;

use super::{Cause, Certainty, Classification, Party, judge};
use crate::domain::reply::{Reply, Stage};

const REPLIES: &str = include_str!("../../../tests/fixtures/replies.tsv");

struct Row {
    stage: Stage,
    reply: String,
    expected: (Cause, Certainty, Party),
}

fn rows() -> Vec<Row> {
    let lines = REPLIES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 7, "{line}");
            Row {
                stage: columns[0].parse().unwrap(),
                reply: columns[1].replace("\\n", "\n"),
                expected: (columns[2].parse().unwrap(), columns[3].parse().unwrap(), columns[4].parse().unwrap()),
            }
        })
        .collect()
}

fn judged(stage: Stage, text: &str) -> Classification {
    judge(stage, &text.parse::<Reply>().unwrap())
}

fn answer(judgement: &Classification) -> (Cause, Certainty, Party) {
    (judgement.cause, judgement.certainty, judgement.party)
}

#[test]
fn every_reply_of_the_table_gets_the_right_answer() {
    let rows = rows();
    assert!(rows.len() >= 250, "{} replies", rows.len());
    let mut wrong = Vec::new();
    for Row { stage, reply, expected } in &rows {
        let found = judged(*stage, reply);
        if answer(&found) != *expected {
            wrong.push(format!("{stage} {reply}\n    is {:?} by {:?}, not {expected:?}", answer(&found), found.rule));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn capitals_and_white_space_do_not_matter() {
    for Row { stage, reply, .. } in rows() {
        let (code, text) = reply.split_at(3);
        let plain = answer(&judged(stage, &reply));
        for other in [
            format!("{code}{}", text.to_uppercase()),
            format!("{code}{}", text.to_lowercase()),
            format!("{code}{}", text.replace(' ', "  ")),
        ] {
            assert_eq!(answer(&judged(stage, &other)), plain, "{stage} {other}");
        }
    }
}

/// Addresses that would mean something if anybody looked.
const NAMES: &[&str] = &[
    "user-unknown@mailbox-full.example",
    "karate@example.org",
    "spam@spamhaus.example",
    "relay.access.denied@dmarc.example",
    "over.quota@greylisted.example",
    "no_such_user@example.org",
    "too-many-messages@blacklist.example",
    "\"no such user\"@example.org",
    "\"mailbox full\"@spam.example",
    "5.1.1@550.example",
    "заблокирован@пример.рф",
    "邮箱已满@例子.中国",
];

#[test]
fn an_address_in_the_text_never_changes_the_answer() {
    for Row { stage, reply, expected } in rows() {
        let Some((first, _)) = reply.split_once('<').filter(|(_, rest)| rest.contains('@')) else { continue };
        let rest = reply[first.len()..].split_once('>').map_or("", |(_, rest)| rest);
        for name in NAMES {
            for text in
                [format!("{first}<{name}>{rest}"), format!("{first}{name} {rest}"), format!("{first}{name}{rest}")]
            {
                assert_eq!(answer(&judged(stage, &text)), expected, "{stage} {text}");
            }
        }
    }
    for (code, said) in [(454, "4.7.1"), (550, "5.7.1"), (550, "")] {
        for name in NAMES {
            let plain = answer(&judged(Stage::Recipient, &format!("{code} {said} x@example.org refused")));
            for text in [
                format!("{code} {said} <{name}> refused"),
                format!("{code} {said} {name} refused"),
                format!("{code} {said} <{name}>: refused"),
            ] {
                assert_eq!(answer(&judged(Stage::Recipient, &text)), plain, "{text}");
            }
        }
    }
}

#[test]
fn an_address_that_is_ours_is_never_a_readers_fault() {
    for text in [
        "550 5.1.1 user unknown", "550 no such user", "553 5.1.3 invalid address", "550 mailbox not found",
        "550 5.2.1 account disabled",
    ] {
        assert_eq!(judged(Stage::Mail, text).party, Party::Sender, "{text}");
        assert_eq!(judged(Stage::Mail, text).cause, Cause::Sender, "{text}");
    }
    for text in ["550 5.1.8 unknown address", "550 5.1.7 user unknown"] {
        assert_eq!(judged(Stage::Recipient, text).cause, Cause::Sender, "{text}");
    }
    for row in rows().iter().filter(|row| matches!(row.stage, Stage::Session | Stage::Mail)) {
        assert_ne!(row.expected.2, Party::Recipient, "{}", row.reply);
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        code in 100..700_u16, class in 0..10_u8, subject in 0..1000_u16, detail in 0..1000_u16, text in any::<String>(),
        stage in prop::sample::select(Stage::ALL),
    ) {
        for enhanced in [None, Some((class, subject, detail))] {
            let judgement = judge(stage, &Reply { code, enhanced, text: text.clone() });
            prop_assert_eq!(judgement.permanent, (500..600).contains(&code));
            prop_assert!(judgement.permanent || judgement.certainty == Certainty::Likely);
            prop_assert!(stage != Stage::Session || judgement.party != Party::Recipient);
        }
        let _ = text.parse::<Reply>();
    }

    #[test]
    fn words_in_any_order_do_not_make_it_panic(words in prop::collection::vec("[<>@.'\"#()\\[\\]a-zé中 0-9-]{0,12}", 0..30)) {
        judge(Stage::Recipient, &Reply { code: 550, enhanced: None, text: words.join(" ") });
    }
}
