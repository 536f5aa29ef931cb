//! Reports that are written for people: whom they speak of, and what they say of each. Systems differ in words, not in
//! form: a recipient stands at the head of a line, or beside words of failure, and what is said of it stands after it.

use std::collections::BTreeSet;

use super::RECIPIENTS_MAX;
use super::signs::{Sign, Signs};
use super::text::{addresses, enhanced, reply_at, stage, tidy_reply};
use crate::domain::reply::Stage;

/// What is said of a recipient beyond this is about something else.
const BLOCK_MAX: usize = 2048;
/// Addresses in a text that are looked at.
const PLACES_MAX: usize = 128;
/// How lines begin that a reporter writes below a reply.
const REPORTERS: &[&str] = &[
    ">>>", "---", "===", "Giving up on ", "I'm not going to try again", "While talking to ", "... while talking to ",
    "Connected to ", "Message could not be delivered for ", "Message will be deleted from queue",
];
/// Words of failure stand as near to an address.
const BESIDE_MAX: usize = 256;
/// The sentences before a list of recipients.
const BEFORE_MAX: usize = 700;

/// One recipient, and what a text says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) address: String,
    pub(super) stage: Stage,
    pub(super) quoted: Option<String>,
    /// The nearest first.
    pub(super) prose: Vec<String>,
}

/// Where a recipient stands in the text.
#[derive(Clone, Copy, Debug)]
struct Place {
    address: (usize, usize),
    /// Where the line begins, and where the next one does.
    line: (usize, usize),
    /// Whether a transcript concludes here, so that what is said of it stands before.
    is_conclusion: bool,
}

/// Everybody a report's text speaks of, except those whom it is written to or by.
pub(super) fn read(text: &str, except: &BTreeSet<String>) -> Vec<Spoken> {
    let places = places(text, except);
    let mut seen = BTreeSet::new();
    let kept: Vec<(usize, Place)> = places
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, place)| seen.insert(address(text, *place).to_ascii_lowercase()))
        .take(RECIPIENTS_MAX)
        .collect();
    let first = places.first().map_or(0, |place| place.line.0);
    kept.iter().map(|(number, place)| spoken(text, &places, *number, *place, first)).collect()
}

/// What a text says of nobody in particular: for reports that name their recipient in a field.
pub(super) fn of_all(text: &str) -> Spoken {
    let quoted = quoted(text);
    Spoken { address: String::new(), stage: stage(text), quoted, prose: vec![cut(text, 2 * BLOCK_MAX).to_owned()] }
}

/// Whether an address stands on a line of its own, and is none of `except`: people sign with theirs.
pub(super) fn names_alone(text: &str, except: &BTreeSet<String>) -> bool {
    let is_bare = |part: &str| part.trim_matches(|c: char| c.is_whitespace() || "<>\"':*-".contains(c)).is_empty();
    text.lines().filter(|line| line.len() <= 320).any(|line| match addresses(line).as_slice() {
        [(from, to)] => {
            let is_own = except.contains(&line[*from..*to].to_ascii_lowercase());
            !is_own && is_bare(&line[..*from]) && is_bare(&line[*to..])
        }
        _ => false,
    })
}

fn address(text: &str, place: Place) -> &str {
    &text[place.address.0..place.address.1]
}

