//! A database moves: it is copied, the other one goes on in its place, and it says where it went.
//!
//! Two databases have no common transaction. So each step leaves both in a state in which neither can be worked on twice:
//! the source is closed before the first row is read, the copy says that it is equal, the source says that it has moved,
//! and only then the copy may be used. The same command goes on from whichever step the last run came to.

use super::sums::CopiedTable;
use super::trouble::CopyTrouble;
use super::whole::{
    CopyListener, CopyStep, TablePair, begin, check_schema, clear, compare, fill, is_source, new_number, pairs,
    prepare_schema, refuse_rows,
};
use crate::clock::{Clock, Timestamp};
use crate::domain::actor::Actor;
use crate::domain::copying::CopyState;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::store::copies::{self, CopySide};
use crate::store::events::About;
use crate::store::{Db, Tx, events, installation, issues};

/// Two databases with what people call them: addresses without passwords.
#[derive(Clone, Copy, Debug)]
pub struct Relocation<'m> {
    pub source: &'m Db,
    pub target: &'m Db,
    pub from: &'m str,
    pub to: &'m str,
}

/// Refuses a database that may not be worked on: one that moved, or that is an unfinished copy.
pub async fn usable(db: &Db) -> Result<(), CopyTrouble> {
    match copies::get(&mut db.read().await?).await? {
        None => Ok(()),
        Some(CopySide { state, other, .. }) => Err(match state {
            CopyState::Moving => CopyTrouble::Moving { to: other },
            CopyState::Moved => CopyTrouble::Moved { to: other },
            CopyState::Abandoned => CopyTrouble::Abandoned { from: other },
            CopyState::Copying | CopyState::Differs | CopyState::Equal => CopyTrouble::Unfinished { from: other },
        }),
    }
}

/// Moves a database. Whoever calls this has made sure that no server runs on an SQLite file, by its lock. A run that was
/// cut short is gone on with by the same call. The target then has the source's name, generation and marks, so that every
/// link goes on working, and the source is on hold.
pub async fn move_to(
    moving: Relocation<'_>,
    clock: &Clock,
    actor: &Actor,
    told: &mut CopyListener<'_>,
) -> Result<Vec<CopiedTable>, CopyTrouble> {
    check_schema(moving.source, "source").await?;
    prepare_schema(moving.target).await?;
    let pairs = pairs(&mut moving.source.read().await?, moving.target).await?;
    let there = copies::get(&mut moving.target.read().await?).await?;
    judge_target(moving, there.as_ref(), &pairs).await?;
    let here = close(moving, there.as_ref(), clock.now()).await?;
    let mut snapshot = moving.source.snapshot().await?;
    let trace = match here.state {
        // What it was before it said so stands in the copy.
        CopyState::Moved => there.as_ref().map(|side| side.trace.clone()).unwrap_or_default(),
        _ => copies::trace(&mut snapshot).await?,
    };
    let side = arrive(moving, &here, there, &pairs, &trace, clock.now(), told).await?;
    let compared = match side.state {
        // It was compared by the run that said so.
        CopyState::Equal => Vec::new(),
        _ => {
            fill(&mut snapshot, moving.target, &pairs, told).await?;
            compare(&mut snapshot, moving.target, &pairs, told).await?
        }
    };
    drop(snapshot);
    if !compared.iter().all(CopiedTable::is_equal) {
        let target = moving.target;
        let (number, now) = (&side.number, clock.now());
        target
            .write(async |tx| copies::advance(tx, number, CopyState::Copying, CopyState::Differs, &trace, now).await)
            .await?;
        return Err(CopyTrouble::Differs(compared));
    }
    hand_over(moving, &side, &here, &trace, clock.now(), actor).await?;
    Ok(compared)
}

