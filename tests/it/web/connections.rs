//! The accept loop over real sockets: silent clients, slow ones, many requests, an orderly stop.

use std::time::Duration;

use axum::http::StatusCode;
use coranto::store::Db;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::ground::{WebFixture, start, start_with};
use crate::harness::database::{both_databases, on_sqlite};
use crate::harness::http::get;

both_databases! {
    async fn requests_are_answered_over_tcp_until_the_stop(db: Db) {
        let web = WebFixture::new(db).await;
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
        // It is kept for ten seconds, which the stop is not to wait for.
        tokio::time::timeout(Duration::from_secs(9), task).await.expect("the stop waits").unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}

/// A form as it goes over the wire, up to the middle of its body, and the rest.
fn halves(web: &WebFixture, email: &str) -> (String, String) {
    let stamp = web.stamp();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("stamp", &stamp)])
        .finish();
    let head =
        "POST /week/subscribe HTTP/1.1\r\nhost: news.example\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let (first, rest) = body.split_at(body.len() / 2);
    (format!("{head}content-length: {}\r\n\r\n{first}", body.len()), rest.to_owned())
}

async fn first_line(stream: &mut TcpStream) -> String {
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.unwrap();
    String::from_utf8_lossy(&line).into_owned()
}

#[test]
fn a_request_that_is_under_way_at_the_stop_is_answered() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db).await;
        let (address, task) = start(&web).await;
        let (first, rest) = halves(&web, "anna@example.org");
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(first.as_bytes()).await.unwrap();
        // Another connection was answered later than this one was taken.
        assert_eq!(get("/healthz").send_to(address).await.unwrap().status, StatusCode::OK);
        web.stop.cancel();
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!task.is_finished(), "the server did not wait for the request");
        stream.write_all(rest.as_bytes()).await.unwrap();
        assert_eq!(first_line(&mut stream).await, "HTTP/1.1 303");
        task.await.unwrap().unwrap();
        assert!(web.ground.find("anna@example.org").await.is_some());
    });
}

#[test]
fn more_connections_than_seats_wait_for_their_turn() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db).await;
        let (address, task) = start_with(&web, 2).await;
        let mut seated = Vec::new();
        for _ in 0..2 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: news.example\r\n\r\n").await.unwrap();
            assert_eq!(first_line(&mut stream).await, "HTTP/1.1 200");
            seated.push(stream);
        }
        let mut third = Box::pin(get("/healthz").send_to(address));
        let waited = tokio::time::timeout(Duration::from_millis(500), &mut third).await;
        assert!(waited.is_err(), "a third connection was answered beside two");
        seated.pop();
        assert_eq!(third.await.unwrap().status, StatusCode::OK);
        drop(seated);
        web.stop.cancel();
        task.await.unwrap().unwrap();
    });
}

/// It waits for the deadline of half a minute.
#[test]
fn a_body_that_never_ends_is_given_up_and_holds_up_nobody() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db).await;
        let (address, task) = start(&web).await;
        let (first, _) = halves(&web, "anna@example.org");
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(first.as_bytes()).await.unwrap();
        // A letter now and then does not prolong it.
        let dripping = async {
            while slow.write_all(b"x").await.is_ok() {
                let mut line = [0; 12];
                let read = tokio::time::timeout(Duration::from_secs(9), slow.read_exact(&mut line)).await;
                if read.is_ok() {
                    return String::from_utf8_lossy(&line).into_owned();
                }
            }
            String::new()
        };
        let answered = async {
            assert_eq!(get("/").send_to(address).await.unwrap().status, StatusCode::OK);
        };
        let (line, ()) = tokio::join!(tokio::time::timeout(Duration::from_secs(60), dripping), answered);
        assert_eq!(line.expect("a slow body is still waited for"), "HTTP/1.1 503");
        assert!(web.ground.find("anna@example.org").await.is_none());
        web.stop.cancel();
        task.await.unwrap().unwrap();
    });
}

/// Needs no database's opinion; it waits for a deadline of ten seconds.
#[test]
fn silent_and_slow_clients_are_let_go_and_hold_up_nobody() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db).await;
        let (address, task) = start(&web).await;
        let mut silent = Vec::new();
        for _ in 0..200 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
        let mut huge = TcpStream::connect(address).await.unwrap();
        let _ = huge.write_all(&b"x".repeat(100_000)).await;
        assert_eq!(get("/").send_to(address).await.unwrap().status, StatusCode::OK);
        // None of them had to be let go for that.
        for stream in &silent {
            let heard = stream.try_read(&mut [0; 1]);
            assert!(matches!(&heard, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock), "{heard:?}");
        }
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

/// Over a wire: a router in this process never sees a length that lies.
#[test]
fn bodies_that_lie_and_other_protocols_are_cut_off() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db).await;
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
