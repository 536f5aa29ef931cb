//! A whole installation as an operator has it: a folder, the program serving, a sink where the relay would be. Knows
//! the program from outside alone: its commands, its web server, the mail that arrives.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use coranto::smtp::{Sink, SinkHandle, SinkMessage, SinkOptions};
use coranto::token::Keyring;
use mail_parser::MessageParser;
use tempfile::TempDir;

use super::program::{Ended, Program, coranto, run};

const PATIENCE: Duration = Duration::from_secs(60);
/// Shorter words in a link's end are names of pages.
const TOKEN_CHARS_MIN: usize = 20;

/// A newsletter of an installation: its slug, its name, its language, and further lines of its table.
pub(crate) type Newsletter<'a> = (&'a str, &'a str, &'a str, &'a str);

/// One installation that serves; both its processes end when this is dropped.
pub(crate) struct Installation {
    home: TempDir,
    sink: SinkHandle,
    web: SocketAddr,
    public_url: String,
    server: Option<Program>,
}

impl Installation {
    /// Writes the folder and starts the server. `signup` are lines of that table.
    pub(crate) async fn start(database: &str, newsletters: &[Newsletter<'_>], signup: &str) -> Self {
        // Nobody waits for a form, unless the test is about that.
        let at_once = if signup.contains("form_seconds_min") { "" } else { "form_seconds_min = 0\n" };
        Self::configured(None, |home, web, relay_port| {
            let mut configuration = format!(
                "public_url = \"http://{web}\"\ndatabase = \"{database}\"\nsecret_key_file = \"secret.key\"\n\
                 [signup]\n{at_once}{signup}\n\
                 [server]\nlisten = \"{web}\"\n\n\
                 [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = {relay_port}\ntls = \"none\"\n"
            );
            for (slug, name, language, lines) in newsletters {
                fs::create_dir(home.join(slug)).unwrap();
                write!(
                    configuration,
                    "\n[newsletters.{slug}]\nname = \"{name}\"\nfrom = \"{name} <{slug}@news.example.com>\"\n\
                     postal_address = \"1 Example Street, 10000 Example\"\ntime_zone = \"Europe/Prague\"\n\
                     language = \"{language}\"\nissues = \"{slug}\"\nslot = \"Fri 09:00\"\n{lines}\n"
                )
                .unwrap();
            }
            configuration
        })
        .await
    }

    /// The same with all of the configuration given, for a folder, an address to listen on and the relay's port. Links
    /// begin with `public_url`, or with the address that is listened on.
    pub(crate) async fn configured(
        public_url: Option<&str>,
        configuration: impl FnOnce(&Path, SocketAddr, u16) -> String,
    ) -> Self {
        let home = tempfile::tempdir().unwrap();
        let sink = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        let web = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        fs::write(home.path().join("secret.key"), Keyring::generate()).unwrap();
        let configuration = configuration(home.path(), web, sink.addr().port());
        fs::write(home.path().join("coranto.toml"), configuration).unwrap();
        let public_url = public_url.map_or_else(|| format!("http://{web}"), str::to_owned);
        let mut installation = Self { home, sink, web, public_url, server: None };
        installation.serve();
        installation
    }

    fn serve(&mut self) {
        let mut command = coranto(self.home.path());
        // As much as an operator would ever ask for: no address may be in it.
        command.arg("serve").env("CORANTO_LOG", "debug");
        let mut server = Program::start(command);
        server.wait_for_line("public_url=", PATIENCE);
        self.server = Some(server);
    }

    /// Where its configuration and database are.
    pub(crate) fn folder(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn web(&self) -> SocketAddr {
        self.web
    }

    /// The address of a page, from its path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Runs a command to its good end; returns what it printed.
    pub(crate) fn command(&self, args: &[&str]) -> String {
        let mut command = coranto(self.home.path());
        command.args(args);
        let ended = run(command, PATIENCE);
        assert!(ended.status.success(), "coranto {args:?}: {ended:?}");
        ended.stdout
    }

    /// Puts an issue into a newsletter's folder and sends it at once; returns when it is out.
    pub(crate) async fn publish(&self, newsletter: &str, slug: &str, text: &str) {
        // What nobody would get is held.
        let counts = self.command(&["--json", "subscribers", "stats", "--newsletter", newsletter]);
        if serde_json::from_str::<serde_json::Value>(&counts).unwrap()["mailable"] == 0 {
            self.command(&["subscribers", "add", "somebody@example.org", "--newsletter", newsletter, "--yes"]);
        }
        let path = format!("{newsletter}/2026-11-27-{slug}.md");
        fs::write(self.home.path().join(&path), text).unwrap();
        self.command(&["queue", &path, "--now", "--no-undo", "--yes"]);
        let begun = Instant::now();
        while !self
            .command(&["--json", "issues", "show", slug, "--newsletter", newsletter])
            .contains("\"state\":\"sent\"")
        {
            assert!(begun.elapsed() < PATIENCE, "{slug} was not sent");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The `count`-th message to a reader, once it is there.
    pub(crate) async fn mail(&self, to: &str, count: usize) -> SinkMessage {
        let begun = Instant::now();
        loop {
            let messages = self.mails(to);
            if messages.len() >= count {
                return messages[count - 1].clone();
            }
            assert!(begun.elapsed() < PATIENCE, "{count} emails were to arrive at {to}, {} did", messages.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All messages to a reader so far.
    pub(crate) fn mails(&self, to: &str) -> Vec<SinkMessage> {
        self.sink.messages().into_iter().filter(|message| message.to.iter().any(|one| one == to)).collect()
    }

    /// The path of the first link of a kind (`/c/`, `/u/`, ...) in a message's text part.
    pub(crate) fn link(&self, message: &SinkMessage, kind: &str) -> String {
        let parsed = MessageParser::default().parse(&message.data).unwrap();
        let body = parsed.body_text(0).unwrap();
        let start = self.url(kind);
        let rest = body.split_once(&start).unwrap_or_else(|| panic!("no {kind} link in {body}")).1;
        let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        format!("{kind}{token}")
    }

    /// The paths of all links to this site in a message, both parts, as a scanner finds them.
    pub(crate) fn links(&self, message: &SinkMessage) -> Vec<String> {
        let parsed = MessageParser::default().parse(&message.data).unwrap();
        let site = &self.public_url;
        let mut links = Vec::new();
        for body in [parsed.body_text(0), parsed.body_html(0)].into_iter().flatten() {
            for rest in body.split(site.as_str()).skip(1) {
                let end = rest.find(|c: char| c.is_whitespace() || "\"<>".contains(c)).unwrap_or(rest.len());
                links.push(rest[..end].to_owned());
            }
        }
        links.retain(|link| link.starts_with('/'));
        links.sort();
        links.dedup();
        links
    }

    /// Nobody's address is in the log, and no token of a link: who reads the log could act as that reader.
    fn assert_discreet(&self, log: &str) {
        for message in self.sink.messages() {
            for address in &message.to {
                assert!(!log.contains(address.as_str()), "{address} is in the log:\n{log}");
            }
            for link in self.links(&message) {
                let token = link.rsplit('/').next().unwrap_or_default();
                let is_page = token.len() < TOKEN_CHARS_MIN;
                assert!(is_page || !log.contains(token), "the token of {link} is in the log:\n{log}");
            }
        }
    }

    /// Stops the server, moves what is in `from` to the database `to`, and starts it there.
    pub(crate) fn move_to(&mut self, from: &str, to: &str) {
        let server = self.server.take().unwrap();
        server.signal("TERM");
        let ended = server.wait(PATIENCE);
        assert!(ended.status.success(), "{ended:?}");
        self.command(&["migrate", "--to", to]);
        let path = self.home.path().join("coranto.toml");
        fs::write(&path, fs::read_to_string(&path).unwrap().replace(from, to)).unwrap();
        self.serve();
    }

    /// Ends the server as an administrator does; it has to end well, and to have been discreet.
    pub(crate) async fn end(mut self) -> Ended {
        let server = self.server.take().unwrap();
        server.signal("TERM");
        let ended = server.wait(PATIENCE);
        assert!(ended.status.success() && !ended.stderr.contains("panicked"), "{}", ended.stderr);
        assert!(ended.stderr.contains("answered"), "no request is in the log: {}", ended.stderr);
        self.assert_discreet(&ended.stderr);
        self.sink.stop().await;
        ended
    }
}
