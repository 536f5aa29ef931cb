//! The desk's routes, each with what it needs: mounted and written down in one step, so that no handler is reached without
//! its right and the tests walk the same table.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};

use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::cookie::{renew, shown_secret};
use super::seat::{DeskSeat, Visitor};
use super::strong::{self, StrongPassage};
use crate::accounts::{self, SignedIn};
use crate::domain::account::{Right, is_strong};
use crate::signup::SignupList;
use crate::templates::desk::DeskRefused;
use crate::words::Words;

/// What somebody needs to reach a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: these are the ways in.
    Nothing,
    /// To be signed in.
    Account,
    /// The same, and to have shown a moment ago who they are.
    StrongAccount,
    /// A right in the newsletter that the address names.
    Newsletter(Right),
}

/// A route of the desk, as it is mounted.
#[derive(Clone, Debug)]
pub struct DeskRoute {
    pub method: Method,
    /// As axum writes it: `/admin/n/{newsletter}`.
    pub path: &'static str,
    pub need: Need,
}

/// Mounts routes and writes them down.
pub(in super::super) struct DeskRoutes {
    site: Arc<Site>,
    router: Router<Arc<Site>>,
    table: Vec<DeskRoute>,
}

/// What the gate knows of a route.
#[derive(Clone)]
struct Rule {
    site: Arc<Site>,
    need: Need,
}

impl DeskRoutes {
    pub(in super::super) fn new(site: Arc<Site>) -> Self {
        Self { site, router: Router::new(), table: Vec::new() }
    }

    /// A page: it changes nothing.
    pub(in super::super) fn page<H, T>(self, path: &'static str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Arc<Site>>,
        T: 'static,
    {
        self.mount(Method::GET, path, need, get(handler))
    }

    /// What a form does.
    pub(in super::super) fn act<H, T>(self, path: &'static str, need: Need, handler: H) -> Self
    where
        H: Handler<T, Arc<Site>>,
        T: 'static,
    {
        self.mount(Method::POST, path, need, post(handler))
    }

    fn mount(mut self, method: Method, path: &'static str, need: Need, handler: MethodRouter<Arc<Site>>) -> Self {
        let rule = Rule { site: Arc::clone(&self.site), need };
        self.router = self.router.route(path, handler.route_layer(from_fn_with_state(rule, guard)));
        self.table.push(DeskRoute { method, path, need });
        self
    }

    pub(in super::super) fn into_router(self) -> Router<Arc<Site>> {
        self.router
    }

    pub(in super::super) fn into_table(self) -> Vec<DeskRoute> {
        self.table
    }
}

/// Lets a request through to its handler if whoever asks may.
async fn guard(State(rule): State<Rule>, names: RawPathParams, request: Request, next: Next) -> Response {
    match admit(&rule, &names, request, next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn admit(rule: &Rule, names: &RawPathParams, mut request: Request, next: Next) -> Result<Response, HandlerError> {
    let Rule { site, need } = rule;
    let who = signed_in(site, request.headers()).await?;
    if *need == Need::Nothing {
        request.extensions_mut().insert(Visitor::new(who));
        return Ok(next.run(request).await);
    }
    let Some(who) = who else { return Ok(to_the_door(site, &request)) };
    let (list, wants_strong) = match need {
        Need::Newsletter(right) => match place(site, names, &who, *right)? {
            Ok(list) => (Some(list), is_strong(*right)),
            Err(refusal) => return Ok(refusal),
        },
        Need::StrongAccount => (None, true),
        Need::Account | Need::Nothing => (None, false),
    };
    let is_act = !request.method().is_safe();
    if !(wants_strong && is_act) || who.is_strong(site.clock.now()) {
        request.extensions_mut().insert(DeskSeat::new(who, list));
        return Ok(next.run(request).await);
    }
    // Whoever shows here who they are goes on with what they were doing.
    match strong::ask(site, &who, request).await? {
        StrongPassage::Shown(mut request, secret) => {
            let who = accounts::who(&site.signup.db, &secret, site.clock.now()).await?;
            let Some(who) = who else { return Ok(to_the_door(site, &request)) };
            // What they may do was looked up before they typed.
            let list = match (need, list) {
                (Need::Newsletter(right), Some(_)) => match place(site, names, &who, *right)? {
                    Ok(list) => Some(list),
                    Err(refusal) => return Ok(refusal),
                },
                (_, list) => list,
            };
            request.extensions_mut().insert(DeskSeat::new(Arc::new(who), list));
            let response = next.run(request).await;
            // The handler may have given the session yet another secret.
            let is_renewed = response.headers().contains_key(header::SET_COOKIE);
            Ok(if is_renewed { response } else { renew(site, response, &secret) })
        }
        StrongPassage::Asked(page) => Ok(page),
    }
}

/// Who is signed in with the browser that asks. That the session is used is noted, at most once an hour.
async fn signed_in(site: &Arc<Site>, headers: &HeaderMap) -> Result<Option<Arc<SignedIn>>, HandlerError> {
    let Some(secret) = shown_secret(site, headers) else { return Ok(None) };
    let now = site.clock.now();
    let Some(who) = accounts::who(&site.signup.db, &secret, now).await? else { return Ok(None) };
    let (db, session) = (site.signup.db.clone(), who.session.clone());
    site.write(async move { accounts::note_seen(&db, &session, now).await }).await?;
    Ok(Some(Arc::new(who)))
}

/// The newsletter that the address names, for who has the right there. Who has no part in it is told that there is no such
/// page; who has another part, that theirs is not enough.
fn place(
    site: &Site,
    names: &RawPathParams,
    who: &SignedIn,
    right: Right,
) -> Result<Result<Arc<SignupList>, Response>, HandlerError> {
    let slug = names.iter().find(|(name, _)| *name == "newsletter").map_or("", |(_, value)| value);
    let list = site.list(slug)?;
    let standing = who.standing(Some(list.id));
    if standing.may(right) {
        return Ok(Ok(list));
    }
    if standing.role.is_none() {
        return Err(HandlerError::NotFound);
    }
    let frame = site.frame(Words::of_page("en"), Some(&list), true);
    let page = DeskRefused { why: "right", desk_url: site.path("admin") };
    site.page(StatusCode::FORBIDDEN, &frame, &page).map(Err)
}

/// Who is not signed in is shown where to do so, and afterwards comes back to the page they wanted.
fn to_the_door(site: &Site, request: &Request) -> Response {
    let mut target = site.path("admin/enter");
    if request.method().is_safe() {
        let back =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("back", request.uri().path()).finish();
        target = format!("{target}?{back}");
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response()
}
