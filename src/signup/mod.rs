//! How readers come, change their mind and go: one verb per file. Every write to a subscription passes here, so that
//! form, JSON, one-click mail, command line and import share one door per rule. Knows no page and no command.
//!
//! Each act is one transaction: the change, an entry in the append-only record of consents, an event. No mail is sent
//! from here: what is to be sent becomes a row of the ledger.

mod act;
mod address;
mod ask;
mod challenge;
mod client;
mod confirm;
mod copy;
mod domain_policy;
mod enqueue;
mod entry;
mod erasure;
mod export;
mod from_log;
mod group_commit;
mod human_check;
mod import;
mod leave;
mod limits;
mod link;
mod list;
mod mail_kind;
pub mod mails;
mod operator;
mod personal;
mod preferences;
mod rate_limiter;
mod refuse;
mod replay;
mod request;
mod resubscribe;
mod stranger;
mod welcome;

use act::{about, person};

pub use act::ActionContext;
pub use address::{
    AddressChange, AddressLink, address_status, ask_address, confirm_address, stop_address, stop_status,
};
pub use ask::{Ask, RequestOutcome};
pub use challenge::Challenge;
pub use client::ClientNetwork;
pub use confirm::{CONFIRM_FOR, Confirmation, confirm, look};
pub use domain_policy::{DomainPolicy, MxLookup};
pub use entry::RequestError;
pub use erasure::{Holdings, copy_of, erase_address, look_holdings};
pub use export::{ExportError, export};
pub use from_log::{LoggedUnsubscribes, unsubscribe_from_log};
pub use human_check::{HumanCheck, NextStep, WAIT, Work};
pub use import::{
    AGREED_FROM, Answers, ColumnMeaning, ColumnQuestion, ColumnValue, DayOrder, Import, ImportError, ImportFiles,
    ImportStep, Imported, Reason, Rejected, UNDO_FOR, Understood, Undo, Undone, forget_imports, import, undo_import,
};
pub use leave::{UnsubscribeOutcome, leave, leave_all_by_complaint, leave_by_mail};
pub use limits::{ChallengeWhen, Limits, WhyNot};
pub use link::{LinkAsk, send_link};
pub use list::{NewsletterLogo, SignupList, SystemMails};
pub use mail_kind::MailKind;
pub use operator::{Added, NewReader, add, remove, suppress, unsuppress};
pub use personal::{DATA_FOR, ask_data, copy_data, data_status, erase};
pub use preferences::{Rest, choose, pause, rename, resume, resume_due};
pub use refuse::{REFUSE_FOR, allow_again, refuse};
pub use replay::{Replayed, replay};
pub use request::{purge_limits, request};
pub use resubscribe::{RETURN_FOR, UndoStatus, record_reason, undo_status, undo_unsubscribe};
pub use stranger::Signup;
pub use welcome::welcome;
