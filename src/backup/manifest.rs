//! What a backup says of itself, in its first entry.

use std::collections::BTreeMap;

use crate::store::snapshot::{SnapshotFacts, TableSum};
use crate::token::{KeyKind, Keyring};

/// Tells this form of a backup from a later one.
pub(super) const FORMAT: u32 = 1;

/// One entry of the archive.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ArchivedFile {
    pub name: String,
    pub bytes: u64,
    /// Its permissions, as Unix has them.
    pub mode: u32,
    /// In hexadecimal.
    pub sha256: String,
}

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The newest step of the database's schema.
    pub schema: i64,
    pub installation: Option<String>,
    pub generation: Option<i64>,
    /// RFC 3339, UTC.
    pub taken_at: String,
    /// Which database it was taken of.
    pub engine: String,
    pub tables: BTreeMap<String, TableSum>,
    pub files: Vec<ArchivedFile>,
    /// What the keys are recognised by.
    pub keys: Vec<String>,
    /// Settings whose secrets are not in it, and what else was left out.
    pub left_out: Vec<String>,
}

/// What keys are recognised by, each with what it is for.
pub fn fingerprints(keys: &Keyring) -> Vec<String> {
    let shown = |(kind, print)| match kind {
        KeyKind::Address => format!("address {print}"),
        KeyKind::Link(number) => format!("link {number} {print}"),
    };
    keys.fingerprints().into_iter().map(shown).collect()
}

impl Manifest {
    /// What the database file has that the manifest does not say, or the other way round.
    pub(super) fn differences(&self, found: &SnapshotFacts) -> Vec<String> {
        let mut all = Vec::new();
        if let Some(fault) = &found.fault {
            return vec![format!("the database is damaged: {fault}")];
        }
        if self.schema != found.schema {
            all.push(format!("the database has schema {}, the manifest says {}", found.schema, self.schema));
        }
        let installation = self.installation.clone().zip(self.generation);
        if installation != found.installation {
            all.push("the database is not the one that the manifest names".to_owned());
        }
        let names: std::collections::BTreeSet<&String> = self.tables.keys().chain(found.tables.keys()).collect();
        for name in names {
            match (self.tables.get(name), found.tables.get(name)) {
                (Some(said), Some(is)) if said == is => {}
                (Some(said), Some(is)) => {
                    all.push(format!(
                        "table {name} has {} rows, the manifest says {}; or other ones",
                        is.rows, said.rows
                    ));
                }
                (Some(_), None) => all.push(format!("table {name} is missing")),
                (None, _) => all.push(format!("table {name} is not in the manifest")),
            }
        }
        all
    }
}
