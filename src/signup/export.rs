//! Readers as CSV, which `import` reads back. Owns the columns' names and the guard against formulas.

use std::io::Write;

use futures_util::TryStreamExt as _;

use crate::domain::suppression::SuppressionReason;
use crate::store::subscriptions::{Subscription, SubscriptionFilter};
use crate::store::{Db, StoreError, subscriptions};

const COLUMNS: [&str; 7] = ["email", "name", "status", "language", "subscribed_at", "left_at", "source"];

/// So often is the progress told.
const TELL_EVERY: u64 = 1_000;

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be written.
    #[error("the list cannot be written: {0}")]
    Write(#[from] csv::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes the readers that `filter` lets through, row by row and as of one instant; `tell` hears now and then how many
/// there are so far. Returns how many there were.
pub async fn export(
    db: &Db,
    filter: &SubscriptionFilter,
    out: impl Write + Send,
    mut tell: impl FnMut(u64) + Send,
) -> Result<u64, ExportError> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    let mut tx = db.read().await?;
    let mut readers = subscriptions::stream(&mut tx, filter);
    let mut count = 0;
    while let Some(reader) = readers.try_next().await? {
        write(&mut writer, &reader)?;
        count += 1;
        if count % TELL_EVERY == 0 {
            tell(count);
        }
    }
    writer.flush().map_err(csv::Error::from)?;
    Ok(count)
}

fn write(writer: &mut csv::Writer<impl Write>, reader: &Subscription) -> Result<(), csv::Error> {
    // To the millisecond, unlike a time for people: what is read back is what was written.
    let subscribed_at = reader.created_at.to_jiff().to_string();
    let left_at = reader.left_at.map(|at| at.to_jiff().to_string()).unwrap_or_default();
    writer.write_record([
        guarded(reader.email.as_str()).as_str(),
        &guarded(reader.name.as_deref().unwrap_or_default()),
        status(reader),
        reader.language.as_deref().unwrap_or_default(),
        &subscribed_at,
        &left_at,
        &guarded(&reader.source),
    ])
}

/// An address that must not be mailed never leaves as one that may.
fn status(reader: &Subscription) -> &'static str {
    match reader.suppressed {
        Some(SuppressionReason::Bounce) => "bounced",
        Some(SuppressionReason::Complaint) => "complained",
        Some(SuppressionReason::Manual | SuppressionReason::Erased | SuppressionReason::Probation) => "suppressed",
        None => reader.state.as_str(),
    }
}

/// With an apostrophe in front if a spreadsheet would run it.
fn guarded(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Whether a spreadsheet may take a value for a formula; also one that has a guard already, so that taking guards off
/// gives back what was there.
pub(super) fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}
