//! Encryption: only with the right name, from a trusted authority, and with nothing carried over from before.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;

use coranto::secret::Secret;
use coranto::smtp::server::ServerTls;
use coranto::smtp::{
    BodyError, Broken, Connector, Endpoint, EnvelopeOutcome, OpenCause, OpenError, Session, Sink, SinkAuth, SinkHandle,
    SinkOptions, TlsMode,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tempfile::TempDir;

use super::scripted::{Ignore, against, say};
use super::{AMPLE, SHORT, address, deadlines, endpoint};
use crate::harness::skip;

/// An authority, its file, and what it signs.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    dir: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        // Two authorities of one name would be mistaken for each other.
        let name: String = key.public_key_raw().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&key).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), certificate.pem()).unwrap();
        Self { issuer: Issuer::new(params, key), dir }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    fn sign(&self, name: &str, implicit: bool, change: impl FnOnce(&mut CertificateParams)) -> ServerTls {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        ServerTls::from_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes(), implicit).unwrap()
    }
}

async fn sink(tls: ServerTls, options: SinkOptions) -> SinkHandle {
    Sink::start(SinkOptions { tls: Some(tls), keep: true, ..options }).await.unwrap()
}

async fn open(sink: &SinkHandle, tls: TlsMode, authority: &Authority) -> Result<Session, OpenError> {
    open_with(Endpoint { tls, ca_file: Some(authority.file()), ..endpoint(sink.addr().port()) }).await
}

async fn open_with(endpoint: Endpoint) -> Result<Session, OpenError> {
    Session::open(&Connector::new(endpoint).unwrap(), &deadlines(AMPLE)).await
}

async fn deliver(session: &mut Session, message: &[u8]) {
    let envelope = session.envelope("", &address("reader@example.org"), message.len(), None).await.unwrap();
    assert_eq!(envelope, EnvelopeOutcome::Ready);
    assert_eq!(session.body(message).await.unwrap().code, 250);
}

/// A message of so many bytes.
fn exactly(bytes: usize) -> Vec<u8> {
    let lines = [b"x".repeat(98), b"\r\n".to_vec()].concat().repeat(bytes / 100);
    [b"x".repeat(bytes % 100), lines].concat()
}

