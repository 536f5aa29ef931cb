//! A copy of a test's database, and the way back: what an operator does with a snapshot. Nobody else has it open.

use std::fs;
use std::path::{Path, PathBuf};

use coranto::store::lock::sqlite_path;
use tempfile::TempDir;
use url::Url;

use super::postgres::{self, Server};
use super::program::Program;

/// A database as it was.
pub(crate) enum Copy {
    File { original: PathBuf, copy: PathBuf, _home: TempDir },
    Database { server: &'static Server, original: String, copy: String },
    Dump { server: &'static Server, original: String, file: PathBuf, _home: TempDir },
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
        let (server, original) = on_server(url);
        let copy = format!("{original}_copy");
        clone(server, &original, &copy);
        Self::Database { server, original, copy }
    }

    /// Copies the database of `url` under its server, which works on: a snapshot of the file with its log, taken at one
    /// moment as a file system takes it, or a dump.
    pub(crate) fn beside(url: &str, program: &Program) -> Self {
        let home = tempfile::tempdir().unwrap();
        if let Some(original) = sqlite_path(url) {
            let copy = home.path().join("copy.db");
            program.signal("STOP");
            bring(&original, &copy);
            program.signal("CONT");
            return Self::File { original, copy, _home: home };
        }
        let (server, original) = on_server(url);
        let file = home.path().join("copy.dump");
        server.dump(&original, &file);
        Self::Dump { server, original, file, _home: home }
    }

    /// Puts it in the place of what is there now.
    pub(crate) fn put_back(&self) {
        match self {
            Self::File { original, copy, .. } => bring(copy, original),
            Self::Database { server, original, copy } => {
                server.execute(&[format!("DROP DATABASE \"{original}\" WITH (FORCE)")]).unwrap();
                clone(server, copy, original);
            }
            Self::Dump { server, original, file, .. } => {
                server.empty(original);
                server.bring_back(original, file);
            }
        }
    }
}

/// The database of `url` is gone; on a server an empty one has its name.
pub(crate) fn lose(url: &str) {
    let Some(file) = sqlite_path(url) else {
        let (server, name) = on_server(url);
        return server.empty(&name);
    };
    for end in ["", "-wal", "-shm", ".lock"] {
        let _ = fs::remove_file(format!("{}{end}", file.display()));
    }
}

fn on_server(url: &str) -> (&'static Server, String) {
    (postgres::server().unwrap(), Url::parse(url).unwrap().path().trim_start_matches('/').to_owned())
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
