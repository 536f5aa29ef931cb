//! `kill -9` at random moments while issues go out and readers leave. Knows the program from outside: its commands, its
//! web server, a sink that is never killed; the ledger is only read, to compare it with what the sink took.
//!
//! `cargo test` runs a short version. `tests/crash.sh` runs the long one: the release program, 2,000 readers, 50 kills on
//! each database. The environment steers it: `CORANTO_CRASH_KILLS`, `CORANTO_CRASH_READERS`, `CORANTO_CRASH_SEED`,
//! `CORANTO_TEST_PROGRAM`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::config::Config;
use coranto::domain::DeliveryId;
use coranto::domain::actor::Actor;
use coranto::domain::delivery::DeliveryState;
use coranto::signup::{self, ActionContext, NewReader};
use coranto::smtp::{Sink, SinkHandle, SinkMessage, SinkOptions};
use coranto::store::{Db, issues, leases, ledger, newsletters};
use coranto::token::Keyring;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::harness::database::{Fresh, both_databases};
use crate::harness::environment;
use crate::harness::http::post;
use crate::harness::program::{Program, coranto, run};

/// Connections to the relay: as many mails may be in doubt after a kill.
const CONNECTIONS: usize = 4;
/// What the sink waits before it answers, so that a kill finds mail on the wire and an issue outlasts several kills.
const REPLY_DELAY: Duration = Duration::from_millis(20);
/// A scheduler that was killed is believed for 15 seconds; only then does its successor begin an issue.
const FIRST_MAIL_WAIT_MAX: Duration = Duration::from_secs(40);
/// A mail that was taken off before its reader left may arrive after they were told so: one on each connection, and one
/// whose envelope is ahead of it. The same again for connections that are faster than others.
const ON_THE_WIRE_MAX: usize = 4 * CONNECTIONS;
const ON_THE_WIRE_FOR_MAX: Duration = Duration::from_secs(2);
const COMMAND_WAIT_MAX: Duration = Duration::from_secs(120);
const ISSUE_WAIT_MAX: Duration = Duration::from_secs(600);

both_databases! {
    async fn nobody_is_missed_and_nobody_is_written_to_after_leaving(fresh: Fresh) {
        let plan = Plan::from_environment();
        let mut scene = Scene::set(fresh, plan).await;
        scene.first_issue().await;
        scene.kill_again_and_again().await;
        let settled = scene.settle().await;
        scene.audit(&settled).await;
        scene.resend_what_is_uncertain().await;
        scene.audit_resent(&settled).await;
        scene.end().await;
    }
}

/// How much of it.
#[derive(Clone, Copy, Debug)]
struct Plan {
    readers: usize,
    kills: usize,
    seed: u64,
}

impl Plan {
    fn from_environment() -> Self {
        let number = |name, default| environment(name).map_or(default, |value| value.parse().unwrap());
        Self {
            readers: number("CORANTO_CRASH_READERS", 300) as usize,
            kills: number("CORANTO_CRASH_KILLS", 5) as usize,
            seed: number("CORANTO_CRASH_SEED", 1605),
        }
    }
}

/// Small numbers that a seed repeats (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Between two times, each order of magnitude as likely as the next.
    fn wait(&mut self, least: Duration, most: Duration) -> Duration {
        least.mul_f64((most.as_secs_f64() / least.as_secs_f64()).powf(self.roll()))
    }
}

/// Who asked to leave, and when the server's answer was there, by this machine's clock; none if no answer came.
type Leavings = Arc<Mutex<BTreeMap<String, Option<Timestamp>>>>;

/// An installation, its sink, and what was done so far.
struct Scene {
    plan: Plan,
    dice: Dice,
    folder: TempDir,
    fresh: Fresh,
    sink: SinkHandle,
    server: SocketAddr,
    issues: Vec<String>,
    links: Vec<(String, String)>,
    leavings: Leavings,
    in_doubt_most: i64,
}

