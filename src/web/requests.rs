//! What tells one request from another in logs: an id, which a proxy of ours may have given. Knows no page.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use data_encoding::HEXLOWER;

use super::site::Site;
use crate::token::random_bytes;

pub(super) const ID: HeaderName = HeaderName::from_static("x-request-id");
/// A UUID has 36 characters; more is not an id.
const ID_BYTES_MAX: usize = 64;
const OWN_BYTES: usize = 8;

/// The id of a request: what our proxy calls it, or a new one. A stranger's would put what they like into the log.
pub(super) fn id(site: &Site, request: &Request) -> Id {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let given = request.headers().get(ID).filter(|_| peer.is_some_and(|peer| site.proxies.trusts(peer)));
    let given = given.and_then(|value| value.to_str().ok()).filter(|text| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        (1..=ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits)
    });
    Id(given.map_or_else(|| HEXLOWER.encode(&random_bytes::<OWN_BYTES>()), str::to_owned))
}

#[derive(Clone, Debug)]
pub(super) struct Id(String);

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Id {
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.0.as_str()).ok()
    }
}

/// A method as it is counted: strangers may invent any number of others.
pub(super) fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
