//! What a right configuration turns into.

use coranto::config::{Config, ConfigDocument, RelayTls};
use coranto::domain::design::{CONTRAST_MIN, Colour, Design, Font, ImagesBy, Welcome};
use coranto::domain::newsletter::UncertainPolicy;
use coranto::domain::policy::Policy;

use super::{GOOD, parse};

#[test]
fn absent_keys_have_the_documented_defaults() {
    let config = parse(GOOD, &[]).unwrap();
    let week = &config.newsletters[0];
    assert_eq!(week.from.name, "The Week", "the newsletter's name stands for a missing sender's");
    assert_eq!(week.list_id, "week.news.example.com");
    assert_eq!((week.language.as_str(), week.uncertain), ("en", UncertainPolicy::Resend));
    assert_eq!((week.grace.as_secs(), week.retry_for.as_secs()), (6 * 3600, 48 * 3600));
    assert_eq!(week.issues, std::path::Path::new("/srv/news/issues"));
    assert_eq!(config.database.as_str(), "sqlite:///srv/news/coranto.db");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    let [main, spare] = config.relays.as_slice() else { panic!("there are two relays") };
    assert_eq!((main.tls, main.port, main.connections, main.weight), (RelayTls::Implicit, 465, 10, 1));
    assert_eq!((spare.tls, spare.port, spare.rate_per_minute), (RelayTls::None, 25, None));
    assert_eq!(config.signup.confirmations_per_month, 3);
    assert!(config.dkim.is_empty());
}

#[test]
fn a_newsletter_may_look_its_own_way() {
    let plain = parse(GOOD, &[]).unwrap();
    let (plain, given) = (&plain.newsletters[0], "welcome = true\nwelcome_latest = true\nimages = \"embed\"\n");
    assert_eq!((&plain.design, plain.images, plain.welcome), (&Design::default(), ImagesBy::Link, Welcome::None));
    let design = "\n[newsletters.week.design]\naccent = \"#ffd400\"\nlogo = \"logo.png\"\nfont = \"palatino\"\n\
                  heading_font = \"verdana\"\nheader = \"Every Friday\"\nfooter = \"Printed nowhere.\"\n";
    let text = GOOD.replace("\n[[relays]]\nname = \"main\"", &format!("{given}{design}\n[[relays]]\nname = \"main\""));
    let week = parse(&text, &[]).unwrap().newsletters.remove(0);
    assert_eq!((week.images, week.welcome), (ImagesBy::Embed, Welcome::Latest));
    let look = week.design;
    assert_eq!(look.logo.as_deref(), Some(std::path::Path::new("/srv/news/logo.png")));
    assert_eq!((look.font, look.heading_font), (Font::Palatino, Font::Verdana));
    assert_eq!((look.header.as_deref(), look.footer.as_deref()), (Some("Every Friday"), Some("Printed nowhere.")));
    assert!(look.accent.light.contrast(Colour::WHITE) >= CONTRAST_MIN, "yellow is darkened: {}", look.accent.light);
    assert_eq!(look.accent.dark.to_string(), "#ffd400", "on a dark ground it can be read as it is");
}

#[test]
fn longer_texts_may_stand_in_files_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coranto.toml");
    let read = |key: &str, named: &str| {
        let given = format!("name = \"The Week\"\n{key} = {}", toml::Value::String(named.to_owned()));
        std::fs::write(&path, GOOD.replacen("name = \"The Week\"", &given, 1)).unwrap();
        Config::load(&path, &[]).map(|config| config.newsletters.into_iter().next().unwrap())
    };
    std::fs::create_dir(folder.path().join("folder.md")).unwrap();
    for (name, bytes) in [
        ("good.md", "\u{feff}# Who we are\n\nWe *write*. \u{66a6}\n".as_bytes().to_vec()),
        ("full.md", "\u{1f4f0}".repeat(8000).into_bytes()),
        ("long.md", "x".repeat(8001).into_bytes()),
        ("huge.md", "x".repeat(1_000_000).into_bytes()),
        ("latin.md", b"caf\xe9".to_vec()),
        ("empty.md", b" \n".to_vec()),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    for key in ["about", "privacy"] {
        let text = |named: &str| {
            let week = read(key, named).unwrap();
            if key == "about" { week.about } else { week.privacy }.unwrap()
        };
        assert_eq!(text("good.md"), "# Who we are\n\nWe *write*. \u{66a6}");
        assert_eq!(text("full.md").chars().count(), 8000);
        assert_eq!(text("We write.\n\nSee good.md"), "We write.\n\nSee good.md", "a text is no name of a file");
        for (named, said) in [
            ("none.md", "none.md is no file"),
            ("folder.md", "folder.md cannot be read"),
            ("long.md", "long.md has 8001 characters, at most 8000 are allowed"),
            ("huge.md", "huge.md has more than 8000 characters"),
            ("latin.md", "latin.md is not UTF-8, from its byte 4"),
            ("empty.md", "empty.md is empty"),
        ] {
            let error = read(key, named).err().unwrap_or_else(|| panic!("{named} is taken")).to_string();
            assert!(error.contains(&format!("newsletters.week.{key}: {said}")), "{error}");
        }
    }
}

