//! Relays of a newsletter, header fields, limits: what they turn into, and what is refused or warned of.

use coranto::config::{Config, Origin};
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::extra_header::Filling;
use coranto::domain::provider::Provider;
use coranto::domain::quota::{Quota, Rates};

use super::{GOOD, parse, refused};

/// [`GOOD`] with `week` behind the keys of its newsletter and `main` behind those of its first relay.
fn with(week: &str, main: &str) -> String {
    GOOD.replace("slot = \"Fri 09:00\"\n", &format!("slot = \"Fri 09:00\"\n{week}\n"))
        .replace("password = \"hunter2\"\n", &format!("password = \"hunter2\"\n{main}\n"))
}

fn carriers(config: &Config) -> Vec<&str> {
    config.sending["week"].relays.iter().map(String::as_str).collect()
}

#[test]
fn a_newsletter_goes_through_the_relays_it_names_or_all_that_are_open() {
    for (week, main, relays) in [
        ("", "", &["main", "spare-one"][..]),
        ("", "only_named = true", &["spare-one"]),
        ("relays = [\"main\"]", "only_named = true", &["main"]),
        ("relays = \"spare-one\"", "", &["spare-one"]),
        ("relays = [\"spare-one\", \"main\", \"main\"]", "", &["main", "spare-one"]),
    ] {
        assert_eq!(carriers(&parse(&with(week, main), &[]).unwrap()), relays, "{week} {main}");
    }
    let config = parse(GOOD, &[("CORANTO__NEWSLETTERS__WEEK__RELAYS", "spare-one")]).unwrap();
    assert_eq!(carriers(&config), ["spare-one"]);
    let none = GOOD.split("[[relays]]").next().unwrap();
    assert!(carriers(&parse(none, &[]).unwrap()).is_empty(), "without relays mail waits");
}

#[test]
fn a_newsletter_without_a_relay_is_refused_with_its_line() {
    for (week, main, says) in [
        (
            "relays = [\"maine\"]",
            "",
            "coranto.toml:11:11: newsletters.week.relays: there is no relay \"maine\"\n  hint: did you mean \"main\"?",
        ),
        ("relays = [\"ses\"]", "", "there is no relay \"ses\"\n  hint: there are \"main\", \"spare-one\""),
        (
            "relays = [\"main\", \"mian\"]",
            "",
            "coranto.toml:11:19: newsletters.week.relays: there is no relay \"mian\"",
        ),
        (
            "relays = []",
            "",
            "coranto.toml:11:10: newsletters.week.relays: without a relay its mail would wait for ever",
        ),
    ] {
        let said = refused(&with(week, main), &[]);
        assert!(said.contains(says), "{said}");
    }
    let closed = with("", "only_named = true").replace("tls = \"none\"\n", "tls = \"none\"\nonly_named = true\n");
    let said = refused(&closed, &[]);
    assert!(said.starts_with("coranto.toml:5:14: newsletters.week: no relay carries its mail"), "{said}");
    assert!(said.contains("write for instance relays = [\"main\", \"spare-one\"] in it"), "{said}");
    let none = with("relays = [\"main\"]", "");
    let said = refused(none.split("[[relays]]").next().unwrap(), &[]);
    assert!(said.contains("there is no relay \"main\"\n  hint: there is no [[relays]] table yet"), "{said}");
}

#[test]
fn header_fields_are_read_for_their_mails() {
    let text = with(
        "headers = [\"X-Mailgun-Tag: {newsletter}\"]",
        "headers_issues = \"X-PM-Message-Stream: broadcast\"\nheaders_transactional = [\"X-PM-Message-Stream: outbound\"]",
    );
    let config = parse(&text, &[]).unwrap();
    let filling = Filling { newsletter: "week", issue: None, kind: DeliveryKind::Confirmation };
    assert_eq!(config.relays[0].headers.block(&filling), "X-PM-Message-Stream: outbound\r\n");
    assert_eq!(config.sending["week"].headers.block(&filling), "X-Mailgun-Tag: week\r\n");
    let config = parse(GOOD, &[("CORANTO__RELAYS__MAIN__HEADERS", "X-A: 1, X-B: 2")]).unwrap();
    assert_eq!(config.relays[0].headers.block(&filling), "X-A: 1\r\nX-B: 2\r\n");
}

