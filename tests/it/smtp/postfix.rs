//! The client against Postfix's `smtp-sink`, and the sink against its `smtp-source`: programs that others wrote.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use coranto::domain::reply::Stage;
use coranto::smtp::{EnvelopeOutcome, Session, Sink, SinkOptions};

use super::{AMPLE, address, connector, deadlines};
use crate::harness::skip;

const SMTP_SINK: &str = "/usr/sbin/smtp-sink";
const SMTP_SOURCE: &str = "/usr/sbin/smtp-source";

/// Whether a program of Postfix is here; says so where it is not.
fn is_here(program: &str) -> bool {
    let is_here = Path::new(program).exists();
    if !is_here {
        skip("postfix", "smtp-sink and smtp-source are not both in /usr/sbin (Debian package postfix)");
    }
    is_here
}

struct SmtpSink {
    child: Child,
    port: u16,
}

impl SmtpSink {
    /// Nothing, with one line, where Postfix is not installed.
    async fn start(arguments: &[&str]) -> Option<Self> {
        if !is_here(SMTP_SINK) {
            return None;
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        // It asks for a user when root starts it, and may not change to one when another does.
        let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        let user: &[&str] = if root { &["-u", "nobody"] } else { &[] };
        let mut command = Command::new(SMTP_SINK);
        command.args(user).args(arguments).args([&format!("127.0.0.1:{port}"), "100"]);
        let child = command.stdin(Stdio::null()).spawn().unwrap();
        let sink = Self { child, port };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(sink);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("smtp-sink does not listen");
    }

    async fn session(&self) -> Session {
        Session::open(&connector(self.port), &deadlines(AMPLE)).await.unwrap()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn smtp_sink_takes_many_messages_over_one_connection() {
    // -p leaves PIPELINING away.
    for arguments in [&[][..], &["-p"]] {
        let Some(sink) = SmtpSink::start(arguments).await else { return };
        let mut session = sink.session().await;
        assert_eq!(session.capabilities().pipelining, arguments.is_empty());
        let message = b"Subject: x\r\n\r\n.dot\r\n".repeat(1000);
        for number in 0..50 {
            let reader = address(&format!("reader{number}@example.org"));
            let envelope = session.envelope("sender@example.org", &reader, message.len(), None).await.unwrap();
            assert_eq!(envelope, EnvelopeOutcome::Ready);
            assert_eq!(session.body(&message).await.unwrap().code, 250);
        }
        assert_eq!(session.messages(), 50);
        session.quit().await;
    }
}

#[tokio::test]
async fn smtp_sink_refuses_each_command_and_the_session_goes_on() {
    for (command, stage) in
        [("mail", Stage::Mail), ("rcpt", Stage::Recipient), ("data", Stage::Data), (".", Stage::Dot)]
    {
        for (flag, class) in [("-f", 5), ("-r", 4)] {
            let Some(sink) = SmtpSink::start(&[flag, command]).await else { return };
            let mut session = sink.session().await;
            for _ in 0..3 {
                let envelope = session.envelope("", &address("reader@example.org"), 3, None).await.unwrap();
                let (refused, reply) = match envelope {
                    EnvelopeOutcome::Refused { stage, reply } => (stage, reply),
                    EnvelopeOutcome::Ready => (Stage::Dot, session.body(b"x\r\n").await.unwrap()),
                    other => panic!("{other:?}"),
                };
                assert_eq!((refused, reply.code / 100), (stage, class), "{flag} {command}: {reply}");
                assert!(session.is_usable());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smtp_source_delivers_to_the_sink() {
    if !is_here(SMTP_SOURCE) {
        return;
    }
    let sink = Sink::start(SinkOptions::default()).await.unwrap();
    let mut source = Command::new(SMTP_SOURCE);
    source.args(["-d", "-s", "5", "-l", "5120", "-m", "500", "-f", "a@example.org", "-t", "b@example.org"]);
    source.arg(format!("inet:127.0.0.1:{}", sink.addr().port()));
    let status = tokio::task::spawn_blocking(move || source.status()).await.unwrap().unwrap();
    assert!(status.success());
    let stats = sink.stats();
    assert_eq!((stats.accepted, stats.messages_refused), (500, 0));
    assert!(stats.accepted_bytes >= 500 * 5120);
}
