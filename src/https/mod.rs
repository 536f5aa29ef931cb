//! One question to one host: its address looked up and judged, a connection, a request, the head of the answer, or a short
//! answer whole. Follows nothing.

mod certificate;
mod guard;
pub mod probe;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::{Host, Url};

pub use certificate::{is_for, leaf, public_key, valid_until};
pub use guard::is_public;
pub use rustls::Error as TlsError;

/// Only the head of an answer is read; a larger one is no page's.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// For a short answer, from the look-up of the name to its last byte.
const SHORT_ANSWER_MAX: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct ServerReply {
    pub status: StatusCode,
    pub location: Option<String>,
    pub fields: HeaderMap,
}

#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    #[error("it has no host")]
    NoHost,
    #[error("there is no host {0}")]
    UnknownHost(String),
    #[error("{host} is {address}, an address that readers cannot reach")]
    Private { host: String, address: IpAddr },
    #[error("{0}")]
    Connection(#[from] io::Error),
    #[error("{0}")]
    Http(#[from] hyper::Error),
    #[error("it is asked over https alone")]
    Unprotected,
    #[error("it answers {0}")]
    Status(StatusCode),
    #[error("its answer is too long, or breaks off")]
    Body,
    #[error("it does not answer in time")]
    Late,
}

/// An answer on its way.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Unheard>> + Send + 'a>>;

/// Whoever can ask for a short answer: the program's client, or what stands in for the internet.
pub trait Fetch: Send + Sync {
    /// What `url` answers, when that is a success of at most `bytes_max`.
    fn fetch<'a>(&'a self, url: &'a Url, bytes_max: usize) -> Fetching<'a>;
}

impl Fetch for HttpsClient {
    fn fetch<'a>(&'a self, url: &'a Url, bytes_max: usize) -> Fetching<'a> {
        Box::pin(self.get(url, bytes_max))
    }
}

/// What is needed to ask.
pub struct HttpsClient {
    tls: TlsConnector,
    user_agent: String,
    may_ask: fn(IpAddr) -> bool,
}

impl HttpsClient {
    /// `may_ask` judges every address before it is connected to.
    pub fn new(user_agent: String, may_ask: fn(IpAddr) -> bool) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), user_agent, may_ask })
    }

    /// Asks for `url` once. The connection goes to the very address that was judged: a name that changes its address
    /// between two look-ups gains nothing.
    pub async fn ask(&self, method: Method, url: &Url) -> Result<ServerReply, Unheard> {
        let host = url.host().ok_or(Unheard::NoHost)?.to_owned();
        let stream = self.connect(&host, url.port_or_known_default().unwrap_or(80)).await?;
        let request = self.request(method, url);
        if url.scheme() != "https" {
            return Ok(exchange(stream, request, None).await?.0);
        }
        Ok(exchange(self.encrypted(&host, stream).await?, request, None).await?.0)
    }

    /// What `url` answers to a GET, when that is a success of at most `bytes_max`. Asked over https alone.
    async fn get(&self, url: &Url, bytes_max: usize) -> Result<Vec<u8>, Unheard> {
        let whole = async {
            let host = url.host().ok_or(Unheard::NoHost)?.to_owned();
            if url.scheme() != "https" {
                return Err(Unheard::Unprotected);
            }
            let stream = self.connect(&host, url.port_or_known_default().unwrap_or(443)).await?;
            let request = self.request(Method::GET, url);
            match exchange(self.encrypted(&host, stream).await?, request, Some(bytes_max)).await? {
                (ServerReply { status: StatusCode::OK, .. }, body) => Ok(body),
                (ServerReply { status, .. }, _) => Err(Unheard::Status(status)),
            }
        };
        tokio::time::timeout(SHORT_ANSWER_MAX, whole).await.unwrap_or(Err(Unheard::Late))
    }

    /// Sends `body` to `url` and says what it is answered with, within ten seconds. Over https, or unprotected to this very
    /// machine.
    pub async fn post(&self, url: &Url, content_type: &'static str, body: String) -> Result<StatusCode, Unheard> {
        let mut request = self.request(Method::POST, url);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        *request.body_mut() = body;
        self.short(url, request).await
    }

    /// The same of a GET.
    pub async fn poke(&self, url: &Url) -> Result<StatusCode, Unheard> {
        self.short(url, self.request(Method::GET, url)).await
    }

    async fn short(&self, url: &Url, request: Request<String>) -> Result<StatusCode, Unheard> {
        let whole = async {
            let host = url.host().ok_or(Unheard::NoHost)?.to_owned();
            let stream = self.connect(&host, url.port_or_known_default().unwrap_or(443)).await?;
            if url.scheme() == "https" {
                return Ok(exchange(self.encrypted(&host, stream).await?, request, None).await?.0.status);
            }
            if !stream.peer_addr()?.ip().is_loopback() {
                return Err(Unheard::Unprotected);
            }
            Ok(exchange(stream, request, None).await?.0.status)
        };
        tokio::time::timeout(SHORT_ANSWER_MAX, whole).await.unwrap_or(Err(Unheard::Late))
    }

    /// A connection to `at`, or to where the host of `url` is.
    pub async fn reach(&self, url: &Url, at: Option<SocketAddr>) -> Result<TcpStream, Unheard> {
        let host = url.host().ok_or(Unheard::NoHost)?.to_owned();
        match at {
            Some(at) => Ok(TcpStream::connect(at).await?),
            None => self.connect(&host, url.port_or_known_default().unwrap_or(443)).await,
        }
    }

    /// Asks for `url` over a connection of the caller's, with header lines of theirs. The answer's body, where it is a
    /// success of at most `bytes_max`.
    pub async fn ask_over<S>(
        &self,
        stream: S,
        url: &Url,
        fields: &[(&'static str, HeaderValue)],
        bytes_max: usize,
    ) -> Result<(ServerReply, Vec<u8>), Unheard>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut request = self.request(Method::GET, url);
        for (name, value) in fields {
            request.headers_mut().insert(*name, value.clone());
        }
        exchange(stream, request, Some(bytes_max)).await
    }

    async fn encrypted(&self, host: &Host, stream: TcpStream) -> Result<TlsStream<TcpStream>, Unheard> {
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(io::Error::other)?,
            Host::Ipv4(address) => ServerName::IpAddress(IpAddr::V4(*address).into()),
            Host::Ipv6(address) => ServerName::IpAddress(IpAddr::V6(*address).into()),
        };
        Ok(self.tls.connect(name, stream).await?)
    }

    async fn connect(&self, host: &Host, port: u16) -> Result<TcpStream, Unheard> {
        let addresses: Vec<SocketAddr> = match host {
            Host::Ipv4(address) => vec![(*address, port).into()],
            Host::Ipv6(address) => vec![(*address, port).into()],
            Host::Domain(name) => {
                let found = tokio::net::lookup_host((name.as_str(), port)).await;
                found.map_err(|_| Unheard::UnknownHost(name.clone()))?.collect()
            }
        };
        // One private address among public ones is enough: which of them is taken is not ours to say.
        let private = addresses.iter().find(|address| !(self.may_ask)(address.ip()));
        if let Some(private) = private {
            return Err(Unheard::Private { host: host.to_string(), address: private.ip() });
        }
        if addresses.is_empty() {
            return Err(Unheard::UnknownHost(host.to_string()));
        }
        Ok(TcpStream::connect(addresses.as_slice()).await?)
    }

    /// No body, no cookie, and of the address no user name, no password, no fragment.
    fn request(&self, method: Method, url: &Url) -> Request<String> {
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        let built = Request::builder()
            .method(method)
            .uri(target)
            .header(HOST, host)
            .header(USER_AGENT, self.user_agent.as_str())
            .header(ACCEPT, "*/*")
            .header(CONNECTION, "close")
            .body(String::new());
        built.unwrap_or_default()
    }
}

/// Sends the request and reads the answer's head, and after a success its body where `bytes_max` says how much that may be.
/// Whatever else follows is left on the line, which is closed.
async fn exchange<S>(
    stream: S,
    request: Request<String>,
    bytes_max: Option<usize>,
) -> Result<(ServerReply, Vec<u8>), Unheard>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD_BYTES_MAX).handshake::<_, String>(TokioIo::new(stream)).await?;
    let mut connection = pin!(connection);
    let mut answer = pin!(async move {
        let answer = sender.send_request(request).await?;
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let reply = ServerReply { status: answer.status(), location, fields: answer.headers().clone() };
        let body = match bytes_max {
            Some(most) if reply.status == StatusCode::OK => {
                let body = Limited::new(answer.into_body(), most).collect().await.map_err(|_| Unheard::Body)?;
                body.to_bytes().to_vec()
            }
            _ => Vec::new(),
        };
        Ok((reply, body))
    });
    tokio::select! {
        answer = &mut answer => answer,
        _ = &mut connection => answer.await,
    }
}
