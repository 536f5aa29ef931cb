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
use coranto::inbound::read::{Reading, ReportedRecipient, read};

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

fn half(name: &str) -> usize {
    let hash = name.bytes().fold(5381_u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte));
    (hash >> 3) as usize % 2
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
    // Two halves by the names: rules that fit single mails fit one half better than the other.
    let mut halves = [Score::default(); 2];
    let mut causes: BTreeMap<String, Score> = BTreeMap::new();
    for line in labels.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let reading = read(&fs::read(folder.join(columns[0])).unwrap());
        let at = columns[1].parse::<usize>().unwrap() - 1;
        let meaning = meaning(columns[4]);
        all.count(&reading, at, meaning);
        halves[half(columns[0])].count(&reading, at, meaning);
        causes.entry(columns[4].to_owned()).or_default().count(&reading, at, meaning);
    }
    assert!(all.rows >= 300, "{} rows", all.rows);
    let mut table = String::from("label              rows  kind class cause\n");
    for (label, score) in &causes {
        writeln!(table, "{label:<18} {:>4} {:>5} {:>5} {:>5}", score.rows, score.detected, score.class, score.cause)
            .unwrap();
    }
    let [one, other] = halves.map(|half| half.shares());
    for (at, (what, share, bar)) in all.shares().into_iter().enumerate() {
        let (one, other) = (one[at].1, other[at].1);
        writeln!(table, "{what:<18} {share:>6.1} % of at least {bar} %; halves {one:.1} % and {other:.1} %").unwrap();
    }
    // Past the test runner, which shows what tests print for failures alone.
    std::io::stderr().lock().write_all(table.as_bytes()).unwrap();
    assert!(all.shares().iter().all(|(_, share, bar)| share >= bar), "{table}");
}

fn mails() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = collection() else { return Vec::new() };
    let mut mails = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "eml") {
            let bytes = fs::read(&path).unwrap();
            mails.push((path.display().to_string(), bytes.into_iter().filter(|byte| *byte != b'\r').collect()));
        }
    }
    assert!(mails.len() >= 300, "{} mails", mails.len());
    mails
}

/// What is certainly called dead.
fn certainly_dead(reading: &Reading) -> usize {
    let is_so = |one: &&ReportedRecipient| {
        one.judgement().is_some_and(|it| it.certainty == Certainty::Certain && it.cause.class() == Class::Dead)
    };
    match reading.kind {
        NoticeKind::Bounce => reading.recipients.iter().filter(is_so).count(),
        _ => 0,
    }
}

#[test]
fn line_ends_change_nothing() {
    for (path, mail) in mails() {
        let with = |ends: &[u8]| mail.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(ends);
        let plain = read(&mail);
        for ends in [b"\r\n".as_slice(), b"\r"] {
            assert_eq!(read(&with(ends)), plain, "{path} {ends:?}");
        }
    }
}

/// What stands in a mail is evidence; what was cut off from it is none. So a part of a report may say less, and may say
/// of somebody what the rest takes back: but a part never has more recipients that are certainly dead.
#[test]
fn a_part_of_a_mail_never_kills_more_than_the_whole() {
    let mut wrong = Vec::new();
    for (path, mail) in mails() {
        let whole = certainly_dead(&read(&mail));
        for part in 0..32 {
            if certainly_dead(&read(&mail[..mail.len() * part / 32])) > whole {
                wrong.push(format!("{path} cut at {part}/32"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cuts:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_header_less_panics_nowhere_and_a_multipart_more_kills_nobody() {
    let mut wrong = Vec::new();
    for (path, mail) in mails().into_iter().step_by(4) {
        let text = String::from_utf8_lossy(&mail).into_owned();
        let Some((head, body)) = text.split_once("\n\n") else { continue };
        let whole = certainly_dead(&read(text.as_bytes()));
        let lines: Vec<&str> = head.lines().collect();
        for gone in 0..lines.len() {
            let mut rest = lines.clone();
            rest.remove(gone);
            read(format!("{}\n\n{body}", rest.join("\n")).as_bytes());
        }
        let nested = format!(
            "From: MAILER-DAEMON@example.net\nSubject: no\nContent-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: message/rfc822\n\n{text}\n--out--\n"
        );
        if certainly_dead(&read(nested.as_bytes())) > whole {
            wrong.push(format!("{path} nested"));
        }
    }
    assert!(wrong.is_empty(), "{} mails:\n{}", wrong.len(), wrong.join("\n"));
}
