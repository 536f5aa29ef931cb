//! The clock goes day by day over 800 days: nobody is kept a day too long or taken a day too early, and what is told of an
//! issue stays what it was when its rows went. What goes when is said here once more, by whoever reads [retention].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use coranto::clock::Timestamp;
use coranto::domain::IssueId;
use coranto::domain::retention::Retention;
use coranto::inbound::issue_report;
use coranto::signup::{self, ChallengeWhen, Limits, NewReader, SignupList};
use coranto::store::{Db, StoreError, departed, issues, ledger};
use coranto::upkeep::{self, RetentionOutcome};

use super::expiry::person;
use crate::harness::acts;
use crate::harness::database::both_databases;
use crate::signup::SignupFixture;

const DAY: Duration = Duration::from_secs(24 * 3600);
const DAYS: u32 = 800;
/// An issue ends so long after the run of its day.
const AFTERNOON: Duration = Duration::from_secs(9 * 3600);
/// What comes back does so until then.
const SETTLED_DAYS: u32 = 20;
const FOLDED_DAYS: u32 = 52 * 7;

/// What somebody does, in the order of the days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Ask,
    Confirm,
    Leave,
    JoinOther,
    Erase,
}

/// What kind of person the number is: when they do what, in days from when they came.
fn acts_of(number: usize) -> &'static [(u32, Act)] {
    match number % 8 {
        // Never confirms.
        0 => &[(0, Act::Ask)],
        // Asks again, and never confirms.
        1 => &[(0, Act::Ask), (20, Act::Ask)],
        2 => &[(0, Act::Ask), (0, Act::Confirm), (40, Act::Leave)],
        3 => &[(0, Act::Ask), (0, Act::Confirm)],
        4 => &[(0, Act::Ask), (0, Act::Confirm), (33, Act::Erase)],
        // Comes back half.
        5 => &[(0, Act::Ask), (0, Act::Confirm), (50, Act::Leave), (90, Act::Ask)],
        // Comes back.
        6 => &[(0, Act::Ask), (0, Act::Confirm), (30, Act::Leave), (60, Act::Ask), (61, Act::Confirm)],
        // Leaves one of two newsletters.
        _ => &[(0, Act::Ask), (0, Act::Confirm), (1, Act::JoinOther), (70, Act::Leave)],
    }
}

/// Rows of one kind: how many came on which day, and when those are to go.
#[derive(Default)]
struct Tally(BTreeMap<Timestamp, i64>);

impl Tally {
    fn standing(&self, now: Timestamp) -> i64 {
        self.0.range(Timestamp(now.0 + 1)..).map(|(_, rows)| rows).sum()
    }
}

struct Years {
    ground: SignupFixture,
    other: SignupList,
    start: Timestamp,
    script: BTreeSet<(u32, usize, Act)>,
    /// When a subscription is to go; none for who stays.
    subscriptions: BTreeMap<(String, bool), Option<Timestamp>>,
    /// Who left and has not come back since.
    left: BTreeSet<String>,
    issues: Vec<(IssueId, u32)>,
    /// What was told of an issue on the eve of its folding.
    eve: BTreeMap<IssueId, String>,
    events: Tally,
    emails: Tally,
    notices: Tally,
    requests: Tally,
    revisions: Tally,
    folded: usize,
}

fn email(number: usize) -> String {
    let domain = ["gmail.com", "yahoo.co.jp", "example.org"][number % 3];
    format!("reader{number}@{domain}")
}

impl Years {
    async fn new(db: Db, people: usize) -> Self {
        let limits = Limits {
            confirmations_per_day: 9,
            confirmations_per_month: 9,
            requests_per_hour: 100_000,
            domain_requests_per_hour: 100_000,
            all_requests_per_hour: 100_000,
            challenge: ChallengeWhen::Never,
            answer_after: Duration::ZERO,
            ..Limits::default()
        };
        let ground = SignupFixture::with_limits(db.clone(), limits).await;
        let other = crate::signup::list(&db, crate::signup::newsletter("month", "The Month")).await;
        let script = (0..people)
            .flat_map(|number| {
                // All of them within the first half, so that everything that ends does so.
                let came = u32::try_from(number * 360 / people).unwrap();
                acts_of(number).iter().map(move |(after, act)| (came + after, number, *act))
            })
            .collect();
        Self {
            start: ground.now,
            ground,
            other,
            script,
            subscriptions: BTreeMap::new(),
            left: BTreeSet::new(),
            issues: Vec::new(),
            eve: BTreeMap::new(),
            events: Tally::default(),
            emails: Tally::default(),
            notices: Tally::default(),
            requests: Tally::default(),
            revisions: Tally::default(),
            folded: 0,
        }
    }

