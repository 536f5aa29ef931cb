//! Every kind of reply at every stage, with one relay, with two of which one is faulty, and with two newsletters of which
//! one is refused: what the ledger says, who lost a try, and what the person reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coranto::domain::cause::{Party, judge};
use coranto::domain::issue::IssueState;
use coranto::domain::reply::{Reply, Stage as At};
use coranto::store::{Db, migrate};

use super::parties::{pass_time_until, second_newsletter, suspended};
use super::script::{Answer, Asked, Script};
use super::stage::{DeliveryFixture, endpoint_at, relay, relay_to};
use crate::harness::database::{SqlitePlace, both_databases};

/// Where the faulty relay answers; at the last the connection is lost.
const STAGES: [(&str, At); 6] = [
    ("CONNECT", At::Session),
    ("MAIL", At::Mail),
    ("RCPT", At::Recipient),
    ("DATA", At::Data),
    ("DOT", At::Dot),
    ("", At::Data),
];

const REPLIES: [&str; 30] = [
    "421 4.3.2 Service shutting down",
    "421 too many connections",
    "450 4.1.8 <week@news.example.org>: Sender address rejected: Domain not found",
    "450 4.2.1 The user you are trying to contact is receiving mail too quickly",
    "450 4.7.1 Client host rejected: cannot find your hostname",
    "451 4.3.0 Error: queue file write error",
    "451 4.7.1 Greylisted, please try again",
    "451 Temporary local problem - please try later",
    "452 4.2.2 Mailbox full",
    "452 4.3.1 Insufficient system storage",
    "454 4.7.1 <a@b.example>: Relay access denied",
    "454 Throttling failure: Maximum sending rate exceeded.",
    "454 4.7.0 Throttling failure: Daily message quota exceeded.",
    "500 5.5.2 Error: bad syntax",
    "530 5.7.0 Authentication required",
    "535 5.7.8 Authentication credentials invalid",
    "550 5.1.1 No such user",
    "550 No such user here",
    "550 5.1.8 Sender address rejected",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "550 5.4.5 Daily user sending limit exceeded",
    "550 5.7.1 sender not verified",
    "550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy",
    "550 Relaying denied. Proper authentication required",
    "552 5.2.2 The email account is over quota",
    "552 5.3.4 Message too big",
    "553 5.7.1 Sender address rejected: not owned by user",
    "554 5.7.1 Service unavailable; client host blocked using a block list",
    "554 Message rejected: Email address is not verified.",
    "554 5.6.0 Message contains spam",
];

const READERS: usize = 14;

fn parsed(reply: &str) -> Reply {
    let (code, rest) = reply.split_at(3);
    let numbers: Vec<u16> = rest
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .split('.')
        .filter_map(|number| number.parse().ok())
        .collect();
    let enhanced = match numbers[..] {
        [class, subject, detail] => Some((u8::try_from(class).unwrap(), subject, detail)),
        _ => None,
    };
    let text = if enhanced.is_some() { rest.trim().split_once(' ').unwrap().1 } else { rest.trim() };
    Reply { code: code.parse().unwrap(), enhanced, text: text.to_owned() }
}

/// Who is meant; nobody answers when the connection is lost.
fn party(verb: &str, at: At, reply: &str) -> Party {
    if verb.is_empty() { Party::Relay } else { judge(at, &parsed(reply)).party }
}

/// A relay that answers `verb` so, to the mail of one sender or of all, until it is mended.
async fn faulty(verb: &'static str, reply: &'static str, sender: &'static str) -> (Script, Arc<AtomicBool>) {
    let is_mended = Arc::new(AtomicBool::new(false));
    let mended = Arc::clone(&is_mended);
    let script = Script::start(move |asked: &Asked| {
        let is_meant = asked.verb == "CONNECT" || asked.sender.ends_with(sender);
        match (mended.load(Ordering::SeqCst) || !is_meant, verb) {
            (true, _) => Answer::Usual,
            (_, "") if asked.verb == "DATA" => Answer::Drop,
            (_, verb) if asked.verb == verb => Answer::Say(reply),
            _ => Answer::Usual,
        }
    })
    .await;
    (script, is_mended)
}

/// Plays a case on a database of its own.
async fn on_fresh(play: impl AsyncFnOnce(DeliveryFixture)) {
    let place = SqlitePlace::new();
    let db = Db::open(&place.url()).await.unwrap();
    migrate::run(&db).await.unwrap();
    play(stage_on(db.clone()).await).await;
    db.close().await;
}

async fn stage_on(db: Db) -> DeliveryFixture {
    let mut stage = DeliveryFixture::new(db).await;
    stage.bear_leaps();
    stage.readers(&(0..READERS).map(|n| format!("r{n}@h{}.example", n % 3)).collect::<Vec<_>>()).await;
    stage
}

