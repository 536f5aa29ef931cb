//! One file with what its columns were taken for: a row becomes a person and where they stand. Owns how the cells of a
//! row are weighed; what may be done to whom is not known here.

use std::net::IpAddr;

use super::Reason;
use super::cells::{self, folded, is_no_name, is_nothing, short, trimmed, truth, unguarded};
use super::meaning::{Meaning, is_one_of};
use super::records::CsvRecord;
use super::standing::{self, Standing};
use super::times::{CellTime, DayOrder, moment};
use super::vendor::Vendor;
use crate::clock::{DAY, Timestamp};
use crate::domain::address::EmailAddress;
use crate::domain::name::storable;
use crate::signup::ClientNetwork;

/// Clocks of other programs differ from ours by less.
const AHEAD: std::time::Duration = DAY;

/// A column and what it was taken for.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) meaning: Meaning,
    /// Which comes first in its days.
    pub(super) days: Option<DayOrder>,
    /// Whether yes or no stands in it: where it is empty, nobody has said yes.
    pub(super) has_answers: bool,
}

/// A file that is a list.
#[derive(Clone, Debug)]
pub(super) struct ImportTable {
    /// Its place among the sources.
    pub(super) source: usize,
    pub(super) name: String,
    pub(super) vendor: Option<&'static Vendor>,
    pub(super) columns: Vec<Column>,
    /// Columns of addresses, the surest first.
    pub(super) emails: Vec<usize>,
    /// Where everybody in it stands at least.
    pub(super) everyone: Standing,
    pub(super) rows: u64,
}

/// A row that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ImportRow {
    pub(super) email: EmailAddress,
    pub(super) name: Option<String>,
    pub(super) standing: Standing,
    pub(super) language: Option<String>,
    pub(super) subscribed_at: Option<Timestamp>,
    /// The network that they agreed from.
    pub(super) network: Option<String>,
    /// Why the standing is unclear.
    pub(super) why: Option<Reason>,
    /// Cells that could not be read, and are not needed.
    pub(super) dropped: Vec<Reason>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowOutcome {
    Person(ImportRow),
    /// No row; whoever is named in it is not mailed because of another.
    Broken {
        reason: Reason,
        addresses: Vec<EmailAddress>,
    },
}

/// What the cells of standing say together.
struct Said {
    standing: Option<Standing>,
    why: Option<Reason>,
    /// Whether a cell says so in a word that cannot be there by a slip.
    is_unmistakable: bool,
}

impl ImportTable {
    /// Whether any column says where somebody stands.
    pub(super) fn says_standing(&self) -> bool {
        self.columns.iter().any(|column| column.meaning.is_of_standing())
    }

    /// The address as it stands there, for messages.
    pub(super) fn typed_email(&self, cells: &[String]) -> String {
        let cells = self.emails.iter().filter_map(|at| cells.get(*at)).map(|cell| trimmed(cell));
        let typed = cells.into_iter().find(|cell| !is_nothing(cell)).unwrap_or_default();
        typed.chars().filter(|c| !c.is_control()).take(100).collect()
    }

    pub(super) fn read(&self, record: &CsvRecord, now: Timestamp) -> RowOutcome {
        match &record.fields {
            Ok(cells) if cells.len() == self.columns.len() => self.person(cells, now),
            Ok(cells) => self.misshapen(cells, now),
            Err(reason) => self.salvaged(&record.salvage, reason.clone()),
        }
    }

    fn person(&self, cells: &[String], now: Timestamp) -> RowOutcome {
        let written = match self.address(cells) {
            Ok(written) => written,
            Err(reason) => return RowOutcome::Broken { reason, addresses: addresses_in(cells) },
        };
        let mut dropped = Vec::new();
        let mut said = self.said(cells, 0);
        // Mailman writes `bob@example.org (disabled)`.
        let remark = written.remark.as_deref();
        let remarked = remark.and_then(|remark| standing::word(&folded(remark)));
        said.standing = said.standing.max(remarked);
        let is_deleted = self.vendor.and_then(|vendor| vendor.deleted_at) == Some(written.email.domain());
        let least = if is_deleted { self.everyone.max(Standing::NotAgreed) } else { self.everyone };
        let stands = said.standing.unwrap_or(Standing::Active).max(least);
        let names = remark.filter(|_| remarked.is_none()).map(str::to_owned).or(written.name);
        RowOutcome::Person(ImportRow {
            email: written.email,
            name: self.name_of(cells).or_else(|| names.as_deref().and_then(storable)),
            why: said.why.filter(|_| stands == Standing::Unclear),
            standing: stands,
            language: self.language(cells, &mut dropped),
            subscribed_at: self.subscribed_at(cells, now, &mut dropped),
            network: self.network(cells),
            dropped,
        })
    }

