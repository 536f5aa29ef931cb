//! What a refusal means for its row and for the groups that the row belongs to: whether the party that refused is
//! believed, and which group is suspended. Decided inside the transaction that writes it, on what all engines know.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::held::Held;
use super::probes;
use super::standing::{EvidenceKey, GroupHealth, MailGroup};
use super::suspended::Suspended;
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::cause::{Cause, Class, Classification, Party};
use crate::domain::delivery::Reason;
use crate::domain::event::Event;
use crate::domain::evidence::{self as rules, Case, Evidence, Trouble};
use crate::domain::provider;
use crate::domain::reply::Stage;
use crate::domain::{IssueId, SuspensionId};
use crate::store::events::About;
use crate::store::suspensions::{NewSuspension, Suspension, Wait};
use crate::store::{Result, Tx, alarms, deliveries, events, evidence, ledger, notices, suspensions};
use crate::telemetry::mask_addresses;
use crate::token::Keyring;

/// A recipient that alone refuses so often, while others take theirs, is believed for that mail.
const REFUSALS_BELIEVED: i64 = 3;
/// Rows made due in one transaction when a group goes again; the rest follow with the next rounds of rescue.
const FREED_AT_ONCE: i64 = 5000;

/// A refusal as it came, and when the row may be tried again.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) relay: Arc<str>,
    /// What was said, or what happened.
    pub(super) reply: String,
    pub(super) judged: Classification,
    pub(super) stage: Stage,
    pub(super) address: EmailAddress,
    /// The next try when this one does not count.
    pub(super) again_at: Timestamp,
    /// The next try when it does.
    pub(super) retry_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// Another relay may take it at once.
    pub(super) hand_over: bool,
}

/// What becomes of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Failed(Reason),
    Deferred,
    Waits,
    /// Uncounted, until a group goes again.
    Parked(SuspensionId),
}

/// Judges the refusals of one transaction.
pub(super) struct Court<'a> {
    standing: &'a mut GroupHealth,
    suspended: &'a Suspended,
    keys: &'a Keyring,
    settle_after: Duration,
    now: Timestamp,
    /// Acceptances that the evidence was told of here.
    told: HashMap<EvidenceKey, i64>,
    changed: bool,
}

impl<'a> Court<'a> {
    pub(super) fn new(
        standing: &'a mut GroupHealth,
        suspended: &'a Suspended,
        keys: &'a Keyring,
        settle_after: Duration,
        now: Timestamp,
    ) -> Self {
        Self { standing, suspended, keys, settle_after, now, told: HashMap::new(), changed: false }
    }

    /// After the commit. Whether suspensions have changed.
    pub(super) fn conclude(self) -> bool {
        for (key, accepted) in &self.told {
            self.standing.told(key, *accepted);
        }
        self.changed
    }

    /// Decides and writes what a refusal means.
    pub(super) async fn settle(&mut self, tx: &mut Tx, held: &Held, refusal: &Refusal) -> Result<()> {
        let covering = self.suspended.covering(&held.membership(&refusal.relay));
        let fate = match (refusal.judged.party, refusal.judged.cause) {
            (_, Cause::Quota) => self.quota(tx, held, refusal).await?,
            (Party::Recipient, _) if refusal.judged.permanent => self.recipient(tx, held, refusal, &covering).await?,
            (Party::Relay | Party::Session, _) => self.faulted(tx, held, refusal).await?,
            _ if refusal.judged.permanent => self.refused(tx, held, refusal, &covering).await?,
            _ => self.delayed(tx, held, refusal, &covering).await?,
        };
        self.write(tx, held, refusal, fate).await
    }

    async fn write(&mut self, tx: &mut Tx, held: &Held, refusal: &Refusal, fate: Fate) -> Result<()> {
        let (relay, reply) = (&*refusal.relay, Some(refusal.reply.as_str()));
        let due_at = if refusal.hand_over { self.now } else { refusal.again_at };
        let written = match fate {
            Fate::Failed(reason) => {
                let failed =
                    deliveries::record_failed(tx, held.worker, held.id, reason, Some(relay), reply, self.now).await?;
                if failed && reason == Reason::Refused {
                    self.note(tx, held, refusal).await?;
                }
                failed
            }
            Fate::Deferred => {
                let due_at = refusal.retry_at;
                deliveries::record_deferred(tx, held.worker, held.id, due_at, 1, held.pinned, reply).await?
            }
            Fate::Waits | Fate::Parked(_) => {
                let wait = match fate {
                    Fate::Parked(id) if !refusal.hand_over && suspensions::lock(tx, id).await? => Wait::For(id),
                    _ => Wait::Until(due_at),
                };
                suspensions::record_wait(tx, held.worker, held.id, wait, relay, reply, held.pinned).await?
            }
        };
        if !written {
            tracing::debug!(delivery = held.id.0, "a refusal came for a row that had changed hands");
        }
        Ok(())
    }

