//! The archive and the issues in it, what search engines get, and what is kept by clients.

use axum::http::StatusCode;
use coranto::store::{Db, issues, revisions};
use coranto::token::Purpose;
use tokio::net::TcpListener;

use super::ground::{WebFixture, start};
use super::press::{Press, days_ago};
use crate::door::album::fixture;
use crate::harness::acts;
use crate::harness::browser::{Browser, Scripts};
use crate::harness::database::{both_databases, on_sqlite};
use crate::harness::http::{Response, get, post};
use crate::signup::NOW;

const HOSTILE: &str = r#"Text.

<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">a</a>
<a href="jav&#x09;ascript:alert(1)">b</a><a href="data:text/html,<script>alert(1)</script>">c</a><a href="vbscript:x">d</a>
<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">
<form action="https://evil.example/"><input name="q"><button>Go</button></form><iframe src="https://evil.example/"></iframe>
<p style="background:url(https://evil.example/x);width:expression(alert(1))">e</p><svg onload="alert(1)"></svg>
<style>@import "https://evil.example/x.css";</style><object data="https://evil.example/x"></object>
"#;

/// The inside of the page that the editor wrote.
fn prose(page: &Response) -> &str {
    let inside = page.text().split("<div class=\"prose\">").nth(1).unwrap();
    inside.split("</article>").next().unwrap()
}

