//! What comes back after mail was sent, and what follows for its readers. Notices are stored at once, by whoever hears of
//! them; an hour later they are settled here, when a storm can be seen whole. A person answers what a brake holds.

pub mod accepted;
mod answer;
pub mod archive;
mod calls;
mod find;
mod group_commit;
pub mod hooks;
pub mod issue_report;
pub mod listener;
pub mod mailbox;
pub mod read;
mod receive;
mod report;
mod settle;

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::IssueId;
use crate::domain::alarm::AlarmName;
use crate::domain::notice::Effect;
use crate::store::notices::{self, Notice};
use crate::store::{Result, Tx, alarms};

pub use answer::{Answer, AnswerError, Wanted, discard, release};
pub use calls::{RelayHosts, call};
pub use receive::{Intake, Receipt};
pub use report::{ReadReport, Report};
pub use settle::{Settled, Settler, settle};

/// What an alarm about held notices names: `NEWSLETTER/ISSUE`, or the relay where there is no issue.
fn scope(notice: &Notice) -> String {
    match (&notice.newsletter, &notice.issue) {
        (Some(newsletter), Some(issue)) => format!("{newsletter}/{issue}"),
        _ => notice.relay.clone().unwrap_or_default(),
    }
}

/// Ends the alarms of issues of which nothing is held any more.
async fn clear_alarms(tx: &mut Tx, answered: &[Notice], now: Timestamp) -> Result<()> {
    let scopes: BTreeMap<Option<IssueId>, String> =
        answered.iter().map(|notice| (notice.issue_id, scope(notice))).collect();
    for (issue, scope) in scopes {
        if notices::of_issue(tx, issue, [Effect::Held, Effect::Held]).await?.is_empty() {
            alarms::clear(tx, AlarmName::BouncesHeld, &scope, now).await?;
        }
    }
    Ok(())
}