    /// Keeps what was said: it is settled later, when all that the relay says can be seen.
    async fn note(&self, tx: &mut Tx, held: &Held, refusal: &Refusal) -> Result<()> {
        let refused = notices::RefusedMail {
            delivery: held.id,
            newsletter: Some(held.newsletter).filter(|id| id.0 > 0),
            address_hash: &self.keys.address_hash(&refusal.address.key()),
            relay: &refusal.relay,
            destination: &held.destination,
            reply: &refusal.reply,
            judged: &refusal.judged,
            settle_at: self.now.plus(self.settle_after),
        };
        notices::add_relay(tx, &refused, self.now).await.map(drop)
    }

    /// The recipient is refused for good: dead, full, unwanted. Whether that is believed depends on how many others are.
    async fn recipient(
        &mut self,
        tx: &mut Tx,
        held: &Held,
        refusal: &Refusal,
        covering: &[Suspension],
    ) -> Result<Fate> {
        let Some(issue) = held.issue else {
            let is_doubted = self.suspended.is_lying(&refusal.relay);
            return Ok(if is_doubted { Fate::Waits } else { Fate::Failed(Reason::Refused) });
        };
        let relay = &refusal.relay;
        let keys: [EvidenceKey; 2] =
            [(issue, Arc::clone(relay), "".into()), (issue, Arc::clone(relay), Arc::clone(&held.destination))];
        let mut whole = self.evidence(tx, &keys[0]).await?;
        let mut part = self.evidence(tx, &keys[1]).await?;
        let by = held.refused_by.as_deref();
        let (again, seconded) = (by == Some(&**relay), by.is_some_and(|by| by != &**relay));
        let suspended = covering.iter().find(|group| group.trouble == Trouble::Recipients);
        let (failed, failed_in_doubt) = match again || seconded {
            true => suspensions::failed(tx, issue, relay).await?,
            false => (0, 0),
        };
        let case = Case {
            again,
            seconded,
            suspended: suspended.is_some(),
            allowance: rules::allowed_in_doubt(self.readers(tx, issue).await?),
            failed,
            failed_in_doubt,
            now: self.now,
        };
        rules::count(&mut whole, &mut part, &case);
        // Before a group is suspended it is asked of the ledger what all engines have sent.
        if part.is_alarmed() {
            part.correct(self.sent_since(tx, issue, relay, Some(&held.destination), part.since).await?);
        }
        if whole.is_alarmed() {
            whole.correct(self.sent_since(tx, issue, relay, None, whole.since).await?);
        }
        let weighed = rules::decide(&mut whole, &mut part, &case);
        evidence::save(tx, issue, relay, "", &whole).await?;
        evidence::save(tx, issue, relay, &held.destination, &part).await?;
        if weighed.suspend_relay {
            let group = MailGroup::issue(relay, held);
            self.restore(tx, issue, relay, None, whole.since).await?;
            self.suspend(tx, Trouble::Recipients, &group, refusal.judged.cause, &refusal.reply).await?;
        } else if weighed.suspend_destination {
            let group = MailGroup::issue(relay, held).at(held);
            self.restore(tx, issue, relay, Some(&held.destination), part.since).await?;
            self.suspend(tx, Trouble::Recipients, &group, refusal.judged.cause, &refusal.reply).await?;
        }
        Ok(match (weighed.believed, suspended) {
            (true, _) => Fate::Failed(Reason::Refused),
            (false, Some(group)) => Fate::Parked(group.id),
            (false, None) => Fate::Waits,
        })
    }

    /// Rows of an issue that a relay may still fail on evidence that is open to doubt.
    async fn allowance_left(&mut self, tx: &mut Tx, issue: IssueId, relay: &str) -> Result<i64> {
        let (_, failed_in_doubt) = suspensions::failed(tx, issue, relay).await?;
        Ok(rules::allowed_in_doubt(self.readers(tx, issue).await?) - failed_in_doubt)
    }

    /// How many readers an issue has: its audience is frozen.
    async fn readers(&mut self, tx: &mut Tx, issue: IssueId) -> Result<i64> {
        if let Some(readers) = self.standing.readers.get(&issue) {
            return Ok(*readers);
        }
        let readers = ledger::readers(tx, issue).await?;
        self.standing.readers.insert(issue, readers);
        Ok(readers)
    }

    /// How many mails of an issue a relay has taken since `since`, at one destination or at all.
    async fn sent_since(
        &self,
        tx: &mut Tx,
        issue: IssueId,
        relay: &str,
        destination: Option<&str>,
        since: Timestamp,
    ) -> Result<i64> {
        let emails = suspensions::sent_since(tx, issue, relay, since).await?;
        let counts = |(email,): &&(Option<String>,)| {
            destination.is_none_or(|wanted| wanted == destination_of(email.as_deref().unwrap_or_default()))
        };
        Ok(i64::try_from(emails.iter().filter(counts).count()).unwrap_or(i64::MAX))
    }

