//! Judges notices when their time has come. Every move is a compare-and-set in the transaction of its effect, so a crash
//! anywhere leaves notices that wait, and nothing happens twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::calls::{RelayHosts, call};
use crate::clock::{Clock, Timestamp};
use crate::dns::{DnsResolver, Memory, RecordType};
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::cause::{Cause, Certainty};
use crate::domain::event::Event;
use crate::domain::notice::Effect;
use crate::domain::policy::Policy;
use crate::domain::standing::{Follows, MailFate, Strikes};
use crate::domain::storm::{Brake, Brakes, Facts};
use crate::domain::{IssueId, NoticeId};
use crate::store::events::{self, About};
use crate::store::notices::{self, Notice};
use crate::store::{Db, Result, StoreError, Tx, alarms, issues, ledger, subscriptions};

const EVERY: Duration = Duration::from_secs(5);
const BATCH: i64 = 500;
const DAY: Duration = Duration::from_secs(24 * 3600);
/// What nobody answers for so long is discarded, unless it is said again.
const HELD_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
/// The longest wait for a name server.
const ANSWER_MAX: Duration = Duration::from_secs(4);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Addresses that are mailed no more.
    pub suppressed: u64,
    pub counted: u64,
    /// Notices that wait for a person.
    pub held: u64,
    /// Notices that count for nothing.
    pub none: u64,
}

/// Settles every few seconds, in the process that schedules.
pub struct Settler {
    db: Db,
    clock: Clock,
    policy: Policy,
    names: Option<DnsResolver>,
    relays: RelayHosts,
    /// Until when this process is the one that schedules.
    shift_until: Arc<AtomicI64>,
}

impl Settler {
    /// For the process whose scheduler says in `shift_until` until when it is the one that schedules.
    pub fn new(db: Db, clock: Clock, policy: Policy, shift_until: Arc<AtomicI64>) -> Self {
        let memory = Memory { entries: 10_000, time: Duration::from_secs(300) };
        let names = DnsResolver::new(None, ANSWER_MAX, Some(memory));
        if let Err(error) = &names {
            tracing::warn!(%error, "no name server can be asked; domains that a relay calls unknown are believed later");
        }
        Self { db, clock, policy, names: names.ok(), relays: RelayHosts::new(), shift_until }
    }

    /// The same that knows the hosts of relays.
    #[must_use]
    pub fn with_relays(self, relays: RelayHosts) -> Self {
        Self { relays, ..self }
    }

    /// Looks every few seconds until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut away, mut seen) = (false, None);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            let now = self.clock.now();
            if Timestamp(self.shift_until.load(Ordering::Relaxed)) <= now {
                seen = None;
                continue;
            }
            match self.round(seen, now).await {
                Ok(last) => (away, seen) = (false, Some(last)),
                Err(error) if !std::mem::replace(&mut away, true) => {
                    tracing::error!(%error, "bounces cannot be settled; tried again every few seconds, nothing is lost");
                }
                Err(_) => {}
            }
        }
    }

    /// Settles what is due, and looks at what came in after `seen`. Returns the last of it.
    async fn round(&self, seen: Option<NoticeId>, now: Timestamp) -> Result<NoticeId> {
        let last = call(&self.db, &self.policy.calls, &self.relays, seen, now).await?;
        settle(&self.db, self.names.as_ref(), &self.policy, now).await?;
        Ok(last)
    }
}

impl std::fmt::Debug for Settler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Settler")
    }
}

/// Settles everything whose time has come.
pub async fn settle(db: &Db, names: Option<&DnsResolver>, policy: &Policy, now: Timestamp) -> Result<Settled> {
    let mut all = Settled::default();
    loop {
        let due = notices::due(&mut db.read().await?, now, BATCH).await?;
        if due.is_empty() {
            break;
        }
        // Name servers are asked before the transaction: it holds the one writer's place.
        let unknown = domains_unknown(names, &due).await;
        let done = db.write(async |tx| batch(tx, policy, &due, &unknown, now).await).await?;
        all.add(done);
        if done == Settled::default() {
            // Whoever else settles has done it.
            break;
        }
    }
    expire(db, now).await?;
    Ok(all)
}

