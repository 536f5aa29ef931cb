//! One try of one mail on one session: envelope and take-off together, then the body. Tells the recorder what was said,
//! which decides what it means for the row; a lane hears only whether the relay is to blame.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::letters::Letter;
use super::queue::Job;
use super::recorder::{Held, Outcome, Recorder, TakeOff};
use super::refusals::Refusal;
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::cause::{Cause, Certainty, Judgement, Party, judge};
use crate::domain::delivery::{FIRST_UNCOUNTED_WAIT, Reason, retry_wait, uncounted_wait};
use crate::domain::evidence::Trouble;
use crate::domain::newsletter::UncertainPolicy;
use crate::domain::reply::{Reply, Stage};
use crate::message::Filled;
use crate::smtp::{BodyError, Broken, Envelope, Session};
use crate::token::random_bytes;

/// A reply is kept to this length: enough for any provider's code, text and link.
const REPLY_CHARS_MAX: usize = 300;

/// "Service not available, closing transmission channel".
const CLOSING: u16 = 421;

/// "Requested mail action aborted: exceeded storage allocation": to MAIL with SIZE it means this mail (RFC 1870 6.1).
const EXCEEDS_ALLOCATION: u16 = 552;

/// A mail ready for the wire.
pub(super) struct Prepared {
    pub(super) job: Job,
    pub(super) letter: Arc<Letter>,
    pub(super) address: EmailAddress,
    pub(super) filled: Filled,
    pub(super) bytes: Vec<u8>,
}

