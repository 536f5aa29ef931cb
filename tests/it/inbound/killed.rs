//! `kill -9` while reports come in: what was answered with 250 is kept, and what is brought again is kept once.

use std::collections::BTreeSet;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use tokio::net::TcpStream;

use super::post::{Post, dead};
use super::wire::Client;
use crate::harness::database::{Fresh, both_databases};
use crate::harness::program::{Program, coranto};

const READERS: usize = 60;
const KILLS: usize = 6;
const START_MAX: Duration = Duration::from_secs(60);

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
        let locals: Vec<String> = (0..READERS).map(|number| format!("reader{number}")).collect();
        let names: Vec<&str> = locals.iter().map(String::as_str).collect();
        let post = Post::new(fresh.db.clone(), &names).await;
        let mut left: Vec<(String, String)> = locals
            .iter()
            .map(|local| {
                let from = post.letter(local).from;
                (from.clone(), dead(&from, &format!("{local}@example.net"), ""))
            })
            .collect();
        let home = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        fs::write(home.path().join("secret.key"), format!("1:{}", "07".repeat(32))).unwrap();
        fs::write(
            home.path().join("coranto.toml"),
            format!(
                "public_url = \"https://news.example.org\"\ndatabase = \"{}\"\nsecret_key_file = \"secret.key\"\n\
                 [newsletters.week]\nname = \"The Week\"\nfrom = \"letter@news.example.org\"\npostal_address = \"1 Street\"\n\
                 bounce_domain = \"bounce.news.example.org\"\n[inbound]\nlmtp_listen = \"{address}\"\n",
                fresh.url
            ),
        )
        .unwrap();
        let mut kept = BTreeSet::new();
        for round in 0..=KILLS {
            let mut command = coranto(home.path());
            command.args(["serve", "--role", "receive"]);
            let mut server = Program::start(command);
            server.wait_for_line("reports are taken in LMTP", START_MAX);
            let before = left.len();
            match round == KILLS {
                true => while !left.is_empty() {
                    bring(address, &mut left, READERS).await;
                },
                false => {
                    // Between two bytes, two mails, a commit and its answer: wherever it is after that many milliseconds.
                    let wait = Duration::from_millis(7 * round as u64 + 3);
                    let bringing = bring(address, &mut left, 9);
                    let _ = tokio::time::timeout(wait, bringing).await;
                }
            }
            server.kill();
            let found: BTreeSet<String> = post.notices().await.into_iter().filter_map(|one| one.email).collect();
            let answered = before - left.len();
            assert!(found.len() >= READERS - left.len(), "{answered} answered in round {round}, {} kept", found.len());
            assert!(found.is_superset(&kept), "what was kept is kept");
            kept = found;
        }
        assert_eq!((post.notices().await.len(), kept.len()), (READERS, READERS), "each once");
        assert_eq!(post.events("subscription.unsubscribed").await, 0);
    }
}
