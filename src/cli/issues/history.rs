//! What happened to an issue, in words.

use serde_json::{Map, Value};

use crate::cli::table::Table;
use crate::cli::text::count;
use crate::cli::when::when;
use crate::clock::Timestamp;
use crate::domain::newsletter::Newsletter;
use crate::store::events::LoggedEvent;

/// A row for each event, oldest first.
pub(super) fn table(history: &[LoggedEvent], newsletter: &Newsletter) -> Table {
    let mut table = Table::new(&["WHEN", "WHAT", "BY", "DETAILS"]);
    for event in history {
        let details = details(&event.data, newsletter).join(", ");
        table.row([when(event.at, newsletter), what(&event.kind), by(&event.actor), details]);
    }
    table
}

/// `queued` of `issue.queued`; what is not of the issue itself keeps its noun.
fn what(kind: &str) -> String {
    kind.strip_prefix("issue.").unwrap_or(kind).replace('.', " ")
}

/// `anna` of `command:anna`, `relay ses` of `relay:ses`.
fn by(actor: &str) -> String {
    actor.strip_prefix("command:").map_or_else(|| actor.replacen(':', " ", 1), str::to_owned)
}

fn details(data: &str, newsletter: &Newsletter) -> Vec<String> {
    let details: Map<String, Value> = serde_json::from_str(data).unwrap_or_default();
    // Why comes last: it may be long.
    let (notes, facts): (Vec<_>, Vec<_>) = details.iter().partition(|(key, _)| key.as_str() == "note");
    facts.into_iter().chain(notes).filter_map(|(key, value)| detail(key, value, newsletter)).collect()
}

/// One detail; none where there is nothing to say.
fn detail(key: &str, value: &Value, newsletter: &Newsletter) -> Option<String> {
    let noun = key.replace('_', " ");
    match value {
        Value::Number(number) => {
            let number = number.as_u64()?;
            match key {
                "revision" | "import" => Some(format!("{noun} {number}")),
                "readers" => Some(count(number, "reader")),
                "rows" => Some(count(number, "email")),
                _ => (number > 0).then(|| format!("{} {noun}", count(number, ""))),
            }
        }
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(match (key.strip_suffix("_at"), text.parse::<jiff::Timestamp>()) {
            (Some(noun), Ok(at)) => format!("{noun} {}", when(Timestamp::from_jiff(at), newsletter)),
            _ if key == "note" => text.clone(),
            _ => format!("{noun} {text}"),
        }),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Event;

    fn newsletter() -> Newsletter {
        let text = "public_url = \"http://127.0.0.1\"\nsecret_key = \"KEY\"\n[newsletters.week]\nname = \"W\"\n\
                    from = \"w@example.org\"\npostal_address = \"x\"\nlanguage = \"en\"\ntime_zone = \"Europe/Prague\"\n\
                    issues = \"issues\"\n";
        let text = text.replace("\"KEY\"", &toml::Value::String(crate::token::Keyring::generate()).to_string());
        let config = crate::config::Config::parse(&text, "x", std::path::Path::new(""), &[]).unwrap();
        config.newsletters.into_iter().next().unwrap()
    }

    #[test]
    fn an_event_of_an_issue_is_told_in_words() {
        let at = Timestamp::from_jiff("2026-11-27T08:00:00Z".parse().unwrap());
        let newsletter = newsletter();
        for (event, word, told) in [
            (
                Event::IssueQueued { revision: 3, due_at: Some(at) },
                "queued",
                "due Fri 2026-11-27 09:00 Europe/Prague, revision 3",
            ),
            (Event::IssueQueued { revision: 3, due_at: None }, "queued", "revision 3"),
            (Event::IssueMoved { due_at: at }, "moved", "due Fri 2026-11-27 09:00 Europe/Prague"),
            (
                Event::IssueHeld { note: "it is late".to_owned(), due_at: Some(at) },
                "held",
                "due Fri 2026-11-27 09:00 Europe/Prague, it is late",
            ),
            (Event::IssueStarted { readers: 1234 }, "started", "1,234 readers"),
            (Event::IssuePaused { note: String::new() }, "paused", ""),
            (Event::IssueResumed, "resumed", ""),
            (Event::IssueRetried { rows: 1 }, "retried", "1 email"),
            (Event::IssueStopped { skipped: 7 }, "stopped", "7 skipped"),
            (
                Event::IssueSent { readers: 20, sent: 19, failed: 1, skipped: 0 },
                "sent",
                "1 failed, 20 readers, 19 sent",
            ),
            (Event::DeliveryUncertain { rows: 2, policy: None }, "delivery uncertain", "2 emails"),
        ] {
            assert_eq!(what(event.kind()), word);
            assert_eq!(details(&event.data(), &newsletter).join(", "), told);
        }
        assert_eq!(
            ["command:anna", "scheduler", "relay:ses", "reader"].map(by),
            ["anna", "scheduler", "relay ses", "reader"]
        );
    }
}
