//! `/d/{token}`: what is stored about a reader, to be taken along or erased. The link comes by a mail of its own and
//! works for an hour.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::super::client_ip::ClientIp;
use super::super::form::Form as Fields;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::reader::ReaderContext;
use super::token::{Opened, Token, open, routes};
use crate::domain::RequestId;
use crate::signup::{self, ActionContext};
use crate::store::requests;
use crate::store::subscriptions;
use crate::templates::pages::{DataPage, ErasedPage, StaleLink, StalePage};
use crate::token::Purpose;

const DOWNLOAD: &str = "download";
const ERASE: &str = "erase";

pub(super) fn router() -> Router<Arc<Site>> {
    routes(Purpose::Data, get(show).post(act))
}

async fn show(State(site): State<Arc<Site>>, Token(token): Token) -> Result<Response, HandlerError> {
    match request(&site, &token).await? {
        Some(id) => current(&site, id, false).await,
        None => stale_page(ReaderContext::nobody(&site)),
    }
}

async fn act(
    State(site): State<Arc<Site>>,
    Token(token): Token,
    ClientIp(client): ClientIp,
    fields: Fields,
) -> Result<Response, HandlerError> {
    let Some(id) = request(&site, &token).await? else { return stale_page(ReaderContext::nobody(&site)) };
    let act = site.act("data", "", client);
    match fields.get("action") {
        DOWNLOAD => download(&site, id, act).await,
        ERASE if fields.get("sure") == "yes" => {
            let signup = site.signup.clone();
            let erased = site.write(async move { signup::erase(&signup, id, &act).await }).await?;
            if erased {
                ReaderContext::nobody(&site).page(StatusCode::OK, &ErasedPage { stop: false })
            } else {
                stale_page_of(&site, id).await
            }
        }
        ERASE => current(&site, id, true).await,
        _ => current(&site, id, false).await,
    }
}

/// The request that a link is about; none when it is gone, with everything else about the reader.
async fn request(site: &Site, token: &str) -> Result<Option<RequestId>, HandlerError> {
    match open(site, Purpose::Data, token).await? {
        Opened::Row(number) => Ok(Some(RequestId(number))),
        Opened::Absent => Ok(None),
        Opened::Test => Err(HandlerError::NoSuchLink),
    }
}

async fn download(site: &Arc<Site>, id: RequestId, act: ActionContext) -> Result<Response, HandlerError> {
    let signup = site.signup.clone();
    let copy = site.write(async move { signup::copy_data(&signup, id, &act).await }).await?;
    let Some(copy) = copy else { return stale_page_of(site, id).await };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")),
    ];
    Ok((headers, format!("{copy:#}\n")).into_response())
}

async fn current(site: &Site, id: RequestId, unsure: bool) -> Result<Response, HandlerError> {
    let subscription = signup::data_status(&site.signup, id, site.clock.now()).await?;
    let Some(subscription) = subscription else { return stale_page_of(site, id).await };
    let whose = ReaderContext::of(site, &subscription).await?;
    let status = if unsure { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    whose.page(status, &DataPage { reader: whose.reader.clone(), wrong: unsure })
}

/// The same for a link whose reader is still there: in the name of the newsletter whose mail it was in.
async fn stale_page_of(site: &Site, id: RequestId) -> Result<Response, HandlerError> {
    let mut tx = site.signup.db.read().await?;
    let Some(request) = requests::get(&mut tx, id).await? else { return stale_page(ReaderContext::nobody(site)) };
    let subscription = subscriptions::get(&mut tx, request.subscription_id).await?;
    drop(tx);
    match subscription {
        Some(subscription) => stale_page(ReaderContext::of(site, &subscription).await?),
        None => stale_page(ReaderContext::nobody(site)),
    }
}

fn stale_page(whose: ReaderContext<'_>) -> Result<Response, HandlerError> {
    let whose = whose.without_address();
    whose.page(StatusCode::OK, &StalePage { reader: whose.reader.clone(), link: StaleLink::Data, days: 0 })
}
