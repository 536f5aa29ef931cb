//! The report of an issue: what became of its emails, what came back, who complained and who unsubscribed. Sums of the
//! store put together for whoever shows them; knows no terminal and no page.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::domain::cause::{Cause, Class};
use crate::domain::delivery::DeliveryState;
use crate::domain::issue::IssueState;
use crate::domain::newsletter::Newsletter;
use crate::domain::notice::{Effect, NoticeKind, NoticeSource};
use crate::domain::provider::{destination, reports_complaints};
use crate::store::issue_sums::{self, ATTRIBUTED_DAYS, NoticeSum, UnsubscribedSum};
use crate::store::issues::{self, Issue};
use crate::store::ledger::{self, Totals};
use crate::store::{Result, Tx, folded, notices};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// So many hours are told one by one, then days.
const HOURS: i64 = 48;
/// The last day that is told.
const LAST_DAY: i64 = 30;
/// A destination where so many emails failed because of us needs a person.
const OURS_MIN: i64 = 5;

/// Emails that came back, by what that means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReturnCounts {
    pub count: i64,
    /// The address does not exist.
    pub dead: i64,
    pub full: i64,
    /// The mailbox is suspended or closed.
    pub disabled: i64,
    /// The reader's rules, or a suppression list of the relay, keep it out.
    pub filtered: i64,
    /// The way there was broken.
    pub unreachable: i64,
    /// It is about who we are or what we send.
    pub ours: i64,
    pub unknown: i64,
    /// The same by exact cause.
    pub causes: BTreeMap<&'static str, i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Complaints {
    pub count: i64,
    /// Emails accepted at destinations that tell of complaints; none where they are no longer known.
    pub base: Option<i64>,
    /// In per cent of the base.
    pub rate: Option<f64>,
}

/// Readers who unsubscribed, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unsubscribed {
    pub count: i64,
    /// The button of the mailbox provider (RFC 8058).
    pub one_click: i64,
    /// A button on a page of ours.
    pub button: i64,
    pub mail: i64,
    pub complaint: i64,
    pub provider: i64,
    /// An operator or a list.
    pub other: i64,
}

/// What followed from bounces, refusals of the relay among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SettledCounts {
    pub suppressed: i64,
    pub counted: i64,
    pub held: i64,
    pub discarded: i64,
    pub waiting: i64,
    /// When the last of those that wait is settled.
    pub waiting_until: Option<Timestamp>,
}

/// One provider or domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DestinationLine {
    /// Empty where the readers were erased.
    pub destination: String,
    pub accepted: i64,
    pub refused: i64,
    pub returned: ReturnCounts,
    pub complaints: i64,
    /// Whether it tells of complaints at all.
    pub reports_complaints: bool,
    /// What needs a person.
    pub trouble: Option<DestinationTrouble>,
}

/// Emails that failed because of us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DestinationTrouble {
    pub cause: Cause,
    pub count: i64,
    /// The latest reply, with addresses masked.
    pub diagnostic: String,
}

/// A span of time in which something came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpanLine {
    pub from: Timestamp,
    pub to: Timestamp,
    pub returned: i64,
    pub complaints: i64,
    pub unsubscribed: i64,
}

/// The numbers of an issue in one line.
#[derive(Clone, Debug, Serialize)]
pub struct IssueSummary {
    pub newsletter: String,
    pub issue: String,
    pub title: String,
    pub state: IssueState,
    pub started_at: Option<Timestamp>,
    pub first_pass_ended_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub audience: i64,
    pub accepted: i64,
    pub refused: i64,
    pub uncertain: i64,
    pub skipped: i64,
    /// Emails that wait or are on their way.
    pub open: i64,
    pub returned: ReturnCounts,
    pub complaints: Complaints,
    /// None where emails are no longer known one by one.
    pub unsubscribed: Option<Unsubscribed>,
    pub automatic_replies: i64,
    pub challenges: i64,
    pub settled: SettledCounts,
}

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct IssueReport {
    #[serde(flatten)]
    pub summary: IssueSummary,
    /// Emails that were folded by a program that kept no destinations: nothing says any more to whom they went.
    pub folded: i64,
    pub by_destination: Vec<DestinationLine>,
    pub over_time: Vec<SpanLine>,
}

impl ReturnCounts {
    fn add(&mut self, cause: Cause, mails: i64) {
        self.count += mails;
        *self.causes.entry(cause.as_str()).or_default() += mails;
        *match (cause, cause.class()) {
            (Cause::Full, _) => &mut self.full,
            (Cause::Disabled, _) => &mut self.disabled,
            (_, Class::Dead) => &mut self.dead,
            (_, Class::Reader) => &mut self.filtered,
            (_, Class::Way) => &mut self.unreachable,
            (_, Class::Ours) => &mut self.ours,
            (_, Class::Unknown) => &mut self.unknown,
        } += mails;
    }
}