both_databases! {
    async fn nothing_hostile_survives(db: Db) {
        let web = WebFixture::new(db).await;
        Press::new(&web).publish("a", "title: A", HOSTILE, days_ago(1)).await;
        let page = web.get("/week/a").await;
        assert_eq!(page.status, StatusCode::OK);
        let prose = prose(&page).to_lowercase();
        for never in [
            "<script", "onerror", "onload", "javascript:", "data:", "vbscript:", "<base", "<meta", "<form", "<input", "<iframe",
            "url(", "expression", "<svg", "<style", "@import", "<object", "evil.example",
        ] {
            assert!(!prose.contains(never), "{never}: {prose}");
        }
        assert!(prose.contains("<p>text.</p>"));
    }

    async fn every_answer_has_the_headers(db: Db) {
        let web = WebFixture::new(db).await;
        Press::new(&web).publish("a", "title: A", "Text.", days_ago(1)).await;
        for target in [
            "/", "/week/", "/week/a", "/week/feed.xml", "/week/feed.json", "/week/privacy", "/sitemap.xml", "/robots.txt",
            "/week/nothing", "/week/?page=0", "/week",
        ] {
            let answer = web.get(target).await;
            let policy = answer.header("content-security-policy");
            for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
                assert!(policy.contains(part), "{target}: {policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{target}: {policy}");
            assert_eq!(policy.contains("sandbox allow-forms"), target == "/week/a", "{target}: {policy}");
            assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{target}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{target}");
            assert!(answer.headers.get("set-cookie").is_none(), "{target}");
        }
    }

    async fn the_web_version_is_the_same_for_everyone(db: Db) {
        let web = WebFixture::new(db).await;
        let reader = web.ground.reader("anna@example.org").await;
        let text = "Dear {{ name | reader }}, [leave]({{ unsubscribe_url }}), [change]({{ preferences_url }}), [read]({{ web_url }}).";
        Press::new(&web).publish("a", "title: A", text, days_ago(1)).await;
        // The address that a mail names, opened from two mailboxes.
        let one = web.send_from(get("/week/a").header("referer", "https://mail.example/1"), "192.0.2.7").await;
        let other = web.send_from(get("/week/a?utm_source=x&u=1").header("user-agent", "Other"), "198.51.100.7").await;
        assert_eq!(one.body, other.body);
        for path in ["/u/", "/p/", "/c/", "anna", "\u{E000}"] {
            assert!(!one.text().contains(path), "{path}");
        }
        let token = web.token(Purpose::Unsubscribe, reader.0).await;
        assert!(!one.text().contains(&token));
        assert!(one.text().contains("Dear reader,") && one.text().contains("<a href=\"https://news.example/week/a\">read</a>"));
    }

    async fn wrong_questions_are_refused(db: Db) {
        let web = WebFixture::new(db).await;
        let press = Press::new(&web);
        press.publish("a", "title: A 100% calm issue", "Text.", days_ago(1)).await;
        let long = format!("/week/?q={}", "x".repeat(101));
        for (target, status) in [
            ("/week/?page=-1", 422), ("/week/?page=0", 422), ("/week/?page=1e9", 422), ("/week/?page=abc", 422),
            ("/week/?page=99999999999999999999", 422), ("/week/?year=abc", 422), ("/week/?year=0", 422), ("/week/?year=9999", 422),
            ("/week/?page=2", 404), ("/week/?year=1999", 404), ("/week/?q=text&page=2", 404), (&long, 422),
            ("/week/?q=a+b+c+d+e+f", 422), ("/week/?q=1&q=2", 422), ("/week/feed.xml?page=0", 422), ("/week/feed.xml?page=x", 422),
            ("/week/feed.xml?page=2", 404), ("/week/feed.json?page=-1", 422),
            ("/week/?filter=1&order=drop&sort=title", 200), ("/week/?q=%27%3B+DROP+TABLE+issues%3B--", 200), ("/week/?q=%00", 200),
            ("/week/?q=%ff", 200), ("/week/?q=%25", 200),
        ] {
            let answer = web.get(target).await;
            assert_eq!(answer.status.as_u16(), status, "{target}");
            for word in ["SELECT", "syntax", "sqlite", "postgres", "LIKE", "invalid digit"] {
                assert!(!answer.text().contains(word), "{target}: {word}");
            }
        }
        let found = web.get("/week/?q=100%25+CALM").await;
        assert!(found.text().contains("1 issue found") && found.text().contains("href=\"/week/a\""));
        assert!(web.get("/week/?q=%25").await.text().contains("1 issue found"), "a percent sign is itself");
        assert!(web.get("/week/?q=_").await.text().contains("No issues found"), "and no pattern");
        let hostile = web.get("/week/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
        assert!(!hostile.text().contains("<script"), "{}", hostile.text());
        assert!(hostile.text().contains("noindex") && hostile.header("x-robots-tag") == "noindex");
    }

    async fn what_is_not_published_is_nowhere(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let press = Press::new(&web);
        press.publish("out", "title: Known", "Text.", days_ago(3)).await;
        let before = [web.get("/week/").await, web.get("/week/feed.xml").await, web.get("/sitemap.xml").await];
        press.queue("secret", "title: Secret matters", "Hidden words.", days_ago(0)).await;
        let id = issues::find(&mut db.read().await.unwrap(), web.ground.list.id, "secret").await.unwrap().unwrap().id;
        for state in ["queued", "draft", "held", "preparing", "stopped"] {
            db.write(async |tx| tx.sql("UPDATE issues SET state = $2, started_at = 1 WHERE id = $1").bind(id).bind(state).execute().await).await.unwrap();
            let known = before[1].header("etag").to_owned();
            for answer in [
                web.get("/week/secret").await,
                web.send(get("/week/secret").header("if-none-match", "*")).await,
                web.send(get("/week/secret").header("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")).await,
                web.send(get("/week/secret").header("accept", "application/json")).await,
            ] {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{state}");
                assert!(answer.headers.get("etag").is_none() && !answer.text().contains("ecret"), "{state}");
            }
            let after = [web.get("/week/").await, web.get("/week/feed.xml").await, web.get("/sitemap.xml").await];
            assert!(before.iter().zip(&after).all(|(before, after)| before.body == after.body), "{state}");
            assert_eq!(web.send(get("/week/feed.xml").header("if-none-match", &known)).await.status, StatusCode::NOT_MODIFIED);
            assert!(web.get("/week/?q=hidden").await.text().contains("No issues found"), "{state}");
            for target in ["/", "/week/out", "/week/feed.json", &format!("/week/{}", id.0)] {
                assert!(!web.get(target).await.text().contains("ecret"), "{state}: {target}");
            }
        }
        // Another newsletter's issue is not at this one's address.
        assert_eq!(web.get("/other/out").await.status, StatusCode::NOT_FOUND);
    }

    async fn an_issue_is_seen_after_the_commit(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let press = Press::new(&web);
        press.queue("a", "title: A", "Text.", days_ago(1)).await;
        let id = issues::find(&mut db.read().await.unwrap(), web.ground.list.id, "a").await.unwrap().unwrap().id;
        let mut tx = db.begin().await.unwrap();
        assert!(issues::prepare(&mut tx, id, days_ago(1)).await.unwrap());
        assert!(issues::start(&mut tx, id, 0, acts::by(NOW)).await.unwrap());
        assert_eq!(web.get("/week/a").await.status, StatusCode::NOT_FOUND);
        assert!(!web.get("/week/feed.xml").await.text().contains("<entry"));
        tx.commit().await.unwrap();
        assert_eq!(web.get("/week/a").await.status, StatusCode::OK);
        assert!(web.get("/week/feed.xml").await.text().contains("<entry"));
    }

    async fn an_issue_without_a_web_version_is_in_mails_alone(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let press = Press::new(&web);
        press.publish("before", "title: Before", "Text.", days_ago(3)).await;
        press.publish("private", "title: For readers\nweb: none", "The ferry of Monday.", days_ago(2)).await;
        press.publish("after", "title: After", "Text.", days_ago(1)).await;
        assert_eq!(web.get("/week/private").await.status, StatusCode::NOT_FOUND);
        for target in ["/", "/week/", "/week/?q=ferry", "/week/before", "/week/after", "/week/feed.xml", "/week/feed.json", "/sitemap.xml"] {
            let page = web.get(target).await;
            assert_eq!(page.status, StatusCode::OK, "{target}");
            assert!(!page.text().contains("week/private") && !page.text().contains("For readers"), "{target}");
        }
        let mut tx = db.read().await.unwrap();
        for (slug, on_web) in [("private", false), ("after", true)] {
            let issue = issues::find(&mut tx, web.ground.list.id, slug).await.unwrap().unwrap();
            let revision = revisions::get(&mut tx, issue.revision_id).await.unwrap().unwrap();
            for part in [&revision.html, &revision.plain] {
                let said = (part.contains(&format!("/week/{slug}")), part.contains("Read online"));
                assert_eq!(said, (on_web, on_web), "{slug}: {part}");
            }
        }
    }

    async fn search_engines_get_what_the_settings_say(db: Db) {
        let web = WebFixture::new(db.clone()).await;
        let press = Press::new(&web);
        press.publish("a", "title: A", "Text.", days_ago(2)).await;
        press.publish("b", "title: B\nweb: unlisted", "Text.", days_ago(1)).await;
        let robots = web.get("/robots.txt").await;
        assert!(robots.text().contains("Disallow: /u/\n") && robots.text().ends_with("Sitemap: https://news.example/sitemap.xml\n"));
        for (target, open) in [("/", true), ("/week/", true), ("/week/a", true), ("/week/privacy", true), ("/week/b", false), ("/week/?q=a", false)] {
            let page = web.get(target).await;
            assert_eq!(page.status, StatusCode::OK, "{target}");
            assert_eq!(page.header("x-robots-tag"), if open { "" } else { "noindex" }, "{target}");
            assert_eq!(page.text().contains("<meta name=\"robots\" content=\"noindex\">"), !open, "{target}");
        }
        let sitemap = web.get("/sitemap.xml").await;
        assert!(sitemap.text().contains("<loc>https://news.example/week/a</loc>") && !sitemap.text().contains("week/b<"));
        let mut closed = crate::signup::newsletter("week", "The Week");
        closed.indexed = false;
        let web = web.with_newsletter(closed).await;
        for target in ["/", "/week/", "/week/a", "/week/privacy", "/week/subscribe"] {
            let page = web.get(target).await;
            assert_eq!((page.status, page.header("x-robots-tag")), (StatusCode::OK, "noindex"), "{target}");
            assert!(page.text().contains("<meta name=\"robots\" content=\"noindex\">"), "{target}");
        }
        assert!(!web.get("/sitemap.xml").await.text().contains("week/a"));
    }

    async fn issues_are_shelved_by_year(db: Db) {
        let web = WebFixture::new(db).await;
        let empty = web.get("/week/").await;
        assert!(empty.text().contains("There are no issues yet."));
        Press::new(&web).print(800).await;
        let first = web.get("/week/").await;
        let text = first.text();
        assert_eq!(text.matches("<li>\n<time").count(), 14, "the year is two weeks old");
        assert!(text.contains("href=\"/week/?year=2027\" aria-current=\"page\"") && text.contains("href=\"/week/?year=2025\""));
        assert!(!text.contains("Older issues"));
        let year = web.get("/week/?year=2026").await;
        assert_eq!(year.text().matches("<li>\n<time").count(), 20);
        assert!(year.text().contains("href=\"/week/?year=2026&amp;page=2\"") || year.text().contains("href=\"/week/?year=2026&#38;page=2\""), "{}", year.text());
        assert!(year.body.len() < 15_000, "{} bytes", year.body.len());
        let last = web.get("/week/?year=2026&page=19").await;
        assert_eq!(last.text().matches("<li>\n<time").count(), 5);
        assert_eq!(web.get("/week/?year=2026&page=20").await.status, StatusCode::NOT_FOUND);
        let found = web.get("/week/?q=%E6%9A%A6").await;
        assert!(found.text().contains("More than 100 issues found") && found.text().contains("page=2"), "{}", found.text());
        assert!(found.body.len() < 15_000, "{} bytes", found.body.len());
        assert_eq!(web.get("/week/?q=%E6%9A%A6&page=5").await.status, StatusCode::OK);
        assert_eq!(web.get("/week/?q=%E6%9A%A6&page=6").await.status, StatusCode::NOT_FOUND);
        assert_eq!(web.get("/week").await.header("location"), "/week/");
    }

    async fn an_issue_has_neighbours_a_date_and_its_corrections(db: Db) {
        let web = WebFixture::new(db).await;
        let press = Press::new(&web);
        press.publish("a", "title: The first", "Text.", days_ago(9)).await;
        press.publish("b", "title: The <second>\nsummary: What it is.\nauthor: A. Writer\nimage: https://pictures.example/x.png", "Text.", days_ago(2)).await;
        press.publish("c", "title: The third\nlang: ar", "نص.", days_ago(1)).await;
        let page = web.get("/week/b").await;
        let text = page.text();
        for part in [
            "<article lang=\"en\" dir=\"ltr\">", "<h1>The &lt;second&gt;</h1>", "<time datetime=\"2027-01-13T08:00:00Z\">13 January 2027</time> · A. Writer · 1 minute read",
            "<link rel=\"prev\" href=\"/week/a\">", "<link rel=\"next\" href=\"/week/c\">",
            "<link rel=\"canonical\" href=\"https://news.example/week/b\">", "<meta property=\"og:type\" content=\"article\">",
            "<meta property=\"og:image\" content=\"https:&#x2F;&#x2F;pictures.example&#x2F;x.png\">", "<meta name=\"description\" content=\"What it is.\">",
            "type=\"application/atom+xml\"", "action=\"/week/subscribe\"", "class=\"subscribe\" href=\"/week/subscribe\"",
        ] {
            let plain = text.replace("&#x2F;", "/");
            assert!(plain.contains(&part.replace("&#x2F;", "/")), "{part}\n{text}");
        }
        assert!(!text.contains("Corrected") && page.body.len() < 15_000);
        assert!(web.get("/week/c").await.text().contains("<article lang=\"ar\" dir=\"rtl\">"));
        let (tag, date) = (page.header("etag").to_owned(), page.header("last-modified").to_owned());
        assert_eq!(web.send(get("/week/b").header("if-none-match", &tag)).await.status, StatusCode::NOT_MODIFIED);
        let kept = web.send(get("/week/b").header("if-modified-since", &date)).await;
        assert_eq!((kept.status, kept.body.len(), kept.header("etag")), (StatusCode::NOT_MODIFIED, 0, tag.as_str()));
        press.correct("b", "title: The second\ncorrection: The date was wrong.", "Other text.", days_ago(0)).await;
        let page = web.send(get("/week/b").header("if-none-match", &tag).header("if-modified-since", &date)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Corrected on 15 January 2027.") && page.text().contains("The date was wrong."));
        assert_eq!(web.send(post("/week/b")).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }

    async fn the_privacy_page_says_what_is_so(db: Db) {
        let web = WebFixture::new(db).await;
        let page = web.get("/week/privacy").await;
        let text = page.text();
        for part in ["1 Example Street, Example", "week@news.example", "no hidden image", "no cookies", "loads them from this site"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("Who else gets your address"), "no relay was named");
        assert!(page.body.len() < 15_000);
        let mut other = crate::signup::newsletter("week", "Неделя");
        (other.language, other.images) = ("ru".to_owned(), coranto::domain::design::ImagesBy::Embed);
        let web = web.with_newsletter(other).await;
        let page = web.get("/week/privacy").await;
        assert!(page.text().contains("<html lang=\"ru\"") && page.text().contains("Что мы храним"));
        assert!(!page.text().contains("картинки выпуска"), "pictures come in the email");
        let mut own = crate::signup::newsletter("week", "The Week");
        own.publisher = Some("Example Press Ltd, 2 Other Street".to_owned());
        own.privacy = Some("We **never** sell it.".to_owned());
        let web = web.with_newsletter(own).await;
        let page = web.get("/week/privacy").await;
        for part in ["The controller of your data is Example Press Ltd, 2 Other Street.", "<strong>never</strong>", "Legal basis", "withdraw", "authority"] {
            assert!(page.text().contains(part), "{part}");
        }
    }

    async fn what_a_newsletter_is_stands_wherever_it_is_offered(db: Db) {
        let web = WebFixture::new(db).await;
        let plain = web.get("/").await.text().to_owned();
        let mut own = crate::signup::newsletter("week", "The Week");
        own.description = Some("One <essay> & no more".to_owned());
        own.about = Some("Written by *two* editors.\n\n<script>alert(1)</script>".to_owned());
        let web = web.with_newsletter(own).await;
        for target in ["/", "/week/subscribe", "/week/feed.xml", "/week/"] {
            let page = web.get(target).await.text().to_owned();
            assert!(page.contains("One &lt;essay&gt; &amp; no more"), "{target}");
            assert!(!page.contains("<essay>") && !page.contains("<script>"), "{target}");
        }
        assert!(web.get("/week/feed.json").await.text().contains("One <essay> & no more"));
        for target in ["/", "/week/subscribe"] {
            assert!(web.get(target).await.text().contains("<em>two</em>"), "{target}");
        }
        assert!(plain.contains("Get The Week by email") && !plain.contains("<em>"));
    }

    async fn a_search_is_shown_from_ten_issues_on(db: Db) {
        let web = WebFixture::new(db).await;
        for number in 1..=10 {
            assert!(!web.get("/week/").await.text().contains("type=\"search\""), "{number}");
            Press::new(&web).publish(&format!("n{number}"), "title: A", "Some text.", days_ago(number)).await;
        }
        assert!(web.get("/week/").await.text().contains("type=\"search\""));
    }
}

/// A page full of what must not be there runs nothing and asks nobody else.
/// What surrounds an issue is bounded like every page; its text is as long as its editor made it, and 7,000 words are
/// the longest letter of the corpus.
#[test]
fn a_long_issue_adds_its_text_and_little_else() {
    on_sqlite(async |db: Db| {
        let web = WebFixture::new(db).await;
        let (front, text) = fixture("2026-12-11-seven-thousand-words");
        Press::new(&web).publish("long", &front, &text, days_ago(1)).await;
        let page = web.get("/week/long").await;
        let around = page.body.len() - prose(&page).len();
        assert!(around < 6 * 1024, "{around} bytes around the text");
        assert!(page.body.len() < text.len() * 2, "{} bytes for {} of Markdown", page.body.len(), text.len());
        assert!(page.body.len() < 64 * 1024, "{} bytes", page.body.len());
    });
}

#[test]
fn a_browser_runs_nothing_and_asks_nobody_else() {
    on_sqlite(async |db: Db| {
        let Some(browser) = Browser::start(Scripts::On).await else { return };
        let web = WebFixture::new(db).await;
        let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let other = format!("http://{}", elsewhere.local_addr().unwrap());
        let text = format!(
            "{}\n\n![A picture]({other}/x.png)\n\n<b onclick=\"x\">b</b>",
            HOSTILE.replace("https://evil.example", &other)
        );
        Press::new(&web).publish("a", "title: A", &text, days_ago(1)).await;
        let (address, task) = start(&web).await;
        browser.client().goto(&format!("http://{address}/week/a")).await.unwrap();
        let heading = browser.client().find(fantoccini::Locator::Css("h1")).await.unwrap();
        assert_eq!(heading.text().await.unwrap(), "A");
        let (.., height) = heading.rectangle().await.unwrap();
        assert!(height > 30.0, "the style sheet is not let into the sandbox: the heading is {height} px high");
        // The form works from inside the sandbox.
        let field = browser.client().find(fantoccini::Locator::Id("email")).await.unwrap();
        field.send_keys("anna@example.org\n").await.unwrap();
        let there = fantoccini::Locator::XPath("//h1[not(contains(., 'A')) or contains(., 'heck')]");
        browser.client().wait().for_element(there).await.unwrap();
        let asked = tokio::time::timeout(std::time::Duration::from_millis(50), elsewhere.accept()).await;
        assert!(asked.is_err(), "the browser asked another host");
        web.stop.cancel();
        drop(browser);
        task.await.unwrap().unwrap();
    });
}
