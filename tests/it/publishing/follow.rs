//! Files that say themselves when they are to go out.

use coranto::domain::alarm::AlarmName;
use coranto::domain::checkup::FindingHealth;
use coranto::domain::issue::IssueState::{Draft, Held, Paused, Queued, Sending, Sent};
use coranto::publishing::When;
use coranto::store::{Db, alarms, checkups};

use super::ground::{EVENTS_AGAIN, FRIDAY, FRIDAY_AFTER, PublishingFixture, THIRD_FRIDAY, WEDNESDAY, at, no_event};
use crate::harness::database::both_databases;

const A: &str = "2026-11-27-a.md";
const B: &str = "2026-12-04-b.md";

fn due(text: &str) -> Option<String> {
    Some(text.to_owned())
}

both_databases! {
    async fn a_file_is_queued_for_the_time_it_names(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file("next.md", "send_at: next", "Text.");
        desk.file("civil.md", "send_at: 2026-11-27 18:30", "Text.");
        desk.file("offset.md", "send_at: 2026-11-27 18:30-05:00", "Text.");
        // The clocks go forward over the first, and back over the second.
        desk.file("gap.md", "send_at: 2027-03-28 02:30", "Text.");
        desk.file("fold.md", "send_at: 2026-10-25 02:30", "Text.");
        desk.file("draft.md", "send_at: next\ndraft: true", "Text.");
        desk.file("silent.md", "", "Text.");
        desk.raw("2026-11-27-toml.md", b"+++\ntitle = \"About TOML\"\nsend_at = \"next\"\n+++\nText.\n");
        let desk = desk.at("2026-10-21T10:00:00Z");
        let told = desk.follow(&mut desk.follower()).await;
        assert_eq!(told.len(), 6, "{told:?}");
        assert!(told.contains(&"civil is queued for 2026-11-27T17:30:00Z, as its file says".to_owned()), "{told:?}");
        for (slug, time) in [
            // The slot of its day.
            ("toml", "2026-11-27T08:00:00Z"),
            ("next", "2026-10-23T07:00:00Z"),
            ("civil", "2026-11-27T17:30:00Z"),
            ("offset", "2026-11-27T23:30:00Z"),
            ("gap", "2027-03-28T01:30:00Z"),
            ("fold", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(desk.standing(slug).await, (Queued, due(time)), "{slug}");
            assert_eq!(desk.events(slug).await, ["issue.queued by scheduler"], "{slug}");
        }
        assert!(desk.found("draft").await.is_none() && desk.found("silent").await.is_none());
        assert!(desk.issue("next").await.on_slot && !desk.issue("civil").await.on_slot);
    }

    async fn what_did_not_change_is_not_written_again(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "send_at: next", "Text.");
        desk.file(B, "send_at: 2026-12-04 09:00", "Text.");
        let mut follower = desk.follower();
        assert_eq!(desk.follow(&mut follower).await.len(), 2);
        let before = desk.rows().await;
        assert!(desk.follow(&mut follower).await.is_empty());
        // Touched, but the same; and another process that sees all for the first time.
        desk.file(A, "send_at: next", "Text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert!(desk.follow(&mut desk.follower()).await.is_empty());
        assert_eq!(desk.rows().await, before);
    }

    async fn a_file_is_read_once_it_rests(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        assert!(desk.look(&mut follower).await.is_empty());
        desk.file(A, "send_at: next", "Half of the");
        assert!(desk.look(&mut follower).await.is_empty(), "it is new");
        desk.file(A, "send_at: next", "Half of the text, and the");
        assert!(desk.look(&mut follower).await.is_empty(), "it is still being written");
        desk.file(A, "send_at: next", "Half of the text, and the other half.");
        assert!(desk.look(&mut follower).await.is_empty());
        assert_eq!(desk.look(&mut follower).await.len(), 1);
        assert!(desk.plain("a").await.contains("other half."));
        assert_eq!(desk.events("a").await, ["issue.queued by scheduler"], "no half was stored");
    }

    async fn a_file_without_the_end_of_its_front_matter_is_not_sent(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        let before = desk.rows().await;
        desk.raw(A, b"---\ntitle: About a half\nsend_at: next\n\nDear reader,\n");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("2026-11-27-a.md: not queued"), "{told:?}");
        desk.raw(A, b"");
        assert_eq!(desk.follow(&mut follower).await.len(), 1);
        assert_eq!(desk.rows().await, before);
        desk.file(A, "send_at: next", "Text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.issue("a").await.state, Queued);
    }

    async fn a_file_of_a_sender_that_receivers_refuse_is_held_where_many_would_get_it(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let sender = desk.newsletter.from.address.domain().to_owned();
        let mut follower = desk.follower();
        desk.look(&mut follower).await;
        let fails = format!("dns.spf/{sender}");
        desk.db.write(async |tx| checkups::begin(tx, &fails, FindingHealth::Fail, desk.now).await).await.unwrap();
        desk.readers(&["anna"]).await;
        desk.file(A, "send_at: 2026-11-27 09:00", "Text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.issue("a").await.state, Queued, "few readers");
        let many: Vec<String> = (0..100).map(|number| format!("reader{number}")).collect();
        desk.readers(&many.iter().map(String::as_str).collect::<Vec<_>>()).await;
        desk.file(B, "send_at: 2026-11-28 09:00", "Another text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.issue("b").await.state, Held);
        assert!(desk.issue("b").await.note.contains(&format!("dns.spf/{sender} fails")), "{}", desk.issue("b").await.note);
        let alarms = alarms::all(&mut desk.db.read().await.unwrap()).await.unwrap();
        assert!(alarms.iter().any(|one| one.name == AlarmName::IssueHeld && one.scope == "week/b"), "{alarms:?}");
    }

    async fn a_time_that_was_past_when_the_file_was_first_seen_is_held(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.look(&mut follower).await;
        desk.file(A, "send_at: 2026-11-25 10:59", "Text.");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].starts_with("a does not go out by itself"), "{told:?}");
        assert_eq!(desk.standing("a").await, (Held, None));
        assert_eq!(desk.events("a").await, ["issue.held by scheduler"]);
        assert!(desk.issue("a").await.note.contains("already past"));
        // It stays there, whatever is edited but the time; a command or another time brings it on.
        desk.file(A, "send_at: 2026-11-25 10:59", "Another text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert_eq!(desk.issue("a").await.state, Held);
        desk.file(A, "send_at: 2026-11-27 09:00", "Another text.");
        assert_eq!(desk.follow(&mut follower).await.len(), 1);
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
        assert_eq!(desk.issue("a").await.note, "");
        // A file that was saved in the very last second is read a look later: in time.
        desk.file(B, "send_at: 2026-11-25 11:00:00", "Text.");
        desk.look(&mut follower).await;
        desk.at("2026-11-25T10:00:01Z").look(&mut follower).await;
        assert_eq!(desk.standing("b").await, (Queued, due("2026-11-25T10:00:01Z")));
    }

    async fn a_file_moves_its_issue(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.look(&mut follower).await;
        let mut before = "";
        for (send_at, time) in [
            ("2026-11-27 09:00", FRIDAY),
            ("2026-11-26 18:00", "2026-11-26T17:00:00Z"),
            // A slot that is free, its own time included.
            ("2026-11-27 09:00", FRIDAY),
            ("next", FRIDAY),
            ("2026-12-11 09:00", THIRD_FRIDAY),
            ("next", FRIDAY),
        ] {
            desk.file(A, &format!("send_at: {send_at}"), "Text.");
            let told = desk.follow(&mut follower).await;
            assert_eq!(desk.standing("a").await, (Queued, due(time)), "{send_at}");
            assert_eq!(desk.issue("a").await.on_slot, time != "2026-11-26T17:00:00Z", "{send_at}");
            let moves = std::mem::replace(&mut before, time) != time;
            let wanted = moves.then(|| format!("a is queued for {time}, as its file says"));
            assert_eq!(told, Vec::from_iter(wanted), "{send_at}");
        }
        // Into the past: a person decides.
        desk.file(A, "send_at: 2026-11-20 09:00", "Text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.issue("a").await.state, Held);
        assert!(desk.at(FRIDAY).start_due().await.is_empty());
    }

    async fn a_new_text_is_the_issues_while_queued_and_while_paused(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: next", "First text.");
        desk.follow(&mut follower).await;
        desk.file(A, "send_at: next", "Second text.");
        assert_eq!(desk.follow(&mut follower).await, ["a has the new text of its file"]);
        assert!(desk.plain("a").await.contains("Second text."));
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));

        desk.force("a", Paused).await;
        desk.file(A, "send_at: next", "Third text.");
        assert_eq!(desk.follow(&mut follower).await, ["a has the new text of its file"]);
        assert!(desk.plain("a").await.contains("Third text."));
        assert_eq!(desk.standing("a").await, (Paused, due(FRIDAY)));
        assert_eq!(desk.events("a").await, ["issue.queued by scheduler", "issue.revised by scheduler", "issue.revised by scheduler"]);
    }

    async fn an_edit_while_it_goes_out_waits_for_the_pause(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: next", "First text.");
        desk.follow(&mut follower).await;
        desk.force("a", Sending).await;
        assert!(desk.follow(&mut desk.follower()).await.is_empty(), "there is nothing to say of an unchanged file");
        desk.file(A, "send_at: next", "Second text.");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("coranto issues pause a"), "{told:?}");
        assert!(desk.follow(&mut follower).await.is_empty(), "it is said once");
        assert!(desk.plain("a").await.contains("First text."));
        desk.force("a", Paused).await;
        assert_eq!(desk.look(&mut follower).await.len(), 1);
        assert!(desk.plain("a").await.contains("Second text."));
    }

    async fn a_broken_edit_keeps_the_last_good_text_and_is_told_once(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: next", "Good text.");
        desk.follow(&mut follower).await;
        let before = (desk.rows().await, desk.issue("a").await.revision_id);
        desk.file(A, "send_at: next", "Dear {{ nome }},");
        let told = desk.follow(&mut follower).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("2026-11-27-a.md: ") && told[0].contains("\n  7:6: "), "{}", told[0]);
        for _ in 0..5 {
            assert!(desk.follow(&mut follower).await.is_empty());
        }
        // Once more per change.
        desk.file(A, "send_at: next", "Dear {{ nome }}, hello.");
        assert_eq!(desk.follow(&mut follower).await.len(), 1);
        assert_eq!((desk.rows().await, desk.issue("a").await.revision_id), before);
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
        desk.file(A, "send_at: 2026-11-27 9am", "Good text.");
        let told = desk.follow(&mut follower).await;
        assert!(told[0].contains("4:10: send_at \"2026-11-27 9am\" is not a time"), "{told:?}");
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
    }

    async fn what_a_person_took_off_stays_off(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: 2026-11-27 09:00", "Text.");
        desk.follow(&mut follower).await;
        assert!(desk.unschedule("a").await);
        desk.file(A, "send_at: 2026-11-27 09:00", "Another text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert!(desk.follow(&mut desk.follower()).await.is_empty());
        assert_eq!(desk.issue("a").await.state, Draft);
        // Another time in the file is a new word of a person.
        desk.file(A, "send_at: 2026-12-04 09:00", "Another text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY_AFTER)));
    }

    async fn a_command_stands_until_the_file_says_something_else(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "send_at: 2026-11-27 09:00", "Text.");
        desk.follow(&mut desk.follower()).await;
        desk.queue(A, When::At(at(FRIDAY_AFTER))).await.unwrap();
        // A restart, and a new text.
        let mut follower = desk.follower();
        assert!(desk.follow(&mut follower).await.is_empty());
        desk.file(A, "send_at: 2026-11-27 09:00", "Another text.");
        assert_eq!(desk.follow(&mut follower).await, ["a has the new text of its file"]);
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY_AFTER)));
        desk.file(A, "send_at: 2026-12-11 09:00", "Another text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.standing("a").await, (Queued, due(THIRD_FRIDAY)));
        // Held by a command, it is not brought on by a new text.
        desk.queue(A, When::Hold).await.unwrap();
        desk.file(A, "send_at: 2026-12-11 09:00", "One more text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert_eq!(desk.issue("a").await.state, Held);
    }

    async fn a_file_may_take_itself_off(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: next", "Text.");
        desk.follow(&mut follower).await;
        desk.file(A, "send_at: next\ndraft: true", "Text.");
        assert_eq!(desk.follow(&mut follower).await, ["a does not go out by itself: its file says `draft: true`"]);
        assert_eq!(desk.issue("a").await.state, Draft);
        assert!(desk.at(FRIDAY).start_due().await.is_empty());
        desk.file(A, "send_at: next", "Text.");
        desk.follow(&mut follower).await;
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
        desk.file(A, "", "Text.");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("does not say any more when"), "{told:?}");
        assert_eq!(desk.issue("a").await.state, Draft);
        let kinds = ["queued", "unscheduled", "queued", "unscheduled"].map(|kind| format!("issue.{kind} by scheduler"));
        assert_eq!(desk.events("a").await, kinds);
    }

    async fn a_file_without_a_time_is_a_commands_alone(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "", "First text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert!(desk.found("a").await.is_none());
        desk.queue(A, When::NextSlot).await.unwrap();
        desk.file(A, "", "Second text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert!(desk.plain("a").await.contains("First text."), "what was queued by a command is renewed by one");
        // But what its file calls unfinished does not go out.
        desk.file(A, "draft: true", "Second text.");
        assert_eq!(desk.follow(&mut follower).await.len(), 1);
        assert_eq!(desk.issue("a").await.state, Draft);
        desk.file(A, "", "Second text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert_eq!(desk.issue("a").await.state, Draft);
    }

    async fn what_was_sent_is_not_sent_again(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: 2026-11-27 09:00", "Text.");
        desk.follow(&mut follower).await;
        desk.force("a", Sent).await;
        let desk = desk.at(FRIDAY_AFTER);
        desk.file(A, "send_at: 2026-11-27 09:00", "Another text.");
        assert!(desk.follow(&mut follower).await.is_empty());
        desk.file(A, "send_at: 2026-12-11 09:00", "Another text.");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("was sent already; give the file another name"), "{told:?}");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert_eq!(desk.standing("a").await, (Sent, due(FRIDAY)));
        assert!(desk.plain("a").await.contains("\nText."));
    }

    async fn a_restart_within_the_grace_does_not_put_off_what_is_due(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.readers(&["one"]).await;
        desk.file(A, "send_at: next", "Text.");
        desk.file(B, "send_at: 2026-11-27 09:30", "Text.");
        desk.follow(&mut desk.follower()).await;
        let late = desk.at("2026-11-27T13:00:00Z");
        assert!(late.follow(&mut late.follower()).await.is_empty());
        assert_eq!(late.start_due().await.len(), 2);
        // Beyond the grace they wait for a person, and are not moved to the next slot by themselves.
        desk.force("a", Queued).await;
        let later = desk.at("2026-11-27T14:00:00.001Z");
        assert!(later.follow(&mut later.follower()).await.is_empty());
        assert_eq!(later.start_due().await.len(), 1);
        assert_eq!(desk.issue("a").await.state, Held);
        assert!(later.follow(&mut later.follower()).await.is_empty());
        assert_eq!(desk.issue("a").await.state, Held);
    }

    async fn when_the_database_fails_a_file_is_looked_at_again(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: next", "Text.");
        desk.execute(&no_event("issue.queued")).await;
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("a test forbids it"), "{told:?}");
        assert!(desk.follow(&mut follower).await.is_empty(), "it is said once");
        assert!(desk.found("a").await.is_none());
        desk.execute(EVENTS_AGAIN).await;
        assert_eq!(desk.look(&mut follower).await.len(), 1);
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
    }

    async fn without_a_slot_next_is_refused_in_words(db: Db) {
        let mut desk = PublishingFixture::new(db).await;
        desk.newsletter.slots.clear();
        let mut follower = desk.follower();
        desk.file(A, "send_at: next", "Text.");
        desk.file(B, "send_at: 2026-11-25 11:00", "Text.");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 2 && told[0].contains("the newsletter has no slot"), "{told:?}");
        assert_eq!(desk.standing("b").await, (Queued, due(WEDNESDAY)));
    }
}
