//! One try of one mail on one session: envelope and take-off together, then the body. Tells the recorder what was said,
//! which decides what it means for the row; a lane hears only whether the relay is to blame.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::held::Held;
use super::job::Job;
use super::recorder::{DeliveryOutcome, Recorder, TakeOff};
use super::refusals::Refusal;
use super::revision_cache::CompiledRevision;
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::cause::{Cause, Certainty, Classification, OperatorRules, Party, judge};
use crate::domain::delivery::{FIRST_UNCOUNTED_WAIT, Reason, retry_wait, uncounted_wait};
use crate::domain::evidence::Trouble;
use crate::domain::newsletter::UncertainPolicy;
use crate::domain::provider;
use crate::domain::reply::{Reply, Stage};
use crate::message::Filled;
use crate::smtp::{BodyError, Broken, EnvelopeOutcome, Session};
use crate::token::random_bytes;

/// A reply is kept to this length: enough for any provider's code, text and link.
const REPLY_CHARS_MAX: usize = 300;

/// "Requested mail action aborted: exceeded storage allocation": to MAIL with SIZE it means this mail (RFC 1870 6.1).
const EXCEEDS_ALLOCATION: u16 = 552;

/// "Service not available, closing transmission channel" (RFC 5321 4.2.2).
const CLOSING: u16 = 421;

/// Exchange Online: more connections at once for one sender than it takes.
const TOO_MANY_THREADS: u16 = 432;

/// When more time has passed since a row's take-off, it is looked at again before its body is written.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How long a stop of the engine waits for the answers to an envelope, behind which nothing is sent any more.
const ENVELOPE_AFTER_STOP: Duration = Duration::from_secs(1);

/// A mail ready for the wire.
pub(super) struct Prepared {
    pub(super) job: Job,
    pub(super) letter: Arc<CompiledRevision>,
    pub(super) address: EmailAddress,
    pub(super) filled: Filled,
    pub(super) bytes: Vec<u8>,
}

/// What the try says of the relay.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RelayOutcome {
    Success,
    /// It said something about the recipient or the mail.
    Nobody,
    /// It said "slow down"; `relay` when it spoke for itself and not for the recipient's provider.
    Slow {
        relay: bool,
    },
    /// It failed; what happened.
    Relay(String),
    /// The connection was at its end: nothing was sent, and another connection may do. `is_limit` when the relay says that
    /// it takes no more on one connection.
    Stale {
        is_limit: bool,
    },
    /// It cannot carry this mail, and another may; what the mail fails with when none can.
    Another {
        reason: Reason,
        reply: String,
    },
    /// No relay may get this mail as it was made: nothing of it was sent.
    Unmade(String),
}

/// What is the same for every try.
pub(super) struct Attempt<'a> {
    pub(super) recorder: &'a Recorder,
    pub(super) clock: &'a Clock,
    pub(super) relay: &'a Arc<str>,
    pub(super) retry_for: Duration,
    pub(super) slow_down: Duration,
    pub(super) uncertain_for: Duration,
    pub(super) keep_replies: bool,
    pub(super) rules: &'a OperatorRules,
    /// Whether the relay is told what to report, where it offers that.
    pub(super) dsn: bool,
    pub(super) stop: &'a CancellationToken,
    /// How many relays there are: what one refuses for itself another may take.
    pub(super) relays: usize,
    /// The points of the relay's own trouble in mid-conversation.
    pub(super) faults: &'a AtomicI64,
}

impl Job {
    /// The row and its holder.
    pub(super) fn held(&self) -> Held {
        Held { is_probe: self.is_probe, ..Held::of(&self.row, self.worker) }
    }
}

