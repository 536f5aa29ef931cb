//! HTTP for tests: requests to a router in this process, or over TCP to a server that runs somewhere else. Knows no page.
//!
//! A request follows no redirect and keeps no cookie: what comes back is what the server said.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use tower::ServiceExt as _;

/// The host of `public_url` in tests that drive a router.
pub(crate) const OUR_HOST: &str = "news.example";

/// A request that is being written.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// What came back, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn get(target: &str) -> Request {
    Request::new(Method::GET, target)
}

pub(crate) fn head(target: &str) -> Request {
    Request::new(Method::HEAD, target)
}

pub(crate) fn post(target: &str) -> Request {
    Request::new(Method::POST, target)
}

impl Request {
    pub(crate) fn new(method: Method, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: HeaderMap::new(), body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
        self
    }

    /// Any body at all, also one that is wrong.
    pub(crate) fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(header::CONTENT_TYPE.as_str(), media_type)
    }

    /// A body that nothing is said of.
    pub(crate) fn bare(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// As a browser sends a form.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    pub(crate) fn json(self, value: &serde_json::Value) -> Self {
        self.body("application/json", value.to_string())
    }

    /// As a browser sends a form with files, and as some mailbox providers send the one-click unsubscribe.
    pub(crate) fn multipart(self, fields: &[(&str, &str)]) -> Self {
        const BOUNDARY: &str = "----coranto-test-boundary";
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str(&format!("--{BOUNDARY}--\r\n"));
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// Asks a router in this process.
    pub(crate) async fn send(self, router: &Router) -> Response {
        self.send_as(router, None).await
    }

    /// Asks a router in this process as a client at `client` would, who is known to the handlers by `ConnectInfo`.
    pub(crate) async fn send_as(self, router: &Router, client: Option<SocketAddr>) -> Response {
        let ours = if self.headers.contains_key(header::HOST) { self } else { self.header("host", OUR_HOST) };
        let mut request = ours.into_http();
        if let Some(client) = client {
            request.extensions_mut().insert(axum::extract::ConnectInfo(client));
        }
        let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Response { status: head.status, headers: head.headers, body }
    }

    /// Asks a server over a connection of its own. Whatever breaks on the way is an error: servers are killed in tests.
    pub(crate) async fn send_to(self, server: SocketAddr) -> anyhow::Result<Response> {
        let stream = tokio::net::TcpStream::connect(server).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let named = self.headers.contains_key(header::HOST);
        let request = if named { self } else { self.header(header::HOST.as_str(), &server.to_string()) }.into_http();
        let exchange = async move {
            let (head, body) = sender.send_request(request).await?.into_parts();
            let body = body.collect().await?.to_bytes().to_vec();
            anyhow::Ok(Response { status: head.status, headers: head.headers, body })
        };
        let (response, _closed) = tokio::join!(exchange, connection);
        response
    }

    fn into_http(self) -> axum::http::Request<Body> {
        let mut request = axum::http::Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target.parse().unwrap();
        *request.headers_mut() = self.headers;
        request
    }
}

impl Response {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header's value; empty when it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::{Multipart, Request as Incoming};
    use axum::routing;
    use serde_json::json;

    use super::*;

    /// Says what it was asked.
    async fn echo(request: Incoming) -> String {
        let media_type = request.headers().get(header::CONTENT_TYPE).cloned();
        let (head, body) = request.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        format!("{} {} {media_type:?} {body}", head.method, head.uri)
    }

    async fn again(axum::Json(value): axum::Json<serde_json::Value>) -> axum::Json<serde_json::Value> {
        axum::Json(value)
    }

    async fn field(mut form: Multipart) -> String {
        let field = form.next_field().await.unwrap().unwrap();
        format!("{}={}", field.name().unwrap().to_owned(), field.text().await.unwrap())
    }

    fn router() -> Router {
        Router::new()
            .route("/echo", routing::any(echo))
            .route("/field", routing::post(field))
            .route("/json", routing::post(again))
    }

    #[tokio::test]
    async fn a_router_is_asked_in_this_process() {
        let router = router();
        let answer = post("/echo?a=1").form(&[("email", "a+b@example.com"), ("name", "Zoë")]).send(&router).await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.text(),
            "POST /echo?a=1 Some(\"application/x-www-form-urlencoded\") email=a%2Bb%40example.com&name=Zo%C3%AB"
        );
        assert_eq!(get("/nowhere").send(&router).await.status, 404);
        assert_eq!(head("/echo").send(&router).await.body, b"");
        let answer = post("/field").multipart(&[("List-Unsubscribe", "One-Click")]).send(&router).await;
        assert_eq!(answer.text(), "List-Unsubscribe=One-Click");
    }

    #[tokio::test]
    async fn a_server_is_asked_over_tcp() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router()).await });
        let answer = post("/json").json(&json!({ "a": 1 })).send_to(server).await.unwrap();
        assert_eq!(answer.json(), json!({ "a": 1 }));
        assert_eq!(answer.header("content-type"), "application/json");
        tasks.shutdown().await;
        assert!(get("/echo").send_to(server).await.is_err());
    }
}
