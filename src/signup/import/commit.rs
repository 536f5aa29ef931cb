//! The rows go to the database, a batch to a transaction, so that an import may be killed and repeated at any time. Its
//! place moves in the transaction of its rows: the same command again goes on where it broke off.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::candidate::{Candidate, Import, ImportAction};
use super::outcome::{ImportStep, Imported, Rejected};
use super::people::{People, Turn};
use super::plan::planned;
use super::records::CsvRecord;
use super::rows::Rows;
use super::standing::Standing;
use super::table::{ImportTable, RowOutcome};
use super::{ImportError, ImportFiles, Reason};
use crate::clock::Timestamp;
use crate::domain::ImportId;
use crate::domain::actor::Actor;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::domain::import::ImportDid;
use crate::domain::subscriber::SubscriptionState;
use crate::signup::person;
use crate::store::arrivals::{Arrival, Coming};
use crate::store::consents::ConsentDetails;
use crate::store::events::About;
use crate::store::imports::NewImport;
use crate::store::subscriptions::ConsentEntry;
use crate::store::{Db, StoreError, Tx, arrivals, deliveries, events, imports, subscriptions};
use crate::token::Keyring;

/// One transaction each: short enough to let others in between, long enough that its commit costs little.
const BATCH_ROWS: usize = 1_000;
/// Batches that are read ahead.
const READ_AHEAD: usize = 2;
/// With more readers than this who would begin to get mail somebody must say where they agreed.
pub const AGREED_FROM: u64 = 100;

/// What was read in one go.
#[derive(Debug, Default)]
struct Batch {
    candidates: Vec<Candidate>,
    rejected: Vec<Rejected>,
    dropped: Vec<Rejected>,
    rows: u64,
    doubled: u64,
    windows: u64,
}

/// Imports a list, or says what would be done. `step` hears of every row that was not taken, and of the progress. Returns
/// the import's number too, unless it is a dry run.
pub async fn import(
    db: &Db,
    keys: &Keyring,
    list: &Arc<ImportFiles>,
    import: &Import,
    mut step: impl FnMut(ImportStep) + Send,
) -> Result<(Option<ImportId>, Imported), ImportError> {
    if !list.questions().is_empty() {
        return Err(ImportError::Questions(list.questions().len()));
    }
    if import.dry_run {
        return rehearse(db, keys, list, import, &mut step).await.map(|would| (None, would));
    }
    if import.agreed.is_none() {
        let would = rehearse(db, keys, list, import, &mut |_| {}).await?;
        if would.will_get_mail > AGREED_FROM || (list.is_address_book() && would.will_get_mail > 0) {
            return Err(ImportError::NotAgreed { readers: would.will_get_mail });
        }
    }
    commit(db, keys, list, import, step).await
}

async fn rehearse(
    db: &Db,
    keys: &Keyring,
    list: &Arc<ImportFiles>,
    import: &Import,
    step: &mut (impl FnMut(ImportStep) + Send),
) -> Result<Imported, ImportError> {
    let (reading, mut batches) = batches(keys, list, import.now);
    let mut total = Imported::default();
    while let Some(batch) = batches.recv().await {
        let done = look(&mut db.read().await?, import, batch, step).await?;
        total.add(&done);
        step(ImportStep::Progress { rows: total.rows });
    }
    reading.await.map_err(std::io::Error::other)??;
    Ok(total)
}

