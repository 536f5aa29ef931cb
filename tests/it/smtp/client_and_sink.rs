//! The client against the sink: the happy path, and each fault that the sink knows by name.

use coranto::smtp::{Envelope, Session, Sink, SinkHandle, SinkOptions};

use super::{AMPLE, address, connector, deadlines};

const MESSAGE: &[u8] = b"Message-ID: <1@example.org>\r\nSubject: Hello\r\n\r\nText\r\n";

async fn sink(options: SinkOptions) -> SinkHandle {
    Sink::start(SinkOptions { keep: true, ..options }).await.unwrap()
}

async fn session(sink: &SinkHandle) -> Session {
    Session::open(&connector(sink.addr().port()), &deadlines(AMPLE)).await.unwrap()
}

async fn offer(session: &mut Session, recipient: &str) -> Envelope {
    session.envelope("sender@example.org", &address(recipient), MESSAGE.len()).await.unwrap()
}

#[tokio::test]
async fn messages_arrive_byte_for_byte_over_one_connection() {
    let sink = sink(SinkOptions::default()).await;
    let mut session = session(&sink).await;
    assert!(session.capabilities().pipelining && session.capabilities().smtputf8);
    for number in 0..5 {
        assert_eq!(offer(&mut session, &format!("reader{number}@example.org")).await, Envelope::Ready);
        let reply = session.body(MESSAGE).await.unwrap();
        assert_eq!((reply.code, reply.enhanced), (250, Some((2, 0, 0))));
    }
    assert_eq!(session.messages(), 5);
    session.quit().await;
    let messages = sink.messages();
    assert_eq!(messages.len(), 5);
    assert!(messages.iter().all(|message| message.data == MESSAGE && message.from == "sender@example.org"));
    assert_eq!(messages[4].to, ["reader4@example.org"]);
    let stats = sink.stats();
    assert_eq!((stats.accepted, stats.connections, stats.accepted_bytes), (5, 1, 5 * MESSAGE.len() as u64));
    sink.stop().await;
}