impl Attempt<'_> {
    /// Sends one mail. A take-off that was committed on a connection that ended counts for the next; but whenever much
    /// time has passed since, the row is looked at again before its body. Whenever the session is not usable afterwards the
    /// caller drops it, which closes the connection.
    pub(super) async fn send(&self, session: &mut Session, mail: &mut Prepared) -> RelayOutcome {
        if let Some(refusal) = session.cannot_carry(&mail.address, mail.bytes.len()) {
            return cannot(refusal, mail.bytes.len());
        }
        let fresh = session.messages() == 0;
        // Said of one mail on two connections it is about the mail, or about the relay.
        let may_end = !fresh && mail.job.ends == 0;
        let envelope = async {
            let envelope = session.envelope(
                &mail.filled.envelope_sender,
                &mail.address,
                mail.bytes.len(),
                self.dsn.then_some(mail.filled.envelope_id.as_str()),
            );
            tokio::select! { biased; envelope = envelope => Some(envelope), () = self.stopping() => None }
        };
        // The commit runs while the envelope is on the wire, so it costs no time of its own.
        let envelope = match mail.job.taken_off {
            Some(_) => envelope.await,
            None => {
                // Time counts from before the commit: the machine may stop between it and its answer.
                let asked_at = self.clock.moment();
                let take_off = TakeOff { held: mail.job.held(), revision: mail.job.revision, date: mail.job.date };
                let (envelope, granted) = tokio::join!(envelope, self.recorder.take_off(take_off));
                if !granted {
                    // The recorder has settled the row. If the relay waits for the body, dropping the session is the only
                    // way not to send one: a lone dot would deliver an empty mail.
                    return RelayOutcome::Nobody;
                }
                mail.job.taken_off = Some(asked_at);
                envelope
            }
        };
        let Some(envelope) = envelope else {
            self.release(mail).await;
            return RelayOutcome::Nobody;
        };
        match envelope {
            Ok(EnvelopeOutcome::Ready) if !self.may_still_go(mail).await => RelayOutcome::Nobody,
            Ok(EnvelopeOutcome::Ready) => {
                mail.job.grants.spend();
                self.send_body(session, mail).await
            }
            // Servers say so too when they have taken enough on one connection.
            Ok(EnvelopeOutcome::Refused { stage: Stage::Mail, reply }) if reply.code < 500 && may_end => {
                RelayOutcome::Stale { is_limit: true }
            }
            Ok(EnvelopeOutcome::Refused { stage: Stage::Mail, reply }) if reply.code == EXCEEDS_ALLOCATION => {
                RelayOutcome::Another { reason: Reason::TooLarge, reply: reply.to_string() }
            }
            Ok(EnvelopeOutcome::Refused { stage, reply }) if may_end && self.ends_session(mail, stage, &reply) => {
                self.end_of_session(mail, &reply).await
            }
            Ok(EnvelopeOutcome::Refused { stage, reply }) => self.settle(mail, stage, &reply).await,
            Ok(refusal @ (EnvelopeOutcome::TooLarge { .. } | EnvelopeOutcome::NeedsSmtpUtf8)) => {
                cannot(refusal, mail.bytes.len())
            }
            Err(error @ Broken::InvalidSender) => RelayOutcome::Unmade(error.to_string()),
            Err(Broken::Idle { .. } | Broken::Unusable) => RelayOutcome::Stale { is_limit: false },
            // It closed the idle connection in the moment in which we wrote.
            Err(Broken::Lost { stage: Stage::Session | Stage::Mail, .. }) if !fresh => {
                RelayOutcome::Stale { is_limit: false }
            }
            Err(error @ Broken::Lost { stage: stage @ (Stage::Recipient | Stage::Data), .. }) => {
                self.lost(mail, stage, error.to_string()).await
            }
            Err(error) => {
                self.release(mail).await;
                RelayOutcome::Relay(error.to_string())
            }
        }
    }

    /// Puts a mail back of which nothing was sent; it loses no try.
    pub(super) async fn release(&self, mail: &Prepared) {
        self.recorder.record(mail.job.held(), DeliveryOutcome::Released { due_at: self.clock.now() }).await;
    }

    /// Whether a row whose take-off was committed a while ago may still be sent: its reader may have left since, its issue
    /// may have been paused. One that may not goes back, and the caller drops the connection.
    async fn may_still_go(&self, mail: &Prepared) -> bool {
        match mail.job.taken_off {
            Some(asked_at) if self.clock.passed(asked_at) <= LOOK_AGAIN_AFTER => true,
            _ => self.recorder.look_again(mail.job.held()).await,
        }
    }

    /// Waits for the stop of the engine, and a moment for the answers that are on their way.
    async fn stopping(&self) {
        self.stop.cancelled().await;
        tokio::time::sleep(ENVELOPE_AFTER_STOP).await;
    }

    async fn send_body(&self, session: &mut Session, mail: &Prepared) -> RelayOutcome {
        let may_end = session.messages() > 0 && mail.job.ends == 0;
        match session.body(&mail.bytes).await {
            Ok(reply) if may_end && !reply.is_positive() && self.ends_session(mail, Stage::Dot, &reply) => {
                self.end_of_session(mail, &reply).await
            }
            Ok(reply) => self.settle(mail, Stage::Dot, &reply).await,
            Err(BodyError::Unknown(fault)) => {
                tracing::warn!(reader = ?mail.address, %fault, "no answer to the final dot; the email is uncertain");
                let resends = mail.letter.uncertain == UncertainPolicy::Resend;
                let outcome = DeliveryOutcome::Uncertain {
                    due_at: resends.then(|| self.clock.now().plus(self.uncertain_for)),
                    relay: Arc::clone(self.relay),
                    is_last: resends && mail.job.row.doubts.is_some(),
                    fault: fault.to_string(),
                };
                self.recorder.record(mail.job.held(), outcome).await;
                RelayOutcome::Nobody
            }
            Err(BodyError::NotSent(fault)) => self.lost(mail, Stage::Dot, fault.to_string()).await,
            Err(BodyError::Malformed(fault)) => RelayOutcome::Unmade(fault.to_string()),
            Err(BodyError::Unusable) => RelayOutcome::Stale { is_limit: false },
        }
    }

    /// The relay takes no more on a connection that took mails before; or has too many of them, in Exchange Online's words.
    async fn end_of_session(&self, mail: &Prepared, reply: &Reply) -> RelayOutcome {
        if reply.code != TOO_MANY_THREADS {
            return RelayOutcome::Stale { is_limit: true };
        }
        self.release(mail).await;
        RelayOutcome::Slow { relay: true }
    }

    /// What a refusal means, by the operator's rules first.
    fn judge(&self, mail: &Prepared, stage: Stage, reply: &Reply) -> Classification {
        let to = provider::destination(mail.address.domain());
        self.rules.judge(stage, reply, to).unwrap_or_else(|| judge(stage, reply))
    }

    /// Whether a reply is about this connection alone: "enough on this one", "too many recipients" where there is one
    /// (RFC 5321 4.5.3.1.10), a service that closes.
    fn ends_session(&self, mail: &Prepared, stage: Stage, reply: &Reply) -> bool {
        reply.code == CLOSING || self.judge(mail, stage, reply).party == Party::Session
    }

    /// Tells what an answer says.
    async fn settle(&self, mail: &Prepared, stage: Stage, reply: &Reply) -> RelayOutcome {
        if reply.accepts(stage) {
            if self.faults.load(Ordering::Relaxed) > 0 {
                self.count_fault(1, 0);
            }
            let reply = self.keep_replies.then(|| shortened(reply.to_string()));
            let outcome = DeliveryOutcome::Sent { relay: Arc::clone(self.relay), reply };
            self.recorder.record(mail.job.held(), outcome).await;
            return RelayOutcome::Success;
        }
        let judged = self.judge(mail, stage, reply);
        if reply.code != CLOSING && judged.party == Party::Session {
            // It cannot have had too much on this connection: it has too many of them.
            self.release(mail).await;
            return RelayOutcome::Slow { relay: true };
        }
        let is_early = matches!(stage, Stage::Session | Stage::Mail);
        let is_session = matches!(judged.cause, Cause::Auth | Cause::Malformed | Cause::Tls);
        match (judged.party, judged.cause) {
            (Party::Relay | Party::Session, cause) if cause == Cause::Rate || reply.code == CLOSING => {
                self.refused(mail, stage, judged, reply.to_string(), self.slow_down).await;
                RelayOutcome::Slow { relay: true }
            }
            // The login went missing, a command was not understood: the session is at fault, and the mail was never seen.
            (Party::Relay, _) if is_early || is_session => {
                self.release(mail).await;
                RelayOutcome::Relay(format!("{} was refused: {reply}", command(stage)))
            }
            (Party::Relay | Party::Session, _) => {
                let what = format!("{} was refused: {reply}", command(stage));
                self.refused(mail, stage, judged, reply.to_string(), FIRST_UNCOUNTED_WAIT).await;
                self.fault(what)
            }
            (_, cause) => {
                self.refused(mail, stage, judged, reply.to_string(), FIRST_UNCOUNTED_WAIT).await;
                if cause == Cause::Rate { RelayOutcome::Slow { relay: false } } else { RelayOutcome::Nobody }
            }
        }
    }

    /// The connection ended before the whole mail was sent: the relay's trouble, unless it is this one mail's.
    async fn lost(&self, mail: &Prepared, stage: Stage, what: String) -> RelayOutcome {
        let judged = Classification {
            cause: Cause::Network,
            certainty: Certainty::Likely,
            party: Party::Relay,
            rule: "connection lost",
            permanent: false,
        };
        self.refused(mail, stage, judged, what.clone(), FIRST_UNCOUNTED_WAIT).await;
        self.fault(what)
    }

    /// Trouble in mid-conversation is the relay's when it has it with several mails.
    fn fault(&self, what: String) -> RelayOutcome {
        if self.count_fault(0, 1) { RelayOutcome::Relay(what) } else { RelayOutcome::Nobody }
    }

    fn count_fault(&self, accepted: i64, refused: i64) -> bool {
        let rule = Trouble::Fault.rule();
        let score = rule.score(self.faults.load(Ordering::Relaxed), accepted, refused);
        let is_alarmed = score >= rule.alarm;
        // The next one suffices.
        self.faults.store(if is_alarmed { rule.alarm - rule.refusal } else { score }, Ordering::Relaxed);
        is_alarmed
    }

    /// Hands in a refusal, with the times at which the row may be tried again.
    async fn refused(
        &self,
        mail: &Prepared,
        stage: Stage,
        judged: Classification,
        reply: String,
        first_wait: Duration,
    ) {
        let row = &mail.job.row;
        let now = self.clock.now();
        let possible = (0..self.relays).filter(|lane| mail.job.possible.has(*lane)).count().max(1);
        let waits = row.waits.unwrap_or(0) / i64::try_from(possible).unwrap_or(1);
        let tries = u32::try_from(row.attempts + 1).unwrap_or(u32::MAX);
        let refusal = Refusal {
            relay: Arc::clone(self.relay),
            reply: shortened(reply),
            judged,
            stage,
            address: mail.address.clone(),
            again_at: now.plus(uncounted_wait(first_wait, waits, jitter())),
            retry_at: now.plus(retry_wait(tries, jitter())),
            expires_at: mail.job.date.plus(self.retry_for),
            hand_over: possible > 1 && row.waits.is_none(),
        };
        self.recorder.record(mail.job.held(), DeliveryOutcome::Refused(Box::new(refusal))).await;
    }

    pub(super) async fn fail(&self, mail: &Prepared, reason: Reason, reply: Option<String>) -> RelayOutcome {
        let relay = Some(Arc::clone(self.relay));
        let outcome = DeliveryOutcome::Failed { reason, relay, reply: reply.map(shortened) };
        self.recorder.record(mail.job.held(), outcome).await;
        RelayOutcome::Nobody
    }
}

/// What a mail that a relay cannot carry fails with when no other can.
fn cannot(refusal: EnvelopeOutcome, bytes: usize) -> RelayOutcome {
    match refusal {
        EnvelopeOutcome::TooLarge { size_bytes_max } => {
            let reply = format!("the email has {bytes} bytes, the relay takes {size_bytes_max}");
            RelayOutcome::Another { reason: Reason::TooLarge, reply }
        }
        _ => {
            let reply = "the address needs SMTPUTF8 (RFC 6531), which the relay does not offer".to_owned();
            RelayOutcome::Another { reason: Reason::Unsupported, reply }
        }
    }
}

fn shortened(reply: String) -> String {
    if reply.chars().count() <= REPLY_CHARS_MAX { reply } else { reply.chars().take(REPLY_CHARS_MAX).collect() }
}

fn command(stage: Stage) -> &'static str {
    match stage {
        Stage::Session | Stage::Unknown => "the session",
        Stage::Mail => "MAIL",
        Stage::Recipient => "RCPT",
        Stage::Data => "DATA",
        Stage::Dot => "the message",
    }
}

/// Evenly in 0..=1.
fn jitter() -> f64 {
    f64::from(u16::from_be_bytes(random_bytes())) / f64::from(u16::MAX)
}
