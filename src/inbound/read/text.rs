//! Where in a text the report ends and the copy of our mail begins, which addresses stand in it, and where a reply of a
//! server is quoted.

use super::fields;
use super::signs::{Sign, Signs};
use crate::domain::reply::Stage;

/// A line that says "original message" and more than that is a sentence.
const SEPARATOR_MAX: usize = 90;
/// Fields that a copy's header has and a report's text has not.
const COPY_FIELDS: &[&str] = &["received", "return-path", "message-id", "dkim-signature", "mime-version", "x-mailer"];

/// Divides a text into the report and the copy after it.
pub(super) fn divide(text: &str) -> (&str, Option<&str>) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let after = at + line.len();
        if is_separator(line.trim_end()) {
            return (&text[..at], Some(&text[after..]));
        }
        if is_header_begin(line, &text[at..]) {
            return (&text[..at], Some(&text[at..]));
        }
        at = after;
    }
    (text, None)
}

/// `--- Below this line is a copy of the message.`; `Message headers follow:`
fn is_separator(line: &str) -> bool {
    let bare = line.trim();
    if bare.is_empty() || bare.len() > SEPARATOR_MAX || bare.contains('@') {
        return false;
    }
    let is_ruled = bare.starts_with(['-', '=', '*', '_', '#', '+', '|']) && bare.len() > 2;
    let ends = bare.ends_with([':', '：']);
    let lower = bare.to_ascii_lowercase();
    // A sentence that only mentions the copy goes on from the line before: "delete your own text from the attached ...".
    let begins = !bare.starts_with(char::is_lowercase);
    let announces = begins && ["follow", "below", "attached", "enclosed"].iter().any(|word| lower.contains(word));
    // "Body of message generated response:" introduces the reply.
    let is_reply = ["response", "reply", "error"].iter().any(|word| lower.contains(word));
    (is_ruled || ends || announces) && !is_reply && Signs::of(bare).has(Sign::Copy)
}

/// Whether a mail's header begins here: three fields in a row at the margin, one of them of a kind that only mails have;
/// or the same behind marks of quotation.
fn is_header_begin(line: &str, rest: &str) -> bool {
    let quoted =
        rest.lines().take(24).map_while(|line| line.strip_prefix('>')).map(|line| line.trim_start_matches(' '));
    match line.strip_prefix('>') {
        Some(_) => begins_header(&quoted.collect::<Vec<_>>().join("\n")),
        None => begins_header(rest),
    }
}

/// A copy without the marks of quotation before its lines.
pub(super) fn unquoted(copy: &str) -> String {
    if !copy.starts_with('>') {
        return copy.to_owned();
    }
    let bare =
        |line: &str| line.strip_prefix('>').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest)).to_owned();
    copy.lines().map(bare).collect::<Vec<_>>().join("\n")
}

fn begins_header(rest: &str) -> bool {
    let Some((name, _)) = rest.lines().next().and_then(field) else { return false };
    if !COPY_FIELDS.contains(&name.as_str()) && name != "from" && name != "date" && name != "to" && name != "subject" {
        return false;
    }
    let run = rest.lines().take(24).take_while(|line| !line.trim().is_empty());
    let names: Vec<_> = run.filter_map(field).map(|(name, _)| name).collect();
    names.len() >= 3 && names.iter().any(|name| COPY_FIELDS.contains(&name.as_str()))
}

fn field(line: &str) -> Option<(String, &str)> {
    fields::split(line).filter(|(name, _)| !line.starts_with([' ', '\t']) && !name.contains(' '))
}

/// The addresses of a line, each with the places where it begins and ends.
pub(super) fn addresses(line: &str) -> Vec<(usize, usize)> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    for at in memchr::memchr_iter(b'@', bytes) {
        if at < from {
            continue;
        }
        let local = bytes[from..at].iter().rev().take(64).take_while(|byte| is_local(**byte)).count();
        let domain = bytes[at + 1..].iter().take(255).take_while(|byte| is_domain(**byte)).count();
        let domain = line[at + 1..at + 1 + domain].trim_end_matches(['.', '-']).len();
        if local > 0 && domain > 2 {
            found.push((at - local, at + 1 + domain));
            from = at + 1 + domain;
        }
    }
    found
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_{|}~.-".contains(&byte)
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

