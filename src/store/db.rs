//! The one place that knows there are two databases: pools, transactions, statements. Knows no table.
//!
//! Both engines are given the same text with `$1` placeholders; where they must differ a statement is `Sql::Split`.
//! The rules that keep one text right on both are in docs/two-databases.md.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::{BoxStream, StreamExt};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Encode, FromRow, Transaction, Type};
use tokio_util::task::TaskTracker;

use super::lock::{self, SqliteFile};
use super::wire::{self, ConnectionSecurity};
use super::{Result, StoreError};
use crate::clock::{Clock, Timestamp};
use crate::journal::{Journal, JournalEntry};
use crate::private;

/// How long a writer waits for another process's transaction; ours are all far shorter.
const BUSY_MS_MAX: u64 = 15_000;
/// How long a caller waits for a connection of the pool, behind everything queued before it.
const ACQUIRE_SECONDS_MAX: u64 = 60;
/// A process that was stopped inside a transaction, or lost its network, must not hold its rows for the other engine:
/// PostgreSQL ends the transaction. Ours never wait for anything.
const IDLE_IN_TRANSACTION_MAX: &str = "10s";
/// How long PostgreSQL may take to answer the first connection.
const OPEN_SECONDS_MAX: u64 = 10;
/// Pages beside the engine: enough readers that a long list never starves the public pages.
const SQLITE_READERS: u32 = 4;
/// SQLite before this version may corrupt a WAL file when it is reset under a reader.
const SQLITE_VERSION_MIN: (u32, u32, u32) = (3, 51, 3);
/// PostgreSQL's oldest version that the tests run on.
const POSTGRES_VERSION_MIN: i64 = 150_000;
const POSTGRES_CONNECTIONS_MAX: u32 = 10;
/// An answer that takes longer says nothing of the time.
const CLOCK_ANSWER_MAX: Duration = Duration::from_secs(1);

/// A database: pools of connections to one of the two engines.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer, many readers: SQLite allows no more.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections that cannot write.
        readers: SqlitePool,
        file: SqliteFile,
        /// Where is written down what is to outlive the database.
        journal: Option<Arc<Journal>>,
    },
    /// Any number of either.
    Postgres(PgPool, Option<Arc<Journal>>),
}

/// An open transaction; dropping it rolls back.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>, Keepsakes),
    Postgres(Transaction<'static, Postgres>, Keepsakes),
}

/// What of a transaction is to outlive the database, for the journal.
#[derive(Debug, Default)]
pub struct Keepsakes {
    journal: Option<Arc<Journal>>,
    entries: Vec<JournalEntry>,
}

/// A connection for statements that are each a transaction of their own: one way to the database and back instead of
/// three. For what is one statement as a whole, and is done thousands of times a second.
#[derive(Debug)]
pub enum Single {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A statement's text: one string where the dialects agree, two where they do not.
#[derive(Clone, Copy, Debug)]
pub enum Sql {
    /// The same text for both.
    Shared(&'static str),
    Split {
        sqlite: &'static str,
        postgres: &'static str,
    },
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self::Shared(text)
    }
}

/// A statement on its way to one of the two drivers.
pub enum Statement<'t> {
    Sqlite(&'t mut SqliteConnection, Cow<'static, str>, SqliteArguments),
    Postgres(&'t mut PgConnection, Cow<'static, str>, PgArguments),
}

/// A value both drivers can write.
pub trait Bind<'q>: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}
impl<'q, T> Bind<'q> for T where T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

/// A row both drivers can read.
pub trait Record: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}
impl<T> Record for T where T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

