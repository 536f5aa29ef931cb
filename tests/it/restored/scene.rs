//! An installation whose server is killed and whose database is copied and put back.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use coranto::clock::Clock;
use coranto::smtp::{Sink, SinkHandle, SinkMessage, SinkOptions};
use coranto::store::{Db, installation};
use coranto::token::Keyring;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::database::Fresh;
use crate::harness::patience::until;
use crate::harness::program::{Ended, Program, coranto, run};

const WAIT_MAX: Duration = Duration::from_secs(120);
/// So that a kill finds an issue on its way.
const REPLY_DELAY: Duration = Duration::from_millis(20);
/// The host of `public_url`, whatever is listened on.
pub(super) const WEB_HOST: &str = "127.0.0.1:9";

pub(crate) struct Scene {
    pub(crate) home: TempDir,
    pub(crate) sink: SinkHandle,
    pub(crate) url: String,
    readers: usize,
}

impl Scene {
    /// An installation with so many readers.
    pub(crate) async fn set(fresh: Fresh, readers: usize) -> Self {
        // Nobody but the program may have it open.
        fresh.db.close().await;
        let home = tempfile::tempdir().unwrap();
        let options = SinkOptions { keep: true, reply_delay: REPLY_DELAY, ..SinkOptions::default() };
        let sink = Sink::start(options).await.unwrap();
        let scene = Self { home, sink, url: fresh.url, readers };
        fs::write(scene.home.path().join("secret.key"), Keyring::generate()).unwrap();
        fs::create_dir(scene.home.path().join("issues")).unwrap();
        scene.configure(&scene.url);
        let list: String = (0..readers).map(|number| format!("reader{number}@example.com\n")).collect();
        fs::write(scene.home.path().join("readers.csv"), format!("email\n{list}")).unwrap();
        scene.import();
        scene
    }

    pub(super) fn import(&self) {
        self.command(&["subscribers", "import", "readers.csv", "--agreed", "at a fair"]);
    }

    /// The same installation, whose database is in its own folder.
    pub(super) fn at_home(self) -> Self {
        self.configure("sqlite://coranto.db");
        let url = format!("sqlite://{}", self.home.path().join("coranto.db").display());
        let scene = Self { url, ..self };
        scene.import();
        scene
    }

    /// Writes more behind the configuration.
    pub(super) fn append(&self, text: &str) {
        let file = self.home.path().join("coranto.toml");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(&file, before + text).unwrap();
    }

    pub(crate) fn configure(&self, database: &str) {
        let port = self.sink.addr().port();
        let configuration = format!(
            "public_url = \"http://{WEB_HOST}\"\ndatabase = \"{database}\"\nsecret_key_file = \"secret.key\"\n\
             [newsletters.week]\nname = \"The Week\"\nfrom = \"The Week <week@example.com>\"\n\
             postal_address = \"1 Example Street, Example\"\ntime_zone = \"UTC\"\n\
             [[relays]]\nname = \"main\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nconnections = 2\n"
        );
        fs::write(self.home.path().join("coranto.toml"), configuration).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        let mut command = coranto(self.home.path());
        command.args(["--yes"]).args(args);
        run(command, WAIT_MAX)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Ended {
        let ended = self.run(args);
        assert!(ended.status.success(), "coranto {args:?}: {ended:?}");
        ended
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend(args);
        let ended = self.command(&all);
        serde_json::from_str(ended.stdout.lines().next().unwrap()).unwrap()
    }

    pub(crate) fn queue(&self, slug: &str) {
        let path = format!("issues/2026-01-02-{slug}.md");
        let text = format!("---\ntitle: About {slug}\n---\nDear reader,\n\nnews of {slug}.\n");
        fs::write(self.home.path().join(&path), text).unwrap();
        self.command(&["queue", &path, "--now", "--no-undo", "--confirm", &self.readers.to_string()]);
    }

    /// The server, once its engine is at work. On PostgreSQL a killed scheduler is believed for a while.
    pub(crate) fn serve(&self) -> Program {
        let mut command = coranto(self.home.path());
        command.args(["serve", "--role", "schedule,deliver"]);
        let mut server = Program::start(command);
        server.wait_for_line("delivery begins", WAIT_MAX);
        server
    }

    /// A server with its pages, and where it listens.
    pub(super) fn serve_all(&self) -> (Program, SocketAddr) {
        let web = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = coranto(self.home.path());
        command.arg("serve").env("CORANTO__SERVER__LISTEN", web.to_string());
        let mut server = Program::start(command);
        server.wait_for_line("delivery begins", WAIT_MAX);
        server.wait_for_line("public_url=", WAIT_MAX);
        (server, web)
    }

    /// `kill -9`. On PostgreSQL a dead process is believed for its lease; here it is known to be dead.
    pub(crate) async fn kill(&self, server: Program) {
        server.kill();
        let db = Db::open(&self.url).await.unwrap();
        if !db.is_sqlite() {
            let now = Clock::system().now();
            db.write(async |tx| installation::end_leases(tx, now).await).await.unwrap();
        }
        db.close().await;
    }

    /// Until nothing of the issue waits but what was on the wire at a kill.
    pub(crate) async fn until_tried(&self, slug: &str) {
        until("every email of the issue was tried", async || {
            let totals = &self.json(&["issues", "show", slug])["totals"];
            let number = |name: &str| totals[name].as_u64().unwrap();
            number("readers") > 0 && number("readers") == number("sent") + number("uncertain") + number("skipped")
        })
        .await;
    }

    pub(crate) async fn until_accepted(&self, emails: u64) {
        until("the relay has taken the emails", async || self.sink.stats().accepted >= emails).await;
    }

    pub(crate) fn settle(&self, slug: &str, log: &str) -> Value {
        let path = self.home.path().join("mail.log");
        fs::write(&path, log).unwrap();
        self.json(&["issues", "settle", slug, "--accepted", "mail.log"])
    }

    /// As Postfix writes it of what it took.
    pub(crate) fn postfix_log(&self) -> String {
        let line = |message: &SinkMessage| {
            let text = String::from_utf8_lossy(&message.data);
            let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().trim().to_owned();
            format!("2026-11-27T09:00:01 mx postfix/cleanup[77]: 4bXyZ: message-id={id}\n")
        };
        self.sink.messages().iter().map(line).collect()
    }

    /// How often each reader got the issue.
    pub(crate) fn got(&self, slug: &str) -> Vec<usize> {
        let words = format!("news of {slug}.");
        let messages = self.sink.messages();
        let of = |number: usize| {
            let address = format!("reader{number}@example.com");
            let is_theirs = |to: &[String]| to.contains(&address);
            let its = messages.iter().filter(|message| is_theirs(&message.to));
            its.filter(|message| String::from_utf8_lossy(&message.data).contains(&words)).count()
        };
        (0..self.readers).map(of).collect()
    }
}
