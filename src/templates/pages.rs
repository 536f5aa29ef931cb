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
    ArchivePage, FrontPage, HomePage, IssuePage, KeptDays, ListedNewsletter, SearchOutcome, PrivacyPage, QuickForm, Teaser, Year,
};
pub use forms::{DataPage, LinkPage, LostNewsletter, LostPage, NoMailPage, SentPage, TroublePage};
pub use frame::{Foot, Frame, Relation, Sharing, Style};
pub use preferences::{Chosen, Done, Other, PauseDays, PreferencesPage, Subscribed, FormError};
pub use links::{
    AbsentPage, AllowedPage, AlreadyPage, BackPage, ConfirmPage, ConfirmedPage, DepartedPage, SubscriptionEnd, ErasedPage,
    LatestIssue, LeavePage, LeftPage, MovePage, MovedPage, NextIssue, PausedPage, PendingPage, RefusePage,
    RefusedPage, StaleLink, StalePage, StopPage, StoppedPage,
};
pub use reader::Reader;
pub use signup::{Again, CheckPage, Hidden, MeantPage, Resent, SignupPage, StepPage, StepWork, LanguageLink, Webmail};
