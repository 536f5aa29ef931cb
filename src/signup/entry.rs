//! A stranger's request on its way into the ledger: what is known of the address decides here, and nowhere else.

use std::time::Duration;

use super::act::ActionContext;
use super::challenge::SolvedChallenge;
use super::limits::{Limits, WhyNot, asked};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::domain::subscriber::{AskedBy, SubscriptionState};
use crate::domain::suppression::SuppressionReason;
use crate::domain::{DeliveryId, NewsletterId, RevisionId, SubscriptionId};
use crate::store::consents::ConsentDetails;
use crate::store::deliveries::NewDelivery;
use crate::store::events::About;
use crate::store::history::HistoryEntry;
use crate::store::limits::Asker;
use crate::store::subscribers::NewSubscriber;
use crate::store::subscriptions::{Found, NewSubscription};
use crate::store::{
    Result as Stored, StoreError, Tx, deliveries, events, history, limits, subscribers, subscriptions, suppressions,
};
use crate::words::Language;

/// Why a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The network has asked too often.
    #[error("too many requests; the next is taken in {} s", .retry_after.as_secs())]
    TooMany {
        /// After how long it may ask again.
        retry_after: Duration,
    },
    /// More requests wait than can be written soon.
    #[error("more requests wait than can be written soon")]
    Busy,
    /// The domain hands out mailboxes that are thrown away, and this installation does not want them.
    #[error("the domain is on the list of throw-away mailboxes")]
    Disposable,
    /// No server takes mail for the domain.
    #[error("no server takes mail for the domain")]
    NoMailServer,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One request on its way into the ledger.
#[derive(Clone, Debug)]
pub(super) struct SignupJob {
    pub(super) person: NewSubscriber,
    pub(super) newsletter: NewsletterId,
    pub(super) by: AskedBy,
    pub(super) name: Option<String>,
    pub(super) language: Option<Language>,
    pub(super) confirmation: RevisionId,
    /// To who reads it already, in whichever language they chose.
    pub(super) notices: Vec<(Language, RevisionId)>,
    pub(super) its_language: Language,
    pub(super) spent: Option<SolvedChallenge>,
    pub(super) limits: Limits,
    pub(super) act: ActionContext,
}

/// What became of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryOutcome {
    Done,
    NoMail(WhyNot),
    /// The challenge that it brings has opened the door before, for another address.
    SpentBefore,
}

/// Enters requests into the ledger, in their order.
pub(super) async fn enter(tx: &mut Tx, jobs: &[&SignupJob]) -> Stored<Vec<EntryOutcome>> {
    // All locks first, in the order of the hashes.
    for job in jobs {
        subscribers::lock_mailbox(tx, &job.person.quota_hash).await?;
    }
    let mut written = Vec::with_capacity(jobs.len());
    let mut lines = Vec::with_capacity(jobs.len());
    for job in jobs {
        written.push(enter_one(tx, job, &mut lines).await?);
    }
    history::write_down(tx, &lines).await?;
    Ok(written)
}

/// What is to be written down of it is added to `lines`.
async fn enter_one<'a>(tx: &mut Tx, job: &'a SignupJob, lines: &mut Vec<HistoryEntry<'a>>) -> Stored<EntryOutcome> {
    let act = &job.act;
    if let Some(spent) = job.spent
        && !limits::spend(tx, spent.tag, spent.expires_at, limits::tag(&job.person.address_hash)).await?
    {
        return Ok(EntryOutcome::SpentBefore);
    }
    let asker = Asker { person: &job.person, newsletter: job.newsletter, by: job.by };
    let mut standing = limits::standing(tx, &asked(asker, act.now), act.now).await?;
    if standing.suppressed && suppressions::let_ask(tx, &job.person, act.by()).await? {
        standing = limits::standing(tx, &asked(asker, act.now), act.now).await?;
    }
    if let Some(why) = job.limits.why_not(job.by, &standing) {
        let about = About { newsletter: Some(job.newsletter), ..About::default() };
        events::append(tx, act.by(), about, &Event::SignupIgnored { why: why.as_str() }).await?;
        return Ok(EntryOutcome::NoMail(why));
    }
    let person = subscribers::ensure(tx, &job.person, act.now).await?;
    let new =
        NewSubscription { newsletter: job.newsletter, subscriber: person.id, language: None, source: &act.source };
    let found = subscriptions::ensure(tx, &new, act.now).await?;
    let mut entry = act.entry(ConsentKind::Asked, &Event::SubscriptionAsked);
    let is_reader = matches!(found.state, SubscriptionState::Active | SubscriptionState::Paused);
    let delivery = match is_reader && !is_on_probation(tx, &job.person).await? {
        true => notice(tx, job, &found).await?,
        false => {
            // All that was typed waits with the question for the answer.
            let spelling = (job.person.email != person.email).then_some(&job.person.email);
            let language = job.language.map(Language::tag);
            entry.typed = ConsentDetails { spelling, name: job.name.as_deref(), language };
            send(tx, found.id, spelling, DeliveryKind::Confirmation, job.confirmation, act.now).await?
        }
    };
    if found.state != SubscriptionState::Unsubscribed || !subscriptions::ask_again(tx, found.id, &entry).await? {
        lines.push(HistoryEntry { newsletter: job.newsletter, subscription: found.id, entry });
    }
    limits::add_asked_mail(tx, &asker, delivery, act.now).await?;
    Ok(EntryOutcome::Done)
}

/// Whether mail came back from a reader, who has to confirm anew.
async fn is_on_probation(tx: &mut Tx, person: &NewSubscriber) -> Stored<bool> {
    Ok(suppressions::reason_of(tx, person).await? == Some(SuppressionReason::Probation))
}

/// Tells a reader that somebody asked, in the language of the page, or else in theirs. What was typed is dropped: they said
/// before what is so.
async fn notice(tx: &mut Tx, job: &SignupJob, found: &Found) -> Stored<DeliveryId> {
    let theirs = || found.language.as_deref().map(Language::of);
    let language = job.language.or_else(theirs).unwrap_or(job.its_language);
    let of = |wanted| job.notices.iter().find(|(spoken, _)| *spoken == wanted);
    // No row has the number 0: the database refuses a mail that is missing.
    let notice = of(language).or_else(|| of(job.its_language)).map_or(RevisionId(0), |(_, notice)| *notice);
    send(tx, found.id, None, DeliveryKind::Notice, notice, job.act.now).await
}

/// Puts a mail into the ledger; it takes the place of one that still waits. It goes to the address as it was typed: case is
/// the mailbox's own business (RFC 5321 2.4).
async fn send(
    tx: &mut Tx,
    to: SubscriptionId,
    spelling: Option<&EmailAddress>,
    kind: DeliveryKind,
    revision: RevisionId,
    now: Timestamp,
) -> Stored<DeliveryId> {
    deliveries::supersede(tx, to, kind, now).await?;
    let recipient = spelling.map(EmailAddress::as_str);
    let new = NewDelivery { subscription: Some(to), recipient, revision, request: None, due_at: now };
    deliveries::add(tx, &new).await
}
