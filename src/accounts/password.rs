//! Passwords to hashes and back: argon2id, two at a time, so that a flood of guesses takes neither memory nor the pages'
//! threads. Knows no account.

use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::token::random_bytes;

/// OWASP's first choice (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// Hashes at once: 38 MiB.
const HASHES_MAX: usize = 2;
/// So long a caller waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// Hashes passwords, within limits.
#[derive(Clone, Debug)]
pub struct PasswordKeeper {
    seats: Arc<Semaphore>,
}

/// Why a password was not hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more passwords wait than can be hashed soon")]
pub struct Unkept;

/// The right to hash one password.
#[derive(Debug)]
pub(super) struct HashTurn(OwnedSemaphorePermit);

impl Default for PasswordKeeper {
    fn default() -> Self {
        Self { seats: Arc::new(Semaphore::new(HASHES_MAX)) }
    }
}

impl PasswordKeeper {
    /// Waits for a turn, and not for long.
    pub(super) async fn turn(&self) -> Result<HashTurn, Unkept> {
        let seat = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.seats).acquire_owned()).await;
        match seat {
            Ok(Ok(seat)) => Ok(HashTurn(seat)),
            Ok(Err(_)) | Err(_) => Err(Unkept),
        }
    }
}

impl HashTurn {
    /// The hash of a password, as a PHC string.
    pub(super) async fn hash(self, password: String) -> Result<String, Unkept> {
        let Self(seat) = self;
        let hashing = tokio::task::spawn_blocking(move || {
            let hash = hasher().hash_password_with_salt(password.as_bytes(), &random_bytes::<SALT_BYTES>());
            drop(seat);
            hash.map(|hash| hash.to_string())
        });
        hashing.await.ok().and_then(Result::ok).ok_or(Unkept)
    }

    /// Whether a password is the one of a hash. Without a hash the same work is done and the answer is no.
    pub(super) async fn compares(self, password: String, hash: Option<String>) -> Result<bool, Unkept> {
        let Self(seat) = self;
        let comparing = tokio::task::spawn_blocking(move || {
            let is_it = match hash {
                Some(hash) => hasher().verify_password(password.as_bytes(), hash.as_str()).is_ok(),
                None => {
                    let wasted = hasher().hash_password_with_salt(password.as_bytes(), &[0; SALT_BYTES]);
                    std::hint::black_box(wasted.is_ok());
                    false
                }
            };
            drop(seat);
            is_it
        });
        comparing.await.map_err(|_| Unkept)
    }
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone() {
        let keeper = PasswordKeeper::default();
        let hash = keeper.turn().await.unwrap().hash("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let another = keeper.turn().await.unwrap().hash("correct horse".to_owned()).await.unwrap();
        assert_ne!(hash, another, "each has a salt of its own");
        for (typed, kept, is_it) in [
            ("correct horse", Some(hash.clone()), true),
            ("correct hors", Some(hash), false),
            ("correct horse", None, false),
            ("correct horse", Some("no hash".to_owned()), false),
        ] {
            let turn = keeper.turn().await.unwrap();
            assert_eq!(turn.compares(typed.to_owned(), kept).await, Ok(is_it), "{typed}");
        }
    }

    #[tokio::test]
    async fn who_would_wait_long_is_told_so() {
        let keeper = PasswordKeeper::default();
        let first = (keeper.turn().await.unwrap(), keeper.turn().await.unwrap());
        assert!(keeper.turn().await.is_err());
        drop(first);
        assert!(keeper.turn().await.is_ok());
    }
}
