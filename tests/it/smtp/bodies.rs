//! The message and its final dot: a definite yes, a definite no, or uncertain, and never the wrong one.

use std::time::Duration;

use coranto::domain::reply::Reply;
use coranto::smtp::{BodyError, Broken, EnvelopeOutcome, Fault, Malformed, Session};

use super::scripted::{Close, Drip, Hear, HearBytes, HearMessage, Ignore, Pause, Step, after_hello, against, say};
use super::{SHORT, address, deadlines};

/// More than both kernels hold for a connection.
const LARGE_LINES: usize = 400_000;

fn large() -> Vec<u8> {
    b"A line of forty-two bytes, and its line end\r\n".repeat(LARGE_LINES)
}

/// An accepted envelope, then these steps.
fn after_354(steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    let envelope = [Hear("MAIL"), Hear("RCPT"), Hear("DATA"), say("250 ok\r\n250 ok\r\n354 go\r\n")];
    after_hello(&["PIPELINING"], envelope.into_iter().chain(steps))
}

/// The outcome of `message`, whether the session may go on, and the lines that the server heard after DATA.
async fn body(steps: Vec<Step>, message: &[u8]) -> (Result<Reply, BodyError>, bool, Vec<String>) {
    let ((outcome, usable), heard) = against(steps, async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        let envelope = session.envelope("", &address("reader@example.org"), message.len(), None).await.unwrap();
        assert_eq!(envelope, EnvelopeOutcome::Ready);
        // What the server sends behind 354 is to be there.
        tokio::time::sleep(Duration::from_millis(30)).await;
        (session.body(message).await, session.is_usable())
    })
    .await;
    (outcome, usable, heard.into_iter().skip(4).collect())
}

#[tokio::test]
async fn the_message_is_stuffed_and_ends_once() {
    let steps = after_354([HearMessage, say("250 ok\r\n")]);
    let (outcome, usable, heard) = body(steps, b"a\r\n.\r\n..b\r\n").await;
    assert_eq!(outcome.unwrap().code, 250);
    assert!(usable);
    assert_eq!(heard, ["a", "..", "...b", "."]);
}

#[tokio::test]
async fn every_answer_to_the_dot_is_definite() {
    for (said, code, goes_on) in [
        ("250 2.0.0 Queued\r\n", 250, true),
        ("451-4.3.0 Try\r\n451 4.3.0 later\r\n", 451, true),
        ("554 5.7.1 Spam\r\n", 554, true),
        ("421 4.3.2 Closing\r\n", 421, false),
    ] {
        for step in [say(said), Drip(said.as_bytes().to_vec(), Duration::ZERO)] {
            let (outcome, usable, _) = body(after_354([HearMessage, step]), b"x\r\n").await;
            assert_eq!((outcome.unwrap().code, usable), (code, goes_on));
        }
    }
}

#[tokio::test]
async fn no_answer_to_the_dot_is_uncertain() {
    let silences: [(&str, Vec<Step>); 5] = [
        ("closes", vec![Close]),
        ("is silent", vec![Pause(SHORT * 2)]),
        ("drips", vec![Drip(b"250-x\r\n".repeat(20), Duration::from_millis(30))]),
        ("talks nonsense", vec![say("yes\r\n")]),
        ("asks for more", vec![say("354 go on\r\n")]),
    ];
    for (what, steps) in silences {
        let script = after_354([HearMessage].into_iter().chain(steps));
        let (outcome, usable, _) = body(script, b"x\r\n").await;
        let error = outcome.unwrap_err();
        assert!(matches!(error, BodyError::Unknown(_)), "it {what}: {error:?}");
        assert!(!usable);
    }
}

