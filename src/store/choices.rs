//! What readers say of their own subscription: language, format, what they are called. Changes no state.

use super::consents::ConsentDetails;
use super::{Result, Tx};
use crate::domain::SubscriptionId;
use crate::domain::subscriber::Format;

/// Sets in which language and how the reader wants what is sent. `false` when there is no such subscription.
pub async fn choose(tx: &mut Tx, id: SubscriptionId, language: Option<&str>, format: Format) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET language = $2, format = $3 WHERE id = $1")
        .bind(id)
        .bind(language)
        .bind(format)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Calls a reader by another name in this newsletter, or by none. `false` when nobody reads it by this number.
pub async fn rename(tx: &mut Tx, id: SubscriptionId, name: Option<&str>) -> Result<bool> {
    let changed = tx
        .sql("UPDATE subscriptions SET name = $2 WHERE id = $1 AND state IN ('active', 'paused')")
        .bind(id)
        .bind(name.unwrap_or_default())
        .execute()
        .await?;
    Ok(changed == 1)
}

/// What a confirmed question says of a subscription becomes so: how it came, and the language where one was chosen. A name
/// counts where the newsletter was to use none. `false` when there is no such subscription.
pub async fn take_answers(tx: &mut Tx, id: SubscriptionId, typed: &ConsentDetails<'_>, source: &str) -> Result<bool> {
    let changed = tx
        .sql(
            "UPDATE subscriptions SET source = $2, language = COALESCE($3, language),
                    name = CASE WHEN name = '' THEN COALESCE($4, '') ELSE name END
             WHERE id = $1",
        )
        .bind(id)
        .bind(source)
        .bind(typed.language)
        .bind(typed.name)
        .execute()
        .await?;
    Ok(changed == 1)
}