/// What the try says of the relay.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// It took the mail.
    Success,
    /// It said something about the recipient or the mail.
    Nobody,
    /// It said "slow down"; `relay` when it spoke for itself and not for the recipient's provider.
    Slow { relay: bool },
    /// It failed; what happened.
    Relay(String),
    /// The connection was stale: nothing was tried, and another connection may do.
    Stale,
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
    /// Sends one mail. `granted` remembers, over a change of connection, what became of the take-off. Whenever the
    /// session is not usable afterwards the caller drops it, which closes the connection.
    pub(super) async fn send(&self, session: &mut Session, mail: &Prepared, granted: &mut Option<bool>) -> Blame {
        let fresh = session.messages() == 0;
        let envelope = session.envelope(&mail.filled.envelope_sender, &mail.address, mail.bytes.len());
        // The commit runs while the envelope is on the wire, so it costs no time of its own.
        let envelope = match *granted {
            Some(_) => envelope.await,
            None => {
                let take_off = TakeOff { held: mail.job.held(), revision: mail.job.revision, date: mail.job.date };
                let (envelope, answer) = tokio::join!(envelope, self.recorder.take_off(take_off));
                *granted = Some(answer);
                envelope
            }
        };
        if *granted == Some(false) {
            // The recorder has settled the row. If the relay waits for the body, dropping the session is the only way
            // not to send one: a lone dot would deliver an empty mail.
            return if matches!(envelope, Ok(Envelope::Ready)) { Blame::Stale } else { Blame::Nobody };
        }
        match envelope {
            Ok(Envelope::Ready) => self.send_body(session, mail).await,
            // Servers say so too when they have taken enough on one connection.
            Ok(Envelope::Refused { stage: Stage::Mail, reply }) if reply.code < 500 && !fresh => Blame::Stale,
            Ok(Envelope::Refused { stage: Stage::Mail, reply }) if reply.code == EXCEEDS_ALLOCATION => {
                self.fail(mail, Reason::TooLarge, Some(reply.to_string())).await
            }
            Ok(Envelope::Refused { stage, reply }) => self.settle(mail, stage, &reply).await,
            Ok(Envelope::TooLarge { size_bytes_max }) => {
                let reply = format!("the mail has {} bytes, the relay takes {size_bytes_max}", mail.bytes.len());
                self.fail(mail, Reason::TooLarge, Some(reply)).await
            }
            Ok(Envelope::NeedsSmtpUtf8) => {
                let reply = "the address needs SMTPUTF8 (RFC 6531), which the relay does not offer";
                self.fail(mail, Reason::Unsupported, Some(reply.to_owned())).await
            }
            Err(Broken::Idle { .. } | Broken::Unusable) => Blame::Stale,
            // It closed the idle connection in the moment in which we wrote.
            Err(Broken::Lost { stage: Stage::Session | Stage::Mail, .. }) if !fresh => Blame::Stale,
            Err(error @ Broken::Lost { stage: stage @ (Stage::Recipient | Stage::Data), .. }) => {
                self.lost(mail, stage, error.to_string()).await
            }
            Err(error) => {
                self.release(mail).await;
                Blame::Relay(error.to_string())
            }
        }
    }

    /// Puts a mail back of which nothing was sent; it loses no try.
    pub(super) async fn release(&self, mail: &Prepared) {
        self.recorder.record(mail.job.held(), Outcome::Released { due_at: self.clock.now() }).await;
    }

    async fn send_body(&self, session: &mut Session, mail: &Prepared) -> Blame {
        match session.body(&mail.bytes).await {
            Ok(reply) => self.settle(mail, Stage::Dot, &reply).await,
            Err(BodyError::Unknown(fault)) => {
                tracing::warn!(reader = ?mail.address, %fault, "no answer to the final dot; the mail is uncertain");
                let resends = mail.letter.uncertain == UncertainPolicy::Resend;
                let outcome = Outcome::Uncertain {
                    due_at: resends.then(|| self.clock.now().plus(self.uncertain_for)),
                    relay: Arc::clone(self.relay),
                    is_last: resends && mail.job.row.doubts.is_some(),
                    fault: fault.to_string(),
                };
                self.recorder.record(mail.job.held(), outcome).await;
                Blame::Nobody
            }
            Err(BodyError::NotSent(fault)) => self.lost(mail, Stage::Dot, fault.to_string()).await,
            Err(error @ (BodyError::Malformed(_) | BodyError::Unusable)) => {
                tracing::error!(delivery = mail.job.row.id.0, %error, "a mail was made that may not leave");
                self.fail(mail, Reason::Unsupported, Some(error.to_string())).await
            }
        }
    }

    /// Tells what an answer says.
    async fn settle(&self, mail: &Prepared, stage: Stage, reply: &Reply) -> Blame {
        if reply.accepts(stage) {
            if self.faults.load(Ordering::Relaxed) > 0 {
                self.count_fault(1, 0);
            }
            let reply = self.keep_replies.then(|| shortened(reply.to_string()));
            let outcome = Outcome::Sent { relay: Arc::clone(self.relay), reply };
            self.recorder.record(mail.job.held(), outcome).await;
            return Blame::Success;
        }
        let judged = judge(stage, reply);
        let is_early = matches!(stage, Stage::Session | Stage::Mail);
        let is_session = matches!(judged.cause, Cause::Auth | Cause::Malformed | Cause::Tls);
        match (judged.party, judged.cause) {
            (Party::Relay | Party::Session, cause) if cause == Cause::Rate || reply.code == CLOSING => {
                self.refused(mail, stage, judged, reply.to_string(), self.slow_down).await;
                Blame::Slow { relay: true }
            }
            // The login went missing, a command was not understood: the session is at fault, and the mail was never seen.
            (Party::Relay, _) if is_early || is_session => {
                self.release(mail).await;
                Blame::Relay(format!("{} was refused: {reply}", command(stage)))
            }
            (Party::Relay | Party::Session, _) => {
                let what = format!("{} was refused: {reply}", command(stage));
                self.refused(mail, stage, judged, reply.to_string(), FIRST_UNCOUNTED_WAIT).await;
                self.fault(what)
            }
            (_, cause) => {
                self.refused(mail, stage, judged, reply.to_string(), FIRST_UNCOUNTED_WAIT).await;
                if cause == Cause::Rate { Blame::Slow { relay: false } } else { Blame::Nobody }
            }
        }
    }

    /// The connection ended before the whole mail was sent: the relay's trouble, unless it is this one mail's.
    async fn lost(&self, mail: &Prepared, stage: Stage, what: String) -> Blame {
        let judged = Judgement {
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
    fn fault(&self, what: String) -> Blame {
        if self.count_fault(0, 1) { Blame::Relay(what) } else { Blame::Nobody }
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
    async fn refused(&self, mail: &Prepared, stage: Stage, judged: Judgement, reply: String, first_wait: Duration) {
        let row = &mail.job.row;
        let now = self.clock.now();
        let relays = i64::try_from(self.relays.max(1)).unwrap_or(1);
        let waits = row.waits.unwrap_or(0) / relays;
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
            hand_over: self.relays > 1 && row.waits.is_none(),
        };
        self.recorder.record(mail.job.held(), Outcome::Refused(Box::new(refusal))).await;
    }

    async fn fail(&self, mail: &Prepared, reason: Reason, reply: Option<String>) -> Blame {
        let relay = Some(Arc::clone(self.relay));
        let outcome = Outcome::Failed { reason, relay, reply: reply.map(shortened) };
        self.recorder.record(mail.job.held(), outcome).await;
        Blame::Nobody
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
