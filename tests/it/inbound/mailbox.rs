//! Mailboxes: what servers may do wrong, and what a person's mail is safe from.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use coranto::domain::alarm::AlarmName;
use coranto::domain::notice::{Effect, NoticeSource};
use coranto::domain::subscriber::SubscriptionState;
use coranto::inbound::mailbox::{self, MailboxDoor, MailboxSettings};
use coranto::secret::Secret;
use coranto::smtp::TlsMode;
use coranto::store::{Db, alarms, mailboxes};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::imap_server::{Fault, ImapServer, ImapStep};
use super::post::{Post, complaint, dead, letter};
use crate::harness::database::both_databases;
use crate::harness::patience::PATIENCE;

pub(super) fn settings(name: &str, port: u16) -> MailboxSettings {
    MailboxSettings {
        name: name.to_owned(),
        host: "127.0.0.1".to_owned(),
        port,
        tls: TlsMode::None,
        trust: None,
        username: "editor".to_owned(),
        password: Secret::new("s3cret \"x\""),
        folder: "INBOX".to_owned(),
        done_folder: Some("Coranto".to_owned()),
        every: Duration::from_millis(30),
        patience: Duration::from_secs(20),
    }
}

/// A mailbox that is being read.
pub(super) struct Reading {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Reading {
    #[expect(clippy::disallowed_methods, reason = "`end` waits for it")]
    pub(super) fn start(post: &Post, settings: MailboxSettings) -> Self {
        let stop = CancellationToken::new();
        let door = MailboxDoor::new(settings, post.intake.clone(), post.stage.db.clone(), post.stage.clock.clone());
        Self { task: tokio::spawn(door.run(stop.clone())), stop }
    }

    pub(super) async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

pub(super) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what}"));
}

async fn position(post: &Post, name: &str) -> i64 {
    let mut tx = post.stage.db.read().await.unwrap();
    mailboxes::get(&mut tx, name).await.unwrap().map_or(-1, |at| at.last_uid)
}

const FAULTS: [Fault; 12] = [
    Fault::Stall,
    Fault::Close,
    Fault::Half,
    Fault::Bye,
    Fault::No,
    Fault::Bad,
    Fault::Garbage,
    Fault::Literal,
    Fault::Flood,
    Fault::Empty,
    Fault::Chatter,
    Fault::Split,
];

/// Each step of a conversation, and what the server must offer to get there.
const STEPS: [(ImapStep, &str); 11] = [
    (ImapStep::Greeting, "MOVE"),
    (ImapStep::Login, "MOVE"),
    (ImapStep::Capability, "MOVE"),
    (ImapStep::Examine, "MOVE"),
    (ImapStep::Search, "MOVE"),
    (ImapStep::Fetch, "MOVE"),
    (ImapStep::Select, "MOVE"),
    (ImapStep::Move, "MOVE"),
    (ImapStep::Copy, "UIDPLUS"),
    (ImapStep::Store, "UIDPLUS"),
    (ImapStep::Expunge, "UIDPLUS"),
];

/// One reader's report between two letters of other people, while the server breaks its word once.
async fn cell(post: Arc<Post>, number: usize, step: ImapStep, offers: &'static str, fault: Fault) {
    let local = format!("reader{number}");
    let got = post.letter(&local);
    let hello =
        |from: &str| letter("editor@news.example.org", "", "Lunch?", &format!("Greetings, {from}")).into_bytes();
    let report = dead(&got.from, &format!("{local}@example.net"), "").into_bytes();
    let server = ImapServer::start(vec![hello("Ben"), report, hello("Zoe")], offers, Some((step, fault))).await;
    let name = format!("{step:?}-{fault:?}");
    let settings = MailboxSettings { patience: Duration::from_secs(3), ..settings(&name, server.address.port()) };
    let reading = Reading::start(&post, settings);
    eventually(&format!("{name}: read to its end"), async || {
        position(&post, &name).await == 3 && server.state.fault.lock().unwrap().is_none()
    })
    .await;
    reading.end().await;
    // Nobody can tell that a server did not do what it says it did, or did what it refuses.
    let may_stay = (matches!(fault, Fault::Empty) && !offers.is_empty() && step as usize >= ImapStep::Move as usize)
        || (step == ImapStep::Store || step == ImapStep::Expunge)
        || (step == ImapStep::Capability && fault == Fault::Empty);
    let inbox = server.in_folder("INBOX");
    assert!(inbox == [1, 3] || may_stay && inbox == [1, 2, 3], "{name}: {inbox:?}");
    let commands = server.state.commands.lock().unwrap();
    for command in commands.iter() {
        let names = |verb: &str| command.contains(&format!(" {verb} "));
        if names("UID MOVE") || names("UID COPY") || names("UID STORE") || names("UID EXPUNGE") {
            assert_eq!(command.split(' ').nth(3), Some("2"), "{name}: {command}");
        }
        assert!(!command.contains("FETCH") || command.contains("BODY.PEEK[]<0.262144>"), "{name}: {command}");
    }
    // What the kernel holds on both sides comes on top of what was read.
    let written = server.state.written.load(Ordering::Relaxed);
    assert!(written < (32 << 20), "{name}: {written} bytes were taken");
}