/// Where a server's reply begins: three digits at the beginning of a word, and nothing that makes a number of them.
pub(super) fn reply_at(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(2)).find(|&at| {
        let is_code =
            matches!(bytes[at], b'4' | b'5') && matches!(bytes[at + 1], b'0'..=b'7') && bytes[at + 2].is_ascii_digit();
        let begins = at == 0
            || matches!(
                bytes[at - 1],
                b' ' | b'\t' | b'\n' | b'<' | b'"' | b'\'' | b':' | b'(' | b'[' | b';' | b'>' | b'|'
            );
        is_code && begins && is_followed(&text[at + 3..]) && !is_counted(&text[..at])
    })
}

/// After the code comes a blank with a word, a dash, a colon, or the end of the line.
fn is_followed(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        None | Some('\n') => true,
        Some('-') => chars.next().is_some_and(|c| !c.is_ascii_digit() || rest[1..].starts_with(['4', '5'])),
        Some(':') => chars.next().is_none_or(char::is_whitespace),
        Some(' ' | '\t') => {
            let word = rest.split_whitespace().next().unwrap_or_default();
            !["bytes", "kb", "mb", "messages", "attempts", "hours", "minutes", "days", "seconds"]
                .contains(&word.to_ascii_lowercase().as_str())
        }
        Some(_) => false,
    }
}

/// `port 587`, `[#449]`: a number of something.
fn is_counted(before: &str) -> bool {
    let word = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default().to_ascii_lowercase();
    ["port", "page", "line", "size", "id", "over", "than", "after", "for"].contains(&word.as_str())
}

/// A reply as its server said it, from a text that begins with it: the lines are one, and the code that stands at the
/// beginning of each further line is dropped.
pub(super) fn tidy_reply(text: &str) -> String {
    let code = &text[..text.floor_char_boundary(3)];
    let rest = text[code.len()..].trim_start_matches([':', '-', ' ', '\t', '\'', '"']);
    let status = rest.split_whitespace().next().filter(|word| is_status(word));
    let mut words = Vec::new();
    let mut after_code = false;
    for word in rest.split_whitespace() {
        let bare = word.strip_prefix(code).map(|rest| rest.trim_start_matches('-'));
        let is_code = bare.is_some_and(|bare| bare.is_empty() || Some(bare) == status);
        let is_status_again = after_code && Some(word) == status;
        after_code = is_code;
        if !is_code && !is_status_again {
            words.push(bare.filter(|_| word.as_bytes().get(3) == Some(&b'-')).unwrap_or(word));
        }
    }
    format!("{code} {}", words.join(" "))
}

fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Where a reporter says that the refusal came, by the words around the reply.
pub(super) fn stage(text: &str) -> Stage {
    match transcript(text) {
        Stage::Unknown => Stage::named_in(text),
        stage => stage,
    }
}

/// `>>> RCPT TO:<...>` and then `<<< 550 ...`. A client that sends several commands at once shows the last of them: when
/// the next answer is that nobody is left to write to, the refusal was that of the recipient.
fn transcript(text: &str) -> Stage {
    let mut asked = Stage::Unknown;
    let mut refused = None;
    for line in text.lines().map(str::trim) {
        if let Some(command) = line.strip_prefix(">>>") {
            asked = match command.trim().to_ascii_lowercase() {
                command if command.starts_with("rcpt") => Stage::Recipient,
                command if command.starts_with("mail") => Stage::Mail,
                command if command.starts_with("data") => Stage::Data,
                command if command.starts_with("ehlo") || command.starts_with("helo") => Stage::Session,
                command if command.starts_with('.') => Stage::Dot,
                _ => asked,
            };
        } else if let Some(reply) = line.strip_prefix("<<<").map(str::trim) {
            match refused {
                None if reply.starts_with(['4', '5']) && asked != Stage::Unknown => refused = Some(asked),
                Some(Stage::Data) if reply.starts_with("503") || reply.starts_with("554") => return Stage::Recipient,
                _ => {}
            }
        }
    }
    refused.unwrap_or(Stage::Unknown)
}

