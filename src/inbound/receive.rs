//! Reports to what is kept of them and what follows at once. Whose they are is found before the transaction; one commit
//! then writes notices, effects and events of many. Whoever gave a report is answered after it: a crash before leaves
//! nothing, and what is given again finds its notice there and does nothing.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};

use super::find::{self, Clue, Matched, MatchedBy};
use super::read::ReportedRecipient;
use super::report::{ReadReport, Teller};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::actor::{Actor, By};
use crate::domain::address::EmailAddress;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::cause::{Cause, Certainty, OperatorRules};
use crate::domain::delivery::{DeliveryState, Reason};
use crate::domain::event::Event;
use crate::domain::notice::{Effect, NoticeEvidence, NoticeKind, diagnostic};
use crate::domain::provider::{Provider, destination};
use crate::signup::{self, ActionContext};
use crate::store::events::{self, About};
use crate::store::returns::{self, NewNotice, ReturnedMail};
use crate::store::{Db, Result, StoreError, Tx, alarms, deliveries};
use crate::telemetry::metrics;
use crate::token::Keyring;

/// A report about an older mail changes nothing.
const STALE_AFTER: Duration = Duration::from_secs(60 * 24 * 3600);
/// So many complaints in a day that name no mail of ours are no accident.
const UNMATCHED_MAX: i64 = 3;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Where all doors lead.
#[derive(Clone)]
pub struct Intake {
    db: Db,
    keys: Keyring,
    settle_after: Duration,
    rules: OperatorRules,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub kind: NoticeKind,
    pub evidence: NoticeEvidence,
    /// What followed, or will; none where nothing is kept of it.
    pub effect: Option<Effect>,
    /// It had not come before.
    pub is_new: bool,
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Intake")
    }
}

/// What is to be written for one report.
struct Plan {
    receipt: Receipt,
    notice: Option<NewNotice>,
    /// Whose subscription ends.
    ends: Option<SubscriptionId>,
    /// The mail whose fate the report shows.
    proves: Option<ReturnedMail>,
    /// The provider that told it.
    told: Option<Arc<Teller>>,
}

impl Intake {
    pub fn new(db: Db, keys: Keyring, settle_after: Duration) -> Self {
        Self { db, keys, settle_after, rules: OperatorRules::default() }
    }