/// Refuses a target that is anything but empty or an unfinished copy of this source.
async fn judge_target(
    moving: Relocation<'_>,
    there: Option<&CopySide>,
    pairs: &[TablePair],
) -> Result<(), CopyTrouble> {
    let here = copies::get(&mut moving.source.read().await?).await?;
    match there {
        // Where it went is said before what is there.
        None if here.as_ref().is_some_and(|side| side.state == CopyState::Moved) => Ok(()),
        None => refuse_rows(moving.target, pairs).await,
        Some(side) if is_source(side.state) => Err(CopyTrouble::TargetLeft { other: side.other.clone() }),
        Some(side) if side.other != moving.from && here.is_none_or(|here| here.number != side.number) => {
            Err(CopyTrouble::OtherCopy { other: side.other.clone() })
        }
        Some(_) => Ok(()),
    }
}

/// Keeps everybody else from the source, unless somebody is at work there.
async fn close(moving: Relocation<'_>, there: Option<&CopySide>, now: Timestamp) -> Result<CopySide, CopyTrouble> {
    moving
        .source
        .write(async |tx| {
            let known = copies::get(tx).await?;
            match known {
                Some(side) if side.state == CopyState::Moved => {
                    let is_last_step =
                        there.is_some_and(|there| there.state == CopyState::Equal && there.number == side.number);
                    return if is_last_step { Ok(side) } else { Err(CopyTrouble::Moved { to: side.other }) };
                }
                Some(side) if !is_source(side.state) => return Err(CopyTrouble::Unfinished { from: side.other }),
                Some(side) if side.other != moving.to => return Err(CopyTrouble::Moving { to: side.other }),
                _ => {}
            }
            refuse_work(tx, now).await?;
            if let Some(side) = known {
                return Ok(side);
            }
            let (state, other, trace) = (CopyState::Moving, moving.to.to_owned(), String::new());
            let side = CopySide { number: new_number(), state, other, trace, at: now };
            match copies::begin(tx, &side).await? {
                true => Ok(side),
                false => Err(CopyTrouble::Taken),
            }
        })
        .await
}

/// Refuses a database that somebody may be working on.
pub async fn refuse_leases(tx: &mut Tx, now: Timestamp) -> Result<(), CopyTrouble> {
    let Some(until) = copies::lease_runs_until(tx, now).await? else { return Ok(()) };
    let for_ms = u64::try_from(until.since(now).as_millis()).unwrap_or(u64::MAX);
    Err(CopyTrouble::Leased { until, for_ms })
}

async fn refuse_work(tx: &mut Tx, now: Timestamp) -> Result<(), CopyTrouble> {
    refuse_leases(tx, now).await?;
    for state in [IssueState::Preparing, IssueState::Sending] {
        if let Some(issue) = issues::in_state(tx, state).await?.into_iter().next() {
            return Err(CopyTrouble::Sending { slug: issue.slug, state });
        }
    }
    Ok(())
}

/// Makes the target a copy of this source, or goes on with it.
async fn arrive(
    moving: Relocation<'_>,
    here: &CopySide,
    there: Option<CopySide>,
    pairs: &[TablePair],
    trace: &str,
    now: Timestamp,
    told: &mut CopyListener<'_>,
) -> Result<CopySide, CopyTrouble> {
    if let Some(side) = there {
        let why = match side.state {
            CopyState::Differs => Some("the copy differed from the source"),
            _ if side.number != here.number => Some("what is in the target is of an earlier move"),
            _ if side.trace != trace => Some("the source was changed since"),
            _ => None,
        };
        let Some(why) = why else {
            told(CopyStep::Resumed);
            return Ok(side);
        };
        told(CopyStep::StartedOver { why });
        clear(moving.target, pairs, &side.number).await?;
    }
    let (number, state, other) = (here.number.clone(), CopyState::Copying, moving.from.to_owned());
    let side = CopySide { number, state, other, trace: trace.to_owned(), at: now };
    begin(moving.target, &side).await?;
    Ok(side)
}

/// The words of the hold on a database that moved; a move that is undone lifts no other hold.
fn held_why(to: &str) -> String {
    format!("moved to {to}")
}

