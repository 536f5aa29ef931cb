//! How readers reach the pages: this asks for them as a reader would, through the DNS, the certificate and whatever stands
//! before the server, and the server says what it sees. A forged client is sent along: a proxy must not pass it on.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{HeaderValue, LOCATION, SERVER, STRICT_TRANSPORT_SECURITY};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use url::Url;

use super::certificates::{hint_for_pages, lasting};
use super::proxy;
use super::{CheckName, Finding, FindingHealth};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::domain::organisation::is_reserved;
use crate::https::probe::{FORGED_CLIENT, PROBE_FIELD, ProbeAnswer};
use crate::https::{self, HttpsClient, ServerReply, Unheard, is_public};
use crate::smtp::{TlsClient, TlsRefusal};
use crate::token::{Keyring, Purpose};
use crate::wiring;

/// For one answer, from the look-up of the name to its last byte.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// What the server says of itself takes a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A front page is there after one or two.
const REDIRECTS_MAX: usize = 5;

/// Where the pages are asked for, if not where the DNS says; and whose certificates are believed there.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    pub at: Option<SocketAddr>,
    pub ca_file: Option<PathBuf>,
}

/// Looks from here at what readers see.
pub async fn look(config: &Config, reach: &Reach, now: Timestamp) -> Vec<Finding> {
    let url = &config.public_url;
    let is_nobodys = url.host_str().is_none_or(is_reserved) || url.scheme() != "https";
    if is_nobodys && reach.at.is_none() {
        return Vec::new();
    }
    let visitor = match Visitor::new(config, reach) {
        Ok(visitor) => visitor,
        Err(finding) => return vec![finding],
    };
    let mut all = Vec::new();
    let first = match visitor.ask_as_forger(&config.keys, now).await {
        Ok(first) => first,
        Err(trouble) => return vec![trouble.finding(url)],
    };
    if let Some(until) = first.certificate_until {
        let hint = "renew it, and let the web server read it again";
        all.push(lasting(&CheckName::PagesCertificate.here(), until, now, hint));
    }
    let server = first.server();
    match serde_json::from_slice::<ProbeAnswer>(&first.body) {
        Ok(seen) if first.reply.status == StatusCode::OK => all.extend(proxy::judge(&seen, url, &server)),
        _ => {
            all.push(not_ours(&first, url));
            return all;
        }
    }
    // Behind a proxy that asks for another host no page is there, and that is said.
    if !all.iter().any(|one| one.check.name == CheckName::Pages) {
        all.push(visitor.front_page().await);
    }
    all.push(visitor.metrics().await);
    if reach.at.is_none() {
        all.extend(visitor.plain().await);
    }
    all
}

/// Something answers, and it is not this installation.
fn not_ours(answer: &Answered, url: &Url) -> Finding {
    let check = CheckName::Pages.here();
    let status = answer.reply.status;
    if status == StatusCode::OK && answer.body == b"ok\n" {
        let text = format!("a Coranto server answers at {url}, and it does not know this installation's key");
        let hint = "restart `coranto serve`: it may be an older version, or have another configuration or key file";
        return Finding::fail(&check, text, hint);
    }
    if status.is_server_error() {
        let hint = "is `coranto serve` running, and does the web server pass requests on to its `listen`?";
        return Finding::fail(&check, format!("{url} answers {status}: nobody is behind the web server"), hint);
    }
    let hint = match url.path() {
        "" | "/" => "let the web server pass every path on to coranto's `listen`".to_owned(),
        path => format!("let the web server pass what is below {path} on to coranto, and take {path} off the path"),
    };
    Finding::fail(&check, format!("{url} answers {status} where coranto should: another server answers"), hint)
}

struct Visitor<'a> {
    client: HttpsClient,
    trust: Option<TlsClient>,
    url: &'a Url,
    at: Option<SocketAddr>,
}

/// An answer, and what came with it.
struct Answered {
    reply: ServerReply,
    body: Vec<u8>,
    certificate_until: Option<Timestamp>,
}