    /// The same with the operator's rules.
    #[must_use]
    pub fn with_rules(self, rules: OperatorRules) -> Self {
        Self { rules, ..self }
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    pub(super) fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// Keeps what reports say, in one commit. When this returns, they need not be given again.
    pub async fn receive(&self, reports: &[ReadReport], now: Timestamp) -> Result<Vec<Receipt>> {
        let mut plans = Vec::with_capacity(reports.len());
        let mut tx = self.db.read().await?;
        for report in reports {
            plans.push(self.plan(&mut tx, report, now).await?);
        }
        drop(tx);
        if plans.iter().any(|plan| plan.notice.is_some()) {
            self.db
                .write(async |tx| {
                    for plan in &mut plans {
                        plan.receipt.is_new = write(tx, &self.keys, plan, now).await?;
                    }
                    Ok::<_, StoreError>(())
                })
                .await?;
        }
        for (report, plan) in reports.iter().zip(&plans) {
            count(report, plan);
        }
        Ok(plans.into_iter().map(|plan| plan.receipt).collect())
    }

    async fn plan(&self, tx: &mut Tx, report: &ReadReport, now: Timestamp) -> Result<Plan> {
        let reading = &report.reading;
        let clues = find::clues(&self.keys, report.recipient.as_deref(), reading);
        if let Some(id) = wish(tx, &self.keys, &clues, report).await? {
            return Ok(self.of_reader(report, NoticeKind::Unsubscribe, id));
        }
        match find::find(tx, &self.keys, &clues, report, now).await? {
            Some(Matched::Mail { mail, by }) => Ok(self.of_mail(report, mail, by, now)),
            Some(Matched::Reader(id)) => Ok(self.of_reader(report, reading.kind, id)),
            None => Ok(self.of_nobody(report)),
        }
    }

    fn of_mail(&self, report: &ReadReport, mail: ReturnedMail, by: MatchedBy, now: Timestamp) -> Plan {
        let kind = report.reading.kind;
        let is_verified = report.told.as_ref().is_some_and(|teller| teller.is_verified);
        let effect = effect(kind, by, &mail, is_verified, now);
        let domain = mail.email.rsplit_once('@').map_or("", |(_, domain)| domain);
        let to = destination(domain);
        let mut notice = notice(report, Some(&mail), kind, by.evidence(), effect);
        let said = recipient(report, Some(&mail)).and_then(ReportedRecipient::said);
        if let Some(judged) = said.and_then(|said| self.rules.judge_report(said, to)) {
            (notice.cause, notice.certainty, notice.rule) = (judged.cause, judged.certainty, judged.rule);
        }
        let key = match kind {
            // Whoever comes back and leaves again by the same email leaves again.
            _ if report.is_once() => fingerprint_once(report),
            NoticeKind::Unsubscribe => fingerprint("wish", mail.id.0, kind, &report.digest),
            _ if report.told.is_some() => fingerprint("told", mail.id.0, kind, notice.cause.as_str().as_bytes()),
            _ => fingerprint("mail", mail.id.0, kind, notice.cause.as_str().as_bytes()),
        };
        notice.fingerprint = key;
        notice.certainty = by.at_most(notice.certainty, is_verified);
        notice.destination = to.to_owned();
        if is_forwarded(recipient(report, Some(&mail)), &mail) {
            notice.certainty = Certainty::Likely;
            // To whom the reader's mail goes on is nobody's business.
            notice.diagnostic = "said of an address that the reader's mail is forwarded to".to_owned();
        }
        notice.delivery = Some(mail.id);
        notice.issue = mail.issue_id;
        notice.newsletter = Some(mail.newsletter_id);
        notice.subscription = Some(mail.subscription_id);
        notice.relay = Some(mail.relay.clone().unwrap_or_default());
        if effect == Effect::Waiting {
            notice.address_hash = Some(mail.address_hash.clone());
            notice.settle_at = Some(now.plus(self.settle_after));
        }
        Plan {
            receipt: Receipt { kind, evidence: by.evidence(), effect: is_kept(kind).then_some(effect), is_new: false },
            ends: matches!(effect, Effect::Unsubscribed | Effect::Suppressed).then_some(mail.subscription_id),
            notice: is_kept(kind).then_some(notice),
            proves: (is_proof(kind, by) && is_in_doubt(&mail)).then_some(mail),
            told: report.told.clone(),
        }
    }

    /// Of a reader, and of no mail that could be counted against them.
    fn of_reader(&self, report: &ReadReport, kind: NoticeKind, id: SubscriptionId) -> Plan {
        let ends = matches!(kind, NoticeKind::Unsubscribe | NoticeKind::Complaint);
        let effect = if ends { Effect::Unsubscribed } else { Effect::None };
        let mut notice = notice(report, None, kind, NoticeEvidence::Sealed, effect);
        notice.fingerprint = match report.is_once() {
            true => fingerprint_once(report),
            false => fingerprint("reader", id.0, kind, &report.digest),
        };
        notice.subscription = Some(id);
        Plan {
            receipt: Receipt {
                kind,
                evidence: NoticeEvidence::Sealed,
                effect: is_kept(kind).then_some(effect),
                is_new: false,
            },
            notice: is_kept(kind).then_some(notice),
            ends: ends.then_some(id),
            proves: None,
            told: report.told.clone(),
        }
    }

    /// What says nothing of ours is kept only where somebody may miss it.
    fn of_nobody(&self, report: &ReadReport) -> Plan {
        let kind = report.reading.kind;
        let is_kept = matches!(kind, NoticeKind::Bounce | NoticeKind::Complaint);
        let mut notice = notice(report, None, kind, NoticeEvidence::None, Effect::None);
        notice.fingerprint = match report.is_once() {
            true => fingerprint_once(report),
            false => fingerprint("none", 0, kind, &report.digest),
        };
        let effect = is_kept.then_some(Effect::None);
        Plan {
            receipt: Receipt { kind, evidence: NoticeEvidence::None, effect, is_new: false },
            notice: is_kept.then_some(notice),
            ends: None,
            proves: None,
            told: report.told.clone(),
        }
    }
}

/// The subscription of whoever wrote to its own address to end it. A machine never wants that.
async fn wish(tx: &mut Tx, keys: &Keyring, clues: &[Clue], report: &ReadReport) -> Result<Option<SubscriptionId>> {
    let is_persons = matches!(report.reading.kind, NoticeKind::Letter | NoticeKind::Unsubscribe) && !report.automatic;
    if is_persons { find::asked(tx, keys, clues).await } else { Ok(None) }
}

/// What follows from a report of this kind about this mail.
fn effect(kind: NoticeKind, by: MatchedBy, mail: &ReturnedMail, is_verified: bool, now: Timestamp) -> Effect {
    let acts = match kind {
        // A link that stands in every email of a reader names none of them.
        NoticeKind::Bounce => matches!(by, MatchedBy::ReturnPath | MatchedBy::MessageId | MatchedBy::Vouched),
        NoticeKind::Complaint | NoticeKind::Unsubscribe => by != MatchedBy::Address,
        _ => false,
    };
    let sent_at = mail.first_at.or(mail.final_at);
    let is_stale = mail.final_at.or(sent_at).is_some_and(|at| now.since(at) > STALE_AFTER);
    let has_moved = mail.moved_at.zip(sent_at).is_some_and(|(moved, sent)| moved >= sent);
    match kind {
        _ if !acts => Effect::None,
        NoticeKind::Unsubscribe => Effect::Unsubscribed,
        _ if !may_be_reported(mail) || has_moved => Effect::Odd,
        _ if is_stale => Effect::Stale,
        NoticeKind::Bounce => Effect::Waiting,
        NoticeKind::Complaint if is_verified => Effect::Suppressed,
        _ => Effect::Unsubscribed,
    }
}

/// Whether a relay may have had the mail. Nobody can report about any other.
fn may_be_reported(mail: &ReturnedMail) -> bool {
    match mail.state {
        DeliveryState::Sent | DeliveryState::InFlight | DeliveryState::Uncertain => true,
        DeliveryState::Failed => is_in_doubt(mail),
        // It goes out once more.
        DeliveryState::Pending | DeliveryState::Claimed => mail.doubts.is_some_and(|doubts| doubts > 0),
        DeliveryState::Skipped => false,
    }
}

fn is_in_doubt(mail: &ReturnedMail) -> bool {
    mail.state == DeliveryState::Uncertain
        || (mail.state == DeliveryState::Failed && mail.reason == Some(Reason::Uncertain))
}

/// Whether a report shows that its mail was taken.
fn is_proof(kind: NoticeKind, by: MatchedBy) -> bool {
    matches!(by, MatchedBy::ReturnPath | MatchedBy::MessageId)
        && !matches!(kind, NoticeKind::Letter | NoticeKind::Unreadable)
}

/// Whether a notice is written of it. A letter is nobody's business but its reader's.
fn is_kept(kind: NoticeKind) -> bool {
    !matches!(kind, NoticeKind::Letter | NoticeKind::Unreadable)
}

/// The recipient of whom the report speaks. We write to one at a time: of several, the one that is ours; any other is the
/// same reader, seen through an alias.
fn recipient<'a>(report: &'a ReadReport, mail: Option<&ReturnedMail>) -> Option<&'a ReportedRecipient> {
    let all = &report.reading.recipients;
    let is_ours =
        |one: &&ReportedRecipient| mail.is_some_and(|mail| key(one.address.as_deref()) == key(Some(&mail.email)));
    all.iter().find(is_ours).or(all.first())
}

