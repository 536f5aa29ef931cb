//! The sample issues as whole mails, before a checker that was written without knowledge of this program.

use std::path::Path;
use std::process::Command;

use coranto::clock::Timestamp;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::{DeliveryId, SubscriptionId};
use coranto::message::{Content, Profile, Recipient, Skeleton};
use coranto::token::Keyring;

use super::ground::{PUBLIC_URL, compose, newsletter, sample};

#[test]
fn the_samples_pass_the_checks_of_a_stranger() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/judges/message_checks.py");
    if !script.is_file() {
        println!("skipped: there is no {}", script.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["2026-11-20-the-calendar-is-not-an-agreement.md", "2026-11-13-a-short-week.md"] {
        let mail = folder.path().join(name).with_extension("eml");
        std::fs::write(&mail, mail_of(name)).unwrap();
        match Command::new("python3").arg(&script).arg(&mail).output() {
            Err(error) => println!("skipped: python3 did not start: {error}"),
            Ok(output) => assert!(output.status.success(), "{name}\n{}", String::from_utf8_lossy(&output.stdout)),
        }
    }
}

fn mail_of(name: &str) -> Vec<u8> {
    let parts = compose(&sample(name), &newsletter()).unwrap();
    let content = Content {
        kind: DeliveryKind::Issue,
        subject: parts.subject,
        html: parts.html,
        text: parts.text,
        language: parts.language,
        slug: Some("the-slug".to_owned()),
        digest: [7; 32],
    };
    let keys = Keyring::parse(&format!("1:{}", "2a".repeat(32))).unwrap();
    let address = "reader@example.net".parse().unwrap();
    let reader = Recipient {
        delivery: DeliveryId(1),
        subscription: Some(SubscriptionId(2)),
        consent: None,
        request: None,
        format: coranto::domain::subscriber::Format::Html,
        address: &address,
        name: None,
        subscribed_at: Some(Timestamp(1_746_000_000_000)),
        date: Timestamp(1_795_000_000_000),
    };
    let mut out = Vec::new();
    let skeleton = Skeleton::build(&newsletter(), PUBLIC_URL, &content, &Profile::default()).unwrap();
    skeleton.fill(&keys, &reader, &mut out).unwrap();
    out
}
