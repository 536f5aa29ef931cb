//! `[newsletters.SLUG]` and its `dkim`. What the values mean for mail is the domain's business.

use std::io::Read as _;
use std::time::Duration;

use super::design;
use super::reader::{Section, ValueRefusal};
use super::sender::{address, name, postal_address, sender};
use crate::domain::NewsletterId;
use crate::domain::address::EmailAddress;
use crate::domain::design::{Design, ImagesBy, Welcome};
use crate::domain::language_tag::is_language_tag;
use crate::domain::nearest::nearest;
use crate::domain::newsletter::{Mailbox, Newsletter, UncertainPolicy};
use crate::domain::reserved::is_reserved_for_newsletters;
use crate::domain::return_path::ReturnPath;
use crate::domain::slot::Slot;
use crate::secret::Secret;

/// Slugs stand in links, file names and `List-Id`; a DNS label has no more letters.
const SLUG_CHARS_MAX: usize = 63;

/// A page of text; more is an issue.
const PROSE_CHARS_MAX: usize = 8000;

/// The signature of one newsletter's mail.
#[derive(Clone, Debug)]
pub struct Dkim {
    /// `d=`.
    pub domain: String,
    /// `s=`.
    pub selector: String,
    /// The private key in PEM.
    pub key: Secret,
    /// Whether it signs now. One that is about to take another's place waits for the DNS.
    pub signs: bool,
}

/// Reads one newsletter; the rest of it, which other sections set, comes as arguments.
pub(super) fn read(
    slug: &str,
    section: Section<'_>,
    retry_for: Option<Duration>,
    hears_mail: bool,
) -> Option<(Newsletter, Vec<Dkim>)> {
    let slug = check_slug(slug, &section);
    let name = section.parsed("name", name);
    let [description, author, publisher] =
        ["description", "author", "publisher"].map(|key| section.parsed(key, design::line));
    let [about, privacy] = ["about", "privacy"].map(|key| prose(&section, key));
    let from = section.parsed("from", sender);
    let reply_to = section.parsed("reply_to", address);
    let postal_address = section.parsed("postal_address", postal_address);
    let language = section.parsed("language", language);
    let time_zone = section.parsed("time_zone", time_zone);
    let slots = section.each_text("slot", slot);
    let issues = section.path_of("issues");
    let grace = section.integer("grace_hours").map(hours);
    let uncertain = section.parsed("uncertain", uncertain);
    let allow_html = section.boolean("allow_html");
    let html_bytes_max = section.integer("html_kb_max").map(kilobytes);
    let indexed = section.boolean("indexed");
    let return_path = return_path(&section);
    let list_id = section.parsed("list_id", list_id);
    let images = section.parsed("images", images);
    let welcome = welcome(&section);
    let path = format!("{}.design", section.path());
    let design = section.below("design", "newsletters.*.design", &path).map_or_else(Design::default, design::read);
    let signatures = signatures(&section, from.as_ref());

    let (slug, name, mut from) = (slug?, name?, from?);
    if from.name.is_empty() {
        from.name.clone_from(&name);
    }
    let newsletter = Newsletter {
        id: NewsletterId::NONE,
        list_id: list_id.unwrap_or_else(|| format!("{slug}.{}", from.address.domain())),
        slug,
        name,
        description,
        about,
        author,
        publisher,
        privacy,
        from,
        reply_to,
        postal_address: postal_address?,
        language: language?,
        time_zone: time_zone?,
        slots,
        grace: grace?,
        issues: issues?,
        return_path,
        hears_mail,
        allow_html: allow_html?,
        html_bytes_max: html_bytes_max?,
        indexed: indexed?,
        uncertain: uncertain?,
        retry_for: retry_for?,
        design,
        images: images?,
        welcome: welcome?,
    };
    Some((newsletter, signatures))
}

