//! The mails that a signup causes, as a reader gets them: from a server that runs, over SMTP, signed. In four languages,
//! and of newsletters with all that a design may set. Knows the program from outside.

use std::fs;
use std::path::Path;

use coranto::smtp::SinkMessage;
use mail_parser::MessageParser;

use super::PUBLIC_URL;
use crate::harness::database::Fresh;
use crate::harness::http::{Response, post};
use crate::harness::installation::Installation;
use crate::harness::visitor::sign_up_at;
use crate::images::{bands, file};

const HOST: &str = "post.example.com";
/// What no two mails may look like: a newsletter with a logo, colours, lines and letters of its own.
const DESIGN: &str = "[newsletters.SLUG.design]\naccent = \"#a4370b\"\nlogo = \"logo.png\"\nfont = \"palatino\"\n\
     heading_font = \"verdana\"\nheader = \"Every Friday, from the end of the pier\"\n\
     footer = \"Written by two people and a dog.\"\n";
const GERMAN: &str = "---\ntitle: Warum der Fahrplan vom Wasser abhängt\nsummary: Drei Sätze über Ebbe und Flut.\n---\n\
     Die Fähre fährt, wenn das Wasser es erlaubt. Im Winter heißt das: **zweimal** am Tag, sagt \
     [der Hafenmeister](https://example.org/hafen).\n\n> Wer pünktlich sein will, wartet.\n";
const PICTURES: &str = "---\ntitle: The pier in one picture\nsummary: A chart, and what it leaves out.\n---\n\
     The chart was drawn in 1911, see [the survey](https://example.org/survey/1911).\n\n\
     ![Four fields of colour, the lower right one pale](chart.png \"The pier as the survey has it.\")\n\n\
     ## What it leaves out\n\n- the lamp\n- the dog\n";

struct Newsletter {
    /// Also the end of its mails' names.
    slug: &'static str,
    name: &'static str,
    language: &'static str,
    issue: String,
    settings: &'static str,
    designed: bool,
    /// Whether its rare mails are looked at, too: the layout is the same in all languages.
    rare: bool,
}

