//! Whatever a client does at whatever point of its conversation, the listener says what it should, and the next report gets
//! in.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use coranto::smtp::server::ServerTls;
use coranto::store::Db;
use tokio::net::{TcpSocket, TcpStream};

use super::listening::Door;
use super::post::{Post, dead};
use super::wire::Client;
use crate::harness::database::both_databases;

fn tls() -> ServerTls {
    let made = rcgen::generate_simple_self_signed(["bounce.news.example.org".to_owned()]).unwrap();
    ServerTls::from_pem(made.cert.pem().as_bytes(), made.signing_key.serialize_pem().as_bytes(), false).unwrap()
}

/// A conversation up to each of these points has gone well.
const STAGES: [&str; 11] = [
    "connected", "greeted", "mail", "rcpt", "rcpt again", "reset", "data", "header", "body", "before the dot",
    "answered",
];

/// What a client then does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Garbage,
    /// A line of the message before it is asked for.
    EarlyData,
    BareLineFeed,
    /// A byte that is no UTF-8.
    EightBits,
    TooLong,
    Drop,
    Stall,
    /// All that is left in one write.
    Pipelined,
    /// All that is left, byte by byte.
    Split,
    /// A command in the clear behind STARTTLS (RFC 3207, 5).
    TlsInjection,
}

const DEEDS: [Deed; 10] = [
    Deed::Garbage,
    Deed::EarlyData,
    Deed::BareLineFeed,
    Deed::EightBits,
    Deed::TooLong,
    Deed::Drop,
    Deed::Stall,
    Deed::Pipelined,
    Deed::Split,
    Deed::TlsInjection,
];

/// The parts of a whole conversation, each with the code that answers it; the message has its answer after its end.
struct Talk {
    parts: Vec<(String, &'static str)>,
}

impl Talk {
    fn of(to: &str, report: &str) -> Self {
        let (header, body) = report.split_once("\r\n\r\n").unwrap();
        let (half, rest) = body.split_at(body.len() / 2);
        let part = |text: String, code| (text, code);
        Self {
            parts: vec![
                part("EHLO mx.example\r\n".to_owned(), "250"),
                part("MAIL FROM:<>\r\n".to_owned(), "250"),
                part(format!("RCPT TO:<{to}>\r\n"), "250"),
                part(format!("RCPT TO:<{}>\r\n", to.to_uppercase()), "250"),
                part(format!("RSET\r\nMAIL FROM:<>\r\nRCPT TO:<{to}>\r\n"), "250 250 250"),
                part("DATA\r\n".to_owned(), "354"),
                part(format!("{header}\r\n"), ""),
                part(format!("\r\n{half}"), ""),
                part(rest.to_owned(), ""),
                part("\r\n.\r\n".to_owned(), "250"),
                part("NOOP\r\n".to_owned(), "250"),
            ],
        }
    }

    fn rest(&self, stage: usize) -> (String, Vec<&'static str>) {
        let left = &self.parts[stage..];
        let text = left.iter().map(|(text, _)| text.as_str()).collect();
        (text, left.iter().flat_map(|(_, codes)| codes.split_whitespace()).collect())
    }
}

/// Whether the client is within a message: what it sends is text there.
fn is_within(stage: usize) -> bool {
    (6..10).contains(&stage)
}

/// Silent clients of so many networks: far more than there are places.
const NETWORKS: u32 = 250;

async fn silent_from(address: SocketAddr, network: u32) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let [_, b, c, d] = (0x7f01_0000 + network).to_be_bytes();
    socket.bind((Ipv4Addr::new(127, b, c, d), 0).into()).unwrap();
    socket.connect(address).await.unwrap()
}

async fn answers(client: &mut Client<TcpStream>, codes: &[&str]) -> Result<(), String> {
    for code in codes {
        let answer = client.answer().await;
        if !answer.starts_with(code) {
            return Err(format!("{answer:?} instead of {code}"));
        }
    }
    Ok(())
}