impl Db {
    /// Opens the database at `url` (`sqlite://FILE` or `postgres://...`). An SQLite file is made when missing.
    pub async fn open(url: &str) -> Result<Self> {
        let db = if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::open_postgres(url).await?
        } else {
            return Err(StoreError::Url);
        };
        Ok(db)
    }

    /// An empty database that goes with the last copy of this: for whoever looks where there is none.
    pub async fn open_passing() -> Result<Self> {
        let folder = tempfile::tempdir().map_err(sqlx::Error::Io)?;
        let opened = Self::open_sqlite(&format!("sqlite://{}", folder.path().join("empty.db").display())).await?;
        Ok(match opened {
            Self::Sqlite { writer, readers, file, journal } => {
                Self::Sqlite { writer, readers, file: file.passing(folder), journal }
            }
            postgres @ Self::Postgres(..) => postgres,
        })
    }

    async fn open_sqlite(url: &str) -> Result<Self> {
        // Readers' addresses are in it. What SQLite makes beside it gets the same mode.
        let file = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
        if lock::waiting_for(Path::new(file)).exists() {
            return Err(StoreError::Unfinished { path: file.to_owned() });
        }
        let made = private::open(Path::new(file), OpenOptions::new().write(true).create(true).truncate(false));
        made.map_err(|error| StoreError::File { path: file.to_owned(), source: error })?;
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL may forget the last commits after a power cut: mails that were accepted would go out again.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_millis(BUSY_MS_MAX))
            // What is deleted is overwritten, in every process that writes: an erased reader's bytes are not to stay in the
            // file. It costs next to nothing, since the rows that go out are seldom deleted.
            .pragma("secure_delete", "on")
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-16384")
            .pragma("journal_size_limit", "67108864")
            .disable_statement_logging();
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS_MAX))
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool().max_connections(1).connect_with(options.clone()).await?;
        let file = SqliteFile::at(options.get_filename());
        // Pages that a reader does not keep are in the system's memory all the same.
        let reading = options.read_only(true).pragma("cache_size", "-2048");
        let readers = pool().max_connections(SQLITE_READERS).connect_lazy_with(reading);
        let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&writer).await?;
        let numbers: Vec<u32> = version.split('.').filter_map(|number| number.parse().ok()).collect();
        if !matches!(numbers[..], [major, minor, patch] if (major, minor, patch) >= SQLITE_VERSION_MIN) {
            return Err(StoreError::Version { engine: "SQLite", found: version, wanted: "3.51.3" });
        }
        Ok(Self::Sqlite { writer, readers, file, journal: None })
    }

    async fn open_postgres(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url)?
            .application_name("coranto")
            .options([("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MAX)])
            .disable_statement_logging();
        // A pool goes on trying for as long as a caller may wait; whoever opens a database that is away is to be told.
        let probe = tokio::time::timeout(Duration::from_secs(OPEN_SECONDS_MAX), wire::probe(options)).await;
        let options = probe.map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS_MAX)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS_MAX))
            .connect_with(options)
            .await?;
        let version: String = sqlx::query_scalar("SHOW server_version_num").fetch_one(&pool).await?;
        if version.parse::<i64>().unwrap_or(0) < POSTGRES_VERSION_MIN {
            return Err(StoreError::Version { engine: "PostgreSQL", found: version, wanted: "15" });
        }
        Ok(Self::Postgres(pool, None))
    }

    /// How large an SQLite file and its log are now; a server keeps its own count.
    pub fn file_bytes(&self) -> u64 {
        let Self::Sqlite { file, .. } = self else { return 0 };
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
        let mut log = file.path().as_os_str().to_owned();
        log.push("-wal");
        size(file.path()) + size(Path::new(&log))
    }

    /// The same database, whose leavings are kept in `journal` as well.
    #[must_use]
    pub fn with_journal(self, journal: Arc<Journal>) -> Self {
        match self {
            Self::Sqlite { writer, readers, file, .. } => {
                Self::Sqlite { writer, readers, file, journal: Some(journal) }
            }
            Self::Postgres(pool, _) => Self::Postgres(pool, Some(journal)),
        }
    }

    /// Where is written down what is to outlive the database.
    pub fn journal(&self) -> Option<&Arc<Journal>> {
        let (Self::Sqlite { journal, .. } | Self::Postgres(_, journal)) = self;
        journal.as_ref()
    }

    /// Whether this is an SQLite file, which one engine alone may work on.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    /// How the connection to the server is protected; none of an SQLite file.
    pub async fn wire(&self) -> Result<Option<ConnectionSecurity>> {
        match self {
            Self::Sqlite { .. } => Ok(None),
            Self::Postgres(pool, _) => Ok(Some(wire::of(pool).await?)),
        }
    }

    /// A read-only snapshot.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?, Keepsakes::default()),
            Self::Postgres(pool, _) => {
                let begun = begin_postgres(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                Tx::Postgres(begun, Keepsakes::default())
            }
        })
    }

    /// A read-only snapshot for work that may pause for longer than any other transaction: while what was read is written
    /// elsewhere.
    pub async fn snapshot(&self) -> Result<Tx> {
        let mut tx = self.read().await?;
        if let Tx::Postgres(tx, _) = &mut tx {
            sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0").execute(&mut **tx).await?;
        }
        Ok(tx)
    }

    /// A transaction that will write. SQLite takes its write lock at once: a deferred one fails when it is upgraded.
    pub async fn begin(&self) -> Result<Tx> {
        let keepsakes = Keepsakes { journal: self.journal().cloned(), entries: Vec::new() };
        Ok(match self {
            Self::Sqlite { writer, .. } => match writer.begin_with("BEGIN IMMEDIATE").await {
                // When the disk is full SQLite itself rolls back; the driver's ROLLBACK then fails, and from then on the
                // driver takes this connection for one inside a transaction.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    writer.acquire().await?.close().await?;
                    Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?, keepsakes)
                }
                begun => Tx::Sqlite(begun?, keepsakes),
            },
            Self::Postgres(pool, _) => Tx::Postgres(begin_postgres(pool, "BEGIN").await?, keepsakes),
        })
    }

    /// A connection for statements that commit by themselves.
    pub async fn single(&self) -> Result<Single> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Single::Sqlite(writer.acquire().await?),
            Self::Postgres(pool, _) => Single::Postgres(pool.acquire().await?),
        })
    }

    /// Runs `work` in a transaction and commits it if it succeeds.
    pub async fn write<T, E>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let mut tx = self.begin().await?;
        let value = work(&mut tx).await?;
        tx.commit().await?;
        Ok(value)
    }

    /// Sets `clock` by the database's, which is one for all machines that work on it; a file has none. Returns by how many
    /// milliseconds the clock moved.
    pub async fn set_clock(&self, clock: &Clock) -> Result<i64> {
        let Self::Postgres(pool, _) = self else { return Ok(0) };
        let (before, asked) = (clock.now(), Instant::now());
        let there: i64 = sqlx::query_scalar("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
            .fetch_one(pool)
            .await?;
        let took = asked.elapsed();
        // Half-way is as near as can be known; of an answer that took long that is not near enough.
        Ok(if took > CLOCK_ANSWER_MAX { 0 } else { clock.set_by(before.plus(took / 2), Timestamp(there)) })
    }

    /// Whether the path still leads to the file that was opened: one that was deleted or replaced takes whatever is
    /// written into it to nowhere. PostgreSQL has its own eye on that.
    pub fn check_file(&self) -> Result<()> {
        match self {
            Self::Sqlite { file, .. } => file.check(),
            Self::Postgres(..) => Ok(()),
        }
    }

    /// Whether the database takes writes now: begins one, and takes it back. It is to be run to its end.
    pub async fn probe_write(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        // A server that is a replica, or was made read-only, refuses this.
        tx.sql("UPDATE leases SET lease_until = lease_until WHERE name = ''").execute().await?;
        match tx {
            Tx::Sqlite(tx, _) => tx.rollback().await?,
            Tx::Postgres(tx, _) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Writes all of SQLite's log into the file and cuts it back to nothing, so that no older state of a page is left in it.
    /// `false` when somebody read or wrote meanwhile. A server of PostgreSQL sees to its own files.
    pub async fn scour(&self) -> Result<bool> {
        let Self::Sqlite { writer, .. } = self else { return Ok(true) };
        let writer = writer.clone();
        // Done to the end even if the caller is dropped: the connection must wait for others again afterwards.
        let scouring = TaskTracker::new().spawn(async move {
            let mut connection = writer.acquire().await?;
            sqlx::query("PRAGMA busy_timeout = 100").execute(&mut *connection).await?;
            let (busy,): (i64,) =
                sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await.or_else(is_busy)?;
            sqlx::query("PRAGMA busy_timeout = 15000").execute(&mut *connection).await?;
            Ok::<_, sqlx::Error>(busy == 0)
        });
        match scouring.await {
            Ok(done) => Ok(done?),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(sqlx::Error::PoolClosed.into()),
        }
    }

    /// How many connections there are, and how many of them are idle.
    pub fn connections(&self) -> (u32, u32) {
        let idle = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match self {
            Self::Sqlite { writer, readers, .. } => {
                (writer.size() + readers.size(), idle(writer.num_idle() + readers.num_idle()))
            }
            Self::Postgres(pool, _) => (pool.size(), idle(pool.num_idle())),
        }
    }

    /// Closes every connection, after the work they have at hand.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

/// Takes for the answer "busy" that there was none because somebody else was at it (SQLITE_BUSY, SQLITE_LOCKED).
fn is_busy(error: sqlx::Error) -> Result<(i64,), sqlx::Error> {
    match &error {
        sqlx::Error::Database(database) if matches!(database.code().as_deref(), Some("5" | "6")) => Ok((1,)),
        _ => Err(error),
    }
}

/// Begins a transaction, and does so to the end even if the caller is dropped while the server answers, as a request is
/// whose reader went away. The driver would otherwise put a connection back into the pool whose `BEGIN` it has sent and
/// does not count: what is then written on it as a statement of its own would never be committed.
async fn begin_postgres(pool: &PgPool, statement: &'static str) -> Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let beginning = TaskTracker::new().spawn(async move { pool.begin_with(statement).await });
    match beginning.await {
        Ok(begun) => Ok(begun?),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(sqlx::Error::PoolClosed.into()),
    }
}

impl Tx {
    pub fn sql(&mut self, sql: impl Into<Sql>) -> Statement<'_> {
        match self {
            Self::Sqlite(tx, _) => Statement::sqlite(tx, sql.into()),
            Self::Postgres(tx, _) => Statement::postgres(tx, sql.into()),
        }
    }

    /// A statement whose text names what the catalogue of the schema names, quoted. No other text may be in it.
    pub(super) fn composed(&mut self, text: String) -> Statement<'_> {
        match self {
            Self::Sqlite(tx, _) => Statement::Sqlite(tx, text.into(), SqliteArguments::default()),
            Self::Postgres(tx, _) => Statement::Postgres(tx, text.into(), PgArguments::default()),
        }
    }

    /// Whether it is one of an SQLite file.
    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(..))
    }

    /// Notes what is to outlive the database: it stands in the journal before [`commit`](Self::commit) answers.
    pub(super) fn keep(&mut self, entry: JournalEntry) {
        let (Self::Sqlite(_, keepsakes) | Self::Postgres(_, keepsakes)) = self;
        if keepsakes.journal.is_some() {
            keepsakes.entries.push(entry);
        }
    }

    /// Makes what was written durable. What is to outlive the database is written at the same time: whoever is answered
    /// after this is in both. That the journal cannot be written stops nothing; it counts that itself.
    pub async fn commit(self) -> Result<()> {
        let (Self::Sqlite(_, Keepsakes { journal, entries }) | Self::Postgres(_, Keepsakes { journal, entries })) =
            &self;
        let writing = journal.as_ref().filter(|_| !entries.is_empty()).map(|journal| journal.append(entries));
        let committed = match self {
            Self::Sqlite(tx, _) => tx.commit().await,
            Self::Postgres(tx, _) => tx.commit().await,
        };
        if let Some(written) = writing {
            let _ = written.await;
        }
        Ok(committed?)
    }
}