impl Settled {
    fn add(&mut self, other: Self) {
        self.suppressed += other.suppressed;
        self.counted += other.counted;
        self.held += other.held;
        self.none += other.none;
    }
}

async fn expire(db: &Db, now: Timestamp) -> Result<()> {
    let before = now.minus(HELD_FOR);
    if !notices::held(&mut db.read().await?).await?.iter().any(|group| group.since <= before) {
        return Ok(());
    }
    db.write(async |tx| {
        let mut expired = notices::expired(tx, before).await?;
        let mut discarded = Vec::with_capacity(expired.len());
        for notice in expired.drain(..) {
            if notices::follow(tx, notice.id, Effect::Held, Effect::Discarded, None).await? {
                discarded.push(notice);
            }
        }
        if !discarded.is_empty() {
            let event = Event::BouncesDiscarded { notices: discarded.len() as u64 };
            events::append(tx, Actor::scheduler(now), About::default(), &event).await?;
            super::clear_alarms(tx, &discarded, now).await?;
        }
        Ok::<_, StoreError>(())
    })
    .await
}

/// The domains among `due` that name servers do not know. Whoever does not answer has said nothing.
async fn domains_unknown(names: Option<&DnsResolver>, due: &[Notice]) -> BTreeSet<String> {
    let mut unknown = BTreeSet::new();
    let Some(names) = names else { return unknown };
    let named = due.iter().filter(|notice| notice.cause == Cause::NoDomain && notice.certainty == Certainty::Certain);
    let domains: BTreeSet<&str> = named.filter_map(domain).collect();
    for domain in domains {
        let mut answers = 0;
        for kind in [RecordType::MX, RecordType::A, RecordType::AAAA] {
            match names.records(domain, kind).await {
                Ok(records) if records.is_empty() => answers += 1,
                _ => break,
            }
        }
        if answers == 3 {
            unknown.insert(domain.to_owned());
        }
    }
    unknown
}

fn domain(notice: &Notice) -> Option<&str> {
    notice.email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain)
}

/// What a relay said in one issue.
type Group = (Option<IssueId>, String);

async fn batch(
    tx: &mut Tx,
    policy: &Policy,
    due: &[Notice],
    unknown: &BTreeSet<String>,
    now: Timestamp,
) -> Result<Settled> {
    let mut groups: BTreeMap<Group, Vec<&Notice>> = BTreeMap::new();
    for notice in due {
        groups.entry((notice.issue_id, notice.relay.clone().unwrap_or_default())).or_default().push(notice);
    }
    let mut all = Settled::default();
    for ((issue, relay), notices) in groups {
        // Nobody else settles this issue at the same time: the bound would be each one's own.
        if let Some(issue) = issue {
            issues::lock(tx, issue).await?;
        }
        all.add(group(tx, policy, (issue, &relay), &notices, unknown, now).await?);
    }
    Ok(all)
}

