//! An issue as an editor asks about it: rendered for the day on which it would go out, with everything that is to be
//! said of it. Commands, the queue and whatever else shows an issue ask here. Knows no database.

use jiff::civil::Date;

use super::links::{self, Asking, CheckedLink};
use super::publisher::Renderer;
use super::render::RenderedIssue;
use super::source::Source;
use crate::clock::Timestamp;
use crate::content::{Problem, advice};
use crate::domain::slot::next_of;

/// An issue and what there is to say of it.
#[derive(Debug)]
pub struct Checked {
    /// Where each stands, why it matters and what to do.
    pub problems: Vec<Problem>,
    /// The issue as far as it can be shown; none where a layout does not work.
    pub rendered: Option<RenderedIssue>,
    /// When it would go out.
    pub at: Timestamp,
    /// The day of that, which it is rendered for.
    pub date: Date,
}

impl Checked {
    /// Whether it may go out as it is.
    pub fn is_ok(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

impl Renderer<'_> {
    /// Checks an issue as if it were to go out now.
    pub fn check(&self, source: &Source, now: Timestamp) -> Checked {
        let at = self.expected_time(source, now);
        let date = self.newsletter.date_of(at);
        let (rendered, mut problems) = self.render_so_far(source, date);
        problems.extend(self.late(source, now));
        Checked { problems, rendered, at, date }
    }

    /// When an issue would go out, as far as files and slots tell: at the time its front matter says, or on the day in
    /// its name, or on the next slot.
    pub fn expected_time(&self, source: &Source, now: Timestamp) -> Timestamp {
        let next = |after| next_of(&self.newsletter.slots, &self.newsletter.time_zone, after);
        match (source.wanted, source.named_date) {
            (Some(wanted), _) => wanted,
            // A past one too: it is shown as it went out.
            (None, Some(named)) => {
                let begin = self.newsletter.instant(named.at(0, 0, 0, 0));
                let slot = next(Timestamp(begin.0 - 1)).filter(|at| self.newsletter.date_of(*at) == named);
                slot.unwrap_or_else(|| self.newsletter.instant(named.at(12, 0, 0, 0)))
            }
            (None, None) => next(now).unwrap_or(now),
        }
    }

    /// Asks every link of an issue whether it leads anywhere.
    pub async fn ask_links(&self, source: &Source) -> Result<Vec<Problem>, crate::https::TlsError> {
        let addresses = advice::addresses(&source.issue, self.newsletter);
        let all: Vec<CheckedLink> = addresses.into_iter().map(|(url, at)| CheckedLink { url, at }).collect();
        links::ask(&all, &Asking { public_url: self.public_url.to_owned(), may_ask: crate::https::is_public }).await
    }

    fn late(&self, source: &Source, now: Timestamp) -> Option<Problem> {
        let at = source.issue.front.places.of("send_at");
        let message = "`send_at` is in the past, so it does not go out by itself";
        let hint = "write a time to come, or send it with `coranto queue FILE --now`";
        source.wanted.filter(|wanted| *wanted < now).map(|_| Problem::warning(at, "send-at-past", message).hint(hint))
    }
}
