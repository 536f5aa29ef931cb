//! What to do with an issue that is not in the state that a command needs.

use crate::domain::issue::IssueState;

/// What may be done to an issue where it stands.
pub(super) fn instead(state: IssueState, slug: &str, file: &str) -> String {
    match state {
        IssueState::Draft | IssueState::Held => format!("`coranto queue {file}` gives it a place"),
        IssueState::Queued => format!("`coranto issues unschedule {slug}` takes it off the queue"),
        IssueState::Sending | IssueState::Preparing => format!("`coranto issues pause {slug}` pauses it"),
        IssueState::Paused => format!("`coranto issues resume {slug}` resumes it"),
        IssueState::Sent => format!("`coranto issues correct {file}` corrects it on the web"),
        IssueState::Stopped => {
            format!("it is over for good; `coranto issues deliveries {slug} --missed` lists readers who did not get it")
        }
    }
}
