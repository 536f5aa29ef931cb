//! Pictures, named by their content, and which revision shows which.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::RevisionId;
use crate::domain::image::{Image, ImageFormat, PlacedImage};

record! {
    /// A picture as it is served.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct StoredImage {
        /// What it is named by.
        pub digest: String,
        pub format: ImageFormat,
        /// In pixels.
        pub width: i64,
        /// In pixels.
        pub height: i64,
        pub bytes: Vec<u8>,
    }
}

impl From<StoredImage> for Image {
    fn from(StoredImage { digest, format, width, height, bytes }: StoredImage) -> Self {
        let pixels = |number: i64| u32::try_from(number).unwrap_or_default();
        Self { digest, format, width: pixels(width), height: pixels(height), bytes }
    }
}

record! {
    /// A picture in a revision.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RevisionImage {
        /// What the revision's source calls it.
        pub name: String,
        /// What it is named by.
        pub digest: String,
        pub format: ImageFormat,
        /// As it is shown, in CSS pixels.
        pub width: i64,
        /// As it is shown, in CSS pixels.
        pub height: i64,
        /// Whether it travels inside the mail.
        pub embedded: bool,
    }
}

/// Stores a picture; one that is there already counts as stored anew.
pub async fn ensure(tx: &mut Tx, image: &Image, now: Timestamp) -> Result<()> {
    let touched = tx
        .sql("UPDATE images SET stored_at = $2 WHERE digest = $1")
        .bind(image.digest.as_str())
        .bind(now)
        .execute()
        .await?;
    if touched > 0 {
        return Ok(());
    }
    tx.sql(
        "INSERT INTO images (digest, format, width, height, bytes, stored_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (digest) DO UPDATE SET stored_at = excluded.stored_at",
    )
    .bind(image.digest.as_str())
    .bind(image.format)
    .bind(i64::from(image.width))
    .bind(i64::from(image.height))
    .bind(image.bytes.as_slice())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The picture that is named by `digest`.
pub async fn get(tx: &mut Tx, digest: &str) -> Result<Option<StoredImage>> {
    tx.sql("SELECT digest, format, width, height, bytes FROM images WHERE digest = $1")
        .bind(digest)
        .fetch_optional()
        .await
}

/// Says that a revision shows a picture, which is stored. Said twice, the first stays: a revision never changes.
pub async fn attach(tx: &mut Tx, revision: RevisionId, shown: &PlacedImage) -> Result<()> {
    tx.sql(
        "INSERT INTO revision_images (revision_id, name, digest, width, height, embedded) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (revision_id, name) DO NOTHING",
    )
    .bind(revision)
    .bind(shown.name.as_str())
    .bind(shown.image.digest.as_str())
    .bind(i64::from(shown.width))
    .bind(i64::from(shown.height))
    .bind(shown.embedded)
    .execute()
    .await?;
    Ok(())
}

/// The same of a picture that another revision shows: fetched, at the size it has there.
pub async fn attach_stored(
    tx: &mut Tx,
    revision: RevisionId,
    name: &str,
    digest: &str,
    (width, height): (i64, i64),
) -> Result<()> {
    tx.sql(
        "INSERT INTO revision_images (revision_id, name, digest, width, height, embedded) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (revision_id, name) DO NOTHING",
    )
    .bind(revision)
    .bind(name)
    .bind(digest)
    .bind(width)
    .bind(height)
    .bind(false)
    .execute()
    .await?;
    Ok(())
}

/// The pictures of a revision, by name.
pub async fn of_revision(tx: &mut Tx, revision: RevisionId) -> Result<Vec<RevisionImage>> {
    tx.sql(
        "SELECT r.name, r.digest, i.format, r.width, r.height, r.embedded
         FROM revision_images r JOIN images i ON i.digest = r.digest
         WHERE r.revision_id = $1 ORDER BY r.name",
    )
    .bind(revision)
    .fetch_all()
    .await
}

/// The pictures that travel inside the mails of a revision, each once.
pub async fn embedded_in(tx: &mut Tx, revision: RevisionId) -> Result<Vec<StoredImage>> {
    tx.sql(
        "SELECT digest, format, width, height, bytes FROM images i
         WHERE EXISTS (SELECT 1 FROM revision_images r WHERE r.revision_id = $1 AND r.digest = i.digest AND r.embedded)
         ORDER BY digest",
    )
    .bind(revision)
    .fetch_all()
    .await
}

/// Takes away pictures that no revision shows and that were last stored before `before`. Returns how many.
pub async fn remove_unused(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.sql(
        "DELETE FROM images WHERE stored_at < $1
           AND NOT EXISTS (SELECT 1 FROM revision_images r WHERE r.digest = images.digest)",
    )
    .bind(before)
    .execute()
    .await
}
