//! MAIL, RCPT and DATA with every combination of answers, cut in every way; and that the session is in step afterwards.

use coranto::domain::reply::Stage;
use coranto::smtp::{Broken, EnvelopeOutcome, Fault, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::scripted::{Close, Drip, Hear, HearMessage, Pause, after_hello, against, say};
use super::{AMPLE, SHORT, address, connector, deadlines};

/// How the answers are cut into segments.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Together,
    Each,
    Bytes,
}

/// What the server says to the three commands; nothing: it closes.
type Answers = [Option<u16>; 3];

/// Answers one pipelined envelope as told, takes a lone dot if 354 was said, and then behaves.
async fn serve(mut socket: TcpStream, answers: Answers, cut: Cut) -> Vec<String> {
    socket.set_nodelay(true).unwrap();
    let (mut heard, mut input, mut envelopes, mut in_message) = (Vec::new(), Vec::new(), 0, false);
    socket.write_all(b"220 x\r\n").await.unwrap();
    loop {
        while let Some(end) = input.windows(2).position(|pair| pair == b"\r\n") {
            let line = String::from_utf8(input.drain(..end + 2).collect()).unwrap().trim_end().to_owned();
            heard.push(line.clone());
            if in_message {
                if line == "." {
                    in_message = false;
                    say_all(&mut socket, &["554 5.5.1 No valid recipients\r\n".to_owned()], cut).await;
                }
                continue;
            }
            let replies = match line.as_str() {
                "DATA" => {
                    envelopes += 1;
                    let codes = if envelopes == 1 { answers } else { [Some(250), Some(250), Some(354)] };
                    in_message = codes[2] == Some(354);
                    let said: Vec<String> =
                        codes.iter().map_while(|code| code.map(|code| format!("{code}-a\r\n{code} b\r\n"))).collect();
                    say_all(&mut socket, &said, cut).await;
                    if said.len() < 3 {
                        return heard;
                    }
                    continue;
                }
                line if line.starts_with("EHLO") => "250-x\r\n250 PIPELINING\r\n",
                "RSET" => "250 2.0.0 Reset\r\n",
                _ => continue,
            };
            socket.write_all(replies.as_bytes()).await.unwrap();
        }
        if socket.read_buf(&mut input).await.is_ok_and(|read| read > 0) {
            continue;
        }
        return heard;
    }
}

