//! Signatures, checked by a verifier that others wrote; its resolver knows our records and asks nobody.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Instant;

use coranto::message::dkim::{Signer, generate_ed25519_pem, generate_rsa_pem};
use coranto::message::{Content, Profile, Skeleton};
use coranto::secret::Secret;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};
use proptest::prelude::*;

use super::sample::{PUBLIC_URL, address, assert_fit_for_the_wire, content, issue, keys, newsletter, reader};

static RSA: LazyLock<Secret> = LazyLock::new(|| generate_rsa_pem().unwrap());
static ED25519: LazyLock<Secret> = LazyLock::new(|| generate_ed25519_pem().unwrap());

fn rsa() -> Arc<Signer> {
    Arc::new(Signer::new("news.example.com", "s2026", &RSA).unwrap())
}

fn ed25519() -> Arc<Signer> {
    Arc::new(Signer::new("news.example.com", "e2026", &ED25519).unwrap())
}

fn signed(content: &Content, signers: Vec<Arc<Signer>>, unsigned: &[&str]) -> Vec<u8> {
    let unsigned_headers = unsigned.iter().map(|name| (*name).to_owned()).collect();
    let profile = Profile { signers, unsigned_headers, ..Profile::default() };
    let skeleton = Skeleton::build(&newsletter(), PUBLIC_URL, content, &profile).unwrap();
    let to = address("anna@example.org");
    let mut out = Vec::new();
    skeleton.fill(&keys(), &reader(&to), &mut out).unwrap();
    assert_fit_for_the_wire(&out);
    out
}

/// What the DNS would say.
struct Zone(Mutex<HashMap<Box<str>, Txt>>);

impl ResolverCache<Box<str>, Txt> for Zone {
    fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        self.0.lock().unwrap().get(name).cloned()
    }

    fn remove<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        self.0.lock().unwrap().remove(name)
    }

    fn insert(&self, key: Box<str>, value: Txt, _: Instant) {
        self.0.lock().unwrap().insert(key, value);
    }
}

/// The result of each signature, in the order of the mail.
pub(crate) fn verify(mail: &[u8], signers: &[&Signer]) -> Vec<DkimResult> {
    let zone = Zone(Mutex::default());
    for signer in signers {
        let record = signer.dns_record().unwrap();
        let key = DomainKey::parse(record.value.as_bytes()).unwrap();
        zone.insert(format!("{}.", record.name).into(), Txt::DomainKey(Arc::new(key)), Instant::now());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
        let verifier = MessageAuthenticator::new(nobody, ResolverOpts::default()).unwrap();
        let message = AuthenticatedMessage::parse(mail).unwrap();
        let outputs = verifier.verify_dkim(Parameters::new(&message).with_txt_cache(&zone)).await;
        outputs.iter().map(|output| output.result().clone()).collect()
    })
}

#[test]
fn both_signatures_verify_and_rsa_stands_first() {
    let (rsa, ed25519) = (rsa(), ed25519());
    let mail = signed(&issue(), vec![Arc::clone(&ed25519), Arc::clone(&rsa)], &[]);
    assert_eq!(verify(&mail, &[&rsa, &ed25519]), [DkimResult::Pass, DkimResult::Pass]);
    let text = String::from_utf8(mail).unwrap();
    assert!(text.starts_with("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=news.example.com;\r\n"));
    assert!(text.contains("DKIM-Signature: v=1; a=ed25519-sha256;"));
    let head = text.split("\r\n\r\n").next().unwrap();
    assert!(head.split("\r\n").all(|line| line.len() <= 100), "{head}");
}

#[test]
fn what_a_mailbox_provider_asks_for_is_signed() {
    let mail = String::from_utf8(signed(&issue(), vec![rsa()], &[])).unwrap();
    let value = mail.split(";\r\n h=").nth(1).unwrap().split(';').next().unwrap().replace("\r\n ", "");
    let names: Vec<&str> = value.split(':').collect();
    let times = |wanted: &str| names.iter().filter(|name| **name == wanted).count();
    for name in [
        "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Id",
        "List-Unsubscribe", "List-Unsubscribe-Post",
    ] {
        assert_eq!(times(name), 2, "{name} is signed once more than it stands: {value}");
    }
    for name in ["Cc", "Sender", "In-Reply-To", "References", "Content-Transfer-Encoding", "Feedback-ID"] {
        assert_eq!(times(name), 1, "{name} in {value}");
    }
    for name in ["Content-Language", "List-Archive", "X-Auto-Response-Suppress", "Received"] {
        assert_eq!(times(name), 0, "{name} in {value}");
    }
    assert!(!mail.contains(" l=") && !mail.contains(" x="));
    assert!(mail.contains("; t=1790000000;"), "the time of the first try");
}

#[test]
fn what_is_put_on_top_breaks_the_signature_unless_it_protects_nobody() {
    let signer = rsa();
    let mail = String::from_utf8(signed(&issue(), vec![Arc::clone(&signer)], &[])).unwrap();
    let with = |field: &str| verify(format!("{field}\r\n{mail}").as_bytes(), &[&signer]) == [DkimResult::Pass];
    for field in [
        "Subject: Your account",
        "To: thief@example.net",
        "From: Bank <bank@example.net>",
        "Reply-To: thief@example.net",
        "Date: Tue, 22 Sep 2026 00:00:00 +0000",
        "Message-ID: <x@example.net>",
        "Content-Type: text/html",
        "Content-Transfer-Encoding: base64",
        "MIME-Version: 1.0",
        "Cc: thief@example.net",
        "Sender: thief@example.net",
        "In-Reply-To: <x@example.net>",
        "References: <x@example.net>",
        "List-Id: <x.example.net>",
        "List-Unsubscribe: <https://example.net/>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(!with(field), "{field}");
    }
    for field in ["Feedback-ID: 1:ses:x:y", "Content-Language: en-US", "Received: from a by b", "X-Spam: no"] {
        assert!(with(field), "{field}");
    }
}

