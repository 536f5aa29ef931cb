//! `/{newsletter}/feed.xml` (Atom, RFC 4287, in pages as RFC 5005 has it) and `/{newsletter}/feed.json` (JSON Feed 1.1):
//! the issues with their whole text. An issue's id never changes; a correction changes its date.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::conditional::fresh;
use super::super::handler_error::{HandlerError, Indexable};
use super::super::site::Site;
use crate::clock::Timestamp;
use crate::domain::newsletter::Newsletter;
use crate::signup::SignupList;
use crate::store::pages::{self, Page};
use crate::templates::feeds::{AtomFeed, FeedEntry, FeedLink};
use crate::words::Words;

/// On one page of a feed: what a reader that looks once a month has missed, and more.
const PER_PAGE: usize = 20;
/// Text past this is left to the issue's page: readers refuse feeds of more than a megabyte, and escaping adds to it.
const TEXT_BYTES_MAX: usize = 400 * 1024;
const PAGE_MAX: usize = 10_000;
const ATOM: &str = "application/atom+xml";
const JSON: &str = "application/feed+json";

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/feed.xml", get(atom)).route("/{newsletter}/feed.json", get(json_feed))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    page: Option<usize>,
}

/// One page of a feed.
struct FeedSource {
    list: Arc<SignupList>,
    page: usize,
    last: usize,
    issues: Vec<Page>,
    /// When anything on this page last changed.
    updated: Option<Timestamp>,
}

