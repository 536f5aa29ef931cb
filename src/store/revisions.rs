//! Content frozen for sending. A revision never changes: an edit makes another.

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::delivery::DeliveryKind;
use crate::domain::issue::IssueState;
use crate::domain::{NewsletterId, RevisionId};

record! {
    /// What a delivery bears, rendered, with merge fields still open.
    #[derive(Clone, Debug)]
    pub struct Revision {
        pub id: RevisionId,
        pub newsletter_id: NewsletterId,
        /// What kind of mail it makes.
        pub kind: DeliveryKind,
        /// SHA-256 over all of it, in hexadecimal.
        pub digest: String,
        /// The issue's slug, where it is an issue's.
        pub slug: Option<String>,
        pub title: String,
        pub subject: String,
        pub preheader: String,
        /// BCP 47.
        pub language: String,
        /// The HTML part, a template.
        pub html: String,
        /// The text part, a template.
        pub plain: String,
        /// When it was first stored.
        pub created_at: Timestamp,
    }
}

/// A revision to be stored.
#[derive(Clone, Debug)]
pub struct NewRevision {
    /// What kind of mail it makes.
    pub kind: DeliveryKind,
    /// The issue's slug, where it is an issue's.
    pub slug: Option<String>,
    pub title: String,
    pub subject: String,
    pub preheader: String,
    /// BCP 47.
    pub language: String,
    /// The HTML part, a template.
    pub html: String,
    /// The text part, a template.
    pub plain: String,
    /// What it was made from.
    pub source: String,
}

impl NewRevision {
    /// SHA-256 over all that a reader may see, in hexadecimal: the same content is the same revision.
    pub fn digest(&self) -> String {
        let mut hash = digest::Context::new(&digest::SHA256);
        let slug = self.slug.as_deref().unwrap_or_default();
        let texts = [
            self.kind.as_str(),
            slug,
            &self.title,
            &self.subject,
            &self.preheader,
            &self.language,
            &self.html,
            &self.plain,
        ];
        for text in texts {
            // The length before each, so that no two contents run together into one.
            hash.update(&(text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        HEXLOWER.encode(hash.finish().as_ref())
    }
}

/// Stores a revision, or finds the one with the same content, which counts as stored anew: nobody deletes it before this
/// transaction has said what it is for.
pub async fn ensure(tx: &mut Tx, newsletter: NewsletterId, new: &NewRevision, now: Timestamp) -> Result<RevisionId> {
    let digest = new.digest();
    tx.sql(
        "INSERT INTO revisions (newsletter_id, kind, digest, slug, title, subject, preheader, language, html, plain, source, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (newsletter_id, digest) DO UPDATE SET stored_at = excluded.created_at",
    )
    .bind(newsletter)
    .bind(new.kind)
    .bind(digest.as_str())
    .bind(new.slug.as_deref())
    .bind(new.title.as_str())
    .bind(new.subject.as_str())
    .bind(new.preheader.as_str())
    .bind(new.language.as_str())
    .bind(new.html.as_str())
    .bind(new.plain.as_str())
    .bind(new.source.as_str())
    .bind(now)
    .execute()
    .await?;
    let (id,) = tx
        .sql("SELECT id FROM revisions WHERE newsletter_id = $1 AND digest = $2")
        .bind(newsletter)
        .bind(digest.as_str())
        .fetch_one()
        .await?;
    Ok(id)
}

record! {
    /// What an issue was made from.
    #[derive(Clone, Debug)]
    pub struct RevisionSource {
        pub slug: String,
        pub state: IssueState,
        /// Its file as it was read.
        pub source: String,
    }
}

/// What the newsletter's issues but `slug` were made from, of those that are at least `least` and at most `most`
/// characters long: few are as long as another.
pub async fn sources(
    tx: &mut Tx,
    newsletter: NewsletterId,
    slug: &str,
    least: usize,
    most: usize,
) -> Result<Vec<RevisionSource>> {
    let chars = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    tx.sql(
        "SELECT i.slug, i.state, r.source FROM issues i JOIN revisions r ON r.id = i.revision_id
         WHERE i.newsletter_id = $1 AND i.slug <> $2 AND LENGTH(r.source) BETWEEN $3 AND $4 ORDER BY i.id DESC",
    )
    .bind(newsletter)
    .bind(slug)
    .bind(chars(least))
    .bind(chars(most))
    .fetch_all()
    .await
}

/// A revision by its number.
pub async fn get(tx: &mut Tx, id: RevisionId) -> Result<Option<Revision>> {
    tx.sql(
        "SELECT id, newsletter_id, kind, digest, slug, title, subject, preheader, language, html, plain, created_at
         FROM revisions WHERE id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

/// What a revision was made from.
pub async fn source(tx: &mut Tx, id: RevisionId) -> Result<Option<String>> {
    let row: Option<(String,)> = tx.sql("SELECT source FROM revisions WHERE id = $1").bind(id).fetch_optional().await?;
    Ok(row.map(|(source,)| source))
}

/// Content that somebody wrote or that was made for one email, last stored before `$1`, which no issue shows and no email
/// bore. Its page goes with it: no address leads there. What every sign-up is answered with is kept, and so is a welcome:
/// a server that runs remembers them by their numbers.
macro_rules! unborne {
    () => {
        "r.kind IN ('issue', 'test', 'alarm') AND COALESCE(r.stored_at, r.created_at) <= $1
           AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.revision_id = r.id)
           AND NOT EXISTS (SELECT 1 FROM folded f WHERE f.revision_id = r.id)
           AND NOT EXISTS (SELECT 1 FROM folded_misses f WHERE f.revision_id = r.id)
           AND r.id NOT IN (SELECT d.revision_id FROM deliveries d WHERE d.issue_id IS NULL AND d.revision_id IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM issues i JOIN deliveries d ON d.issue_id = i.id
               WHERE i.newsletter_id = r.newsletter_id AND i.slug = r.slug AND d.revision_id = r.id)"
    };
}

/// How many revisions nothing bears that were last stored before `before`.
pub async fn count_unborne(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let (rows,): (i64,) =
        tx.sql(concat!("SELECT COUNT(*) FROM revisions r WHERE ", unborne!())).bind(before).fetch_one().await?;
    Ok(rows.unsigned_abs())
}

/// Up to `limit` of them. It may read a whole issue's ledger, so it is asked for where no writer waits.
pub async fn unborne(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<RevisionId>> {
    let rows: Vec<(RevisionId,)> = tx
        .sql(concat!("SELECT r.id FROM revisions r WHERE ", unborne!(), " ORDER BY r.id LIMIT $2"))
        .bind(before)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deletes a revision that nothing bore a moment ago, with its page, unless somebody stored it anew since. `false` then.
/// Whatever comes to bear a revision stores it first.
pub async fn delete_unborne(tx: &mut Tx, id: RevisionId, before: Timestamp) -> Result<bool> {
    let held = tx
        .sql(
            "UPDATE revisions SET stored_at = stored_at
             WHERE id = $1 AND COALESCE(stored_at, created_at) <= $2
               AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.revision_id = revisions.id)",
        )
        .bind(id)
        .bind(before)
        .execute()
        .await?;
    if held == 0 {
        return Ok(false);
    }
    tx.sql("DELETE FROM pages WHERE revision_id = $1").bind(id).execute().await?;
    tx.sql("DELETE FROM revision_images WHERE revision_id = $1").bind(id).execute().await?;
    Ok(tx.sql("DELETE FROM revisions WHERE id = $1").bind(id).execute().await? == 1)
}
