//! Whether the keys at hand are those that the database was made with. With others nobody would be kept out any more, and
//! links in mails already sent would open nothing: so nothing is begun with them.

use std::time::Duration;

use super::folding;
use crate::clock::{DAY, Timestamp};
use crate::domain::actor::{Actor, By};
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::event::Event;
use crate::store::events::About;
use crate::store::keys::{KnownKey, Stake};
use crate::store::{Db, StoreError, Tx, alarms, events, keys, subscribers};
use crate::token::{Fingerprint, KeyKind, Keyring};

/// Mails of this age are still in use: their links are what a lost key costs.
pub(super) const MAILS_FOR: Duration = DAY.saturating_mul(60);
/// People at either end of the list whose stored hash is tried, where no fingerprint is known yet.
const TRIED: i64 = 5;

/// Why these keys are not used with this database.
#[derive(Debug, thiserror::Error)]
pub enum KeyTrouble {
    /// Addresses were hashed with another key.
    #[error(
        "the key file is not the one this database was made with (it hashes addresses with {has}{}). With it the \
         {} suppressed addresses would mean nobody, and would be mailed again",
        .needs.map(|needs| format!(", the database needs {needs}")).unwrap_or_default(),
        .stake.suppressed
    )]
    Address {
        has: Fingerprint,
        /// The one it should be, where that is known.
        needs: Option<Fingerprint>,
        stake: Stake,
    },
    /// A key is gone that sealed links.
    #[error(
        "the key file lacks key {number} ({needs}), which this database was used with. Without it the links in up to \
         {} emails of the last 60 days open nothing, the unsubscribe links among them",
        .stake.mails
    )]
    Missing {
        number: u8,
        /// What it is recognised by.
        needs: Fingerprint,
        stake: Stake,
    },
    /// Another key has the number of one that sealed links.
    #[error(
        "key {number} of the key file ({has}) is another than the one of that number which this database was used with \
         ({needs}). With it the links in up to {} emails of the last 60 days open nothing, the unsubscribe links among them",
        .stake.mails
    )]
    Other {
        number: u8,
        has: Fingerprint,
        /// The one it should be.
        needs: Fingerprint,
        stake: Stake,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyTrouble {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Store(_) => None,
            _ => Some(
                "bring the key file back from a backup of this installation, as it was; only if it is lost for good, \
                 `coranto keys adopt` goes on with this one and says what that costs",
            ),
        }
    }
}

/// Whether `ring` may be used with the database. Changes nothing.
pub async fn look(db: &Db, ring: &Keyring, now: Timestamp) -> Result<(), KeyTrouble> {
    judge(&mut db.read().await?, ring, None, now).await.map(|_| ())
}

/// The same, and notes the keys where they are new: the first of a database, or one that was put on top. Addresses that
/// were stored under former rules of folding are then hashed anew.
pub async fn admit(db: &Db, ring: &Keyring, actor: &Actor, now: Timestamp) -> Result<(), KeyTrouble> {
    let known = judge(&mut db.read().await?, ring, None, now).await?;
    let is_known =
        |(kind, print): &(KeyKind, Fingerprint)| find(&known, *kind).is_some_and(|one| one.fingerprint == *print);
    if !ring.fingerprints().iter().all(is_known) {
        db.write(async |tx| note_all(tx, ring, &known, actor, now).await).await?;
    }
    let folding = find(&known, KeyKind::Address).and_then(|one| one.folding);
    if folding != Some(folding::RULES) {
        let done = folding::refold(db, ring).await?;
        if done != folding::Refolded::default() {
            tracing::info!(
                changed = done.changed,
                clashes = done.clashes,
                "stored addresses are folded by today's rules"
            );
        }
        db.write(async |tx| keys::folded(tx, folding::RULES).await).await?;
    }
    Ok(())
}

