//! Mail servers and clients that others wrote, from Debian, bring reports to the doors.

mod exim;
mod exim_pipe;
mod exim_reports;
mod msmtp;
mod original_envelope;
mod postfix;
mod postfix_pipe;
mod postfix_reports;

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use coranto::domain::cause::{Cause, Certainty};
use coranto::domain::notice::NoticeEvidence;
use tempfile::TempDir;

use super::post::Post;
use crate::delivery::stage::{endpoint_at, relay_to};
use crate::harness::patience::{until, until_blocking};
use crate::harness::unprivileged::{Unprivileged, open_folder};

const BOUNCE_DOMAIN: &str = "bounce.news.example.org";
/// The sink refuses this reader at RCPT with 550 5.1.1: the server in between has to write the report.
const DEAD: &str = "permfail-ben";

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for_port(port: u16) {
    until_blocking("the server listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
}

/// A recipe of docs/bounces.md: the block in fences that begins with `first`. The domain is the tests'.
fn recipe(first: &str) -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/bounces.md")).unwrap();
    let start = page.find(&format!("```\n{first}")).unwrap_or_else(|| panic!("no recipe begins with {first:?}")) + 4;
    let length = page[start..].find("```").unwrap();
    page[start..start + length].replace("bounce.example.com", BOUNCE_DOMAIN)
}

/// The same with one part replaced that must be there.
fn put_in(text: &str, part: &str, with: &str) -> String {
    assert!(text.contains(part), "{part} is not in {text}");
    text.replace(part, with)
}

/// Sends an issue through a server at `port` that hands mail for readers on to the sink: one reader gets it, one is
/// refused.
async fn send_through(post: &mut Post, port: u16) {
    let server = SocketAddr::from(([127, 0, 0, 1], port));
    let dsn = post.stage.settings.relays[0].dsn;
    post.stage.settings.relays = vec![relay_to("server", endpoint_at(server))];
    post.stage.settings.relays[0].dsn = dsn;
    post.stage.readers(&[DEAD]).await;
    post.next_issue("second").await;
    until("the server hands the issue on", async || post.stage.mails("anna").len() == 2).await;
}

/// Waits for the one report about who was refused; the report is believed as `certainty` says.
async fn assert_reported(post: &Post, certainty: Certainty) {
    until("the report comes in", async || !post.notices().await.is_empty()).await;
    let notices = post.notices().await;
    let [notice] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!((notice.evidence, notice.cause), (NoticeEvidence::Sealed, Cause::NoMailbox), "{notice:?}");
    assert_eq!(notice.certainty, certainty, "{notice:?}");
    assert_eq!(notice.subscription_id, Some(post.stage.subscription(DEAD).await));
}

/// A `coranto` that a server may start as a user without rights, on the database of the test.
struct Piped {
    runs_as: Unprivileged,
    folder: TempDir,
}

impl Piped {
    fn new(database: &str) -> Self {
        let folder = open_folder();
        fs::copy(env!("CARGO_BIN_EXE_coranto"), folder.path().join("coranto")).unwrap();
        fs::write(folder.path().join("secret.key"), format!("1:{}", "07".repeat(32))).unwrap();
        fs::write(
            folder.path().join("coranto.toml"),
            format!(
                "public_url = \"https://news.example.org\"\ndatabase = \"{database}\"\nsecret_key_file = \"secret.key\"\n\
                 [newsletters.week]\nname = \"The Week\"\nfrom = \"letter@news.example.org\"\npostal_address = \"1 Street\"\n\
                 bounce_domain = \"{BOUNCE_DOMAIN}\"\n[inbound]\npipe = true\n"
            ),
        )
        .unwrap();
        let runs_as = Unprivileged::with_database(database);
        runs_as.hand_over(folder.path());
        Self { runs_as, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A recipe that runs this program with its configuration.
    fn in_recipe(&self, text: &str) -> String {
        let text = put_in(text, "/usr/bin/coranto", &self.path("coranto").display().to_string());
        put_in(&text, "/etc/coranto/coranto.toml", &self.path("coranto.toml").display().to_string())
    }
}