impl Single {
    /// Begins a statement, which commits when it succeeds.
    pub fn sql(&mut self, sql: impl Into<Sql>) -> Statement<'_> {
        match self {
            Self::Sqlite(connection) => Statement::sqlite(connection, sql.into()),
            Self::Postgres(connection) => Statement::postgres(connection, sql.into()),
        }
    }
}

impl<'t> Statement<'t> {
    fn sqlite(connection: &'t mut SqliteConnection, sql: Sql) -> Self {
        let (Sql::Shared(text) | Sql::Split { sqlite: text, .. }) = sql;
        Self::Sqlite(connection, text.into(), SqliteArguments::default())
    }

    fn postgres(connection: &'t mut PgConnection, sql: Sql) -> Self {
        let (Sql::Shared(text) | Sql::Split { postgres: text, .. }) = sql;
        Self::Postgres(connection, text.into(), PgArguments::default())
    }

    /// Gives the next `$n` its value.
    pub fn bind<'q>(mut self, value: impl Bind<'q>) -> Self {
        match &mut self {
            Self::Sqlite(_, _, args) => args.add(value),
            Self::Postgres(_, _, args) => args.add(value),
        }
        .expect("a domain value always encodes");
        self
    }

    /// Adds a part to the text, with the place of `value` written `$$`. For lists whose conditions are chosen: a part is
    /// `'static`, so no value ever becomes text. Where it may be used is counted in tests/it/tidy.rs.
    pub fn condition<'q>(mut self, part: &'static str, value: impl Bind<'q>) -> Self {
        let (text, bound) = match &mut self {
            Self::Sqlite(_, text, args) => (text, args.len()),
            Self::Postgres(_, text, args) => (text, args.len()),
        };
        text.to_mut().push_str(&part.replace("$$", &format!("${}", bound + 1)));
        self.bind(value)
    }

    /// Returns the number of rows changed.
    pub async fn execute(self) -> Result<u64> {
        Ok(match self {
            Self::Sqlite(tx, text, args) => {
                sqlx::query_with(AssertSqlSafe(text), args).execute(&mut *tx).await?.rows_affected()
            }
            Self::Postgres(tx, text, args) => {
                sqlx::query_with(AssertSqlSafe(text), args).execute(&mut *tx).await?.rows_affected()
            }
        })
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<T: Record>(self) -> Result<Option<T>> {
        Ok(match self {
            Self::Sqlite(tx, text, args) => {
                sqlx::query_as_with(AssertSqlSafe(text), args).fetch_optional(&mut *tx).await?
            }
            Self::Postgres(tx, text, args) => {
                sqlx::query_as_with(AssertSqlSafe(text), args).fetch_optional(&mut *tx).await?
            }
        })
    }

    /// The first row, which there must be.
    pub async fn fetch_one<T: Record>(self) -> Result<T> {
        self.fetch_optional().await?.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
    }

    pub async fn fetch_all<T: Record>(self) -> Result<Vec<T>> {
        Ok(match self {
            Self::Sqlite(tx, text, args) => sqlx::query_as_with(AssertSqlSafe(text), args).fetch_all(&mut *tx).await?,
            Self::Postgres(tx, text, args) => {
                sqlx::query_as_with(AssertSqlSafe(text), args).fetch_all(&mut *tx).await?
            }
        })
    }

    /// Rows as they come, for lists that need not fit into memory.
    pub fn stream<T: Record + 't>(self) -> BoxStream<'t, Result<T>> {
        match self {
            Self::Sqlite(tx, text, args) => {
                sqlx::query_as_with(AssertSqlSafe(text), args).fetch(tx).map(|row| Ok(row?)).boxed()
            }
            Self::Postgres(tx, text, args) => {
                sqlx::query_as_with(AssertSqlSafe(text), args).fetch(tx).map(|row| Ok(row?)).boxed()
            }
        }
    }
}
