//! What can be seen without leaving the machine: files, addresses, database, clock, disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::signing::Signature;
use super::{CheckName, Finding, FindingHealth, backups, hold, reports};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::domain::address::EmailAddress;
use crate::domain::newsletter::Newsletter;
use crate::domain::organisation::is_reserved;
use crate::figures::{count, size};
use crate::store::{ConnectionSecurity, Db, leases, migrate};
use crate::upkeep;
use crate::wiring;

/// Below this a busy evening may fill the disk: a ledger row takes some 64 bytes, the log of a transaction more.
const FREE_BYTES_WARN: u64 = 1 << 30;
/// Below this nothing should be begun.
const FREE_BYTES_FAIL: u64 = 100 << 20;
/// A clock before this is not set: the program was not written yet.
const WRITTEN_MS: i64 = 1_780_000_000_000;
/// An operator who has to look at more looks at the list.
const CLASHES_NAMED: usize = 10;
/// So far may the clocks of two machines lie apart.
const CLOCK_SKEW_MAX: Duration = Duration::from_secs(5 * 60);

pub fn files(config: &Config) -> Vec<Finding> {
    let mut all = Vec::new();
    let templates = CheckName::Templates.here();
    all.push(match wiring::templates(config) {
        Ok(_) => Finding::ok(&templates, "every template renders"),
        Err(error) => Finding::fail(
            &templates,
            error.to_string(),
            format!("fix the file under {}, or take it away to get the built-in one", config.templates.display()),
        ),
    });
    for newsletter in &config.newsletters {
        let check = CheckName::Issues.of(newsletter.slug.as_str());
        let folder = newsletter.issues.display();
        all.push(match std::fs::read_dir(&newsletter.issues) {
            Ok(_) => Finding::ok(&check, format!("{folder} can be read")),
            Err(error) => {
                Finding::warn(&check, format!("{folder}: {error}"), "`coranto new \"Title\"` makes the folder")
            }
        });
    }
    all.extend(signatures(config));
    // What SQLite writes beside it holds the newest rows.
    let beside = config.database.sqlite_file().map(|file| ["", "-wal", "-shm"].map(|end| with_end(file, end)));
    let open = beside.into_iter().flatten().find(|file| is_open_to_all(file));
    all.extend(open.map(|file| {
        let text =
            format!("{} can be read by every user of this machine; it holds all readers' addresses", file.display());
        let whole = config.database.sqlite_file().unwrap_or(&file).display();
        Finding::warn(&CheckName::DatabaseFile.here(), text, format!("chmod o-rwx {whole}*"))
    }));
    all.extend(config.key_file.as_deref().filter(|file| is_open_to_all(file)).map(|file| {
        let text =
            format!("{} can be read by every user of this machine, who can then unsubscribe anybody", file.display());
        Finding::warn(&CheckName::KeyFile.here(), text, format!("chmod 600 {}", file.display()))
    }));
    all
}

/// Whether each newsletter's mail is signed so that every receiver sees it.
pub fn signatures(config: &Config) -> Vec<Finding> {
    config.newsletters.iter().filter_map(|newsletter| signature(config, newsletter)).collect()
}

fn signature(config: &Config, newsletter: &Newsletter) -> Option<Finding> {
    let signers = match wiring::signers(config, &newsletter.slug) {
        Ok(signers) => signers,
        Err(error) => {
            let check = CheckName::SignatureDomain.of(newsletter.slug.as_str());
            return Some(Finding::fail(&check, format!("{error:#}"), "`coranto dkim new` makes a key"));
        }
    };
    let sender = newsletter.from.address.domain();
    let check = CheckName::Signature.of(sender);
    let signature = Signature::of(config, newsletter, &signers);
    match signature.trouble() {
        // Nothing comes from there, whoever signs.
        Some(_) if signature == Signature::Nobody && is_reserved(sender) => None,
        Some((text, hint)) => Some(Finding::fail(&check, text, hint)),
        None if signature == Signature::Relays => Some(Finding::ok(&check, "the relay signs")),
        None => Some(Finding::ok(&check, "an RSA key signs")),
    }
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[cfg(unix)]
fn is_open_to_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mode = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.permissions().mode());
    // A folder that others cannot enter protects what is in it.
    mode(file) & 0o004 != 0 && mode(folder) & 0o001 != 0
}

#[cfg(not(unix))]
fn is_open_to_all(_: &Path) -> bool {
    false
}

