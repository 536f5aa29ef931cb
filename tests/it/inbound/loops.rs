//! Whatever of ours comes back, by whatever door, no mail is ever sent for it.

use std::time::Duration;

use coranto::domain::delivery::DeliveryKind;
use coranto::store::deliveries::{self, NewDelivery};
use coranto::store::revisions::{self, NewRevision};
use coranto::store::{Db, mailboxes};

use super::imap_server::ImapServer;
use super::listening::Door;
use super::mailbox::{Reading, eventually, settings};
use super::post::{Letter, Post, dead, letter};
use super::wire::Client;
use crate::harness::database::both_databases;

const KINDS: [DeliveryKind; 3] = [DeliveryKind::Confirmation, DeliveryKind::Alarm, DeliveryKind::Test];

/// Sends one mail of each kind that is no issue; with the issue, everything that goes out.
async fn all_kinds(post: &Post) -> Vec<Letter> {
    let now = post.stage.clock.now();
    for kind in KINDS {
        let new = NewRevision {
            kind,
            slug: None,
            title: "Please".to_owned(),
            subject: "Please read".to_owned(),
            preheader: String::new(),
            language: "en".to_owned(),
            html: "<!DOCTYPE html><html lang=\"en\"><body><p>Please</p></body></html>".to_owned(),
            plain: "Please\r\n".to_owned(),
            source: String::new(),
        };
        let to = format!("{kind}@example.net");
        post.stage
            .db
            .write(async |tx| {
                let revision = revisions::ensure(tx, post.stage.newsletter, &new, now).await?;
                let recipient = Some(to.as_str());
                let row = NewDelivery { subscription: None, recipient, revision, request: None, due_at: now };
                deliveries::add(tx, &row).await
            })
            .await
            .unwrap();
    }
    let running = post.stage.start();
    for kind in KINDS {
        eventually("each kind goes out", async || !post.stage.mails(kind.as_str()).is_empty()).await;
    }
    running.stop().await;
    let mut all = vec![post.letter("anna")];
    all.extend(KINDS.map(|kind| post.letter(kind.as_str())));
    all
}

async fn emails(post: &Post) -> i64 {
    let mut tx = post.stage.db.read().await.unwrap();
    tx.sql("SELECT COUNT(*) FROM deliveries").fetch_one::<(i64,)>().await.unwrap().0
}

both_databases! {
    async fn nothing_that_comes_in_is_answered_by_mail(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let sent = all_kinds(&post).await;
        let (before, taken) = (emails(&post).await, post.stage.sink.messages().len());
        let mut fed: Vec<(String, String)> = Vec::new();
        for one in &sent {
            let to = &one.from;
            let answers = format!("In-Reply-To: {}\r\nAuto-Submitted: auto-replied\r\n", one.field("Message-ID"));
            fed.push((to.clone(), one.text.clone()));
            fed.push((to.clone(), letter(to, &answers, "Out of office", "Back on Monday.")));
            fed.push((to.clone(), letter(to, "", "Who are you?", "I do not know you.")));
            fed.push((to.clone(), dead(to, "somebody@example.net", one.header())));
        }
        // The pipe, with and without the address that it came to.
        for (to, text) in &fed {
            post.bring_one(Some(to), text).await;
            post.bring_one(None, text).await;
        }
        let door = Door::open(&post, None).await;
        let mut client = Client::connect(door.lmtp).await;
        client.answer().await;
        assert_eq!(client.code("LHLO mx.example").await, "250");
        for (to, text) in &fed {
            client.bring("", &[to], text).await;
        }
        door.close().await;
        let mails = fed.iter().map(|(_, text)| text.clone().into_bytes()).collect::<Vec<_>>();
        let count = i64::try_from(mails.len()).unwrap();
        let server = ImapServer::start(mails, "MOVE", None).await;
        let reading = Reading::start(&post, settings("office", server.address.port()));
        eventually("read", async || {
            let at = mailboxes::get(&mut post.stage.db.read().await.unwrap(), "office").await.unwrap();
            at.is_some_and(|at| at.last_uid == count)
        })
        .await;
        reading.end().await;
        assert_eq!(emails(&post).await, before, "no email is made");
        let running = post.stage.start();
        tokio::time::sleep(Duration::from_millis(300)).await;
        running.stop().await;
        assert_eq!(post.stage.sink.messages().len(), taken, "and none is sent");
    }
}
