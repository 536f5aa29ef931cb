//! What `doctor` asks a server of its own through everything that stands before it, and what the server says that it sees.
//! Only who has the installation's key is answered.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

/// The header line that has the sealed time of the question.
pub const PROBE_FIELD: &str = "x-coranto-probe";
/// Who the question pretends to come from (RFC 5737: nobody has this address).
pub const FORGED_CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 66));
/// A question is answered for so long: one that was overheard is soon worth nothing.
const PROBE_AGE_MAX_MS: u64 = 5 * 60 * 1000;

/// What the server sees of the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeAnswer {
    /// Who connected: the proxy next to the server.
    pub peer: IpAddr,
    /// Whether that is one of `trusted_proxies`.
    pub trusted: bool,
    /// For whom the server takes the question's sender.
    pub client: IpAddr,
    /// What stood in X-Forwarded-For, the nearest last.
    pub forwarded: Vec<String>,
    /// What stood in Host.
    pub host: String,
    pub path: String,
}

/// Whether a question that was sealed at `at` is answered at `now`, both in milliseconds since 1970.
pub fn is_answered(at: u64, now: i64) -> bool {
    u64::try_from(now).is_ok_and(|now| now.abs_diff(at) <= PROBE_AGE_MAX_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_for_five_minutes() {
        let now = 1_800_000_000_000;
        let seconds = |count: i64| is_answered(u64::try_from(now + count * 1000).unwrap(), now);
        assert!(seconds(0) && seconds(-300) && seconds(300), "clocks differ a little");
        assert!(!seconds(-301) && !seconds(301) && !is_answered(u64::MAX, now));
    }
}
