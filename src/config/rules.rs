//! `[[inbound.rules]]`: what a phrase means at this installation.

use super::reader::{Section, ValueRefusal};
use crate::domain::cause::{CONTAINS_MIN, Cause, OperatorRule, OperatorRules, RULES_MAX};
use crate::domain::nearest::nearest;
use crate::domain::provider::destination;

/// All of them, in the order of the file; none when one is wrong.
pub(super) fn read(inbound: Section<'_>) -> Option<OperatorRules> {
    let rules = inbound.each_below("rules", "inbound.rules", |section| {
        let contains = section.text("contains");
        let cause = section.parsed("cause", cause);
        let to = section.parsed("destination", |text| {
            let text = text.trim().to_lowercase();
            match text.is_empty() || text.contains(|c: char| c.is_whitespace() || c == '@') {
                true => {
                    Err((format!("{text:?} is no provider and no domain"), Some("write gmail, or example.org".into())))
                }
                false => Ok(destination(&text).to_owned()),
            }
        });
        let contains = contains?;
        OperatorRule::new(&contains, cause?, to)
            .map_err(|why| {
                let hint = format!("write words that stand in the reply, {CONTAINS_MIN} characters or more");
                section.refuse("contains", why, Some(&hint));
            })
            .ok()
    });
    if rules.len() > RULES_MAX {
        inbound.refuse("rules", format!("there are more than {RULES_MAX} rules"), Some("take some out"));
        return None;
    }
    rules.into_iter().collect::<Option<Vec<_>>>().map(OperatorRules::new)
}

fn cause(text: &str) -> Result<Cause, ValueRefusal> {
    text.parse().map_err(|_| {
        let known = || Cause::ALL.iter().map(|one| one.as_str());
        let hint = nearest(text, known()).map(|near| format!("did you mean {near}?"));
        let hint = hint.unwrap_or_else(|| format!("it is one of {}", known().collect::<Vec<_>>().join(", ")));
        (format!("{text:?} is no cause"), Some(hint))
    })
}
