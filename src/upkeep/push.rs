//! Alarms go out by HTTPS beside the email, which may hang on the relay that they are about; and a sign of life is given
//! whose absence tells what nothing in here could. An address may hold a secret: it is never printed.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use url::Url;

use super::AlarmSettings;
use super::mail::{AlarmMail, Say};
use crate::clock::Timestamp;
use crate::domain::alarm::PushFormat;
use crate::https::HttpsClient;
use crate::store::alarms::StandingAlarm;

const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// Where alarms are pushed. What is behind the host of an address is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct AlarmPush {
    pub url: Url,
    pub format: PushFormat,
}

impl fmt::Debug for AlarmPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.format, self.url.host_str().unwrap_or_default())
    }
}

/// The ways out that need no relay.
pub(super) struct Pusher {
    client: Option<HttpsClient>,
    /// When something was pushed, of the last hour.
    pushed: Mutex<VecDeque<Timestamp>>,
}

impl fmt::Debug for Pusher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pusher")
    }
}

impl Pusher {
    pub(super) fn new(settings: &AlarmSettings) -> Self {
        let is_used = settings.push.is_some() || settings.heartbeat.is_some();
        // Whoever runs this names the addresses: one on a private network is as good.
        let client = is_used.then(|| HttpsClient::new(settings.user_agent.clone(), |_| true));
        let client =
            client.and_then(|made| made.inspect_err(|error| tracing::warn!(%error, "alarms cannot be pushed")).ok());
        Self { client, pushed: Mutex::default() }
    }

    /// How many messages were pushed since `since`.
    pub(super) fn pushed_since(&self, since: Timestamp) -> usize {
        let mut pushed = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        pushed.retain(|at| *at > since);
        pushed.len()
    }

    /// Pushes a message, three times at most; what was the matter with the last.
    pub(super) async fn push(
        &self,
        settings: &AlarmSettings,
        letter: &AlarmMail,
        told: &[(Say, StandingAlarm)],
        now: Timestamp,
    ) -> Result<(), String> {
        let (Some(client), Some(push)) = (&self.client, &settings.push) else {
            return Err("no address is set up".to_owned());
        };
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner).push_back(now);
        let mut why = String::new();
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            let (kind, body) = body(push.format, settings, letter, told);
            why = match client.post(&push.url, kind, body).await {
                Ok(status) if status.is_success() => return Ok(()),
                Ok(status) => format!("it answers {status}"),
                Err(error) => error.to_string(),
            };
        }
        Err(why)
    }

    /// Gives a sign of life.
    pub(super) async fn beat(&self, url: &Url) -> Result<(), String> {
        let Some(client) = &self.client else { return Err("nothing can be asked".to_owned()) };
        match client.poke(url).await {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => Err(format!("it answers {status}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn body(
    format: PushFormat,
    settings: &AlarmSettings,
    letter: &AlarmMail,
    told: &[(Say, StandingAlarm)],
) -> (&'static str, String) {
    let text = format!("{}\n\n{}", letter.subject, letter.text);
    match format {
        PushFormat::Text => ("text/plain; charset=utf-8", text),
        PushFormat::Json => {
            let alarms: Vec<_> = told.iter().map(|(say, one)| as_json(*say, one)).collect();
            // Some chat programs ask for the one word, some for the other.
            let whole = json!({ "text": text, "content": text, "host": settings.host, "alarms": alarms });
            ("application/json", whole.to_string())
        }
    }
}

fn as_json(say: Say, one: &StandingAlarm) -> serde_json::Value {
    let state = match say {
        Say::Raised => "raised",
        Say::Stands => "stands",
        Say::Over => "over",
    };
    json!({
        "name": one.name, "scope": one.scope, "severity": one.severity, "state": state, "since": one.since,
        "what": one.name.title(&one.scope), "why": one.note, "advice": one.name.advice(&one.scope),
    })
}
