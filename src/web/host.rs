//! For which host a request is meant. One that names another than `public_url` is refused: what reaches this server by a
//! name that is not its own is a mistake, or somebody who wants that name to stand somewhere.
//!
//! Probes ask for the machine and not for the site, so the operations' paths are answered under any name; they show no
//! link and no word of the request.

use std::sync::{Arc, Once};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::{Host, Url};

use super::handler_error::HandlerError;
use super::site::Site;

const PROBES: &[&str] = &["/healthz", "/readyz"];

/// Refuses requests for another host.
pub(super) async fn check(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    match judge(&site.public_url, &request) {
        Ok(()) => next.run(request).await,
        Err(status) => {
            warn_of_proxy();
            HandlerError::Body(status).into_response()
        }
    }
}

fn judge(public_url: &Url, request: &Request) -> Result<(), StatusCode> {
    if PROBES.contains(&request.uri().path()) {
        return Ok(());
    }
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = match (named.next(), named.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        // RFC 9112 3.2: none, or more than one.
        _ => None,
    };
    let host = host.ok_or(StatusCode::BAD_REQUEST)?;
    // The target's own host, when it has one, goes before the field; both must be right.
    let both = [Some(&host), request.uri().authority()];
    let ours = both.into_iter().flatten().all(|authority| is_ours(public_url, authority));
    if ours { Ok(()) } else { Err(StatusCode::MISDIRECTED_REQUEST) }
}

fn is_ours(public_url: &Url, authority: &Authority) -> bool {
    if authority.as_str().contains('@') {
        return false;
    }
    let (Some(ours), Ok(theirs)) = (public_url.host(), Host::parse(without_root(authority.host()))) else {
        return false;
    };
    // On their own machine people may call it as they like.
    if is_loopback(&ours.to_owned()) {
        return is_loopback(&theirs);
    }
    let default = if public_url.scheme() == "https" { 443 } else { 80 };
    let same_port = authority.port_u16().unwrap_or(default) == public_url.port().unwrap_or(default);
    ours.to_owned() == theirs && same_port
}

/// A name with the dot of the root at its end is the same name.
fn without_root(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

/// Whether a `Host` field names the machine itself and not the site.
pub(super) fn names_this_machine(field: &str) -> bool {
    field
        .parse::<Authority>()
        .ok()
        .and_then(|named| Host::parse(named.host()).ok())
        .is_some_and(|host| is_loopback(&host))
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// A proxy that puts its own name into `Host` would make every page vanish, and nobody would see why.
fn warn_of_proxy() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            "a request for another host than that of public_url was refused; if all are, make the proxy pass `Host` on, and \
             write down the client itself (nginx: proxy_set_header Host $host; proxy_set_header X-Forwarded-For \
             $proxy_add_x_forwarded_for)"
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(public_url: &str, target: &str, hosts: &[&str]) -> u16 {
        let mut request = axum::http::Request::builder().uri(target);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        judge(&public_url.parse().unwrap(), &request).map_or_else(|status| status.as_u16(), |()| 200)
    }

    #[test]
    fn a_request_names_our_host_once() {
        let ours = "https://news.example/letters/";
        for (target, hosts, expected) in [
            ("/", &["news.example"][..], 200),
            ("/", &["NEWS.example:443"], 200),
            ("/", &["news.example."], 200),
            ("/", &["news.example.:443"], 200),
            ("/", &["news.example.."], 421),
            ("/", &["evil.example."], 421),
            ("https://news.example/week/subscribe", &["news.example"], 200),
            ("/", &["evil.example"], 421),
            ("/", &["news.example.evil.example"], 421),
            ("/", &["news.example:8443"], 421),
            ("/", &["news.example@evil.example"], 421),
            ("/", &["127.0.0.1"], 421),
            ("https://evil.example/", &["news.example"], 421),
            ("https://news.example/", &["evil.example"], 421),
            ("/", &[], 400),
            ("/", &["news.example", "news.example"], 400),
            ("/", &["a b"], 400),
            ("/", &[""], 400),
            ("/healthz", &["10.0.0.7:8080"], 200),
            ("/readyz", &[], 200),
            ("/healthz/more", &["10.0.0.7:8080"], 421),
        ] {
            assert_eq!(status(ours, target, hosts), expected, "{target} {hosts:?}");
        }
    }

    #[test]
    fn ports_and_loopback_names() {
        for (ours, host, expected) in [
            ("https://news.example:8443", "news.example:8443", 200),
            ("https://news.example:8443", "news.example", 421),
            ("http://127.0.0.1:8080", "localhost:8080", 200),
            ("http://127.0.0.1:8080", "127.0.0.1:4000", 200),
            ("http://localhost:8080", "[::1]:8080", 200),
            ("http://127.0.0.1:8080", "evil.example", 421),
            ("https://bücher.example", "xn--bcher-kva.example", 200),
        ] {
            assert_eq!(status(ours, "/", &[host]), expected, "{ours} {host}");
        }
    }
}
