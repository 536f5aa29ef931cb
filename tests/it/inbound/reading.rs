//! How mails that came back are read, against a collection of real ones with somebody else's labels. The collection is
//! read where it lies; nothing of it is in the project.
//!
//! Labels are an opinion: they are counted by class first, and `no_mailbox` that is only likely agrees with `filtered`,
//! since that label follows from the stage and not from the words.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use coranto::domain::cause::{Cause, Certainty, Class};
use coranto::domain::notice::NoticeKind;
use coranto::inbound::read::{Reading, read};

use crate::harness::skip;

/// What a label means here: a kind, or a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Kind(NoticeKind),
    Because(Cause),
}

fn meaning(label: &str) -> Meaning {
    use Meaning::{Because, Kind};
    match label {
        "feedback" => Kind(NoticeKind::Complaint),
        "vacation" => Kind(NoticeKind::AutoReply),
        "delivered" => Kind(NoticeKind::Delivered),
        "userunknown" => Because(Cause::NoMailbox),
        "hostunknown" => Because(Cause::NoDomain),
        "notaccept" => Because(Cause::NoMail),
        "hasmoved" => Because(Cause::Moved),
        "mailboxfull" => Because(Cause::Full),
        "suspend" => Because(Cause::Disabled),
        "filtered" => Because(Cause::Filtered),
        "suppressed" => Because(Cause::Suppressed),
        "expired" => Because(Cause::Expired),
        "networkerror" => Because(Cause::Network),
        "systemerror" | "systemfull" | "mailererror" => Because(Cause::Remote),
        "authfailure" => Because(Cause::Auth),
        "badreputation" | "blocked" | "requireptr" => Because(Cause::Reputation),
        "policyviolation" | "securityerror" => Because(Cause::Policy),
        "rejected" => Because(Cause::Sender),
        "spamdetected" | "contenterror" | "virusdetected" => Because(Cause::Content),
        "norelaying" => Because(Cause::Relaying),
        "speeding" | "toomanyconn" => Because(Cause::Rate),
        "exceedlimit" | "mesgtoobig" => Because(Cause::TooLarge),
        "notcompliantrfc" | "syntaxerror" => Because(Cause::Malformed),
        "failedstarttls" => Because(Cause::Tls),
        "onhold" | "undefined" => Because(Cause::Unknown),
        _ => panic!("no such label: {label}"),
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Score {
    rows: u32,
    detected: u32,
    judged: u32,
    class: u32,
    cause: u32,
    certain: u32,
    certain_right: u32,
    dead: u32,
    dead_found: u32,
    harm: u32,
}

impl Score {
    fn count(&mut self, reading: &Reading, at: usize, meaning: Meaning) {
        self.rows += 1;
        let cause = match meaning {
            Meaning::Kind(NoticeKind::Complaint) => {
                let kinds = [NoticeKind::Complaint, NoticeKind::Unsubscribe, NoticeKind::NotSpam];
                self.detected += u32::from(kinds.contains(&reading.kind));
                return;
            }
            Meaning::Kind(kind) => {
                self.detected += u32::from(reading.kind == kind);
                return;
            }
            Meaning::Because(cause) => cause,
        };
        self.judged += 1;
        self.detected += u32::from(matches!(reading.kind, NoticeKind::Bounce | NoticeKind::Delay));
        let judged = reading.recipients.get(at).and_then(|one| one.judgement());
        let is_certain = judged.is_some_and(|judged| judged.certainty == Certainty::Certain);
        let found = judged.map(|judged| judged.cause);
        let is_filter = cause == Cause::Filtered && found == Some(Cause::NoMailbox) && !is_certain;
        let class = found.map(Cause::class);
        self.cause += u32::from(found == Some(cause) || is_filter);
        self.class += u32::from(class == Some(cause.class()) || is_filter);
        let is_dead = cause.class() == Class::Dead;
        let called_dead = reading.kind == NoticeKind::Bounce && class == Some(Class::Dead);
        self.dead += u32::from(is_dead);
        self.dead_found += u32::from(is_dead && called_dead);
        self.certain += u32::from(called_dead && is_certain);
        self.certain_right += u32::from(called_dead && is_certain && is_dead);
        self.harm += u32::from(called_dead && is_certain && matches!(cause.class(), Class::Ours | Class::Way));
    }

    /// Per cent.
    fn shares(&self) -> [(&'static str, f64, f64); 7] {
        let share = |part: u32, whole: u32| 100.0 * f64::from(part) / f64::from(whole.max(1));
        [
            ("kind", share(self.detected, self.rows), 98.0),
            ("class", share(self.class, self.judged), 90.0),
            ("cause", share(self.cause, self.judged), 85.0),
            ("certain and dead", share(self.certain_right, self.certain), 95.0),
            ("dead and certain", share(self.certain_right, self.dead), 75.0),
            ("dead at all", share(self.dead_found, self.dead), 90.0),
            ("harmless", 100.0 - share(self.harm, self.judged), 99.5),
        ]
    }
}

fn collection() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/bounces");
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/bounces");
    let found = [folder, beside].into_iter().find(|folder| folder.join("labels.tsv").is_file());
    if found.is_none() {
        skip("bounces", "there is no ../shared/corpus/bounces");
    }
    found
}

#[test]
fn real_mails_are_read_as_well_as_promised() {
    let Some(folder) = collection() else { return };
    let labels = fs::read_to_string(folder.join("labels.tsv")).unwrap();
    let mut all = Score::default();
    let mut causes: BTreeMap<String, Score> = BTreeMap::new();
    for line in labels.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let reading = read(&fs::read(folder.join(columns[0])).unwrap());
        let at = columns[1].parse::<usize>().unwrap() - 1;
        let meaning = meaning(columns[4]);
        all.count(&reading, at, meaning);
        causes.entry(columns[4].to_owned()).or_default().count(&reading, at, meaning);
    }
    assert!(all.rows >= 300, "{} rows", all.rows);
    let mut table = String::from("label              rows  kind class cause\n");
    for (label, score) in &causes {
        writeln!(table, "{label:<18} {:>4} {:>5} {:>5} {:>5}", score.rows, score.detected, score.class, score.cause)
            .unwrap();
    }
    for (what, share, bar) in all.shares() {
        writeln!(table, "{what:<18} {share:>6.1} % of at least {bar} %").unwrap();
    }
    // Past the test runner, which shows what tests print for failures alone.
    std::io::stderr().lock().write_all(table.as_bytes()).unwrap();
    assert!(all.shares().iter().all(|(_, share, bar)| share >= bar), "{table}");
}

#[test]
fn line_ends_change_nothing_and_nothing_panics() {
    let Some(folder) = collection() else { return };
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "eml") {
            continue;
        }
        seen += 1;
        let bytes = fs::read(&path).unwrap();
        let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
        let with = |ends: &[u8]| text.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(ends);
        let plain = read(&text);
        assert_eq!(read(&with(b"\r\n")), plain, "{}", path.display());
        assert_eq!(read(&with(b"\r")), plain, "{}", path.display());
        for part in 0..32 {
            read(&text[..text.len() * part / 32]);
        }
    }
    assert!(seen >= 300, "{seen} mails");
}
