//! How readers come, change their mind and go: one verb per file. Every write to a subscription passes here, so that
//! form, JSON, one-click mail, command line and import share one door per rule. Knows no page and no command.
//!
//! Each act is one transaction: the change, an entry in the append-only record of consents, an event. No mail is sent
//! from here: what is to be sent becomes a row of the ledger.

mod act;
mod address;
mod ask;
mod challenge;
mod domain_policy;
mod client;
mod resubscribe;
mod confirm;
mod copy;
mod group_commit;
mod list;
mod entry;
mod erasure;
mod export;
mod import;
mod leave;
mod mail_kind;
mod enqueue;
mod limits;
mod link;
pub mod mails;
mod operator;
mod personal;
mod preferences;
mod human_check;
mod refuse;
mod request;
mod stranger;
mod rate_limiter;
mod welcome;

use act::person;

pub use act::ActionContext;
pub use address::{AddressChange, AddressLink, ask_address, confirm_address, address_status, stop_status, stop_address};
pub use ask::{RequestOutcome, Ask};
pub use challenge::Challenge;
pub use domain_policy::{DomainPolicy, MxLookup};
pub use client::ClientNetwork;
pub use resubscribe::{UndoStatus, RETURN_FOR, undo_unsubscribe, undo_status, record_reason};
pub use confirm::{CONFIRM_FOR, Confirmation, confirm, look};
pub use list::{SignupList, NewsletterLogo, SystemMails};
pub use entry::RequestError;
pub use erasure::{Holdings, copy_of, erase_address, look_holdings};
pub use export::{ExportError, export};
pub use import::{
    AGREED_FROM, Answers, DayOrder, Import, ImportError, Imported, ImportFiles, ColumnQuestion, Reason, Rejected, ImportStep, ColumnMeaning,
    UNDO_FOR, Understood, Undo, Undone, ColumnValue, forget_imports, import, undo_import,
};
pub use leave::{UnsubscribeOutcome, leave};
pub use mail_kind::MailKind;
pub use limits::{ChallengeWhen, Limits, WhyNot};
pub use link::{LinkAsk, send_link};
pub use operator::{Added, NewReader, add, remove, suppress, unsuppress};
pub use personal::{DATA_FOR, ask_data, copy_data, erase, data_status};
pub use preferences::{Rest, choose, pause, rename, resume, resume_due};
pub use human_check::{NextStep, HumanCheck, WAIT, Work};
pub use refuse::{REFUSE_FOR, allow_again, refuse};
pub use request::{purge_limits, request};
pub use stranger::Signup;
pub use welcome::welcome;
