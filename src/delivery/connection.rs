//! One task owns one connection of a lane: it takes a job, sends it, and fills the next one meanwhile. After anything
//! that leaves the conversation in doubt the connection is dropped, never used again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::attempt::{Attempt, Blame, Prepared};
use super::dispatch::Current;
use super::lane::Lane;
use super::letters::{LetterError, Letters};
use super::limits::Limiter;
use super::queue::Job;
use super::recorder::{Outcome, Recorder};
use super::settings::Settings;
use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::delivery::Reason;
use crate::domain::event::Event;
use crate::domain::provider::Provider;
use crate::smtp::Session;

/// "Service not available, closing transmission channel"; as a greeting: too many connections.
const CLOSING: u16 = 421;
/// How long a provider that said "slow down" is left alone.
const PROVIDER_PAUSE: Duration = Duration::from_secs(30);

/// The providers' rates and pauses.
#[derive(Debug, Default)]
pub(super) struct Providers {
    limits: HashMap<Provider, Limiter>,
    paused: Mutex<HashMap<Provider, Instant>>,
}

impl Providers {
    pub(super) fn new(settings: &Settings) -> Self {
        let now = Instant::now();
        let limits =
            settings.provider_rates.iter().map(|(provider, rate)| (*provider, Limiter::per_minute(*rate, now)));
        Self { limits: limits.collect(), paused: Mutex::default() }
    }

    /// Takes a place for one mail to `provider`, or says when to come back.
    pub(super) fn admit(&self, provider: Provider) -> Result<(), Duration> {
        let now = Instant::now();
        let paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner).get(&provider).copied();
        if let Some(until) = paused.filter(|until| *until > now) {
            return Err(until - now);
        }
        match self.limits.get(&provider) {
            Some(limiter) => limiter.take(now).map_err(|_| limiter.park(now)),
            None => Ok(()),
        }
    }

    /// A provider said "slow down". `Other` is not one provider: pausing it would pause everybody.
    fn slow_down(&self, provider: Provider) {
        let now = Instant::now();
        if provider != Provider::Other {
            self.paused.lock().unwrap_or_else(PoisonError::into_inner).insert(provider, now + PROVIDER_PAUSE);
        }
        if let Some(limiter) = self.limits.get(&provider) {
            limiter.hold(now, PROVIDER_PAUSE);
        }
    }
}

/// What a lane's connections share.
pub(super) struct Crew {
    pub(super) lane: Arc<Lane>,
    pub(super) name: Arc<str>,
    pub(super) letters: Arc<Letters>,
    pub(super) recorder: Recorder,
    pub(super) clock: Clock,
    pub(super) settings: Arc<Settings>,
    pub(super) providers: Arc<Providers>,
    pub(super) current: Arc<Current>,
    /// One permit per core: signing more at once only makes each slower.
    pub(super) signing: Arc<Semaphore>,
    pub(super) stop: CancellationToken,
}

/// Works until the queue is closed or the engine stops.
pub(super) async fn run(crew: Arc<Crew>, number: usize) {
    let mut session: Option<Session> = None;
    let mut next: Option<Prepared> = None;
    loop {
        if crew.stop.is_cancelled() || !crew.lane.admits(number) {
            if let Some(mail) = next.take() {
                crew.attempt().release(&mail).await;
            }
            // A relay that asked for fewer connections is to see fewer.
            if let Some(session) = session.take() {
                session.quit().await;
            }
        }
        tokio::select! {
            biased;
            () = crew.stop.cancelled() => break,
            () = crew.lane.admit(number) => {}
        }
        let mail = match next.take() {
            Some(mail) => mail,
            None => match crew.next_mail(&mut session).await {
                Some(Ok(mail)) => mail,
                Some(Err(())) => continue,
                None => break,
            },
        };
        if !crew.lane.admits(number) || !crew.current.has(&mail.job) {
            crew.attempt().release(&mail).await;
            continue;
        }
        let (blame, prepared) = tokio::join!(crew.deliver(&mut session, &mail), crew.prepare_another());
        next = prepared;
        let is_told_to_rest = matches!(blame, Blame::Slow { relay: true });
        crew.blame(blame, &mail, number).await;
        if is_told_to_rest {
            // Whoever asks for less is not asked again at once; what was prepared need not wait for it.
            if let Some(mail) = next.take() {
                crew.attempt().release(&mail).await;
            }
            drop(mail);
            tokio::select! { () = crew.stop.cancelled() => {}, () = tokio::time::sleep(crew.settings.timing.backoff) => {} }
        }
    }
    if let Some(session) = session {
        session.quit().await;
    }
}

