//! Which proxies may say on whose behalf they ask, and what they say. Knows no request.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// What a proxy says it in.
pub(super) const FORWARDED_FOR: &str = "x-forwarded-for";

/// The proxies that may say on whose behalf they ask, by `X-Forwarded-For`.
#[derive(Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether one that connects is a proxy of ours.
    pub(super) fn trusts(&self, peer: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&peer.to_canonical()))
    }

    /// Who asks: the hop nearest to us that is not one of our proxies. What stands further left in the header was
    /// written by the client and proves nothing.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        let fields = headers.get_all(FORWARDED_FOR).iter().rev();
        let hops = fields.flat_map(|field| field.to_str().unwrap_or("?").rsplit(','));
        for hop in hops {
            if !self.trusts(client) {
                break;
            }
            match address(hop.trim()) {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }
}

/// An address, or an address with a port, as proxies write them.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_our_proxies_are_believed() {
        let proxies = Proxies::new(["127.0.0.0/8", "10.0.0.0/8"].map(|network| network.parse().unwrap()).into());
        for (peer, fields, client) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.7"], "198.51.100.1"),
            ("127.0.0.1", &["1.2.3.4", "198.51.100.1", "10.0.0.7"], "198.51.100.1"),
            ("127.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("127.0.0.1", &["1.2.3.4, nonsense"], "127.0.0.1"),
            ("127.0.0.1", &["1.2.3.4, nonsense, 10.0.0.7"], "10.0.0.7"),
            ("127.0.0.1", &[""], "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for field in fields {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(field));
            }
            assert_eq!(proxies.client(peer.parse().unwrap(), &headers).to_string(), client, "{peer} {fields:?}");
        }
    }
}
