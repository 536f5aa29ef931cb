//! Somebody else's web site, on a port of its own and thus another origin: pages that embed ours. Knows no page.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::Html;
use coranto::web;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const CONNECTIONS_MAX: usize = 64;

type Pages = Arc<Mutex<HashMap<String, String>>>;

/// A site that serves what it is given.
pub(crate) struct Neighbour {
    address: SocketAddr,
    pages: Pages,
    stop: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
}

impl Neighbour {
    /// Has no page yet: what its pages embed is known only when both sites have an address.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (pages, stop) = (Pages::default(), CancellationToken::new());
        let shown = Arc::clone(&pages);
        let router = Router::new().fallback(async move |uri: Uri| {
            let page = shown.lock().unwrap().get(uri.path()).cloned();
            page.map(Html).ok_or(StatusCode::NOT_FOUND)
        });
        let serving = web::serve(listener, router, CONNECTIONS_MAX, stop.clone());
        #[expect(clippy::disallowed_methods, reason = "`end` joins it")]
        let task = tokio::spawn(serving);
        Self { address, pages, stop, task }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Puts a page up, from its body.
    pub(crate) fn show(&self, path: &str, body: &str) {
        let page = format!("<!DOCTYPE html><html lang=\"en\"><title>A neighbour</title><h1>A neighbour</h1>{body}");
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
    }
}
