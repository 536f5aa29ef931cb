//! A list of readers comes in as CSV. Owns what an import may do to whom; streams, in batches of one transaction each,
//! so that it may be killed and repeated at any time.
//!
//! A list says what another program knew, perhaps long ago. So it never brings back who left or must not be mailed;
//! but that someone left, or must not be mailed, it may say.

mod columns;
mod lines;
mod records;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read};

use tokio::sync::mpsc;

use self::columns::{Columns, Row, Standing};
use self::lines::Lines;
use self::records::Records;
use super::person;
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::actor::{Actor, By};
use crate::domain::address::AddressError;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::domain::subscriber::SubscriptionState;
use crate::domain::suppression::SuppressionReason;
use crate::store::events::About;
use crate::store::imports::{Arrival, Known};
use crate::store::subscriptions::Entry;
use crate::store::{Db, StoreError, Tx, consents, deliveries, events, imports, subscriptions, suppressions};
use crate::token::Keyring;

/// One transaction each: short enough to let others in between, long enough that its commit costs little.
const BATCH_ROWS: usize = 1_000;
/// What the record of consents names in the place of the words that a form showed.
const WORDING: &str = "import";
/// Batches that are read ahead.
const AHEAD: usize = 2;

/// What an import is of.
#[derive(Clone, Debug)]
pub struct Import {
    /// To which newsletter the readers subscribe.
    pub newsletter: NewsletterId,
    /// Where they come from: the record of consents keeps it.
    pub source: String,
    /// Changes nothing, and says what would be.
    pub dry_run: bool,
    /// Who brings them in.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
}

impl Import {
    fn by(&self) -> By<'_> {
        self.actor.at(self.now)
    }
}

/// What an import did. Every row counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Rows with something in them.
    pub rows: u64,
    /// New to the newsletter.
    pub added: u64,
    /// Had asked and are active now.
    pub activated: u64,
    /// Had a subscription, which the list ends.
    pub unsubscribed: u64,
    /// Put on the suppression list.
    pub suppressed: u64,
    /// Known, and as the list has them.
    pub unchanged: u64,
    /// Left, or must not be mailed: the list cannot bring them back.
    pub kept_out: u64,
    /// Not to be understood, or twice in the list.
    pub rejected: u64,
    /// Of all rows, those read as Windows-1252 because they are no UTF-8.
    pub windows_1252: u64,
}

/// Why a row was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Longer than a row can be.
    #[error("the line is longer than {} KiB", lines::LINE_BYTES_MAX / 1024)]
    TooLong,
    /// Binary.
    #[error("there is a NUL byte in it")]
    Nul,
    /// Two encodings.
    #[error("it is written in two encodings; save the file as UTF-8")]
    Mixed,
    /// No encoding.
    #[error("it has characters that cannot be read; save the file as UTF-8")]
    Undecodable,
    /// CSV.
    #[error("a quotation mark is opened and never closed")]
    OpenQuote,
    /// CSV.
    #[error("it has more columns than any list")]
    TooManyFields,
    /// The address.
    #[error("the address: {0}")]
    Address(AddressError),
    /// The state.
    #[error("the status {0:?} is not known; write active, pending, paused, left, bounced, complained or suppressed")]
    Status(String),
    /// The time.
    #[error("{0:?} is not a time; write 2026-11-27 or 2026-11-27T09:00:00Z")]
    Date(String),
    /// The time.
    #[error("it was subscribed in the future")]
    Future,
    /// The language.
    #[error("{0:?} is not a language; write en or pt-BR")]
    Language(String),
    /// Twice.
    #[error("the address stands further up already")]
    Duplicate,
    /// Never brought back.
    #[error("left; only they themselves can come back")]
    Left,
    /// Never brought back.
    #[error("is on the suppression list ({0})")]
    Suppressed(SuppressionReason),
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its line, counted from 1.
    pub line: u64,
    /// The address as it stands there, cut.
    pub email: String,
    /// Why.
    pub reason: Reason,
}

