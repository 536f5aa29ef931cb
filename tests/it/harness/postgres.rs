//! A throw-away PostgreSQL cluster, shared by every process of a test run. Knows nothing of coranto's tables.
//!
//! The first process that needs it runs `initdb` and `postgres` from the installed packages, on a Unix socket alone and
//! without fsync; `keeper.sh` ends it when nobody has used it for half a minute. `TEST_DATABASE_URL` names a server to be
//! used instead; its user must be allowed to create databases.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};
use url::Url;

use super::{blocking, environment, find_program, skip, target_folder};

/// How long the cluster outlives its last user: a pause between two runs should not cost an `initdb`.
const IDLE_S_MAX: u32 = 30;
/// A keeper touches its heartbeat every second; one that has not for so long is dead.
const HEARTBEAT_AGE_MAX: Duration = Duration::from_secs(15);
/// A loaded machine may take a while to start a server.
const START_WAIT_MAX: Duration = Duration::from_secs(60);
/// The socket's path may have 107 bytes, and the server's own user must get to it: so not the target folder.
const CLUSTERS: &str = "/tmp";

/// A server on which tests make databases.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    maintenance: Url,
}

/// The server for this process's tests; `None` when there is none, which has then been said.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    match SERVER.get_or_init(find_server) {
        Ok(server) => Some(server),
        Err(why) => {
            skip("postgres", why);
            None
        }
    }
}

/// An error here is a missing program; anything that goes wrong with an installed one is a panic.
fn find_server() -> Result<Server, String> {
    if let Some(url) = environment("TEST_DATABASE_URL") {
        return Ok(Server { maintenance: Url::parse(&url).expect("TEST_DATABASE_URL should be a URL") });
    }
    let programs = Programs::find()?;
    let cluster =
        shared_cluster(&programs).unwrap_or_else(|error| panic!("no PostgreSQL cluster for the tests: {error}"));
    Ok(cluster.server())
}

impl Server {
    /// The URL of one of its databases.
    pub(crate) fn url(&self, database: &str) -> Url {
        let mut url = self.maintenance.clone();
        url.set_path(database);
        url
    }

    /// Runs statements on the maintenance database, one by one and outside a transaction.
    pub(crate) fn execute(&self, statements: &[String]) -> Result<(), sqlx::Error> {
        blocking(async || {
            let mut connection = PgConnection::connect(self.maintenance.as_str()).await?;
            for statement in statements {
                sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone())).execute(&mut connection).await?;
            }
            connection.close().await
        })
    }

    /// Makes a database of this name without a table, in the place of the one there is.
    pub(crate) fn empty(&self, database: &str) {
        let drop = format!("DROP DATABASE IF EXISTS \"{database}\" WITH (FORCE)");
        self.execute(&[drop, format!("CREATE DATABASE \"{database}\" TEMPLATE template0")]).unwrap();
    }

    /// Dumps a database that is in use into a file.
    pub(crate) fn dump(&self, database: &str, file: &Path) {
        let mut command = beside_initdb("pg_dump");
        end_well(command.arg("--format=custom").arg("--file").arg(file).arg(self.url(database).as_str()));
    }

    /// Fills an empty database from such a file.
    pub(crate) fn bring_back(&self, database: &str, file: &Path) {
        let mut command = beside_initdb("pg_restore");
        end_well(command.arg("--exit-on-error").arg("--dbname").arg(self.url(database).as_str()).arg(file));
    }

    /// Whether a database of this name exists.
    pub(crate) fn has_database(&self, name: &str) -> Result<bool, sqlx::Error> {
        blocking(async || {
            let mut connection = PgConnection::connect(self.maintenance.as_str()).await?;
            let found = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM pg_database WHERE datname = $1")
                .bind(name)
                .fetch_one(&mut connection)
                .await?;
            connection.close().await?;
            Ok(found == 1)
        })
    }

    /// Whether it is at work. One that is starting or stopping answers as well, but with a refusal.
    fn is_up(&self) -> bool {
        const TOO_MANY_CONNECTIONS: &str = "53300";
        match self.execute(&[]) {
            Ok(()) => true,
            Err(sqlx::Error::Database(error)) => error.code().is_some_and(|code| code == TOO_MANY_CONNECTIONS),
            Err(_) => false,
        }
    }
}

/// A program of the same installation as the server's.
fn beside_initdb(name: &str) -> Command {
    Command::new(Programs::find().unwrap().initdb.with_file_name(name))
}

fn end_well(command: &mut Command) {
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

/// The installed binaries.
struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
}

