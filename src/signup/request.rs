//! A stranger asks for a newsletter. Owns the quotas; answers the same to everyone.
//!
//! Whoever types an address into the form may be anyone. So the answer does not depend on what is known of the
//! address, and a mailbox gets few mails whatever the form is sent.

use std::time::Duration;

use super::throttle::WINDOW;
use super::{Act, Client, Door, Signup, person, record};
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::subscriber::SubscriptionState;
use crate::domain::{RevisionId, SubscriptionId};
use crate::store::deliveries::NewDelivery;
use crate::store::events::About;
use crate::store::subscribers::Hash;
use crate::store::subscriptions::NewSubscription;
use crate::store::{StoreError, Tx, consents, deliveries, events, subscribers, subscriptions, suppressions};

const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a stranger asks.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The address that the newsletter is to come to.
    pub email: EmailAddress,
    /// What they say they are called, cleaned by `domain::subscriber::clean_name`.
    pub name: Option<String>,
}

/// Why a request was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The network has asked too often.
    #[error("too many requests from this network; the next is taken in {} s", .retry_after.as_secs())]
    TooMany {
        /// After how long it may ask again.
        retry_after: Duration,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a request. That it was taken says nothing about the address: new, known, suppressed and over its quota all
/// answer alike, and each writes.
pub async fn request(signup: &Signup, door: &Door, ask: &Ask, act: &Act) -> Result<(), RequestError> {
    if let Some(client) = &act.client {
        signup.throttle.admit(client, act.now).map_err(|retry_after| RequestError::TooMany { retry_after })?;
    }
    let new = person(&signup.keys, &ask.email, ask.name.as_deref());
    signup
        .db
        .write(async |tx| {
            if let Some(client) = &act.client {
                within_client_limit(tx, client, signup.limits.requests_per_hour, act.now).await?;
            }
            subscribers::lock_mailbox(tx, &new.quota_hash).await?;
            let refusal = if suppressions::reason(tx, &new.address_hash).await?.is_some() {
                Some("suppressed")
            } else if !within_quota(tx, signup, &new.quota_hash, act.now).await? {
                Some("quota")
            } else {
                None
            };
            if let Some(why) = refusal {
                let about = About { newsletter: Some(door.id), ..About::default() };
                let data = format!(r#"{{"why":"{why}"}}"#);
                events::append(tx, act.now, "signup.ignored", act.actor, about, &data).await?;
                return Ok(());
            }
            let subscriber = subscribers::ensure(tx, &new, act.now).await?;
            let new = NewSubscription { newsletter: door.id, subscriber, language: None, source: &act.source };
            let found = subscriptions::ensure(tx, &new, act.now).await?;
            if found.state == SubscriptionState::Left {
                subscriptions::ask_again(tx, found.id).await?;
            }
            record(tx, act, ConsentKind::Asked, "subscription.asked", door.id, found.id).await?;
            match found.state {
                SubscriptionState::Active | SubscriptionState::Paused => {
                    send(tx, found.id, DeliveryKind::Notice, door.notice, act.now).await?;
                }
                SubscriptionState::Pending | SubscriptionState::Left => {
                    send(tx, found.id, DeliveryKind::Confirmation, door.confirmation, act.now).await?;
                }
            }
            Ok(())
        })
        .await
}

async fn within_client_limit(tx: &mut Tx, client: &Client, limit: u32, now: Timestamp) -> Result<(), RequestError> {
    let (count, first) = consents::asked_from_client(tx, client.as_str(), now.minus(WINDOW)).await?;
    if count < i64::from(limit) {
        return Ok(());
    }
    let retry_after = first.map_or(WINDOW, |first| first.plus(WINDOW).since(now));
    Err(RequestError::TooMany { retry_after })
}

async fn within_quota(tx: &mut Tx, signup: &Signup, quota_hash: &Hash, now: Timestamp) -> Result<bool, StoreError> {
    let limits = signup.limits;
    Ok(consents::asked_of_mailbox(tx, quota_hash, now.minus(DAY)).await? < i64::from(limits.confirmations_per_day)
        && consents::asked_of_mailbox(tx, quota_hash, now.minus(MONTH)).await?
            < i64::from(limits.confirmations_per_month))
}

/// Puts a mail into the ledger; it takes the place of one that still waits.
async fn send(
    tx: &mut Tx,
    to: SubscriptionId,
    kind: DeliveryKind,
    revision: RevisionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    deliveries::supersede(tx, to, kind, now).await?;
    let new = NewDelivery { subscription: Some(to), recipient: None, revision, request: None, due_at: now };
    deliveries::add(tx, &new).await?;
    Ok(())
}
