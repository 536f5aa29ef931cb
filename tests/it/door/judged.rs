//! Every page before judges that know nothing of this program: axe, pa11y, html-validate and Lighthouse, in light and
//! dark, from 320 to 1280 px. `tests/judges/pages.mjs` calls them; the pictures are left in `target/tmp/pages/`.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::harness::database::{Fresh, on_sqlite};
use crate::harness::http::post;
use crate::harness::installation::Installation;
use crate::harness::node::Node;
use crate::harness::program::run;
use crate::harness::target_folder;
use crate::harness::visitor::sign_up;

const JUDGES_WAIT_MAX: Duration = Duration::from_secs(900);
const READER: &str = "anna@example.net";

/// What the judges are told of a page.
struct Pages {
    list: Vec<serde_json::Value>,
    site: Installation,
}

impl Pages {
    fn add(&mut self, name: &str, path: &str) -> &mut serde_json::Value {
        self.list.push(json!({ "name": name, "url": self.site.url(path) }));
        self.list.last_mut().unwrap()
    }

    fn failing(&mut self, name: &str, path: &str, status: u16) {
        self.add(name, path)["status"] = json!(status);
    }

    /// What an installation with several newsletters shows, in several languages.
    async fn gather_many(&mut self) {
        self.site.publish("usbu", "arabic", &fixture("2026-11-20-arabic")).await;
        self.site.publish("woche", "gross-und-klein", &fixture("2027-02-12-everything-small")).await;
        self.add("list", "/");
        self.add("signup-arabic", "/usbu/subscribe");
        self.add("archive-arabic", "/usbu/");
        self.add("issue-arabic", "/usbu/arabic")["article"] = json!(true);
        self.add("signup-german", "/woche/subscribe");
        self.add("archive-german", "/woche/");
        self.add("issue-everything", "/woche/gross-und-klein")["article"] = json!(true);
        self.add("privacy-german", "/woche/privacy");
    }

    /// Each kind of page once, as a reader comes upon it.
    async fn gather(&mut self) {
        for (slug, file) in [("first", "2026-11-06-short-note"), ("second", "2027-01-15-wide-table")] {
            self.site.publish("week", slug, &fixture(file)).await;
        }
        self.add("home", "/")["lighthouse"] = json!(true);
        self.add("signup", "/week/subscribe")["lighthouse"] = json!(true);
        self.add("archive", "/week/")["lighthouse"] = json!(true);
        self.add("search", "/week/?q=the");
        let issue = self.add("issue", "/week/first");
        issue["article"] = json!(true);
        issue["lighthouse"] = json!(true);
        self.add("issue-table", "/week/second")["article"] = json!(true);
        self.add("privacy", "/week/privacy");
        self.failing("missing", "/nothing/here", 404);
        self.failing("link-unknown", "/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 404);

        let site = &self.site;
        let asked = sign_up(site.web(), "/week/subscribe", &[("email", READER)]).await;
        let sent = asked.header("location").to_owned();
        let confirmation = site.mail(READER, 1).await;
        let link = site.link(&confirmation, "/c/");
        let confirmed = post(&link).form(&[]).send_to(site.web()).await.unwrap();
        assert!(confirmed.status.is_success(), "{}", confirmed.status);
        site.publish("week", "third", &fixture("2027-02-05-one-paragraph")).await;
        let issue = site.mails(READER).pop().unwrap();
        let (leave, preferences) = (site.link(&issue, "/u/"), site.link(&issue, "/p/"));
        // Where it leads is said from the page's own folder.
        self.add("check-your-email", &format!("/week/{sent}"));
        self.add("confirm", &link);
        self.add("leave", &leave);
        self.add("preferences", &preferences);
        self.add("send-me-my-link", "/week/link");
    }
}

/// An issue of the corpus.
fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/issues/{name}.md", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap()
}

/// Shows the pages to the judges and leaves their pictures in a folder of this name.
fn judge(node: &Node, pages: &Pages, name: &str) {
    let folder = target_folder().join("pages").join(name);
    fs::create_dir_all(&folder).unwrap();
    let list = folder.join("pages.json");
    fs::write(&list, serde_json::to_string(&pages.list).unwrap()).unwrap();
    let mut command: Command = node.script("tests/judges/pages.mjs");
    command.arg(&list).arg(&folder);
    let ended = run(command, JUDGES_WAIT_MAX);
    fs::write(folder.join("report.txt"), &ended.stdout).unwrap();
    assert!(ended.status.success(), "{}\n{}", ended.stdout, ended.stderr);
}

const PACKAGES: [&str; 5] = ["lighthouse", "pa11y", "html-validate", "axe-core", "puppeteer-core"];

#[test]
fn every_page_passes_its_judges() {
    let Some(node) = Node::find(&PACKAGES) else { return };
    on_sqlite(async |fresh: Fresh| {
        let site = Installation::start(&fresh.url, &[("week", "The Week", "en", "")], "").await;
        let mut pages = Pages { list: Vec::new(), site };
        pages.gather().await;
        judge(&node, &pages, "one");
        pages.site.end().await;
    });
}

#[test]
fn every_page_passes_its_judges_in_other_languages() {
    let Some(node) = Node::find(&PACKAGES) else { return };
    on_sqlite(async |fresh: Fresh| {
        let newsletters =
            [("week", "The Week", "en", ""), ("usbu", "الأسبوع", "ar", ""), ("woche", "Die Woche", "de", "")];
        let site = Installation::start(&fresh.url, &newsletters, "").await;
        let mut pages = Pages { list: Vec::new(), site };
        pages.gather_many().await;
        judge(&node, &pages, "many");
        pages.site.end().await;
    });
}
