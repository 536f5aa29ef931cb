//! Where a request comes from that is to change something: from a page of the desk, or it is refused. It fails closed: a
//! request that does not say where it comes from is refused too.
//!
//! Browsers say it by `Sec-Fetch-Site` (Fetch Metadata), which no script can set, and older ones by `Origin` (RFC 6454).
//! So forms need no token, and none goes stale in a page that stays open for hours.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::Url;

use super::super::handler_error::{DeskPage, HandlerError};
use super::super::host::names_this_machine;
use super::super::site::Site;
use super::DESK;
use crate::templates::desk::DeskRefused;
use crate::words::Words;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request to the desk pass that only looks, or that comes from the desk. Whatever is answered bears the desk's
/// headers.
pub(in super::super) async fn stand_before(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    if !is_of_desk(request.uri().path()) {
        return next.run(request).await;
    }
    let passes = request.method().is_safe() || is_from_desk(&site.public_url, request.headers());
    let mut response = match passes {
        true => next.run(request).await,
        false => refusal(&site),
    };
    response.extensions_mut().insert(DeskPage);
    response
}

fn is_of_desk(path: &str) -> bool {
    path.strip_prefix(DESK).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn refusal(site: &Site) -> Response {
    let frame = site.frame(Words::of_page("en"), None, true);
    let page = site.page(StatusCode::FORBIDDEN, &frame, &DeskRefused { why: "origin", desk_url: site.path("admin") });
    page.unwrap_or_else(HandlerError::into_response)
}

/// Whether a request says that it comes from a page of this site.
fn is_from_desk(public_url: &Url, headers: &HeaderMap) -> bool {
    match only(headers, &FETCH_SITE) {
        Said::Once(site) => site == "same-origin",
        Said::Otherwise => false,
        Said::Nothing => match only(headers, &header::ORIGIN) {
            Said::Once(origin) => is_ours(public_url, headers, origin),
            Said::Nothing | Said::Otherwise => false,
        },
    }
}

/// Whether an origin is ours. On their own machine people may call it as they like, as long as they do so throughout.
fn is_ours(public_url: &Url, headers: &HeaderMap, origin: &str) -> bool {
    if origin == public_url.origin().ascii_serialization() {
        return true;
    }
    let Said::Once(host) = only(headers, &header::HOST) else { return false };
    names_this_machine(host) && origin == format!("http://{host}") && public_url.scheme() == "http"
}

enum Said<'a> {
    Nothing,
    Once(&'a str),
    /// Twice, or not in text.
    Otherwise,
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Said<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Said::Nothing,
        (Some(value), None) => value.to_str().map_or(Said::Otherwise, Said::Once),
        (Some(_), Some(_)) => Said::Otherwise,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn passes(public_url: &str, fields: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_static(value));
        }
        is_from_desk(&public_url.parse().unwrap(), &headers)
    }

    #[test]
    fn only_what_says_that_it_comes_from_the_desk_passes() {
        let ours = "https://news.example/letters/";
        for (fields, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://news.example")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "none"), ("origin", "https://news.example")], false),
            (&[("sec-fetch-site", "")], false),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")], false),
            (&[("origin", "https://news.example")], true),
            (&[("origin", "https://news.example:8443")], false),
            (&[("origin", "http://news.example")], false),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "https://news.example.evil.example")], false),
            (&[("origin", "null")], false),
            (&[("origin", "https://news.example"), ("origin", "https://evil.example")], false),
            (&[("referer", "https://news.example/letters/admin")], false),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], false),
            (&[], false),
        ] {
            assert_eq!(passes(ours, fields), expected, "{fields:?}");
        }
        for (fields, expected) in [
            (&[("origin", "http://localhost:8080"), ("host", "localhost:8080")][..], true),
            (&[("origin", "http://localhost:9090"), ("host", "localhost:8080")], false),
            (&[("origin", "http://evil.example"), ("host", "evil.example")], false),
        ] {
            assert_eq!(passes("http://127.0.0.1:8080", fields), expected, "{fields:?}");
        }
    }

    #[test]
    fn the_desk_is_what_stands_below_its_address() {
        for (path, expected) in
            [("/admin", true), ("/admin/", true), ("/admin/n/week", true), ("/administration", false), ("/week", false)]
        {
            assert_eq!(is_of_desk(path), expected, "{path}");
        }
    }
}