fn spoken(text: &str, places: &[Place], number: usize, place: Place, first: usize) -> Spoken {
    if place.is_conclusion {
        return concluded(text, places, number, place);
    }
    let next = places[number + 1..].iter().find(|next| address(text, **next) != address(text, place));
    let end = next.map_or(text.len(), |next| next.line.0.max(place.line.1));
    let own = cut(&text[place.address.1..end.max(place.address.1)], BLOCK_MAX);
    // A list of recipients and one account of them all after it.
    let names_others = places
        .iter()
        .map(|other| address(text, *other))
        .any(|other| other != address(text, place) && own.contains(other));
    let shared = names_others || own.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
    let after = match shared {
        true => of_list(text, places, address(text, place)),
        false => own.to_owned(),
    };
    let before = &text[..first];
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(BEFORE_MAX))..];
    let line = &text[place.line.0..place.line.1.min(end.max(place.line.0))];
    let found = quoted(&after).or_else(|| quoted(line)).or_else(|| quoted(before));
    let around = match found.is_some() && quoted(&after).is_none() {
        true => format!("{before}\n{line}"),
        false => format!("{line}\n{after}"),
    };
    let mut prose = vec![paragraph(&after).to_owned(), line.to_owned(), after];
    prose.push(before.to_owned());
    prose.retain(|text| text.chars().any(char::is_alphabetic));
    Spoken { address: address(text, place).to_owned(), stage: stage(&around), quoted: found, prose }
}

/// What a transcript says before it names whom it speaks of: `>>> RCPT`, `<<< 550 no`, `550 <anna@example.org>... no`.
fn concluded(text: &str, places: &[Place], number: usize, place: Place) -> Spoken {
    let begin = number.checked_sub(1).map_or(0, |before| places[before].line.1);
    let begin = begin.max(place.line.1.saturating_sub(BLOCK_MAX));
    let own = &text[text.ceil_char_boundary(begin)..place.line.1];
    let own = own.rfind("hile talking to").map_or(own, |at| &own[at..]);
    let line = &text[place.line.0..place.line.1];
    let prose = vec![line.to_owned(), own.to_owned()];
    Spoken { address: address(text, place).to_owned(), stage: stage(own), quoted: quoted(own), prose }
}

/// What stands after a list: the lines that name the address, with those that go on from there; all of it when none does.
fn of_list(text: &str, places: &[Place], wanted: &str) -> String {
    let Some(last) = places.last() else { return String::new() };
    let lines: Vec<&str> = text[last.line.1..].lines().collect();
    let named: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].contains(wanted)).collect();
    let mut out = String::new();
    for (number, &at) in named.iter().enumerate() {
        let to = named.get(number + 1).copied().unwrap_or(lines.len());
        let goes_on = |line: &&&str| !line.trim().is_empty() && addresses(line).is_empty();
        let block = lines[at + 1..to].iter().take_while(goes_on).copied();
        for line in std::iter::once(lines[at]).chain(block) {
            out.push_str(line);
            out.push('\n');
        }
    }
    let is_alone = places.iter().all(|place| address(text, *place) == wanted);
    match out.is_empty() || is_alone {
        true => cut(&text[last.line.1..], BLOCK_MAX).to_owned(),
        false => cut(&out, BLOCK_MAX).to_owned(),
    }
}

/// The first paragraph that says something.
fn paragraph(text: &str) -> &str {
    let start = text.find(char::is_alphanumeric).unwrap_or(0);
    let rest = &text[start..];
    rest.split("\n\n").next().unwrap_or(rest)
}

/// A server's reply in a text: from its code to the end of the paragraph. A transcript's `<<<` goes first: what stands
/// before it is the reporter's own line.
pub(super) fn quoted(text: &str) -> Option<String> {
    let asked = text.find("<<<").filter(|at| reply_at(&text[at + 3..]).is_some()).map_or(0, |at| at + 3);
    let Some(at) = reply_at(&text[asked..]) else { return coded(text) };
    let rest = &text[asked..];
    let mut reply = String::new();
    for (number, line) in rest[at..].lines().enumerate() {
        let bare = line.trim().trim_start_matches("<<<").trim_start();
        let ends = bare.is_empty() || REPORTERS.iter().any(|words| bare.starts_with(words));
        // Another reply, with another code: it is not of this answer.
        let is_other = reply_at(bare) == Some(0) && !bare.starts_with(&rest[at..at + 3]);
        if number > 0 && (ends || is_other) {
            break;
        }
        reply.push_str(bare);
        reply.push('\n');
    }
    Some(tidy_reply(&reply))
}

