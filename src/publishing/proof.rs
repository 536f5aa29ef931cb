//! An editor's proof becomes a revision of its own kind: the issue as it stands, marked as a test. Never sends.

use super::library::{Draft, Library, RenderedIssue};
use super::pictures;
use super::queue::{QueueContext, QueueError};
use crate::domain::delivery::DeliveryKind;
use crate::domain::{NewsletterId, RevisionId};
use crate::store::{Db, revisions};

/// What stands before a proof's subject, so that nobody takes it for the issue.
const MARK: &str = "[Test]";

/// Stores a proof of `draft`, rendered for the day on which it would go out. A draft may be proofed.
pub async fn proof(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    act: &QueueContext<'_>,
) -> Result<RevisionId, QueueError> {
    let date = library.date_of(library.expected_time(draft, act.now));
    let RenderedIssue { mut revision, images, .. } = library.render(draft, date)?;
    revision.kind = DeliveryKind::Test;
    revision.subject = format!("{MARK} {}", revision.subject);
    pictures::store(db, &images, act.now).await?;
    db.write(async |tx| {
        let id = revisions::ensure(tx, newsletter, &revision, act.now).await?;
        pictures::attach(tx, id, &images).await?;
        Ok(id)
    })
    .await
}