/// Calls a person when a server was started with keys that are not the database's, by whichever server works on it; the
/// call ends when one was admitted.
pub async fn call_about_keys(db: &Db, admitted: &Result<(), KeyTrouble>, by: By<'_>) -> Result<(), StoreError> {
    match admitted {
        Err(KeyTrouble::Store(_)) => Ok(()),
        Err(trouble) => {
            let alarm = Alarm::new(AlarmName::KeyForeign, "", &trouble.to_string());
            db.write(async |tx| alarms::raise(tx, &alarm, by).await).await.map(drop)
        }
        Ok(()) => {
            let standing = alarms::all(&mut db.read().await?).await?;
            if !standing.iter().any(|one| one.name == AlarmName::KeyForeign && one.cleared_at.is_none()) {
                return Ok(());
            }
            db.write(async |tx| alarms::clear(tx, AlarmName::KeyForeign, "", by.now).await).await.map(drop)
        }
    }
}

async fn note_all(
    tx: &mut Tx,
    ring: &Keyring,
    known: &[KnownKey],
    actor: &Actor,
    now: Timestamp,
) -> Result<(), KeyTrouble> {
    for (kind, print) in ring.fingerprints() {
        let (word, number) = row(kind);
        if !keys::note(tx, word, number, print, now).await? {
            // Another process was faster, with another key.
            judge(tx, ring, None, now).await?;
        }
        if find(known, kind).is_none() && !known.is_empty() {
            let event = Event::KeyAdded { number, fingerprint: print.to_string() };
            events::append(tx, actor.at(now), About::default(), &event).await?;
        }
    }
    Ok(())
}

/// The keys that the database knows, where `ring` has what it needs of them. `given_up` may be gone from it.
pub(super) async fn judge(
    tx: &mut Tx,
    ring: &Keyring,
    given_up: Option<u8>,
    now: Timestamp,
) -> Result<Vec<KnownKey>, KeyTrouble> {
    let known = keys::all(tx).await?;
    let has = ring.fingerprints();
    let of = |kind| has.iter().find(|(one, _)| *one == kind).map(|(_, print)| *print);
    let address = of(KeyKind::Address).unwrap_or(Fingerprint(0));
    match find(&known, KeyKind::Address) {
        None if !fits(tx, ring).await? => {
            return Err(KeyTrouble::Address { has: address, needs: None, stake: stake(tx, None, &known, now).await? });
        }
        Some(one) if one.fingerprint != address => {
            let stake = stake(tx, None, &known, now).await?;
            return Err(KeyTrouble::Address { has: address, needs: Some(one.fingerprint), stake });
        }
        _ => {}
    }
    for one in known.iter().filter(|one| one.kind == "link" && one.retired_at.is_none()) {
        let number = u8::try_from(one.number).unwrap_or_default();
        let needs = one.fingerprint;
        match of(KeyKind::Link(number)) {
            Some(has) if has == needs => {}
            None if given_up == Some(number) => {}
            found => {
                let stake = stake(tx, Some(one), &known, now).await?;
                return Err(match found {
                    Some(has) => KeyTrouble::Other { number, has, needs, stake },
                    None => KeyTrouble::Missing { number, needs, stake },
                });
            }
        }
    }
    Ok(known)
}

/// Whether stored addresses were hashed with the key at hand; true of a database without any. Oldest and newest are tried:
/// a single command that was once run with another key leaves a few rows of its own.
async fn fits(tx: &mut Tx, ring: &Keyring) -> Result<bool, StoreError> {
    let rows = subscribers::ends(tx, TRIED).await?;
    Ok(rows.is_empty() || rows.iter().any(|row| ring.address_hash(&row.email_key) == row.address_hash[..]))
}

/// What hangs on a key that sealed links: the mails since it was on top, until another was.
pub(super) async fn stake(
    tx: &mut Tx,
    one: Option<&KnownKey>,
    known: &[KnownKey],
    now: Timestamp,
) -> Result<Stake, StoreError> {
    let since = now.minus(MAILS_FOR);
    let Some(one) = one else { return keys::stake(tx, since, now).await };
    let until = followed_at(one, known).unwrap_or(now);
    // The first key sealed before it was noted.
    let is_first = known.iter().all(|other| other.kind != "link" || other.first_at >= one.first_at);
    let since = if is_first { since } else { since.max(one.first_at) };
    keys::stake(tx, since, until).await
}

/// When another key was put on top of this one.
pub(super) fn followed_at(one: &KnownKey, known: &[KnownKey]) -> Option<Timestamp> {
    let next = known.iter().filter(|other| other.kind == "link" && other.first_at > one.first_at);
    next.map(|other| other.first_at).min()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Hashes,
    Seals,
    /// Opens links that it sealed.
    Opens,
    /// Others have it: it ends subscriptions and opens nothing else.
    Leaked,
    /// It is not in the key file.
    Missing,
    Retired,
}

