//! What a report says of one recipient. It quotes a server's reply, names a status of its own and says things in prose;
//! the better witness speaks first, and a lower one where the higher is silent.

use super::normal::Enhanced;
use super::{Cause, Certainty, Classification, Reply, Stage, Weight, codes, weigh};

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

/// What is said of the recipient, by the best witness that says something.
pub fn judge_report(said: &Said) -> Classification {
    let assumed = if said.failed { 550 } else { 450 };
    let read = |text: &str| {
        text.parse::<Reply>().unwrap_or_else(|_| Reply { code: assumed, enhanced: None, text: text.to_owned() })
    };
    let quoted = said.quoted.as_deref().map(read);
    let mut witnesses = Vec::with_capacity(2 + said.prose.len());
    if let Some(reply) = &quoted {
        witnesses.push(with_status(said.stage, reply, said.status));
    }
    let permanent = quoted.as_ref().map(Reply::is_permanent);
    if let Some(status) = said.status {
        let code = if status.0 == 5 { 550 } else { 450 };
        let reply = Reply { code, enhanced: Some(status), text: String::new() };
        let (judgement, weight) = weigh(said.stage, &reply);
        // Beside a reply that says nothing of the kind, a status is the reporter's guess.
        witnesses.push(match quoted.as_ref().is_some_and(|reply| !reply.text.trim().is_empty()) {
            true => (Classification { certainty: Certainty::Likely, ..judgement }, weight.min(Weight::Generic)),
            false => (judgement, weight),
        });
    }
    witnesses.extend(said.prose.iter().map(|text| {
        let (judgement, weight) = weigh(said.stage, &read(text));
        // Prose may wrap another's reply in words of its own: what it alone calls dead is never certain.
        match judgement.cause.class() == super::Class::Dead {
            true => (Classification { certainty: Certainty::Likely, ..judgement }, weight),
            false => (judgement, weight),
        }
    }));
    let plain = witnesses.iter().find(|(_, weight)| *weight >= Weight::Plain);
    let best = plain.or_else(|| witnesses.iter().rev().max_by_key(|(_, weight)| *weight));
    let judgement = best.map_or_else(|| weigh(said.stage, &read("")).0, |(judgement, _)| *judgement);
    Classification { permanent: permanent.unwrap_or(said.failed), ..judgement }
}

/// A quoted reply, and the status beside it where the reply bears no code of its own: it counts for as much as the reply
/// where both say the same.
fn with_status(stage: Stage, reply: &Reply, status: Option<Enhanced>) -> (Classification, Weight) {
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
