//! Postfix writes a report and hands it to the listener, in LMTP as the recipe says, and in SMTP.

use coranto::domain::cause::Certainty;
use coranto::store::Db;

use super::postfix::{self, Postfix};
use super::{assert_reported, put_in, recipe, send_through};
use crate::harness::database::both_databases;
use crate::inbound::listening::Door;
use crate::inbound::post::Post;

async fn reported(db: Db, lmtp: bool) {
    if !postfix::is_here() {
        return;
    }
    let mut post = Post::new(db, &["anna"]).await;
    let door = Door::open(&post, None).await;
    let main = recipe("relay_domains = ");
    let main = if lmtp {
        put_in(&main, "2424", &door.lmtp.port().to_string())
    } else {
        put_in(&main, "lmtp:inet:127.0.0.1:2424", &format!("smtp:[127.0.0.1]:{}", door.smtp.port()))
    };
    let postfix = Postfix::start(post.stage.sink.addr().port(), &main, "");
    send_through(&mut post, postfix.port).await;
    assert_reported(&post, Certainty::Certain).await;
    door.close().await;
    assert_eq!(post.settle().await.suppressed, 1);
}

both_databases! {
    async fn postfix_hands_a_report_on_in_lmtp(db: Db) {
        reported(db, true).await;
    }

    async fn postfix_delivers_a_report_in_smtp(db: Db) {
        reported(db, false).await;
    }
}
