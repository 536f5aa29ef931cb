//! Every route of the desk, asked by everybody: the table that mounts the routes says what is to happen. And that a look
//! changes nothing, and that a form is taken from the desk alone.

use axum::http::{Method, StatusCode};
use coranto::domain::account::{AccountStanding, MemberRole, Right, is_strong};
use coranto::store::Db;
use coranto::web::Need;

use super::ground::{DeskFixture, Place};
use crate::harness::database::both_databases;
use crate::harness::http::{Request, post};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// The handler answers.
    In,
    /// Shown where to sign in.
    Door,
    NotFound,
    NotAllowed,
}

fn wanted(need: Need, place: Place) -> Fate {
    let standing = match place {
        Place::Anonymous | Place::Forged | Place::Disabled => None,
        Place::OtherOwner => Some(AccountStanding { role: None, operator: false }),
        Place::Operator => Some(AccountStanding { role: None, operator: true }),
        Place::Has(role) => Some(AccountStanding { role: Some(role), operator: false }),
    };
    match (need, standing) {
        (Need::Nothing, _) | (Need::Account | Need::StrongAccount, Some(_)) => Fate::In,
        (_, None) => Fate::Door,
        (Need::Newsletter(right), Some(standing)) if standing.may(right) => Fate::In,
        (Need::Newsletter(_), Some(AccountStanding { role: None, .. })) => Fate::NotFound,
        (Need::Newsletter(_), Some(_)) => Fate::NotAllowed,
    }
}

