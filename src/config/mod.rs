//! `coranto.toml` and the environment to typed, validated settings; every mistake named with its key and line.
//!
//! One struct per concern: no part of the program gets the whole [`Config`] but the one that builds the parts. A file
//! is parsed to a [`tree`](tree::ConfigTable) of values with their places; the environment is laid over it; the tree is held
//! against the table of [`keys`]; then each section is read. Nothing stops at the first mistake.

mod alarms;
mod backup;
mod check;
mod database;
mod delivery;
mod design;
mod environment;
mod headers;
mod hooks;
mod inbound;
pub mod keys;
mod mailbox;
mod mismatch;
mod newsletter;
mod policy;
mod portable;
mod problem;
mod rates;
mod reader;
mod reference;
mod relay;
mod retention;
mod rules;
mod sender;
mod sending;
mod server;
mod show;
mod signup;
mod tree;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use url::Url;

pub use self::alarms::Alarms;
pub use self::backup::Backup;
pub use self::database::DatabaseUrl;
pub use self::delivery::Delivery;
pub use self::environment::environment;
pub use self::inbound::{Inbound, LmtpListen};
pub use self::mailbox::InboundMailbox;
pub use self::newsletter::{Dkim, time_zone};
pub use self::problem::{ConfigErrors, ConfigProblem, Origin};
use self::reader::{ConfigReader, Section};
pub use self::reference::{KeyReference, SectionReference, reference, sections};
pub use self::relay::{Relay, RelayTls};
pub use self::sender::sender;
use self::sending::KnownRelay;
pub use self::sending::Sending;
pub use self::server::Server;
pub use self::show::Setting;
pub use self::signup::SignupLimits;
use self::tree::ConfigTable;
use crate::domain::newsletter::Newsletter;
use crate::domain::retention::Retention;
use crate::token::Keyring;

/// The file looked for when none is named.
pub const FILE: &str = "coranto.toml";
/// The configuration of the service that a package sets up.
const SYSTEM_FILE: &str = "/etc/coranto/coranto.toml";

/// The configuration that is meant where none is named: the one in this folder, else that of the machine's service.
pub fn usual_file() -> PathBuf {
    let here = PathBuf::from(FILE);
    // One that this user may not even look for is there all the same: what reads it says why it cannot.
    let is_there = |path: &Path| path.try_exists().unwrap_or(true);
    let system = PathBuf::from(SYSTEM_FILE);
    if !is_there(&here) && is_there(&system) { system } else { here }
}

/// A configuration has a few kilobytes; whoever names a larger file by mistake is told so at once.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Everything an installation is told.
#[derive(Clone)]
pub struct Config {
    /// Where readers reach the web server.
    pub public_url: Url,
    pub database: DatabaseUrl,
    /// Seals links and hashes addresses.
    pub keys: Keyring,
    /// Where they were read; none when they stand in the configuration or the environment.
    pub key_file: Option<PathBuf>,
    /// The folder of templates that replace built-in ones.
    pub templates: PathBuf,
    pub server: Server,
    /// At least one, with distinct slugs, in the order of the file.
    pub newsletters: Vec<Newsletter>,
    /// Keys that sign, by newsletter's slug, in the order of the file; a newsletter without a key is not in it.
    pub dkim: BTreeMap<String, Vec<Dkim>>,
    /// Where mail goes; may be empty, then mail waits. Names are distinct.
    pub relays: Vec<Relay>,
    /// Through which relays a newsletter's mail goes, by its slug.
    pub sending: BTreeMap<String, Sending>,
    pub delivery: Delivery,
    /// What follows when mail comes back.
    pub inbound: Inbound,
    /// How long what is kept.
    pub retention: Retention,
    /// Backups that a server makes by itself.
    pub backup: Backup,
    /// Limits of the sign-up form.
    pub signup: SignupLimits,
    /// Who is told when something needs a person.
    pub alarms: Alarms,
    /// What will do and is hardly what was meant, in the order of the file.
    pub warnings: Vec<ConfigProblem>,
}

/// A configuration as written, for `config show`.
pub struct ConfigDocument {
    root: ConfigTable,
    folder: PathBuf,
}

impl Config {
    /// Reads the file at `path` and lays `env` over it.
    pub fn load(path: &Path, env: &[(String, String)]) -> Result<Self, ConfigErrors> {
        Self::parse(&read(path)?, &path.display().to_string(), folder_of(path), env)
    }

