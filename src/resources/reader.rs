//! A reader of one newsletter, alone and with the record of consent.

use serde::Serialize;

use crate::clock::Timestamp;
use crate::domain::consent::ConsentKind;
use crate::domain::subscriber::{EndedBy, SubscriptionState};
use crate::domain::suppression::SuppressionReason;
use crate::store::consents;
use crate::store::subscriptions::Subscription;

#[derive(Clone, Debug, Serialize)]
pub struct ReaderResource<'a> {
    pub email: &'a str,
    pub name: Option<&'a str>,
    pub state: SubscriptionState,
    pub language: Option<&'a str>,
    pub source: &'a str,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
    pub paused_until: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    pub ended_by: Option<EndedBy>,
    pub suppressed: Option<SuppressionReason>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ShownReader<'a> {
    #[serde(flatten)]
    pub reader: ReaderResource<'a>,
    pub consents: Vec<ConsentResource<'a>>,
}

/// One entry in the history of a subscription.
#[derive(Clone, Debug, Serialize)]
pub struct ConsentResource<'a> {
    pub kind: ConsentKind,
    pub at: Timestamp,
    pub wording: &'a str,
    pub client: Option<&'a str>,
    pub source: &'a str,
}

impl<'a> From<&'a Subscription> for ReaderResource<'a> {
    fn from(reader: &'a Subscription) -> Self {
        let Subscription { state, created_at, confirmed_at, paused_until, left_at, ended_by, suppressed, .. } = *reader;
        Self {
            email: reader.email.as_str(),
            name: reader.name.as_deref(),
            state,
            language: reader.language.as_deref(),
            source: &reader.source,
            created_at,
            confirmed_at,
            paused_until,
            left_at,
            ended_by,
            suppressed,
        }
    }
}

impl<'a> From<&'a consents::Consent> for ConsentResource<'a> {
    fn from(one: &'a consents::Consent) -> Self {
        let (wording, source) = (one.wording.as_str(), one.source.as_str());
        Self { kind: one.kind, at: one.at, wording, client: one.client.as_deref(), source }
    }
}
