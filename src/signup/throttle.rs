//! Counts the requests of each network in memory. Knows no address and no newsletter.
//!
//! The record of consents is counted as well, which survives a restart and is shared by processes. But it only knows
//! the requests that were followed by a mail: with it alone, the moment at which the limit is reached would tell a
//! stranger which of the addresses they tried are known.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Client;
use crate::clock::Timestamp;

/// Over how long requests are counted.
pub(super) const WINDOW: Duration = Duration::from_secs(3600);
/// Some 100 bytes each: the table never has more than 7 MB.
const NETWORKS_MAX: usize = 1 << 16;

/// The requests of the last hour.
#[derive(Debug)]
pub struct Throttle {
    limit: u32,
    networks: Mutex<HashMap<Client, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    start: Timestamp,
    count: u32,
}

impl Throttle {
    /// Admits `limit` requests of a network in an hour.
    pub fn new(limit: u32) -> Self {
        Self { limit, networks: Mutex::new(HashMap::new()) }
    }

    /// Counts a request, or says after how long the next is admitted.
    pub fn admit(&self, client: &Client, now: Timestamp) -> Result<(), Duration> {
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if networks.len() >= NETWORKS_MAX && !networks.contains_key(client) {
            networks.retain(|_, window| now.since(window.start) < WINDOW);
            // So many networks in an hour are an attack; whoever was counted may begin anew, the quotas of mailboxes hold.
            if networks.len() >= NETWORKS_MAX {
                networks.clear();
            }
        }
        let window = networks.entry(client.clone()).or_insert(Window { start: now, count: 0 });
        if now.since(window.start) >= WINDOW || now < window.start {
            *window = Window { start: now, count: 0 };
        }
        if window.count >= self.limit {
            return Err(WINDOW.saturating_sub(now.since(window.start)));
        }
        window.count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_gets_its_share_and_no_more() {
        let throttle = Throttle::new(2);
        let (here, there) = (Client::of([192, 0, 2, 1].into()), Client::of([198, 51, 100, 1].into()));
        let start = Timestamp(1_000);
        assert_eq!(throttle.admit(&here, start), Ok(()));
        assert_eq!(throttle.admit(&here, start.plus(Duration::from_secs(600))), Ok(()));
        assert_eq!(throttle.admit(&here, start.plus(Duration::from_secs(1200))), Err(Duration::from_secs(2400)));
        assert_eq!(throttle.admit(&there, start.plus(Duration::from_secs(1200))), Ok(()));
        assert_eq!(throttle.admit(&here, start.plus(WINDOW)), Ok(()));
    }

    #[test]
    fn the_table_does_not_grow_without_end() {
        let throttle = Throttle::new(1);
        for number in 0..u32::try_from(NETWORKS_MAX).unwrap() * 2 {
            let _ = throttle.admit(&Client::of(std::net::Ipv4Addr::from_bits(number << 8).into()), Timestamp(0));
        }
        assert!(throttle.networks.lock().unwrap().len() <= NETWORKS_MAX);
    }
}
