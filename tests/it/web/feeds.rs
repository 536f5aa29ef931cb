//! Feeds: any title, five thousand issues, pages of them, 304s, and what independent readers say of them.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use coranto::store::Db;

use super::ground::WebFixture;
use super::press::{Press, days_ago};
use crate::harness::database::both_databases;
use crate::harness::http::get;
use crate::harness::{find_program, skip};

/// Titles and texts that break feeds of others.
const HARD: [(&str, &str, &str); 5] = [
    ("a", "\"]]> & <b>bold</b> 'quoted'\"", "]]> &amp; `<code>` & <!-- no -->"),
    ("b", "\"\\u0007bell \\u000B and \\uFFFE\"", "Text."),
    ("c", "\"😀 🏴‍☠️ 𝕏\"", "Emoji 👩‍👩‍👧."),
    ("d", "الأسبوع 12 \u{202b}", "نص عربي."),
    ("暦", "暦は合意ではない", "本文。"),
];

/// Runs a program with this on its standard input.
fn judged(program: &PathBuf, args: &[&str], input: &str) -> String {
    let mut command = Command::new(program);
    let mut child =
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {text}", program.display());
    text
}

fn well_formed(xml: &str) {
    let Some(xmllint) = find_program(&["xmllint"], &[]) else {
        return skip("xmllint", "xmllint is not on PATH (Debian package libxml2-utils)");
    };
    judged(&xmllint, &["--noout", "-"], xml);
}

/// What feedparser makes of a feed: `bozo`, the ids, the titles.
fn feedparser(xml: &str) -> Option<serde_json::Value> {
    const READ: &str = "import sys, json, feedparser
feed = feedparser.parse(sys.stdin.buffer.read())
print(json.dumps({'bozo': int(feed.bozo), 'why': str(feed.get('bozo_exception', '')), 'version': feed.version,
    'ids': [entry.id for entry in feed.entries], 'titles': [entry.title for entry in feed.entries],
    'updated': [entry.updated for entry in feed.entries], 'links': [link.rel for link in feed.feed.links],
    'texts': [entry.content[0].value if 'content' in entry else '' for entry in feed.entries]}))";
    let has_it = |python: &PathBuf| {
        Command::new(python).args(["-c", "import feedparser"]).output().is_ok_and(|out| out.status.success())
    };
    let pythons = [find_program(&["python3"], &[]), Some(PathBuf::from("/usr/bin/python3"))];
    let Some(python) = pythons.into_iter().flatten().find(has_it) else {
        skip("feedparser", "no python3 has feedparser (Debian package python3-feedparser)");
        return None;
    };
    Some(serde_json::from_str(&judged(&python, &["-c", READ], xml)).unwrap())
}

