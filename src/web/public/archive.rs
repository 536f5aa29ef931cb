//! `/{newsletter}/`: the issues that went out, by year, and a search in them. What is typed is bounded, and shown again
//! in the field alone.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::civil::date;
use serde::Deserialize;

use super::super::frame::description;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::teaser::{below, teaser};
use crate::clock::Timestamp;
use crate::publishing::folded;
use crate::signup::SignupList;
use crate::store::pages::{self, ArchiveEntry, TERMS_MAX};
use crate::templates::pages::{ArchivePage, SearchOutcome, Year};

/// A page stays below 15 KB, also in scripts of three bytes a letter.
const PER_PAGE: usize = 20;
/// A search with more than five pages asks for too little.
const FOUND_MAX: usize = 100;
/// Fewer issues are seen at a glance.
const SEARCHABLE: usize = 10;
const TYPED_CHARS_MAX: usize = 100;
/// A century of a daily newsletter.
const ISSUES_MAX: i64 = 40_000;
/// No archive has more pages in a year.
const PAGE_MAX: usize = 1000;
/// A search reads every issue: a few at once keep the database free for the rest.
const SEARCH_WAIT_SECONDS_MAX: u64 = 3;

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/{newsletter}", get(with_slash)).route("/{newsletter}/", get(show))
}

/// What may be asked for in the address. Names that are not here are left alone: sites add their own to links.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    year: Option<i16>,
    page: Option<usize>,
}

/// What is asked for, checked.
#[derive(Debug)]
struct Wanted {
    typed: String,
    terms: Vec<String>,
    year: Option<i16>,
    page: usize,
}

impl Wanted {
    fn of(asked: Result<Query<Asked>, QueryRejection>) -> Option<Self> {
        let Query(asked) = asked.ok()?;
        let typed = asked.q.trim().to_owned();
        let fits = typed.chars().count() <= TYPED_CHARS_MAX
            && asked.year.is_none_or(|year| (1970..=9998).contains(&year))
            && asked.page.is_none_or(|page| (1..=PAGE_MAX).contains(&page));
        let terms = folded(&typed).split(' ').filter(|term| !term.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        (fits && terms.len() <= TERMS_MAX).then(|| Self {
            typed,
            terms,
            year: asked.year,
            page: asked.page.unwrap_or(1),
        })
    }
}

async fn with_slash(State(site): State<Arc<Site>>, Path(slug): Path<String>) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    let place = [(header::LOCATION, below(&site, &list, ""))];
    Ok((StatusCode::PERMANENT_REDIRECT, place).into_response())
}

