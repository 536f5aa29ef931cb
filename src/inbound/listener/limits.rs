//! How many clients at once, and how much of one network: connections, and mails to addresses that bear no token.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::clock::Timestamp;

/// Connections at the same time, of strangers and of this machine's mail server each.
const CONNECTIONS_MAX: usize = 100;
/// Bringing one report takes less; whoever takes longer brings none.
const BUSY_MAX: Duration = Duration::from_secs(60);
/// Connections of one network.
const CONNECTIONS_EACH: usize = 10;
/// Mails of one network in a minute that come to no address of one email. Reports come to those.
const UNSEALED_EACH: u32 = 30;
const MINUTE_MS: i64 = 60_000;

/// The places at one door. Whoever has one and brings nothing makes room when others wait: silence holds up no report.
#[derive(Debug, Default)]
pub(super) struct ListenerPlaces {
    taken: Mutex<VecDeque<Arc<Occupant>>>,
}

#[derive(Debug, Default)]
struct Occupant {
    /// Since when it brings a report to an address that bears a token.
    busy_since: Mutex<Option<Instant>>,
    asked_to_leave: CancellationToken,
}

impl Occupant {
    fn is_idle(&self) -> bool {
        self.busy().is_none_or(|since| since.elapsed() > BUSY_MAX)
    }

    fn busy(&self) -> MutexGuard<'_, Option<Instant>> {
        self.busy_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place, as long as its client is there.
#[derive(Debug)]
pub(super) struct ListenerPlace {
    places: Arc<ListenerPlaces>,
    occupant: Arc<Occupant>,
}

impl ListenerPlaces {
    /// A place: a free one, or that of whoever has been here longest and brings nothing. None when all bring something.
    pub(super) fn enter(self: &Arc<Self>) -> Option<ListenerPlace> {
        let mut taken = self.lock();
        if taken.len() >= CONNECTIONS_MAX {
            let idle = taken.iter().position(|one| one.is_idle())?;
            if let Some(gone) = taken.remove(idle) {
                gone.asked_to_leave.cancel();
            }
        }
        let occupant = Arc::<Occupant>::default();
        taken.push_back(Arc::clone(&occupant));
        Some(ListenerPlace { places: Arc::clone(self), occupant })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Occupant>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ListenerPlace {
    /// Says whether its client brings something now.
    pub(super) fn set_busy(&self, is_busy: bool) {
        *self.occupant.busy() = is_busy.then(Instant::now);
    }

    /// Ends when somebody else needs the place.
    pub(super) async fn wanted(&self) {
        self.occupant.asked_to_leave.cancelled().await;
    }
}

impl Drop for ListenerPlace {
    fn drop(&mut self) {
        self.places.lock().retain(|one| !Arc::ptr_eq(one, &self.occupant));
    }
}

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
    fn whoever_brings_nothing_makes_room() {
        let places = Arc::<ListenerPlaces>::default();
        let mut all: Vec<ListenerPlace> = (0..CONNECTIONS_MAX).map(|_| places.enter().unwrap()).collect();
        all[0].set_busy(true);
        let newer = places.enter().unwrap();
        let is_asked = |place: &ListenerPlace| place.occupant.asked_to_leave.is_cancelled();
        assert_eq!(
            (is_asked(&all[0]), is_asked(&all[1]), is_asked(&all[2])),
            (false, true, false),
            "the oldest idle one"
        );
        all.remove(1);
        assert_eq!(places.lock().len(), CONNECTIONS_MAX, "its place was given away before it left");
        all.iter().chain([&newer]).for_each(|place| place.set_busy(true));
        assert!(places.enter().is_none());
        let long_ago = Instant::now().checked_sub(BUSY_MAX + Duration::from_secs(1));
        *all[3].occupant.busy() = long_ago;
        let _latest = places.enter().unwrap();
        assert!(is_asked(&all[3]), "a report that takes so long is none");
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
