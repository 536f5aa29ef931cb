//! Which certificates are believed, and what is said of those that are not and of handshakes that fail.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use coranto::smtp::server::ServerTls;
use coranto::smtp::{
    Connector, ConnectorError, Endpoint, OpenCause, OpenError, Session, Sink, SinkHandle, SinkOptions, TlsMode,
};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, date_time_ymd,
};

use super::scripted::{Close, HearBytes, Step, against, hello, say};
use super::{AMPLE, deadlines, endpoint};
use crate::harness::skip;

/// A certificate and its key, in PEM.
struct Made {
    certificate: String,
    key: String,
}

const LOCALHOST: &[&str] = &["localhost"];

fn params(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "mail");
    change(&mut params);
    params
}

fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Made {
    let key = KeyPair::generate().unwrap();
    // Two certificates of one name would be mistaken for a certificate and its authority.
    let name: String = key.public_key_raw().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let params = params(names, |params| {
        params.distinguished_name.push(DnType::OrganizationName, name);
        change(params);
    });
    Made { certificate: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
}

/// An authority's certificate, and one that it has signed.
fn signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> (Made, Made) {
    let authority = params(&[], |params| {
        authority(params);
        params.distinguished_name.push(DnType::OrganizationName, "authority");
    });
    let key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(authority, KeyPair::from_pem(&key.serialize_pem()).unwrap());
    let own = KeyPair::generate().unwrap();
    let certificate = params(names, change).signed_by(&own, &issuer).unwrap().pem();
    (Made { certificate: root, key: key.serialize_pem() }, Made { certificate, key: own.serialize_pem() })
}

fn authority(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

async fn serve(made: &Made, implicit: bool) -> SinkHandle {
    let tls = ServerTls::from_pem(made.certificate.as_bytes(), made.key.as_bytes(), implicit).unwrap();
    Sink::start(SinkOptions { tls: Some(tls), ..SinkOptions::default() }).await.unwrap()
}

/// Opens a session with `served` while `ca_file` holds `trusted`, over both kinds of TLS.
async fn open(served: &Made, trusted: &[&str]) -> Result<(), OpenError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, trusted.concat()).unwrap();
    let mut outcomes = Vec::new();
    for (tls, implicit) in [(TlsMode::StartTls, false), (TlsMode::Implicit, true)] {
        let sink = serve(served, implicit).await;
        let endpoint = Endpoint { tls, ca_file: Some(file.clone()), ..endpoint(sink.addr().port()) };
        let session = Session::open(&Connector::new(endpoint).unwrap(), &deadlines(AMPLE)).await;
        outcomes.push(session.map(|_| ()));
    }
    let words = |outcome: &Result<(), OpenError>| outcome.as_ref().err().map(|error| error.cause.to_string());
    assert_eq!(words(&outcomes[0]), words(&outcomes[1]), "both kinds of TLS agree");
    outcomes.swap_remove(0)
}

#[tokio::test]
async fn what_ca_file_names_is_trusted_as_an_authority_and_as_itself() {
    let ca_true = self_signed(LOCALHOST, authority);
    let ca_false = self_signed(LOCALHOST, |params| params.is_ca = IsCa::ExplicitNoCa);
    let says_nothing = self_signed(LOCALHOST, |_| {});
    let nameless = self_signed(&[], authority);
    let address = self_signed(&["127.0.0.1", "localhost"], authority);
    let for_mail = self_signed(LOCALHOST, |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    });
    for (what, made) in [
        ("CA:TRUE", &ca_true),
        ("CA:FALSE", &ca_false),
        ("no basic constraints", &says_nothing),
        ("a common name alone", &nameless),
        ("several names", &address),
        ("another use", &for_mail),
    ] {
        assert!(open(made, &[&made.certificate]).await.is_ok(), "{what}");
        // Among others it is found as well.
        assert!(open(made, &[&ca_true.certificate, &made.certificate]).await.is_ok(), "{what}, among others");
    }
    let (root, leaf) = signed(LOCALHOST, |_| {});
    assert!(open(&leaf, &[&root.certificate]).await.is_ok(), "by its authority");
    assert!(open(&leaf, &[&leaf.certificate]).await.is_ok(), "as itself, its authority unknown");
}

