//! A clock on writing an answer: who does not read it loses the connection. Reading has its own, in `serve`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How many bytes a reader takes within the limit at least: the slowest telephone takes more.
const BYTES_MIN: usize = 4 * 1024;

/// A stream whose other end has to read.
pub(super) struct Clocked<S> {
    stream: S,
    limit: Duration,
    /// Runs from when the other end left something unread.
    stalled: Option<Pin<Box<Sleep>>>,
    taken: usize,
}

impl<S> Clocked<S> {
    /// Gives up when the other end takes next to nothing for `limit`.
    pub(super) fn new(stream: S, limit: Duration) -> Self {
        Self { stream, limit, stalled: None, taken: 0 }
    }

    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        wanted: usize,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(bytes)) if *bytes >= wanted => (self.stalled, self.taken) = (None, 0),
            Poll::Ready(Ok(bytes)) => self.taken += bytes,
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                let limit = self.limit;
                let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
                while stalled.as_mut().poll(cx).is_ready() {
                    if self.taken < BYTES_MIN {
                        return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                    }
                    self.taken = 0;
                    stalled.as_mut().reset(Instant::now() + limit);
                }
            }
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Clocked<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Clocked<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, bytes.len(), written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.watch(cx, parts.iter().map(|part| part.len()).sum(), written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const LIMIT: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn who_never_reads_loses_the_connection() {
        let (ours, theirs) = tokio::io::duplex(1024);
        let error = Clocked::new(ours, LIMIT).write_all(&[0; 100_000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(theirs);
    }

    #[tokio::test]
    async fn who_reads_a_byte_now_and_then_loses_it_too() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        let drip = async {
            let mut byte = [0];
            while theirs.read_exact(&mut byte).await.is_ok() {
                tokio::time::sleep(LIMIT / 10).await;
            }
        };
        let mut clocked = Clocked::new(ours, LIMIT);
        tokio::select! {
            error = clocked.write_all(&[0; 100_000]) => assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut),
            () = drip => panic!("the drip ended first"),
        }
    }

    #[tokio::test]
    async fn who_reads_gets_all_of_it() {
        let (ours, mut theirs) = tokio::io::duplex(8 * 1024);
        let mut clocked = Clocked::new(ours, LIMIT);
        let write = async {
            clocked.write_all(&[7; 200_000]).await.unwrap();
            drop(clocked);
        };
        let read = async {
            let (mut all, mut part) = (0, [0; 8 * 1024]);
            loop {
                match theirs.read(&mut part).await.unwrap() {
                    0 => return all,
                    read => all += read,
                }
                tokio::time::sleep(LIMIT / 20).await;
            }
        };
        assert_eq!(tokio::join!(write, read).1, 200_000);
    }
}
