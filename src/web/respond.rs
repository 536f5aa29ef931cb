//! What every response bears: its headers, an id, and a page where it is an error. Owns the rule that an error page
//! echoes nothing of the request.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::error_page::ErrorPage;
use super::handler_error::{Complete, DeskPage, ErrorPageKind, Indexable, Sandboxed};
use super::public;
use super::requests;
use super::site::Site;
use crate::telemetry::metrics;
use crate::templates::pages::TroublePage;

/// Gives every response its headers, and every error a page, or a JSON object to who speaks JSON.
pub(super) async fn dress(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    // The route and not the path: paths bear tokens.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.as_deref().unwrap_or("none");
    let json = speaks_json(request.headers());
    let id = requests::id(&site, &request);
    let asked = tokio::time::Instant::now();
    let span = tracing::info_span!("request", %id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), asked.elapsed());
    span.in_scope(|| tracing::debug!(status = status.as_u16(), ms = took.as_secs_f64() * 1000.0, "answered"));
    metrics::request(route, requests::method(&method), status.as_u16(), took);
    let error = status.is_client_error() || status.is_server_error();
    if error && response.extensions().get::<Complete>().is_none() {
        response = explained(&site, response, json);
    }
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    secure(&mut response);
    if let Some(id) = id.header() {
        response.headers_mut().insert(requests::ID, id);
    }
    response
}

fn explained(site: &Site, bare: Response, json: bool) -> Response {
    let status = bare.status();
    let list = site.only_list();
    let words = site.words(list);
    let trouble = bare.extensions().get::<ErrorPageKind>().map_or_else(|| ErrorPage::of(status), |known| known.0);
    let mut response = if json {
        let body = serde_json::json!({ "error": trouble.sentence(words) }).to_string();
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    } else {
        let html = site.trouble_pages.get(trouble, || {
            let frame = site.frame(words, list, true);
            match trouble {
                ErrorPage::NoSuchLink => site.html(&frame, &public::lost_page(site)),
                _ => site.html(&frame, &TroublePage { trouble: trouble.as_str() }),
            }
        });
        html.map_or_else(|_| (status, trouble.sentence(words)).into_response(), |html| Site::dressed(status, html))
    };
    if bare.extensions().get::<DeskPage>().is_some() {
        response.extensions_mut().insert(DeskPage);
    }
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = bare.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

fn speaks_json(headers: &HeaderMap) -> bool {
    let is_json = |name: HeaderName| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("application/json"))
    };
    is_json(header::CONTENT_TYPE) || is_json(header::ACCEPT)
}

/// Nothing is loaded from elsewhere, nothing runs, nobody frames a page; an address with a token in it goes into no
/// cache, no `Referer` and no search engine.
fn secure(response: &mut Response) {
    const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    // Without `allow-scripts` nothing runs, without `allow-same-origin` the page is a stranger to all others.
    const SANDBOX: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
        sandbox allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";
    // A form that is posted without a referrer says `Origin: null` even to its own site; the desk goes by the origin where
    // a browser says nothing better.
    let is_desk = response.extensions().get::<DeskPage>().is_some();
    let is_open = response.extensions().get::<Indexable>().is_some();
    let policy = if response.extensions().get::<Sandboxed>().is_some() { SANDBOX } else { POLICY };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, if is_desk { "same-origin" } else { "no-referrer" }),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_desk {
        for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
            headers.insert(name, HeaderValue::from_static("same-origin"));
        }
    }
    if !is_open {
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
