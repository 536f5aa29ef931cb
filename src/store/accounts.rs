//! People with a login. What each may do is `domain`'s to say.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::AccountId;
use crate::domain::account::AccountState;
use crate::domain::address::EmailAddress;

record! {
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Account {
        pub id: AccountId,
        pub email: EmailAddress,
        /// What they are called; may be empty.
        pub name: String,
        pub operator: bool,
        pub state: AccountState,
        pub created_at: Timestamp,
    }
}

/// Adds an account that is invited; none when the address has one.
pub async fn add(
    tx: &mut Tx,
    email: &EmailAddress,
    name: &str,
    operator: bool,
    now: Timestamp,
) -> Result<Option<AccountId>> {
    let row: Option<(AccountId,)> = tx
        .sql(
            "INSERT INTO accounts (email, email_key, name, operator, state, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (email_key) DO NOTHING RETURNING id",
        )
        .bind(email)
        .bind(email.key())
        .bind(name)
        .bind(operator)
        .bind(AccountState::Invited)
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(row.map(|(id,)| id))
}

pub async fn get(tx: &mut Tx, id: AccountId) -> Result<Option<Account>> {
    tx.sql("SELECT id, email, name, operator, state, created_at FROM accounts WHERE id = $1")
        .bind(id)
        .fetch_optional()
        .await
}

/// The account of an address, however it is spelled.
pub async fn find(tx: &mut Tx, email: &EmailAddress) -> Result<Option<Account>> {
    tx.sql("SELECT id, email, name, operator, state, created_at FROM accounts WHERE email_key = $1")
        .bind(email.key())
        .fetch_optional()
        .await
}

/// All of them, by address.
pub async fn all(tx: &mut Tx) -> Result<Vec<Account>> {
    tx.sql("SELECT id, email, name, operator, state, created_at FROM accounts ORDER BY email_key").fetch_all().await
}

/// Whether there is any.
pub async fn any(tx: &mut Tx) -> Result<bool> {
    let row: Option<(AccountId,)> = tx.sql("SELECT id FROM accounts LIMIT 1").fetch_optional().await?;
    Ok(row.is_some())
}

/// Changes a state; `false` when it is another than `from`.
pub async fn change_state(tx: &mut Tx, id: AccountId, from: AccountState, to: AccountState) -> Result<bool> {
    let changed = tx
        .sql("UPDATE accounts SET state = $3 WHERE id = $1 AND state = $2")
        .bind(id)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Makes an account an operator's, or no longer; `false` when it was so.
pub async fn change_operator(tx: &mut Tx, id: AccountId, operator: bool) -> Result<bool> {
    let changed = tx
        .sql("UPDATE accounts SET operator = $2 WHERE id = $1 AND operator <> $2")
        .bind(id)
        .bind(operator)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// How many operators there are beside this account who are not disabled. Nobody else changes them before the end of the
/// transaction, so two who go at once do not both find the other.
pub async fn other_operators(tx: &mut Tx, id: AccountId) -> Result<i64> {
    tx.sql("UPDATE accounts SET operator = operator WHERE operator = $1").bind(true).execute().await?;
    let (count,) = tx
        .sql("SELECT COUNT(*) FROM accounts WHERE operator = $1 AND state <> $2 AND id <> $3")
        .bind(true)
        .bind(AccountState::Disabled)
        .bind(id)
        .fetch_one()
        .await?;
    Ok(count)
}
