//! One look into a mailbox: what is new is read, kept in one commit a chunk, and moved some chunks later; only then the
//! position goes on. Whatever breaks in between, the next look begins there, and what was kept before is known by its
//! fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::MailboxFault;
use super::folder::set_of;
use super::imap::{Imap, Moving, OpenedFolder};
use super::settings::MailboxSettings;
use super::turn::MailboxTurn;
use crate::clock::Clock;
use crate::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use crate::inbound::receive::{Intake, Receipt};
use crate::inbound::report::Report;
use crate::store::mailboxes::{self, MailboxPosition};
use crate::store::{Db, StoreError};

/// So many mails are read and kept together: of the longest of them, no more than an answer may bring.
const CHUNK: usize = 50;
/// After so many mails at the latest the reports among them are moved: not sooner, for a server may look through its whole
/// folder for every command that moves some.
const STEP_MAX: usize = 3_200;
/// A command names so many octets of numbers: every server bears a line of 8,000 (RFC 7162, section 4).
const SET_MAX: usize = 4_000;
/// So many numbers are searched at once.
const WINDOW: u32 = 100_000;
/// A mail that was asked for alone so often, in vain, is passed over.
const TRIES: u32 = 5;

/// Why a look ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum RoundFault {
    #[error(transparent)]
    Mailbox(#[from] MailboxFault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What one look leaves for the next.
#[derive(Debug, Default)]
pub(super) struct RoundMemory {
    /// Up to this number mails are asked for one by one: one of them is not handed over.
    careful_to: u32,
    /// The mail that was asked for alone last, and how often in vain.
    failing: (u32, u32),
    /// Why reports stay where they are; said once.
    stays: Option<String>,
}

pub(super) struct Round<'a> {
    pub(super) settings: &'a MailboxSettings,
    pub(super) intake: &'a Intake,
    pub(super) db: &'a Db,
    pub(super) clock: &'a Clock,
    pub(super) memory: &'a mut RoundMemory,
    pub(super) turn: &'a mut MailboxTurn,
}

