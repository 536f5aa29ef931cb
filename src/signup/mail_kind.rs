//! Which mails a request may cause. Knows no words and no ledger.

use crate::domain::delivery::DeliveryKind;

/// A mail to who asks for a subscription or has one. It is there in every language: a reader may have chosen one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    Confirm,
    /// "You are subscribed already", for whoever asks again: the answer on the page is the same for all.
    Already,
    /// The link to the preferences.
    Link,
    /// The same to who is stored and gets no issue.
    Stored,
    /// The link to what is stored.
    Data,
    /// To an address that is to take the place of another.
    NewAddress,
    /// To the address that is to be replaced.
    OldAddress,
}

impl MailKind {
    pub const ALL: [Self; 7] =
        [Self::Confirm, Self::Already, Self::Link, Self::Stored, Self::Data, Self::NewAddress, Self::OldAddress];

    /// As its template calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Already => "already",
            Self::Link => "link",
            Self::Stored => "stored",
            Self::Data => "data",
            Self::NewAddress => "new-address",
            Self::OldAddress => "old-address",
        }
    }

    /// Its kind in the ledger: what goes to an address that is not proven unsubscribes nobody.
    pub fn kind(self) -> DeliveryKind {
        match self {
            Self::Confirm => DeliveryKind::Confirmation,
            Self::NewAddress => DeliveryKind::Request,
            Self::Already | Self::Link | Self::Stored | Self::Data | Self::OldAddress => DeliveryKind::Notice,
        }
    }
}
