//! The accept loop over real sockets: silent clients, slow ones, many requests, an orderly stop.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use coranto::store::Db;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::ground::{Web, start};
use crate::harness::database::{both_databases, on_sqlite};
use crate::harness::http::{get, post};

both_databases! {
    async fn requests_are_answered_over_tcp_until_the_stop(db: Db) {
        let web = Web::new(db).await;
        let (address, task) = start(&web).await;
        assert_eq!(get("/healthz").send_to(address).await.unwrap().text(), "ok\n");
        let answer = post("/week/subscribe").form(&[("email", "anna@example.org")]).send_to(address).await.unwrap();
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(web.ground.find("anna@example.org").await.is_some());
        // A connection that is idle does not hold up the stop.
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut first = [0; 15];
        idle.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        web.stop.cancel();
        let started = Instant::now();
        task.await.unwrap().unwrap();
        assert!(started.elapsed() < Duration::from_secs(5));
        assert!(TcpStream::connect(address).await.is_err());
    }
}

/// Needs no database's opinion; it waits for a deadline of ten seconds.
#[test]
fn silent_and_slow_clients_are_let_go_and_hold_up_nobody() {
    on_sqlite(async |db: Db| {
        let web = Web::new(db).await;
        let (address, task) = start(&web).await;
        let mut silent = Vec::new();
        for _ in 0..200 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
        let mut huge = TcpStream::connect(address).await.unwrap();
        let _ = huge.write_all(&b"x".repeat(100_000)).await;
        let started = Instant::now();
        assert_eq!(get("/").send_to(address).await.unwrap().status, StatusCode::OK);
        assert!(started.elapsed() < Duration::from_secs(2));
        for stream in &mut silent {
            let mut rest = Vec::new();
            let closed = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
            assert!(closed.is_ok(), "a silent client is still connected");
        }
        let mut rest = Vec::new();
        assert!(tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut rest)).await.is_ok());
        web.stop.cancel();
        task.await.unwrap().unwrap();
    });
}