async fn group(
    tx: &mut Tx,
    policy: &Policy,
    (issue, relay): (Option<IssueId>, &str),
    notices: &[&Notice],
    unknown: &BTreeSet<String>,
    now: Timestamp,
) -> Result<Settled> {
    let mut facts = facts(tx, &policy.brakes, (issue, relay), notices.len() as i64, now).await?;
    let mut settled = Settled::default();
    let mut brakes: BTreeMap<Brake, u64> = BTreeMap::new();
    for notice in notices {
        let brake = policy.brakes.on(&facts);
        let effect = match (judge(tx, &policy.strikes, notice, unknown, now).await?, brake) {
            (Follows::Nothing, _) => Effect::None,
            (Follows::Strike, _) => Effect::Counted,
            (Follows::Suppress, Some(_)) => Effect::Held,
            (Follows::Suppress, None) => Effect::Suppressed,
        };
        if !notices::follow(tx, notice.id, Effect::Waiting, effect, None).await? {
            continue;
        }
        match effect {
            Effect::Suppressed => {
                suppress(tx, notice, now).await?;
                facts.suppressed += 1;
                facts.suppressed_today += 1;
                settled.suppressed += 1;
            }
            Effect::Held => {
                settled.held += 1;
                *brakes.entry(brake.unwrap_or(Brake::Issue)).or_default() += 1;
            }
            Effect::Counted => settled.counted += 1,
            _ => settled.none += 1,
        }
    }
    for (brake, count) in brakes {
        let note = format!("{relay} calls more addresses dead than can be believed; {count} of them are held");
        let scope = notices.first().map(|notice| super::scope(notice)).unwrap_or_default();
        alarms::raise(tx, &Alarm::new(AlarmName::BouncesHeld, scope, &note), Actor::scheduler(now)).await?;
        let about = About { issue, ..About::default() };
        let event = Event::BouncesHeld { relay: relay.to_owned(), brake, notices: count };
        events::append(tx, Actor::scheduler(now), about, &event).await?;
        tracing::warn!(relay, %brake, notices = count,
            "more addresses than can be believed are called dead; nobody is suppressed before `coranto bounces held` is answered");
    }
    Ok(settled)
}

/// What the brakes go by.
async fn facts(
    tx: &mut Tx,
    brakes: &Brakes,
    (issue, relay): (Option<IssueId>, &str),
    batch: i64,
    now: Timestamp,
) -> Result<Facts> {
    let since = now.minus(DAY);
    let suppressed_today = notices::suppressed_since(tx, since).await?;
    Ok(Facts {
        readers: match issue {
            Some(issue) => ledger::readers(tx, issue).await?,
            None => 0,
        },
        accused: notices::accused(tx, relay, issue, since).await?,
        suppressed: notices::suppressed(tx, relay, issue, since).await?,
        // It is a look at every reader, and seldom needed.
        active: if suppressed_today + batch < i64::from(brakes.list.addresses) {
            0
        } else {
            subscriptions::active(tx).await?
        },
        suppressed_today,
    })
}

/// What a notice means for its reader, by all that is known of the address.
pub(super) async fn judge(
    tx: &mut Tx,
    rules: &Strikes,
    notice: &Notice,
    unknown: &BTreeSet<String>,
    now: Timestamp,
) -> Result<Follows> {
    let certainty = match notice.cause {
        // A relay whose own name server is broken says so of every domain.
        Cause::NoDomain if !domain(notice).is_some_and(|domain| unknown.contains(domain)) => Certainty::Likely,
        _ => notice.certainty,
    };
    let Some(hash) = notice.address_hash.as_deref() else { return Ok(Follows::Nothing) };
    let stayed = notices::stayed(tx, hash, now).await?.into_iter().map(MailFate::Stayed);
    let strikes = notices::strikes(tx, hash, now).await?.into_iter();
    let history: Vec<MailFate> = stayed.chain(strikes.map(|(at, cause)| MailFate::Strike { at, cause })).collect();
    Ok(rules.follows(notice.cause, certainty, &history, now))
}

/// Suppresses a notice's address. What a brake has held of it since an earlier issue is settled by that.
async fn suppress(tx: &mut Tx, notice: &Notice, now: Timestamp) -> Result<()> {
    notices::suppress(tx, notice, &note(notice), Actor::scheduler(now)).await?;
    let Some(hash) = notice.address_hash.as_deref() else { return Ok(()) };
    let earlier: Vec<(NoticeId, Effect)> = notices::earlier(tx, hash, notice.issue_id, notice.received_at).await?;
    for (id, _) in earlier.into_iter().filter(|(_, effect)| *effect == Effect::Held) {
        notices::follow(tx, id, Effect::Held, Effect::Counted, None).await?;
    }
    Ok(())
}

/// What the suppression list says of it.
pub(super) fn note(notice: &Notice) -> String {
    format!("{}: {}", notice.cause, notice.diagnostic)
}
