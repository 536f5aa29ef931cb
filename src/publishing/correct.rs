//! A mistake in an issue that went out is corrected where it can be: on its page and in the feeds. Mails are not sent
//! again.

use super::library::{Draft, Library, LibraryError, Rendered};
use super::pictures;
use super::queue::Act;
use crate::domain::NewsletterId;
use crate::domain::issue::IssueState;
use crate::store::{Db, StoreError, Tx, issues, pages, revisions};

/// Why an issue was not corrected. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CorrectError {
    /// Its file.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// There is none of this slug.
    #[error("there is no issue {0:?}; `coranto queue FILE` brings one in")]
    Unknown(String),
    /// It is not out.
    #[error("{slug:?} has not been sent, it is {state}; `coranto queue FILE` gives it new content")]
    NotSent {
        /// The issue.
        slug: String,
        /// Where it stands.
        state: IssueState,
    },
    /// Anything the database says.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts the text of `draft` in the place of what is on the web; `false` if it was there already.
pub async fn correct(
    db: &Db,
    library: &Library<'_>,
    newsletter: NewsletterId,
    draft: &Draft,
    act: &Act<'_>,
) -> Result<bool, CorrectError> {
    let mut tx = db.read().await?;
    let issue = issues::find(&mut tx, newsletter, &draft.slug).await?;
    drop(tx);
    let issue = issue.ok_or_else(|| CorrectError::Unknown(draft.slug.clone()))?;
    let not_sent = |state| CorrectError::NotSent { slug: draft.slug.clone(), state };
    if issue.state != IssueState::Sent {
        return Err(not_sent(issue.state));
    }
    // Its date stays that of its sending.
    let date = library.date_of(issue.started_at.unwrap_or(act.now));
    let Rendered { revision, page, images, .. } = library.render(draft, date)?;
    pictures::store(db, &images, act.now).await?;
    let store = async |tx: &mut Tx| -> Result<bool, CorrectError> {
        let id = revisions::ensure(tx, newsletter, &revision, act.now).await?;
        let changed = pages::put(tx, id, &page).await?;
        pictures::attach(tx, id, &images).await?;
        if id == issue.revision_id && !changed {
            return Ok(false);
        }
        if !issues::revise(tx, issue.id, IssueState::Sent, &revision.title, id, act.by()).await? {
            return Err(not_sent(IssueState::Sending));
        }
        issues::mark_corrected(tx, issue.id, act.now).await?;
        Ok(true)
    };
    db.write(store).await
}
