//! A router over a database, with a clock that stands still.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use coranto::clock::Clock;
use coranto::domain::newsletter::Newsletter;
use coranto::domain::{ConsentId, RequestId, SubscriptionId};
use coranto::signup::Limits;
use coranto::store::{Db, marks};
use coranto::telemetry::health::Health;
use coranto::templates::Templates;
use coranto::token::Purpose;
use coranto::web::{self, Proxies, Site};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::harness::http::{OUR_HOST, Request, Response, get, post};
use crate::signup::{NOW, SignupFixture};

pub(crate) struct WebFixture {
    pub(crate) ground: SignupFixture,
    pub(crate) site: Arc<Site>,
    pub(crate) router: Router,
    pub(crate) clock: Clock,
    pub(crate) stop: CancellationToken,
}

impl WebFixture {
    pub(crate) async fn new(db: Db) -> Self {
        Self::with(db, Limits::default(), &[]).await
    }

    /// With these limits, and more newsletters than the first.
    pub(crate) async fn with(db: Db, limits: Limits, more: &[&str]) -> Self {
        Self::build(db, limits, more, web::Embedding::default()).await
    }

    /// With other sites that may show the form, and pages to which it may lead.
    pub(crate) async fn embedded(db: Db, origins: &[&str], redirects: &[&str]) -> Self {
        let embedding = web::Embedding {
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            redirects: redirects.iter().map(|page| page.parse().unwrap()).collect(),
        };
        Self::build(db, Limits::default(), &[], embedding).await
    }

    async fn build(db: Db, limits: Limits, more: &[&str], embedding: web::Embedding) -> Self {
        let ground = SignupFixture::with_limits(db.clone(), limits).await;
        let mut lists = vec![ground.list.clone()];
        for slug in more {
            lists.push(crate::signup::list(&db, crate::signup::newsletter(slug, &slug.to_uppercase())).await);
        }
        let (clock, stop) = (Clock::fixed(NOW), CancellationToken::new());
        let proxies = Proxies::new(["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap()).into());
        let templates = Arc::new(Templates::embedded().unwrap());
        let url = "https://news.example/".parse().unwrap();
        let mut site =
            Site::new(ground.signup.clone(), lists, templates, clock.clone(), url, proxies, stop.clone()).unwrap();
        site.embedding = embedding;
        let site = Arc::new(site);
        Self { router: web::router(Arc::clone(&site)), ground, site, clock, stop }
    }

    /// The same site, after its newsletter's settings have changed.
    pub(crate) async fn with_newsletter(mut self, newsletter: Newsletter) -> Self {
        self.ground.list = crate::signup::list(self.ground.db(), newsletter).await;
        let proxies = Proxies::new(["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap()).into());
        let (templates, url) = (Arc::new(Templates::embedded().unwrap()), self.site.public_url.clone());
        let (signup, lists) = (self.ground.signup.clone(), vec![self.ground.list.clone()]);
        let site = Site::new(signup, lists, templates, self.clock.clone(), url, proxies, self.stop.clone()).unwrap();
        self.site = Arc::new(site);
        self.router = web::router(Arc::clone(&self.site));
        self
    }

    /// The same site, in a process that also delivers and schedules.
    pub(crate) async fn delivering(mut self, health: Arc<Health>) -> Self {
        let proxies = Proxies::new(["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap()).into());
        let (templates, url) = (Arc::new(Templates::embedded().unwrap()), self.site.public_url.clone());
        let (signup, lists) = (self.ground.signup.clone(), vec![self.ground.list.clone()]);
        let mut site =
            Site::new(signup, lists, templates, self.clock.clone(), url, proxies, self.stop.clone()).unwrap();
        site.delivery = Some(health);
        self.site = Arc::new(site);
        self.router = web::router(Arc::clone(&self.site));
        self
    }

    pub(crate) fn later(&mut self, hours: u64) {
        self.ground.later(hours);
        self.clock.advance(std::time::Duration::from_secs(hours * 3600));
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        let by = std::time::Duration::from_secs(seconds);
        self.ground.now = self.ground.now.plus(by);
        self.clock.advance(by);
    }

    /// As a client in a network of its own.
    pub(crate) async fn send(&self, request: Request) -> Response {
        self.send_from(request, "192.0.2.1").await
    }

    pub(crate) async fn send_from(&self, request: Request, client: &str) -> Response {
        request.send_as(&self.router, Some(SocketAddr::new(client.parse().unwrap(), 50_000))).await
    }

    pub(crate) async fn get(&self, target: &str) -> Response {
        self.send(get(target)).await
    }

    pub(crate) async fn subscribe(&self, email: &str) -> Response {
        self.send(self.form(&[("email", email)])).await
    }

    /// The form with these fields, as it is sent from its page.
    pub(crate) fn form(&self, fields: &[(&str, &str)]) -> Request {
        let stamp = self.stamp();
        let fields: Vec<_> = fields.iter().copied().chain([("stamp", stamp.as_str())]).collect();
        post("/week/subscribe").form(&fields)
    }

    /// The same as JSON.
    pub(crate) fn json(&self, mut value: serde_json::Value) -> Request {
        value["stamp"] = self.stamp().into();
        post("/week/subscribe").json(&value)
    }

    /// What a form that is shown now bears.
    pub(crate) fn stamp(&self) -> String {
        self.ground.signup.stamp(self.clock.now())
    }

    /// The token of the row with this number, bound to it as in a mail.
    pub(crate) async fn token(&self, purpose: Purpose, number: i64) -> String {
        let mut tx = self.ground.db().read().await.unwrap();
        let row = match purpose {
            Purpose::Confirm | Purpose::Gone => marks::of_consent(&mut tx, ConsentId(number)).await,
            Purpose::Unsubscribe | Purpose::Preferences => {
                marks::of_subscription(&mut tx, SubscriptionId(number)).await
            }
            Purpose::Address | Purpose::Stop | Purpose::Data => marks::of_request(&mut tx, RequestId(number)).await,
            _ => Ok(None),
        };
        let mark = row.unwrap().and_then(|row| row.mark);
        self.ground.keys().seal_row(purpose, number.cast_unsigned(), mark)
    }

    pub(crate) async fn confirm_link(&self, email: &str) -> String {
        let asked = self.ground.asked(email).await;
        format!("/c/{}", self.token(Purpose::Confirm, asked.0).await)
    }

    pub(crate) async fn leave_link(&self, id: SubscriptionId) -> String {
        format!("/u/{}", self.token(Purpose::Unsubscribe, id.0).await)
    }

    pub(crate) async fn preferences_link(&self, id: SubscriptionId) -> String {
        format!("/p/{}", self.token(Purpose::Preferences, id.0).await)
    }
}

/// Serves on a port of its own until the stop.
pub(crate) async fn start(web: &WebFixture) -> (SocketAddr, JoinHandle<std::io::Result<()>>) {
    start_with(web, 12_000).await
}

/// The same with so many connections at a time.
pub(crate) async fn start_with(web: &WebFixture, seats: usize) -> (SocketAddr, JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // Named as the public address is, like behind a proxy that passes the name on.
    let named = axum::middleware::map_request(async |mut request: axum::extract::Request| {
        request.headers_mut().insert(header::HOST, HeaderValue::from_static(OUR_HOST));
        request
    });
    let serving = web::serve(listener, web.router.clone().layer(named), seats, web.stop.clone());
    #[expect(clippy::disallowed_methods, reason = "the test joins it")]
    let task = tokio::spawn(serving);
    (address, task)
}
