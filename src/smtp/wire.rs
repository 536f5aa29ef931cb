//! One connection's bytes: commands out, replies in, and the message with an exact account of whether its final dot
//! may have left. Knows nothing of what the commands mean.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use super::fault::Fault;
use super::reply::{RawReply, ReplyParser};
use super::stream::Stream;
use crate::domain::reply::Reply;

/// How much is read at once. Most replies have less than 200 bytes.
const READ_BYTES: usize = 4 * 1024;
/// How long a reply is waited for that a server may have given before it broke off while the message was written.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The end of a message, after its last CRLF.
const DOT: &[u8] = b".\r\n";

/// A connection and what was read from it but not yet used.
pub(super) struct Wire<T = TcpStream> {
    stream: Stream<T>,
    input: Vec<u8>,
}

/// How writing a message ended short of the end.
pub(super) enum Interrupted {
    /// The server spoke, or closed, before it had everything.
    Early,
    Failed(io::Error),
}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire<T> {
    pub(super) fn new(stream: Stream<T>) -> Self {
        Self { stream, input: Vec::with_capacity(READ_BYTES) }
    }

    /// The stream, to put TLS around it: only if nothing is left unread (RFC 3207 4.2: what came before TLS must be
    /// forgotten; what came and was not asked for is an attack).
    pub(super) fn into_stream(self) -> Result<Stream<T>, Fault> {
        if self.input.is_empty() { Ok(self.stream) } else { Err(Fault::Unsolicited) }
    }

    pub(super) fn stream(&self) -> &Stream<T> {
        &self.stream
    }

    /// Writes `bytes`, all within `deadline`.
    pub(super) async fn send(&mut self, bytes: &[u8], deadline: Duration) -> Result<(), Fault> {
        within(deadline, async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        })
        .await
    }

    /// Reads one reply, all of it within `deadline`.
    pub(super) async fn reply(&mut self, deadline: Duration) -> Result<RawReply, Fault> {
        within(deadline, self.read_reply()).await
    }

    /// Writes one command and reads its reply. Whatever was already there cannot be the answer.
    pub(super) async fn command(&mut self, command: &[u8], deadline: Duration) -> Result<RawReply, Fault> {
        if !self.input.is_empty() {
            return Err(Fault::Unsolicited);
        }
        within(deadline, async {
            self.stream.write_all(command).await?;
            self.stream.flush().await?;
            self.read_reply().await
        })
        .await
    }

    async fn read_reply(&mut self) -> Result<RawReply, Fault> {
        let mut parser = ReplyParser::default();
        loop {
            let (taken, reply) = parser.push(&self.input)?;
            self.input.drain(..taken);
            if let Some(reply) = reply {
                return Ok(reply);
            }
            self.input.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(Fault::Closed);
            }
        }
    }

    /// Makes sure that the server has said nothing on its own: neither an answer too many nor that it closes.
    /// Does not wait.
    pub(super) async fn expect_silence(&mut self) -> Result<(), Fault> {
        if !self.input.is_empty() {
            return Err(Fault::Unsolicited);
        }
        match poll_fn(|cx| Poll::Ready(self.poll_input(cx))).await {
            Poll::Pending => Ok(()),
            Poll::Ready(Ok(0)) => Err(Fault::Closed),
            Poll::Ready(Ok(_)) => Err(Fault::Unsolicited),
            Poll::Ready(Err(error)) => Err(error.into()),
        }
    }

    /// What a server that spoke on its own, or broke off, still has to say: often a 421 with the reason.
    pub(super) async fn last_words(&mut self) -> Option<Reply> {
        self.reply(LAST_WORDS).await.ok().map(|reply| reply.summary())
    }

    /// Writes a message and the final dot, in one write where the kernel takes it, and reads along: a server may
    /// refuse before it has everything. `dot_may_have_left` is true from the moment on when nobody can say any more that
    /// the server does not have the whole; it is meant to be read after this future was dropped, too.
    pub(super) async fn send_message(
        &mut self,
        message: &[u8],
        dot_may_have_left: &mut bool,
    ) -> Result<(), Interrupted> {
        let total = message.len() + DOT.len();
        let mut written = 0;
        while written < total {
            let step = poll_fn(|cx| self.poll_message(cx, message, written, dot_may_have_left)).await;
            match step {
                Ok(0) => return Err(Interrupted::Early),
                Ok(more) => written += more,
                Err(error) => return Err(Interrupted::Failed(error)),
            }
        }
        self.stream.flush().await.map_err(Interrupted::Failed)
    }

    /// Writes what it can of the rest. `Ok(0)`: the server spoke first.
    fn poll_message(
        &mut self,
        cx: &mut Context<'_>,
        message: &[u8],
        written: usize,
        dot_may_have_left: &mut bool,
    ) -> Poll<io::Result<usize>> {
        let body = &message[written.min(message.len())..];
        let dot = &DOT[written.saturating_sub(message.len())..];
        let body = &body[..body.len().min(self.stream.write_bytes_max())];
        let whole = body.len() + written >= message.len() && body.len() + dot.len() <= self.stream.write_bytes_max();
        let dot = if whole { dot } else { &[] };
        // Bytes that went into TLS may leave although the write then fails; the kernel takes what it says it took.
        *dot_may_have_left = whole && self.stream.is_tls();
        match Pin::new(&mut self.stream).poll_write_vectored(cx, &[IoSlice::new(body), IoSlice::new(dot)]) {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Poll::Ready(Ok(more)) => {
                *dot_may_have_left = written + more == message.len() + DOT.len();
                Poll::Ready(Ok(more))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                *dot_may_have_left = false;
                match self.poll_input(cx) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Ok(_)) => Poll::Ready(Ok(0)),
                    Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                }
            }
        }
    }

    /// Reads once into the input buffer.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut space = [0; 512];
        let mut buffer = ReadBuf::new(&mut space);
        match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {
                self.input.extend_from_slice(buffer.filled());
                Poll::Ready(Ok(buffer.filled().len()))
            }
        }
    }

    /// Says good-bye to TLS and closes.
    pub(super) async fn close(mut self) {
        // Nothing depends on it: the answers that count were read before.
        let _ = self.stream.shutdown().await;
    }
}

/// `work`, given up after `deadline`.
pub(super) async fn within<T, E: Into<Fault>>(
    deadline: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(deadline, work).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Fault::TimedOut(deadline)),
    }
}

#[cfg(test)]
mod tests;