impl Programs {
    fn find() -> Result<Self, String> {
        // Debian keeps each major version in a folder of its own, off PATH. The newest comes first.
        let mut folders = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .collect::<Vec<_>>();
        folders.sort();
        folders.reverse();
        let initdb = find_program(&["initdb"], &folders)
            .ok_or("initdb is neither on PATH nor under /usr/lib/postgresql (Debian package postgresql)")?;
        // Both from one installation: a server refuses the data folder of another major version.
        let initdb = initdb.canonicalize().map_err(|error| format!("{}: {error}", initdb.display()))?;
        let postgres = initdb.with_file_name("postgres");
        if !postgres.is_file() {
            return Err(format!("{} has no postgres beside it", initdb.display()));
        }
        Ok(Self { initdb, postgres })
    }
}

/// A cluster's folder: `data`, the socket, `users` (a file per process), `heartbeat`, `log`.
struct Cluster {
    folder: PathBuf,
}

impl Cluster {
    fn server(&self) -> Server {
        let mut maintenance = Url::parse("postgres://coranto@localhost/postgres").unwrap();
        maintenance.query_pairs_mut().append_pair("host", self.folder.to_str().unwrap());
        Server { maintenance }
    }

    /// Keeps the cluster alive for as long as this process is.
    fn register(&self) -> io::Result<()> {
        let user = tempfile::Builder::new()
            .prefix(&format!("{}.", std::process::id()))
            .tempfile_in(self.folder.join("users"))?;
        user.keep()?;
        Ok(())
    }

    fn has_keeper(&self) -> bool {
        fs::metadata(self.folder.join("heartbeat"))
            .and_then(|file| file.modified())
            .is_ok_and(|touched| touched.elapsed().is_ok_and(|age| age < HEARTBEAT_AGE_MAX))
    }
}

/// The cluster of this target folder, started when there is none.
fn shared_cluster(programs: &Programs) -> io::Result<Cluster> {
    let pointer = target_folder().join("postgres-cluster");
    let lock = File::create(target_folder().join("postgres-cluster.lock"))?;
    lock.lock()?;
    let named = || fs::read_to_string(&pointer).ok().map(|folder| Cluster { folder: PathBuf::from(folder) });
    if let Some(cluster) = named()
        && cluster.register().is_ok()
        && named().is_some_and(|again| again.folder == cluster.folder)
        && cluster.server().is_up()
    {
        if !cluster.has_keeper() {
            start_keeper(&cluster, &pointer)?;
        }
        return Ok(cluster);
    }
    let cluster = start_cluster(programs)?;
    fs::write(&pointer, cluster.folder.to_str().unwrap())?;
    start_keeper(&cluster, &pointer)?;
    Ok(cluster)
}

fn start_cluster(programs: &Programs) -> io::Result<Cluster> {
    // Closed to others: whoever reaches the socket is trusted.
    let closed = fs::Permissions::from_mode(0o700);
    let folder =
        tempfile::Builder::new().prefix("coranto-postgres-").permissions(closed.clone()).tempdir_in(CLUSTERS)?.keep();
    let cluster = Cluster { folder: folder.clone() };
    fs::create_dir(folder.join("users"))?;
    cluster.register()?;
    let owner = server_owner(&folder)?;
    let data = folder.join("data");
    fs::create_dir(&data)?;
    fs::set_permissions(&data, closed)?;
    for place in [&folder, &data] {
        chown(place, Some(owner.user), Some(owner.group))?;
    }

    // A linguistic collation by default, so that a sort that needs `COLLATE "C"` and lacks it shows.
    let mut initdb = owner.command(&programs.initdb, &folder);
    initdb.args(["--auth=trust", "--username=coranto", "--encoding=UTF8", "--no-sync", "--no-instructions"]);
    initdb.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]).arg("-D").arg(&data);
    let output = initdb.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("{}: {}: {said}", programs.initdb.display(), output.status)));
    }

    let log = File::create(folder.join("log"))?;
    let mut postgres = owner.command(&programs.postgres, &folder);
    postgres.arg("-D").arg(&data).arg("-k").arg(&folder);
    for setting in [
        "listen_addresses=", "max_connections=300", "shared_buffers=64MB", "fsync=off", "full_page_writes=off",
        "synchronous_commit=off", "autovacuum=off", "log_min_messages=warning",
    ] {
        postgres.args(["-c", setting]);
    }
    detach(postgres.stdout(log.try_clone()?).stderr(log))?;
    wait_until_up(&cluster)?;
    Ok(cluster)
}

