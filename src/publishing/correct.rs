//! A mistake in an issue that went out, or is going out, is corrected where it can be: on its page, in the feeds, and
//! for who has not got it yet. Nobody gets it twice.

use super::library::{Draft, Library, LibraryError, RenderedIssue};
use super::pictures;
use super::queue::QueueContext;
use crate::domain::NewsletterId;
use crate::domain::issue::IssueState;
use crate::store::{Db, StoreError, Tx, issues, pages, revisions};

/// Why an issue was not corrected. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CorrectError {
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// There is none of this slug.
    #[error("there is no issue {0:?}; `coranto queue FILE` brings one in")]
    Unknown(String),
    /// It is not out, or was ended.
    #[error("{slug:?} is {state}: nobody has got it yet; `coranto queue FILE` gives it new content")]
    NotSent { slug: String, state: IssueState },
    /// It was ended, and is not on the web.
    #[error("{0:?} was stopped: it is not on the web, so there is nothing to correct")]
    Stopped(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts the text of `draft` in the place of what is on the web; `false` if it was there already.
pub async fn correct(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    act: &QueueContext<'_>,
) -> Result<bool, CorrectError> {
    let mut tx = db.read().await?;
    let issue = issues::find(&mut tx, newsletter, &draft.slug).await?;
    drop(tx);
    let issue = issue.ok_or_else(|| CorrectError::Unknown(draft.slug.clone()))?;
    let is_out = |state| matches!(state, IssueState::Sending | IssueState::Paused | IssueState::Sent);
    let refusal = |state| {
        let slug = draft.slug.clone();
        if state == IssueState::Stopped { CorrectError::Stopped(slug) } else { CorrectError::NotSent { slug, state } }
    };
    if !is_out(issue.state) {
        return Err(refusal(issue.state));
    }
    // Its date stays that of its sending.
    let date = library.date_of(issue.started_at.unwrap_or(act.now));
    let RenderedIssue { revision, page, images, .. } = library.render(draft, date)?;
    pictures::store(db, &images, act.now).await?;
    let store = async |tx: &mut Tx| -> Result<bool, CorrectError> {
        // Nobody may pause, end or finish it between this look and the change.
        issues::lock(tx, issue.id).await?;
        let now = issues::get(tx, issue.id).await?.ok_or_else(|| CorrectError::Unknown(draft.slug.clone()))?;
        if !is_out(now.state) {
            return Err(refusal(now.state));
        }
        let id = revisions::ensure(tx, newsletter, &revision, act.now).await?;
        let changed = pages::put(tx, id, &page).await?;
        pictures::attach(tx, id, &images).await?;
        if id == now.revision_id && !changed {
            return Ok(false);
        }
        issues::revise(tx, issue.id, now.state, &revision.title, id, act.by()).await?;
        issues::mark_corrected(tx, issue.id, act.now).await?;
        Ok(true)
    };
    db.write(store).await
}