    /// Evidence as it stands with the acceptances that this engine has not told of yet.
    async fn evidence(&mut self, tx: &mut Tx, key: &EvidenceKey) -> Result<Evidence> {
        let mut evidence = evidence::lock(tx, key.0, &key.1, &key.2).await?;
        if !self.told.contains_key(key) {
            let accepted = self.standing.untold(key);
            evidence.accept(accepted);
            self.told.insert(key.clone(), accepted);
        }
        Ok(evidence)
    }

    /// Rows that a party has failed since its trouble began go back: it is not believed any more.
    async fn restore(
        &mut self,
        tx: &mut Tx,
        issue: IssueId,
        relay: &str,
        destination: Option<&str>,
        since: Timestamp,
    ) -> Result<()> {
        let mut ids = Vec::new();
        for (id, email) in suspensions::failed_since(tx, issue, relay, since).await? {
            let email = email.unwrap_or_default();
            if destination.is_some_and(|wanted| wanted != destination_of(&email)) {
                continue;
            }
            ids.push(id);
        }
        notices::discard_for(tx, &ids, Actor::scheduler(self.now)).await?;
        suspensions::restore(tx, &ids, self.now).await?;
        Ok(())
    }

    /// Refused for good, for who we are or what we send. No reader fails for it, unless it is about this mail alone: the
    /// relay takes all others, and has refused this one again and again.
    async fn refused(&mut self, tx: &mut Tx, held: &Held, refusal: &Refusal, covering: &[Suspension]) -> Result<Fate> {
        if let Some(group) = covering.first() {
            return Ok(Fate::Parked(group.id));
        }
        let groups = MailGroup::of(refusal.judged.party, refusal.stage, &refusal.relay, held);
        let is_early = matches!(refusal.stage, Stage::Session | Stage::Mail);
        let is_news = is_early || held.refused_by.as_deref() != Some(&*refusal.relay);
        let others_go = groups.last().is_none_or(|wide| self.standing.score(Trouble::Refusal, wide) == 0);
        if is_news && let Some(group) = self.standing.refused(Trouble::Refusal, &groups, 1) {
            self.suspend(tx, Trouble::Refusal, &group, refusal.judged.cause, &refusal.reply).await?;
            return Ok(Fate::Waits);
        }
        if held.waits < REFUSALS_BELIEVED || (is_early && held.issue.is_some()) || !others_go {
            return Ok(Fate::Waits);
        }
        let is_allowed = match held.issue {
            None => true,
            Some(issue) => self.allowance_left(tx, issue, &refusal.relay).await? > 0,
        };
        Ok(if is_allowed { Fate::Failed(Reason::Refused) } else { Fate::Waits })
    }

    /// Put off. It counts as a try where it is about one mailbox and others are taken.
    async fn delayed(&mut self, tx: &mut Tx, held: &Held, refusal: &Refusal, covering: &[Suspension]) -> Result<Fate> {
        if let Some(group) = covering.first() {
            return Ok(Fate::Parked(group.id));
        }
        let trouble = Trouble::Delay;
        let groups = MailGroup::of(refusal.judged.party, refusal.stage, &refusal.relay, held);
        let is_early = matches!(refusal.stage, Stage::Session | Stage::Mail);
        let is_news = is_early || held.is_first;
        // Before a recipient is named it can be about no reader.
        let weight = if is_early { 3 } else { 1 };
        if is_news && let Some(group) = self.standing.refused(trouble, &groups, weight) {
            self.suspend(tx, trouble, &group, refusal.judged.cause, &refusal.reply).await?;
            return Ok(Fate::Waits);
        }
        let is_doubted = groups.iter().any(|group| self.standing.score(trouble, group) >= trouble.rule().doubt);
        // Greylisting is about us as well as about a mailbox.
        let is_of_reader = refusal.judged.party == Party::Recipient && refusal.judged.cause.class() != Class::Ours;
        let is_counted = is_of_reader && !is_doubted;
        let next_at = if is_counted { refusal.retry_at } else { refusal.again_at };
        if next_at <= refusal.expires_at {
            return Ok(if is_counted { Fate::Deferred } else { Fate::Waits });
        }
        let is_allowed = match held.issue.filter(|_| is_doubted) {
            None => true,
            Some(issue) => self.allowance_left(tx, issue, &refusal.relay).await? > 0,
        };
        Ok(if is_allowed { Fate::Failed(Reason::Expired) } else { Fate::Waits })
    }