impl Answered {
    /// What the web server calls itself, in lower case.
    fn server(&self) -> String {
        let field = self.reply.fields.get(SERVER).and_then(|value| value.to_str().ok());
        field.unwrap_or_default().to_ascii_lowercase()
    }
}

/// Why there is no answer.
enum NoAnswer {
    Unheard(Unheard),
    Refused(TlsRefusal),
}

impl From<Unheard> for NoAnswer {
    fn from(error: Unheard) -> Self {
        Self::Unheard(error)
    }
}

impl NoAnswer {
    fn finding(&self, url: &Url) -> Finding {
        let check = CheckName::Pages.here();
        let elsewhere = "ask from another network; `--reach ADDRESS:PORT` asks a web server on this machine";
        match self {
            Self::Refused(TlsRefusal::Certificate(fault)) => {
                Finding::fail(&CheckName::PagesCertificate.here(), fault.to_string(), hint_for_pages(fault))
            }
            Self::Refused(TlsRefusal::Tls(fault)) => {
                let hint = "readers need TLS 1.2 or 1.3 there: look at the log of the web server";
                Finding::fail(&check, format!("{url}: {fault}"), hint)
            }
            // The name has a finding of its own.
            Self::Unheard(error @ (Unheard::UnknownHost(_) | Unheard::Private { .. })) => {
                Finding::unknown(&check, error.to_string(), elsewhere)
            }
            Self::Unheard(Unheard::Connection(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                let hint = "start the web server, or correct the address record of the host";
                Finding::fail(&check, format!("{url}: nothing listens there"), hint)
            }
            // Many routers do not lead back to a machine behind them.
            Self::Unheard(error) => Finding::unknown(&check, format!("{url}: {error}"), elsewhere),
        }
    }
}

impl<'a> Visitor<'a> {
    fn new(config: &'a Config, reach: &Reach) -> Result<Self, Finding> {
        let check = CheckName::Pages.here();
        let url = &config.public_url;
        let user_agent = format!("coranto/{} (+{})", env!("CARGO_PKG_VERSION"), wiring::public_url(config));
        // An address that was named may be a private one; what a name leads to must be public.
        let client = match reach.at {
            Some(_) => HttpsClient::new(user_agent, |_| true),
            None => HttpsClient::new(user_agent, is_public),
        };
        let client = client.map_err(|error| Finding::fail(&check, error.to_string(), "TLS is not in order here"))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let trust = match url.scheme() {
            "https" => Some(TlsClient::new(host, reach.ca_file.as_deref()).map_err(|error| {
                Finding::fail(&check, error.to_string(), "name a file of certificates in PEM with --reach-ca")
            })?),
            _ => None,
        };
        Ok(Self { client, trust, url, at: reach.at })
    }

    /// The address of a page below the public one.
    fn below(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url
    }