#[tokio::test]
async fn a_late_answer_never_belongs_to_the_next_message() {
    // lettre's pool reported the second message as sent here.
    let script = after_354([HearMessage, Pause(SHORT + Duration::from_millis(100)), say("250 late\r\n")]);
    let (outcome, _) = against(script, async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        let reader = address("reader@example.org");
        session.envelope("", &reader, 3, None).await.unwrap();
        let first = session.body(b"x\r\n").await;
        assert!(matches!(first, Err(BodyError::Unknown(Fault::TimedOut(_)))), "{first:?}");
        tokio::time::sleep(SHORT).await;
        session.envelope("", &reader, 3, None).await
    })
    .await;
    assert!(matches!(outcome, Err(Broken::Unusable)), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_that_came_before_the_message_is_not_its_answer() {
    let (outcome, usable, heard) = body(after_354([say("250 queued\r\n")]), b"x\r\n").await;
    assert!(matches!(outcome, Err(BodyError::NotSent(Fault::Unsolicited))), "{outcome:?}");
    assert!(!usable && heard.is_empty(), "nothing of it may leave: {heard:?}");
}

#[tokio::test]
async fn a_connection_that_ends_before_the_message_is_a_definite_no() {
    let (outcome, usable, _) = body(after_354([Close]), b"x\r\n").await;
    assert!(matches!(outcome, Err(BodyError::NotSent(Fault::Closed))), "{outcome:?}");
    assert!(!usable);
}

#[tokio::test]
async fn a_connection_that_ends_within_a_large_message_is_a_definite_no() {
    let (outcome, usable, _) = body(after_354([HearBytes(100_000), Close]), &large()).await;
    assert!(matches!(outcome, Err(BodyError::NotSent(_))), "{outcome:?}");
    assert!(!usable);
}

#[tokio::test]
async fn a_server_that_stops_reading_is_a_definite_no() {
    let (outcome, usable, _) = body(after_354([HearBytes(1000), Ignore]), &large()).await;
    assert!(matches!(outcome, Err(BodyError::NotSent(Fault::TimedOut(_)))), "{outcome:?}");
    assert!(!usable);
}

#[tokio::test]
async fn an_early_refusal_is_heard_while_the_message_is_written() {
    for (said, then) in [("421 4.3.2 Going down\r\n", Close), ("552 5.3.4 Too much\r\n", Ignore)] {
        let script = after_354([HearBytes(100_000), say(said), Pause(Duration::from_millis(50)), then]);
        let (outcome, usable, _) = body(script, &large()).await;
        assert_eq!(outcome.unwrap().to_string(), said.trim_end());
        assert!(!usable, "the rest of the message never left");
    }
}

#[tokio::test]
async fn an_early_acceptance_is_not_believed() {
    let script = after_354([HearBytes(100_000), say("250 ok\r\n"), Ignore]);
    let (outcome, usable, _) = body(script, &large()).await;
    assert!(matches!(outcome, Err(BodyError::NotSent(Fault::Unexpected(_)))), "{outcome:?}");
    assert!(!usable);
}

#[tokio::test]
async fn a_malformed_message_does_not_leave() {
    for (message, expected) in [
        (&b"no end"[..], Malformed::NoFinalCrlf),
        (b"a\n.\r\nMAIL FROM:<x@y>\r\n", Malformed::BareLineEnd(1)),
        (b"a\r.\r\n", Malformed::BareLineEnd(1)),
        (b"\xff\r\n", Malformed::EightBit),
    ] {
        let (outcome, usable, heard) = body(after_354([]), message).await;
        assert!(matches!(outcome, Err(BodyError::Malformed(found)) if found == expected), "{outcome:?}");
        assert!(!usable && heard.is_empty(), "{heard:?}");
    }
}

#[tokio::test]
async fn a_dropped_body_is_not_gone_on_with() {
    let (usable, heard) = against(after_354([HearBytes(1000), Ignore]), async |connector| {
        let mut session = Session::open(&connector, &deadlines(Duration::from_secs(20))).await.unwrap();
        let reader = address("reader@example.org");
        session.envelope("", &reader, 1, None).await.unwrap();
        let message = large();
        assert!(tokio::time::timeout(Duration::from_millis(100), session.body(&message)).await.is_err());
        assert!(matches!(session.envelope("", &reader, 1, None).await, Err(Broken::Unusable)));
        session.is_usable()
    })
    .await;
    assert!(!usable);
    assert_eq!(heard.len(), 4);
}

#[tokio::test]
async fn nothing_depends_on_a_polite_end() {
    // The second would keep the client for ever.
    for end in [vec![Close], vec![Ignore], vec![Hear("QUIT"), say("500 no\r\n")]] {
        let script = after_354([HearMessage, say("250 ok\r\n")].into_iter().chain(end));
        let (code, _) = against(script, async |connector| {
            let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
            session.envelope("", &address("reader@example.org"), 3, None).await.unwrap();
            let code = session.body(b"x\r\n").await.unwrap().code;
            session.quit().await;
            code
        })
        .await;
        assert_eq!(code, 250);
    }
}
