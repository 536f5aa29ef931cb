//! The public pages' templates: a typed context for each. Knows no request and no words: a context holds names, numbers,
//! addresses, dates and flags, and the template says the sentences.

mod archive;
mod forms;
mod frame;
mod links;
mod preferences;
mod reader;
mod signup;

pub use archive::{
    ArchivePage, FrontPage, HomePage, IssuePage, KeptDays, ListedNewsletter, PrivacyPage, QuickForm, SearchOutcome,
    Teaser, Year,
};
pub use forms::{DataPage, LinkPage, LostNewsletter, LostPage, NoMailPage, SentPage, TroublePage};
pub use frame::{Foot, Frame, Relation, Sharing, Style};
pub use links::{
    AbsentPage, AllowedPage, AlreadyPage, BackPage, ConfirmPage, ConfirmedPage, DepartedPage, ErasedPage, LatestIssue,
    LeavePage, LeftPage, MovePage, MovedPage, NextIssue, PausedPage, PendingPage, RefusePage, RefusedPage, StaleLink,
    StalePage, StopPage, StoppedPage, SubscriptionEnd,
};
pub use preferences::{Chosen, Done, FormError, Other, PauseDays, PreferencesPage, Subscribed};
pub use reader::Reader;
pub use signup::{Again, CheckPage, Hidden, LanguageLink, MeantPage, Resent, SignupPage, StepPage, StepWork, Webmail};
