//! `/{newsletter}/{slug}`: an issue's web version, the same for everyone. It is shut in a sandbox: whatever an editor's
//! own HTML were to try, it has no script and no origin, and reaches no other page of this site.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::super::failure::{Failure, Sandboxed};
use super::super::site::Site;
use super::teaser::{date, issue_path, quick_form, shortened, teaser};
use crate::domain::issue::Visibility;
use crate::domain::newsletter::is_rtl;
use crate::signup::Door;
use crate::store::pages::{self, Entry, Page};
use crate::templates::pages::{IssuePage, Relation};
use crate::words::Words;

/// What most people read in a minute; in scripts that do not part words each character is counted as one.
const WORDS_PER_MINUTE: i64 = 220;
const CHARACTERS_PER_MINUTE: i64 = 500;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/{slug}", get(show))
}

async fn show(
    State(site): State<Arc<Site>>,
    Path((newsletter, slug)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let door = site.door(&newsletter)?;
    let mut tx = site.signup.db.read().await?;
    let page = pages::find(&mut tx, door.id, &slug).await?.ok_or(Failure::NotFound)?;
    let previous = pages::before(&mut tx, door.id, page.published_at, page.id).await?;
    let next = pages::after(&mut tx, door.id, page.published_at, page.id).await?;
    drop(tx);
    let after = next.as_ref().map(|next| next.published_at);
    let changed = [Some(page.published_at), page.corrected_at, after].into_iter().flatten().max();
    let context = context(&site, &door, page, previous.as_ref(), next.as_ref());
    let open = !context.frame.private;
    let mut response = site.fresh_page(&headers, &context, open, changed)?;
    response.extensions_mut().insert(Sandboxed);
    Ok(response)
}

fn context(site: &Site, door: &Door, page: Page, previous: Option<&Entry>, next: Option<&Entry>) -> IssuePage {
    let words = site.words(Some(door));
    let mut frame = site.frame(words, Some(door), &page.title, false);
    let path = door.newsletter.issue_url("", &page.slug);
    site.share(&mut frame, Some(door), path.trim_start_matches('/'), &page.title, &shortened(&page.summary));
    if let Some(sharing) = &mut frame.sharing {
        sharing.kind = "article";
        sharing.image = Some(page.image.clone()).filter(|image| !image.is_empty()).or(sharing.image.take());
    }
    frame.private |= page.visibility != Visibility::Public;
    let relation = |relation, entry: &Entry| Relation {
        relation,
        media_type: "",
        title: String::new(),
        url: issue_path(site, door, &entry.slug),
    };
    frame.relations.extend(previous.map(|entry| relation("prev", entry)));
    frame.relations.extend(next.map(|entry| relation("next", entry)));
    let corrected = page.corrected_at;
    IssuePage {
        frame,
        direction: if is_rtl(&page.language) { "rtl" } else { "ltr" },
        title: page.title,
        date: date(door, words, page.published_at),
        datetime: page.published_at.to_string(),
        author: page.author,
        reading_time: words.reading_time(minutes(&page.language, page.words)),
        corrected: corrected.map(|at| words.corrected_on(&date(door, words, at))).unwrap_or_default(),
        corrected_datetime: corrected.map(|at| at.to_string()).unwrap_or_default(),
        correction: page.correction,
        body: page.html,
        beside_label: words.other_issues(),
        previous_label: words.previous_issue(),
        previous: previous.map(|entry| teaser(site, door, words, entry)),
        next_label: words.next_issue(),
        next: next.map(|entry| teaser(site, door, words, entry)),
        form: quick_form(site, door, words, &words.subscribe()),
        language: page.language,
    }
}

fn minutes(language: &str, words: i64) -> i64 {
    let unparted = matches!(Words::of_page(language).tag(), "ja") || language.starts_with("zh");
    let per_minute = if unparted { CHARACTERS_PER_MINUTE } else { WORDS_PER_MINUTE };
    ((words + per_minute / 2) / per_minute).max(1)
}
