//! A newsletter as its configuration describes it. Knows nothing of files, databases or relays.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::{Date, DateTime};

use super::NewsletterId;
use super::address::EmailAddress;
use super::design::{Design, ImagesBy, Welcome};
use super::return_path::ReturnPath;
use super::slot::Slot;
use super::string_enum;
use crate::clock::Timestamp;

/// A name and an address, as in a `From` field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name shown; may be empty.
    pub name: String,
    pub address: EmailAddress,
}

string_enum! {
    /// What is done with a mail whose fate is unknown: the last byte left and no answer came.
    UncertainPolicy: "policy" {
        /// Send it again after half an hour without evidence, with the same Message-ID and the same bytes.
        Resend = "resend",
        /// Leave it to a person.
        Hold = "hold",
    }
}

#[derive(Clone, Debug)]
pub struct Newsletter {
    /// The number of its row: [`NewsletterId::NONE`] until the database was asked, and where it has none.
    pub id: NewsletterId,
    /// The key in the configuration: lower-case letters, digits and `-`; stands in addresses.
    pub slug: String,
    /// The name readers know it by.
    pub name: String,
    /// What it is, in a line.
    pub description: Option<String>,
    /// What it is and who writes it, at length: Markdown.
    pub about: Option<String>,
    /// Who wrote an issue that names nobody.
    pub author: Option<String>,
    /// Who answers for readers' data: name and place.
    pub publisher: Option<String>,
    /// What the operator adds to the privacy page: Markdown.
    pub privacy: Option<String>,
    pub from: Mailbox,
    pub reply_to: Option<EmailAddress>,
    /// A valid postal address: the law of several countries wants one in every issue.
    pub postal_address: String,
    /// BCP 47, such as `en` or `pt-BR`.
    pub language: String,
    pub time_zone: jiff::tz::TimeZone,
    /// When issues go out; none means only explicit times.
    pub slots: Vec<Slot>,
    /// How late an issue may still go out by itself.
    pub grace: Duration,
    /// The folder with its issues.
    pub issues: PathBuf,
    /// The envelope senders of its mail (VERP); none means the `from` address takes the bounces.
    pub return_path: Option<ReturnPath>,
    /// Whether somebody hears what is sent there: then readers may unsubscribe by email.
    pub hears_mail: bool,
    /// RFC 2919; by default the slug at the domain of `from`.
    pub list_id: String,
    /// Whether raw HTML in Markdown is kept, sanitised.
    pub allow_html: bool,
    /// An issue whose HTML part has more bytes is stopped.
    pub html_bytes_max: usize,
    /// What is done with a mail whose fate is unknown.
    pub uncertain: UncertainPolicy,
    /// How long a temporary refusal is retried.
    pub retry_for: Duration,
    /// Whether search engines may list its pages.
    pub indexed: bool,
    /// How its mails and pages look.
    pub design: Design,
    /// How an issue's images get to its readers.
    pub images: ImagesBy,
    /// What a reader gets for confirming.
    pub welcome: Welcome,
}

impl Newsletter {
    /// The date that `at` is on its clock.
    pub fn date_of(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.time_zone.clone()).date()
    }

    /// The instant that a civil time means on its clock.
    pub fn instant(&self, at: DateTime) -> Timestamp {
        let zoned = self.time_zone.to_ambiguous_zoned(at).compatible();
        zoned.map_or(Timestamp(i64::MAX), |zoned| Timestamp::from_jiff(zoned.timestamp()))
    }

    /// Its page; links below it begin with this. `public_url` is where the web server is reached.
    pub fn home_url(&self, public_url: &str) -> String {
        format!("{}/{}/", url_base(public_url), self.slug)
    }

    /// The web version of its issue `slug`; letters of other scripts are percent-encoded (RFC 3986 2.5).
    pub fn issue_url(&self, public_url: &str, slug: &str) -> String {
        let mut url = self.home_url(public_url);
        for byte in slug.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
                other => url.push_str(&format!("%{other:02X}")),
            }
        }
        url
    }
}

/// An address that others are below, without the slash that it may end with.
pub fn url_base(address: &str) -> &str {
    address.trim_end_matches('/')
}

/// Whether a language is written from right to left (by its primary subtag, or an explicit script).
pub fn is_rtl(language: &str) -> bool {
    let mut subtags = language.split(['-', '_']);
    let primary = subtags.next().unwrap_or_default().to_ascii_lowercase();
    match subtags.find(|subtag| subtag.len() == 4) {
        Some(script) => matches!(script.to_ascii_lowercase().as_str(), "arab" | "hebr" | "syrc" | "thaa" | "nkoo"),
        None => {
            matches!(
                primary.as_str(),
                "ar" | "he" | "iw" | "fa" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb" | "syr"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_follows_language_and_script() {
        for (language, rtl) in
            [("en", false), ("ar", true), ("he-IL", true), ("az-Arab", true), ("ku-Latn", false), ("ja", false)]
        {
            assert_eq!(is_rtl(language), rtl, "{language}");
        }
    }
}
