//! A mistake in an issue that went out, or is going out, is corrected where it can be: on its page, in the feeds, and
//! for who has not got it yet. Nobody gets it twice.

use super::pictures;
use super::publisher::Publisher;
use super::render::RenderedIssue;
use super::source::{Source, SourceError};
use crate::domain::issue::IssueState;
use crate::store::{StoreError, Tx, issues, pages, revisions};

/// Why an issue was not corrected. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CorrectError {
    #[error(transparent)]
    Source(#[from] SourceError),
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

impl Publisher<'_> {
    /// Puts the text of `source` in the place of what is on the web; `false` if it was there already.
    pub async fn correct(&self, source: &Source) -> Result<bool, CorrectError> {
        let newsletter = self.newsletter();
        let unknown = || CorrectError::Unknown(source.slug.clone());
        let issue = issues::find(&mut self.db.read().await?, newsletter.id, &source.slug).await?;
        let issue = issue.ok_or_else(unknown)?;
        let is_out = |state| matches!(state, IssueState::Sending | IssueState::Paused | IssueState::Sent);
        let refusal = |state| {
            let slug = source.slug.clone();
            if state == IssueState::Stopped {
                CorrectError::Stopped(slug)
            } else {
                CorrectError::NotSent { slug, state }
            }
        };
        if !is_out(issue.state) {
            return Err(refusal(issue.state));
        }
        // Its date stays that of its sending.
        let date = newsletter.date_of(issue.started_at.unwrap_or(self.now));
        let RenderedIssue { revision, page, images, .. } = self.renderer.render(source, date)?;
        pictures::store(self.db, &images, self.now).await?;
        let store = async |tx: &mut Tx| -> Result<bool, CorrectError> {
            // Nobody may pause, end or finish it between this look and the change.
            issues::lock(tx, issue.id).await?;
            let now = issues::get(tx, issue.id).await?.ok_or_else(unknown)?;
            if !is_out(now.state) {
                return Err(refusal(now.state));
            }
            let id = revisions::ensure(tx, newsletter.id, &revision, self.now).await?;
            let changed = pages::put(tx, id, &page).await?;
            pictures::attach(tx, id, &images).await?;
            if id == now.revision_id && !changed {
                return Ok(false);
            }
            issues::revise(tx, issue.id, now.state, &revision.title, id, self.by()).await?;
            issues::mark_corrected(tx, issue.id, self.now).await?;
            Ok(true)
        };
        self.db.write(store).await
    }
}
