//! A copy of a test's database, and the way back: what an operator does with a snapshot. Nobody else has it open.

use std::fs;
use std::path::{Path, PathBuf};

use coranto::store::lock::sqlite_path;
use tempfile::TempDir;
use url::Url;

use super::postgres::{self, Server};

/// A database as it was.
pub(crate) enum Copy {
    File { original: PathBuf, copy: PathBuf, _home: TempDir },
    Database { server: &'static Server, original: String, copy: String },
}

impl Copy {
    /// Copies the database of `url`, whose servers are dead.
    pub(crate) fn of(url: &str) -> Self {
        if let Some(original) = sqlite_path(url) {
            let home = tempfile::tempdir().unwrap();
            let copy = home.path().join("copy.db");
            bring(&original, &copy);
            return Self::File { original, copy, _home: home };
        }
        let server = postgres::server().unwrap();
        let original = Url::parse(url).unwrap().path().trim_start_matches('/').to_owned();
        let copy = format!("{original}_copy");
        clone(server, &original, &copy);
        Self::Database { server, original, copy }
    }

    /// Puts it in the place of what is there now.
    pub(crate) fn put_back(&self) {
        match self {
            Self::File { original, copy, .. } => bring(copy, original),
            Self::Database { server, original, copy } => {
                server.execute(&[format!("DROP DATABASE \"{original}\" WITH (FORCE)")]).unwrap();
                clone(server, copy, original);
            }
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Self::Database { server, copy, .. } = self {
            // What is left goes with the cluster.
            let _ = server.execute(&[format!("DROP DATABASE IF EXISTS \"{copy}\" WITH (FORCE)")]);
        }
    }
}

/// The file with what is still in its log.
fn bring(from: &Path, to: &Path) {
    for end in ["", "-wal", "-shm"] {
        let name = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        let _ = fs::remove_file(name(to));
        if name(from).exists() {
            fs::copy(name(from), name(to)).unwrap();
        }
    }
}

fn clone(server: &Server, from: &str, to: &str) {
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'");
    server.execute(&[end, format!("CREATE DATABASE \"{to}\" TEMPLATE \"{from}\"")]).unwrap();
}
