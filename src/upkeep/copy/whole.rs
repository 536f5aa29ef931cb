//! All rows of a database into another, and the comparison afterwards; and the steps of it, for a move.

use super::sums::{CopiedTable, SideSum};
use super::trouble::CopyTrouble;
use crate::clock::Timestamp;
use crate::domain::copying::CopyState;
use crate::store::copies::{self, CopySide, TableProgress};
use crate::store::transfer::catalogue::{TableShape, tables};
use crate::store::transfer::counters;
use crate::store::transfer::rows::{self, RowSlice, TableReader};
use crate::store::{Db, StoreError, Tx, migrate};
use crate::token::random_bytes;

/// A transaction takes away this many rows, where a copy starts over.
const CLEARED_ROWS: u32 = 10_000;

/// What is just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyStep<'s> {
    /// An earlier run got part of the way, and this one goes on from there.
    Resumed,
    /// What an earlier run copied is taken away.
    StartedOver { why: &'s str },
    /// So many rows of a table have been copied.
    Copied { table: &'s str, rows: u64 },
    /// A table was read on both sides.
    Compared { table: &'s str, rows: u64 },
}

/// Who is told of each step.
pub type CopyListener<'l> = dyn FnMut(CopyStep<'_>) + Send + 'l;

/// A table as each side has it.
pub(super) struct TablePair {
    source: TableShape,
    target: TableShape,
}

/// Copies all of `source`, as it is at one moment, into `target`, and compares row by row. `source` may be in use and is
/// not changed: it is read in one snapshot, on PostgreSQL in one `REPEATABLE READ READ ONLY` transaction. `target` gets the
/// schema if it has none; it must have no rows, but for those of an unfinished copy, which are taken away.
///
/// Until it returns `Ok`, `target` bears a mark that keeps every server from starting on it; so does one that was cut
/// short. Afterwards it is what `source` was to the bit, with its name, its generation and its marks, and nothing says that
/// it was copied. `from` says in words what it is a copy of. Memory does not grow with the number of rows.
///
/// # Errors
///
/// [`CopyTrouble::Differs`] when a row that was read back is not the one that was written; `target` is then of no use.
pub async fn copy_whole(
    source: &Db,
    target: &Db,
    from: &str,
    now: Timestamp,
    told: &mut CopyListener<'_>,
) -> Result<Vec<CopiedTable>, CopyTrouble> {
    check_schema(source, "source").await?;
    prepare_schema(target).await?;
    let mut snapshot = source.snapshot().await?;
    let pairs = pairs(&mut snapshot, target).await?;
    let former = copies::get(&mut target.read().await?).await?;
    match former {
        Some(side) if is_source(side.state) => return Err(CopyTrouble::TargetLeft { other: side.other }),
        Some(side) => {
            told(CopyStep::StartedOver { why: "an earlier copy was cut short" });
            clear(target, &pairs, &side.number).await?;
        }
        None => refuse_rows(target, &pairs).await?,
    }
    let trace = copies::trace(&mut snapshot).await?;
    let number = new_number();
    let (state, other) = (CopyState::Copying, from.to_owned());
    let side = CopySide { number: number.clone(), state, other, trace: trace.clone(), at: now };
    begin(target, &side).await?;
    fill(&mut snapshot, target, &pairs, told).await?;
    let compared = compare(&mut snapshot, target, &pairs, told).await?;
    drop(snapshot);
    if !compared.iter().all(CopiedTable::is_equal) {
        target
            .write(async |tx| copies::advance(tx, &number, CopyState::Copying, CopyState::Differs, &trace, now).await)
            .await?;
        return Err(CopyTrouble::Differs(compared));
    }
    target.write(async |tx| copies::end(tx, &number).await).await?;
    Ok(compared)
}

/// Whether it is the state of a side that is read.
pub(super) fn is_source(state: CopyState) -> bool {
    matches!(state, CopyState::Moving | CopyState::Moved)
}

pub(super) fn new_number() -> String {
    random_bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) async fn begin(db: &Db, side: &CopySide) -> Result<(), CopyTrouble> {
    match db.write(async |tx| copies::begin(tx, side).await).await? {
        true => Ok(()),
        false => Err(CopyTrouble::Taken),
    }
}

/// What is copied has this program's schema.
pub(super) async fn check_schema(db: &Db, which: &'static str) -> Result<(), CopyTrouble> {
    let steps = migrate::state(db).await?.steps;
    if steps.iter().all(|step| !step.applied) {
        return Err(CopyTrouble::Nothing { which });
    }
    if steps.iter().any(|step| !step.applied) {
        return Err(CopyTrouble::Older { which });
    }
    match migrate::is_current(&mut db.read().await?).await? {
        true => Ok(()),
        false => Err(CopyTrouble::Newer { which }),
    }
}

/// A database without a schema gets it; any other must have it.
pub(super) async fn prepare_schema(target: &Db) -> Result<(), CopyTrouble> {
    match check_schema(target, "target").await {
        Err(CopyTrouble::Nothing { .. }) => Ok(migrate::run(target).await?),
        checked => checked,
    }
}

pub(super) async fn pairs(snapshot: &mut Tx, target: &Db) -> Result<Vec<TablePair>, CopyTrouble> {
    let sources = tables(snapshot).await?;
    let mut targets = tables(&mut target.read().await?).await?;
    let mut pairs = Vec::with_capacity(sources.len());
    for source in sources {
        let Some(place) = targets.iter().position(|target| target.name == source.name) else {
            return Err(CopyTrouble::Shapes(format!("{} is not in the target", source.name)));
        };
        let target = targets.swap_remove(place);
        if let Some(difference) = source.difference(&target) {
            return Err(CopyTrouble::Shapes(difference));
        }
        pairs.push(TablePair { source, target });
    }
    match targets.first() {
        Some(table) => Err(CopyTrouble::Shapes(format!("{} is not in the source", table.name))),
        None => Ok(pairs),
    }
}

/// Whether a database is empty: it has no schema of ours, or no row.
pub async fn has_no_rows(db: &Db) -> Result<bool, StoreError> {
    if migrate::state(db).await?.is_new() {
        return Ok(true);
    }
    let mut tx = db.read().await?;
    for table in tables(&mut tx).await? {
        if !rows::is_empty(&mut tx, &table).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) async fn refuse_rows(target: &Db, pairs: &[TablePair]) -> Result<(), CopyTrouble> {
    let mut tx = target.read().await?;
    for pair in pairs {
        if !rows::is_empty(&mut tx, &pair.target).await? {
            return Err(CopyTrouble::NotEmpty { table: pair.target.name.clone() });
        }
    }
    Ok(())
}

/// Takes away what an unfinished copy brought. It says that it is one until nothing of it is left.
pub(super) async fn clear(target: &Db, pairs: &[TablePair], number: &str) -> Result<(), CopyTrouble> {
    target.write(async |tx| copies::forget_progress(tx).await).await?;
    for pair in pairs.iter().rev() {
        while target.write(async |tx| rows::clear(tx, &pair.target, CLEARED_ROWS).await).await? > 0 {}
    }
    target.write(async |tx| copies::end(tx, number).await).await?;
    Ok(())
}

/// Copies what is not there yet, and lets the numbers go on where they stopped.
pub(super) async fn fill(
    snapshot: &mut Tx,
    target: &Db,
    pairs: &[TablePair],
    told: &mut CopyListener<'_>,
) -> Result<(), CopyTrouble> {
    let known = copies::progress(&mut target.read().await?).await?;
    for pair in pairs {
        let name = &pair.source.name;
        let mut so_far = known
            .iter()
            .find(|table| table.name == *name)
            .cloned()
            .unwrap_or_else(|| TableProgress { name: name.clone(), ..TableProgress::default() });
        if so_far.complete {
            continue;
        }
        let mut reader = TableReader::new(&pair.source, so_far.last_key.clone());
        let mut slice = reader.next_slice(snapshot).await?;
        while !slice.is_empty() {
            so_far.rows += i64::try_from(slice.len()).unwrap_or(i64::MAX);
            so_far.last_key.clone_from(&slice.last_key);
            let written = write_slice(target, &pair.target, &slice, &so_far);
            // The next rows are read while these are written.
            let (next, ()) = tokio::try_join!(reader.next_slice(snapshot), written)?;
            told(CopyStep::Copied { table: name, rows: so_far.rows.unsigned_abs() });
            slice = next;
        }
        so_far.complete = true;
        target.write(async |tx| copies::note_progress(tx, &so_far).await).await?;
    }
    let numbers = counters::read(snapshot).await?;
    Ok(target.write(async |tx| counters::set(tx, &numbers).await).await?)
}

async fn write_slice(
    target: &Db,
    table: &TableShape,
    slice: &RowSlice,
    so_far: &TableProgress,
) -> Result<(), StoreError> {
    target
        .write(async |tx| {
            rows::write(tx, table, slice).await?;
            copies::note_progress(tx, so_far).await
        })
        .await
}

/// Reads both sides, every row of them.
pub(super) async fn compare(
    snapshot: &mut Tx,
    target: &Db,
    pairs: &[TablePair],
    told: &mut CopyListener<'_>,
) -> Result<Vec<CopiedTable>, CopyTrouble> {
    let mut there = target.snapshot().await?;
    let mut compared = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let both = tokio::try_join!(sum(snapshot, &pair.source), sum(&mut there, &pair.target))?;
        let (source, target) = both;
        told(CopyStep::Compared { table: &pair.source.name, rows: source.rows });
        compared.push(CopiedTable { table: pair.source.name.clone(), source, target });
    }
    Ok(compared)
}

async fn sum(tx: &mut Tx, table: &TableShape) -> Result<SideSum, StoreError> {
    let mut reader = TableReader::new(table, None);
    let mut sum = SideSum::default();
    loop {
        let slice = reader.next_slice(tx).await?;
        if slice.is_empty() {
            return Ok(sum);
        }
        sum.rows += slice.len() as u64;
        sum.sum = sum.sum.wrapping_add(slice.sum);
    }
}