/// A reply that is quoted without its digits: `5.1.1 <anna@example.org>... User unknown` at the head of a line.
fn coded(text: &str) -> Option<String> {
    let bare = |line: &str| line.trim_start_matches(|c: char| c.is_whitespace() || c == '<' || c == '#').len();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let from = at + line.len() - bare(line);
        at += line.len();
        if enhanced(&text[from..at]).is_some() && text[from..at].trim().contains(' ') {
            return Some(paragraph(&text[from..]).split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    None
}

fn cut(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

/// Where recipients stand: at the head of lines, else after a label, else where a transcript concludes, else beside words
/// of failure, else anywhere.
fn places(text: &str, except: &BTreeSet<String>) -> Vec<Place> {
    let mut found: [Vec<Place>; 5] = Default::default();
    let mut seen = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if seen >= PLACES_MAX {
            break;
        }
        let begin = at;
        at += line.len();
        let is_conclusion = is_conclusion(line);
        for (number, (from, to)) in addresses(line).into_iter().take(8).enumerate() {
            seen += 1;
            let known = except.contains(&line[from..to].to_ascii_lowercase());
            let place = Place { address: (begin + from, begin + to), line: (begin, at), is_conclusion };
            if is_senders(&line[..from]) {
                continue;
            }
            let rank = match is_conclusion || is_spoken(line) {
                true if is_conclusion && number == 0 => 2,
                true => 4,
                false => rank(&line[..from], &line[to..], number),
            };
            // At the head of a line or after a label the sender may stand too: they wrote to themselves.
            if rank <= 1 || !known {
                found[rank].push(place);
            }
        }
    }
    found.into_iter().find(|places| !places.is_empty()).unwrap_or_default()
}

fn rank(before: &str, after: &str, number: usize) -> usize {
    let head = before.trim_matches(|c: char| c.is_whitespace() || "<>*-•·\"'([:;#|".contains(c));
    let tail = after.trim_start_matches(['>', '"', '\'', ')']);
    let ends = tail.trim().is_empty()
        || tail.starts_with([':', ';', ','])
        || tail.starts_with("...")
        || tail.starts_with(" (")
        || tail.starts_with(" on ");
    if number == 0 && head.is_empty() && (ends || tail.starts_with(" <")) {
        return 0;
    }
    // A summary of our mail's header has labels as well.
    if number == 0 && is_label(head) {
        return 1;
    }
    let words = Signs::of(&before[before.ceil_char_boundary(before.len().saturating_sub(BESIDE_MAX))..]);
    if words.has(Sign::Failed) || words.has(Sign::Late) || words.has(Sign::Report) {
        return 3;
    }
    4
}

/// `>>> RCPT TO:<anna@example.org>`, `<<< 550 no`: a line of the conversation.
fn is_spoken(line: &str) -> bool {
    [">>>", "<<<"].iter().any(|mark| line.trim_start().starts_with(mark))
}

/// `550 <anna@example.org>... User unknown`: where a transcript says how a conversation ended.
fn is_conclusion(line: &str) -> bool {
    let Some((code, rest)) = line.trim_start().split_once(' ') else { return false };
    code.len() == 3 && reply_at(line.trim_start()) == Some(0) && rest.contains("... ")
}

/// `To:`, `Recipient:`, `RCPT TO:`: whom it was for.
fn is_label(head: &str) -> bool {
    const LABELS: &[&str] = &[
        "to", "recipient", "recipients", "recipient address", "rcpt to", "original recipient", "final recipient",
        "user", "address", "addressee", "email", "e-mail", "email address", "e-mail address", "mail to", "destination",
        "for", "destinataire", "destinatario", "destinatário", "empfänger", "empfängeradresse", "an", "para", "à", "a",
        "do", "получатель", "кому", "收件人", "收件者", "宛先", "受信者", "받는 사람", "alıcı", "odbiorca", "adresat",
        "ontvanger", "mottagare", "modtager", "mottaker", "vastaanottaja", "příjemce",
    ];
    let head = head.trim_end_matches([':', '=', '：']).trim().to_lowercase();
    LABELS.contains(&head.as_str())
}

/// Whom it was from.
fn is_senders(before: &str) -> bool {
    const LABELS: &[&str] = &[
        "from", "sender", "mail from", "reply-to", "return-path", "original sender", "original mail from",
        "envelope-from", "envelope sender", "message-id", "message id", "a message sent by", "sent by", "cc",
        "contact", "support", "message from", "mail from:", "from:",
    ];
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(BESIDE_MAX))..];
    let head = before.trim_matches(|c: char| c.is_whitespace() || "<>*-\"'([:=".contains(c)).to_ascii_lowercase();
    LABELS
        .iter()
        .any(|label| head.strip_suffix(label).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<(String, Stage, Option<String>)> {
        let spoken = read(text, &BTreeSet::from(["news@example.com".to_owned()]));
        spoken.into_iter().map(|one| (one.address, one.stage, one.quoted)).collect()
    }

    #[test]
    fn each_recipient_has_its_own_words() {
        let text = "Hi. I'm afraid it failed.\n\n<anna@example.org>:\n550 5.1.1 unknown\n\n<ben@example.org>:\nRemote host said: 552 full\n";
        let found = read_all(text);
        assert_eq!(found[0], ("anna@example.org".to_owned(), Stage::Unknown, Some("550 5.1.1 unknown".to_owned())));
        assert_eq!(found[1].2.as_deref(), Some("552 full"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_list_has_its_account_after_it() {
        let text = "   ----- The following addresses had permanent fatal errors -----\n<anna@example.org>\n<ben@example.org>\n\n   ----- Transcript of session follows -----\n550 5.1.1 <anna@example.org>... User unknown\n552 5.2.2 <ben@example.org>... Mailbox full\n";
        let found = read_all(text);
        assert_eq!(found[0].2.as_deref(), Some("550 5.1.1 <anna@example.org>... User unknown"));
        assert_eq!(found[1].2.as_deref(), Some("552 5.2.2 <ben@example.org>... Mailbox full"));
    }

    #[test]
    fn a_transcript_concludes_with_whom_it_speaks_of() {
        let text = "   ----- Transcript of session follows -----\nWhile talking to a.example:\n>>> MAIL From:<news@example.com>\n<<< 501 <news@example.com>... is an open relay.\n554 <anna@example.org>... Remote protocol error\n550 b.example (smtp)... 550 Host unknown\n554 <ben@b.example>... 550 Host unknown\n>>> RCPT To:<cleo@c.example>\n<<< 550 No such user here\n550 <cleo@c.example>... User unknown\n";
        let found = read_all(text);
        let names: Vec<_> = found.iter().map(|one| one.0.as_str()).collect();
        assert_eq!(names, ["anna@example.org", "ben@b.example", "cleo@c.example"]);
        assert_eq!(found[0].1, Stage::Mail);
        assert!(found[1].2.as_deref().unwrap().contains("Host unknown"));
        assert_eq!(
            (found[2].1, found[2].2.as_deref()),
            (Stage::Recipient, Some("550 No such user here <cleo@c.example>... User unknown"))
        );
    }

    #[test]
    fn a_reply_may_lack_its_digits() {
        let found = read_all("\"anna@example.org\":\nafter RCPT command\n5.1.1 <anna@example.org>... User Unknown\n");
        assert_eq!(found[0].2.as_deref(), Some("5.1.1 <anna@example.org>... User Unknown"));
    }

    #[test]
    fn the_sender_is_no_recipient() {
        let text = "A message sent by\n  From: news@example.com\nTo: anna@example.org\ncould not be delivered: 550 after RCPT TO:<anna@example.org>\n";
        let found = read_all(text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1), ("anna@example.org", Stage::Recipient));
    }
}