    /// The relay's own trouble costs no try. It ends a mail's tries only where the relay takes others.
    async fn faulted(&mut self, tx: &mut Tx, held: &Held, refusal: &Refusal) -> Result<Fate> {
        let group = MailGroup::relay(&refusal.relay);
        let others_go = self.standing.score(Trouble::Fault, &group) == 0;
        self.standing.refused(Trouble::Fault, &[group], 1);
        if refusal.again_at <= refusal.expires_at || !others_go {
            return Ok(Fate::Waits);
        }
        let is_allowed = match held.issue {
            None => true,
            Some(issue) => self.allowance_left(tx, issue, &refusal.relay).await? > 0,
        };
        Ok(if is_allowed { Fate::Failed(Reason::Expired) } else { Fate::Waits })
    }

    /// The allowance of an hour or a day is used up: nothing goes until the provider gives more.
    async fn quota(&mut self, tx: &mut Tx, held: &Held, refusal: &Refusal) -> Result<Fate> {
        let group = match refusal.judged.party {
            Party::Sender => MailGroup::sender(&refusal.relay, held),
            _ => MailGroup::relay(&refusal.relay),
        };
        let is_new =
            !self.suspended.covering(&held.membership(&refusal.relay)).iter().any(|one| one.trouble == Trouble::Quota);
        let id = self.suspend(tx, Trouble::Quota, &group, Cause::Quota, &refusal.reply).await?;
        if is_new {
            let alarm = Alarm::new(AlarmName::RelayQuota, &*refusal.relay, &refusal.reply);
            alarms::raise(tx, &alarm, Actor::scheduler(self.now)).await?;
        }
        Ok(Fate::Parked(id))
    }

    /// No answer came to a final dot. A run of these is the relay's fault.
    pub(super) async fn uncertain(&mut self, tx: &mut Tx, relay: &Arc<str>, what: &str) -> Result<()> {
        let group = MailGroup::relay(relay);
        if let Some(group) = self.standing.refused(Trouble::Uncertain, &[group], 1) {
            self.suspend(tx, Trouble::Uncertain, &group, Cause::Network, what).await?;
        }
        Ok(())
    }

    async fn suspend(
        &mut self,
        tx: &mut Tx,
        trouble: Trouble,
        group: &MailGroup,
        cause: Cause,
        reply: &str,
    ) -> Result<SuspensionId> {
        let reply = mask_addresses(reply);
        let pauses = self.suspended.former_pauses(group, self.now);
        let until = trouble.rule().pause(usize::try_from(pauses).unwrap_or(0)).map(|pause| self.now.plus(pause));
        let new = NewSuspension {
            relay: &group.relay,
            newsletter: group.newsletter,
            destination: group.destination.as_deref().unwrap_or_default(),
            issue: group.issue,
            trouble,
            cause: cause.as_str(),
            until: until.or(Some(self.now)),
            pauses,
            reply: &reply,
        };
        let (id, is_new) = suspensions::suspend(tx, &new, self.now).await?;
        self.changed = true;
        if !is_new {
            return Ok(id);
        }
        let about = About { newsletter: group.newsletter, issue: group.issue, ..About::default() };
        let event = Event::GroupSuspended {
            relay: group.relay.to_string(),
            destination: new.destination.to_owned(),
            trouble,
            cause,
            reply: reply.to_string(),
        };
        events::append(tx, Actor::scheduler(self.now), about, &event).await?;
        tracing::warn!(relay = %group.relay, destination = new.destination, %trouble, %cause,
            "a group of mail is suspended and asks again soon; the relay said: {reply}");
        Ok(id)
    }

    /// A mail was taken: every suspended group that it belongs to goes again.
    pub(super) async fn release(&mut self, tx: &mut Tx, held: &Held, relay: &Arc<str>) -> Result<()> {
        for group in self.suspended.covering(&held.membership(relay)) {
            if !suspensions::end(tx, group.id).await? {
                continue;
            }
            self.changed = true;
            if group.trouble == Trouble::Recipients {
                let mut evidence = evidence::lock(tx, group.issue_id, relay, &group.destination).await?;
                evidence.release();
                evidence::save(tx, group.issue_id, relay, &group.destination, &evidence).await?;
            }
            probes::call_off(tx, &group, self.now).await?;
            suspensions::free(tx, group.id, FREED_AT_ONCE, self.now).await?;
            self.suspended.note_end(&group, self.now);
            let issue = held.issue.filter(|issue| *issue == group.issue_id);
            let about = About { issue, ..About::default() };
            let destination = group.destination.clone();
            let event = Event::GroupReleased { relay: relay.to_string(), destination, trouble: group.trouble };
            events::append(tx, Actor::scheduler(self.now), about, &event).await?;
            tracing::info!(%relay, destination = group.destination, trouble = %group.trouble, "a suspended group goes again");
        }
        Ok(())
    }
}

fn destination_of(email: &str) -> &str {
    provider::destination(email.rsplit_once('@').map_or("", |(_, domain)| domain))
}
