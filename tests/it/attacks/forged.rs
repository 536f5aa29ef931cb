//! Reports that somebody makes up: none of them costs a reader anything that the holder of an email could not do with
//! its links.

use coranto::domain::notice::Effect;
use coranto::domain::subscriber::SubscriptionState;
use coranto::store::Db;
use coranto::token::{Keyring, Purpose};

use crate::harness::database::both_databases;
use crate::inbound::post::{DAY, Post, bounce, complaint, dead, letter};

const VICTIM: &str = "anna@example.net";
const DOMAIN: &str = "bounce.news.example.org";

/// The victim is as before, whatever is settled.
async fn assert_untouched(post: &Post, what: &str) {
    post.settle().await;
    assert_eq!(post.standing("anna").await, (SubscriptionState::Active, None), "{what}");
    assert_eq!(post.suppressed().await, 0, "{what}");
    let notices = post.notices().await;
    let counts = |effect| matches!(effect, Effect::Waiting | Effect::Counted | Effect::Suppressed | Effect::Held);
    let struck = notices.iter().find(|one| one.email.as_deref() == Some(VICTIM) && counts(one.effect));
    assert!(struck.is_none(), "{what}: {struck:?}");
}

/// The local part's token in a return path.
fn token(from: &str) -> &str {
    from.split(['+', '@']).nth(1).unwrap()
}

both_databases! {
    async fn a_made_up_report_has_no_effect(db: Db) {
        let post = Post::new(db, &["anna", "mallory"]).await;
        let (anna, mallory) = (post.letter("anna"), post.letter("mallory"));
        let foreign = Keyring::parse(&Keyring::generate()).unwrap();
        let real = token(&anna.from);
        let flipped = |at: usize| {
            let other = if real.as_bytes()[at] == b'a' { "b" } else { "a" };
            format!("b+{}{other}{}@{DOMAIN}", &real[..at], &real[at + 1..])
        };
        let id = anna.field("message-id");
        let message_token = id.trim_matches(['<', '>']).split('@').next().unwrap().to_owned();
        let to_nobody = format!("bounces@{DOMAIN}");
        let mut cases = vec![
            ("no token", to_nobody.clone(), dead(&to_nobody, VICTIM, "")),
            ("a foreign key", format!("b+{}@{DOMAIN}", foreign.seal_bounce(1, None)), dead(&to_nobody, VICTIM, "")),
            ("a foreign key, long", format!("b+{}@{DOMAIN}", foreign.seal(Purpose::Bounce, 1)), dead(&to_nobody, VICTIM, "")),
            ("another purpose", format!("b+{message_token}@{DOMAIN}"), dead(&to_nobody, VICTIM, "")),
            ("another purpose, to unsubscribe", format!("u+{message_token}@{DOMAIN}"), letter(&to_nobody, "", "unsubscribe", "")),
            ("named by X-Failed-Recipients", to_nobody.clone(),
             letter(&to_nobody, &format!("X-Failed-Recipients: {VICTIM}\r\n"), "Mail delivery failed", "no such user")),
            ("a complaint that names an address", to_nobody.clone(),
             complaint(&to_nobody, "abuse", &format!("To: {VICTIM}\r\nMessage-ID: <1@elsewhere.example>"))),
            ("an inline forward", to_nobody.clone(),
             letter(&to_nobody, "", "Fwd: An issue", &format!("-- Forwarded --\r\n{}", anna.header()))),
        ];
        let attached = letter(&to_nobody, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"m\"\r\n", "Fwd: An issue",
            &format!("--m\r\nContent-Type: text/plain\r\n\r\nLook at this\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n{}\r\n--m--", anna.text));
        cases.push(("a forward as attachment", to_nobody.clone(), attached));
        for at in 0..real.len() {
            cases.push(("a changed letter", flipped(at), dead(&to_nobody, VICTIM, "")));
        }
        for (what, recipient, report) in &cases {
            post.bring(&[(Some(recipient), report), (None, &report.replace(&to_nobody, recipient))]).await;
            assert_untouched(&post, what).await;
        }
        // With a token of one's own one accuses oneself, whomever the report names.
        let theirs = bounce(&mallory.from, VICTIM, "5.1.1", "550 5.1.1 unknown", "");
        post.bring_one(Some(&mallory.from), &theirs).await;
        assert_untouched(&post, "somebody else's token").await;
        assert_eq!(post.notices().await[0].email.as_deref(), Some("mallory@example.net"));
    }

    async fn a_report_that_is_played_again_counts_once(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let anna = post.letter("anna");
        let likely = dead("x@provider.example", VICTIM, &format!("Message-ID: {}", anna.field("message-id")));
        let batch: Vec<(Option<&str>, &str)> = vec![(None, &likely); 100];
        for _ in 0..10 {
            post.bring(&batch).await;
        }
        // And in other words.
        for (status, said) in [("5.2.1", "550 5.2.1 disabled"), ("5.1.2", "550 5.1.2 no such domain"), ("5.2.2", "552 5.2.2 full")] {
            let copy = format!("Message-ID: {}", anna.field("message-id"));
            post.bring_one(None, &bounce("x@provider.example", VICTIM, status, said, &copy)).await;
        }
        for _ in 0..3 {
            post.settle().await;
            post.stage.clock.advance(DAY * 6);
        }
        let counted = post.notices().await.iter().filter(|one| one.effect == Effect::Counted).count();
        assert_eq!((counted, post.suppressed().await), (1, 0), "one email is one strike");
    }

    async fn a_number_that_comes_again_is_another_email(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let ben = post.letter("ben");
        let id = post.stage.row(post.issue, "ben").await.id;
        // A backup without this email was restored; its number is now one of anna's.
        let mut tx = post.stage.db.begin().await.unwrap();
        let anna = post.stage.subscription("anna").await;
        tx.sql("DELETE FROM deliveries WHERE id <> $1").bind(id).execute().await.unwrap();
        tx.sql("UPDATE deliveries SET subscription_id = $2 WHERE id = $1").bind(id).bind(anna).execute().await.unwrap();
        tx.commit().await.unwrap();
        for report in [
            dead(&ben.from, VICTIM, ben.header()),
            dead(&ben.from, "ben@example.net", &format!("Message-ID: {}", ben.field("message-id"))),
        ] {
            post.bring_one(Some(&ben.from), &report).await;
            assert_untouched(&post, "a number that comes again").await;
        }
    }

    async fn who_holds_a_forwarded_email_does_no_more_than_its_links_do(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let anna = post.letter("anna");
        let fbl = format!("fbl@{DOMAIN}");
        post.bring_one(Some(&fbl), &complaint(&fbl, "abuse", anna.header())).await;
        assert_eq!(post.standing("anna").await.0, SubscriptionState::Unsubscribed, "as its link to unsubscribe does");
        let copy = anna.header().to_owned();
        for (status, said) in [("5.1.1", "550 5.1.1 unknown user"), ("5.1.2", "550 5.1.2 host unknown")] {
            post.bring_one(Some(&fbl), &bounce(&fbl, VICTIM, status, said, &copy)).await;
            post.settle().await;
        }
        assert_eq!(post.suppressed().await, 0, "other newsletters go on");
    }
}
