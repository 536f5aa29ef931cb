//! What a report says of one recipient. It quotes a server's reply, names a status of its own and says things in prose;
//! the better witness speaks first, and a lower one where the higher is silent.

use super::normal::Enhanced;
use super::{Cause, Certainty, Class, Classification, Reply, Stage, Weight, codes, weigh};

/// What a report says of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Where the refusal came, as far as the report says.
    pub stage: Stage,
    /// A server's reply, as quoted.
    pub quoted: Option<String>,
    /// The status that the report names (RFC 3463).
    pub status: Option<Enhanced>,
    /// What the reporter says in words, the nearest to the recipient first.
    pub prose: Vec<String>,
    /// Whether it was given up.
    pub failed: bool,
}

impl Said {
    /// One of its texts as the reply that it is, or would be.
    pub(super) fn as_reply(&self, text: &str) -> Reply {
        read(text, self.failed)
    }
}

/// Texts of a report that stand beside the recipient: a code in one of them is about them.
const NEAR: usize = 2;

/// Why no conversation came about. After the last attempt it is one thing: it was retried to the end.
const UNREACHED: &[&str] = &[
    "connection timed out", "not accept our requests to connect", "operation timed out", "timed out",
    "no answer from host", "not responding", "did not respond", "remote host is not responding", "host not reachable",
];

/// What one witness says, and how much it weighs.
type Witness = (Classification, Weight);

/// What is said of the recipient, by the best witness that says something.
pub fn judge_report(said: &Said) -> Classification {
    let quoted = said.quoted.as_deref().map(|text| read(text, said.failed));
    let mut witnesses = Vec::with_capacity(2 + said.prose.len());
    witnesses.extend(quoted.as_ref().map(|reply| with_status(said.stage, reply, said.status)));
    witnesses.extend(said.status.map(|status| of_status(said.stage, status, quoted.as_ref())));
    let written = witnesses.len();
    witnesses.extend(said.prose.iter().enumerate().map(|(at, text)| of_prose(said, at, text)));
    let named = witnesses.iter().position(|(_, weight)| *weight >= Weight::Plain);
    // A status is guessed from what the reporter was told: where it shows that, its words are nearer.
    let told = witnesses.get(written).filter(|(_, weight)| quoted.is_none() && *weight == Weight::Strong);
    let plain = named.and_then(|at| told.filter(|_| at < written).or(witnesses.get(at)));
    let best = plain.or_else(|| witnesses.iter().rev().max_by_key(|(_, weight)| *weight));
    let (judgement, weight) = best.copied().unwrap_or_else(|| weigh(said.stage, &read("", said.failed)));
    let (judgement, weight) = milder(judgement, weight, &witnesses[written..]);
    let permanent = quoted.as_ref().map_or(said.failed, Reply::is_permanent);
    settled(Classification { permanent, ..judgement }, weight, said)
}

/// A text as the reply that it is, or that it would be.
fn read(text: &str, failed: bool) -> Reply {
    let code = if failed { 550 } else { 450 };
    text.parse().unwrap_or_else(|_| Reply { code, enhanced: None, text: text.to_owned() })
}

fn of_status(stage: Stage, status: Enhanced, quoted: Option<&Reply>) -> Witness {
    let code = if status.0 == 5 { 550 } else { 450 };
    let (judgement, weight) = weigh(stage, &Reply { code, enhanced: Some(status), text: String::new() });
    // Beside a reply that says nothing of the kind, a status is the reporter's guess.
    match quoted.is_some_and(|reply| !reply.text.trim().is_empty()) {
        true => (likely(judgement), weight.min(Weight::Generic)),
        false => (judgement, weight),
    }
}

/// Prose may wrap another's reply in words of its own: what it calls dead is certain only with a code beside it, or in words
/// that are said in no other case.
fn of_prose(said: &Said, at: usize, text: &str) -> Witness {
    let (judgement, weight) = weigh(said.stage, &read(text, said.failed));
    let is_sure = at < NEAR && weight >= Weight::Specific;
    match judgement.cause.class() == Class::Dead && !is_sure {
        true => (likely(judgement), weight),
        false => (judgement, weight),
    }
}

fn likely(judgement: Classification) -> Classification {
    Classification { certainty: Certainty::Likely, ..judgement }
}

