//! How much of one network at once: connections, and mails to addresses that bear no token.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Timestamp;

/// Connections at the same time.
pub(super) const CONNECTIONS_MAX: usize = 100;
/// Those of one network.
const CONNECTIONS_EACH: usize = 10;
/// Mails of one network in a minute that come to no address of one email. Reports come to those.
const UNSEALED_EACH: u32 = 30;
const MINUTE_MS: i64 = 60_000;

/// Who may come in.
#[derive(Debug, Default)]
pub(super) struct ClientLimits {
    networks: Mutex<HashMap<IpAddr, Network>>,
}

#[derive(Debug, Default)]
struct Network {
    connections: usize,
    /// The minute that is counted.
    minute: i64,
    unsealed: u32,
}

/// One connection of a network, as long as it is there.
#[derive(Debug)]
pub(super) struct ClientPlace {
    limits: Arc<ClientLimits>,
    network: IpAddr,
}

impl ClientLimits {
    /// A place for a client, if its network has one left.
    pub(super) fn enter(self: &Arc<Self>, client: IpAddr) -> Option<ClientPlace> {
        let network = network(client);
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = networks.entry(network).or_default();
        if entry.connections == CONNECTIONS_EACH {
            return None;
        }
        entry.connections += 1;
        Some(ClientPlace { limits: Arc::clone(self), network })
    }
}

impl ClientPlace {
    /// Whether one more mail to an address without a token is taken in this minute.
    pub(super) fn may_send(&self, now: Timestamp) -> bool {
        let mut networks = self.limits.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = networks.entry(self.network).or_default();
        let minute = now.0.div_euclid(MINUTE_MS);
        if entry.minute != minute {
            (entry.minute, entry.unsealed) = (minute, 0);
        }
        entry.unsealed += 1;
        entry.unsealed <= UNSEALED_EACH
    }
}

impl Drop for ClientPlace {
    fn drop(&mut self) {
        let mut networks = self.limits.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = networks.get_mut(&self.network) {
            entry.connections = entry.connections.saturating_sub(1);
            if entry.connections == 0 && entry.unsealed == 0 {
                networks.remove(&self.network);
            }
        }
        // Networks that came once are forgotten when there are many.
        if networks.len() > CONNECTIONS_MAX * CONNECTIONS_MAX {
            networks.retain(|_, entry| entry.connections > 0);
        }
    }
}

/// A client's /32, or /64: whoever has one address of IPv6 has them all.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_ten_places_and_gives_them_back() {
        let limits = Arc::new(ClientLimits::default());
        let client = |last: u8| format!("2001:db8::{last:x}").parse::<IpAddr>().unwrap();
        let mut places: Vec<ClientPlace> = (0..10).map(|last| limits.enter(client(last)).unwrap()).collect();
        assert!(limits.enter(client(99)).is_none());
        assert!(limits.enter("2001:db8:1::1".parse().unwrap()).is_some(), "another /64");
        assert!(limits.enter("192.0.2.1".parse().unwrap()).is_some());
        places.pop();
        assert!(limits.enter(client(99)).is_some());
        drop(places);
        assert!(limits.networks.lock().unwrap().is_empty());
    }

    #[test]
    fn a_network_sends_thirty_strange_mails_a_minute() {
        let limits = Arc::new(ClientLimits::default());
        let (one, other) = ("192.0.2.1".parse().unwrap(), "::ffff:192.0.2.1".parse().unwrap());
        let place = limits.enter(one).unwrap();
        let sent = (0..40).filter(|_| place.may_send(Timestamp(60_000))).count();
        assert_eq!(sent, 30);
        drop(place);
        let again = limits.enter(other).unwrap();
        assert!(!again.may_send(Timestamp(119_999)), "hanging up makes no difference");
        assert!(again.may_send(Timestamp(120_000)));
    }
}
