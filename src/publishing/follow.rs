//! Files that say themselves when they are to go out (`send_at`) are followed: seen, queued, and kept up with while
//! they may still change. Other files are queued by a command alone.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::library::{Draft, Library, LibraryError};
use super::queue::{self, Actor, QueueError, When};
use crate::clock::Timestamp;
use crate::domain::NewsletterId;
use crate::domain::issue::IssueState;
use crate::store::issues::NewIssue;
use crate::store::{Db, StoreError, issues, revisions};

/// What was last seen of each file, so that one that did not change is not read again.
#[derive(Debug, Default)]
pub struct Follower {
    seen: HashMap<PathBuf, (SystemTime, u64)>,
}

impl Follower {
    /// Looks at every file of a newsletter once. What is wrong with one is logged once per change of it, and stops no
    /// other.
    pub async fn look(&mut self, db: &Db, library: &Library<'_>, newsletter: NewsletterId, now: Timestamp) {
        let files = match library.files() {
            Ok(files) => files,
            Err(error) => return tracing::warn!(%error, "the issues cannot be listed"),
        };
        for path in files {
            let Some(changed) = self.changed(&path) else { continue };
            match follow(db, library, newsletter, &path, now).await {
                Ok(()) => {
                    self.seen.insert(path, changed);
                }
                // The database is away: look again next time.
                Err(QueueError::Store(error)) => tracing::warn!(%error, "an issue could not be stored"),
                Err(error) => {
                    tracing::warn!(file = %path.display(), "not queued: {error}");
                    if let QueueError::Library(error) = &error {
                        for problem in error.problems() {
                            tracing::warn!(file = %path.display(), "{problem}");
                        }
                    }
                    self.seen.insert(path, changed);
                }
            }
        }
    }

    /// The file's stamp, if it is not the one last seen. A file is left alone in the second in which it was written:
    /// an editor may be in the middle of it.
    fn changed(&self, path: &Path) -> Option<(SystemTime, u64)> {
        let metadata = std::fs::metadata(path).ok()?;
        let stamp = (metadata.modified().ok()?, metadata.len());
        (self.seen.get(path) != Some(&stamp)).then_some(stamp)
    }
}

async fn follow(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    path: &Path,
    now: Timestamp,
) -> Result<(), QueueError> {
    let draft = library.read(path)?;
    let Some(send_at) = draft.issue.front.send_at.filter(|_| !draft.issue.front.draft) else { return Ok(()) };
    let wanted = library.wanted(&send_at);
    let found = issues::find(&mut db.read().await?, newsletter, &draft.slug).await?;
    let when = match (&found, wanted) {
        (None, Some(at)) if at < now => return hold_late(db, library, newsletter, &draft, now).await,
        (None, Some(at)) => When::At(at),
        (None, None) => When::NextSlot,
        (Some(issue), _) => match issue.state {
            IssueState::Queued => match wanted {
                Some(at) if at >= now => When::At(at),
                _ => When::NextSlot,
            },
            IssueState::Paused => When::NextSlot,
            // A person took it off the queue or must decide; or it went out.
            _ => return Ok(()),
        },
    };
    let queued =
        queue::queue(db, library, newsletter, &draft, when, &Actor { name: "schedule", now, dry_run: false }).await?;
    if found.is_none() || queued.revised {
        let due_at = queued.issue.due_at.unwrap_or_default();
        tracing::info!(issue = queued.issue.slug, %due_at, "queued, as its file says");
    }
    Ok(())
}

/// A file whose time was already past when it was first seen is not sent by itself.
async fn hold_late(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    now: Timestamp,
) -> Result<(), QueueError> {
    let rendered =
        library.render(draft, library.date_of(now)).map_err(|error: LibraryError| QueueError::from(error))?;
    let note = "its send_at was already past when the file was first seen; queue it if it is to go out";
    db.write(async |tx| {
        let revision = revisions::ensure(tx, newsletter, &rendered.revision, now).await?;
        let title = rendered.revision.title.as_str();
        let slug = draft.slug.as_str();
        let state = IssueState::Held;
        let new = NewIssue { newsletter, slug, title, state, revision, due_at: None, on_slot: false, note };
        issues::insert(tx, &new, now).await?;
        Ok::<_, StoreError>(())
    })
    .await?;
    tracing::warn!(issue = draft.slug, "held: {note}");
    Ok(())
}
