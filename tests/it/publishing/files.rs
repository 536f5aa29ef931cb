//! Which files are followed and which are not: what cannot be read, editors' leftovers, links, shared folders, namesakes.

use std::os::unix::ffi::OsStrExt as _;

use coranto::domain::issue::IssueState::Queued;
use coranto::publishing::IssueFolder;
use coranto::publishing::follow::FileWatcher;
use coranto::store::Db;

use super::ground::{FRIDAY, FRIDAY_AFTER, PublishingFixture};
use crate::harness::database::both_databases;

const A: &str = "2026-11-27-a.md";

fn due(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The follower of a newsletter that shares its folder with another.
fn sharing(desk: &PublishingFixture, other: &PublishingFixture) -> FileWatcher {
    FileWatcher::new(&desk.newsletter, &[desk.newsletter.clone(), other.newsletter.clone()])
}

both_databases! {
    async fn what_cannot_be_read_stops_no_other(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.raw("2026-11-01-latin.md", b"---\ntitle: caf\xE9\nsend_at: next\n---\nText.\n");
        desk.raw("2026-11-02 Not a slug.md", b"---\ntitle: a\nsend_at: next\n---\nText.\n");
        desk.raw("2026-11-03-large.md", &vec![b'x'; 2 << 20]);
        desk.raw("2026-11-04-nul.md", b"---\ntitle: a\nsend_at: next\n---\nT\0xt.\n");
        std::fs::create_dir(desk.path("2026-11-05-folder.md")).unwrap();
        std::os::unix::fs::symlink("/nonexistent", desk.path("2026-11-06-dangling.md")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", desk.path("2026-11-07-endless.md")).unwrap();
        desk.raw("2026-11-09-privacy.md", b"---\ntitle: a\nsend_at: next\n---\nText.\n");
        desk.file(A, "send_at: next", "Text.");
        let name = std::ffi::OsStr::from_bytes(b"2026-11-08-\xE9.md");
        std::fs::write(desk.folder.path().join(name), b"---\ntitle: a\nsend_at: next\n---\nText.\n").unwrap();
        let told = desk.follow(&mut follower).await;
        assert_eq!(told.len(), 7, "{told:#?}");
        for said in ["\"privacy\" is the address of another page", "latin.md: not queued", "not UTF-8", "Not a slug.md: not queued", "at most 1048576", "U+0000"] {
            assert_eq!(told.iter().filter(|line| line.contains(said)).count(), 1, "{said}: {told:#?}");
        }
        assert_eq!(desk.issue("a").await.state, Queued);
        assert!(desk.follow(&mut follower).await.is_empty());
    }

    async fn editors_leftovers_are_no_issues(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.look(&mut follower).await;
        let good = b"---\ntitle: A title\nsend_at: next\n---\nText.\n";
        for name in [
            ".2026-11-27-a.md.swp",
            ".2026-11-27-a.md",
            "#2026-11-27-a.md#",
            ".#2026-11-27-a.md",
            "2026-11-27-a.md~",
            "~2026-11-27-a.md",
            "2026-11-27-a.md.bak",
            "2026-11-27-a.md___jb_tmp___",
            "_2026-11-27-a.md",
            "4913",
            "a.txt",
            "md",
        ] {
            desk.raw(name, good);
        }
        assert!(desk.follow(&mut follower).await.is_empty());
        assert_eq!(IssueFolder::of(&desk.newsletter).files().unwrap(), Vec::<std::path::PathBuf>::new());
        // Copies that programs make beside a file bear names that make no slug.
        for name in ["2026-11-27-a copy.md", "2026-11-27-a.sync-conflict-20261125-101010-ABCDEFG.md", "2026-11-27-a.orig.md"] {
            desk.raw(name, good);
        }
        assert_eq!(desk.follow(&mut follower).await.len(), 3);
        let (_, issues) = desk.rows().await.into_iter().find(|(table, _)| table == "issues").unwrap();
        assert_eq!(issues, 0);
    }

    async fn a_symbolic_link_is_as_good_as_a_file(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let elsewhere = tempfile::tempdir().unwrap();
        let target = elsewhere.path().join("text");
        std::fs::write(&target, "---\ntitle: A title\nsend_at: next\n---\nFirst text.\n").unwrap();
        std::os::unix::fs::symlink(&target, desk.path(A)).unwrap();
        let mut follower = desk.follower();
        desk.follow(&mut follower).await;
        std::fs::write(&target, "---\ntitle: A title\nsend_at: next\n---\nSecond, longer text.\n").unwrap();
        desk.follow(&mut follower).await;
        assert!(desk.plain("a").await.contains("Second, longer text."));
    }

    async fn a_file_that_was_closed_is_read_when_it_opens(db: Db) {
        use std::os::unix::fs::PermissionsExt as _;
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        let path = desk.file(A, "send_at: next", "Text.");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        if std::fs::read(&path).is_ok() {
            // Root reads everything: then there is nothing to see.
            return;
        }
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("Permission denied"), "{told:?}");
        assert!(desk.follow(&mut follower).await.is_empty());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        desk.follow(&mut follower).await;
        assert_eq!(desk.issue("a").await.state, Queued);
    }

    async fn two_newsletters_may_share_a_folder(db: Db) {
        let week = PublishingFixture::new(db).await;
        let month = week.other("month").await;
        let (mut of_week, mut of_month) = (sharing(&week, &month), sharing(&month, &week));
        week.file("for-week.md", "newsletter: week\nsend_at: next", "Text.");
        week.file("for-month.md", "newsletter: month\nsend_at: next", "Text.");
        assert_eq!(week.follow(&mut of_week).await.len(), 1);
        assert_eq!(month.follow(&mut of_month).await.len(), 1);
        assert_eq!(week.issue("for-week").await.state, Queued);
        assert_eq!(month.issue("for-month").await.state, Queued);
        assert!(week.found("for-month").await.is_none() && month.found("for-week").await.is_none());

        // Whose is it? Not everybody's.
        week.file("for-whom.md", "send_at: next", "Text.");
        for (desk, follower) in [(&week, &mut of_week), (&month, &mut of_month)] {
            let told = desk.follow(follower).await;
            let wanted = format!("newsletter: {}", desk.newsletter.slug);
            assert!(told.len() == 1 && told[0].contains(&wanted), "{told:?}");
            assert!(desk.found("for-whom").await.is_none());
        }
        week.file("for-nobody.md", "newsletter: weak\nsend_at: next", "Text.");
        let told = week.follow(&mut of_week).await;
        assert!(told.len() == 1 && told[0].contains("\"weak\""), "{told:?}");
        // Where a newsletter has the folder to itself, its name may be left out.
        week.follow(&mut week.follower()).await;
        assert_eq!(week.issue("for-whom").await.state, Queued);
    }

    async fn a_second_newsletter_in_the_folder_takes_nothing_from_the_first(db: Db) {
        let week = PublishingFixture::new(db).await;
        let month = week.other("month").await;
        week.file("2026-11-27-known.md", "send_at: next", "Text.");
        week.follow(&mut week.follower()).await;
        // From now on both have this folder.
        let (mut of_week, mut of_month) = (sharing(&week, &month), sharing(&month, &week));
        assert!(week.follow(&mut of_week).await.is_empty());
        assert!(month.follow(&mut of_month).await.is_empty(), "it is the other's");
        week.file("2026-11-27-known.md", "send_at: next", "Another text.");
        assert_eq!(week.follow(&mut of_week).await, ["known has the new text of its file"]);
        assert!(month.follow(&mut of_month).await.is_empty());
        assert!(month.found("known").await.is_none());
        assert!(week.plain("known").await.contains("Another text."));
    }

    async fn a_newsletter_that_the_server_does_not_know_is_said(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "newsletter: month\nsend_at: next", "Text.");
        let told = desk.follow(&mut desk.follower()).await;
        assert!(told.len() == 1 && told[0].contains("restart `coranto serve`"), "{told:?}");
    }

    async fn two_files_of_one_slug_are_followed_by_neither(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file("2026-11-27-a.md", "send_at: 2026-11-27 09:00", "One.");
        desk.follow(&mut follower).await;
        desk.file("2026-12-04-a.md", "send_at: 2026-12-04 09:00", "Two.");
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("makes the same slug"), "{told:?}");
        assert_eq!(desk.follow(&mut desk.follower()).await.len(), 2, "whoever comes later sees both");
        assert!(desk.follow(&mut follower).await.is_empty());
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
        assert!(desk.plain("a").await.contains("One."));
        // Once one has another name, it has an issue of its own.
        std::fs::rename(desk.path("2026-12-04-a.md"), desk.path("2026-12-04-other.md")).unwrap();
        desk.follow(&mut follower).await;
        assert_eq!(desk.standing("other").await, (Queued, due(FRIDAY_AFTER)));
    }

    async fn a_file_that_is_gone_is_said(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: 2026-11-27 09:00", "Text.");
        desk.follow(&mut follower).await;
        // Another date in the name is the same issue.
        std::fs::rename(desk.path(A), desk.path("2026-11-28-a.md")).unwrap();
        assert!(desk.follow(&mut follower).await.is_empty());
        std::fs::remove_file(desk.path("2026-11-28-a.md")).unwrap();
        let told = desk.follow(&mut follower).await;
        assert!(told.len() == 1 && told[0].contains("coranto issues unschedule a"), "{told:?}");
        assert_eq!(desk.standing("a").await, (Queued, due(FRIDAY)));
    }

    async fn a_folder_that_is_missing_is_empty_and_one_that_is_none_is_said_once(db: Db) {
        let mut desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.newsletter.issues = desk.path("issues");
        assert!(desk.follow(&mut follower).await.is_empty());
        std::fs::write(desk.path("issues"), "a file").unwrap();
        assert_eq!(desk.follow(&mut follower).await.len(), 1);
        assert!(desk.follow(&mut follower).await.is_empty());
        std::fs::remove_file(desk.path("issues")).unwrap();
        std::fs::create_dir(desk.path("issues")).unwrap();
        std::fs::write(desk.path("issues/a.md"), "---\ntitle: A title\nsend_at: next\n---\nText.\n").unwrap();
        desk.follow(&mut follower).await;
        assert_eq!(desk.issue("a").await.state, Queued);
    }
}
