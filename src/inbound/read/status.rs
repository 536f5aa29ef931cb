//! Delivery reports by the standard (RFC 3464, RFC 6533): one group of fields for each recipient.

use std::collections::BTreeSet;

use super::fields::{Fields, groups, groups_named};
use super::prose::{self, Spoken};
use super::text::{addresses, enhanced, reply_at, stage, tidy_reply};
use super::{RECIPIENTS_MAX, ReportedRecipient};
use crate::domain::cause::{Reply, Said, judge_report};
use crate::domain::notice::NoticeKind;
use crate::domain::reply::Stage;

/// No host name is longer (RFC 1035, 2.3.4).
const HOST_MAX: usize = 255;
/// Fields of one recipient; the second of a kind begins the next.
const KEYS: &[&str] = &["final-recipient", "recipient-address", "action", "status"];
const NAMES: &[&str] = &[
    "final-recipient", "original-recipient", "recipient-address", "action", "status", "diagnostic-code", "reason",
    "remote-mta", "remote-system", "reporting-mta", "received-from-mta", "arrival-date", "last-attempt-date",
    "will-retry-until", "original-envelope-id",
];

/// What a report says, in its own fields.
#[derive(Debug)]
pub(super) struct Status {
    records: Vec<Fields>,
    /// The envelope id that our relay was given (RFC 3461).
    pub(super) envelope: Option<String>,
}

/// The records of the parts that are delivery reports, or of a text that holds one.
pub(super) fn open(parts: &[String], text: &str) -> Option<Status> {
    let found: Vec<Fields> = match parts.is_empty() {
        false => parts.iter().flat_map(|part| groups(part)).collect(),
        true if is_flat(text) => groups_named(text, NAMES),
        true => return None,
    };
    let envelope = found.iter().find_map(|group| group.get("original-envelope-id")).map(str::to_owned);
    let records: Vec<Fields> = found
        .into_iter()
        .flat_map(|group| group.records(KEYS))
        .filter(|record| recipient(record).is_some() || record.has("action"))
        .take(RECIPIENTS_MAX)
        .collect();
    (!records.is_empty()).then_some(Status { records, envelope })
}

/// The mail server whose reply a report tells of (RFC 3464, 2.3.5); where it names none, the one that reports (2.2.2).
pub(super) fn host(parts: &[String]) -> Option<String> {
    let found: Vec<Fields> = parts.iter().flat_map(|part| groups(part)).collect();
    let named = |name| found.iter().find_map(|group| group.get(name)).and_then(host_of);
    named("remote-mta").or_else(|| named("reporting-mta"))
}

/// `dns; MX.example (192.0.2.1)`
fn host_of(value: &str) -> Option<String> {
    let host = without_type(value).split(|c: char| c.is_whitespace() || c == '(').next()?;
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty() && host.len() <= HOST_MAX && host.is_ascii()).then_some(host)
}

/// Whether a text has a recipient's fields at the heads of lines.
fn is_flat(text: &str) -> bool {
    let heads = |name: &str| {
        text.lines().any(|line| line.trim_start().get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
    };
    (heads("final-recipient:") && (heads("action:") || heads("status:")))
        || (heads("recipient address:") && heads("diagnostic code:"))
}

impl Status {
    /// What the actions say together: one failure makes a bounce.
    pub(super) fn kind(&self) -> NoticeKind {
        let kinds = || self.records.iter().map(kind);
        match () {
            () if kinds().any(|kind| kind == NoticeKind::Bounce) => NoticeKind::Bounce,
            () if kinds().any(|kind| kind == NoticeKind::Delay) => NoticeKind::Delay,
            () => NoticeKind::Delivered,
        }
    }

    /// Those of whom the report says this kind of thing, judged; `text` is what it says for people.
    pub(super) fn recipients(&self, wanted: NoticeKind, text: &str) -> Vec<ReportedRecipient> {
        let records: Vec<&Fields> = self.records.iter().filter(|record| kind(record) == wanted).collect();
        let spoken = prose::read(text, &BTreeSet::new());
        let alone = (records.len() == 1).then(|| prose::of_all(text));
        let mut seen = BTreeSet::new();
        records
            .into_iter()
            .filter(|record| recipient(record).is_none_or(|address| seen.insert(address.to_ascii_lowercase())))
            .map(|record| judged(record, wanted, &spoken, alone.as_ref()))
            .collect()
    }
}

fn kind(record: &Fields) -> NoticeKind {
    let action = record.get("action").unwrap_or_default().trim().to_ascii_lowercase();
    let class = record.get("status").and_then(|status| status.trim().chars().next());
    match action.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default() {
        "delayed" => NoticeKind::Delay,
        "delivered" | "relayed" | "expanded" => NoticeKind::Delivered,
        "" if class == Some('2') => NoticeKind::Delivered,
        _ => NoticeKind::Bounce,
    }
}

fn judged(record: &Fields, kind: NoticeKind, spoken: &[Spoken], alone: Option<&Spoken>) -> ReportedRecipient {
    let address = recipient(record);
    if kind == NoticeKind::Delivered {
        return ReportedRecipient { address, said: None };
    }
    let is_meant = |one: &&Spoken| address.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(&one.address));
    let spoken = spoken.iter().find(is_meant).or(alone).cloned();
    let diagnostic = record.get("diagnostic-code").map(without_type).filter(|text| !text.is_empty());
    let mut said = Said {
        stage: diagnostic.map_or(Stage::Unknown, stage),
        quoted: diagnostic.and_then(reply_of),
        status: record.get("status").and_then(enhanced),
        prose: Vec::new(),
        failed: kind == NoticeKind::Bounce,
    };
    if let Some(diagnostic) = diagnostic.filter(|_| said.quoted.is_none()) {
        said.prose.push(diagnostic.to_owned());
    }
    said.prose.extend(record.get("reason").map(str::to_owned));
    if let Some(spoken) = spoken {
        add(&mut said, spoken);
    }
    // `4.4.7 (delivery time expired)`: the comment says what the code does.
    said.prose.extend(record.get("status").and_then(|status| Some(status.split_once('(')?.1.to_owned())));
    ReportedRecipient { address, said: Some((said.clone(), judge_report(&said))) }
}