/// Lets the target go on in the source's place.
async fn hand_over(
    moving: Relocation<'_>,
    side: &CopySide,
    here: &CopySide,
    trace: &str,
    now: Timestamp,
    actor: &Actor,
) -> Result<(), CopyTrouble> {
    let number = &side.number;
    if side.state == CopyState::Copying {
        moving
            .target
            .write(async |tx| {
                if !copies::advance(tx, number, CopyState::Copying, CopyState::Equal, trace, now).await? {
                    return Err(CopyTrouble::Taken);
                }
                let event = Event::InstallationArrived { from: moving.from.to_owned() };
                Ok(events::append(tx, actor.at(now), About::default(), &event).await?)
            })
            .await?;
    }
    if here.state == CopyState::Moving {
        let there = copies::trace(&mut moving.target.read().await?).await?;
        moving
            .source
            .write(async |tx| {
                // Whatever was written since the copy was read would be lost.
                if copies::trace(tx).await? != trace {
                    return Err(CopyTrouble::Changed);
                }
                if !copies::advance(tx, number, CopyState::Moving, CopyState::Moved, &there, now).await? {
                    return Err(CopyTrouble::Taken);
                }
                // One that a person holds stays held by those words, and its copy is held, too.
                installation::hold(tx, &held_why(moving.to), now).await?;
                let event = Event::InstallationMoved { to: moving.to.to_owned() };
                Ok(events::append(tx, actor.at(now), About::default(), &event).await?)
            })
            .await?;
    }
    moving.target.write(async |tx| copies::end(tx, number).await).await?;
    Ok(())
}

/// Undoes a move, or gives one up, while nobody has worked on the target, which is then of no use. `target` is `None` where
/// there is no database at `to`; of a move that was not finished neither is looked at.
pub async fn reopen(
    source: &Db,
    target: Option<&Db>,
    (from, to): (&str, &str),
    now: Timestamp,
    actor: &Actor,
) -> Result<(), CopyTrouble> {
    let Some(here) = copies::get(&mut source.read().await?).await?.filter(|side| is_source(side.state)) else {
        return Err(CopyTrouble::NotMoved);
    };
    if here.state == CopyState::Moved {
        let is_there = match target {
            Some(target) => !matches!(check_schema(target, "target").await, Err(CopyTrouble::Nothing { .. })),
            None => false,
        };
        match target.filter(|_| is_there) {
            Some(target) => abandon(source, target, &here, from, now).await?,
            None if to != here.other => return Err(CopyTrouble::NotTheTarget),
            None => {}
        }
    }
    source
        .write(async |tx| {
            if !copies::end(tx, &here.number).await? {
                return Err(CopyTrouble::Taken);
            }
            let known = installation::get(tx).await?;
            if known.and_then(|known| known.held_why).is_some_and(|why| why == held_why(&here.other)) {
                installation::release(tx).await?;
            }
            Ok(events::append(tx, actor.at(now), About::default(), &Event::InstallationReopened).await?)
        })
        .await
}

/// Keeps everybody from the target of a move that is undone.
async fn abandon(source: &Db, target: &Db, here: &CopySide, from: &str, now: Timestamp) -> Result<(), CopyTrouble> {
    let name = |known: Option<installation::Installation>| known.map(|known| known.name);
    let known = name(installation::get(&mut source.read().await?).await?);
    target
        .write(async |tx| {
            if name(installation::get(tx).await?) != known {
                return Err(CopyTrouble::NotTheTarget);
            }
            if copies::trace(tx).await? != here.trace {
                return Err(CopyTrouble::Begun);
            }
            let (number, state, other) = (here.number.clone(), CopyState::Abandoned, from.to_owned());
            copies::end(tx, &number).await?;
            match copies::begin(tx, &CopySide { number, state, other, trace: here.trace.clone(), at: now }).await? {
                true => Ok(()),
                // A move that was begun again has closed it already.
                false => Err(CopyTrouble::NotTheTarget),
            }
        })
        .await
}