impl Unsubscribed {
    fn of(sums: &[UnsubscribedSum]) -> Self {
        let mut found = Self::default();
        for sum in sums {
            found.count += sum.readers;
            *match sum.source.as_str() {
                "one-click" => &mut found.one_click,
                "link" | "preferences" => &mut found.button,
                "mailto" => &mut found.mail,
                "complaint" => &mut found.complaint,
                "provider" => &mut found.provider,
                _ => &mut found.other,
            } += sum.readers;
        }
        found
    }
}

impl SettledCounts {
    fn of(sums: &[NoticeSum]) -> Self {
        let mut found = Self::default();
        for sum in sums.iter().filter(|sum| sum.kind == NoticeKind::Bounce) {
            match sum.effect {
                Effect::Suppressed => found.suppressed += sum.mails,
                Effect::Counted => found.counted += sum.mails,
                Effect::Held => found.held += sum.mails,
                Effect::Discarded => found.discarded += sum.mails,
                Effect::Waiting => found.waiting += sum.mails,
                Effect::None | Effect::Unsubscribed | Effect::Stale | Effect::Odd => {}
            }
            found.waiting_until = found.waiting_until.max(sum.settles_at);
        }
        found
    }
}

/// How much came back of a newsletter's latest issue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LatestReturns {
    /// The issue's slug; none where no issue has begun.
    pub issue: Option<String>,
    /// Emails of it that came back.
    pub count: i64,
    /// In per cent of those that relays accepted; none where none was.
    pub rate: Option<f64>,
    /// Bounces of all issues that wait for a person.
    pub held: i64,
}

/// What the store knows of an issue.
struct Sums {
    totals: Totals,
    notices: Vec<NoticeSum>,
    /// None where it was not counted before the emails' rows were folded.
    unsubscribed: Option<Vec<UnsubscribedSum>>,
    /// Emails of which nothing says to whom they went.
    folded: i64,
}

impl Sums {
    async fn look(tx: &mut Tx, issue: &Issue, now: Timestamp) -> Result<Self> {
        let totals = ledger::totals(tx, issue.id).await?;
        let folded = folded::without_domain(tx, issue.id).await?;
        let notices = issue_sums::notices(tx, issue.id).await?;
        let unsubscribed = match (issue_sums::attributed(tx, issue.id).await?, issue.started_at) {
            (Some(counted), _) => Some(counted),
            (None, None) => Some(Vec::new()),
            (None, Some(_)) if !folded::of_issue(tx, issue.id).await?.is_empty() => None,
            (None, Some(began)) => {
                let until = issue.finished_at.unwrap_or(now).plus(days(ATTRIBUTED_DAYS));
                Some(issue_sums::unsubscribed(tx, (issue.newsletter_id, issue.id), began, until).await?)
            }
        };
        Ok(Self { totals, notices, unsubscribed, folded })
    }

    fn came_back(&self) -> impl Iterator<Item = &NoticeSum> {
        self.notices.iter().filter(|sum| is_return(sum))
    }

    fn of_kind(&self, kind: NoticeKind) -> i64 {
        self.notices.iter().filter(|sum| sum.kind == kind).map(|sum| sum.mails).sum()
    }

    fn summary(&self, newsletter: &str, issue: &Issue, base: Option<i64>) -> IssueSummary {
        let totals = &self.totals;
        let mut returned = ReturnCounts::default();
        self.came_back().for_each(|sum| returned.add(sum.cause, sum.mails));
        let complaints = self.of_kind(NoticeKind::Complaint);
        IssueSummary {
            newsletter: newsletter.to_owned(),
            issue: issue.slug.clone(),
            title: issue.title.clone(),
            state: issue.state,
            started_at: issue.started_at,
            first_pass_ended_at: totals.first_pass_ended_at,
            finished_at: issue.finished_at,
            audience: totals.readers,
            accepted: totals.sent,
            refused: totals.failed,
            uncertain: totals.uncertain,
            skipped: totals.skipped,
            open: totals.open() - totals.uncertain,
            returned,
            complaints: Complaints { count: complaints, base, rate: base.and_then(|base| share(complaints, base)) },
            unsubscribed: self.unsubscribed.as_deref().map(Unsubscribed::of),
            automatic_replies: self.of_kind(NoticeKind::AutoReply),
            challenges: self.of_kind(NoticeKind::Challenge),
            settled: SettledCounts::of(&self.notices),
        }
    }
}

/// Whether emails came back: what the relay refuses has never left.
fn is_return(sum: &NoticeSum) -> bool {
    sum.kind == NoticeKind::Bounce && sum.source != NoticeSource::Relay
}

/// An issue in one line. Its complaints have no base: that takes a look at every email.
pub async fn summary(tx: &mut Tx, newsletter: &str, issue: &Issue, now: Timestamp) -> Result<IssueSummary> {
    Ok(Sums::look(tx, issue, now).await?.summary(newsletter, issue, None))
}