/// Adds what the report says for people: the stage when its fields do not name it, and the reply when they quote none.
fn add(said: &mut Said, spoken: Spoken) {
    if said.stage == Stage::Unknown {
        said.stage = spoken.stage;
    }
    match (&said.quoted, spoken.quoted) {
        (None, Some(reply)) => said.quoted = Some(reply),
        // Sendmail's field has the first line of several, the transcript has all.
        (Some(_), Some(reply)) => said.prose.push(reply),
        _ => {}
    }
    said.prose.extend(spoken.prose);
}

fn recipient(record: &Fields) -> Option<String> {
    ["final-recipient", "recipient-address", "original-recipient", "x-actual-recipient"]
        .iter()
        .find_map(|name| address_of(record.get(name)?))
}

/// `rfc822; <anna@example.org>`
pub(super) fn address_of(value: &str) -> Option<String> {
    addresses(value).last().map(|(from, to)| value[*from..*to].to_owned())
}

/// `smtp; 550 no`: the type says which language the rest is in.
pub(super) fn without_type(value: &str) -> &str {
    let is_type = |kind: &str| !kind.contains(char::is_whitespace) && !kind.starts_with(|c: char| c.is_ascii_digit());
    match value.split_once(';') {
        Some((kind, rest)) if is_type(kind.trim()) => rest.trim(),
        _ => value.trim(),
    }
}

/// The reply in a diagnostic: some reporters say something of their own before it.
pub(super) fn reply_of(text: &str) -> Option<String> {
    match reply_at(text) {
        Some(at) => Some(tidy_reply(&text[at..])),
        None => text.parse::<Reply>().is_ok().then(|| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cause::Cause;

    #[test]
    fn records_are_told_apart_and_the_reply_is_found() {
        let part = "Reporting-MTA: dns; mx.example\nFinal-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.2.2\nFinal-Recipient: rfc822;ben@example.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 5.1.0 - Unknown address error 550-'5.1.1 no such user' (attempts: 0)\n";
        let status = open(&[part.to_owned()], "").unwrap();
        let found = status.recipients(status.kind(), "");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].judgement().unwrap().cause, Cause::Full);
        assert_eq!(found[1].address.as_deref(), Some("ben@example.org"));
        assert_eq!(found[1].judgement().unwrap().cause, Cause::NoMailbox);
    }

    #[test]
    fn the_host_is_the_one_that_refused() {
        for (part, host) in [
            (
                "Reporting-MTA: dns; mx.example\n\nAction: failed\nRemote-MTA: dns; MX.Remote.example.\n",
                Some("mx.remote.example"),
            ),
            ("Reporting-MTA: dns; mx.example (192.0.2.1)\n\nAction: failed\n", Some("mx.example")),
            ("Reporting-MTA: mx.example\n\nAction: failed\nRemote-MTA: dns;\n", Some("mx.example")),
            ("Action: failed\n", None),
        ] {
            assert_eq!(super::host(&[part.to_owned()]).as_deref(), host, "{part}");
        }
    }
}
