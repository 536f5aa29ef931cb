//! One try of one mail on one session: envelope and take-off together, then the body. Owns what each answer means for
//! the row; a lane hears only whether the relay is to blame.

use std::sync::Arc;
use std::time::Duration;

use super::letters::Letter;
use super::queue::Job;
use super::recorder::{Held, Outcome, Recorder, TakeOff};
use crate::clock::{Clock, Timestamp};
use crate::domain::address::EmailAddress;
use crate::domain::delivery::{Reason, retry_wait};
use crate::domain::newsletter::UncertainPolicy;
use crate::domain::reply::{Reply, Stage};
use crate::domain::verdict::{Verdict, judge};
use crate::message::Filled;
use crate::smtp::{BodyError, Broken, Envelope, Session};
use crate::token::random_bytes;

/// A reply is kept to this length: enough for any provider's code, text and link.
const REPLY_CHARS_MAX: usize = 300;

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
}

impl Job {
    /// The row and its holder.
    pub(super) fn held(&self) -> Held {
        let pinned = self.row.revision_id.is_some();
        Held { id: self.row.id, worker: self.worker, issue: self.row.issue_id, pinned }
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
                self.fail(mail, Reason::TooLarge, Some(reply.to_string()), false, None).await
            }
            Ok(Envelope::Refused { stage, reply }) => self.settle(mail, stage, &reply).await,
            Ok(Envelope::TooLarge { size_bytes_max }) => {
                let reply = format!("the mail has {} bytes, the relay takes {size_bytes_max}", mail.bytes.len());
                self.fail(mail, Reason::TooLarge, Some(reply), false, None).await
            }
            Ok(Envelope::NeedsSmtpUtf8) => {
                let reply = "the address needs SMTPUTF8 (RFC 6531), which the relay does not offer";
                self.fail(mail, Reason::Unsupported, Some(reply.to_owned()), false, None).await
            }
            Err(Broken::Idle { .. } | Broken::Unusable) => Blame::Stale,
            // It closed the idle connection in the moment in which we wrote.
            Err(Broken::Lost { stage: Stage::Session | Stage::Mail, .. }) if !fresh => Blame::Stale,
            Err(error @ Broken::Lost { stage: Stage::Recipient | Stage::Data, .. }) => {
                self.defer(mail, 1, Some(error.to_string()), false).await;
                Blame::Nobody
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
                let due_at = match mail.letter.uncertain {
                    UncertainPolicy::Resend => Some(self.clock.now().plus(self.uncertain_for)),
                    UncertainPolicy::Hold => None,
                };
                let outcome = Outcome::Uncertain { due_at, relay: Arc::clone(self.relay) };
                self.recorder.record(mail.job.held(), outcome).await;
                Blame::Nobody
            }
            Err(BodyError::NotSent(fault)) => {
                self.defer(mail, 1, Some(fault.to_string()), false).await;
                Blame::Nobody
            }
            Err(error @ (BodyError::Malformed(_) | BodyError::Unusable)) => {
                tracing::error!(delivery = mail.job.row.id.0, %error, "a mail was made that may not leave");
                self.fail(mail, Reason::Unsupported, Some(error.to_string()), false, None).await
            }
        }
    }

    /// Writes what an answer means.
    async fn settle(&self, mail: &Prepared, stage: Stage, reply: &Reply) -> Blame {
        let said = Some(reply.to_string());
        match judge(stage, reply) {
            Verdict::Accepted => {
                let reply = self.keep_replies.then(|| shortened(reply.to_string()));
                let outcome = Outcome::Sent { relay: Arc::clone(self.relay), reply };
                self.recorder.record(mail.job.held(), outcome).await;
                Blame::Success
            }
            Verdict::Defer => {
                self.defer(mail, 1, said, false).await;
                Blame::Nobody
            }
            Verdict::SlowDown => {
                self.defer(mail, 0, said, false).await;
                Blame::Slow { relay: matches!(reply.code, 421 | 454) }
            }
            Verdict::Policy { permanent: false } => {
                self.defer(mail, 1, said, true).await;
                Blame::Nobody
            }
            Verdict::Policy { permanent: true } => self.fail(mail, Reason::Refused, said, true, None).await,
            Verdict::Fail { dead_address } => {
                let dead = dead_address.then(|| mail.address.clone());
                self.fail(mail, Reason::Refused, said, false, dead).await
            }
            Verdict::RelayFault => {
                self.release(mail).await;
                Blame::Relay(format!("{} was refused: {reply}", command(stage)))
            }
        }
    }

    /// Puts a mail back for later, or ends its tries if there were enough.
    async fn defer(&self, mail: &Prepared, tries: i64, reply: Option<String>, policy: bool) {
        let row = &mail.job.row;
        let now = self.clock.now();
        let wait = match tries {
            0 => self.slow_down.mul_f64(0.8 + 0.4 * jitter()),
            _ => retry_wait(u32::try_from(row.attempts + tries).unwrap_or(u32::MAX), jitter()),
        };
        let due_at = now.plus(wait);
        let last: Timestamp = mail.job.date.plus(self.retry_for);
        let reply = reply.map(shortened);
        let outcome = if due_at > last {
            let relay = Some(Arc::clone(self.relay));
            Outcome::Failed { reason: Reason::Expired, relay, reply, policy: false, dead: None }
        } else {
            Outcome::Deferred { due_at, tries, reply, policy }
        };
        self.recorder.record(mail.job.held(), outcome).await;
    }

    async fn fail(
        &self,
        mail: &Prepared,
        reason: Reason,
        reply: Option<String>,
        policy: bool,
        dead: Option<EmailAddress>,
    ) -> Blame {
        let relay = Some(Arc::clone(self.relay));
        let outcome = Outcome::Failed { reason, relay, reply: reply.map(shortened), policy, dead };
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
