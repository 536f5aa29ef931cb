//! Exim writes a report and hands it to the listener, in LMTP as the recipe says, and in SMTP.

use coranto::domain::cause::Certainty;
use coranto::store::Db;

use super::exim::{self, Exim};
use super::{assert_reported, put_in, recipe, send_through};
use crate::harness::database::both_databases;
use crate::harness::unprivileged::Unprivileged;
use crate::inbound::listening::Door;
use crate::inbound::post::Post;

async fn reported(db: Db, lmtp: bool) {
    let Some(program) = exim::find() else { return };
    let mut post = Post::new(db, &["anna"]).await;
    let door = Door::open(&post, None).await;
    let (router, transport) = (recipe("coranto:"), recipe("coranto_lmtp:"));
    let port = if lmtp { door.lmtp } else { door.smtp }.port().to_string();
    let mut transport = put_in(&transport, "2424", &port);
    if !lmtp {
        transport = put_in(&transport, "protocol = lmtp", "protocol = smtp");
    }
    let exim = Exim::start(program, Unprivileged::new(), post.stage.sink.addr().port(), &router, &transport);
    send_through(&mut post, exim.port).await;
    assert_reported(&post, Certainty::Certain).await;
    door.close().await;
    assert_eq!(post.settle().await.suppressed, 1);
}

both_databases! {
    async fn exim_hands_a_report_on_in_lmtp(db: Db) {
        reported(db, true).await;
    }

    async fn exim_delivers_a_report_in_smtp(db: Db) {
        reported(db, false).await;
    }
}
