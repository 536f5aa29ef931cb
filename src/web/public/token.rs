//! The token in a link's path. Every token that was not made here gets one and the same answer.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::routing::MethodRouter;

use super::super::handler_error::HandlerError;
use super::super::site::Site;
use crate::domain::{ConsentId, RequestId, SubscriptionId};
use crate::store::marks;
use crate::token::{Purpose, TEST_NUMBER, Unproved};

/// The token of a link as it came. A sentence's full stop that was taken for a part of the link is none; nor is the slash
/// that some programs put behind every address, which the routes take.
pub(super) struct Token(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = PathRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PathRejection> {
        let Path(mut token) = Path::<String>::from_request_parts(parts, state).await?;
        token.truncate(token.trim_end_matches('.').len());
        Ok(Self(token))
    }
}

/// The page that links of `purpose` open, with and without a slash behind the token.
pub(super) fn routes(purpose: Purpose, page: MethodRouter<Arc<Site>>) -> Router<Arc<Site>> {
    let path = format!("{}{{token}}", purpose.path());
    Router::new().route(&format!("{path}/"), page.clone()).route(&path, page)
}

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// The row of this number, which the token was made for.
    Row(i64),
    /// The token is genuine, and its row is gone: erased, or lost with a database that was restored. Another row may have
    /// its number by now, and is nobody's business here.
    Absent,
    /// A test mail's link: the pages work and change nothing.
    Test,
}

/// Opens `token` for `purpose`, and holds it against the row that it names.
pub(super) async fn open(site: &Site, purpose: Purpose, token: &str) -> Result<Opened, HandlerError> {
    let keys = &site.signup.keys;
    let Some(unproved) = keys.open_row(purpose, token) else { return Err(HandlerError::NoSuchLink) };
    let number = unproved.number();
    if number == TEST_NUMBER && keys.proves(&unproved, None) {
        return Ok(Opened::Test);
    }
    let Ok(id) = i64::try_from(number) else { return Err(HandlerError::NoSuchLink) };
    let mut tx = site.signup.db.read().await?;
    let row = match purpose {
        Purpose::Unsubscribe | Purpose::Preferences => marks::of_subscription(&mut tx, SubscriptionId(id)).await?,
        Purpose::Confirm | Purpose::Gone => marks::of_consent(&mut tx, ConsentId(id)).await?,
        Purpose::Address | Purpose::Stop | Purpose::Data => marks::of_request(&mut tx, RequestId(id)).await?,
        // The other purposes name no row that a page shows.
        _ => return Err(HandlerError::NoSuchLink),
    };
    let is_its = row.is_some_and(|row| keys.proves(&unproved, row.mark));
    Ok(if is_its { Opened::Row(id) } else { Opened::Absent })
}

/// What a token about a change of address stands for, when its row is gone: whether that is since the person was erased.
pub(super) async fn is_erased(site: &Site, unproved: &Unproved) -> Result<bool, HandlerError> {
    let Ok(id) = i64::try_from(unproved.number()) else { return Ok(false) };
    let left = marks::of_erased_request(&mut site.signup.db.read().await?, RequestId(id)).await?;
    Ok(left.is_some_and(|left| site.signup.keys.proves(unproved, left.mark)))
}
