//! What comes back, and what follows for readers.

mod dovecot;
mod faults;
mod hooks;
mod imap_server;
mod killed;
mod listening;
mod loops;
mod mailbox;
mod policy;
pub(crate) mod post;
mod postfix;
mod reading;
mod receiving;
mod rules;
mod settling;
mod wire;
