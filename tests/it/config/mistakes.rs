//! What a person reads when a configuration is wrong.

use super::{GOOD, parse, refused};

#[test]
fn every_mistake_is_named_at_once_down_the_file() {
    let text = r#"
public_url = "http://news.example.com"
databse = "sqlite://coranto.db"
secret_key = "1:abc"
listen = "127.0.0.1:80"

[server]
listen = "localhost"
trusted_proxies = ["10.0.0.0/8", "10.0.0.0/64", 3]

[newsletters.The_Week]
name = "The Week"
from = "week"
time_zone = "Prague"
slot = ["Fri 09:00", "Fri 9am"]
grace_hours = 6.5
uncertain = "maybe"
colour = "red"

[newsletters.week.dkim]
selector = "a b"

[[relays]]
name = "main"
host = "smtp.example.com:465"
port = 70000
tls = "none"
username = "week"

[[relays]]
name = "other"
host = "smtp.example.com"
tls = "none"
connections = "ten"

[[relays]]
name = "other"
host = "smtp.example.com"

[delivery]
retry_hours = 0

[signup]
confirmations_per_day = 10
"#;
    insta::assert_snapshot!(refused(text, &[("CORANTO__SERVER__LISTNE", "x"), ("CORANTO__RELAYS__NINE__PORT", "25")]));
}

#[test]
fn a_design_that_cannot_be_is_refused() {
    let text = format!(
        "{}welcome_latest = true\nimages = \"attach\"\n[newsletters.week.design]\naccent = \"red\"\nfont = \"Comic Sans\"\n\
         heading_font = \"Georgia\"\nheader = \"a\\nb\"\nfooter = \"{}\"\nlogo = 3\ncolour = \"#123456\"\n",
        GOOD.split("\n[[relays]]").next().unwrap(),
        "x".repeat(201),
    );
    insta::assert_snapshot!(refused(&text, &[]));
}

#[test]
fn a_syntax_error_has_its_place() {
    insta::assert_snapshot!(refused("public_url = https://x\n[server\nlisten = \"a\"\n", &[]));
}

#[test]
fn a_duplicate_key_is_refused_where_it_stands() {
    insta::assert_snapshot!(refused("public_url = \"https://a.example\"\npublic_url = \"https://b.example\"\n", &[]));
}

#[test]
fn an_empty_file_says_what_is_needed() {
    insta::assert_snapshot!(refused("", &[]));
}

#[test]
fn sections_of_the_wrong_shape_are_explained() {
    let text = GOOD.replace("[[relays]]\nname = \"spare-one\"\nhost = \"127.0.0.1\"\ntls = \"none\"\n", "");
    insta::assert_snapshot!(refused(
        &format!("server = 3\nsignup = \"strict\"\n{}", text.replace("[[relays]]", "[relays.main]")),
        &[]
    ));
}

#[test]
fn a_secret_is_not_repeated_in_a_message() {
    let text = GOOD.replace("secret_key = \"1:", "secret_key = \"hunter3:").replace("\"hunter2\"", "[\"hunter2\"]");
    let message =
        refused(&text, &[("CORANTO__DATABASE", "postgers://u:hunter4@h/d"), ("CORANTO__RELAYS__0__PORT", "hunter5")]);
    assert!(!message.contains("hunter"), "{message}");
    assert_eq!(message.matches("hint").count(), 1, "{message}");
}

#[test]
fn a_newsletter_is_not_called_like_a_page() {
    for taken in ["n", "u", "assets", "privacy", "subscribe", "link", "embed"] {
        let text = GOOD.replace("[newsletters.week]", &format!("[newsletters.{taken}]"));
        assert!(refused(&text, &[]).contains("taken by the web server"), "{taken}");
    }
}

#[test]
fn plaintext_to_another_machine_needs_the_operators_word() {
    let open = GOOD.replace("host = \"127.0.0.1\"", "host = \"mail.internal\"");
    assert!(refused(&open, &[]).contains("relays.spare-one.tls"));
    assert!(parse(&format!("{open}plaintext_is_acceptable = true\n"), &[]).is_ok());
}

#[test]
fn what_is_not_a_readable_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coranto.toml");
    let load = || {
        let error = coranto::config::Config::load(&path, &[]).err().expect("it is refused").to_string();
        error.replace(&folder.path().display().to_string(), "DIR")
    };
    assert!(load().contains("`coranto init` makes one"));
    std::fs::write(&path, b"public_url = \"x\"\nname = \"\xe9t\xe9\"\n").unwrap();
    assert_eq!(load(), "DIR/coranto.toml:2:9: this is not UTF-8\n  hint: save the file as UTF-8");
    std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(load().contains("no configuration is so large"));
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert!(load().contains("cannot be read"));
}
