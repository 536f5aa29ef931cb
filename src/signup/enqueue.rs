//! How a mail that a request causes gets into the ledger. Knows no words.

use super::SignupList;
use super::mail_kind::MailKind;
use crate::clock::Timestamp;
use crate::domain::address::EmailAddress;
use crate::domain::{DeliveryId, RequestId};
use crate::store::deliveries::NewDelivery;
use crate::store::subscriptions::Subscription;
use crate::store::{Result, Tx, deliveries};
use crate::words::Language;

/// Puts a mail into the ledger, in the reader's language. It goes to the reader, unless another address is named with the
/// request that its link is about.
pub(super) async fn post(
    tx: &mut Tx,
    list: &SignupList,
    letter: MailKind,
    to: &Subscription,
    about: Option<(&EmailAddress, RequestId)>,
    now: Timestamp,
) -> Result<DeliveryId> {
    let language = Language::of(to.language.as_deref().unwrap_or(&list.newsletter.language));
    let new = NewDelivery {
        subscription: Some(to.id),
        recipient: about.map(|(address, _)| address.as_str()),
        revision: list.mail(letter, language),
        request: about.map(|(_, request)| request),
        due_at: now,
    };
    deliveries::add(tx, &new).await
}
