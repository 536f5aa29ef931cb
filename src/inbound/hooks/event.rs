//! What a provider tells of one email, whichever provider it is.

use serde_json::Value;

use crate::domain::cause::{Cause, Certainty, Class, Classification, Party, Said, Stage, judge_report};
use crate::domain::notice::NoticeKind;
use crate::inbound::read::{Place, Reading, ReportedRecipient, Trace};

/// So many texts of an event may hold a token; a provider has three places.
const TEXTS_MAX: usize = 16;
/// So much of what a provider quotes is read.
const SAID_MAX: usize = 8 * 1024;

/// What a provider makes of a refusal. It has seen more than it quotes, and knows less than who refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing that we know of.
    #[default]
    Silent,
    /// This, where what it quotes says nothing.
    Hint(Cause),
    /// Not dead, whatever is quoted; this, where that says so or nothing.
    Alive(Cause),
    /// It did not even try, for a reason of its own.
    Own(Cause),
}

/// What a provider tells of one email.
#[derive(Clone, Debug)]
pub(super) struct HookEvent {
    pub(super) kind: NoticeKind,
    /// What tells it from every other: the same again is the same event.
    pub(super) id: String,
    recipient: Option<String>,
    texts: Vec<String>,
    quoted: Option<String>,
    status: Option<(u8, u16, u16)>,
    prose: Vec<String>,
    verdict: Verdict,
    is_held: bool,
}

impl HookEvent {
    pub(super) fn new(kind: NoticeKind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            recipient: None,
            texts: Vec::new(),
            quoted: None,
            status: None,
            prose: Vec::new(),
            verdict: Verdict::Silent,
            is_held: false,
        }
    }

    /// The provider keeps it back until somebody there decides.
    pub(super) fn held(mut self) -> Self {
        self.is_held = true;
        self
    }

    /// Why the provider keeps it back, where it does; empty where it does not say.
    pub(super) fn held_for(&self) -> Option<String> {
        self.is_held.then(|| self.quoted.clone().or_else(|| self.prose.first().cloned()).unwrap_or_default())
    }

    /// Of whom it speaks.
    pub(super) fn of(mut self, recipient: &Value) -> Self {
        self.recipient = recipient.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        self
    }

    /// A text in which our token may come back.
    pub(super) fn bears(mut self, text: &Value) -> Self {
        if let (Some(text), true) = (text.as_str(), self.texts.len() < TEXTS_MAX) {
            self.texts.push(text.to_owned());
        }
        self
    }

    /// What is in the header fields `[{name, value}]` of our email.
    pub(super) fn bears_headers(mut self, headers: &Value) -> Self {
        for field in headers.as_array().into_iter().flatten() {
            let name = field["name"].as_str().unwrap_or_default();
            if name.eq_ignore_ascii_case("message-id") || name.eq_ignore_ascii_case("x-coranto-id") {
                self = self.bears(&field["value"]);
            }
        }
        self
    }

    /// What whoever refused it said: a reply where it begins as one does, otherwise words about it.
    pub(super) fn says(mut self, text: &Value) -> Self {
        let Some(text) = text.as_str() else { return self };
        let text = text[..text.floor_char_boundary(SAID_MAX)].trim();
        let text = match text.split_once(';') {
            Some((kind, rest)) if kind.trim().eq_ignore_ascii_case("smtp") => rest.trim(),
            _ => text,
        };
        if self.quoted.is_none() && is_reply(text) {
            self.quoted = Some(text.to_owned());
        } else if !text.is_empty() {
            self.prose.push(text.to_owned());
        }
        self
    }

    /// The status that the provider names (RFC 3463).
    pub(super) fn status(mut self, status: &Value) -> Self {
        let mut numbers = status.as_str().unwrap_or_default().trim().splitn(3, '.');
        let mut number = || numbers.next().and_then(|part| part.parse::<u16>().ok());
        if let (Some(class @ 2..=5), Some(subject), Some(detail)) = (number(), number(), number()) {
            self.status = u8::try_from(class).ok().map(|class| (class, subject, detail));
        }
        self
    }

    pub(super) fn verdict(mut self, verdict: Verdict) -> Self {
        self.verdict = verdict;
        self
    }

    /// The event as a report that was read.
    pub(super) fn reading(self) -> Reading {
        let traces = self.texts.iter().filter_map(|text| Trace::of(Place::MessageId, text)).collect();
        let said = matches!(self.kind, NoticeKind::Bounce | NoticeKind::Delay).then(|| {
            let failed = self.kind == NoticeKind::Bounce;
            let said =
                Said { stage: Stage::Unknown, quoted: self.quoted, status: self.status, prose: self.prose, failed };
            let judged = judge(&said, self.verdict);
            (said, judged)
        });
        Reading { kind: self.kind, recipients: vec![ReportedRecipient::told(self.recipient, said)], traces, host: None }
    }
}

/// What is quoted goes first; the provider's own word is a hint.
fn judge(said: &Said, verdict: Verdict) -> Classification {
    let judged = judge_report(said);
    let by_provider = |cause| Classification {
        cause,
        certainty: Certainty::Likely,
        party: if cause.class() == Class::Ours { Party::Relay } else { Party::Recipient },
        rule: "the provider's word",
        permanent: said.failed,
    };
    match verdict {
        Verdict::Own(cause) => by_provider(cause),
        Verdict::Hint(cause) | Verdict::Alive(cause) if judged.cause == Cause::Unknown => by_provider(cause),
        Verdict::Alive(cause) if judged.cause.class() == Class::Dead => by_provider(cause),
        _ => judged,
    }
}

/// `550 ...` or `550-...`.
fn is_reply(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 3
        && matches!(bytes[0], b'2'..=b'5')
        && bytes[1..3].iter().all(u8::is_ascii_digit)
        && bytes.get(3).is_none_or(|byte| matches!(byte, b' ' | b'-'))
}

/// One value, or those of a list.
pub(super) fn each(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// A text, or a number as one.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// An id of an event whose provider gives none: what it says, joined.
pub(super) fn id_of(parts: &[&Value]) -> String {
    parts.iter().map(|part| text(part)).collect::<Vec<_>>().join("\n")
}
