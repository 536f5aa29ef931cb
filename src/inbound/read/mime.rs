//! A mail's bytes to the parts that reports are read from, within limits. Decoding and nesting are the library's work;
//! it is handed nothing that could cost it more than a report does.

use std::panic::catch_unwind;
use std::sync::LazyLock;

use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::fields::Fields;

/// The report stands before the copy of our mail; what comes after is not read.
const BYTES_MAX: usize = 256 * 1024;
/// More of a header than any report has.
const HEADER_MAX: usize = 64 * 1024;
/// Longer lines are cut.
const LINE_MAX: usize = 16 * 1024;
/// CRs before an LF that are one line end with it.
const RETURNS_MAX: usize = 8;
/// Lines, parts and boundaries that are looked at: each costs the library some hundred bytes, and its nesting is as deep
/// as there are types.
const LINES_MAX: usize = 16 * 1024;
const TYPES_MAX: usize = 64;
const DASHES_MAX: usize = 1024;
/// Parts that are read, and how deep they may stand in one another.
const PARTS_MAX: usize = 64;
const DEPTH_MAX: u8 = 8;
/// Text of one part that is looked at.
pub(super) const TEXT_MAX: usize = 32 * 1024;

static PARSER: LazyLock<MessageParser> =
    LazyLock::new(|| MessageParser::new().with_mime_headers().header_text(HeaderName::Subject).default_header_ignore());

/// A mail, taken apart.
#[derive(Debug, Default)]
pub(super) struct Mail {
    /// Its own header.
    pub(super) header: Fields,
    /// Its subject, decoded.
    pub(super) subject: String,
    /// What a person reads, in order; HTML only where there is no text.
    pub(super) texts: Vec<String>,
    /// Delivery reports (RFC 3464, RFC 6533).
    pub(super) status: Vec<String>,
    /// Feedback reports (RFC 5965).
    pub(super) feedback: Vec<String>,
    /// Its receipt (RFC 8098).
    pub(super) receipt: Option<String>,
    /// The header of the mail that came back, as text.
    pub(super) copy: Option<String>,
    /// Whether its end is missing: what was lost may take back what is left.
    pub(super) is_cut: bool,
    /// Whether a part looks like a report about authentication or TLS.
    pub(super) archive: bool,
}

/// Takes a mail apart; `None` when it has no header.
pub(super) fn open(bytes: &[u8]) -> Option<Mail> {
    let clean = limited(bytes);
    // The parser holds its own assumptions by assertions, which bytes of strangers can break.
    let parsed = catch_unwind(|| PARSER.parse(&clean)).ok()??;
    let head = memchr::memmem::find(&clean, b"\n\n").unwrap_or(clean.len()).min(HEADER_MAX);
    let header = Fields::header(&String::from_utf8_lossy(&clean[..head]));
    if header.is_empty() {
        return None;
    }
    let mut mail = Mail { header, subject: parsed.subject().unwrap_or_default().to_owned(), ..Mail::default() };
    let mut html = Vec::new();
    let depths = depths(&parsed.parts);
    for (part, _) in parsed.parts.iter().zip(depths).take(PARTS_MAX).filter(|(_, depth)| *depth <= DEPTH_MAX) {
        mail.add(part, &parsed, &mut html);
        mail.is_cut |= bytes.len() <= BYTES_MAX && has_no_end(part, &clean);
    }
    let is_report = parsed.parts.first().is_some_and(|part| kind_of(part).1 == "report");
    // The part that it is named for was lost.
    mail.is_cut |= is_report && mail.status.is_empty() && mail.feedback.is_empty() && mail.receipt.is_none();
    if mail.texts.iter().all(|text| text.trim().is_empty()) {
        mail.texts = html;
    }
    Some(mail)
}

/// Whether a part that is evidence ends with the mail, without the boundary that ends parts. A copy may.
fn has_no_end(part: &MessagePart<'_>, clean: &[u8]) -> bool {
    let (kind, subtype) = kind_of(part);
    let is_evidence = match kind.as_str() {
        "text" => subtype != "rfc822-headers",
        "message" => !matches!(subtype.as_str(), "rfc822" | "global" | "rfc822-headers" | "global-headers"),
        _ => kind.is_empty(),
    };
    let is_inner = part.raw_header_offset() > 0;
    is_evidence && is_inner && part.raw_end_offset() as usize >= clean.len()
}