both_databases! {
    async fn whatever_a_server_does_no_report_is_lost_and_none_counts_twice(db: Db) {
        let cells: Vec<_> =
            STEPS.iter().flat_map(|(step, offers)| FAULTS.map(|fault| (*step, *offers, fault))).collect();
        let locals: Vec<String> = (0..cells.len()).map(|number| format!("reader{number}")).collect();
        let names: Vec<&str> = locals.iter().map(String::as_str).collect();
        let post = Arc::new(Post::new(db, &names).await);
        let mut running = tokio::task::JoinSet::new();
        for (number, (step, offers, fault)) in cells.iter().copied().enumerate() {
            if running.len() == 12 {
                running.join_next().await.unwrap().unwrap();
            }
            running.spawn(cell(Arc::clone(&post), number, step, offers, fault));
        }
        while let Some(ended) = running.join_next().await {
            ended.unwrap();
        }
        let notices = post.notices().await;
        assert_eq!(notices.len(), cells.len(), "each once");
        assert!(notices.iter().all(|one| one.source == NoticeSource::Mailbox && one.effect == Effect::Waiting));
    }

    async fn other_numbers_mean_that_all_is_read_again_and_nothing_counts_twice(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let report = |local: &str| {
            dead(&post.letter(local).from, &format!("{local}@example.net"), "").into_bytes()
        };
        let server = ImapServer::start(vec![report("anna"), report("ben")], "", None).await;
        let reading = Reading::start(&post, settings("office", server.address.port()));
        eventually("read", async || position(&post, "office").await == 2).await;
        *server.state.validity.lock().unwrap() = 8;
        let searches = || {
            let commands = server.state.commands.lock().unwrap();
            commands.iter().filter(|one| one.contains("UID FETCH 1:2 ")).count()
        };
        eventually("read again", async || searches() == 2 && position(&post, "office").await == 2).await;
        assert_eq!(post.notices().await.len(), 2);
        assert_eq!(server.in_folder("INBOX"), [1, 2], "the server has no way to move them");
        // Fewer numbers than were read: the mailbox came back from a backup.
        server.state.mails.lock().unwrap().remove(1);
        eventually("begun anew", async || position(&post, "office").await == 1).await;
        reading.end().await;
        assert_eq!(post.notices().await.len(), 2);
    }

    async fn a_mail_that_is_never_handed_over_stops_no_other(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let report = dead(&post.letter("anna").from, "anna@example.net", "").into_bytes();
        let server = ImapServer::start(vec![b"X: never\r\n\r\n".to_vec(), report], "MOVE", None).await;
        *server.state.withheld.lock().unwrap() = Some(1);
        let reading = Reading::start(&post, settings("office", server.address.port()));
        eventually("the report", async || position(&post, "office").await == 2).await;
        reading.end().await;
        assert_eq!(post.notices().await.len(), 1);
        let commands = server.state.commands.lock().unwrap();
        let tries = commands.iter().filter(|one| one.contains("UID FETCH 1 ")).count();
        assert_eq!(tries, 5, "it may only have been late");
    }

    async fn a_reader_leaves_by_one_word_and_letters_stay(db: Db) {
        let post = Post::new(db, &["anna", "ben", "cleo"]).await;
        let link = post.letter("ben").field("List-Unsubscribe");
        let token = link.split("/u/").nth(1).unwrap().trim_end_matches('>').to_owned();
        let mails = vec![
            letter("editor@news.example.org", &format!("In-Reply-To: {}\r\n", post.letter("anna").field("Message-ID")),
                "Re: An issue", "I like it."),
            letter(&format!("b+{token}@bounce.news.example.org"), "", "unsubscribe", ""),
            letter("editor@news.example.org", "", "unsubscribe", "No token, no effect."),
            letter("editor@news.example.org",
                &format!("In-Reply-To: {}\r\nAuto-Submitted: auto-replied\r\n", post.letter("cleo").field("Message-ID")),
                "Out of office", "Back on Monday."),
            complaint("editor@news.example.org", "abuse", post.letter("cleo").header()),
            post.letter("anna").text,
        ];
        let server = ImapServer::start(mails.into_iter().map(String::into_bytes).collect(), "MOVE", None).await;
        let reading = Reading::start(&post, settings("office", server.address.port()));
        eventually("read", async || position(&post, "office").await == 6).await;
        reading.end().await;
        let mut states = Vec::new();
        for local in ["anna", "ben", "cleo"] {
            states.push(post.standing(local).await.0);
        }
        use SubscriptionState::{Active, Unsubscribed};
        assert_eq!(states, [Active, Unsubscribed, Unsubscribed]);
        assert_eq!(server.in_folder("Coranto"), [2, 5], "and letters, answers of machines and our own issue stay");
        let mut tx = post.stage.db.read().await.unwrap();
        let waiting: (i64,) =
            tx.sql("SELECT COUNT(*) FROM deliveries WHERE state = 'pending'").fetch_one().await.unwrap();
        assert_eq!(waiting.0, 0, "nothing is ever answered by mail");
    }

    async fn of_two_processes_one_reads_and_the_other_takes_over(db: Db) {
        let post = Post::new(db, &["anna", "ben"]).await;
        let report = |local: &str| dead(&post.letter(local).from, &format!("{local}@example.net"), "").into_bytes();
        let server = ImapServer::start(vec![report("anna")], "", None).await;
        let first = Reading::start(&post, settings("office", server.address.port()));
        eventually("the first reads", async || position(&post, "office").await == 1).await;
        let second = Reading::start(&post, settings("office", server.address.port()));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let fetches = server.state.commands.lock().unwrap().iter().filter(|one| one.contains("FETCH")).count();
        assert_eq!(fetches, 1);
        first.end().await;
        let added = report("ben");
        let mut mail = server.state.mails.lock().unwrap()[0].clone();
        (mail.uid, mail.bytes) = (2, added);
        server.state.mails.lock().unwrap().push(mail);
        eventually("the second reads", async || post.notices().await.len() == 2).await;
        second.end().await;
    }

    async fn a_mailbox_that_cannot_be_read_calls_a_person_in_time(db: Db) {
        let post = Post::new(db, &["anna"]).await;
        let server = ImapServer::start(Vec::new(), "MOVE", Some((ImapStep::Login, Fault::No))).await;
        let box_settings = MailboxSettings { every: Duration::from_secs(3600), ..settings("office", server.address.port()) };
        let reading = Reading::start(&post, box_settings);
        let standing = async || {
            let all = alarms::all(&mut post.stage.db.read().await.unwrap()).await.unwrap();
            all.into_iter().find(|one| one.name == AlarmName::MailboxUnread)
        };
        eventually("raised", async || standing().await.is_some()).await;
        reading.end().await;
        let alarm = standing().await.unwrap();
        assert!(alarm.note.contains("it refused the login: not now; check `username`"), "{}", alarm.note);
        let now = post.stage.clock.now();
        assert!(!alarm.stands(now.plus(Duration::from_secs(7199))) && alarm.stands(now.plus(Duration::from_secs(7200))));
        let row = async || mailboxes::get(&mut post.stage.db.read().await.unwrap(), "office").await.unwrap();
        let shown = row().await.unwrap();
        assert!(shown.error.unwrap().contains("not now"));
        // The next look is fine.
        let reading = Reading::start(&post, settings("office", server.address.port()));
        eventually("over", async || standing().await.is_some_and(|one| one.cleared_at.is_some())).await;
        reading.end().await;
        assert_eq!(row().await.unwrap().error, None);
        // Nobody speaks of a mailbox that the configuration does not name any more.
        mailbox::forget_all_but(&post.stage.db, &["other"], now).await.unwrap();
        assert_eq!(row().await, None);
    }
}
