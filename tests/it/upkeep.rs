//! Alarms as whoever is on duty gets them: at once, once a day, at the end; never more than ten emails an hour.

mod agreement;
mod causes;
mod checkups;
mod rounds;
mod told;
mod ways;

use std::time::Duration;

use coranto::clock::{Clock, Timestamp};
use coranto::domain::alarm::{Alarm, AlarmName};
use coranto::domain::issue::IssueState;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::retention::Retention;
use coranto::domain::slot::Slot;
use coranto::store::issues::NewIssue;
use coranto::store::{Db, alarms, issues, leases};
use coranto::upkeep::{AlarmSettings, Upkeep};

use crate::delivery::stage::{self, DeliveryFixture};
use crate::harness::acts;
use crate::harness::database::both_databases;

struct Duty {
    db: Db,
    upkeep: Upkeep,
    now: Timestamp,
}

impl Duty {
    fn new(db: &Db, newsletters: Vec<Newsletter>, to: &[&str], now: Timestamp) -> Self {
        let to = to.iter().map(|address| address.parse().unwrap()).collect();
        let settings = AlarmSettings {
            to,
            newsletters,
            folder: None,
            host: "news.example.org".to_owned(),
            retention: Retention::default(),
            ..AlarmSettings::default()
        };
        Self::with(db, settings, now)
    }

    /// The same with other ways out.
    fn with(db: &Db, settings: AlarmSettings, now: Timestamp) -> Self {
        let upkeep = Upkeep::new(db.clone(), Clock::fixed(now), settings, std::sync::Arc::default());
        Self { db: db.clone(), upkeep, now }
    }

    async fn raise(&self, name: AlarmName, scope: &str) {
        let alarm = Alarm::new(name, scope, "535 5.7.8 no <anna@example.org>");
        self.db.write(async |tx| alarms::raise(tx, &alarm, acts::by(self.now)).await).await.unwrap();
    }

    async fn clear(&self, name: AlarmName, scope: &str) {
        assert!(self.db.write(async |tx| alarms::clear(tx, name, scope, self.now).await).await.unwrap());
    }

    /// Looks after so many minutes; the subjects of the emails that came of it, oldest first.
    async fn after(&mut self, minutes: u64) -> Vec<String> {
        let before = self.subjects().await.len();
        self.now = self.now.plus(Duration::from_secs(minutes * 60));
        self.upkeep.look(self.now).await.unwrap();
        self.subjects().await.split_off(before)
    }

    async fn subjects(&self) -> Vec<String> {
        let sql = "SELECT r.subject FROM deliveries d JOIN revisions r ON r.id = d.revision_id
                   WHERE r.kind = 'alarm' ORDER BY d.id";
        let rows: Vec<(String,)> = self.db.read().await.unwrap().sql(sql).fetch_all().await.unwrap();
        rows.into_iter().map(|(subject,)| subject).collect()
    }
}

/// A newsletter without slots.
fn week() -> Newsletter {
    Newsletter { slots: Vec::new(), ..stage::newsletter() }
}

const HELD: AlarmName = AlarmName::IssueHeld;

