//! The network that a request came from. Knows no request.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// A client's network: what one household or office has. It is what limits count and what the record of consents
/// keeps; the address itself is not stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(String);

/// 256 addresses: the smallest block that is routed by itself.
const IPV4_PREFIX: u8 = 24;
/// What providers give to one customer (RFC 6177).
const IPV6_PREFIX: u8 = 56;

impl ClientNetwork {
    /// The network of an address. An IPv4 address written as IPv6 is taken for what it is.
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let prefix = if address.is_ipv4() { IPV4_PREFIX } else { IPV6_PREFIX };
        Self(IpNet::new_assert(address, prefix).trunc().to_string())
    }

    pub(super) fn stored(network: String) -> Self {
        Self(network)
    }

    /// As it is stored: `192.0.2.0/24`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_to_its_network() {
        for (address, network) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1234:56ff:1:2:3:4", "2001:db8:1234:5600::/56"),
            ("::1", "::/56"),
        ] {
            assert_eq!(ClientNetwork::of(address.parse().unwrap()).as_str(), network);
        }
    }
}
