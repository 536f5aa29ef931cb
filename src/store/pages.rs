//! Web versions of issues, and which of them the public may see: those that have begun to go out, and whose page says
//! so. Everything that shows an issue to strangers reads from here.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::issue::Visibility;
use crate::domain::{IssueId, NewsletterId, RevisionId};

record! {
    /// A web version to be stored.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NewPage {
        pub visibility: Visibility,
        /// The inside of an article, the same for every reader.
        pub html: String,
        pub summary: String,
        /// Who wrote it; may be empty.
        pub author: String,
        /// A picture's address; may be empty.
        pub image: String,
        /// What was wrong in an earlier text; may be empty.
        pub correction: String,
        pub words: i64,
        /// What a search looks through, in lower case.
        pub search: String,
    }
}

record! {
    /// A published issue as a page.
    #[derive(Clone, Debug)]
    pub struct Page {
        pub id: IssueId,
        pub slug: String,
        pub title: String,
        /// BCP 47.
        pub language: String,
        /// When it began to go out.
        pub published_at: Timestamp,
        /// When its content last changed after that.
        pub corrected_at: Option<Timestamp>,
        pub visibility: Visibility,
        /// The inside of an article.
        pub html: String,
        pub summary: String,
        /// Who wrote it; may be empty.
        pub author: String,
        /// A picture's address; may be empty.
        pub image: String,
        /// What was wrong in an earlier text; may be empty.
        pub correction: String,
        pub words: i64,
    }
}

record! {
    /// A published issue in a list.
    #[derive(Clone, Debug)]
    pub struct ArchiveEntry {
        pub slug: String,
        pub title: String,
        /// BCP 47.
        pub language: String,
        /// When it began to go out.
        pub published_at: Timestamp,
        /// When its content last changed after that.
        pub corrected_at: Option<Timestamp>,
        pub summary: String,
    }
}

/// How many words a search may have.
pub const TERMS_MAX: usize = 5;

/// Which of the listed issues are wanted.
#[derive(Clone, Debug)]
pub struct Query {
    /// Not before this.
    pub from: Timestamp,
    pub until: Timestamp,
    /// Each of these is in it; in lower case.
    pub terms: Vec<String>,
    pub limit: i64,
    pub offset: i64,
}

impl Query {
    pub fn all(limit: i64, offset: i64) -> Self {
        Self { from: Timestamp(i64::MIN), until: Timestamp(i64::MAX), terms: Vec::new(), limit, offset }
    }

    /// The pattern of a term; of one that is not there, a pattern that everything matches.
    fn pattern(&self, index: usize) -> String {
        let Some(term) = self.terms.get(index) else { return "%".to_owned() };
        let mut pattern = String::from("%");
        for c in term.chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern + "%"
    }
}

/// The published issues of the newsletter `$1`: those that have begun to go out and have a page.
macro_rules! published {
    () => {
        " FROM issues i JOIN revisions r ON r.id = i.revision_id JOIN pages p ON p.revision_id = i.revision_id
          WHERE i.newsletter_id = $1 AND i.state IN ('sending', 'paused', 'sent') AND i.started_at IS NOT NULL
            AND p.visibility <> 'none'"
    };
}

/// Those of them that anybody may find.
macro_rules! listed {
    () => {
        concat!(published!(), " AND p.visibility = 'public'")
    };
}

/// What a [`Page`] is made of.
macro_rules! page {
    () => {
        "SELECT i.id, i.slug, i.title, r.language, i.started_at AS published_at, i.corrected_at, p.visibility, p.html,
                p.summary, p.author, p.image, p.correction, p.words"
    };
}

/// What an [`ArchiveEntry`] is made of.
macro_rules! entry {
    () => {
        "SELECT i.slug, i.title, r.language, i.started_at AS published_at, i.corrected_at, p.summary"
    };
}

