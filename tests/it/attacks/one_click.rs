//! RFC 8058 as it arrives: every provider and every relay in between writes it in its own way. Whoever is told 200 believes
//! that the reader is off the list, so nobody is told that who is not.

use axum::http::StatusCode;
use coranto::domain::subscriber::SubscriptionState::{Active, Unsubscribed};
use coranto::signup::Limits;
use coranto::store::Db;
use coranto::token::Purpose;

use crate::harness::database::both_databases;
use crate::harness::http::{get, post};
use crate::web::ground::WebFixture;

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=x";

fn part(end: &str) -> String {
    ["--x", "Content-Disposition: form-data; name=\"List-Unsubscribe\"", "", "One-Click", "--x--", ""].join(end)
}

/// The media type, none where it is empty; the body; whether it is an order.
fn bodies() -> Vec<(&'static str, String, bool)> {
    let mut bodies: Vec<(&str, String, bool)> = [
        (FORM, "List-Unsubscribe=One-Click", true),
        (FORM, "List-Unsubscribe=One-Click\r\n", true),
        (FORM, "List-Unsubscribe=One-Click\n", true),
        (FORM, "List-Unsubscribe=One-Click\r", true),
        (FORM, "list-unsubscribe=one-click", true),
        (FORM, "LIST-UNSUBSCRIBE=ONE-CLICK", true),
        (FORM, "List%2DUnsubscribe=One%2DClick", true),
        (FORM, "List-Unsubscribe%3DOne-Click", true),
        (FORM, "List-Unsubscribe=3DOne-Click", true),
        (FORM, "List-Unsubscribe=One=\r\n-Click", true),
        (FORM, "List-Unsubscribe=One-Click&foo=bar", true),
        ("application/x-www-form-urlencoded; charset=utf-8", "List-Unsubscribe=One-Click", true),
        ("Application/X-WWW-Form-Urlencoded ; charset=\"ISO-8859-1\"", "List-Unsubscribe=One-Click", true),
        ("", "List-Unsubscribe=One-Click", true),
        ("text/plain", "List-Unsubscribe=One-Click", true),
        ("application/octet-stream", "List-Unsubscribe=One-Click", true),
        ("nonsense", "List-Unsubscribe=One-Click", true),
        (MULTIPART, "List-Unsubscribe=One-Click", true),
        (FORM, "List-Unsubscribe-Post=List-Unsubscribe=One-Click", true),
        (FORM, "", false),
        ("", "", false),
        (FORM, "\r\n", false),
        (FORM, "List-Unsubscribe=", false),
        (FORM, "List-Unsubscribe", false),
        (FORM, "List-Unsubscribe=yes", false),
        (FORM, "List-Unsubscribe=One-Clic", false),
        (FORM, "email=anna@example.org&name=Anna", false),
        (FORM, "One-Click", false),
        (MULTIPART, "--x--", false),
        (MULTIPART, "nonsense", false),
        ("multipart/form-data", "", false),
        ("application/json", "{\"unsubscribe\":true}", false),
        ("text/html", "<html></html>", false),
    ]
    .map(|(media, body, order)| (media, body.to_owned(), order))
    .to_vec();
    for end in ["\r\n", "\n", "\r"] {
        bodies.push((MULTIPART, part(end), true));
    }
    bodies.push(("multipart/form-data", part("\r\n"), true));
    bodies.push(("multipart/form-data; boundary=another", part("\r\n"), true));
    bodies.push((FORM, part("\r\n"), true));
    bodies.push(("", part("\r\n"), true));
    bodies.push((MULTIPART, part("\r\n").replace("One-Click", "One"), false));
    bodies.push((MULTIPART, part("\r\n").replace("List-Unsubscribe", "action"), false));
    bodies
}

both_databases! {
    async fn one_click_is_acknowledged_when_it_was_done_and_only_then(db: Db) {
        let web = WebFixture::with(db, Limits { requests_per_hour: 10_000, ..Limits::default() }, &[]).await;
        for (number, (media, body, order)) in bodies().into_iter().enumerate() {
            let email = format!("reader{number}@example.org");
            let link = web.leave_link(web.ground.reader(&email).await).await;
            let request = post(&link);
            let request = if media.is_empty() { request.bare(body.clone()) } else { request.body(media, body.clone()) };
            let answer = web.send(request).await;
            let expected = if order { (StatusCode::OK, Some(Unsubscribed)) } else { (StatusCode::BAD_REQUEST, Some(Active)) };
            assert_eq!((answer.status, web.ground.state(&email).await), expected, "{media:?} {body:?}");
            assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
            let word = if order { "Unsubscribed." } else { "Nothing has changed" };
            assert!(answer.text().starts_with(word) && answer.headers.get("set-cookie").is_none(), "{}", answer.text());
        }
    }

    async fn what_cannot_be_read_is_no_success(db: Db) {
        let web = WebFixture::new(db).await;
        let link = web.leave_link(web.ground.reader("anna@example.org").await).await;
        let packed = post(&link).body(FORM, "List-Unsubscribe=One-Click").header("content-encoding", "gzip");
        assert_eq!(web.send(packed).await.status, StatusCode::BAD_REQUEST);
        let long = post(&link).body(FORM, format!("List-Unsubscribe=One-Click&x={}", "y".repeat(100_000)));
        assert_eq!(web.send(long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        // Neither does an address do it that says so itself.
        for request in [get(&format!("{link}?List-Unsubscribe=One-Click")), post(&format!("{link}?List-Unsubscribe=One-Click"))] {
            web.send(request).await;
        }
        assert_eq!(web.ground.state("anna@example.org").await, Some(Active));
        // A link that opens nothing has done nothing.
        let wrong = format!("/u/{}", web.token(Purpose::Confirm, 1).await);
        let answer = web.send(post(&wrong).body(FORM, "List-Unsubscribe=One-Click")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