    /// The same from text in memory: `name` stands in messages, relative paths count from `folder`.
    pub fn parse(text: &str, name: &str, folder: &Path, env: &[(String, String)]) -> Result<Self, ConfigErrors> {
        let (root, problems) = tree_of(text, name, env)?;
        let reader =
            ConfigReader { folder: folder.to_owned(), problems: RefCell::new(problems), warnings: RefCell::default() };
        let config = read_all(&reader, &root);
        let mut problems = reader.problems.into_inner();
        let mut warnings = reader.warnings.into_inner();
        problem::sort(&mut warnings);
        match config {
            Some(config) if problems.is_empty() => Ok(Self { warnings, ..config }),
            _ => {
                problem::sort(&mut problems);
                Err(ConfigErrors { file: name.to_owned(), problems })
            }
        }
    }

    /// The newsletter called `slug`.
    pub fn newsletter(&self, slug: &str) -> Option<&Newsletter> {
        self.newsletters.iter().find(|newsletter| newsletter.slug == slug)
    }
}

impl ConfigDocument {
    /// Reads the file at `path` and lays `env` over it. Values may still be wrong.
    pub fn load(path: &Path, env: &[(String, String)]) -> Result<Self, ConfigErrors> {
        let (root, _) = tree_of(&read(path)?, &path.display().to_string(), env)?;
        Ok(Self { root, folder: folder_of(path).to_owned() })
    }

    /// The files and folders that it names or that have their usual place, each by its key, such as `secret_key_file`.
    pub fn files(&self) -> Vec<(String, PathBuf)> {
        portable::files(&self.root, &self.folder)
    }

    /// Every key that is set or has a default, in the order of the documentation. Secrets are masked.
    pub fn settings(&self) -> Vec<Setting> {
        show::settings(&self.root, &self.folder)
    }
}

/// The text of a configuration file with the secrets in it cut out, and the keys of those.
pub fn without_secrets(path: &Path) -> Result<(String, Vec<String>), ConfigErrors> {
    Ok(portable::without_secrets(&read(path)?))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn read(path: &Path) -> Result<String, ConfigErrors> {
    let name = path.display().to_string();
    let refuse = |error: std::io::Error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "`coranto init` makes one; --config FILE names another",
            _ => "the user that runs coranto must be able to read it",
        };
        ConfigErrors::whole(&name, format!("it cannot be read: {error}"), hint)
    };
    let size = std::fs::metadata(path).map_err(refuse)?.len();
    if size > FILE_BYTES_MAX {
        let hint = "is this the right file?";
        return Err(ConfigErrors::whole(&name, format!("it has {size} bytes; no configuration is so large"), hint));
    }
    String::from_utf8(std::fs::read(path).map_err(refuse)?).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let place = tree::place_of(&text, good);
        let hint = Some("save the file as UTF-8".to_owned());
        let problem = ConfigProblem { place, key: String::new(), why: "this is not UTF-8".to_owned(), hint };
        ConfigErrors { file: name.clone(), problems: vec![problem] }
    })
}

/// The tree with the environment laid over it, and what the table of keys does not allow.
fn tree_of(
    text: &str,
    name: &str,
    env: &[(String, String)],
) -> Result<(ConfigTable, Vec<ConfigProblem>), ConfigErrors> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut root = tree::parse(text).map_err(|mut problems| {
        problem::sort(&mut problems);
        ConfigErrors { file: name.to_owned(), problems }
    })?;
    let mut problems = Vec::new();
    check::number_relays(&mut root, &mut problems);
    environment::overlay(&mut root, env, &mut problems);
    check::check(&root, "", "", &mut problems);
    Ok((root, problems))
}