/// The keys that sign. Two at one place in the DNS would be one of them, and one key twice proves nothing more.
fn signatures(section: &Section<'_>, from: Option<&Mailbox>) -> Vec<Dkim> {
    let mut all: Vec<Dkim> = Vec::new();
    section.each_below("dkim", "newsletters.*.dkim", |section| {
        let Some(next) = dkim(&section, from) else { return };
        let hint = Some("give each key a selector of its own; `coranto dkim new --selector NAME` makes one");
        if all.iter().any(|one| (&one.domain, &one.selector) == (&next.domain, &next.selector)) {
            let why = format!("another key of this newsletter has {} at {} as well", next.selector, next.domain);
            section.refuse("selector", why, hint);
        } else if all.iter().any(|one| one.key.expose().trim() == next.key.expose().trim()) {
            let name = if section.has("key") { "key" } else { "key_file" };
            section.refuse(name, "it is the key of another selector of this newsletter", hint);
        } else {
            all.push(next);
        }
    });
    all
}

fn dkim(section: &Section<'_>, from: Option<&Mailbox>) -> Option<Dkim> {
    let given = section.parsed("domain", domain);
    let selector = section.parsed("selector", selector);
    let key = section.secret("key");
    let signs = section.boolean("signs").unwrap_or(true);
    let domain = given.or_else(|| from.map(|from| from.address.domain().to_owned()));
    Some(Dkim { domain: domain?, selector: selector?, key: key?, signs })
}

fn check_slug(slug: &str, section: &Section<'_>) -> Option<String> {
    let well_formed = (1..=SLUG_CHARS_MAX).contains(&slug.len())
        && slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-');
    if !well_formed {
        section.refuse_all(
            "this is not a slug",
            Some("use lower-case letters, digits and - inside, such as [newsletters.the-week]"),
        );
    } else if is_reserved_for_newsletters(slug) {
        section.refuse_all("this name is taken by the web server", Some("choose another slug"));
    } else {
        return Some(slug.to_owned());
    }
    None
}

fn hours(number: u64) -> Duration {
    Duration::from_secs(number * 3600)
}

fn kilobytes(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(1024)
}

/// Markdown of several lines: as it stands, or in the file that the value names.
fn prose(section: &Section<'_>, key: &str) -> Option<String> {
    match section.written(key).is_some_and(names_file) {
        true => {
            let path = section.path_of(key)?;
            section.parsed(key, |named| of_file(&path).map_err(|(why, hint)| (format!("{named} {why}"), hint)))
        }
        false => section.parsed(key, |text| short(text).map_err(|why| (format!("it {why}"), None))),
    }
}

/// `about.md`: a word of one line that ends like a file of Markdown.
fn names_file(text: &str) -> bool {
    let ends = std::path::Path::new(text).extension().is_some_and(|kind| kind.eq_ignore_ascii_case("md"));
    ends && !text.contains(['\n', '\r']) && !text.contains("://")
}

fn of_file(path: &std::path::Path) -> Result<String, ValueRefusal> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let hint = "the name counts from the folder of the configuration; or write the text itself";
            ("is no file".to_owned(), Some(hint.to_owned()))
        }
        _ => (format!("cannot be read: {error}"), None),
    };
    // No character has more bytes; one more tells that the file is too long.
    let most = PROSE_CHARS_MAX as u64 * 4 + 1;
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 == most {
        return Err((format!("has more than {PROSE_CHARS_MAX} characters"), None));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        (format!("is not UTF-8, from its byte {}", at + 1), Some("save it as UTF-8".to_owned()))
    })?;
    if text.trim().is_empty() {
        return Err(("is empty".to_owned(), Some("write the text, or leave the whole line out".to_owned())));
    }
    short(text.trim_start_matches('\u{feff}')).map_err(|why| (why, None))
}

fn short(text: &str) -> Result<String, String> {
    let chars = text.chars().count();
    if chars > PROSE_CHARS_MAX {
        return Err(format!("has {chars} characters, at most {PROSE_CHARS_MAX} are allowed"));
    }
    Ok(text.trim().to_owned())
}

fn language(text: &str) -> Result<String, ValueRefusal> {
    if is_language_tag(text) {
        return Ok(text.to_owned());
    }
    Err((format!("{text:?} is not a language tag"), Some("write a tag of BCP 47, such as en or pt-BR".into())))
}

