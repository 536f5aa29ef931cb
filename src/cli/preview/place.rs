//! Where the issue of a file stands, and what `coranto queue` would do with it. Looks; writes nothing.

use jiff::tz::TimeZone;

use crate::cli::Context;
use crate::cli::issue_files::IssueFiles;
use crate::cli::text::count;
use crate::clock::Timestamp;
use crate::domain::issue::IssueState;
use crate::domain::moment::moment;
use crate::domain::newsletter::Newsletter;
use crate::publishing::{QueueError, Source, outlook};
use crate::store::Db;
use crate::store::issues::Issue;
use crate::web::preview::PreviewPlace;

/// What is to be said of a file beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileStatus {
    pub(super) place: PreviewPlace,
    /// What is queued, where that is something else; may be empty.
    pub(super) note: String,
    /// What `coranto queue` would do.
    pub(super) outlook: String,
}

/// Where the issue of a file with so many errors stands.
pub(super) async fn of(
    source: &Source,
    errors: usize,
    newsletter: &Newsletter,
    shelf: &IssueFiles<'_>,
    context: &Context,
) -> anyhow::Result<FileStatus> {
    let now = context.now();
    let look = async |db: &Db, newsletter: &Newsletter| {
        let found = shelf.standing(db, newsletter, &source.slug).await?;
        anyhow::Ok((found, outlook(Some(db), newsletter, source, now).await))
    };
    let (found, would) = match shelf.looked(newsletter, look).await? {
        Some(looked) => looked,
        None => (None, outlook(None, newsletter, source, now).await),
    };
    let standing = found.as_ref().and_then(|(_, standing)| standing.as_ref());
    let note = standing.and_then(|standing| standing.note.clone()).unwrap_or_default();
    let differs = standing.is_some_and(|standing| standing.differs.is_some());
    let issue = found.as_ref().map(|(issue, _)| issue);
    let place = place(issue, source.issue.front.draft, differs);
    let outlook = sentence(place, errors, issue.map(|issue| issue.state), would, &newsletter.time_zone);
    Ok(FileStatus { place, note, outlook })
}

fn place(issue: Option<&Issue>, is_draft: bool, differs: bool) -> PreviewPlace {
    match issue.map(|issue| issue.state) {
        None | Some(IssueState::Draft) if is_draft => PreviewPlace::Draft,
        None | Some(IssueState::Draft) => PreviewPlace::Unqueued,
        Some(IssueState::Held) => PreviewPlace::Held,
        Some(IssueState::Sent | IssueState::Stopped) => PreviewPlace::Over,
        Some(_) if differs => PreviewPlace::Other,
        Some(_) => PreviewPlace::Queued,
    }
}

/// What `coranto queue` would do, in a sentence.
fn sentence(
    place: PreviewPlace,
    errors: usize,
    state: Option<IssueState>,
    would: Result<Option<Timestamp>, QueueError>,
    zone: &TimeZone,
) -> String {
    let at = |at: Option<Timestamp>| at.map_or_else(String::new, |at| format!(" for {}", moment(at, zone)));
    match (place, state, would) {
        (PreviewPlace::Queued, Some(IssueState::Paused), _) => {
            "This text is queued, and the issue is paused.".to_owned()
        }
        (PreviewPlace::Queued, Some(IssueState::Sending | IssueState::Preparing), _) => {
            "The issue is going out with this text.".to_owned()
        }
        (PreviewPlace::Draft, ..) if errors > 0 => {
            let errors = count(errors as u64, "error");
            format!("`coranto queue` would refuse this file: it is a draft, with {errors}.")
        }
        _ if errors > 0 => format!("`coranto queue` would refuse this file: {}.", count(errors as u64, "error")),
        (_, _, Err(QueueError::Past(at))) => {
            format!("`coranto queue` would refuse this file: {} is past.", moment(at, zone))
        }
        (_, _, Err(why)) => format!("`coranto queue` would refuse this file: {why}."),
        (PreviewPlace::Queued, _, Ok(due_at)) => format!("This text is queued{}.", at(due_at)),
        (PreviewPlace::Other, _, Ok(due_at)) => {
            format!("`coranto queue` would put this text in the place of the queued one{}.", at(due_at))
        }
        (_, _, Ok(due_at)) => format!("`coranto queue` would queue this text{}.", at(due_at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-12-04 09:00 in UTC.
    const AT: Timestamp = Timestamp(1_796_374_800_000);

    #[test]
    fn what_queue_would_do_is_said_for_every_place() {
        let sending = || QueueError::GoingOut { slug: "a".to_owned() };
        for (place, errors, state, would, said) in [
            (PreviewPlace::Unqueued, 0, None, Ok(Some(AT)), "would queue this text for Fri 2026-12-04 09:00 UTC."),
            (PreviewPlace::Unqueued, 0, None, Ok(None), "would queue this text."),
            (
                PreviewPlace::Unqueued,
                0,
                None,
                Err(QueueError::Past(AT)),
                "refuse this file: Fri 2026-12-04 09:00 UTC is past.",
            ),
            (PreviewPlace::Unqueued, 2, None, Ok(Some(AT)), "would refuse this file: 2 errors."),
            (
                PreviewPlace::Draft,
                1,
                None,
                Err(QueueError::Draft),
                "would refuse this file: it is a draft, with 1 error.",
            ),
            (PreviewPlace::Draft, 0, None, Err(QueueError::Draft), "refuse this file: it is a draft: "),
            (PreviewPlace::Held, 0, Some(IssueState::Held), Ok(Some(AT)), "would queue this text for Fri"),
            (PreviewPlace::Queued, 0, Some(IssueState::Queued), Ok(Some(AT)), "This text is queued for Fri 2026-12-04"),
            (PreviewPlace::Queued, 0, Some(IssueState::Paused), Ok(Some(AT)), "the issue is paused"),
            (PreviewPlace::Queued, 0, Some(IssueState::Sending), Err(sending()), "is going out with this text"),
            (PreviewPlace::Other, 0, Some(IssueState::Queued), Ok(Some(AT)), "in the place of the queued one for Fri"),
            (PreviewPlace::Other, 0, Some(IssueState::Sending), Err(sending()), "`coranto issues pause a` first"),
            (PreviewPlace::Other, 1, Some(IssueState::Queued), Ok(Some(AT)), "would refuse this file: 1 error."),
            (
                PreviewPlace::Over,
                0,
                Some(IssueState::Sent),
                Err(QueueError::Done { slug: "a".to_owned(), state: "was sent" }),
                "\"a\" was sent already",
            ),
        ] {
            let sentence = sentence(place, errors, state, would, &TimeZone::UTC);
            assert!(sentence.contains(said), "{place:?}, {errors} errors, {state:?}: {sentence}");
        }
    }
}
