//! An issue as an editor asks about it: rendered for the day on which it would go out, with everything that is to be
//! said of it. Commands, the queue and whatever else shows an issue ask here. Knows no database.

use jiff::civil::Date;

use super::library::{Draft, Library, LibraryError, Rendered};
use super::links::{self, Asked, Asking};
use crate::clock::Timestamp;
use crate::content::{Problem, advice};
use crate::domain::slot::next_of;

/// An issue and what there is to say of it.
#[derive(Debug)]
pub struct Checked {
    /// Where each stands, why it matters and what to do.
    pub problems: Vec<Problem>,
    /// The issue, unless something stops it.
    pub rendered: Option<Rendered>,
    /// The day it is rendered for.
    pub date: Date,
}

impl Checked {
    /// Whether it may go out as it is.
    pub fn is_ok(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

impl Library<'_> {
    /// Checks an issue as if it were to go out now.
    pub fn check(&self, draft: &Draft, now: Timestamp) -> Result<Checked, LibraryError> {
        let date = self.expected_date(draft, now);
        let (mut problems, rendered) = match self.render(draft, date) {
            Ok(mut rendered) => (std::mem::take(&mut rendered.warnings), Some(rendered)),
            Err(LibraryError::Content { problems, .. }) => (problems, None),
            Err(other) => return Err(other),
        };
        problems.extend(self.late(draft, now));
        Ok(Checked { problems, rendered, date })
    }

    /// The day on which an issue would go out, as far as files and slots tell: the one its front matter says, or the one
    /// in its name, or the next slot's.
    pub fn expected_date(&self, draft: &Draft, now: Timestamp) -> Date {
        let today = self.date_of(now);
        let wanted = draft.issue.front.send_at.as_ref().and_then(|send_at| self.wanted(send_at));
        let next = || next_of(&self.newsletter.slots, &self.newsletter.time_zone, now);
        match (wanted, draft.named_date) {
            (Some(wanted), _) => self.date_of(wanted),
            // A past one too: it is shown as it went out.
            (None, Some(named)) => named,
            (None, None) => next().map_or(today, |at| self.date_of(at)),
        }
    }

    /// Asks every link of an issue whether it leads anywhere.
    pub async fn ask_links(&self, draft: &Draft) -> Result<Vec<Problem>, rustls::Error> {
        let addresses = advice::addresses(&draft.issue, self.newsletter);
        let all: Vec<Asked> = addresses.into_iter().map(|(url, at)| Asked { url, at }).collect();
        links::ask(&all, &Asking { public_url: self.public_url.to_owned(), may_ask: links::is_public }).await
    }

    fn late(&self, draft: &Draft, now: Timestamp) -> Option<Problem> {
        let wanted = draft.issue.front.send_at.as_ref().and_then(|send_at| self.wanted(send_at))?;
        let at = draft.issue.front.places.of("send_at");
        let message = "`send_at` is in the past, so it does not go out by itself";
        let hint = "write a time to come, or send it with `coranto queue FILE --now`";
        (wanted < now).then(|| Problem::warning(at, "send-at-past", message).hint(hint))
    }
}
