//! What this server sees of a question that `doctor` sends through everything that stands before it. Without the
//! installation's seal nothing is said.

use std::net::SocketAddr;

use axum::http::{HeaderMap, header};

use super::proxies::FORWARDED_FOR;
use super::site::Site;
use crate::https::probe::{PROBE_FIELD, ProbeAnswer, is_answered};
use crate::token::Purpose;

/// What is seen of a request with a valid seal.
pub(super) fn answer(site: &Site, peer: SocketAddr, path: &str, headers: &HeaderMap) -> Option<ProbeAnswer> {
    let seal = headers.get(PROBE_FIELD)?.to_str().ok()?;
    let at = site.signup.keys.open(Purpose::Probe, seal)?;
    if !is_answered(at, site.clock.now().0) {
        return None;
    }
    let peer = peer.ip().to_canonical();
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let hops = |field: String| field.split(',').map(|hop| hop.trim().to_owned()).collect::<Vec<_>>();
    Some(ProbeAnswer {
        peer,
        trusted: site.proxies.trusts(peer),
        client: site.proxies.client(peer, headers),
        forwarded: headers.get_all(FORWARDED_FOR).iter().map(text).flat_map(hops).collect(),
        host: headers.get(header::HOST).map(text).unwrap_or_default(),
        path: path.to_owned(),
    })
}
