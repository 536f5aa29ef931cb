//! Everybody in the files, each once: the strongest that is said of them. Owns how much memory a list may take: a number
//! of eight bytes and one byte for each address, and what is joined of those that stand there twice.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::ImportError;
use super::standing::Standing;
use super::table::ImportRow;
use crate::clock::Timestamp;

/// A list of as many takes some 100 MB.
const PEOPLE_MAX: usize = 4_000_000;
/// Of more people than this who stand there twice only the standing is joined.
const JOINED_MAX: usize = 200_000;

/// What is known of a person.
#[derive(Clone, Copy, Debug)]
struct Entry {
    standing: Standing,
    /// Whether a row of theirs was read, not only named in one that cannot be.
    is_read: bool,
    is_applied: bool,
}

/// What further rows of a person say beside the standing.
#[derive(Clone, Debug, Default)]
pub(super) struct Joined {
    name: Option<String>,
    language: Option<String>,
    subscribed_at: Option<Timestamp>,
    network: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct People {
    /// Keyed anew at each run, so that nobody makes a list whose addresses fall together.
    hasher: RandomState,
    entries: HashMap<u64, Entry>,
    joined: HashMap<u64, Joined>,
}

/// How a row of a person is to be taken.
#[derive(Debug)]
pub(super) enum Turn {
    /// It stands for all of theirs, with this standing.
    First(Standing),
    Again,
}

impl People {
    fn number(&self, key: &str) -> u64 {
        self.hasher.hash_one(key)
    }

    /// Notes what a row says.
    pub(super) fn add(&mut self, key: &str, row: &ImportRow) -> Result<(), ImportError> {
        let number = self.number(key);
        let entry = self.entry(number, row.standing)?;
        let was_read = std::mem::replace(&mut entry.is_read, true);
        if was_read && (self.joined.len() < JOINED_MAX || self.joined.contains_key(&number)) {
            self.joined.entry(number).or_default().fill(row);
        }
        Ok(())
    }

    /// Notes that somebody is named in a row that cannot be read.
    pub(super) fn name(&mut self, key: &str) -> Result<(), ImportError> {
        let number = self.number(key);
        self.entry(number, Standing::Unclear).map(|_| ())
    }

    fn entry(&mut self, number: u64, standing: Standing) -> Result<&mut Entry, ImportError> {
        if self.entries.len() >= PEOPLE_MAX && !self.entries.contains_key(&number) {
            return Err(ImportError::TooMany(PEOPLE_MAX));
        }
        let entry = self.entries.entry(number).or_insert(Entry { standing, is_read: false, is_applied: false });
        entry.standing = entry.standing.max(standing);
        Ok(entry)
    }

    /// Takes a row a second time, now that all are known; it gets what the others have and it lacks.
    pub(super) fn turn(&mut self, key: &str, row: &mut ImportRow) -> Turn {
        let number = self.number(key);
        let Some(entry) = self.entries.get_mut(&number) else { return Turn::First(row.standing) };
        if std::mem::replace(&mut entry.is_applied, true) {
            return Turn::Again;
        }
        let standing = entry.standing;
        if let Some(joined) = self.joined.get(&number) {
            joined.complete(row);
        }
        Turn::First(standing)
    }
}

impl Joined {
    fn fill(&mut self, row: &ImportRow) {
        if self.name.is_none() {
            self.name.clone_from(&row.name);
        }
        if self.language.is_none() {
            self.language.clone_from(&row.language);
        }
        if self.network.is_none() {
            self.network.clone_from(&row.network);
        }
        self.subscribed_at = earlier(self.subscribed_at, row.subscribed_at);
    }

    fn complete(&self, row: &mut ImportRow) {
        row.name = row.name.take().or_else(|| self.name.clone());
        row.language = row.language.take().or_else(|| self.language.clone());
        row.network = row.network.take().or_else(|| self.network.clone());
        row.subscribed_at = earlier(row.subscribed_at, self.subscribed_at);
    }
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}
