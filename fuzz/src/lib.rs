//! What is tried with any bytes. A target panics when something is wrong, and says nothing otherwise.

mod hooks;
mod imap;

use std::sync::LazyLock;

use coranto::domain::DeliveryId;
use coranto::domain::cause::{Certainty, judge};
use coranto::domain::notice::NoticeKind;
use coranto::domain::reply::{Reply, Stage};
use coranto::domain::return_path::ReturnPath;
use coranto::inbound::read::read;
use coranto::message::verp;
use coranto::smtp::server::{BodyReader, command};
use coranto::token::Keyring;

/// A mail that came back.
pub fn report(bytes: &[u8]) {
    let reading = read(bytes);
    assert!(reading.recipients.len() <= 33, "{} recipients", reading.recipients.len());
    assert_eq!(read(bytes), reading, "the same bytes are read differently");
}

/// A server's reply at every stage.
pub fn reply(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(reply) = text.parse::<Reply>() else { return };
    for stage in Stage::ALL {
        let judged = judge(*stage, &reply);
        assert!(judged.permanent || judged.certainty == Certainty::Likely, "{stage} {reply}");
    }
}

/// A feedback report's fields (RFC 5965), in a mail of the right form.
pub fn feedback(bytes: &[u8]) {
    const HEAD: &[u8] = b"From: fbl@b.example\nSubject: x\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n";
    let reading = read(&[HEAD, bytes, b"\n--b--\n"].concat());
    assert!(reading.recipients.len() <= 33, "{} recipients", reading.recipients.len());
    assert_ne!(reading.kind, NoticeKind::Bounce, "a feedback report is a bounce");
}

pub(crate) static KEYS: LazyLock<Keyring> = LazyLock::new(|| {
    let key = "1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let address = "address:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    Keyring::parse(&format!("{key}\n{address}\n")).expect("the keys can be read")
});

/// A local part that a report came to: nothing of ours stands in it, unless we put it there.
pub fn verp(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert!(verp::open(&KEYS, &text).is_none(), "an address of strangers opens: {text}");
    let path: ReturnPath = "b+{token}@bounce.example.com".parse().expect("the address can be read");
    let ours = verp::bounce_address(&KEYS, DeliveryId(7), None, &path);
    let (local, _) = ours.split_once('@').expect("an address has a domain");
    // Others put words of their own around an address: whatever they are, they are no token.
    let around: String = text.chars().take(64).filter(|c| !c.is_ascii_alphanumeric()).collect();
    assert!(verp::open(&KEYS, &format!("{around}={local}")).is_some(), "ours is lost behind {around:?}");
}

/// What a client sends: lines are commands until one of them is DATA, then a message comes.
pub fn smtp_server(bytes: &[u8]) {
    const WHOLE: usize = 4096;
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end])).into_owned();
        rest = &rest[end + 1..];
        if command::parse(&line) != command::Command::Data {
            continue;
        }
        let (whole, taken) = body(rest, rest.len().max(1));
        let (pieces, again) = body(rest, 3);
        assert_eq!((&whole, taken), (&pieces, again), "a message depends on how it came in");
        let Some(message) = whole else { return };
        assert!(message.len() <= WHOLE, "{} bytes are kept", message.len());
        assert!(rest[..taken].ends_with(b".\r\n"), "something else ended a message");
        rest = &rest[taken..];
    }

    fn body(input: &[u8], piece: usize) -> (Option<Vec<u8>>, usize) {
        let mut reader = BodyReader::new(WHOLE, 1 << 20);
        let mut taken = 0;
        for chunk in input.chunks(piece) {
            let (more, ended) = reader.take(chunk);
            taken += more;
            if ended {
                return (Some(reader.finish().message), taken);
            }
        }
        (None, taken)
    }
}

pub use hooks::hook_json;
pub use imap::imap_stream;

/// A target's name.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("report", report),
    ("reply", reply),
    ("feedback", feedback),
    ("verp", verp),
    ("smtp_server", smtp_server),
    ("hook_json", hook_json),
    ("imap_stream", imap_stream),
];
