//! One entry of the log.

use serde::Serialize;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::store::events::LoggedEvent;

#[derive(Clone, Debug, Serialize)]
pub struct EventResource<'a> {
    pub at: Timestamp,
    pub kind: &'a str,
    pub actor: &'a str,
    /// An object, whose keys are the kind's.
    pub data: Value,
}

impl<'a> From<&'a LoggedEvent> for EventResource<'a> {
    fn from(event: &'a LoggedEvent) -> Self {
        // The store keeps it as text.
        let data = serde_json::from_str(&event.data).unwrap_or(Value::Null);
        Self { at: event.at, kind: &event.kind, actor: &event.actor, data }
    }
}
