//! How readers come, change their mind and go: one verb per file. Every write to a subscription passes here, so that
//! form, JSON, one-click mail, command line and import share one door per rule. Knows no page and no command.
//!
//! Each act is one transaction: the change, an entry in the append-only record of consents, an event. No mail is sent
//! from here: what is to be sent becomes a row of the ledger.

mod act;
mod address;
mod ask;
mod challenge;
mod checks;
mod client;
mod comeback;
mod confirm;
mod copy;
mod desk;
mod door;
mod entry;
mod erasure;
mod export;
mod import;
mod leave;
mod letter;
mod letters;
mod limits;
mod link;
pub mod mails;
mod operator;
mod personal;
mod preferences;
mod proof;
mod refuse;
mod request;
mod stranger;
mod throttle;
mod welcome;

use act::person;

pub use act::Act;
pub use address::{Asked, Move, ask_address, confirm_address, look_address, look_stop, stop_address};
pub use ask::{Answer, Ask};
pub use challenge::Challenge;
pub use checks::{Checks, MailServers};
pub use client::Client;
pub use comeback::{Gone, RETURN_FOR, come_back, look_back, say_why};
pub use confirm::{CONFIRM_FOR, Confirmation, confirm, look};
pub use door::{Door, Emblem, Letters};
pub use entry::RequestError;
pub use erasure::{Holdings, copy_of, erase_address, look_holdings};
pub use export::{ExportError, export};
pub use import::{
    AGREED_FROM, Answers, DayOrder, Import, ImportError, Imported, List, Question, Reason, Rejected, Step, Taken,
    UNDO_FOR, Understood, Undo, Undone, Value, forget_imports, import, undo_import,
};
pub use leave::{Leaving, leave};
pub use letter::Letter;
pub use limits::{ChallengeWhen, Limits, WhyNot};
pub use link::{LinkAsk, send_link};
pub use operator::{Added, NewReader, add, remove, suppress, unsuppress};
pub use personal::{DATA_FOR, ask_data, copy_data, erase, look_data};
pub use preferences::{Rest, choose, pause, rename, resume, resume_due};
pub use proof::{NextStep, Proof, WAIT, Work};
pub use refuse::{REFUSE_FOR, allow_again, refuse};
pub use request::{purge_limits, request};
pub use stranger::Signup;
pub use welcome::welcome;