/// A reporter that knows more of the mailbox than the reply says is believed: "unknown user" is said of a full or closed
/// mailbox as well. Against a code of its own it only raises a doubt.
fn milder(judgement: Classification, weight: Weight, prose: &[Witness]) -> Witness {
    let knows =
        |(other, weight): &&Witness| *weight == Weight::Plain && matches!(other.cause, Cause::Full | Cause::Disabled);
    match prose.iter().find(knows).filter(|_| judgement.cause.class() == Class::Dead) {
        Some((other, other_weight)) if weight < Weight::Specific => (likely(*other), *other_weight),
        Some(_) => (likely(judgement), weight),
        None => (judgement, weight),
    }
}

/// What follows from the report itself: it gave up, and a name that does not exist is looked up again before anything
/// follows from it.
fn settled(judgement: Classification, weight: Weight, said: &Said) -> Classification {
    let is_last = said.failed && said.status.is_none_or(|status| status.0 != 5);
    let is_gone = judgement.cause == Cause::NoDomain && weight >= Weight::Plain && said.failed && judgement.permanent;
    match () {
        () if is_last && judgement.cause == Cause::Network && UNREACHED.contains(&judgement.rule) => {
            Classification { cause: Cause::Expired, ..judgement }
        }
        () if is_gone
            && matches!(said.stage, Stage::Unknown | Stage::Recipient)
            && said.status.is_none_or(|status| status.0 == 5) =>
        {
            Classification { certainty: Certainty::Certain, ..judgement }
        }
        () => judgement,
    }
}

/// A quoted reply, and the status beside it where the reply bears no code of its own: it counts for as much as the reply
/// where both say the same.
fn with_status(stage: Stage, reply: &Reply, status: Option<Enhanced>) -> Witness {
    let alone = weigh(stage, reply);
    let beside = status.filter(|status| {
        let agrees = u16::from(status.0) == reply.code / 100;
        let says = codes::enhanced(*status).map(|coded| coded.cause);
        agrees
            && reply.enhanced.is_none()
            && alone.0.cause != Cause::Unknown
            && (says == Some(alone.0.cause) || says == Some(Cause::Unknown))
    });
    match beside {
        Some(status) => weigh(stage, &Reply { enhanced: Some(status), ..reply.clone() }),
        None => alone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(quoted: Option<&str>, status: Option<Enhanced>, prose: &[&str]) -> Said {
        let prose = prose.iter().map(|&text| text.to_owned()).collect();
        Said { stage: Stage::Unknown, quoted: quoted.map(str::to_owned), status, prose, failed: true }
    }

    #[test]
    fn the_better_witness_speaks_first() {
        use Certainty::{Certain, Likely};
        for (said, cause, certainty) in [
            (said(Some("550 5.1.1 User unknown"), Some((5, 0, 0)), &[]), Cause::NoMailbox, Certain),
            (said(None, Some((5, 1, 1)), &[]), Cause::NoMailbox, Certain),
            (said(Some("550 User unknown"), Some((5, 1, 1)), &[]), Cause::NoMailbox, Certain),
            (said(Some("550 User unknown"), Some((5, 2, 0)), &[]), Cause::NoMailbox, Likely),
            (said(Some("550 Your IP is on our block list"), Some((5, 1, 1)), &[]), Cause::Reputation, Certain),
            // The longer phrase is meant: this host is on no list.
            (
                said(None, Some((5, 1, 1)), &["User anna not listed in public Name & Address Book"]),
                Cause::NoMailbox,
                Certain,
            ),
            (said(Some("550 Sorry"), Some((5, 1, 1)), &[]), Cause::NoMailbox, Likely),
            (said(Some("552 5.2.2 Over quota"), Some((5, 1, 1)), &["user unknown"]), Cause::Full, Certain),
            (said(Some("550 no"), None, &["The mailbox is full.", "user unknown"]), Cause::Full, Likely),
            (said(None, None, &["no such user here"]), Cause::NoMailbox, Likely),
            (said(None, None, &[]), Cause::Unknown, Likely),
        ] {
            let judgement = judge_report(&said);
            assert_eq!((judgement.cause, judgement.certainty), (cause, certainty), "{said:?}");
        }
    }

    #[test]
    fn what_is_not_given_up_is_never_certain() {
        let later = Said { failed: false, ..said(None, Some((4, 1, 1)), &["user unknown"]) };
        assert_eq!(judge_report(&later).certainty, Certainty::Likely);
        assert!(!judge_report(&later).permanent);
    }
}
