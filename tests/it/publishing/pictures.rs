//! Images beside an issue: found, stored with its revision, named by address or embedded; and told of when they are not.

use coranto::content::Problem;
use coranto::domain::design::ImagesBy;
use coranto::domain::newsletter::Newsletter;
use coranto::publishing::{CorrectError, QueueError, When, pictures};
use coranto::store::images::RevisionImage;
use coranto::store::{Db, images, pages, revisions};

use super::correct::sent;
use super::ground::{EVENTS_AGAIN, FRIDAY_AFTER, PUBLIC_URL, PublishingFixture, no_event};
use crate::harness::database::both_databases;
use crate::images::png;

const A: &str = "2026-11-27-a.md";
const TEXT: &str = "Look:\n\n![A chart](chart.png)\n\n![A map](maps/old%20town@2x.png)";

impl PublishingFixture {
    fn with_pictures(&self) {
        self.raw("chart.png", &png(1400, 700));
        std::fs::create_dir(self.path("maps")).unwrap();
        self.raw("maps/old town@2x.png", &png(600, 300));
        self.file(A, "image: chart.png\nimage_alt: A chart", TEXT);
    }

    async fn html(&self, slug: &str) -> (String, Vec<RevisionImage>) {
        let issue = self.issue(slug).await;
        let mut tx = self.db.read().await.unwrap();
        let revision = revisions::get(&mut tx, issue.revision_id).await.unwrap().unwrap();
        (revision.html, images::of_revision(&mut tx, revision.id).await.unwrap())
    }

    fn refused(&self, text: &str) -> Vec<String> {
        self.file(A, "", text);
        let source = self.read(A).unwrap();
        let error = self.renderer().render(&source, "2026-11-27".parse().unwrap()).unwrap_err();
        assert!(!error.problems().is_empty(), "{error}");
        let errors = error.problems().iter().filter(|problem| problem.is_error());
        errors.map(|problem: &Problem| format!("{} {problem}", problem.code)).collect()
    }
}

fn tag<'a>(html: &'a str, alt: &str) -> &'a str {
    let found = html.split("<img ").find(|tag| tag.contains(&format!("alt=\"{alt}\""))).unwrap();
    found.split('>').next().unwrap()
}

