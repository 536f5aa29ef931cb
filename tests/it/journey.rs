//! The whole way of one reader, from outside: sign up on the page, confirm, get the issue, leave by one click, get no
//! more. The program runs as it is installed; the sink stands where the relay would.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use coranto::message::dkim::{Signer, generate_rsa_pem};
use coranto::smtp::{Sink, SinkHandle, SinkMessage, SinkOptions};
use coranto::token::Keyring;
use mail_auth::DkimResult;
use mail_parser::MessageParser;

use crate::harness::database::{Fresh, both_databases};
use crate::harness::http::{get, post};
use crate::harness::patience::until;
use crate::harness::program::{Program, coranto, run};
use crate::harness::stranger;
use crate::harness::visitor::sign_up_at;
use crate::message::dkim::verify;

const PATIENCE: Duration = Duration::from_secs(60);
/// Of `public_url`: a proxy in front passes it on.
const HOST: &str = "news.example.com";
const READER: &str = "anna@example.net";

both_databases! {
    async fn a_reader_signs_up_reads_and_leaves(fresh: Fresh) {
        let home = tempfile::tempdir().unwrap();
        let sink = Sink::start(SinkOptions { keep: true, ..SinkOptions::default() }).await.unwrap();
        let web = free_address();
        let signer = install(home.path(), &fresh.url, web, sink.addr());
        let mut server = Program::start({ let mut command = coranto(home.path()); command.arg("serve"); command });
        server.wait_for_line("public_url=", PATIENCE);

        // Signing up changes nothing that sends an issue; the answer is a mail.
        let asked = sign_up_at(web, HOST, "/week/subscribe", &[("email", READER), ("name", "Anna")]).await;
        assert!(asked.status.is_redirection(), "{}", asked.status);
        let confirmation = arrival(&sink, 1).await;
        assert!(text(&confirmation).contains("Auto-Submitted: auto-generated"));
        assert!(!text(&confirmation).contains("\r\nList-"), "nobody subscribes yet");
        assert!(!link_in(&confirmation, "/n/").is_empty(), "who did not ask has a way out");
        assert!(is_signed(&confirmation, &signer));

        // Who only looks has not confirmed.
        let link = link_in(&confirmation, "/c/");
        let looked = get(&link).header("host", HOST).send_to(web).await.unwrap();
        assert!(looked.status.is_success());
        assert_eq!(mailable(home.path()), 0);
        let confirmed = post(&link).form(&[]).header("host", HOST).send_to(web).await.unwrap();
        assert!(confirmed.status.is_success() || confirmed.status.is_redirection(), "{}", confirmed.status);
        assert_eq!(mailable(home.path()), 1);

        // The next issue arrives, and is made as mailbox providers ask.
        queue(home.path(), "first");
        let issue = arrival(&sink, 2).await;
        assert_eq!(issue.to, [READER]);
        assert!(is_signed(&issue, &signer));
        if let Some(verdict) = stranger::checks(&issue.data) {
            assert!(verdict.is_good, "{}", verdict.said);
        }

        // One click, as a mailbox provider sends it; the issue after that does not arrive.
        let link = link_in(&issue, "/u/");
        let left = post(&link).form(&[("List-Unsubscribe", "One-Click")]).header("host", HOST).send_to(web).await.unwrap();
        assert_eq!(left.status.as_u16(), 200);
        assert_eq!(mailable(home.path()), 0);
        queue(home.path(), "second");
        // Nobody is left to send it to.
        wait_until_held(home.path(), "second").await;
        assert_eq!(sink.messages().len(), 2, "a reader who left was written to");

        server.signal("TERM");
        let ended = server.wait(PATIENCE);
        assert!(ended.status.success() && !ended.stderr.contains("panicked"), "{}", ended.stderr);
        assert!(!ended.stderr.contains(READER), "an address is in the log");
        sink.stop().await;
    }
}

/// Writes an installation with a DKIM key; returns who signs.
fn install(home: &Path, database: &str, web: SocketAddr, relay: SocketAddr) -> Arc<Signer> {
    let key = generate_rsa_pem().unwrap();
    fs::create_dir(home.join("issues")).unwrap();
    fs::write(home.join("secret.key"), Keyring::generate()).unwrap();
    fs::write(home.join("dkim.key"), key.expose()).unwrap();
    let configuration = format!(
        r#"public_url = "https://news.example.com"
database = "{database}"
secret_key_file = "secret.key"

[signup]
form_seconds_min = 0

[server]
listen = "{web}"

[newsletters.week]
name = "The Week"
from = "The Week <week@news.example.com>"
postal_address = "1 Example Street, 10000 Example"
time_zone = "Europe/Prague"

[newsletters.week.dkim]
domain = "news.example.com"
selector = "journey"
key_file = "dkim.key"

[[relays]]
name = "main"
host = "127.0.0.1"
port = {port}
tls = "none"
"#,
        port = relay.port()
    );
    fs::write(home.join("coranto.toml"), configuration).unwrap();
    Arc::new(Signer::new("news.example.com", "journey", &key).unwrap())
}

/// Queues the sample essay under another name.
fn queue(home: &Path, slug: &str) {
    let essay = Path::new(env!("CARGO_MANIFEST_DIR")).join("issues/2026-11-20-the-calendar-is-not-an-agreement.md");
    let path = format!("issues/2026-11-27-{slug}.md");
    fs::copy(essay, home.join(&path)).unwrap();
    command(home, &["queue", &path, "--now", "--no-undo", "--yes"]);
}

fn command(home: &Path, args: &[&str]) -> String {
    let mut command = coranto(home);
    command.args(args);
    let ended = run(command, PATIENCE);
    assert!(ended.status.success(), "coranto {args:?}: {ended:?}");
    ended.stdout
}

fn mailable(home: &Path) -> u64 {
    let status: serde_json::Value = serde_json::from_str(&command(home, &["--json", "status"])).unwrap();
    status["readers"]["mailable"].as_u64().unwrap()
}

async fn wait_until_held(home: &Path, slug: &str) {
    let show = ["--json", "issues", "show", slug];
    until("held", async || command(home, &show).contains("\"state\":\"held\"")).await;
}

/// The `count`-th message, once it is there.
async fn arrival(sink: &SinkHandle, count: usize) -> SinkMessage {
    until(&format!("mail {count}"), async || sink.messages().len() >= count).await;
    sink.messages()[count - 1].clone()
}

fn text(message: &SinkMessage) -> String {
    String::from_utf8_lossy(&message.data).into_owned()
}

/// The path of the first link of a kind in the text part.
fn link_in(message: &SinkMessage, kind: &str) -> String {
    let parsed = MessageParser::default().parse(&message.data).unwrap();
    let body = parsed.body_text(0).unwrap();
    let start = format!("https://news.example.com{kind}");
    let rest = body.split_once(&start).unwrap_or_else(|| panic!("no {kind} link in {body}")).1;
    let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    format!("{kind}{token}")
}

/// The verifier has a runtime of its own, which needs a thread of its own.
fn is_signed(message: &SinkMessage, signer: &Signer) -> bool {
    std::thread::scope(|scope| scope.spawn(|| verify(&message.data, &[signer])).join().unwrap()) == [DkimResult::Pass]
}

/// An address that nobody listens on.
fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