/// One cell: what went otherwise than it should.
async fn cell(door: &Door, talk: &Talk, stage: usize, deed: Deed) -> Result<(), String> {
    let mut client = Client::connect(door.smtp).await;
    answers(&mut client, &["220"]).await?;
    for (text, codes) in &talk.parts[..stage] {
        client.send(text.as_bytes()).await;
        answers(&mut client, &codes.split_whitespace().collect::<Vec<_>>()).await?;
    }
    let (rest, codes) = talk.rest(stage);
    match deed {
        Deed::Drop => return Ok(()),
        Deed::Stall => {
            // Others are served meanwhile.
            let mut other = Client::connect(door.smtp).await;
            answers(&mut other, &["220"]).await?;
            return Ok(());
        }
        Deed::Pipelined => {
            client.send(rest.as_bytes()).await;
            return answers(&mut client, &codes).await;
        }
        Deed::Split => {
            for byte in rest.as_bytes() {
                client.send(&[*byte]).await;
            }
            return answers(&mut client, &codes).await;
        }
        _ => {}
    }
    let (bytes, expected): (Vec<u8>, &str) = match deed {
        Deed::Garbage => (b"\x16\x03\x01\x02\x00\x01\xfc\r\n".to_vec(), "500"),
        Deed::EarlyData => (b"Subject: too soon\r\n".to_vec(), "500"),
        Deed::BareLineFeed => (b"NOOP\n".to_vec(), "500"),
        Deed::EightBits => (b"NOOP caf\xe9\r\n".to_vec(), "500"),
        Deed::TooLong => ([&[b'x'; 100_000][..], b"\r\n"].concat(), "500"),
        _ => (b"STARTTLS\r\nNOOP\r\n".to_vec(), ""),
    };
    if is_within(stage) {
        // Text of the message, which is read to its end all the same.
        client.send(&bytes).await;
        client.send(rest.as_bytes()).await;
        return answers(&mut client, &codes).await;
    }
    let _ = client.try_send(&bytes).await;
    match expected {
        // Nothing that came in the clear is obeyed under TLS: the connection ends.
        "" => match client.answer().await {
            answer if answer.is_empty() => Ok(()),
            answer => Err(format!("{answer:?} to a command behind STARTTLS")),
        },
        code => answers(&mut client, &[code]).await,
    }
}

both_databases! {
    async fn every_fault_at_every_point_has_its_answer(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let door = Door::open(&post, Some(tls())).await;
        let (anna, ben) = (post.letter("anna").from, post.letter("ben").from);
        let talk = Talk::of(&anna, &dead(&anna, "anna@example.net", ""));
        let after = dead(&ben, "ben@example.net", "");
        let mut wrong = Vec::new();
        for (stage, name) in STAGES.iter().enumerate() {
            for deed in DEEDS {
                let done = tokio::time::timeout(Duration::from_secs(60), cell(&door, &talk, stage, deed)).await;
                if let Err(why) = done.unwrap_or_else(|_| Err("no answer".to_owned())) {
                    wrong.push(format!("{name}, {deed:?}: {why}"));
                }
            }
            let mut next = Client::connect(door.smtp).await;
            assert!(next.answer().await.starts_with("220"));
            assert_eq!(next.code("EHLO mx.example").await, "250");
            let (_, taken) = next.bring("", &[&ben], &after).await;
            assert!(taken[0].starts_with("250"), "{name}: {taken:?}");
        }
        assert!(wrong.is_empty(), "{} of {} cells:\n{}", wrong.len(), STAGES.len() * DEEDS.len(), wrong.join("\n"));
        // However often and however broken: one report of each reader, and nobody is gone.
        assert_eq!((post.notices().await.len(), post.suppressed().await), (2, 0));
        assert_eq!(post.events("subscription.unsubscribed").await, 0);
        door.close().await;
    }

    async fn silence_holds_up_no_report(db: Db) {
        let post = Post::new(db, &["anna", "ben", "cleo"]).await;
        let door = Door::open(&post, None).await;
        // Of each network as many as it may have; some have said whom they write to.
        let mut silent = Vec::new();
        for network in 0..NETWORKS {
            for number in 0..2 {
                let mut client = Client::over(silent_from(door.smtp, network).await);
                if number == 1 && network % 2 == 0 && answers(&mut client, &["220"]).await.is_ok() {
                    client.try_send(b"EHLO mx.example\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\n").await;
                }
                silent.push(client);
            }
        }
        for local in ["anna", "ben"] {
            let from = post.letter(local).from;
            let mut client = Client::over(silent_from(door.smtp, NETWORKS + 1).await);
            answers(&mut client, &["220"]).await.unwrap();
            assert_eq!(client.code("EHLO mx.example").await, "250");
            let (_, taken) = client.bring("", &[&from], &dead(&from, &format!("{local}@example.net"), "")).await;
            assert!(taken[0].starts_with("250"), "{taken:?}");
        }
        // This machine's own mail server has places of its own.
        let from = post.letter("cleo").from;
        let mut own = Client::connect(door.lmtp).await;
        answers(&mut own, &["220"]).await.unwrap();
        assert_eq!(own.code("LHLO mx.example").await, "250");
        let (_, taken) = own.bring("", &[&from], &dead(&from, "cleo@example.net", "")).await;
        assert!(taken[0].starts_with("250"), "{taken:?}");
        assert_eq!(post.notices().await.len(), 3);
        drop(silent);
        door.close().await;
    }
}