/// With one relay nobody fails but by the word of a relay about readers, and of those not more than the allowance.
async fn with_one(mut stage: DeliveryFixture, verb: &'static str, at: At, reply: &'static str) {
    let what = format!("one relay, {verb} {reply}");
    let (script, is_mended) = faulty(verb, reply, "").await;
    stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
    let issue = stage.issue("walk").await;
    let running = stage.start();
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(15)).await;
        stage.clock.advance(Duration::from_secs(60));
    }
    let totals = stage.totals(issue).await;
    let is_about_readers = party(verb, at, reply) == Party::Recipient;
    // No relay is left that could carry it.
    let is_size = reply.starts_with("552") && verb == "MAIL";
    assert_eq!(totals.sent, 0, "{what}");
    assert!(totals.failed <= 10 * i64::from(is_about_readers) || is_size, "{what}: {totals:?}");
    let tried = stage.rows(issue).await.iter().filter(|row| row.attempts > 0).count();
    assert!(tried <= if is_about_readers { 10 } else { 0 } || is_size, "{what}: {tried} lost a try");
    assert_ne!(stage.get(issue).await.state, IssueState::Sent, "{what}");
    let words: Vec<String> = suspended(&stage).await.into_iter().map(|group| group.reply).collect();
    assert!(words.iter().all(|words| !words.contains("week@")), "{what}: {words:?}");

    is_mended.store(true, Ordering::SeqCst);
    if !is_size && stage.get(issue).await.state != IssueState::Paused {
        pass_time_until(&stage, issue, IssueState::Sent).await;
        let totals = stage.totals(issue).await;
        assert!(totals.sent >= READERS as i64 - 10 * i64::from(is_about_readers), "{what}: {totals:?}");
    }
    running.stop().await;
}

/// With two relays everybody gets it by the other.
async fn with_two(mut stage: DeliveryFixture, verb: &'static str, at: At, reply: &'static str) {
    let what = format!("two relays, {verb} {reply}");
    let (script, _) = faulty(verb, reply, "").await;
    stage.settings.relays = vec![relay_to("faulty", endpoint_at(script.address)), relay("main", &stage.sink)];
    let issue = stage.issue("walk").await;
    let running = stage.start();
    let allowed = if party(verb, at, reply) == Party::Recipient { 3 } else { 0 };
    for _ in 0..600 {
        if stage.totals(issue).await.open() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(15)).await;
        stage.clock.advance(Duration::from_secs(20));
    }
    running.stop().await;
    let totals = stage.totals(issue).await;
    assert!(totals.sent >= READERS as i64 - allowed, "{what}: {totals:?}");
    assert!(totals.failed <= allowed, "{what}: {totals:?}");
    stage.assert_once(issue).await;
}

/// With two newsletters of which one is refused, the other gets through at the first try of each.
async fn with_two_newsletters(mut stage: DeliveryFixture, verb: &'static str, reply: &'static str) {
    let what = format!("two newsletters, {verb} {reply}");
    let (script, _) = faulty(verb, reply, "month.example.org").await;
    stage.settings.relays = vec![relay_to("main", endpoint_at(script.address))];
    let month = second_newsletter(&mut stage).await;
    let week = std::mem::replace(&mut stage.newsletter, month);
    stage.readers(&(0..READERS).map(|n| format!("m{n}@h{}.example", n % 3)).collect::<Vec<_>>()).await;
    let bad = stage.issue("bad").await;
    stage.newsletter = week;
    let good = stage.issue("good").await;
    let running = stage.start();
    pass_time_until(&stage, good, IssueState::Sent).await;
    running.stop().await;
    assert_eq!(stage.totals(good).await.sent, READERS as i64, "{what}");
    assert!(stage.rows(good).await.iter().all(|row| row.attempts == 1), "{what}");
    assert_eq!(stage.totals(bad).await.sent, 0, "{what}");
}

/// Every case, some at a time: most of each is waiting.
fn all(step: usize, play: impl AsyncFn(usize, &'static str, At, &'static str)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for (number, (verb, at)) in STAGES.into_iter().enumerate() {
            for (at_reply, reply) in REPLIES.into_iter().enumerate() {
                // A lost connection says nothing: one reply stands for all.
                if (verb.is_empty() && at_reply > 0) || !(number * REPLIES.len() + at_reply).is_multiple_of(step) {
                    continue;
                }
                play(number, verb, at, reply).await;
            }
        }
    });
}

#[test]
fn one_relay() {
    all(1, async |_, verb, at, reply| on_fresh(async |stage| with_one(stage, verb, at, reply).await).await);
}

#[test]
fn two_relays() {
    all(1, async |_, verb, at, reply| on_fresh(async |stage| with_two(stage, verb, at, reply).await).await);
}

#[test]
fn two_newsletters() {
    // Only where the sender is known, and where the whole relay is not meant.
    all(1, async |_, verb, at, reply| {
        let is_of_sender = verb == "MAIL" && party(verb, at, reply) == Party::Sender;
        if is_of_sender {
            on_fresh(async |stage| with_two_newsletters(stage, verb, reply).await).await;
        }
    });
}

both_databases! {
    async fn some_of_it(db: Db) {
        with_one(stage_on(db).await, "RCPT", At::Recipient, "550 5.7.1 sender not verified").await;
    }
}