#[test]
fn headers_that_a_relay_rewrites_are_not_signed() {
    let signer = rsa();
    let mail = signed(&issue(), vec![Arc::clone(&signer)], &["message-id", "Date", "From"]);
    let text = String::from_utf8(mail).unwrap();
    let rewritten = text
        .split("\r\n")
        .map(|line| match line.split(':').next() {
            Some("Message-ID") => "Message-ID: <0102@eu-west-1.amazonses.com>",
            Some("Date") => "Date: Tue, 22 Sep 2026 00:00:00 +0000",
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\r\n");
    assert_ne!(rewritten, text);
    assert_eq!(verify(rewritten.as_bytes(), &[&signer]), [DkimResult::Pass]);
    assert!(text.contains("h=From:"), "From is always signed");
}

/// Relays take such fields off, or put others in their place.
#[test]
fn what_a_relay_wants_stands_first_and_is_not_signed() {
    let signer = rsa();
    let fields = "X-PM-Message-Stream: broadcast\r\nX-Mailgun-Tag: weekly\r\n";
    let with = |extra_headers: &str, signers| {
        let profile = Profile { signers, extra_headers: extra_headers.to_owned(), ..Profile::default() };
        let skeleton = Skeleton::build(&newsletter(), PUBLIC_URL, &issue(), &profile).unwrap();
        let (reader_address, mut mail) = (address("anna@example.org"), Vec::new());
        skeleton.fill(&keys(), &reader(&reader_address), &mut mail).unwrap();
        String::from_utf8(mail).unwrap()
    };
    let (without, mail) = (with("", vec![Arc::clone(&signer)]), with(fields, vec![Arc::clone(&signer)]));
    assert_eq!(mail, format!("{fields}{without}"), "they change nothing else");
    assert_eq!(mail, with(fields, vec![Arc::clone(&signer)]), "the same delivery is the same email by this relay");
    assert_eq!(verify(mail.as_bytes(), &[&signer]), [DkimResult::Pass]);
    assert_eq!(verify(without.as_bytes(), &[&signer]), [DkimResult::Pass], "taken off it verifies as well");
    let signed = mail.split(";\r\n h=").nth(1).unwrap().split(';').next().unwrap().to_ascii_lowercase();
    assert!(!signed.contains("x-"), "{signed}");
    assert_eq!(with(fields, Vec::new()), format!("{fields}{}", with("", Vec::new())));
}

#[test]
fn a_changed_mail_does_not_verify() {
    let signer = rsa();
    let mail = String::from_utf8(signed(&issue(), vec![Arc::clone(&signer)], &[])).unwrap();
    for (from, to) in [
        ("Every settlement", "Each settlement"),
        ("Subject: The", "Subject: A"),
        ("List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Unsubscribe-Post: no"),
        ("From: \"The Week", "From: evil@example.net\r\nFrom: \"The Week"),
        ("\r\nTo: \"Anna Berg\"", "\r\nTo: \"Anna  Burg\""),
    ] {
        assert!(mail.contains(from), "{from}");
        let changed = mail.replacen(from, to, 1);
        assert_ne!(verify(changed.as_bytes(), &[&signer]), [DkimResult::Pass], "{from} -> {to}");
    }
    let relaxed =
        mail.replacen("To: \"Anna Berg\"", "to:   \"Anna\r\n Berg\"", 1).replacen(" moment.   It ", " moment. It ", 1);
    assert_eq!(verify(relaxed.as_bytes(), &[&signer]), [DkimResult::Pass], "white space is relaxed");
}

#[test]
fn the_same_delivery_is_the_same_mail_to_the_byte() {
    let signers = || vec![rsa(), ed25519()];
    assert_eq!(signed(&issue(), signers(), &[]), signed(&issue(), signers(), &[]));
}

#[test]
fn a_record_names_selector_and_domain() {
    let record = rsa().dns_record().unwrap();
    assert_eq!(record.name, "s2026._domainkey.news.example.com");
    assert!(record.value.starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"), "{}", record.value);
    assert!(record.quoted().split("\" \"").all(|string| string.trim_matches('"').len() <= 255));
    assert!(ed25519().dns_record().unwrap().value.starts_with("v=DKIM1; k=ed25519; p="));
}

#[test]
fn a_signer_does_not_print_its_key() {
    let shown = format!("{:?}", rsa());
    assert_eq!(shown, "Signer { domain: \"news.example.com\", selector: \"s2026\", .. }");
    assert!(Signer::new("news.example.com\r\nBcc: x", "s", &RSA).is_err());
    assert!(Signer::new("news.example.com", "s; t=y", &RSA).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_content_is_signed_so_that_it_verifies(
        subject in "\\PC{1,120}",
        html in "(\\PC{0,30}|\n|\r\n| {1,5}|\t|\\.){0,40}",
        text in "(\\PC{0,30}|\n|\r\n| {1,5}|\t|\\.){0,40}",
    ) {
        let (rsa, ed25519) = (rsa(), ed25519());
        let content = Content { subject, ..content(&html, &text) };
        let mail = signed(&content, vec![Arc::clone(&rsa), Arc::clone(&ed25519)], &[]);
        prop_assert_eq!(verify(&mail, &[&rsa, &ed25519]), [DkimResult::Pass, DkimResult::Pass]);
    }
}