async fn say_all(socket: &mut TcpStream, replies: &[String], cut: Cut) {
    let all = replies.concat();
    let pieces: Vec<&[u8]> = match cut {
        Cut::Together => vec![all.as_bytes()],
        Cut::Each => replies.iter().map(String::as_bytes).collect(),
        Cut::Bytes => all.as_bytes().chunks(1).collect(),
    };
    for piece in pieces {
        // The client may have left after a 421.
        if socket.write_all(piece).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// What must come of these answers: the outcome, and whether the session may go on.
fn expected([mail, rcpt, data]: Answers) -> (Option<(Stage, u16)>, bool) {
    let refused = |stage, code: Option<u16>| code.filter(|code| *code >= 400).map(|code| (stage, code));
    let first = refused(Stage::Mail, mail).or(refused(Stage::Recipient, rcpt)).or(refused(Stage::Data, data));
    let closes = [mail, rcpt, data].iter().any(|code| matches!(code, None | Some(421)));
    // A dot would deliver an empty mail to a recipient who was taken.
    let half = mail != Some(250) && rcpt == Some(250) && data == Some(354);
    (first, !closes && !half)
}

#[tokio::test]
async fn every_combination_of_answers_has_one_outcome_and_leaves_the_session_in_step() {
    let mut tried = 0;
    for mail in [Some(250), Some(451), Some(550), Some(421), None] {
        for rcpt in [Some(250), Some(451), Some(550), Some(421), None] {
            for data in [Some(354), Some(451), Some(554), Some(421), None] {
                for cut in [Cut::Together, Cut::Each, Cut::Bytes] {
                    check([mail, rcpt, data], cut).await;
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 375);
}

async fn check(answers: Answers, cut: Cut) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let connector = connector(listener.local_addr().unwrap().port());
    let server = async {
        let (socket, _) = listener.accept().await.unwrap();
        serve(socket, answers, cut).await
    };
    let client = async {
        let mut session = Session::open(&connector, &deadlines(AMPLE)).await.unwrap();
        let reader = address("reader@example.org");
        let first = session.envelope("sender@example.org", &reader, 10, None).await;
        // Answers that the server never gave cannot be expected.
        let given = answers.iter().position(Option::is_none).map_or(answers, |end| {
            let mut given = answers;
            given[end..].fill(None);
            given
        });
        let (refused, goes_on) = expected(given);
        match (first, refused) {
            (Ok(EnvelopeOutcome::Refused { stage, reply }), Some(expected)) => {
                assert_eq!((stage, reply.code), expected)
            }
            (Ok(EnvelopeOutcome::Ready), None) => assert_eq!(given, [Some(250), Some(250), Some(354)]),
            (Err(Broken::Lost { .. }), None) => assert!(given.contains(&None)),
            (outcome, _) => panic!("{answers:?} {cut:?}: {outcome:?}"),
        }
        if refused.is_none() {
            return;
        }
        assert_eq!(session.is_usable(), goes_on, "{answers:?} {cut:?}");
        let second = session.envelope("sender@example.org", &reader, 10, None).await;
        match second {
            Ok(outcome) => assert!(goes_on && outcome == EnvelopeOutcome::Ready, "{answers:?} {cut:?}: {outcome:?}"),
            Err(error) => assert!(!goes_on && matches!(error, Broken::Unusable), "{answers:?} {cut:?}: {error:?}"),
        }
    };
    let ((), heard) = tokio::join!(client, server);
    let dots = heard.iter().filter(|line| *line == ".").count();
    let lone_dot = expected(answers).1 && answers[2] == Some(354) && expected(answers).0.is_some();
    assert_eq!(dots, usize::from(lone_dot), "{answers:?} {cut:?}: {heard:?}");
}

#[tokio::test]
async fn an_envelope_is_one_segment_and_a_reset_goes_with_the_next() {
    let steps = after_hello(
        &["PIPELINING", "SIZE"],
        [
            Hear("MAIL FROM:<sender@example.org> SIZE=10"),
            Hear("RCPT TO:<reader@example.org>"),
            Hear("DATA"),
            say("250 ok\r\n550 5.1.1 no\r\n503 no\r\n"),
            Hear("RSET"),
            Hear("MAIL"),
            Hear("RCPT"),
            Hear("DATA"),
            say("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
            HearMessage,
            say("250 ok\r\n"),
            Hear("QUIT"),
            say("221 bye\r\n"),
        ],
    );
    let ((), heard) = against(steps, async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        let reader = address("reader@example.org");
        let first = session.envelope("sender@example.org", &reader, 10, None).await.unwrap();
        assert!(matches!(first, EnvelopeOutcome::Refused { stage: Stage::Recipient, .. }));
        assert_eq!(session.envelope("sender@example.org", &reader, 10, None).await.unwrap(), EnvelopeOutcome::Ready);
        assert_eq!(session.body(b"x\r\n").await.unwrap().code, 250);
        session.quit().await;
    })
    .await;
    assert_eq!(heard.len(), 11, "{heard:?}");
}

#[tokio::test]
async fn a_refused_reset_ends_the_session() {
    for offers in [&["PIPELINING"][..], &[]] {
        let mut script = vec![Hear("MAIL")];
        if offers.is_empty() {
            script.extend([say("451 4.3.0 later\r\n"), Hear("RSET")]);
        } else {
            let rest = say("451 4.3.0 later\r\n503 no\r\n503 no\r\n");
            script.extend([Hear("RCPT"), Hear("DATA"), rest, Hear("RSET"), Hear("MAIL"), Hear("RCPT"), Hear("DATA")]);
        }
        script.push(say("500 what?\r\n"));
        let (outcome, _) = against(after_hello(offers, script), async |connector| {
            let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
            let reader = address("reader@example.org");
            session.envelope("", &reader, 1, None).await.unwrap();
            (session.envelope("", &reader, 1, None).await, session.is_usable())
        })
        .await;
        assert!(
            matches!(outcome, (Err(Broken::Lost { stage: Stage::Session, fault: Fault::Unexpected(_) }), false)),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn answers_that_make_no_sense_end_the_session() {
    for said in
        ["354 go\r\n", "250 ok\r\n354 go\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n", "250 ok\r\n334 who?\r\n", "junk\r\n"]
    {
        let script = after_hello(&["PIPELINING"], [Hear("MAIL"), Hear("RCPT"), Hear("DATA"), say(said)]);
        let (outcome, heard) = against(script, async |connector| {
            let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
            session.envelope("", &address("reader@example.org"), 1, None).await
        })
        .await;
        assert!(
            matches!(outcome, Err(Broken::Lost { fault: Fault::Unexpected(_) | Fault::Garbage(_), .. })),
            "{said:?}: {outcome:?}"
        );
        assert_eq!(heard.len(), 4, "nothing may follow: {heard:?}");
    }
}

#[tokio::test]
async fn each_answer_has_its_deadline_as_a_whole() {
    // A deadline for each read would let this answer come in, and miss the next one.
    let drip = Drip([&b"250-x\r\n".repeat(20)[..], b"250 ok\r\n"].concat(), std::time::Duration::from_millis(30));
    let script = after_hello(&["PIPELINING"], [Hear("MAIL"), Hear("RCPT"), Hear("DATA"), say("250 ok\r\n"), drip]);
    let (outcome, _) = against(script, async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        let outcome = session.envelope("", &address("reader@example.org"), 1, None).await;
        assert!(!session.is_usable());
        outcome
    })
    .await;
    assert!(matches!(outcome, Err(Broken::Lost { stage: Stage::Recipient, fault: Fault::TimedOut(_) })), "{outcome:?}");
}

#[tokio::test]
async fn what_a_server_says_while_idle_is_not_taken_for_an_answer() {
    let idle_421 = [say("421 4.4.2 Idle for too long\r\n"), Close];
    let (outcome, heard) = against(after_hello(&["PIPELINING"], idle_421), async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        session.envelope("", &address("reader@example.org"), 1, None).await
    })
    .await;
    match outcome {
        Err(Broken::Idle { last_words: Some(reply), .. }) => assert_eq!(reply.code, 421),
        other => panic!("{other:?}"),
    }
    assert_eq!(heard.len(), 1, "no command was sent: {heard:?}");

    let (outcome, _) = against(after_hello(&[], [Close]), async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        session.envelope("", &address("reader@example.org"), 1, None).await
    })
    .await;
    assert!(matches!(outcome, Err(Broken::Idle { fault: Fault::Closed, last_words: None })), "{outcome:?}");
}

#[tokio::test]
async fn a_surplus_answer_is_noticed_before_the_next_envelope() {
    let script = [
        Hear("MAIL"),
        Hear("RCPT"),
        Hear("DATA"),
        say("250 ok\r\n550 5.1.1 no\r\n503 no\r\n250 surplus\r\n"),
        Pause(SHORT),
    ];
    let (outcome, _) = against(after_hello(&["PIPELINING"], script), async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        let reader = address("reader@example.org");
        session.envelope("", &reader, 1, None).await.unwrap();
        session.envelope("", &reader, 1, None).await
    })
    .await;
    assert!(matches!(outcome, Err(Broken::Idle { fault: Fault::Unsolicited, .. })), "{outcome:?}");
}

#[tokio::test]
async fn no_more_envelopes_than_the_server_takes_on_one_connection() {
    let refusal = [Hear("MAIL"), Hear("RCPT"), Hear("DATA"), say("250 ok\r\n550 5.1.1 no\r\n503 no\r\n")];
    let script = refusal.clone().into_iter().chain([Hear("RSET")]).chain(refusal).chain([Hear("QUIT")]);
    let mut script: Vec<_> = script.collect();
    // The second group is answered with a reply to RSET first.
    script[8] = say("250 ok\r\n250 ok\r\n550 5.1.1 no\r\n503 no\r\n");
    let (second, heard) = against(after_hello(&["PIPELINING", "LIMITS MAILMAX=2"], script), async |connector| {
        let mut session = Session::open(&connector, &deadlines(SHORT)).await.unwrap();
        let reader = address("reader@example.org");
        session.envelope("", &reader, 1, None).await.unwrap();
        assert!(session.is_usable());
        session.envelope("", &reader, 1, None).await.unwrap();
        let usable = session.is_usable();
        assert!(matches!(session.envelope("", &reader, 1, None).await, Err(Broken::Unusable)));
        session.quit().await;
        usable
    })
    .await;
    assert!(!second);
    assert_eq!(heard.last().map(String::as_str), Some("QUIT"));
}