/// Stores the web version of a revision, or another in its place; `false` if it was the same.
pub async fn put(tx: &mut Tx, revision: RevisionId, new: &NewPage) -> Result<bool> {
    let changed = tx
        .sql(
            "INSERT INTO pages (revision_id, visibility, html, summary, author, image, correction, words, search)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (revision_id) DO UPDATE SET visibility = excluded.visibility, html = excluded.html,
             summary = excluded.summary, author = excluded.author, image = excluded.image,
             correction = excluded.correction, words = excluded.words, search = excluded.search
         WHERE pages.visibility <> excluded.visibility OR pages.html <> excluded.html
            OR pages.summary <> excluded.summary OR pages.author <> excluded.author OR pages.image <> excluded.image
            OR pages.correction <> excluded.correction OR pages.search <> excluded.search",
        )
        .bind(revision)
        .bind(new.visibility)
        .bind(new.html.as_str())
        .bind(new.summary.as_str())
        .bind(new.author.as_str())
        .bind(new.image.as_str())
        .bind(new.correction.as_str())
        .bind(new.words)
        .bind(new.search.as_str())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// The web version of a revision, published or not.
pub async fn of_revision(tx: &mut Tx, revision: RevisionId) -> Result<Option<NewPage>> {
    tx.sql(
        "SELECT visibility, html, summary, author, image, correction, words, search FROM pages WHERE revision_id = $1",
    )
    .bind(revision)
    .fetch_optional()
    .await
}

/// The published issue of that slug, listed or not.
pub async fn find(tx: &mut Tx, newsletter: NewsletterId, slug: &str) -> Result<Option<Page>> {
    tx.sql(concat!(page!(), published!(), " AND i.slug = $2")).bind(newsletter).bind(slug).fetch_optional().await
}

/// Listed issues with their text, latest first.
pub async fn latest(tx: &mut Tx, newsletter: NewsletterId, limit: i64, offset: i64) -> Result<Vec<Page>> {
    tx.sql(concat!(page!(), listed!(), " ORDER BY i.started_at DESC, i.id DESC LIMIT $2 OFFSET $3"))
        .bind(newsletter)
        .bind(limit)
        .bind(offset)
        .fetch_all()
        .await
}

/// Listed issues without their text, latest first.
pub async fn list(tx: &mut Tx, newsletter: NewsletterId, query: &Query) -> Result<Vec<ArchiveEntry>> {
    tx.sql(concat!(
            entry!(),
            listed!(),
            " AND i.started_at >= $2 AND i.started_at < $3 AND p.search LIKE $4 ESCAPE '\\' AND p.search LIKE $5 ESCAPE '\\' AND p.search LIKE $6 ESCAPE '\\'
           AND p.search LIKE $7 ESCAPE '\\' AND p.search LIKE $8 ESCAPE '\\'
         ORDER BY i.started_at DESC, i.id DESC LIMIT $9 OFFSET $10"
    ))
    .bind(newsletter)
    .bind(query.from)
    .bind(query.until)
    .bind(query.pattern(0))
    .bind(query.pattern(1))
    .bind(query.pattern(2))
    .bind(query.pattern(3))
    .bind(query.pattern(4))
    .bind(query.limit)
    .bind(query.offset)
    .fetch_all()
    .await
}

/// When the listed issues began to go out, latest first, at most `limit`.
pub async fn times(tx: &mut Tx, newsletter: NewsletterId, limit: i64) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = tx
        .sql(concat!("SELECT i.started_at", listed!(), " ORDER BY i.started_at DESC, i.id DESC LIMIT $2"))
        .bind(newsletter)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// The listed issue before one that began to go out at `at`.
pub async fn before(tx: &mut Tx, newsletter: NewsletterId, at: Timestamp, id: IssueId) -> Result<Option<ArchiveEntry>> {
    tx.sql(concat!(
        entry!(),
        listed!(),
        " AND (i.started_at < $2 OR i.started_at = $2 AND i.id < $3) ORDER BY i.started_at DESC, i.id DESC LIMIT 1"
    ))
    .bind(newsletter)
    .bind(at)
    .bind(id)
    .fetch_optional()
    .await
}

/// The listed issue after one that began to go out at `at`.
pub async fn after(tx: &mut Tx, newsletter: NewsletterId, at: Timestamp, id: IssueId) -> Result<Option<ArchiveEntry>> {
    tx.sql(concat!(
        entry!(),
        listed!(),
        " AND (i.started_at > $2 OR i.started_at = $2 AND i.id > $3) ORDER BY i.started_at, i.id LIMIT 1"
    ))
    .bind(newsletter)
    .bind(at)
    .bind(id)
    .fetch_optional()
    .await
}

record! {
    /// The latest issue that strangers may read, as its editor wrote it.
    #[derive(Clone, Debug)]
    pub struct Latest {
        pub slug: String,
        pub title: String,
        pub source: String,
        pub revision_id: RevisionId,
    }
}

/// The latest issue of a newsletter that has begun to go out and that the public may read.
pub async fn latest_public(tx: &mut Tx, newsletter: NewsletterId) -> Result<Option<Latest>> {
    tx.sql(
        "SELECT i.slug, i.title, r.source, i.revision_id
         FROM issues i JOIN revisions r ON r.id = i.revision_id JOIN pages p ON p.revision_id = r.id
         WHERE i.newsletter_id = $1 AND i.state IN ('sending', 'paused', 'sent') AND i.started_at IS NOT NULL
           AND p.visibility = $2
         ORDER BY i.started_at DESC, i.id DESC LIMIT 1",
    )
    .bind(newsletter)
    .bind(Visibility::Public)
    .fetch_optional()
    .await
}