#[tokio::test]
async fn every_fault_of_a_certificate_has_words_and_a_way_out() {
    let past = |params: &mut CertificateParams| {
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    };
    let future = |params: &mut CertificateParams| {
        (params.not_before, params.not_after) = (date_time_ymd(2199, 1, 1), date_time_ymd(2200, 1, 1));
    };
    let other = self_signed(LOCALHOST, |_| {}).certificate;
    let mut table: Vec<(&str, Made, String, &str, &str)> = Vec::new();
    let mut pinned = |what, made: Made, says, hint| {
        let certificate = made.certificate.clone();
        table.push((what, made, certificate, says, hint));
    };
    pinned(
        "other name",
        self_signed(&["a.example", "b.example"], authority),
        "it is for a.example, b.example, not for localhost",
        "set `host`",
    );
    pinned(
        "address alone",
        self_signed(&["192.0.2.7"], |_| {}),
        "it is for 192.0.2.7, not for localhost",
        "set `host`",
    );
    let many: Vec<String> = (0..9).map(|number| format!("h{number}.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    pinned("many names", self_signed(&many, |_| {}), "h4.example and 4 more, not for localhost", "set `host`");
    pinned("expired", self_signed(LOCALHOST, past), "it expired on 2021-01-01", "clock");
    pinned(
        "expired authority",
        self_signed(LOCALHOST, |params| {
            authority(params);
            past(params);
        }),
        "it expired on 2021-01-01",
        "renew it",
    );
    pinned("not yet", self_signed(LOCALHOST, future), "not valid yet, but from 2199-01-01", "clock");
    table.push((
        "unknown",
        self_signed(LOCALHOST, |_| {}),
        other.clone(),
        "signed by an authority that is not trusted here",
        "ca_file",
    ));
    table.push(("unknown authority", self_signed(LOCALHOST, authority), other, "CA:TRUE", "this very certificate"));
    // Renewed under the same name, with another key.
    let renewed = || self_signed(LOCALHOST, |params| params.distinguished_name.push(DnType::OrganizationName, "mail"));
    let (before, after) = (renewed(), renewed());
    table.push(("renewed", after, before.certificate, "not that of the authority it names", "older certificate"));
    let (root, leaf) = signed(LOCALHOST, past);
    table.push(("expired, signed", leaf, root.certificate, "it expired on 2021-01-01", "renew it"));
    let (root, leaf) = signed(&["other.example"], |_| {});
    table.push(("other name, signed", leaf, root.certificate, "it is for other.example", "set `host`"));
    let (root, leaf) = signed(&[], |_| {});
    table.push(("no name, signed", leaf, root.certificate, "no subjectAltName", "subjectAltName"));
    let (root, leaf) =
        signed(LOCALHOST, |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    table.push(("other use, signed", leaf, root.certificate, "serverAuth", "serverAuth"));
    for (what, served, trusted, says, hint) in table {
        let error = open(&served, &[&trusted]).await.expect_err(what);
        let text = error.to_string();
        assert!(text.contains("its certificate is refused: ") && text.contains(says), "{what}: {text}");
        assert!(error.hint().contains(hint), "{what}: {}", error.hint());
        assert!(!text.contains("Error(") && !text.contains("{ "), "{what}: not in the library's words: {text}");
    }
}

/// Who has the name and not the key is not believed: a pin is of the whole certificate.
#[tokio::test]
async fn a_certificate_like_the_one_that_is_named_is_not_it() {
    let named = self_signed(LOCALHOST, authority);
    let forged = self_signed(LOCALHOST, authority);
    assert!(open(&forged, &[&named.certificate]).await.is_err());
    let key = KeyPair::from_pem(&named.key).unwrap();
    let renewed = Made { certificate: params(LOCALHOST, authority).self_signed(&key).unwrap().pem(), key: named.key };
    assert_ne!(renewed.certificate, named.certificate);
    assert!(open(&renewed, &[&named.certificate]).await.is_err(), "the same key in another certificate");
}

#[test]
fn a_file_without_certificates_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let made = self_signed(LOCALHOST, |_| {});
    for (text, says) in [
        ("", "holds no certificate"),
        (made.key.as_str(), "holds no certificate"),
        ("hello", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", "not PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read"),
    ] {
        let path = dir.path().join("ca.pem");
        std::fs::write(&path, text).unwrap();
        let endpoint = Endpoint { tls: TlsMode::Implicit, ca_file: Some(path), ..endpoint(465) };
        let error = Connector::new(endpoint).unwrap_err();
        assert!(matches!(&error, ConnectorError::CaFile { cause, .. } if cause.contains(says)), "{text:?}: {error}");
    }
}

/// An alert in plain text, as a server sends it that gives up before there is a key (RFC 8446 6).
fn alert(number: u8) -> Vec<Step> {
    vec![HearBytes(5), Step::Say(vec![21, 3, 3, 0, 2, 2, number]), Close]
}

#[tokio::test]
async fn every_fault_of_a_handshake_has_words_and_a_way_out() {
    let port = "port 465 goes with tls = \"implicit\"";
    let table: Vec<(&str, Vec<Step>, &str, &str)> = vec![
        ("plain text", vec![say("220 plain.example.org\r\n")], "answers in plain text", port),
        ("hangs up", vec![HearBytes(5), Close], "closed the connection in the middle of the TLS handshake", port),
        ("old versions", alert(70), "does not speak TLS 1.2 or 1.3", "RFC 8996"),
        ("no cipher", alert(40), "no cipher in common", "ciphers"),
        ("too weak", alert(71), "no cipher in common", "ciphers"),
        ("wants a certificate", alert(116), "asks for a certificate of ours", "smtpd_tls_req_ccert"),
        ("does not know us", alert(42), "asks for a certificate of ours", "log in"),
        ("unknown name", alert(112), "does not know the name", "set `host`"),
        ("revoked", alert(44), "its authority has revoked it", "new certificate"),
        ("fails within", alert(80), "with the alert InternalError", "log says why"),
        (
            "an old hello",
            vec![
                HearBytes(5),
                Step::Say(
                    b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01"
                        .iter()
                        .copied()
                        .chain([7; 32])
                        .chain([0, 0, 0x2f, 0])
                        .collect(),
                ),
            ],
            "does not speak TLS 1.2 or 1.3",
            "RFC 8996",
        ),
    ];
    for (what, steps, says, hint) in table {
        let ((), _) = against(steps, async |connector| {
            let endpoint = Endpoint { tls: TlsMode::Implicit, ..connector.endpoint().clone() };
            let error = Session::open(&Connector::new(endpoint).unwrap(), &deadlines(AMPLE)).await.expect_err(what);
            assert!(error.to_string().contains(says), "{what}: {error}");
            assert!(error.hint().contains(hint), "{what}: {}", error.hint());
        })
        .await;
    }
    let ((), _) = against(
        [hello(&["STARTTLS"]), vec![Step::Hear("STARTTLS"), say("220 go\r\n"), say("no TLS here\r\n")]].concat(),
        async |connector| {
            let endpoint = Endpoint { tls: TlsMode::StartTls, ..connector.endpoint().clone() };
            let error = Session::open(&Connector::new(endpoint).unwrap(), &deadlines(AMPLE)).await.unwrap_err();
            let text = error.to_string();
            assert!(text.contains("plain text") || text.contains("spoke without being asked"), "{text}");
        },
    )
    .await;
}

/// What people have: certificates that `openssl` made, as the manuals say.
#[tokio::test]
async fn certificates_that_openssl_made_are_believed_or_explained() {
    if Command::new("openssl").arg("version").output().is_err() {
        return skip("openssl", "openssl is not on PATH (Debian package openssl)");
    }
    let dir = tempfile::tempdir().unwrap();
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(dir.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    let request = ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-subj", "/CN=localhost"];
    openssl(&[&request[..], &["-x509", "-days", "2", "-out", "plain.pem"]].concat());
    let plain = Made { certificate: read("plain.pem"), key: read("key.pem") };
    assert!(open(&plain, &[&plain.certificate]).await.is_ok(), "openssl req -x509, CA:TRUE, a common name alone");
    assert!(is_authority(&dir.path().join("plain.pem")));

    openssl(
        &[
            &request[..],
            &["-x509", "-days", "2", "-out", "named.pem", "-addext", "subjectAltName=DNS:other.example,IP:192.0.2.1"],
        ]
        .concat(),
    );
    let named = Made { certificate: read("named.pem"), key: read("key.pem") };
    let error = open(&named, &[&named.certificate]).await.unwrap_err().to_string();
    assert!(error.ends_with("it is for other.example, 192.0.2.1, not for localhost"), "{error}");

    // What `openssl x509 -req` makes without a file of extensions is of version 1, which no TLS library serves but its own.
    openssl(&[&request[..], &["-out", "request.pem"]].concat());
    openssl(&["x509", "-req", "-in", "request.pem", "-signkey", "key.pem", "-days", "2", "-out", "old.pem"]);
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let serve =
        ["s_server", "-quiet", "-accept", &port.to_string(), "-cert", "old.pem", "-key", "key.pem"].map(str::to_owned);
    let mut server = Command::new("openssl").args(serve).current_dir(dir.path()).stdin(Stdio::piped()).spawn().unwrap();
    let old = Endpoint { tls: TlsMode::Implicit, ca_file: Some(dir.path().join("old.pem")), ..endpoint(port) };
    let said = loop {
        let error = Session::open(&Connector::new(old.clone()).unwrap(), &deadlines(AMPLE)).await.unwrap_err();
        if !matches!(error.cause, OpenCause::Connect(_)) {
            break error.to_string();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(said.contains("it is of X.509 version 1"), "{said}");
}

fn is_authority(certificate: &Path) -> bool {
    let text = Command::new("openssl").args(["x509", "-noout", "-text", "-in"]).arg(certificate).output().unwrap();
    String::from_utf8_lossy(&text.stdout).contains("CA:TRUE")
}