#[test]
fn several_newsletters_keep_the_order_of_the_file() {
    let second = GOOD.replace("[newsletters.week]", "[newsletters.zebra]\nname = \"Z\"\nfrom = \"Zed <z@z.example>\"\npostal_address = \"x\"\n[newsletters.zebra.dkim]\nselector = \"s1\"\nkey = \"PEM\"\n\n[newsletters.week]");
    let config = parse(&second, &[]).unwrap();
    let slugs: Vec<_> = config.newsletters.iter().map(|newsletter| newsletter.slug.as_str()).collect();
    assert_eq!(slugs, ["zebra", "week"]);
    assert_eq!(config.dkim["zebra"][0].domain, "z.example");
    assert!(config.newsletter("week").is_some() && config.newsletter("none").is_none());
}

#[test]
fn settings_are_shown_with_their_origin_and_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coranto.toml");
    std::fs::write(&path, GOOD).unwrap();
    let env = [
        ("CORANTO__DATABASE".to_owned(), "postgres://anna:hunter3@db/news".to_owned()),
        ("CORANTO__NEWSLETTERS__WEEK__DKIM__KEY".to_owned(), "hunter4".to_owned()),
    ];
    let shown: Vec<String> = ConfigDocument::load(&path, &env)
        .unwrap()
        .settings()
        .into_iter()
        .map(|setting| format!("{} = {} # {}", setting.key, setting.value, setting.from))
        .collect();
    let shown = shown.join("\n");
    assert!(!shown.contains("hunter"), "{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn no_debug_print_gives_a_secret_away() {
    let config = parse(GOOD, &[("CORANTO__DATABASE", "postgres://anna:hunter3@db/news")]).unwrap();
    let printed = format!("{:?} {:?} {:?}", config.relays, config.database, config.dkim);
    assert!(!printed.contains("hunter"), "{printed}");
}

#[test]
fn a_policy_is_read_and_what_is_absent_is_as_documented() {
    let with = |policy: &str| parse(&format!("{GOOD}\n[inbound.policy]\n{policy}\n"), &[]).unwrap().inbound.policy;
    assert_eq!(with(""), Policy::default());
    let mut expected = Policy::default();
    expected.strikes.full.strikes = 7;
    expected.strikes.disabled.days = 30;
    expected.brakes.issue.addresses = 25;
    expected.brakes.list.percent = 0;
    let policy = "full_strikes = 7\ndisabled_days = 30\nissue_brake_addresses = 25\nlist_brake_percent = 0";
    assert_eq!(with(policy), expected);
}

#[test]
fn doors_for_reports_are_read_and_what_nobody_hears_is_warned_of() {
    let with = |newsletter: &str, inbound: &str| {
        let text = GOOD.replacen("name = \"The Week\"", &format!("name = \"The Week\"\n{newsletter}"), 1);
        parse(&format!("{text}\n[inbound]\n{inbound}\n"), &[])
    };
    let address = "bounce_address = \"week-{token}@lists.example.com\"";
    let heard = |config: &Config| (config.newsletters[0].hears_mail, config.warnings.len());
    for (inbound, is_heard) in [
        ("", false),
        ("settle_minutes = 5", false),
        ("smtp_listen = \"0.0.0.0:25\"", true),
        ("lmtp_listen = \"127.0.0.1:2424\"", true),
        ("lmtp_listen = \"unix:/run/coranto/lmtp\"", true),
        ("pipe = true", true),
    ] {
        let config = with(address, inbound).unwrap();
        let path = config.newsletters[0].return_path.as_ref().unwrap();
        assert_eq!(path.address("T"), "week-T@lists.example.com");
        assert_eq!(heard(&config), (is_heard, usize::from(!is_heard)), "{inbound}");
    }
    let warned = with("bounce_domain = \"b.example.com\"", "").unwrap();
    let warning = &warned.warnings[0];
    assert_eq!((warning.key.as_str(), warning.why.contains("b.example.com")), ("inbound.smtp_listen", true));
    assert!(with("", "").unwrap().warnings.is_empty(), "bounces go to `from`, where a person reads");
    for (newsletter, inbound, key) in [
        ("bounce_address = \"b@example.com\"", "", "newsletters.week.bounce_address"),
        ("bounce_address = \"{token}{token}@example.com\"", "", "newsletters.week.bounce_address"),
        (
            "bounce_domain = \"b.example.com\"\nbounce_address = \"{token}@b.example.com\"",
            "",
            "newsletters.week.bounce_address",
        ),
        ("", "smtp_listen = \"25\"", "inbound.smtp_listen"),
        ("", "lmtp_listen = \"/run/lmtp\"", "inbound.lmtp_listen"),
        ("", "host = \"a b\"", "inbound.host"),
        ("", "policy.dead_strikes = 1", "inbound.policy.dead_strikes"),
        ("", "policy.way_days = 151", "inbound.policy.way_days"),
        ("", "policy.list_brake_percent = 11", "inbound.policy.list_brake_percent"),
        ("", "certificate_file = \"a.pem\"", "inbound.certificate_file"),
        ("", "certificate_key_file = \"a.pem\"", "inbound.certificate_key_file"),
    ] {
        let errors = with(newsletter, inbound).err().unwrap();
        let keys: Vec<&str> = errors.problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, [key], "{newsletter} {inbound}");
    }
}
