//! The page that shows an editor an issue while it is written. Listens on this machine alone, answers only who asks for
//! it by this machine's name, changes nothing and runs nothing of what it shows. Knows neither files nor newsletters:
//! it is given sheets.

mod page;
mod views;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use page::Publication;

use crate::domain::image::Image;
use crate::publishing::Problem;
use crate::templates::preview::{PreviewPage, PreviewScript, PreviewStyle};
use crate::templates::{TemplateError, Templates};

/// What the page may do: its own script, its own styles, its own frames, and nothing from elsewhere.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// An issue at one moment.
#[derive(Clone, Debug, Default)]
pub struct PreviewState {
    pub number: u64,
    pub file: String,
    pub title: String,
    pub subject: String,
    pub from: String,
    /// What a mailbox shows beside the subject.
    pub preheader: String,
    /// BCP 47.
    pub language: String,
    /// When it goes out, in words.
    pub date: String,
    /// The HTML part of one reader's mail.
    pub html: String,
    /// The text part of the same mail.
    pub text: String,
    /// The page of its web version; empty where it has none.
    pub web: String,
    /// The style sheet of that page.
    pub web_style: String,
    /// Where what the page names by a path alone will be: `https://news.example.com`.
    pub web_origin: String,
    /// The headers of the same mail.
    pub headers: String,
    /// The file as it stands.
    pub source: String,
    pub pictures: Vec<PreviewImage>,
    pub words: usize,
    /// Bytes of the whole mail.
    pub bytes: usize,
    pub problems: Vec<Problem>,
    /// What is queued of the issue, where that is not what the file says; may be empty.
    pub queued: String,
    pub place: PreviewPlace,
    /// What `coranto queue` would do with it.
    pub outlook: String,
    /// Whether it may go out; if not, it is shown as far as it goes.
    pub ok: bool,
    /// Whether the file cannot be read at this moment, so that what is shown is how it was.
    pub stale: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewPlace {
    /// Nothing of it is queued.
    #[default]
    Unqueued,
    /// Its file says that it is not finished.
    Draft,
    /// It waits for a person's word.
    Held,
    /// It goes out as the file has it.
    Queued,
    /// It goes out with another text than the file's.
    Other,
    Over,
}

/// An image that only this server has.
#[derive(Clone, Debug)]
pub struct PreviewImage {
    pub name: String,
    /// What stands in the parts for it.
    pub addresses: Vec<String>,
    pub media_type: &'static str,
    pub image: Arc<Image>,
}

/// The state of the page.
#[derive(Debug)]
pub struct Preview {
    sheets: watch::Sender<Arc<PreviewState>>,
    address: SocketAddr,
    stop: CancellationToken,
    page: String,
    style: String,
    script: String,
}

impl Preview {
    /// A page on `address`, which ends with `stop`.
    pub fn new(templates: &Templates, address: SocketAddr, stop: CancellationToken) -> Result<Self, TemplateError> {
        Ok(Self {
            sheets: watch::Sender::new(Arc::default()),
            address,
            stop,
            page: templates.render(&PreviewPage {})?,
            style: templates.render(&PreviewStyle {})?,
            script: templates.render(&PreviewScript {})?,
        })
    }

    /// Takes a sheet for each save.
    pub fn sender(&self) -> watch::Sender<Arc<PreviewState>> {
        self.sheets.clone()
    }

    fn sheet(&self) -> Arc<PreviewState> {
        Arc::clone(&self.sheets.borrow())
    }
}

/// The page and what it consists of. Nothing here takes anything but GET and HEAD.
pub fn router(preview: Arc<Preview>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/preview.css", get(style))
        .route("/preview.js", get(script))
        .route("/state", get(state))
        .route("/events", get(events))
        .route("/view/{view}", get(view))
        .route("/view/web.css", get(web_style))
        .route("/picture/{index}", get(picture))
        .layer(from_fn_with_state(Arc::clone(&preview), guard))
        .with_state(preview)
}

/// Refuses who asks by another name: a page on the web whose name was made to lead to this machine (DNS rebinding) must
/// not read an issue that is not out yet.
async fn guard(State(preview): State<Arc<Preview>>, request: Request, next: Next) -> Response {
    let port = preview.address.port();
    let is_ours = |host: &str| ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| host == format!("{name}:{port}"));
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(is_ours) {
        let text = format!("This page is http://{}/ and answers to no other name.\n", preview.address);
        return (StatusCode::MISDIRECTED_REQUEST, text).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(PAGE_POLICY));
    response
}

fn text(media_type: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))], body).into_response()
}

async fn page(State(preview): State<Arc<Preview>>) -> Response {
    text("text/html; charset=utf-8", preview.page.clone())
}

async fn style(State(preview): State<Arc<Preview>>) -> Response {
    text("text/css; charset=utf-8", preview.style.clone())
}

async fn script(State(preview): State<Arc<Preview>>) -> Response {
    text("text/javascript; charset=utf-8", preview.script.clone())
}

/// All that is no frame.
async fn state(State(preview): State<Arc<Preview>>) -> Response {
    let sheet = preview.sheet();
    let body = json!({
        "number": sheet.number,
        "file": sheet.file,
        "title": sheet.title,
        "subject": sheet.subject,
        "from": sheet.from,
        "preheader": sheet.preheader,
        "date": sheet.date,
        "text": sheet.text,
        "headers": sheet.headers,
        "source": sheet.source,
        "words": sheet.words,
        "html_bytes": sheet.html.len(),
        "bytes": sheet.bytes,
        "ok": sheet.ok,
        "queued": sheet.queued,
        "place": sheet.place,
        "outlook": sheet.outlook,
        "stale": sheet.stale,
        "problems": sheet.problems,
    });
    text("application/json", body.to_string())
}

/// The number of each sheet, as soon as it is there.
async fn events(State(preview): State<Arc<Preview>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut sheets = preview.sheets.subscribe();
    // A page that reconnects gets the state of now.
    sheets.mark_changed();
    let stop = preview.stop.clone();
    let numbers = stream::unfold((sheets, stop), |(mut sheets, stop)| async move {
        tokio::select! {
            () = stop.cancelled() => None,
            changed = sheets.changed() => {
                changed.ok()?;
                let number = sheets.borrow_and_update().number;
                Some((Ok(Event::default().data(number.to_string())), (sheets, stop)))
            }
        }
    });
    Sse::new(numbers).keep_alive(KeepAlive::default())
}

async fn view(State(preview): State<Arc<Preview>>, Path(view): Path<String>) -> Response {
    match views::render(&view, &preview.sheet()) {
        Some((html, policy)) => {
            let mut response = text("text/html; charset=utf-8", html);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            response
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The style sheet of the web version.
async fn web_style(State(preview): State<Arc<Preview>>) -> Response {
    text("text/css; charset=utf-8", views::web_style(&preview.sheet()))
}

async fn picture(State(preview): State<Arc<Preview>>, Path(index): Path<usize>) -> Response {
    let sheet = preview.sheet();
    let Some(picture) = sheet.pictures.get(index) else { return StatusCode::NOT_FOUND.into_response() };
    let media_type = HeaderValue::from_static(picture.media_type);
    ([(header::CONTENT_TYPE, media_type)], picture.image.bytes.clone()).into_response()
}
