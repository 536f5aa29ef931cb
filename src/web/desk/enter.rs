//! `/admin/enter`: signing in.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::super::client_ip::ClientIp;
use super::super::form::Form;
use super::super::gate::{DESK, keep, kept_device};
use super::super::handler_error::HandlerError;
use super::super::site::Site;
use super::top::{frame, to};
use crate::accounts::{self, BrowserFacts, SignIn, SignInOutcome};
use crate::domain::address::EmailAddress;
use crate::domain::moment::about;
use crate::domain::sign_in::spelled;
use crate::signup::ClientNetwork;
use crate::templates::desk::DeskEnter;

pub(super) async fn show(State(site): State<Arc<Site>>, RawQuery(query): RawQuery) -> Result<Response, HandlerError> {
    let asked = |name: &str| {
        let query = query.as_deref().unwrap_or_default();
        let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let left = asked("done") == "left";
    page(&site, StatusCode::OK, DeskEnter { left, back: way_back(&asked("back")), ..empty() })
}

pub(super) async fn act(
    State(site): State<Arc<Site>>,
    ClientIp(client): ClientIp,
    headers: HeaderMap,
    fields: Form,
) -> Result<Response, HandlerError> {
    let again = DeskEnter { typed: fields.get("email").to_owned(), back: way_back(fields.get("back")), ..empty() };
    let Ok(email) = fields.get("email").parse::<EmailAddress>() else {
        return page(&site, StatusCode::UNPROCESSABLE_ENTITY, DeskEnter { error: "address", ..again });
    };
    let ask = SignIn {
        email,
        password: spelled(fields.get("password")),
        device: kept_device(&site, &headers),
        browser: browser(client.as_ref(), &headers),
    };
    let (shared, now) = (Arc::clone(&site), site.clock.now());
    let outcome = site.write(async move {
        let (db, keys, keeper) = (&shared.signup.db, &shared.signup.keys, &shared.keeper);
        accounts::sign_in(db, keys, keeper, ask, now).await
    });
    match outcome.await? {
        SignInOutcome::In(inside) => {
            let target = if again.back.is_empty() { DESK } else { again.back.as_str() };
            Ok(keep(&site, to(&site, target.trim_start_matches('/')), &inside))
        }
        SignInOutcome::Refused => {
            page(&site, StatusCode::UNPROCESSABLE_ENTITY, DeskEnter { error: "refused", ..again })
        }
        SignInOutcome::Wait(wait) => {
            let page_again = DeskEnter { error: "wait", wait: about(wait), ..again };
            let mut response = page(&site, StatusCode::TOO_MANY_REQUESTS, page_again)?;
            response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
            Ok(response)
        }
    }
}

fn empty() -> DeskEnter {
    DeskEnter { error: "", wait: String::new(), typed: String::new(), back: String::new(), left: false }
}

fn page(site: &Site, status: StatusCode, page: DeskEnter) -> Result<Response, HandlerError> {
    site.page(status, &frame(site, None), &page)
}

/// The page that they wanted, if it is one of the desk's: a link to the door must not lead out of the house.
fn way_back(asked: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-_.%".contains(c);
    let is_of_desk = asked.strip_prefix(DESK).is_some_and(|rest| rest.starts_with('/'));
    if is_of_desk && asked.chars().all(is_plain) && !asked.contains("//") { asked.to_owned() } else { String::new() }
}

/// What is written down of a browser that signs in.
pub(super) fn browser(client: Option<&ClientNetwork>, headers: &HeaderMap) -> BrowserFacts {
    let network = client.map(ToString::to_string).unwrap_or_default();
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    BrowserFacts::new(network, agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_in_the_desk() {
        for asked in ["/admin/you", "/admin/n/week/people"] {
            assert_eq!(way_back(asked), asked);
        }
        for asked in [
            "", "/admin", "/administration/x", "//evil.example", "/admin//evil.example", "https://evil.example/admin/",
            "/admin/\\evil.example", "/admin/x?y", "/admin/x\r\nSet-Cookie: a", "/week",
        ] {
            assert_eq!(way_back(asked), "", "{asked}");
        }
    }
}
