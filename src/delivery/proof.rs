//! An editor's proof: the real mail, through the ledger and the relay, at once, whether or not an engine runs.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::attempt::{Attempt, Blame, Prepared};
use super::letters::{Letter, LetterError, Letters};
use super::queue::{Grants, Job, LaneSet, Place};
use super::recorder::{Outcome, Recorder};
use super::settings::{RelaySettings, Settings};
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::delivery::{DeliveryState, Reason};
use crate::domain::{DeliveryId, RevisionId, WorkerId};
use crate::smtp::{OpenError, Session};
use crate::store::deliveries::{self, Claimed, NewDelivery};
use crate::store::{Db, StoreError, leases, ledger};

/// Longer than any conversation may take, so that no engine takes the row for a dead worker's.
const LEASE: Duration = Duration::from_secs(30 * 60);

/// How long a relay has to open a session before the next is tried beside it.
const NEXT_RELAY_AFTER: Duration = Duration::from_secs(3);
/// How long a greeting is waited for while somebody waits for the command.
const GREETING: Duration = Duration::from_secs(60);

/// What became of a proof.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Proof {
    /// To whom.
    #[serde(serialize_with = "as_text")]
    pub address: EmailAddress,
    /// Where its row stands: `sent`, `failed`, `uncertain`, or `pending` when it will be tried again.
    pub state: DeliveryState,
    /// What the relay said, unless it took the mail.
    pub reply: Option<String>,
}

/// Why a proof was not even tried.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// There is nobody to send through.
    #[error("there is no relay in the configuration; add a [[relays]] table")]
    NoRelay,
    /// No relay could be reached. The ledger keeps no row of it.
    #[error("the relay cannot be reached: {0} ({hint})", hint = .0.hint())]
    Relay(#[from] OpenError),
    /// The mail cannot be made.
    #[error("the mail cannot be made: {0}")]
    Mail(String),
    /// Anything the database says.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends `revision` to each of `recipients`, one after the other, through the first relay that can be reached.
pub async fn send(
    db: &Db,
    clock: &Clock,
    settings: Settings,
    revision: RevisionId,
    recipients: &[EmailAddress],
) -> Result<Vec<Proof>, ProofError> {
    let settings = Arc::new(settings);
    let (relay, session) = open(&settings).await?;
    let letters = Letters::new(db.clone(), Arc::clone(&settings), clock.now()).await?;
    let letter = letters.get(revision, 0, &relay).await.map_err(cannot)?;
    let worker =
        db.write(async |tx| leases::register(tx, "proof", false, clock.now(), clock.now().plus(LEASE)).await).await?;
    let healthy = Arc::new(AtomicBool::new(true));
    let (recorder, desk) = Recorder::new(db.clone(), clock.clone(), settings.keys.clone(), healthy, Arc::default());
    let stop = CancellationToken::new();
    let mut recording = JoinSet::new();
    recording.spawn(desk.run());
    let name: Arc<str> = relay.name.as_str().into();
    let press = Press {
        db,
        letters: &letters,
        letter,
        relay: &relay,
        settings: &settings,
        worker,
        attempt: Attempt {
            recorder: &recorder,
            clock,
            relay: &name,
            retry_for: settings.retry_for,
            slow_down: settings.timing.slow_down,
            uncertain_for: settings.timing.uncertain_for,
            keep_replies: settings.keep_replies,
            stop: &stop,
        },
    };
    let mut session = Some(session);
    let mut rows = Vec::with_capacity(recipients.len());
    let mut failure = None;
    for recipient in recipients {
        let row = match press.claim(revision, recipient).await {
            Ok(row) => row,
            Err(error) => {
                failure = Some(error);
                break;
            }
        };
        rows.push((row.id, recipient.clone()));
        if let Err(error) = press.send(&mut session, row, revision).await {
            failure = Some(error);
            break;
        }
    }
    if let Some(session) = session {
        session.quit().await;
    }
    // What is known of the others must be in the ledger, whatever failed.
    drop(recorder);
    while recording.join_next().await.is_some() {}
    db.write(async |tx| leases::end(tx, worker, clock.now()).await).await?;
    match failure {
        Some(failure) => Err(failure),
        None => read_back(db, rows).await,
    }
}

/// What all proofs of one call share.
struct Press<'a> {
    db: &'a Db,
    letters: &'a Letters,
    letter: Arc<Letter>,
    relay: &'a RelaySettings,
    settings: &'a Settings,
    worker: WorkerId,
    attempt: Attempt<'a>,
}