/// What came back of a newsletter's latest issue so far; none where nothing did, and nothing is held.
pub async fn came_back(tx: &mut Tx, newsletter: &Newsletter) -> Result<Option<LatestReturns>> {
    let held = notices::held(tx).await?;
    let held = held.iter().filter(|group| group.newsletter.as_deref() == Some(newsletter.slug.as_str()));
    let mut found = LatestReturns { issue: None, count: 0, rate: None, held: held.map(|group| group.notices).sum() };
    if let Some(issue) = issues::begun(tx, newsletter.id, 1).await?.pop() {
        let sums = issue_sums::notices(tx, issue.id).await?;
        found.count = sums.iter().filter(|sum| is_return(sum)).map(|sum| sum.mails).sum();
        found.rate = share(found.count, ledger::totals(tx, issue.id).await?.sent);
        found.issue = Some(issue.slug);
    }
    Ok((found.count > 0 || found.held > 0).then_some(found))
}

/// The whole report of an issue.
pub async fn report(tx: &mut Tx, newsletter: &str, issue: &Issue, now: Timestamp) -> Result<IssueReport> {
    let sums = Sums::look(tx, issue, now).await?;
    let by_destination = by_destination(tx, issue, &sums).await?;
    let reporting = by_destination.iter().filter(|line| line.reports_complaints || line.complaints > 0);
    let base = (sums.folded == 0).then(|| reporting.map(|line| line.accepted).sum());
    Ok(IssueReport {
        summary: sums.summary(newsletter, issue, base),
        folded: sums.folded,
        by_destination,
        over_time: over_time(tx, issue, &sums).await?,
    })
}

/// A line for each destination, those with the most emails first.
async fn by_destination(tx: &mut Tx, issue: &Issue, sums: &Sums) -> Result<Vec<DestinationLine>> {
    let mut lines: BTreeMap<String, DestinationLine> = BTreeMap::new();
    for sum in issue_sums::domains(tx, issue.id).await? {
        let to = destination(sum.domain.as_deref().unwrap_or_default()).to_owned();
        let line = lines.entry(to).or_default();
        match sum.state {
            DeliveryState::Sent => line.accepted += sum.mails,
            _ => line.refused += sum.mails,
        }
    }
    let mut ours: BTreeMap<(&str, Cause), i64> = BTreeMap::new();
    for sum in &sums.notices {
        let line = lines.entry(sum.destination.clone()).or_default();
        match sum.kind {
            NoticeKind::Complaint => line.complaints += sum.mails,
            _ if is_return(sum) => line.returned.add(sum.cause, sum.mails),
            _ => {}
        }
        if sum.kind == NoticeKind::Bounce && sum.cause.class() == Class::Ours {
            *ours.entry((&sum.destination, sum.cause)).or_default() += sum.mails;
        }
    }
    for ((to, cause), count) in ours.into_iter().filter(|(_, count)| *count >= OURS_MIN) {
        let line = lines.entry(to.to_owned()).or_default();
        if line.trouble.as_ref().is_none_or(|known| known.count < count) {
            let diagnostic = issue_sums::diagnostic(tx, issue.id, to, cause).await?.unwrap_or_default();
            line.trouble = Some(DestinationTrouble { cause, count, diagnostic });
        }
    }
    let mut lines: Vec<_> = lines
        .into_iter()
        .map(|(destination, line)| DestinationLine {
            reports_complaints: reports_complaints(&destination),
            destination,
            ..line
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.accepted + line.refused));
    Ok(lines)
}

/// The spans of time in which something came, the first first.
async fn over_time(tx: &mut Tx, issue: &Issue, sums: &Sums) -> Result<Vec<SpanLine>> {
    let Some(began) = issue.started_at else { return Ok(Vec::new()) };
    let mut lines: BTreeMap<i64, SpanLine> = BTreeMap::new();
    let line = |span: i64| {
        let (from, length) = if span < HOURS { (span * HOUR, HOUR) } else { ((span - HOURS + 2) * DAY, DAY) };
        let (from, to) = (Timestamp(began.0 + from), Timestamp(began.0 + from + length));
        SpanLine { from, to, returned: 0, complaints: 0, unsubscribed: 0 }
    };
    for sum in issue_sums::spans(tx, issue.id, began).await? {
        let line = lines.entry(sum.span).or_insert_with(|| line(sum.span));
        match sum.kind {
            NoticeKind::Complaint => line.complaints += sum.mails,
            _ => line.returned += sum.mails,
        }
    }
    for sum in sums.unsubscribed.iter().flatten() {
        lines.entry(sum.span).or_insert_with(|| line(sum.span)).unsubscribed += sum.readers;
    }
    let end = began.0 + LAST_DAY * DAY;
    Ok(lines.into_values().filter(|line| line.from.0 < end).collect())
}

fn days(days: i64) -> Duration {
    Duration::from_secs(days.unsigned_abs() * 86_400)
}

/// A part of a whole in per cent, to two places.
#[expect(clippy::cast_precision_loss, reason = "counts of emails are far below 2^52")]
pub fn share(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 10_000.0 / whole as f64).round() / 100.0)
}
