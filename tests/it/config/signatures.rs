//! `[newsletters.SLUG.dkim]`, once or several times.

use coranto::config::{Config, ConfigDocument};

use super::{GOOD, parse, refused};

/// [`GOOD`] with `text` behind its newsletter.
fn with(text: &str) -> String {
    GOOD.replacen("[[relays]]", &format!("{text}\n[[relays]]"), 1)
}

const ONE: &str = "[newsletters.week.dkim]\nselector = \"r1\"\nkey = \"A\"\n";
const TWO: &str = "[[newsletters.week.dkim]]\nselector = \"r1\"\nkey = \"A\"\n\n\
                   [[newsletters.week.dkim]]\ndomain = \"example.com\"\nselector = \"e1\"\nkey = \"B\"\n";

fn keys(config: &Config) -> Vec<(&str, &str, &str)> {
    let keys = config.dkim.get("week").map_or(&[][..], Vec::as_slice);
    keys.iter().map(|key| (key.domain.as_str(), key.selector.as_str(), key.key.expose())).collect()
}

#[test]
fn a_newsletter_has_no_key_one_or_several() {
    let inline = "[newsletters.week.dkim]";
    let listed = GOOD
        .replace("slot =", "dkim = [{ selector = \"r1\", key = \"A\" }, { selector = \"e1\", key = \"B\" }]\nslot =");
    for (text, wanted) in [
        (GOOD.to_owned(), &[][..]),
        (with(ONE), &[("news.example.com", "r1", "A")]),
        (with(TWO), &[("news.example.com", "r1", "A"), ("example.com", "e1", "B")]),
        (with(&ONE.replace(inline, "[[newsletters.week.dkim]]")), &[("news.example.com", "r1", "A")]),
        (listed, &[("news.example.com", "r1", "A"), ("news.example.com", "e1", "B")]),
    ] {
        assert_eq!(keys(&parse(&text, &[]).unwrap()), wanted, "{text}");
    }
    let other_domain = TWO.replace("\"e1\"", "\"r1\"");
    assert_eq!(keys(&parse(&with(&other_domain), &[]).unwrap()).len(), 2, "another name in the DNS");
}

#[test]
fn what_is_wrong_with_one_of_several_keys_is_named_with_its_number() {
    for (from, to, says) in [
        (
            "domain = \"example.com\"\nselector = \"e1\"",
            "selector = \"r1\"",
            "newsletters.week.dkim.1.selector: another key of this newsletter has r1 at news.example.com as well",
        ),
        ("\"B\"", "\"A\"", "newsletters.week.dkim.1.key: it is the key of another selector of this newsletter"),
        ("selector = \"e1\"\n", "", "newsletters.week.dkim.1.selector: it is missing"),
        ("selector = \"e1\"", "selector = \"e 1\"", "newsletters.week.dkim.1.selector: \"e 1\" is not a selector"),
        (
            "selector = \"e1\"",
            "selector = \"e1\"\nslector = \"e2\"",
            "newsletters.week.dkim.1.slector: there is no such key\n  hint: did you mean selector?",
        ),
        ("selector = \"r1\"", "selector = 1", "newsletters.week.dkim.0.selector: it must be a text in quotes"),
    ] {
        let said = refused(&with(&TWO.replace(from, to)), &[]);
        assert!(said.contains(says), "{says}: {said}");
    }
    for (dkim, says) in [
        ("dkim = \"A\"", "newsletters.week.dkim: it must be a section, not a text"),
        ("dkim = [\"A\"]", "newsletters.week.dkim.0: it must be a section, not a text"),
    ] {
        let said = refused(&GOOD.replace("slot =", &format!("{dkim}\nslot =")), &[]);
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn variables_mean_one_of_several_keys_by_its_number() {
    const NAME: &str = "CORANTO__NEWSLETTERS__WEEK__DKIM__";
    let set = |text: &str, env: &[(&str, &str)]| {
        let env: Vec<_> = env.iter().map(|(name, value)| (format!("{NAME}{name}"), *value)).collect();
        let env: Vec<_> = env.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        parse(text, &env).map(|config| {
            keys(&config).iter().map(|(_, selector, key)| format!("{selector}={key}")).collect::<Vec<_>>().join(" ")
        })
    };
    for (text, env, wanted) in [
        (GOOD.to_owned(), &[("SELECTOR", "x"), ("KEY", "K")][..], "x=K"),
        (with(ONE), &[("KEY", "K")], "r1=K"),
        (with(ONE), &[("0__KEY", "K")], "r1=K"),
        (with(ONE), &[("1__SELECTOR", "x"), ("1__KEY", "K")], "r1=A x=K"),
        (with(TWO), &[("1__KEY", "K")], "r1=A e1=K"),
        (with(TWO), &[("2__SELECTOR", "x"), ("2__KEY", "K")], "r1=A e1=B x=K"),
    ] {
        assert_eq!(set(&text, env).unwrap(), wanted, "{env:?}");
    }
    for env in [&[("KEY", "K")][..], &[("3__KEY", "K")]] {
        let said = set(&with(TWO), env).unwrap_err().to_string();
        assert!(said.contains("the file has 2 sections \"dkim\"\n  hint: use the number of one, from 0"), "{said}");
    }
}

#[test]
fn several_keys_are_shown_without_their_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coranto.toml");
    std::fs::write(&path, with(TWO)).unwrap();
    let shown: Vec<_> = ConfigDocument::load(&path, &[])
        .unwrap()
        .settings()
        .into_iter()
        .filter(|setting| setting.key.contains(".dkim."))
        .map(|setting| format!("{} = {}", setting.key, setting.value))
        .collect();
    assert_eq!(
        shown,
        [
            "newsletters.week.dkim.0.selector = \"r1\"",
            "newsletters.week.dkim.0.key = \"***\"",
            "newsletters.week.dkim.0.signs = true",
            "newsletters.week.dkim.1.domain = \"example.com\"",
            "newsletters.week.dkim.1.selector = \"e1\"",
            "newsletters.week.dkim.1.key = \"***\"",
            "newsletters.week.dkim.1.signs = true",
        ]
    );
}
