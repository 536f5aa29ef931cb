//! A mail server as the listener sees it: lines and answers over a socket.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::harness::patience::PATIENCE;

pub(super) struct Client<T = TcpStream> {
    stream: BufReader<T>,
}

impl Client {
    /// Connects; the greeting is not read yet.
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }

    pub(super) fn into_stream(self) -> TcpStream {
        self.stream.into_inner()
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Client<T> {
    pub(super) fn over(stream: T) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// One answer, its lines joined; empty when the other side has hung up.
    pub(super) async fn answer(&mut self) -> String {
        let reading = async {
            let mut whole = String::new();
            loop {
                let mut line = String::new();
                if self.stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return whole;
                }
                whole.push_str(&line);
                if line.as_bytes().get(3) != Some(&b'-') {
                    return whole;
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("an answer")
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// The same to somebody who may be gone.
    pub(super) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok() && self.stream.flush().await.is_ok()
    }

    /// Says a line to somebody who may be gone; then the answer is empty.
    pub(super) async fn try_say(&mut self, line: &str) -> String {
        if self.try_send(format!("{line}\r\n").as_bytes()).await { self.answer().await } else { String::new() }
    }

    /// Says a line; returns the answer.
    pub(super) async fn say(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes()).await;
        self.answer().await
    }

    /// The code of the answer to a line.
    pub(super) async fn code(&mut self, line: &str) -> String {
        self.say(line).await.chars().take(3).collect()
    }

    /// Brings one mail, from a greeting on; returns the answers to RCPT, and those to the final dot if there is one.
    pub(super) async fn bring(&mut self, from: &str, to: &[&str], mail: &str) -> (Vec<String>, Vec<String>) {
        assert_eq!(self.code(&format!("MAIL FROM:<{from}>")).await, "250");
        let mut taken = Vec::new();
        for one in to {
            taken.push(self.say(&format!("RCPT TO:<{one}>")).await);
        }
        if !taken.iter().any(|answer| answer.starts_with("250")) {
            assert_eq!(self.code("RSET").await, "250");
            return (taken, Vec::new());
        }
        assert_eq!(self.code("DATA").await, "354");
        self.send(mail.replace("\r\n.", "\r\n..").as_bytes()).await;
        self.send(b"\r\n.\r\n").await;
        let answers = vec![self.answer().await];
        (taken, answers)
    }

    /// Whether the other side hangs up, whatever it says before.
    pub(super) async fn is_hung_up_on(&mut self) -> bool {
        let mut rest = Vec::new();
        tokio::time::timeout(Duration::from_secs(20), self.stream.read_to_end(&mut rest)).await.is_ok()
    }
}
