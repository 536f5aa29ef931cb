//! The desk before the judges of every page. Their pictures are left where those of the public pages are.

use axum::http::StatusCode;
use coranto::domain::account::MemberRole;
use coranto::store::Db;
use serde_json::{Value, json};

use super::album::{answer, fixture};
use super::judged::{PACKAGES, judge};
use crate::harness::database::on_sqlite;
use crate::harness::http::{Response, get, post};
use crate::harness::node::Node;
use crate::web::desk::ground::{DeskFixture, Place};
use crate::web::press::{Press, days_ago};

/// Pages as they are kept for the judges.
#[derive(Default)]
struct DeskAlbum(Vec<Value>);

impl DeskAlbum {
    fn keep(&mut self, name: &str, path: &str, status: StatusCode, response: &Response) {
        assert_eq!(response.status, status, "{name}: {}", response.text());
        self.0.push(json!({
            "name": name, "url": format!("https://news.example{path}"), "status": status.as_u16(), "article": false,
            "scripted": false, "brief": false, "answer": answer(response),
        }));
    }
}

async fn pages(desk: &mut DeskFixture) -> Value {
    let mut album = DeskAlbum::default();
    let ok = StatusCode::OK;
    let press = Press::new(&desk.web);
    let (front, text) = fixture("2026-11-06-short-note");
    press.publish("note", &front, &text, days_ago(3)).await;
    let owner = desk.cookie(Place::Has(MemberRole::Owner), 1).await;
    desk.cookie(Place::Has(MemberRole::Owner), 2).await;
    let link = format!(
        "/{}",
        desk.people.invite("new.person.with.a.long.name@example.org", Some(MemberRole::Editor), false).await.path
    );
    album.keep("desk-enter", "/admin/enter", ok, &desk.get("/admin/enter", "").await);
    let wrong = desk.act("/admin/enter", "", &[("email", "anna@example.org"), ("password", "x")]).await;
    album.keep("desk-enter-wrong", "/admin/enter", StatusCode::UNPROCESSABLE_ENTITY, &wrong);
    album.keep("desk-welcome", &link, ok, &desk.get(&link, "").await);
    let short = desk.act(&link, "", &[("password", "x")]).await;
    album.keep("desk-welcome-short", &link, StatusCode::UNPROCESSABLE_ENTITY, &short);
    let operator = desk.cookie(Place::Operator, 3).await;
    album.keep("desk-start", "/admin", ok, &desk.get("/admin", &operator).await);
    album.keep("desk-home", "/admin/n/week", ok, &desk.get("/admin/n/week", &owner).await);
    let people = "/admin/n/week/people";
    album.keep("desk-people", people, ok, &desk.get(people, &owner).await);
    let invited = desk.act(people, &owner, &[("email", "cy@example.org"), ("role", "writer")]).await;
    album.keep("desk-people-link", people, ok, &invited);
    let mistake = desk.act(people, &owner, &[("email", "cy@"), ("role", "writer")]).await;
    album.keep("desk-people-wrong", people, StatusCode::UNPROCESSABLE_ENTITY, &mistake);
    album.keep("desk-you", "/admin/you", ok, &desk.get("/admin/you?done=password", &owner).await);
    let editor = desk.cookie(Place::Has(MemberRole::Editor), 4).await;
    album.keep("desk-not-allowed", people, StatusCode::FORBIDDEN, &desk.get(people, &editor).await);
    let stranger = desk.send(post("/admin/leave"), &owner).await;
    album.keep("desk-not-from-here", "/admin/leave", StatusCode::FORBIDDEN, &stranger);
    desk.web.seconds(15 * 60);
    let again = desk.act(people, &owner, &[("email", "d@example.org"), ("role", "writer")]).await;
    album.keep("desk-again", people, StatusCode::FORBIDDEN, &again);
    let mut assets = serde_json::Map::new();
    for page in &album.0 {
        let body = page["answer"]["body"].as_str().unwrap();
        let sheet = body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let found = desk.web.send(get(&sheet)).await;
        assets.insert(sheet, answer(&found));
    }
    json!({ "pages": album.0, "assets": assets })
}

#[test]
fn the_desk_passes_its_judges() {
    let Some(node) = Node::find(&PACKAGES) else { return };
    on_sqlite(async |db: Db| {
        let mut desk = DeskFixture::new(db).await;
        judge(&node, &pages(&mut desk).await, "desk");
    });
}
