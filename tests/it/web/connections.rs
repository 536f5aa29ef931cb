//! The accept loop over real sockets: silent clients, slow ones, many requests, an orderly stop.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use coranto::store::Db;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::ground::{Web, start};
use crate::harness::database::{both_databases, on_sqlite};
use crate::harness::http::get;

both_databases! {
    async fn requests_are_answered_over_tcp_until_the_stop(db: Db) {
        let web = Web::new(db).await;
        let (address, task) = start(&web).await;
        assert_eq!(get("/healthz").send_to(address).await.unwrap().text(), "ok\n");
        let answer = web.form(&[("email", "anna@example.org")]).send_to(address).await.unwrap();
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
fn su_25_silent_and_slow_clients_are_let_go_and_hold_up_nobody() {
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

/// SU-09 and SU-26, over a wire: a router in this process never sees a length that lies.
#[test]
fn su_09_26_bodies_that_lie_and_other_protocols_are_cut_off() {
    on_sqlite(async |db: Db| {
        let web = Web::new(db).await;
        let (address, task) = start(&web).await;
        let head = "POST /week/subscribe HTTP/1.1\r\nhost: news.example\r\ncontent-type: application/json\r\n";
        let answer = async |sent: Vec<u8>| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let (mut read, mut write) = stream.split();
            let mut answer = Vec::new();
            // Whoever is refused in the middle of a body finds the connection closed.
            let (_, _) = tokio::join!(write.write_all(&sent), read.read_to_end(&mut answer));
            String::from_utf8_lossy(&answer[..answer.len().min(12)]).into_owned()
        };
        let with = |head: &str, body: &[u8]| [head.as_bytes(), body].concat();
        // More than it says: the rest is another request, and no request.
        let more = with(&format!("{head}content-length: 2\r\nconnection: close\r\n\r\n"), &[b'x'; 100_000]);
        assert_eq!(answer(more).await, "HTTP/1.1 422");
        let announced = with(&format!("{head}content-length: 10000000000\r\n\r\n"), b"{");
        assert_eq!(answer(announced).await, "HTTP/1.1 413");
        let mut endless = format!("{head}transfer-encoding: chunked\r\n\r\n").into_bytes();
        for _ in 0..64 {
            endless.extend(b"1000\r\n");
            endless.extend([b' '; 0x1000]);
            endless.extend(b"\r\n");
        }
        assert_eq!(answer(endless).await, "HTTP/1.1 413");
        let smuggled = with(
            &format!("{head}content-length: 4\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"),
            b"0\r\n\r\n",
        );
        assert!(!answer(smuggled).await.contains(" 2"), "two lengths");
        // HTTP/2 is not spoken: there is no stream to be reset.
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
        assert!(!answer(preface).await.contains(" 2"), "the preface of HTTP/2");
        assert_eq!(web.ground.fingerprint().await[0], 0);
        web.stop.cancel();
        task.await.unwrap().unwrap();
    });
}