impl Round<'_> {
    /// Looks at everything that is new, as long as it is this process's turn.
    pub(super) async fn run(&mut self, imap: &mut Imap) -> Result<(), RoundFault> {
        let opened = imap.folder(&self.settings.folder, false).await?;
        let mut at = self.position(opened).await?;
        let mut away = Away::default();
        while let Some(first) = u32::try_from(at.last_uid).ok().and_then(|last| last.checked_add(1)) {
            let end = opened.uid_next.map(|next| next.saturating_sub(1));
            if opened.mails == 0 || end.is_some_and(|end| end < first) {
                break;
            }
            let last = end.map(|end| end.min(first.saturating_add(WINDOW - 1)));
            let Some(found) = imap.search(first, last).await? else { break };
            let found: Vec<u32> = found.into_iter().collect();
            let mut rest = found.as_slice();
            while !rest.is_empty() {
                if !self.turn.has().await? {
                    return Err(MailboxFault::Stopped.into());
                }
                let (chunk, after) = rest.split_at(self.chunk(rest));
                away.reports.extend(self.take_in(imap, chunk).await?);
                away.since += chunk.len();
                rest = after;
                if rest.is_empty() || away.is_enough() {
                    self.put_away(imap, opened, &mut away).await?;
                    at = self.advance(at, chunk[chunk.len() - 1]).await?;
                }
            }
            match last {
                Some(last) => at = self.advance(at, last).await?,
                None => break,
            }
        }
        Ok(())
    }

    /// Where to go on: at the beginning, when the folder has other numbers now than those that are known.
    async fn position(&self, opened: OpenedFolder) -> Result<MailboxPosition, StoreError> {
        let (name, place) = (self.settings.name.as_str(), self.settings.place());
        let validity = i64::from(opened.uid_validity);
        let known = mailboxes::get(&mut self.db.read().await?, name).await?;
        let holds = |at: &MailboxPosition| {
            let is_beyond = opened.uid_next.is_some_and(|next| at.last_uid >= i64::from(next));
            at.place == place && at.uid_validity == validity && !is_beyond
        };
        if let Some(at) = known.filter(holds) {
            return Ok(at);
        }
        let now = self.clock.now();
        self.db.write(async |tx| mailboxes::begin(tx, name, &place, validity, now).await).await?;
        let name = name.to_owned();
        Ok(MailboxPosition { name, place, uid_validity: validity, last_uid: 0, looked_at: now, error: None })
    }

    async fn advance(&self, at: MailboxPosition, to: u32) -> Result<MailboxPosition, RoundFault> {
        let to = i64::from(to);
        if to <= at.last_uid {
            return Ok(at);
        }
        match self.db.write(async |tx| mailboxes::advance(tx, &at, to).await).await? {
            true => Ok(MailboxPosition { last_uid: to, ..at }),
            // Another process reads it now. What both took in is kept once.
            false => Err(MailboxFault::Stopped.into()),
        }
    }

    /// How many of these mails are asked for at once.
    fn chunk(&self, rest: &[u32]) -> usize {
        if rest[0] <= self.memory.careful_to { 1 } else { rest.len().min(CHUNK) }
    }

    /// Keeps what these mails say. Returns those that are reports about emails of ours.
    async fn take_in(&mut self, imap: &mut Imap, chunk: &[u32]) -> Result<Vec<u32>, RoundFault> {
        let mails = match handed_over(imap, chunk).await {
            Err(MailboxFault::Stopped) => return Err(MailboxFault::Stopped.into()),
            Err(fault) => {
                return if self.passes_over(chunk, &fault) { Ok(Vec::new()) } else { Err(fault.into()) };
            }
            Ok(mails) => mails,
        };
        let (mut numbers, mut reports) = (Vec::new(), Vec::new());
        for (number, bytes) in mails {
            let report = Report { source: NoticeSource::Mailbox, recipient: None, null_sender: false, bytes };
            numbers.push(number);
            reports.push(report.read().await);
        }
        let receipts = self.intake.receive(&reports, self.clock.now()).await?;
        Ok(numbers.into_iter().zip(receipts).filter(|(_, receipt)| is_ours(receipt)).map(|(uid, _)| uid).collect())
    }

    /// Whether a mail that is not handed over is left at last, so that it stops no other. Before that, all of its chunk
    /// are asked for one by one, and it alone several times.
    fn passes_over(&mut self, chunk: &[u32], fault: &MailboxFault) -> bool {
        let [uid] = chunk else {
            self.memory.careful_to = chunk[chunk.len() - 1];
            return false;
        };
        let before = if self.memory.failing.0 == *uid { self.memory.failing.1 } else { 0 };
        self.memory.failing = (*uid, before + 1);
        let is_last = self.memory.failing.1 >= TRIES
            && !matches!(fault, MailboxFault::Closed(_) | MailboxFault::Bye(_))
            || self.memory.failing.1 >= 2 * TRIES;
        if is_last {
            let mailbox = &self.settings.name;
            tracing::warn!(mailbox, uid, %fault, "a mail cannot be read, and is passed over");
        }
        is_last
    }

    /// Opens the folder once more, to move mails out of it.
    async fn select(&self, imap: &mut Imap, opened: OpenedFolder) -> Result<(), MailboxFault> {
        if imap.moving == Moving::Cannot {
            return Ok(());
        }
        let again = imap.folder(&self.settings.folder, true).await?;
        if again.uid_validity == opened.uid_validity { Ok(()) } else { Err(MailboxFault::Replaced) }
    }

    /// Moves the reports that are kept out of the folder that was opened.
    async fn put_away(&mut self, imap: &mut Imap, opened: OpenedFolder, away: &mut Away) -> Result<(), MailboxFault> {
        let reports = std::mem::take(&mut away.reports);
        if let (Some(to), false) = (&self.settings.done_folder, reports.is_empty()) {
            if !std::mem::replace(&mut away.is_selected, true) {
                self.select(imap, opened).await?;
            }
            self.move_or_leave(imap, &reports, to).await?;
        }
        away.before += std::mem::take(&mut away.since);
        Ok(())
    }

    /// Moves reports. Where that is refused they stay: they are kept all the same.
    async fn move_or_leave(&mut self, imap: &mut Imap, reports: &[u32], to: &str) -> Result<(), MailboxFault> {
        let stays = match imap.move_to(reports, to).await {
            Ok(true) => return Ok(()),
            Ok(false) => "the server knows no MOVE and no UIDPLUS".to_owned(),
            Err(MailboxFault::Refused { .. }) => {
                // It may only be missing; whether it is, servers say in different words.
                match imap.create(to).await {
                    Ok(()) | Err(MailboxFault::Refused { .. }) => {}
                    Err(fault) => return Err(fault),
                }
                match imap.move_to(reports, to).await {
                    Ok(_) => return Ok(()),
                    Err(fault @ MailboxFault::Refused { .. }) => fault.to_string(),
                    Err(fault) => return Err(fault),
                }
            }
            Err(fault) => return Err(fault),
        };
        if self.memory.stays.as_ref() != Some(&stays) {
            let mailbox = &self.settings.name;
            tracing::warn!(mailbox, folder = to, "reports are kept, and stay in the mailbox: {stays}");
            self.memory.stays = Some(stays);
        }
        Ok(())
    }
}

