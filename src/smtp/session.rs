//! An open conversation with a relay: what it may be asked, and what its answers leave it fit for. One task owns it.
//! Must not know whose mail it carries.
//!
//! Every operation takes the state out and puts it back only where the conversation is known to be in step. So an
//! error, a time-out or a future dropped half-way leaves [`State::Unusable`] behind, and a connection whose next answer
//! might belong to another command is never used again.

use std::time::Duration;

use lettre::transport::smtp::commands::Quit;
use tokio::time::Instant;

use super::capabilities::Capabilities;
use super::connector::Deadlines;
use super::dot::{Malformed, wire_form};
use super::fault::Fault;
use super::stream::Stream;
use super::wire::{Interrupted, Wire, within};
use crate::clock::Timestamp;
use crate::domain::reply::{Reply, Stage};
use crate::https;

/// A connection that is greeted, encrypted and logged in.
pub struct Session {
    pub(super) wire: Wire,
    pub(super) capabilities: Capabilities,
    pub(super) deadlines: Deadlines,
    pub(super) state: State,
    /// The server may still hold an envelope: RSET goes before the next one, in the same write.
    pub(super) needs_reset: bool,
    /// The bytes of a command, kept for reuse.
    pub(super) line: Vec<u8>,
    /// MAIL commands given, whatever became of them.
    pub(super) envelopes: u32,
    messages: u32,
    opened_at: Instant,
    used_at: Instant,
}

/// What the conversation is fit for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Idle,
    /// For a message: 354 was read. `eight_bit` when SMTPUTF8 was asked for.
    Body {
        eight_bit: bool,
    },
    Unusable,
}

/// What became of MAIL, RCPT and DATA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeOutcome {
    /// The server waits for the message.
    Ready,
    /// The server refused; `stage` says which command.
    Refused { stage: Stage, reply: Reply },
    /// Nothing was asked: the server had said that it takes no message of this size (RFC 1870).
    TooLarge { size_bytes_max: u64 },
    /// Nothing was asked: the address needs SMTPUTF8 (RFC 6531), which the server does not offer.
    NeedsSmtpUtf8,
}

/// Why an envelope had no outcome. No message was sent.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The session was left by an error, a time-out or a dropped future; or an envelope is open already.
    #[error("this connection cannot be used any more")]
    Unusable,
    /// The envelope sender is not an address in ASCII.
    #[error("the envelope sender is not an address")]
    InvalidSender,
    /// The server had ended the conversation before this envelope began. Nothing is to be blamed: open another.
    #[error("the server ended the connection while it was idle: {}", last_words.as_ref().map_or_else(|| fault.to_string(), ToString::to_string))]
    Idle {
        fault: Fault,
        /// What it said before it closed.
        last_words: Option<Reply>,
    },
    #[error("{} {fault}", at(*stage))]
    Lost { stage: Stage, fault: Fault },
}

/// Why a message has no answer.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("no envelope is open on this connection")]
    Unusable,
    /// The message may not leave. Nothing of it was sent.
    #[error("the message is malformed: {0}")]
    Malformed(#[from] Malformed),
    /// Lost before the whole final dot was written: a definite no.
    #[error("not sent: {0}")]
    NotSent(Fault),
    /// The final dot may have left, and no answer came: nobody can say.
    #[error("it may have been delivered: {0}")]
    Unknown(Fault),
}

impl Session {
    pub(super) fn new(wire: Wire, capabilities: Capabilities, deadlines: Deadlines) -> Self {
        let now = Instant::now();
        Self {
            wire,
            capabilities,
            deadlines,
            state: State::Idle,
            needs_reset: false,
            line: Vec::with_capacity(512),
            envelopes: 0,
            messages: 0,
            opened_at: now,
            used_at: now,
        }
    }

    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// When the certificate that the server showed ends; nothing where TLS is not spoken.
    pub fn certificate_until(&self) -> Option<Timestamp> {
        let Stream::Tls(stream) = self.wire.stream() else { return None };
        let shown = stream.get_ref().1.peer_certificates()?.first()?;
        https::valid_until(shown).map(|seconds| Timestamp(seconds.saturating_mul(1000)))
    }