impl Crew {
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
        }
    }

    /// Waits for a job and prepares it; an unused connection is closed meanwhile. `None` when the work is over.
    async fn next_mail(&self, session: &mut Option<Session>) -> Option<Result<Prepared, ()>> {
        let idle = self.settings.timing.idle;
        let job = tokio::select! {
            biased;
            () = self.stop.cancelled() => return None,
            job = tokio::time::timeout(idle, self.lane.queue.next()) => job,
        };
        let Ok(job) = job else {
            if let Some(session) = session.take() {
                session.quit().await;
            }
            return Some(Err(()));
        };
        Some(self.prepare(job?).await.ok_or(()))
    }

    async fn prepare_another(&self) -> Option<Prepared> {
        match self.lane.queue.try_next() {
            Some(job) => self.prepare(job).await,
            None => None,
        }
    }

    /// Fills and signs a mail; a row whose mail cannot be made is settled here.
    async fn prepare(&self, job: Job) -> Option<Prepared> {
        let held = job.held();
        match self.make(job).await {
            Ok(mail) => Some(mail),
            Err(LetterError::Store(error)) => {
                tracing::warn!(%error, "content could not be read; its mails wait");
                let due_at = self.clock.now().plus(self.settings.timing.backoff);
                self.recorder.record(held, Outcome::Released { due_at }).await;
                None
            }
            Err(error) => {
                tracing::error!(delivery = held.id.0, %error, "a mail cannot be made");
                let reply = Some(error.to_string());
                let outcome =
                    Outcome::Failed { reason: Reason::Unsupported, relay: None, reply, policy: false, dead: None };
                self.recorder.record(held, outcome).await;
                None
            }
        }
    }

    async fn make(&self, job: Job) -> Result<Prepared, LetterError> {
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
        filled.await.unwrap_or(Err(LetterError::Crashed))
    }

    /// Sends a mail, on the session at hand if there is one, else on a new one; a stale one is replaced once.
    async fn deliver(&self, session: &mut Option<Session>, mail: &Prepared) -> Blame {
        let attempt = self.attempt();
        let mut granted = None;
        for _ in 0..2 {
            if let Some(worn) = session.take_if(|session| self.is_worn(session)) {
                worn.quit().await;
            }
            let open = match session.as_mut() {
                Some(open) => open,
                None => match Session::open(&self.lane.relay.connector, &self.settings.deadlines).await {
                    Ok(open) => session.insert(open),
                    Err(error) => {
                        attempt.release(mail).await;
                        let is_crowded = error.reply().is_some_and(|reply| reply.code == CLOSING);
                        return match is_crowded && (self.lane.allowed() > 1 || self.lane.is_settling()) {
                            true => Blame::Slow { relay: true },
                            false => Blame::Relay(format!("{error} ({})", error.hint())),
                        };
                    }
                },
            };
            let blame = attempt.send(open, mail, &mut granted).await;
            if !open.is_usable() {
                *session = None;
            }
            if granted == Some(false) {
                return Blame::Nobody;
            }
            if blame != Blame::Stale {
                return blame;
            }
            *session = None;
        }
        attempt.release(mail).await;
        Blame::Relay("it ends every connection before a mail can be sent".to_owned())
    }

    fn actor(&self) -> Actor {
        Actor::Relay(self.name.to_string())
    }

    fn is_worn(&self, session: &Session) -> bool {
        let relay = &self.lane.relay;
        !session.is_usable()
            || session.messages() >= relay.messages_per_connection
            || session.age() >= relay.connection_age_max
    }

    /// Lets the lane know how the relay did.
    async fn blame(&self, blame: Blame, mail: &Prepared, number: usize) {
        match blame {
            Blame::Success => {
                if self.lane.succeeded() {
                    tracing::info!(relay = %self.name, "the relay works again");
                    self.recorder.event(self.actor(), Event::RelayUp { relay: self.name.to_string() }).await;
                }
            }
            Blame::Nobody | Blame::Stale => {}
            Blame::Slow { relay: true } => self.lane.slow_down(number),
            Blame::Slow { relay: false } => self.providers.slow_down(Provider::of(mail.address.domain())),
            Blame::Relay(what) => {
                if let Some(wait) = self.lane.failed() {
                    tracing::warn!(relay = %self.name, wait_seconds = wait.as_secs(), "the relay failed: {what}");
                    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                    let event = Event::RelayDown { relay: self.name.to_string(), error: what, wait_ms };
                    self.recorder.event(self.actor(), event).await;
                }
                // Another relay may take what waits here; nobody loses a try.
                for job in self.lane.queue.drain() {
                    self.recorder.record(job.held(), Outcome::Released { due_at: self.clock.now() }).await;
                }
            }
        }
    }
}

/// Runs `make`; a mail that cannot be made because of a mistake of ours must not end the connection that others need.
fn caught<T>(make: impl FnOnce() -> Result<T, LetterError>) -> Result<T, LetterError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(make)).unwrap_or(Err(LetterError::Crashed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn md_24_a_mail_that_crashes_the_program_is_only_that_mail() {
        let made = caught(|| -> Result<(), LetterError> { panic!("a mistake") });
        assert!(matches!(made, Err(LetterError::Crashed)));
        assert!(matches!(caught(|| Ok(1)), Ok(1)));
    }
}