/// How deep each part stands: what holds others comes before them.
fn depths(parts: &[MessagePart<'_>]) -> Vec<u8> {
    let mut depths = vec![0_u8; parts.len()];
    for (at, part) in parts.iter().enumerate() {
        let PartType::Multipart(inner) = &part.body else { continue };
        let depth = depths[at].saturating_add(1);
        for one in inner.iter().map(|one| *one as usize).filter(|one| *one > at) {
            if let Some(known) = depths.get_mut(one) {
                *known = depth;
            }
        }
    }
    depths
}

impl Mail {
    fn add(&mut self, part: &MessagePart<'_>, whole: &Message<'_>, html: &mut Vec<String>) {
        let (kind, subtype) = kind_of(part);
        match (kind.as_str(), subtype.as_str()) {
            ("message", "delivery-status" | "global-delivery-status") => self.status.extend(text_of(part)),
            ("message", "feedback-report") => self.feedback.extend(text_of(part)),
            ("message", "disposition-notification" | "global-disposition-notification") => {
                self.receipt = text_of(part).or_else(|| Some(String::new()))
            }
            ("text", "rfc822-headers") | ("message", "rfc822-headers" | "global-headers") => {
                self.keep_copy(text_of(part))
            }
            ("message", "rfc822" | "global") => self.keep_copy(copy_of(part, whole)),
            ("application", "zip" | "gzip" | "x-gzip" | "x-zip-compressed" | "tlsrpt+gzip" | "tlsrpt+json") => {
                self.archive = true;
            }
            // A multipart that names no boundary is a text.
            ("multipart", _) if !matches!(part.body, PartType::Multipart(_)) => self.texts.extend(text_of(part)),
            ("text" | "", _) => match &part.body {
                PartType::Html(text) => html.push(without_tags(cut(text))),
                PartType::Text(text) => self.texts.push(cut(text).to_owned()),
                _ => {}
            },
            _ => {}
        }
    }

    fn keep_copy(&mut self, text: Option<String>) {
        if self.copy.is_none() {
            self.copy = text;
        }
    }
}

fn kind_of(part: &MessagePart<'_>) -> (String, String) {
    let Some(kind) = part.content_type() else { return Default::default() };
    (kind.ctype().to_ascii_lowercase(), kind.subtype().unwrap_or_default().to_ascii_lowercase())
}

fn text_of(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => Some(cut(text).to_owned()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(lossy(bytes)),
        _ => None,
    }
}

/// The beginning of a mail within a mail, header first.
fn copy_of(part: &MessagePart<'_>, whole: &Message<'_>) -> Option<String> {
    match &part.body {
        PartType::Message(inner) if inner.raw_message.len() != whole.raw_message.len() => {
            Some(lossy(&inner.raw_message))
        }
        PartType::Message(_) => {
            let from = part.raw_body_offset() as usize;
            let to = (part.raw_end_offset() as usize).max(from);
            let raw = &whole.raw_message[from.min(whole.raw_message.len())..to.min(whole.raw_message.len())];
            Some(lossy(raw).trim_start_matches('\n').to_owned())
        }
        _ => text_of(part),
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT_MAX)]).into_owned()
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_MAX)]
}

/// The bytes with LF alone as line end, without NUL, within the limits.
fn limited(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = &bytes[..bytes.len().min(BYTES_MAX)];
    // What was saved from a web page begins with blank lines.
    let bytes = after_blank_lines(bytes);
    let mut out = Vec::with_capacity(bytes.len() + 1);
    let mut begin = 0;
    let (mut lines, mut types, mut dashes) = (0, 0, 0);
    while begin < bytes.len() {
        let end = memchr::memchr2(b'\r', b'\n', &bytes[begin..]).map_or(bytes.len(), |at| begin + at);
        let line = &bytes[begin..end];
        begin = end + 1;
        // CR CR LF is one line end: some hosts add a CR to every LF.
        if bytes.get(end) == Some(&b'\r') {
            let more = bytes[end..].iter().take(RETURNS_MAX).take_while(|byte| **byte == b'\r').count();
            if bytes.get(end + more) == Some(&b'\n') {
                begin = end + more + 1;
            }
        }
        lines += 1;
        types += usize::from(line.len() >= 12 && line[..12].eq_ignore_ascii_case(b"content-type"));
        dashes += usize::from(line.starts_with(b"--"));
        if lines > LINES_MAX || types > TYPES_MAX || dashes > DASHES_MAX {
            break;
        }
        out.extend(line.iter().take(LINE_MAX).filter(|byte| **byte != 0));
        out.push(b'\n');
    }
    out
}

fn after_blank_lines(bytes: &[u8]) -> &[u8] {
    let text = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
    let begin = bytes[..text].iter().rposition(|byte| matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
    &bytes[begin..]
}

/// HTML as plain text, well enough for phrases: tags go, ends of blocks are ends of lines.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let last_end = html.rfind("</").map_or(usize::MAX, |at| html.len() - at);
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        // An address in angle brackets is no tag.
        let close = inside.find('>').unwrap_or(inside.len());
        let tag = &inside[..close];
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        rest = inside.get(close + 1..).unwrap_or_default();
        if name.eq_ignore_ascii_case("style") || name.eq_ignore_ascii_case("script") {
            // After the last end tag none is looked for.
            let has_end = !tag.starts_with('/') && rest.len() >= last_end;
            let end = has_end.then(|| rest.find("</")).flatten();
            rest = end.map_or(rest, |end| &rest[end..]);
        } else if ["br", "p", "div", "tr", "td", "li", "h1", "h2", "h3", "table"]
            .iter()
            .any(|block| name.eq_ignore_ascii_case(block))
        {
            out.push('\n');
        } else if tag.contains('@') && !tag.contains('=') {
            out.push_str(&format!("<{tag}>"));
        }
    }
    out.push_str(rest);
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&#39;", "'"), ("&quot;", "\""), ("&amp;", "&")];
    named.iter().fold(out, |text, (name, plain)| if text.contains(name) { text.replace(name, plain) } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_one() {
        for ends in ["\n", "\r\n", "\r", "\r\r\n"] {
            let text = ["A: 1", "", "body", "", "", "end"].join(ends);
            assert_eq!(String::from_utf8(limited(text.as_bytes())).unwrap(), "A: 1\n\nbody\n\n\nend\n", "{ends:?}");
        }
    }

    #[test]
    fn html_is_read_as_text() {
        let text =
            without_tags("<style>b{}</style><p>To <b>x</b> &lt;a@example.org&gt;<br>User&nbsp;unknown <a@b.example>");
        assert_eq!(text, "\nTo x <a@example.org>\nUser unknown <a@b.example>");
    }
}
