//! A server that plays a script, byte by byte as it is told: what no well-behaved server does can be done with it.

use std::time::Duration;

use coranto::smtp::Connector;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{AMPLE, connector};

/// What the server does next.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Sends this in one write.
    Say(Vec<u8>),
    /// Sends this one byte at a time, each after a pause.
    Drip(Vec<u8>, Duration),
    /// Reads a line that must begin so.
    Hear(&'static str),
    /// Reads up to CRLF.CRLF.
    HearMessage,
    /// Reads at least this much.
    HearBytes(usize),
    /// Does nothing for a while.
    Pause(Duration),
    /// Closes; bytes that were not read make it a reset.
    Close,
    /// Reads nothing more, but keeps the connection until the client is done.
    Ignore,
}

pub(super) use Step::{Close, Drip, Hear, HearBytes, HearMessage, Ignore, Pause};

pub(super) fn say(text: &str) -> Step {
    Step::Say(text.as_bytes().to_vec())
}

/// A greeting and an answer to EHLO that offers these.
pub(super) fn hello(offers: &[&str]) -> Vec<Step> {
    let mut reply = "250-server.example.org\r\n".to_owned();
    for offer in offers {
        reply.push_str(&format!("250-{offer}\r\n"));
    }
    reply.push_str("250 HELP\r\n");
    vec![say("220 server.example.org\r\n"), Hear("EHLO client.example.org"), say(&reply)]
}

/// [`hello`], then these steps.
pub(super) fn after_hello(offers: &[&str], steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    hello(offers).into_iter().chain(steps).collect()
}

/// Runs `client` against a server that plays `steps`. Gives the client's result and every line that the server heard,
/// the ones after the script's end too.
pub(super) async fn against<T>(steps: Vec<Step>, client: impl AsyncFnOnce(Connector) -> T) -> (T, Vec<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let done = CancellationToken::new();
    let served = async {
        let (socket, _) = listener.accept().await.unwrap();
        play(socket, steps, done.clone()).await
    };
    let client = async {
        let outcome = client(connector(port)).await;
        done.cancel();
        outcome
    };
    let both = async { tokio::join!(client, served) };
    tokio::time::timeout(AMPLE * 2, both).await.expect("client or server hangs")
}

async fn play(socket: TcpStream, steps: Vec<Step>, done: CancellationToken) -> Vec<String> {
    socket.set_nodelay(true).unwrap();
    let mut server = Server { socket, input: Vec::new(), heard: Vec::new() };
    for step in steps {
        match step {
            Step::Say(bytes) => server.socket.write_all(&bytes).await.unwrap(),
            Step::Drip(bytes, pause) => server.drip(&bytes, pause).await,
            Step::Hear(start) => {
                let line = server.line().await.unwrap_or_else(|| panic!("the client left before it said {start}"));
                assert!(line.starts_with(start), "{line:?} is not {start}");
            }
            Step::HearMessage => while server.line().await.expect("the client left in its message") != "." {},
            Step::HearBytes(bytes) => {
                while server.input.len() < bytes {
                    assert!(server.read().await, "the client left before it sent {bytes} bytes");
                }
            }
            Step::Pause(pause) => tokio::time::sleep(pause).await,
            Step::Close => return server.heard,
            Step::Ignore => {
                done.cancelled().await;
                return server.heard;
            }
        }
    }
    while server.line().await.is_some() {}
    server.heard
}

struct Server {
    socket: TcpStream,
    input: Vec<u8>,
    heard: Vec<String>,
}

impl Server {
    async fn drip(&mut self, bytes: &[u8], pause: Duration) {
        for byte in bytes {
            // The client may have lost its patience.
            if self.socket.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
            tokio::time::sleep(pause).await;
        }
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.input.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.input[..end]).into_owned();
                self.input.drain(..end + 2);
                self.heard.push(line.clone());
                return Some(line);
            }
            if !self.read().await {
                return None;
            }
        }
    }

    async fn read(&mut self) -> bool {
        self.socket.read_buf(&mut self.input).await.is_ok_and(|read| read > 0)
    }
}
