//! Servers that say anything at any time: the client neither hangs nor believes what cannot be true.

use std::time::Duration;

use coranto::smtp::{BodyError, Broken, EnvelopeOutcome, Session};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{address, connector, deadlines};

const PATIENCE: Duration = Duration::from_millis(150);
/// Conversations at the same time, and how often so many.
const SCRIPTS: usize = 50;
const CASES: u32 = 20;
const MESSAGE: &[u8] = b"Subject: x\r\n\r\n..\r\nText\r\n";
/// The last line as it is on the wire, with the final dot.
const END: &[u8] = b"\r\nText\r\n.\r\n";

/// What the server does whenever it has read something, or has waited in vain.
#[derive(Clone, Debug)]
enum Act {
    Say(&'static str),
    Wait,
    Close,
}

fn act() -> impl Strategy<Value = Act> {
    let replies = prop::sample::select(vec![
        "250 ok\r\n",
        "250 ok\r\n250 ok\r\n354 go\r\n",
        "250 2.1.0 ok\r\n550 5.1.1 no\r\n354 go\r\n",
        "250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n",
        "250-more\r\n",
        "250 o",
        "k\r\n",
        "354 go\r\n",
        "421 4.3.2 bye\r\n",
        "451 4.7.1 later\r\n",
        "554 5.7.1 no\r\n",
        "200\r\n",
        "junk\r\n",
        "\r\n",
        "250 x\n",
    ]);
    prop_oneof![8 => replies.prop_map(Act::Say), 1 => Just(Act::Wait), 1 => Just(Act::Close)]
}

/// Plays the acts; gives everything that the client sent.
async fn serve(listener: TcpListener, acts: Vec<Act>) -> Vec<u8> {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut heard = Vec::new();
    let _ = socket.write_all(b"220 x\r\n").await;
    let _ = socket.read_buf(&mut heard).await;
    let _ = socket.write_all(b"250-x\r\n250 PIPELINING\r\n").await;
    for act in acts {
        hear(&mut socket, &mut heard).await;
        match act {
            Act::Say(text) => drop(socket.write_all(text.as_bytes()).await),
            Act::Wait => tokio::time::sleep(PATIENCE / 3).await,
            Act::Close => return heard,
        }
    }
    let _ = socket.read_to_end(&mut heard).await;
    heard
}

/// Reads what comes soon.
async fn hear(socket: &mut TcpStream, heard: &mut Vec<u8>) {
    let _ = tokio::time::timeout(PATIENCE / 10, socket.read_buf(heard)).await;
}

/// An answer to the message, an answer to the envelope, or none.
type Outcome = Result<Result<u16, BodyError>, Option<Broken>>;

/// What the client believes at the end: each message's outcome. Nothing if the machine was too busy to open in time.
async fn converse(port: u16) -> Option<Vec<Outcome>> {
    let mut session = Session::open(&connector(port), &deadlines(PATIENCE)).await.ok()?;
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        outcomes.push(match session.envelope("", &address("reader@example.org"), MESSAGE.len(), None).await {
            Ok(EnvelopeOutcome::Ready) => Ok(session.body(MESSAGE).await.map(|reply| reply.code)),
            Ok(_) => Err(None),
            Err(broken) => Err(Some(broken)),
        });
    }
    Some(outcomes)
}

/// Whether the conversation took place.
async fn play(acts: Vec<Act>) -> bool {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let both = async { tokio::join!(converse(port), serve(listener, acts.clone())) };
    let (outcomes, heard) = tokio::time::timeout(PATIENCE * 60, both).await.expect("client or server hangs");
    let Some(outcomes) = outcomes else { return false };
    let ended = heard.windows(END.len()).filter(|bytes| *bytes == END).count();
    let begun = heard.windows(9).filter(|bytes| *bytes == b"Subject: ").count();
    let taken = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Ok(200..300)))).count();
    let may_be = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Err(BodyError::Unknown(_))))).count();
    let answered = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Ok(_)))).count();
    let told = format!("{acts:?}\n{outcomes:?}\n{}", String::from_utf8_lossy(&heard));
    // A server that closes does not read all that was sent; what it did read is never more than the client admits.
    assert!(ended <= answered + may_be, "a message left whole that the client takes for unsent: {told}");
    assert!(begun <= answered + may_be, "a message began to leave and was called unsent: {told}");
    assert!(taken <= ended || acts.iter().any(|act| matches!(act, Act::Close)), "it believes too much: {told}");
    let answers = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()?.as_ref().ok());
    assert!(answers.copied().all(|code| !(300..400).contains(&code)), "354 is no answer to a message: {told}");
    let broke = outcomes.iter().position(|outcome| matches!(outcome, Err(Some(_)) | Ok(Err(_))));
    if let Some(broke) = broke {
        let later = &outcomes[broke + 1..];
        assert!(later.iter().all(|outcome| matches!(outcome, Err(Some(Broken::Unusable)))), "used again: {told}");
    }
    true
}

#[test]
fn nothing_a_server_says_makes_the_client_believe_what_is_not() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let conversations = std::cell::Cell::new(0);
    let scripts = prop::collection::vec(prop::collection::vec(act(), 1..10), SCRIPTS);
    let config = Config { failure_persistence: None, max_shrink_iters: 0, ..Config::with_cases(CASES) };
    let outcome = TestRunner::new(config).run(&scripts, |scripts| {
        runtime.block_on(async {
            let mut playing: JoinSet<bool> = scripts.into_iter().map(play).collect();
            while let Some(played) = playing.join_next().await {
                match played {
                    Ok(took_place) => conversations.set(conversations.get() + usize::from(took_place)),
                    Err(panic) => std::panic::resume_unwind(panic.into_panic()),
                }
            }
        });
        Ok(())
    });
    outcome.unwrap();
    assert!(conversations.get() > SCRIPTS * CASES as usize / 2, "only {} took place", conversations.get());
}
