//! A subscription's states and which may become which. The store changes none but by an arrow of this table.

use super::actor::Actor;
use super::string_enum;

string_enum! {
    /// Where one person stands with one newsletter.
    SubscriptionState: "subscription state" {
        /// Asked for, not yet confirmed.
        Pending = "pending",
        Active = "active",
        /// Gets none until a date, or until they say so.
        Paused = "paused",
        /// Gets none; only they themselves can come back.
        Unsubscribed = "unsubscribed",
    }
}

impl SubscriptionState {
    /// Whether a subscription in this state may get into `next`.
    pub fn may_become(self, next: Self) -> bool {
        use SubscriptionState::{Active, Paused, Pending, Unsubscribed};
        matches!(
            (self, next),
            (Pending, Active | Unsubscribed)
                | (Active, Paused | Unsubscribed)
                | (Paused, Active | Paused | Unsubscribed)
                // An import that had made it active is taken back.
                | (Active, Pending)
                // Within a day what was before can be taken back.
                | (Unsubscribed, Pending | Active | Paused)
        )
    }

    /// Whether issues come, now or after a pause.
    pub fn is_reader(self) -> bool {
        matches!(self, Self::Active | Self::Paused)
    }

    /// Those of `from` that may become `next`: the store changes no others.
    pub fn sources(from: &[Self], next: Self) -> impl Iterator<Item = Self> {
        from.iter().copied().filter(move |state| state.may_become(next))
    }
}

string_enum! {
    /// Whose act the end of a subscription was.
    EndedBy: "end of a subscription" {
        /// The reader's own, by a link or the mail program's button.
        Reader = "reader",
        Operator = "operator",
        /// A list's that came from elsewhere.
        Import = "import",
        /// A complaint's, by which a reader said that the mail is unwanted.
        Complaint = "complaint",
        /// A provider's, that mails are not delivered to.
        Provider = "provider",
    }
}

impl EndedBy {
    /// Whose act it is, by who does it.
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Reader => Self::Reader,
            Actor::Account(_) | Actor::Command(_) => Self::Operator,
            Actor::Import(_) => Self::Import,
            Actor::Scheduler | Actor::Relay(_) | Actor::Provider(_) => Self::Provider,
        }
    }

    /// Whether it was the reader's own will, which nobody else takes back.
    pub fn is_the_readers(self) -> bool {
        matches!(self, Self::Reader | Self::Complaint)
    }
}

string_enum! {
    /// How a reader wants their mail.
    Format: "format" {
        /// HTML and text, and the mailbox chooses.
        Html = "html",
        Plain = "plain",
    }
}

string_enum! {
    /// What takes effect only by a mail.
    RequestKind: "request" {
        /// Another address: by a link sent to that address.
        Address = "address",
        /// The reader's data, or the end of them: by a link sent to the reader.
        Data = "data",
        Link = "link",
    }
}

string_enum! {
    /// Why a reader left, in their own choice of five.
    Why: "reason for leaving" {
        TooOften = "too_often",
        TooLong = "too_long",
        /// Something else than was thought.
        NotExpected = "not_expected",
        /// Somebody else signed them up.
        NeverSignedUp = "never_signed_up",
        Other = "other",
    }
}

string_enum! {
    /// What shows who asks for a mail: each is counted apart, so that no stranger uses up what is the owner's.
    AskedBy: "way of asking" {
        /// A form, into which anybody types an address.
        Form = "form",
        /// A link that was mailed to the mailbox.
        Mail = "mail",
        /// The form for one's own link, into which anybody types an address as well.
        Link = "link",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_comes_back_only_by_asking() {
        use SubscriptionState::{Active, Paused, Pending, Unsubscribed};
        assert!(Pending.may_become(Active) && Unsubscribed.may_become(Pending));
        for (from, to) in [(Paused, Pending), (Pending, Paused)] {
            assert!(!from.may_become(to), "{from} -> {to}");
        }
    }
}
