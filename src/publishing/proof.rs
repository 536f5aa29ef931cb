//! An editor's proof becomes a revision of its own kind: the issue as it stands, marked as a test. Never sends.

use super::error::QueueError;
use super::pictures;
use super::publisher::Publisher;
use super::render::RenderedIssue;
use super::source::Source;
use crate::domain::RevisionId;
use crate::domain::delivery::DeliveryKind;
use crate::store::revisions;

/// What stands before a proof's subject, so that nobody takes it for the issue.
const MARK: &str = "[Test]";

impl Publisher<'_> {
    /// Stores a proof of `source`, rendered for the day on which it would go out. A draft may be proofed.
    pub async fn proof(&self, source: &Source) -> Result<RevisionId, QueueError> {
        let newsletter = self.newsletter();
        let date = newsletter.date_of(self.renderer.expected_time(source, self.now));
        let RenderedIssue { mut revision, images, .. } = self.renderer.render(source, date)?;
        revision.kind = DeliveryKind::Test;
        revision.subject = format!("{MARK} {}", revision.subject);
        pictures::store(self.db, &images, self.now).await?;
        self.db
            .write(async |tx| {
                let id = revisions::ensure(tx, newsletter.id, &revision, self.now).await?;
                pictures::attach(tx, id, &images).await?;
                Ok(id)
            })
            .await
    }
}
