//! An editor's proof: the real mail, through the relay, at once, whether or not an engine runs. It is tried once: what
//! the relay says ends it, and nothing of it is sent later.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::revision_cache::{CompiledRevision, ComposeError, RevisionCache};
use super::settings::{EngineSettings, RelaySettings};
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::delivery::{DeliveryState, Reason};
use crate::domain::reply::Stage;
use crate::domain::{DeliveryId, RevisionId, WorkerId};
use crate::message::Filled;
use crate::smtp::{BodyError, Broken, EnvelopeOutcome, OpenError, Session};
use crate::store::claimed::{self, Claimed};
use crate::store::deliveries::{self, NewDelivery};
use crate::store::{Db, StoreError, leases, ledger, settlement};

/// Longer than any conversation may take, so that no engine takes the row for a dead worker's.
const LEASE: Duration = Duration::from_secs(30 * 60);

/// How long a relay has to open a session before the next is tried beside it.
const NEXT_RELAY_AFTER: Duration = Duration::from_secs(3);
/// How long a greeting is waited for while somebody waits for the command.
const GREETING: Duration = Duration::from_secs(60);

/// What became of a proof.
#[derive(Clone, Debug, serde::Serialize)]
pub struct TestSend {
    #[serde(serialize_with = "as_text")]
    pub address: EmailAddress,
    pub relay: String,
    /// Where its row stands: `sent`, `failed` or `uncertain`. Nothing of it is sent later.
    pub state: DeliveryState,
    /// At which command it was refused.
    pub stage: Option<Stage>,
    /// What the relay said, unless it took the mail.
    pub reply: Option<String>,
    /// What to do about it.
    pub hint: Option<&'static str>,
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
    #[error("the email cannot be made: {0}")]
    Mail(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a try came to.
enum Outcome {
    Sent,
    /// At which command, and what was said.
    Refused(Stage, String),
    Uncertain(String),
}

/// Sends `revision` to each of `recipients`, one after the other, through the first relay that can be reached.
pub async fn send(
    db: &Db,
    clock: &Clock,
    settings: EngineSettings,
    revision: RevisionId,
    recipients: &[EmailAddress],
) -> Result<Vec<TestSend>, ProofError> {
    let settings = Arc::new(settings);
    let (relay, session) = open(&settings).await?;
    let letters = RevisionCache::new(db.clone(), Arc::clone(&settings), clock.now()).await?;
    let letter = letters.get(revision, 0, &relay).await.map_err(cannot)?;
    let worker =
        db.write(async |tx| leases::register(tx, "proof", false, clock.now(), clock.now().plus(LEASE)).await).await?;
    let press =
        TestSender { db, clock, letters: &letters, letter, relay: &relay, settings: &settings, worker, revision };
    let mut session = Some(session);
    let mut proofs = Vec::with_capacity(recipients.len());
    let mut failure = None;
    for recipient in recipients {
        match press.send(&mut session, recipient).await {
            Ok(proof) => proofs.push(proof),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    if let Some(session) = session {
        session.quit().await;
    }
    db.write(async |tx| leases::end(tx, worker, clock.now()).await).await?;
    match failure {
        Some(failure) => Err(failure),
        None => Ok(proofs),
    }
}

/// What all proofs of one call share.
struct TestSender<'a> {
    db: &'a Db,
    clock: &'a Clock,
    letters: &'a RevisionCache,
    letter: Arc<CompiledRevision>,
    relay: &'a RelaySettings,
    settings: &'a EngineSettings,
    worker: WorkerId,
    revision: RevisionId,
}

/// A proof ready for the wire.
struct Mail {
    id: DeliveryId,
    address: EmailAddress,
    filled: Filled,
    bytes: Vec<u8>,
}

impl TestSender<'_> {
    /// Sends one mail, on the session at hand if it is fit for it, else on a new one, and writes what came of it.
    async fn send(&self, session: &mut Option<Session>, recipient: &EmailAddress) -> Result<TestSend, ProofError> {
        let row = self.claim(recipient).await?;
        let (id, mut bytes) = (row.id, Vec::new());
        let (address, filled) = match self.letters.fill(&self.letter, &row, self.clock.now(), &mut bytes) {
            Ok(filled) => filled,
            Err(error) => {
                self.fail(id, Reason::Unsupported, &error.to_string()).await?;
                return Err(cannot(error));
            }
        };
        let outcome = match self.attempt(session, &Mail { id, address, filled, bytes }).await {
            Ok(outcome) => outcome,
            Err(error) => {
                // Nobody is to send later what the editor was told has failed.
                let reason = if matches!(error, ProofError::Mail(_)) { Reason::Unsupported } else { Reason::Expired };
                let _ = self.fail(id, reason, &error.to_string()).await;
                return Err(error);
            }
        };
        let (stage, reply) = match outcome {
            Outcome::Sent => {
                let (now, relay) = (self.clock.now(), self.relay.name.as_str());
                self.db
                    .write(async |tx| settlement::record_sent(tx, self.worker, &[id], relay, None, now).await)
                    .await?;
                (None, None)
            }
            Outcome::Refused(stage, words) => {
                self.fail(id, Reason::Refused, &words).await?;
                (Some(stage), Some(words))
            }
            Outcome::Uncertain(words) => {
                let relay = self.relay.name.as_str();
                self.db.write(async |tx| deliveries::record_uncertain(tx, self.worker, id, None, relay).await).await?;
                (Some(Stage::Dot), Some(words))
            }
        };
        let state =
            ledger::outcome(&mut self.db.read().await?, id).await?.map_or(DeliveryState::Failed, |(state, _)| state);
        let hint = stage.map(|stage| hint(stage, reply.as_deref().unwrap_or_default()));
        let relay = self.relay.name.clone();
        Ok(TestSend { address: recipient.clone(), relay, state, stage, reply, hint })
    }

    async fn attempt(&self, session: &mut Option<Session>, mail: &Mail) -> Result<Outcome, ProofError> {
        let mut words = String::new();
        for _ in 0..2 {
            let open = match session.take().filter(Session::is_usable) {
                Some(open) => session.insert(open),
                None => match Session::open(&self.relay.connector, &self.settings.deadlines).await {
                    Ok(open) => session.insert(open),
                    Err(error) => return Ok(Outcome::Refused(Stage::Session, error.to_string())),
                },
            };
            let is_fresh = open.messages() == 0;
            match open.envelope(&mail.filled.envelope_sender, &mail.address, mail.bytes.len(), None).await {
                Ok(EnvelopeOutcome::Ready) => return self.body(session, mail).await,
                Ok(EnvelopeOutcome::Refused { stage: Stage::Mail, reply }) if reply.code < 500 && !is_fresh => {
                    // Servers say so, too, when they have taken enough on one connection.
                    words = reply.to_string();
                }
                Ok(EnvelopeOutcome::Refused { stage, reply }) => return Ok(Outcome::Refused(stage, reply.to_string())),
                Ok(EnvelopeOutcome::TooLarge { size_bytes_max }) => {
                    let words = format!("the email has {} bytes, the relay takes {size_bytes_max}", mail.bytes.len());
                    return Ok(Outcome::Refused(Stage::Mail, words));
                }
                Ok(EnvelopeOutcome::NeedsSmtpUtf8) => {
                    let words = "the address needs SMTPUTF8 (RFC 6531), which the relay does not offer";
                    return Ok(Outcome::Refused(Stage::Recipient, words.to_owned()));
                }
                Err(error @ Broken::InvalidSender) => return Err(ProofError::Mail(error.to_string())),
                Err(Broken::Lost { stage, fault }) if is_fresh => {
                    return Ok(Outcome::Refused(stage, fault.to_string()));
                }
                Err(error) => words = error.to_string(),
            }
            *session = None;
        }
        Ok(Outcome::Refused(Stage::Session, words))
    }

    /// Writes the body, once its take-off is committed.
    async fn body(&self, session: &mut Option<Session>, mail: &Mail) -> Result<Outcome, ProofError> {
        let now = self.clock.now();
        let taken =
            self.db.write(async |tx| settlement::take_off(tx, self.worker, &[mail.id], self.revision, now, now).await);
        let is_taken = !taken.await?.is_empty();
        // Where it is not, a lone dot would deliver an empty mail: the connection is dropped.
        let Some(mut open) = session.take().filter(|_| is_taken) else {
            return Ok(Outcome::Refused(Stage::Session, "its row is another's by now".to_owned()));
        };
        let answer = open.body(&mail.bytes).await;
        *session = Some(open);
        match answer {
            Ok(reply) if reply.is_positive() => Ok(Outcome::Sent),
            Ok(reply) => Ok(Outcome::Refused(Stage::Dot, reply.to_string())),
            Err(BodyError::Unknown(fault)) => Ok(Outcome::Uncertain(fault.to_string())),
            Err(BodyError::Malformed(fault)) => Err(ProofError::Mail(fault.to_string())),
            Err(error) => Ok(Outcome::Refused(Stage::Dot, error.to_string())),
        }
    }

    async fn fail(&self, id: DeliveryId, reason: Reason, words: &str) -> Result<(), StoreError> {
        let (now, relay) = (self.clock.now(), Some(self.relay.name.as_str()));
        let write = async |tx: &mut crate::store::Tx| {
            deliveries::record_failed(tx, self.worker, id, reason, relay, Some(words), now).await
        };
        self.db.write(write).await.map(drop)
    }

    /// Adds a row and claims it at once, before any engine can.
    async fn claim(&self, recipient: &EmailAddress) -> Result<Claimed, ProofError> {
        let (due_at, revision) = (self.clock.now(), self.revision);
        let new =
            NewDelivery { subscription: None, recipient: Some(recipient.as_str()), revision, request: None, due_at };
        let row = self
            .db
            .write(async |tx| {
                let id = deliveries::add(tx, &new).await?;
                deliveries::claim_one(tx, self.worker, id).await?;
                Ok::<_, StoreError>(claimed::of(tx, self.worker, &[id]).await?.pop())
            })
            .await?;
        row.ok_or_else(|| ProofError::Mail("its row is not in the ledger".to_owned()))
    }
}

/// The first relay that opens a session. Another is tried beside it when one takes long, for somebody waits; a failure is
/// the last one's.
async fn open(settings: &EngineSettings) -> Result<(RelaySettings, Session), ProofError> {
    let mut deadlines = settings.deadlines;
    deadlines.greeting = deadlines.greeting.min(GREETING);
    let mut failure = ProofError::NoRelay;
    let mut left = settings.relays.iter();
    let mut opening = FuturesUnordered::new();
    loop {
        if let Some(relay) = left.next() {
            opening.push(async move { (relay, Session::open(&relay.connector, &deadlines).await) });
        }
        tokio::select! {
            biased;
            opened = opening.next() => match opened {
                Some((relay, Ok(session))) => return Ok((relay.clone(), session)),
                Some((_, Err(error))) => failure = error.into(),
                None => return Err(failure),
            },
            () = tokio::time::sleep(NEXT_RELAY_AFTER) => {}
        }
    }
}

fn cannot(error: ComposeError) -> ProofError {
    match error {
        ComposeError::Store(error) => ProofError::Store(error),
        error => ProofError::Mail(error.to_string()),
    }
}

fn hint(stage: Stage, words: &str) -> &'static str {
    let is_temporary = words.starts_with('4');
    match stage {
        _ if is_temporary => "the relay says that it is for now; send the test again in a few minutes",
        Stage::Session => "`coranto doctor` tries every relay step by step",
        Stage::Mail => {
            "allow the sender for this relay's account, or change `from`; `coranto doctor` tries every sender"
        }
        Stage::Recipient => "is the address right, and may this relay's account write to it?",
        Stage::Data | Stage::Dot | Stage::Unknown => {
            "the relay refuses the message itself: read its words, then `coranto doctor`"
        }
    }
}

fn as_text<S: serde::Serializer>(address: &EmailAddress, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(address.as_str())
}
