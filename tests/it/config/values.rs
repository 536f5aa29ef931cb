//! What a right configuration turns into.

use coranto::config::{Document, RelayTls};
use coranto::domain::design::{CONTRAST_MIN, Colour, Design, Font, ImagesBy, Welcome};
use coranto::domain::newsletter::UncertainPolicy;

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
    let shown: Vec<String> = Document::load(&path, &env)
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
