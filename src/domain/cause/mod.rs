//! What a refusal says, how sure that is, and about whom it speaks. The one classifier: replies of relays pass through
//! it as they come, and so does what a report quotes of them. Pure; knows nothing of ledgers, groups or suppressions, which draw their conclusions elsewhere.

mod codes;
mod normal;
mod phrases;
mod report;
mod rules;

#[cfg(test)]
pub(crate) use normal::WORK;
use normal::{Enhanced, normal};

pub use super::reply::{Reply, Stage};
use super::string_enum;
pub use report::{Said, judge_report};
pub use rules::{CONTAINS_MIN, OperatorRule, OperatorRules, RULES_MAX};

string_enum! {
    /// Why a mail was refused.
    Cause: "cause" {
        /// The mailbox does not exist.
        NoMailbox = "no_mailbox",
        /// The domain does not exist.
        NoDomain = "no_domain",
        /// The domain takes no mail (RFC 7505, RFC 7504).
        NoMail = "no_mail",
        /// The mailbox has moved; the new address is never followed.
        Moved = "moved",
        /// The mailbox is suspended, inactive or closed.
        Disabled = "disabled",
        Full = "full",
        /// The recipient, or the recipient's own rules, do not want it.
        Filtered = "filtered",
        /// The mail is larger than somebody takes.
        TooLarge = "too_large",
        /// It was retried to the end.
        Expired = "expired",
        /// The way to the destination is broken: DNS, routing, connections.
        Network = "network",
        /// The mail system itself has trouble.
        Remote = "remote",
        /// SPF, DKIM, DMARC or the log-in failed.
        Auth = "auth",
        /// Block lists, missing reverse DNS, low reputation.
        Reputation = "reputation",
        /// A local policy, without more words.
        Policy = "policy",
        /// What the mail says: spam, virus, link, attachment.
        Content = "content",
        /// The sender address or account is refused.
        Sender = "sender",
        /// This server does not relay for us.
        Relaying = "relaying",
        /// Too much at once; slower, it goes.
        Rate = "rate",
        /// The allowance of an hour, a day or a plan is used up.
        Quota = "quota",
        /// TLS is required or failed.
        Tls = "tls",
        /// A command or the mail is not well-formed in their eyes.
        Malformed = "malformed",
        /// The relay keeps a suppression list of its own and did not even try.
        Suppressed = "suppressed",
        Unknown = "unknown",
    }
}

string_enum! {
    /// What kind of trouble a cause is. It follows from the cause alone.
    Class: "class" {
        /// No mail can ever arrive there.
        Dead = "dead",
        /// The reader's mailbox, or the reader, does not take it.
        Reader = "reader",
        /// The way there is broken.
        Way = "way",
        /// It is about us: who we are, what we send, how we send it.
        Ours = "ours",
        Unknown = "unknown",
    }
}

string_enum! {
    /// How sure a cause is.
    Certainty: "certainty" {
        /// Said for good, by a code or in words that mean nothing else, where they can be trusted.
        Certain = "certain",
        Likely = "likely",
    }
}

string_enum! {
    /// About whom a refusal speaks: for this party alone it is evidence.
    Party: "party" {
        /// The relay itself: its disk, its rules for us as a client, our log-in.
        Relay = "relay",
        /// Our envelope sender, From or account, as this relay sees it.
        Sender = "sender",
        /// The recipient's provider or domain, and what it thinks of us.
        Destination = "destination",
        Recipient = "recipient",
        /// This content or size, to whomever it goes.
        Message = "message",
        /// This connection; the next one begins anew.
        Session = "session",
    }
}

