//! What a column means. Owns the names that columns have in general, and the words by which an operator says it.

use super::cells::{folded, is_nothing, trimmed, truth};
use super::standing::Standing;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Email,
    Name,
    FirstName,
    LastName,
    Language,
    /// A word of standing, or yes and no for "gets mail".
    Status,
    /// Yes and no for "gets mail", or the time since when.
    Subscribed,
    SubscribedAt,
    /// The network address that somebody agreed from.
    OptInNetwork,
    /// Yes, or the time since when somebody is unsubscribed.
    Unsubscribed,
    /// Yes, or the time since when the mailbox is known not to exist.
    Suppressed,
    /// Yes, or the time at which somebody called the mail unwanted.
    Complained,
    /// Yes, or the time at which somebody confirmed; else they have not.
    Confirmed,
    /// An operator's word: these values mean that they agreed, and no other does.
    Agreed(Vec<String>),
    /// An operator's word: these values mean so, and others say nothing.
    If(Standing, Vec<String>),
    /// Known, and not taken.
    Ignored,
}

impl Meaning {
    /// Whether it says where somebody stands.
    pub(super) fn is_of_standing(&self) -> bool {
        matches!(
            self,
            Self::Status
                | Self::Subscribed
                | Self::Unsubscribed
                | Self::Suppressed
                | Self::Complained
                | Self::Confirmed
                | Self::Agreed(_)
                | Self::If(..)
        )
    }

    /// For people: what the column was taken for.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Email => "the address".to_owned(),
            Self::Name => "the name".to_owned(),
            Self::FirstName => "the first name".to_owned(),
            Self::LastName => "the last name".to_owned(),
            Self::Language => "the language".to_owned(),
            Self::Status => "the status".to_owned(),
            Self::Subscribed => "subscribed: no means unsubscribed".to_owned(),
            Self::SubscribedAt => "when they subscribed".to_owned(),
            Self::OptInNetwork => "the network they agreed from".to_owned(),
            Self::Unsubscribed => "unsubscribed, if yes or a time".to_owned(),
            Self::Suppressed => "never to be mailed (bounced), if yes or a time".to_owned(),
            Self::Complained => "never to be mailed (complained), if yes or a time".to_owned(),
            Self::Confirmed => "confirmed: no means unconfirmed".to_owned(),
            Self::Agreed(values) => format!("agreed, if {}", values.join(" or ")),
            Self::If(standing, values) => format!("{}, if {}", standing.as_str(), values.join(" or ")),
            Self::Ignored => "not taken".to_owned(),
        }
    }

    /// Reads what an operator says: `status`, `consent:yes`, `unsubscribed-if:no,never`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (word, values) = match text.split_once(':') {
            Some((word, values)) => (word, values.split(',').map(|value| trimmed(value).to_owned()).collect()),
            None => (text, Vec::new()),
        };
        let plain = |meaning: Self| values.is_empty().then_some(meaning);
        match word.trim().to_lowercase().as_str() {
            "email" | "address" => plain(Self::Email),
            "name" => plain(Self::Name),
            "first-name" => plain(Self::FirstName),
            "last-name" => plain(Self::LastName),
            "language" => plain(Self::Language),
            "status" => plain(Self::Status),
            "subscribed" => plain(Self::Subscribed),
            "subscribed-at" => plain(Self::SubscribedAt),
            "unsubscribed" => plain(Self::Unsubscribed),
            "bounced" | "suppressed" => plain(Self::Suppressed),
            "complained" => plain(Self::Complained),
            "confirmed" => plain(Self::Confirmed),
            "ignore" => plain(Self::Ignored),
            "consent" => (!values.is_empty()).then_some(Self::Agreed(values)),
            word => {
                let standing = Standing::named(word.strip_suffix("-if")?)?;
                (!values.is_empty()).then_some(Self::If(standing, values))
            }
        }
    }
}

/// The meanings that an operator may give to a column, for messages.
pub(super) const SAYABLE: &str = "email, name, first-name, last-name, language, status, subscribed, subscribed-at, \
    unsubscribed, bounced, complained, confirmed, consent:VALUE, unsubscribed-if:VALUE, suppressed-if:VALUE, \
    unconfirmed-if:VALUE, paused-if:VALUE, ignore";

/// Whether a cell is one of the values that an operator named. A yes is any yes, a no any no, `empty` is nothing.
pub(super) fn is_one_of(values: &[String], cell: &str) -> bool {
    let said = folded(cell);
    values.iter().any(|value| {
        let value_folded = folded(value);
        (value_folded == "empty" && is_nothing(cell))
            || (!said.is_empty() && value_folded == said)
            || (truth(value).is_some() && truth(value) == truth(cell))
            || trimmed(value) == trimmed(cell)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_says_what_a_column_means() {
        let yes = || vec!["yes".to_owned()];
        assert_eq!(Meaning::parse("status"), Some(Meaning::Status));
        assert_eq!(Meaning::parse("consent:yes"), Some(Meaning::Agreed(yes())));
        assert_eq!(Meaning::parse("unsubscribed-if:yes"), Some(Meaning::If(Standing::Unsubscribed, yes())));
        assert_eq!(
            Meaning::parse("suppressed-if:hard, dead"),
            Some(Meaning::If(Standing::Blocked, vec!["hard".to_owned(), "dead".to_owned()]))
        );
        for text in ["", "consent", "status:yes", "unsubscribed-if", "left-when:no", "anything"] {
            assert_eq!(Meaning::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_value_is_any_spelling_of_it() {
        let is = |value: &str, cell: &str| is_one_of(&[value.to_owned()], cell);
        assert!(is("yes", "TRUE") && is("no", "0") && is("Hard Bounce", "hard-bounce") && is("empty", "NULL"));
        assert!(!is("yes", "no") && !is("hard", "soft") && !is("no", ""));
    }
}
