//! What a mail that came in says: bytes to a kind, and for each recipient a cause. Pure: it asks no database and no
//! network, and whose mail it was is another's question. Every step is linear in what is read, and that is bounded.

mod feedback;
mod fields;
mod mime;
mod notification;
mod prose;
mod receipt;
mod sender;
mod signs;
mod status;
mod text;
mod trace;

use std::collections::BTreeSet;

use fields::Fields;
use mime::Mail;
use sender::Sender;
use signs::{Sign, Signs};

use crate::domain::cause::{Certainty, Classification, OperatorRules, Reply, Said, judge_report};
use crate::domain::notice::{NoticeEvidence, NoticeKind};
use crate::domain::provider::destination;
pub use trace::{Place, Trace};

/// More recipients than any report about one mail has.
const RECIPIENTS_MAX: usize = 32;
/// So much of a text decides what kind of mail it is.
const KIND_TEXT_MAX: usize = 4096;
/// What mail programs set before the subject of an answer, or of what is passed on.
const ANSWERS: &[&str] =
    &["re", "aw", "sv", "vs", "antw", "odp", "fw", "fwd", "wg", "tr", "rv", "i", "回复", "转发", "返信"];

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What kind of mail it is.
    pub kind: NoticeKind,
    /// Of whom it speaks, in its order.
    pub recipients: Vec<ReportedRecipient>,
    /// What may tell whose mail it was.
    pub traces: Vec<Trace>,
    /// The mail server that refused it, as the report names it.
    pub host: Option<String>,
}

impl Reading {
    /// Of what cannot be read.
    pub(super) fn unreadable() -> Self {
        Self { kind: NoticeKind::Unreadable, recipients: Vec::new(), traces: Vec::new(), host: None }
    }

    /// The same where the operator's rules go first. Without a database the named address says where the mail went.
    #[must_use]
    pub fn by(mut self, rules: &OperatorRules) -> Self {
        for one in self.recipients.iter_mut().filter(|_| !rules.is_empty()) {
            let domain = one.address.as_deref().and_then(|address| address.rsplit_once('@'));
            let domain = domain.map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
            if let Some((said, judgement)) = &mut one.said
                && let Some(judged) = rules.judge_report(said, destination(&domain))
            {
                *judgement = judged;
            }
        }
        self
    }
}

/// Somebody of whom a report speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedRecipient {
    /// The address, as the report writes it.
    pub address: Option<String>,
    /// What is said, and what it means. Complaints and confirmations say nothing more.
    said: Option<(Said, Classification)>,
}

impl ReportedRecipient {
    /// Somebody of whom a provider told something.
    pub(in crate::inbound) fn told(address: Option<String>, said: Option<(Said, Classification)>) -> Self {
        Self { address, said }
    }

    /// What is said of them, if anything is.
    pub fn said(&self) -> Option<&Said> {
        self.said.as_ref().map(|(said, _)| said)
    }

    /// What it means.
    pub fn judgement(&self) -> Option<Classification> {
        self.said.as_ref().map(|(_, judgement)| *judgement)
    }

    /// Takes away what makes it certain.
    fn doubt(&mut self) {
        if let Some((_, judgement)) = &mut self.said {
            judgement.certainty = Certainty::Likely;
        }
    }

    /// The reply that the report quotes.
    pub fn reply(&self) -> Option<Reply> {
        self.said()?.quoted.as_deref()?.parse().ok()
    }

    /// How it is known whose mail it was, before any token is opened.
    pub fn evidence(&self) -> NoticeEvidence {
        if self.address.is_some() { NoticeEvidence::Named } else { NoticeEvidence::None }
    }
}

/// Reads a mail.
pub fn read(bytes: &[u8]) -> Reading {
    let Some(mut mail) = mime::open(bytes) else {
        return Reading::unreadable();
    };
    let text = report_text(&mut mail);
    let copy = Fields::header(mail.copy.as_deref().unwrap_or_default());
    let mut traces = trace::find(&mail.header, &copy);
    let (kind, mut recipients) = said(&mail, &text, &copy, &mut traces);
    if mail.is_cut {
        recipients.iter_mut().for_each(ReportedRecipient::doubt);
    }
    Reading { kind, recipients, traces, host: status::host(&mail.status) }
}