pub fn addresses(config: &Config) -> Vec<Finding> {
    let mut all = Vec::new();
    let (url, check) = (&config.public_url, CheckName::PublicUrl.here());
    all.push(if url.scheme() == "https" {
        Finding::ok(&check, url.to_string())
    } else {
        let hint = "set public_url to the https address that readers use";
        Finding::warn(&check, format!("{url} works on this machine alone"), hint)
    });
    if !config.server.listen.ip().is_loopback() && config.server.trusted_proxies.is_empty() && url.scheme() == "https" {
        let text = format!("{} is open to the network, and TLS is not spoken there", config.server.listen);
        let hint = "listen on 127.0.0.1 behind a web server, or name that server in trusted_proxies";
        all.push(Finding::warn(&CheckName::Listen.here(), text, hint));
    }
    all
}

/// Who is told when something needs a person. No address is printed: one for pushes holds a secret.
pub fn alarms(config: &Config) -> Finding {
    let alarms = &config.alarms;
    let mut ways = Vec::new();
    if !alarms.to.is_empty() {
        ways.push(format!("by email to {}", count(alarms.to.len() as u64, "address").replace("addresss", "addresses")));
    }
    if alarms.push.is_some() {
        ways.push("by push".to_owned());
    }
    if alarms.heartbeat.is_some() {
        ways.push("by the silence of a heartbeat".to_owned());
    }
    let check = CheckName::Alarms.here();
    match ways.is_empty() {
        false => Finding::ok(&check, format!("you are told {}", ways.join(", "))),
        true => Finding::warn(
            &check,
            "nobody is told when something needs a person: alarms stand in the log alone",
            "set `to` and `push` under [alarms]; `coranto alarms test` tries them",
        ),
    }
}

/// The database, its schema, and the time it remembers.
pub async fn database(config: &Config, now: Timestamp) -> Vec<Finding> {
    let (url, check, server) = (&config.database, CheckName::Database.here(), CheckName::Server.here());
    if config.database.sqlite_file().is_some_and(|file| !file.exists()) {
        // Looking must not make one.
        return vec![
            Finding::ok(&check, format!("{url} is not there yet; the first command that needs it makes it")),
            clock(None, now),
        ];
    }
    let db = match Db::open(url.as_str()).await {
        Ok(db) => db,
        Err(error) => {
            let hint = "is it running, and may this user open it?";
            return vec![Finding::fail(&check, format!("{url}: {error}"), hint), clock(None, now)];
        }
    };
    let mut all = vec![schema(&db, url).await];
    if all[0].health == FindingHealth::Ok {
        all.extend(keys(&db, config, now).await);
        all.extend(wire(&db).await);
        all.extend(hold::look(&db, config).await);
        all.extend(backups::look(&db, config, now).await);
        all.extend(reports::look(&db, config, now).await);
    }
    let remembered = remembered(&db).await;
    all.push(match remembered {
        Some(until) if until > now => Finding::ok(&server, "a `coranto serve` works on this database"),
        _ => {
            Finding::warn(&server, "no `coranto serve` works on this database", "nothing goes out until one is started")
        }
    });
    all.push(clock(remembered, now));
    db.close().await;
    all
}

/// Who can read what crosses to the database.
async fn wire(db: &Db) -> Option<Finding> {
    let check = CheckName::DatabaseWire.here();
    let line = "write `?sslmode=verify-full` behind the database's address, and `&sslrootcert=FILE` where its certificate is \
                signed by an authority of your own";
    Some(match db.wire().await.ok()?? {
        ConnectionSecurity::Local => Finding::ok(&check, "the database is on this machine"),
        ConnectionSecurity::Verified => Finding::ok(&check, "encrypted, and the server's certificate is verified"),
        ConnectionSecurity::Encrypted => {
            Finding::warn(&check, "encrypted, but not verified: whoever answers can be the server", line)
        }
        ConnectionSecurity::Plain => {
            let text = "NOT ENCRYPTED: readers' addresses and names cross the network in the clear";
            Finding::warn(&check, text, format!("switch TLS on at the server, and {line}"))
        }
    })
}

