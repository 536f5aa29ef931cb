//! The hold: while it stands nothing goes out but alarms and test emails, and everything else goes on.

use crate::domain::actor::By;
use crate::domain::alarm::{Alarm, AlarmName};
use crate::domain::event::Event;
use crate::store::events::About;
use crate::store::{Db, StoreError, Tx, alarms, events, installation};

/// Holds everything; `false` when it is held already.
pub async fn hold(db: &Db, why: &str, by: By<'_>) -> Result<bool, StoreError> {
    db.write(async |tx| {
        if !installation::hold(tx, why, by.now).await? {
            return Ok(false);
        }
        events::append(tx, by, About::default(), &Event::InstallationHeld { why: why.to_owned() }).await?;
        // Who holds it by hand knows.
        if by.actor.is_program() {
            tell(tx, why, by).await?;
        }
        Ok(true)
    })
    .await
}

/// Lifts the hold; `false` when there is none.
pub async fn release(db: &Db, by: By<'_>) -> Result<bool, StoreError> {
    db.write(async |tx| {
        if !installation::release(tx).await? {
            return Ok(false);
        }
        events::append(tx, by, About::default(), &Event::InstallationReleased).await?;
        alarms::clear(tx, AlarmName::InstallationHeld, "", by.now).await?;
        Ok(true)
    })
    .await
}

/// Says that everything is held, to whoever is told of alarms.
pub(super) async fn tell(tx: &mut Tx, why: &str, by: By<'_>) -> Result<(), StoreError> {
    alarms::raise(tx, &Alarm::new(AlarmName::InstallationHeld, "", why), by).await?;
    Ok(())
}
