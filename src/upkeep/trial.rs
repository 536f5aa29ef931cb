//! Alarms are tried out: one message through each way that is set up, and what came of it.

use super::mail::{self, AlarmMail};
use super::push::Pusher;
use super::{AlarmSettings, board};
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::store::events::About;
use crate::store::{Db, StoreError, alarms, events};

/// What came of a message on one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// `log`, `file`, `email`, `push` or `heartbeat`.
    pub way: &'static str,
    /// What was done, or what was wrong.
    pub outcome: Result<String, String>,
}

/// Sends one through each way that is set up.
pub async fn try_out(
    db: &Db,
    settings: &AlarmSettings,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<Tried>, StoreError> {
    tracing::warn!(target: "coranto::alarm", name = "test", scope = "", "this is a test: nothing is wrong");
    let mut all = vec![Tried { way: "log", outcome: Ok("one line, where the log goes".to_owned()) }];
    let standing = alarms::all(&mut db.read().await?).await?;
    let standing: Vec<_> = standing.iter().filter(|one| one.stands(now)).collect();
    if let Some(file) = &settings.file {
        board::write(settings, &standing, now);
        let outcome = match board::read(file) {
            Some(_) => Ok(file.display().to_string()),
            None => Err(format!("{} cannot be written", file.display())),
        };
        all.push(Tried { way: "file", outcome });
    }
    let letter = AlarmMail {
        subject: "[coranto] test: nothing is wrong".to_owned(),
        text: format!("This is a test from coranto at {}, {now}. Alarms come this way.\n", settings.host),
    };
    if settings.mails() {
        db.write(async |tx| {
            mail::queue(tx, settings, &letter, now).await?;
            events::append(tx, actor.at(now), About::default(), &Event::AlarmTested).await
        })
        .await?;
        let to: Vec<_> = settings.to.iter().map(ToString::to_string).collect();
        let outcome = Ok(format!("`coranto serve` sends it to {}", to.join(", ")));
        all.push(Tried { way: "email", outcome });
    }
    let wire = Pusher::new(settings);
    if settings.push.is_some() {
        let pushed = wire.push(settings, &letter, &[], now).await;
        all.push(Tried { way: "push", outcome: pushed.map(|()| "it was taken".to_owned()) });
    }
    if let Some(url) = &settings.heartbeat {
        let beaten = wire.beat(url).await;
        all.push(Tried { way: "heartbeat", outcome: beaten.map(|()| "it was heard".to_owned()) });
    }
    Ok(all)
}
