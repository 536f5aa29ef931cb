//! Who unsubscribed by a link, out of the access log of the web server in front: for a database that was put back where the
//! journal was lost as well. Reads the combined format of nginx and Apache, and Caddy's JSON.
//!
//! A log has no form's fields. So a page's buttons for a rest post to the link with [`REST`] behind it, and so does nothing
//! that ends a subscription.

use super::{ActionContext, UnsubscribeOutcome, leave};
use crate::clock::Timestamp;
use crate::domain::SubscriptionId;
use crate::domain::actor::Actor;
use crate::domain::subscriber::SubscriptionState;
use crate::store::{Db, Result, marks, subscriptions};
use crate::token::{Keyring, Purpose};

/// What stands behind the link in the address of a request to rest for some weeks. `templates/pages/pause.html` has it.
const REST: &str = "?rest";

/// What an access log said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LoggedUnsubscribes {
    /// Requests to unsubscribe that were answered with success.
    pub requests: u64,
    /// Readers who are unsubscribed by them now.
    pub unsubscribed: u64,
    /// Requests of readers who are unsubscribed, or confirmed again later.
    pub settled: u64,
    /// Requests to rest for some weeks, which end nothing. When the rest was to end is not in a log.
    pub rests: u64,
    /// Requests whose links are of no reader here.
    pub unknown: u64,
}

/// Unsubscribes whom the log names.
pub async fn unsubscribe_from_log(db: &Db, keys: &Keyring, log: &str, now: Timestamp) -> Result<LoggedUnsubscribes> {
    let mut told = LoggedUnsubscribes::default();
    for request in log.lines().filter_map(request) {
        if request.is_rest {
            told.rests += 1;
            continue;
        }
        told.requests += 1;
        let Some(id) = reader(db, keys, request.token).await? else {
            told.unknown += 1;
            continue;
        };
        let at = request.at.unwrap_or(now).min(now);
        let found = subscriptions::get(&mut db.read().await?, id).await?;
        let is_settled = found.is_none_or(|found| {
            found.state == SubscriptionState::Unsubscribed || found.confirmed_at.is_some_and(|confirmed| confirmed > at)
        });
        if is_settled {
            told.settled += 1;
            continue;
        }
        let act =
            ActionContext { actor: Actor::Reader, source: "access-log".to_owned(), wording: "", client: None, now };
        match leave(db, id, &act).await? {
            UnsubscribeOutcome::Left(_) => told.unsubscribed += 1,
            _ => told.settled += 1,
        }
    }
    Ok(told)
}

async fn reader(db: &Db, keys: &Keyring, token: &str) -> Result<Option<SubscriptionId>> {
    let Some(unproved) = keys.open_row(Purpose::Unsubscribe, token) else { return Ok(None) };
    let Ok(id) = i64::try_from(unproved.number()).map(SubscriptionId) else { return Ok(None) };
    let row = marks::of_subscription(&mut db.read().await?, id).await?;
    Ok(row.filter(|row| keys.proves(&unproved, row.mark)).map(|_| id))
}

struct LoggedRequest<'a> {
    token: &'a str,
    at: Option<Timestamp>,
    is_rest: bool,
}

/// A POST to an unsubscribe link that was answered with 200 or 303.
fn request(line: &str) -> Option<LoggedRequest<'_>> {
    let (before, rest) = line.split_once(Purpose::Unsubscribe.path())?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')?;
    let (token, rest) = rest.split_at(end);
    let is_rest = rest.starts_with(REST);
    let is_json = line.trim_start().starts_with('{');
    let (is_post, status) = match is_json {
        true => (line.contains("\"method\":\"POST\""), after(line, "\"status\":")),
        false => (before.ends_with("POST ") || before.contains("\"POST http"), after(rest, "\" ")),
    };
    let number = status.map(|text| text.trim_start().chars().take(3).collect::<String>());
    if !is_post || !matches!(number.as_deref(), Some("200" | "303")) {
        return None;
    }
    let at = match is_json {
        true => after(line, "\"ts\":").and_then(seconds),
        false => after(before, "[").and_then(|text| text.split(']').next()).and_then(combined),
    };
    Some(LoggedRequest { token, at, is_rest })
}

fn after<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    text.split_once(what).map(|(_, rest)| rest)
}

/// `1764325052.123`
fn seconds(text: &str) -> Option<Timestamp> {
    let whole: String = text.chars().take_while(char::is_ascii_digit).collect();
    Some(Timestamp(whole.parse::<i64>().ok()?.checked_mul(1000)?))
}

/// `28/Nov/2026:03:20:00 +0100`
fn combined(text: &str) -> Option<Timestamp> {
    jiff::Timestamp::strptime("%d/%b/%Y:%H:%M:%S %z", text).ok().map(Timestamp::from_jiff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answered_posts_to_the_link_are_taken() {
        let at = Timestamp(1_764_296_400_000);
        for (line, expected) in [
            (
                r#"1.2.3.4 - - [28/Nov/2025:03:20:00 +0100] "POST /u/Ab-_9 HTTP/1.1" 200 12 "-" "x""#,
                Some(("Ab-_9", Some(at))),
            ),
            (r#"1.2.3.4 - - [28/Nov/2025:02:20:00 +0000] "POST /u/Ab-_9/ HTTP/2.0" 303 0"#, Some(("Ab-_9", Some(at)))),
            (r#"{"ts":1764296400.5,"request":{"method":"POST","uri":"/u/Ab"},"status":200}"#, Some(("Ab", Some(at)))),
            (r#"x "POST /u/Ab HTTP/1.1" 200 1"#, Some(("Ab", None))),
            (r#"1.2.3.4 - - [28/Nov/2025:03:20:00 +0100] "GET /u/Ab HTTP/1.1" 200 12"#, None),
            (r#"1.2.3.4 - - [28/Nov/2025:03:20:00 +0100] "POST /u/Ab HTTP/1.1" 400 12"#, None),
            (r#"1.2.3.4 - - [28/Nov/2025:03:20:00 +0100] "GET / HTTP/1.1" 200 12 "https://x/u/Ab""#, None),
            (r#"{"request":{"method":"GET","uri":"/u/Ab"},"status":200}"#, None),
            (r#"x "POST /u/Ab?unsubscribe HTTP/1.1" 200 1"#, Some(("Ab", None))),
            ("", None),
            ("POST /u/Ab", None),
        ] {
            let found = request(line);
            assert_eq!(found.as_ref().map(|found| (found.token, found.at)), expected, "{line}");
        }
    }
    #[test]
    fn a_rest_is_told_from_an_end() {
        for (line, is_rest) in [
            (r#"x "POST /u/Ab?rest HTTP/1.1" 200 1"#, true),
            (r#"{"request":{"method":"POST","uri":"/u/Ab?rest"},"status":200}"#, true),
            (r#"x "POST /u/Ab HTTP/1.1" 200 1 "https://news.example/u/Ab?rest""#, false),
            (r#"x "POST /u/Ab?unsubscribe HTTP/1.1" 200 1"#, false),
        ] {
            assert_eq!(request(line).map(|found| found.is_rest), Some(is_rest), "{line}");
        }
    }
}
