//! Variables of the environment over the file.

use super::{GOOD, parse, refused};

#[test]
fn a_variable_is_stronger_than_the_file() {
    let config = parse(
        GOOD,
        &[
            ("CORANTO__PUBLIC_URL", "https://other.example"),
            ("CORANTO__SERVER__LISTEN", "0.0.0.0:80"),
            ("CORANTO__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("CORANTO__NEWSLETTERS__WEEK__SLOT", "Mon 08:00,Thu 08:00"),
            ("CORANTO__NEWSLETTERS__WEEK__ALLOW_HTML", "true"),
            ("CORANTO__RELAYS__MAIN__PORT", "2525"),
            ("CORANTO__RELAYS__1__CONNECTIONS", "3"),
            ("CORANTO__RELAYS__SPARE_ONE__WEIGHT", "4"),
            ("CORANTO__DELIVERY__DOMAIN_RATES__GMAIL", "600"),
            ("CORANTO_CONFIG", "elsewhere.toml"),
            ("HOME", "/root"),
        ],
    )
    .unwrap();
    assert_eq!(config.public_url.as_str(), "https://other.example/");
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:80");
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.newsletters[0].slots.len(), 2);
    assert!(config.newsletters[0].allow_html);
    assert_eq!((config.relays[0].port, config.relays[1].connections, config.relays[1].weight), (2525, 3, 4));
    assert_eq!(config.delivery.domain_rates.values().map(|rates| rates.per_minute).collect::<Vec<_>>(), [Some(600)]);
}

#[test]
fn a_whole_installation_can_be_told_by_variables() {
    let config = parse(
        "",
        &[
            ("CORANTO__PUBLIC_URL", "https://news.example.com"),
            ("CORANTO__SECRET_KEY", "1:1111111111111111111111111111111111111111111111111111111111111111"),
            ("CORANTO__NEWSLETTERS__THE_WEEK__NAME", "The Week"),
            ("CORANTO__NEWSLETTERS__THE_WEEK__FROM", "Week <week@example.com>"),
            ("CORANTO__NEWSLETTERS__THE_WEEK__POSTAL_ADDRESS", "1 Example Street"),
            ("CORANTO__RELAYS__0__NAME", "main"),
            ("CORANTO__RELAYS__0__HOST", "smtp.example.com"),
        ],
    )
    .unwrap();
    assert_eq!(config.newsletters[0].slug, "the-week");
    assert_eq!(config.relays[0].port, 465);
}

#[test]
fn a_variable_decides_between_a_secret_and_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "from a file\n").unwrap();
    let password = |text: &str, env: &[(&str, &str)]| {
        parse(text, env).map(|config| config.relays[0].password.clone().unwrap().expose().to_owned())
    };
    let path = file.display().to_string();
    assert_eq!(password(GOOD, &[("CORANTO__RELAYS__MAIN__PASSWORD_FILE", &path)]).unwrap(), "from a file");
    let by_file = GOOD.replace("password = \"hunter2\"", "password_file = \"/nowhere\"");
    // Not by its name: the password itself may stand there by mistake.
    let said = refused(&by_file, &[]);
    assert!(said.contains("password_file: the file cannot be read") && !said.contains("/nowhere"), "{said}");
    assert_eq!(password(&by_file, &[("CORANTO__RELAYS__MAIN__PASSWORD", "given")]).unwrap(), "given");
    let both = [("CORANTO__RELAYS__MAIN__PASSWORD", "given"), ("CORANTO__RELAYS__MAIN__PASSWORD_FILE", path.as_str())];
    assert_eq!(
        password(GOOD, &both).unwrap(),
        "from a file",
        "the later of two variables, in the order of their names"
    );
}

#[test]
fn a_variable_that_is_no_key_is_refused_by_its_name() {
    insta::assert_snapshot!(refused(
        GOOD,
        &[
            ("CORANTO__SEVER__LISTEN", "0.0.0.0:80"),
            ("CORANTO__RELAYS__MAIN__PORT", "many"),
            ("CORANTO__RELAYS__7__PORT", "25"),
            ("CORANTO__NEWSLETTERS__WEEK__ALLOW_HTML", "yes"),
            ("CORANTO__NEWSLETTERS__WEEK__TIMEZONE", "UTC"),
            ("CORANTO__SERVER__LISTEN", "nowhere"),
            ("CORANTO__", "x"),
        ]
    ));
}
