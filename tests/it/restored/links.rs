//! The unsubscribe links of readers, and who is subscribed after they were pressed.

use std::fs;
use std::net::SocketAddr;

use coranto::store::{Db, marks, newsletters, subscriptions};
use coranto::token::{Keyring, Purpose};
use serde_json::Value;

use crate::harness::http::post;

use super::scene::{Scene, WEB_HOST};

pub(super) type Tokens = Vec<String>;

/// The tokens of the unsubscribe links of these readers, as the program seals them.
pub(super) async fn tokens(scene: &Scene, readers: &[String]) -> Tokens {
    let keys = Keyring::parse(&fs::read_to_string(scene.home.path().join("secret.key")).unwrap()).unwrap();
    let db = Db::open(&scene.url).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let newsletter = newsletters::find(&mut tx, "week").await.unwrap().unwrap();
    let mut sealed = Vec::new();
    for reader in readers {
        let found = subscriptions::find(&mut tx, newsletter, reader).await.unwrap().unwrap();
        let mark = marks::of_subscription(&mut tx, found.id).await.unwrap().unwrap().mark;
        sealed.push(keys.seal_row(Purpose::Unsubscribe, found.id.0.cast_unsigned(), mark));
    }
    drop(tx);
    db.close().await;
    sealed
}

/// Presses each as a mailbox provider does (RFC 8058). Returns what was answered.
pub(super) async fn press(web: SocketAddr, tokens: &[String]) -> Vec<u16> {
    let mut answers = Vec::new();
    for token in tokens {
        let request = post(&format!("/u/{token}")).header("host", WEB_HOST);
        let answer = request.form(&[("List-Unsubscribe", "One-Click")]).send_to(web).await.unwrap();
        answers.push(answer.status.as_u16());
    }
    answers
}

/// Every reader with the state, by address.
pub(super) fn states(scene: &Scene) -> Vec<(String, String)> {
    let listed = scene.command(&["--json", "subscribers", "list", "--limit", "0"]);
    let of = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        (value["email"].as_str().unwrap().to_owned(), value["state"].as_str().unwrap().to_owned())
    };
    let mut all: Vec<_> = listed.stdout.lines().filter(|line| line.contains("\"email\"")).map(of).collect();
    all.sort();
    all
}