/// `5.1.1`, `#5.1.1 (no such user)`.
pub(super) fn enhanced(text: &str) -> Option<(u8, u16, u16)> {
    let word = text.trim().trim_start_matches('#').split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let mut parts = word.split('.').map(|part| part.parse::<u16>().ok().filter(|_| part.len() <= 3));
    let code = (u8::try_from(parts.next()??).ok()?, parts.next()??, parts.next()??);
    (parts.next().is_none() && matches!(code.0, 4 | 5)).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_begins_at_a_line_that_says_so_or_at_a_header() {
        for (text, report) in [
            ("no\n--- Below this line is a copy of the message.\n\nReceived: x\n", "no\n"),
            ("no\nMessage headers follow.\n\nReceived: x", "no\n"),
            ("no\nOriginal message follows.\nDate: x", "no\n"),
            (
                "delete your own\ntext from the attached returned message.\n<a@b>: no\n",
                "delete your own\ntext from the attached returned message.\n<a@b>: no\n",
            ),
            ("Body of message generated response:\n550 no\n", "Body of message generated response:\n550 no\n"),
            ("no\n\nReturn-Path: <a@b.example>\nReceived: x\nFrom: y\n", "no\n\n"),
            ("The original message was received at noon\nno\n", "The original message was received at noon\nno\n"),
            (
                "Final-Recipient: rfc822; x\nAction: failed\nStatus: 5.0.0\n",
                "Final-Recipient: rfc822; x\nAction: failed\nStatus: 5.0.0\n",
            ),
            ("From: you\nTo: me\nwas refused", "From: you\nTo: me\nwas refused"),
            ("no\n> Received: x\n> From: y\n> To: z\n", "no\n"),
            ("no\n> From: y\n> To: z\n> wrote\n", "no\n> From: y\n> To: z\n> wrote\n"),
        ] {
            assert_eq!(divide(text).0, report, "{text:?}");
        }
    }

    #[test]
    fn addresses_are_found_where_they_begin_and_end() {
        for (line, expected) in [
            ("<anna@example.org>:", vec!["anna@example.org"]),
            ("to a.b+c@example.org. Or x@y.example, or @no", vec!["a.b+c@example.org", "x@y.example"]),
            ("@@@ a@ @b", vec![]),
            ("é@example.org ä a@b.de", vec!["a@b.de"]),
        ] {
            let found: Vec<_> = addresses(line).iter().map(|(from, to)| &line[*from..*to]).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn replies_are_found_and_made_one_line() {
        for (text, expected) in [
            ("host mx said: 550 5.1.1 no", Some("550 5.1.1 no")),
            ("550-5.1.1 The\n550-5.1.1 account\n550 5.1.1 is gone", Some("550 5.1.1 The account is gone")),
            ("550: 5.1.1 no", Some("550 5.1.1 no")),
            ("error 550-'5.7.1 <x>... denied'", Some("550 5.7.1 <x>... denied'")),
            ("552-no\n552 more", Some("552 no more")),
            ("port 587 is shut; 5500 and 192.0.2.1 and 500 bytes", None),
            ("", None),
        ] {
            let found = reply_at(text).map(|at| tidy_reply(&text[at..]));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_transcript_names_the_stage() {
        for (text, expected) in [
            (">>> RCPT To:<a@b>\n<<< 550 no", Stage::Recipient),
            (">>> DATA\n<<< 550 no\n<<< 503 need RCPT", Stage::Recipient),
            (">>> DATA\n<<< 550 spam", Stage::Data),
            ("<<< 450 busy\n>>> DATA\n<<< 551 no\n<<< 503 need RCPT", Stage::Recipient),
            (">>> MAIL From:<>\n<<< 501 no", Stage::Mail),
            ("550 no", Stage::Unknown),
        ] {
            assert_eq!(stage(text), expected, "{text}");
        }
    }

    #[test]
    fn codes_have_three_numbers() {
        for (text, code) in [
            ("5.1.1", Some((5, 1, 1))),
            ("#4.4.7 (late)", Some((4, 4, 7))),
            ("2.0.0", None),
            ("5.1", None),
            ("5.1.1.1", None),
        ] {
            assert_eq!(enhanced(text), code, "{text}");
        }
    }
}