    async fn get(&self, url: &Url, fields: &[(&'static str, HeaderValue)]) -> Result<Answered, NoAnswer> {
        let asked = async {
            let stream = self.client.reach(url, self.at).await?;
            let Some(trust) = self.trust.as_ref().filter(|_| url.scheme() == "https") else {
                let (reply, body) = self.client.ask_over(stream, url, fields, ANSWER_BYTES_MAX).await?;
                return Ok(Answered { reply, body, certificate_until: None });
            };
            let stream = trust.encrypt(stream, ANSWER_MAX).await.map_err(NoAnswer::Refused)?;
            let certificate_until = last_day(&stream);
            let (reply, body) = self.client.ask_over(stream, url, fields, ANSWER_BYTES_MAX).await?;
            Ok(Answered { reply, body, certificate_until })
        };
        tokio::time::timeout(ANSWER_MAX, asked).await.unwrap_or(Err(Unheard::Late.into()))
    }

    /// Asks what the server sees, and pretends to be somebody else.
    async fn ask_as_forger(&self, keys: &Keyring, now: Timestamp) -> Result<Answered, NoAnswer> {
        let seal = keys.seal(Purpose::Probe, u64::try_from(now.0).unwrap_or_default());
        let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        let fields = [(PROBE_FIELD, value(&seal)), ("x-forwarded-for", value(&FORGED_CLIENT.to_string()))];
        self.get(&self.below("/healthz"), &fields).await
    }

    /// The front page, through the redirects of the web server.
    async fn front_page(&self) -> Finding {
        let check = CheckName::Pages.here();
        let hint = "readers' mailboxes ask for links as they stand: let the web server answer under public_url itself";
        let mut url = self.below("/");
        for _ in 0..=REDIRECTS_MAX {
            let answer = match self.get(&url, &[]).await {
                Ok(answer) => answer,
                Err(trouble) => return trouble.finding(&url),
            };
            let status = answer.reply.status;
            if !status.is_redirection() {
                let secured = match answer.reply.fields.get(STRICT_TRANSPORT_SECURITY) {
                    Some(_) => "with Strict-Transport-Security",
                    None => "without Strict-Transport-Security, which browsers would remember",
                };
                // A server with several newsletters has no page at its root, which is right.
                return match status.is_success() || status == StatusCode::NOT_FOUND {
                    true => Finding::ok(&check, format!("{} answers, {secured}", self.url)),
                    false => Finding::fail(&check, format!("{url} answers {status}"), hint),
                };
            }
            let target = answer.reply.fields.get(LOCATION).and_then(|value| value.to_str().ok());
            let Some(next) = target.and_then(|target| url.join(target).ok()) else {
                return Finding::fail(&check, format!("{url} answers {status} and says not where to"), hint);
            };
            if next.host_str() != url.host_str() || next.scheme() != url.scheme() {
                let text = format!("{url} sends readers to {next}, and one-click requests follow nobody (RFC 8058)");
                return Finding::fail(&check, text, "set public_url to where the pages are in the end");
            }
            url = next;
        }
        Finding::fail(&check, format!("{} redirects in a circle", self.url), hint)
    }

    /// Whether strangers can read the numbers.
    async fn metrics(&self) -> Finding {
        let check = CheckName::Metrics.here();
        match self.get(&self.below("/metrics"), &[]).await {
            Ok(answer) if answer.reply.status == StatusCode::OK => Finding::fail(
                &check,
                "everybody can read /metrics, which tells how many readers there are",
                "let the web server refuse /metrics, and set metrics_listen to an address that only you reach",
            ),
            Ok(answer) => Finding::ok(&check, format!("strangers get {}", answer.reply.status)),
            Err(trouble) => Finding { check, ..trouble.finding(self.url) },
        }
    }

    /// What is answered without TLS where TLS is promised.
    async fn plain(&self) -> Option<Finding> {
        let mut url = self.below("/");
        url.set_scheme("http").ok()?;
        if self.url.port().is_some() {
            return None;
        }
        // Nobody there is well, too.
        let answer = self.get(&url, &[]).await.ok()?;
        Some(of_plain(answer.reply.status, answer.reply.location.as_deref()))
    }
}

/// What an answer by plain HTTP means.
fn of_plain(status: StatusCode, location: Option<&str>) -> Finding {
    let check = CheckName::PlainHttp.here();
    match location {
        Some(target) if status.is_redirection() && target.starts_with("https://") => {
            Finding::ok(&check, "it leads to https")
        }
        _ if status.is_success() => Finding::warn(
            &check,
            "the pages are there without TLS too, so addresses of readers cross the network in the clear",
            "let the web server answer every request on port 80 with a redirect to https",
        ),
        _ => Finding::new(&check, FindingHealth::Ok, format!("it answers {status}")),
    }
}

fn last_day(stream: &TlsStream<TcpStream>) -> Option<Timestamp> {
    let shown = stream.get_ref().1.peer_certificates()?.first()?;
    https::valid_until(shown).map(|seconds| Timestamp(seconds.saturating_mul(1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_to_https_or_is_not_there() {
        for (status, location, health) in [
            (301, Some("https://news.example.org/"), FindingHealth::Ok),
            (308, Some("https://news.example.org/"), FindingHealth::Ok),
            (404, None, FindingHealth::Ok),
            (200, None, FindingHealth::Warn),
        ] {
            let found = of_plain(StatusCode::from_u16(status).unwrap(), location);
            assert_eq!(found.health, health, "{status}");
        }
    }
}