impl Press<'_> {
    /// Sends one mail, on the session at hand if it is fit for it, else on a new one.
    async fn send(&self, session: &mut Option<Session>, row: Claimed, revision: RevisionId) -> Result<(), ProofError> {
        let date = self.attempt.clock.now();
        let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().expect("it has a permit and nobody else knows it");
        let job = Job {
            row,
            worker: self.worker,
            revision,
            date,
            lanes: LaneSet::ALL,
            taken_off: None,
            ends: 0,
            has_place: false,
            grants: Grants::default(),
            waits_since: Instant::now(),
            _place: Place { _permit: permit, _share: Arc::default() },
        };
        let mut bytes = Vec::new();
        let (address, filled) = match self.letters.fill(&self.letter, &job.row, date, &mut bytes) {
            Ok(filled) => filled,
            Err(error) => {
                let reply = Some(error.to_string());
                let outcome =
                    Outcome::Failed { reason: Reason::Unsupported, relay: None, reply, policy: false, dead: None };
                self.attempt.recorder.record(job.held(), outcome).await;
                return Err(cannot(error));
            }
        };
        let mut mail = Prepared { job, letter: Arc::clone(&self.letter), address, filled, bytes };
        for _ in 0..2 {
            let open = match session.take().filter(Session::is_usable) {
                Some(open) => session.insert(open),
                None => match Session::open(&self.relay.connector, &self.settings.deadlines).await {
                    Ok(open) => session.insert(open),
                    Err(error) => {
                        self.attempt.release(&mail).await;
                        return Err(error.into());
                    }
                },
            };
            match self.attempt.send(open, &mut mail).await {
                Blame::Stale { .. } => *session = None,
                Blame::Another { reason, reply } => {
                    self.attempt.fail(&mail, reason, Some(reply), false, None).await;
                    return Ok(());
                }
                _ => return Ok(()),
            }
        }
        self.attempt.release(&mail).await;
        Ok(())
    }

    /// Adds a row and claims it at once, before any engine can.
    async fn claim(&self, revision: RevisionId, recipient: &EmailAddress) -> Result<Claimed, ProofError> {
        let due_at = self.attempt.clock.now();
        let new =
            NewDelivery { subscription: None, recipient: Some(recipient.as_str()), revision, request: None, due_at };
        let row = self
            .db
            .write(async |tx| {
                let id = deliveries::add(tx, &new).await?;
                deliveries::claim_one(tx, self.worker, id).await?;
                Ok::<_, StoreError>(deliveries::claimed(tx, self.worker, &[id]).await?.pop())
            })
            .await?;
        row.ok_or_else(|| ProofError::Mail("its row is not in the ledger".to_owned()))
    }
}

/// The first relay that opens a session. Another is tried beside it when one takes long, for somebody waits; a failure is
/// the last one's.
async fn open(settings: &Settings) -> Result<(RelaySettings, Session), ProofError> {
    let mut deadlines = settings.deadlines;
    deadlines.greeting = deadlines.greeting.min(GREETING);
    let mut failure = ProofError::NoRelay;
    let mut left = settings.relays.iter();
    let mut opening = FuturesUnordered::new();
    loop {
        if let Some(relay) = left.next() {
            opening.push(async move { (relay, Session::open(&relay.connector, &deadlines).await) });
        }
        let next = tokio::time::sleep(NEXT_RELAY_AFTER);
        tokio::select! {
            biased;
            opened = opening.next() => match opened {
                Some((relay, Ok(session))) => return Ok((relay.clone(), session)),
                Some((_, Err(error))) => failure = error.into(),
                None => return Err(failure),
            },
            () = next => {}
        }
    }
}

async fn read_back(db: &Db, rows: Vec<(DeliveryId, EmailAddress)>) -> Result<Vec<Proof>, ProofError> {
    let mut tx = db.read().await?;
    let mut proofs = Vec::with_capacity(rows.len());
    for (id, address) in rows {
        if let Some((state, reply)) = ledger::outcome(&mut tx, id).await? {
            proofs.push(Proof { address, state, reply });
        }
    }
    Ok(proofs)
}

fn cannot(error: LetterError) -> ProofError {
    match error {
        LetterError::Store(error) => ProofError::Store(error),
        error => ProofError::Mail(error.to_string()),
    }
}

fn as_text<S: serde::Serializer>(address: &EmailAddress, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(address.as_str())
}