/// The zone called `text`; when there is none, what was probably meant.
pub fn time_zone(text: &str) -> Result<jiff::tz::TimeZone, (String, Option<String>)> {
    jiff::tz::TimeZone::get(text).map_err(|_| {
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
        let by_city = |name: &&String| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(text));
        let near =
            names.iter().find(by_city).map(String::as_str).or_else(|| nearest(text, names.iter().map(String::as_str)));
        let hint = near.map_or("write a zone of the IANA database, such as Europe/Prague".into(), |near| {
            format!("did you mean {near}?")
        });
        (format!("there is no time zone {text:?}"), Some(hint))
    })
}

fn slot(text: &str) -> Result<Slot, ValueRefusal> {
    text.parse().map_err(|_| {
        (
            format!("{text:?} is not a weekly slot"),
            Some("write a weekday and a time of 24 hours, such as \"Fri 09:00\"".into()),
        )
    })
}

fn uncertain(text: &str) -> Result<UncertainPolicy, ValueRefusal> {
    text.parse().map_err(|_| (format!("{text:?} is not a policy"), Some("write \"resend\" or \"hold\"".into())))
}

fn images(text: &str) -> Result<ImagesBy, ValueRefusal> {
    text.parse().map_err(|_| (format!("{text:?} is no way to send images"), Some("write \"link\" or \"embed\"".into())))
}

fn welcome(section: &Section<'_>) -> Option<Welcome> {
    match (section.boolean("welcome")?, section.boolean("welcome_latest")?) {
        (false, false) => Some(Welcome::None),
        (true, false) => Some(Welcome::Mail),
        (true, true) => Some(Welcome::Latest),
        (false, true) => {
            section.refuse(
                "welcome_latest",
                "there is no welcome email to carry it",
                Some("write welcome = true as well"),
            );
            None
        }
    }
}

/// A domain name, in lower-case A-labels.
fn domain(text: &str) -> Result<String, ValueRefusal> {
    let address: Result<EmailAddress, _> = format!("x@{text}").parse();
    address.map(|address| address.domain().to_owned()).map_err(|_| (format!("{text:?} is not a domain name"), None))
}

/// Where its bounces come back to.
fn return_path(section: &Section<'_>) -> Option<ReturnPath> {
    let domain = section.parsed("bounce_domain", domain);
    let address = section.parsed("bounce_address", |text| {
        let hint = Some("write it like b+{token}@bounce.example.com".to_owned());
        text.parse::<ReturnPath>().map_err(|error| (format!("{text:?} is no return path: {error}"), hint))
    });
    if domain.is_some() && address.is_some() {
        let hint = Some("`bounce_domain` is its short form; take one of the two out");
        section.refuse("bounce_address", "`bounce_domain` is set as well", hint);
    }
    address.or_else(|| domain.as_deref().map(ReturnPath::at))
}

fn list_id(text: &str) -> Result<String, ValueRefusal> {
    domain(text).map_err(|_| {
        (
            format!("{text:?} is not a list identifier"),
            Some("write it like a domain name: week.news.example.com".into()),
        )
    })
}

fn selector(text: &str) -> Result<String, ValueRefusal> {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if text.len() <= SLUG_CHARS_MAX && text.split('.').all(label) {
        return Ok(text.to_ascii_lowercase());
    }
    Err((format!("{text:?} is not a selector"), Some("use letters, digits and -".into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_markdown_is_a_file_and_all_else_is_text() {
        for named in ["about.md", "texts/about.md", "About Us.MD", "../about.md"] {
            assert!(names_file(named), "{named}");
        }
        for text in [
            "We write.",
            "See [x](https://example.org/about.md) first.",
            "# About\n\nabout.md",
            "More: https://example.org/about.md",
            ".md",
            "md",
        ] {
            assert!(!names_file(text), "{text}");
        }
    }

    #[test]
    fn a_city_finds_its_zone() {
        let hint = |text| time_zone(text).err().and_then(|(_, hint)| hint);
        assert_eq!(hint("Europe/Prague"), None);
        assert_eq!(hint("prague").as_deref(), Some("did you mean Europe/Prague?"));
        assert_eq!(hint("Europe/Pargue").as_deref(), Some("did you mean Europe/Prague?"));
    }
}
