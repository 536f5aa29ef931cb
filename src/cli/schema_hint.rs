//! What to do about a schema that is not this program's.

use std::path::Path;

use super::failure::{Exit, Failure};
use crate::store::StoreError;
use crate::upkeep::{self, SchemaTrouble};

/// The schema stays as it is: why, and what to do. `file` is that of an SQLite database.
pub(super) fn left(trouble: SchemaTrouble, file: Option<&Path>) -> anyhow::Error {
    match (trouble.hint(), trouble) {
        (_, SchemaTrouble::Store(error)) => newer(error, file),
        (hint, trouble) => {
            Failure::new(trouble.to_string()).exit(Exit::NotAllowed).hint(hint.unwrap_or_default()).into()
        }
    }
}

/// A database that a newer program made says which, and which copy there is to go back to.
pub(super) fn newer(error: StoreError, file: Option<&Path>) -> anyhow::Error {
    let StoreError::Newer { knows, ref made_by, .. } = error else { return error.into() };
    let copies = file.map(upkeep::copies).unwrap_or_default();
    let install = made_by.as_ref().map_or_else(|| "install the newer program".to_owned(), |by| format!("install {by}"));
    let back = match copies.iter().find(|(step, _)| *step > knows) {
        Some((_, copy)) => format!("restore {} (`coranto restore --adopt` afterwards)", copy.display()),
        None => "restore a backup from before".to_owned(),
    };
    Failure::new(error.to_string()).exit(Exit::NotAllowed).hint(format!("{install}, or {back}")).into()
}
