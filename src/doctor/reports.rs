//! When each door last brought a report. Silence is no error: a small list may have no bounces for weeks. It is worth a
//! warning once issues went out long ago and nothing ever came.

use std::time::Duration;

use super::{CheckName, Finding};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::domain::notice::NoticeSource;
use crate::figures::count;
use crate::store::{Db, Result, hooks, issues, mailboxes, notices};

/// Most reports come within it: servers give up after five days at the latest, and refuse at once.
const SILENCE_MAX: Duration = Duration::from_secs(3 * DAY_SECONDS);
const DAY_SECONDS: u64 = 24 * 3600;

/// What each door of the configuration last brought. A database that cannot be read has a finding of its own.
pub(super) async fn look(db: &Db, config: &Config, now: Timestamp) -> Vec<Finding> {
    of_doors(db, config, now).await.unwrap_or_default()
}

async fn of_doors(db: &Db, config: &Config, now: Timestamp) -> Result<Vec<Finding>> {
    let mut tx = db.read().await?;
    let news = notices::latest(&mut tx).await?;
    let first = issues::first_finished(&mut tx).await?;
    let is_due = first.is_some_and(|at| now.since(at) >= SILENCE_MAX);
    let of_source = |source: NoticeSource| news.iter().find(|one| one.source == source).map(|one| one.at);
    let inbound = &config.inbound;
    let mut all = Vec::new();
    if inbound.smtp_listen.is_some() || inbound.lmtp_listen.is_some() {
        all.push(age("at the listener", of_source(NoticeSource::Listener), is_due, now));
    }
    if inbound.pipe {
        all.push(age("of the pipe", of_source(NoticeSource::Pipe), is_due, now));
    }
    if !inbound.mailboxes.is_empty() {
        all.push(age("in mailboxes", of_source(NoticeSource::Mailbox), is_due, now));
    }
    let positions = mailboxes::all(&mut tx).await?;
    for mailbox in &inbound.mailboxes {
        let position = positions.iter().find(|position| position.name == mailbox.name);
        all.extend(position.map(|position| {
            let check = CheckName::MailboxRead.of(mailbox.name.as_str());
            let ago = ago(position.looked_at, now);
            match &position.error {
                Some(error) => {
                    Finding::warn(&check, format!("{ago}: {error}"), "the login and the folder are tried below")
                }
                None => Finding::ok(&check, ago),
            }
        }));
    }
    let rows = hooks::all(&mut tx).await?;
    for hook in &inbound.hooks {
        let heard = rows.iter().find(|row| row.name == hook.name).and_then(|row| row.heard_at);
        all.push(age(&format!("of hook {}", hook.name), heard, is_due, now));
    }
    Ok(all)
}

/// What the time of a door's last report means; `is_due` when issues went out so long ago that one should be there.
fn age(door: &str, last: Option<Timestamp>, is_due: bool, now: Timestamp) -> Finding {
    let check = &CheckName::Reports.of(door);
    match last {
        Some(at) => Finding::ok(check, format!("the last one came {}", ago(at, now))),
        None if is_due => Finding::warn(
            check,
            "no report yet, though issues went out three days ago or earlier",
            "`coranto bounces check` asks whether reports find their way in",
        ),
        None => Finding::ok(check, "no report yet"),
    }
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    match now.since(at).as_secs() / DAY_SECONDS {
        0 => "less than a day ago".to_owned(),
        days => format!("{} ago", count(days, "day")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingHealth;
    use super::*;

    #[test]
    fn silence_is_a_warning_only_where_a_report_should_be_there() {
        let now = Timestamp(100 * 24 * 3600 * 1000);
        let before = |days: u64| Some(now.minus(Duration::from_secs(days * DAY_SECONDS)));
        for (last, is_due, health, says) in [
            (None, false, FindingHealth::Ok, "no report yet"),
            (None, true, FindingHealth::Warn, "three days ago"),
            (before(0), true, FindingHealth::Ok, "less than a day ago"),
            (before(1), true, FindingHealth::Ok, "1 day ago"),
            (before(40), false, FindingHealth::Ok, "40 days ago"),
        ] {
            let finding = age("of the pipe", last, is_due, now);
            assert!(finding.health == health && finding.text.contains(says), "{finding:?}");
        }
    }
}