fn wait_until_up(cluster: &Cluster) -> io::Result<()> {
    let server = cluster.server();
    let started = Instant::now();
    while !server.is_up() {
        if started.elapsed() > START_WAIT_MAX {
            let log = fs::read_to_string(cluster.folder.join("log")).unwrap_or_default();
            return Err(io::Error::other(format!("the server does not come up; its log says:\n{log}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn start_keeper(cluster: &Cluster, pointer: &Path) -> io::Result<()> {
    let script = cluster.folder.join("keeper.sh");
    fs::write(&script, include_str!("keeper.sh"))?;
    let mut keeper = Command::new("sh");
    keeper.arg(&script).arg(&cluster.folder).arg(pointer).arg(IDLE_S_MAX.to_string());
    detach(keeper.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()))
}

/// Starts a process that outlives this one and does not share its signals or its standard streams.
fn detach(command: &mut Command) -> io::Result<()> {
    command.stdin(Stdio::null()).process_group(0).spawn()?;
    Ok(())
}

/// A server of a test's own that is reached over TCP, with TLS or without; it ends with the test.
pub(crate) struct Secured {
    folder: tempfile::TempDir,
    port: u16,
    process: std::process::Child,
}

impl Secured {
    /// With a certificate and its key, if it is to speak TLS, and rules of who may come (`pg_hba.conf`).
    pub(crate) fn start(certificate: Option<(String, String)>, rules: &str) -> Option<Self> {
        let programs = match Programs::find() {
            Ok(programs) => programs,
            Err(why) => {
                super::skip("postgres", &why);
                return None;
            }
        };
        Some(Self::start_with(&programs, certificate, rules).unwrap())
    }

    fn start_with(programs: &Programs, certificate: Option<(String, String)>, rules: &str) -> io::Result<Self> {
        let closed = fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix("coranto-secured-").permissions(closed).tempdir_in(CLUSTERS)?;
        let owner = server_owner(folder.path())?;
        chown(folder.path(), Some(owner.user), Some(owner.group))?;
        let data = folder.path().join("data");
        let mut initdb = owner.command(&programs.initdb, folder.path());
        initdb.args(["--auth=trust", "--username=coranto", "--encoding=UTF8", "--no-sync", "--no-instructions"]);
        let output = initdb.arg("-D").arg(&data).output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        fs::write(data.join("pg_hba.conf"), rules)?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut postgres = owner.command(&programs.postgres, folder.path());
        postgres.arg("-D").arg(&data).arg("-k").arg(folder.path()).arg("-p").arg(port.to_string());
        postgres.args(["-c", "listen_addresses=*", "-c", "fsync=off"]);
        if let Some((certificate, key)) = certificate {
            for (name, text) in [("server.crt", certificate), ("server.key", key)] {
                let file = data.join(name);
                fs::write(&file, text)?;
                fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
                chown(&file, Some(owner.user), Some(owner.group))?;
            }
            postgres.args(["-c", "ssl=on"]);
        }
        let log = File::create(folder.path().join("log"))?;
        let process = postgres.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let server = Self { folder, port, process };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err()
            || !fs::read_to_string(server.folder.path().join("log"))?.contains("ready to accept connections")
        {
            assert!(started.elapsed() < START_WAIT_MAX, "{:?}", fs::read_to_string(server.folder.path().join("log")));
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// The address of its database, by this name of the machine.
    pub(crate) fn url(&self, host: &str) -> String {
        format!("postgres://coranto@{host}:{}/postgres", self.port)
    }

    /// A file beside it.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The account that runs the server.
struct Owner {
    user: u32,
    group: u32,
    is_other: bool,
}

impl Owner {
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        // Messages are read by people and by these tests; the caller's folder may be closed to the owner.
        command.env("LC_MESSAGES", "C").current_dir(folder);
        if self.is_other {
            command.uid(self.user).gid(self.group);
        }
        command
    }
}

/// PostgreSQL refuses to run as root: root lends the package's account. Everyone else runs it as themselves.
fn server_owner(folder: &Path) -> io::Result<Owner> {
    let mine = fs::metadata(folder)?;
    if mine.uid() != 0 {
        return Ok(Owner { user: mine.uid(), group: mine.gid(), is_other: false });
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|wanted| {
            let mut fields =
                accounts.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(wanted))?;
            let user = fields.nth(2)?.parse().ok()?;
            Some(Owner { user, group: fields.next()?.parse().ok()?, is_other: true })
        })
        .ok_or_else(|| io::Error::other("PostgreSQL does not run as root, and there is no account postgres or nobody"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_run_on_the_shared_cluster() {
        let Some(server) = server() else { return };
        let error = server.execute(&["SELECT no_such_column".into()]).unwrap_err();
        assert!(matches!(error, sqlx::Error::Database(_)), "{error}");

        let name = format!("harness_{}", std::process::id());
        server.execute(&[format!("CREATE DATABASE {name}")]).unwrap();
        assert!(server.has_database(&name).unwrap());
        assert!(Server { maintenance: server.url(&name) }.is_up());
        server.execute(&[format!("DROP DATABASE {name}")]).unwrap();
        assert!(!server.has_database(&name).unwrap());
    }
}