/// What an import tells on its way.
#[derive(Clone, Debug)]
pub enum Step {
    /// A row was not taken.
    Rejected(Rejected),
    /// So much is done and safe.
    Progress {
        /// Of the file.
        bytes: u64,
        /// Of the list.
        rows: u64,
    },
}

/// Why an import cannot begin, or breaks off. What was committed stays; it may be repeated.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nothing in it.
    #[error("the list is empty")]
    Empty,
    /// Packed.
    #[error("this is an archive or a spreadsheet, not a list; unpack it, or save it as CSV")]
    Archive,
    /// UTF-16 without a mark.
    #[error("the first line holds NUL bytes: if this is UTF-16, save the file as UTF-8")]
    Binary,
    /// The first line cannot be read.
    #[error("the first line, which names the columns: {0}")]
    Header(Reason),
    /// No column for addresses.
    #[error("no column is called email; the first line has: {}", found.join(", "))]
    NoEmailColumn {
        /// What there is.
        found: Vec<String>,
    },
    /// Two columns for addresses.
    #[error("two columns are called email; rename or remove one of them")]
    TwoEmailColumns,
    /// The file cannot be read.
    #[error("the list cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A row on its way from the file to the database.
struct Candidate {
    line: u64,
    row: Row,
    arrival: Arrival,
}

/// What was read in one go.
struct Batch {
    candidates: Vec<Candidate>,
    rejected: Vec<Rejected>,
    rows: u64,
    windows: u64,
    bytes: u64,
}

/// Imports a list. `step` hears of every row that was not taken, and of the progress.
pub async fn import(
    db: &Db,
    keys: &Keyring,
    input: impl Read + Send + 'static,
    import: &Import,
    mut step: impl FnMut(Step) + Send,
) -> Result<Imported, ImportError> {
    let (sender, mut batches) = mpsc::channel(AHEAD);
    let (keys, now) = (keys.clone(), import.now);
    let reading = tokio::task::spawn_blocking(move || read(input, &keys, now, &sender));
    let mut total = Imported::default();
    while let Some(batch) = batches.recv().await {
        let (rows, windows, bytes) = (batch.rows, batch.windows, batch.bytes);
        let mut rejected = batch.rejected;
        let malformed = rejected.len() as u64;
        let mut done = if import.dry_run {
            look(&mut db.read().await?, import, batch.candidates, &mut rejected).await?
        } else {
            db.write(async |tx| store(tx, import, batch.candidates, &mut rejected).await).await?
        };
        done.rows = rows;
        done.windows_1252 = windows;
        done.rejected = malformed;
        total.add(&done);
        rejected.sort_by_key(|rejected| rejected.line);
        rejected.into_iter().for_each(|rejected| step(Step::Rejected(rejected)));
        step(Step::Progress { bytes, rows: total.rows });
    }
    reading.await.map_err(io::Error::other)??;
    Ok(total)
}

/// Reads the file to its end; returns early when nobody listens any more.
fn read(input: impl Read, keys: &Keyring, now: Timestamp, batches: &mpsc::Sender<Batch>) -> Result<(), ImportError> {
    let mut bytes = Counted { input, count: std::rc::Rc::default() };
    let count = std::rc::Rc::clone(&bytes.count);
    let mut lines = Lines::new(&mut bytes)?;
    if matches!(lines.peek()?, [b'P', b'K', 3, ..] | [0x1f, 0x8b, ..]) {
        return Err(ImportError::Archive);
    }
    let mut records = Records::new(lines);
    let header = records.header()?.ok_or(ImportError::Empty)?;
    let fields = header.fields.map_err(|reason| match reason {
        Reason::Nul => ImportError::Binary,
        reason => ImportError::Header(reason),
    })?;
    let (columns, mut first) = match Columns::of_header(&fields)? {
        Some(columns) => (columns, None),
        None => (Columns::bare(), Some(records::Record { line: header.line, fields: Ok(fields), windows: false })),
    };
    let mut seen = HashSet::new();
    let mut batch = Batch::new();
    loop {
        let next = match first.take() {
            Some(record) => Some(record),
            None => records.next()?,
        };
        let ended = next.is_none();
        if let Some(record) = next {
            batch.rows += 1;
            batch.windows += u64::from(record.windows);
            match candidate(&columns, record, keys, now, &mut seen) {
                Ok(candidate) => batch.candidates.push(candidate),
                Err(rejected) => batch.rejected.push(rejected),
            }
        }
        if ended || batch.rows as usize == BATCH_ROWS {
            batch.bytes = count.get();
            if batches.blocking_send(std::mem::replace(&mut batch, Batch::new())).is_err() || ended {
                return Ok(());
            }
        }
    }
}

