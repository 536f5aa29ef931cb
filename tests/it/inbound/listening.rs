//! The listener: what it takes, what it refuses and when it answers.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use coranto::domain::notice::Effect;
use coranto::domain::subscriber::SubscriptionState;
use coranto::inbound::listener::{self, ListenerSettings, Sockets};
use coranto::smtp::server::ServerTls;
use coranto::smtp::{Connector, Deadlines, Endpoint, EnvelopeOutcome, Session, TlsMode};
use coranto::store::Db;
use coranto::token::Purpose;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::post::{Post, complaint, dead, letter};
use super::wire::Client;
use crate::harness::database::both_databases;

const FBL: &str = "fbl@bounce.news.example.org";

/// A listener at work.
pub(super) struct Door {
    pub(super) smtp: SocketAddr,
    pub(super) lmtp: SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Door {
    pub(super) async fn open(post: &Post, tls: Option<ServerTls>) -> Self {
        Self::open_with(post, tls, None).await
    }

    async fn open_with(post: &Post, tls: Option<ServerTls>, lmtp_unix: Option<UnixListener>) -> Self {
        let smtp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let lmtp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = (smtp.local_addr().unwrap(), lmtp.local_addr().unwrap());
        let settings = ListenerSettings {
            host: "bounce.news.example.org".to_owned(),
            tls,
            domains: BTreeSet::from(["bounce.news.example.org".to_owned()]),
            write_to: Some("letter@news.example.org".to_owned()),
        };
        let sockets = Sockets { smtp: Some(smtp), lmtp: Some(lmtp), lmtp_unix };
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(listener::listen(sockets, settings, post.intake.clone(), post.stage.clock.clone(), stop.clone()));
        Self { smtp: addresses.0, lmtp: addresses.1, stop, tasks }
    }

    /// A client that has said hello.
    async fn smtp(&self) -> Client {
        let mut client = Client::connect(self.smtp).await;
        assert_eq!(client.answer().await, "220 bounce.news.example.org ESMTP coranto\r\n");
        assert_eq!(client.code("EHLO mx.example").await, "250");
        client
    }

    async fn lmtp(&self) -> Client {
        let mut client = Client::connect(self.lmtp).await;
        assert!(client.answer().await.contains("LMTP"));
        assert_eq!(client.code("LHLO mx.example").await, "250");
        client
    }

    pub(super) async fn close(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

both_databases! {
    async fn a_report_is_answered_when_it_is_kept(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let door = Door::open(&post, None).await;
        for (local, mut client) in [("anna", door.smtp().await), ("ben", door.lmtp().await)] {
            let got = post.letter(local);
            let report = dead(&got.from, &format!("{local}@example.net"), "");
            let before = post.notices().await.len();
            let (taken, answers) = client.bring("", &[&got.from], &report).await;
            assert!(taken[0].starts_with("250") && answers[0].starts_with("250"), "{taken:?} {answers:?}");
            assert_eq!(post.notices().await.len(), before + 1, "the answer comes after the commit");
            // A server that has lost the answer brings it again, over the same connection or another.
            let (_, answers) = client.bring("", &[&got.from], &report).await;
            assert!(answers[0].starts_with("250"));
            assert_eq!(post.notices().await.len(), before + 1);
            assert_eq!(client.code("QUIT").await, "221");
        }
        assert!(post.notices().await.iter().all(|one| one.effect == Effect::Waiting));
        door.close().await;
        assert_eq!(post.settle().await.suppressed, 2);
    }

    async fn the_address_decides_before_any_mail_is_read(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let door = Door::open(&post, None).await;
        let got = post.letter("anna");
        let message = got.field("message-id").trim_matches(['<', '>']).to_owned();
        let leaving = post.stage.keys.seal(Purpose::Unsubscribe, 1);
        let mut client = door.smtp().await;
        for (to, code) in [
            (got.from.clone(), "250"),
            (got.from.to_uppercase(), "250"),
            (format!("SRS0=ab12=X7=bounce.news.example.org={}@forward.example", got.from.split('@').next().unwrap()), "250"),
            (format!("u+{leaving}@bounce.news.example.org"), "250"),
            (FBL.to_owned(), "250"),
            ("Postmaster".to_owned(), "250"),
            ("abuse@bounce.news.example.org".to_owned(), "250"),
            ("abuse@elsewhere.example".to_owned(), "550"),
            ("anna@bounce.news.example.org".to_owned(), "550"),
            (message, "550"),
            (format!("b+{}@bounce.news.example.org", "a".repeat(24)), "550"),
        ] {
            assert_eq!(client.code("MAIL FROM:<>").await, "250");
            assert_eq!(client.code(&format!("RCPT TO:<{to}>")).await, code, "{to}");
            assert_eq!(client.code("RSET").await, "250");
        }
        // Eight addresses are enough for a report.
        assert_eq!(client.code("MAIL FROM:<>").await, "250");
        let codes = [250, 250, 250, 250, 250, 250, 250, 250, 452];
        for code in codes {
            assert_eq!(client.code(&format!("RCPT TO:<{}>", got.from)).await, code.to_string());
        }
        // Whoever guesses is hung up on.
        let mut guesser = door.smtp().await;
        assert_eq!(guesser.code("MAIL FROM:<>").await, "250");
        let mut refused = 0;
        while guesser.code("RCPT TO:<guess@bounce.news.example.org>").await == "550" {
            refused += 1;
        }
        assert_eq!(refused, 20);
        assert!(guesser.is_hung_up_on().await);
        door.close().await;
    }

    async fn lmtp_answers_for_each_address(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let door = Door::open(&post, None).await;
        let (anna, ben) = (post.letter("anna").from, post.letter("ben").from);
        let mut client = door.lmtp().await;
        assert_eq!(client.code("MAIL FROM:<>").await, "250");
        for (to, code) in [(&anna, "250"), (&"nobody@bounce.news.example.org".to_owned(), "550"), (&ben, "250")] {
            assert_eq!(client.code(&format!("RCPT TO:<{to}>")).await, code);
        }
        assert_eq!(client.code("DATA").await, "354");
        client.send(format!("{}\r\n.\r\n", dead("x@provider.example", "x@example.net", "")).as_bytes()).await;
        assert!(client.answer().await.starts_with("250") && client.answer().await.starts_with("250"));
        assert_eq!(post.notices().await.len(), 2);
        // A mail server's own mistakes end no connection.
        for _ in 0..30 {
            assert_eq!(client.code("EHLO mx.example").await, "500");
        }
        assert_eq!(client.code("NOOP").await, "250");
        door.close().await;
    }

    async fn people_are_told_where_to_write_and_machines_never(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let door = Door::open(&post, None).await;
        let to = post.letter("anna").from;
        let mut client = door.smtp().await;
        let (_, answers) = client.bring("ben@example.net", &[&to], &letter(&to, "", "hello", "How are you?")).await;
        assert!(answers[0].starts_with("550 5.7.1") && answers[0].contains("letter@news.example.org"), "{answers:?}");
        for (from, extra) in [("", ""), ("ben@example.net", "Auto-Submitted: auto-replied\r\n")] {
            let (_, answers) = client.bring(from, &[&to], &letter(&to, extra, "hello", "How are you?")).await;
            assert!(answers[0].starts_with("250"), "{from:?} {extra:?}: {answers:?}");
        }
        let address = post.letter("anna").field("list-unsubscribe");
        let leaving = format!("b+{}@bounce.news.example.org", address.split("/u/").nth(1).unwrap().trim_end_matches('>'));
        // By a machine never, by a person at once.
        client.bring("", &[&leaving], &letter(&leaving, "", "unsubscribe", "")).await;
        assert_eq!(post.standing("anna").await.0, SubscriptionState::Active);
        let (_, answers) = client.bring("anna@example.net", &[&leaving], &letter(&leaving, "", "unsubscribe", "")).await;
        assert!(answers[0].starts_with("250"), "{answers:?}");
        assert_eq!(post.standing("anna").await.0, SubscriptionState::Unsubscribed);
        door.close().await;
    }

    async fn what_cannot_be_kept_is_asked_for_again(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let got = post.letter("anna");
        let report = dead(&got.from, "anna@example.net", "");
        post.stage.execute("ALTER TABLE notices RENAME TO notices_away").await;
        let door = Door::open(&post, None).await;
        let mut client = door.smtp().await;
        let (_, answers) = client.bring("", &[&got.from], &report).await;
        assert!(answers[0].starts_with("451 4.3.0"), "{answers:?}");
        post.stage.execute("ALTER TABLE notices_away RENAME TO notices").await;
        let (_, answers) = client.bring("", &[&got.from], &report).await;
        assert!(answers[0].starts_with("250"), "{answers:?}");
        assert_eq!(post.notices().await.len(), 1);
        door.close().await;
    }

    async fn a_socket_of_the_file_system_is_a_door_too(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lmtp");
        drop(listener::bind_unix(&path).unwrap());
        // What a process left that was killed is taken; what is in use is not, and a file never.
        let door = Door::open_with(&post, None, Some(listener::bind_unix(&path).unwrap())).await;
        assert!(listener::bind_unix(&path).is_err());
        std::fs::write(folder.path().join("file"), "mine").unwrap();
        assert!(listener::bind_unix(&folder.path().join("file")).is_err());
        let got = post.letter("anna");
        let mut client = Client::over(UnixStream::connect(&path).await.unwrap());
        assert!(client.answer().await.starts_with("220"));
        assert_eq!(client.code("LHLO mx.example").await, "250");
        let (_, answers) = client.bring("", &[&got.from], &dead(&got.from, "anna@example.net", "")).await;
        assert!(answers[0].starts_with("250"), "{answers:?}");
        assert_eq!(post.notices().await.len(), 1);
        door.close().await;
    }

    async fn a_stop_finishes_what_is_being_taken(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let got = post.letter("anna");
        let door = Door::open(&post, None).await;
        let mut idle = door.smtp().await;
        let mut client = door.smtp().await;
        assert_eq!(client.code("MAIL FROM:<>").await, "250");
        assert_eq!(client.code(&format!("RCPT TO:<{}>", got.from)).await, "250");
        assert_eq!(client.code("DATA").await, "354");
        client.send(b"Subject: first half\r\n").await;
        door.stop.cancel();
        assert!(idle.answer().await.starts_with("421"));
        client.send(format!("{}\r\n.\r\n", dead(&got.from, "anna@example.net", "")).as_bytes()).await;
        assert!(client.answer().await.starts_with("250"));
        assert!(client.answer().await.starts_with("421"));
        door.close().await;
        assert_eq!(post.notices().await.len(), 1);
    }
}

async fn door(db: Db) -> (Post, Door) {
    let post = Post::new(db, &["anna"]).await;
    let door = Door::open(&post, None).await;
    (post, door)
}

fn certificate() -> ServerTls {
    let key = rcgen::KeyPair::generate().unwrap();
    let signed = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    ServerTls::from_pem(signed.pem().as_bytes(), key.serialize_pem().as_bytes(), false).unwrap()
}

both_databases! {
    async fn commands_are_answered_as_the_rules_say(db: Db) {
        let (post, door) = door(db).await;
        let to = post.letter("anna").from;
        let mut client = Client::connect(door.smtp).await;
        client.answer().await;
        for (line, code) in [
            ("MAIL FROM:<>", "503"),
            ("RCPT TO:<a@b>", "503"),
            ("DATA", "503"),
            ("LHLO mx.example", "500"),
            ("EHLO", "501"),
            ("HELO mx.example", "250"),
            ("EHLO mx.example", "250"),
            ("AUTH PLAIN AGE=", "502"),
            ("STARTTLS", "502"),
            ("VRFY anna", "252"),
            ("HELP", "214"),
            ("NOOP", "250"),
            ("BDAT 10 LAST", "500"),
            ("MAIL FROM:<> SIZE=10485761", "552"),
            ("MAIL FROM:<> SIZE=x", "501"),
            ("MAIL FROM:<> RET=HDRS", "555"),
            ("MAIL FROM:<> SIZE=100 BODY=8BITMIME SMTPUTF8", "250"),
            ("MAIL FROM:<>", "503"),
            ("DATA", "503"),
        ] {
            assert_eq!(client.code(line).await, code, "{line}");
        }
        let mut client = door.smtp().await;
        let offered = client.say("EHLO mx.example").await;
        for word in ["PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"] {
            assert!(offered.contains(word), "{word}: {offered}");
        }
        assert!(!offered.contains("STARTTLS") && !offered.contains("AUTH"), "{offered}");
        // All at once, and one byte at a time.
        let report = dead(&to, "anna@example.net", "");
        let whole = format!("MAIL FROM:<>\r\nRCPT TO:<{to}>\r\nDATA\r\n{report}\r\n.\r\nQUIT\r\n");
        client.send(whole.as_bytes()).await;
        let mut codes = Vec::new();
        for _ in 0..5 {
            codes.push(client.answer().await[..3].to_owned());
        }
        assert_eq!(codes, ["250", "250", "354", "250", "221"]);
        let mut slow = door.smtp().await;
        for byte in whole.as_bytes() {
            slow.send(&[*byte]).await;
        }
        let mut codes = Vec::new();
        for _ in 0..5 {
            codes.push(slow.answer().await[..3].to_owned());
        }
        assert_eq!(codes, ["250", "250", "354", "250", "221"]);
        assert_eq!(post.notices().await.len(), 1);
        door.close().await;
    }

    async fn only_a_dot_alone_between_crlf_ends_a_mail_and_large_ones_are_cut(db: Db) {
        let (post, door) = door(db).await;
        let to = post.letter("anna").from;
        let mut client = door.smtp().await;
        let begin = async |client: &mut Client| {
            assert_eq!(client.code("MAIL FROM:<>").await, "250");
            assert_eq!(client.code(&format!("RCPT TO:<{to}>")).await, "250");
            assert_eq!(client.code("DATA").await, "354");
        };
        begin(&mut client).await;
        // What looks like an end is text, and a report in bare LF is read all the same.
        let bare = dead(&to, "anna@example.net", "").replace("\r\n", "\n");
        client.send(format!("{bare}\n.\nMAIL FROM:<evil@example.org>\n.\n\r\n.\r\n").as_bytes()).await;
        assert!(client.answer().await.starts_with("250"));
        assert_eq!(post.notices().await.len(), 1);
        // The beginning of a large one is kept; one that is too large is refused.
        begin(&mut client).await;
        let far = format!("{}{}", complaint(&to, "abuse", post.letter("anna").header()), "x".repeat(400_000));
        client.send(format!("{far}\r\n.\r\n").as_bytes()).await;
        assert!(client.answer().await.starts_with("250"));
        assert_eq!(post.standing("anna").await.0, SubscriptionState::Unsubscribed);
        begin(&mut client).await;
        let line = format!("{}\r\n", "x".repeat(998));
        for _ in 0..10_500 {
            client.send(line.as_bytes()).await;
        }
        client.send(b".\r\n").await;
        assert!(client.answer().await.starts_with("552"));
        assert_eq!(client.code("NOOP").await, "250");
        door.close().await;
    }

    async fn a_network_has_ten_connections(db: Db) {
        let (_post, door) = door(db).await;
        let mut clients = Vec::new();
        for _ in 0..10 {
            clients.push(door.smtp().await);
        }
        let mut more = Client::connect(door.smtp).await;
        assert!(more.answer().await.starts_with("421"));
        // This machine's own server is not counted.
        door.lmtp().await;
        clients.pop().unwrap().say("QUIT").await;
        // The place is free a moment after the goodbye.
        for _ in 0..200 {
            if Client::connect(door.smtp).await.answer().await.starts_with("220") {
                door.close().await;
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no place became free");
    }

    async fn nothing_in_the_clear_is_taken_for_encrypted(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let door = Door::open(&post, Some(certificate())).await;
        let mut client = door.smtp().await;
        assert!(client.say("EHLO mx.example").await.contains("STARTTLS"));
        client.send(b"STARTTLS\r\nNOOP\r\n").await;
        assert_eq!(client.answer().await, "", "a command behind it ends the connection");
        let mut client = door.smtp().await;
        assert_eq!(client.code("STARTTLS").await, "220");
        let mut stream = client.into_stream();
        AsyncWriteExt::write_all(&mut stream, b"EHLO mx.example\r\n").await.unwrap();
        assert!(Client::over(stream).is_hung_up_on().await, "it is no handshake");
        door.close().await;
    }

    /// The program's own client as a mail server: what it sends is what relays get.
    async fn our_own_client_delivers_to_it(db: Db) {
        let (post, door) = door(db).await;
        let endpoint = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: door.smtp.port(),
            tls: TlsMode::None,
            ca_file: None,
            username: None,
            password: None,
            helo: "mx.example".to_owned(),
            allow_plaintext: false,
        };
        let mut session = Session::open(&Connector::new(endpoint).unwrap(), &Deadlines::default()).await.unwrap();
        let to = post.letter("anna").from;
        let report = dead(&to, "anna@example.net", "");
        let outcome = session.envelope("", &to.parse().unwrap(), report.len(), None).await.unwrap();
        assert_eq!(outcome, EnvelopeOutcome::Ready);
        assert_eq!(session.body(report.as_bytes()).await.unwrap().code, 250);
        session.quit().await;
        assert_eq!(post.notices().await.len(), 1);
        door.close().await;
    }
}
