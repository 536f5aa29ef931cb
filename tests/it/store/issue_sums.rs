//! What an issue's report is made of: each sum equals a recount over the rows, in histories at random, on both engines.

use std::collections::BTreeMap;
use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::cause::{Cause, Certainty};
use coranto::domain::consent::ConsentKind;
use coranto::domain::delivery::DeliveryState::{self, Failed, Sent};
use coranto::domain::issue::IssueState;
use coranto::domain::notice::{Effect, NoticeEvidence, NoticeKind, NoticeSource};
use coranto::domain::subscriber::SubscriptionState::Active;
use coranto::domain::{DeliveryId, IssueId, SubscriptionId};
use coranto::inbound::issue_report;
use coranto::store::consents::{self, ConsentDetails, NewConsent};
use coranto::store::returns::{self, NewNotice};
use coranto::store::{Db, folded, issue_sums, issues};

use super::ground::{NOW, StoreFixture, minute, subscribe};
use crate::harness::acts;
use crate::harness::database::both_databases;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const DOMAINS: &[&str] = &["gmail.com", "yahoo.co.jp", "hotmail.fr", "example.org"];

/// A mail to a reader.
#[derive(Clone)]
struct Mail {
    id: DeliveryId,
    issue: IssueId,
    reader: SubscriptionId,
    state: DeliveryState,
    domain: &'static str,
    at: Timestamp,
}

/// All that was written down.
#[derive(Default)]
pub(super) struct History {
    mails: Vec<Mail>,
    notices: Vec<(NewNotice, Timestamp)>,
    withdrawn: Vec<(SubscriptionId, &'static str, Timestamp)>,
}

/// Numbers at random, the same for the same seed (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn range(&mut self, range: std::ops::Range<i64>) -> i64 {
        let width = (range.end - range.start).unsigned_abs();
        range.start + i64::try_from(self.next() % width).unwrap()
    }

    /// Whether something happens that does so in so many of a hundred cases.
    pub(super) fn chance(&mut self, hundredths: i64) -> bool {
        self.range(0..100) < hundredths
    }
}

fn pick<T: Clone>(dice: &mut Dice, of: &[T]) -> T {
    let at = dice.range(0..i64::try_from(of.len()).unwrap());
    of[usize::try_from(at).unwrap()].clone()
}

impl History {
    /// Two issues a week apart, what came back of them, and who unsubscribed.
    pub(super) async fn write(ground: &mut StoreFixture, dice: &mut Dice, round: u64) -> (Self, [IssueId; 2]) {
        let mut history = Self::default();
        let mut both = [IssueId(0); 2];
        for (number, days) in [(0, -40), (1, -33)] {
            both[number] = ground.issue(&format!("issue-{round}-{number}"), IssueState::Sending).await;
            acts::started(&mut ground.tx, both[number], minute(days * DAY)).await;
        }
        for reader in 0..dice.range(2..8) {
            let domain = pick(dice, DOMAINS);
            let email = format!("r{round}-{reader}@{domain}");
            let id = subscribe(&mut ground.tx, ground.week, &email, Active).await.unwrap();
            for (issue, days) in [(both[0], -40), (both[1], -33)] {
                if dice.chance(80) {
                    history.mail(ground, dice, (issue, id, domain), minute(days * DAY)).await;
                }
            }
            for _ in 0..dice.range(0..3) {
                history.withdraw(ground, dice, id).await;
            }
        }
        for at in 0..dice.range(0..25) {
            history.notice(ground, dice, round, at).await;
        }
        (history, both)
    }

