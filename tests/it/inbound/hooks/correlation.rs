//! What providers hand back stands in the mail that goes through their relays, and in no other.

use coranto::domain::hook::MailService;
use coranto::store::Db;

use super::provider::{Hooked, Told, What};
use crate::delivery::stage::{DeliveryFixture, relay};
use crate::harness::database::both_databases;
use crate::inbound::post::Post;

const NAMES: [&str; 8] = [
    "X-SES-MESSAGE-TAGS", "X-SMTPAPI", "X-Mailgun-Variables", "X-PM-Metadata-coranto", "X-Mailin-custom", "X-MSYS-API",
    "X-MJ-CustomID", "X-Coranto-Id",
];

both_databases! {
    async fn one_relay_may_differ_from_another_for_one_issue(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        let mut other = relay("other", &stage.sink);
        (stage.settings.relays[0].provider, other.provider) = (Some(MailService::Postmark), Some(MailService::Ses));
        stage.settings.relays.push(other);
        let readers: Vec<String> = (0..30).map(|number| format!("reader{number}")).collect();
        let post = Post::of(stage, &readers).await;
        let mut seen = [0; 2];
        for reader in &readers {
            let letter = post.letter(reader);
            let token = letter.field("message-id");
            let token = token.trim_matches(['<', '>']).split('@').next().unwrap();
            let relay = post.stage.row(post.issue, reader).await.relay.unwrap();
            let expected: &[&str] = match relay.as_str() {
                "main" => &["X-PM-Metadata-coranto"],
                _ => &["X-SES-MESSAGE-TAGS", "X-Coranto-Id"],
            };
            seen[usize::from(relay != "main")] += 1;
            let head = letter.header();
            for name in NAMES {
                assert_eq!(head.contains(&format!("{name}: ")), expected.contains(&name), "{relay}: {name}");
            }
            assert!(expected.iter().all(|name| letter.field(name).ends_with(token)), "{head}");
            assert!(head.find(expected[0]) < head.find("From: "), "it stands above what may be signed");
        }
        assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
        // What stands in the field is what names the email.
        let hooked = Hooked::new(post);
        let to = "reader3@example.net";
        let field = hooked.post.letter("reader3");
        let names = ["x-pm-metadata-coranto", "x-coranto-id"];
        let head = field.header().to_ascii_lowercase();
        let name = names.into_iter().find(|name| head.contains(name)).unwrap();
        let token = field.field(name);
        hooked.tell(MailService::Postmark, Told { what: What::Dead, id: "1", token: &token, to }).await;
        assert_eq!(hooked.post.notices().await.remove(0).email.as_deref(), Some(to));
    }
}
