//! A newsletter, issues, and a reader whose values fill the marks.

use std::path::Path;

use coranto::clock::Timestamp;
use coranto::content::fields::{Field, Piece, Template};
use coranto::content::{self, IssueFile, Parts, Problem};
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::subscriber::Format;
use coranto::domain::{DeliveryId, SubscriptionId};
use coranto::images::ImageCache;
use coranto::message::{Content, Profile, Recipient, Skeleton};
use coranto::publishing::Renderer;
use coranto::templates::Templates;
use coranto::token::Keyring;
use jiff::civil::{Date, date};

use crate::harness::newsletters;

pub(crate) const PUBLIC_URL: &str = "https://news.example.com";

pub(crate) fn newsletter() -> Newsletter {
    Newsletter {
        postal_address: "Example Press\n1 Example Street\nExample 10001".to_owned(),
        ..newsletters::newsletter("week", "The Week", "week@news.example.com")
    }
}

pub(crate) fn day() -> Date {
    date(2026, 11, 20)
}

/// An issue with a good title and summary, so that only its text can be wrong.
pub(crate) fn issue(body: &str) -> IssueFile {
    read(&format!("---\ntitle: A title that is long enough\nsummary: What it says.\n---\n{body}")).unwrap()
}

pub(crate) fn read(source: &str) -> Result<IssueFile, Vec<Problem>> {
    content::read(source.as_bytes())
}

pub(crate) fn sample(name: &str) -> IssueFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("issues").join(name);
    content::read(&std::fs::read(path).unwrap()).unwrap()
}

pub(crate) fn compose(issue: &IssueFile, newsletter: &Newsletter) -> Result<Parts, Vec<Problem>> {
    let (templates, gallery) = (Templates::embedded().unwrap(), ImageCache::default());
    let renderer = Renderer { newsletter, public_url: PUBLIC_URL, templates: &templates, gallery: &gallery };
    let (parts, problems) = renderer.compose(issue, "the-slug", day());
    let is_ok = !problems.iter().any(Problem::is_error);
    parts.filter(|_| is_ok).ok_or(problems)
}

pub(crate) fn preflight(issue: &IssueFile, newsletter: &Newsletter) -> Vec<Problem> {
    let (templates, gallery) = (Templates::embedded().unwrap(), ImageCache::default());
    let renderer = Renderer { newsletter, public_url: PUBLIC_URL, templates: &templates, gallery: &gallery };
    renderer.compose(issue, "the-slug", day()).1
}

/// `line:column: message`, `| hint` for each problem.
pub(crate) fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| problem.to_string().replace("\n  hint: ", " | ")).collect()
}

/// What is wrong with a body; its first line is the file's fifth.
pub(crate) fn wrong(body: &str) -> Vec<String> {
    told(&compose(&issue(body), &newsletter()).expect_err("this should be refused"))
}

/// The HTML of a body's own elements, without the layout around them.
pub(crate) fn html_of(body: &str) -> String {
    body_of(compose(&issue(body), &newsletter()).unwrap().html.as_str())
}

/// What an HTML part has below its title and above its footer.
pub(crate) fn body_of(html: &str) -> String {
    let (_, mut body) = html.split_once("</h1>\n").expect("there is a title");
    // The standfirst and the line below it.
    while body.starts_with("<p class=\"m\" style=\"margin:0 0 16px 0")
        || body.starts_with("<p class=\"m\" style=\"margin:0 0 28px 0")
    {
        body = body.split_once("</p>\n").expect("a paragraph ends").1;
    }
    let (body, _) = body.split_once("</td></tr>\n<tr><td class=\"card").expect("there is a footer");
    let closing = body.rfind("<p class=\"m\" lang=").unwrap_or(body.len());
    body[..closing].trim().to_owned()
}

/// The text of a body, without the layout around it.
pub(crate) fn text_of(body: &str) -> String {
    text_body_of(compose(&issue(body), &newsletter()).unwrap().text.as_str())
}

/// What a text part has below its head and above its footer.
pub(crate) fn text_body_of(text: &str) -> String {
    let (_, rest) = text.split_once("/the-slug\n\n").expect("there is a head");
    let (body, _) = rest.split_once("\n-- \n").expect("there is a footer");
    let closing = body.rfind("\nReply to this email to write to us.").unwrap_or(body.len());
    body[..closing].trim_end().to_owned()
}

/// A template filled for one reader.
pub(crate) fn filled(template: &Template, html: bool) -> String {
    let mut out = String::new();
    for piece in template.pieces() {
        let value = match piece {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Field(Field::Name { fallback }) => fallback.unwrap_or_default(),
            Piece::Field(Field::UnsubscribeUrl) => {
                "https://news.example.com/u/AbCdEfGhIjKlMnOpQrStUvWxYz012345678901".to_owned()
            }
            Piece::Field(Field::PreferencesUrl) => {
                "https://news.example.com/p/AbCdEfGhIjKlMnOpQrStUvWxYz012345678901".to_owned()
            }
            Piece::Field(Field::ConfirmUrl) => {
                "https://news.example.com/c/AbCdEfGhIjKlMnOpQrStUvWxYz012345678901".to_owned()
            }
            Piece::Field(Field::Shown(_)) => "news.example.com/c/AbCdEfGhIjKlMnOpQrStUvWxYz012345678901".to_owned(),
            Piece::Field(Field::RefuseUrl) => {
                "https://news.example.com/n/AbCdEfGhIjKlMnOpQrStUvWxYz012345678901".to_owned()
            }
            Piece::Field(Field::AddressUrl | Field::StopUrl | Field::DataUrl) => {
                "https://news.example.com/a/AbCdEfGhIjKlMnOpQrStUvWxYz012345678901".to_owned()
            }
            Piece::Field(Field::Address) => "reader@example.net".to_owned(),
            Piece::Field(Field::SubscribedOn) => "3 March 2024".to_owned(),
            Piece::Field(Field::WebUrl) => "https://news.example.com/week/the-slug".to_owned(),
        };
        if html {
            out.push_str(&value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;"));
        } else {
            out.push_str(&value);
        }
    }
    out
}

/// The parts as the mail of one reader.
pub(crate) fn mailed(parts: &Parts, name: Option<&str>, subscribed_at: Option<Timestamp>) -> Vec<u8> {
    let content = Content {
        kind: DeliveryKind::Issue,
        subject: parts.subject.clone(),
        html: parts.html.clone(),
        text: parts.text.clone(),
        language: parts.language.clone(),
        slug: Some("the-slug".to_owned()),
        digest: [7; 32],
    };
    let keys = Keyring::parse(&format!("1:{}", "2a".repeat(32))).unwrap();
    let address = "reader@example.net".parse().unwrap();
    let reader = Recipient {
        delivery: DeliveryId(1),
        subscription: Some(SubscriptionId(2)),
        consent: None,
        request: None,
        marks: coranto::message::Marks::default(),
        format: Format::Html,
        address: &address,
        name,
        subscribed_at,
        date: Timestamp(1_795_000_000_000),
    };
    let mut mail = Vec::new();
    let skeleton = Skeleton::build(&newsletter(), PUBLIC_URL, &content, &Profile::default()).unwrap();
    skeleton.fill(&keys, &reader, &mut mail).unwrap();
    mail
}