fn read_all(reader: &ConfigReader, root: &ConfigTable) -> Option<Config> {
    let top = reader.section(root, "");
    let public_url = top.parsed("public_url", public_url);
    let database = database_url(reader, &top);
    let keys = keyring(&top);
    let key_file = top.secret_file("secret_key");
    let templates = top.path_of("templates");
    let server = server::read(reader.section(root, "server"));
    let delivery = delivery::read(reader.section(root, "delivery"), reader.section(root, "delivery.domain_rates"));
    let inbound = inbound::read(reader.section(root, "inbound"), reader.section(root, "inbound.policy"));
    let retention = retention::read(reader.section(root, "retention"));
    let backup = backup::read(reader.section(root, "backup"));
    let signup = signup::read(reader.section(root, "signup"));
    let retry_for = delivery.as_ref().map(|delivery| delivery.retry_for);
    let (hears, is_told) = inbound.as_ref().map_or((false, false), |one| (one.has_door(), one.hears_bounces()));
    let newsletters = reader.each(root, "newsletters.*", |slug, one| newsletter::read(slug, one, retry_for, hears));
    let mut names = HashSet::new();
    let mut known = Vec::new();
    let relays = reader.each(root, "relays.*", |_, section| {
        let relay = relay::read(section);
        if let Some(name) = section.written("name") {
            let headers = relay.as_ref().map(Relay::all_headers).unwrap_or_default();
            known.push(KnownRelay {
                name: name.trim().to_owned(),
                only_named: section.boolean("only_named") == Some(true),
                headers,
            });
        }
        if let Some(name) = section.written("name")
            && !names.insert(name.to_owned())
        {
            section.refuse("name", format!("another relay is called {name:?} as well"), None);
        }
        relay
    });
    let named: Vec<String> = names.iter().cloned().collect();
    let alarms = alarms::read(reader.section(root, "alarms"), &named);
    let sending =
        reader.each(root, "newsletters.*", |slug, section| (slug.to_owned(), sending::read(&section, &known)));
    reader.each(root, "relays.*", |_, section| warn_of_idle(&section, &sending, alarms.relay.as_deref()));
    warn_of_unheard(&reader.section(root, "inbound"), newsletters.iter().flatten().filter(|_| !is_told));
    if newsletters.is_empty() {
        top.refuse_all("there is no newsletter", Some("add [newsletters.SLUG]; `coranto init` writes an example"));
    }
    let mut config = Config {
        public_url: public_url?,
        database: database?,
        keys: keys?,
        key_file,
        templates: templates?,
        server: server?,
        newsletters: Vec::new(),
        dkim: BTreeMap::new(),
        relays: relays.into_iter().collect::<Option<_>>()?,
        sending: sending.into_iter().collect(),
        delivery: delivery?,
        inbound: inbound?,
        retention: retention?,
        backup: backup?,
        signup: signup?,
        alarms,
        warnings: Vec::new(),
    };
    for (newsletter, dkim) in newsletters.into_iter().collect::<Option<Vec<_>>>()? {
        if !dkim.is_empty() {
            config.dkim.insert(newsletter.slug.clone(), dkim);
        }
        config.newsletters.push(newsletter);
    }
    Some(config)
}

/// Warns of the first newsletter whose bounces nobody hears.
fn warn_of_unheard<'a>(section: &Section<'_>, mut unheard: impl Iterator<Item = &'a (Newsletter, Vec<Dkim>)>) {
    if let Some(path) = unheard.find_map(|(newsletter, _)| newsletter.return_path.as_ref()) {
        let hint = "set it or `lmtp_listen`, name a mailbox under [[inbound.mailboxes]], or set `pipe = true` where a mail server hands it to `coranto bounces receive`";
        section.warn("smtp_listen", format!("nobody hears what comes back to {}", path.domain()), hint);
    }
}

/// Warns of a relay that waits to be named and is not.
fn warn_of_idle(section: &Section<'_>, sending: &[(String, Sending)], of_alarms: Option<&str>) {
    let Some(name) = section.written("name").map(str::trim) else { return };
    if of_alarms != Some(name) && !sending.iter().any(|(_, sending)| sending.relays.iter().any(|relay| relay == name)) {
        let hint = format!("write relays = [{name:?}] in a newsletter, or take only_named out");
        section.warn("only_named", "no newsletter names it, so it carries no mail", &hint);
    }
}

fn database_url(reader: &ConfigReader, top: &Section<'_>) -> Option<DatabaseUrl> {
    let text = top.secret("database")?;
    let refuse = |(why, hint): (String, Option<String>)| top.refuse("database", why, hint.as_deref());
    DatabaseUrl::parse(text.expose(), &reader.folder).map_err(refuse).ok()
}

fn keyring(top: &Section<'_>) -> Option<Keyring> {
    let text = top.secret("secret_key")?;
    let name = if top.has("secret_key") { "secret_key" } else { "secret_key_file" };
    Keyring::parse(text.expose()).map_err(|error| top.refuse(name, error.to_string(), None)).ok()
}

/// Where readers reach the server, from the text of a configuration or an answer. Without a `/` at its end only
/// where a path follows: join with `Url::join` or behind `trim_end_matches('/')`.
pub fn public_url(text: &str) -> Result<Url, (String, Option<String>)> {
    let hint = || Some("write it like https://news.example.com".to_owned());
    let url = Url::parse(text).map_err(|error| (format!("{text:?} is not a URL: {error}"), hint()))?;
    let host = url.host_str().unwrap_or_default();
    if !matches!(url.scheme(), "http" | "https") || host.is_empty() {
        return Err((format!("{text:?} is not the address of a web server"), hint()));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(("it must have no user, no ? and no #".to_owned(), hint()));
    }
    if url.scheme() == "http" && !relay::is_loopback(host) {
        return Err((
            "readers' mail programs unsubscribe over https only (RFC 8058)".to_owned(),
            Some("put a web server with a certificate in front, and write https://".to_owned()),
        ));
    }
    Ok(url)
}