fn key(address: Option<&str>) -> Option<String> {
    address?.parse::<EmailAddress>().ok().map(|address| address.key())
}

/// Whether the report speaks of another address: the reader's own mailbox took the mail, and passed it on.
fn is_forwarded(recipient: Option<&ReportedRecipient>, mail: &ReturnedMail) -> bool {
    let named = key(recipient.and_then(|one| one.address.as_deref()));
    named.is_some() && named != key(Some(&mail.email))
}

/// What the report says, without whom it concerns.
fn notice(
    report: &ReadReport,
    mail: Option<&ReturnedMail>,
    kind: NoticeKind,
    evidence: NoticeEvidence,
    effect: Effect,
) -> NewNotice {
    let one = recipient(report, mail);
    let judged = one.and_then(ReportedRecipient::judgement);
    let said = one.and_then(ReportedRecipient::said);
    let status = one.and_then(|one| one.reply()?.enhanced).or_else(|| said?.status);
    let words = said.and_then(|said| said.quoted.as_deref().or(said.prose.first().map(String::as_str)));
    NewNotice {
        source: report.source,
        fingerprint: [0; 16],
        kind,
        cause: judged.map_or(Cause::Unknown, |judged| judged.cause),
        certainty: judged.map_or(Certainty::Likely, |judged| judged.certainty),
        evidence,
        delivery: None,
        issue: None,
        newsletter: None,
        subscription: None,
        address_hash: None,
        relay: None,
        host: report.reading.host.clone(),
        destination: String::new(),
        status: status.map(|(class, subject, detail)| format!("{class}.{subject}.{detail}")),
        diagnostic: diagnostic(words.unwrap_or_default()),
        rule: judged.map_or("", |judged| judged.rule),
        settle_at: None,
        effect,
    }
}

