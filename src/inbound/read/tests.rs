//! Reports of many systems, causes and languages; letters that are none; and what must hold for every mail.

use proptest::prelude::*;

use super::*;
use crate::domain::cause::{Cause, Certainty, Class};
use crate::domain::reply::Stage;

const SYSTEMS: &str = include_str!("../../../tests/fixtures/returned/systems.txt");
const REPLIES: &str = include_str!("../../../tests/fixtures/returned/replies.tsv");
const LANGUAGES: &str = include_str!("../../../tests/fixtures/returned/languages.tsv");
const LETTERS: &str = include_str!("../../../tests/fixtures/returned/letters.tsv");

const COPY: &str = "Return-Path: <news@example.com>\nReceived: from a by b; Mon, 2 Nov 2026 08:00:00 +0000\nMessage-ID: <1@example.com>\nFrom: news@example.com\nTo: anna@example.org\nSubject: A week\n\nUser unknown, mailbox full, spam.\n";
const TO: &str = "anna@example.org";

struct Report {
    name: String,
    stage: Stage,
    mail: String,
    reply: String,
    cause: Cause,
}

fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect())
}

fn reports() -> Vec<Report> {
    let mut all = Vec::new();
    for system in SYSTEMS.split("\n== ").skip(1) {
        let (head, form) = system.split_once('\n').unwrap();
        let (name, stage) = head.split_once(' ').unwrap();
        for row in lines(REPLIES) {
            let reply: Reply = row[0].parse().unwrap();
            let (class, subject, detail) = reply.enhanced.unwrap();
            let values = [
                ("{to}", TO.to_owned()),
                ("{reply}", row[0].to_owned()),
                ("{code}", reply.code.to_string()),
                ("{status}", format!("{class}.{subject}.{detail}")),
                ("{text}", reply.text.clone()),
                ("{copy}", COPY.to_owned()),
            ];
            let body = values.iter().fold(form.to_owned(), |text, (name, value)| text.replace(name, value));
            let mail = format!("To: news@example.com\n{body}\n");
            let (name, stage, cause) = (name.to_owned(), stage.parse().unwrap(), row[1].parse().unwrap());
            all.push(Report { name, stage, mail, reply: row[0].to_owned(), cause });
        }
    }
    all
}