/// What the report says for people, without the copy of our mail; that is kept when no part holds one.
fn report_text(mail: &mut Mail) -> String {
    let mut report = String::new();
    for text in &mail.texts {
        let (said, copy) = text::divide(text);
        report.push_str(said);
        report.push('\n');
        if report.len() > mime::TEXT_MAX {
            break;
        }
        if let Some(copy) = copy {
            mail.copy.get_or_insert_with(|| text::unquoted(copy.trim_start()));
            break;
        }
    }
    report
}

/// The kinds in the order in which they are tried: a complaint or a delay inside of what looks like a bounce wins.
fn said(mail: &Mail, text: &str, copy: &Fields, traces: &mut Vec<Trace>) -> (NoticeKind, Vec<ReportedRecipient>) {
    let is_passed_on = sender::is_of_list(&mail.header) && Sender::of(&mail.header) == Sender::Person;
    let is_complaint = || feedback::is_in(text) || (mail.copy.is_some() && feedback::is_title(&mail.subject));
    if !mail.feedback.is_empty() || (!is_passed_on && is_complaint()) {
        return feedback::read(&mail.feedback, text, copy);
    }
    if let Some(notification) = notification::open(text) {
        traces.extend(notification.traces());
        return (notification.kind(), notification.recipients());
    }
    let subject = mail.subject.to_ascii_lowercase();
    if mail.archive && (subject.contains("report domain:") || subject.contains("report-id:")) {
        return (NoticeKind::Authentication, Vec::new());
    }
    if let Some(status) = status::open(&mail.status, if is_passed_on { "" } else { text }) {
        traces.extend(status.envelope.as_deref().and_then(|id| Trace::of(Place::EnvelopeId, id)));
        let kind = status.kind();
        return (kind, status.recipients(kind, text));
    }
    if let Some(part) = &mail.receipt {
        return receipt::read(part, text, &mail.subject);
    }
    written(mail, text, copy).unwrap_or_else(|| (by_people(mail, text, traces), Vec::new()))
}

/// A report in prose, if it is one.
fn written(mail: &Mail, text: &str, copy: &Fields) -> Option<(NoticeKind, Vec<ReportedRecipient>)> {
    let head = &text[..text.floor_char_boundary(KIND_TEXT_MAX)];
    let (titled, told) = (Signs::of(&mail.subject), Signs::of(head));
    let has = |sign| titled.has(sign) || told.has(sign);
    let sender = Sender::of(&mail.header);
    let tells = has(Sign::Failed) || has(Sign::Late);
    let failed_field: Vec<String> = mail.header.all("x-failed-recipients").flat_map(all_addresses).collect();
    let is_answer = sender::is_automatic(&mail.header) && titled.has(Sign::Absent);
    let is_report = match sender {
        _ if !failed_field.is_empty() => true,
        Sender::MailSystem => (has(Sign::Report) || tells) && !is_answer,
        Sender::Program if sender::is_of_list(&mail.header) => false,
        Sender::Program => has(Sign::Report) || (tells && mail.copy.is_some() && !is_answer),
        Sender::Person => is_titled(mail, titled) && shows_failure(mail, head, told),
    };
    if !is_report {
        return None;
    }
    let kind = if has(Sign::Late) { NoticeKind::Delay } else { NoticeKind::Bounce };
    Some((kind, spoken(mail, text, copy, failed_field, kind)))
}

/// Whether an email that no mail system seems to have written is titled as a report, and is no answer to one.
fn is_titled(mail: &Mail, titled: Signs) -> bool {
    let is_answer = sender::is_automatic(&mail.header)
        || sender::is_of_list(&mail.header)
        || mail.header.has("in-reply-to")
        || mail
            .subject
            .split_once(':')
            .is_some_and(|(before, _)| ANSWERS.contains(&before.trim().to_lowercase().as_str()));
    !is_answer && (titled.has(Sign::Failed) || titled.has(Sign::Late))
}

