//! Which headers every mail bears, and how each is spelled. Owns the header block; must not know the body.
//!
//! RFC 5322 for the message, 2369, 2919 and 8058 for the list, 3834 for what a program says by itself. Each field
//! stands once. There is no `Precedence` and no `X-Mailer`: neither helps a reader, and filters count both.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use lettre::message::header::{self, HeaderName, HeaderValue, Headers};

use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::delivery::DeliveryKind;
use crate::domain::newsletter::Newsletter;
use crate::domain::return_path::ReturnPath;

use super::content::Content;
use super::error::SkeletonError;

/// Google asks for 5 to 15 characters.
const SENDER_ID_CHARS: std::ops::RangeInclusive<usize> = 5..=15;
/// So long is a part of `Feedback-ID`.
const CAMPAIGN_BYTES_MAX: usize = 60;
/// So much of a hash tells apart as many slugs as there will ever be.
const CODE_BYTES: usize = 5;
/// RFC 2047 2: a line with an encoded word has at most 76 characters; this leaves room for the header's name.
const ENCODED_WORD_BYTES: usize = 39;
/// RFC 5322 2.1.1: no line should have more.
const LINE_BYTES_MAX: usize = 78;
/// RFC 5322 2.1.1: no line has more. A longer word, with the header's name, is encoded.
const WORD_BYTES_MAX: usize = 980;

/// The headers that are the same for every reader, written out.
#[derive(Debug)]
pub(super) struct StaticHeaders {
    /// `From` to `Subject`.
    first: String,
    /// The list's headers and MIME's.
    last: String,
    /// What kind of body a mail with all its parts has.
    content_type: String,
    from_domain: String,
    public_url: String,
    /// Whether the mail is of a kind one can unsubscribe from.
    pub(super) unsubscribe: bool,
    one_click: bool,
    /// The address that one may unsubscribe by; none where nobody would hear it.
    unsubscribe_path: Option<ReturnPath>,
    time_zone: jiff::tz::TimeZone,
}

/// What a reader's own headers are made of.
pub(super) struct OwnHeaders<'a> {
    pub(super) address: &'a EmailAddress,
    pub(super) name: Option<&'a str>,
    pub(super) date: Timestamp,
    pub(super) message_id: &'a str,
    /// The token of the link, and of the address, to unsubscribe by; none for mail that cannot be unsubscribed from.
    pub(super) unsubscribe_token: Option<&'a str>,
    /// How the text is encoded, where it is the whole body.
    pub(super) text_alone: Option<&'static str>,
}

