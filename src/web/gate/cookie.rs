//! What a browser keeps: the secret of its session, and what tells it from others when it signs in again. Knows no session.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::super::site::Site;
use crate::accounts::{SessionSecret, SignedInNow};
use crate::domain::sign_in::SESSION_MAX;

/// A year: so long a browser is known after it last signed in.
const DEVICE_SECONDS: u64 = 365 * 24 * 3600;

/// The two cookies. `__Host-` keeps other hosts of the domain from setting them (RFC 6265bis 4.1.3); on plain HTTP at a
/// loopback address browsers take no such cookie, and there is no other host.
#[derive(Clone, Copy)]
enum Cookie {
    Session,
    Device,
}

impl Cookie {
    fn name(self, site: &Site) -> &'static str {
        match (self, is_plain(site)) {
            (Self::Session, false) => "__Host-coranto",
            (Self::Session, true) => "coranto",
            (Self::Device, false) => "__Host-coranto-device",
            (Self::Device, true) => "coranto-device",
        }
    }

    fn shown<'a>(self, site: &Site, headers: &'a HeaderMap) -> Option<&'a str> {
        let fields = headers.get_all(header::COOKIE).iter().filter_map(|field| field.to_str().ok());
        let pairs = fields.flat_map(|field| field.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut own = pairs.filter(|(name, _)| *name == self.name(site)).map(|(_, value)| value);
        // Two of one name are somebody else's doing; which of them is ours nobody can tell.
        match (own.next(), own.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    fn put(self, site: &Site, response: &mut Response, value: &str, seconds: u64) {
        let secure = if is_plain(site) { "" } else { "; Secure" };
        let name = self.name(site);
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(text) = HeaderValue::try_from(text) {
            response.headers_mut().append(header::SET_COOKIE, text);
        }
    }
}

fn is_plain(site: &Site) -> bool {
    site.public_url.scheme() == "http"
}

/// The secret that a request shows.
pub(super) fn shown_secret(site: &Site, headers: &HeaderMap) -> Option<SessionSecret> {
    Cookie::Session.shown(site, headers).and_then(SessionSecret::shown)
}

/// What a browser kept of a former time that it signed in.
pub(in super::super) fn kept_device(site: &Site, headers: &HeaderMap) -> Option<String> {
    Cookie::Device.shown(site, headers).map(str::to_owned)
}

/// Has the browser keep what it was given when it signed in.
pub(in super::super) fn keep(site: &Site, mut response: Response, inside: &SignedInNow) -> Response {
    Cookie::Device.put(site, &mut response, &inside.device, DEVICE_SECONDS);
    renew(site, response, &inside.secret)
}

/// Has the browser keep another secret for the same session.
pub(in super::super) fn renew(site: &Site, mut response: Response, secret: &SessionSecret) -> Response {
    Cookie::Session.put(site, &mut response, secret.as_str(), SESSION_MAX.as_secs());
    response
}

/// Has the browser forget its session.
pub(in super::super) fn forget(site: &Site, mut response: Response) -> Response {
    Cookie::Session.put(site, &mut response, "", 0);
    response
}
