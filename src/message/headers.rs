//! Which headers every mail bears, and how each is spelled. Owns the header block; must not know the body.
//!
//! RFC 5322 for the message, 2369, 2919 and 8058 for the list, 3834 for what a program says by itself. Each field
//! stands once. There is no `Precedence` and no `X-Mailer`: neither helps a reader, and filters count both.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Address;
use lettre::message::header::{self, Header, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox, Mailboxes};

use crate::clock::Timestamp;
use crate::content::fields::{Field, Piece};
use crate::domain::address::EmailAddress;
use crate::domain::delivery::DeliveryKind;
use crate::domain::newsletter::Newsletter;

use super::skeleton::{Content, SkeletonError};
use super::verp;

/// Google asks for 5 to 15 characters.
const SENDER_ID_CHARS: std::ops::RangeInclusive<usize> = 5..=15;
/// RFC 2047 2: a line with an encoded word has at most 76 characters; this leaves room for the header's name.
const ENCODED_WORD_BYTES: usize = 39;
/// RFC 5322 2.1.1, with CRLF.
const LINE_BYTES_MAX: usize = 80;
/// A longer word is encoded, so that no line gets long.
const WORD_BYTES_MAX: usize = 60;

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
    bounce_domain: Option<String>,
    public_url: String,
    /// Whether the mail is of a kind one can unsubscribe from.
    pub(super) unsubscribe: bool,
    one_click: bool,
    time_zone: jiff::tz::TimeZone,
}

/// What a reader's own headers are made of.
pub(super) struct OwnHeaders<'a> {
    pub(super) address: &'a EmailAddress,
    pub(super) name: Option<&'a str>,
    pub(super) date: Timestamp,
    pub(super) message_id: &'a str,
    /// The link and its token; none for mail that cannot be unsubscribed from.
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
        // A request goes to who may never have heard of the newsletter: whom it would unsubscribe is another. A confirmation
        // has the header where it has the link.
        let has_link = content.text.pieces().any(|piece| piece == Piece::Field(Field::UnsubscribeUrl));
        let unsubscribe = match content.kind {
            DeliveryKind::Confirmation => has_link,
            DeliveryKind::Request | DeliveryKind::Alarm => false,
            _ => true,
        };
        Ok(Self {
            first: first(newsletter, &content.subject),
            last: last(newsletter, public_url, content),
            content_type: format!("Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\"\r\n"),
            from_domain: newsletter.from.address.domain().to_owned(),
            bounce_domain: newsletter.bounce_domain.clone(),
            public_url: public_url.to_owned(),
            unsubscribe,
            one_click: public_url.starts_with("https://"),
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
            Some(name) => out.push_str(&mailbox_header::<header::To>(Some(name), own.address)),
        }
        let date = own.date.to_jiff().to_zoned(self.time_zone.clone());
        out.push_str("Date: ");
        // Only years before 1 and after 9999 cannot be printed, and a timestamp has none of them.
        let _ = jiff::fmt::rfc2822::DateTimePrinter::new().print_zoned(&date, &mut *out);
        let _ = write!(out, "\r\nMessage-ID: {}\r\n", own.message_id);
        if let Some(token) = own.unsubscribe_token {
            let _ = write!(out, "List-Unsubscribe: <{}/u/{token}>", self.public_url);
            if let Some(domain) = &self.bounce_domain {
                let address = verp::unsubscribe_address(token, domain);
                let _ = write!(out, ",\r\n <mailto:{address}?subject=unsubscribe>");
            }
            out.push_str("\r\n");
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
    let mut out = mailbox_header::<header::From>(Some(name), &newsletter.from.address);
    if let Some(address) = &newsletter.reply_to {
        out += &mailbox_header::<header::ReplyTo>(None, address);
    }
    out + &subject_header(subject)
}

fn last(newsletter: &Newsletter, public_url: &str, content: &Content) -> String {
    // An alarm is no mail of the list.
    let is_of_list = content.kind != DeliveryKind::Alarm;
    let mut out = if is_of_list { list_id(&newsletter.name, &newsletter.list_id) } else { String::new() };
    if is_of_list && !matches!(content.kind, DeliveryKind::Confirmation | DeliveryKind::Request) {
        let _ = write!(out, "List-Archive: <{public_url}/{}>\r\n", newsletter.slug);
    }
    if matches!(
        content.kind,
        DeliveryKind::Confirmation
            | DeliveryKind::Request
            | DeliveryKind::Welcome
            | DeliveryKind::Notice
            | DeliveryKind::Alarm
    ) {
        out.push_str("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n");
    }
    let _ = write!(out, "Feedback-ID: {}\r\n", feedback_id(newsletter, content));
    let _ = write!(out, "Content-Language: {}\r\nMIME-Version: 1.0\r\n", content.language);
    out
}

/// `issue:newsletter:kind:sender`; complaint rates are reported by each of the four.
fn feedback_id(newsletter: &Newsletter, content: &Content) -> String {
    let identifier = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).take(60).collect()
    };
    let domain = newsletter.from.address.domain();
    let mut sender: String = domain.chars().filter(char::is_ascii_alphanumeric).take(*SENDER_ID_CHARS.end()).collect();
    while sender.len() < *SENDER_ID_CHARS.start() {
        sender.push('0');
    }
    let issue = identifier(content.slug.as_deref().unwrap_or("-"));
    format!("{issue}:{}:{}:{sender}", identifier(&newsletter.slug), content.kind)
}

/// A header with one mailbox in it. Phrases are quoted or encoded by lettre; addresses were checked when they came.
fn mailbox_header<H: Header + From<Mailboxes>>(name: Option<&str>, address: &EmailAddress) -> String {
    let address = Address::new_dangerous(address.local(), address.domain());
    let mut headers = Headers::new();
    headers.set(H::from(Mailboxes::from(Mailbox::new(name.map(str::to_owned), address))));
    headers.to_string()
}

/// RFC 2919, with the name as a phrase: quoted where it is ASCII, and else of encoded words, beside which the
/// characters that are special in a phrase may not stand bare.
fn list_id(name: &str, id: &str) -> String {
    let phrase = if name.is_ascii() {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        encoded_words(name)
    };
    let line = format!("List-Id: {phrase} <{id}>\r\n");
    if line.len() <= LINE_BYTES_MAX { line } else { format!("List-Id: {phrase}\r\n <{id}>\r\n") }
}

fn subject_header(subject: &str) -> String {
    // What would read as an encoded word, or make a line of itself, or lose a space in folding.
    let odd = subject.contains("=?")
        || subject.contains("  ")
        || subject.trim() != subject
        || subject.split(' ').any(|word| word.len() > WORD_BYTES_MAX && word.is_ascii());
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
