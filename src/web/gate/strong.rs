//! Acts that need more than a session: the gate asks for the password again, keeps what the form had, and goes on with it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::super::form::{Media, bytes};
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use crate::accounts::{self, SessionSecret, ShownAgain, SignedIn};
use crate::domain::moment::about;
use crate::domain::sign_in::spelled;
use crate::templates::desk::{DeskAgain, KeptField};
use crate::words::Words;

/// The field that the password is typed into. No other form of the desk has it.
const FIELD: &str = "password_again";

/// What became of an act that needs more.
pub(super) enum StrongPassage {
    /// They have shown who they are: here is the request, without the password, and the session's new secret.
    Shown(Request, SessionSecret),
    /// The page that wants the password.
    Asked(Response),
}

/// Asks for the password, or looks at the one that came.
pub(super) async fn ask(
    site: &Arc<Site>,
    who: &Arc<SignedIn>,
    request: Request,
) -> Result<StrongPassage, HandlerError> {
    if Media::of(request.headers()) != Media::Form {
        return Err(HandlerError::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let (mut head, body) = request.into_parts();
    let mut bare = Request::new(body);
    *bare.headers_mut() = head.headers.clone();
    let body = bytes(bare, site).await?;
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let (own, kept): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == FIELD);
    let path = head.uri.path().to_owned();
    let page = |error: &'static str, wait: String| asked_page(site, &path, &kept, error, wait);
    let Some((_, password)) = own.into_iter().next() else { return page("", String::new()) };
    let (shared, person, now) = (Arc::clone(site), Arc::clone(who), site.clock.now());
    let shown = site.write(async move {
        let (db, keys, keeper) = (&shared.signup.db, &shared.signup.keys, &shared.keeper);
        accounts::show_again(db, keys, keeper, &person, spelled(&password), now).await
    });
    match shown.await? {
        ShownAgain::Strong(secret) => {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&kept).finish();
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            Ok(StrongPassage::Shown(Request::from_parts(head, Body::from(body)), secret))
        }
        ShownAgain::Refused | ShownAgain::Ended => page("wrong", String::new()),
        ShownAgain::Wait(wait) => page("wait", about(wait)),
    }
}

fn asked_page(
    site: &Site,
    path: &str,
    kept: &[(String, String)],
    error: &'static str,
    wait: String,
) -> Result<StrongPassage, HandlerError> {
    let fields = kept.iter().map(|(name, value)| KeptField { name: name.clone(), value: value.clone() }).collect();
    let action = site.path(path.trim_start_matches('/'));
    let frame = site.frame(Words::of_page("en"), None, true);
    let page = DeskAgain { error, wait, action, fields };
    site.page(StatusCode::FORBIDDEN, &frame, &page).map(StrongPassage::Asked)
}
