//! `coranto report` as a person reads it: an issue of which much came back, the list, and an issue that is only counted.

use std::fs;
use std::path::Path;

use coranto::store::folded;

use super::post::{DAY, Post, bounce, complaint, dead, letter};
use crate::cli::ok;
use crate::harness::database::{Fresh, both_databases};

/// The widest line that reads well in a terminal, in columns.
const COLUMNS: usize = 100;
/// One more than a relay may suppress in an issue without a person's word.
const DEAD: usize = 11;

fn configure(folder: &Path, url: &str) {
    fs::write(folder.join("secret.key"), format!("1:{}", "07".repeat(32))).unwrap();
    let text = format!(
        "public_url = \"https://news.example.org\"\ndatabase = \"{url}\"\nsecret_key_file = \"secret.key\"\n\
         [newsletters.week]\nname = \"The Week\"\nfrom = \"letter@news.example.org\"\npostal_address = \"1 Street\"\n\
         time_zone = \"Europe/Prague\"\nbounce_domain = \"bounce.news.example.org\"\n"
    );
    fs::write(folder.join("coranto.toml"), text).unwrap();
}

/// What the command prints, every line of an issue's report within the terminal. The list is a table of eight columns.
fn report(folder: &Path, arguments: &[&str]) -> String {
    let shown = ok(folder, &[&["report"], arguments].concat());
    for line in shown.lines().filter(|_| !arguments.is_empty()) {
        assert!(line.chars().count() <= COLUMNS, "{line:?}");
    }
    shown.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// An issue of which eleven are dead, one is full, one complains, one is away and one leaves.
async fn returned(fresh: &Fresh) -> Post {
    let mut locals: Vec<String> = (0..DEAD).map(|number| format!("dead{number}@example.org")).collect();
    locals.extend(["full@yahoo.com", "angry@yahoo.com", "away@gmail.com", "gone@gmail.com"].map(str::to_owned));
    let post = Post::new(fresh.db.clone(), &locals.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for local in &locals[..DEAD] {
        let from = post.letter(local).from;
        post.bring_one(Some(&from), &dead(&from, local, "")).await;
    }
    post.settle().await;
    let full = post.letter("full@yahoo.com").from;
    let said = "552 5.2.2 Mailbox full";
    post.bring_one(Some(&full), &bounce(&full, "full@yahoo.com", "5.2.2", said, "")).await;
    let angry = post.letter("angry@yahoo.com");
    post.bring_one(Some(&angry.from), &complaint(&angry.from, "abuse", angry.header())).await;
    let away = post.letter("away@gmail.com").from;
    let extra = "Auto-Submitted: auto-replied\r\n";
    post.bring_one(Some(&away), &letter(&away, extra, "Out of office", "I am away.")).await;
    post.stage.leaves("gone@gmail.com").await;
    post
}

both_databases! {
    async fn an_issue_and_the_list_are_read(fresh: Fresh) {
        let mut post = returned(&fresh).await;
        let home = tempfile::tempdir().unwrap();
        configure(home.path(), &fresh.url);
        insta::assert_snapshot!("report_of_an_issue", report(home.path(), &["first"]));
        post.stage.clock.advance(DAY * 7);
        post.next_issue("second").await;
        insta::assert_snapshot!("report_of_the_last", report(home.path(), &[]));
    }

    async fn an_issue_in_its_second_round_is_named_as_everywhere(fresh: Fresh) {
        let post = returned(&fresh).await;
        // One email waits for another try.
        let back = "UPDATE deliveries SET state = 'pending', attempts = 1, final_at = NULL, due_at = first_at
                    WHERE id = (SELECT MAX(id) FROM deliveries)";
        assert_eq!(post.stage.execute(back).await, 1);
        assert_eq!(post.stage.execute("UPDATE issues SET state = 'sending', finished_at = NULL").await, 1);
        let home = tempfile::tempdir().unwrap();
        configure(home.path(), &fresh.url);
        let shown = report(home.path(), &["first"]);
        assert!(shown.lines().next().unwrap().contains("   sent, 1 being retried, "), "{shown}");
    }

    async fn an_issue_that_is_only_counted_has_no_empty_table(fresh: Fresh) {
        let post = returned(&fresh).await;
        let (issue, now) = (post.issue, post.stage.clock.now());
        assert_eq!(post.stage.db.write(async |tx| folded::fold(tx, issue, now, 100).await).await.unwrap(), 15);
        // As a program left it that kept no domains.
        post.stage.execute("DELETE FROM folded_domains").await;
        let home = tempfile::tempdir().unwrap();
        configure(home.path(), &fresh.url);
        let shown = report(home.path(), &["first"]);
        assert!(shown.contains("15 emails only counted by now") && shown.contains("came back"), "{shown}");
        assert!(!shown.contains("DESTINATION"), "{shown}");
        insta::assert_snapshot!("report_of_a_counted_issue", shown);
    }
}
