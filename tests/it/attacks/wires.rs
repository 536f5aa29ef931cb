//! Who can read or play the database on its way: PostgreSQL with TLS, with `hostssl` alone, with a wrong certificate, and
//! with none.

use std::net::ToSocketAddrs as _;
use std::time::Duration;

use coranto::store::{ConnectionSecurity, Db, StoreError};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::harness::postgres::Secured;
use crate::harness::{blocking, skip};

/// A name that leads to this machine, and is not one that says so.
fn other_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    let known = !name.is_empty() && name != "localhost" && (name.as_str(), 0).to_socket_addrs().is_ok();
    if !known {
        skip("hostname", "this machine's name leads nowhere");
    }
    known.then_some(name)
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for a name, and its key.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// What comes of opening the database at an address.
fn open(url: &str) -> Result<ConnectionSecurity, StoreError> {
    let url = url.to_owned();
    blocking(async move || {
        let db = tokio::time::timeout(Duration::from_secs(30), Db::open(&url)).await.unwrap()?;
        let wire = db.wire().await?.unwrap();
        db.close().await;
        Ok(wire)
    })
}

const ANYHOW: &str = "host all all all trust\n";
const TLS_ALONE: &str = "hostssl all all all trust\n";

#[test]
fn a_server_with_tls_is_verified() {
    let Some(name) = other_name() else { return };
    let authority = Authority::new("right");
    for rules in [ANYHOW, TLS_ALONE] {
        let Some(server) = Secured::start(Some(authority.sign(&name)), rules) else { return };
        let root = server.file("root.pem", &authority.pem);
        let trusted = format!("{}?sslrootcert={root}", server.url(&name));
        assert_eq!(open(&trusted).unwrap(), ConnectionSecurity::Verified, "{rules}");
        assert_eq!(open(&format!("{trusted}&sslmode=verify-full")).unwrap(), ConnectionSecurity::Verified, "{rules}");
        assert_eq!(
            open(&format!("{}?sslmode=require", server.url(&name))).unwrap(),
            ConnectionSecurity::Encrypted,
            "{rules}"
        );
        let plain = open(&format!("{}?sslmode=disable", server.url(&name)));
        match rules {
            ANYHOW => assert_eq!(plain.unwrap(), ConnectionSecurity::Plain, "said in words"),
            _ => assert!(plain.is_err(), "the server takes no other"),
        }
        assert_eq!(open(&server.url("127.0.0.1")).unwrap(), ConnectionSecurity::Local, "{rules}");
    }
}

#[test]
fn a_wrong_certificate_is_refused_with_what_to_write() {
    let Some(name) = other_name() else { return };
    let (right, wrong) = (Authority::new("right"), Authority::new("wrong"));
    for (certificate, root) in [
        (right.sign(&name), None),
        (right.sign(&name), Some(&wrong)),
        (right.sign("db.elsewhere.example"), Some(&right)),
    ] {
        let Some(server) = Secured::start(Some(certificate), ANYHOW) else { return };
        let mut url = server.url(&name);
        if let Some(root) = root {
            url = format!("{url}?sslrootcert={}", server.file("root.pem", &root.pem));
        }
        let error = open(&url).unwrap_err();
        assert!(matches!(error, StoreError::Certificate(_)), "{error}");
        assert!(error.to_string().contains("sslrootcert="), "{error}");
    }
}

#[test]
fn a_server_without_tls_is_told_in_words_and_refused_where_that_is_asked_for() {
    let Some(name) = other_name() else { return };
    let Some(server) = Secured::start(None, ANYHOW) else { return };
    assert_eq!(open(&server.url(&name)).unwrap(), ConnectionSecurity::Plain);
    for mode in ["verify-full", "verify-ca", "require"] {
        assert!(open(&format!("{}?sslmode={mode}", server.url(&name))).is_err(), "{mode}");
    }
    assert_eq!(open(&server.url("localhost")).unwrap(), ConnectionSecurity::Local);
}