/// Two reports with one fingerprint say the same.
fn fingerprint(of: &str, number: i64, kind: NoticeKind, what: &[u8]) -> [u8; 16] {
    let parts = [of.as_bytes(), &number.to_be_bytes(), kind.as_str().as_bytes(), b" ", what].concat();
    let mut cut = [0; 16];
    cut.copy_from_slice(&digest(&SHA256, &parts).as_ref()[..16]);
    cut
}

/// What its provider signs is good for one notice, whatever stands beside it.
fn fingerprint_once(report: &ReadReport) -> [u8; 16] {
    fingerprint("once", 0, NoticeKind::Unreadable, &report.digest)
}

/// Writes one report's notice and what follows at once. `false` when it had come before: then all that is done already.
async fn write(tx: &mut Tx, keys: &Keyring, plan: &mut Plan, now: Timestamp) -> Result<bool> {
    let Some(notice) = &plan.notice else { return Ok(false) };
    let Some(effect) = returns::add(tx, notice, now).await? else { return Ok(false) };
    plan.receipt.effect = Some(effect);
    if let Some(id) = plan.ends {
        end(tx, keys, id, notice, plan.told.as_deref(), now).await?;
    }
    if let Some(mail) = &plan.proves
        && deliveries::prove(tx, mail.id, now).await?
    {
        let about = About { issue: mail.issue_id, newsletter: Some(mail.newsletter_id), ..About::default() };
        let event = Event::DeliveryProved { delivery: mail.id.0 };
        events::append(tx, Actor::scheduler(now), about, &event).await?;
    }
    let is_unmatched = matches!(notice.evidence, NoticeEvidence::None | NoticeEvidence::Named);
    if notice.kind == NoticeKind::Complaint && is_unmatched {
        call_for_unmatched(tx, Actor::scheduler(now)).await?;
    }
    Ok(true)
}