fn candidate(
    columns: &Columns,
    record: records::Record,
    keys: &Keyring,
    now: Timestamp,
    seen: &mut HashSet<u64>,
) -> Result<Candidate, Rejected> {
    let line = record.line;
    let fields = record.fields.map_err(|reason| Rejected { line, email: String::new(), reason })?;
    let email: String = columns.typed_email(&fields).chars().filter(|c| !c.is_control()).take(100).collect();
    let row = columns.read(&fields, now).map_err(|reason| Rejected { line, email: email.clone(), reason })?;
    // Eight bytes per address: the list of a million that is read needs 16 MB.
    let mut hasher = DefaultHasher::new();
    row.email.key().hash(&mut hasher);
    if !seen.insert(hasher.finish()) {
        return Err(Rejected { line, email, reason: Reason::Duplicate });
    }
    let state = match row.standing {
        Standing::State(state) => state,
        Standing::Suppressed(_) => SubscriptionState::Left,
    };
    let arrival = Arrival {
        person: person(keys, &row.email, row.name.as_deref()),
        state,
        language: row.language.clone(),
        subscribed_at: row.subscribed_at.unwrap_or(now),
    };
    Ok(Candidate { line, row, arrival })
}

/// What is to be done about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Add,
    Activate,
    Unsubscribe,
    Suppress(SuppressionReason),
    Nothing,
    KeepOut,
}

/// The rule of the house, row by row.
fn plan(standing: Standing, known: Option<&Known>) -> Plan {
    use SubscriptionState::{Active, Left, Paused, Pending};
    let suppressed = known.and_then(|known| known.suppressed).is_some();
    match (standing, known.and_then(|known| known.state)) {
        (Standing::Suppressed(_), _) if suppressed => Plan::Nothing,
        (Standing::Suppressed(reason), _) => Plan::Suppress(reason),
        (Standing::State(Left), Some(Left)) => Plan::Nothing,
        (Standing::State(Left), Some(_)) => Plan::Unsubscribe,
        (Standing::State(Left), None) if suppressed => Plan::Nothing,
        (Standing::State(_), _) if suppressed => Plan::KeepOut,
        (Standing::State(Active | Paused | Pending), Some(Left)) => Plan::KeepOut,
        (Standing::State(Active), Some(Pending)) => Plan::Activate,
        (Standing::State(_), Some(_)) => Plan::Nothing,
        (Standing::State(_), None) => Plan::Add,
    }
}

/// Pairs each row with what is to be done about it; says of whom nothing can be done.
async fn planned(
    tx: &mut Tx,
    import: &Import,
    candidates: Vec<Candidate>,
    rejected: &mut Vec<Rejected>,
) -> Result<(Vec<(Candidate, Option<Known>, Plan)>, Imported), StoreError> {
    let arrivals: Vec<Arrival> = candidates.iter().map(|candidate| candidate.arrival.clone()).collect();
    let known = imports::known(tx, import.newsletter, &arrivals).await?;
    let mut known = known.into_iter().peekable();
    let mut plans = Vec::with_capacity(candidates.len());
    let mut done = Imported::default();
    for (place, candidate) in candidates.into_iter().enumerate() {
        let known = known.next_if(|known| known.place == place as i64);
        let mut plan = plan(candidate.row.standing, known.as_ref());
        if let (Plan::Activate, Some(id)) = (plan, known.and_then(|known| known.subscription)) {
            // Who left and asked again, or was asked for by a stranger, has not come back yet.
            if consents::latest(tx, id, ConsentKind::Withdrawn).await?.is_some() {
                plan = Plan::KeepOut;
            }
        }
        match plan {
            Plan::Add => done.added += 1,
            Plan::Activate => done.activated += 1,
            Plan::Unsubscribe => done.unsubscribed += 1,
            Plan::Suppress(_) => done.suppressed += 1,
            Plan::Nothing => done.unchanged += 1,
            Plan::KeepOut => {
                done.kept_out += 1;
                let reason = known.and_then(|known| known.suppressed).map_or(Reason::Left, Reason::Suppressed);
                rejected.push(Rejected { line: candidate.line, email: candidate.row.email.to_string(), reason });
            }
        }
        plans.push((candidate, known, plan));
    }
    Ok((plans, done))
}

