//! Whether the database is the one that this machine worked on last, or a copy that was put back. After a copy nobody knows
//! what went out since it was made: so everything that may have gone is left to a person, and nothing goes out until the
//! hold is lifted.

use std::time::Duration;

use super::hold;
use crate::accounts;
use crate::clock::Timestamp;
use crate::domain::actor::By;
use crate::domain::delivery::DeliveryState;
use crate::domain::event::Event;
use crate::domain::issue::IssueState;
use crate::domain::{DeliveryId, WorkerId};
use crate::journal::{Journal, JournalEntry};
use crate::signup::{self, Replayed};
use crate::store::events::About;
use crate::store::installation::{self, Installation, Recollection};
use crate::store::issues::Issue;
use crate::store::transfer::counters;
use crate::store::{Db, StoreError, Tx, copies, events, issues, leases};
use crate::token::{Keyring, random_bytes};
use crate::witness::{Sighting, WitnessFolder};

/// A machine that has not seen a database takes over from one that gave a sign of life so recently.
const TAKE_OVER: Duration = Duration::from_secs(15 * 60);

/// By how many numbers each table is brought ahead: more than were given out since a copy was made. No link needs it, for each
/// names its row by a mark as well; what reads the API or gets webhooks knows events by their numbers alone.
const NUMBERS_AHEAD: i64 = 1 << 20;

/// States of issues of which something may have gone out since a copy was made.
const OPEN: [IssueState; 4] = [IssueState::Preparing, IssueState::Sending, IssueState::Paused, IssueState::Queued];

/// Why a database is not worked on.
#[derive(Debug, thiserror::Error)]
pub enum MemoryTrouble {
    #[error(
        "this is another database than the one that this machine worked on, by what {folder} remembers: \
         the configuration points at {found}, and it was {remembered}"
    )]
    Other { folder: String, found: String, remembered: String },
    #[error("{folder} cannot be used: {source}")]
    Folder { folder: String, source: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was done about a copy that was put back.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rebirth {
    pub generation: i64,
    pub why: String,
    /// Emails of issues that may have gone out after the copy was made.
    pub uncertain: u64,
    /// Emails to single readers that are not sent any more.
    pub dropped: u64,
    /// Issues that were paused or held.
    pub issues: u64,
    /// Browsers of people with accounts that were signed out.
    pub sessions: u64,
    /// One-time links to accounts that were closed.
    pub links: u64,
    /// What readers had decided after the copy was made.
    #[serde(flatten)]
    pub replayed: Replayed,
}

/// Compares the database with what `folder` remembers of it. A database that was put back is held, and its rows that may
/// have gone out since become uncertain. `delivers` says that this process is about to send.
pub async fn heed(
    db: &Db,
    folder: &WitnessFolder,
    keys: &Keyring,
    delivers: bool,
    by: By<'_>,
) -> Result<Option<Rebirth>, MemoryTrouble> {
    let shown = || folder.path().display().to_string();
    // Whoever may use the database and not look into the folder is not kept from working.
    let remembered = folder.read().unwrap_or_else(|error| {
        tracing::warn!(folder = shown(), %error, "what this machine remembers of its database cannot be read");
        Vec::new()
    });
    let mut tx = db.read().await?;
    let known = installation::get(&mut tx).await?;
    let Some(why) = judge(&mut tx, known.as_ref(), &remembered, delivers, by.now).await? else {
        drop(tx);
        let newest = remembered.iter().map(|one| one.generation).max();
        match known {
            None => {
                found(db, by).await?;
            }
            // Another machine put the copy back; who unsubscribed here since it was made stands here alone.
            Some(known) if newest.is_some_and(|newest| newest < known.generation) => {
                let decided = journal_of(folder);
                db.write(async |tx| signup::replay(tx, keys, &decided).await).await?;
            }
            Some(_) => {}
        }
        return Ok(None);
    };
    drop(tx);
    let found = match known {
        Some(known) => known,
        None => found(db, by).await?,
    };
    if let Some(other) = remembered.first().filter(|_| why.is_foreign) {
        let (found, remembered) = (found.name, other.installation.clone());
        return Err(MemoryTrouble::Other { folder: shown(), found, remembered });
    }
    let next = after(&remembered, &found);
    let reborn = be_reborn(db, folder, keys, (found.generation, next), why.text, by).await?;
    // What is remembered under another name would be taken for another database's.
    if remembered.iter().all(|one| one.installation != found.name) {
        folder.adopt(&found.name, next).map_err(|source| MemoryTrouble::Folder { folder: shown(), source })?;
    }
    Ok(reborn)
}

/// The generation after all that anybody knows of.
fn after(remembered: &[Sighting], known: &Installation) -> i64 {
    remembered.iter().map(|one| one.generation).max().unwrap_or(0).max(known.generation) + 1
}

struct Finding {
    text: String,
    /// It is no copy of what this machine worked on, but something else.
    is_foreign: bool,
}

impl Finding {
    fn copy(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_foreign: false }
    }
}

