//! What every handler works with: the newsletters, the verbs, the pages, the clock. Knows no route.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::conditional::fresh;
use super::error_page::ErrorPages;
use super::handler_error::{Complete, HandlerError, Indexable};
use super::hook_access::Hooks;
use super::proxies::Proxies;
use super::stylesheets::Stylesheets;
use crate::accounts::PasswordKeeper;
use crate::clock::{Clock, Timestamp};
use crate::domain::NewsletterId;
use crate::domain::actor::Actor;
use crate::domain::retention::Retention;
use crate::signup::{ActionContext, ClientNetwork, Signup, SignupList};
use crate::store::subscriptions::Subscription;
use crate::telemetry::health::Health;
use crate::templates::pages::Frame;
use crate::templates::{TemplateContext, TemplateError, Templates};
use crate::words::{Language, Words};

/// What other sites may do with the form.
#[derive(Clone, Debug, Default)]
pub struct Embedding {
    /// They may show it in a frame and read what its script is answered: `https://host[:port]`.
    pub origins: Vec<String>,
    /// To these pages it may send its reader afterwards.
    pub redirects: Vec<Url>,
}
/// Searches at once: half of SQLite's readers.
const SEARCHES_MAX: usize = 2;

/// The state of the web face.
pub struct Site {
    /// The verbs of strangers and readers.
    pub signup: Signup,
    pub clock: Clock,
    /// The newsletters, in the order of the configuration.
    pub lists: Vec<Arc<SignupList>>,
    /// Where readers reach this server: links are made from this and never from what a request says.
    pub public_url: Url,
    /// Who may say on whose behalf they ask.
    pub proxies: Proxies,
    /// Which other sites may show the form.
    pub embedding: Embedding,
    /// Through whom mail goes out; readers are told.
    pub relays: Vec<String>,
    /// Where providers tell what became of mail.
    pub hooks: Hooks,
    /// How long what is kept; readers are told.
    pub retention: Retention,
    /// Whether this process is to schedule: `/readyz` then says when nobody does.
    pub schedules: bool,
    /// How delivery does, where this process delivers.
    pub delivery: Option<Arc<Health>>,
    /// Owns the writes: a request that is dropped must not drop a transaction half-way.
    pub tasks: TaskTracker,
    /// Cancelled when the program is to stop; `/readyz` says so at once.
    pub stop: CancellationToken,
    /// Hashes the passwords of people with accounts.
    pub(super) keeper: PasswordKeeper,
    /// Held by whoever asks whether the ledger takes writes.
    pub(super) probing: Arc<Mutex<()>>,
    pub(super) searches: Semaphore,
    pub(super) templates: Arc<Templates>,
    pub(super) sheets: Stylesheets,
    pub(super) trouble_pages: ErrorPages,
}

impl Site {
    /// The state of a web face for `doors`.
    pub fn new(
        signup: Signup,
        lists: Vec<SignupList>,
        templates: Arc<Templates>,
        clock: Clock,
        public_url: Url,
        proxies: Proxies,
        stop: CancellationToken,
    ) -> Result<Self, TemplateError> {
        let sheets = Stylesheets::new(&templates, &lists)?;
        Ok(Self {
            signup,
            clock,
            lists: lists.into_iter().map(Arc::new).collect(),
            public_url,
            proxies,
            embedding: Embedding::default(),
            relays: Vec::new(),
            hooks: Hooks::new(None),
            retention: Retention::default(),
            schedules: false,
            delivery: None,
            keeper: PasswordKeeper::default(),
            probing: Arc::default(),
            tasks: TaskTracker::new(),
            stop,
            searches: Semaphore::new(SEARCHES_MAX),
            sheets,
            trouble_pages: ErrorPages::default(),
            templates,
        })
    }

    /// The newsletter with this slug.
    pub(super) fn list(&self, slug: &str) -> Result<Arc<SignupList>, HandlerError> {
        self.lists.iter().find(|list| list.newsletter.slug == slug).map(Arc::clone).ok_or(HandlerError::NotFound)
    }

    /// The newsletter of a row; none when the configuration does not name it any more.
    pub(super) fn list_of(&self, id: NewsletterId) -> Option<&SignupList> {
        self.lists.iter().find(|list| list.id == id).map(AsRef::as_ref)
    }

    /// The newsletter that is meant when none is named: the only one.
    pub(super) fn only_list(&self) -> Option<&SignupList> {
        match self.lists.as_slice() {
            [list] => Some(list),
            _ => None,
        }
    }

    /// The words of a newsletter's pages; of a page of none, those of the first newsletter.
    pub(super) fn words(&self, list: Option<&SignupList>) -> Words {
        let list = list.or_else(|| self.lists.first().map(AsRef::as_ref));
        Words::of_page(list.map_or("en", |list| &list.newsletter.language))
    }

    /// The words of a page in a language that its reader chose, or in the newsletter's.
    pub(super) fn words_in(&self, list: &SignupList, chosen: Option<Language>) -> Words {
        chosen.map_or_else(|| self.words(Some(list)), |language| Words::of_page(language.tag()))
    }

    /// The words for a reader: in the language they chose, or the newsletter's.
    pub(super) fn words_for(&self, list: Option<&SignupList>, subscription: Option<&Subscription>) -> Words {
        let chosen = subscription.and_then(|subscription| subscription.language.as_deref());
        chosen.map_or_else(|| self.words(list), Words::of_page)
    }

    /// A page as a response. Search engines may know it unless it is private.
    pub(super) fn page<C: TemplateContext>(
        &self,
        status: StatusCode,
        frame: &Frame,
        page: &C,
    ) -> Result<Response, HandlerError> {
        Ok(known(Self::dressed(status, self.html(frame, page)?), frame))
    }

    /// A page as its text.
    pub(super) fn html<C: TemplateContext>(&self, frame: &Frame, page: &C) -> Result<String, HandlerError> {
        self.templates.page(frame, page).map_err(HandlerError::Template)
    }

    /// A page's text as a response.
    pub(super) fn dressed(status: StatusCode, html: impl Into<Body>) -> Response {
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        let mut response = (status, [content_type], html.into()).into_response();
        response.extensions_mut().insert(Complete);
        response
    }

    /// The same of a page that a client may keep.
    pub(super) fn fresh_page<C: TemplateContext>(
        &self,
        asked: &HeaderMap,
        frame: &Frame,
        page: &C,
        changed: Option<Timestamp>,
    ) -> Result<Response, HandlerError> {
        Ok(known(fresh(asked, "text/html; charset=utf-8", self.html(frame, page)?, changed), frame))
    }

    /// What the record says about an act that came over the web now.
    pub(super) fn act(&self, source: &str, wording: &'static str, client: Option<ClientNetwork>) -> ActionContext {
        ActionContext { actor: Actor::Reader, source: source.to_owned(), wording, client, now: self.clock.now() }
    }

    /// Runs a write to its end, whatever becomes of the request.
    pub(super) async fn write<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, HandlerError>
    where
        T: Send + 'static,
        E: Into<HandlerError> + Send + 'static,
    {
        self.tasks.spawn(work).await.map_err(|_| HandlerError::Broken)?.map_err(Into::into)
    }
}

/// Marks a page that is for everyone.
fn known(mut response: Response, frame: &Frame) -> Response {
    if !frame.private {
        response.extensions_mut().insert(Indexable);
    }
    response
}