#[test]
fn every_report_of_the_table_is_read() {
    let all = reports();
    assert!(all.len() >= 150, "{} reports", all.len());
    let mut wrong = Vec::new();
    for report in &all {
        let reading = read(report.mail.as_bytes());
        let judged = reading.recipients.first().and_then(ReportedRecipient::judgement);
        let address = reading.recipients.first().and_then(|one| one.address.as_deref());
        let stage = reading.recipients.first().and_then(ReportedRecipient::said).map(|said| said.stage);
        let is_right = reading.kind == NoticeKind::Bounce
            && reading.recipients.len() == 1
            && address == Some(TO)
            && judged.is_some_and(|judged| judged.cause == report.cause)
            && (report.stage == Stage::Unknown || stage == Some(report.stage));
        // Dead is certain where the server refused the recipient, or says so in a code of its own; never after the body.
        let certain = judged.is_some_and(|judged| judged.certainty == Certainty::Certain);
        let is_certain_wrongly = report.cause.class() == Class::Dead && (certain == (stage == Some(Stage::Dot)));
        if !is_right || (is_certain_wrongly && !report.reply.contains("5.1.0")) {
            wrong.push(format!(
                "{} {:?}: {:?} {:?} {stage:?} {judged:?}",
                report.name, report.reply, reading.kind, address
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

fn of_language(row: &[&str], daemon: &str) -> String {
    format!(
        "Return-Path: <>\nTo: news@example.com\nFrom: {daemon}\nSubject: {}\nContent-Type: text/plain; charset=utf-8\n\n{}\n\n<{TO}>\n{}\n",
        row[1], row[2], row[3]
    )
}

#[test]
fn mail_systems_are_understood_in_their_languages() {
    let mut wrong = Vec::new();
    for row in lines(LANGUAGES) {
        let reading = read(of_language(&row, "MAILER-DAEMON@mx.example.net").as_bytes());
        let judged = reading.recipients.first().and_then(ReportedRecipient::judgement);
        let is_right =
            judged.is_some_and(|judged| judged.cause.as_str() == row[4] && judged.certainty == Certainty::Likely);
        if reading.kind != NoticeKind::Bounce || !is_right {
            wrong.push(format!("{row:?}: {:?} {judged:?}", reading.kind));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn letters_receipts_and_answers_are_no_reports_and_no_wishes_to_leave() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for row in lines(LETTERS) {
        let person = format!(
            "From: Anna <{TO}>\nTo: news@example.com\nSubject: {}\nIn-Reply-To: <{}@example.com>\nContent-Type: text/plain; charset=utf-8\n\n{}\n",
            row[2],
            "a2".repeat(17),
            row[3]
        );
        let program = format!(
            "From: shop <no-reply@shop.example>\nTo: {TO}\nSubject: {}\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{}\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>{}</p>\n--b--\n",
            row[2], row[3], row[3]
        );
        let signed = format!(
            "From: Anna <{TO}>\nTo: news@example.com\nSubject: {}\nContent-Type: text/plain; charset=utf-8\n\n{}\n\nAnna\n{TO}\n",
            row[2], row[3]
        );
        for mail in [person, signed, program] {
            seen += 1;
            let reading = read(mail.as_bytes());
            if !matches!(reading.kind, NoticeKind::Letter | NoticeKind::AutoReply) {
                wrong.push(format!("{row:?} is {:?}", reading.kind));
            }
            if row[1] == "absence" && reading.kind != NoticeKind::AutoReply {
                wrong.push(format!("{row:?} is {:?}, not an answer by a machine", reading.kind));
            }
        }
    }
    assert!(seen >= 200, "{seen}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn kinds_besides_bounces_are_told_apart() {
    let token = "a2".repeat(17);
    for (mail, kind) in [
        (format!("From: a@b.example\nTo: u+{token}@bounce.example.com\nSubject: x\n\nunsubscribe\n"), NoticeKind::Unsubscribe),
        ("From: a@b.example\nSubject: unsubscribe\n\n\n".to_owned(), NoticeKind::Unsubscribe),
        ("From: a@b.example\nSubject: unsubscribe\nAuto-Submitted: auto-replied\n\n\n".to_owned(), NoticeKind::AutoReply),
        ("Return-Path: <>\nFrom: a@b.example\nSubject: unsubscribe\n\n\n".to_owned(), NoticeKind::Letter),
        ("From: a@b.example\nSubject: x\n\nunsubscribe\n".to_owned(), NoticeKind::Letter),
        ("From: a@boxbe.example\nSubject: Please confirm your message (Boxbe)\n\nhttps://x.example\n".to_owned(), NoticeKind::Challenge),
        ("From: a@b.example\nSubject: Read: A week\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n".to_owned(), NoticeKind::Delivered),
        ("From: postmaster@b.example\nSubject: Report domain: example.com\nContent-Type: application/gzip\n\nx\n".to_owned(), NoticeKind::Authentication),
        (format!("From: Mailer <mailer-daemon@b.example>\nSubject: Warning: delayed\n\nYour mail to <{TO}> has been delayed and will be retried.\n"), NoticeKind::Delay),
        (String::new(), NoticeKind::Unreadable),
        ("\n\nno header\n".to_owned(), NoticeKind::Unreadable),
    ] {
        assert_eq!(read(mail.as_bytes()).kind, kind, "{mail}");
    }
}

/// Not every mail system writes under a name that says so; people write of failures as well.
#[test]
fn a_report_is_known_by_its_form_where_its_sender_has_a_name() {
    let copy = "--- original message ---\nReceived: x\nFrom: news@example.com\nMessage-ID: <1@example.com>\n";
    for (subject, body, kind) in [
        ("Mail delivery failed", format!("We cannot deliver to:\n\n{TO}\n"), NoticeKind::Bounce),
        (
            "Returned Mail - Error During Delivery",
            format!("--- Failed Recipients ---\n<{TO}>: mailbox unavailable [550]\n{copy}"),
            NoticeKind::Bounce,
        ),
        (
            "Mail Delivery Warning",
            format!("Delivery to\n  \"{TO}\"\nhas been postponed: full mailbox.\n"),
            NoticeKind::Delay,
        ),
        (
            "Non-Delivery Report",
            format!("It could not be delivered.\nThe server said: 550 5.1.1 <{TO}> unknown\n"),
            NoticeKind::Bounce,
        ),
        ("Nicht zugestellt", format!("Konnte nicht zugestellt werden an\n{TO}\n"), NoticeKind::Bounce),
        ("Re: Mail delivery failed", format!("> cannot deliver to:\n> {TO}\nCan you help me?\n"), NoticeKind::Letter),
        ("Fwd: Mail delivery failed", format!("See below.\n{copy}"), NoticeKind::Letter),
        (
            "Your issue was not delivered",
            "It was not delivered to me on Friday.\n\nPetra\npetra@b.example\n".to_owned(),
            NoticeKind::Letter,
        ),
        (
            "Not delivered",
            "Was the issue of last week not sent? My friend bea@example.org did not get it either.\n".to_owned(),
            NoticeKind::Letter,
        ),
        ("A question", format!("My mail to you could not be delivered.\n{copy}"), NoticeKind::Letter),
    ] {
        let mail = format!("From: Petra <petra@b.example>\nTo: news@example.com\nSubject: {subject}\n\n{body}");
        assert_eq!(read(mail.as_bytes()).kind, kind, "{mail}");
    }
}

#[test]
fn blank_lines_before_a_mail_and_marks_of_quotation_in_it_do_not_matter() {
    let report = |copy: &str| {
        format!("From: MAILER-DAEMON@b.example\nSubject: failure notice\n\n<{TO}>: full mailbox\n\n{copy}")
    };
    let id = "a2".repeat(17);
    let copy = &format!("Received: x\nFrom: news@example.com\nMessage-ID: <{id}@example.com>\nSubject: bad header\n");
    let plain = read(report(copy).as_bytes());
    assert_eq!(plain.recipients[0].judgement().map(|found| found.cause), Some(Cause::Full));
    assert!(!plain.traces.is_empty());
    let quoted: String = copy.lines().map(|line| format!("> {line}\n")).collect();
    assert_eq!(read(report(&quoted).as_bytes()), plain);
    for blank in ["\n", "\r\n", "   \n\n", " \t\r\n\n"] {
        assert_eq!(read(format!("{blank}{}", report(copy)).as_bytes()), plain, "{blank:?}");
    }
}

#[test]
fn line_ends_do_not_matter() {
    for report in reports() {
        let plain = read(report.mail.as_bytes());
        for ends in ["\r\n", "\r", "\r\r\n"] {
            assert_eq!(read(report.mail.replace('\n', ends).as_bytes()), plain, "{} {ends:?}", report.name);
        }
    }
}

#[test]
fn a_report_within_a_multipart_says_the_same() {
    for report in reports() {
        let (head, body) = report.mail.split_once("\n\n").unwrap();
        let kind = head.lines().position(|line| line.starts_with("Content-Type:"));
        let inner = kind.map_or("Content-Type: text/plain", |at| head.lines().nth(at).unwrap());
        let outer: Vec<&str> = head.lines().filter(|line| !line.starts_with("Content-Type:")).collect();
        let mail = format!(
            "{}\nContent-Type: multipart/mixed; boundary=out\n\n--out\n{inner}\n\n{body}\n--out\nContent-Type: text/plain\n\nFooter of a gateway.\n--out--\n",
            outer.join("\n")
        );
        let causes = |reading: Reading| {
            reading.recipients.iter().map(|one| one.judgement().map(|judged| judged.cause)).collect::<Vec<_>>()
        };
        assert_eq!(causes(read(mail.as_bytes())), causes(read(report.mail.as_bytes())), "{}\n{mail}", report.name);
    }
}

#[test]
fn a_mail_cut_anywhere_or_without_a_field_gives_an_answer() {
    for report in reports().iter().step_by(7) {
        for part in 0..32 {
            read(&report.mail.as_bytes()[..report.mail.len() * part / 32]);
        }
        let head = report.mail.split("\n\n").next().unwrap().lines().count();
        for gone in 0..head {
            let rest: Vec<&str> =
                report.mail.lines().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| line).collect();
            read(rest.join("\n").as_bytes());
        }
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read(&bytes);
    }

    #[test]
    fn no_change_of_a_report_makes_it_panic(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), with in "(\\PC|[\r\n:;<>@= 5.-]){0,12}",
    ) {
        let all = reports();
        let mut mail = which.get(&all).mail.clone();
        let at = mail.floor_char_boundary(at.index(mail.len()));
        mail.insert_str(at, &with);
        read(mail.as_bytes());
    }
}

/// The parser asserts, where assertions are compiled in, that such a part has a multipart around it.
#[test]
fn a_returned_email_within_another_ends_nobody() {
    let part = "Content-Type: message/rfc822\n\n";
    let report = format!("Content-Type: multipart/report; boundary=b\n\n--b\n{part}{part}\n--b--\n");
    assert!(read(report.as_bytes()).recipients.is_empty());
}
