//! Work for a machine: a number is to be found whose hash is known. What an ALTCHA widget understands (its first
//! protocol: SHA-256, one number), made and checked here, without any other server. Knows no request.
//!
//! A challenge has no row. Its salt says when it ends and is part of what is hashed, and the hash is signed; so nothing
//! of it can be changed. That it opens the door once is the ledger's part: see [`SolvedChallenge`].

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::token::{Keyring, Purpose, random_bytes};

/// How long a challenge can be solved, in seconds: as long as a reader may look at the page.
const SECONDS_MAX: i64 = 20 * 60;
/// A solution in base64 has some 300 bytes.
const SOLUTION_BYTES_MAX: usize = 2048;
const ALGORITHM: &str = "SHA-256";

/// What is to be solved: find the `number` up to `maxnumber` for which SHA-256 of `salt` and the number, in decimal, is
/// `challenge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Challenge {
    /// Always `SHA-256`.
    pub algorithm: &'static str,
    pub challenge: String,
    /// The largest number that may be the one.
    pub maxnumber: u32,
    /// What is hashed before the number.
    pub salt: String,
    /// Of the hash, in hexadecimal.
    pub signature: String,
}

/// A challenge that was solved and has not ended. It must be spent in the transaction that it opens the door for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SolvedChallenge {
    pub(super) tag: i64,
    pub(super) expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Solution {
    algorithm: String,
    challenge: String,
    number: u64,
    salt: String,
    signature: String,
}

impl Challenge {
    /// A new one, which takes `work` hashes at most.
    pub fn new(keys: &Keyring, work: u32, now: Timestamp) -> Self {
        let expires = now.0 / 1000 + SECONDS_MAX;
        // The `&` at its end parts the salt from the number: without it, digits could move from one to the other.
        let salt = format!("{}?expires={expires}&", HEX.encode(&random_bytes::<12>()));
        let number = u64::from_be_bytes(random_bytes()) % (u64::from(work) + 1);
        let challenge = hash(&salt, number);
        let signature = HEX.encode(&keys.sign(Purpose::Challenge, &challenge));
        Self { algorithm: ALGORITHM, challenge, maxnumber: work, salt, signature }
    }
}

/// Looks at a solution, as the widget sends it: JSON in base64.
pub(super) fn check(keys: &Keyring, solution: &str, now: Timestamp) -> Option<SolvedChallenge> {
    if solution.len() > SOLUTION_BYTES_MAX {
        return None;
    }
    let Solution { algorithm, challenge, number, salt, signature } =
        serde_json::from_slice(&STANDARD.decode(solution).ok()?).ok()?;
    let expires: i64 = salt.strip_suffix('&')?.split_once("?expires=")?.1.parse().ok()?;
    let expires_at = Timestamp(expires.checked_mul(1000)?);
    let holds = algorithm == ALGORITHM
        && now < expires_at
        && challenge == hash(&salt, number)
        && keys.verify(Purpose::Challenge, &challenge, &HEX.decode(signature.as_bytes()).ok()?);
    let tag = i64::from_be_bytes(HEX.decode(challenge.as_bytes()).ok()?.get(..8)?.try_into().ok()?);
    holds.then_some(SolvedChallenge { tag, expires_at })
}

fn hash(salt: &str, number: u64) -> String {
    HEX.encode(digest(&SHA256, format!("{salt}{number}").as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn keys() -> Keyring {
        Keyring::parse(&format!("1:{}", "5c".repeat(32))).unwrap()
    }

    fn solve(challenge: &Challenge) -> serde_json::Value {
        let number = (0..=u64::from(challenge.maxnumber)).find(|n| hash(&challenge.salt, *n) == challenge.challenge);
        serde_json::json!({
            "algorithm": "SHA-256", "challenge": challenge.challenge, "number": number.unwrap(),
            "salt": challenge.salt, "signature": challenge.signature, "took": 12,
        })
    }

    fn sent(value: &serde_json::Value) -> String {
        STANDARD.encode(value.to_string())
    }

    #[test]
    fn a_solved_challenge_opens_until_it_ends() {
        let challenge = Challenge::new(&keys(), 500, NOW);
        let solution = sent(&solve(&challenge));
        let spent = check(&keys(), &solution, NOW).unwrap();
        assert_eq!(spent.expires_at, Timestamp(NOW.0 + SECONDS_MAX * 1000));
        assert_eq!(check(&keys(), &solution, spent.expires_at), None);
        let other = Keyring::parse(&format!("1:{}", "5d".repeat(32))).unwrap();
        assert_eq!(check(&other, &solution, NOW), None);
    }

    #[test]
    fn nothing_of_it_can_be_changed() {
        let challenge = Challenge::new(&keys(), 500, NOW);
        let solved = solve(&challenge);
        let number = solved["number"].as_u64().unwrap();
        // Digits of the number moved into the time at which it ends.
        let longer = format!("{}{}", challenge.salt.trim_end_matches('&'), number);
        for (key, value) in [
            ("number", serde_json::json!(number + 1)),
            ("salt", serde_json::json!(longer)),
            ("salt", serde_json::json!(challenge.salt.replace("expires=1", "expires=2"))),
            ("challenge", serde_json::json!(hash("mine?expires=9999999999&", 1))),
            ("signature", serde_json::json!("00".repeat(32))),
            ("signature", serde_json::json!("é")),
            ("algorithm", serde_json::json!("SHA-1")),
        ] {
            let mut forged = solved.clone();
            forged[key] = value;
            assert_eq!(check(&keys(), &sent(&forged), NOW), None, "{key}");
        }
        for wrong in ["", "e30=", "%", &"A".repeat(3000)] {
            assert_eq!(check(&keys(), wrong, NOW), None, "{wrong}");
        }
    }
}