/// Counts a report that is dealt with; what came before is not one more email that came back.
fn count(report: &ReadReport, plan: &Plan) {
    let Receipt { kind, effect, is_new, .. } = plan.receipt;
    metrics::report(report.source.as_str(), kind.as_str());
    if let Some(notice) = plan.notice.as_ref().filter(|_| is_new && effect == Some(Effect::Waiting)) {
        metrics::returned(notice.cause.class().as_str(), Provider::named(&notice.destination).as_str());
    }
}

/// Ends the subscription of who wants no more. Who complains to a provider that proved who it is gets nothing any more.
async fn end(
    tx: &mut Tx,
    keys: &Keyring,
    id: SubscriptionId,
    notice: &NewNotice,
    told: Option<&Teller>,
    now: Timestamp,
) -> Result<()> {
    let complains = notice.kind == NoticeKind::Complaint;
    let source = match (complains, told) {
        (true, _) => "complaint",
        (false, Some(_)) => "provider",
        (false, None) => "mailto",
    };
    let act = |actor| ActionContext { actor, source: source.to_owned(), wording: "", client: None, now };
    match told.filter(|_| notice.effect == Effect::Suppressed) {
        Some(teller) => {
            let note = format!("complained, as {} says", teller.hook);
            signup::leave_all_by_complaint(tx, keys, id, &note, &act(Actor::Provider(teller.hook.clone()))).await
        }
        None => signup::leave_by_mail(tx, id, complains, &act(Actor::Reader)).await.map(|_| ()),
    }
}

/// Readers who complain and go on getting mail are how a sender loses its name: a person is told.
async fn call_for_unmatched(tx: &mut Tx, by: By<'_>) -> Result<()> {
    let count = returns::unmatched_complaints(tx, by.now.minus(DAY)).await?;
    if count >= UNMATCHED_MAX {
        let note = format!("{count} complaints came within a day of which nothing says whose they are");
        alarms::raise(tx, &Alarm::new(AlarmName::ComplaintsUnmatched, "", &note), by).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{DeliveryId, IssueId, NewsletterId};

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn any_mail() -> impl Strategy<Value = ReturnedMail> {
        let state = prop::sample::select(DeliveryState::ALL);
        let reason = prop::option::of(prop::sample::select(Reason::ALL));
        let hours = || prop::option::of(0..2000_u32);
        (state, reason, prop::option::of(0..3_i64), hours(), hours(), hours()).prop_map(
            |(state, reason, doubts, first, sent, moved)| {
                let ago = |hours: u32| NOW.minus(Duration::from_secs(3600) * hours);
                ReturnedMail {
                    id: DeliveryId(1),
                    state,
                    reason,
                    doubts,
                    first_at: first.map(ago),
                    final_at: sent.map(ago),
                    relay: None,
                    issue_id: Some(IssueId(1)),
                    newsletter_id: NewsletterId(1),
                    subscription_id: SubscriptionId(1),
                    mark: None,
                    email: "anna@example.net".to_owned(),
                    address_hash: vec![1; 32],
                    moved_at: moved.map(ago),
                }
            },
        )
    }

    const WAYS: [MatchedBy; 5] =
        [MatchedBy::ReturnPath, MatchedBy::MessageId, MatchedBy::Unsubscribe, MatchedBy::Vouched, MatchedBy::Address];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]

        /// What is never a strike cannot be one of a history, however long.
        #[test]
        fn nothing_follows_from_a_named_address_or_from_a_machine(
            mail in any_mail(), kind in prop::sample::select(NoticeKind::ALL), by in prop::sample::select(&WAYS[..]),
            is_verified in any::<bool>(),
        ) {
            let acts = matches!(kind, NoticeKind::Bounce | NoticeKind::Complaint | NoticeKind::Unsubscribe);
            let found = effect(kind, by, &mail, is_verified, NOW);
            if !acts || by == MatchedBy::Address {
                prop_assert_eq!(found, Effect::None);
            }
            prop_assert!(kind != NoticeKind::Bounce || !matches!(found, Effect::Suppressed | Effect::Unsubscribed));
        }
    }
}
