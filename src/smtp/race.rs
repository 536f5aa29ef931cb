//! Which of a name's addresses answers: they are raced (RFC 8305), the one that worked last first. Must not know what is
//! said on the connection.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::fault::Fault;
use super::stream::tune;

/// Addresses of one name that are tried.
pub(super) const ADDRESSES_MAX: usize = 8;
/// RFC 8305 5: the next address is tried beside the one before when that has not answered within this.
const NEXT_AFTER: Duration = Duration::from_millis(250);

/// The address that worked last, known to all connections to one relay.
#[derive(Clone, Debug, Default)]
pub(super) struct LastGood(Arc<Mutex<Option<SocketAddr>>>);

impl LastGood {
    pub(super) fn get(&self) -> Option<SocketAddr> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session was opened at this address.
    pub(super) fn set(&self, address: SocketAddr) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }

    /// It failed at this address.
    pub(super) fn forget(&self, address: SocketAddr) {
        let mut good = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *good == Some(address) {
            *good = None;
        }
    }
}

/// The addresses in the order in which they are tried: families take turns, beginning with that of the first (RFC 8305
/// 4), and the one that worked last goes before all.
pub(super) fn in_order(found: impl IntoIterator<Item = SocketAddr>, good: Option<SocketAddr>) -> VecDeque<SocketAddr> {
    let mut found: Vec<SocketAddr> = found.into_iter().collect();
    found.dedup();
    let first_is_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut one, mut other): (VecDeque<_>, VecDeque<_>) =
        found.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut ordered = VecDeque::new();
    while !one.is_empty() || !other.is_empty() {
        ordered.extend(one.pop_front());
        ordered.extend(other.pop_front());
    }
    if let Some(at) = good.and_then(|good| ordered.iter().position(|address| *address == good))
        && let Some(good) = ordered.remove(at)
    {
        ordered.push_front(good);
    }
    ordered.truncate(ADDRESSES_MAX);
    ordered
}

/// Connects to the first of `addresses` that answers, all within `deadline`. What refused, and the one that won, are taken
/// away; one that has not answered is left as the last resort.
pub(super) async fn connect(
    addresses: &mut VecDeque<SocketAddr>,
    deadline: Duration,
) -> Result<(SocketAddr, TcpStream), Fault> {
    let until = Instant::now() + deadline;
    let mut running = FuturesUnordered::new();
    let mut silent = VecDeque::new();
    let mut failure = Fault::Io(io::ErrorKind::NotFound.into());
    let mut next_at = Instant::now();
    loop {
        if running.is_empty() && addresses.is_empty() {
            return Err(failure);
        }
        tokio::select! {
            biased;
            Some((address, connected)) = running.next(), if !running.is_empty() => {
                silent.retain(|other| *other != address);
                match connected {
                    Ok(socket) => {
                        addresses.append(&mut silent);
                        return Ok((address, socket));
                    }
                    Err(error) => {
                        failure = Fault::from(error);
                        next_at = Instant::now();
                    }
                }
            }
            () = tokio::time::sleep_until(next_at), if !addresses.is_empty() => {
                if let Some(address) = addresses.pop_front() {
                    silent.push_back(address);
                    running.push(async move { (address, open(address).await) });
                    next_at = Instant::now() + NEXT_AFTER;
                }
            }
            () = tokio::time::sleep_until(until) => return Err(Fault::TimedOut(deadline)),
        }
    }
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address).await?;
    tune(&socket)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use socket2::{Domain, Socket, Type};

    use super::*;

    fn v4(last: u8, port: u16) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), port))
    }

    /// A port at which nothing is answered, neither yes nor no: its queue of connections is full.
    fn silent(address: Ipv4Addr) -> (Socket, Vec<Socket>, SocketAddr) {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((address, 0)).into()).unwrap();
        socket.listen(0).unwrap();
        let at = socket.local_addr().unwrap().as_socket().unwrap();
        let fill = || {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            client.set_nonblocking(true).unwrap();
            // It is under way, or taken; either fills the queue.
            let _ = client.connect(&at.into());
            client
        };
        let filling = (0..4).map(|_| fill()).collect();
        (socket, filling, at)
    }

    #[test]
    fn families_take_turns_and_the_last_good_is_first() {
        let six = |last| SocketAddr::from((Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last), 25));
        let found = [six(1), six(2), v4(1, 25), v4(2, 25), six(3)];
        assert_eq!(in_order(found, None), [six(1), v4(1, 25), six(2), v4(2, 25), six(3)]);
        assert!(in_order(found, Some(v4(2, 25))).into_iter().take(2).eq([v4(2, 25), six(1)]));
        assert_eq!(in_order(found, Some(v4(9, 25))).len(), 5, "one that the name has no more is not asked");
        let many = (1..20).map(|last| SocketAddr::from((IpAddr::from([127, 0, 0, last]), 25)));
        assert_eq!(in_order(many, None).len(), ADDRESSES_MAX);
    }

    #[tokio::test]
    async fn a_dead_address_holds_up_nobody() {
        let (_socket, _filling, dead) = silent(Ipv4Addr::new(127, 0, 0, 2));
        let listener = tokio::net::TcpListener::bind(v4(1, 0)).await.unwrap();
        let alive = listener.local_addr().unwrap();
        let mut addresses = VecDeque::from([dead, alive]);
        let (won, _) = connect(&mut addresses, Duration::from_secs(30)).await.unwrap();
        assert_eq!((won, addresses), (alive, VecDeque::from([dead])), "the silent one is left for another time");
        let mut addresses = VecDeque::from([dead]);
        let failure = connect(&mut addresses, Duration::from_millis(300)).await.unwrap_err();
        assert!(matches!(failure, Fault::TimedOut(_)), "{failure}");
    }

    #[tokio::test]
    async fn a_refusal_is_followed_by_the_next_address_at_once() {
        let listener = tokio::net::TcpListener::bind(v4(1, 0)).await.unwrap();
        let closed = listener.local_addr().unwrap();
        drop(listener);
        let listener = tokio::net::TcpListener::bind(v4(1, 0)).await.unwrap();
        let alive = listener.local_addr().unwrap();
        let mut addresses = VecDeque::from([closed, alive]);
        let (won, _) = connect(&mut addresses, Duration::from_secs(30)).await.unwrap();
        assert_eq!((won, addresses.len()), (alive, 0), "what refused is not asked again");
        let failure = connect(&mut VecDeque::from([closed]), Duration::from_secs(30)).await.unwrap_err();
        assert!(matches!(&failure, Fault::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused), "{failure}");
    }
}