fn newsletters() -> Vec<Newsletter> {
    let corpus = |file: &str| {
        fs::read_to_string(format!("{}/tests/fixtures/issues/{file}.md", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let plain = |slug, name, language, issue| Newsletter {
        slug,
        name,
        language,
        issue,
        settings: "",
        designed: false,
        rare: false,
    };
    let rare = |newsletter| Newsletter { rare: true, ..newsletter };
    let designed =
        |slug, name, settings| Newsletter { settings, designed: true, ..plain(slug, name, "en", PICTURES.to_owned()) };
    vec![
        rare(plain("english", "Sound and Coast", "en", corpus("2026-11-06-short-note"))),
        plain("german", "Küste und Hafen", "de", GERMAN.to_owned()),
        // Scripts without capitals need a Latin name for the subject's check (docs/email.md).
        rare(plain("arabic", "بحر Bewick", "ar", corpus("2026-11-20-arabic"))),
        plain("japanese", "Bewick通信", "ja", corpus("2026-12-18-japanese")),
        designed("designed", "The Pier Letter", ""),
        designed("embedded", "The Raft Letter", "images = \"embed\"\n"),
    ]
}

/// Writes every mail into `folder`, signed with the key in `key_file`.
pub(super) async fn write_all(fresh: &Fresh, key_file: &Path, folder: &Path) {
    let newsletters = newsletters();
    let site = Installation::configured(Some(PUBLIC_URL), |home, web, relay_port| {
        fs::copy(key_file, home.join("key.pem")).unwrap();
        let picture = |width, height| file(&bands(width, height), image::ImageFormat::Png);
        fs::write(home.join("logo.png"), picture(280, 80)).unwrap();
        let mut configuration = format!(
            "public_url = \"{PUBLIC_URL}\"\ndatabase = \"{}\"\nsecret_key_file = \"secret.key\"\n\
             [signup]\nform_seconds_min = 0\nconfirmations_per_day = 9\nconfirmations_per_month = 9\n[server]\nlisten = \"{web}\"\n\
             [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = {relay_port}\ntls = \"none\"\n",
            fresh.url
        );
        for one in &newsletters {
            fs::create_dir(home.join(one.slug)).unwrap();
            fs::write(home.join(one.slug).join("chart.png"), picture(1120, 560)).unwrap();
            configuration += &format!(
                "[newsletters.SLUG]\nname = \"{}\"\nfrom = \"post@{HOST}\"\nlanguage = \"{}\"\nissues = \"SLUG\"\n\
                 postal_address = \"1 Quay Road, 20457 Hamburg\"\ntime_zone = \"Europe/Berlin\"\n\
                 welcome = true\nwelcome_latest = true\n{}{}\
                 [newsletters.SLUG.dkim]\ndomain = \"{HOST}\"\nselector = \"coranto\"\nkey_file = \"key.pem\"\n",
                one.name,
                one.language,
                one.settings,
                if one.designed { DESIGN } else { "" }
            )
            .replace("SLUG", one.slug);
        }
        configuration
    })
    .await;
    for newsletter in &newsletters {
        Reader { site: &site, newsletter, folder }.go().await;
    }
    site.end().await;
}

/// A reader of one newsletter, on the way through all its mails.
struct Reader<'a> {
    site: &'a Installation,
    newsletter: &'a Newsletter,
    folder: &'a Path,
}

impl Reader<'_> {
    async fn go(&self) {
        let slug = self.newsletter.slug;
        let (anna, moved, early) = (
            format!("anna@{slug}.example.org"),
            format!("anna@new.{slug}.example.org"),
            format!("early@{slug}.example.org"),
        );
        // Somebody has to read the issue before it is the latest one.
        self.sign_up(&early).await;
        self.press(&self.link(&self.site.mail(&early, 1).await, "/c/"), &[]).await;
        if self.newsletter.rare {
            self.keep(&early, 2, "welcome-alone").await;
        }
        self.site.publish(slug, "latest", &self.newsletter.issue).await;
        if self.newsletter.designed {
            // After the welcome.
            self.keep(&early, 3, "issue").await;
        }

        self.sign_up(&anna).await;
        let confirmation = self.keep(&anna, 1, "confirmation").await;
        self.press(&self.link(&confirmation, "/c/"), &[]).await;
        self.keep(&anna, 2, "welcome").await;
        self.sign_up(&anna).await;
        self.keep(&anna, 3, "notice").await;
        if self.newsletter.rare {
            self.keep_rare_ones(&anna, &moved).await;
        }
    }

    /// The mails of who changes something.
    async fn keep_rare_ones(&self, anna: &str, moved: &str) {
        let slug = self.newsletter.slug;
        self.press(&format!("/{slug}/link"), &[("email", anna)]).await;
        let link = self.keep(anna, 4, "link").await;
        let preferences = self.link(&link, "/p/");
        self.press(&preferences, &[("action", "data")]).await;
        self.keep(anna, 5, "data").await;
        self.press(&preferences, &[("action", "move"), ("email", moved)]).await;
        self.keep(anna, 6, "old-address").await;
        self.keep(moved, 1, "new-address").await;
    }

    async fn sign_up(&self, email: &str) {
        let path = format!("/{}/subscribe", self.newsletter.slug);
        answered(&path, &sign_up_at(self.site.web(), HOST, &path, &[("email", email)]).await);
    }

    async fn press(&self, path: &str, fields: &[(&str, &str)]) {
        let answer = post(path).form(fields).header("host", HOST).send_to(self.site.web()).await.unwrap();
        answered(path, &answer);
    }

    fn link(&self, mail: &SinkMessage, kind: &str) -> String {
        self.site.link(mail, kind)
    }

    /// Writes a mail, and its HTML part alone, as `KIND-SLUG`.
    async fn keep(&self, to: &str, count: usize, kind: &str) -> SinkMessage {
        let mail = self.site.mail(to, count).await;
        let name = format!("{kind}-{}", self.newsletter.slug);
        let parsed = MessageParser::default().parse(&mail.data).unwrap();
        fs::write(self.folder.join(format!("{name}.html")), parsed.body_html(0).unwrap().as_bytes()).unwrap();
        fs::write(self.folder.join(format!("{name}.text")), parsed.body_text(0).unwrap().as_bytes()).unwrap();
        fs::write(self.folder.join(format!("{name}.eml")), &mail.data).unwrap();
        mail
    }
}

fn answered(path: &str, answer: &Response) {
    assert!(
        answer.status.is_success() || answer.status.is_redirection(),
        "{path}: {} {}",
        answer.status,
        answer.text()
    );
}
