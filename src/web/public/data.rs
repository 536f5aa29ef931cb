//! `/d/{token}`: what is stored about a reader, to be taken along or erased. The link comes by a mail of its own and
//! works for an hour.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::super::client::From;
use super::super::failure::Failure;
use super::super::form::Form as Fields;
use super::super::site::Site;
use super::reader;
use super::token::{Opened, Token, open};
use crate::domain::RequestId;
use crate::signup::{self, Act};
use crate::store::requests;
use crate::store::subscriptions::{self, Subscription};
use crate::templates::pages::{Field, Form, Link, ReaderPage, Section};
use crate::token::Purpose;

const DOWNLOAD: &str = "download";
const ERASE: &str = "erase";

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/d/{token}", get(show).post(act)).route("/d/{token}/", get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, Failure> {
    match request(&site, &token).await? {
        Some(id) => current(&site, id, false).await,
        None => stale_page(&site, None),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    From(client): From,
    fields: Fields,
) -> Result<Response, Failure> {
    let Some(id) = request(&site, &token).await? else { return stale_page(&site, None) };
    let act = site.act("data", "", client);
    match fields.get("action") {
        DOWNLOAD => download(&site, id, act).await,
        ERASE if fields.get("sure") == "yes" => {
            let signup = site.signup.clone();
            let erased = site.write(async move { signup::erase(&signup, id, &act).await }).await?;
            if erased { erased_page(&site) } else { stale_page_of(&site, id).await }
        }
        ERASE => current(&site, id, true).await,
        _ => current(&site, id, false).await,
    }
}

/// The request that a link is about; none when it is gone, with everything else about the reader.
async fn request(site: &Site, token: &str) -> Result<Option<RequestId>, Failure> {
    match open(site, Purpose::Data, token).await? {
        Opened::Row(number) => Ok(Some(RequestId(number))),
        Opened::Absent => Ok(None),
        Opened::Test => Err(Failure::NoSuchLink),
    }
}

async fn download(site: &Arc<Site>, id: RequestId, act: Act) -> Result<Response, Failure> {
    let signup = site.signup.clone();
    let copy = site.write(async move { signup::copy_data(&signup, id, &act).await }).await?;
    let Some(copy) = copy else { return stale_page_of(site, id).await };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")),
    ];
    Ok((headers, format!("{copy:#}\n")).into_response())
}

async fn current(site: &Site, id: RequestId, unsure: bool) -> Result<Response, Failure> {
    let subscription = signup::look_data(&site.signup, id, site.clock.now()).await?;
    let Some(subscription) = subscription else { return stale_page_of(site, id).await };
    let mut page = page(site, &subscription);
    if !unsure {
        return site.page(StatusCode::OK, &page);
    }
    let words = site.words_for(site.door_of(subscription.newsletter_id), Some(&subscription));
    reader::refuse(&mut page, words, "sure", &words.erase_unsure());
    site.page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn page(site: &Site, subscription: &Subscription) -> ReaderPage {
    let door = site.door_of(subscription.newsletter_id);
    let words = site.words_for(door, Some(subscription));
    let mut page = reader::page(site, words, door, words.data_heading(), Some(subscription));
    let sure = Field { kind: "checkbox", name: "sure", label: words.erase_sure(), ..Field::default() };
    page.sections = vec![
        Section {
            id: "copy",
            text: words.data_page_text(),
            buttons: vec![reader::button(DOWNLOAD, words.data_download())],
            ..Section::default()
        },
        Section {
            id: "end",
            heading: words.erase_heading(),
            text: words.erase_text(),
            forms: vec![Form { fields: vec![sure], button: reader::grave(ERASE, words.erase_heading()) }],
            ..Section::default()
        },
    ];
    page
}

fn erased_page(site: &Site) -> Result<Response, Failure> {
    let door = site.only_door();
    let words = site.words(door);
    let mut page = reader::page(site, words, door, words.erased_heading(), None);
    page.paragraphs = vec![words.erased_text()];
    page.link = Some(Link { url: site.path(""), label: words.to_home() });
    site.page(StatusCode::OK, &page)
}

/// The same for a link whose reader is still there: in the name of the newsletter whose mail it was in.
async fn stale_page_of(site: &Site, id: RequestId) -> Result<Response, Failure> {
    let mut tx = site.signup.db.read().await?;
    let Some(request) = requests::get(&mut tx, id).await? else { return stale_page(site, None) };
    let subscription = subscriptions::get(&mut tx, request.subscription_id).await?;
    stale_page(site, subscription.as_ref())
}

fn stale_page(site: &Site, subscription: Option<&Subscription>) -> Result<Response, Failure> {
    let door = subscription.map_or_else(|| site.only_door(), |one| site.door_of(one.newsletter_id));
    let words = site.words_for(door, subscription);
    let mut page = reader::page(site, words, door, words.stale_heading(), None);
    page.paragraphs = vec![words.data_stale_text()];
    page.link = Some(Link { url: site.path(""), label: words.to_home() });
    site.page(StatusCode::OK, &page)
}
