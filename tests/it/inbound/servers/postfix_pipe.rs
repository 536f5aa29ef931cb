//! Postfix starts `coranto bounces receive` for a report, as the recipe says.

use std::net::SocketAddr;

use coranto::domain::cause::Certainty;

use super::postfix::{self, Postfix};
use super::{BOUNCE_DOMAIN, Piped, assert_reported, put_in, recipe, send_through};
use crate::harness::database::{Fresh, both_databases};
use crate::harness::patience::until;
use crate::inbound::post::{HOUR, Post, dead};
use crate::inbound::wire::Client;

fn start(post: &Post, piped: &Piped) -> Postfix {
    let services = piped.in_recipe(&recipe("bounces unix "));
    let services = put_in(&services, "user=coranto", &format!("user={}", piped.runs_as.name()));
    let main =
        format!("relay_domains = {BOUNCE_DOMAIN}\n{}", recipe("transport_maps = inline:{ { bounce.example.com = b"));
    Postfix::start(post.stage.sink.addr().port(), &main, &services)
}

both_databases! {
    async fn postfix_pipes_a_report(fresh: Fresh) {
        if !postfix::is_here() {
            return;
        }
        let mut post = Post::of_today(fresh.db.clone(), &["anna"]).await;
        let piped = Piped::new(&fresh.url);
        let postfix = start(&post, &piped);
        send_through(&mut post, postfix.port).await;
        assert_reported(&post, Certainty::Certain).await;
        // The command has the machine's clock, and the test a later one.
        post.stage.clock.advance(HOUR);
        assert_eq!(post.settle().await.suppressed, 1);
    }

    async fn postfix_pipes_a_report_for_each_of_two_addresses(fresh: Fresh) {
        if !postfix::is_here() {
            return;
        }
        let post = Post::of_today(fresh.db.clone(), &["anna", "ben"]).await;
        let piped = Piped::new(&fresh.url);
        let postfix = start(&post, &piped);
        let (anna, ben) = (post.letter("anna").from, post.letter("ben").from);
        let mut client = Client::connect(SocketAddr::from(([127, 0, 0, 1], postfix.port))).await;
        assert!(client.answer().await.starts_with("220"));
        assert_eq!(client.code("EHLO mx.example").await, "250");
        let report = dead("x@provider.example", "x@example.net", "");
        let (_, answers) = client.bring("", &[&anna, &ben], &report).await;
        assert!(answers[0].starts_with("250"), "{answers:?}");
        until("both are taken in", async || post.notices().await.len() == 2).await;
    }
}
