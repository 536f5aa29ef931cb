//! Why an account is left as it is.

use crate::store::StoreError;

/// Why an account is not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("there is no such account")]
    Unknown,
    /// The address has one.
    #[error("there is an account with this address")]
    Known,
    #[error("the account is disabled")]
    Disabled,
    #[error("this is the last owner of {newsletter}")]
    LastOwner {
        /// Its slug.
        newsletter: String,
    },
    #[error("this is the last operator")]
    LastOperator,
    /// Somebody else changed it at the same time.
    #[error("the account was changed meanwhile")]
    Meanwhile,
    #[error(transparent)]
    Store(#[from] StoreError),
}