/// Why the database is not the one that is remembered, if it is not.
async fn judge(
    tx: &mut Tx,
    known: Option<&Installation>,
    remembered: &[Sighting],
    delivers: bool,
    now: Timestamp,
) -> Result<Option<Finding>, StoreError> {
    // Nobody was ever mailed from a database that no engine has worked on.
    let Some(last_engine) = leases::last_engine(tx).await? else { return Ok(None) };
    let Some(known) = known else {
        let is_older = !remembered.is_empty();
        return Ok(is_older.then(|| Finding::copy("the database is from before this machine knew its name")));
    };
    if remembered.is_empty() {
        let is_unseen = delivers && installation::was_seen(tx).await? && last_engine.plus(TAKE_OVER) <= now;
        if is_unseen && has_open(tx).await? {
            return Ok(Some(Finding::copy("this machine has not seen this database at work")));
        }
        return Ok(None);
    }
    let own: Vec<&Sighting> = remembered.iter().filter(|one| one.installation == known.name).collect();
    if own.is_empty() {
        return Ok(Some(Finding { text: String::new(), is_foreign: true }));
    }
    for one in own {
        if one.generation > known.generation {
            return Ok(Some(Finding::copy(format!(
                "the database is of generation {}, and this machine has worked on generation {}",
                known.generation, one.generation
            ))));
        }
        // What was seen of a former generation says nothing of this one.
        if one.generation < known.generation {
            continue;
        }
        let found = installation::recollect(tx, WorkerId(one.worker), DeliveryId(one.sent)).await?;
        if let Some(text) = contradiction(one, &found) {
            return Ok(Some(Finding::copy(text)));
        }
    }
    Ok(None)
}

/// How the database contradicts what was seen of it. Old workers and old rows are deleted in time, which contradicts
/// nothing.
fn contradiction(seen: &Sighting, found: &Recollection) -> Option<String> {
    match &found.worker {
        None if found.last_worker < seen.worker => {
            return Some("the database is older than the server that last worked on it".to_owned());
        }
        Some((nonce, _)) if nonce.as_deref() != Some(&seen.nonce) => {
            return Some("another server than this machine's has worked on the database under its number".to_owned());
        }
        Some((_, pulse)) if *pulse < seen.pulse => {
            return Some("the database is older than the last sign of life that this machine saw committed".to_owned());
        }
        _ => {}
    }
    let is_unsent = match found.delivery {
        None => found.last_delivery < seen.sent,
        Some(state) => matches!(state, DeliveryState::Pending | DeliveryState::Claimed),
    };
    is_unsent.then(|| "an email waits in the database that this machine has sent".to_owned())
}

