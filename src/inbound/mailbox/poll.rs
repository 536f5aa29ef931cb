//! When a mailbox is looked into, and by which process; what is said when that fails.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::fault::{MailboxError, MailboxFault};
use super::imap::Imap;
use super::round::{Round, RoundFault, RoundMemory};
use super::settings::MailboxSettings;
use super::turn::MailboxTurn;
use crate::clock::{Clock, Timestamp};
use crate::domain::actor::Actor;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::inbound::receive::Intake;
use crate::store::{Db, StoreError, Tx, alarms, mailboxes};

/// After errors, the time between two looks doubles up to this.
const PAUSE_MAX: Duration = Duration::from_secs(15 * 60);

/// A mailbox that is looked into again and again.
#[derive(Debug)]
pub struct MailboxDoor {
    settings: MailboxSettings,
    intake: Intake,
    db: Db,
    clock: Clock,
}

impl MailboxDoor {
    pub fn new(settings: MailboxSettings, intake: Intake, db: Db, clock: Clock) -> Self {
        Self { settings, intake, db, clock }
    }

    /// Looks into it until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut memory = RoundMemory::default();
        let mut turn = MailboxTurn::new(&self.settings.name, self.db.clone(), self.clock.clone());
        let (mut failures, mut said) = (0_u32, None);
        while !stop.is_cancelled() {
            match self.look(&mut memory, &mut turn, &stop).await {
                Ok(()) | Err(RoundFault::Mailbox(MailboxFault::Stopped)) => (failures, said) = (0, None),
                Err(fault) => {
                    failures = failures.saturating_add(1);
                    let text = self.failed(fault).await;
                    // Once, not at every look of an outage.
                    if said.as_ref() != Some(&text) {
                        tracing::warn!(mailbox = self.settings.name, "the mailbox cannot be read: {text}");
                        said = Some(text);
                    }
                }
            }
            let longest = PAUSE_MAX.max(self.settings.every);
            let pause = self.settings.every.saturating_mul(1 << failures.min(10)).min(longest);
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        if let Err(error) = turn.end().await {
            tracing::debug!(%error, "the lease of a mailbox ends by itself");
        }
    }

    /// One look, if it is this process's turn.
    async fn look(
        &self,
        memory: &mut RoundMemory,
        turn: &mut MailboxTurn,
        stop: &CancellationToken,
    ) -> Result<(), RoundFault> {
        if !turn.has().await? {
            return Ok(());
        }
        let mut imap = Imap::open(&self.settings, stop.clone()).await?;
        let Self { settings, intake, db, clock } = self;
        Round { settings, intake, db, clock, memory, turn }.run(&mut imap).await?;
        imap.leave().await;
        let (name, now) = (settings.name.as_str(), clock.now());
        let work = async |tx: &mut Tx| {
            mailboxes::looked(tx, name, None, now).await?;
            alarms::clear(tx, AlarmName::MailboxUnread, name, now).await
        };
        db.write(work).await?;
        Ok(())
    }

    /// Notes why a look failed, for `status` and for a person who has to be told when it lasts.
    async fn failed(&self, fault: RoundFault) -> String {
        let cause = match fault {
            RoundFault::Mailbox(cause) => cause,
            RoundFault::Store(error) => return error.to_string(),
        };
        let error: MailboxError = self.settings.error(cause);
        let text = format!("{error}; {}", error.hint());
        let (name, now) = (self.settings.name.as_str(), self.clock.now());
        let alarm = Alarm::new(AlarmName::MailboxUnread, name, &text);
        let work = async |tx: &mut Tx| {
            mailboxes::looked(tx, name, Some(&alarm.note), now).await?;
            alarms::raise(tx, &alarm, Actor::scheduler(now)).await
        };
        match self.db.write(work).await {
            Ok(_) => text,
            Err(error) => error.to_string(),
        }
    }
}

/// Forgets mailboxes that the configuration does not name any more, and ends what was said of them.
pub async fn forget_all_but(db: &Db, named: &[&str], now: Timestamp) -> Result<(), StoreError> {
    let known = mailboxes::all(&mut db.read().await?).await?;
    for gone in known.iter().map(|one| one.name.as_str()).filter(|name| !named.contains(name)) {
        let work = async |tx: &mut Tx| {
            mailboxes::forget(tx, gone).await?;
            alarms::clear(tx, AlarmName::MailboxUnread, gone, now).await
        };
        db.write(work).await?;
    }
    Ok(())
}