impl Use {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hashes => "hashes addresses",
            Self::Seals => "seals",
            Self::Opens => "opens",
            Self::Leaked => "leaked",
            Self::Missing => "missing",
            Self::Retired => "retired",
        }
    }
}

/// A key as an operator sees it: nothing tells what it is.
#[derive(Clone, Debug)]
pub struct KeySummary {
    pub kind: KeyKind,
    /// What it is recognised by.
    pub fingerprint: Fingerprint,
    /// Since when the database knows it, if it does.
    pub since: Option<Timestamp>,
    pub used: Use,
    /// Mails of the last 60 days whose links it sealed, at most.
    pub mails: Option<i64>,
}

/// The keys of the file and of the database.
pub async fn list(db: &Db, ring: &Keyring, now: Timestamp) -> Result<Vec<KeySummary>, StoreError> {
    let mut tx = db.read().await?;
    let known = keys::all(&mut tx).await?;
    let mut all = Vec::new();
    for (kind, fingerprint) in ring.fingerprints() {
        let noted = find(&known, kind).filter(|one| one.fingerprint == fingerprint);
        let used = match kind {
            KeyKind::Address => Use::Hashes,
            KeyKind::Link(number) if ring.is_leaked(number) => Use::Leaked,
            KeyKind::Link(number) if number == ring.sealing_number() => Use::Seals,
            KeyKind::Link(_) => Use::Opens,
        };
        let mails = match (kind, noted) {
            (KeyKind::Link(_), Some(one)) => Some(stake(&mut tx, Some(one), &known, now).await?.mails),
            _ => None,
        };
        all.push(KeySummary { kind, fingerprint, since: noted.map(|one| one.first_at), used, mails });
    }
    for one in &known {
        let kind = kind(one);
        if all.iter().any(|listed| listed.kind == kind && listed.fingerprint == one.fingerprint) {
            continue;
        }
        let used = if one.retired_at.is_some() { Use::Retired } else { Use::Missing };
        let mails = Some(stake(&mut tx, Some(one), &known, now).await?.mails).filter(|_| kind != KeyKind::Address);
        all.push(KeySummary { kind, fingerprint: one.fingerprint, since: Some(one.first_at), used, mails });
    }
    Ok(all)
}

/// What it cost to go on with other keys.
#[derive(Clone, Copy, Debug)]
pub struct Adopted {
    /// People whose address was hashed anew.
    pub rehashed: u64,
    /// What hung on the former keys.
    pub stake: Stake,
}

/// Goes on with the keys at hand, whatever the database was made with: hashes the stored addresses anew, so that who is
/// stored and suppressed stays so. Addresses that are kept out and not stored are lost, as are the links in former mails.
pub async fn adopt(db: &Db, ring: &Keyring, actor: &Actor, now: Timestamp) -> Result<Adopted, KeyTrouble> {
    let known = keys::all(&mut db.read().await?).await?;
    let stake = stake(&mut db.read().await?, None, &known, now).await?;
    // First the addresses: who breaks off here finds the database refusing these keys as before.
    let done = folding::refold(db, ring).await?;
    db.write(async |tx| {
        keys::forget(tx).await?;
        note_all(tx, ring, &[], actor, now).await?;
        keys::folded(tx, folding::RULES).await?;
        events::append(tx, actor.at(now), About::default(), &Event::KeysAdopted).await?;
        Ok::<_, KeyTrouble>(())
    })
    .await?;
    Ok(Adopted { rehashed: done.changed, stake })
}

pub(super) fn find(known: &[KnownKey], wanted: KeyKind) -> Option<&KnownKey> {
    known.iter().find(|one| kind(one) == wanted)
}

pub(super) fn kind(known: &KnownKey) -> KeyKind {
    match known.kind.as_str() {
        "address" => KeyKind::Address,
        _ => KeyKind::Link(u8::try_from(known.number).unwrap_or_default()),
    }
}

fn row(kind: KeyKind) -> (&'static str, i64) {
    match kind {
        KeyKind::Address => ("address", 0),
        KeyKind::Link(number) => ("link", i64::from(number)),
    }
}