/// What a look has read and has to move.
#[derive(Debug, Default)]
struct Away {
    reports: Vec<u32>,
    /// How many mails were read since some were moved, and before that.
    since: usize,
    before: usize,
    /// Whether the folder is open to move mails out of it.
    is_selected: bool,
}

impl Away {
    /// Whether they are moved now. A step is as long as all before it: where a server breaks off time and again, no more is
    /// read twice than was got over.
    fn is_enough(&self) -> bool {
        self.since >= self.before.clamp(CHUNK, STEP_MAX) || set_of(&self.reports).len() >= SET_MAX
    }
}

/// These mails, without those that are gone. A server may leave out one that is still there; so what is missing is searched
/// for once more.
async fn handed_over(imap: &mut Imap, chunk: &[u32]) -> Result<BTreeMap<u32, Vec<u8>>, MailboxFault> {
    let mails = imap.mails(chunk).await?;
    let missing: BTreeSet<u32> = chunk.iter().copied().filter(|uid| !mails.contains_key(uid)).collect();
    if let (Some(first), Some(last)) = (missing.first(), missing.last()) {
        let there = imap.search(*first, Some(*last)).await?;
        if let Some(withheld) = missing.iter().find(|uid| there.as_ref().is_none_or(|there| there.contains(uid))) {
            return Err(MailboxFault::Withheld(*withheld));
        }
    }
    Ok(mails)
}

/// Whether a mail is a report about an email of ours, or a reader's wish to leave. Everything else belongs to whoever owns
/// the mailbox: letters, answers of machines that want a person, and bounces of their own mail.
fn is_ours(receipt: &Receipt) -> bool {
    let is_report = match receipt.kind {
        NoticeKind::Bounce
        | NoticeKind::Delay
        | NoticeKind::Delivered
        | NoticeKind::Complaint
        | NoticeKind::NotSpam => true,
        NoticeKind::Unsubscribe => receipt.effect == Some(Effect::Unsubscribed),
        NoticeKind::Authentication
        | NoticeKind::AutoReply
        | NoticeKind::Challenge
        | NoticeKind::Letter
        | NoticeKind::Unreadable => false,
    };
    is_report && receipt.evidence == NoticeEvidence::Sealed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_as_long_as_all_before_it() {
        let mut away = Away::default();
        let mut steps = Vec::new();
        for _ in 0..200 {
            away.since += CHUNK;
            if away.is_enough() {
                steps.push(away.since);
                away.before += std::mem::take(&mut away.since);
            }
        }
        assert_eq!(steps, [50, 50, 100, 200, 400, 800, 1_600, 3_200, 3_200]);
        // Numbers that are not in a row need a longer line.
        let reports = (1..1_000).map(|number| number * 1_001).collect();
        assert!(Away { reports, before: STEP_MAX, ..Away::default() }.is_enough());
        let reports = (1..3_000).collect();
        assert!(!Away { reports, before: STEP_MAX, ..Away::default() }.is_enough());
    }

    #[test]
    fn only_reports_about_our_emails_are_moved() {
        for kind in NoticeKind::ALL {
            for evidence in NoticeEvidence::ALL {
                let receipt =
                    Receipt { kind: *kind, evidence: *evidence, effect: Some(Effect::Unsubscribed), is_new: false };
                let is_persons = matches!(
                    kind,
                    NoticeKind::Letter
                        | NoticeKind::Unreadable
                        | NoticeKind::AutoReply
                        | NoticeKind::Challenge
                        | NoticeKind::Authentication
                );
                assert_eq!(is_ours(&receipt), !is_persons && *evidence == NoticeEvidence::Sealed, "{kind} {evidence}");
            }
        }
    }
}
