//! `send_at: next` means one slot: the first on or after the file's day. Past, or another's, it goes to nobody by itself.

use coranto::clock::Timestamp;
use coranto::domain::issue::IssueState::{self, Held, Queued};
use coranto::domain::newsletter::Newsletter;
use coranto::domain::slot::{Slot, next_of, on_day};
use coranto::publishing::{NoSlot, QueuePlan, When};
use coranto::store::Db;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use proptest::prelude::*;

use super::ground::{FRIDAY, FRIDAY_AFTER, PublishingFixture, THIRD_FRIDAY, at};
use crate::delivery::stage;
use crate::harness::database::both_databases;

async fn standing(desk: &PublishingFixture, slug: &str) -> (IssueState, Option<Timestamp>) {
    let issue = desk.issue(slug).await;
    (issue.state, issue.due_at)
}

both_databases! {
    async fn a_new_database_beside_old_files_queues_nothing(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        let files = [
            ("2023-11-03-oldest.md", "send_at: next"),
            ("2026-11-06-old-one.md", "send_at: next"),
            ("2026-11-13-old-two.md", "send_at: next\nauthor: A"),
            ("2026-11-17-no-slot-day.md", "send_at: next"),
            ("2026-11-20-last-week.md", "send_at: next"),
            ("2026-11-20-with-time.md", "send_at: 2026-11-20 10:00"),
        ];
        for (name, front) in files {
            desk.file(name, front, &format!("The text of {name}."));
        }
        // Undated, and older than the database.
        let undated = desk.at("2026-11-01T12:00:00Z");
        undated.file("undated.md", "send_at: next", "The text of an undated file.");
        let told = desk.follow(&mut desk.follower()).await;
        assert_eq!(told.len(), 7, "{told:#?}");
        for (name, _) in files {
            let slug = &name["2026-11-06-".len()..name.len() - 3];
            assert_eq!(standing(&desk, slug).await, (Held, None), "{slug}");
            let note = desk.issue(slug).await.note;
            assert!(note.contains("past when the file was first seen"), "{slug}: {note}");
        }
        let note = desk.issue("old-one").await.note;
        assert!(note.starts_with("its slot, Fri 2026-11-06 09:00 Europe/Prague, was past"), "{note}");
        assert_eq!(standing(&desk, "undated").await, (Held, None));
        // For a year of Fridays, with restarts between, nobody gets anything.
        let mut now = at(FRIDAY);
        for _ in 0..52 {
            let later = PublishingFixture { now, ..desk.clone() };
            later.follow(&mut later.follower()).await;
            assert!(later.start_due().await.is_empty());
            now = Timestamp(now.0 + 7 * 86_400_000);
        }
        // A person decides.
        desk.queue("2026-11-20-last-week.md", When::NextSlot).await.unwrap();
        assert_eq!(standing(&desk, "last-week").await, (Queued, Some(at(FRIDAY))));
    }

    async fn an_undated_file_that_is_younger_than_the_database_gets_the_next_free_slot(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file("2026-11-27-a.md", "send_at: next", "One.");
        desk.file("undated.md", "send_at: next", "Another.");
        desk.follow(&mut desk.follower()).await;
        assert_eq!(standing(&desk, "undated").await, (Queued, Some(at(FRIDAY_AFTER))));
    }

    async fn a_day_without_a_slot_means_the_next_slot(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file("2026-11-30-monday.md", "send_at: next", "Of Monday.");
        desk.file("2026-12-05-saturday.md", "send_at: next", "Of Saturday.");
        desk.follow(&mut desk.follower()).await;
        assert_eq!(standing(&desk, "monday").await, (Queued, Some(at(FRIDAY_AFTER))));
        assert_eq!(standing(&desk, "saturday").await, (Queued, Some(at(THIRD_FRIDAY))));
        assert!(desk.issue("monday").await.on_slot);
    }

    async fn what_another_has_or_is_named_for_holds_it(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file("other.md", "", "Another issue.");
        desk.queue("other.md", When::At(at(FRIDAY))).await.unwrap();
        let mut follower = desk.follower();
        desk.file("2026-11-27-a.md", "send_at: next", "One.");
        desk.file("2026-12-02-wednesday.md", "send_at: next", "Of Wednesday.");
        desk.file("2026-12-04-friday.md", "draft: true", "Of Friday.");
        let told = desk.follow(&mut follower).await;
        assert_eq!(standing(&desk, "a").await, (Held, None));
        assert!(told[0].contains("\"other\" goes out on its slot, Fri 2026-11-27 09:00 Europe/Prague"), "{told:?}");
        assert_eq!(standing(&desk, "wednesday").await, (Held, None));
        assert!(desk.issue("wednesday").await.note.contains("\"friday\" is named for its slot"));
        // It stays where a person can see it, also when the slot gets free; a command gives it the next.
        assert!(desk.unschedule("other").await);
        assert!(desk.follow(&mut follower).await.is_empty());
        assert_eq!(desk.issue("a").await.state, Held);
        desk.queue("2026-11-27-a.md", When::NextSlot).await.unwrap();
        assert_eq!(standing(&desk, "a").await, (Queued, Some(at(FRIDAY))));
        // A time that another has, too.
        desk.file("2026-11-28-b.md", "send_at: 2026-11-27 09:00", "At the same time.");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("\"a\" goes out then, on Fri 2026-11-27 09:00"), "{told:?}");
        assert_eq!(standing(&desk, "b").await, (Held, None));
        // An issue that stood well goes on hold when its file names another's time.
        desk.file("2026-12-18-c.md", "send_at: next", "C.");
        desk.follow(&mut follower).await;
        desk.file("2026-12-18-c.md", "send_at: 2026-11-27 09:00", "C.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.issue("c").await.state, Held);
    }

    async fn saved_in_the_last_second_it_is_in_time(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        let eve = desk.at("2026-11-27T07:59:59Z");
        let mut follower = eve.follower();
        eve.look(&mut follower).await;
        eve.file("2026-11-27-a.md", "send_at: next", "In time.");
        eve.look(&mut follower).await;
        let after = desk.at("2026-11-27T08:00:01Z");
        after.look(&mut follower).await;
        assert_eq!(standing(&desk, "a").await, (Queued, Some(at(FRIDAY))));
        assert_eq!(after.start_due().await.len(), 1);
    }
}

