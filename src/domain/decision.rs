//! What a reader decided, or was decided about an address, that must outlive the database: how the journal spells it.

use data_encoding::HEXLOWER;

use super::SubscriptionId;
use super::subscriber::EndedBy;
use super::suppression::SuppressionReason;
use crate::clock::Timestamp;
use crate::journal::JournalEntry;
use crate::token::Mark;

/// One decision. The latest about a subscription or an address counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReaderDecision {
    Unsubscribed {
        id: SubscriptionId,
        mark: Option<Mark>,
        ended_by: EndedBy,
    },
    /// Reads again, after an end.
    Returned {
        id: SubscriptionId,
        mark: Option<Mark>,
    },
    Erased {
        id: SubscriptionId,
        mark: Option<Mark>,
    },
    /// An address is mailed no more; it is given as its keyed hash.
    Suppressed {
        hash: [u8; 16],
        reason: SuppressionReason,
    },
    Unsuppressed {
        hash: [u8; 16],
    },
}

impl ReaderDecision {
    /// As the journal keeps it.
    pub fn entry(&self, at: Timestamp) -> JournalEntry {
        let row = |id: &SubscriptionId, mark: &Option<Mark>| {
            format!("{}:{}", id.0, mark.map_or_else(|| "-".to_owned(), |mark| mark.0.to_string()))
        };
        let (act, detail, subject) = match self {
            Self::Unsubscribed { id, mark, ended_by } => ("unsubscribed", ended_by.as_str(), row(id, mark)),
            Self::Returned { id, mark } => ("returned", "-", row(id, mark)),
            Self::Erased { id, mark } => ("erased", "-", row(id, mark)),
            Self::Suppressed { hash, reason } => ("suppressed", reason.as_str(), HEXLOWER.encode(hash)),
            Self::Unsuppressed { hash } => ("unsuppressed", "-", HEXLOWER.encode(hash)),
        };
        JournalEntry { at, act: act.to_owned(), detail: detail.to_owned(), subject }
    }

    /// What an entry says, if this program knows such entries.
    pub fn of(entry: &JournalEntry) -> Option<Self> {
        let row = || {
            let (id, mark) = entry.subject.split_once(':')?;
            let mark = if mark == "-" { None } else { Some(Mark(mark.parse().ok()?)) };
            Some((SubscriptionId(id.parse().ok()?), mark))
        };
        let hash = || HEXLOWER.decode(entry.subject.as_bytes()).ok()?.try_into().ok();
        Some(match entry.act.as_str() {
            "unsubscribed" => {
                let (id, mark) = row()?;
                Self::Unsubscribed { id, mark, ended_by: entry.detail.parse().ok()? }
            }
            "returned" => {
                let (id, mark) = row()?;
                Self::Returned { id, mark }
            }
            "erased" => {
                let (id, mark) = row()?;
                Self::Erased { id, mark }
            }
            "suppressed" => Self::Suppressed { hash: hash()?, reason: entry.detail.parse().ok()? },
            "unsuppressed" => Self::Unsuppressed { hash: hash()? },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decision_is_read_as_it_was_written() {
        let (id, hash) = (SubscriptionId(7), [9; 16]);
        let mut all = vec![ReaderDecision::Unsuppressed { hash }];
        for mark in [None, Some(Mark(i64::MIN))] {
            all.extend(EndedBy::ALL.iter().map(|by| ReaderDecision::Unsubscribed { id, mark, ended_by: *by }));
            all.extend([ReaderDecision::Returned { id, mark }, ReaderDecision::Erased { id, mark }]);
        }
        all.extend(SuppressionReason::ALL.iter().map(|reason| ReaderDecision::Suppressed { hash, reason: *reason }));
        for decision in all {
            let entry = decision.entry(Timestamp(5));
            assert_eq!(ReaderDecision::of(&entry), Some(decision), "{entry:?}");
            assert_eq!(ReaderDecision::of(&JournalEntry { act: "later".to_owned(), ..entry.clone() }), None);
            assert_eq!(ReaderDecision::of(&JournalEntry { subject: "?".to_owned(), ..entry }), None);
        }
    }
}
