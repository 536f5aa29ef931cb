//! Do the links of an issue lead anywhere? Asks each of them, gently and within bounds: a few at a time, a host one
//! question at a time, with a name and an address that say who asks. Private addresses are never asked, whatever a name
//! or a redirect says. Knows no database; nothing but a person's command brings it about.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::{Method, StatusCode};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;
use url::Url;

use crate::content::problem::{Position, Problem};
use crate::https::{HttpsClient, ServerReply, TlsError, Unheard};

/// Different links that are asked in one run; an issue has thirty.
const LINKS_MAX: usize = 200;
/// Questions at the same time.
const AT_ONCE: usize = 4;
/// Browsers stop after twenty; a link in a letter should need none.
const REDIRECTS_MAX: usize = 5;
/// For one question, from the look-up of the name to the head of the answer.
const QUESTION_SECONDS_MAX: u64 = 10;
/// Between two questions to one host.
const PAUSE: Duration = Duration::from_millis(250);

/// An address in an issue, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedLink {
    pub url: String,
    pub at: Position,
}

#[derive(Clone, Debug)]
pub struct Asking {
    /// Where who is asked can read about who asks.
    pub public_url: String,
    /// Whether an address may be connected to: [`crate::https::is_public`], but for tests, whose servers are on this machine. Asked
    /// after each look-up, of each redirect too.
    pub may_ask: fn(IpAddr) -> bool,
}

/// What became of one link.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Fine,
    /// It is there, and said to be elsewhere for good.
    Moved(Url),
    /// It is not there.
    Dead(String),
    /// Nobody can say: it may be there for a person.
    Unsure(String),
    /// It was not asked.
    Private(String),
}

/// Asks every link once, and says what a reader would find there. In the order of the file.
pub async fn ask(links: &[CheckedLink], asking: &Asking) -> Result<Vec<Problem>, TlsError> {
    let version = env!("CARGO_PKG_VERSION");
    let user_agent = format!("coranto/{version} (checks the links of a newsletter; +{})", asking.public_url);
    let checker = Arc::new(LinkChecker {
        line: HttpsClient::new(user_agent, asking.may_ask)?,
        seats: Semaphore::new(AT_ONCE),
        hosts: Mutex::new(HashMap::new()),
    });
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    let mut tasks = JoinSet::new();
    for link in links {
        let Ok(mut url) = Url::parse(&link.url) else { continue };
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") || !seen.insert(url.clone()) {
            continue;
        }
        if seen.len() > LINKS_MAX {
            let message = format!("only the first {LINKS_MAX} links were asked");
            problems.push(Problem::warning(link.at, "link-unsure", message).hint("look at the others yourself"));
            break;
        }
        let checker = Arc::clone(&checker);
        tasks.spawn(async move { (url.clone(), checker.follow(url).await) });
    }
    let mut outcomes = HashMap::new();
    while let Some(done) = tasks.join_next().await {
        if let Ok((url, outcome)) = done {
            outcomes.insert(url, outcome);
        }
    }
    for link in links {
        let Ok(mut url) = Url::parse(&link.url) else { continue };
        url.set_fragment(None);
        problems.extend(outcomes.get(&url).and_then(|outcome| told(link, outcome)));
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    Ok(problems)
}

fn told(link: &CheckedLink, outcome: &Outcome) -> Option<Problem> {
    let CheckedLink { url, at } = link;
    Some(match outcome {
        Outcome::Fine => return None,
        Outcome::Moved(to) => Problem::warning(*at, "link-moved", format!("{url} has moved for good to {to}"))
            .hint("link to the new address"),
        Outcome::Dead(why) => Problem::error(*at, "link-dead", format!("{url} leads nowhere: {why}"))
            .hint("mend the address, or take the link out"),
        Outcome::Unsure(why) => {
            Problem::warning(*at, "link-unsure", format!("{url} could not be checked: {why}")).hint("open it yourself")
        }
        Outcome::Private(why) => Problem::warning(*at, "link-private", format!("{url} was not asked: {why}"))
            .hint("link to an address on the public internet"),
    })
}

/// What all questions of one run share.
struct LinkChecker {
    line: HttpsClient,
    seats: Semaphore,
    /// Whoever holds a host's lock may ask it.
    hosts: Mutex<HashMap<String, Arc<Mutex<()>>>>,
}

impl LinkChecker {
    /// Follows a link to its end.
    async fn follow(&self, first: Url) -> Outcome {
        let mut url = first.clone();
        let mut for_good = true;
        for _ in 0..=REDIRECTS_MAX {
            let said = match self.question(&url).await {
                Ok(said) => said,
                Err(Unheard::Private { host, address }) => {
                    return Outcome::Private(Unheard::Private { host, address }.to_string());
                }
                Err(error @ (Unheard::UnknownHost(_) | Unheard::NoHost)) => return Outcome::Dead(error.to_string()),
                Err(error) => return Outcome::Unsure(error.to_string()),
            };
            let next = said.location.as_deref().filter(|_| said.status.is_redirection()).map(|to| url.join(to));
            match next {
                Some(Ok(next)) if matches!(next.scheme(), "http" | "https") => {
                    let permanent = [StatusCode::MOVED_PERMANENTLY, StatusCode::PERMANENT_REDIRECT];
                    for_good &= permanent.contains(&said.status);
                    url = next;
                }
                Some(_) => return Outcome::Unsure("it is sent on to what is no page".to_owned()),
                None => return settled(said.status, for_good && url != first, url),
            }
        }
        Outcome::Dead(format!("it is sent on more than {REDIRECTS_MAX} times"))
    }

    /// Asks for the head of a page, and for the page where a server does not know such questions.
    async fn question(&self, url: &Url) -> Result<ServerReply, Unheard> {
        let host = self.host(url).await;
        let _turn = host.lock().await;
        let seat = self.seats.acquire().await;
        let mut said = self.within_time(Method::HEAD, url).await;
        let is_answer = said.as_ref().is_ok_and(|said| said.status.as_u16() < 400);
        let is_final = matches!(&said, Err(Unheard::Private { .. } | Unheard::UnknownHost(_) | Unheard::NoHost));
        if !is_answer && !is_final {
            tokio::time::sleep(PAUSE).await;
            said = self.within_time(Method::GET, url).await;
        }
        drop(seat);
        if !is_final {
            tokio::time::sleep(PAUSE).await;
        }
        said
    }

    async fn within_time(&self, method: Method, url: &Url) -> Result<ServerReply, Unheard> {
        let limit = Duration::from_secs(QUESTION_SECONDS_MAX);
        tokio::time::timeout(limit, self.line.ask(method, url)).await.unwrap_or_else(|_| {
            let text = format!("no answer within {QUESTION_SECONDS_MAX} seconds");
            Err(Unheard::Connection(std::io::Error::new(std::io::ErrorKind::TimedOut, text)))
        })
    }

    async fn host(&self, url: &Url) -> Arc<Mutex<()>> {
        let name = url.host_str().unwrap_or_default().to_owned();
        Arc::clone(self.hosts.lock().await.entry(name).or_default())
    }
}

fn settled(status: StatusCode, moved: bool, url: Url) -> Outcome {
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Outcome::Dead(format!("the server says {status}")),
        status if status.is_success() && moved => Outcome::Moved(url),
        status if status.is_success() => Outcome::Fine,
        // A door that is closed to programs, or a bad day.
        status => Outcome::Unsure(format!("the server says {status}")),
    }
}