/// A newsletter with these slots in this zone, and no files.
fn newsletter(slots: &[Slot], zone: &TimeZone) -> Newsletter {
    Newsletter {
        slots: slots.to_vec(),
        time_zone: zone.clone(),
        issues: "/nonexistent/issues".into(),
        ..stage::newsletter()
    }
}

fn zones() -> Vec<TimeZone> {
    let database = TimeZoneDatabase::bundled();
    database.available().map(|name| database.get(name.as_str()).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever the zone, the slots, the day and the hour: the slot of a file is the first on or after its day, and it is
    /// either still to come or said to be past.
    #[test]
    fn next_is_the_first_slot_from_the_files_day_on(
        zone in proptest::sample::select(zones()),
        slots in proptest::collection::vec((0..7_usize, 0..24_u8, 0..60_u8), 1..4),
        now in 0..4_102_444_800_000_i64,
        ahead in -40..40_i64,
    ) {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let slots: Vec<Slot> =
            slots.iter().map(|(day, hour, minute)| format!("{} {hour}:{minute:02}", DAYS[*day]).parse().unwrap()).collect();
        let newsletter = newsletter(&slots, &zone);
        let now = Timestamp(now);
        let today = newsletter.date_of(now);
        let day: Date = today.checked_add(jiff::Span::new().days(ahead)).unwrap();
        let plan = QueuePlan::of_files(&newsletter, "new", now);
        let name = zone.iana_name().unwrap_or_default();
        let found = plan.own_slot(Some(day), now);
        let (Ok(slot) | Err(NoSlot::Past(slot))) = found else { panic!("{name} {day}: {found:?}") };
        prop_assert_eq!(found.is_ok(), slot > now, "{} {}", name, day);
        // Not before its day, and none between.
        prop_assert!(newsletter.date_of(slot) >= day, "{name} {day}: {slot}");
        let begin = newsletter.instant(day.at(0, 0, 0, 0));
        prop_assert_eq!(next_of(&slots, &zone, Timestamp(begin.0 - 1)), Some(slot), "{} {}", name, day);
        prop_assert!(slot.0 - begin.0 <= 9 * 86_400_000, "{name} {day}: {slot}");
        // The slots of a day are those that `next` of that day begins with.
        if let Some(first) = on_day(&slots, &zone, day).first() {
            prop_assert_eq!(*first, slot, "{} {}", name, day);
        }
        // A person who queues it gets that slot, or a later one: never a day before the file's.
        let queued = plan.slot(Some(day), now).unwrap();
        prop_assert!(queued > now && newsletter.date_of(queued) >= day.min(today), "{name} {day}: {queued}");
        if found.is_ok() {
            prop_assert_eq!(queued, slot, "{} {}", name, day);
        }
    }
}