    /// A row with more or fewer cells than the header has. Where blanks alone are too many it is whole. Otherwise nobody
    /// knows which cell is which: it may end a subscription, when what says so cannot be read otherwise, and never
    /// begins one.
    fn misshapen(&self, cells: &[String], now: Timestamp) -> RowOutcome {
        let (found, expected) = (cells.len(), self.columns.len());
        let blank_end = found > expected && cells[expected..].iter().all(|cell| trimmed(cell).is_empty());
        let from_left = self.said(cells, 0);
        if blank_end {
            let from_right = self.said(cells, found - expected);
            if from_left.standing == from_right.standing && from_left.standing != Some(Standing::Unclear) {
                return self.person(&cells[..expected], now);
            }
        }
        self.salvaged(cells, Reason::Cells { found, expected })
    }

    /// What of a row that is none says for certain that somebody left.
    fn salvaged(&self, cells: &[String], reason: Reason) -> RowOutcome {
        let addresses = addresses_in(cells);
        let broken = |addresses| RowOutcome::Broken { reason: reason.clone(), addresses };
        let [email] = addresses.as_slice() else { return broken(addresses) };
        let email = email.clone();
        let shift = cells.len().checked_sub(self.columns.len());
        let readings = [Some(0), shift.filter(|shift| *shift > 0)];
        let said: Vec<Said> = readings.into_iter().flatten().map(|shift| self.said(cells, shift)).collect();
        // A word that says so is enough, unless the row can be read in a way that says the opposite.
        let says_mail = |said: &&Said| said.standing.is_some_and(|standing| standing < Standing::NotAgreed);
        let is_open = said.iter().any(|said| says_mail(&said));
        let sure = said.iter().filter(|said| said.is_unmistakable && !is_open).filter_map(|said| said.standing).max();
        // Without a word one may trust what all ways of reading the row agree on.
        let readable: Vec<_> = said.iter().filter(|said| said.standing != Some(Standing::Unclear)).collect();
        let is_agreed = cells.len() >= self.columns.len()
            && readable.iter().all(|said| said.standing.is_some_and(Standing::is_leaving));
        let agreed = readable.iter().filter_map(|said| said.standing).min().filter(|_| is_agreed);
        let everyone = Some(self.everyone).filter(|everyone| everyone.is_leaving());
        match sure.or(agreed).max(everyone).filter(|standing| standing.is_leaving()) {
            Some(standing) => RowOutcome::Person(ImportRow {
                email,
                name: None,
                standing,
                language: None,
                subscribed_at: None,
                network: None,
                why: None,
                dropped: vec![reason],
            }),
            None => broken(vec![email]),
        }
    }

    /// The first address among the columns of addresses.
    fn address(&self, cells: &[String]) -> Result<cells::AddressCell, Reason> {
        let mut values = self.emails.iter().filter_map(|at| cells.get(*at)).filter(|cell| !is_nothing(cell));
        cells::address(values.next().map_or("", String::as_str))
    }

    fn name_of(&self, cells: &[String]) -> Option<String> {
        let first = |meaning: &Meaning| {
            let mut values = self.of(meaning).filter_map(|at| cells.get(at)).map(|cell| trimmed(cell));
            // What was guarded against spreadsheets is a name, be it a dash.
            values.find(|cell| !is_no_name(cell)).map_or("", |cell| trimmed(unguarded(cell)))
        };
        match first(&Meaning::Name) {
            "" => storable(&format!("{} {}", first(&Meaning::FirstName), first(&Meaning::LastName))),
            name => storable(name),
        }
    }

    fn language(&self, cells: &[String], dropped: &mut Vec<Reason>) -> Option<String> {
        let cell = self.of(&Meaning::Language).filter_map(|at| cells.get(at)).find(|cell| !is_nothing(cell))?;
        cells::language(cell).unwrap_or_else(|reason| {
            dropped.push(reason);
            None
        })
    }

    /// The earliest of the times that say since when.
    fn subscribed_at(&self, cells: &[String], now: Timestamp, dropped: &mut Vec<Reason>) -> Option<Timestamp> {
        let mut earliest: Option<Timestamp> = None;
        for (column, cell) in self.columns.iter().zip(cells) {
            let is_time = match column.meaning {
                Meaning::SubscribedAt => !is_nothing(cell) && truth(cell) != Some(false),
                Meaning::Subscribed => truth(cell).is_none() && moment(cell, column.days).is_some(),
                _ => false,
            };
            if !is_time {
                continue;
            }
            match moment(cell, column.days) {
                Some(CellTime::At(at)) if at > now.plus(AHEAD) => dropped.push(Reason::Future(short(cell))),
                Some(CellTime::At(at)) => earliest = Some(earliest.map_or(at, |known| known.min(at))),
                Some(CellTime::Either) => dropped.push(Reason::EitherDay(short(cell))),
                None => dropped.push(Reason::Date(short(cell))),
            }
        }
        earliest
    }

