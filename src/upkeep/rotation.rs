//! A new key on top, one that is in other hands, and the end of an old one. The file is the caller's; here is what the
//! database knows of it.

use super::keys::{MAILS_FOR, find, followed_at, judge, kind, stake};
use super::{KeyTrouble, admit};
use crate::clock::Timestamp;
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::store::events::About;
use crate::store::keys::KnownKey;
use crate::store::{Db, StoreError, events, keys};
use crate::token::{Fingerprint, KeyKind, Keyring};

/// A number for a new key, which neither the file nor the database has ever used; none when all are.
pub async fn next_number(db: &Db, ring: &Keyring) -> Result<Option<u8>, StoreError> {
    let known = keys::all(&mut db.read().await?).await?;
    let mut used: Vec<KeyKind> = ring.fingerprints().into_iter().map(|(kind, _)| kind).collect();
    used.extend(known.iter().map(kind));
    let highest =
        used.iter().filter_map(|kind| if let KeyKind::Link(number) = kind { Some(*number) } else { None }).max();
    let above = highest.and_then(|highest| highest.checked_add(1));
    Ok(above.or_else(|| (1..=u8::MAX).find(|number| !used.contains(&KeyKind::Link(*number)))))
}

/// Notes a key file that has a new key on top. `leaked` is one of its keys that others have.
pub async fn rotated(
    db: &Db,
    ring: &Keyring,
    leaked: Option<u8>,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), KeyTrouble> {
    admit(db, ring, actor, now).await?;
    let Some(number) = leaked else { return Ok(()) };
    let Some(fingerprint) = fingerprint(ring, number) else { return Ok(()) };
    let event = Event::KeyLeaked { number: i64::from(number), fingerprint: fingerprint.to_string() };
    db.write(async |tx| events::append(tx, actor.at(now), About::default(), &event).await).await?;
    Ok(())
}

/// What hangs on a key that is to be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEnd {
    /// What it is recognised by.
    pub fingerprint: Fingerprint,
    /// Whether it was given up before.
    pub is_retired: bool,
    /// Mails of the last 60 days whose links it sealed, at most.
    pub mails: i64,
    /// When the last of them is 60 days old; none while it seals.
    pub idle_at: Option<Timestamp>,
}

/// What would end with the key of `number`; none where neither the database nor `ring` has one. All else must be right.
pub async fn end_of(db: &Db, ring: &Keyring, number: u8, now: Timestamp) -> Result<Option<KeyEnd>, KeyTrouble> {
    let mut tx = db.read().await?;
    let known = judge(&mut tx, ring, Some(number), now).await?;
    let Some(one) = find(&known, KeyKind::Link(number)) else {
        let unused = |fingerprint| KeyEnd { fingerprint, is_retired: false, mails: 0, idle_at: Some(now) };
        return Ok(fingerprint(ring, number).map(unused));
    };
    let mails = stake(&mut tx, Some(one), &known, now).await?.mails;
    let KnownKey { fingerprint, retired_at, .. } = *one;
    let idle_at = followed_at(one, &known).map(|until| until.plus(MAILS_FOR));
    Ok(Some(KeyEnd { fingerprint, is_retired: retired_at.is_some(), mails, idle_at }))
}

/// Gives up the key of `number`. `ring` may have it or not: who takes it out of the file does so afterwards, for a key that
/// the database needs and the file lacks is refused.
pub async fn retire(db: &Db, ring: &Keyring, number: u8, actor: &Actor, now: Timestamp) -> Result<(), KeyTrouble> {
    let Some(end) = end_of(db, ring, number, now).await? else { return Ok(()) };
    db.write(async |tx| {
        let number = i64::from(number);
        if !keys::retire(tx, number, end.fingerprint, now).await? {
            return Ok(());
        }
        let event = Event::KeyRetired { number, fingerprint: end.fingerprint.to_string() };
        events::append(tx, actor.at(now), About::default(), &event).await?;
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(())
}

/// The keys of `ring` that the database has never seen.
pub async fn unknown(db: &Db, ring: &Keyring) -> Result<Vec<KeyKind>, StoreError> {
    let known = keys::all(&mut db.read().await?).await?;
    let is_new = |kind: &KeyKind| find(&known, *kind).is_none();
    Ok(ring.fingerprints().into_iter().map(|(kind, _)| kind).filter(is_new).collect())
}

fn fingerprint(ring: &Keyring, number: u8) -> Option<Fingerprint> {
    ring.fingerprints().into_iter().find(|(kind, _)| *kind == KeyKind::Link(number)).map(|(_, print)| print)
}