async fn commit(
    db: &Db,
    keys: &Keyring,
    list: &Arc<ImportFiles>,
    import: &Import,
    mut step: impl FnMut(ImportStep) + Send,
) -> Result<(Option<ImportId>, Imported), ImportError> {
    let (mapping, files) = (serde_json::json!(list.understood()).to_string(), list.names());
    let new = NewImport {
        newsletter: import.newsletter,
        by: import.actor.at(import.now),
        files: &files,
        digest: &list.digest,
        mapping: &mapping,
        agreed: import.agreed.as_deref().unwrap_or_default(),
    };
    let open = db
        .write(async |tx| {
            for (column, said) in list.answers.said() {
                imports::keep_answer(tx, import.newsletter, column, said).await?;
            }
            imports::open(tx, &new).await
        })
        .await?;
    let id = open.id;
    let mut total: Imported = serde_json::from_str(&open.counts).unwrap_or_default();
    let mut place = open.position;
    let mut skip = place;
    let (reading, mut batches) = batches(keys, list, import.now);
    while let Some(batch) = batches.recv().await {
        let rows = batch.rows.cast_signed();
        if skip >= rows && rows > 0 {
            skip -= rows;
            continue;
        }
        let (mut rejected, dropped) = (Vec::new(), batch.dropped.clone());
        let before = total;
        total = db
            .write(async |tx| {
                let mut now = before;
                now.add(&store(tx, import, id, batch, &mut rejected).await?);
                let counts = serde_json::json!(now).to_string();
                match imports::advance(tx, id, place, place + rows, &counts).await? {
                    true => Ok(now),
                    false => Err(ImportError::Elsewhere),
                }
            })
            .await?;
        place += rows;
        rejected.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        rejected.into_iter().for_each(|row| step(ImportStep::Rejected(row)));
        dropped.into_iter().for_each(|row| step(ImportStep::Dropped(row)));
        step(ImportStep::Progress { rows: total.rows });
    }
    reading.await.map_err(std::io::Error::other)??;
    db.write(async |tx| {
        if !imports::finish(tx, id, import.now).await? {
            return Err(ImportError::Elsewhere);
        }
        let about = About { newsletter: Some(import.newsletter), ..About::default() };
        let Imported { rows, will_get_mail, unsubscribed, unconfirmed, suppressed, kept_out, rejected, .. } = total;
        let event = Event::SubscribersImported {
            import: id.0,
            rows,
            will_get_mail,
            unsubscribed,
            unconfirmed,
            suppressed,
            kept_out,
            rejected,
        };
        Ok(events::append(tx, import.actor.at(import.now), about, &event).await?)
    })
    .await?;
    Ok((Some(id), total))
}

/// How what an import brings says where it came from: in subscriptions, consents and suppressions.
pub(super) fn source(id: ImportId) -> String {
    format!("import:{}", id.0)
}

type Reader = tokio::task::JoinHandle<Result<(), ImportError>>;

/// Reads the files in a thread of their own.
fn batches(keys: &Keyring, list: &Arc<ImportFiles>, now: Timestamp) -> (Reader, mpsc::Receiver<Batch>) {
    let (sender, batches) = mpsc::channel(READ_AHEAD);
    let (keys, list) = (keys.clone(), Arc::clone(list));
    // Nobody listens any more when the other end broke off.
    let reading =
        tokio::task::spawn_blocking(move || read(&list, &keys, now, |batch| sender.blocking_send(batch).is_ok()));
    (reading, batches)
}

/// Reads the files twice: who is in them, and then row by row. Ends early when a batch is not wanted.
fn read(
    list: &ImportFiles,
    keys: &Keyring,
    now: Timestamp,
    mut wants: impl FnMut(Batch) -> bool,
) -> Result<(), ImportError> {
    let mut people = People::default();
    each_row(list, |table, record| {
        match table.read(&record, now) {
            RowOutcome::Person(row) => people.add(&row.email.key(), &row)?,
            RowOutcome::Broken { addresses, .. } => {
                addresses.iter().try_for_each(|email| people.name(&email.key()))?;
            }
        }
        Ok(true)
    })?;
    let mut batch = Batch::default();
    let mut file: Option<(usize, Arc<str>)> = None;
    each_row(list, |table, record| {
        let name = match &file {
            Some((source, name)) if *source == table.source => Arc::clone(name),
            _ => {
                let name: Arc<str> = table.name.as_str().into();
                file = Some((table.source, Arc::clone(&name)));
                name
            }
        };
        batch.take(table, &record, name, &mut people, keys, now);
        Ok((batch.rows as usize) < BATCH_ROWS || wants(std::mem::take(&mut batch)))
    })?;
    if batch.rows > 0 {
        wants(batch);
    }
    Ok(())
}

