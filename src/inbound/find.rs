//! Whose email a report is about. A token of ours says so, wherever it comes back; an address that a report names says
//! what may be shown, and no more. What opens what is decided here without a database; the rows are looked up after it.

use std::time::Duration;

use super::read::{Place, Reading};
use super::report::ReadReport;
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::cause::Certainty;
use crate::domain::notice::NoticeEvidence;
use crate::domain::{DeliveryId, SubscriptionId};
use crate::message::verp::{self, Returned};
use crate::store::returns::{self, ReturnedMail};
use crate::store::{Result, Tx, marks};
use crate::token::{Keyring, Unproved};

/// A link to unsubscribe names no mail: it is taken to be the latest of so many days.
const LATEST_WITHIN: Duration = Duration::from_secs(14 * 24 * 3600);
/// The same of an address that a report names.
const NAMED_WITHIN: Duration = Duration::from_secs(7 * 24 * 3600);
/// The same where the provider whose relay took the mail names it, and proved who it is.
const VOUCHED_WITHIN: Duration = Duration::from_secs(14 * 24 * 3600);

/// What came back that a token may stand in, opened: the best first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clue {
    /// The return path, or the envelope id, of this mail. Nobody who only reads an email has that.
    ReturnPath(Unproved),
    /// The Message-ID of this mail.
    MessageId(Unproved),
    /// The link, or the address, by which this reader unsubscribes. `asked`: the report came to that very address.
    Unsubscribe { of: Unproved, asked: bool },
}

/// Whose email it was.
#[derive(Clone, Debug)]
pub(super) enum Matched {
    Mail {
        mail: ReturnedMail,
        by: MatchedBy,
    },
    /// The reader is known, and no mail of theirs.
    Reader(SubscriptionId),
}

/// How a mail was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MatchedBy {
    ReturnPath,
    MessageId,
    Unsubscribe,
    /// By an address, which the provider of its relay named.
    Vouched,
    Address,
}

impl MatchedBy {
    pub(super) fn evidence(self) -> NoticeEvidence {
        match self {
            Self::ReturnPath | Self::MessageId | Self::Unsubscribe => NoticeEvidence::Sealed,
            Self::Vouched => NoticeEvidence::Vouched,
            Self::Address => NoticeEvidence::Named,
        }
    }

    /// What a report can prove at most. Whoever holds a forwarded email holds its Message-ID and its links; a provider that
    /// proved who it is holds them by right.
    pub(super) fn at_most(self, said: Certainty, is_verified: bool) -> Certainty {
        let is_proof = self == Self::ReturnPath || (is_verified && matches!(self, Self::MessageId | Self::Vouched));
        if is_proof { said } else { Certainty::Likely }
    }
}

/// What `reading` and the address that it came to hold of ours.
pub(super) fn clues(keys: &Keyring, recipient: Option<&str>, reading: &Reading) -> Vec<Clue> {
    let mut clues = Vec::new();
    let came_to = |address: &str| {
        verp::open(keys, address).map(|returned| match returned {
            Returned::Bounce(of) => Clue::ReturnPath(of),
            Returned::Unsubscribe(of) => Clue::Unsubscribe { of, asked: true },
        })
    };
    clues.extend(recipient.map(local).and_then(came_to));
    for trace in &reading.traces {
        let text = trace.text();
        clues.extend(match trace.place {
            Place::Recipient => came_to(text),
            Place::EnvelopeId => verp::open_bounce(keys, text).map(Clue::ReturnPath),
            Place::MessageId => verp::open_message(keys, text).map(Clue::MessageId),
            Place::Unsubscribe => verp::open_unsubscribe(keys, text).map(|of| Clue::Unsubscribe { of, asked: false }),
        });
    }
    clues.sort_by_key(|clue| match clue {
        Clue::ReturnPath(_) => 0,
        Clue::MessageId(_) => 1,
        Clue::Unsubscribe { .. } => 2,
    });
    clues
}

fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// The subscription whose own address a mail came to, if it is still the one that the address was made for.
pub(super) async fn asked(tx: &mut Tx, keys: &Keyring, clues: &[Clue]) -> Result<Option<SubscriptionId>> {
    for clue in clues {
        if let Clue::Unsubscribe { of, asked: true } = clue
            && let Some(id) = subscription(tx, keys, of).await?
        {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The mail or the reader that the first clue names whose row is the one it was made for; otherwise the mail to the
/// first address that the report names.
pub(super) async fn find(
    tx: &mut Tx,
    keys: &Keyring,
    clues: &[Clue],
    report: &ReadReport,
    now: Timestamp,
) -> Result<Option<Matched>> {
    for clue in clues {
        let found = match clue {
            Clue::ReturnPath(of) => {
                mail(tx, keys, of).await?.map(|mail| Matched::Mail { mail, by: MatchedBy::ReturnPath })
            }
            Clue::MessageId(of) => {
                mail(tx, keys, of).await?.map(|mail| Matched::Mail { mail, by: MatchedBy::MessageId })
            }
            Clue::Unsubscribe { of, .. } => match subscription(tx, keys, of).await? {
                Some(id) => match returns::latest_of(tx, id, now.minus(LATEST_WITHIN)).await? {
                    Some(mail) => Some(Matched::Mail { mail, by: MatchedBy::Unsubscribe }),
                    None => Some(Matched::Reader(id)),
                },
                None => None,
            },
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    named(tx, keys, report, now).await
}

async fn mail(tx: &mut Tx, keys: &Keyring, of: &Unproved) -> Result<Option<ReturnedMail>> {
    let Some(found) = returns::mail(tx, DeliveryId(of.number().cast_signed())).await? else { return Ok(None) };
    let issue = found.issue_id.map(|id| id.0);
    let is_its = keys.proves_mail(of, found.subscription_id.0, found.mark, issue);
    Ok(is_its.then_some(found))
}

async fn subscription(tx: &mut Tx, keys: &Keyring, of: &Unproved) -> Result<Option<SubscriptionId>> {
    let id = SubscriptionId(of.number().cast_signed());
    let row = marks::of_subscription(tx, id).await?;
    Ok(row.filter(|row| keys.proves(of, row.mark)).map(|_| id))
}

async fn named(tx: &mut Tx, keys: &Keyring, report: &ReadReport, now: Timestamp) -> Result<Option<Matched>> {
    let teller = report.told.as_ref().filter(|teller| teller.is_verified);
    let within = if teller.is_some() { VOUCHED_WITHIN } else { NAMED_WITHIN };
    let recipients = report.reading.recipients.iter();
    let addresses = recipients.filter_map(|recipient| recipient.address.as_deref()?.parse().ok());
    for address in addresses.collect::<Vec<EmailAddress>>() {
        let hash = keys.address_hash(&address.key());
        if let Some(mail) = returns::latest_to(tx, &hash, now.minus(within)).await? {
            let relay = mail.relay.as_deref().unwrap_or_default();
            let is_its = teller.is_some_and(|teller| teller.relays.iter().any(|one| one == relay));
            let by = if is_its { MatchedBy::Vouched } else { MatchedBy::Address };
            return Ok(Some(Matched::Mail { mail, by }));
        }
    }
    Ok(None)
}