impl Cause {
    /// The kind of trouble it is.
    pub fn class(self) -> Class {
        match self {
            Self::NoMailbox | Self::NoDomain | Self::NoMail | Self::Moved => Class::Dead,
            Self::Disabled | Self::Full | Self::Filtered | Self::Suppressed => Class::Reader,
            Self::Expired | Self::Network | Self::Remote => Class::Way,
            Self::TooLarge
            | Self::Auth
            | Self::Reputation
            | Self::Policy
            | Self::Content
            | Self::Sender
            | Self::Relaying
            | Self::Rate
            | Self::Quota
            | Self::Tls
            | Self::Malformed => Class::Ours,
            Self::Unknown => Class::Unknown,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classification {
    pub cause: Cause,
    pub certainty: Certainty,
    pub party: Party,
    /// The rule that decided: a code, a phrase, or the stage.
    pub rule: &'static str,
    /// 5yz; otherwise it may be tried again.
    pub permanent: bool,
}

/// How much a word or a code weighs against another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// A code that is given for anything, or no code at all.
    Vague,
    Weak,
    /// A code that says a little.
    Generic,
    Plain,
    /// A code that means one thing.
    Specific,
    /// Words that are said in one case alone.
    Strong,
}

/// What one code or phrase says.
#[derive(Clone, Copy, Debug)]
struct Finding {
    cause: Cause,
    /// Who is meant, when that is not whom the cause means.
    party: Option<Party>,
    weight: Weight,
    rule: &'static str,
}

/// What `reply`, which is no acceptance, says at `stage`.
pub fn judge(stage: Stage, reply: &Reply) -> Classification {
    weigh(stage, reply).0
}

/// The words of a text in normal form, as phrases are looked for in them.
pub fn words(text: &str) -> String {
    normal(text).words
}

/// What `reply` says, and how much what decided weighs.
fn weigh(stage: Stage, reply: &Reply) -> (Classification, Weight) {
    let normal = normal(&reply.text);
    let agrees = |code: &Enhanced| u16::from(code.0) == reply.code / 100;
    let enhanced = reply.enhanced.or_else(|| normal.codes.iter().copied().find(agrees));
    let coded = enhanced.and_then(codes::enhanced);
    let said = phrases::find(&normal.words);
    let bare = codes::bare(stage, reply.code);
    let found = microsoft_unknown(enhanced, &normal.words).unwrap_or_else(|| decide(coded, said, bare));
    let found = account_not_mailbox(found, enhanced, &normal.words);
    (conclude(found, stage, reply, enhanced), found.weight)
}

/// What follows from a finding for a reply at this stage.
fn conclude(found: Finding, stage: Stage, reply: &Reply, enhanced: Option<Enhanced>) -> Classification {
    let permanent = reply.is_permanent();
    let cause = at_stage(found.cause, stage, permanent);
    let named = found.party.filter(|_| cause == found.cause);
    let party = seen_at(named.unwrap_or_else(|| usual_party(cause, stage, reply.code)), stage, permanent);
    let certainty = match permanent && is_plain(&found, cause, stage, enhanced) {
        true => Certainty::Certain,
        false => Certainty::Likely,
    };
    Classification { cause, certainty, party, rule: found.rule, permanent }
}

/// The weightiest of what words, enhanced code and digits say; of one weight words go before codes, and the enhanced code
/// before the digits. Where words and a code agree on the cause, the code may name the party and adds its weight.
fn decide(coded: Option<Finding>, said: Option<Finding>, bare: Finding) -> Finding {
    let coded = coded.filter(|coded| coded.weight >= bare.weight).unwrap_or(bare);
    match said {
        Some(said) if said.cause == coded.cause => {
            let party = said.party.or(coded.party);
            Finding { party, weight: said.weight.max(coded.weight), ..said }
        }
        Some(said) if said.weight >= coded.weight || corrects(&said, &coded) => said,
        _ => coded,
    }
}

/// Codes of the mailbox are mixed up: `5.1.1 mailbox full`, `5.2.1 user unknown`. The words are right then.
fn corrects(said: &Finding, coded: &Finding) -> bool {
    let milder = matches!(said.cause, Cause::Full | Cause::Disabled | Cause::Filtered | Cause::Content);
    said.weight == Weight::Plain
        && match coded.cause {
            Cause::NoMailbox => milder,
            Cause::Disabled => said.cause == Cause::NoMailbox,
            _ => false,
        }
}

/// `5.4.1 Recipient address rejected: Access denied` is how Microsoft 365 says that it does not know an address.
fn microsoft_unknown(enhanced: Option<Enhanced>, words: &str) -> Option<Finding> {
    let is_so = matches!(enhanced, Some((5, 4, 1))) && words.contains(" recipient address rejected access denied ");
    let rule = "5.4.1 recipient address rejected access denied";
    is_so.then_some(Finding { cause: Cause::NoMailbox, party: None, weight: Weight::Plain, rule })
}

/// "Account suspended" under a code of policy, of no mailbox or user, is our own account at the relay.
fn account_not_mailbox(found: Finding, enhanced: Option<Enhanced>, words: &str) -> Finding {
    let names_recipient = ["<addr>", " user ", " mailbox ", " recipient "].iter().any(|word| words.contains(word));
    match found.cause == Cause::Disabled && matches!(enhanced, Some((_, 7, _))) && !names_recipient {
        true => Finding { cause: Cause::Sender, party: Some(Party::Sender), ..found },
        false => found,
    }
}

/// The same words mean another thing where another address was named: at MAIL an unknown address is ours.
fn at_stage(cause: Cause, stage: Stage, permanent: bool) -> Cause {
    match (stage, cause) {
        (Stage::Mail | Stage::Session, Cause::NoMail) => cause,
        (Stage::Mail, Cause::Full) if permanent => Cause::TooLarge,
        (Stage::Mail, Cause::Full) => Cause::Remote,
        (Stage::Mail, Cause::Disabled | Cause::Filtered) => Cause::Sender,
        (Stage::Mail, _) if cause.class() == Class::Dead => Cause::Sender,
        // Before anybody is named, what they do not know is the name that we gave for ourselves.
        (Stage::Session, _) if cause.class() == Class::Dead => Cause::Reputation,
        _ => cause,
    }
}

/// Who is usually meant by a cause.
fn usual_party(cause: Cause, stage: Stage, code: u16) -> Party {
    match cause {
        Cause::Sender | Cause::Quota => Party::Sender,
        Cause::Relaying | Cause::Rate | Cause::Remote => Party::Relay,
        // A relay asks for TLS before it hears of anybody.
        Cause::Tls if matches!(stage, Stage::Session | Stage::Mail) => Party::Relay,
        Cause::TooLarge | Cause::Content => Party::Message,
        // The command itself was not understood.
        Cause::Malformed if matches!(code, 500..=504) => Party::Relay,
        Cause::Malformed => Party::Message,
        Cause::Auth | Cause::Reputation | Cause::Policy | Cause::Tls => Party::Destination,
        Cause::Expired | Cause::Network if stage == Stage::Dot => Party::Relay,
        Cause::Expired | Cause::Network => Party::Destination,
        Cause::Unknown if matches!(stage, Stage::Data | Stage::Dot) && code < 500 => Party::Relay,
        Cause::Unknown if matches!(stage, Stage::Data | Stage::Dot) => Party::Message,
        _ => Party::Recipient,
    }
}

/// Nobody can be meant who was not named yet. A refusal for good of the first command that names anybody is about whom
/// it names: our sender. A passing one is the relay's.
fn seen_at(party: Party, stage: Stage, permanent: bool) -> Party {
    match (stage, party) {
        (Stage::Session, Party::Destination | Party::Recipient | Party::Message) => Party::Relay,
        (Stage::Mail, Party::Destination | Party::Recipient) if permanent => Party::Sender,
        (Stage::Mail, Party::Destination | Party::Recipient) => Party::Relay,
        _ => party,
    }
}

/// Whether a refusal for good leaves no doubt.
fn is_plain(found: &Finding, cause: Cause, stage: Stage, enhanced: Option<Enhanced>) -> bool {
    if cause.class() != Class::Dead {
        return found.weight >= Weight::Specific;
    }
    // A recipient that was taken at RCPT and is called dead after the body is not certainly dead: filters say so too.
    let is_in_time = matches!(stage, Stage::Recipient | Stage::Unknown);
    let is_coded = found.weight == Weight::Specific && !matches!(enhanced, Some((_, 2.., _)));
    let is_said_at_rcpt =
        found.weight >= Weight::Plain && stage == Stage::Recipient && found.weight != Weight::Specific;
    let is_named = found.weight == Weight::Strong || is_said_at_rcpt;
    is_in_time && (is_coded || (is_named && matches!(cause, Cause::NoMailbox | Cause::NoMail)))
}

#[cfg(test)]
mod golden;

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(stage: Stage, code: u16, enhanced: Option<(u8, u16, u16)>) -> (Cause, Certainty, Party) {
        let judgement = judge(stage, &Reply { code, enhanced, text: String::new() });
        assert_eq!(judgement.permanent, code >= 500);
        (judgement.cause, judgement.certainty, judgement.party)
    }

    #[test]
    fn codes_name_the_party() {
        use Certainty::{Certain, Likely};
        for (stage, code, enhanced, expected) in [
            (Stage::Recipient, 550, Some((5, 1, 1)), (Cause::NoMailbox, Certain, Party::Recipient)),
            (Stage::Recipient, 450, Some((4, 1, 1)), (Cause::NoMailbox, Likely, Party::Recipient)),
            (Stage::Dot, 550, Some((5, 1, 1)), (Cause::NoMailbox, Likely, Party::Recipient)),
            (Stage::Mail, 550, Some((5, 1, 1)), (Cause::Sender, Certain, Party::Sender)),
            (Stage::Recipient, 550, Some((5, 1, 8)), (Cause::Sender, Certain, Party::Sender)),
            (Stage::Recipient, 450, Some((4, 1, 8)), (Cause::Sender, Likely, Party::Sender)),
            (Stage::Recipient, 452, Some((4, 5, 3)), (Cause::Rate, Likely, Party::Session)),
            (Stage::Dot, 451, Some((4, 3, 0)), (Cause::Remote, Likely, Party::Relay)),
            (Stage::Dot, 550, Some((5, 7, 26)), (Cause::Auth, Certain, Party::Destination)),
            (Stage::Recipient, 552, Some((5, 2, 2)), (Cause::Full, Certain, Party::Recipient)),
            (Stage::Mail, 552, None, (Cause::TooLarge, Likely, Party::Message)),
            (Stage::Session, 535, Some((5, 7, 8)), (Cause::Auth, Certain, Party::Relay)),
            (Stage::Mail, 530, None, (Cause::Auth, Certain, Party::Relay)),
        ] {
            assert_eq!(judged(stage, code, enhanced), expected, "{stage} {code} {enhanced:?}");
        }
    }

    #[test]
    fn the_class_follows_from_the_cause() {
        assert_eq!(Cause::ALL.len(), 23);
        assert_eq!(Cause::Quota.class(), Class::Ours);
        assert_eq!(Cause::Suppressed.class(), Class::Reader);
    }
}
