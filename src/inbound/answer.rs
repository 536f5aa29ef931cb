//! A person's word on notices: those that a brake holds are released or discarded, and those that wait are discarded.

use super::settle::{judge, note};
use crate::domain::actor::By;
use crate::domain::event::Event;
use crate::domain::notice::Effect;
use crate::domain::standing::{Follows, Strikes};
use crate::domain::{IssueId, NoticeId};
use crate::store::events::{self, About};
use crate::store::notices::{self, Notice};
use crate::store::{Db, StoreError, Tx};

#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    Issue(IssueId),
    One(NoticeId),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Answer {
    pub notices: u64,
    /// Addresses that are mailed no more.
    pub suppressed: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// There is no such notice.
    #[error("there is no such notice")]
    Missing,
    /// It is not to be answered any more.
    #[error("the notice is {effect}; only {wanted} can be {verb}")]
    Settled { effect: Effect, wanted: &'static str, verb: &'static str },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Believes held notices: what they say follows now.
pub async fn release(db: &Db, wanted: Wanted, strikes: &Strikes, by: By<'_>) -> Result<Answer, AnswerError> {
    db.write(async |tx| {
        let found = find(tx, wanted, [Effect::Held, Effect::Held], "one that is held", "released").await?;
        let mut answer = Answer::default();
        for notice in &found {
            // A name server was asked when it was held, where one had to be.
            let known =
                notice.email.iter().filter_map(|email| email.rsplit_once('@')).map(|(_, domain)| domain.to_owned());
            let follows = judge(tx, strikes, notice, &known.collect(), by.now).await?;
            let effect = if follows == Follows::Suppress { Effect::Suppressed } else { Effect::Counted };
            if !notices::follow(tx, notice.id, Effect::Held, effect, Some(by.now)).await? {
                continue;
            }
            answer.notices += 1;
            if effect == Effect::Suppressed && notices::suppress(tx, notice, &note(notice), by).await? {
                answer.suppressed += 1;
            }
        }
        let event = Event::BouncesReleased { notices: answer.notices, suppressed: answer.suppressed };
        super::clear_alarms(tx, &found, by.now).await?;
        tell(tx, wanted, &event, answer, by).await?;
        Ok(answer)
    })
    .await
}

/// Takes notices for wrong: they count for nothing. Also those that still wait.
pub async fn discard(db: &Db, wanted: Wanted, by: By<'_>) -> Result<Answer, AnswerError> {
    db.write(async |tx| {
        let effects = [Effect::Held, Effect::Waiting];
        let found = find(tx, wanted, effects, "one that is held or waits", "discarded").await?;
        let mut answer = Answer::default();
        for notice in &found {
            let moved = notices::follow(tx, notice.id, notice.effect, Effect::Discarded, Some(by.now)).await?;
            answer.notices += u64::from(moved);
        }
        super::clear_alarms(tx, &found, by.now).await?;
        tell(tx, wanted, &Event::BouncesDiscarded { notices: answer.notices }, answer, by).await?;
        Ok(answer)
    })
    .await
}

async fn find(
    tx: &mut Tx,
    wanted: Wanted,
    effects: [Effect; 2],
    may_be: &'static str,
    verb: &'static str,
) -> Result<Vec<Notice>, AnswerError> {
    match wanted {
        Wanted::Issue(issue) => Ok(notices::of_issue(tx, Some(issue), effects).await?),
        Wanted::One(id) => {
            let notice = notices::get(tx, id).await?.ok_or(AnswerError::Missing)?;
            match effects.contains(&notice.effect) {
                true => Ok(vec![notice]),
                false => Err(AnswerError::Settled { effect: notice.effect, wanted: may_be, verb }),
            }
        }
    }
}

/// One event for all that one answer did; none when it did nothing.
async fn tell(tx: &mut Tx, wanted: Wanted, event: &Event, answer: Answer, by: By<'_>) -> Result<(), StoreError> {
    let issue = match wanted {
        Wanted::Issue(issue) => Some(issue),
        Wanted::One(_) => None,
    };
    if answer.notices > 0 {
        events::append(tx, by, About { issue, ..About::default() }, event).await?;
    }
    Ok(())
}
