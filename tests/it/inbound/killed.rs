//! `kill -9` while reports come in and while they are settled: what was answered with 250 is kept, what is brought again is
//! kept once, and what follows follows once. `sh tests/crash.sh` kills more often.

use std::collections::BTreeSet;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use tokio::net::TcpStream;

use super::post::{Post, bounce, dead};
use super::wire::Client;
use crate::harness::database::{Fresh, both_databases};
use crate::harness::environment;
use crate::harness::program::{Program, coranto};

/// Reports that a round brings at most: a few, so that it is killed among them.
const PER_ROUND: usize = 4;
/// A relay suppresses so many readers of an issue without a person's word.
const DEAD: usize = 10;
const START_MAX: Duration = Duration::from_secs(60);

fn kills() -> usize {
    environment("CORANTO_INBOUND_KILLS").and_then(|text| text.parse().ok()).unwrap_or(15)
}

/// How long round `round` goes on: spread over what a few reports take, and never twice the same.
fn wait(round: usize, range: u64) -> Duration {
    let spread = (round as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    Duration::from_micros(500 + spread % (range * 1000))
}

/// What the program is told that the reports are brought to.
fn configure(folder: &std::path::Path, url: &str, address: SocketAddr, inbound: &str) {
    fs::write(folder.join("secret.key"), format!("1:{}", "07".repeat(32))).unwrap();
    fs::write(
        folder.join("coranto.toml"),
        format!(
            "public_url = \"https://news.example.org\"\ndatabase = \"{url}\"\nsecret_key_file = \"secret.key\"\n\
             [newsletters.week]\nname = \"The Week\"\nfrom = \"letter@news.example.org\"\npostal_address = \"1 Street\"\n\
             bounce_domain = \"bounce.news.example.org\"\n[inbound]\nlmtp_listen = \"{address}\"\n{inbound}"
        ),
    )
    .unwrap();
}

/// Brings reports from the first that was not answered on, until the connection ends. Answered ones are taken out.
async fn bring(address: SocketAddr, left: &mut Vec<(String, String)>, at_most: usize) {
    let Ok(stream) = TcpStream::connect(address).await else { return };
    let mut client = Client::over(stream);
    if client.answer().await.is_empty() || client.try_say("LHLO mx.example").await.is_empty() {
        return;
    }
    for _ in 0..at_most {
        let Some((to, report)) = left.last() else { return };
        let whole = format!("MAIL FROM:<>\r\nRCPT TO:<{to}>\r\nDATA\r\n{report}\r\n.\r\n");
        if !client.try_send(whole.as_bytes()).await {
            return;
        }
        for expected in ["250", "250", "354", "250"] {
            if !client.answer().await.starts_with(expected) {
                return;
            }
        }
        left.pop();
    }
}

both_databases! {
    async fn nothing_that_was_answered_is_lost_and_nothing_counts_twice(fresh: Fresh) {
        let (kills, readers) = (kills(), 60.max(kills() * PER_ROUND));
        let locals: Vec<String> = (0..readers).map(|number| format!("reader{number}")).collect();
        let names: Vec<&str> = locals.iter().map(String::as_str).collect();
        let post = Post::of_today(fresh.db.clone(), &names).await;
        let mut left: Vec<(String, String)> = locals
            .iter()
            .map(|local| {
                let from = post.letter(local).from;
                (from.clone(), dead(&from, &format!("{local}@example.net"), ""))
            })
            .collect();
        let home = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        configure(home.path(), &fresh.url, address, "");
        let mut kept = BTreeSet::new();
        for round in 0..=kills {
            let mut command = coranto(home.path());
            command.args(["serve", "--role", "receive"]);
            let mut server = Program::start(command);
            server.wait_for_line("reports are taken in LMTP", START_MAX);
            let before = left.len();
            match round == kills {
                true => while !left.is_empty() {
                    bring(address, &mut left, readers).await;
                },
                // Between two bytes, two mails, a commit and its answer: wherever it is by then.
                false => {
                    let bringing = bring(address, &mut left, PER_ROUND);
                    let _ = tokio::time::timeout(wait(round, 60), bringing).await;
                }
            }
            server.kill();
            let found = emails(&post).await;
            let answered = before - left.len();
            assert!(found.len() >= readers - left.len(), "{answered} answered in round {round}, {} kept", found.len());
            assert!(found.is_superset(&kept), "what was kept is kept");
            kept = found;
        }
        let count = count(&post, "SELECT COUNT(*) FROM notices").await;
        assert_eq!((count, kept.len()), (readers as i64, readers), "each once");
        assert_eq!(post.events("subscription.unsubscribed").await, 0);
    }

    async fn what_follows_follows_once(fresh: Fresh) {
        let kills = kills();
        let locals: Vec<String> = (0..40).map(|number| format!("reader{number}")).collect();
        let names: Vec<&str> = locals.iter().map(String::as_str).collect();
        let post = Post::new(fresh.db.clone(), &names).await;
        for (at, local) in locals.iter().enumerate() {
            let (from, about) = (post.letter(local).from, format!("{local}@example.net"));
            let report = match at < DEAD {
                true => dead(&from, &about, ""),
                false => bounce(&from, &about, "5.2.2", "552 5.2.2 Mailbox full", ""),
            };
            post.bring_one(Some(&from), &report).await;
        }
        let home = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        configure(home.path(), &fresh.url, address, "");
        // They are due long since by the clock of the program.
        for round in 0.. {
            let mut command = coranto(home.path());
            command.args(["serve", "--role", "schedule"]);
            let server = Program::start(command);
            if round >= kills {
                while count(&post, "SELECT COUNT(*) FROM notices WHERE effect = 'waiting'").await > 0 {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                server.kill();
                break;
            }
            tokio::time::sleep(wait(round, 400)).await;
            server.kill();
        }
        let suppressed = count(&post, "SELECT COUNT(*) FROM notices WHERE effect = 'suppressed'").await;
        let counted = count(&post, "SELECT COUNT(*) FROM notices WHERE effect = 'counted'").await;
        assert_eq!((suppressed, counted), (DEAD as i64, 30));
        assert_eq!((post.suppressed().await, post.events("address.suppressed").await), (DEAD as i64, DEAD as i64));
    }
}

async fn emails(post: &Post) -> BTreeSet<String> {
    let sql = "SELECT u.email FROM notices n JOIN subscriptions s ON s.id = n.subscription_id JOIN subscribers u ON u.id = s.subscriber_id";
    let rows: Vec<(String,)> = post.stage.db.read().await.unwrap().sql(sql).fetch_all().await.unwrap();
    rows.into_iter().map(|(email,)| email).collect()
}

async fn count(post: &Post, sql: &'static str) -> i64 {
    post.stage.db.read().await.unwrap().sql(sql).fetch_one::<(i64,)>().await.unwrap().0
}
