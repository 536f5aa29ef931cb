//! `[server]`: where the web server listens and whom it believes.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;

use super::reader::{Section, ValueRefusal};

#[derive(Clone, Debug)]
pub struct Server {
    pub listen: SocketAddr,
    /// Where `/metrics` is served to whoever reaches it; without it nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The most connections open at once.
    pub connections: u32,
    /// The folder of what this machine remembers of its database.
    pub state: PathBuf,
}

pub(super) fn read(section: Section<'_>) -> Option<Server> {
    let listen = section.parsed("listen", socket);
    let metrics_listen = section.parsed("metrics_listen", socket);
    let trusted_proxies = section.each_text("trusted_proxies", network);
    let connections = section.small("connections");
    let state = section.path_of("state");
    Some(Server { listen: listen?, metrics_listen, trusted_proxies, connections: connections?, state: state? })
}

pub(super) fn socket(text: &str) -> Result<SocketAddr, ValueRefusal> {
    text.parse().map_err(|_| {
        let hint = "write 127.0.0.1:8080, or [::]:8080 for every address";
        (format!("{text:?} is not an address and a port"), Some(hint.into()))
    })
}

/// A network with more addresses than this is not that of somebody's proxies: in it lies everybody who could pretend.
const PREFIX_MIN_V4: u8 = 8;
const PREFIX_MIN_V6: u8 = 16;

/// An address alone is a network of one. IPv4 written as IPv6 (`::ffff:a.b.c.d`) is taken for what it is.
fn network(text: &str) -> Result<IpNet, ValueRefusal> {
    let refusal =
        |_| (format!("{text:?} is not an address or a network"), Some("write 10.0.0.1 or 10.0.0.0/8".to_owned()));
    let written: IpNet = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(refusal)?;
    let address = written.addr().to_canonical();
    let network = match written.prefix_len().checked_sub(96) {
        Some(prefix) if written.addr().is_ipv6() && address.is_ipv4() => IpNet::new_assert(address, prefix),
        _ => written,
    };
    let least = if network.addr().is_ipv4() { PREFIX_MIN_V4 } else { PREFIX_MIN_V6 };
    if network.prefix_len() < least {
        let why = format!("{text:?} is not a network of proxies: everybody in it could say whom they ask for");
        let hint = "write the proxy's own address, or its network with a prefix of /8 (IPv6: /16) or more";
        return Err((why, Some(hint.to_owned())));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let holds =
            |net: &str, one: &str| network(net).unwrap().contains(&one.parse::<IpAddr>().unwrap().to_canonical());
        for (net, one) in [
            ("10.0.0.0/8", "10.255.0.1"),
            ("10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.1.2.3"),
            ("fd12::/16", "fd12::1"),
            ("2001:db8::/32", "2001:db8::1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3"),
        ] {
            assert!(holds(net, one), "{net} {one}");
        }
        for (net, one) in [
            ("10.0.0.0/8", "11.0.0.1"),
            ("10.0.0.1", "10.0.0.2"),
            ("::ffff:10.0.0.0/104", "11.0.0.1"),
            ("fd12::/16", "fe00::1"),
        ] {
            assert!(!holds(net, one), "{net} {one}");
        }
        for world in [
            "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/7", "::/0", "2000::/3", "fd00::/8", "::ffff:0:0/96",
            "::ffff:0:0/0",
        ] {
            assert!(network(world).unwrap_err().1.unwrap().contains("own address"), "{world}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "example.com", "10.0.0.1/"] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
    }
}