/// Whether a text that tells of a failure has the form of a report: an address on a line of its own, a reply, a copy.
/// People write of failures as well, in sentences.
fn shows_failure(mail: &Mail, head: &str, told: Signs) -> bool {
    let is_shown = || {
        mail.copy.is_some() || prose::names_alone(head, &own_addresses(&mail.header)) || prose::quoted(head).is_some()
    };
    told.has(Sign::Report) || ((told.has(Sign::Failed) || told.has(Sign::Late)) && is_shown())
}

fn spoken(
    mail: &Mail,
    text: &str,
    copy: &Fields,
    failed_field: Vec<String>,
    kind: NoticeKind,
) -> Vec<ReportedRecipient> {
    let mut found = prose::read(text, &own_addresses(&mail.header));
    if !failed_field.is_empty() {
        let is_named = |address: &str| found.iter().any(|one| one.address.eq_ignore_ascii_case(address));
        match failed_field.iter().any(|address| is_named(address)) {
            true => found.retain(|one| failed_field.iter().any(|known| known.eq_ignore_ascii_case(&one.address))),
            false => {
                let of_all = prose::of_all(text);
                found = failed_field
                    .into_iter()
                    .take(RECIPIENTS_MAX)
                    .map(|address| prose::Spoken { address, ..of_all.clone() })
                    .collect();
            }
        }
    }
    if found.is_empty() {
        let address = copy.get("to").and_then(status::address_of).unwrap_or_default();
        found.push(prose::Spoken { address, ..prose::of_all(text) });
    }
    let judged = |one: prose::Spoken| {
        let mut prose = one.prose;
        prose.push(mail.subject.clone());
        let said =
            Said { stage: one.stage, quoted: one.quoted, status: None, prose, failed: kind == NoticeKind::Bounce };
        let judgement = judge_report(&said);
        ReportedRecipient {
            address: Some(one.address).filter(|address| !address.is_empty()),
            said: Some((said, judgement)),
        }
    };
    found.into_iter().map(judged).collect()
}

/// Whom the report is written by and to.
fn own_addresses(header: &Fields) -> BTreeSet<String> {
    let fields = ["to", "from", "delivered-to", "x-original-to", "envelope-to"];
    let all = fields.iter().flat_map(|name| header.all(name)).flat_map(all_addresses);
    all.map(|one| one.to_ascii_lowercase()).collect()
}

fn all_addresses(value: &str) -> Vec<String> {
    text::addresses(value).into_iter().map(|(from, to)| value[from..to].to_owned()).collect()
}

/// What is no report: an answer by a machine, a wish to leave, a letter.
fn by_people(mail: &Mail, text: &str, traces: &[Trace]) -> NoticeKind {
    let head = &text[..text.floor_char_boundary(KIND_TEXT_MAX)];
    let titled = Signs::of(&mail.subject);
    let is_automatic = sender::is_automatic(&mail.header);
    let from = Signs::of(mail.header.get("from").unwrap_or_default());
    if titled.has(Sign::Challenge)
        || from.has(Sign::Challenge)
        || (is_automatic && Signs::of(head).has(Sign::Challenge))
    {
        return NoticeKind::Challenge;
    }
    let suppresses = mail.header.has("x-auto-response-suppress");
    let is_null = mail.header.get("return-path").is_some_and(|path| path.trim() == "<>");
    // A mail program asks in its owner's name: nothing was answered.
    let is_asked =
        signs::is_wish_alone(&mail.subject) && (sender::is_generated(&mail.header) || Signs::of(head).has(Sign::Asked));
    if (is_automatic && !is_asked)
        || (titled.has(Sign::Absent) && !sender::is_of_list(&mail.header))
        || (suppresses && is_null)
    {
        return NoticeKind::AutoReply;
    }
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let is_wish = signs::is_wish_alone(&mail.subject) || (!traces.is_empty() && signs::is_wish_alone(first));
    match is_wish && !is_null && !sender::is_of_list(&mail.header) {
        true => NoticeKind::Unsubscribe,
        false => NoticeKind::Letter,
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
