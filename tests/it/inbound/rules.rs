//! Rules of the operator go first: in replies of a relay, in reports, and in what `explain` says.

use coranto::config::Config;
use coranto::domain::cause::{Cause, OperatorRule, OperatorRules};
use coranto::inbound::Intake;
use coranto::store::Db;

use super::post::{HOUR, Post, bounce};
use crate::cli::{fails, installation, json, ok};
use crate::delivery::stage::DeliveryFixture;
use crate::harness::database::both_databases;

/// What the sink says to `permfail-...`, and what the report below quotes.
fn rules() -> OperatorRules {
    let rule = |words, cause, to: Option<&str>| OperatorRule::new(words, cause, to.map(str::to_owned)).unwrap();
    OperatorRules::new(vec![
        rule("no such mailbox", Cause::Full, Some("gmail")),
        rule("no such mailbox", Cause::Disabled, Some("example.net")),
        rule("the box is asleep", Cause::Filtered, None),
    ])
}

both_databases! {
    async fn a_refusal_is_what_the_operator_says(db: Db) {
        let mut stage = DeliveryFixture::new(db).await;
        stage.settings.rules = rules();
        stage.readers(&["permfail-x", "ben"]).await;
        let issue = stage.issue("first").await;
        stage.run_until(issue, |totals| totals.sent == 1 && totals.failed == 1).await;
        let intake = Intake::new(stage.db.clone(), stage.keys.clone(), HOUR);
        let post = Post { stage, issue, intake };
        let notice = post.notices().await.remove(0);
        assert_eq!((notice.cause, notice.rule.as_str()), (Cause::Disabled, "operator:2"), "{}", notice.diagnostic);
    }

    async fn a_report_is_what_the_operator_says_by_where_the_email_went(db: Db) {
        let mut post = Post::new(db, &["anna", "ben"]).await;
        post.intake = post.intake.clone().with_rules(rules());
        for (local, said, expected) in [
            ("anna", "550 5.1.1 The BOX is asleep!", (Cause::Filtered, "operator:3")),
            ("ben", "552 5.2.2 Mailbox full", (Cause::Full, "mailbox full")),
        ] {
            let got = post.letter(local);
            // The report names another address: where the email went is known by its token.
            let report = bounce(&got.from, "somebody@gmail.com", "5.0.0", said, "");
            post.bring_one(Some(&got.from), &report).await;
            let notices = post.notices().await;
            let notice = notices.iter().max_by_key(|one| one.id.0).unwrap();
            assert_eq!((notice.cause, notice.rule.as_str()), expected);
        }
    }
}

#[test]
fn explain_goes_by_the_rules_of_a_configuration() {
    let folder = installation();
    let folder = folder.path();
    let file = folder.join("coranto.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    let rules = "[[inbound.rules]]\ncontains = \"mailbox is resting\"\ncause = \"disabled\"\n\n[[inbound.rules]]\ncontains = \"unknown user\"\ncause = \"full\"\ndestination = \"hotmail.fr\"\n";
    std::fs::write(&file, format!("{before}\n{rules}")).unwrap();
    let explained = |more: &[&str]| {
        let args = [&["bounces", "explain", "--stage", "rcpt", "--reply"], more].concat();
        let one = json(folder, &args).remove(0)["recipients"][0].clone();
        (one["cause"].as_str().unwrap().to_owned(), one["rule"].as_str().unwrap().to_owned())
    };
    let is = |cause: &str, rule: &str| (cause.to_owned(), rule.to_owned());
    assert_eq!(explained(&["550 Mailbox is RESTING"]), is("disabled", "operator:1"));
    assert_eq!(explained(&["550 unknown user"]), is("no_mailbox", "unknown user"));
    assert_eq!(explained(&["550 unknown user", "--destination", "outlook.com"]), is("full", "operator:2"));
    let report = bounce("b@bounce.example", "anna@live.de", "5.0.0", "550 Unknown user", "");
    std::fs::write(folder.join("one.eml"), report).unwrap();
    assert_eq!(json(folder, &["bounces", "explain", "one.eml"])[0]["recipients"][0]["rule"], "operator:2");

    // A configuration with mistakes keeps nobody from asking.
    std::fs::write(
        &file,
        format!("{before}\n[[inbound.rules]]\ncontains = \"no\"\ncause = \"ful\"\ndestinaton = \"gmail\"\n"),
    )
    .unwrap();
    let words = ok(folder, &["bounces", "explain", "--reply", "550 unknown user", "--stage", "rcpt"]);
    assert!(words.contains("no_mailbox"), "{words}");
    fails(folder, &["config", "check"], 3);
    let told: Vec<String> =
        Config::load(&file, &[]).err().unwrap().problems.iter().filter_map(|one| one.hint.clone()).collect();
    assert_eq!(told, ["did you mean full?", "did you mean destination?"]);
}
