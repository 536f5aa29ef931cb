//! Which account does what for which newsletter.

use super::column::record;
use super::{Result, Tx};
use crate::clock::Timestamp;
use crate::domain::account::{AccountState, MemberRole};
use crate::domain::address::EmailAddress;
use crate::domain::{AccountId, NewsletterId};

record! {
    /// A newsletter that an account has a part in.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NewsletterRole {
        pub newsletter_id: NewsletterId,
        pub slug: String,
        pub role: MemberRole,
    }
}

record! {
    /// Somebody who has a part in a newsletter.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Member {
        pub account_id: AccountId,
        pub email: EmailAddress,
        pub name: String,
        pub state: AccountState,
        pub role: MemberRole,
    }
}

pub async fn role_of(tx: &mut Tx, account: AccountId, newsletter: NewsletterId) -> Result<Option<MemberRole>> {
    let row: Option<(MemberRole,)> = tx
        .sql("SELECT role FROM members WHERE account_id = $1 AND newsletter_id = $2")
        .bind(account)
        .bind(newsletter)
        .fetch_optional()
        .await?;
    Ok(row.map(|(role,)| role))
}

/// Gives a first role; `false` when there is one.
pub async fn add(
    tx: &mut Tx,
    account: AccountId,
    newsletter: NewsletterId,
    role: MemberRole,
    now: Timestamp,
) -> Result<bool> {
    let added = tx
        .sql(
            "INSERT INTO members (account_id, newsletter_id, role, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, newsletter_id) DO NOTHING",
        )
        .bind(account)
        .bind(newsletter)
        .bind(role)
        .bind(now)
        .execute()
        .await?;
    Ok(added == 1)
}

/// Gives another role; `false` when it is another than `from`.
pub async fn change(
    tx: &mut Tx,
    account: AccountId,
    newsletter: NewsletterId,
    from: MemberRole,
    to: MemberRole,
) -> Result<bool> {
    let changed = tx
        .sql("UPDATE members SET role = $4 WHERE account_id = $1 AND newsletter_id = $2 AND role = $3")
        .bind(account)
        .bind(newsletter)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Takes a role away; `false` when it is another than `from`.
pub async fn remove(tx: &mut Tx, account: AccountId, newsletter: NewsletterId, from: MemberRole) -> Result<bool> {
    let removed = tx
        .sql("DELETE FROM members WHERE account_id = $1 AND newsletter_id = $2 AND role = $3")
        .bind(account)
        .bind(newsletter)
        .bind(from)
        .execute()
        .await?;
    Ok(removed == 1)
}

/// The newsletters of an account, by slug.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<NewsletterRole>> {
    tx.sql(
        "SELECT m.newsletter_id, n.slug, m.role FROM members m JOIN newsletters n ON n.id = m.newsletter_id
         WHERE m.account_id = $1 ORDER BY n.slug",
    )
    .bind(account)
    .fetch_all()
    .await
}

/// The people of a newsletter, by address.
pub async fn of_newsletter(tx: &mut Tx, newsletter: NewsletterId) -> Result<Vec<Member>> {
    tx.sql(
        "SELECT m.account_id, a.email, a.name, a.state, m.role FROM members m JOIN accounts a ON a.id = m.account_id
         WHERE m.newsletter_id = $1 ORDER BY a.email_key",
    )
    .bind(newsletter)
    .fetch_all()
    .await
}

/// How many owners a newsletter has beside this account who are not disabled. Nobody else changes them before the end of
/// the transaction, so two who go at once do not both find the other.
pub async fn other_owners(tx: &mut Tx, newsletter: NewsletterId, account: AccountId) -> Result<i64> {
    tx.sql(
        "UPDATE accounts SET state = state
         WHERE id IN (SELECT account_id FROM members WHERE newsletter_id = $1 AND role = $2)",
    )
    .bind(newsletter)
    .bind(MemberRole::Owner)
    .execute()
    .await?;
    let (count,) = tx
        .sql(
            "SELECT COUNT(*) FROM members m JOIN accounts a ON a.id = m.account_id
             WHERE m.newsletter_id = $1 AND m.role = $2 AND a.state <> $3 AND m.account_id <> $4",
        )
        .bind(newsletter)
        .bind(MemberRole::Owner)
        .bind(AccountState::Disabled)
        .bind(account)
        .fetch_one()
        .await?;
    Ok(count)
}