/// The rows of each issue when nothing was left to do but to decide about the uncertain ones.
type Settled = BTreeMap<String, BTreeMap<String, DeliveryState>>;

impl Scene {
    async fn set(fresh: Fresh, plan: Plan) -> Self {
        let folder = tempfile::Builder::new().prefix("coranto-crash-").tempdir().unwrap();
        let options = SinkOptions { keep: true, reply_delay: REPLY_DELAY, ..SinkOptions::default() };
        let sink = Sink::start(options).await.unwrap();
        let server = free_address();
        write_installation(folder.path(), &fresh.url, server, sink.addr());
        let scene = Self {
            plan,
            dice: Dice(plan.seed),
            folder,
            fresh,
            sink,
            server,
            issues: Vec::new(),
            links: Vec::new(),
            leavings: Leavings::default(),
            in_doubt_most: 0,
        };
        scene.add_readers().await;
        scene
    }

    /// As `coranto subscribers add` does, without a process for each.
    async fn add_readers(&self) {
        let config = Config::load(&self.folder.path().join("coranto.toml"), &[]).unwrap();
        let now = Clock::system().now();
        let act = ActionContext {
            actor: Actor::Command("anna".to_owned()),
            source: "crash test".to_owned(),
            wording: "",
            client: None,
            now,
        };
        let newsletter = self.fresh.db.write(async |tx| newsletters::ensure(tx, "week", now).await).await.unwrap();
        for number in 0..self.plan.readers {
            let email = format!("reader{number}@example.com").parse().unwrap();
            let reader = NewReader { email, name: None, language: None };
            signup::add(&self.fresh.db, &config.keys, newsletter, &reader, &act).await.unwrap();
        }
    }

    fn coranto(&self, args: &[&str]) -> Command {
        let mut command = coranto(self.folder.path());
        command.args(args);
        command
    }

    fn command(&self, args: &[&str]) {
        let ended = run(self.coranto(args), COMMAND_WAIT_MAX);
        assert!(ended.status.success(), "coranto {args:?}: {ended:?}");
    }

    fn serve(&self) -> Program {
        Program::start(self.coranto(&["serve"]))
    }

    fn queue_issue(&mut self) {
        let slug = format!("issue-{}", self.issues.len() + 1);
        let path = format!("issues/2026-01-02-{slug}.md");
        let text =
            format!("---\ntitle: Number {}\n---\nDear {{{{ name | reader }}}},\n\nnews.\n", self.issues.len() + 1);
        fs::write(self.folder.path().join(&path), text).unwrap();
        let looked = run(self.coranto(&["queue", &path, "--now", "--dry-run", "--json"]), COMMAND_WAIT_MAX);
        let would: serde_json::Value = serde_json::from_str(&looked.stdout).unwrap();
        let readers = would["readers"].to_string();
        self.command(&["queue", &path, "--now", "--no-undo", "--confirm", &readers]);
        self.issues.push(slug);
    }

    /// Goes out in peace; its mails hold the links by which readers leave later.
    async fn first_issue(&mut self) {
        self.queue_issue();
        let server = self.serve();
        self.wait_until_only_uncertain().await;
        stop(server);
        for message in self.sink.messages() {
            self.links.push((message.to[0].clone(), one_click_path(&message)));
        }
        assert_eq!(self.links.len(), self.plan.readers, "the first issue did not reach everyone");
    }

