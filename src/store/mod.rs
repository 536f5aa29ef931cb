//! All SQL and nothing but SQL. Decides nothing: rules live in `domain`, sequences in the use cases.
//!
//! Every function takes an open transaction, so that a use case puts several of them into one. Every change of a state
//! is a compare-and-set whose row count is looked at.

pub mod accounts;
pub mod alarms;
pub mod arrivals;
pub mod backups;
mod changes;
pub mod checkups;
pub mod choices;
pub mod claimed;
pub mod column;
pub mod compact;
pub mod consents;
pub mod copies;
pub mod db;
pub mod deliveries;
pub mod departed;
pub mod entries;
pub mod events;
pub mod evidence;
pub mod folded;
pub mod history;
pub mod hooks;
pub mod images;
pub mod imports;
pub mod installation;
pub mod issue_sums;
pub mod issues;
pub mod key_holders;
pub mod keys;
pub mod leases;
pub mod ledger;
pub mod limits;
pub mod lock;
pub mod mailboxes;
pub mod marks;
pub mod members;
pub mod methods;
pub mod migrate;
pub mod newsletters;
pub mod notices;
pub mod pages;
pub mod pauses;
pub mod personal;
pub mod quotas;
pub mod requests;
pub mod retention;
pub mod returns;
pub mod revisions;
pub mod sessions;
pub mod settlement;
pub mod sign_in_tries;
pub mod skips;
pub mod snapshot;
pub mod subscribers;
pub mod subscriptions;
pub mod suppressions;
pub mod suspensions;
pub mod transactional;
pub mod transfer;
mod wire;

pub use db::{Db, Single, Tx};
pub use wire::ConnectionSecurity;

/// What every store function answers with.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The configuration's `database` is no address of one.
    #[error("the database address is not one; write sqlite://FILE or postgres://USER@HOST/NAME")]
    Url,
    /// Too old to be trusted.
    #[error("{engine} {found} is too old; {wanted} or newer is needed")]
    Version {
        engine: &'static str,
        /// What it said it is.
        found: String,
        wanted: &'static str,
    },
    /// The file cannot be opened or made.
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    /// The server cannot show that it is the one that is meant.
    #[error(
        "the database server's certificate is not trusted ({0}): write `?sslmode=verify-full&sslrootcert=FILE` behind the \
         address, with the certificate of the authority that signed it; or `?sslmode=require`, which encrypts and does \
         not look whose server it is"
    )]
    Certificate(String),
    /// Another process works on the file.
    #[error(
        "another coranto is already serving {path}; only one may (stop it, or give this one a database of its own)"
    )]
    Locked { path: String },
    /// The file was deleted while it was open.
    #[error("the database file {path} was deleted while this program worked on it; what is written now would be lost")]
    Gone { path: String },
    /// Another file is in the place of the one that is open.
    #[error("the database file {path} was replaced while this program worked on it; what is written now would be lost")]
    Replaced { path: String },
    /// The lock file cannot be made.
    #[error("{path} cannot be locked: {source}")]
    Lock { path: String, source: std::io::Error },
    /// A restore was broken off when the database was being put in its place.
    #[error(
        "a restore of {path} is unfinished: run the same `coranto restore` again; it does the whole of it once more"
    )]
    Unfinished { path: String },
    /// The schema is not this program's.
    #[error("the database's schema cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A newer program made it, and says that this one does not work with it.
    #[error(
        "this database was brought to schema {schema} by coranto {}; this is {}, which knows {knows}",
        .made_by.as_deref().unwrap_or("of a later version"), env!("CARGO_PKG_VERSION")
    )]
    Newer {
        schema: i64,
        /// The version of that program.
        made_by: Option<String>,
        /// The newest step that this program knows.
        knows: i64,
    },
    /// A value that the other engine cannot keep.
    #[error("{table}.{column} has a value that {engine} cannot keep: {why}")]
    Unstorable { table: String, column: String, engine: &'static str, why: &'static str },
    /// A schema that no step of this program made.
    #[error("the database's schema is not this program's: {0}")]
    Schema(String),
    /// Anything the database itself says.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether a row with the same key exists already.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether another command got in between: it took the same key, or the two waited for each other (PostgreSQL's 40001
    /// and 40P01). What is there now is to be looked at again.
    pub fn is_conflict(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        error.is_unique_violation() || matches!(error.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Whether the disk is full (SQLITE_FULL; PostgreSQL's 53100).
    pub fn is_disk_full(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("13" | "53100"))
    }

    /// Whether trying again later may help: the database is away, busy, full, or takes no writes at the moment.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed) => true,
            Self::Database(sqlx::Error::Database(error)) => {
                // SQLITE_BUSY and its kin, SQLITE_READONLY, SQLITE_FULL, SQLITE_IOERR; PostgreSQL's classes 08, 40, 53 and
                // 57, and 25006: a server that is a replica or was made read-only.
                let code = error.code().unwrap_or_default();
                matches!(code.parse::<u32>().ok().map(|code| code & 0xff), Some(5 | 6 | 8 | 10 | 13)) && code.len() < 5
                    || code == "25006"
                    || ["08", "40", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))
            }
            _ => false,
        }
    }
}