async fn look(
    tx: &mut Tx,
    import: &Import,
    candidates: Vec<Candidate>,
    rejected: &mut Vec<Rejected>,
) -> Result<Imported, StoreError> {
    planned(tx, import, candidates, rejected).await.map(|(_, done)| done)
}

async fn store(
    tx: &mut Tx,
    import: &Import,
    candidates: Vec<Candidate>,
    rejected: &mut Vec<Rejected>,
) -> Result<Imported, StoreError> {
    imports::lock(tx).await?;
    let (plans, mut done) = planned(tx, import, candidates, rejected).await?;
    let (consent, source) = (ConsentKind::Imported, import.source.as_str());
    let imported =
        Entry { by: import.by(), consent, event: None, wording: WORDING, client: None, source, spelling: None };
    let withdrawn = Entry { consent: ConsentKind::Withdrawn, ..imported };
    let mut arrivals = Vec::with_capacity(plans.len());
    for (candidate, known, plan) in plans {
        let id = known.and_then(|known| known.subscription);
        match (plan, id) {
            (Plan::Add, _) => arrivals.push(candidate.arrival),
            (Plan::Suppress(reason), _) => {
                let person = &candidate.arrival.person;
                suppressions::add_in_bulk(tx, &person.address_hash, reason, source, import.now).await?;
                suppressions::note_mailbox(tx, &person.address_hash, &person.quota_hash).await?;
            }
            (Plan::Activate, Some(id)) => {
                let is_changed = subscriptions::activate(tx, id, &imported).await?;
                if is_changed {
                    deliveries::supersede(tx, id, DeliveryKind::Confirmation, import.now).await?;
                }
            }
            (Plan::Unsubscribe, Some(id)) => drop(subscriptions::unsubscribe(tx, id, &withdrawn).await?),
            _ => {}
        }
    }
    if !arrivals.is_empty() {
        let stored = imports::store(tx, import.newsletter, &arrivals, source, WORDING, import.now).await?;
        // Someone may have come by another way since we looked.
        done.unchanged += done.added - stored;
        done.added = stored;
    }
    let about = About { newsletter: Some(import.newsletter), ..About::default() };
    let event = Event::SubscribersImported {
        source: import.source.clone(),
        added: done.added,
        activated: done.activated,
        unsubscribed: done.unsubscribed,
        suppressed: done.suppressed,
        kept_out: done.kept_out,
    };
    events::append(tx, import.by(), about, &event).await?;
    Ok(done)
}

impl Imported {
    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.added += other.added;
        self.activated += other.activated;
        self.unsubscribed += other.unsubscribed;
        self.suppressed += other.suppressed;
        self.unchanged += other.unchanged;
        self.kept_out += other.kept_out;
        self.rejected += other.rejected;
        self.windows_1252 += other.windows_1252;
    }
}

impl Batch {
    fn new() -> Self {
        Self { candidates: Vec::with_capacity(BATCH_ROWS), rejected: Vec::new(), rows: 0, windows: 0, bytes: 0 }
    }
}

/// Counts what was read of a file.
struct Counted<R> {
    input: R,
    count: std::rc::Rc<std::cell::Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(out)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}
