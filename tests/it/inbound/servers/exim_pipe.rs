//! Exim starts `coranto bounces receive` for a report, as the recipe says.

use coranto::domain::cause::Certainty;

use super::exim::{self, Exim};
use super::{Piped, assert_reported, put_in, recipe, send_through};
use crate::harness::database::{Fresh, both_databases};
use crate::inbound::post::{HOUR, Post};

both_databases! {
    async fn exim_pipes_a_report(fresh: Fresh) {
        let Some(program) = exim::find() else { return };
        let mut post = Post::of_today(fresh.db.clone(), &["anna"]).await;
        let piped = Piped::new(&fresh.url);
        let router = put_in(&recipe("coranto:"), "coranto_lmtp", "coranto_pipe");
        let runs_as = piped.runs_as;
        let users = format!("user = {}\n  group = {}", runs_as.user, runs_as.group);
        let transport = put_in(&piped.in_recipe(&recipe("coranto_pipe:")), "user = coranto", &users);
        let exim = Exim::start(program, runs_as, post.stage.sink.addr().port(), &router, &transport);
        send_through(&mut post, exim.port).await;
        assert_reported(&post, Certainty::Certain).await;
        // The command has the machine's clock, and the test a later one.
        post.stage.clock.advance(HOUR);
        assert_eq!(post.settle().await.suppressed, 1);
    }
}
