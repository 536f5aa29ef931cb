//! From which network a request comes, when proxies stand in between. Believes nobody but them.

use std::net::SocketAddr;
use std::sync::{Arc, Once};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::proxies::FORWARDED_FOR;
use super::site::Site;
use crate::signup::ClientNetwork;

/// The network a request comes from; none where there is no connection.
pub(super) struct ClientIp(pub(super) Option<ClientNetwork>);

impl FromRequestParts<Arc<Site>> for ClientIp {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Self::Rejection> {
        let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else { return Ok(Self(None)) };
        let peer = peer.ip().to_canonical();
        let client = site.proxies.client(peer, &parts.headers);
        // A visitor on this machine who comes through a proxy that is trusted is no reason.
        let is_untrusted = peer.is_loopback() && !site.proxies.trusts(peer);
        if is_untrusted && parts.headers.contains_key(FORWARDED_FOR) {
            warn_of_proxy();
        }
        Ok(Self(Some(ClientNetwork::of(client))))
    }
}

/// Without this all readers share one network's limit, and nobody sees why.
fn warn_of_proxy() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            "requests come through a proxy on this machine that is not trusted: add \"127.0.0.1\" to trusted_proxies"
        );
    });
}