    fn network(&self, cells: &[String]) -> Option<String> {
        let mut typed = self.of(&Meaning::OptInNetwork).filter_map(|at| cells.get(at));
        let address = typed.find_map(|cell| trimmed(cell).parse::<IpAddr>().ok())?;
        Some(ClientNetwork::of(address).as_str().to_owned())
    }

    fn of(&self, meaning: &Meaning) -> impl Iterator<Item = usize> {
        self.columns.iter().enumerate().filter(move |(_, column)| column.meaning == *meaning).map(|(at, _)| at)
    }

    /// What the cells of standing say, read so many cells further on; the strongest of them holds.
    fn said(&self, cells: &[String], shift: usize) -> Said {
        let mut said = Said { standing: None, why: None, is_unmistakable: false };
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| column.meaning.is_of_standing()) {
            let Some(cell) = cells.get(at + shift) else { continue };
            let standing = self.statement(column, cell);
            if standing == Some(Standing::Unclear) && said.why.is_none() {
                said.why = Some(Reason::Status { column: column.name.clone(), value: short(trimmed(cell)) });
            }
            let is_word = column.meaning == Meaning::Status && truth(cell).is_none();
            said.is_unmistakable |= is_word && standing.is_some_and(Standing::is_leaving);
            said.standing = said.standing.max(standing);
        }
        said
    }

    /// What one cell says; `None` when it says nothing.
    fn statement(&self, column: &Column, cell: &str) -> Option<Standing> {
        statement(self.vendor, column, cell)
    }
}

/// What one cell says; `None` when it says nothing.
pub(super) fn statement(vendor: Option<&Vendor>, column: &Column, cell: &str) -> Option<Standing> {
    let flag = |yes: Standing| match truth(cell) {
        _ if is_nothing(cell) => None,
        Some(true) => Some(yes),
        Some(false) => None,
        None if is_a_time(cell) => Some(yes),
        None => match word(vendor, cell) {
            // "unsubscribed" in a column called Unsubscribed.
            Some(standing) if standing.is_leaving() => Some(standing),
            Some(_) => None,
            None => Some(Standing::Unclear),
        },
    };
    match &column.meaning {
        Meaning::Status => match word(vendor, cell) {
            Some(standing) => Some(standing),
            None if is_nothing(cell) => None,
            None => Some(match truth(cell) {
                Some(true) => Standing::Active,
                Some(false) => Standing::Unsubscribed,
                None => Standing::Unclear,
            }),
        },
        Meaning::Subscribed => match truth(cell) {
            _ if is_nothing(cell) => column.has_answers.then_some(Standing::NotAgreed),
            Some(true) => Some(Standing::Active),
            Some(false) => Some(Standing::Unsubscribed),
            None if is_a_time(cell) => Some(Standing::Active),
            None => Some(word(vendor, cell).unwrap_or(Standing::Unclear)),
        },
        Meaning::Confirmed => match truth(cell) {
            _ if is_nothing(cell) => Some(Standing::Pending),
            Some(true) => None,
            Some(false) => Some(Standing::Pending),
            None if is_a_time(cell) => None,
            None => Some(word(vendor, cell).unwrap_or(Standing::Unclear)),
        },
        Meaning::Unsubscribed => flag(Standing::Unsubscribed),
        Meaning::Suppressed => flag(Standing::Bounced),
        Meaning::Complained => flag(Standing::Complained),
        Meaning::Agreed(values) if is_one_of(values, cell) => Some(Standing::Active),
        Meaning::Agreed(_) if is_nothing(cell) => Some(Standing::NotAgreed),
        Meaning::Agreed(_) => Some(Standing::Unsubscribed),
        Meaning::If(standing, values) => is_one_of(values, cell).then_some(*standing),
        _ => None,
    }
}

/// A word of standing, as the vendor means it, or as it is meant in general.
fn word(vendor: Option<&Vendor>, cell: &str) -> Option<Standing> {
    let said = folded(cell);
    vendor.and_then(|vendor| vendor.word(&said)).or_else(|| standing::word(&said))
}

/// Whether a cell holds a time, whichever day it may be.
fn is_a_time(cell: &str) -> bool {
    moment(cell, None).is_some()
}

/// Every address in the cells of a row.
fn addresses_in(cells: &[String]) -> Vec<EmailAddress> {
    cells.iter().filter_map(|cell| cells::address(cell).ok()).map(|written| written.email).collect()
}
