//! Command lines and message bytes in, replies out, all bounded. Knows nothing of what they mean.

use std::io;
use std::time::Duration;

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::body::BodyReader;
use super::tls::ServerTls;
use crate::smtp::stream::Stream;

/// RFC 5321 4.5.3.1.4 says 512; RFC 4954 4 lets AUTH have 12288.
const LINE_BYTES_MAX: usize = 12 * 1024;
/// How much is read at once: a typical newsletter whole.
const READ_BYTES: usize = 64 * 1024;

/// How long a client may be silent, and how long it is left to wait.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub idle: Duration,
    /// What each group of replies waits, as if the server were far away.
    pub reply_delay: Duration,
}

/// A connection from a client. What carries the bytes is a parameter, as in [`Stream`].
pub struct LineStream<T = TcpStream> {
    stream: Stream<T>,
    input: Vec<u8>,
    /// How much of `input` is used up.
    taken: usize,
    output: Vec<u8>,
    patience: Patience,
}

impl<T: AsyncRead + AsyncWrite + Unpin> LineStream<T> {
    /// Takes the connection over, with TLS if that comes first.
    pub async fn begin(socket: T, tls: Option<&ServerTls>, patience: Patience) -> io::Result<Self> {
        let stream = match tls {
            Some(tls) if tls.is_implicit() => tls.accept(socket, patience.idle).await?,
            _ => Stream::Plain(socket),
        };
        Ok(Self { stream, input: Vec::new(), taken: 0, output: Vec::new(), patience })
    }

    /// Sends what is to be said, and goes on in TLS with nothing left from before.
    pub async fn encrypted(mut self, tls: &ServerTls) -> io::Result<Self> {
        self.flush().await?;
        match self.stream {
            Stream::Plain(socket) => {
                let stream = tls.accept(socket, self.patience.idle).await?;
                Ok(Self { stream, input: Vec::new(), taken: 0, output: Vec::new(), ..self })
            }
            Stream::Tls(_) => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    pub fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }

    /// Whether something was read that is not used yet.
    pub fn has_input(&self) -> bool {
        self.taken < self.input.len()
    }

    /// The next command without its CRLF. Nothing when the client left or must leave; the reason is then in the output.
    pub async fn read_line(&mut self) -> io::Result<Option<String>> {
        loop {
            let pending = &self.input[self.taken..];
            if let Some(end) = memchr(b'\n', &pending[..pending.len().min(LINE_BYTES_MAX)]) {
                let line = pending[..end].strip_suffix(b"\r").map(<[u8]>::to_vec);
                self.taken += end + 1;
                match line.map(String::from_utf8) {
                    Some(Ok(line)) if !line.contains(['\r', '\0']) => return Ok(Some(line)),
                    _ => self.say("500 5.5.2 A command is a line of text that ends in CRLF\r\n"),
                }
                return Ok(None);
            }
            if pending.len() >= LINE_BYTES_MAX {
                self.say("500 5.5.2 Line too long\r\n");
                return Ok(None);
            }
            if !self.read().await? {
                return Ok(None);
            }
        }
    }

    /// The next command, if it is here already.
    pub fn peek_line(&self) -> Option<&str> {
        let pending = &self.input[self.taken..];
        let line = pending[..memchr(b'\n', pending)?].strip_suffix(b"\r")?;
        str::from_utf8(line).ok()
    }

    /// Reads a message to its end. False when the client left before.
    pub async fn read_body(&mut self, reader: &mut BodyReader) -> io::Result<bool> {
        loop {
            let (taken, ended) = reader.take(&self.input[self.taken..]);
            self.taken += taken;
            if ended {
                return Ok(true);
            }
            if !self.read().await? {
                return Ok(false);
            }
        }
    }

    /// Puts a reply to those that wait to be sent.
    pub fn say(&mut self, reply: &str) {
        self.output.extend_from_slice(reply.as_bytes());
    }

    /// Sends what is to be said.
    pub async fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        if !self.patience.reply_delay.is_zero() {
            tokio::time::sleep(self.patience.reply_delay).await;
        }
        let writing = async {
            self.stream.write_all(&self.output).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(self.patience.idle, writing).await??;
        self.output.clear();
        Ok(())
    }

    /// Sends what is to be said, then closes.
    pub async fn leave(mut self) -> io::Result<()> {
        self.flush().await?;
        self.stream.shutdown().await
    }

    /// Sends what is to be said, then waits for more input. False when the client left.
    async fn read(&mut self) -> io::Result<bool> {
        self.flush().await?;
        self.input.drain(..self.taken);
        self.taken = 0;
        self.input.reserve(READ_BYTES);
        match tokio::time::timeout(self.patience.idle, self.stream.read_buf(&mut self.input)).await {
            Ok(read) => Ok(read? > 0),
            Err(_) => {
                self.say("421 4.4.2 Silent for too long\r\n");
                Ok(false)
            }
        }
    }
}

impl LineStream {
    /// Sends what is to be said and the end of the connection in one segment, so that a client that reads the one
    /// knows of the other.
    pub async fn leave_at_once(&mut self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(self.stream.socket()).set_tcp_cork(true)?;
        self.flush().await?;
        self.stream.shutdown().await
    }
}