    fn db(&self) -> &Db {
        self.ground.db()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        self.db().read().await.unwrap().sql(sql).fetch_one::<(i64,)>().await.unwrap().0
    }

    async fn act(&mut self, number: usize, act: Act) {
        let email = email(number);
        let (ground, now) = (&self.ground, self.ground.now);
        let week = (email.clone(), false);
        match act {
            Act::Ask => {
                ground.request(&email).await.unwrap();
                self.subscriptions.insert(week, Some(now.plus(DAY * 30)));
            }
            Act::Confirm => {
                ground.confirm(&email).await;
                self.left.remove(&email);
                self.subscriptions.insert(week, None);
            }
            Act::Leave => {
                ground.leave(&email).await;
                self.left.insert(email);
                self.subscriptions.insert(week, Some(now.plus(DAY * 365)));
            }
            Act::JoinOther => {
                let new = NewReader { email: email.parse().unwrap(), name: Some("Anna".to_owned()), language: None };
                signup::add(self.db(), ground.keys(), self.other.id, &new, &ground.act(None)).await.unwrap();
                self.subscriptions.insert((email, true), None);
            }
            Act::Erase => {
                let act = ground.act(None);
                signup::erase_address(self.db(), ground.keys(), &email.parse().unwrap(), None, &act).await.unwrap();
                self.subscriptions.remove(&week);
            }
        }
    }