async fn shelf(
    site: &Site,
    slug: &str,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<FeedSource, HandlerError> {
    let list = site.list(slug)?;
    let page = asked.ok().map_or(Some(0), |Query(asked)| Some(asked.page.unwrap_or(1)));
    let page = page.filter(|page| (1..=PAGE_MAX).contains(page));
    let page = page.ok_or(HandlerError::Body(StatusCode::UNPROCESSABLE_ENTITY))?;
    let mut tx = site.signup.db.read().await?;
    let (limit, offset) = (number(PER_PAGE), number((page - 1) * PER_PAGE));
    let issues = pages::latest(&mut tx, list.id, limit, offset).await?;
    let count = pages::times(&mut tx, list.id, number(PAGE_MAX * PER_PAGE)).await?.len();
    if issues.is_empty() && page > 1 {
        return Err(HandlerError::NotFound);
    }
    let updated = issues.iter().map(changed).max();
    Ok(FeedSource { list, page, last: count.div_ceil(PER_PAGE).max(1), issues, updated })
}

async fn atom(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HandlerError> {
    let shelf = shelf(&site, &slug, asked).await?;
    let newsletter = &shelf.list.newsletter;
    let words = site.words(Some(&shelf.list));
    let link = |relation, media_type, url| FeedLink { relation, media_type, url };
    let mut links = vec![
        link("self", ATOM, shelf.url(&site, "feed.xml", shelf.page)),
        link("alternate", "text/html", site.url(&format!("{slug}/"))),
    ];
    if shelf.last > 1 {
        links.push(link("first", ATOM, shelf.url(&site, "feed.xml", 1)));
        links.push(link("last", ATOM, shelf.url(&site, "feed.xml", shelf.last)));
    }
    if shelf.page > 1 {
        links.push(link("previous", ATOM, shelf.url(&site, "feed.xml", shelf.page - 1)));
    }
    if shelf.page < shelf.last {
        links.push(link("next", ATOM, shelf.url(&site, "feed.xml", shelf.page + 1)));
    }
    let feed = AtomFeed {
        language: newsletter.language.clone(),
        id: format!("tag:{},{IDS_SINCE}:{slug}", site.public_url.host_str().unwrap_or_default()),
        title: clean(&newsletter.name),
        subtitle: clean(&pitch(words, newsletter)),
        // A feed must have a date; that of no issue at all is the beginning.
        updated: shelf.updated.unwrap_or(Timestamp(0)).to_string(),
        author: clean(&newsletter.from.name),
        logo_url: None,
        links,
        entries: shelf.entries(&site),
    };
    let xml = site.templates.render(&feed).map_err(HandlerError::Template)?;
    Ok(open(fresh(&headers, "application/atom+xml; charset=utf-8", xml, shelf.updated)))
}

async fn json_feed(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HandlerError> {
    let shelf = shelf(&site, &slug, asked).await?;
    let newsletter = &shelf.list.newsletter;
    let items: Vec<Value> = shelf.entries(&site).into_iter().map(item).collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": newsletter.name,
        "description": pitch(site.words(Some(&shelf.list)), newsletter),
        "home_page_url": site.url(&format!("{slug}/")),
        "feed_url": shelf.url(&site, "feed.json", shelf.page),
        "language": newsletter.language,
        "authors": [{ "name": newsletter.from.name }],
        "items": items,
    });
    if shelf.page < shelf.last {
        feed["next_url"] = json!(shelf.url(&site, "feed.json", shelf.page + 1));
    }
    Ok(open(fresh(&headers, JSON, feed.to_string(), shelf.updated)))
}

fn item(entry: FeedEntry) -> Value {
    let mut item = json!({
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "language": entry.language,
        "date_published": entry.published,
        "date_modified": entry.updated,
    });
    // One of the two must be there.
    let (name, content) =
        if entry.html.is_empty() { ("content_text", entry.summary) } else { ("content_html", entry.html) };
    item[name] = json!(content);
    if !entry.author.is_empty() {
        item["authors"] = json!([{ "name": entry.author }]);
    }
    item
}

/// RFC 4151 wants a date on which the name in a `tag:` was its owner's; it is part of every feed's id and never changes.
const IDS_SINCE: &str = "2026";

impl FeedSource {
    fn url(&self, site: &Site, file: &str, page: usize) -> String {
        let query = if page > 1 { format!("?page={page}") } else { String::new() };
        site.url(&format!("{}/{file}{query}", self.list.newsletter.slug))
    }

    fn entries(&self, site: &Site) -> Vec<FeedEntry> {
        let mut bytes = 0;
        let mut entry = |page: &Page| {
            bytes += page.html.len();
            let whole = bytes <= TEXT_BYTES_MAX;
            self.entry(site, page, whole)
        };
        self.issues.iter().map(&mut entry).collect()
    }

    fn entry(&self, site: &Site, page: &Page, whole: bool) -> FeedEntry {
        let newsletter = &self.list.newsletter;
        let url = newsletter.issue_url(site.public_url.as_str(), &page.slug);
        let published = page.published_at.to_string();
        let day = published.get(..10).unwrap_or_default();
        let path = newsletter.issue_url("", &page.slug);
        FeedEntry {
            id: format!(
                "tag:{},{day}:{}",
                site.public_url.host_str().unwrap_or_default(),
                path.trim_start_matches('/')
            ),
            language: page.language.clone(),
            title: clean(&page.title),
            url,
            updated: changed(page).to_string(),
            published,
            author: clean(&page.author),
            summary: clean(&page.summary),
            html: if whole { clean(&page.html) } else { String::new() },
        }
    }
}

fn changed(page: &Page) -> Timestamp {
    page.corrected_at.unwrap_or(page.published_at)
}

fn open(mut response: Response) -> Response {
    response.extensions_mut().insert(Indexable);
    response
}

/// What a newsletter is, in a sentence: its own, or that it is to be had.
fn pitch(words: Words, newsletter: &Newsletter) -> String {
    newsletter.description.clone().unwrap_or_else(|| words.signup_lead(&newsletter.name))
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Without the characters that XML 1.0 has no way to write.
fn clean(text: &str) -> String {
    let fits = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_say_is_left_out() {
        assert_eq!(clean("a\0b\u{b}c\u{1b}d\u{FFFE}e\u{FFFF}f\tg]]>😀\u{85}"), "abcdef\tg]]>😀\u{85}");
    }
}