    async fn kill_again_and_again(&mut self) {
        let leaving = CancellationToken::new();
        let mut leavers = tokio::task::JoinSet::new();
        leavers.spawn(leave_now_and_then(self.links.clone(), self.server, Arc::clone(&self.leavings), leaving.clone()));
        for kill in 0..self.plan.kills {
            if !self.is_under_way().await {
                self.queue_issue();
            }
            let before = self.sink.stats().accepted;
            let server = self.serve();
            // Every other time the clock starts with the first mail: starting takes longer than the shortest waits.
            let first = async {
                while kill % 2 == 0 && self.sink.stats().accepted == before {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            let _ = tokio::time::timeout(FIRST_MAIL_WAIT_MAX, first).await;
            tokio::time::sleep(self.dice.wait(Duration::from_millis(5), Duration::from_secs(3))).await;
            let ended = server.kill();
            assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
            self.count_in_doubt(kill).await;
        }
        leaving.cancel();
        while leavers.join_next().await.is_some() {}
    }

    /// After a kill only rows on the wire are in doubt: one per connection.
    async fn count_in_doubt(&mut self, kill: usize) {
        let mut in_flight = 0;
        for slug in self.issues.clone() {
            in_flight += self.totals(&slug).await.map_or(0, |totals| totals.in_flight);
        }
        self.in_doubt_most = self.in_doubt_most.max(in_flight);
        assert!(in_flight <= CONNECTIONS as i64, "kill {kill}: {in_flight} in flight, {CONNECTIONS} connections");
        if !self.fresh.db.is_sqlite() {
            // On PostgreSQL a dead process is believed for its lease. Here it is known to be dead.
            self.fresh.db.write(async |tx| leases::end_engines(tx, Clock::system().now()).await).await.unwrap();
        }
    }

    async fn totals(&self, slug: &str) -> Option<ledger::Totals> {
        let mut tx = self.fresh.db.read().await.unwrap();
        let newsletter = newsletters::find(&mut tx, "week").await.unwrap()?;
        let issue = issues::find(&mut tx, newsletter, slug).await.unwrap()?;
        Some(ledger::totals(&mut tx, issue.id).await.unwrap())
    }

    async fn is_under_way(&self) -> bool {
        let totals = self.totals(self.issues.last().unwrap()).await.unwrap();
        totals.readers == 0 || totals.open() > totals.uncertain
    }

    async fn wait_until_only_uncertain(&self) {
        for slug in &self.issues {
            let going = async {
                while self
                    .totals(slug)
                    .await
                    .is_none_or(|totals| totals.readers == 0 || totals.open() > totals.uncertain)
                {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let ended = tokio::time::timeout(ISSUE_WAIT_MAX, going).await;
            assert!(ended.is_ok(), "{slug} stands still: {:?}", self.totals(slug).await);
        }
    }

    async fn settle(&self) -> Settled {
        let server = self.serve();
        self.wait_until_only_uncertain().await;
        stop(server);
        let mut settled = Settled::new();
        for slug in &self.issues {
            settled.insert(slug.clone(), rows(&self.fresh.db, slug).await);
        }
        settled
    }

    /// What the sink took of each issue, by reader.
    fn taken(&self) -> BTreeMap<String, BTreeMap<String, Vec<SinkMessage>>> {
        let mut taken = BTreeMap::<String, BTreeMap<String, Vec<SinkMessage>>>::new();
        for message in self.sink.messages() {
            let number = header(&message, "Subject: Number ");
            let issue = taken.entry(format!("issue-{number}")).or_default();
            issue.entry(message.to[0].clone()).or_default().push(message);
        }
        taken
    }

    async fn audit(&self, settled: &Settled) {
        let taken = self.taken();
        let leavings = self.leavings.lock().unwrap().clone();
        let mut wrong = Vec::new();
        for (slug, rows) in settled {
            let none = BTreeMap::new();
            let taken = taken.get(slug).unwrap_or(&none);
            for (email, state) in rows {
                let times = taken.get(email).map_or(0, Vec::len);
                let right = match state {
                    DeliveryState::Sent => times == 1,
                    DeliveryState::Uncertain => times <= 1,
                    DeliveryState::Skipped => times == 0 && leavings.contains_key(email),
                    _ => false,
                };
                if !right {
                    wrong.push(format!("{slug}: {email} is {state:?} and was taken {times} times"));
                }
            }
            for email in taken.keys().filter(|email| !rows.contains_key(*email)) {
                wrong.push(format!("{slug}: {email} was taken and is not in the ledger"));
            }
            // Whoever asked to leave may be in the audience or not; everyone else is.
            let missing = |(email, _): &&(String, String)| !rows.contains_key(email) && !leavings.contains_key(email);
            wrong.extend(self.links.iter().filter(missing).map(|(email, _)| format!("{slug}: {email} is missing")));
        }
        wrong.extend(self.mail_after_leaving());
        let uncertain =
            settled.values().flat_map(BTreeMap::values).filter(|state| **state == DeliveryState::Uncertain).count();
        if uncertain > self.plan.kills * CONNECTIONS {
            wrong.push(format!("{uncertain} uncertain after {} kills on {CONNECTIONS} connections", self.plan.kills));
        }
        assert!(wrong.is_empty(), "seed {}:\n{}", self.plan.seed, wrong.join("\n"));
    }

    /// Mail to whoever had been told that they left. What was on the wire at that moment may still arrive, but then it is
    /// among the next few that the sink takes, for a connection carries one mail at a time.
    fn mail_after_leaving(&self) -> Vec<String> {
        let leavings = self.leavings.lock().unwrap();
        let messages = self.sink.messages();
        let late = |(place, message): (usize, &SinkMessage)| {
            let told = (*leavings.get(&message.to[0])?)?;
            let since = messages[..=place].iter().filter(|other| other.at > told).count();
            let waited = message.at.since(told);
            let was_on_the_wire = since <= ON_THE_WIRE_MAX && waited <= ON_THE_WIRE_FOR_MAX;
            (since > 0 && !was_on_the_wire)
                .then(|| format!("{} had left for {waited:?} and was written to, {since} emails later", message.to[0]))
        };
        messages.iter().enumerate().filter_map(late).collect()
    }

    /// As an editor would: the uncertain ones once more.
    async fn resend_what_is_uncertain(&self) {
        for slug in &self.issues {
            self.command(&["issues", "retry", slug, "--uncertain", "--yes"]);
        }
        let server = self.serve();
        for slug in &self.issues {
            let going = async {
                while self.totals(slug).await.unwrap().open() > 0 {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let ended = tokio::time::timeout(ISSUE_WAIT_MAX, going).await;
            assert!(ended.is_ok(), "{slug} stands still: {:?}", self.totals(slug).await);
        }
        stop(server);
    }

    async fn audit_resent(&self, settled: &Settled) {
        let taken = self.taken();
        let mut wrong = self.mail_after_leaving();
        let (mut uncertain, mut twice) = (0, 0);
        for (slug, before) in settled {
            let after = rows(&self.fresh.db, slug).await;
            for (email, state) in before {
                let messages = taken.get(slug).and_then(|taken| taken.get(email)).map_or(&[][..], Vec::as_slice);
                let was_uncertain = *state == DeliveryState::Uncertain;
                uncertain += usize::from(was_uncertain);
                twice += usize::from(messages.len() == 2);
                let right = match after[email] {
                    DeliveryState::Sent if was_uncertain => (1..=2).contains(&messages.len()),
                    DeliveryState::Sent => messages.len() == 1,
                    DeliveryState::Skipped if was_uncertain => messages.len() <= 1,
                    DeliveryState::Skipped => messages.is_empty(),
                    _ => false,
                };
                if !right {
                    wrong.push(format!(
                        "{slug}: {email} was {state:?}, is {:?}, was taken {}",
                        after[email],
                        messages.len()
                    ));
                }
                if messages.windows(2).any(|pair| pair[0].data != pair[1].data || pair[0].from != pair[1].from) {
                    wrong.push(format!("{slug}: {email} got two different mails"));
                }
            }
        }
        assert!(wrong.is_empty(), "seed {}:\n{}", self.plan.seed, wrong.join("\n"));
        let left = self.leavings.lock().unwrap().values().flatten().count();
        assert!(left > 0, "nobody left while issues went out: nothing was shown");
        let mut report = std::io::stderr().lock();
        writeln!(
            report,
            "{} kills, {} issues to {} readers, {left} left meanwhile: {} emails taken, {uncertain} uncertain \
             (at most {} after one kill), {twice} of them twice, nobody missed",
            self.plan.kills,
            self.issues.len(),
            self.plan.readers,
            self.sink.stats().accepted,
            self.in_doubt_most,
        )
        .unwrap();
    }

    async fn end(self) {
        self.sink.stop().await;
    }
}

/// Ends a server as an administrator does; it has to end well.
fn stop(mut server: Program) {
    // Whatever comes before this line may die of a signal: nothing is on the wire yet.
    server.wait_for_line("delivery begins", COMMAND_WAIT_MAX);
    server.signal("TERM");
    let ended = server.wait(COMMAND_WAIT_MAX);
    assert!(ended.status.success() && !ended.stderr.contains("panicked"), "{ended:?}");
}

/// The state of each row of an issue, by address.
async fn rows(db: &Db, slug: &str) -> BTreeMap<String, DeliveryState> {
    let mut tx = db.read().await.unwrap();
    let newsletter = newsletters::find(&mut tx, "week").await.unwrap().unwrap();
    let issue = issues::find(&mut tx, newsletter, slug).await.unwrap().unwrap();
    let rows = ledger::rows(&mut tx, issue.id, &[], DeliveryId(0), 1_000_000).await.unwrap();
    rows.into_iter().map(|row| (row.email.unwrap(), row.state)).collect()
}

/// One reader after another leaves by the one-click address, whether the server lives or not. Who gets no answer is left
/// alone: they may have left or not.
async fn leave_now_and_then(
    links: Vec<(String, String)>,
    server: SocketAddr,
    leavings: Leavings,
    until: CancellationToken,
) {
    // A third of the readers at most, spread over the list.
    for (email, path) in links.iter().step_by(3) {
        let pause = tokio::time::sleep(Duration::from_millis(60));
        if until.run_until_cancelled(pause).await.is_none() {
            return;
        }
        if tokio::net::TcpStream::connect(server).await.is_err() {
            continue;
        }
        leavings.lock().unwrap().insert(email.clone(), None);
        let answer = post(path).form(&[("List-Unsubscribe", "One-Click")]).send_to(server).await;
        if let Ok(answer) = answer {
            assert!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
            leavings.lock().unwrap().insert(email.clone(), Some(Clock::system().now()));
        }
    }
}

/// The path and token of `List-Unsubscribe`, whose address is in angle brackets and may be folded.
fn one_click_path(message: &SinkMessage) -> String {
    let text = String::from_utf8_lossy(&message.data);
    let rest = text.split_once("\r\nList-Unsubscribe: ").unwrap().1;
    let link = rest.split_once("<http").unwrap().1.split_once('>').unwrap().0.split_whitespace().collect::<String>();
    let path = link.splitn(4, '/').nth(3).unwrap();
    format!("/{path}")
}

/// What follows `start` on its line.
fn header(message: &SinkMessage, start: &str) -> String {
    let text = String::from_utf8_lossy(&message.data);
    text.lines().find_map(|line| line.strip_prefix(start)).unwrap().to_owned()
}

/// An address that nobody listens on, for a server that is started again and again.
fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn write_installation(folder: &Path, database: &str, server: SocketAddr, relay: SocketAddr) {
    fs::create_dir(folder.join("issues")).unwrap();
    fs::write(folder.join("secret.key"), Keyring::generate()).unwrap();
    let port = relay.port();
    let configuration = format!(
        r#"public_url = "http://{server}"
database = "{database}"
secret_key_file = "secret.key"

[server]
listen = "{server}"

[newsletters.week]
name = "The Week"
from = "The Week <week@example.com>"
postal_address = "1 Example Street, Example"
time_zone = "UTC"

[[relays]]
name = "main"
host = "127.0.0.1"
port = {port}
tls = "none"
connections = {CONNECTIONS}
"#
    );
    fs::write(folder.join("coranto.toml"), configuration).unwrap();
}