/// Whether the keys are the database's, and whether two people have become one.
async fn keys(db: &Db, config: &Config, now: Timestamp) -> Vec<Finding> {
    let (check, addresses) = (CheckName::Keys.here(), CheckName::Addresses.here());
    let mut all = vec![match upkeep::look(db, &config.keys, now).await {
        Ok(()) => Finding::ok(&check, "the keys are those that the database was made with"),
        Err(trouble) => Finding::fail(&check, trouble.to_string(), trouble.hint().unwrap_or("is the database there?")),
    }];
    match upkeep::clashes(db).await {
        Ok(twice) if twice.is_empty() => {}
        Ok(twice) => {
            let named: Vec<_> = twice.iter().take(CLASHES_NAMED).map(EmailAddress::to_string).collect();
            let text = format!(
                "{} stored twice, in two spellings of one address: {}",
                count(twice.len() as u64, "reader is").replace("reader iss", "readers are"),
                named.join(", ")
            );
            let hint = "ask them which spelling they use, and `coranto subscribers remove` the other";
            all.push(Finding::warn(&addresses, text, hint));
        }
        Err(error) => all.push(Finding::fail(&addresses, error.to_string(), "is the database there?")),
    }
    all
}

async fn schema(db: &Db, url: &crate::config::DatabaseUrl) -> Finding {
    let check = CheckName::Database.here();
    match migrate::state(db).await {
        Ok(state) if state.is_new() => Finding::ok(&check, format!("{url} is open, and new")),
        Ok(state) if state.to_do().next().is_some() => Finding::fail(
            &check,
            format!("{url} has an older schema than this program"),
            "run `coranto migrate` while no server runs",
        ),
        Ok(state) => match state.check() {
            Ok(()) => Finding::ok(&check, format!("{url} is open, its schema up to date")),
            Err(error) => Finding::fail(&check, error.to_string(), "install that version, or restore a backup"),
        },
        Err(error) => Finding::fail(
            &check,
            format!("{url}: {error}"),
            "is this a database of coranto, and of this version or an older one?",
        ),
    }
}

/// The last sign of life of any engine; nothing when there was none, or no table for it.
async fn remembered(db: &Db) -> Option<Timestamp> {
    let mut tx = db.read().await.ok()?;
    leases::last_engine(&mut tx).await.ok().flatten()
}

fn clock(remembered: Option<Timestamp>, now: Timestamp) -> Finding {
    let (check, text) = (CheckName::Clock.here(), format!("it is {now}"));
    let hint = "set it, and let the system keep it (systemd-timesyncd, chrony)";
    if now.0 < WRITTEN_MS {
        return Finding::fail(&check, format!("{text}, which is before this program was written"), hint);
    }
    match remembered {
        Some(until) if until > now.plus(CLOCK_SKEW_MAX) => {
            Finding::fail(&check, format!("{text}, but a server was at work until {until}"), hint)
        }
        _ => Finding::ok(&check, text),
    }
}

/// Room where the database grows.
pub fn disk(config: &Config, home: &Path) -> Finding {
    let file = config.database.sqlite_file();
    let folder = file.and_then(Path::parent).unwrap_or(home);
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match upkeep::room(folder) {
        Some(free) => room(folder, free),
        None => Finding::warn(
            &CheckName::Disk.here(),
            format!("{}: it cannot be asked", folder.display()),
            "does the folder exist?",
        ),
    }
}

fn room(folder: &Path, free_bytes: u64) -> Finding {
    let check = CheckName::Disk.here();
    let text = format!("{} free at {}", size(free_bytes), folder.display());
    match free_bytes {
        0..FREE_BYTES_FAIL => Finding::fail(&check, text, "make room: a full disk stops sending"),
        FREE_BYTES_FAIL..FREE_BYTES_WARN => Finding::warn(&check, text, "make room before the next large issue"),
        _ => Finding::ok(&check, text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingHealth;
    use super::*;

    #[test]
    fn a_clock_that_stands_or_jumped_back_is_noticed() {
        let now = Timestamp(WRITTEN_MS + 86_400_000);
        assert_eq!(clock(None, now).health, FindingHealth::Ok);
        assert_eq!(
            clock(Some(now.plus(Duration::from_secs(60))), now).health,
            FindingHealth::Ok,
            "a lease reaches ahead"
        );
        assert_eq!(clock(Some(now.plus(Duration::from_secs(3600))), now).health, FindingHealth::Fail);
        assert_eq!(clock(None, Timestamp(0)).health, FindingHealth::Fail);
    }

    #[test]
    fn little_room_warns_and_none_fails() {
        let health = |mib: u64| room(Path::new("."), mib << 20).health;
        assert_eq!(
            (health(50), health(500), health(5000)),
            (FindingHealth::Fail, FindingHealth::Warn, FindingHealth::Ok)
        );
    }
}
