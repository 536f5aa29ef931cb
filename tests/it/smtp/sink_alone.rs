//! The sink seen by clients that do as they like: what it answers, and that nothing can be smuggled through it.

use std::time::Duration;

use coranto::secret::Secret;
use coranto::smtp::{Sink, SinkAuth, SinkHandle, SinkOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::AMPLE;

const ENVELOPE: &str = "EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n";

async fn sink(options: SinkOptions) -> SinkHandle {
    Sink::start(SinkOptions { keep: true, ..options }).await.unwrap()
}

/// Sends these pieces, each in its own segment, then the end; gives all that came back.
async fn talk(sink: &SinkHandle, pieces: &[&[u8]]) -> String {
    let mut socket = TcpStream::connect(sink.addr()).await.unwrap();
    socket.set_nodelay(true).unwrap();
    for piece in pieces {
        socket.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // It may have closed by now.
    let _ = socket.shutdown().await;
    let mut said = Vec::new();
    let _ = tokio::time::timeout(AMPLE, socket.read_to_end(&mut said)).await.unwrap();
    String::from_utf8(said).unwrap()
}

/// The codes of final reply lines, in order.
fn codes(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect()
}

#[tokio::test]
async fn commands_are_answered_as_the_rfc_says() {
    let sink = sink(SinkOptions::default()).await;
    let commands = "MAIL FROM:<a@b>\r\nEHLO\r\nEHLO x\r\nRCPT TO:<a@b>\r\nDATA\r\nMAIL FROM:a@b\r\nMAIL FROM:<a@b> FOO=1\r\n\
                    MAIL FROM:<a@b> SIZE=99999999999\r\nMAIL FROM:<a@b> SIZE=x\r\nMAIL FROM:<a@b> SIZE=10 BODY=8BITMIME\r\n\
                    MAIL FROM:<a@b>\r\nDATA\r\nRCPT TO:<>\r\nRCPT TO:<\u{e9}@b>\r\nRSET\r\nNOOP x\r\nVRFY x\r\nHELP\r\n\
                    STARTTLS\r\nAUTH PLAIN\r\nEXPN x\r\nquit\r\n";
    let said = talk(&sink, &[commands.as_bytes()]).await;
    insta::assert_snapshot!(said.replace('\r', ""));
}

#[tokio::test]
async fn only_crlf_dot_crlf_ends_a_message() {
    let evil = "MAIL FROM:<evil@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nevil\r\n";
    for trick in ["\n.\n", "\n.\r\n", "\r.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r\n\n.\r\n", "\n\r\n.\n\r\n"] {
        let sink = sink(SinkOptions::default()).await;
        let message = format!("Subject: one\r\n\r\ntext{trick}{evil}.\r\nQUIT\r\n");
        let said = talk(&sink, &[ENVELOPE.as_bytes(), message.as_bytes()]).await;
        assert_eq!(codes(&said), ["220", "250", "250", "250", "354", "550", "221"], "{trick:?}");
        assert!(sink.messages().is_empty() && sink.stats().messages_refused == 1, "{trick:?}");
    }
}

#[tokio::test]
async fn a_message_cut_anywhere_is_the_same_message() {
    let sink = sink(SinkOptions::default()).await;
    let conversation = format!("{ENVELOPE}..a\r\n.b\r\n\r\n.\r\nNOOP\r\nQUIT\r\n");
    for piece in [1, 2, 3, 7] {
        let pieces: Vec<&[u8]> = conversation.as_bytes().chunks(piece).collect();
        let said = talk(&sink, &pieces).await;
        assert_eq!(codes(&said), ["220", "250", "250", "250", "354", "250", "250", "221"]);
        assert_eq!(sink.messages().pop().unwrap().data, b".a\r\nb\r\n\r\n");
    }
    assert_eq!(sink.stats().accepted, 4);
}

#[tokio::test]
async fn a_message_that_is_not_ended_is_not_taken() {
    let sink = sink(SinkOptions::default()).await;
    let said = talk(&sink, &[ENVELOPE.as_bytes(), b"text\r\n."]).await;
    assert_eq!(codes(&said), ["220", "250", "250", "250", "354"]);
    assert!(sink.messages().is_empty());
}

#[tokio::test]
async fn lines_that_are_not_commands_end_the_connection() {
    let long = [b"NOOP ".as_slice(), &b"x".repeat(20_000)].concat();
    for line in [&b"NOOP\nQUIT\r\n"[..], b"NOOP\rQUIT\r\n", b"NO\0OP\r\n", b"\xff\r\n", &long] {
        let sink = sink(SinkOptions::default()).await;
        let said = talk(&sink, &[line]).await;
        assert!(codes(&said).starts_with(&["220"]) && !said.contains("250"), "{said:?}");
        assert!(said.len() < 200 && !said.contains("221"), "{said:?}");
    }
}

#[tokio::test]
async fn too_many_mistakes_end_the_connection() {
    let sink = sink(SinkOptions::default()).await;
    let said = talk(&sink, &["WHAT\r\n".repeat(19).as_bytes(), b"WHAT\r\n", b"NOOP\r\n"]).await;
    let codes = codes(&said);
    assert_eq!((codes.len(), codes.last()), (22, Some(&"421")));
}

#[tokio::test]
async fn recipients_and_messages_are_bounded() {
    let sink = sink(SinkOptions { message_bytes_max: 1000, ..SinkOptions::default() }).await;
    let recipients = "RCPT TO:<b@example.org>\r\n".repeat(101);
    let body = "x".repeat(998) + "\r\n";
    let conversation =
        format!("EHLO x\r\nMAIL FROM:<>\r\n{recipients}DATA\r\n{body}.\r\n{}", ENVELOPE.replace("EHLO x\r\n", ""));
    let said = talk(&sink, &[conversation.as_bytes(), body.repeat(2).as_bytes(), b".\r\nQUIT\r\n"]).await;
    let codes = codes(&said);
    assert_eq!(codes.iter().filter(|code| **code == "452").count(), 1);
    assert_eq!(codes[codes.len() - 3..], ["354", "552", "221"]);
    assert_eq!((sink.messages().len(), sink.messages()[0].to.len()), (1, 100));
}

#[tokio::test]
async fn the_login_comes_before_mail() {
    let auth = SinkAuth {
        username: "anna".to_owned(),
        password: Secret::new("open sesame"),
        mechanisms: "PLAIN LOGIN".to_owned(),
    };
    let sink = sink(SinkOptions { auth: Some(auth), ..SinkOptions::default() }).await;
    let said = talk(
        &sink,
        &[
            b"EHLO x\r\nMAIL FROM:<>\r\n",
            b"AUTH CRAM-MD5\r\nAUTH PLAIN !!\r\nAUTH PLAIN AGFubmEAb3Blbg==\r\n",
            b"AUTH LOGIN\r\nYW5uYQ==\r\nbm8=\r\n",
            b"AUTH PLAIN\r\nAGFubmEAb3BlbiBzZXNhbWU=\r\n",
            b"AUTH PLAIN AGFubmEAb3BlbiBzZXNhbWU=\r\nMAIL FROM:<>\r\nQUIT\r\n",
        ],
    )
    .await;
    let expected = ["220", "250", "530", "504", "535", "535", "334", "334", "535", "334", "235", "503", "250", "221"];
    assert_eq!(codes(&said), expected);
    assert_eq!(sink.stats().logins_refused, 4);
}

#[tokio::test]
async fn replies_to_pipelined_commands_wait_for_the_delay_once() {
    let sink = sink(SinkOptions { reply_delay: Duration::from_millis(80), ..SinkOptions::default() }).await;
    let mut socket = TcpStream::connect(sink.addr()).await.unwrap();
    let mut said = [0; 4096];
    let greeting = socket.read(&mut said).await.unwrap();
    assert_eq!(codes(std::str::from_utf8(&said[..greeting]).unwrap()), ["220"]);
    socket.write_all(b"EHLO x\r\nNOOP\r\nNOOP\r\nNOOP\r\nQUIT\r\n").await.unwrap();
    // Those that waited together come together; others would come one by one.
    let answers = socket.read(&mut said).await.unwrap();
    assert_eq!(codes(std::str::from_utf8(&said[..answers]).unwrap()), ["250", "250", "250", "250", "221"]);
}

#[tokio::test]
async fn a_folder_that_vanished_is_told_to_the_client() {
    let dir = tempfile::tempdir().unwrap();
    let mails = dir.path().join("mails");
    let sink = sink(SinkOptions { dir: Some(mails.clone()), ..SinkOptions::default() }).await;
    std::fs::remove_dir(&mails).unwrap();
    let said = talk(&sink, &[ENVELOPE.as_bytes(), b"x\r\n.\r\nQUIT\r\n"]).await;
    assert_eq!(codes(&said)[4..], ["354", "451", "221"]);
    assert_eq!(sink.stats().accepted, 0);
}

#[tokio::test]
async fn a_sink_that_cannot_start_says_why() {
    let held = sink(SinkOptions::default()).await;
    let taken = Sink::start(SinkOptions { listen: held.addr(), ..SinkOptions::default() }).await.unwrap_err();
    assert!(taken.to_string().starts_with(&format!("cannot listen on {}: ", held.addr())), "{taken}");
    let journal = Some("/nowhere/journal".into());
    let missing = Sink::start(SinkOptions { journal, ..SinkOptions::default() }).await.unwrap_err();
    assert!(missing.to_string().starts_with("/nowhere/journal: "), "{missing}");
}
