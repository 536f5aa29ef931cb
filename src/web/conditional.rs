//! Answers that a client may keep and ask about again: `ETag`, `Last-Modified`, 304. Knows no page.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};

use super::handler_error::Complete;
use super::stylesheets::fingerprint;
use crate::clock::Timestamp;

/// A correction is to be seen soon; a page that a thousand readers open at once is to be made once.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// A body of this media type, last changed then; or 304 when the client has it.
pub(super) fn fresh(asked: &HeaderMap, media: &'static str, mut body: String, changed: Option<Timestamp>) -> Response {
    // It is kept for as long as a client leaves it unread, and was made with room to grow.
    body.shrink_to_fit();
    let tag = format!("\"{}\"", fingerprint(body.as_bytes()));
    let known = match asked.get(header::IF_NONE_MATCH) {
        // RFC 9110, 13.1.3: then the date does not count.
        Some(tags) => names(tags, &tag),
        None => changed.is_some_and(|changed| is_since(asked, changed)),
    };
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, HeaderValue::from_static(media))], body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, KEPT);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(changed) = changed.and_then(http_date) {
        headers.insert(header::LAST_MODIFIED, changed);
    }
    response.extensions_mut().insert(Complete);
    response
}

/// Whether `If-None-Match` names the tag. Proxies that compress make tags weak.
fn names(tags: &HeaderValue, own: &str) -> bool {
    let tags = tags.to_str().unwrap_or_default();
    tags.trim() == "*" || tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == own)
}

/// Whether nothing changed since `If-Modified-Since`, which has seconds and no less.
fn is_since(asked: &HeaderMap, changed: Timestamp) -> bool {
    let since = asked.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| DateTimeParser::new().parse_timestamp(text).ok());
    since.is_some_and(|since| changed.to_jiff().as_second() <= since.as_second())
}

fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&at.to_jiff()).ok()?;
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(name: header::HeaderName, value: &str) -> StatusCode {
        let mut asked = HeaderMap::new();
        asked.insert(name, HeaderValue::from_str(value).unwrap());
        fresh(&asked, "text/plain", "body".to_owned(), Some(Timestamp(1_795_000_000_900))).status()
    }

    #[test]
    fn what_a_client_has_is_not_sent_again() {
        let first = fresh(&HeaderMap::new(), "text/plain", "body".to_owned(), Some(Timestamp(1_795_000_000_900)));
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(first.headers()[header::LAST_MODIFIED], "Wed, 18 Nov 2026 11:06:40 GMT");
        for (name, value, known) in [
            (header::IF_NONE_MATCH, tag.as_str(), true),
            (header::IF_NONE_MATCH, &format!("\"x\", W/{tag}"), true),
            (header::IF_NONE_MATCH, "*", true),
            (header::IF_NONE_MATCH, "\"x\"", false),
            (header::IF_MODIFIED_SINCE, "Wed, 18 Nov 2026 11:06:40 GMT", true),
            (header::IF_MODIFIED_SINCE, "Wed, 18 Nov 2026 11:06:39 GMT", false),
            (header::IF_MODIFIED_SINCE, "yesterday", false),
        ] {
            let expected = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
            assert_eq!(status(name, value), expected, "{value}");
        }
    }
}
