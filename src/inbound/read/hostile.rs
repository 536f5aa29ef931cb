//! Emails that are made to cost a reader more than others do.

use super::*;

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let head = "From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\n";
    let report = |body: String| format!("{head}Content-Type: multipart/report; boundary=\"b\"\n\n{body}").into_bytes();
    let nested = |kind: &str| {
        (0..10_000).map(|at| format!("Content-Type: {kind}; boundary=\"{at}\"\n\n--{at}\n")).collect::<String>()
    };
    let status = |text: String| report(format!("--b\nContent-Type: message/delivery-status\n\n{text}\n--b--\n"));
    vec![
        ("nested multiparts", format!("{head}{}", nested("multipart/mixed")).into_bytes()),
        ("nested mails", format!("{head}{}", "Content-Type: message/rfc822\n\n".repeat(10_000)).into_bytes()),
        ("folded types", format!("{head}{}", "Content-Type:\n message/rfc822\n\n".repeat(10_000)).into_bytes()),
        ("nested digests", format!("{head}{}", nested("multipart/digest")).into_bytes()),
        ("empty parts", report("--b\n\n".repeat(1_000_000))),
        ("one long line", report("x".repeat(1 << 20))),
        ("long address", report(format!("<{}@example.org>:\n550 no\n", "a".repeat(1 << 20)))),
        ("many ats", report(format!("{}\n550 no\n", "@".repeat(1 << 20)))),
        ("many addresses", report("a@b.example ".repeat(100_000))),
        ("lines of addresses", report("<a@b.example>: 550 no\n".repeat(20_000))),
        ("different addresses", report((0..20_000).map(|at| format!("<a{at}@b.example>: 550 no\n")).collect())),
        ("a list of addresses", report((0..20_000).map(|at| format!("<a{at}@b.example>\n")).collect())),
        ("empty boundary", format!("{head}Content-Type: multipart/report; boundary=\"\"\n\n--\n\n--\n").into_bytes()),
        ("a boundary that begins another", format!("{head}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\n--b\n").into_bytes()),
        ("base64", format!("{head}Content-Transfer-Encoding: base64\n\n{}", "QUFB".repeat(200_000)).into_bytes()),
        ("base64 of mails", format!("{head}Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}", "QUFB\n".repeat(50_000)).into_bytes()),
        ("quoted-printable", format!("{head}Content-Transfer-Encoding: quoted-printable\n\n{}", "=3D=\n".repeat(100_000)).into_bytes()),
        ("comments in the date", format!("{head}Date: {}\n\nx", "(".repeat(100_000)).into_bytes()),
        ("comments in the type", format!("{head}Content-Type: {}\n\nx", "(".repeat(100_000)).into_bytes()),
        ("encoded words", format!("{head}Subject: {}\n\nx", "=?utf-8?q?=41?= ".repeat(10_000)).into_bytes()),
        ("status without end", status("Status: ".repeat(8192))),
        ("many statuses", status("Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n".repeat(2000))),
        ("long diagnostic", status(format!("Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp; {}", "550 ".repeat(60_000)))),
        ("folded diagnostic", status(format!("Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp;\n{}", " 550\n".repeat(50_000)))),
        ("NUL", vec![0; 300_000]),
        ("NUL in the head", b"Fr\0om: MAILER-DAEMON@x\0\nSub\0ject: no\n\n\0".to_vec()),
        ("UTF-16", "From: a@b.example\n\nno".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("charset", format!("{head}Content-Type: text/plain; charset={}\n\nx", "x".repeat(100_000)).into_bytes()),
        ("no charset", format!("{head}Content-Type: text/plain; charset=no-such\n\n\u{e9}\n").into_bytes()),
        ("bytes", (0..=255_u8).cycle().take(300_000).collect()),
        ("colons", ":\n".repeat(200_000).into_bytes()),
        ("fields", "a: b\n".repeat(100_000).into_bytes()),
        ("tags", format!("{head}Content-Type: text/html\n\n{}", "<".repeat(200_000)).into_bytes()),
        ("style", format!("{head}Content-Type: text/html\n\n{}", "<style>".repeat(30_000)).into_bytes()),
        ("quotes", report("\"@".repeat(100_000))),
        ("brackets", report("<".repeat(100_000))),
        ("transcript", report(">>> DATA\n<<< 550 no\n".repeat(10_000))),
        ("separators", report("--- original message ---\n".repeat(10_000))),
        ("headers", report("Received: x\nFrom: y\n\n".repeat(10_000))),
        ("line ends", "\r".repeat(300_000).into_bytes()),
        ("recipients beside a text of addresses", report(format!(
            "--b\n\n{}\n--b\nContent-Type: message/delivery-status\n\n{}\n--b--\n",
            format!("{} a@b.example failed\n", "your mail failed ".repeat(900)).repeat(200),
            (0..32).map(|at| format!("Final-Recipient: rfc822; r{at}@b.example\nAction: failed\n\n")).collect::<String>()
        ))),
        ("a transcript of conclusions", report((0..20_000).map(|at| format!("550 <a{at}@b.example>... no\n")).collect())),
        ("nested notifications", format!("{head}\n{}", "{\"Message\":".repeat(20_000)).into_bytes()),
        ("deep notification", format!("{head}\n{}", "[".repeat(100_000)).into_bytes()),
    ]
}

/// What a mail may cost, in bytes that are looked at: its own, decoded text, and what is brought to normal form.
const WORK_MAX: usize = 3 << 20;

#[test]
fn hostile_mails_cost_no_more_than_others() {
    let mails = hostile();
    assert!(mails.len() >= 42, "{}", mails.len());
    for (name, mail) in mails {
        crate::domain::cause::WORK.set(0);
        read(&mail);
        let normal = crate::domain::cause::WORK.get();
        let (parts, text) = mime::open(&mail).map_or((0, 0), |mail| {
            let of = |texts: &[String]| (texts.len(), texts.iter().map(String::len).sum::<usize>());
            let all = [of(&mail.texts), of(&mail.status), of(&mail.feedback)];
            all.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        });
        assert!(parts <= 64, "{name} has {parts} parts");
        assert!(text <= 64 * mime::TEXT_MAX, "{name} has {text} bytes of text");
        assert!(normal <= WORK_MAX, "{name} brings {normal} bytes to normal form");
    }
}

/// Twice as much of the same costs no more than about twice: whatever is below the limits is read in linear time.
#[test]
fn the_work_grows_with_the_mail() {
    let line = "the mail for <a@b.example> was not delivered: 550 user unknown; c@d.example\n";
    let work = |lines: usize| {
        let status = (0..32).map(|at| format!("Final-Recipient: rfc822; r{at}@b.example\nAction: failed\n\n"));
        let mail = format!(
            "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\n{}\n--b\nContent-Type: message/delivery-status\n\n{}\n--b--\n",
            line.repeat(lines),
            status.collect::<String>()
        );
        crate::domain::cause::WORK.set(0);
        read(mail.as_bytes());
        crate::domain::cause::WORK.get()
    };
    let (one, two, four) = (work(50), work(100), work(200));
    assert!(two <= 2 * one + 100_000 && four <= 4 * one + 200_000, "{one}, {two}, {four}");
}
