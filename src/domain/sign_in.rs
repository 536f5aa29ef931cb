//! How long a session lasts, how fast passwords may be tried, and what a password is. Pure; times come as arguments.

use std::time::Duration;

use unicode_normalization::UnicodeNormalization as _;

use crate::clock::{DAY, Timestamp};

/// A session that nobody used for so long has ended.
pub const UNUSED_MAX: Duration = Duration::from_secs(14 * 24 * 3600);
/// So long a session lasts at most.
pub const SESSION_MAX: Duration = Duration::from_secs(90 * 24 * 3600);
/// When a session was used is written down no oftener.
pub const SEEN_EVERY: Duration = Duration::from_secs(3600);
/// For so long after somebody showed who they are they need not do so again.
pub const STRONG_FOR: Duration = Duration::from_secs(15 * 60);
/// A one-time link works for so long.
pub const LINK_FOR: Duration = DAY;
/// Tries are remembered for so long.
pub const TRIES_FOR: Duration = Duration::from_secs(3600);

/// OWASP asks for 8 at least, and 12 where nothing else protects the account (Authentication Cheat Sheet).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longer ones cost the hash more than they bring.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// Tries of one bucket that cost nothing.
const FREE_TRIES: usize = 5;
/// From so many tries on the wait is long.
const MANY_TRIES: usize = 20;
const WAIT_MAX: Duration = Duration::from_secs(60);
const LONG_WAIT: Duration = Duration::from_secs(15 * 60);
/// What one network may try in [`NETWORK_SPAN`].
const NETWORK_TRIES: usize = 20;
const NETWORK_SPAN: Duration = Duration::from_secs(600);
/// What all the world may try in [`WORLD_SPAN`].
const WORLD_TRIES: usize = 200;
const WORLD_SPAN: Duration = Duration::from_secs(60);

/// Who tries to sign in: each is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryBucket {
    /// Unknown browsers that name one address; or one known browser, which they cannot lock out.
    Account,
    Network,
    World,
}

impl TryBucket {
    /// How long the next try has to wait, after tries at these times, oldest first.
    pub fn wait(self, tries: &[Timestamp], now: Timestamp) -> Option<Duration> {
        let until = match self {
            Self::Account => {
                let last = *tries.last()?;
                last.plus(pause(tries.len())?)
            }
            Self::Network => nth_last(tries, NETWORK_TRIES)?.plus(NETWORK_SPAN),
            Self::World => nth_last(tries, WORLD_TRIES)?.plus(WORLD_SPAN),
        };
        (until > now).then(|| until.since(now))
    }
}

/// After so many tries.
fn pause(tries: usize) -> Option<Duration> {
    match tries {
        MANY_TRIES.. => Some(LONG_WAIT),
        FREE_TRIES.. => {
            let doublings = u32::try_from(tries - FREE_TRIES).unwrap_or(u32::MAX).min(6);
            Some(Duration::from_secs(1 << doublings).min(WAIT_MAX))
        }
        _ => None,
    }
}

/// The try that has to grow old before another is allowed.
fn nth_last(tries: &[Timestamp], allowed: usize) -> Option<Timestamp> {
    tries.len().checked_sub(allowed).map(|at| tries[at])
}

/// Why something is no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    TooShort,
    TooLong,
    /// It is what anybody would try first.
    Obvious,
}

/// A password as it is compared: one spelling for each letter (NFC), and nothing else of it changed.
pub fn spelled(typed: &str) -> String {
    typed.nfc().take(PASSWORD_CHARS_MAX + 1).collect()
}

/// A password as it is hashed: one spelling for each letter (NFC). `obvious` are the texts that anybody would try first.
pub fn parse_password(typed: &str, obvious: &[&str]) -> Result<String, PasswordError> {
    let password = spelled(typed);
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(PasswordError::TooShort);
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(PasswordError::TooLong);
    }
    let is_one_character = password.chars().all(|c| password.starts_with(c));
    let folded = password.to_lowercase();
    if is_one_character || obvious.iter().any(|text| folded.trim() == text.trim().to_lowercase()) {
        return Err(PasswordError::Obvious);
    }
    Ok(password)
}

/// Until when a session lasts that was begun and last used then.
pub fn session_ends(created: Timestamp, seen: Timestamp) -> Timestamp {
    seen.plus(UNUSED_MAX).min(created.plus(SESSION_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(seconds: &[i64]) -> Vec<Timestamp> {
        seconds.iter().map(|second| Timestamp(second * 1000)).collect()
    }

    #[test]
    fn an_account_waits_longer_with_each_try_and_never_for_ever() {
        let mut at = Vec::new();
        for (count, wait) in
            [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (11, 60), (12, 60), (19, 60), (20, 900), (90, 900)]
        {
            at.resize(count, Timestamp(0));
            let expected = (wait > 0).then(|| Duration::from_secs(wait));
            assert_eq!(TryBucket::Account.wait(&at, Timestamp(0)), expected, "{count} tries");
        }
        let last = Timestamp(0).plus(LONG_WAIT);
        assert_eq!(TryBucket::Account.wait(&at, last), None);
    }

    #[test]
    fn a_network_and_the_world_wait_until_old_tries_are_forgotten() {
        let all: Vec<i64> = (0..20).collect();
        assert_eq!(TryBucket::Network.wait(&tries(&all[..19]), Timestamp(19_000)), None);
        assert_eq!(TryBucket::Network.wait(&tries(&all), Timestamp(19_000)), Some(Duration::from_secs(581)));
        assert_eq!(TryBucket::Network.wait(&tries(&all), Timestamp(600_000)), None);
        let many = vec![Timestamp(0); 200];
        assert_eq!(TryBucket::World.wait(&many, Timestamp(1_000)), Some(Duration::from_secs(59)));
        assert_eq!(TryBucket::World.wait(&many[1..], Timestamp(1_000)), None);
    }

    #[test]
    fn a_password_is_long_and_not_the_first_that_anybody_tries() {
        let obvious = ["anna.berg@example.org", "The Week of Leeds"];
        for (typed, outcome) in [
            ("correct horse", Ok("correct horse")),
            ("eleven char", Err(PasswordError::TooShort)),
            ("aaaaaaaaaaaaaaaa", Err(PasswordError::Obvious)),
            ("Anna.Berg@example.org", Err(PasswordError::Obvious)),
            ("the week of leeds", Err(PasswordError::Obvious)),
            // One letter and its accent are the letter with the accent.
            ("cafe\u{301} au lait!", Ok("caf\u{e9} au lait!")),
        ] {
            assert_eq!(parse_password(typed, &obvious).as_deref().map_err(|error| *error), outcome, "{typed}");
        }
        let long = "ab".repeat(101);
        assert_eq!(parse_password(&long, &[]), Err(PasswordError::TooLong));
        assert!(parse_password(&long[..200], &[]).is_ok());
    }

    #[test]
    fn a_session_ends_unused_and_ends_at_last() {
        let began = Timestamp(0);
        assert_eq!(session_ends(began, began), began.plus(UNUSED_MAX));
        assert_eq!(session_ends(began, began.plus(DAY * 89)), began.plus(SESSION_MAX));
    }
}
