//! One task owns one connection of a relay: it opens it when there is work, takes a job, sends it, and fills the next one
//! meanwhile. A job is bound to nothing before a connection is open, nor behind a mail that takes long. After anything that
//! leaves the conversation in doubt the connection is dropped, never used again.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::active_revisions::ActiveRevisions;
use super::attempt::{Attempt, Prepared, RelayOutcome};
use super::floor::Floor;
use super::held::Held;
use super::job::Job;
use super::providers::Providers;
use super::queue::SLOW;
use super::recorder::{DeliveryOutcome, Recorder};
use super::relay_queue::{RelayQueue, Seat};
use super::revision_cache::{ComposeError, RevisionCache};
use super::settings::EngineSettings;
use super::suspended::Suspended;
use crate::clock::Clock;
use crate::domain::RevisionId;
use crate::domain::actor::Actor;
use crate::domain::delivery::{DeliveryKind, Reason};
use crate::domain::event::Event;
use crate::domain::provider::Provider;
use crate::smtp::{OpenError, Session};

/// "Service not available, closing transmission channel"; as a greeting: too many connections.
const CLOSING: u16 = 421;
/// So many connections may end under one mail; one more is the relay's failure.
const ENDS_MAX: u8 = 2;

struct Hands {
    /// Which of the relay's connections this is.
    number: usize,
    /// The connection, while it is open.
    line: Option<Line>,
    /// A mail that was prepared while another was sent.
    next: Option<Prepared>,
}

struct Line {
    session: Session,
    _seat: Seat,
}

/// What a lane's connections share.
pub(super) struct ConnectionContext {
    pub(super) lane: Arc<RelayQueue>,
    pub(super) name: Arc<str>,
    pub(super) letters: Arc<RevisionCache>,
    pub(super) recorder: Recorder,
    pub(super) clock: Clock,
    pub(super) settings: Arc<EngineSettings>,
    pub(super) providers: Arc<Providers>,
    pub(super) floor: Arc<Floor>,
    pub(super) current: Arc<ActiveRevisions>,
    pub(super) suspended: Arc<Suspended>,
    /// The points of the relay's own trouble in mid-conversation.
    pub(super) faults: AtomicI64,
    /// One permit per core: signing more at once only makes each slower.
    pub(super) signing: Arc<Semaphore>,
    pub(super) stop: CancellationToken,
}

/// Works until the engine stops.
pub(super) async fn run(crew: Arc<ConnectionContext>, number: usize) {
    let mut hands = Hands { number, line: None, next: None };
    while !crew.stop.is_cancelled() {
        crew.round(&mut hands).await;
    }
    crew.put_down(&mut hands).await;
}

