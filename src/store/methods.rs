//! What each account shows to sign in. Knows no hash function.

use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::AccountId;
use crate::domain::account::SignInMethod;

/// The secret that is stored of a method, if the account has it.
pub async fn secret_of(tx: &mut Tx, account: AccountId, method: SignInMethod) -> Result<Option<String>> {
    let row: Option<(String,)> = tx
        .sql("SELECT secret FROM methods WHERE account_id = $1 AND kind = $2")
        .bind(account)
        .bind(method)
        .fetch_optional()
        .await?;
    Ok(row.map(|(secret,)| secret))
}

/// Stores a method, in the place of one of the same kind.
pub async fn put(tx: &mut Tx, account: AccountId, method: SignInMethod, secret: &str, now: Timestamp) -> Result<()> {
    tx.sql(
        "INSERT INTO methods (account_id, kind, secret, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, kind) DO UPDATE SET secret = excluded.secret, changed_at = excluded.changed_at",
    )
    .bind(account)
    .bind(method)
    .bind(secret)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