#[tokio::test]
async fn mail_goes_through_both_kinds_of_tls() {
    let authority = Authority::new();
    let large: Vec<u8> = (0..100_000).flat_map(|line| format!(".{line}\r\n").into_bytes()).collect();
    for (mode, implicit) in [(TlsMode::Implicit, true), (TlsMode::StartTls, false)] {
        let sink = sink(authority.sign("localhost", implicit, |_| {}), SinkOptions::default()).await;
        let mut session = open(&sink, mode, &authority).await.unwrap();
        assert!(session.capabilities().pipelining && !session.capabilities().starttls);
        // One record, one that is full with the dot in it, those around it, and many.
        for message in [exactly(300), exactly(16 * 1024 - 3), exactly(16 * 1024 - 2), exactly(16 * 1024), large.clone()]
        {
            deliver(&mut session, &message).await;
            assert!(sink.messages().last().unwrap().data == message);
        }
        session.quit().await;
        assert_eq!((sink.stats().accepted, sink.stats().connections), (5, 1));
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    for (mode, implicit) in [(TlsMode::Implicit, true), (TlsMode::StartTls, false)] {
        let sink = sink(authority.sign("other.example.org", implicit, |_| {}), SinkOptions::default()).await;
        let error = open(&sink, mode, &authority).await.unwrap_err();
        assert!(matches!(error.cause, OpenCause::Certificate(_)), "{error:?}");
        assert!(error.to_string().contains("other.example.org"), "the name it bears is to be named: {error}");
        assert!(error.hint().starts_with("set `host` to a name"));
    }
}

#[tokio::test]
async fn unknown_authorities_and_expired_certificates_are_refused() {
    let (authority, other) = (Authority::new(), Authority::new());
    let good = sink(authority.sign("localhost", true, |_| {}), SinkOptions::default()).await;
    let error = open(&good, TlsMode::Implicit, &other).await.unwrap_err();
    assert!(
        matches!(&error.cause, OpenCause::Certificate(why) if why.to_string().contains("not trusted")),
        "{error:?}"
    );

    let public_roots = open_with(Endpoint { tls: TlsMode::Implicit, ..endpoint(good.addr().port()) }).await;
    assert!(matches!(public_roots.unwrap_err().cause, OpenCause::Certificate(_)));

    let expired = authority.sign("localhost", true, |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    let expired = sink(expired, SinkOptions::default()).await;
    let error = open(&expired, TlsMode::Implicit, &authority).await.unwrap_err();
    assert!(matches!(&error.cause, OpenCause::Certificate(why) if why.to_string().contains("expired")), "{error:?}");
}

#[tokio::test]
async fn what_was_offered_before_tls_does_not_count_after_it() {
    let authority = Authority::new();
    let sink = sink(authority.sign("localhost", false, |_| {}), SinkOptions::default()).await;
    let session = open(&sink, TlsMode::StartTls, &authority).await.unwrap();
    assert!(!session.capabilities().starttls, "the second EHLO does not offer it any more");
    assert!(session.capabilities().pipelining);
}

#[tokio::test]
async fn logins_are_made_inside_tls() {
    let authority = Authority::new();
    for mechanisms in ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN PLAIN"] {
        let auth = SinkAuth {
            username: "anna".to_owned(),
            password: Secret::new("open sesame"),
            mechanisms: mechanisms.to_owned(),
        };
        let sink =
            sink(authority.sign("localhost", true, |_| {}), SinkOptions { auth: Some(auth), ..SinkOptions::default() })
                .await;
        let login = |password: &str| Endpoint {
            tls: TlsMode::Implicit,
            ca_file: Some(authority.file()),
            username: Some("anna".to_owned()),
            password: Some(Secret::new(password)),
            ..endpoint(sink.addr().port())
        };
        let mut session = open_with(login("open sesame")).await.unwrap();
        deliver(&mut session, b"x\r\n").await;
        let error = open_with(login("open barley")).await.unwrap_err();
        assert!(matches!(&error.cause, OpenCause::AuthRefused(reply) if reply.code == 535), "{error:?}");
        assert_eq!(sink.stats().logins_refused, 1);

        let mut without = open(&sink, TlsMode::Implicit, &authority).await.unwrap();
        let refused = without.envelope("", &address("reader@example.org"), 1, None).await.unwrap();
        assert!(matches!(refused, EnvelopeOutcome::Refused { reply, .. } if reply.code == 530));
    }
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_one_that_is_silent() {
    let ((), _) = against(vec![say("220 plain.example.org\r\n")], async |connector| {
        let plain = Endpoint { tls: TlsMode::Implicit, ..connector.endpoint().clone() };
        let error = open_with(plain).await.unwrap_err();
        assert!(matches!(error.cause, OpenCause::Tls(_)), "{error:?}");
        assert!(error.hint().starts_with("port 465 goes with tls = \"implicit\""));
    })
    .await;

    // It would wait for ever: only the deadline of this phase ends it.
    let ((), _) = against(vec![Ignore], async |connector| {
        let silent = Connector::new(Endpoint { tls: TlsMode::Implicit, ..connector.endpoint().clone() }).unwrap();
        let error = Session::open(&silent, &deadlines(SHORT)).await.unwrap_err();
        assert!(matches!(error.cause, OpenCause::Tls(_)), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_ends_inside_tls_is_judged_like_any_other() {
    let authority = Authority::new();
    let sink = sink(authority.sign("localhost", true, |_| {}), SinkOptions::default()).await;
    let mut session = open(&sink, TlsMode::Implicit, &authority).await.unwrap();
    assert_eq!(
        session.envelope("", &address("drop-dot-1@example.org"), 3, None).await.unwrap(),
        EnvelopeOutcome::Ready
    );
    assert!(matches!(session.body(b"x\r\n").await, Err(BodyError::Unknown(_))));

    let mut session = open(&sink, TlsMode::Implicit, &authority).await.unwrap();
    assert_eq!(
        session.envelope("", &address("drop-data-1@example.org"), 3, None).await.unwrap(),
        EnvelopeOutcome::Ready
    );
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!matches!(session.body(b"x\r\n").await, Ok(_) | Err(BodyError::Unknown(_))));

    let mut session = open(&sink, TlsMode::Implicit, &authority).await.unwrap();
    sink.stop().await;
    let idle = session.envelope("", &address("reader@example.org"), 3, None).await;
    assert!(matches!(idle, Err(Broken::Idle { .. })), "{idle:?}");
}

/// An address of this machine that is not loopback. Nothing is sent to find it.
fn outside_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[tokio::test]
async fn plaintext_stays_on_this_machine_unless_allowed_in_words() {
    let Some(outside) = outside_address() else {
        return skip("network", "this machine has no address but loopback");
    };
    let auth = SinkAuth { username: "a".to_owned(), password: Secret::new("b"), mechanisms: "PLAIN".to_owned() };
    let options = SinkOptions { listen: SocketAddr::new(outside, 0), auth: Some(auth), ..SinkOptions::default() };
    let sink = Sink::start(options).await.unwrap();
    let plain = Endpoint { host: outside.to_string(), ..endpoint(sink.addr().port()) };

    let error = open_with(plain.clone()).await.unwrap_err();
    assert!(matches!(error.cause, OpenCause::Plaintext(found) if found == outside), "{error:?}");
    let allowed = Endpoint { allow_plaintext: true, ..plain };
    open_with(allowed.clone()).await.unwrap();
    let login = Endpoint { username: Some("a".to_owned()), password: Some(Secret::new("b")), ..allowed };
    let error = open_with(login).await.unwrap_err();
    assert!(matches!(error.cause, OpenCause::PlaintextPassword(_)), "{error:?}");
}