    /// An issue goes out to everybody who reads, and some of it comes back.
    async fn issue(&mut self, day: u32) {
        let now = self.ground.now.plus(AFTERNOON);
        let week = self.ground.list.id;
        let slug = format!("issue-{day}");
        let issue = self
            .db()
            .write(async |tx| {
                tx.sql(
                    "INSERT INTO revisions (newsletter_id, kind, digest, slug, title, subject, preheader, language, html,
                         plain, source, created_at)
                     VALUES ($1, 'issue', $2, $2, '', '', '', 'en', '', '', '', $3)",
                )
                .bind(week)
                .bind(slug.as_str())
                .bind(now)
                .execute()
                .await?;
                let (id,): (IssueId,) = tx
                    .sql(
                        "INSERT INTO issues (newsletter_id, slug, title, state, revision_id, on_slot, beside, asked, note,
                             created_at, started_at, finished_at)
                         SELECT $1, $2, '', 'sent', MAX(id), $4, $4, '', '', $3, $3, $3 FROM revisions RETURNING id",
                    )
                    .bind(week)
                    .bind(slug.as_str())
                    .bind(now)
                    .bind(false)
                    .fetch_one()
                    .await?;
                ledger::freeze(tx, id, week, now).await?;
                tx.sql(
                    "UPDATE deliveries SET due_at = NULL, attempts = 1, first_at = $2, final_at = $2, relay = 'main',
                         revision_id = (SELECT i.revision_id FROM issues i WHERE i.id = $1),
                         state = CASE WHEN id % 10 = 0 THEN 'failed' WHEN id % 17 = 0 THEN 'skipped' ELSE 'sent' END,
                         reason = CASE WHEN id % 10 = 0 THEN 'refused' WHEN id % 17 = 0 THEN 'paused' END,
                         reply = CASE WHEN id % 10 = 0 THEN '550 5.1.1 no such mailbox' END
                     WHERE issue_id = $1",
                )
                .bind(id)
                .bind(now)
                .execute()
                .await?;
                tx.sql(
                    "INSERT INTO notices (received_at, source, fingerprint, kind, cause, certainty, evidence, delivery_id,
                         issue_id, newsletter_id, destination, diagnostic, rule, effect)
                     SELECT $2, 'pipe', $3, 'bounce', 'full', 'sure', 'sealed', MIN(id), $1, $4, 'other', '', 'r', 'counted'
                     FROM deliveries WHERE issue_id = $1 AND state = 'sent' HAVING COUNT(*) > 0",
                )
                .bind(id)
                .bind(now)
                .bind(u128::from(day).to_be_bytes().as_slice())
                .bind(week)
                .execute()
                .await?;
                Ok::<_, StoreError>(id)
            })
            .await
            .unwrap();
        self.issues.push((issue, day));
        let came = self.number("SELECT COUNT(*) FROM notices").await - self.notices.standing(self.ground.now);
        self.notices.0.insert(now.plus(DAY * 400), came);
    }

    /// A link that was asked for, and a text that nobody sent.
    async fn leavings(&mut self, day: u32) {
        let now = self.ground.now;
        self.db()
            .write(async |tx| {
                // By somebody who stays: a request goes with its subscription.
                tx.sql(
                    "INSERT INTO requests (subscription_id, kind, created_at)
                     SELECT s.id, 'link', $1 FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id WHERE u.email = $2",
                )
                .bind(now)
                .bind(email(3))
                .execute()
                .await?;
                tx.sql(
                    "INSERT INTO revisions (newsletter_id, kind, digest, title, subject, preheader, language, html, plain,
                         source, created_at)
                     VALUES ($1, 'test', $2, '', '', '', 'en', '', '', '', $3)",
                )
                .bind(self.ground.list.id)
                .bind(format!("test {day}"))
                .bind(now)
                .execute()
                .await
            })
            .await
            .unwrap();
        self.requests.0.insert(now.plus(DAY * 30), 1);
        self.revisions.0.insert(now.plus(DAY * 90), 1);
    }

    /// Emails of the day are settled, and what came on it is counted.
    async fn close(&mut self) {
        let now = self.ground.now;
        self.db()
            .write(async |tx| {
                tx.sql("UPDATE deliveries SET state = 'sent', due_at = NULL, final_at = $1 WHERE state = 'pending'")
                    .bind(now)
                    .execute()
                    .await
            })
            .await
            .unwrap();
        let sql = "SELECT (SELECT COUNT(*) FROM deliveries WHERE issue_id IS NULL), (SELECT COUNT(*) FROM events)";
        let (emails, events): (i64, i64) = self.db().read().await.unwrap().sql(sql).fetch_one().await.unwrap();
        self.emails.0.insert(now.plus(DAY * 90), emails - self.emails.standing(now));
        self.events.0.insert(now.plus(DAY * 730), events - self.events.standing(now));
    }

    async fn expire(&self) {
        let by = acts::actor();
        let (_, ended) =
            upkeep::expire(self.db(), Retention::default(), by.at(self.ground.now), u32::MAX).await.unwrap();
        assert_eq!(ended, RetentionOutcome::Whole);
    }

    /// Who and what is there, and nothing else.
    async fn compare(&self, day: u32) {
        let now = self.ground.now;
        let mut tx = self.db().read().await.unwrap();
        let found: Vec<(String, bool)> = tx
            .sql(
                "SELECT u.email, s.newsletter_id <> $1 FROM subscriptions s JOIN subscribers u ON u.id = s.subscriber_id
                 ORDER BY u.email, s.newsletter_id",
            )
            .bind(self.ground.list.id)
            .fetch_all()
            .await
            .unwrap();
        let stays = |at: &Option<Timestamp>| at.is_none_or(|at| at > now);
        let wanted: BTreeSet<_> =
            self.subscriptions.iter().filter(|(_, at)| stays(at)).map(|(key, _)| key.clone()).collect();
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), wanted, "day {day}");
        let people: BTreeSet<_> = wanted.iter().map(|(email, _)| email).collect();
        let counts: Vec<(String, i64)> = tx
            .sql(
                "SELECT 'people', COUNT(*) FROM subscribers
                 UNION ALL SELECT 'emails', COUNT(*) FROM deliveries WHERE issue_id IS NULL
                 UNION ALL SELECT 'notices', COUNT(*) FROM notices
                 UNION ALL SELECT 'requests', COUNT(*) FROM requests
                 UNION ALL SELECT 'revisions', COUNT(*) FROM revisions WHERE kind = 'test'
                 UNION ALL SELECT 'networks', COUNT(*) FROM consents WHERE client IS NOT NULL AND at <= $1
                 UNION ALL SELECT 'early', COUNT(*) FROM consents
                     WHERE client IS NULL AND at > $1 AND kind = 'asked'",
            )
            .bind(now.minus(DAY * 365))
            .fetch_all()
            .await
            .unwrap();
        let wanted = [
            ("people", i64::try_from(people.len()).unwrap()),
            ("emails", self.emails.standing(now)),
            ("notices", self.notices.standing(now)),
            ("requests", self.requests.standing(now)),
            ("revisions", self.revisions.standing(now)),
            ("networks", 0),
            ("early", 0),
        ];
        let counts: BTreeMap<_, _> = counts.iter().map(|(what, rows)| (what.as_str(), *rows)).collect();
        assert_eq!(counts, BTreeMap::from(wanted), "day {day}");
    }

    /// All that is told of an issue.
    async fn told(&self, issue: IssueId) -> String {
        let mut tx = self.db().read().await.unwrap();
        let stored = issues::get(&mut tx, issue).await.unwrap().unwrap();
        let report = issue_report::report(&mut tx, "week", &stored, self.ground.now).await.unwrap();
        let totals = ledger::totals(&mut tx, issue).await.unwrap();
        format!("{} {totals:?}", serde_json::to_string(&report).unwrap())
    }

    async fn rows_of(&self, issue: IssueId) -> i64 {
        let mut tx = self.db().read().await.unwrap();
        tx.sql("SELECT COUNT(*) FROM deliveries WHERE issue_id = $1").bind(issue).fetch_one::<(i64,)>().await.unwrap().0
    }

    /// Ledgers go in their time, and what is told stays: on the next day, after its notices went, and in the end.
    async fn compare_issues(&mut self, day: u32) {
        for (issue, sent) in self.issues.clone() {
            let age = day - sent;
            // The run comes before the hour at which the issue ended.
            if age == FOLDED_DAYS {
                let rows = self.rows_of(issue).await;
                assert_eq!(
                    rows,
                    ledger::readers(&mut self.db().read().await.unwrap(), issue).await.unwrap(),
                    "too early"
                );
            }
            if age == FOLDED_DAYS + 1 {
                assert_eq!(self.rows_of(issue).await, 0, "too late");
                self.folded += 1;
            }
            if age > FOLDED_DAYS && (age <= FOLDED_DAYS + 2 || age == 401 || age == 402 || day == DAYS) {
                assert_eq!(self.told(issue).await, self.eve[&issue], "issue of day {sent} on day {day}");
            }
        }
    }

    /// Keeps what is told of issues that are folded tomorrow.
    async fn note_eve(&mut self, day: u32) {
        for (issue, sent) in self.issues.clone() {
            if day - sent == FOLDED_DAYS {
                self.eve.insert(issue, self.told(issue).await);
            }
        }
    }

    /// What is left of those who are gone.
    async fn compare_hashes(&self, people: usize) {
        let mut tx = self.db().read().await.unwrap();
        for number in 0..people {
            let email = email(number);
            let known = departed::of_person(&mut tx, &person(&self.ground, &email)).await.unwrap();
            let is_gone = !matches!(self.subscriptions.get(&(email.clone(), false)), Some(None));
            let wanted = usize::from(self.left.contains(&email) && is_gone);
            assert_eq!(known.len(), wanted, "{email}");
        }
    }
}

both_databases! {
    async fn nobody_is_kept_a_day_too_long_or_taken_a_day_too_early(db: Db) {
        let people = crate::harness::environment("CORANTO_RETENTION_PEOPLE").map_or(300, |typed| typed.parse().unwrap());
        let mut years = Years::new(db, people).await;
        for day in 0..=DAYS {
            years.ground.now = years.start.plus(DAY * day);
            years.expire().await;
            years.compare(day).await;
            years.compare_issues(day).await;
            let today: Vec<_> = years.script.range((day, 0, Act::Ask)..(day + 1, 0, Act::Ask)).copied().collect();
            for (_, number, act) in today {
                years.act(number, act).await;
            }
            if day % 10 == 5 {
                years.leavings(day).await;
            }
            years.close().await;
            years.note_eve(day).await;
            if day % 21 == 0 && day + SETTLED_DAYS < DAYS {
                years.issue(day).await;
            }
        }
        let events = years.number("SELECT COUNT(*) FROM events").await;
        assert_eq!(events, years.events.standing(years.ground.now));
        assert!(years.folded > 15, "{}", years.folded);
        years.compare_hashes(people).await;
    }
}