    async fn mail(
        &mut self,
        ground: &mut StoreFixture,
        dice: &mut Dice,
        (issue, reader, domain): (IssueId, SubscriptionId, &'static str),
        began: Timestamp,
    ) {
        let state = pick(dice, &[Sent, Sent, Sent, Failed]);
        let at = Timestamp(began.0 + dice.range(0..9 * DAY) * 60_000);
        let mut entry = ground.entry(state, ground.live);
        entry.final_at = Some(at);
        let id = ground.put(Some(issue), Some(reader), &entry).await;
        self.mails.push(Mail { id, issue, reader, state, domain, at });
    }

    async fn withdraw(&mut self, ground: &mut StoreFixture, dice: &mut Dice, reader: SubscriptionId) {
        let source = pick(dice, &["one-click", "link", "preferences", "mailto", "complaint", "provider", "cli"]);
        // On the minute of a mail as well: the edges count.
        let at = match self.mails.iter().rfind(|mail| mail.reader == reader) {
            Some(mail) if dice.chance(30) => mail.at.plus(Duration::from_secs(14 * 86_400)),
            Some(mail) if dice.chance(20) => mail.at,
            _ => minute(dice.range(-41 * DAY..-10 * DAY)),
        };
        let new = NewConsent {
            subscription: reader,
            kind: ConsentKind::Withdrawn,
            wording: "",
            client: None,
            source,
            typed: ConsentDetails::default(),
        };
        consents::append(&mut ground.tx, &new, at).await.unwrap();
        self.withdrawn.push((reader, source, at));
    }

    async fn notice(&mut self, ground: &mut StoreFixture, dice: &mut Dice, round: u64, number: i64) {
        if self.mails.is_empty() {
            return;
        }
        let mail = pick(dice, &self.mails);
        let mut fingerprint = [0; 16];
        fingerprint[..8].copy_from_slice(&round.to_be_bytes());
        fingerprint[8..].copy_from_slice(&number.to_be_bytes());
        let effect = pick(
            dice,
            &[
                Effect::Waiting,
                Effect::Counted,
                Effect::Suppressed,
                Effect::Held,
                Effect::None,
                Effect::Discarded,
                Effect::Odd,
                Effect::Stale,
            ],
        );
        let at = Timestamp(mail.at.0 + dice.range(0..40 * DAY) * 60_000);
        let notice = NewNotice {
            source: pick(dice, &[NoticeSource::Relay, NoticeSource::Listener, NoticeSource::Pipe]),
            fingerprint,
            kind: pick(
                dice,
                &[
                    NoticeKind::Bounce,
                    NoticeKind::Bounce,
                    NoticeKind::Complaint,
                    NoticeKind::AutoReply,
                    NoticeKind::Challenge,
                ],
            ),
            cause: pick(dice, Cause::ALL),
            certainty: Certainty::Likely,
            evidence: pick(
                dice,
                &[NoticeEvidence::Direct, NoticeEvidence::Sealed, NoticeEvidence::Sealed, NoticeEvidence::Named],
            ),
            delivery: Some(mail.id),
            issue: Some(mail.issue),
            newsletter: Some(ground.week),
            subscription: Some(mail.reader),
            address_hash: None,
            relay: None,
            host: None,
            destination: coranto::domain::provider::destination(mail.domain).to_owned(),
            status: None,
            diagnostic: "no".to_owned(),
            rule: "",
            settle_at: (effect == Effect::Waiting).then(|| at.plus(Duration::from_secs(3600))),
            effect,
        };
        // What follows from a second report of one email is the store's to say.
        let effect = returns::add(&mut ground.tx, &notice, at).await.unwrap().unwrap();
        let settle_at = notice.settle_at.filter(|_| effect == Effect::Waiting);
        self.notices.push((NewNotice { effect, settle_at, ..notice }, at));
    }

    /// The notices of an issue that count: the first of each mail, kind and side of the relay.
    fn counted(&self, issue: IssueId) -> Vec<&(NewNotice, Timestamp)> {
        let mut seen = Vec::new();
        let fits = |new: &NewNotice| {
            new.issue == Some(issue)
                && matches!(new.evidence, NoticeEvidence::Direct | NoticeEvidence::Sealed)
                && !matches!(new.effect, Effect::Odd | Effect::Stale)
        };
        let mut found = Vec::new();
        for one in self.notices.iter().filter(|(new, _)| fits(new)) {
            let key = (one.0.delivery, one.0.kind, one.0.source == NoticeSource::Relay);
            if !seen.contains(&key) {
                seen.push(key);
                found.push(one);
            }
        }
        found
    }

    /// Who unsubscribed because of an issue, and how: it was the last that they were sent, within 14 days before.
    fn left(&self, issue: IssueId) -> BTreeMap<&'static str, i64> {
        let mut found = BTreeMap::new();
        for (reader, source, at) in &self.withdrawn {
            let sent = self.mails.iter().filter(|mail| mail.reader == *reader && mail.state == Sent && mail.at <= *at);
            let last = sent.max_by_key(|mail| (mail.at, mail.id.0));
            let is_near = |mail: &&Mail| at.0 - mail.at.0 < 14 * 86_400_000;
            if last.filter(is_near).is_some_and(|mail| mail.issue == issue) {
                *found.entry(*source).or_default() += 1;
            }
        }
        found
    }
}