/// Whether anything may have gone out since a copy was made.
async fn has_open(tx: &mut Tx) -> Result<bool, StoreError> {
    for state in OPEN {
        if !issues::in_state(tx, state).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Names a database that has no name.
async fn found(db: &Db, by: By<'_>) -> Result<Installation, StoreError> {
    let name: String = random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    db.write(async |tx| {
        let (known, is_new) = installation::found(tx, &name, by.now).await?;
        if is_new {
            events::append(tx, by, About::default(), &Event::InstallationFounded).await?;
        }
        Ok(known)
    })
    .await
}

/// The database was put back, whatever anybody remembers: a person says so.
pub async fn adopt(
    db: &Db,
    folder: &WitnessFolder,
    keys: &Keyring,
    by: By<'_>,
) -> Result<Option<Rebirth>, MemoryTrouble> {
    let (name, reborn) = begin_anew(db, folder, keys, "a backup was restored", by).await?;
    if let Some(reborn) = &reborn {
        remember(folder, &name, reborn)?;
    }
    Ok(reborn)
}

/// The machine goes on with this database and this generation of it.
pub fn remember(folder: &WitnessFolder, name: &str, reborn: &Rebirth) -> Result<(), MemoryTrouble> {
    let trouble = |source| MemoryTrouble::Folder { folder: folder.path().display().to_string(), source };
    folder.adopt(name, reborn.generation).map_err(trouble)
}

/// The same as [`adopt`] for a database that is not in its place yet: the machine remembers nothing of it. Returns its name
/// as well.
pub async fn begin_anew(
    db: &Db,
    folder: &WitnessFolder,
    keys: &Keyring,
    why: &str,
    by: By<'_>,
) -> Result<(String, Option<Rebirth>), MemoryTrouble> {
    let known = installation::get(&mut db.read().await?).await?;
    let known = match known {
        Some(known) => known,
        None => found(db, by).await?,
    };
    let trouble = |source| MemoryTrouble::Folder { folder: folder.path().display().to_string(), source };
    let remembered = folder.read().map_err(trouble)?;
    let next = after(&remembered, &known);
    let reborn = be_reborn(db, folder, keys, (known.generation, next), why.to_owned(), by).await?;
    Ok((known.name, reborn))
}

/// One transaction, and nothing of it when another process was faster.
async fn be_reborn(
    db: &Db,
    folder: &WitnessFolder,
    keys: &Keyring,
    (former, generation): (i64, i64),
    why: String,
    by: By<'_>,
) -> Result<Option<Rebirth>, MemoryTrouble> {
    let decided = journal_of(folder);
    let reborn = db
        .write(async |tx| {
            if !installation::begin_generation(tx, former, generation, &why, by.now).await? {
                return Ok::<_, StoreError>(None);
            }
            installation::end_leases(tx, by.now).await?;
            // One that was copied before it moved, or that is to be used all the same, has not gone anywhere.
            copies::take_back(tx).await?;
            counters::raise(tx, NUMBERS_AHEAD).await?;
            let (mut uncertain, mut touched) = (0, 0);
            // All of them before any is changed: one that is paused now was not paused in the copy.
            let mut open = Vec::new();
            for state in OPEN {
                open.extend(issues::in_state(tx, state).await?);
            }
            for issue in open {
                let (rows, is_halted) = leave_to_a_person(tx, &issue, by).await?;
                uncertain += rows;
                touched += u64::from(is_halted);
            }
            for issue in issues::in_state(tx, IssueState::Held).await? {
                issues::note_why(tx, issue.id, IssueState::Held, MAY_HAVE_GONE).await?;
            }
            let dropped = installation::drop_transactional(tx, by.now).await?;
            let accounts::Expelled { sessions, links } = accounts::expel_all(tx, by.now).await?;
            let replayed = signup::replay(tx, keys, &decided).await?;
            let reborn = Rebirth { generation, why, uncertain, dropped, issues: touched, sessions, links, replayed };
            let why = reborn.why.clone();
            let Replayed { unsubscribed, erased, suppressed } = replayed;
            let event = Event::InstallationRestored {
                generation,
                why,
                uncertain,
                dropped,
                issues: touched,
                sessions,
                links,
                unsubscribed,
                erased,
                suppressed,
            };
            events::append(tx, by, About::default(), &event).await?;
            if db.is_sqlite() {
                events::move_ahead(tx, NUMBERS_AHEAD).await?;
            }
            hold::tell(tx, &reborn.why, by).await?;
            Ok(Some(reborn))
        })
        .await?;
    Ok(reborn)
}

/// What this machine's journal has.
fn journal_of(folder: &WitnessFolder) -> Vec<JournalEntry> {
    Journal::in_folder(folder.path()).read().unwrap_or_else(|error| {
        let folder = folder.path().display();
        tracing::error!(%folder, %error, "the journal cannot be read: who unsubscribed since the copy was made is subscribed again");
        Vec::new()
    })
}

const MAY_HAVE_GONE: &str = "a copy of the database was put back: it may have gone out after the copy was made";

/// Halts an issue of a copy. Returns how many emails of it may have gone out, and whether it stood where it was seen.
async fn leave_to_a_person(tx: &mut Tx, issue: &Issue, by: By<'_>) -> Result<(u64, bool), StoreError> {
    let rows = installation::doubt(tx, issue.id).await?;
    let is_halted = match issue.state {
        IssueState::Sending => {
            let note = format!("a copy of the database was put back: {rows} readers may have got it since");
            let event = Event::IssuePaused { note: note.clone() };
            issues::advance(tx, issue.id, issue.state, IssueState::Paused, &note, by, &event).await?
        }
        IssueState::Paused => {
            let note = format!("a copy of the database was put back: {rows} readers may have got it since");
            issues::note_why(tx, issue.id, IssueState::Paused, &note).await?
        }
        state => {
            let event = Event::IssueHeld { note: MAY_HAVE_GONE.to_owned(), due_at: issue.due_at };
            issues::advance(tx, issue.id, state, IssueState::Held, MAY_HAVE_GONE, by, &event).await?
        }
    };
    Ok((rows, is_halted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Sighting {
        let (installation, nonce) = ("one".to_owned(), "word".to_owned());
        Sighting { installation, generation: 1, worker: 5, nonce, pulse: 9, sent: 70 }
    }

    fn found() -> Recollection {
        let worker = Some((Some("word".to_owned()), 9));
        Recollection { worker, last_worker: 5, delivery: Some(DeliveryState::Sent), last_delivery: 100 }
    }

    #[test]
    fn a_database_that_went_on_contradicts_nothing() {
        let later = Recollection { worker: Some((Some("word".to_owned()), 12)), last_worker: 8, ..found() };
        let purged = Recollection { worker: None, last_worker: 8, delivery: None, last_delivery: 100 };
        for (what, found) in [("the same", found()), ("a later one", later), ("one that was tidied", purged)] {
            assert_eq!(contradiction(&seen(), &found), None, "{what}");
        }
        for state in DeliveryState::ALL {
            let is_left = matches!(state, DeliveryState::Pending | DeliveryState::Claimed);
            let found = Recollection { delivery: Some(*state), ..found() };
            assert_eq!(contradiction(&seen(), &found).is_some(), is_left, "{state}");
        }
        // Before the first email nothing is remembered of any.
        let none = Recollection { delivery: None, last_delivery: 0, ..found() };
        assert_eq!(contradiction(&Sighting { sent: 0, ..seen() }, &none), None);
    }

    #[test]
    fn every_way_in_which_a_copy_is_older_is_seen() {
        let cases = [
            ("no such worker yet", Recollection { worker: None, last_worker: 4, ..found() }),
            ("another of that number", Recollection { worker: Some((Some("other".to_owned()), 20)), ..found() }),
            ("one without a word", Recollection { worker: Some((None, 9)), ..found() }),
            ("an older sign of life", Recollection { worker: Some((Some("word".to_owned()), 8)), ..found() }),
            ("a row that waits", Recollection { delivery: Some(DeliveryState::Pending), ..found() }),
            ("no such row yet", Recollection { delivery: None, last_delivery: 69, ..found() }),
        ];
        for (what, found) in cases {
            assert!(contradiction(&seen(), &found).is_some(), "{what}");
        }
    }
}