/// Hands every row of every file to `work`, until it says that it has enough.
fn each_row(
    list: &ImportFiles,
    mut work: impl FnMut(&ImportTable, CsvRecord) -> Result<bool, ImportError>,
) -> Result<(), ImportError> {
    let is_email = |name: &str| {
        list.answers.columns.iter().any(|(known, meaning, _)| known == name && *meaning == super::Meaning::Email)
    };
    for table in &list.tables {
        let goes_on = list.sources.files[table.source].read(|input| {
            let (mut rows, _) = Rows::open(input, is_email)?;
            while let Some(record) = rows.next()? {
                if !work(table, record)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        if !goes_on {
            break;
        }
    }
    Ok(())
}

impl Batch {
    fn take(
        &mut self,
        table: &ImportTable,
        record: &CsvRecord,
        file: Arc<str>,
        people: &mut People,
        keys: &Keyring,
        now: Timestamp,
    ) {
        self.rows += 1;
        self.windows += u64::from(record.windows);
        let line = record.line;
        let cells = record.fields.as_deref().unwrap_or(&record.salvage);
        let refused = |reason| Rejected {
            file: Arc::clone(&file),
            line,
            email: table.typed_email(cells),
            reason,
            is_kept_out: false,
        };
        let mut row = match table.read(record, now) {
            RowOutcome::Person(row) => row,
            RowOutcome::Broken { reason, .. } => return self.rejected.push(refused(reason)),
        };
        let why = row.why.take();
        let standing = match people.turn(&row.email.key(), &mut row) {
            Turn::First(standing) => standing,
            Turn::Again => match why {
                // It is the reason that others are not taken.
                Some(reason) if row.standing == Standing::Unclear => return self.rejected.push(refused(reason)),
                _ => {
                    self.doubled += 1;
                    return;
                }
            },
        };
        if standing == Standing::Unclear {
            return self.rejected.push(refused(why.unwrap_or(Reason::Contradicted)));
        }
        self.dropped.extend(row.dropped.into_iter().map(refused));
        let arrival = Arrival {
            person: person(keys, &row.email, row.name.as_deref()),
            state: standing.state().unwrap_or(SubscriptionState::Unsubscribed),
            language: row.language,
            subscribed_at: row.subscribed_at.unwrap_or(now),
            network: row.network,
            suppress: standing.suppression(),
        };
        self.candidates.push(Candidate { file, line, standing, arrival });
    }

    /// What reading alone has counted.
    fn counted(&self) -> Imported {
        Imported {
            rows: self.rows,
            doubled: self.doubled,
            rejected: self.rejected.len() as u64,
            dropped_cells: self.dropped.len() as u64,
            windows_1252: self.windows,
            ..Imported::default()
        }
    }
}

async fn look(
    tx: &mut Tx,
    import: &Import,
    batch: Batch,
    step: &mut (impl FnMut(ImportStep) + Send),
) -> Result<Imported, StoreError> {
    let mut counted = batch.counted();
    let mut rejected = batch.rejected;
    let (_, done) = planned(tx, import, batch.candidates, &mut rejected).await?;
    counted.add(&done);
    rejected.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    rejected.into_iter().for_each(|row| step(ImportStep::Rejected(row)));
    batch.dropped.into_iter().for_each(|row| step(ImportStep::Dropped(row)));
    Ok(counted)
}

async fn store(
    tx: &mut Tx,
    import: &Import,
    id: ImportId,
    batch: Batch,
    rejected: &mut Vec<Rejected>,
) -> Result<Imported, StoreError> {
    arrivals::lock(tx).await?;
    let mut counted = batch.counted();
    *rejected = batch.rejected;
    let (plans, mut done) = planned(tx, import, batch.candidates, rejected).await?;
    let (source, wording) = (source(id), import.agreed.as_deref().unwrap_or("not said"));
    let coming = Coming { newsletter: import.newsletter, import: id, source: &source, wording, now: import.now };
    let (mut new, mut suppressed) = (Vec::new(), Vec::new());
    let actor = Actor::Import(id.0);
    let (by, consent) = (actor.at(import.now), ConsentKind::Imported);
    let imported = ConsentEntry {
        by,
        consent,
        event: None,
        wording,
        client: None,
        source: &source,
        typed: ConsentDetails::default(),
    };
    let withdrawn = ConsentEntry { consent: ConsentKind::Withdrawn, ..imported };
    for (candidate, known, plan) in plans {
        match (plan, known.and_then(|known| known.subscription)) {
            (ImportAction::Add, _) => new.push(candidate.arrival),
            (ImportAction::Suppress, _) => suppressed.push(candidate.arrival),
            (ImportAction::Activate, Some(reader)) if subscriptions::activate(tx, reader, &imported).await? => {
                deliveries::supersede(tx, reader, DeliveryKind::Confirmation, import.now).await?;
                imports::note(tx, id, reader, ImportDid::Activated).await?;
            }
            (ImportAction::Unsubscribe, Some(reader)) if subscriptions::unsubscribe(tx, reader, &withdrawn).await? => {
                imports::note(tx, id, reader, ImportDid::Unsubscribed).await?;
            }
            _ => {}
        }
    }
    if !suppressed.is_empty() {
        arrivals::suppress(tx, &coming, &suppressed).await?;
    }
    if !new.is_empty() {
        // On SQLite nobody else writes, and elsewhere the batch has the lock: who came by another way since we looked is
        // as they are, and is counted as new.
        done.added = arrivals::store(tx, &coming, &new).await?;
    }
    counted.add(&done);
    Ok(counted)
}

#[cfg(test)]
mod tests;
