//! The client against the sink: the happy path, and each fault that the sink knows by name.

use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::reply::{Reply, Stage};
use coranto::smtp::{BodyError, Broken, EnvelopeOutcome, Fault, Session, Sink, SinkHandle, SinkOffer, SinkOptions};

use super::{AMPLE, SHORT, address, connector, deadlines};

const MESSAGE: &[u8] = b"Message-ID: <1@example.org>\r\nSubject: Hello\r\n\r\nText\r\n";

async fn sink(options: SinkOptions) -> SinkHandle {
    Sink::start(SinkOptions { keep: true, ..options }).await.unwrap()
}

async fn session(sink: &SinkHandle) -> Session {
    Session::open(&connector(sink.addr().port()), &deadlines(AMPLE)).await.unwrap()
}

async fn offer(session: &mut Session, recipient: &str) -> EnvelopeOutcome {
    session.envelope("sender@example.org", &address(recipient), MESSAGE.len(), None).await.unwrap()
}

fn refused(envelope: EnvelopeOutcome) -> (Stage, Reply) {
    match envelope {
        EnvelopeOutcome::Refused { stage, reply } => (stage, reply),
        other => panic!("{other:?} is no refusal"),
    }
}

#[tokio::test]
async fn messages_arrive_byte_for_byte_over_one_connection() {
    let sink = sink(SinkOptions::default()).await;
    let mut session = session(&sink).await;
    assert!(session.capabilities().pipelining && session.capabilities().smtputf8);
    for number in 0..5 {
        assert_eq!(offer(&mut session, &format!("reader{number}@example.org")).await, EnvelopeOutcome::Ready);
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

/// Both ways to offer an envelope.
fn with_and_without_pipelining() -> [SinkOptions; 2] {
    [true, false].map(|pipelining| SinkOptions {
        offer: SinkOffer { pipelining, ..SinkOffer::default() },
        ..SinkOptions::default()
    })
}

#[tokio::test]
async fn a_refused_recipient_costs_neither_the_connection_nor_the_next_message() {
    for options in with_and_without_pipelining() {
        let sink = sink(options).await;
        let mut session = session(&sink).await;
        for (recipient, expected) in [
            ("tempfail-1@example.org", "451 4.3.0 Try again later"),
            ("permfail-1@example.org", "550 5.1.1 No such mailbox"),
            ("full-1@example.org", "452 4.2.2 Mailbox full"),
        ] {
            let (stage, reply) = refused(offer(&mut session, recipient).await);
            assert_eq!((stage, reply.to_string().as_str()), (Stage::Recipient, expected));
            assert!(session.is_usable());
            assert_eq!(offer(&mut session, "reader@example.org").await, EnvelopeOutcome::Ready);
            assert_eq!(session.body(MESSAGE).await.unwrap().code, 250);
        }
        let stats = sink.stats();
        assert_eq!((stats.accepted, stats.recipients_deferred, stats.recipients_refused), (3, 2, 1));
        assert_eq!(stats.connections, 1);
    }
}

#[tokio::test]
async fn defer2_is_put_off_twice_for_each_message() {
    let sink = sink(SinkOptions::default()).await;
    let mut session = session(&sink).await;
    for _ in 0..2 {
        for _ in 0..2 {
            assert_eq!(refused(offer(&mut session, "defer2-1@example.org").await).1.code, 451);
        }
        assert_eq!(offer(&mut session, "defer2-1@example.org").await, EnvelopeOutcome::Ready);
        assert_eq!(session.body(MESSAGE).await.unwrap().code, 250);
    }
    assert_eq!(sink.stats().recipients_deferred, 4);
}

#[tokio::test]
async fn slow_takes_its_time_for_each_reply() {
    let sink = sink(SinkOptions { slow_delay: Duration::from_millis(60), ..SinkOptions::default() }).await;
    let mut session = session(&sink).await;
    let begun = std::time::Instant::now();
    assert_eq!(offer(&mut session, "slow-1@example.org").await, EnvelopeOutcome::Ready);
    assert!(begun.elapsed() >= Duration::from_millis(120), "RCPT and DATA");
    assert_eq!(session.body(MESSAGE).await.unwrap().code, 250);
    assert!(begun.elapsed() >= Duration::from_millis(180), "and the dot");
}

#[tokio::test(flavor = "multi_thread")]
async fn drop_data_is_a_definite_no() {
    for options in with_and_without_pipelining() {
        let sink = sink(options).await;
        for _ in 0..20 {
            let mut session = session(&sink).await;
            assert_eq!(offer(&mut session, "drop-data-1@example.org").await, EnvelopeOutcome::Ready);
            let error = session.body(MESSAGE).await.unwrap_err();
            assert!(matches!(error, BodyError::NotSent(Fault::Closed)), "{error:?}");
            assert!(!session.is_usable());
        }
        assert_eq!((sink.messages().len(), sink.stats().dropped), (0, 20));
    }
}

#[tokio::test]
async fn drop_dot_is_uncertain_and_the_sink_has_it() {
    let sink = sink(SinkOptions::default()).await;
    let mut session = session(&sink).await;
    assert_eq!(offer(&mut session, "drop-dot-1@example.org").await, EnvelopeOutcome::Ready);
    let error = session.body(MESSAGE).await.unwrap_err();
    assert!(matches!(error, BodyError::Unknown(Fault::Closed)), "{error:?}");
    assert!(matches!(session.body(MESSAGE).await, Err(BodyError::Unusable)));
    let messages = sink.messages();
    assert_eq!((messages.len(), messages[0].replied, messages[0].data.as_slice()), (1, false, MESSAGE));
    assert_eq!((sink.stats().accepted, sink.stats().unanswered), (0, 1));
}

#[tokio::test]
async fn closing_421_is_heard_and_ends_the_session() {
    for (options, expected) in with_and_without_pipelining().into_iter().zip([Stage::Mail, Stage::Recipient]) {
        let sink = sink(options).await;
        let mut session = session(&sink).await;
        let (stage, reply) = refused(offer(&mut session, "421-1@example.org").await);
        assert_eq!((stage, reply.code), (expected, 421));
        assert!(!session.is_usable());
        let again = session.envelope("sender@example.org", &address("reader@example.org"), 1, None).await;
        assert!(matches!(again, Err(Broken::Unusable)), "{again:?}");
    }
}

#[tokio::test]
async fn a_refused_sender_is_told_from_a_refused_recipient() {
    for mut options in with_and_without_pipelining() {
        options.refuse_mail = Some("550 5.7.1 We know you".to_owned());
        let sink = sink(options).await;
        let mut session = session(&sink).await;
        for _ in 0..2 {
            let (stage, reply) = refused(offer(&mut session, "reader@example.org").await);
            assert_eq!((stage, reply.to_string().as_str()), (Stage::Mail, "550 5.7.1 We know you"));
        }
        assert_eq!((sink.stats().connections, sink.stats().senders_refused), (1, 2));
    }
}

#[tokio::test]
async fn the_size_is_asked_before_anything_is_sent() {
    let sink = sink(SinkOptions { message_bytes_max: 100, ..SinkOptions::default() }).await;
    let mut session = session(&sink).await;
    let recipient = address("reader@example.org");
    let too_large = session.envelope("", &recipient, 101, None).await.unwrap();
    assert_eq!(too_large, EnvelopeOutcome::TooLarge { size_bytes_max: 100 });
    assert_eq!(sink.stats().senders_refused, 0);
    assert_eq!(session.envelope("", &recipient, 100, None).await.unwrap(), EnvelopeOutcome::Ready);
    assert_eq!(session.body(MESSAGE).await.unwrap().code, 250);
    assert_eq!(sink.messages()[0].from, "");
}

#[tokio::test]
async fn a_size_that_was_not_declared_is_refused_at_the_dot() {
    let offer_no_size = SinkOffer { size: false, ..SinkOffer::default() };
    let sink = sink(SinkOptions { message_bytes_max: 40, offer: offer_no_size, ..SinkOptions::default() }).await;
    let mut session = session(&sink).await;
    assert_eq!(offer(&mut session, "reader@example.org").await, EnvelopeOutcome::Ready);
    assert_eq!(session.body(MESSAGE).await.unwrap().to_string(), "552 5.3.4 Message too large");
    assert_eq!(offer(&mut session, "reader@example.org").await, EnvelopeOutcome::Ready);
    assert_eq!(session.body(b"Short\r\n").await.unwrap().code, 250);
    assert_eq!((sink.stats().messages_refused, sink.stats().connections), (1, 1));
}

#[tokio::test]
async fn smtputf8_is_asked_for_only_where_it_is_needed_and_offered() {
    let offering = sink(SinkOptions::default()).await;
    let mut session = session(&offering).await;
    assert_eq!(offer(&mut session, "用户@example.org").await, EnvelopeOutcome::Ready);
    assert_eq!(session.body("To: 用户@example.org\r\n\r\n".as_bytes()).await.unwrap().code, 250);
    // Without the need, 8-bit bytes do not leave.
    assert_eq!(offer(&mut session, "reader@example.org").await, EnvelopeOutcome::Ready);
    assert!(matches!(session.body("é\r\n".as_bytes()).await, Err(BodyError::Malformed(_))));

    let lacking =
        sink(SinkOptions { offer: SinkOffer { smtputf8: false, ..SinkOffer::default() }, ..SinkOptions::default() })
            .await;
    let mut session = self::session(&lacking).await;
    assert_eq!(offer(&mut session, "用户@example.org").await, EnvelopeOutcome::NeedsSmtpUtf8);
    assert_eq!(offer(&mut session, "reader@bücher.example").await, EnvelopeOutcome::Ready);
    assert_eq!(session.body(MESSAGE).await.unwrap().code, 250);
    assert_eq!(lacking.messages()[0].to, ["reader@xn--bcher-kva.example"]);
}

#[tokio::test]
async fn a_sender_that_would_break_the_command_is_refused_before_it() {
    let sink = sink(SinkOptions::default()).await;
    let mut session = session(&sink).await;
    for sender in ["a@b>\r\nRCPT TO:<c@d", "a b@c", "a@b<", "é@b.c", "a\0@b.c"] {
        let outcome = session.envelope(sender, &address("reader@example.org"), 1, None).await;
        assert!(matches!(outcome, Err(Broken::InvalidSender)), "{sender:?}: {outcome:?}");
    }
    assert_eq!(offer(&mut session, "reader@example.org").await, EnvelopeOutcome::Ready);
}

#[tokio::test]
async fn a_dropped_future_leaves_a_session_that_refuses_to_go_on() {
    let sink = sink(SinkOptions { slow_delay: AMPLE, ..SinkOptions::default() }).await;
    let mut session = session(&sink).await;
    let recipient = address("slow-1@example.org");
    let envelope = session.envelope("", &recipient, 10, None);
    assert!(tokio::time::timeout(Duration::from_millis(100), envelope).await.is_err(), "it was to be dropped half-way");
    assert!(!session.is_usable());
    let again = session.envelope("", &address("reader@example.org"), 10, None).await;
    assert!(matches!(again, Err(Broken::Unusable)), "{again:?}");
    assert!(matches!(session.body(MESSAGE).await, Err(BodyError::Unusable)));
}

#[tokio::test]
async fn a_body_without_an_envelope_and_an_envelope_without_its_body_are_refused() {
    let sink = sink(SinkOptions::default()).await;
    let mut session = session(&sink).await;
    assert!(matches!(session.body(MESSAGE).await, Err(BodyError::Unusable)));

    let mut session = self::session(&sink).await;
    assert_eq!(offer(&mut session, "reader@example.org").await, EnvelopeOutcome::Ready);
    let second = session.envelope("", &address("reader@example.org"), 1, None).await;
    assert!(matches!(second, Err(Broken::Unusable)), "{second:?}");
    assert!(sink.messages().is_empty());
}

#[tokio::test]
async fn one_connection_too_many_is_turned_away_with_its_reason() {
    let sink = sink(SinkOptions { connections_max: 1, ..SinkOptions::default() }).await;
    let held = session(&sink).await;
    let error = Session::open(&connector(sink.addr().port()), &deadlines(AMPLE)).await.unwrap_err();
    assert_eq!(error.reply().map(ToString::to_string).as_deref(), Some("421 4.7.0 Too many connections"));
    held.quit().await;
    assert_eq!((sink.stats().connections_refused, sink.stats().connections_peak), (1, 2));
}

#[tokio::test]
async fn a_silent_client_is_sent_away() {
    let sink = sink(SinkOptions { idle: SHORT, ..SinkOptions::default() }).await;
    let mut session = session(&sink).await;
    tokio::time::sleep(SHORT * 2).await;
    match session.envelope("", &address("reader@example.org"), 1, None).await {
        Err(Broken::Idle { last_words: Some(reply), .. }) => assert_eq!(reply.code, 421),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn journal_and_folder_tell_what_came() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, mails) = (dir.path().join("journal"), dir.path().join("mails"));
    let options = SinkOptions {
        dir: Some(mails.clone()),
        journal: Some(journal.clone()),
        journal_sync: true,
        clock: Clock::fixed(Timestamp(1_700_000_000_000)),
        ..SinkOptions::default()
    };
    let sink = sink(options).await;
    let mut session = session(&sink).await;
    for recipient in ["reader@example.org", "drop-dot-1@example.org"] {
        assert_eq!(offer(&mut session, recipient).await, EnvelopeOutcome::Ready);
        let _ = session.body(MESSAGE).await;
    }
    let text = std::fs::read_to_string(&journal).unwrap();
    insta::assert_snapshot!(text, @r#"
    {"ts":1700000000000,"from":"sender@example.org","to":"reader@example.org","message_id":"<1@example.org>","subject":"Hello","bytes":53,"sha256":"f58b66c4f969081cc4abe8675e7be4383b6d7a10ab77d9089ea78081566d3e41","replied":true}
    {"ts":1700000000000,"from":"sender@example.org","to":"drop-dot-1@example.org","message_id":"<1@example.org>","subject":"Hello","bytes":53,"sha256":"f58b66c4f969081cc4abe8675e7be4383b6d7a10ab77d9089ea78081566d3e41","replied":false}
    "#);
    let mut files: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let names: Vec<_> = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(
        names,
        ["1700000000000-000000-reader@example.org.eml", "1700000000000-000001-drop-dot-1@example.org.eml"]
    );
    assert_eq!(std::fs::read(&files[0]).unwrap(), MESSAGE);
}

#[tokio::test]
async fn stop_closes_every_connection() {
    let sink = sink(SinkOptions::default()).await;
    let address = sink.addr();
    let mut session = session(&sink).await;
    sink.stop().await;
    let outcome = session.envelope("", &self::address("reader@example.org"), 1, None).await;
    assert!(matches!(outcome, Err(Broken::Idle { .. })), "{outcome:?}");
    assert!(Session::open(&connector(address.port()), &deadlines(AMPLE)).await.is_err());
}
