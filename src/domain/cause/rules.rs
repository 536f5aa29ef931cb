//! OperatorRules of the operator: a phrase and what it means at this installation. They go before every rule of ours.

use std::sync::LazyLock;

use super::{Cause, Classification, Finding, Reply, Said, Stage, Weight, conclude, normal::normal};

/// More rules than anybody writes.
pub const RULES_MAX: usize = 200;
/// A shorter phrase would stand in everything.
pub const CONTAINS_MIN: usize = 4;

/// What each is called where people read, by its place in the configuration.
static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| (1..=RULES_MAX).map(|number| format!("operator:{number}")).collect());

/// A phrase and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorRule {
    /// Its words in normal form, with a space on each side.
    words: String,
    cause: Cause,
    /// To whom the mail goes for which it holds: a provider or a domain; to anybody without it.
    destination: Option<String>,
}

impl OperatorRule {
    /// A rule for texts that have these words, whatever their case, or why it would never hold.
    pub fn new(contains: &str, cause: Cause, destination: Option<String>) -> Result<Self, &'static str> {
        let words = normal(contains).words;
        match words.trim().chars().count() {
            0 => Err("nothing is left of it but codes and punctuation, which no rule looks at"),
            letters if letters < CONTAINS_MIN => Err("it is so short that it would stand in everything"),
            _ => Ok(Self { words, cause, destination }),
        }
    }

    fn holds(&self, words: &str, destination: &str) -> bool {
        self.destination.as_deref().is_none_or(|wanted| wanted == destination) && words.contains(&self.words)
    }
}

/// All of them, in their order; the first that holds decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorRules(Vec<OperatorRule>);

impl OperatorRules {
    /// The first [`RULES_MAX`] of them.
    pub fn new(mut rules: Vec<OperatorRule>) -> Self {
        rules.truncate(RULES_MAX);
        Self(rules)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a rule says of `reply`, which came from `destination` (lower case).
    pub fn judge(&self, stage: Stage, reply: &Reply, destination: &str) -> Option<Classification> {
        if self.is_empty() {
            return None;
        }
        let normal = normal(&reply.text);
        let found = self.find(&normal.words, destination)?;
        Some(conclude(found, stage, reply, reply.enhanced))
    }

    /// What a rule says of a report about mail to `destination`: of the reply it quotes, else of what it says itself.
    pub fn judge_report(&self, said: &Said, destination: &str) -> Option<Classification> {
        if self.is_empty() {
            return None;
        }
        let texts = said.quoted.iter().chain(&said.prose);
        texts.into_iter().find_map(|text| self.judge(said.stage, &said.as_reply(text), destination))
    }

    fn find(&self, words: &str, destination: &str) -> Option<Finding> {
        let at = self.0.iter().position(|rule| rule.holds(words, destination))?;
        let rule = NAMES.get(at).map_or("operator", String::as_str);
        Some(Finding { cause: self.0[at].cause, party: None, weight: Weight::Strong, rule })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cause::{Certainty, Party};

    fn rules() -> OperatorRules {
        let rule = |text, cause, destination: Option<&str>| {
            OperatorRule::new(text, cause, destination.map(str::to_owned)).expect("the rule holds")
        };
        OperatorRules::new(vec![
            rule("Mailbox Unavailable", Cause::Full, Some("gmail")),
            rule("mailbox unavailable", Cause::NoMailbox, None),
            rule("our own block", Cause::Policy, None),
        ])
    }

    #[test]
    fn the_first_rule_that_holds_decides() {
        let judged = |stage, text: &str, destination| {
            let reply: Reply = text.parse().unwrap();
            rules().judge(stage, &reply, destination).map(|one| (one.cause, one.certainty, one.rule))
        };
        let said = "550 5.2.0 MAILBOX unavailable";
        use Certainty::{Certain, Likely};
        assert_eq!(judged(Stage::Recipient, said, "gmail"), Some((Cause::Full, Certain, "operator:1")));
        assert_eq!(judged(Stage::Recipient, said, "example.org"), Some((Cause::NoMailbox, Certain, "operator:2")));
        assert_eq!(judged(Stage::Dot, said, "example.org"), Some((Cause::NoMailbox, Likely, "operator:2")));
        assert_eq!(
            judged(Stage::Recipient, "450 Mailbox unavailable", "a.b"),
            Some((Cause::NoMailbox, Likely, "operator:2"))
        );
        assert_eq!(judged(Stage::Recipient, "550 5.1.1 User unknown", "gmail"), None);
        // Whole words: an address that has them says nothing.
        assert_eq!(judged(Stage::Recipient, "550 <mailbox-unavailable@x.example> no", "gmail"), None);
    }

    #[test]
    fn a_report_is_looked_at_in_its_order() {
        let said = Said {
            stage: Stage::Unknown,
            quoted: Some("550 5.1.1 User unknown".to_owned()),
            status: None,
            prose: vec!["It was stopped by our own block.".to_owned()],
            failed: true,
        };
        let judged = rules().judge_report(&said, "example.org").unwrap();
        assert_eq!((judged.cause, judged.party, judged.permanent), (Cause::Policy, Party::Destination, true));
        assert_eq!(OperatorRules::default().judge_report(&said, "example.org"), None);
    }

    #[test]
    fn a_rule_that_never_holds_or_always_is_none() {
        for text in ["", "  ", "550 5.1.1", "a", "...", "no"] {
            assert!(OperatorRule::new(text, Cause::Full, None).is_err(), "{text}");
        }
    }
}