fn span(at: Timestamp, began: Timestamp) -> i64 {
    let hours = (at.0 - began.0) / 3_600_000;
    if hours < 48 { hours } else { 48 + (hours - 48) / 24 }
}

/// Compares every sum of an issue with the recount.
async fn compare(ground: &mut StoreFixture, history: &History, issue: IssueId, began: Timestamp) {
    let counted = history.counted(issue);
    let sums = issue_sums::notices(&mut ground.tx, issue).await.unwrap();
    assert_eq!(sums.iter().map(|sum| sum.mails).sum::<i64>(), i64::try_from(counted.len()).unwrap());
    for sum in &sums {
        let same: Vec<_> = counted
            .iter()
            .filter(|(new, _)| {
                (new.kind, new.source, new.cause, new.effect) == (sum.kind, sum.source, sum.cause, sum.effect)
                    && new.destination == sum.destination
            })
            .collect();
        assert_eq!(sum.mails, i64::try_from(same.len()).unwrap(), "{sum:?}");
        assert_eq!(sum.settles_at, same.iter().filter_map(|(new, _)| new.settle_at).max(), "{sum:?}");
    }
    let mut spans = BTreeMap::<_, i64>::new();
    for (new, at) in &counted {
        if matches!(new.kind, NoticeKind::Bounce | NoticeKind::Complaint) && new.source != NoticeSource::Relay {
            *spans.entry((span(*at, began), new.kind)).or_default() += 1;
        }
    }
    let found = issue_sums::spans(&mut ground.tx, issue, began).await.unwrap();
    assert_eq!(found.into_iter().map(|sum| ((sum.span, sum.kind), sum.mails)).collect::<BTreeMap<_, _>>(), spans);
    let mut domains = BTreeMap::<_, i64>::new();
    for mail in history.mails.iter().filter(|mail| mail.issue == issue) {
        *domains.entry((mail.state, Some(mail.domain.to_owned()))).or_default() += 1;
    }
    let found = issue_sums::domains(&mut ground.tx, issue).await.unwrap();
    let found: BTreeMap<_, _> = found.into_iter().map(|sum| ((sum.state, sum.domain), sum.mails)).collect();
    assert_eq!(found, domains);
    let until = NOW.plus(Duration::from_secs(14 * 86_400));
    let mut left = BTreeMap::<String, i64>::new();
    for sum in issue_sums::unsubscribed(&mut ground.tx, (ground.week, issue), began, until).await.unwrap() {
        *left.entry(sum.source).or_default() += sum.readers;
    }
    let expected: BTreeMap<_, _> = history.left(issue).into_iter().map(|(how, of)| (how.to_owned(), of)).collect();
    assert_eq!(left, expected);
    whole(ground, &counted, expected.values().sum(), issue).await;
}