both_databases! {
    async fn any_title_makes_a_valid_feed(db: Db) {
        let web = WebFixture::new(db).await;
        let press = Press::new(&web);
        let empty = web.get("/week/feed.xml").await;
        well_formed(empty.text());
        if let Some(read) = feedparser(empty.text()) {
            assert_eq!(read["bozo"], 0, "{read}");
        }
        for (days, (slug, title, text)) in HARD.iter().enumerate() {
            // A file may not hold control characters, its front matter cannot bring them in either.
            let title = title.replace("\\u0007", "").replace("\\u000B", "").replace("\\uFFFE", "");
            press.publish(slug, &format!("title: {title}"), text, days_ago(i64::try_from(days).unwrap() + 1)).await;
        }
        let feed = web.get("/week/feed.xml").await;
        assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
        well_formed(feed.text());
        well_formed(web.get("/sitemap.xml").await.text());
        let ids = |xml: &str| xml.split("<entry").skip(1).map(|entry| entry.split("<id>").nth(1).unwrap().split("</id>").next().unwrap().to_owned()).collect::<Vec<_>>();
        let before = ids(feed.text());
        assert_eq!(before[0], "tag:news.example,2027-01-14:week/a");
        assert_eq!(before[4], "tag:news.example,2027-01-10:week/%E6%9A%A6");
        press.correct("a", "title: Mended", "Other text.", days_ago(0)).await;
        let after = web.get("/week/feed.xml").await;
        assert_eq!(ids(after.text()), before, "an id never changes");
        assert!(after.text().contains("<title>Mended</title>") && after.text().contains("<updated>2027-01-15T08:00:00Z</updated>"));
        assert!(after.text().contains("<published>2027-01-14T08:00:00Z</published>"));
        if let Some(read) = feedparser(feed.text()) {
            assert_eq!((read["bozo"].as_i64(), read["version"].as_str()), (Some(0), Some("atom10")), "{read}");
            assert!(read["titles"][0].as_str().unwrap().contains("]]>"), "{read}");
            assert!(read["texts"][4].as_str().unwrap().contains("本文。"), "the whole text is in it: {read}");
            assert_eq!(read["links"], serde_json::json!(["self", "alternate"]));
        }
    }

    async fn five_thousand_issues_come_in_pages(db: Db) {
        let web = WebFixture::new(db).await;
        Press::new(&web).print(5_000).await;
        let first = web.get("/week/feed.xml").await;
        well_formed(first.text());
        assert!(first.body.len() < 1024 * 1024, "{} bytes", first.body.len());
        assert_eq!(first.text().matches("<entry").count(), 20);
        let link = |text: &str, relation: &str| {
            let link = text.split(&format!("<link rel=\"{relation}\"")).nth(1)?;
            Some(link.split("href=\"").nth(1)?.split('"').next()?.replace("&#x2F;", "/"))
        };
        assert_eq!(link(first.text(), "next").as_deref(), Some("https://news.example/week/feed.xml?page=2"));
        assert_eq!(link(first.text(), "last").as_deref(), Some("https://news.example/week/feed.xml?page=250"));
        assert_eq!(link(first.text(), "previous"), None);
        let last = web.get("/week/feed.xml?page=250").await;
        assert_eq!((last.status, last.text().matches("<entry").count()), (StatusCode::OK, 20));
        assert!(last.text().contains("<title>Number 0</title>"));
        assert_eq!((link(last.text(), "next"), link(last.text(), "first").as_deref()), (None, Some("https://news.example/week/feed.xml")));
        assert_eq!(web.get("/week/feed.xml?page=251").await.status, StatusCode::NOT_FOUND);
        let sitemap = web.get("/sitemap.xml").await;
        assert!(sitemap.text().matches("<url>").count() >= 5_002);
        well_formed(sitemap.text());
    }

    async fn a_json_feed_says_the_same(db: Db) {
        let web = WebFixture::new(db).await;
        let press = Press::new(&web);
        press.publish("a", "title: \"A & <b>\"\nauthor: A. Writer", "Text.", days_ago(1)).await;
        let feed = web.get("/week/feed.json").await;
        assert_eq!(feed.header("content-type"), "application/feed+json");
        let json = feed.json();
        assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(json["feed_url"], "https://news.example/week/feed.json");
        let item = &json["items"][0];
        assert_eq!(item["id"], "tag:news.example,2027-01-14:week/a");
        assert_eq!((item["title"].as_str(), item["content_html"].as_str()), (Some("A & <b>"), Some("<p>Text.</p>\n")));
        assert_eq!(item["authors"][0]["name"], "A. Writer");
        press.print(30).await;
        assert_eq!(web.get("/week/feed.json").await.json()["next_url"], "https://news.example/week/feed.json?page=2");
        assert!(web.get("/week/feed.json?page=2").await.json()["next_url"].is_null());
    }

    async fn a_reader_that_has_it_gets_no_second_copy(db: Db) {
        let web = WebFixture::new(db).await;
        Press::new(&web).publish("a", "title: A", "Text.", days_ago(1)).await;
        for target in ["/week/feed.xml", "/week/feed.json", "/week/", "/week/a", "/"] {
            let first = web.get(target).await;
            assert_eq!(first.header("cache-control"), "public, max-age=60", "{target}");
            let again = web.send(get(target).header("if-none-match", first.header("etag"))).await;
            assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{target}");
        }
    }
}
