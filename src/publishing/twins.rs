//! Is this text another issue's already? Whoever copies last week's file and forgets to write is asked before it goes
//! out again. Decides; the queue refuses.

use super::library::Draft;
use super::queue::QueueError;
use crate::content;
use crate::domain::NewsletterId;
use crate::store::{Tx, revisions};

/// Front matter has at most so many characters; the text is the rest of a source.
const FRONT_MATTER_CHARS_MAX: usize = 17 * 1024;
/// Shorter texts may well be the same each week; they count only under the same title.
const WORDS_MIN: usize = 20;

/// Refuses a draft whose text is that of another issue of the newsletter.
pub(super) async fn refuse(tx: &mut Tx, newsletter: NewsletterId, draft: &Draft) -> Result<(), QueueError> {
    let text = squeezed(draft.issue.body());
    let most = draft.issue.body().chars().count() + FRONT_MATTER_CHARS_MAX;
    let title = draft.issue.front.title.as_str();
    for other in revisions::sources(tx, newsletter, &draft.slug, text.chars().count(), most).await? {
        let Ok(issue) = content::read(other.source.as_bytes()) else { continue };
        let is_telling = text.split(' ').count() >= WORDS_MIN || issue.front.title == title;
        if is_telling && squeezed(issue.body()) == text {
            return Err(QueueError::Twin { other: other.slug, state: other.state });
        }
    }
    Ok(())
}

/// The text whatever its line ends and blanks are.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
