//! Who asks, as a handler is told. Made by the gate alone: a handler that has one was reached by somebody who may.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::super::handler_error::HandlerError;
use super::super::site::Site;
use crate::accounts::SignedIn;
use crate::signup::SignupList;

/// Somebody who is signed in and may do what the route is for.
#[derive(Clone)]
pub(in super::super) struct DeskSeat {
    who: Arc<SignedIn>,
    /// The newsletter that the address names.
    list: Option<Arc<SignupList>>,
}

/// Anybody, signed in or not.
#[derive(Clone)]
pub(in super::super) struct Visitor {
    who: Option<Arc<SignedIn>>,
}

impl DeskSeat {
    pub(super) fn new(who: Arc<SignedIn>, list: Option<Arc<SignupList>>) -> Self {
        Self { who, list }
    }

    pub(in super::super) fn who(&self) -> &SignedIn {
        &self.who
    }

    pub(in super::super) fn shared(&self) -> Arc<SignedIn> {
        Arc::clone(&self.who)
    }

    /// The newsletter that the address names; only of routes that name one.
    pub(in super::super) fn list(&self) -> Result<&Arc<SignupList>, HandlerError> {
        self.list.as_ref().ok_or(HandlerError::NotFound)
    }
}

impl Visitor {
    pub(super) fn new(who: Option<Arc<SignedIn>>) -> Self {
        Self { who }
    }

    pub(in super::super) fn who(&self) -> Option<&SignedIn> {
        self.who.as_deref()
    }
}

/// A route that was mounted without the gate gives no seat.
impl FromRequestParts<Arc<Site>> for DeskSeat {
    type Rejection = HandlerError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Site>) -> Result<Self, HandlerError> {
        parts.extensions.get::<Self>().cloned().ok_or(HandlerError::NotFound)
    }
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = HandlerError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Site>) -> Result<Self, HandlerError> {
        parts.extensions.get::<Self>().cloned().ok_or(HandlerError::NotFound)
    }
}
