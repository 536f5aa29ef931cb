//! What came back, as `status` says it.

use std::fs;

use coranto::domain::NoticeId;
use coranto::domain::notice::Effect;
use coranto::store::{Db, notices};

use super::sending::{finished_issue, running};
use super::{cli, installation, json, ok};
use crate::harness::blocking;
use crate::inbound::post::dead;

#[test]
fn status_says_what_came_back_and_what_is_held() {
    let folder = installation();
    let folder = folder.path();
    let (_sink, _server) = running(folder, &["--dir", "mails"], &["anna", "bo", "carl", "permfail-dora"]);
    let issue = finished_issue(folder);
    cli(folder, &["queue", &issue, "--now", "--no-undo"]);
    ok(folder, &["status", "--watch"]);
    assert!(!ok(folder, &["status"]).contains("came back"), "a refusal has never left");
    assert_eq!(json(folder, &["status"])[0]["returned"], serde_json::Value::Null);

    let mails = fs::read_dir(folder.join("mails")).unwrap();
    let mails: Vec<String> = mails.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let header = mails.iter().find(|mail| mail.contains("anna@example.org")).unwrap().split("\r\n\r\n").next().unwrap();
    fs::write(folder.join("report.eml"), dead("editor@example.com", "anna@example.org", header)).unwrap();
    let taken = json(folder, &["bounces", "receive", "report.eml"]);
    assert_eq!((&taken[0]["evidence"], &taken[0]["new"]), (&"sealed".into(), &true.into()), "{taken:?}");
    let status = ok(folder, &["status"]);
    assert!(status.lines().any(|line| line.trim() == "came back  33.33 % of the last issue"), "{status}");

    let id = json(folder, &["bounces", "list"]).iter().find(|one| one["source"] != "relay").unwrap()["id"].clone();
    blocking(async || {
        let db = Db::open(&format!("sqlite://{}", folder.join("coranto.db").display())).await.unwrap();
        let id = NoticeId(id.as_i64().unwrap());
        assert!(db.write(async |tx| notices::follow(tx, id, Effect::Waiting, Effect::Held, None).await).await.unwrap());
        db.close().await;
    });
    let status = ok(folder, &["status"]);
    let wanted = "came back  33.33 % of the last issue; 1 held, see coranto bounces held";
    assert!(status.lines().any(|line| line.trim() == wanted), "{status}");
    let returned = json(folder, &["status"])[0]["returned"].clone();
    assert_eq!((returned["count"].as_i64(), returned["rate"].as_f64()), (Some(1), Some(33.33)), "{returned}");
    assert_eq!((returned["held"].as_i64(), returned["issue"].is_string()), (Some(1), true), "{returned}");
}
