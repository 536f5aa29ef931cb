//! A fresh database per test, on both engines, from a test that is written once. Knows no table.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use coranto::store::{Db, migrate};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::postgres::{self, Server};
use super::{blocking, target_folder};

/// Writes each test once and makes two of it, `NAME::sqlite` and `NAME::postgres`, each with a database of its own.
///
/// ```ignore
/// both_databases! {
///     async fn a_reader_confirms_once(db: Db) { ... }
///     async fn two_processes_share_an_issue(fresh: Fresh) { ... fresh.db ... fresh.url ... }
/// }
/// ```
macro_rules! both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($argument:ident: $given:ty) $body:block)+) => {
        $(
            mod $name {
                use super::*;

                $(#[$attribute])*
                async fn scenario($argument: $given) $body

                #[test]
                fn sqlite() {
                    $crate::harness::database::on_sqlite(scenario);
                }

                #[test]
                fn postgres() {
                    $crate::harness::database::on_postgres(scenario);
                }
            }
        )+
    };
}
pub(crate) use both_databases;

/// An empty database with the whole schema.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    pub(crate) db: Db,
    /// As the configuration writes it; a process of its own opens the same database by it.
    pub(crate) url: String,
}

/// What a test of a database may ask for.
pub(crate) trait Given {
    fn given(fresh: &Fresh) -> Self;
}

impl Given for Db {
    fn given(fresh: &Fresh) -> Self {
        fresh.db.clone()
    }
}

impl Given for Fresh {
    fn given(fresh: &Fresh) -> Self {
        fresh.clone()
    }
}

pub(crate) fn on_sqlite<G: Given>(scenario: impl AsyncFnOnce(G)) {
    let place = SqlitePlace::new();
    run(async {
        let fresh = Fresh { db: Db::open(&place.url()).await.unwrap(), url: place.url() };
        migrate::run(&fresh.db).await.unwrap();
        scenario(G::given(&fresh)).await;
        fresh.db.close().await;
    });
}

pub(crate) fn on_postgres<G: Given>(scenario: impl AsyncFnOnce(G)) {
    let Some(place) = PostgresPlace::new() else { return };
    run(async {
        let fresh = Fresh { db: Db::open(&place.url()).await.unwrap(), url: place.url() };
        scenario(G::given(&fresh)).await;
        fresh.db.close().await;
    });
}

/// As the program runs: on several threads.
fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

/// Where an SQLite file lies; it is removed when this is dropped.
pub(crate) struct SqlitePlace(TempDir);

impl SqlitePlace {
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("coranto-sqlite-").tempdir().unwrap())
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.0.path().join("coranto.db").display())
    }
}

/// A database on the PostgreSQL server, with the whole schema; it is dropped when this is, whoever is still connected.
pub(crate) struct PostgresPlace {
    server: &'static Server,
    name: String,
}

impl PostgresPlace {
    /// `None` when there is no server, which has then been said.
    pub(crate) fn new() -> Option<Self> {
        let server = postgres::server()?;
        Some(Self::copied(server, template(server)))
    }

    /// One without a table.
    pub(crate) fn empty() -> Option<Self> {
        Some(Self::copied(postgres::server()?, "template0"))
    }

    /// One that holds what a dump says, and nothing else.
    pub(crate) fn restored(dump: &str) -> Option<Self> {
        let place = Self::empty()?;
        blocking(async || {
            let mut connection = PgConnection::connect(&place.url()).await.unwrap();
            sqlx::raw_sql(sqlx::AssertSqlSafe(dump.to_owned())).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
        Some(place)
    }

    fn copied(server: &'static Server, original: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("coranto_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        server
            .execute(&[
                // A killed process of the same id may have left one.
                format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                format!("CREATE DATABASE {name} TEMPLATE {original}"),
            ])
            .unwrap();
        Self { server, name }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name).into()
    }

    /// Where a copy of this one may be put.
    pub(crate) fn place_beside(&self) -> Self {
        Self { server: self.server, name: format!("{}_copy", self.name) }
    }

    /// Makes the copy. Nobody may be connected.
    pub(crate) fn copy_to(&self, copy: &Self) {
        Self { server: copy.server, name: copy.name.clone() }.emptied(&format!("TEMPLATE {}", self.name)).keep();
    }

    fn emptied(self, template: &str) -> Self {
        let name = &self.name;
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        self.server.execute(&[drop, format!("CREATE DATABASE {name} {template}")]).unwrap();
        self
    }

    /// Another value removes it.
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for PostgresPlace {
    fn drop(&mut self) {
        let dropped = self.server.execute(&[format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)]);
        if let Err(error) = dropped
            && !std::thread::panicking()
        {
            panic!("{}: {error}", self.name);
        }
    }
}

/// The name of the database that the others are copies of: migrated once per cluster and state of the migrations.
fn template(server: &Server) -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let mut hasher = DefaultHasher::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
        let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        files.sort();
        for file in files {
            (file.file_name(), fs::read(&file).unwrap()).hash(&mut hasher);
        }
        let name = format!("coranto_template_{:016x}", hasher.finish());
        let lock = File::create(target_folder().join("postgres-template.lock")).unwrap();
        lock.lock().unwrap();
        if !server.has_database(&name).unwrap() {
            make_template(server, &name);
        }
        name
    })
}

/// Under another name until it is complete, for this process may be ended at any time.
fn make_template(server: &Server, name: &str) {
    let building = format!("{name}_building");
    let drop = format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)");
    server.execute(&[drop, format!("CREATE DATABASE {building} TEMPLATE template0")]).unwrap();
    blocking(async || {
        let db = Db::open(server.url(&building).as_str()).await.unwrap();
        migrate::run(&db).await.unwrap();
        db.close().await;
    });
    server.execute(&[format!("ALTER DATABASE {building} RENAME TO {name}")]).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    both_databases! {
        async fn a_test_gets_a_database_with_the_schema(fresh: Fresh) {
            let steps = migrate::state(&fresh.db).await.unwrap().steps;
            assert!(!steps.is_empty() && steps.iter().all(|step| step.applied), "{steps:?}");
            // Another process would find the same.
            let again = Db::open(&fresh.url).await.unwrap();
            assert!(migrate::state(&again).await.unwrap().steps.iter().all(|step| step.applied));
            again.close().await;
        }

        async fn what_a_test_leaves_behind_is_gone(db: Db) {
            let changed = db
                .write(async |tx| {
                    tx.sql("INSERT INTO newsletters (slug, created_at) VALUES ($1, $2)").bind("week").bind(1_i64).execute().await
                })
                .await
                .unwrap();
            // Twice would break the unique slug.
            assert_eq!(changed, 1);
        }
    }

    #[test]
    fn a_place_takes_its_database_with_it() {
        let Some(place) = PostgresPlace::new() else { return };
        let (server, name) = (place.server, place.name.clone());
        assert!(server.has_database(&name).unwrap());
        drop(place);
        assert!(!server.has_database(&name).unwrap());
    }
}