both_databases! {
    async fn an_alarm_is_told_at_once_daily_and_when_it_is_over(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], stage.clock.now());
        assert!(duty.after(0).await.is_empty());
        duty.raise(HELD, "week/calendar").await;
        assert_eq!(duty.after(0).await, ["[coranto] week/calendar is held and does not go out"]);
        assert!(duty.after(60).await.is_empty(), "that is known");
        duty.raise(HELD, "week/calendar").await;
        assert!(duty.after(179).await.is_empty(), "that is known, too");
        let still = ["[coranto] still: week/calendar is held and does not go out"];
        assert_eq!(duty.after(1).await, still, "once more after four hours");
        assert!(duty.after(24 * 60 - 1).await.is_empty());
        assert_eq!(duty.after(1).await, still);
        duty.clear(HELD, "week/calendar").await;
        assert!(duty.after(9).await.is_empty(), "it may come back");
        assert_eq!(duty.after(1).await, ["[coranto] over: week/calendar is held and does not go out"]);
        assert!(alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap().is_empty());
        assert!(duty.after(48 * 60).await.is_empty());
    }

    async fn what_comes_back_within_ten_minutes_was_never_over(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], stage.clock.now());
        duty.raise(HELD, "week/a").await;
        assert_eq!(duty.after(0).await.len(), 1);
        for _ in 0..10 {
            duty.clear(HELD, "week/a").await;
            assert!(duty.after(5).await.is_empty());
            duty.raise(HELD, "week/a").await;
            assert!(duty.after(5).await.is_empty());
        }
    }

    async fn a_relay_is_told_of_after_ten_minutes_and_only_while_mail_waits(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], stage.clock.now());
        duty.raise(AlarmName::RelayDown, "main").await;
        assert!(duty.after(9).await.is_empty());
        assert!(duty.after(2).await.is_empty(), "nothing waits for it");
        stage.readers(&["anna"]).await;
        stage.issue("first").await;
        assert_eq!(duty.after(1).await, ["[coranto] the relay main takes no mail"]);
        // One that was never told of ends without a word.
        duty.raise(AlarmName::RelayDown, "other").await;
        duty.clear(AlarmName::RelayDown, "other").await;
        assert!(duty.after(11).await.is_empty());
        let left = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap();
        assert_eq!(left.iter().map(|one| one.scope.as_str()).collect::<Vec<_>>(), ["main"]);
    }

    async fn ten_emails_an_hour_and_then_one_list(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], stage.clock.now());
        for number in 0..25 {
            duty.raise(HELD, &format!("week/issue{number}")).await;
        }
        let told = duty.after(0).await;
        assert_eq!((told.len(), told[10].as_str()), (11, "[coranto] 15 alarms"), "{told:?}");
        for number in 0..25 {
            duty.raise(AlarmName::RelayQuota, &format!("relay{number}")).await;
        }
        assert!(duty.after(30).await.is_empty(), "that was all for this hour");
        let told = duty.after(31).await;
        assert_eq!(told.len(), 11, "{told:?}");
    }

    async fn several_addresses_each_get_it_and_none_is_no_trouble(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let newsletters = vec![week()];
        let mut silent = Duty::new(&stage.db, newsletters.clone(), &[], stage.clock.now());
        silent.raise(HELD, "week/a").await;
        assert!(silent.after(0).await.is_empty());
        let told = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap();
        assert_eq!(told[0].told_how.as_deref(), Some("log"));
        let mut duty = Duty::new(&stage.db, newsletters, &["a@example.org", "b@example.org"], stage.clock.now());
        duty.raise(HELD, "week/b").await;
        assert_eq!(duty.after(0).await.len(), 2);
    }

    async fn an_empty_slot_is_told_eighteen_hours_before(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let slots = vec!["Fri 09:00".parse::<Slot>().unwrap()];
        let newsletter = Newsletter { slots, time_zone: jiff::tz::TimeZone::UTC, ..week() };
        let thursday: jiff::Timestamp = "2026-12-03T14:59:00Z".parse().unwrap();
        let mut duty = Duty::new(&stage.db, vec![newsletter], &["ops@example.org"], Timestamp::from_jiff(thursday));
        assert!(duty.after(2).await.is_empty(), "nobody would get it");
        stage.readers(&["anna"]).await;
        assert_eq!(duty.after(0).await, ["[coranto] nothing is queued for the next slot of week"]);
        let note = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap().remove(0).note;
        assert_eq!(note, "nothing is queued for Fri 2026-12-04 09:00 UTC");
        let friday: jiff::Timestamp = "2026-12-04T09:00:00Z".parse().unwrap();
        let revision = stage.revision("calendar", "text").await;
        let new = NewIssue {
            newsletter: stage.newsletter,
            slug: "calendar",
            title: "calendar",
            state: IssueState::Queued,
            revision,
            due_at: Some(Timestamp::from_jiff(friday)),
            on_slot: true,
            beside: false,
            note: "",
        };
        stage.db.write(async |tx| issues::insert(tx, &new, acts::by(duty.now)).await).await.unwrap();
        assert!(duty.after(5).await.is_empty());
        assert_eq!(duty.after(10).await, ["[coranto] over: nothing is queued for the next slot of week"]);
    }

    async fn who_only_delivers_says_when_nobody_schedules(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let now = stage.clock.now();
        let lease = async |until: Timestamp| {
            let taken = stage.db.write(async |tx| {
                let worker = leases::register(tx, "schedule", false, now, now).await?;
                leases::acquire(tx, "schedule", worker, until, until).await
            });
            assert!(taken.await.unwrap());
        };
        let to = vec!["ops@example.org".parse().unwrap()];
        let settings = AlarmSettings { to, newsletters: vec![week()], folder: None, host: "news.example.org".to_owned(), retention: Retention::default(), ..AlarmSettings::default() };
        let stands = async || {
            let all = alarms::all(&mut stage.db.read().await.unwrap()).await.unwrap();
            all.iter().any(|one| one.name == AlarmName::ScheduleLate && one.told_at.is_some())
        };
        let run = async |clock: Clock| {
            let upkeep = Upkeep::new(stage.db.clone(), clock, settings.clone(), std::sync::Arc::default());
            let stop = tokio_util::sync::CancellationToken::new();
            let stopped = stop.clone();
            let running = tokio::time::timeout(Duration::from_millis(1500), upkeep.run(stopped));
            drop(running.await);
            stop.cancel();
        };
        run(stage.clock.clone()).await;
        assert!(!stands().await, "the schedule may be somewhere else");
        lease(now).await;
        run(Clock::fixed(now.plus(Duration::from_secs(30)))).await;
        assert!(!stands().await, "the next process takes over soon");
        run(Clock::fixed(now.plus(Duration::from_secs(90)))).await;
        assert!(stands().await);
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], now.plus(Duration::from_secs(120)));
        duty.after(0).await;
        assert_eq!(duty.after(10).await, ["[coranto] over: nobody starts issues that are due"]);
    }

    async fn an_alarm_is_plain_text_and_names_no_reader(db: Db) {
        let stage = DeliveryFixture::new(db).await;
        let mut duty = Duty::new(&stage.db, vec![week()], &["ops@example.org"], stage.clock.now());
        duty.raise(AlarmName::NewsletterSender, "week").await;
        assert_eq!(duty.after(0).await.len(), 1);
        let running = stage.start();
        let mail = loop {
            if let Some(mail) = stage.sink.messages().pop() {
                break mail;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        running.stop().await;
        let text = String::from_utf8(mail.data.clone()).unwrap();
        assert_eq!(mail.to, ["ops@example.org"]);
        for part in ["Auto-Submitted: auto-generated", "Content-Type: text/plain", "535 5.7.8 no", "coranto doctor", "newsletter.sender week"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        for part in ["anna", "List-Unsubscribe", "List-Id", "multipart", "Precedence"] {
            assert!(!text.contains(part), "{part}: {text}");
        }
    }
}
