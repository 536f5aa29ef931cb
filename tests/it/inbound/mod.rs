//! What comes back, and what follows for readers.

mod calls;
mod dovecot;
mod faults;
mod hooks;
mod imap_server;
mod killed;
mod listening;
mod loops;
mod mailbox;
mod orders;
mod policy;
pub(crate) mod post;
mod postfix;
mod reading;
mod receiving;
mod reported;
mod rules;
mod servers;
mod settling;
mod wire;
