//! `/i/{name}`: an image of an issue or a newsletter's logo, named by its content and kept by whoever fetches it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::super::assets::FOR_EVER;
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use crate::domain::image::parse_name;
use crate::store::images;

/// Mailboxes and other sites show it on their own pages.
const SHOWN_ANYWHERE: (HeaderName, HeaderValue) =
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));

pub(super) fn router() -> Router<Arc<Site>> {
    Router::new().route("/i/{name}", get(show))
}

async fn show(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    asked: HeaderMap,
) -> Result<Response, HandlerError> {
    let (digest, format) = parse_name(&name).ok_or(HandlerError::NotFound)?;
    // What has this name has this content: who has any of it has all of it.
    let tag = format!("\"{digest}\"");
    if asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|tags| tags.as_bytes().windows(tag.len()).any(|at| at == tag.as_bytes()))
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::CACHE_CONTROL, FOR_EVER)]).into_response());
    }
    let image = images::get(&mut site.signup.db.read().await?, digest).await?;
    let image = image.filter(|image| image.format == format).ok_or(HandlerError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::ETAG, HeaderValue::from_str(&tag).map_err(|_| HandlerError::NotFound)?),
        SHOWN_ANYWHERE,
    ];
    Ok((headers, image.bytes).into_response())
}
