//! Pictures in the database: once each, attached to what shows them, gone when nothing does.

use std::sync::Arc;

use coranto::domain::RevisionId;
use coranto::domain::delivery::DeliveryKind;
use coranto::domain::design::ImagesBy;
use coranto::domain::image::{Image, ImageFormat, PlacedImage};
use coranto::store::{Db, images, newsletters, revisions};

use super::ground::{NOW, content, minute};
use crate::harness::database::both_databases;

fn image(letter: char) -> Arc<Image> {
    let digest = letter.to_string().repeat(40);
    Arc::new(Image { digest, format: ImageFormat::Png, width: 1120, height: 80, bytes: vec![0, 255, 1, b'\''] })
}

both_databases! {
    async fn a_picture_is_read_as_it_was_stored(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let given = image('a');
        images::ensure(&mut tx, &given, NOW).await.unwrap();
        images::ensure(&mut tx, &given, minute(1)).await.unwrap();
        let found = images::get(&mut tx, &given.digest).await.unwrap().unwrap();
        assert_eq!((found.digest, found.format, found.width, found.height), (given.digest.clone(), ImageFormat::Png, 1120, 80));
        assert_eq!(found.bytes, given.bytes);
        assert_eq!(images::get(&mut tx, &"b".repeat(40)).await.unwrap(), None);
    }

    async fn a_revision_knows_what_it_shows(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let revision = revisions::ensure(&mut tx, week, &content(DeliveryKind::Issue, "text"), NOW).await.unwrap();
        let shown = [
            PlacedImage::new("plain.png", image('a'), false),
            PlacedImage::new("sharp@2x.png", image('b'), true),
            PlacedImage::logo(image('a'), ImagesBy::Link),
        ];
        for shown in &shown {
            images::ensure(&mut tx, &shown.image, NOW).await.unwrap();
            images::attach(&mut tx, revision, shown).await.unwrap();
        }
        // A revision never changes.
        images::attach(&mut tx, revision, &PlacedImage::new("plain.png", image('b'), true)).await.unwrap();
        let found = images::of_revision(&mut tx, revision).await.unwrap();
        let facts: Vec<_> = found.iter().map(|row| (row.name.as_str(), &row.digest[..1], row.width, row.height, row.embedded)).collect();
        assert_eq!(facts, [("", "a", 280, 20, false), ("plain.png", "a", 560, 40, false), ("sharp@2x.png", "b", 560, 40, true)]);
        assert!(found.iter().all(|row| row.format == ImageFormat::Png));
        let other = revisions::ensure(&mut tx, week, &content(DeliveryKind::Welcome, "text"), NOW).await.unwrap();
        images::attach_stored(&mut tx, other, "plain.png", &"a".repeat(40), (560, 40)).await.unwrap();
        let again = images::of_revision(&mut tx, other).await.unwrap();
        assert_eq!((again.len(), again[0].width, again[0].embedded), (1, 560, false));
        assert!(images::of_revision(&mut tx, RevisionId(1_000_000)).await.unwrap().is_empty());
        let embedded = images::embedded_in(&mut tx, revision).await.unwrap();
        assert_eq!(embedded.iter().map(|image| &image.digest[..1]).collect::<Vec<_>>(), ["b"]);
    }

    async fn only_what_nothing_shows_is_taken_away(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let week = newsletters::ensure(&mut tx, "week", NOW).await.unwrap();
        let revision = revisions::ensure(&mut tx, week, &content(DeliveryKind::Issue, "text"), NOW).await.unwrap();
        for letter in ['a', 'b', 'c'] {
            images::ensure(&mut tx, &image(letter), NOW).await.unwrap();
        }
        images::attach(&mut tx, revision, &PlacedImage::new("a.png", image('a'), false)).await.unwrap();
        // Somebody is about to use it.
        images::ensure(&mut tx, &image('b'), minute(2)).await.unwrap();
        assert_eq!(images::remove_unused(&mut tx, NOW).await.unwrap(), 0);
        assert_eq!(images::remove_unused(&mut tx, minute(1)).await.unwrap(), 1);
        let mut left = Vec::new();
        for letter in ['a', 'b', 'c'] {
            left.push(images::get(&mut tx, &letter.to_string().repeat(40)).await.unwrap().is_some());
        }
        assert_eq!(left, [true, true, false]);
    }
}