both_databases! {
    async fn an_image_beside_an_issue_just_works(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.with_pictures();
        desk.queue(A, When::NextSlot).await.unwrap();
        let (html, rows) = desk.html("a").await;
        let [chart, map] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((chart.name.as_str(), chart.width, chart.height, chart.embedded), ("chart.png", 560, 280, false));
        assert_eq!((map.name.as_str(), map.width, map.height), ("maps/old town@2x.png", 300, 150));
        let address = format!("src=\"{PUBLIC_URL}/i/{}.png\"", chart.digest);
        let shown = tag(&html, "A chart");
        assert!(shown.contains(&address) && shown.contains("width=\"560\"") && shown.contains("height:auto"), "{shown}");
        assert!(tag(&html, "A map").contains("width=\"300\"") && tag(&html, "A map").contains("max-width:300px"));
        let stored = images::get(&mut desk.db.read().await.unwrap(), &chart.digest).await.unwrap().unwrap();
        assert_eq!((stored.width, stored.height), (1120, 560), "no larger than it can be shown");
        let page = pictures::of_revision(&rows, "https://news.example.com");
        assert_eq!(page["chart.png"].address, format!("https://news.example.com/i/{}.png", chart.digest));
    }

    async fn a_dry_run_stores_nothing(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.with_pictures();
        let before = desk.rows().await;
        desk.dry_run(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.rows().await, before);
    }

    async fn an_image_that_changed_is_a_new_text(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.with_pictures();
        desk.queue(A, When::NextSlot).await.unwrap();
        let before = desk.html("a").await.1;
        assert!(!desk.queue(A, When::NextSlot).await.unwrap().revised);
        desk.raw("chart.png", &png(1400, 701));
        assert!(desk.queue(A, When::NextSlot).await.unwrap().revised);
        assert_ne!(desk.html("a").await.1[0].digest, before[0].digest);
    }

    async fn an_image_that_changes_or_comes_late_is_followed(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut follower = desk.follower();
        desk.file(A, "send_at: 2026-11-27 09:00", "![A chart](chart.png)");
        let said = desk.follow(&mut follower).await;
        assert!(said[0].contains("chart.png") && said[0].contains("there is no such file"), "{said:?}");
        assert_eq!(desk.follow(&mut follower).await, [""; 0], "told once");
        desk.raw("chart.png", &png(20, 10));
        let said = desk.follow(&mut follower).await;
        assert!(said[0].starts_with("a is queued for"), "{said:?}");
        let before = desk.html("a").await.1;
        desk.raw("chart.png", &png(20, 11));
        assert_eq!(desk.follow(&mut follower).await, ["a has the new text of its file"]);
        assert_ne!(desk.html("a").await.1[0].digest, before[0].digest);
        assert_eq!(desk.follow(&mut follower).await, [""; 0]);
    }

    async fn images_may_travel_inside_the_mail(db: Db) {
        let mut desk = PublishingFixture::new(db).await;
        desk.with_pictures();
        desk.newsletter = Newsletter { images: ImagesBy::Embed, ..desk.newsletter.clone() };
        desk.queue(A, When::NextSlot).await.unwrap();
        let (html, rows) = desk.html("a").await;
        assert!(rows.iter().all(|row| row.embedded));
        let domain = desk.newsletter.from.address.domain();
        assert!(tag(&html, "A chart").contains(&format!("src=\"cid:{}@{domain}\"", rows[0].digest)));
        let page = pictures::of_revision(&rows, "https://news.example.com");
        assert!(page["chart.png"].address.starts_with("https://news.example.com/i/"), "on the web it is fetched");
    }

    async fn a_logo_stands_on_top_and_its_name_is_its_text(db: Db) {
        let mut desk = PublishingFixture::new(db).await;
        desk.newsletter.design.logo = Some(desk.raw("logo.png", &png(400, 100)));
        desk.file(A, "", "Text.");
        desk.queue(A, When::NextSlot).await.unwrap();
        let (html, rows) = desk.html("a").await;
        let shown = tag(&html, &desk.newsletter.name);
        assert!(shown.contains(&rows[0].digest) && shown.contains("width=\"200\""), "{shown}");
        desk.newsletter.design.logo = Some(desk.raw("logo.svg", b"<svg/>"));
        assert!(desk.refused("Text.")[0].starts_with("logo 1:1: the newsletter's logo "));
    }

    async fn what_cannot_be_shown_is_told_with_its_place(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.raw("drawing.svg", b"<svg/>");
        desk.raw("broken.png", &png(10, 10)[..40]);
        desk.raw("note.jpg", b"text");
        let found = desk.refused(
            "![a](none.png)\n\n![b](drawing.svg)\n\n![c](broken.png) ![d](note.jpg)\n\n![e](../../etc/passwd)\n\n\
             ![f](example.org/x.png)\n\n![g](/x.png)\n\n![h](file:///etc/passwd)",
        );
        insta::allow_duplicates! { insta::assert_debug_snapshot!(found) };
    }

    async fn an_album_is_refused(db: Db) {
        let desk = PublishingFixture::new(db).await;
        let mut text = String::new();
        for number in 0..51 {
            desk.raw(&format!("{number}.png"), &png(4, 4 + number));
            text.push_str(&format!("![Photograph {number}]({number}.png)\n\n"));
        }
        let found = desk.refused(&text);
        let told = "the image \"50.png\" cannot be used: there are more than 50 images in the issue";
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("too-many-images 10") && found[0].contains(told), "{found:?}");
        let fifty = text.split_inclusive("\n\n").take(50).collect::<String>();
        desk.file(A, "", &fifty);
        let source = desk.read(A).unwrap();
        assert!(desk.renderer().render(&source, "2026-11-27".parse().unwrap()).is_ok());
    }

    async fn a_correction_brings_its_images(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.file(A, "", "Text.");
        sent(&desk).await;
        desk.raw("chart.png", &png(20, 10));
        desk.file(A, "", "Text, and ![a chart](chart.png)");
        let source = desk.read(A).unwrap();
        let correct = async || desk.at(FRIDAY_AFTER).publisher().correct(&source).await;
        desk.execute(&no_event("issue.corrected")).await;
        assert!(matches!(correct().await, Err(CorrectError::Store(_))), "it stopped between the image and the text");
        let issue = desk.issue("a").await;
        let mut tx = desk.db.read().await.unwrap();
        assert!(!pages::find(&mut tx, desk.id, "a").await.unwrap().unwrap().html.contains("chart"), "the page is as it was");
        assert_eq!(images::of_revision(&mut tx, issue.revision_id).await.unwrap(), []);
        drop(tx);
        desk.execute(EVENTS_AGAIN).await;
        assert!(correct().await.unwrap(), "the same command goes on");
        let (html, rows) = desk.html("a").await;
        assert!(html.contains(&rows[0].digest));
        let mut tx = desk.db.read().await.unwrap();
        let page = pages::find(&mut tx, desk.id, "a").await.unwrap().unwrap();
        assert!(page.html.contains(&rows[0].digest), "{}", page.html);
        assert!(images::get(&mut tx, &rows[0].digest).await.unwrap().is_some(), "whoever opens the page gets it");
    }

    async fn a_stop_between_images_and_issue_leaves_nothing_to_send(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.with_pictures();
        let before = desk.rows().await;
        desk.execute(&no_event("issue.queued")).await;
        assert!(matches!(desk.queue(A, When::NextSlot).await, Err(QueueError::Store(_))));
        desk.execute(EVENTS_AGAIN).await;
        let changed = |rows: Vec<(String, i64)>| -> Vec<(String, i64)> {
            let pairs = rows.into_iter().zip(&before);
            pairs.filter(|(now, before)| now != *before).map(|((name, now), (_, before))| (name, now - before)).collect()
        };
        assert_eq!(changed(desk.rows().await), [("images".to_owned(), 2)], "and those that nothing shows go in a day");
        let in_a_day = desk.at("2026-11-26T10:00:01Z").now;
        assert_eq!(pictures::tidy(&desk.db, desk.now).await.unwrap(), 0, "the command may be about to go on");
        assert_eq!(pictures::tidy(&desk.db, in_a_day).await.unwrap(), 2);
        desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(desk.html("a").await.1.len(), 2, "the same command begins anew");
        assert_eq!(desk.events("a").await.len(), 1);
    }

    async fn unused_images_are_tidied_away(db: Db) {
        let desk = PublishingFixture::new(db).await;
        desk.with_pictures();
        desk.queue(A, When::NextSlot).await.unwrap();
        assert_eq!(pictures::tidy(&desk.db, desk.at("2026-12-31T00:00:00Z").now).await.unwrap(), 0, "all are shown");
    }
}