/// The report put together says what its parts do.
async fn whole(ground: &mut StoreFixture, counted: &[&(NewNotice, Timestamp)], left: i64, issue: IssueId) {
    let stored = issues::get(&mut ground.tx, issue).await.unwrap().unwrap();
    let report = issue_report::report(&mut ground.tx, "week", &stored, NOW).await.unwrap();
    let returned = &report.summary.returned;
    let is_back = |new: &NewNotice| new.kind == NoticeKind::Bounce && new.source != NoticeSource::Relay;
    let back = counted.iter().filter(|(new, _)| is_back(new)).count();
    assert_eq!(returned.count, i64::try_from(back).unwrap());
    let parts = returned.dead + returned.full + returned.disabled + returned.filtered;
    assert_eq!(parts + returned.unreachable + returned.ours + returned.unknown, returned.count);
    assert_eq!(returned.causes.values().sum::<i64>(), returned.count);
    assert_eq!(report.by_destination.iter().map(|line| line.returned.count).sum::<i64>(), returned.count);
    assert_eq!(report.by_destination.iter().map(|line| line.accepted).sum::<i64>(), report.summary.accepted);
    assert_eq!(report.by_destination.iter().map(|line| line.refused).sum::<i64>(), report.summary.refused);
    let unsubscribed = report.summary.unsubscribed.unwrap();
    assert_eq!(unsubscribed.count, left);
    assert_eq!(report.folded, 0);
}

both_databases! {
    async fn every_sum_equals_a_recount(db: Db) {
        let rounds = crate::harness::environment("CORANTO_HISTORIES").map_or(50, |typed| typed.parse().unwrap());
        for seed in 0..rounds {
            let mut ground = StoreFixture::new(&db).await;
            let mut dice = Dice::new(seed);
            let (history, both) = History::write(&mut ground, &mut dice, seed).await;
            for (issue, days) in both.into_iter().zip([-40, -33]) {
                compare(&mut ground, &history, issue, minute(days * DAY)).await;
            }
        }
    }

    async fn a_folded_issue_says_what_is_no_longer_known(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let issue = ground.issue;
        acts::started(&mut ground.tx, issue, minute(-DAY)).await;
        ground.row(Sent, ground.live).await;
        ground.row(Failed, ground.live).await;
        let over = ground.tx.sql("UPDATE issues SET state = 'sent', finished_at = $1 WHERE id = $2");
        assert_eq!(over.bind(minute(-5)).bind(issue).execute().await.unwrap(), 1);
        assert_eq!(folded::fold(&mut ground.tx, issue, NOW, 10).await.unwrap(), 2);
        let stored = issues::begun(&mut ground.tx, ground.week, 12).await.unwrap().remove(0);
        let report = issue_report::report(&mut ground.tx, "week", &stored, NOW).await.unwrap();
        assert_eq!((report.folded, report.summary.accepted, report.summary.refused), (0, 1, 1));
        assert!(report.summary.unsubscribed.is_none(), "nobody counted them before");
        // As a program left it that kept no domains.
        assert_eq!(ground.tx.sql("DELETE FROM folded_domains").execute().await.unwrap(), 2);
        assert_eq!(folded::without_domain(&mut ground.tx, issue).await.unwrap(), 2);
        let report = issue_report::report(&mut ground.tx, "week", &stored, NOW).await.unwrap();
        assert!(report.folded == 2 && report.summary.complaints.base.is_none());
    }

    async fn the_latest_reply_stands_for_its_cause(db: Db) {
        let mut ground = StoreFixture::new(&db).await;
        let none = issue_sums::diagnostic(&mut ground.tx, ground.issue, "yahoo", Cause::Auth).await.unwrap();
        assert_eq!(none, None);
        let mut history = History::default();
        let mut dice = Dice::new(1);
        let reader = ground.reader("anna", Active).await;
        let issue = ground.issue;
        history.mail(&mut ground, &mut dice, (issue, reader, "yahoo.com"), minute(-DAY)).await;
        history.notice(&mut ground, &mut dice, 0, 0).await;
        let cause = history.notices[0].0.cause;
        let found = issue_sums::diagnostic(&mut ground.tx, issue, "yahoo", cause).await.unwrap();
        assert_eq!(found.as_deref(), Some("no"));
    }
}
