//! `/{newsletter}/{slug}`: an issue's web version, the same for everyone. It is shut in a sandbox: whatever an editor's
//! own HTML were to try, it has no script and no origin, and reaches no other page of this site.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use super::super::frame::PageContext;
use super::super::handler_error::{HandlerError, Sandboxed};
use super::super::site::Site;
use super::teaser::{date, shortened, stamped_form, teaser};
use crate::domain::issue::{Visibility, is_slug};
use crate::domain::newsletter::{Newsletter, is_rtl};
use crate::store::pages::{self, Page};
use crate::templates::pages::{Frame, IssuePage, Relation, Teaser};
use crate::words::{Words, minutes_to_read};

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}/{slug}", get(show)).route("/{newsletter}/{slug}/", get(show))
}

async fn show(
    State(site): State<Arc<Site>>,
    Path((newsletter, slug)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, HandlerError> {
    let list = site.list(&newsletter)?;
    // What is no issue's name is asked of no database: one of them holds no NUL.
    let slug = slug.trim_end_matches('.');
    if !is_slug(slug) {
        return Err(HandlerError::NotFound);
    }
    let mut tx = site.signup.db.read().await?;
    let page = pages::find(&mut tx, list.id, slug).await?.ok_or(HandlerError::NotFound)?;
    let previous = pages::before(&mut tx, list.id, page.published_at, page.id).await?;
    let next = pages::after(&mut tx, list.id, page.published_at, page.id).await?;
    drop(tx);
    let after = next.as_ref().map(|next| next.published_at);
    let changed = [Some(page.published_at), page.corrected_at, after].into_iter().flatten().max();
    let words = Words::of_page(&list.newsletter.language);
    let shown = |entry| teaser(&site, &list, words, entry);
    let beside = Beside { previous: previous.as_ref().map(shown), next: next.as_ref().map(shown) };
    // The hour alone, so that a page that may be kept changes once an hour and not with each look.
    let stamp = site.signup.stamp_of_hour(site.clock.now());
    let (frame, page) = context(&site.ground(Some(&list)), &list.newsletter, page, beside, stamp);
    let mut response = site.fresh_page(&headers, &frame, &page, changed)?;
    response.extensions_mut().insert(Sandboxed);
    Ok(response)
}

/// The issues before and after one.
#[derive(Default)]
pub(in super::super) struct Beside {
    previous: Option<Teaser>,
    next: Option<Teaser>,
}

/// The page of an issue of `newsletter` with what is around it, shown at the time that `stamp` says.
pub(in super::super) fn context(
    ground: &PageContext<'_>,
    newsletter: &Newsletter,
    page: Page,
    beside: Beside,
    stamp: String,
) -> (Frame, IssuePage) {
    let words = Words::of_page(&newsletter.language);
    let mut frame = ground.frame(words, false);
    let path = newsletter.issue_url("", &page.slug);
    ground.share(&mut frame, path.trim_start_matches('/'));
    if let Some(sharing) = &mut frame.sharing {
        sharing.kind = "article";
        sharing.image = Some(page.image.clone()).filter(|image| !image.is_empty()).or(sharing.image.take());
    }
    frame.private |= page.visibility != Visibility::Public;
    let Beside { previous, next } = beside;
    let relation =
        |relation, other: &Teaser| Relation { relation, media_type: "", title: String::new(), url: other.url.clone() };
    frame.relations.extend(previous.as_ref().map(|other| relation("prev", other)));
    frame.relations.extend(next.as_ref().map(|other| relation("next", other)));
    let corrected = page.corrected_at;
    let issue = IssuePage {
        direction: if is_rtl(&page.language) { "rtl" } else { "ltr" },
        title: page.title,
        date: date(newsletter, words, page.published_at),
        datetime: page.published_at.to_string(),
        author: page.author,
        summary: shortened(&page.summary),
        minutes: minutes_to_read(&page.language, usize::try_from(page.words).unwrap_or_default()),
        corrected: corrected.map(|at| date(newsletter, words, at)).unwrap_or_default(),
        corrected_datetime: corrected.map(|at| at.to_string()).unwrap_or_default(),
        correction: page.correction,
        body: page.html,
        previous,
        next,
        form: stamped_form(ground, newsletter, stamp),
        language: page.language,
    };
    (frame, issue)
}