impl ConnectionContext {
    /// One mail, or one step towards it.
    async fn round(&self, hands: &mut Hands) {
        let is_fit = hands.line.as_ref().is_some_and(|line| !self.is_worn(&line.session));
        // A relay that asked for fewer connections is to see fewer.
        if !is_fit || !self.lane.admits(hands.number) {
            self.put_down(hands).await;
            let opened = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                opened = self.open_when_wanted(hands.number) => opened,
            };
            hands.line = opened;
            return;
        }
        let Some(mut mail) = self.next_mail(hands).await else { return };
        if self.is_suspended(&mail.job) {
            self.lane.give_back_place(&mut mail.job);
            return self.attempt().release(&mail).await;
        }
        // What another connection has learnt meanwhile counts for this one too.
        let is_fit = hands.line.as_ref().is_some_and(|line| !self.is_worn(&line.session));
        if !is_fit || !self.lane.admits(hands.number) || !self.current.has(&mail.job) {
            return self.give_back(mail.job).await;
        }
        self.carry(hands, mail).await;
    }

    /// Puts back what is in hand, and closes the connection.
    async fn put_down(&self, hands: &mut Hands) {
        if let Some(mail) = hands.next.take() {
            self.give_back(mail.job).await;
        }
        if let Some(line) = hands.line.take() {
            line.session.quit().await;
        }
        self.lane.queue.leave(hands.number);
    }

    /// Opens a connection, once there is work for it.
    async fn open_when_wanted(&self, number: usize) -> Option<Line> {
        self.lane.admit(number).await;
        self.lane.wants(number).await;
        if !self.lane.admits(number) {
            return None;
        }
        self.lane.queue.opening(number);
        let opened = {
            let mut opening = pin!(Session::open(&self.lane.relay.connector, &self.settings.deadlines));
            match tokio::time::timeout(self.settings.timing.patience, &mut opening).await {
                Ok(opened) => opened,
                Err(_) => {
                    // The relay has its time; what waits for it has not.
                    if !self.lane.is_open() {
                        let seconds = self.settings.timing.patience.as_secs_f32();
                        self.relay_failed(format!("no connection could be opened in {seconds} s; it is still tried"))
                            .await;
                    }
                    opening.await
                }
            }
        };
        self.lane.queue.leave(number);
        match opened {
            Ok(session) => Some(Line { session, _seat: self.lane.opened() }),
            Err(error) => {
                self.not_opened(&error, number).await;
                None
            }
        }
    }

    async fn not_opened(&self, error: &OpenError, number: usize) {
        let is_crowded = error.reply().is_some_and(|reply| reply.code == CLOSING);
        if error.is_local() {
            tracing::error!(relay = %self.name, "no connection can be opened: {error} ({})", error.hint());
            tokio::time::sleep(self.settings.timing.backoff).await;
        } else if is_crowded && (self.lane.allowed() > 1 || self.lane.is_settling()) {
            self.lane.slow_down(number);
            tokio::time::sleep(self.settings.timing.backoff).await;
        } else {
            self.relay_failed(format!("{error} ({})", error.hint())).await;
        }
    }

    /// Whether a group that a mail belongs to was suspended since the mail was handed out.
    fn is_suspended(&self, job: &Job) -> bool {
        !job.is_probe && !self.suspended.is_empty() && self.suspended.blocks(&job.held().membership(&self.name))
    }

    fn attempt(&self) -> Attempt<'_> {
        let timing = &self.settings.timing;
        Attempt {
            recorder: &self.recorder,
            clock: &self.clock,
            relay: &self.name,
            retry_for: self.settings.retry_for,
            slow_down: timing.slow_down,
            uncertain_for: timing.uncertain_for,
            keep_replies: self.settings.keep_replies,
            rules: &self.settings.rules,
            dsn: self.lane.relay.dsn,
            stop: &self.stop,
            relays: self.settings.relays.len(),
            faults: &self.faults,
        }
    }

    /// What is to be sent next: a transactional mail before what was prepared. Waits for a job and prepares it; an unused
    /// connection is closed meanwhile.
    async fn next_mail(&self, hands: &mut Hands) -> Option<Prepared> {
        let job = match hands.next.is_some() {
            true => match self.lane.next_transactional(&self.current) {
                Some(job) => job,
                None => return hands.next.take(),
            },
            false => {
                let next = self.lane.next(hands.number, &self.current);
                let job = tokio::select! {
                    biased;
                    () = self.stop.cancelled() => return None,
                    job = tokio::time::timeout(self.settings.timing.idle, next) => job,
                };
                match job {
                    Ok(job) => job,
                    Err(_) => {
                        self.put_down(hands).await;
                        return None;
                    }
                }
            }
        };
        self.prepare(job).await
    }

    async fn prepare_ahead(&self, number: usize, has_one: bool) -> Option<Prepared> {
        if has_one {
            return None;
        }
        let job = self.lane.next_ahead(number, &self.current)?;
        self.prepare(job).await
    }

    /// Sends a mail and prepares the next meanwhile, but keeps nothing waiting behind a mail that takes long.
    async fn carry(&self, hands: &mut Hands, mut mail: Prepared) {
        let Hands { number, line: Some(line), next } = hands else { return };
        let number = *number;
        let issue = mail.job.row.issue_id;
        self.lane.queue.begin(number, &mail.job);
        let attempt = self.attempt();
        let has_one = next.is_some();
        let mut is_slow = false;
        let blame = {
            let mut sending = pin!(attempt.send(&mut line.session, &mut mail));
            let mut preparing = pin!(self.prepare_ahead(number, has_one));
            let mut slow = pin!(tokio::time::sleep(SLOW));
            let mut is_prepared = false;
            let blame = loop {
                tokio::select! {
                    biased;
                    blame = &mut sending => break blame,
                    prepared = &mut preparing, if !is_prepared => {
                        is_prepared = true;
                        *next = prepared.or(next.take());
                    }
                    () = &mut slow, if !is_slow => {
                        is_slow = true;
                        self.lane.queue.note(issue, false);
                    }
                }
                if is_slow && let Some(mail) = next.take() {
                    self.give_back(mail.job).await;
                }
            };
            if !is_prepared {
                *next = preparing.await.or(next.take());
            }
            blame
        };
        if !is_slow {
            self.lane.queue.note(issue, true);
        }
        let messages = line.session.messages();
        if !line.session.is_usable() {
            hands.line = None;
        }
        self.draw_lessons(blame, mail, messages, hands).await;
    }

    /// What follows from a try: for the mail, if it is not settled, for this connection and for the relay.
    async fn draw_lessons(&self, blame: RelayOutcome, mut mail: Prepared, messages: u32, hands: &mut Hands) {
        match blame {
            RelayOutcome::Stale { is_limit } => {
                self.lane.ended_after(messages, is_limit);
                mail.job.ends += 1;
                self.put_down(hands).await;
                if mail.job.ends > ENDS_MAX {
                    self.attempt().release(&mail).await;
                    self.relay_failed("it ends every connection before an email can be sent".to_owned()).await;
                } else {
                    self.give_back(mail.job).await;
                }
            }
            RelayOutcome::Another { reason, reply } => self.pass_on(mail, reason, reply).await,
            RelayOutcome::Unmade(fault) => {
                self.lane.give_back_place(&mut mail.job);
                self.unmade(mail.job.held(), mail.job.revision, mail.job.row.kind, fault).await;
            }
            RelayOutcome::Slow { relay: true } => {
                self.lane.slow_down(hands.number);
                drop(mail);
                // A relay that asks for less gets a pause; what was prepared need not wait for it.
                self.put_down(hands).await;
                let rest = tokio::time::sleep(self.settings.timing.backoff);
                tokio::select! { () = self.stop.cancelled() => {}, () = rest => {} }
            }
            RelayOutcome::Slow { relay: false } => self.providers.slow_down(Provider::of(mail.address.domain())),
            RelayOutcome::Success => {
                if self.lane.succeeded() {
                    tracing::info!(relay = %self.name, "the relay works again");
                    self.recorder.event(self.actor(), Event::RelayUp { relay: self.name.to_string() }).await;
                }
            }
            RelayOutcome::Nobody => {}
            RelayOutcome::Relay(what) => self.relay_failed(what).await,
        }
    }

    /// Gives a mail that this relay cannot carry to another that may. It fails when none is left.
    async fn pass_on(&self, mut mail: Prepared, reason: Reason, reply: String) {
        self.lane.give_back_place(&mut mail.job);
        mail.job.lanes.remove(self.lane.index);
        mail.job.possible.remove(self.lane.index);
        if mail.job.possible.is_empty(self.floor.lanes.len()) {
            self.attempt().fail(&mail, reason, Some(reply)).await;
            return;
        }
        if let Err(job) = self.floor.pass_on(mail.job) {
            // The others are down, or may not now: it is theirs when they may.
            let due_at = self.clock.now().plus(self.settings.timing.slow_down);
            self.recorder.record(job.held(), DeliveryOutcome::Released { due_at }).await;
        }
    }

    /// Puts a job back of which nothing was sent: first in line, or to another relay when this one is down.
    async fn give_back(&self, mut job: Job) {
        self.lane.give_back_place(&mut job);
        let job = match !self.stop.is_cancelled() && self.current.has(&job) {
            true if !self.lane.is_closed(job.row.issue_id) => return self.lane.queue.put_back(job),
            true => match self.floor.hand(job) {
                Ok(()) => return,
                Err(job) => job,
            },
            false => job,
        };
        self.recorder.record(job.held(), DeliveryOutcome::Released { due_at: self.clock.now() }).await;
    }

    fn actor(&self) -> Actor {
        Actor::Relay(self.name.to_string())
    }

    fn is_worn(&self, session: &Session) -> bool {
        let is_used_up =
            session.messages() >= self.lane.messages_max() || session.age() >= self.lane.relay.connection_age_max;
        // One that has carried nothing yet may carry a mail, whatever it is allowed.
        !session.is_usable() || (is_used_up && session.messages() > 0)
    }

    /// The relay is left alone for a while. Another may take what waits here; nobody loses a try.
    async fn relay_failed(&self, what: String) {
        if let Some(wait) = self.lane.failed() {
            tracing::warn!(relay = %self.name, wait_seconds = wait.as_secs(), "the relay failed: {what}");
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            let event = Event::RelayDown { relay: self.name.to_string(), error: what, wait_ms };
            self.recorder.event(self.actor(), event).await;
        }
        for job in self.lane.queue.drain() {
            if let Err(job) = self.floor.hand(job) {
                self.recorder.record(job.held(), DeliveryOutcome::Released { due_at: self.clock.now() }).await;
            }
        }
    }

    /// Fills and signs a mail; a row whose mail cannot be made is settled here.
    async fn prepare(&self, job: Job) -> Option<Prepared> {
        let (held, revision, kind) = (job.held(), job.revision, job.row.kind);
        match self.make(job).await {
            Ok(mail) => Some(mail),
            Err(ComposeError::Store(error)) => {
                tracing::warn!(%error, "content could not be read; its emails wait");
                let due_at = self.clock.now().plus(self.settings.timing.backoff);
                self.recorder.record(held, DeliveryOutcome::Released { due_at }).await;
                None
            }
            Err(error) if !error.is_readers() => {
                self.unmade(held, revision, kind, error.to_string()).await;
                None
            }
            Err(error) => {
                tracing::error!(delivery = held.id.0, %error, "a reader cannot be written to");
                let reply = Some(error.to_string());
                let outcome = DeliveryOutcome::Failed { reason: Reason::Unsupported, relay: None, reply };
                self.recorder.record(held, outcome).await;
                None
            }
        }
    }

    /// Hands in that a mail cannot be made. What else waits of its issue is not tried in vain meanwhile.
    async fn unmade(&self, held: Held, revision: RevisionId, kind: Option<DeliveryKind>, fault: String) {
        if let Some(issue) = held.issue {
            self.current.forget(issue);
        }
        self.recorder.record(held, DeliveryOutcome::Unmade { revision, kind, fault }).await;
    }

    async fn make(&self, job: Job) -> Result<Prepared, ComposeError> {
        let letter = self.letters.get(job.revision, self.lane.index, &self.lane.relay).await?;
        let signs = letter.signs;
        let letters = Arc::clone(&self.letters);
        let fill = move || {
            let mut bytes = Vec::new();
            let (address, filled) = letters.fill(&letter, &job.row, job.date, &mut bytes)?;
            Ok(Prepared { job, letter, address, filled, bytes })
        };
        if !signs {
            return caught(fill);
        }
        let permit = Arc::clone(&self.signing).acquire_owned().await;
        let filled = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            caught(fill)
        });
        filled.await.unwrap_or(Err(ComposeError::Crashed))
    }
}

/// Runs `make`; a mail that cannot be made because of a mistake of ours must not end the connection that others need.
fn caught<T>(make: impl FnOnce() -> Result<T, ComposeError>) -> Result<T, ComposeError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(make)).unwrap_or(Err(ComposeError::Crashed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_crashes_the_program_ends_no_connection() {
        let made = caught(|| -> Result<(), ComposeError> { panic!("a mistake") });
        assert!(matches!(made, Err(ComposeError::Crashed)));
        assert!(matches!(caught(|| Ok(1)), Ok(1)));
    }
}
