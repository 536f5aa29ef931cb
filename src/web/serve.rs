//! The accept loop: connections with a limit on their number and on how long they may keep silent, or not read. Knows
//! no page.
//!
//! `axum::serve` has neither limit. HTTP/1.1 alone is spoken: it is what proxies speak to what stands behind them, and
//! there is then no stream to be reset a million times.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::{ServiceExt as _, service_fn};

use super::clock::Clocked;

/// From the first byte awaited to the last of the head read; also how long an idle connection is kept.
const HEAD_SECONDS_MAX: u64 = 10;
/// A browser sends two kilobytes. Each connection may keep as much in memory.
const HEAD_BYTES_MAX: usize = 12 * 1024;
/// For how long whoever asked may leave an answer unread.
const STALLED_SECONDS_MAX: u64 = 10;
/// What the system keeps for whoever does not read. It would keep megabytes for each; the largest page has 64 KB.
const UNREAD_BYTES_MAX: usize = 128 * 1024;
/// How long requests may go on after the stop: longer than any of them takes.
const DRAIN_SECONDS_MAX: u64 = 40;
/// How long to wait when the system has no more file descriptors.
const EXHAUSTED_MS: u64 = 100;

/// Serves `router` until `stop`, then lets requests in progress finish. Returns when all connections are closed. Of more
/// than `connections_max` connections those that came last wait in the kernel's queue.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections_max: usize,
    stop: CancellationToken,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let seats = Arc::new(Semaphore::new(connections_max));
    let mut connections = JoinSet::new();
    loop {
        let seat = tokio::select! {
            () = stop.cancelled() => break,
            seat = Arc::clone(&seats).acquire_owned() => seat.map_err(io::Error::other)?,
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(EXHAUSTED_MS)).await;
                    continue;
                }
            },
        };
        // Small answers must not wait for the acknowledgement of the head.
        let _ = stream.set_nodelay(true);
        let _ = socket2::SockRef::from(&stream).set_send_buffer_size(UNREAD_BYTES_MAX);
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer = router.clone().oneshot(request.map(Body::new));
            async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(HEAD_SECONDS_MAX))
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(
                TokioIo::new(Clocked::new(stream, Duration::from_secs(STALLED_SECONDS_MAX))),
                TowerToHyperService::new(service),
            );
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // A client that goes away is no news.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(seat);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let drained = tokio::time::timeout(Duration::from_secs(DRAIN_SECONDS_MAX), graceful.shutdown()).await;
    if drained.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    connections.shutdown().await;
    Ok(())
}
