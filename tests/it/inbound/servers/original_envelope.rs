//! A relay that writes its own return path says whose email failed by the envelope identifier alone (RFC 3461, 4.4).

use coranto::domain::cause::Certainty;
use coranto::store::Db;

use super::postfix::{self, Postfix};
use super::{BOUNCE_DOMAIN, assert_reported, put_in, recipe, send_through};
use crate::harness::database::both_databases;
use crate::inbound::listening::Door;
use crate::inbound::post::Post;

async fn reported(db: Db, asks: bool) {
    if !postfix::is_here() {
        return;
    }
    let mut post = Post::new(db, &["anna"]).await;
    let door = Door::open(&post, None).await;
    let main = put_in(&recipe("relay_domains = "), "2424", &door.lmtp.port().to_string());
    let main = format!(
        "{main}sender_canonical_classes = envelope_sender\nsender_canonical_maps = static:fbl@{BOUNCE_DOMAIN}\n"
    );
    let postfix = Postfix::start(post.stage.sink.addr().port(), &main, "");
    post.stage.settings.relays[0].dsn = asks;
    send_through(&mut post, postfix.port).await;
    assert_eq!(post.letter("anna").from, format!("fbl@{BOUNCE_DOMAIN}"), "the return path has no token");
    // Whoever has a forwarded email has its Message-ID: a report that has nothing else is likely at most.
    assert_reported(&post, if asks { Certainty::Certain } else { Certainty::Likely }).await;
    door.close().await;
    assert_eq!(post.settle().await.suppressed, u64::from(asks));
}

both_databases! {
    async fn a_report_is_known_by_its_envelope_identifier(db: Db) {
        reported(db, true).await;
    }

    async fn without_the_identifier_it_is_known_by_the_message_id(db: Db) {
        reported(db, false).await;
    }
}
