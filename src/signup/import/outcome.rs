//! What an import did, or would do: figures in which every row counts once, and the rows that were not taken.

use std::sync::Arc;

use super::candidate::ImportAction;
use super::error::Reason;
use super::standing::Standing;

/// What an import did, or would do. Every row counts once, in one of the first nine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Imported {
    /// Begin to get mail: new, or asked for and now confirmed by the list.
    pub will_get_mail: u64,
    /// Stored as unsubscribed, or unsubscribed here by the list.
    pub unsubscribed: u64,
    /// Stored as unconfirmed: they get no mail.
    pub unconfirmed: u64,
    pub paused: u64,
    /// Put on the suppression list.
    pub suppressed: u64,
    /// Left here, must not be mailed, or never agreed: the list cannot bring them in.
    pub kept_out: u64,
    /// Known, and as the list has them.
    pub unchanged: u64,
    /// Further rows of somebody who counts by another.
    pub doubled: u64,
    /// Not to be understood.
    pub rejected: u64,
    /// Rows with something in them.
    pub rows: u64,
    /// Of all, new to the newsletter.
    pub added: u64,
    /// Of those who begin to get mail, had asked here before.
    pub activated: u64,
    /// Cells that could not be read and are not needed.
    pub dropped_cells: u64,
    /// Rows that were read as Windows-1252, because they are no UTF-8.
    pub windows_1252: u64,
}

/// A row that was not taken, or a cell of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub file: Arc<str>,
    /// Its line, counted from 1; in JSON the place of its object.
    pub line: u64,
    /// The address as it stands there, cut.
    pub email: String,
    pub reason: Reason,
    /// Whether it was understood, and the list may not do it.
    pub is_kept_out: bool,
}

/// What an import tells on its way.
#[derive(Clone, Debug)]
pub enum ImportStep {
    /// A row was not taken.
    Rejected(Rejected),
    /// A row was taken, but for a cell.
    Dropped(Rejected),
    /// So many rows are done and safe.
    Progress { rows: u64 },
}

impl Imported {
    /// Adds what another part of the list did.
    pub(super) fn add(&mut self, other: &Self) {
        let Self {
            will_get_mail,
            unsubscribed,
            unconfirmed,
            paused,
            suppressed,
            kept_out,
            unchanged,
            doubled,
            rejected,
            rows,
            added,
            activated,
            dropped_cells,
            windows_1252,
        } = self;
        for (mine, theirs) in [
            (will_get_mail, other.will_get_mail),
            (unsubscribed, other.unsubscribed),
            (unconfirmed, other.unconfirmed),
            (paused, other.paused),
            (suppressed, other.suppressed),
            (kept_out, other.kept_out),
            (unchanged, other.unchanged),
            (doubled, other.doubled),
            (rejected, other.rejected),
            (rows, other.rows),
            (added, other.added),
            (activated, other.activated),
            (dropped_cells, other.dropped_cells),
            (windows_1252, other.windows_1252),
        ] {
            *mine += theirs;
        }
    }

    /// Counts what is done about one row.
    pub(super) fn count(&mut self, plan: ImportAction, standing: Standing) {
        let of_new = match standing {
            Standing::Active => &mut self.will_get_mail,
            Standing::Paused => &mut self.paused,
            Standing::Pending => &mut self.unconfirmed,
            _ => &mut self.unsubscribed,
        };
        match plan {
            ImportAction::Add => {
                *of_new += 1;
                self.added += 1;
            }
            ImportAction::Activate => {
                self.will_get_mail += 1;
                self.activated += 1;
            }
            ImportAction::Unsubscribe => self.unsubscribed += 1,
            ImportAction::Suppress => self.suppressed += 1,
            ImportAction::Nothing => self.unchanged += 1,
            ImportAction::KeepOut => self.kept_out += 1,
        }
    }
}
