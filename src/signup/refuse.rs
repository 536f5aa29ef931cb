//! "That was not me": whoever got a mail that a stranger asked for says that no more of them may come. Touches no
//! subscription that was confirmed. Idempotent.

use std::time::Duration;

use super::ActionContext;
use crate::clock::DAY;
use crate::domain::NewsletterId;
use crate::domain::consent::ConsentKind;
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::Event;
use crate::store::events::About;
use crate::store::{Db, Result, deliveries, events, limits, subscriptions};

/// How long no mail comes: long enough that nobody plays with a mailbox, short enough that an address given to someone
/// else works again one day.
pub const REFUSE_FOR: Duration = DAY.saturating_mul(365);

/// Refuses every mail to a mailbox that strangers ask for, under whichever spelling of its address, and ends what they
/// asked for so far. The address is given as
/// [`Keyring::address_tag`](crate::token::Keyring::address_tag): this works for an address of which nothing is stored.
/// Returns a newsletter where something was asked for, and so is stored.
pub async fn refuse(db: &Db, address_tag: u64, act: &ActionContext) -> Result<Option<NewsletterId>> {
    db.write(async |tx| {
        let address_tag = address_tag.cast_signed();
        let mailbox_tag = limits::mailbox_of(tx, address_tag).await?;
        limits::refuse(tx, address_tag, mailbox_tag, act.now.plus(REFUSE_FOR)).await?;
        let entry = act.entry(ConsentKind::Withdrawn, &Event::SubscriptionRefused);
        let asked = subscriptions::pending_of(tx, address_tag, mailbox_tag).await?;
        let stored = asked.first().map(|(_, newsletter)| *newsletter);
        for (id, _) in asked {
            if subscriptions::unsubscribe(tx, id, &entry).await? {
                deliveries::supersede(tx, id, DeliveryKind::Confirmation, act.now).await?;
            }
        }
        events::append(tx, act.by(), About::default(), &Event::SignupRefused).await?;
        Ok(stored)
    })
    .await
}

/// Takes a refusal back: pressed by mistake.
pub async fn allow_again(db: &Db, address_tag: u64, act: &ActionContext) -> Result<()> {
    db.write(async |tx| {
        if limits::forget_refusal(tx, address_tag.cast_signed()).await? {
            events::append(tx, act.by(), About::default(), &Event::SignupAllowed).await?;
        }
        Ok(())
    })
    .await
}