#[test]
fn header_fields_that_cannot_be_added_are_refused_where_they_stand() {
    let eleven: Vec<String> = (0..11).map(|number| format!("\"X-{number}: a\"")).collect();
    let six: Vec<String> = (0..6).map(|number| format!("\"X-{number}: a\"")).collect();
    let six_others: Vec<String> = (6..12).map(|number| format!("\"X-{number}: a\"")).collect();
    let list = |fields: &[String]| format!("headers = [{}]", fields.join(", "));
    for (week, main, says) in [
        (
            "headers = [\"X-A: 1\", \"subject: x\"]".to_owned(),
            String::new(),
            "coranto.toml:11:22: newsletters.week.headers: subject cannot be added: coranto writes it itself\n  hint: take it out",
        ),
        ("headers = \"X-A: 1\\r\\nBcc: x@example.com\"".to_owned(), String::new(), "the value of X-A has a line end"),
        ("headers = \"X-A: é\"".to_owned(), String::new(), "the value of X-A has characters that are not ASCII"),
        (
            "headers = \"X-A: {name}\"".to_owned(),
            String::new(),
            "there is no placeholder {name}\n  hint: write {newsletter}, {issue} or {kind}; nothing of a reader",
        ),
        ("headers = \"X-A\"".to_owned(), String::new(), "\"X-A\" is not a header field\n  hint: write \"Name: value\""),
        (
            "headers = \"X-Auto-Response-Suppress: All\"".to_owned(),
            String::new(),
            "X-Auto-Response-Suppress cannot be added: coranto writes it itself",
        ),
        ("headers = [\"X-A: 1\", \"x-a: 2\"]".to_owned(), String::new(), "an email would have x-a twice"),
        (
            "headers = [\"X-A: 1\"]\nheaders_issues = [\"X-A: 2\"]".to_owned(),
            String::new(),
            "newsletters.week.headers_issues: an email would have X-A twice",
        ),
        (
            "headers_issues = [\"X-A: 1\"]".to_owned(),
            "headers = [\"x-a: 2\"]".to_owned(),
            "newsletters.week.headers_issues: X-A is added by the relay main as well\n  hint: keep one of the two",
        ),
        (list(&eleven), String::new(), "an email would have 11 extra fields, and 10 are allowed"),
        (list(&six), list(&six_others), "through the relay main an email would have 12 extra fields"),
    ] {
        let said = refused(&with(&week, &main), &[]);
        assert!(said.contains(says), "{said}\n lacks {says}");
    }
    // A relay that does not carry the newsletter's mail is not asked.
    let apart = with("relays = [\"spare-one\"]\nheaders = [\"X-A: 1\"]", "headers = [\"X-A: 2\"]");
    assert!(parse(&apart, &[]).is_ok());
}

#[test]
fn limits_are_said_per_minute_hour_and_day() {
    let text = with("", "rate_per_minute = 60\nrate_per_hour = 1000\nrate_per_day = 10_000")
        + "[delivery.domain_rates]\n\
                gmail = 600\nyahoo = { per_hour = 100 }\n[delivery.domain_rates.apple]\nper_minute = 6\nper_day = 50\n";
    let config = parse(&text, &[("CORANTO__DELIVERY__DOMAIN_RATES__OTHER", "{ per_day = 7 }")]).unwrap();
    let main = &config.relays[0];
    assert_eq!(main.rate_per_minute, Some(60));
    assert_eq!(main.quota, Quota { per_hour: Some(1000), per_day: Some(10_000) });
    let rates = |per_minute, per_hour, per_day| Rates { per_minute, quota: Quota { per_hour, per_day } };
    let found: Vec<(Provider, Rates)> = config.delivery.domain_rates.into_iter().collect();
    assert_eq!(found.len(), 4);
    for wanted in [
        (Provider::Gmail, rates(Some(600), None, None)),
        (Provider::Yahoo, rates(None, Some(100), None)),
        (Provider::Apple, rates(Some(6), None, Some(50))),
        (Provider::Other, rates(None, None, Some(7))),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
}

#[test]
fn rates_of_the_wrong_shape_are_refused() {
    for (line, says) in [
        ("gmail = 0", "delivery.domain_rates.gmail: it must be from 1 to 100000000, not 0"),
        ("gmail = \"600\"", "it must be a whole number without quotes, or { per_minute = N"),
        (
            "gmail = { per_hours = 3 }",
            "delivery.domain_rates.gmail.per_hours: there is no such key\n  hint: did you mean per_hour?",
        ),
        ("gmail = { per_hour = 0 }", "delivery.domain_rates.gmail.per_hour: it must be from 1"),
        ("gmail = { per_hour = \"3\" }", "delivery.domain_rates.gmail.per_hour: it must be a whole number"),
        ("gmial = 3", "did you mean gmail?"),
    ] {
        let said = refused(&format!("{GOOD}[delivery.domain_rates]\n{line}\n"), &[]);
        assert!(said.contains(says), "{said}");
    }
    for text in ["many", "1 2", "{ per_hour = 3", "3\nother = 2", "\"3\""] {
        let said = refused(GOOD, &[("CORANTO__DELIVERY__DOMAIN_RATES__GMAIL", text)]);
        assert!(said.contains("it is no rate\n  hint: write 600"), "{text}: {said}");
    }
}

#[test]
fn what_will_do_and_is_hardly_meant_is_warned_of() {
    let warnings = |text: &str| {
        let config = parse(text, &[]).unwrap();
        config.warnings.iter().map(|warning| warning.text("coranto.toml")).collect::<Vec<_>>()
    };
    assert!(warnings(GOOD).is_empty());
    assert_eq!(
        warnings(&with("relays = [\"spare-one\"]", "")),
        ["coranto.toml:13:1: relays.main.only_named: no newsletter names it, so it carries no mail"]
    );
    let idle = warnings(&with("", "only_named = true"));
    assert!(idle.len() == 1 && idle[0].contains("relays.main.only_named: no newsletter names it"), "{idle:?}");
    let day = warnings(&with("", "rate_per_hour = 1000\nrate_per_day = 500"));
    assert!(day[0].contains("relays.main.rate_per_hour: rate_per_hour allows 1000 and rate_per_day 500"), "{day:?}");
    let gmail = warnings(&format!("{GOOD}[delivery.domain_rates]\ngmail = {{ per_hour = 10, per_day = 5 }}\n"));
    assert!(gmail[0].contains("domain_rates.gmail: per_hour allows 10 and per_day 5"), "{gmail:?}");
    let config = parse(&with("", "only_named = true"), &[]).unwrap();
    assert!(matches!(config.warnings[0].place, Origin::File { .. }) && config.warnings[0].hint.is_some());
}