    /// Whether another envelope may be tried. False after anything that left the conversation in doubt, and once the
    /// server has had as many as it takes on one connection (RFC 9422 MAILMAX).
    pub fn is_usable(&self) -> bool {
        self.state == State::Idle && self.capabilities.limits.mails_max.is_none_or(|max| self.envelopes < max)
    }

    /// Messages that the server took on this connection.
    pub fn messages(&self) -> u32 {
        self.messages
    }

    /// How long the connection is open.
    pub fn age(&self) -> Duration {
        self.opened_at.elapsed()
    }

    /// How long since its last use.
    pub fn idle(&self) -> Duration {
        self.used_at.elapsed()
    }

    /// Writes the message and the final dot, and waits for the answer. `message` is ready for the wire: lines end in
    /// CRLF, the last one too, and it is ASCII unless the envelope asked for SMTPUTF8.
    ///
    /// An answer, good or bad, is `Ok`. A server that refuses before it has everything gives its answer too; then the
    /// session is not [usable](Self::is_usable) any more.
    pub async fn body(&mut self, message: &[u8]) -> Result<Reply, BodyError> {
        let State::Body { eight_bit } = std::mem::replace(&mut self.state, State::Unusable) else {
            return Err(BodyError::Unusable);
        };
        let message = wire_form(message, eight_bit)?;
        // An answer that is here already cannot be the answer to what was not sent yet.
        self.wire.expect_silence().await.map_err(BodyError::NotSent)?;
        if let Some(refusal) = self.write(&message).await? {
            return Ok(refusal);
        }
        let reply = self.wire.reply(self.deadlines.dot).await.map_err(BodyError::Unknown)?.summary();
        self.used_at = Instant::now();
        match reply.code {
            200..300 => self.messages += 1,
            421 => return Ok(reply),
            400..600 => self.needs_reset = true,
            _ => return Err(BodyError::Unknown(Fault::Unexpected(reply))),
        }
        self.state = State::Idle;
        Ok(reply)
    }

    /// Writes the message and the dot. Gives the server's refusal if it came before the dot could leave.
    async fn write(&mut self, message: &[u8]) -> Result<Option<Reply>, BodyError> {
        let mut dot_may_have_left = false;
        let writing = self.wire.send_message(message, &mut dot_may_have_left);
        let fault = match tokio::time::timeout(self.deadlines.body, writing).await {
            Ok(Ok(())) => return Ok(None),
            Ok(Err(Interrupted::Early)) => Fault::Closed,
            Ok(Err(Interrupted::Failed(error))) => error.into(),
            Err(_) => Fault::TimedOut(self.deadlines.body),
        };
        match self.wire.last_words().await {
            Some(reply) if reply.code >= 400 => Ok(Some(reply)),
            Some(reply) if !dot_may_have_left => Err(BodyError::NotSent(Fault::Unexpected(reply))),
            _ if dot_may_have_left => Err(BodyError::Unknown(fault)),
            _ => Err(BodyError::NotSent(fault)),
        }
    }

    /// Takes leave. Nothing depends on its success.
    pub async fn quit(mut self) {
        if self.state != State::Idle {
            return;
        }
        let deadline = self.deadlines.quit;
        let leave = async {
            self.wire.command(Quit.to_string().as_bytes(), deadline).await?;
            self.wire.close().await;
            Ok::<(), Fault>(())
        };
        let _ = within(deadline, leave).await;
    }
}

fn at(stage: Stage) -> &'static str {
    match stage {
        Stage::Session | Stage::Unknown => "between messages:",
        Stage::Mail => "at MAIL:",
        Stage::Recipient => "at RCPT:",
        Stage::Data => "at DATA:",
        Stage::Dot => "at the final dot:",
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("state", &self.state).field("messages", &self.messages).finish_non_exhaustive()
    }
}
