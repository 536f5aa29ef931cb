//! `/robots.txt` and `/sitemap.xml`: what search engines are told. Readers' own pages are none of their business.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::super::conditional::fresh;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use crate::store::pages::{self, Query};
use crate::templates::feeds::{Sitemap, SitemapEntry};

/// The protocol allows 50,000 in one file, and 50 MB.
const PAGES_MAX: usize = 50_000;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/robots.txt", get(robots)).route("/sitemap.xml", get(sitemap))
}

async fn robots(State(site): State<Arc<Site>>) -> Response {
    let mut text = String::from("User-agent: *\n");
    for private in ["c/", "u/", "p/"] {
        text.push_str(&format!("Disallow: {}\n", site.path(private)));
    }
    text.push_str(&format!("\nSitemap: {}\n", site.url("sitemap.xml")));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, text).into_response()
}

async fn sitemap(State(site): State<Arc<Site>>, headers: HeaderMap) -> Result<Response, HandlerError> {
    let mut entries = vec![SitemapEntry { url: site.url(""), modified: String::new() }];
    let mut tx = site.signup.db.read().await?;
    for list in site.lists.iter().filter(|list| list.newsletter.indexed) {
        let slug = &list.newsletter.slug;
        let left = PAGES_MAX.saturating_sub(entries.len() + 2);
        let issues = pages::list(&mut tx, list.id, &Query::all(i64::try_from(left).unwrap_or(0), 0)).await?;
        let latest = issues.iter().map(|entry| entry.corrected_at.unwrap_or(entry.published_at)).max();
        let modified = latest.map(|at| at.to_string()).unwrap_or_default();
        entries.push(SitemapEntry { url: site.url(&format!("{slug}/")), modified });
        entries.push(SitemapEntry { url: site.url(&format!("{slug}/privacy")), modified: String::new() });
        entries.extend(issues.iter().map(|entry| SitemapEntry {
            url: list.newsletter.issue_url(site.public_url.as_str(), &entry.slug),
            modified: entry.corrected_at.unwrap_or(entry.published_at).to_string(),
        }));
    }
    drop(tx);
    let xml = site.templates.render(&Sitemap { entries }).map_err(HandlerError::Template)?;
    Ok(fresh(&headers, "application/xml; charset=utf-8", xml, None))
}