impl StaticHeaders {
    /// Checks every value and writes what does not change.
    pub(super) fn build(
        newsletter: &Newsletter,
        public_url: &str,
        content: &Content,
        boundary: &str,
    ) -> Result<Self, SkeletonError> {
        for (header, value) in [
            ("Subject", content.subject.as_str()),
            ("From", &newsletter.from.name),
            ("List-Id", &newsletter.name),
            ("List-Id", &newsletter.list_id),
        ] {
            if value.chars().any(char::is_control) {
                return Err(SkeletonError::Control { header });
            }
        }
        for (header, value) in [
            ("List-Id", newsletter.list_id.as_str()),
            ("List-Archive", &newsletter.slug),
            ("Content-Language", &content.language),
        ] {
            if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
                return Err(SkeletonError::Token { header, value: value.to_owned() });
            }
        }
        Ok(Self {
            first: first(newsletter, &content.subject),
            last: last(newsletter, public_url, content),
            content_type: format!("Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n"),
            from_domain: newsletter.from.address.domain().to_owned(),
            public_url: public_url.to_owned(),
            unsubscribe: is_of_list(content.kind),
            one_click: public_url.starts_with("https://"),
            unsubscribe_path: newsletter.return_path.clone().filter(|_| newsletter.hears_mail),
            time_zone: newsletter.time_zone.clone(),
        })
    }

    /// The Message-ID that bears `token`, with its angle brackets.
    pub(super) fn message_id(&self, token: &str) -> String {
        format!("<{token}@{}>", self.from_domain)
    }

    /// About how many bytes the block takes.
    pub(super) fn size_estimate(&self) -> usize {
        const OWN_BYTES: usize = 500;
        self.first.len() + self.last.len() + self.content_type.len() + OWN_BYTES
    }

    /// Appends the block for one reader, without the blank line that ends it.
    pub(super) fn fill(&self, own: &OwnHeaders<'_>, out: &mut String) {
        out.push_str(&self.first);
        match own.name {
            None => {
                let _ = write!(out, "To: {}\r\n", own.address);
            }
            Some(name) => out.push_str(&mailbox_header("To", Some(name), own.address)),
        }
        let date = own.date.to_jiff().to_zoned(self.time_zone.clone());
        out.push_str("Date: ");
        // Only years before 1 and after 9999 cannot be printed, and a timestamp has none of them.
        let _ = jiff::fmt::rfc2822::DateTimePrinter::new().print_zoned(&date, &mut *out);
        let _ = write!(out, "\r\nMessage-ID: {}\r\n", own.message_id);
        if let Some(token) = own.unsubscribe_token {
            let link = format!("List-Unsubscribe: <{}/u/{token}>", self.public_url);
            out.push_str(&folded(&match &self.unsubscribe_path {
                // The link comes first: it is what RFC 8058 speaks of.
                Some(path) => format!("{link}, <mailto:{}?subject=unsubscribe>", uri_encoded(&path.address(token))),
                None => link,
            }));
            if self.one_click {
                out.push_str("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
            }
        }
        out.push_str(&self.last);
        match own.text_alone {
            None => out.push_str(&self.content_type),
            Some(encoding) => {
                let _ =
                    write!(out, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n");
            }
        }
    }
}

fn first(newsletter: &Newsletter, subject: &str) -> String {
    let name = if newsletter.from.name.is_empty() { &newsletter.name } else { &newsletter.from.name };
    let mut out = mailbox_header("From", Some(name), &newsletter.from.address);
    if let Some(address) = &newsletter.reply_to {
        out += &mailbox_header("Reply-To", None, address);
    }
    out + &subject_header(subject)
}

/// An address in a `mailto:` (RFC 6068 2): what a URI gives a meaning of its own is percent-encoded.
fn uri_encoded(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' | b'+' => {
                out.push(char::from(byte))
            }
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

/// Whether a kind of mail is the list's: it comes because one subscribes, and has the fields that name the list and lead
/// out of it (RFC 2369, 2919, 8058). Every other mail was asked for, one at a time: a mail program that offers to
/// unsubscribe beside it ends a subscription for which nobody meant to say so.
fn is_of_list(kind: DeliveryKind) -> bool {
    match kind {
        // A test is what readers will get.
        DeliveryKind::Issue | DeliveryKind::Welcome | DeliveryKind::Test => true,
        DeliveryKind::Confirmation | DeliveryKind::Request | DeliveryKind::Notice | DeliveryKind::Alarm => false,
    }
}

fn last(newsletter: &Newsletter, public_url: &str, content: &Content) -> String {
    let mut out = String::new();
    if is_of_list(content.kind) {
        out += &list_id(&newsletter.name, &newsletter.list_id);
        let _ = write!(out, "List-Archive: <{public_url}/{}/>\r\n", newsletter.slug);
    }
    if matches!(
        content.kind,
        DeliveryKind::Confirmation
            | DeliveryKind::Request
            | DeliveryKind::Welcome
            | DeliveryKind::Notice
            | DeliveryKind::Alarm
    ) {
        out.push_str("Auto-Submitted: auto-generated\r\n");
    }
    // Exchange sends notices of absence and automatic replies to the sender unless it reads this ([MS-OXCMAIL]). Reports
    // of what could not be delivered are wanted.
    out.push_str("X-Auto-Response-Suppress: OOF, AutoReply\r\n");
    let _ = write!(out, "Feedback-ID: {}\r\n", feedback_id(newsletter, content));
    let _ = write!(out, "Content-Language: {}\r\nMIME-Version: 1.0\r\n", content.language);
    out
}

/// `issue:newsletter:kind:sender`, and without the first for what is no issue; complaint rates are reported by each.
fn feedback_id(newsletter: &Newsletter, content: &Content) -> String {
    let domain = newsletter.from.address.domain();
    let mut sender: String = domain.chars().filter(char::is_ascii_alphanumeric).take(*SENDER_ID_CHARS.end()).collect();
    while sender.len() < *SENDER_ID_CHARS.start() {
        sender.push('0');
    }
    let issue = content.slug.as_deref().map_or_else(String::new, |slug| format!("{}:", campaign(slug)));
    format!("{issue}{}:{}:{sender}", campaign(&newsletter.slug), content.kind)
}

/// A slug as part of `Feedback-ID`. Of a long one, or one of another script, a part is left, with the hash of the whole
/// behind it: no two slugs are one campaign.
fn campaign(slug: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if slug.len() <= CAMPAIGN_BYTES_MAX && slug.chars().all(is_plain) {
        return slug.to_owned();
    }
    let hash = digest(&SHA256, slug.as_bytes());
    let code = HEXLOWER.encode(&hash.as_ref()[..CODE_BYTES]);
    let left = slug.split(|c| c == '-' || !is_plain(c)).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    let left = left.get(..left.len().min(CAMPAIGN_BYTES_MAX - 2 * CODE_BYTES - 1)).unwrap_or_default();
    [left.trim_end_matches('-'), &code].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// A header with one mailbox in it. Printable ASCII is an atom or a quoted string (RFC 5322 3.2.4); everything else
/// is encoded words. Filters count names that are encoded without need.
fn mailbox_header(header: &str, name: Option<&str>, address: &EmailAddress) -> String {
    let Some(name) = name.filter(|name| !name.is_empty()) else { return format!("{header}: {address}\r\n") };
    folded(&format!("{header}: {} <{address}>", phrase(name)))
}

/// A display name. What looks like an encoded word would be read as one, also between quotation marks.
fn phrase(name: &str) -> String {
    const ATOM: &[u8] = b"!#$%&'*+-/=?^_`{|}~";
    if !is_printable(name) || name.contains("=?") {
        return encoded_words(name);
    }
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || ATOM.contains(&byte)) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// A header in lines of at most 78 characters where it has spaces for that, with its line end; of 76 with an encoded word
/// (RFC 2047 2). The line never breaks behind the header's name, which simple readers of mail do not expect.
fn folded(header: &str) -> String {
    let mut out = String::with_capacity(header.len() + 8);
    for line in header.split("\r\n") {
        if !out.is_empty() {
            out.push_str("\r\n");
        }
        let most = if line.contains("=?") { LINE_BYTES_MAX - 2 } else { LINE_BYTES_MAX };
        let mut rest = line;
        while rest.len() > most {
            // No line is all white space, which would end the header for some, or ends in it, which is lost on the way.
            let is_good = |at: &usize| !rest[..*at].trim_end().is_empty() && !rest[..*at].ends_with([':', ' ']);
            let spaces: Vec<_> = rest.match_indices(' ').map(|(at, _)| at).filter(is_good).collect();
            let Some(at) = spaces.iter().rev().find(|at| **at <= most).or(spaces.first()).copied() else { break };
            out.push_str(&rest[..at]);
            out.push_str("\r\n");
            rest = &rest[at..];
        }
        out.push_str(rest);
    }
    out.push_str("\r\n");
    out
}

/// RFC 2919, with the name as a phrase.
fn list_id(name: &str, id: &str) -> String {
    let phrase = if is_printable(name) {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        encoded_words(name)
    };
    folded(&format!("List-Id: {phrase} <{id}>"))
}

/// Printable ASCII as it is, with one space between words; everything else in encoded words.
fn subject_header(subject: &str) -> String {
    if is_printable(subject) && !subject.contains("=?") && subject.split(' ').all(|word| word.len() < WORD_BYTES_MAX) {
        let words: Vec<_> = subject.split(' ').filter(|word| !word.is_empty()).collect();
        return folded(&format!("Subject: {}", words.join(" ")));
    }
    // What would read as an encoded word, or lose a space in folding.
    let odd = subject.contains("=?")
        || subject.contains("  ")
        || subject.trim() != subject
        || subject.split(' ').any(|word| word.len() > ENCODED_WORD_BYTES && word.is_ascii());
    let mut headers = Headers::new();
    if odd {
        let name = HeaderName::new_from_ascii_str("Subject");
        headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(name, subject.to_owned(), encoded_words(subject)));
    } else {
        headers.set(header::Subject::from(subject.to_owned()));
    }
    headers.to_string()
}

/// All of `text` as encoded words (RFC 2047), one to a line; no word ends within a character.
fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(ENCODED_WORD_BYTES));
        words.push(format!("=?utf-8?b?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}