both_databases! {
    async fn everybody_reaches_what_the_table_says_and_nothing_else(db: Db) {
        let desk = DeskFixture::new(db).await;
        let (mut number, mut cells) = (0, 0);
        for route in desk.table() {
            for place in Place::ALL {
                number += 1;
                let cookie = desk.cookie(place, number).await;
                let path = desk.address(route.path);
                let request = Request::new(route.method.clone(), &path);
                let request = match route.method == Method::POST {
                    // No field is right: what is admitted is told so by its handler.
                    true => request.header("sec-fetch-site", "same-origin").form(&[("role", "?")]),
                    false => request,
                };
                let answer = desk.send(request, &cookie).await;
                let to_door = answer.status == StatusCode::SEE_OTHER
                    && answer.header("location").starts_with("/admin/enter")
                    && !answer.header("location").contains("done=left");
                let wanted = wanted(route.need, place);
                let what = format!("{} {} as {place:?}: {} {}", route.method, path, answer.status, answer.header("location"));
                // Where nobody is signed in `/admin` itself leads to the door.
                let is_start = route.path == "/admin";
                match wanted {
                    Fate::Door => assert!(to_door, "{what}"),
                    Fate::NotFound => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}"),
                    Fate::NotAllowed => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}"),
                    Fate::In => {
                        assert!(!to_door || is_start, "{what}");
                        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{what}");
                        // A token and a session of that number there are not.
                        let is_absent = route.path.contains("{token}") || route.path.contains("sessions/{id}");
                        assert_eq!(answer.status == StatusCode::NOT_FOUND, is_absent, "{what}");
                    }
                }
                cells += 1;
            }
        }
        assert!(cells >= 15 * 9, "{cells}");
    }

    async fn every_route_is_explained(db: Db) {
        let desk = DeskFixture::new(db).await;
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/addresses.md")).unwrap();
        for route in desk.table() {
            assert!(text.contains(&format!("`{}`", route.path)), "docs/reference/addresses.md lacks {}", route.path);
        }
    }

    async fn another_newsletters_address_opens_nothing(db: Db) {
        let desk = DeskFixture::new(db).await;
        let cookie = desk.cookie(Place::Has(MemberRole::Owner), 1).await;
        for (number, route) in desk.table().into_iter().filter(|route| route.path.contains("{newsletter}")).enumerate() {
            for other in ["month", "nothing"] {
                let path = desk.address(&route.path.replace("{newsletter}", other));
                let request = Request::new(route.method.clone(), &path).header("sec-fetch-site", "same-origin");
                let answer = desk.send(request, &cookie).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {path}", route.method);
            }
            // Somebody of another newsletter alone is nobody here.
            if route.path.contains("{id}") {
                let stranger = desk.account(Place::OtherOwner).0.to_string();
                let path = route.path.replace("{newsletter}", "week").replace("{id}", &stranger);
                let answer = desk.act(&path, &cookie, &[("role", "viewer")]).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{number}: {path}");
            }
        }
    }

    async fn a_look_changes_nothing(db: Db) {
        let desk = DeskFixture::new(db).await;
        let link = desk.people.invite("new@example.org", Some(MemberRole::Writer), false).await;
        let owner = desk.cookie(Place::Has(MemberRole::Owner), 1).await;
        let before = desk.state().await;
        let paths = desk.table().into_iter().map(|route| desk.address(route.path)).chain([format!("/{}", link.path)]);
        for path in paths {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE] {
                for cookie in ["", owner.as_str()] {
                    let request = Request::new(method.clone(), &path).header("sec-fetch-site", "same-origin");
                    let answer = desk.send(request.header("sec-purpose", "prefetch"), cookie).await;
                    assert!(!answer.status.is_server_error(), "{method} {path}");
                    assert_eq!(desk.state().await, before, "{method} {path}");
                    assert!(answer.headers.get("set-cookie").is_none(), "{method} {path}");
                }
            }
        }
    }

    async fn a_form_is_taken_from_the_desk_alone(db: Db) {
        let desk = DeskFixture::new(db).await;
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://news.example")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("origin", "https://news.example")], true),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "null")], false),
            (&[("referer", "https://news.example/admin/you")], false),
            (&[], false),
        ];
        let mut number = 0;
        for route in desk.table().into_iter().filter(|route| route.method == Method::POST) {
            let path = desk.address(route.path);
            for (headers, passes) in cases {
                for kind in ["form", "multipart", "text"] {
                    number += 1;
                    let cookie = desk.cookie(Place::Has(MemberRole::Owner), number).await;
                    let request = headers.iter().fold(post(&path), |one, (name, value)| one.header(name, value));
                    let request = match kind {
                        "form" => request.form(&[("role", "?")]),
                        "multipart" => request.multipart(&[("role", "?")]),
                        _ => request.body("text/plain", "{}"),
                    };
                    let before = desk.state().await;
                    let answer = desk.send(request, &cookie).await;
                    let is_refused = answer.status == StatusCode::FORBIDDEN
                        && answer.text().contains("did not come from the desk");
                    assert_eq!(!is_refused, *passes, "{path} {headers:?} {kind}: {}", answer.status);
                    if !passes {
                        assert_eq!(desk.state().await, before, "{path} {headers:?} {kind}");
                    }
                }
            }
        }
        assert!(number >= 8 * 9 * 3, "{number}");
    }

    async fn what_needs_more_asks_again_after_a_quarter_of_an_hour(db: Db) {
        let mut desk = DeskFixture::new(db).await;
        let mut number = 0;
        for route in desk.table().into_iter().filter(|route| route.method == Method::POST) {
            let is_strong = match route.need {
                Need::StrongAccount => true,
                Need::Newsletter(right) => is_strong(right),
                Need::Nothing | Need::Account => false,
            };
            number += 1;
            let cookie = desk.cookie(Place::Has(MemberRole::Owner), number).await;
            desk.web.seconds(15 * 60);
            let before = desk.state().await;
            let answer = desk.act(&desk.address(route.path), &cookie, &[("role", "?")]).await;
            let is_asked = answer.text().contains("Confirm it is you");
            assert_eq!(is_asked, is_strong, "{}: {}", route.path, answer.status);
            if is_asked {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", route.path);
                assert!(answer.text().contains("name=\"role\" value=\"?\""), "{}", answer.text());
                assert_eq!(desk.state().await, before, "{}", route.path);
            }
        }
        assert!(is_strong(Right::People));
    }
}
