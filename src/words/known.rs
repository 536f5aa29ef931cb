//! Which messages there are, and which values each takes: what templates are held against before they are used. Read from
//! the English file; the tests hold the other files equal to it. Knows no layout.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{DESK, Language, source};

/// Each message with its values, those of the messages inside it too.
static KNOWN: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let messages: BTreeMap<_, _> = parsed(source(Language::English)).into_iter().chain(parsed(DESK)).collect();
    messages.iter().map(|(key, names)| (key.clone(), names.all_values(&messages))).collect()
});

/// The values that the message `key` takes; none where there is no such message.
pub fn values_of(key: &str) -> Option<&'static BTreeSet<String>> {
    KNOWN.get(key)
}

/// The keys of all messages.
pub fn message_keys() -> impl Iterator<Item = &'static str> {
    KNOWN.keys().map(String::as_str)
}

/// What a pattern names: values, and other messages.
#[derive(Debug, Default)]
pub(super) struct PatternNames {
    pub(super) values: BTreeSet<String>,
    pub(super) messages: BTreeSet<String>,
}

impl PatternNames {
    /// Its own values and those of the messages that it names.
    pub(super) fn all_values(&self, messages: &BTreeMap<String, Self>) -> BTreeSet<String> {
        let inner = self.messages.iter().filter_map(|key| messages.get(key));
        let inner = inner.flat_map(|names| names.all_values(messages));
        self.values.iter().cloned().chain(inner).collect()
    }

    fn pattern(&mut self, pattern: &Pattern<String>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<String>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                variants.iter().for_each(|variant| self.pattern(&variant.value));
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<String>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.values.insert(id.name.clone());
            }
            InlineExpression::MessageReference { id, .. } => {
                self.messages.insert(id.name.clone());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            // Literals name nothing; functions and terms are in no file, and a test holds that.
            _ => {}
        }
    }
}

/// The messages of a file in their order, and what each names.
pub(super) fn parsed(file: &str) -> Vec<(String, PatternNames)> {
    let resource = fluent_syntax::parser::parse(file.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let messages = resource.body.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    });
    let named = messages.map(|message| {
        let mut names = PatternNames::default();
        message.value.iter().for_each(|pattern| names.pattern(pattern));
        (message.id.name, names)
    });
    named.collect()
}

/// The messages that are no part of another.
#[cfg(test)]
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    let inner: BTreeSet<_> =
        parsed(source(Language::English)).into_iter().flat_map(|(_, names)| names.messages).collect();
    KNOWN.keys().map(String::as_str).filter(move |key| !inner.contains(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_inner_messages_too() {
        let values = |key| values_of(key).map(|values| values.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(values("privacy_kept_left"), Some(vec!["days"]));
        assert_eq!(values("reason"), Some(vec!["address", "date", "newsletter"]));
        assert_eq!(values("skip"), Some(Vec::new()));
        assert_eq!(values("no_such_message"), None);
    }
}
