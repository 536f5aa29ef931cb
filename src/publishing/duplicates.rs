//! Is this text another issue's already? An editor who queues last week's text again is asked first; and a file that was renamed is no new issue by itself. Decides; the queue refuses, and the follower holds.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::error::QueueError;
use super::source::Source;
use crate::content;
use crate::domain::NewsletterId;
use crate::store::revisions::RevisionSource;
use crate::store::{StoreError, Tx, revisions};

/// Front matter has at most so many characters; the text is the rest of a source.
const FRONT_MATTER_CHARS_MAX: usize = 17 * 1024;
/// Shorter texts may well be the same each week; they count only under the same title.
const WORDS_MIN: usize = 20;
/// A file that was renamed and touched is like the issue it was: two years of weeks are looked back.
const LIKE_LOOKED_AT: usize = 104;
/// Of two texts, the share of one in the other from which they are one text, edited. Two issues of one newsletter share
/// a tenth: a greeting, a signature.
const LIKE: f64 = 0.6;
/// The same under one title.
const LIKE_UNDER_ONE_TITLE: f64 = 0.3;
/// Texts are compared by their pieces of so many characters, in any script.
const PIECE_CHARS: usize = 8;

/// Refuses a draft whose text is that of another issue of the newsletter.
pub(super) async fn refuse(tx: &mut Tx, newsletter: NewsletterId, source: &Source) -> Result<(), QueueError> {
    let text = squeezed(source.issue.body());
    let most = source.issue.body().chars().count() + FRONT_MATTER_CHARS_MAX;
    let title = source.issue.front.title.as_str();
    for other in revisions::sources(tx, newsletter, &source.slug, text.chars().count(), most).await? {
        let Ok(issue) = content::read(other.source.as_bytes()) else { continue };
        let is_telling = text.split(' ').count() >= WORDS_MIN || issue.front.title == title;
        if is_telling && squeezed(issue.body()) == text {
            return Err(QueueError::Twin { other: other.slug, state: other.state });
        }
    }
    Ok(())
}

/// The issue of the newsletter that a draft is, under another name: the same title and much of the text, or nearly all
/// of the text.
pub(super) async fn likeness(
    tx: &mut Tx,
    newsletter: NewsletterId,
    source: &Source,
) -> Result<Option<RevisionSource>, StoreError> {
    let text = squeezed(source.issue.body());
    let title = source.issue.front.title.trim().to_lowercase();
    let is_short = |text: &str| text.split(' ').count() < WORDS_MIN;
    let own = pieces(&text);
    let sources = revisions::sources(tx, newsletter, &source.slug, 0, usize::MAX).await?;
    for other in sources.into_iter().take(LIKE_LOOKED_AT) {
        let Ok(issue) = content::read(other.source.as_bytes()) else { continue };
        let theirs = squeezed(issue.body());
        let one_title = issue.front.title.trim().to_lowercase() == title;
        // Pieces of texts that differ much in length are not worth counting.
        let lengths = (text.len().min(theirs.len()) * 3, text.len().max(theirs.len()));
        let is_like = match one_title {
            true if is_short(&text) || is_short(&theirs) => true,
            true => shared(&own, &pieces(&theirs)) >= LIKE_UNDER_ONE_TITLE,
            false if is_short(&text) || lengths.0 < lengths.1 => false,
            false => shared(&own, &pieces(&theirs)) >= LIKE,
        };
        if is_like {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

fn pieces(text: &str) -> HashSet<u64> {
    let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let hash = |piece: &[char]| {
        let mut hasher = DefaultHasher::new();
        piece.hash(&mut hasher);
        hasher.finish()
    };
    chars.windows(PIECE_CHARS.min(chars.len()).max(1)).map(hash).collect()
}

/// How much of two texts is in both: 0 for nothing, 1 for all.
fn shared(one: &HashSet<u64>, other: &HashSet<u64>) -> f64 {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let both = one.intersection(other).count();
    2.0 * count(both) / count(one.len() + other.len()).max(1.0)
}

/// The text whatever its line ends and blanks are.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