async fn show(
    State(site): State<Arc<Site>>,
    Path(slug): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HandlerError> {
    let list = site.list(&slug)?;
    let wanted = Wanted::of(asked).ok_or(HandlerError::Body(StatusCode::UNPROCESSABLE_ENTITY))?;
    let shelf = if wanted.terms.is_empty() {
        year(&site, &list, &wanted).await?
    } else {
        search(&site, &list, &wanted).await?
    };
    let words = site.words(Some(&list));
    // What a search finds is of use to who searched alone.
    let mut frame = site.frame(words, Some(&list), false);
    if wanted.terms.is_empty() && wanted.year.is_none() && wanted.page == 1 {
        site.share(&mut frame, Some(&list), &format!("{slug}/"));
    } else {
        frame.private = true;
    }
    let (outcome, count) = shelf.outcome(&wanted).unzip();
    let page = ArchivePage {
        newsletter: list.newsletter.name.clone(),
        description: description(&list.newsletter),
        searchable: shelf.times.len() >= SEARCHABLE || !wanted.typed.is_empty(),
        action: below(&site, &list, ""),
        typed: wanted.typed.clone(),
        outcome,
        count: number(count.unwrap_or_default()),
        years: shelf.years(&site, &list, &wanted),
        entries: shelf.entries.iter().map(|entry| teaser(&site, &list, words, entry)).collect(),
        newer_url: (wanted.page > 1).then(|| address(&site, &list, &wanted, wanted.page - 1)),
        older_url: shelf.more.then(|| address(&site, &list, &wanted, wanted.page + 1)),
    };
    site.fresh_page(&headers, &frame, &page, shelf.times.first().copied())
}

/// What a page of the archive shows.
struct PublicArchive {
    entries: Vec<ArchiveEntry>,
    more: bool,
    /// Of a search, how many were found; one more than the most stands for many.
    count: Option<usize>,
    /// When the issues went out, latest first.
    times: Vec<Timestamp>,
    /// Their years, latest first.
    all_years: Vec<i16>,
    year: Option<i16>,
}

impl PublicArchive {
    /// What came of a search, and how many it found; or that there is nothing at all.
    fn outcome(&self, wanted: &Wanted) -> Option<(SearchOutcome, usize)> {
        match self.count {
            Some(0) => Some((SearchOutcome::None, 0)),
            Some(count) if count > FOUND_MAX => Some((SearchOutcome::Many, FOUND_MAX)),
            Some(count) => Some((SearchOutcome::Found, count)),
            None => (self.entries.is_empty() && wanted.page == 1).then_some((SearchOutcome::Empty, 0)),
        }
    }

    fn years(&self, site: &Site, list: &SignupList, wanted: &Wanted) -> Vec<Year> {
        let one = |year: &i16| Year {
            url: below(site, list, &format!("?year={year}")),
            number: year.to_string(),
            current: self.year == Some(*year) && wanted.terms.is_empty(),
        };
        // One year needs no choice.
        if self.all_years.len() < 2 { Vec::new() } else { self.all_years.iter().map(one).collect() }
    }
}

async fn year(site: &Site, list: &SignupList, wanted: &Wanted) -> Result<PublicArchive, HandlerError> {
    let mut tx = site.signup.db.read().await?;
    let times = pages::times(&mut tx, list.id, ISSUES_MAX).await?;
    let all_years = years_of(list, &times);
    let year = wanted.year.or_else(|| all_years.first().copied());
    if wanted.year.is_some_and(|year| !all_years.contains(&year)) {
        return Err(HandlerError::NotFound);
    }
    let Some(year) = year else {
        return Ok(PublicArchive { entries: Vec::new(), more: false, count: None, times, all_years, year: None });
    };
    let (from, until) = bounds(list, year);
    let query =
        pages::Query { from, until, ..pages::Query::all(number(PER_PAGE + 1), number((wanted.page - 1) * PER_PAGE)) };
    let mut entries = pages::list(&mut tx, list.id, &query).await?;
    if entries.is_empty() && wanted.page > 1 {
        return Err(HandlerError::NotFound);
    }
    let more = entries.len() > PER_PAGE;
    entries.truncate(PER_PAGE);
    Ok(PublicArchive { entries, more, count: None, times, all_years, year: Some(year) })
}

async fn search(site: &Site, list: &SignupList, wanted: &Wanted) -> Result<PublicArchive, HandlerError> {
    let wait = Duration::from_secs(SEARCH_WAIT_SECONDS_MAX);
    let _seat = tokio::time::timeout(wait, site.searches.acquire()).await.map_err(|_| HandlerError::Busy)?;
    let mut tx = site.signup.db.read().await?;
    let times = pages::times(&mut tx, list.id, ISSUES_MAX).await?;
    let query = pages::Query { terms: wanted.terms.clone(), ..pages::Query::all(number(FOUND_MAX + 1), 0) };
    let found = pages::list(&mut tx, list.id, &query).await?;
    let before = (wanted.page - 1) * PER_PAGE;
    let shown = found.len().min(FOUND_MAX);
    if before > 0 && before >= shown {
        return Err(HandlerError::NotFound);
    }
    let entries = found[before..shown.min(before + PER_PAGE)].to_vec();
    let all_years = years_of(list, &times);
    Ok(PublicArchive {
        entries,
        more: before + PER_PAGE < shown,
        count: Some(found.len()),
        times,
        all_years,
        year: None,
    })
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The years in which issues went out, where the newsletter is at home; latest first.
fn years_of(list: &SignupList, times: &[Timestamp]) -> Vec<i16> {
    let zone = &list.newsletter.time_zone;
    let mut years: Vec<i16> = times.iter().map(|at| at.to_jiff().to_zoned(zone.clone()).year()).collect();
    years.dedup();
    years
}

/// When a year begins and ends there.
fn bounds(list: &SignupList, year: i16) -> (Timestamp, Timestamp) {
    let start = |year: i16| {
        let midnight = date(year, 1, 1).to_zoned(list.newsletter.time_zone.clone());
        midnight.map_or(Timestamp(i64::MAX), |zoned| Timestamp::from_jiff(zoned.timestamp()))
    };
    (start(year), start(year + 1))
}

/// The same page of the archive at another place.
fn address(site: &Site, list: &SignupList, wanted: &Wanted, page: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !wanted.typed.is_empty() {
        query.append_pair("q", &wanted.typed);
    }
    if let Some(year) = wanted.year {
        query.append_pair("year", &year.to_string());
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    let query = query.finish();
    below(site, list, &if query.is_empty() { query } else { format!("?{query}") })
}
