//! Whatever a message holds, the sink gets its bytes.

use coranto::smtp::{EnvelopeOutcome, Session, Sink, SinkOptions};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{AMPLE, address, connector, deadlines};

/// Lines that like to begin with dots, look like commands, or are long.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "\\.{0,3}",
        "\\.{0,2}[ -~\t\x00]{0,30}",
        Just("MAIL FROM:<x@example.org>".to_owned()),
        Just("x".repeat(998)),
    ];
    prop::collection::vec(line, 1..12)
        .prop_map(|lines| lines.iter().flat_map(|line| [line.as_bytes(), b"\r\n"].concat()).collect())
}

#[test]
fn any_crlf_message_arrives_byte_identical() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (sink, session) = runtime.block_on(async {
        let sink = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        let session = Session::open(&connector(sink.addr().port()), &deadlines(AMPLE)).await.unwrap();
        (sink, session)
    });
    let session = tokio::sync::Mutex::new(session);
    let outcome =
        TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(200) }).run(&message(), |message| {
            runtime.block_on(async {
                let mut session = session.lock().await;
                let envelope = session.envelope("", &address("reader@example.org"), message.len(), None).await.unwrap();
                prop_assert_eq!(envelope, EnvelopeOutcome::Ready);
                prop_assert_eq!(session.body(&message).await.unwrap().code, 250);
                prop_assert_eq!(sink.messages().pop().map(|taken| taken.data), Some(message));
                Ok(())
            })
        });
    outcome.unwrap();
    assert_eq!(sink.stats().connections, 1);
}

#[tokio::test]
async fn a_large_message_arrives_whole() {
    let sink = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
    let mut session = Session::open(&connector(sink.addr().port()), &deadlines(AMPLE)).await.unwrap();
    let message: Vec<u8> = (0..200_000).flat_map(|line| format!(".{line} of many\r\n").into_bytes()).collect();
    let envelope = session.envelope("", &address("reader@example.org"), message.len(), None).await.unwrap();
    assert_eq!(envelope, EnvelopeOutcome::Ready);
    assert_eq!(session.body(&message).await.unwrap().code, 250);
    assert!(sink.messages()[0].data == message);
}
