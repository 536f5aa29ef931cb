//! What one mail costs: rendering an issue, building the skeleton once, filling it per reader, signing. Run with
//! `cargo bench --bench hot_path`; `items` are mails a second on one core.

#[path = "../tests/it/harness/newsletters.rs"]
mod newsletters;

use std::sync::Arc;

use coranto::clock::Timestamp;
use coranto::content;
use coranto::content::fields::Template;
use coranto::domain::address::EmailAddress;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::{DeliveryId, SubscriptionId};
use coranto::images::ImageCache;
use coranto::message::dkim::{Signer, generate_ed25519_pem, generate_rsa_pem};
use coranto::message::{Content, Profile, Recipient, Skeleton};
use coranto::publishing::Renderer;
use coranto::templates::Templates;
use coranto::token::Keyring;
use divan::counter::ItemsCount;

const PUBLIC_URL: &str = "https://news.example.com";

fn main() {
    divan::main();
}

fn address(text: &str) -> EmailAddress {
    text.parse().expect("it is an address")
}

fn newsletter() -> Newsletter {
    Newsletter {
        postal_address: "1 Harbour Street, 20457 Hamburg".to_owned(),
        time_zone: jiff::tz::TimeZone::get("Europe/Berlin").expect("the zone is in the binary"),
        ..newsletters::newsletter("weekly", "The Week in Review", "letter@news.example.com")
    }
}

/// 30 KB of HTML and 5 KB of text about `sentence`, with a greeting, a footer and eight fields.
fn content(sentence: &str) -> Content {
    let fill = |frame: &str, bytes: usize| {
        let mut text = String::from("Hello \u{E000}name|there\u{E001},\n");
        while text.len() < bytes {
            text += &frame.replace("{}", sentence);
        }
        text + "Leave: \u{E000}unsubscribe_url\u{E001}\nChange: \u{E000}preferences_url\u{E001}\n\
                For \u{E000}address\u{E001}, since \u{E000}subscribed_on\u{E001}\n"
    };
    Content {
        kind: DeliveryKind::Issue,
        subject: "The settlement nobody defends".to_owned(),
        html: Template::new(fill(
            "  <tr>\n    <td style=\"padding:8px 0\">{} <a href=\"#\">More</a></td>\n  </tr>\n",
            30_000,
        )),
        text: Template::new(fill("{}\n", 5_000)),
        language: "en".to_owned(),
        slug: Some("settlement".to_owned()),
        digest: [7; 32],
    }
}

fn latin() -> Content {
    content("Every settlement has a moment at which those who made it stop — quietly — defending it.")
}

fn skeleton(content: &Content, signers: Vec<Arc<Signer>>) -> Skeleton {
    let profile = Profile { signers, ..Profile::default() };
    Skeleton::build(&newsletter(), PUBLIC_URL, content, &profile).expect("the content is sound")
}

fn rsa() -> Arc<Signer> {
    let pem = generate_rsa_pem().expect("a key is made");
    Arc::new(Signer::new("news.example.com", "s1", &pem).expect("the key is sound"))
}

fn ed25519() -> Arc<Signer> {
    let pem = generate_ed25519_pem().expect("a key is made");
    Arc::new(Signer::new("news.example.com", "e1", &pem).expect("the key is sound"))
}

fn fill_each(bencher: divan::Bencher<'_, '_>, skeleton: &Skeleton) {
    let keys = Keyring::parse(&Keyring::generate()).expect("the key is sound");
    let to = address("anna.berg@example.org");
    let mut out = Vec::new();
    let mut number = 0;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        number += 1;
        let reader = Recipient {
            delivery: DeliveryId(number),
            subscription: Some(SubscriptionId(number)),
            consent: None,
            request: None,
            marks: coranto::message::Marks::default(),
            format: coranto::domain::subscriber::Format::Html,
            address: &to,
            name: Some("Anna Berg"),
            subscribed_at: Some(Timestamp(1_746_000_000_000)),
            date: Timestamp(1_790_000_000_000),
        };
        skeleton.fill(&keys, &reader, &mut out).expect("the reader is sound")
    });
}

/// The longest issue of the corpus.
#[divan::bench]
fn render_seven_thousand_words(bencher: divan::Bencher<'_, '_>) {
    render(bencher, include_bytes!("../tests/fixtures/issues/2026-12-11-seven-thousand-words.md"));
}

#[divan::bench]
fn render_fifteen_hundred_words(bencher: divan::Bencher<'_, '_>) {
    render(bencher, include_bytes!("../tests/fixtures/issues/2026-12-04-essay.md"));
}

/// Markdown in, both parts in their layouts out.
fn render(bencher: divan::Bencher<'_, '_>, source: &[u8]) {
    let templates = Templates::embedded().expect("the templates are sound");
    let (newsletter, gallery) = (newsletter(), ImageCache::default());
    let renderer =
        Renderer { newsletter: &newsletter, public_url: PUBLIC_URL, templates: &templates, gallery: &gallery };
    let day = jiff::civil::date(2026, 12, 11);
    bencher.bench(|| {
        let issue = content::read(source).expect("it has front matter");
        renderer.compose(&issue, "long", day).0.expect("it is sound")
    });
}

#[divan::bench]
fn build(bencher: divan::Bencher<'_, '_>) {
    let content = latin();
    bencher.bench(|| skeleton(&content, Vec::new()));
}

#[divan::bench]
fn fill_quoted_printable(bencher: divan::Bencher<'_, '_>) {
    fill_each(bencher, &skeleton(&latin(), Vec::new()));
}

#[divan::bench]
fn fill_base64(bencher: divan::Bencher<'_, '_>) {
    fill_each(
        bencher,
        &skeleton(&content("一週間のニュースを振り返ります。すべての合意には瞬間があります。"), Vec::new()),
    );
}

#[divan::bench]
fn fill_and_sign_rsa(bencher: divan::Bencher<'_, '_>) {
    fill_each(bencher, &skeleton(&latin(), vec![rsa()]));
}

#[divan::bench]
fn fill_and_sign_ed25519(bencher: divan::Bencher<'_, '_>) {
    fill_each(bencher, &skeleton(&latin(), vec![ed25519()]));
}

#[divan::bench]
fn fill_and_sign_both(bencher: divan::Bencher<'_, '_>) {
    fill_each(bencher, &skeleton(&latin(), vec![rsa(), ed25519()]));
}
